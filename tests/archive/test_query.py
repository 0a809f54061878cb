"""What a person types, as a tree or as a message that says where it goes wrong."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive import QueryError
from archive.query import All, Fact, Node, Not, OneOf, Words, parse, words_of


def w(text: str, *, prefix: bool = False, field: str | None = None) -> Words:
    return Words(tuple(text.split()), prefix, field)


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("flood", w("flood")),
        ("flood bridge", All((w("flood"), w("bridge")))),
        ('"old bridge" market', All((w("old bridge"), w("market")))),
        ("flo*", w("flo", prefix=True)),
        ("flood OR fire NOT drill", OneOf((w("flood"), All((w("fire"), Not(w("drill"))))))),
        ("(flood OR fire) Panublion", All((OneOf((w("flood"), w("fire"))), w("Panublion")))),
        ("NOT flood", Not(w("flood"))),
        ("NOT NOT flood", w("flood")),
        ("flood -bridge", All((w("flood"), Not(w("bridge"))))),
        ('-"old bridge"', Not(w("old bridge"))),
        ("flood -(fire OR drill)", All((w("flood"), Not(OneOf((w("fire"), w("drill"))))))),
        ("half-time", w("half time")),
        ("Peñaflor's", w("Peñaflor s")),
        ("flood !!! bridge - ^x", All((w("flood"), w("bridge"), w("x")))),
        ('"AND" and', All((w("AND"), w("and")))),
        ("title:flood", w("flood", field="title")),
        ('author:"Ana Peñaflor"', w("Ana Peñaflor", field="names")),
        ("title:flo*", w("flo", prefix=True, field="title")),
        ("http://a.example/b", w("http a example b")),
        ("said:so", w("said so")),
        ("site:lakeside flood", All((Fact("site", "lakeside"), w("flood")))),
        ('region:"Western Visayas"', Fact("region", "Western Visayas")),
        ("-state:gone views:1000", All((Not(Fact("state", "gone")), Fact("views", 1000)))),
        ("from:2026-11-01 to:2026-11-30",
         All((Fact("from", date(2026, 11, 1)), Fact("to", date(2026, 11, 30))))),
        ("place:BEIJING OR lang:tl", OneOf((Fact("place", "BEIJING"), Fact("lang", "tl")))),
    ],
)  # fmt: skip
def test_words_phrases_operators_fields_and_facts(typed: str, tree: Node) -> None:
    assert parse(typed) == tree


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ('flood "old bridge', "the quotation mark is never closed, at character 7"),
        ("flood)", "nothing to close, at character 6"),
        ("(flood", "the bracket is never closed, at character 1"),
        ("AND flood", "AND needs a word before it, at character 1"),
        ("flood AND OR fire", "OR needs a word before it, at character 11"),
        ("flood ()", ") needs a word before it, at character 8"),
        ("flood NOT", "a word is missing at the end"),
        ("", "a word is missing at the end"),
        ("?!", "a word is missing at the end"),
        ("views:many", "views: expects a number, not 'many', at character 1"),
        ("flood from:May", "from: expects a day like 2026-11-23, not 'May', at character 7"),
        ("state:odd", "state: expects one of live,"),
        ("(" * 60 + "a" + ")" * 60, "too many brackets inside one another, at character 41"),
        ("a " * 201, "too many words; at most 200 are understood"),
    ],
)
def test_a_query_that_cannot_be_understood_says_where(typed: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    assert message in str(caught.value)


def test_a_hit_shows_the_words_that_were_wanted_and_none_that_were_not() -> None:
    assert words_of(parse("flood -drill (site:x OR fire) NOT (a OR b)")) == [w("flood"), w("fire")]


PIECES = st.sampled_from(['"', "(", ")", "*", "AND", "OR", "NOT", " ", "flood", "-", ":", "title:", "from:", "views:9",
                          "site:x", "\0", "洪", "\ud800", "state:gone"])  # fmt: skip


@given(st.text(max_size=40) | st.lists(PIECES, max_size=15).map("".join) | st.lists(PIECES, max_size=15).map(" ".join))
@example("-" * 400)
@example("NOT " * 5000)
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_typed_raises_anything_but_a_query_error(typed: str) -> None:
    try:
        parse(typed)
    except QueryError as error:
        assert str(error).startswith("search: ")  # noqa: PT017 - most of what is drawn raises nothing

"""What a person types, as an expression that the index understands or a message that says where it goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive import Archive, QueryError, corpus
from archive import tables as t
from archive.search import match_expression
from archive.selection import Selection
from tests.archive.make import BODY, DAY, START, Paper, SettableClock, rows

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("flood", '"flood"'),
        ("flood bridge", '"flood" AND "bridge"'),
        ('"old bridge" market', '"old bridge" AND "market"'),
        ("flo*", '"flo" *'),
        ("flood OR fire NOT drill", '"flood" OR "fire" NOT "drill"'),
        ("(flood OR fire) Panublion", '( "flood" OR "fire" ) AND "Panublion"'),
        ("Peñaflor's", '"Peñaflor s"'),
        ("title:flood -bridge ^x", '"title flood" AND "bridge" AND "x"'),
        ("flood !!! bridge", '"flood" AND "bridge"'),
        ('"AND" and', '"AND" AND "and"'),
        ("NEAR(a b)", '"NEAR" AND ( "a" AND "b" )'),
    ],
)
def test_words_phrases_prefixes_and_operators(typed: str, expression: str) -> None:
    assert match_expression(typed) == expression


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ('flood "old bridge', "quotation mark at character 7 is never closed"),
        ("flood)", "nothing to close at character 6"),
        ("(flood", "1 bracket(s) never closed"),
        ("AND flood", "AND at character 1 needs a word before it"),
        ("flood AND OR fire", "OR at character 11 needs a word before it"),
        ("flood ()", ") at character 8 needs a word before it"),
        ("flood NOT", "a word is missing at the end"),
        ("", "a word is missing at the end"),
        ("?!", "a word is missing at the end"),
    ],
)
def test_a_query_that_cannot_be_understood_says_where(typed: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        match_expression(typed)
    assert message in str(caught.value)


@pytest.fixture
def filled(paper: Paper, archive: Archive) -> Archive:
    paper.prints()
    paper.prints(url="https://lakeside.example/2/", title="Market opens at dawn", body=["Fish and rice."], authors=())
    return archive


def found(archive: Archive, query: str) -> list[str]:
    return [hit["title"] for hit in corpus.search(archive, Selection(query=query), 20)]


FLOOD, MARKET = "Flood closes the old bridge", "Market opens at dawn"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("flood", [FLOOD]), ("FLOOD", [FLOOD]), ("penaflor", [FLOOD]), ("peñaflor", [FLOOD]), ("metres", [FLOOD]),
        ('"old bridge"', [FLOOD]), ('"bridge old"', []), ("brid*", [FLOOD]), ("brid", []),
        ("market NOT flood", [MARKET]), ("flood OR rice", [MARKET, FLOOD]), ("flood rice", []),
        ("(fish OR buses) dawn", [MARKET]), ("nothing", []), ("_", []), ("flood _", []), ("flood OR _", [FLOOD]),
    ],
)  # fmt: skip
def test_headlines_bylines_and_bodies_are_searched(filled: Archive, query: str, titles: list[str]) -> None:
    assert sorted(found(filled, query)) == sorted(titles)


@pytest.fixture(scope="module")
def shared(kind: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    clock = SettableClock()
    with Archive(tmp_path_factory.mktemp("shared"), clock=clock) as archive:
        Paper(archive, clock).prints()
        yield archive


PIECES = st.sampled_from(['"', "(", ")", "*", "AND", "OR", "NOT", " ", "flood", "NEAR", "-", ":", "^", "{", "+", "'",
                          "\0", "_", "%", "洪", "\ud800", "title:", ",", "\\"])  # fmt: skip


@given(st.text(max_size=40) | st.lists(PIECES, max_size=15).map("".join) | st.lists(PIECES, max_size=15).map(" ".join))
@example("(" * 300 + "a" + ")" * 300)
@example(" NOT ".join("a" * 400))
@example(" ".join("a" * 3000))
@example("a* " * 400)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_raises_anything_but_a_query_error(shared: Archive, typed: str) -> None:
    try:
        hits = corpus.search(shared, Selection(query=typed), 5)
        assert corpus.count(shared, Selection(query=typed)) == len(hits)
        assert len(list(corpus.articles(shared, Selection(query=typed)))) == len(hits)
    except QueryError as error:
        assert str(error).startswith("search: ")  # noqa: PT017 - most of what is drawn raises nothing


def test_a_text_that_was_replaced_is_marked_superseded_and_no_longer_found(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(title="Toll is nine")
    paper.prints(title="Toll is twelve", at=clock.advance(DAY))
    assert found(archive, "nine") == []
    assert found(archive, "twelve") == ["Toll is twelve"]
    assert [row.superseded for row in rows(archive, t.search_row)] == [True, False]
    paper.prints(title="Toll is nine", at=clock.advance(DAY))
    assert found(archive, "nine") == ["Toll is nine"]
    assert [row.superseded for row in rows(archive, t.search_row)] == [False, True]


def test_the_newest_published_comes_first_whatever_the_order_of_arrival(paper: Paper, archive: Archive) -> None:
    for day in (2, 5, 1, 4, 3):
        paper.prints(url=f"https://lakeside.example/{day}/", title=f"Flood day {day}", published=START - day * DAY)
    assert found(archive, "flood") == [f"Flood day {day}" for day in (1, 2, 3, 4, 5)]


def test_stories_of_one_second_are_all_found(paper: Paper, archive: Archive) -> None:
    for number in range(5):
        paper.prints(url=f"https://lakeside.example/{number}/", title=f"Flood {number}", body=[*BODY, str(number)])
    assert len(found(archive, "flood")) == 5


def test_a_story_published_before_1970_is_found(paper: Paper, archive: Archive) -> None:
    paper.prints(published=START.replace(year=1898))
    assert found(archive, "flood") == [FLOOD]

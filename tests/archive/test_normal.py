"""What makes a version, and what only looks different."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.normal import bare, content_digest, count_words, fold_name, normal, normal_items, reading_digest
from archive.records import Author
from tests.archive.make import reading


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the “old” bridge", 'the "old" bridge'),
        ("the ‘old’ bridge’s", "the 'old' bridge's"),
        ("« el puente »", '" el puente "'),
        ("5–6 metres — high", "5-6 metres - high"),
        ("two\u00a0metres", "two metres"),
        ("two \t\n  metres ", "two metres"),
        ("evac\u00aduation", "evacuation"),
        ("market\u200b\u200d\ufeff", "market"),
        ("wait…", "wait..."),
        ("Pen\u0303aflor", "Peñaflor"),
        ("ﬁre", "fire"),
        ("−5", "-5"),
    ],
)
def test_what_a_reader_cannot_see_is_folded_away(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Flood toll rises", "Flood toll rises."), ("The Mayor", "the mayor"), ("Peñaflor", "Penaflor"), ("12", "13")],
)
def test_punctuation_case_accents_and_figures_are_kept(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_nothing_has_an_empty_normal_form() -> None:
    assert normal(None) == normal("") == normal(" \u00a0\u200b") == ""
    assert normal_items(["", "a", " ", "b"]) == "a\x1eb"


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.text())
def test_our_own_separators_never_come_from_a_text(text: str) -> None:
    assert not {"\x1e", "\x1f"} & set(normal(text))


def test_a_digest_tells_the_fields_apart() -> None:
    digests = {
        content_digest("a", None, [], []), content_digest(None, "a", [], []), content_digest(None, None, ["a"], []),
        content_digest(None, None, [], ["a"]), content_digest(None, None, [], ["a", "b"]),
        content_digest(None, None, [], ["a b"]), content_digest(None, None, ["a", "b"], []),
    }  # fmt: skip
    assert len(digests) == 7


def test_paragraphs_that_are_blank_do_not_enter_the_digest() -> None:
    assert content_digest("t", None, [], ["a", " ", "b"]) == content_digest("t", None, [], ["a", "b"])


def test_counters_dates_tags_and_the_printed_byline_do_not_enter_the_digest() -> None:
    plain = reading()
    dressed = reading(views=207, comments=3, tags=("flood",), section="News", access="free", dateline="PANUBLION")
    assert reading_digest(plain) == reading_digest(dressed)
    assert reading_digest(plain) == reading_digest(reading(byline="By Ana Peñaflor, 2 November"))


def test_the_name_of_an_author_enters_the_digest_but_not_her_kind_or_address() -> None:
    named = reading(authors=("Ana Peñaflor",))
    assert reading_digest(named) != reading_digest(reading(authors=("Ana Reyes",)))
    linked = Author(name="Ana Peñaflor", kind="organisation", url="https://lakeside.example/ana/")
    assert reading_digest(named) == reading_digest(replace(named, authors=(linked,)))


def test_bare_texts_are_equal_when_only_punctuation_and_case_differ() -> None:
    assert bare("Flood, toll: RISES!") == bare("flood toll rises")
    assert bare("toll 12") != bare("toll 13")


def test_words_are_counted_in_scripts_with_and_without_spaces() -> None:
    assert count_words("The mayor's well-known plan, 2 pages.") == 6
    assert count_words("洪水が町を襲った") == 8
    assert count_words("") == 0


@given(st.text(st.sampled_from("aÉßº9_'’- .\n“½") | st.characters(codec="cp1252"), max_size=30))
def test_words_are_counted_alike_beside_a_letter_of_another_alphabet(text: str) -> None:
    assert count_words(f"{text} ж") == count_words(text) + 1


@pytest.mark.parametrize("name", ["Peñaflor", "PENAFLOR", "  peñaflor. ", "Pen\u0303aflor"])
def test_names_fold_accents_case_and_punctuation(name: str) -> None:
    assert fold_name(name) == "penaflor"

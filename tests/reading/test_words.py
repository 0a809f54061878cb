from collections.abc import Callable
from importlib import resources

import pytest

from crawler.reading.body import Known, filtered, is_furniture
from crawler.reading.dateline import agency_of, dateline_of, known_agency
from crawler.reading.dates import Clock
from crawler.reading.names import authors_of, is_house, is_role, without_lead
from crawler.reading.words import digest, load, phrases
from tests.reading.build import PARAGRAPHS, SITE, page

LISTS = sorted(entry.name.removesuffix(".txt") for entry in (resources.files("crawler.reading") / "data").iterdir())


@pytest.mark.parametrize("name", LISTS)
def test_a_word_list_is_sorted_and_names_the_language_of_every_line(name: str) -> None:
    lines = (resources.files("crawler.reading") / "data" / f"{name}.txt").read_text("utf-8").splitlines()
    told = [line for line in lines if not line.startswith("#")]
    assert lines[0].startswith("# ")
    assert told == sorted(set(told))
    assert all(language.isalpha() and language.islower() and phrase for language, phrase in load(name))


def test_phrases_are_case_folded() -> None:
    assert "associated press" in phrases("organisations")


def test_the_digest_names_the_whole_set() -> None:
    assert len(digest()) == 16
    assert digest() == digest()


CLOCK = Clock.of(page(), SITE)
KNOWN = Known(frozenset(), frozenset(), ())


def names(written: str) -> list[str]:
    return [author.name for author in authors_of(written, frozenset())]


def is_offer(word: str) -> bool:
    """Say whether a word and another one sell the paper, where the other alone does not."""
    other = "подпис" if word.casefold() in "newsletter" else "newsletter"
    return filtered([*PARAGRAPHS, f"{word} {other}"], KNOWN, CLOCK) == PARAGRAPHS


# What each list is for, of one of its phrases. "Nina" and "Nila" are names as well.
USES: dict[str, Callable[[str], bool]] = {
    "agencies": lambda name: is_house(name, frozenset()) and known_agency(name.upper()) is not None,
    "byline_leads": lambda lead: lead in ("Nina", "Nila") or names(f"{lead} Ana Cruz") == ["Ana Cruz"],
    "credit_words": lambda word: agency_of([*PARAGRAPHS, f"{word}: Reuters"], [], None)[0] == "Reuters",
    "furniture_lines": lambda phrase: is_furniture(phrase.removesuffix("$").capitalize()),
    "name_joiners": lambda joiner: names(f"Ana Cruz {joiner} Ben Reyes") == ["Ana Cruz", "Ben Reyes"],
    "no_places": lambda word: dateline_of(f"{word.upper()}: {PARAGRAPHS[0]}") is None,
    "not_authors": lambda phrase: names(phrase) == [],
    "organisations": lambda phrase: is_house(f"Panublion {phrase}", frozenset()),
    "roles": lambda role: is_role(f"Harbour {role}") and names(f"Ana Cruz, {role}") == ["Ana Cruz"],
    "selling_words": is_offer,
}


@pytest.mark.parametrize("name", USES)
def test_every_phrase_of_a_list_does_what_the_list_is_for(name: str) -> None:
    assert [(language, phrase) for language, phrase in load(name) if not USES[name](phrase)] == []


def test_a_lead_is_taken_off_several_names_too() -> None:
    assert [lead for _, lead in load("byline_leads") if not without_lead(f"{lead} Ana Cruz, Ben Reyes")[1]] == []

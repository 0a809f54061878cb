from importlib import resources

import pytest

from crawler.reading.words import digest, load, phrases

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

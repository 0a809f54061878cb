"""A number and the words beside it: "207 views", "Post Views: 207", "Read 207 times", "1599 x gelesen"."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from crawler.reading.numbers import Count, fold_digits, parse_count, pattern
from crawler.reading.words import load

SHORT = 60  # longer texts are prose that mentions views
_SLOT = re.compile(r"(?:^|\s)N(?:\s|$)")
_LISTS = {"views": "view_phrases", "comments": "comment_phrases"}
_LETTERS = re.compile(r"[^\W\d_]+")
# Scripts that set blanks between words and no marks under or over letters: their words are found by splitting.
_SPACED = re.compile(r"[a-z\u00df-\u024f\u0370-\u052f\u1e00-\u1eff]+")
_READING_TIME = re.compile(r"\bmin(?:s|ut\w*|\.)?\b|read(?:ing)?[-_ ]time", re.IGNORECASE)
_NO_COUNT = re.compile(r"\d[/:%]|\d-\d|%")
_PART = re.compile(r"[,;|()]\s+|\s[-–|/]\s|[()|;]")


class Words(NamedTuple):
    """Words to look for: those of scripts with blanks between words, and a pattern of all others."""

    spaced: frozenset[str]
    unspaced: re.Pattern[str]


def is_counter_line(line: str) -> bool:
    """Say whether a line is nothing but a counter: "Post Views: 207", "37 views", "3 Comments"."""
    if len(line) > SHORT or not any(sign.isdecimal() for sign in line):
        return False
    return any(labelled(line, metric) is not None for metric in _LISTS)


def folded(phrase: str) -> str:
    """Return a text with digits of every script as ASCII ones, without regard to case."""
    if phrase.isascii():
        return phrase.lower()
    return fold_digits(unicodedata.normalize("NFKC", phrase)).casefold()


def labelled(raw: str, metric: str) -> Count | None:
    """Return the count that a text is with its words; a phrase such as "No comments" is 0."""
    plain = folded(raw)
    numbered, none = _label_patterns(metric)
    found = numbered.fullmatch(plain)
    if found is None:
        return Count(0) if none.fullmatch(plain.strip(" .!()")) else None
    return parse_count(next(group for group in found.groups() if group))


def read(raw: str, metric: str) -> Count | None:
    """Read a known counter element: a number alone or with its words; of several numbers the first (total, today).

    Such an element may say its word in any language, so an unknown word is accepted; one that names something else
    (comments in an element for views, a reading time, today's views) is not.
    """
    if len(raw) > 2 * SHORT:
        return None
    count = parse_count(raw) or labelled(raw, metric)
    if count is not None:
        return count
    plain = folded(raw)
    if _READING_TIME.search(raw) or _NO_COUNT.search(plain) or _names_another(plain, metric):
        return None
    for part in _PART.split(plain):
        numbers = re.findall(pattern(), part, re.IGNORECASE)
        if numbers and not _is_of_a_day(part):
            return parse_count(numbers[0].strip())
    return None


def _names_another(plain: str, metric: str) -> bool:
    """Say whether a text speaks of another thing to count than this: of comments where views are asked for."""
    words = set(_LETTERS.findall(plain))
    other = comment_words() if metric != "comments" else view_words()
    mine = view_words() if metric != "comments" else comment_words()
    return not words.isdisjoint(other.spaced) and words.isdisjoint(mine.spaced)


@cache
def _today() -> re.Pattern[str]:
    listed = sorted((folded(word) for _, word in load("today_words")), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) if word[0] > "\u0590" else rf"\b{re.escape(word)}\b" for word in listed))


def _is_of_a_day(plain: str) -> bool:
    return _today().search(plain) is not None


@cache
def _label_patterns(metric: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the pattern of a labelled number, and that of the phrases that mean none."""
    listed = [phrase for _, phrase in load(_LISTS[metric])] if metric in _LISTS else []
    none = [phrase[2:] for phrase in listed if phrase.startswith("0 ")]
    slots = [phrase for phrase in listed if _SLOT.search(phrase)]
    words = [phrase for phrase in listed if phrase not in slots and not phrase.startswith("0 ")]
    word = "|".join(re.escape(folded(word)) for word in sorted(words, key=len, reverse=True)) or r"(?!)"
    phrased = [
        r"[\s()\[\]]*".join("{N}" if part == "N" else re.escape(folded(part)) for part in slot.split())
        for slot in slots
    ]
    shapes = [rf"(?:{word})\s*[:：(\[]?\s*{{N}}", rf"{{N}}\s*[)\]]?\s*(?:{word})", *phrased]
    joined = "|".join(shape.replace("{N}", f"({pattern()})") for shape in shapes)
    return (
        re.compile(rf"\W*(?:{joined})(?:\s*(?:so far|total|times|раз|veces))?\W*", re.IGNORECASE),
        re.compile("|".join(re.escape(folded(phrase)) for phrase in none) or r"(?!)", re.IGNORECASE),
    )


@cache
def view_words() -> Words:
    """Return the last words of the phrases for views."""
    return _words([parts[-1] for parts in _split("view_phrases")])


@cache
def comment_words() -> Words:
    """Return the longest words of the phrases for comments."""
    return _words([max(parts, key=len) for parts in _split("comment_phrases")])


def _split(name: str) -> list[list[str]]:
    """Return the words of each phrase, without its number and without the 0 of those that mean none."""
    plain = (folded(_SLOT.sub(" ", phrase.removeprefix("0 "))) for _, phrase in load(name))
    return [parts for phrase in plain if (parts := phrase.split())]


def _words(listed: list[str]) -> Words:
    spaced = {max(parts, key=len) for word in listed if (parts := _LETTERS.findall(word)) and _SPACED.match(parts[0])}
    other = sorted({word for word in listed if not _SPACED.match(word)}, key=len, reverse=True)
    return Words(frozenset(spaced), re.compile("|".join(map(re.escape, other))))

"""The words of a text around the first hit, and where hits stand in it.

A text comes as it lies in the database, in UTF-8. A list shows two dozen of its words, so the others are only looked
through as bytes, of which those of ASCII letters stand for nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from archive.normal import fold_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive.query import Words

WORDS = 24
"""Words that a snippet has."""

_BEFORE, _AFTER = "… ", " …"
_AROUND = 600
"""Bytes on each side of a hit that are looked at for these words: scripts without spaces give no others."""

_NEAR = 512
"""Bytes of a text in which most hits of a common word stand."""

_LONG = 40
"""Letters of a word that is worth remembering, and bytes that a snippet goes back to begin with a whole one."""


class Sought:
    """Words that were asked for, as they are looked for in a part of a story."""

    def __init__(self, wanted: Sequence[Words], field: str) -> None:
        here = [words for words in wanted if words.field in (None, field)]
        self.whole = {folded for words in here for word in words.words for folded in _folded(word).split()}
        self.prefixes = tuple(folded for words in here if words.is_prefix
                              for folded in _folded(words.words[-1]).split()[-1:])  # fmt: skip
        self.spaced = {f" {word} ".encode() for word in self.whole} | {f" {word}".encode() for word in self.prefixes}
        """The same as they stand in a text that :func:`_spaced` has made."""

    def snippet(self, text: bytes) -> tuple[str, list[tuple[int, int]]]:
        """Return the words around the first hit, or the beginning of the text, and where in them hits stand."""
        at = self._first(text)
        begin = max(text.rfind(b" ", max(at - _LONG, 0), at), text.rfind(b"\n", max(at - _LONG, 0), at)) + 1
        begin = begin or (0 if at <= _LONG else at)  # a word may begin with a quote
        before = text[max(begin - _AROUND, 0) : begin].rsplit(None, WORDS // 3)
        is_whole = len(before) <= WORDS // 3 and begin <= _AROUND
        words = before if is_whole else before[1:]
        after = text[begin : begin + _AROUND].split(None, WORDS - len(words))
        follows = len(words) + len(after) > WORDS or begin + _AROUND < len(text)
        cut = b" ".join([*words, *after[: WORDS - len(words)]])
        shown, marks = cut.decode(errors="ignore"), self.marks(cut)
        if not is_whole:
            marks = [(start + len(_BEFORE), end + len(_BEFORE)) for start, end in marks]
        return f"{'' if is_whole else _BEFORE}{shown}{_AFTER if follows else ''}", marks

    def _first(self, text: bytes) -> int:
        """Return where the first hit stands, 0 if there is none; one that is printed in ASCII before others."""
        if not self.spaced:
            return 0
        at = self._found(text[: text.rfind(b" ", 0, _NEAR) + 1])
        at = self._found(text) if at is None else at
        return (self._read_through(text) if at is None and not text.isascii() else at) or 0

    def _found(self, text: bytes) -> int | None:
        spaced, first = _spaced(text), None
        for word in self.spaced:
            at = spaced.find(word)
            while at >= 0 and not _is_alone(text, at, at + len(word) - 2, is_prefix=word[-1] != _SPACE):
                at = spaced.find(word, at + 1)
            if at >= 0 and (first is None or at < first):
                first = at
        return first

    def _read_through(self, text: bytes) -> int | None:
        """Return where the first hit stands in a text of any letters."""
        printed = text.decode(errors="replace")
        plain = _plain(printed)
        at = self._found(plain.encode()) if plain.isascii() else next((at for at, _ in self._read(printed)), None)
        return None if at is None else len(printed[:at].encode())

    def marks(self, text: bytes) -> list[tuple[int, int]]:
        """Return where in a text hits stand, the words alone: in letters, of what can be read of it."""
        beyond = text.translate(None, _ASCII_BYTES)
        if beyond and not _SIGNS.fullmatch(beyond):
            return self._marks(text.decode(errors="ignore"))
        places = self._places(text)
        return [(_letters(text[:start]), _letters(text[:end])) for start, end in places] if beyond else places

    def _marks(self, text: str) -> list[tuple[int, int]]:
        plain = _plain(text)
        if plain.isascii():
            return self._places(plain.encode())
        return list(self._read(text)) if self.spaced else []

    def _places(self, text: bytes) -> list[tuple[int, int]]:
        """Return where hits stand in a text that has no letters beyond ASCII."""
        places, spaced = [], _spaced(text)
        for word in self.spaced:
            at = spaced.find(word)
            while at >= 0:
                places.append((at, spaced.index(b" ", at + 1) - 1))
                at = spaced.find(word, at + 1)
        return sorted(set(places)) if len(self.spaced) > 1 else places

    def _read(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where hits stand, by reading every word."""
        return (word.span() for word in _WORD.finditer(text) if self.is_hit(word[0]))

    def is_hit(self, printed: str) -> bool:
        """Say whether a printed word is one of these, or begins like one that is a prefix."""
        folded = _folded(printed) if len(printed) <= _LONG else fold_name(printed)
        return folded in self.whole or (bool(self.prefixes) and folded.startswith(self.prefixes))


_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
"""A word as the index has it; accents may be letters of their own."""


@lru_cache(maxsize=50_000)
def _folded(printed: str) -> str:
    return fold_name(printed)


def _letters(text: bytes) -> int:
    return len(text.decode(errors="ignore"))


def _is_alone(text: bytes, begin: int, end: int, *, is_prefix: bool) -> bool:
    """Say whether what stands here between what is no ASCII letter stands beside none at all."""
    if begin and text[begin - 1] > _LAST and _is_letter(text[max(begin - 4, 0) : begin].decode(errors="ignore")[-1:]):
        return False
    return is_prefix or not (text[end : end + 1] > b"\x7f"
                             and _is_letter(text[end : end + 4].decode(errors="ignore")[:1]))  # fmt: skip


def _is_letter(letter: str) -> bool:
    return letter.isalnum() or unicodedata.combining(letter) > 0


# ------------------------------------------------------------------ letters in their places


def _spaced(text: bytes) -> bytes:
    """Return a text in small letters, with spaces around it, and for every byte that is no ASCII letter or digit."""
    return b" %b " % text.translate(_SPACED)


_SPACE, _LAST = b" \x7f"
_SPACED = bytes(ord(chr(code).lower()) if code <= _LAST and chr(code).isalnum() else _SPACE for code in range(256))


_ASCII_BYTES = bytes(range(128))
_SIGNS = re.compile(rb"(?:\xe2(?:\x80[\x80-\xbf]|\x81[\x80-\xaf])|\xc2[\xa0-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf])*")
"""Quotes, dashes and other signs of General Punctuation and of Latin-1: none is a letter or a digit."""


def _plain(text: str) -> str:
    """Return a text in ASCII, each letter in its place: Latin ones without accents, quotes and dashes as spaces.

    It is none where a letter has no single one to stand for it, or its accent is a letter of its own.
    """
    return text if text.isascii() else _BESIDE_ASCII.sub(lambda found: _ASCII[found[0]], text)


def _in_ascii(letter: str) -> str:
    folded = fold_name(letter)
    return folded if len(folded) == 1 and folded.isascii() else letter if letter.isalnum() else " "


_BESIDE_ASCII = re.compile("[\u00a0-\u024f\u1e00-\u1eff\u2000-\u206f\u20a0-\u20bf]")
"""Accented letters, and what English and its neighbours set between words."""
_ASCII = {letter: _in_ascii(letter) for letter in map(chr, range(0xA0, 0x20C0)) if _BESIDE_ASCII.match(letter)}

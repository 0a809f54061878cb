"""The words of a text around the first hit, and where hits stand in it.

A text comes as it lies in the database, in UTF-8. A list shows two dozen of its words, so the others are only looked
through as bytes, of which those of ASCII letters stand for nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from archive.normal import fold_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive.query import Words

WORDS = 24
"""Words that a snippet has."""

_LEAD = WORDS // 3
"""Of these, words that stand before the hit."""

_BEFORE, _AFTER = "… ", " …"
_MOVED = len(_BEFORE)
_BLANKS = b" \n"
_AROUND = 600
"""Bytes on each side of a hit that are looked at for these words: scripts without spaces give no others."""

_LONG = 40
"""Letters of a word that is worth remembering, and bytes that a snippet goes back to begin with a whole one."""


class Text(NamedTuple):
    """A text as it lies in the database, and how words are looked for in it.

    The latter is in small letters, with spaces around it, and for every byte that is no ASCII letter or digit.
    """

    printed: bytes
    spaced: bytes

    @classmethod
    def of(cls, printed: bytes) -> Text:
        """Return a text to look for words in."""
        return cls(printed, _spaced(printed))


class Sought:
    """Words that were asked for, as they are looked for in a part of a story."""

    def __init__(self, wanted: Sequence[Words], field: str) -> None:
        here = [words for words in wanted if words.field in (None, field)]
        self.whole = {folded for words in here for word in words.words for folded in _folded(word).split()}
        self.prefixes = tuple(folded for words in here if words.is_prefix
                              for folded in _folded(words.words[-1]).split()[-1:])  # fmt: skip
        self.spaced = {f" {word} ".encode() for word in self.whole} | {f" {word}".encode() for word in self.prefixes}
        """The same as they stand in what :class:`Text` has of a text."""

    def snippet(self, text: Text) -> tuple[str, list[tuple[int, int]]]:
        """Return the words around the first hit, or the beginning of the text, and where in them hits stand."""
        printed, begin = text.printed, self._first(text)
        if begin and printed[begin - 1] not in _BLANKS:  # a word may begin with a quote
            far = max(begin - _LONG, 0)
            blank = max(printed.rfind(b" ", far, begin), printed.rfind(b"\n", far, begin))
            begin = blank + 1 or (0 if far == 0 else begin)
        words = printed[max(begin - _AROUND, 0) : begin].rsplit(None, _LEAD)
        is_cut = len(words) > _LEAD or begin > _AROUND
        if is_cut:
            words = words[1:]
        words += printed[begin : begin + _AROUND].split(None, WORDS - len(words))
        follows = len(words) > WORDS or begin + _AROUND < len(printed)
        cut = b" ".join(words[:WORDS])
        shown = cut.decode("utf-8", "ignore")
        marks = self._marks(shown, cut)
        if is_cut:
            shown, marks = _BEFORE + shown, [(start + _MOVED, end + _MOVED) for start, end in marks]
        return shown + _AFTER if follows else shown, marks

    def _first(self, text: Text) -> int:
        """Return where the first hit stands, 0 if there is none; one that is printed in ASCII before others."""
        printed, spaced = text
        first = len(printed)
        for word in self.spaced:
            at = spaced.find(word)
            while at >= 0 and not _is_alone(printed, at, at + len(word) - 2, is_prefix=word[-1] != _SPACE):
                at = spaced.find(word, at + 1)
            if 0 <= at < first:
                first = at
        if first < len(printed):
            return first
        return self._read_through(printed) if self.spaced and not _is_plain(printed) else 0

    def _read_through(self, text: bytes) -> int:
        """Return where the first hit stands in a text of any letters, 0 if there is none."""
        printed = text.decode(errors="replace")
        at = next((at for at, _ in self._marked(printed)), 0)
        return len(printed[:at].encode())

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Return where in a text hits stand, the words alone."""
        return self._marks(text, text.encode("utf-8", "replace"))

    def _marks(self, text: str, encoded: bytes) -> list[tuple[int, int]]:
        if not self.spaced:
            return []
        if text.isascii():
            return self._places(text.encode())
        if _is_plain(encoded):
            return self._places(text.encode("ascii", "replace"))
        return list(self._marked(text))

    def _marked(self, text: str) -> Iterable[tuple[int, int]]:
        """Return the same of a text that has letters beyond ASCII."""
        plain = _ACCENTED.sub(_in_ascii, text)
        if _is_plain(plain.encode("utf-8", "replace")):
            return self._places(plain.encode("ascii", "replace"))
        return (word.span() for word in _WORD.finditer(text) if self.is_hit(word[0]))

    def _places(self, text: bytes) -> list[tuple[int, int]]:
        """Return where hits stand in a text of a byte for each letter, with none beyond ASCII."""
        places, spaced = [], _spaced(text)
        for word in self.spaced:
            at = spaced.find(word)
            while at >= 0:
                places.append((at, spaced.index(b" ", at + 1) - 1))
                at = spaced.find(word, at + 1)
        return sorted(set(places)) if len(self.spaced) > 1 else places

    def is_hit(self, printed: str) -> bool:
        """Say whether a printed word is one of these, or begins like one that is a prefix."""
        folded = _folded(printed) if len(printed) <= _LONG else fold_name(printed)
        return folded in self.whole or (bool(self.prefixes) and folded.startswith(self.prefixes))


_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
"""A word as the index has it; accents may be letters of their own."""


@lru_cache(maxsize=50_000)
def _folded(printed: str) -> str:
    return fold_name(printed)


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
    return b" %b " % text.translate(_SPACED)


_SPACE, _LAST = b" \x7f"
_SPACED = bytes(ord(chr(code).lower()) if code <= _LAST and chr(code).isalnum() else _SPACE for code in range(256))


def _is_plain(text: bytes) -> bool:
    """Say whether a text has no letters beyond ASCII."""
    return text.isascii() or _SIGNS.fullmatch(text.translate(None, _ASCII_BYTES)) is not None


_ASCII_BYTES = bytes(range(128))
_SIGNS = re.compile(
    rb"(?:\xe2(?:\x80[\x80-\xbf]|\x81[\x80-\xaf]|\x82[\xa0-\xbf])"
    rb"|\xc2[\xa0-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf]|\xc3[\x97\xb7])*"
)
"""Quotes, dashes and other signs of General Punctuation, of currencies and of Latin-1: none is a letter or a digit."""


def _in_ascii(found: re.Match[str]) -> str:
    return _ASCII.get(found[0], found[0])


_ACCENTED = re.compile("[\u00aa\u00b2\u00b3\u00b9\u00ba\u00c0-\u024f\u1e00-\u1eff]")
"""What English and its neighbours set above letters, or for them."""
_ASCII = {letter: plain for letter in map(chr, range(0xAA, 0x1F00)) if _ACCENTED.match(letter)
          if len(plain := fold_name(letter)) == 1 and plain.isascii()}  # fmt: skip
"""Latin letters in whose places one of ASCII can stand."""

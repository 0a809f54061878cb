"""Articles as a list shows them: a few facts of each and the words around the first hit, page by page."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from archive import tables as t
from archive.bulk import rows_in
from archive.describe import as_printed, read_last, stamped
from archive.normal import fold_name
from archive.paging import Page
from archive.query import parse, words_of
from archive.selection import BY_VERSION, OF_TODAY, facts_of, page, text_version
from archive.texts import COLUMNS, all_unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from archive.query import Words
    from archive.selection import Selection

SNIPPET_WORDS = 24
_BEFORE, _AFTER = "… ", " …"
_TITLE = 500
"""Letters of a headline in which hits are marked; no list shows more of it."""


def hits(connection: Connection, selection: Selection, limit: int, after: str | None = None) -> Page[dict[str, Any]]:
    """Return one page of the selected articles, the newest first; ``after`` is the cursor that the page before gave.

    A hit has ``id, site, url, published, first_seen, state, title, language, views, version, authors`` (names),
    ``snippet`` (the words around the first hit, or the beginning), ``hits``: where in it they stand, (start, end), and
    ``title_hits``: the same in the headline. Raises QueryError.
    """
    found = page(connection, selection, limit, after, _FACTS_OF_TODAY)
    rows = list(map(_Row._make, facts_of(connection, found.items, _FACTS)))
    return Page(_told(connection, rows, _searched_words(selection.query)), found.next)


class _Row(NamedTuple):
    """What the tables say of a version, as the database holds it; ``id`` is its content's."""

    place: int | None
    article: int
    version: int
    number: int
    reading: int | None
    key: str
    state: int
    first_seen_at: int
    site: str
    id: int
    title: str | None
    codec: int
    base_content_id: int | None
    body: bytes | None
    language: str | None
    published_at: int | None
    published_offset: int | None
    published_precision: str | None
    url: str | None
    views: int | None


def _told(connection: Connection, rows: Sequence[_Row], words: Sequence[Words]) -> list[dict[str, Any]]:
    texts = all_unpacked(connection, rows)
    names: dict[int | None, list[str]] = {row.reading: [] for row in rows}
    for reading, name in rows_in(connection, _NAMES, names.keys() - {None}):
        names[reading].append(name)
    said, in_title = _Sought(words, "body"), _Sought(words, "title")
    return [_hit(row, texts[row.id], names[row.reading], said, in_title) for row in rows]


def _hit(row: _Row, body: str | None, names: list[str], said: _Sought, in_title: _Sought) -> dict[str, Any]:
    # Taken apart at once: to ask a row for one name after the other takes longer than all the rest.
    (_, _, _, number, _, key, state, first_seen_at, site, _, title, _, _, _, language, published_at, published_offset,
     published_precision, url, views) = row  # fmt: skip
    text, marks = said.snippet(body or "")
    return {
        "id": key, "site": site, "url": url,
        "published": as_printed(published_at, published_offset, published_precision),
        "first_seen": stamped(first_seen_at), "state": t.STATE.codes[state - 1], "title": title,
        "language": language, "views": views, "version": number, "authors": names,
        "snippet": text, "hits": marks, "title_hits": in_title.marks(title[:_TITLE]) if title else [],
    }  # fmt: skip


_VIEWS = (
    sa.select(t.counter_reading.c.value)
    .where(t.counter_reading.c.article_id == t.article.c.id, t.counter_reading.c.metric == t.Metric.VIEWS)
    .order_by(t.counter_reading.c.last_at.desc(), t.counter_reading.c.source)
    .limit(1)
    .correlate(t.article)
)


def _with_facts(found: sa.Select[Any]) -> sa.Select[Any]:
    """Select of texts that are found what a :class:`_Row` has of each after place, article, version and its number."""
    return (
        found.add_columns(
            text_version.c.reading_id, t.article.c.key, t.article.c.state,
            t.article.c.first_seen_at, t.site.c.name, t.content.c.id, t.content.c.title, *COLUMNS,
            t.reading.c.language, t.reading.c.published_at, t.reading.c.published_offset,
            t.reading.c.published_precision, t.url.c.url, _VIEWS.scalar_subquery(),
        )
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .join(t.content, t.content.c.id == text_version.c.content_id)
        .outerjoin(t.reading, t.reading.c.id == text_version.c.reading_id)
        .outerjoin(t.url, t.url.c.id == read_last())
    )  # fmt: skip


_FACTS_OF_TODAY = _with_facts(OF_TODAY)
_FACTS = _with_facts(BY_VERSION)
_NAMES = "SELECT reading_id, name FROM reading_author WHERE reading_id IN ({}) ORDER BY reading_id, ord"


# ------------------------------------------------------------------ snippets


def _searched_words(query: str | None) -> list[Words]:
    return words_of(parse(query)) if query is not None else []


def snippet(text: str, wanted: Sequence[Words]) -> tuple[str, list[tuple[int, int]]]:
    """Return the words around the first hit, or the beginning of the text, and where in it hits stand: (start, end)."""
    return _Sought(wanted, "body").snippet(text)


class _Sought:
    """Words that were asked for, as they are looked for in a part of a story."""

    def __init__(self, wanted: Sequence[Words], field: str) -> None:
        here = [words for words in wanted if words.field in (None, field)]
        self.whole = {folded for words in here for word in words.words for folded in _folded(word).split()}
        self.prefixes = tuple(folded for words in here if words.is_prefix
                              for folded in _folded(words.words[-1]).split()[-1:])  # fmt: skip
        self.begun = self.whole.union(self.prefixes)
        """What hits begin like; whether a word is one, its own letters say."""
        self.spaced = {f" {word} ".encode() for word in self.whole} | {f" {word}".encode() for word in self.prefixes}
        """The same as they stand in a text that :func:`_spaced` has made."""

    def snippet(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """Return the words around the first hit and where in them hits stand."""
        begin = self._first(text)
        while begin and not text[begin - 1].isspace():
            begin -= 1
        before = text[:begin].rsplit(None, SNIPPET_WORDS // 3)
        is_whole = len(before) <= SNIPPET_WORDS // 3
        words = before if is_whole else before[1:]
        after = text[begin:].split(None, SNIPPET_WORDS - len(words))
        cut = " ".join([*words, *after[: SNIPPET_WORDS - len(words)]])
        follows = len(words) + len(after) > SNIPPET_WORDS
        marks = self.marks(cut)
        if not is_whole:
            marks = [(start + len(_BEFORE), end + len(_BEFORE)) for start, end in marks]
        return f"{'' if is_whole else _BEFORE}{cut}{_AFTER if follows else ''}", marks

    def _first(self, text: str) -> int:
        """Return where the first hit stands, 0 if there is none; far down one printed without accents before others."""
        at = self._found(_plain(text[: text.rfind(" ", 0, _NEAR) + 1]))
        if at is None and text.isascii():
            at = self._found(text)
        elif at is None:
            at = self._far(text)
        return at or 0

    def _found(self, text: str) -> int | None:
        """Return where the first hit stands in a text, if it is ASCII and has one."""
        if not text.isascii():
            return None
        spaced = _spaced(text)
        return min((at for word in self.spaced if (at := spaced.find(word)) >= 0), default=None)

    def _far(self, text: str) -> int | None:
        """Return where the first hit stands in a text of any letters."""
        places = (next((at for at in _starts(word, text) if self._end(word, at, text)), None) for word in self.begun)
        first = min((at for at in places if at is not None), default=None)
        return first if first is not None else next((start for start, _ in self._read(text)), None)

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Return where in a text hits stand, the words alone."""
        plain = _plain(text)
        if not plain.isascii():
            return list(self._read(text)) if self.begun else []
        places, spaced = [], _spaced(plain)
        for word in self.spaced:
            at = spaced.find(word)
            while at >= 0:
                places.append((at, spaced.index(b" ", at + 1) - 1))
                at = spaced.find(word, at + 1)
        return sorted(set(places)) if len(self.spaced) > 1 else places

    def _read(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where hits stand, by reading every word."""
        return (word.span() for word in _WORD.finditer(text) if self.is_hit(word[0]))

    def _end(self, word: str, at: int, text: str) -> int:
        """Return where the hit ends that begins here like a word, 0 if it is none."""
        if at and (text[at - 1].isalnum() or unicodedata.combining(text[at - 1])):
            return 0
        end = at + len(word)
        if word in self.whole and (end == len(text) or not _LETTER.match(text, end)):
            return end
        printed = _WORD.match(text, at)
        return printed.end() if printed is not None and self.is_hit(printed[0]) else 0

    def is_hit(self, printed: str) -> bool:
        """Say whether a printed word is one of these, or begins like one that is a prefix."""
        folded = _folded(printed) if len(printed) <= _LONG else fold_name(printed)
        return folded in self.whole or (bool(self.prefixes) and folded.startswith(self.prefixes))


_LETTER = re.compile(r"[^\W_]|[\u0300-\u036f]")
_WORD = re.compile(rf"[^\W_](?:{_LETTER.pattern})*")
"""A word as the index has it; accents may be letters of their own."""


_LONG = 40


@lru_cache(maxsize=50_000)
def _folded(printed: str) -> str:
    return fold_name(printed)


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

_NEAR = 512
"""Letters of a text in which most hits of a common word stand."""


def _spaced(text: str) -> bytes:
    """Return an ASCII text with a space before it and after it, and for all that is no letter, in small letters."""
    return b" %b " % text.encode().translate(_SPACED)


_SPACED = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)


def _starts(word: str, text: str) -> Iterator[int]:
    """Yield where a text says what a word begins with, in letters of any case."""
    told: Any
    asked: Any
    if word.isascii():
        # Of its letters the bytes are made small in a third of the time, and stand for nothing else.
        told, asked = text.encode(errors="replace").lower(), word.encode()
    else:
        told, asked = _lower(text), word
    at = told.find(asked)
    while at >= 0:
        if not told[at - 1 : at].isalnum():
            yield len(told[:at].decode()) if word.isascii() else at
        at = told.find(asked, at + 1)


def _lower(text: str) -> str:
    """Return a text in small letters, each in its place."""
    small = text.lower()
    return small if len(small) == len(text) else text  # a few letters of the world become two

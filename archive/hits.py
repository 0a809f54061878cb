"""Articles as a list shows them: a few facts of each and the words around the first hit, page by page."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from archive import tables as t
from archive.bulk import question, rows_in
from archive.describe import as_printed, stamped
from archive.normal import fold_name
from archive.paging import Page
from archive.query import parse, words_of
from archive.selection import page
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
    found = page(connection, selection, limit, after)
    told = _told(connection, [one.version_id for one in found.items], _searched_words(selection.query))
    return Page(told, found.next)


class _Row(NamedTuple):
    """What the tables say of a version, as the database holds it; ``id`` is its content's."""

    version: int
    number: int
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


def _told(connection: Connection, shown: Sequence[int], words: Sequence[Words]) -> list[dict[str, Any]]:
    """Return the hits of these versions: one look at each table for all of them."""
    facts = question(_FACTS, "version.id", connection.dialect)
    rows = {row[0]: _Row(*row) for row in rows_in(connection, facts, shown)}
    texts = all_unpacked(connection, rows.values())
    names: dict[int, list[str]] = {number: [] for number in rows}
    for number, name in rows_in(connection, question(_NAMES, "version.id", connection.dialect), shown):
        names[number].append(name)
    said, in_title = _Sought(words, "body"), _Sought(words, "title")
    return [_hit(rows[number], texts[rows[number].id], names[number], said, in_title) for number in shown]


def _hit(row: _Row, body: str | None, names: list[str], said: _Sought, in_title: _Sought) -> dict[str, Any]:
    text, marks = said.snippet(body or "")
    return {
        "id": row.key, "site": row.site, "url": row.url,
        "published": as_printed(row.published_at, row.published_offset, row.published_precision),
        "first_seen": stamped(row.first_seen_at), "state": t.STATE.codes[row.state - 1], "title": row.title,
        "language": row.language, "views": row.views, "version": row.number, "authors": names,
        "snippet": text, "hits": marks, "title_hits": in_title.marks((row.title or "")[:_TITLE]),
    }  # fmt: skip


_READ_AT = (  # the address at which the article was last read
    sa.select(t.url.c.url)
    .join(t.capture, t.capture.c.url_id == t.url.c.id)
    .join(t.reading, t.reading.c.capture_id == t.capture.c.id)
    .where(t.capture.c.article_id == t.article.c.id, t.reading.c.content_id.is_not(None))
    .order_by(t.capture.c.fetched_at.desc())
    .limit(1)
    .correlate(t.article)
)
_VIEWS = (
    sa.select(t.counter_reading.c.value)
    .where(t.counter_reading.c.article_id == t.article.c.id, t.counter_reading.c.metric == t.Metric.VIEWS)
    .order_by(t.counter_reading.c.last_at.desc(), t.counter_reading.c.source)
    .limit(1)
    .correlate(t.article)
)
_FACTS = (
    sa.select(
        t.version.c.id, t.version.c.number, t.article.c.key, t.article.c.state,
        t.article.c.first_seen_at, t.site.c.name.label("site"), t.content.c.id, t.content.c.title, *COLUMNS,
        t.reading.c.language, t.reading.c.published_at, t.reading.c.published_offset, t.reading.c.published_precision,
        _READ_AT.scalar_subquery().label("url"), _VIEWS.scalar_subquery().label("views"),
    )
    .join(t.article, t.article.c.id == t.version.c.article_id)
    .join(t.site, t.site.c.id == t.article.c.site_id)
    .join(t.content, t.content.c.id == t.version.c.content_id)
    .outerjoin(t.reading, t.reading.c.id == t.version.c.reading_id)
)  # fmt: skip
_NAMES = (
    sa.select(t.version.c.id, t.reading_author.c.name)
    .join(t.reading_author, t.reading_author.c.reading_id == t.version.c.reading_id)
    .order_by(t.version.c.id, t.reading_author.c.ord)
)


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
        self.whole = {folded for words in here for word in words.words for folded in fold_name(word).split()}
        self.prefixes = tuple(fold_name(words.words[-1]) for words in here if words.is_prefix)
        self.begun = {*self.whole, *self.prefixes} - {""}
        """What hits begin like; whether a word is one, its own letters say."""

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
        """Return where the first hit stands, 0 if there is none; one that is printed without accents before others."""
        found = min(self._places(text, _lower(text)), default=None)
        if found is None and not text.isascii():
            found = next(self._read(text), None)
        return found[0] if found else 0

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Return where in a text hits stand, the words alone."""
        if not text.isascii():
            return list(self._read(text)) if self.begun else []
        return sorted({place for word in self.begun for place in self._found(word, text, _lower(text))})

    def _read(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where hits stand, by reading every word."""
        return (word.span() for word in _WORD.finditer(text) if self.is_hit(word[0]))

    def _places(self, text: str, plain: str) -> Iterator[tuple[int, int]]:
        """Yield of each word where it stands first."""
        for word in self.begun:
            yield from islice(self._found(word, text, plain), 1)

    def _found(self, word: str, text: str, plain: str) -> Iterator[tuple[int, int]]:
        """Yield where words stand that begin so and are hits; ``plain`` is the text in small letters."""
        at = plain.find(word)
        while at >= 0:
            if not at or not (plain[at - 1].isalnum() or unicodedata.combining(plain[at - 1])):
                printed = _WORD.match(text, at)
                if printed is not None and self.is_hit(printed[0]):
                    yield printed.span()
            at = plain.find(word, at + 1)

    def is_hit(self, printed: str) -> bool:
        """Say whether a printed word is one of these, or begins like one that is a prefix."""
        folded = _folded(printed) if len(printed) <= _LONG else fold_name(printed)
        return folded in self.whole or (bool(self.prefixes) and folded.startswith(self.prefixes))


_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
"""A word as the index has it; accents may be letters of their own."""


_LONG = 40


@lru_cache(maxsize=50_000)
def _folded(printed: str) -> str:
    return fold_name(printed)


def _lower(text: str) -> str:
    """Return a text in small letters, each in its place."""
    small = text.lower()
    return small if len(small) == len(text) else text  # a few letters of the world become two

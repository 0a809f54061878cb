"""Articles as a list shows them: a few facts of each and the words around the first hit, page by page."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from archive import tables as t
from archive.describe import as_printed, read_last, stamped
from archive.paging import Page
from archive.query import parse, words_of
from archive.selection import BY_VERSION, OF_TODAY, page, text_version, with_facts
from archive.snippets import Sought, Text
from archive.texts import COLUMNS, all_as_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archive.query import Words
    from archive.selection import Found, Selection

_TITLE = 500
"""Letters of a headline in which hits are marked; no list shows more of it."""


def hits(connection: Connection, selection: Selection, limit: int, after: str | None = None) -> Page[dict[str, Any]]:
    """Return one page of the selected articles, the newest first; ``after`` is the cursor that the page before gave.

    A hit has ``id, site, url, published, first_seen, state, title, language, views, version, authors`` (names),
    ``snippet`` (the words around the first hit, or the beginning), ``hits``: where in it they stand, (start, end), and
    ``title_hits``: the same in the headline. Raises QueryError.
    """
    found = page(connection, selection, limit, after, _FACTS_OF_TODAY)
    rows = with_facts(connection, found.items, _FACTS)
    return Page(_told(connection, rows, _searched_words(selection.query)), found.next)


class _Row(NamedTuple):
    """What the tables say of a version, as the database holds it; ``id`` is its content's."""

    place: int | None
    article: int
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
    names: str | None


_CONTENT, _PACKED = map(_Row._fields.index, ("id", "body"))


def _told(connection: Connection, rows: Sequence[Found], words: Sequence[Words]) -> list[dict[str, Any]]:
    texts = _texts(connection, rows)
    said = Sought(words, "body")
    in_title = Sought(words, "title") if any(part.field for part in words) else said
    return [_hit(row, texts[row[_CONTENT]], said, in_title) for row in rows]


def _texts(connection: Connection, rows: Sequence[Found]) -> dict[int, Text]:
    """Return the texts of rows by content; those that lists of the newest stories show again and again are kept."""
    texts = {row[_CONTENT]: kept[1] for row in rows
             if (kept := _KEPT.get(row[_CONTENT])) and kept[0] == row[_PACKED]}  # fmt: skip
    if others := [_Row._make(row) for row in rows if row[_CONTENT] not in texts]:
        unpacked = all_as_bytes(connection, others)
        texts |= {number: Text.of(text or b"") for number, text in unpacked.items()}
        if len(_KEPT) > _MOST_KEPT:
            _KEPT.clear()
        _KEPT.update((row.id, (row.body, texts[row.id])) for row in others if row.base_content_id is None)
    return texts


_KEPT: dict[int, tuple[bytes | None, Text]] = {}
"""Texts by content, each with how it is packed, by which it is known: another archive has others."""
_MOST_KEPT = 512

_published = lru_cache(_MOST_KEPT)(as_printed)


def _hit(row: Found, body: Text, said: Sought, in_title: Sought) -> dict[str, Any]:
    # Taken apart at once: to ask a row for one name after the other takes longer than all the rest.
    (_, _, _, number, key, state, first_seen_at, site, _, title, _, _, _, language, published_at, published_offset,
     published_precision, url, views, names) = row  # fmt: skip
    text, marks = said.snippet(body)
    return {
        "id": key, "site": site, "url": url,
        "published": _published(published_at, published_offset, published_precision),
        "first_seen": stamped(first_seen_at), "state": t.STATE.codes[state - 1], "title": title,
        "language": language, "views": views, "version": number, "authors": names.split(_BETWEEN) if names else [],
        "snippet": text, "hits": marks, "title_hits": in_title.marks(title[:_TITLE]) if title else [],
    }  # fmt: skip


_VIEWS = (
    sa.select(t.counter_reading.c.value)
    .where(t.counter_reading.c.article_id == t.article.c.id, t.counter_reading.c.metric == t.Metric.VIEWS)
    .order_by(t.counter_reading.c.last_at.desc(), t.counter_reading.c.source)
    .limit(1)
    .correlate(t.article)
)


def _names() -> sa.ScalarSelect[Any]:
    """Select the names of authors, as they are printed, in one text."""
    row = t.reading_author.c
    in_order = sa.select(row.name).where(row.reading_id == t.reading.c.id).order_by(row.ord)
    names = in_order.correlate(t.reading).subquery()
    return sa.select(sa.func.aggregate_strings(names.c.name, _BETWEEN)).scalar_subquery()


_BETWEEN = "\n"
"""Between names, which have no line breaks."""


def _with_facts(found: sa.Select[Any]) -> sa.Select[Any]:
    """Select of texts that are found what a :class:`_Row` has of each after place, article, version and its number."""
    return (
        found.add_columns(
            t.article.c.key, t.article.c.state,
            t.article.c.first_seen_at, t.site.c.name, t.content.c.id, t.content.c.title, *COLUMNS,
            t.reading.c.language, t.reading.c.published_at, t.reading.c.published_offset,
            t.reading.c.published_precision, t.url.c.url, _VIEWS.scalar_subquery(),
            _names(),
        )
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .join(t.content, t.content.c.id == text_version.c.content_id)
        .outerjoin(t.reading, t.reading.c.id == text_version.c.reading_id)
        .outerjoin(t.url, t.url.c.id == read_last())
    )  # fmt: skip


_FACTS_OF_TODAY = _with_facts(OF_TODAY)
_FACTS = _with_facts(BY_VERSION)


def _searched_words(query: str | None) -> list[Words]:
    return words_of(parse(query)) if query is not None else []

"""Articles as a list shows them: a few facts of each and the words around the first hit, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from archive import tables as t
from archive.bulk import rows_in
from archive.describe import as_printed, read_last, stamped
from archive.paging import Page
from archive.query import parse, words_of
from archive.selection import BY_VERSION, OF_TODAY, facts_of, page, text_version
from archive.snippets import Sought
from archive.texts import COLUMNS, all_as_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archive.query import Words
    from archive.selection import Selection

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
    texts = all_as_bytes(connection, rows)
    names: dict[int | None, list[str]] = {row.reading: [] for row in rows}
    for reading, name in rows_in(connection, _NAMES, names.keys() - {None}):
        names[reading].append(name)
    said, in_title = Sought(words, "body"), Sought(words, "title")
    return [_hit(row, texts[row.id], names[row.reading], said, in_title) for row in rows]


def _hit(row: _Row, body: bytes | None, names: list[str], said: Sought, in_title: Sought) -> dict[str, Any]:
    # Taken apart at once: to ask a row for one name after the other takes longer than all the rest.
    (_, _, _, number, _, key, state, first_seen_at, site, _, title, _, _, _, language, published_at, published_offset,
     published_precision, url, views) = row  # fmt: skip
    text, marks = said.snippet(body or b"")
    return {
        "id": key, "site": site, "url": url,
        "published": as_printed(published_at, published_offset, published_precision),
        "first_seen": stamped(first_seen_at), "state": t.STATE.codes[state - 1], "title": title,
        "language": language, "views": views, "version": number, "authors": names,
        "snippet": text, "hits": marks, "title_hits": in_title.marks(title[:_TITLE].encode()) if title else [],
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


def _searched_words(query: str | None) -> list[Words]:
    return words_of(parse(query)) if query is not None else []

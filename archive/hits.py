"""Articles as a list shows them: a few facts of each and the words around the first hit, page by page."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.describe import printed, stamp
from archive.normal import fold_name
from archive.paging import Page
from archive.query import parse, words_of
from archive.selection import page
from archive.texts import COLUMNS, all_unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    from archive.query import Words
    from archive.selection import Selection

SNIPPET_WORDS = 24

_ARTICLES = sa.bindparam("articles", type_=sa.BigInteger, expanding=True)
_CONTENTS = sa.bindparam("contents", type_=sa.BigInteger, expanding=True)
_READINGS = sa.bindparam("readings", type_=sa.BigInteger, expanding=True)


def hits(connection: Connection, selection: Selection, limit: int, after: str | None = None) -> Page[dict[str, Any]]:
    """Return one page of the selected articles, the newest first; ``after`` is the cursor that the page before gave.

    A hit has ``id, site, url, published, first_seen, state, title, language, views, version, authors`` (names),
    ``snippet`` (the words around the first hit, or the beginning) and ``hits``: where in it they stand, (start, end).
    Raises QueryError.
    """
    found = page(connection, selection, limit, after)
    return Page(_told(connection, found.items, _searched_words(selection.query)), found.next)


def _told(connection: Connection, rows: Sequence[sa.Row[Any]], words: Sequence[Words]) -> list[dict[str, Any]]:
    """Return the hits of these rows: one look at each table for all of them."""
    articles, readings = [row.article_id for row in rows], [row.reading_id for row in rows if row.reading_id]
    said = {row.id: row for row in connection.execute(_SAID, {"contents": [row.content_id for row in rows]})}
    texts = all_unpacked(connection, said.values())
    read = {row.id: row for row in connection.execute(_READ, {"readings": readings})}
    beside = {row.id: row for row in connection.execute(_BESIDE, {"articles": articles})}
    names = defaultdict(list)
    for row in connection.execute(_NAMES, {"readings": readings}):
        names[row.reading_id].append(row.name)
    return [
        _hit(row, said[row.content_id].title, texts[row.content_id], read.get(row.reading_id), beside[row.article_id],
             names[row.reading_id], words)
        for row in rows
    ]  # fmt: skip


def _hit(row: Any, title: str | None, body: str | None, read: Any, beside: Any, names: list[str],
         words: Sequence[Words]) -> dict[str, Any]:  # fmt: skip
    text, marks = snippet(body or "", words)
    return {
        "id": row.key, "site": row.site, "url": beside.url,
        "published": printed(read.published_at, read.published_offset, read.published_precision) if read else None,
        "first_seen": stamp(row.first_seen_at), "state": str(row.state), "title": title,
        "language": read.language if read else None, "views": beside.views, "version": row.number, "authors": names,
        "snippet": text, "hits": marks,
    }  # fmt: skip


_SAID = sa.select(t.content.c.id, t.content.c.title, *COLUMNS).where(t.content.c.id.in_(_CONTENTS))
_READ = sa.select(t.reading.c.id, t.reading.c.language, t.reading.c.published_at, t.reading.c.published_offset,
                  t.reading.c.published_precision).where(t.reading.c.id.in_(_READINGS))  # fmt: skip
_NAMES = (
    sa.select(t.reading_author.c.reading_id, t.reading_author.c.name)
    .where(t.reading_author.c.reading_id.in_(_READINGS))
    .order_by(t.reading_author.c.reading_id, t.reading_author.c.ord)
)
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
_BESIDE = sa.select(
    t.article.c.id, _READ_AT.scalar_subquery().label("url"), _VIEWS.scalar_subquery().label("views")
).where(t.article.c.id.in_(_ARTICLES))


# ------------------------------------------------------------------ snippets


def _searched_words(query: str | None) -> list[Words]:
    return words_of(parse(query)) if query is not None else []


def snippet(text: str, wanted: Sequence[Words]) -> tuple[str, list[tuple[int, int]]]:
    """Return the words around the first hit, or the beginning of the text, and where in it hits stand: (start, end)."""
    printed, is_hit = text.split(), _matching(wanted)
    first = next((at for at, word in enumerate(printed) if is_hit(word)), 0) if wanted else 0
    start = max(0, first - SNIPPET_WORDS // 3)
    cut = printed[start : start + SNIPPET_WORDS]
    before = "… " if start else ""
    marks, at = [], len(before)
    for word in cut:
        if is_hit(word):
            marks.append((at, at + len(word)))
        at += len(word) + 1
    after = " …" if start + SNIPPET_WORDS < len(printed) else ""
    return f"{before}{' '.join(cut)}{after}", marks


def _matching(wanted: Sequence[Words]) -> Callable[[str], bool]:
    """Return what says whether a printed word is one of these, or begins like one that is a prefix."""
    whole = {fold_name(word) for words in wanted for word in words.words}
    prefixes = tuple(fold_name(words.words[-1]) for words in wanted if words.is_prefix)

    def is_hit(printed: str) -> bool:
        folded = _folded(printed)
        return not whole.isdisjoint(folded) or (bool(prefixes) and any(word.startswith(prefixes) for word in folded))

    return is_hit


def _folded(printed: str) -> tuple[str, ...]:
    """Return the words that a printed one is in the index; a text has few that no text had before."""
    return _remembered(printed) if len(printed) <= _LONG else tuple(fold_name(printed).split())


_LONG = 40


@lru_cache(maxsize=50_000)
def _remembered(printed: str) -> tuple[str, ...]:
    return tuple(fold_name(printed).split())

"""Searches of the past: texts as they stood at a time, the first ones, all that ever were, and what was removed.

Of a text that another took the place of the index has only what that one lacks (:mod:`archive.search`), so no row alone
says whether the whole text fits a query. What must be there is looked for in both indexes, word by word: a text that
has a word is a text of an article one of whose rows has it. So the hits of some words, of which every fitting text must
have one, lead to all articles that may fit, from the newest hit on. Their texts then are weighed: those of today by the
index, the others by a small index that is made of them, which so understands the query as the large one does. A page
walks on until it is full; more of the archive is never held at once than some thousand hits.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.bulk import rows_in
from archive.query import All, Fact, Not, OneOf, Words
from archive.search import (
    BM25,
    CREATE,
    FIELD_NAMES,
    NEWEST,
    PAST,
    TABLE,
    fields_of,
    fts5,
    is_text,
    matching,
    newest,
    tsquery,
    word_list,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from archive.query import Node
    from archive.search import Fields

Place = tuple[int, int, int]
"""Where a text stands in a list, the greatest first: the newest row that led to its article, the article, the number
of its version."""

FIRST_LOOK, WIDEST_LOOK = 200, 5000
"""Hits that are looked at together: at first, and at most; every further look takes four times as many."""

COUNTED = 1000
"""So far the hits of a word are counted to see which word is rare."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search of the past. ``texts`` selects the versions that are asked about, all but the query considered.

    It has ``version_id, article_id, number, content_id`` and, for each fact in the query, a column of the name that
    ``facts`` gives it. With ``removed`` a text counts when it is the last of its article that fits. Articles that had
    no text yet ``at`` a time, in microseconds, are passed by.
    """

    node: Node
    texts: sa.Select[Any]
    facts: Mapping[Fact, str]
    removed: bool
    at: int = t.FOREVER_MICROS


def facts_of(node: Node) -> Iterator[Fact]:
    """Yield the facts that a query asks for."""
    if isinstance(node, Fact):
        yield node
    elif isinstance(node, Not):
        yield from facts_of(node.part)
    elif isinstance(node, All | OneOf):
        for part in node.parts:
            yield from facts_of(part)


def texts_of(node: Node) -> list[Node]:
    """Return the largest parts of a query that a text alone can answer."""
    if is_text(node):
        return [node]
    if isinstance(node, Not):
        return texts_of(node.part)
    return [text for part in node.parts for text in texts_of(part)] if isinstance(node, All | OneOf) else []


def walk(connection: Connection, asked: Asked, begins: Place | None = None) -> Iterator[tuple[Place, sa.Row[Any]]]:
    """Yield the rows of ``asked.texts`` that fit, the newest first, those that follow a place. Raises QueryError."""
    for part in texts_of(asked.node):
        matching(connection, part)  # what is too much for the index is said before any text is looked for
    for looked_at in _looks(connection, asked, begins):
        found = sorted(_fitting(connection, asked, looked_at), key=itemgetter(0), reverse=True)
        yield from (told for told in found if begins is None or told[0] < begins)


# ------------------------------------------------------------------ which articles may fit


def _looks(connection: Connection, asked: Asked, begins: Place | None) -> Iterator[dict[int, int]]:
    """Yield articles that may fit with their places, some at a time, the newest first; each article once."""
    leading = _leading(connection, asked.node)
    before, wide = begins[0] if begins else NEWEST, FIRST_LOOK
    last = begins[1] if begins else NEWEST
    while True:
        if leading is None:
            listed = connection.execute(_LISTED, {"newest": before, "last": last, "most": wide}).all()
            found, is_end = {article: place for place, article in listed}, len(listed) < wide
            if listed:
                before, last = listed[-1][0], listed[-1][1] - 1
        else:
            numbers = _newest(connection, leading, before, wide)
            found, is_end = _articles(connection, leading, numbers, before, asked.at), len(numbers) < wide
            before = numbers[-1] - 1 if numbers else before
        yield found
        if is_end:
            return
        wide = min(4 * wide, WIDEST_LOOK)


_ARTICLE = t.article.c
_LISTED_AT = sa.type_coerce(_ARTICLE.listed_at, sa.BigInteger)
_LISTED = (
    sa.select(_LISTED_AT, _ARTICLE.id)
    .where(sa.tuple_(_LISTED_AT, _ARTICLE.id)
           <= sa.tuple_(sa.bindparam("newest", type_=sa.BigInteger), sa.bindparam("last", type_=sa.BigInteger)))
    .order_by(_ARTICLE.listed_at.desc(), _ARTICLE.id.desc())
    .limit(sa.bindparam("most"))
)  # fmt: skip


def _newest(connection: Connection, words: Node, before: int, most: int) -> list[int]:
    """Return the newest rows of both indexes that have one of these words."""
    found = [number for table in (TABLE, PAST) for number in newest(connection, words, most, before, table)]
    return sorted(found, reverse=True)[:most]


def _articles(connection: Connection, words: Node, numbers: Sequence[int], before: int, at: int) -> dict[int, int]:
    """Return the articles of these rows, each with its newest one; not those to which a row after ``before`` led."""
    found: dict[int, int] = {}
    for number, article in rows_in(connection, _OF_ROWS.replace(":at", str(at)), numbers):
        found[article] = max(number, found.get(article, number))
    if before == NEWEST or not found:
        return found
    newer: dict[int, set[int]] = {}
    for number, article in rows_in(connection, _ROWS_OF, found):
        if number > before:
            newer.setdefault(number, set()).add(article)
    hit = {number for table in (TABLE, PAST) for number in _having(connection, words, newer, table)}
    told = {article for number in hit for article in newer[number]}
    return {article: place for article, place in found.items() if article not in told}


_OF_ROWS = (
    "SELECT w.id, v.article_id FROM search_row w JOIN version v ON v.content_id = w.content_id "  # noqa: S608 - a constant
    f"WHERE v.known_to = {t.FOREVER_MICROS} AND w.id IN ({{}}) AND EXISTS (SELECT 1 FROM version o "
    f"WHERE o.article_id = v.article_id AND o.known_to = {t.FOREVER_MICROS} AND o.valid_from <= :at)"
)
_ROWS_OF = (
    "SELECT w.id, v.article_id FROM version v JOIN search_row w ON w.content_id = v.content_id "  # noqa: S608 - a constant
    f"WHERE v.known_to = {t.FOREVER_MICROS} AND v.article_id IN ({{}})"
)


def _having(connection: Connection, words: Node, numbers: Collection[int], table: str) -> set[int]:
    """Return which of these rows of an index match."""
    if not numbers:
        return set()
    rowid = sa.column("rowid", sa.BigInteger)
    some, found = sorted(numbers), set()
    hits = matching(connection, words, table=table)
    for at in range(0, len(some), 500):
        found |= set(connection.scalars(hits.where(rowid.in_(some[at : at + 500]))))
    return found


def _leading(connection: Connection, node: Node) -> Node | None:
    """Return words of which every text that fits must have one, the rarest there are; None where it may have none."""
    choices = _leads(node)
    if len(choices) > 1:
        choices = [min(choices, key=lambda choice: _commonness(connection, choice))]
    return choices[0] if choices else None


def _leads(node: Node) -> list[Node]:
    """Return the choices of words that would do, each as one word or several of which one is there."""
    if isinstance(node, Words):
        *whole, last = node.words
        return [*(Words((word,), field=node.field) for word in whole), Words((last,), node.is_prefix, node.field)]
    if isinstance(node, All):
        return [lead for part in node.parts for lead in _leads(part)]
    if isinstance(node, OneOf):
        parts = [_leads(part) for part in node.parts]
        return [OneOf(tuple(max(leads, key=_length) for leads in parts))] if all(parts) else []
    return []


def _length(lead: Node) -> int:
    """Return how long a word is, or the shortest of some: long ones are rare."""
    return min(map(_length, lead.parts)) if isinstance(lead, OneOf) else len(lead.words[0])  # type: ignore[union-attr]  # Words


def _commonness(connection: Connection, words: Node) -> int:
    some = sa.union_all(*(sa.select(matching(connection, words, table=table).limit(COUNTED).subquery())
                          for table in (TABLE, PAST))).subquery()  # fmt: skip
    return connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0


# ------------------------------------------------------------------ which texts do fit


def _fitting(connection: Connection, asked: Asked, places: dict[int, int]) -> Iterator[tuple[Place, sa.Row[Any]]]:
    """Yield the texts of these articles that fit, with their places."""
    numbers, parts = sorted(places), texts_of(asked.node)
    for at in range(0, len(numbers), 500):
        some = numbers[at : at + 500]
        rows = connection.execute(asked.texts.where(t.article.c.id.in_(some))).all()
        weighed = _Weighed(connection, parts)
        if asked.removed:
            fit = _last_that_fit(connection, weighed, asked.node, rows)
        else:
            weighed.add({row.content_id for row in rows})
            fit = [row for row in rows if weighed.is_so(asked.node, row._mapping, asked.facts)]
        for row in fit:
            yield (places[row.article_id], row.article_id, row.number), row


def _last_that_fit(connection: Connection, weighed: _Weighed, node: Node,
                   rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:  # fmt: skip
    """Return the versions that fit, where no later text of their article does.

    What a story says still settles most, and is weighed first.
    """
    texts: dict[int, list[tuple[int, int]]] = {}
    for article, number, content in rows_in(connection, _TEXTS_OF, {row.article_id for row in rows}) if rows else ():
        texts.setdefault(article, []).append((number, content))
    newest_first = {article: sorted(told, reverse=True) for article, told in texts.items()}
    weighed.add({told[0][1] for told in newest_first.values()})
    lost = [told for told in newest_first.values() if not weighed.fits(node, told[0][1])]
    weighed.add({content for told in lost for _, content in told})
    fit = {article: next((number for number, content in told if weighed.fits(node, content)), 0)
           for article, told in newest_first.items()}  # fmt: skip
    return [row for row in rows if fit[row.article_id] == row.number]


_TEXTS_OF = (
    "SELECT v.article_id, v.number, v.content_id FROM version v WHERE v.article_id IN ({}) "  # noqa: S608 - a constant
    f"AND v.known_to = {t.FOREVER_MICROS} AND v.content_id IS NOT NULL"
)


class _Weighed:
    """Which contents fit which parts of a query."""

    def __init__(self, connection: Connection, parts: Sequence[Node]) -> None:
        self.connection = connection
        self.fit: dict[Node, set[int]] = {part: set() for part in parts}
        self.known: set[int] = set()

    def add(self, contents: Collection[int]) -> None:
        """Weigh contents: those of today by their rows, others by their words."""
        new = set(contents) - self.known
        self.known |= new
        today = {number: content for number, content, superseded in rows_in(self.connection, _ROWS_OF_TEXTS, new)
                 if not superseded} if new else {}  # fmt: skip
        told = fields_of(self.connection, new.difference(today.values()))
        for part, fit in self.fit.items():
            fit.update(today[number] for number in _having(self.connection, part, today, TABLE))
            fit.update(ranked(self.connection, part, told))

    def fits(self, node: Node, content: int) -> bool:
        """Say whether a content fits a part of the query, or what is made of parts alone."""
        return content in self.fit[node]

    def is_so(self, node: Node, row: sa.RowMapping, facts: Mapping[Fact, str]) -> bool:
        """Say whether a row of texts is what a query asks for."""
        if node in self.fit:
            return row["content_id"] in self.fit[node]
        if isinstance(node, Fact):
            return bool(row[facts[node]])
        if isinstance(node, Not):
            return not self.is_so(node.part, row, facts)
        if isinstance(node, All):
            return all(self.is_so(part, row, facts) for part in node.parts)
        return any(self.is_so(part, row, facts) for part in node.parts)  # type: ignore[union-attr]  # one of several


_ROWS_OF_TEXTS = "SELECT id, content_id, superseded FROM search_row WHERE content_id IN ({})"


def ranked(connection: Connection, node: Node, told: Mapping[int, Fields]) -> dict[int, float]:
    """Return which of these texts match, with a rank among them; the least fits best."""
    if not told:
        return {}
    if connection.dialect.name == "postgresql":
        words = [word_list(fields) for fields in told.values()]
        return dict(connection.exec_driver_sql(_RANKED, (list(told), words, tsquery(node))).all())
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute(CREATE["sqlite"][0])
        rows = [(number, *map(fields.__getitem__, FIELD_NAMES)) for number, fields in told.items()]
        made.executemany(f"INSERT INTO {TABLE} (rowid, {', '.join(FIELD_NAMES)}) VALUES (?, ?, ?, ?, ?)", rows)  # noqa: S608 - constants
        return dict(made.execute(f"SELECT rowid, bm25({TABLE}, {BM25}) FROM {TABLE} WHERE {TABLE} MATCH ?",  # noqa: S608 - constants
                                 (fts5(node),)))  # fmt: skip


_RANKED = (
    "SELECT r.number, -ts_rank(r.words::tsvector, q.asked) FROM unnest(%s::bigint[], %s::text[]) AS r(number, words), "
    "(SELECT %s::tsquery AS asked) q WHERE r.words::tsvector @@ q.asked"
)

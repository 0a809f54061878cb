"""What an export hands out, article by article: one moment of the archive, a batch at a time, in a lasting order."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from archive import tables as t
from archive.database import snapshot
from archive.describe import describe_all
from archive.export.jsonl import line
from archive.selection import VERSION, Selection, page, selecting

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from sqlalchemy.engine import Connection

    from archive.store import Archive

BATCH = 500
"""Articles that are looked up together."""

FIRST = 25
"""Articles that are found as a page of a list is and handed out before the others are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is handed out: which articles, and what of each. Bodies and near-duplicates may be left out.

    With ``one_of_a_cluster`` only the earliest of the selected articles that carry one text.
    """

    selection: Selection = field(default_factory=Selection)
    texts: bool = True
    counters: bool = False
    near_duplicates: bool = True
    one_of_a_cluster: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An article as it is handed out, with the id of its row."""

    article_id: int
    rows: list[dict[str, Any]]

    @property
    def key(self) -> str:
        """Its public key."""
        return str(self.rows[0]["id"])


def lines(archive: Archive, wanted: Wanted) -> Iterator[bytes]:
    """Yield the selected articles as lines of JSON, the newest first, without a file: for a pipe or a download."""
    with snapshot(archive.engine) as connection:
        yield from map(line, newest_first(connection, wanted))


def newest_first(connection: Connection, wanted: Wanted) -> Generator[dict[str, Any], None, None]:
    """Yield the selected articles in the shape of an export, the newest first."""
    query = statement(connection, wanted)
    # A page of a list is in the same order, and finds the newest hits of a common word without all the others.
    has_pages = not (wanted.one_of_a_cluster or wanted.selection.by_relevance)
    head = page(connection, wanted.selection, FIRST) if has_pages else None
    if head is not None and head.items:
        yield from _told(connection, [found[VERSION] for found in head.items], wanted)
    if head is None or head.next is not None:
        for _, described in _described(connection, query, wanted, passed=len(head.items) if head is not None else 0):
            yield described


def by_key(connection: Connection, wanted: Wanted, *, after: str = "",
           only: sa.ColumnElement[bool] | None = None) -> Iterator[Told]:  # fmt: skip
    """Yield the selected articles with their texts in the order of their keys, those that follow ``after``.

    The order is the same in every copy of an archive, and an article that changes keeps its place. ``only`` is a
    further condition on ``article``.
    """
    query = statement(connection, wanted)
    query = query.order_by(None).order_by(t.article.c.key, query.selected_columns["number"])
    if after:
        query = query.where(t.article.c.key > after)
    if only is not None:
        query = query.where(only)
    for article, rows in groupby(_described(connection, query, wanted), key=itemgetter(0)):
        yield Told(article, [described for _, described in rows])


def statement(connection: Connection, wanted: Wanted) -> sa.Select[Any]:
    """Return the statement that lists the wanted articles, the newest first."""
    query = selecting(connection, wanted.selection)
    return query.where(t.article.c.id.in_(_earliest(query))) if wanted.one_of_a_cluster else query


def _earliest(query: sa.Select[Any]) -> sa.Select[Any]:
    """Select the earliest of the selected articles of each cluster, and those that are in none."""
    found = query.order_by(None).subquery("found")
    member = t.cluster_member.c
    cluster = sa.func.coalesce(member.cluster_id, -found.c.article_id)
    ranked = (
        sa.select(found.c.article_id, sa.func.dense_rank().over(
            partition_by=cluster, order_by=(found.c.first_seen_at, found.c.key)).label("nth"))
        .select_from(found)
        .outerjoin(t.cluster_member, sa.and_(member.article_id == found.c.article_id, member.known_to == t.OPEN))
        .subquery("ranked")
    )  # fmt: skip
    return sa.select(ranked.c.article_id).where(ranked.c.nth == 1)


def _described(connection: Connection, query: sa.Select[Any], wanted: Wanted, *,
               passed: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:  # fmt: skip
    """Yield what a statement lists, the ``passed`` first of it left out, with the id of the article."""
    numbers = query.with_only_columns(t.article.c.id, query.selected_columns["version_id"])
    found = connection.execute(numbers, execution_options={"yield_per": BATCH})
    try:
        if passed:
            found.fetchmany(passed)
        for batch in found.partitions(BATCH):
            told = _told(connection, [version for _, version in batch], wanted)
            yield from zip((article for article, _ in batch), told, strict=True)
    finally:
        # Whoever wants only the first articles leaves no cursor behind on PostgreSQL. A connection that was closed
        # first, by an error while they were written, took its cursors along.
        if not connection.closed:
            found.close()


def _told(connection: Connection, versions: list[int], wanted: Wanted) -> list[dict[str, Any]]:
    with _uncollected():
        return describe_all(connection, versions, texts=wanted.texts, counters=wanted.counters,
                            near_duplicates=wanted.near_duplicates)  # fmt: skip


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python's collector away from a batch while it is made: it would pass over it thirty times, and free nothing.

    Of threads that do so at once the one that found it at work lets it work again.
    """
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_collecting:
            gc.enable()


Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield items some at a time: the same, in the same order."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some

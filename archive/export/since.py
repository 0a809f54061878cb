"""What is new, changed or gone since the export that a mark remembers.

An article that the log names is told only if it reads differently than it was handed out, and whatever is not selected
any more (taken down, merged, opted out) gets a tombstone, without a second rule for each. What moves by itself with
every visit is no change: see :data:`MOVING`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from archive import tables as t
from archive.describe import stamp
from archive.export.rows import batches, statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from archive.export.marks import Mark
    from archive.export.rows import Told, Wanted

MOVING = ("last_seen", "views", "comments", "views_at", "counters", "modified")
"""Keys that move with a visit though the story stays: an article is not told again for these alone."""

NONE_HELD = bytes(16)
"""The digest of an article that is handed out no more."""


def digest(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the digest of what is handed out of an article, without what moves by itself."""
    staying = [{key: value for key, value in row.items() if key not in MOVING} for row in rows]
    for row in staying:
        row["state"] = "live" if row["state"] == "missing" else row["state"]  # a suspicion, and no row of the log
    return hashlib.blake2b(orjson.dumps(staying), digest_size=len(NONE_HELD)).digest()


def changed(mark: Mark, seq: int) -> sa.ColumnElement[bool]:
    """Return the condition that an article may read differently than it was handed out, or never was.

    The log names it, or an article that is or was in a cluster with it.
    """
    row = t.change_log.c
    logged = sa.select(row.article_id).where(row.seq > mark.seq, row.seq <= seq)
    own, beside = t.cluster_member.alias("own"), t.cluster_member.alias("beside")
    near = (
        sa.select(beside.c.article_id)
        .join(own, own.c.cluster_id == beside.c.cluster_id)
        .where(own.c.article_id.in_(logged))
    )
    held = sa.exists().where(t.exported.c.mark_id == mark.id, t.exported.c.article_id == t.article.c.id)
    return sa.or_(t.article.c.id.in_(logged), t.article.c.id.in_(near), ~held)


def differing(connection: Connection, mark: Mark | None, found: Iterable[Told]) -> Iterator[tuple[Told, bytes]]:
    """Yield, of these articles, those that read differently than they were handed out, with the digest of each."""
    for some in batches(found, 200):
        held = {} if mark is None else _handed(connection, mark, [told.article_id for told in some])
        for told in some:
            now = digest(told.rows)
            if held.get(told.article_id) != now:
                yield told, now


def _handed(connection: Connection, mark: Mark, articles: Sequence[int]) -> dict[int, bytes]:
    row = t.exported.c
    return dict(
        connection.execute(
            sa.select(row.article_id, row.digest).where(row.mark_id == mark.id, row.article_id.in_(articles))
        ).all()
    )


def removed(connection: Connection, mark: Mark, wanted: Wanted) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the tombstones of what was handed out and is not selected any more, with the article's id, by key."""
    selected = statement(connection, wanted).order_by(None).subquery("selected")
    into = t.article.alias("into")
    row, still = t.exported.c, sa.select(selected.c.article_id).distinct().subquery("still")
    found = connection.execute(
        sa.select(t.article.c.id, t.article.c.key, t.site.c.name.label("site"), into.c.key.label("into"),
                  *_takedown(t.article.c.id))
        .select_from(t.exported)
        .join(t.article, t.article.c.id == row.article_id)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .outerjoin(into, into.c.id == t.article.c.merged_into)
        .outerjoin(still, still.c.article_id == row.article_id)
        .where(row.mark_id == mark.id, still.c.article_id.is_(None))
        .order_by(t.article.c.key),
        execution_options={"yield_per": 500},
    )  # fmt: skip
    for each in found:
        yield each.id, _tombstone(each)


def _takedown(article: sa.ColumnElement[int]) -> Iterator[sa.ColumnElement[Any]]:
    """Select what the first takedown that hides an article says."""
    row = t.takedown.c
    for column in (row.action, row.effective_at, row.basis):
        yield (
            sa.select(column)
            .join(t.hidden, t.hidden.c.takedown_id == row.id)
            .where(t.hidden.c.article_id == article)
            .order_by(row.effective_at, row.id)
            .limit(1)
            .scalar_subquery()
            .label(column.name)
        )


def _tombstone(row: Any) -> dict[str, Any]:
    reason, into = "left", None
    if row.action is not None:
        reason = "erased" if row.action == "erase" else "taken_down"
    elif row.into is not None:
        reason, into = "merged", row.into
    return {"id": row.key, "site": row.site, "reason": reason, "removed": True, "at": stamp(row.effective_at),
            "note": row.basis, "into": into}  # fmt: skip


def gone(told: Told) -> dict[str, Any] | None:
    """Return the tombstone of an article that its paper took away; the archive keeps its last text."""
    last = told.rows[-1]
    if last["state"] != "gone":
        return None
    return {"id": told.key, "site": last["site"], "reason": "gone", "removed": False, "at": last["valid_to"],
            "note": None, "into": None}  # fmt: skip

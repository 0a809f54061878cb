"""What was done to the archive, in the manner of PREMIS events: kept in the database, listed, handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.describe import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection


def note(connection: Connection, at: datetime, kind: str, object_type: str, name: str | None,
         detail: Mapping[str, Any] | None = None, *, outcome: str = "ok") -> None:  # fmt: skip
    """Note that something was done to an object (a WARC file, a visit, an article, the archive)."""
    connection.execute(
        t.event.insert().values(at=at, type=kind, object_type=object_type, object=name, outcome=outcome,
                                agent="hemeroteca", detail=dict(detail) if detail is not None else None)
    )  # fmt: skip


def ingested(connection: Connection, visit: int) -> dict[str, int]:
    """Return how many captures and bytes of payload a visit brought."""
    row = t.capture.c
    count, size = connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(row.payload_size), 0)).where(row.visit_id == visit)
    ).one()
    return {"captures": count, "payload_bytes": int(size)}


def listing(connection: Connection, *, kind: str | None = None, since: datetime | None = None,
            about: str | None = None, limit: int | None = None) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield events as plain values, the newest first."""
    row = t.event.c
    query = sa.select(t.event).order_by(row.at.desc(), row.id.desc())
    if kind is not None:
        query = query.where(row.type == kind)
    if since is not None:
        query = query.where(row.at >= since)
    if about is not None:
        query = query.where(row.object == about)
    for found in connection.execution_options(yield_per=500).execute(query.limit(limit)):
        yield {"at": stamp(found.at), "type": found.type, "object_type": found.object_type, "object": found.object,
               "outcome": found.outcome, "agent": found.agent, "detail": found.detail}  # fmt: skip

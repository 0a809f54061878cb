"""What was done to the archive, in the manner of PREMIS events: kept in the database, listed, handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive import tables as t

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection


def note(connection: Connection, at: datetime, kind: str, object_type: str, name: str | None,
         detail: Mapping[str, Any] | None = None, *, outcome: str = "ok") -> None:  # fmt: skip
    """Note that something was done to an object (a WARC file, a visit, an article, the archive)."""
    connection.execute(
        t.event.insert().values(at=at, type=kind, object_type=object_type, object=name, outcome=outcome,
                                agent="hemeroteca", detail=dict(detail) if detail is not None else None)
    )  # fmt: skip

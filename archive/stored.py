"""A stored page: a capture that may be shown, and its payload out of the WARC file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from archive import tables as t
from archive.describe import stamp
from archive.errors import NotFoundError, TakenDownError
from archive.records import Kind
from archive.rereading import Kept
from archive.takedown import refuse_hidden, visible_capture

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from archive.records import Capture
    from archive.store import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A capture with a payload, as it may be shown."""

    id: str  # the UUID of its WARC record
    kept: Kept
    fetched_at: str | None
    status: int | None
    content_type: str
    size: int

    def load(self, folder: Path) -> Capture:
        """Return it from its WARC file; raises ArchiveError when it is not there as it should be."""
        return self.kept.load(folder)


def find(archive: Archive, name: str) -> Stored:
    """Return the capture of a WARC record, named by its UUID; raises NotFoundError, TakenDownError."""
    try:
        number = UUID(name)
    except ValueError:
        raise NotFoundError(f"no capture {name!r}; a capture is named by the UUID of its WARC record") from None
    with archive.engine.connect() as connection:
        row = connection.execute(_captures().where(t.capture.c.record_id == number.bytes)).first()
        if row is None:
            raise NotFoundError(f"no capture {name!r} in this archive")
        refuse_hidden_capture(connection, row, name)
    if row.kind not in (Kind.RESPONSE, Kind.RENDERING) or row.file is None:
        raise NotFoundError(f"capture {name}: holds no page; it only says that there was none, or nothing new")
    kept = Kept(id=row.id, site=row.site, article=row.article, url=row.url, file=row.file, offset=row.warc_offset)
    return Stored(id=str(number), kept=kept, fetched_at=stamp(row.fetched_at), status=row.status,
                  content_type=row.content_type or "", size=row.payload_size or 0)  # fmt: skip


def _captures() -> sa.Select[Any]:
    row, file = t.capture.c, t.warc_file.c
    return (
        sa.select(
            row.id, row.kind, row.fetched_at, row.status, row.content_type, row.payload_size, row.warc_offset,
            row.article_id, file.name.label("file"), t.url.c.url, t.site.c.name.label("site"),
            t.article.c.key.label("article"), visible_capture().label("may_be_shown"),
        )
        .select_from(t.capture)
        .join(t.url, t.url.c.id == row.url_id)
        .join(t.visit, t.visit.c.id == row.visit_id)
        .join(t.site, t.site.c.id == t.visit.c.site_id)
        .outerjoin(t.warc_file, file.id == row.warc_file_id)
        .outerjoin(t.article, t.article.c.id == row.article_id)
    )  # fmt: skip


def refuse_hidden_capture(connection: Connection, row: Any, name: str) -> None:
    """Raise TakenDownError for a capture (its ``may_be_shown`` and ``article_id``) that may not be handed out."""
    if row.may_be_shown:
        return
    if row.article_id is not None:
        refuse_hidden(connection, row.article_id, name)
    raise TakenDownError(f"{name}: its address is taken down")

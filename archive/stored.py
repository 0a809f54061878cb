"""A stored page: a capture that may be shown, its payload out of the WARC file, and what was kept beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from archive import tables as t
from archive.describe import stamp
from archive.errors import NotFoundError, TakenDownError
from archive.listings import parts
from archive.records import Kind
from archive.rereading import Kept
from archive.said import said
from archive.surt import surt
from archive.takedown import refuse_hidden, visible_capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta
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

    at: datetime  # the same as a time

    def load(self, folder: Path) -> Capture:
        """Return it from its WARC file; raises ArchiveError when it is not there as it should be."""
        return self.kept.load(folder)


def find(archive: Archive, name: str) -> Stored:
    """Return the capture of a WARC record, named by its UUID; raises NotFoundError, TakenDownError."""
    try:
        number = UUID(name)
    except ValueError:
        raise NotFoundError(
            said("no capture %(name)s; a capture is named by the UUID of its WARC record", name=repr(name))
        ) from None
    with archive.engine.connect() as connection:
        row = connection.execute(_captures().where(t.capture.c.record_id == number.bytes)).first()
        if row is None:
            raise NotFoundError(said("no capture %(name)s in this archive", name=repr(name)))
        refuse_hidden_capture(connection, row, name)
    if row.kind not in (Kind.RESPONSE, Kind.RENDERING) or row.file is None:
        raise NotFoundError(
            said("capture %(name)s: holds no page; it only says that there was none, or nothing new", name=name)
        )
    kept = Kept(id=row.id, site=row.site, article=row.article, url=row.url, file=row.file, offset=row.warc_offset)
    return Stored(id=str(number), kept=kept, fetched_at=stamp(row.fetched_at), status=row.status,
                  content_type=row.content_type or "", size=row.payload_size or 0, at=row.fetched_at)  # fmt: skip


def _captures() -> sa.Select[Any]:
    row, file = t.capture.c, t.warc_file.c
    return (
        sa.select(
            row.id, row.kind, row.fetched_at, row.status, row.payload_size, row.warc_offset, row.article_id,
            t.media_type.c.name.label("content_type"), file.name.label("file"), t.url.c.url,
            t.site.c.name.label("site"), t.article.c.key.label("article"), visible_capture().label("may_be_shown"),
        )
        .select_from(t.capture)
        .join(t.url, t.url.c.id == row.url_id)
        .join(t.visit, t.visit.c.id == row.visit_id)
        .join(t.site, t.site.c.id == t.visit.c.site_id)
        .outerjoin(t.warc_file, file.id == row.warc_file_id)
        .outerjoin(t.article, t.article.c.id == row.article_id)
        .outerjoin(t.media_type, t.media_type.c.id == row.media_type_id)
    )  # fmt: skip


def beside(archive: Archive, urls: Iterable[str], at: datetime) -> dict[str, str]:
    """Return what shows these addresses as they were when a page was fetched: UUIDs of captures, by address.

    It is the picture or style sheet fetched nearest in time that may be shown; where that time has a 304, the one which
    this confirms. An address of which there is none is left out.
    """
    by_form: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_form[surt(url)].append(url)
    answers: dict[str, list[Any]] = defaultdict(list)
    with archive.engine.connect() as connection:
        for part in parts(by_form):
            for row in connection.execute(_BESIDE, {"forms": part}):
                answers[row.surt].append(row)
    nearest = {form: _nearest(answers[form], at) for form in answers}
    return {url: str(UUID(bytes=held)) for form, held in nearest.items() if held for url in by_form[form]}


def _nearest(answers: Sequence[Any], at: datetime) -> bytes | None:
    """Return the record that one of these answers, the oldest first, shows or confirms: of the one nearest in time."""
    shows: list[tuple[timedelta, bytes]] = []
    last: dict[int, bytes] = {}
    for row in answers:
        if row.kind is Kind.RESPONSE:
            last[row.url_id] = row.record_id
        if row.url_id in last:
            shows.append((abs(row.fetched_at - at), last[row.url_id]))
    return min(shows)[1] if shows else None


def _is_requisite(column: sa.ColumnElement[str | None]) -> sa.ColumnElement[bool]:
    return sa.or_(column.ilike("image/%"), column.ilike("text/css%"))


_BESIDE = (
    sa.select(t.url.c.surt, t.capture.c.record_id, t.capture.c.url_id, t.capture.c.kind, t.capture.c.fetched_at)
    .join(t.capture, t.capture.c.url_id == t.url.c.id)
    .outerjoin(t.media_type, t.media_type.c.id == t.capture.c.media_type_id)
    .where(t.url.c.surt.in_(sa.bindparam("forms", expanding=True)), t.capture.c.warc_file_id.is_not(None),
           sa.or_(sa.and_(t.capture.c.kind == Kind.RESPONSE, t.capture.c.status == 200,
                          _is_requisite(t.media_type.c.name)),
                  t.capture.c.kind == Kind.REVISIT),
           visible_capture())
    .order_by(t.capture.c.fetched_at, t.capture.c.id)
)  # fmt: skip


def refuse_hidden_capture(connection: Connection, row: Any, name: str) -> None:
    """Raise TakenDownError for a capture (its ``may_be_shown`` and ``article_id``) that may not be handed out."""
    if row.may_be_shown:
        return
    if row.article_id is not None:
        refuse_hidden(connection, row.article_id, name)
    raise TakenDownError(said("%(name)s: its address is taken down", name=name))

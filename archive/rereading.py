"""Old captures read again by a newer reader: which they are, what was read on them before, and what differs now.

What was printed does not change by being read better. So nothing here makes a version: the text of the same version is
replaced on the known axis (:func:`archive.ingest.add_reading`), and what was known before can still be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive import texts
from archive.describe import printed
from archive.errors import ArchiveError
from archive.opt_outs import POLICY
from archive.records import Kind, Reading
from archive.rows import TOLD_ONCE, whole_counter
from archive.scan import read_record
from archive.told import Captured, told
from archive.warc import OPEN_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from archive.records import Capture

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A capture as it lies in the archive: whose it is, and where it lies."""

    id: int
    site: str
    article: str | None
    url: str
    file: str
    offset: int

    def load(self, folder: Path) -> Capture:
        """Return the capture from its WARC file; raise ArchiveError when it is not there as it should be."""
        path = folder / self.file
        if not path.exists():
            path = folder / (self.file + OPEN_SUFFIX)
        try:
            found = next(told([read_record(path, self.offset)]), None)
        except (OSError, ValueError) as error:
            raise ArchiveError(f"{self.file} byte {self.offset}: cannot be read: {error}") from error
        if not isinstance(found, Captured):
            raise ArchiveError(f"{self.file} byte {self.offset}: no capture here; `hemeroteca verify` says more")
        return found.capture


def kept(connection: Connection, after: int, site: str | None = None, since: datetime | None = None, *,
         unread: bool = False) -> list[Kept]:  # fmt: skip
    """Return the next captures, by id, that were read once, or that a listing gave as a story and nobody read.

    A kill between keeping a page and reading it leaves such an ``unread`` one; they can be had alone.
    """
    row = t.capture.c
    # A file that speaks for the whole site is not for the reader of pages; nor is a merger, which was decided with what
    # was known of both articles.
    was_read = sa.exists().where(t.reading.c.capture_id == row.id, t.reading.c.outcome.not_in((POLICY, "merged")))
    # One that has an article all the same was read with that article's page: a further page of it.
    is_listed = sa.exists().where(t.link.c.url_id == row.url_id)
    query = (
        _places()
        .where(row.id > after, row.kind == Kind.RESPONSE, row.status == 200, row.truncated.is_(None),
               sa.or_(was_read, sa.and_(is_listed, row.article_id.is_(None))))
        .order_by(row.id)
        .limit(PAGE)
    )  # fmt: skip
    if unread:
        query = query.where(sa.not_(was_read))
    if site is not None:
        query = query.where(t.site.c.name == site)
    if since is not None:
        query = query.where(row.fetched_at >= since)
    return [_kept(found) for found in connection.execute(query)]


def read_with(connection: Connection, record_id: bytes) -> list[Kept]:
    """Return the captures that were read together with this page: its rendering, then its further pages in order.

    They are those of its article in the same visit, between this page and the next, on which alone nothing was read.
    """
    row = t.capture.c
    page = connection.execute(
        sa.select(row.article_id, row.visit_id, row.fetched_at).where(row.record_id == record_id)
    ).first()
    if page is None or page.article_id is None:
        return []
    alone = ~sa.exists().where(t.reading.c.capture_id == row.id)
    query = _places().where(
        row.article_id == page.article_id, row.visit_id == page.visit_id, row.fetched_at >= page.fetched_at, alone,
        row.record_id != record_id,
        sa.or_(row.kind == Kind.RENDERING, sa.and_(row.kind == Kind.RESPONSE, row.status == 200)),
    )  # fmt: skip
    is_rendering = sa.case((row.kind == Kind.RENDERING, 0), else_=1)
    return [_kept(found) for found in connection.execute(query.order_by(is_rendering, row.fetched_at, row.id))]


def newest(connection: Connection, url: str) -> Kept | None:
    """Return the newest page that an address answered whole, with 200, whatever it was; None if there is none."""
    row = t.capture.c
    query = (
        _places()
        .where(t.url.c.url == url, row.kind == Kind.RESPONSE, row.status == 200, row.truncated.is_(None))
        .order_by(row.fetched_at.desc())
        .limit(1)
    )
    return next((_kept(found) for found in connection.execute(query)), None)


def _places() -> sa.Select[Any]:
    row, file = t.capture.c, t.warc_file.c
    return (
        sa.select(row.id, t.site.c.name.label("site"), t.article.c.key.label("article"), t.url.c.url, file.name,
                  row.warc_offset)
        .join(t.visit, t.visit.c.id == row.visit_id)
        .join(t.site, t.site.c.id == t.visit.c.site_id)
        .join(t.url, t.url.c.id == row.url_id)
        .join(t.warc_file, file.id == row.warc_file_id)
        .outerjoin(t.article, t.article.c.id == row.article_id)
    )  # fmt: skip


def _kept(row: Any) -> Kept:
    return Kept(id=row.id, site=row.site, article=row.article, url=row.url, file=row.name, offset=row.warc_offset)


# ------------------------------------------------------------------ before and now


def values_before(connection: Connection, record_id: bytes) -> dict[str, Any] | None:
    """Return what was read on a capture, field by field, as far as the archive keeps it; None if it was not read.

    A reading that only repeated its article's open version is kept short: it has the text, and no field that is told
    once for all captures of a version.
    """
    reading, content = t.reading.c, t.content.c
    row = connection.execute(
        sa.select(t.reading, content.title.label("said_title"), content.standfirst.label("said_standfirst"),
                  content.names, *texts.COLUMNS, t.picture_list.c.images, t.source_set.c.sources, t.url.c.url)
        .join(t.capture, t.capture.c.id == reading.capture_id)
        .join(t.url, t.url.c.id == t.capture.c.url_id)
        .outerjoin(t.content, content.id == reading.content_id)
        .outerjoin(t.picture_list, t.picture_list.c.id == reading.images_id)
        .outerjoin(t.source_set, t.source_set.c.id == reading.sources_id)
        .where(t.capture.c.record_id == record_id, reading.known_to == t.OPEN)
    ).first()  # fmt: skip
    if row is None:
        return None
    counters = [whole_counter(counter)[:5] for counter in row.counters]
    values = {"outcome": row.outcome, "access": row.access, "counters": counters,
              "modified": printed(row.modified_at, row.modified_offset, row.modified_precision)}  # fmt: skip
    if row.content_id is not None:
        values |= {"title": row.said_title, "standfirst": row.said_standfirst, "authors": list(row.names),
                   "body": texts.unpacked(connection, row)}  # fmt: skip
    if row.is_full:
        values |= {name: getattr(row, name) for name in TOLD_ONCE}
        values["canonical_url"] = row.url if row.canonical_url == "" else row.canonical_url
        values["published"] = printed(row.published_at, row.published_offset, row.published_precision)
        profiles = [list(part) for part in row.profiles]
        values |= {"tags": list(row.tags), "images": list(row.images or ()), "profiles": profiles,
                   "sources": dict(row.sources or {})}  # fmt: skip
    return values


def values_now(reading: Reading) -> dict[str, Any]:
    """Return a reading in the shape of :func:`values_before`."""
    values: dict[str, Any] = {name: getattr(reading, name) for name in TOLD_ONCE}
    for name in ("published", "modified"):
        moment = getattr(reading, name)
        offset = moment.at.utcoffset() if moment else None
        minutes = int(offset.total_seconds() // 60) if offset else None
        values[name] = printed(moment.at, minutes, moment.precision) if moment else None
    return values | {
        "outcome": reading.outcome, "access": reading.access, "title": reading.title, "standfirst": reading.standfirst,
        "authors": [author.name for author in reading.authors], "body": reading.body,
        "counters": [[c.metric, c.value, c.source, c.exact, c.stale] for c in reading.counters],
        "tags": list(reading.tags), "images": list(reading.images),
        "profiles": [[p.name, p.text, p.language, p.url] for p in reading.profiles], "sources": dict(reading.sources),
    }  # fmt: skip


def differences(before: Mapping[str, Any] | None, reading: Reading) -> dict[str, tuple[Any, Any]]:
    """Return, by field, what was read before and what is read now, where they differ."""
    now = values_now(reading)
    if before is None:
        return {"outcome": (None, reading.outcome)}
    if reading.outcome != "read":
        now = {"outcome": reading.outcome}
    return {name: (before[name], now[name]) for name in now if name in before and before[name] != now[name]}

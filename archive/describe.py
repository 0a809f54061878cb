"""An article in the shape of an export: plain values under keys that never change within a major version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from archive import duplicates
from archive import tables as t
from archive.normal import fold_name

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def describe(connection: Connection, row: Any, *, counters: bool = False) -> dict[str, Any]:
    """Return an article in the shape of an export: keys that never change within a major version."""
    reading = connection.execute(sa.select(t.reading).where(t.reading.c.id == row.reading_id)).first()
    content = connection.execute(sa.select(t.content).where(t.content.c.id == row.content_id)).one()
    described = {
        "id": row.key,
        "site": row.site,
        "url": _address(connection, row.article_id),
        "canonical_url": reading.canonical_url if reading else None,
        "version": row.number,
        "valid_from": stamp(row.valid_from),
        "valid_to": stamp(row.valid_to),
        "first_seen": stamp(row.first_seen_at),
        "last_seen": stamp(row.last_seen_at),
        "state": str(row.state),
        "title": content.title,
        "standfirst": content.standfirst,
        "body": content.body.decode() if content.body is not None else None,
        **_told(connection, row, reading),
        "word_count": content.words,
        **_newest_counters(connection, row.article_id),
        **_copies(connection, row.article_id),
        "capture": _capture(connection, row.first_capture_id),
        "reader": _reader(connection, reading),
        "sources": reading.sources if reading else {},
    }
    if counters:
        described["counters"] = curve(connection, row.article_id)
    return described


def _told(connection: Connection, row: Any, reading: Any) -> dict[str, Any]:
    if reading is None:
        return {}
    profiles = {fold_name(name or ""): (text, language) for name, text, language, _ in reading.profiles}
    alone = next(iter(profiles.values())) if len(profiles) == 1 else (None, None)
    names = connection.execute(
        sa.select(t.reading_author.c.name, t.reading_author.c.kind, t.reading_author.c.url)
        .where(t.reading_author.c.reading_id == row.reading_id)
        .order_by(t.reading_author.c.ord)
    ).all()
    authors = []
    for name, kind, url in names:
        profile, language = profiles.get(fold_name(name), alone if len(names) == 1 else (None, None))
        authors.append({"name": name, "kind": kind, "url": url, "profile": profile, "profile_language": language})
    return {
        "dateline": reading.dateline,
        "agency": reading.agency,
        "authors": authors,
        "byline": reading.byline,
        "published": printed(reading.published_at, reading.published_offset, reading.published_precision),
        "modified": _modified(connection, row),
        "language": reading.language,
        "section": reading.section,
        "tags": reading.tags,
        "images": reading.images,
        "access": reading.access,
    }


def stamp(at: datetime | None) -> str | None:
    """Return a time of the archive's own as RFC 3339 in UTC; None for an open end."""
    if at is None or at == t.FOREVER:
        return None
    return at.astimezone(UTC).isoformat(timespec="microseconds" if at.microsecond else "seconds").replace("+00:00", "Z")


def minute(stamped: str | None) -> str:
    """Return a stamp of the archive without its seconds; an open end as a dash."""
    return stamped[:16].replace("T", " ") if stamped else "–"


def printed(at: datetime | None, offset: int | None, precision: str | None) -> str | None:
    """Return a page's own date with its own offset, or the date alone where the page has no time."""
    if at is None:
        return None
    local = at.astimezone(timezone(timedelta(minutes=offset or 0)))
    return local.date().isoformat() if precision == "day" else local.isoformat(timespec="seconds")


def _modified(connection: Connection, row: Any) -> str | None:
    """Return the newest modified date that the page stated while it read so: sites move it without a change, too."""
    reading, capture = t.reading.c, t.capture.c
    newest = connection.execute(
        sa.select(reading.modified_at, reading.modified_offset, reading.modified_precision)
        .select_from(t.reading)
        .join(t.capture, capture.id == reading.capture_id)
        .where(
            capture.article_id == row.article_id,
            capture.fetched_at >= row.valid_from,
            capture.fetched_at < row.valid_to,
            reading.content_id == row.content_id,
            reading.known_to == t.OPEN,
            reading.modified_at.is_not(None),
        )
        .order_by(capture.fetched_at.desc())
        .limit(1)
    ).first()
    return printed(*newest) if newest else None


def _address(connection: Connection, number: int) -> str | None:
    """Return the address at which the article was last read."""
    return connection.scalar(
        sa.select(t.url.c.url)
        .join(t.capture, t.capture.c.url_id == t.url.c.id)
        .join(t.reading, t.reading.c.capture_id == t.capture.c.id)
        .where(t.capture.c.article_id == number, t.reading.c.content_id.is_not(None))
        .order_by(t.capture.c.fetched_at.desc())
        .limit(1)
    )


def _newest_counters(connection: Connection, number: int) -> dict[str, Any]:
    found: dict[str, Any] = {"views": None, "comments": None, "views_at": None}
    row = t.counter_reading.c
    for metric in (t.Metric.COMMENTS, t.Metric.VIEWS):
        newest = connection.execute(
            sa.select(row.value, row.last_at)
            .where(row.article_id == number, row.metric == metric)
            .order_by(row.last_at.desc(), row.source)
            .limit(1)
        ).first()
        if newest is not None:
            found[str(metric)] = newest.value
            if metric is t.Metric.VIEWS:
                found["views_at"] = stamp(newest.last_at)
    return found


def curve(connection: Connection, number: int, metric: str | None = None) -> list[dict[str, Any]]:
    """Return an article's counter readings, the oldest first, as runs of equal values."""
    row = t.counter_reading.c
    query = sa.select(t.counter_reading).where(row.article_id == number)
    if metric:
        query = query.where(row.metric == metric)
    return [
        {
            "metric": str(run.metric), "value": run.value, "from": stamp(run.observed_at), "to": stamp(run.last_at),
            "exact": run.exact, "stale": run.stale, "raw": run.raw, "source": run.source,
        }
        for run in connection.execute(query.order_by(row.metric, row.observed_at, row.source))
    ]  # fmt: skip


def _copies(connection: Connection, number: int) -> dict[str, Any]:
    """Return the articles that carry the same text, and the earliest of all as the cluster's name."""
    first, others = duplicates.copies(connection, number)
    return {"cluster": first, "near_duplicates": [row.key for row in others]}


def _capture(connection: Connection, number: int) -> dict[str, Any]:
    row, file = t.capture.c, t.warc_file.c
    found = connection.execute(
        sa.select(row.record_id, row.fetched_at, row.status, file.name, row.warc_offset, row.warc_length,
                  row.payload_digest)
        .select_from(t.capture)
        .outerjoin(t.warc_file, file.id == row.warc_file_id)
        .where(row.id == number)
    ).one()  # fmt: skip
    return {
        "id": UUID(bytes=found.record_id).urn,
        "fetched_at": stamp(found.fetched_at),
        "status": found.status,
        "warc": found.name,
        "offset": found.warc_offset,
        "length": found.warc_length,
        "payload_sha256": found.payload_digest.hex() if found.payload_digest else None,
    }


def _reader(connection: Connection, reading: Any) -> dict[str, Any] | None:
    if reading is None:
        return None
    found = connection.execute(
        sa.select(t.reader.c.name, t.reader.c.version).where(t.reader.c.id == reading.reader_id)
    ).one()
    return {"name": found.name, "version": found.version}

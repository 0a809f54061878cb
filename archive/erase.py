"""Erases what a takedown hides: texts, pages and search index are gone from database and WARC files.

What stays is that there was something: address, times, digests and the reason. The records keep their ids and dates,
so that a rebuild gives the same history of an article whose words nobody can read. It can be done again after a kill.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import events, texts
from archive import tables as t
from archive.database import transaction
from archive.errors import StoreError
from archive.records import Kind
from archive.scan import Record, own_files, parse_name, records
from archive.search import PAST, TABLE, remove_contents
from archive.swap import NewFile, rewriting, swap
from archive.told import Captured, WasRead, told
from archive.warc import OPEN_SUFFIX, READING_URN, erased_record, gzipped, record_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from archive.store import Archive

_KEPT_OF_READINGS = ("reader", "outcome", "reason", "modified", "counters", "access", "identities", "opt_outs",
                     "article", "digest", "due_at", "form")  # fmt: skip
_TEXTS: dict[str, Any] = {
    "title": None, "standfirst": None, "byline": None, "dateline": None, "agency": None, "section": None,
    "language": None, "canonical_url": None, "published_at": None, "published_offset": None,
    "published_precision": None, "tags": [], "profiles": [], "pending": None, "images_id": None, "sources_id": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased."""

    articles: int
    captures: int
    contents: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be erased, and what the records will say of it."""

    takedown: Any
    articles: tuple[int, ...]
    captures: dict[bytes, Any]
    contents: tuple[int, ...]
    digests: dict[str, Any]  # of contents, by digest, with what derivation needs of them
    at: datetime


def erase(archive: Archive, takedown: Any, progress: Callable[[int], None] = lambda _: None) -> Erased:
    """Erase what a takedown hides; ``progress`` is told the bytes of WARC files as they are read.

    Raises StoreError while a visit writes a WARC file: it may hold what is to be erased.
    """
    folder = archive.warc_folder
    with rewriting(folder):
        running = sorted(path.name for path in folder.glob("*" + OPEN_SUFFIX))
        if running:
            raise StoreError(f"{running[0]}: a visit writes it now; erase when it has ended")
        with archive.engine.connect() as connection:
            order = _order(connection, takedown, archive.clock())
        files = [made for path in own_files(folder) if (made := _rewrite(archive, path, order, progress)) is not None]
        with transaction(archive.engine) as connection:
            _erase_rows(connection, order)
            detail = {"articles": len(order.articles), "captures": len(order.captures), "reason": takedown.basis}
            events.note(connection, order.at, "erase", takedown.scope, takedown.target, detail)
        _forget(archive)
    return Erased(len(order.articles), len(order.captures), len(order.contents), tuple(files))


def _order(connection: Connection, takedown: Any, at: datetime) -> _Order:
    hidden = sa.select(t.hidden.c.article_id).where(t.hidden.c.takedown_id == takedown.id)
    articles = tuple(connection.execute(hidden).scalars())
    row = t.capture.c
    owned = sa.select(t.article_url.c.url_id).where(t.article_url.c.article_id.in_(hidden))
    wanted = sa.or_(row.article_id.in_(hidden), row.url_id.in_(owned))
    if takedown.url_pattern is not None:
        wanted = sa.or_(
            wanted, row.url_id.in_(sa.select(t.url.c.id).where(t.url.c.url.ilike(takedown.url_pattern, "\\")))
        )
    captures = {found.record_id: found for found in connection.execute(sa.select(t.capture).where(wanted))}
    mine = sa.select(t.reading.c.content_id).join(t.capture, row.id == t.reading.c.capture_id).where(wanted)
    others = (
        sa.select(t.reading.c.content_id)
        .join(t.capture, row.id == t.reading.c.capture_id)
        .where(sa.not_(wanted), t.reading.c.content_id.is_not(None))
    )
    content = t.content.c
    said = connection.execute(
        sa.select(content.id, content.digest, content.bare_digest, content.words, content.language)
        .where(content.id.in_(mine))
    ).all()  # fmt: skip
    shared = set(connection.execute(others.where(t.reading.c.content_id.in_(mine))).scalars())
    gone = tuple(found.id for found in said if found.id not in shared)
    return _Order(takedown, articles, captures, gone, {found.digest.hex(): found for found in said}, at)


# ------------------------------------------------------------------ files


def _rewrite(archive: Archive, path: Path, order: _Order, progress: Callable[[int], None]) -> str | None:
    """Put a file without the erased records in the place of one that has some; return its name."""
    touched = False
    for record in records(path):
        touched = touched or _replaced(record, order) is not None
        progress(record.place.length)
    if not touched:
        return None
    name = parse_name(path.name)
    if name is None:
        raise StoreError(f"{path}: not the name of a file of this archive")
    made = NewFile.begin(path.with_name(f"{name.family}.e{name.erasures + 1}.warc.gz"), "sealed")
    try:
        for record in records(path):
            raw = _replaced(record, order) or record.raw
            own = record_uuid(record.fields.get("warc-record-id", "")).bytes
            made.add(own, raw, gzipped(raw))
        made.finish()
    except BaseException:
        made.abandon()
        raise
    swap(archive.warc_folder, archive.engine, [path.name], [made], archive.clock(), "rewrite", {"for": "erase"})
    return made.path.name


def _replaced(record: Record, order: _Order) -> bytes | None:
    """Return the bytes that take the place of a record; None if it stays as it is."""
    for thing in told([record]):
        if isinstance(thing, Captured) and thing.capture.kind in (Kind.RESPONSE, Kind.RENDERING):
            row = order.captures.get(thing.capture.record_id.bytes)
            if row is None or thing.is_erased:
                return None
            return erased_record(record.fields, _of_capture(thing, row, order)).raw()
        if isinstance(thing, WasRead) and thing.capture.bytes in order.captures:
            values = _of_reading(thing.values, order)
            return None if values == thing.values else erased_record(record.fields, values, READING_URN).raw()
    return None


def _of_capture(thing: Captured, row: Any, order: _Order) -> dict[str, Any]:
    names = ("content-type", "etag", "last-modified", "location")
    kept = [[name, value] for name in names if (value := thing.capture.header(name)) is not None]
    return {
        "capture": {
            "kind": str(Kind(row.kind)), "status": row.status, "headers": kept, "truncated": row.truncated,
            "payload_sha256": row.payload_digest.hex() if row.payload_digest else None,
            "payload_size": row.payload_size, "elapsed_ms": row.fetch_ms,
        },
        "erased": {"takedown": order.takedown.record_id.hex(), "reason": order.takedown.basis,
                   "at": order.at.isoformat()},
    }  # fmt: skip


def _of_reading(values: Any, order: _Order) -> dict[str, Any]:
    if values["form"] == "erased":
        return dict(values)
    kept = {name: values[name] for name in _KEPT_OF_READINGS if name in values}
    content = order.digests.get(values.get("digest", ""))
    if content is None:
        return kept
    return kept | {
        "form": "erased", "full": values["form"] == "full", "bare_digest": content.bare_digest.hex(),
        "words": content.words, "erased_at": order.at.isoformat(), "takedown": order.takedown.record_id.hex(),
    }  # fmt: skip


# ------------------------------------------------------------------ rows


def _erase_rows(connection: Connection, order: _Order) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    numbers, pictures = [row.id for row in order.captures.values()], set[int]()
    for part in _parts(numbers):
        row = t.reading.c
        shown = connection.execute(sa.select(row.id, row.images_id).where(row.capture_id.in_(part))).all()
        pictures |= {images for _, images in shown if images is not None}
        for some in _parts(number for number, _ in shown):
            connection.execute(t.reading_author.delete().where(t.reading_author.c.reading_id.in_(some)))
            connection.execute(t.reading.update().where(row.id.in_(some)).values(_TEXTS))
    _erase_pictures(connection, pictures)
    remove_contents(connection, order.contents)
    texts.release(connection, order.contents)
    for content in order.contents:
        connection.execute(t.content_sketch.delete().where(t.content_sketch.c.content_id == content))
        connection.execute(
            t.content.update().where(t.content.c.id == content)
            .values(title=None, standfirst=None, names=[], language=None, body=None, codec=t.PLAIN,
                    base_content_id=None, erased_at=order.at)
        )  # fmt: skip
    for article in order.articles:
        this_article = t.article.c.id == article
        connection.execute(t.article.update().where(this_article).values(listed_at=t.article.c.first_seen_at))
        connection.execute(t.lsh_band.delete().where(t.lsh_band.c.article_id == article))
    _erase_authors(connection)
    this = t.takedown.c.id == order.takedown.id
    connection.execute(t.takedown.update().where(this).values(action="erase"))


def _erase_pictures(connection: Connection, lists: Iterable[int]) -> None:
    """Empty the lists of pictures that no reading shows any more."""
    row = t.picture_list.c
    for part in _parts(lists):
        shown = sa.select(t.reading.c.images_id).where(t.reading.c.images_id.in_(part))
        gone = row.id.in_(set(part) - set(connection.execute(shown).scalars()))
        connection.execute(t.picture_list.update().where(gone).values(digest=None, images=[]))


def _erase_authors(connection: Connection) -> None:
    """Remove the names, and the profiles, that stand in no byline any more."""
    named = sa.exists().where(t.reading_author.c.author_id == t.author.c.id)
    idle = sa.select(t.author.c.id).where(~named)
    connection.execute(t.author_profile.delete().where(t.author_profile.c.author_id.in_(idle)))
    connection.execute(t.author.delete().where(~named))


def _parts(numbers: Iterable[int]) -> list[list[int]]:
    items = list(numbers)
    return [items[at : at + 500] for at in range(0, len(items), 500)]


def _forget(archive: Archive) -> None:
    """Let SQLite write its file anew, so that nothing of the erased text is left in free pages or in the log."""
    if archive.engine.dialect.name != "sqlite":
        return
    with archive.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for table in (TABLE, PAST):
            driver.execute(f"INSERT INTO {table}({table}) VALUES('optimize')")
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def left_over(home: Path) -> list[Path]:
    """Return the files that may still hold erased text, for a person to look at: backups and torn ends."""
    return sorted([*home.glob("archive.sqlite.*"), *(home / "warc").glob("*.torn")])

"""Verify an archive: every record against its digests, every pointer of the database, every sealed file's sha256.

Nothing whole in a file may be unknown to the database, and nothing the database knows may be missing in a file.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.errors import StoreError
from archive.rows import stored_digest
from archive.scan import Record, own_files, records, wrong_digests
from archive.texts import bodies
from archive.told import Captured, Unclear, WasRead, told
from archive.warc import OPEN_SUFFIX, record_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.engine import Connection

    from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be: where, and what."""

    where: str
    what: str


@dataclass(slots=True)
class Verdict:
    """What a verification looked at, and what it found wrong.

    ``unfollowed`` records are whole, but written after what the database has followed of an open file: a process
    writes them now, or died and left them to recovery. They are no fault.
    """

    files: int = 0
    records: int = 0
    unfollowed: int = 0
    captures: int = 0
    contents: int = 0
    bytes: int = 0
    faults: list[Fault] = field(default_factory=list)

    def figures(self) -> dict[str, int]:
        """Return what was looked at and how much was wrong, as an event notes it."""
        names = ("files", "records", "unfollowed", "captures", "contents", "bytes")
        return {name: getattr(self, name) for name in names} | {"faults": len(self.faults)}

    def fault(self, where: str, what: str) -> None:
        """Note something wrong."""
        self.faults.append(Fault(where, what))


@dataclass(frozen=True, slots=True)
class Sample:
    """Which share of the files and contents to look at, drawn by lot; at least one file."""

    share: float = 1.0
    lot: random.Random = field(default_factory=random.Random)

    def drawn(self) -> bool:
        """Draw the lot once."""
        return self.share >= 1 or self.lot.random() < self.share

    def of(self, paths: list[Path]) -> list[Path]:
        """Return the files to look at."""
        found = [path for path in paths if self.drawn()]
        return found or ([self.lot.choice(paths)] if paths else [])


ALL = Sample()


def warc_bytes(archive: Archive) -> int:
    """Return how many bytes of WARC files a verification of everything will read."""
    return sum(path.stat().st_size for path in own_files(archive.warc_folder))


def verify(archive: Archive, progress: Callable[[int], None] = lambda _: None, sample: Sample = ALL) -> Verdict:
    """Check the archive, or a sample of it; ``progress`` is told the bytes of WARC files as they are done.

    That every file is there, as long as it was, and every article has an open version, is checked of all.
    """
    verdict = Verdict()
    with archive.engine.connect() as connection:
        known = {row.name: row for row in connection.execute(sa.select(t.warc_file))}
        present = {path.name.removesuffix(OPEN_SUFFIX): path for path in own_files(archive.warc_folder)}
        for name in sorted(known.keys() - present.keys()):
            verdict.fault(name, "the database knows this WARC file, the folder does not have it")
        drawn = set(sample.of(list(present.values())))
        for name, path in present.items():
            if name not in known:
                verdict.fault(name, "a WARC file that the database does not know")
            if path in drawn:
                _check_file(connection, path, known.get(name), verdict)
            elif name in known and known[name].sha256 is not None and path.stat().st_size != known[name].bytes:
                verdict.fault(name, f"is {path.stat().st_size} bytes long, it was sealed with {known[name].bytes}")
            progress(path.stat().st_size)
        _check_contents(connection, verdict, sample)
        _check_database(connection, verdict)
    return verdict


def _check_file(connection: Connection, path: Path, row: Any, verdict: Verdict) -> None:
    name, size = path.name, path.stat().st_size
    verdict.files += 1
    verdict.bytes += size
    file = _File(connection, row.id if row is not None else None)
    followed = row.synced_bytes if row is not None and name.endswith(OPEN_SUFFIX) else size
    end = _check_records(path, file, followed, verdict)
    if end != size and not name.endswith(OPEN_SUFFIX):
        verdict.fault(f"{name} byte {end}", "a record breaks off or is damaged here")
    if row is not None and row.sha256 is not None:
        with path.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").digest() != row.sha256:
                verdict.fault(name, "its sha256 is not the one noted when it was sealed")
    for offset in sorted(file.captures):
        verdict.fault(f"{name} byte {offset}", "the database points here, but no record is here")


class _File:
    """What the database says of one WARC file: its captures by offset, and what was read on them."""

    def __init__(self, connection: Connection, number: int | None) -> None:
        self.connection = connection
        row, reading = t.capture.c, t.reading.c
        self.captures = {
            found.warc_offset: found
            for found in connection.execute(
                sa.select(row.warc_offset, row.warc_length, row.record_id).where(row.warc_file_id == number)
            )
        }
        readings = connection.execute(
            sa.select(row.record_id, reading.known_from)
            .join(t.capture, row.id == reading.capture_id)
            .where(row.warc_file_id == number)
        )
        self.readings = {(found.record_id, found.known_from) for found in readings}

    def has_reading(self, thing: WasRead) -> bool:
        """Say whether the database knows this reading; its capture may be in another file."""
        row = t.reading.c
        elsewhere = (
            sa.select(row.id)
            .join(t.capture, t.capture.c.id == row.capture_id)
            .where(t.capture.c.record_id == thing.capture.bytes, row.known_from == thing.known_at)
        )
        key = (thing.capture.bytes, thing.known_at)
        return key in self.readings or self.connection.execute(elsewhere).first() is not None

    def has_capture(self, record_id: UUID) -> bool:
        """Say whether the database knows this capture, in whatever file."""
        row = t.capture.c
        found = self.connection.execute(sa.select(row.id).where(row.record_id == record_id.bytes))
        return found.first() is not None


def _check_records(path: Path, file: _File, followed: int, verdict: Verdict) -> int:
    """Check the records of a file and what the database says of each; return where the last whole one ends."""
    end = 0
    for record in records(path):
        verdict.records += 1
        end = record.place.offset + record.place.length
        where = f"{path.name} byte {record.place.offset}"
        for problem in wrong_digests(record):
            verdict.fault(where, problem)
        _check_pointer(file, record, where, verdict)
        if end > followed:
            verdict.unfollowed += 1
        else:
            _check_followed(file, record, where, verdict)
    return end


def _check_pointer(file: _File, record: Record, where: str, verdict: Verdict) -> None:
    row = file.captures.pop(record.place.offset, None)
    if row is None:
        return
    verdict.captures += 1
    if row.warc_length != record.place.length:
        verdict.fault(where, "the database points here, but no record is here")
    elif row.record_id != record_uuid(record.fields.get("warc-record-id", "")).bytes:
        verdict.fault(where, "another record is here than the database says")


def _check_followed(file: _File, record: Record, where: str, verdict: Verdict) -> None:
    """Check that the database knows what a record tells."""
    for thing in told([record]):
        if isinstance(thing, Unclear):
            verdict.fault(where, thing.problem)
        if isinstance(thing, Captured) and not file.has_capture(thing.capture.record_id):
            verdict.fault(where, "the database does not know this capture; `hemeroteca rebuild` finds it")
        if isinstance(thing, WasRead) and not file.has_reading(thing):
            verdict.fault(where, "the database does not know this reading; `hemeroteca rebuild` finds it")


def _check_contents(connection: Connection, verdict: Verdict, sample: Sample) -> None:
    row = t.content.c
    contents = connection.execute(
        sa.select(row.id, row.digest, row.title, row.standfirst, row.names).where(row.body.is_not(None)),
        execution_options={"yield_per": 500},
    )
    for part in contents.partitions():
        drawn = [content for content in part if sample.drawn()]
        verdict.contents += len(drawn)
        for content, body in _bodies(connection, drawn, verdict):
            if stored_digest(content.title, content.standfirst, content.names, body) != content.digest:
                verdict.fault(f"content {content.digest.hex()}", "its text is not what its digest says")


def _bodies(connection: Connection, contents: Sequence[Any], verdict: Verdict) -> Iterator[tuple[Any, str]]:
    """Yield contents with their texts; those whose text cannot be unpacked are faults."""
    try:
        found = bodies(connection, [content.id for content in contents])
    except StoreError as error:
        if len(contents) == 1:
            verdict.fault(f"content {contents[0].digest.hex()}", str(error))
            return
        for content in contents:
            yield from _bodies(connection, [content], verdict)
        return
    for content in contents:
        yield content, found[content.id] or ""


def _check_database(connection: Connection, verdict: Verdict) -> None:
    """Check what the unique indexes cannot: an open version for every article, and a WARC place for every capture."""
    version, article = t.version.c, t.article.c
    is_open = sa.and_(version.article_id == article.id, version.known_to == t.OPEN, version.valid_to == t.OPEN)
    for key in connection.execute(sa.select(article.key).where(~sa.exists().where(is_open))).scalars():
        verdict.fault(f"article {key}", "has no open version")
    nowhere = sa.select(t.url.c.url).join(t.capture, t.capture.c.url_id == t.url.c.id)
    for url in connection.execute(nowhere.where(t.capture.c.warc_file_id.is_(None))).scalars():
        verdict.fault(url, "a capture without a WARC record")
    if connection.dialect.name == "sqlite":  # PostgreSQL has pg_amcheck, for its own operator
        for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
            if line != "ok":
                verdict.fault("database", line)

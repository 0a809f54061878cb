"""Verify an archive: every record against its digests, every pointer of the database, every sealed file's sha256."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive import tables as t
from archive.rows import stored_digest
from archive.warc import OPEN_SUFFIX, RecordLoader, gzip_members, record_uuid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be: where, and what."""

    where: str
    what: str


@dataclass(slots=True)
class Verdict:
    """What a verification looked at, and what it found wrong."""

    files: int = 0
    records: int = 0
    captures: int = 0
    contents: int = 0
    bytes: int = 0
    faults: list[Fault] = field(default_factory=list)


def warc_bytes(archive: Archive) -> int:
    """Return how many bytes of WARC files a verification will read."""
    return sum(path.stat().st_size for path in _files(archive))


def _files(archive: Archive) -> list[Path]:
    return sorted(path for path in archive.warc_folder.glob("*.warc.gz*") if not path.name.endswith(".torn"))


def verify(archive: Archive, progress: Callable[[int], None] = lambda _: None) -> Verdict:
    """Check the whole archive; ``progress`` is told the bytes of WARC files as they are done."""
    verdict = Verdict()
    with archive.engine.connect() as connection:
        known = {row.name: row for row in connection.execute(sa.select(t.warc_file))}
        present = {path.name.removesuffix(OPEN_SUFFIX): path for path in _files(archive)}
        for name in sorted(known.keys() - present.keys()):
            verdict.faults.append(Fault(name, "the database knows this WARC file, the folder does not have it"))
        for name, path in present.items():
            row = known.get(name)
            if row is None:
                verdict.faults.append(Fault(name, "a WARC file that the database does not know"))
            _check_file(connection, path, row, verdict)
            progress(path.stat().st_size)
        _check_contents(connection, verdict)
        _check_database(connection, verdict)
    return verdict


def _check_file(connection: Connection, path: Path, row: Any, verdict: Verdict) -> None:
    name = path.name
    verdict.files += 1
    verdict.bytes += path.stat().st_size
    members = dict(_members(path))
    end = max((offset + length for offset, length in members.items()), default=0)
    if end != path.stat().st_size and not name.endswith(OPEN_SUFFIX):
        verdict.faults.append(Fault(f"{name} byte {end}", "a record breaks off or is damaged here"))
    if row is not None and row.sha256 is not None:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").digest() != row.sha256:
                verdict.faults.append(Fault(name, "its sha256 is not the one noted when it was sealed"))
    records = _check_records(path, verdict)
    if row is not None:
        _check_pointers(connection, name, row.id, members, records, verdict)


def _members(path: Path) -> list[tuple[int, int]]:
    with path.open("rb") as file:
        return list(gzip_members(file))


def _check_records(path: Path, verdict: Verdict) -> dict[int, bytes]:
    """Check every record's digests; return the record ids by offset."""
    found: dict[int, bytes] = {}
    with path.open("rb") as file:
        records = ArchiveIterator(file, check_digests=True)
        records.loader = RecordLoader(verify_http=False)
        try:
            for record in records:
                record.content_stream().read()
                offset = records.get_record_offset()
                verdict.records += 1
                found[offset] = record_uuid(record.rec_headers.get_header("WARC-Record-ID") or "").bytes
                if record.digest_checker.passed is False:
                    problem = "; ".join(record.digest_checker.problems)
                    verdict.faults.append(Fault(f"{path.name} byte {offset}", problem))
        except (ArchiveLoadFailed, zlib.error, EOFError, ValueError) as error:
            verdict.faults.append(Fault(path.name, f"cannot be read to its end: {error}".splitlines()[0]))
    return found


def _check_pointers(connection: Connection, name: str, number: int, members: dict[int, int], records: dict[int, bytes],
                    verdict: Verdict) -> None:  # fmt: skip
    row = t.capture.c
    captures = connection.execute(
        sa.select(row.warc_offset, row.warc_length, row.record_id).where(row.warc_file_id == number)
    )
    for offset, length, record_id in captures:
        verdict.captures += 1
        if members.get(offset) != length:
            verdict.faults.append(Fault(f"{name} byte {offset}", "the database points here, but no record is here"))
        elif offset in records and records[offset] != record_id:
            verdict.faults.append(Fault(f"{name} byte {offset}", "another record is here than the database says"))


def _check_contents(connection: Connection, verdict: Verdict) -> None:
    row = t.content.c
    contents = connection.execution_options(yield_per=500).execute(
        sa.select(row.id, row.digest, row.title, row.standfirst, row.names, row.body).where(row.body.is_not(None))
    )
    for content in contents:
        verdict.contents += 1
        if stored_digest(content.title, content.standfirst, content.names, content.body) != content.digest:
            verdict.faults.append(Fault(f"content {content.digest.hex()}", "its text is not what its digest says"))


def _check_database(connection: Connection, verdict: Verdict) -> None:
    """Check what the unique indexes cannot: an open version for every article, and a WARC place for every capture."""
    version, article = t.version.c, t.article.c
    is_open = sa.and_(version.article_id == article.id, version.known_to == t.OPEN, version.valid_to == t.OPEN)
    for key in connection.execute(sa.select(article.key).where(~sa.exists().where(is_open))).scalars():
        verdict.faults.append(Fault(f"article {key}", "has no open version"))
    nowhere = sa.select(t.url.c.url).join(t.capture, t.capture.c.url_id == t.url.c.id)
    for url in connection.execute(nowhere.where(t.capture.c.warc_file_id.is_(None))).scalars():
        verdict.faults.append(Fault(url, "a capture without a WARC record"))
    for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
        if line != "ok":
            verdict.faults.append(Fault("database", line))

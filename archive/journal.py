"""The journal of one process: its open WARC file, and the row that says how far the file is synced.

A record is written and synced here before anything in the database points at it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from archive import events, rows
from archive import tables as t
from archive.database import transaction
from archive.errors import StoreError
from archive.warc import MAX_FILE_BYTES, WarcWriter, warcinfo_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.engine import Connection, Engine

    from archive.clock import Clock
    from archive.warc import Place, WarcRecord


@dataclass(slots=True)
class BegunVisit:
    """A visit that this process has begun: its row, and what its warcinfo records say."""

    id: int
    key: str
    site: int
    site_name: str
    agent: str
    facts: dict[str, Any]
    warcinfo: UUID
    written_to: str | None = None  # the WARC file that carries its warcinfo


class Journal:
    """Writes the records of this process into WARC files of its own, one open at a time."""

    def __init__(self, folder: Path, engine: Engine, clock: Clock) -> None:
        self.folder = folder
        self.engine = engine
        self.clock = clock
        self._writer: WarcWriter | None = None
        self.file_id = 0

    def append(self, visit: BegunVisit | None, records: Sequence[WarcRecord], known_at: datetime) -> list[Place]:
        """Write and sync records that tell what is known from a time; return where they are.

        What no visit told, such as a takedown, has none.
        Raises StoreError when the disk refuses; then none count.
        """
        writer = self._open()
        first = self._warcinfo(writer, visit, known_at)
        places = writer.append([*first, *records])
        try:
            writer.sync()
        except StoreError:
            # A later sync would succeed and prove nothing: the system forgets what it could not write.
            self._abandon()
            raise
        if visit is not None:
            visit.written_to = writer.name
        return places[len(first) :]

    def _warcinfo(self, writer: WarcWriter, visit: BegunVisit | None, known_at: datetime) -> list[WarcRecord]:
        """Return the warcinfo of a visit that the file does not have yet: an extract of files is still whole."""
        if visit is None:
            return [] if writer.records else [warcinfo_record(uuid4(), known_at, writer.name, "hemeroteca", {})]
        if visit.written_to == writer.name:
            return []
        return [warcinfo_record(visit.warcinfo, known_at, writer.name, visit.agent, visit.facts)]

    @contextmanager
    def pointing(self) -> Iterator[Connection]:
        """Give a transaction that points at what was appended, and notes how far the database has followed.

        If it fails, the file is left to recovery, which points at what this could not.
        """
        try:
            with transaction(self.engine) as connection:
                yield connection
                self._note_followed(connection)
        except BaseException:
            self._abandon()
            raise

    def _note_followed(self, connection: Connection) -> None:
        if self._writer is not None:
            size = self._writer.size
            values = {"bytes": size, "synced_bytes": size, "records": self._writer.records}
            connection.execute(t.warc_file.update().where(t.warc_file.c.id == self.file_id).values(values))

    def _abandon(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.abandon()

    def seal(self) -> None:
        """Close the open file, if there is one, under its final name."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            sha256 = writer.seal()
        except OSError as error:
            raise StoreError(f"{self.folder / writer.name}: cannot seal: {error.strerror}") from error
        self._note_sealed(writer, sha256)

    def _open(self) -> WarcWriter:
        if self._writer is not None and self._writer.size >= MAX_FILE_BYTES:
            self.seal()
        if self._writer is None:
            try:
                self._writer = WarcWriter(self.folder, self.clock())
            except OSError as error:
                raise StoreError(f"{self.folder}: cannot make a WARC file: {error.strerror}") from error
            with transaction(self.engine) as connection:
                self.file_id = rows.insert(connection, t.warc_file, name=self._writer.name, state="open")
        return self._writer

    def _note_sealed(self, writer: WarcWriter, sha256: bytes) -> None:
        now = self.clock()
        values = {"state": "sealed", "bytes": writer.size, "synced_bytes": writer.size, "records": writer.records,
                  "sha256": sha256, "sealed_at": now}  # fmt: skip
        with transaction(self.engine) as connection:
            connection.execute(t.warc_file.update().where(t.warc_file.c.id == self.file_id).values(values))
            events.note(connection, now, "seal", "warc_file", writer.name, {"records": writer.records})

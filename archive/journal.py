"""The journal of one process: its open WARC file, and the row that says how far the file is synced.

A record is written and synced here before anything in the database points at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import rows
from archive import tables as t
from archive.database import transaction
from archive.errors import StoreError
from archive.warc import MAX_FILE_BYTES, Sealed, WarcWriter, recover_abandoned, sealed_facts, warcinfo_record

if TYPE_CHECKING:
    from collections.abc import Sequence
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

    def append(self, visit: BegunVisit, records: Sequence[WarcRecord]) -> list[Place]:
        """Write and sync records; return where they are. Raises StoreError when the disk refuses; then none count."""
        writer = self._open()
        # A warcinfo of its own in every file: an extract of files is still whole.
        first = []
        if visit.written_to != writer.name:
            first = [warcinfo_record(visit.warcinfo, self.clock(), writer.name, visit.agent, visit.facts)]
        places = writer.append([*first, *records])
        try:
            writer.sync()
        except StoreError:
            # A later sync would succeed and prove nothing: the system forgets what it could not write.
            self._writer = None
            writer.abandon()
            raise
        visit.written_to = writer.name
        return places[len(first) :]

    def note_synced(self, connection: Connection) -> None:
        """Say in the database how far the open file is synced."""
        if self._writer is not None:
            size = self._writer.size
            values = {"bytes": size, "synced_bytes": size, "records": self._writer.records}
            connection.execute(t.warc_file.update().where(t.warc_file.c.id == self.file_id).values(values))

    def seal(self) -> None:
        """Close the open file, if there is one, under its final name."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            sha256 = writer.seal()
        except OSError as error:
            raise StoreError(f"{self.folder / writer.name}: cannot seal: {error.strerror}") from error
        self._note_sealed("seal", Sealed(writer.name, sha256, writer.size, writer.records))

    def recover(self) -> None:
        """Seal what dead processes left open, and finish what one had sealed but not noted."""
        for left in recover_abandoned(self.folder):
            self._note_sealed("recover", left)
        with self.engine.connect() as connection:
            row = t.warc_file.c
            names = list(connection.execute(sa.select(row.name).where(row.state == "open")).scalars())
        for name in names:
            if (self.folder / name).exists():
                self._note_sealed("recover", sealed_facts(self.folder / name))

    def _open(self) -> WarcWriter:
        if self._writer is not None and self._writer.size >= MAX_FILE_BYTES:
            self.seal()
        if self._writer is None:
            try:
                self._writer = WarcWriter(self.folder, self.clock())
            except OSError as error:
                raise StoreError(f"{self.folder}: cannot make a WARC file: {error.strerror}") from error
            with transaction(self.engine) as connection:
                self.file_id = self._register(connection, self._writer.name)
        return self._writer

    def _register(self, connection: Connection, name: str) -> int:
        found = connection.scalar(sa.select(t.warc_file.c.id).where(t.warc_file.c.name == name))
        return found if found is not None else rows.insert(connection, t.warc_file, name=name, state="open")

    def _note_sealed(self, event: str, file: Sealed) -> None:
        values = {"state": "sealed", "bytes": file.size, "synced_bytes": file.size, "records": file.records,
                  "sha256": file.sha256, "sealed_at": self.clock()}  # fmt: skip
        detail = {"records": file.records, "torn_bytes": file.torn}
        with transaction(self.engine) as connection:
            number = self._register(connection, file.name)
            connection.execute(t.warc_file.update().where(t.warc_file.c.id == number).values(values))
            connection.execute(
                t.event.insert().values(at=self.clock(), type=event, object_type="warc_file", object=file.name,
                                        outcome="ok", agent="hemeroteca", detail=detail)
            )  # fmt: skip

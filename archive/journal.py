"""The journal of one process: its open WARC file, and the row that says how far the file is synced.

A record is written and synced here before anything in the database points at it.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from sqlalchemy.exc import DBAPIError

from archive import events, rows
from archive import tables as t
from archive.database import ATTEMPTS, only_lost_a_race, refusal, take_turn, transaction, writing
from archive.errors import StoreError
from archive.warc import MAX_FILE_BYTES, Place, WarcWriter, warcinfo_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.engine import Connection, Engine

    from archive.clock import Clock
    from archive.warc import Mark, WarcRecord

Value = TypeVar("Value")

PACKERS = 1
"""Threads that compress while the rows are made: zlib needs no interpreter, so it runs beside it."""

AT_ONCE = 16
"""How many captures and readings are handed to such a thread at once: for each by itself the two would wait for each
other more than they gain."""


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


@dataclass(slots=True)
class Queued:
    """Records that wait to be written: where the first of them is, once they are."""

    make: Callable[[], Sequence[WarcRecord]]
    first: Sequence[WarcRecord]  # of the file's own, that go before
    file: int = 0
    place: Place = field(default_factory=lambda: Place("", 0, 0))


def _members(part: Sequence[Queued]) -> list[list[bytes]]:
    """Make and compress the records of each."""
    return [[record.member() for record in (*queued.first, *queued.make())] for queued in part]


@dataclass(slots=True)
class _Group:
    """What is being written together: its transaction, and the visits whose warcinfo is among it."""

    connection: Connection
    begun: list[BegunVisit]


class Journal:
    """Writes the records of this process into WARC files of its own, one open at a time."""

    def __init__(self, folder: Path, engine: Engine, clock: Clock) -> None:
        self.folder = folder
        self.engine = engine
        self.clock = clock
        self._writer: WarcWriter | None = None
        self._group: _Group | None = None
        self._queue: list[Queued] = []
        self._handed: list[tuple[list[Queued], Future[list[list[bytes]]]]] = []  # to the threads that compress
        self._syncing: list[Future[None]] = []  # beside the database's work
        self._synced = 0  # bytes of the file that are synced when these are done
        self._packers = ThreadPoolExecutor(PACKERS, thread_name_prefix="hemeroteca-gzip")
        self.file_id = 0

    def append(self, visit: BegunVisit | None, records: Sequence[WarcRecord], known_at: datetime) -> list[Place]:
        """Write and sync records that tell what is known from a time; return where they are.

        What no visit told, such as a takedown, has none.
        Raises StoreError when the disk refuses; then none count.
        """
        writer = self._open()
        first = self._warcinfo(writer, visit, known_at)
        places = writer.append([*first, *records])
        if self._group is None:
            self._sync(writer)
        if visit is not None:
            if self._group is not None and first:
                self._group.begun.append(visit)
            visit.written_to = writer.name
        return places[len(first) :]

    def queue(self, visit: BegunVisit, make: Callable[[], Sequence[WarcRecord]], known_at: datetime) -> Queued:
        """Let records of a group wait to be written with others; they are made and compressed beside what goes on."""
        first = self._warcinfo(self._open(), visit, known_at)
        if first and self._group is not None:
            self._group.begun.append(visit)
            visit.written_to = self._open().name
        queued = Queued(make, first)
        self._queue.append(queued)
        if len(self._queue) == AT_ONCE:
            self._hand_over()
        return queued

    def _hand_over(self) -> None:
        part, self._queue = self._queue, []
        if part:
            self._handed.append((part, self._packers.submit(_members, part)))

    def write_queued(self) -> None:
        """Write what waits, in the order in which it came; it is synced with its group."""
        self._hand_over()
        handed, self._handed = self._handed, []
        made = [(queued, own) for part, members in handed for queued, own in zip(part, members.result(), strict=True)]
        if not made:
            return
        writer = self._open()
        places = iter(writer.append_members([member for _, own in made for member in own]))
        for queued, own in made:
            queued.file, queued.place = self.file_id, list(islice(places, len(own)))[len(queued.first)]
        self._synced = writer.size
        self._syncing.append(self._packers.submit(writer.sync))

    def _sync(self, writer: WarcWriter) -> None:
        try:
            for done in self._syncing:
                done.result()
            if self._synced != writer.size:
                writer.sync()
        except StoreError:
            # A later sync would succeed and prove nothing: the system forgets what it could not write.
            self._abandon()
            raise
        self._settle()

    def _settle(self) -> bool:
        """Wait for what is synced beside the database's work, and forget it; say whether all of it went well."""
        syncing, self._syncing, self._synced = self._syncing, [], 0
        failed = [done for done in syncing if done.exception() is not None]  # waits for every one
        return not failed

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

        If it fails, the file is left to recovery, which points at what this could not. Within a group it is the
        group's.
        """
        if self._group is not None:
            yield self._group.connection
            return
        try:
            with transaction(self.engine) as connection:
                yield connection
                self._note_followed(connection)
        except BaseException:
            self._abandon()
            raise

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """Give a connection that sees what the group has written so far, where there is one."""
        if self._group is not None:
            yield self._group.connection
            return
        with self.engine.connect() as connection:
            yield connection

    def together(self, work: Callable[[], Value]) -> Value:
        """Do work whose records are synced once, and what points at them committed once after that, or nothing.

        Where another writer only came in between, what was written is taken back and the work is done again, now alone.
        On any other failure the file is left to recovery.
        """
        for attempt in range(1, ATTEMPTS + 1):
            self._roll()
            held = self._writer
            mark = held.mark() if held is not None else None
            try:
                return self._once(work, alone=attempt > 1)
            except DBAPIError as error:
                if attempt == ATTEMPTS or not only_lost_a_race(error):
                    self._abandon()
                    raise refusal(self.engine, error) from error
                self._take_back(mark)
            except BaseException:
                self._abandon()
                raise
            time.sleep(0.01 * attempt)
        raise AssertionError

    def _once(self, work: Callable[[], Value], *, alone: bool) -> Value:
        begun: list[BegunVisit] = []
        try:
            with writing(self.engine).begin() as connection, rows.remembering(connection):
                take_turn(connection, alone=alone)
                self._group, before = _Group(connection, begun), self._size()
                value = work()
                if self._writer is not None and self._size() > before:
                    self._sync(self._writer)
                    self._note_followed(connection)
        except BaseException:
            for visit in begun:
                visit.written_to = None
            raise
        finally:
            self._group = None
            self._queue.clear()
            self._handed.clear()
        return value

    def _size(self) -> int:
        return self._writer.size if self._writer is not None else 0

    def _take_back(self, mark: Mark | None) -> None:
        """Forget what a transaction that failed would have pointed at: nobody was told that it is kept."""
        if not self._settle():
            self._abandon()
        elif mark is not None and self._writer is not None:
            self._writer.back_to(mark)
        elif self._writer is not None:
            self._writer.discard()  # begun by that transaction, so the database does not know the file
            self._writer = None

    def _note_followed(self, connection: Connection) -> None:
        if self._writer is not None:
            size = self._writer.size
            values = {"bytes": size, "synced_bytes": size, "records": self._writer.records}
            connection.execute(t.warc_file.update().where(t.warc_file.c.id == self.file_id).values(values))

    def _abandon(self) -> None:
        self._settle()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.abandon()

    def close(self) -> None:
        """Seal the open file and end the threads that compress."""
        try:
            self.seal()
        finally:
            self._packers.shutdown()

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

    def _roll(self) -> None:
        """Seal a file that is as large as files should be."""
        if self._writer is not None and self._writer.size >= MAX_FILE_BYTES:
            self.seal()

    def _open(self) -> WarcWriter:
        if self._group is None:
            self._roll()
        if self._writer is None:
            try:
                self._writer = WarcWriter(self.folder, self.clock())
            except OSError as error:
                raise StoreError(f"{self.folder}: cannot make a WARC file: {error.strerror}") from error
            with nullcontext(self._group.connection) if self._group else transaction(self.engine) as connection:
                self.file_id = rows.insert(connection, t.warc_file, name=self._writer.name, state="open")
        return self._writer

    def _note_sealed(self, writer: WarcWriter, sha256: bytes) -> None:
        now = self.clock()
        values = {"state": "sealed", "bytes": writer.size, "synced_bytes": writer.size, "records": writer.records,
                  "sha256": sha256, "sealed_at": now}  # fmt: skip
        with transaction(self.engine) as connection:
            connection.execute(t.warc_file.update().where(t.warc_file.c.id == self.file_id).values(values))
            events.note(connection, now, "seal", "warc_file", writer.name, {"records": writer.records})

"""A process that tells an archive, killed at a random moment, on a disk that forgets what was not synced."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from threading import Lock
from typing import IO, TYPE_CHECKING, Any
from unittest.mock import patch

import sqlalchemy as sa

from archive import Archive, journal, recovery, shifted_clock, store
from archive import tables as t
from archive.audit import verify
from archive.store import ToSave
from archive.warc import WarcWriter
from tests.archive.make import HOUR, Paper, SettableClock, capture, reading

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

MOMENT = 0.06  # seconds: as long as opening an archive, or a few calls, may take
SYNC = 0.004  # seconds: a real disk takes its time, and kills come meanwhile
ACK = 17  # bytes of an acknowledgement: what was told, and the record id of the capture


class ForgetfulFile:
    """A file of which, after a crash, what was not synced is there in part or not at all."""

    def __init__(self, file: IO[bytes], lot: random.Random) -> None:
        self.file = file
        self.lot = lot
        self.pending = b""
        self._turn = Lock()  # as the system's own file, it may be written and synced at one time

    def write(self, data: bytes | memoryview) -> int:
        """Write some of it now; the rest when it is synced."""
        with self._turn:
            self.pending += bytes(data)
            if self.lot.random() < 0.5:
                self._through(self.lot.randrange(len(self.pending) + 1))
        return len(data)

    def _through(self, size: int) -> None:
        self.file.write(self.pending[:size])
        self.pending = self.pending[size:]

    def sync(self) -> None:
        with self._turn:
            self._through(len(self.pending))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


class ForgetfulWriter(WarcWriter):
    """A writer whose file forgets."""

    lot = random.Random()

    def __init__(self, folder: Path, at: datetime) -> None:
        super().__init__(folder, at)
        self._file: Any = ForgetfulFile(self._file, self.lot)

    def sync(self) -> None:
        time.sleep(self.lot.random() * SYNC)
        self._file.sync()
        super().sync()

    def seal(self) -> bytes:
        self._file.sync()
        return super().seal()


def tell_without_end(home: Path, acknowledged: int, seed: int) -> None:
    """Tell of visits with every kind of answer; write an acknowledgement after each call that returned."""
    lot = random.Random(seed)
    ForgetfulWriter.lot = random.Random(seed)
    journal.WarcWriter = ForgetfulWriter  # type: ignore[misc]  # in this process only
    clock = SettableClock(shifted_clock()())
    while True:
        with Archive(home, clock=clock) as archive:
            for _ in range(lot.randrange(1, 4)):
                paper = Paper(archive, clock, lot.choice(("lakeside", "highland")))
                paper.begin()
                for _ in range(lot.randrange(1, 12)):
                    _tell(paper, lot, clock, acknowledged)
                paper.end()


def _tell(paper: Paper, lot: random.Random, clock: SettableClock, acknowledged: int) -> None:
    """Save one capture, or a group at once as replay does; a group is acknowledged when all of it is saved."""
    told = [_answer(paper, lot, clock) for _ in range(lot.choice((1, 1, 1, 2, 6, 60)))]
    if len(told) == 1:
        paper.archive.save(told[0].capture, told[0].reading)
    else:
        paper.archive.save_all(told)
    acks = (bytes([each.reading is not None]) + each.capture.record_id.bytes for each in told)
    os.write(acknowledged, b"".join(acks))


def _answer(paper: Paper, lot: random.Random, clock: SettableClock) -> ToSave:
    url = f"https://{paper.name}.example/{lot.randrange(8)}/"
    status = lot.choice((200, 200, 200, 304, 404))
    taken = capture(url, clock.advance(HOUR / 60), visit=paper.visit or "", status=status)
    if status != 200:
        return ToSave(taken)
    body = (f"The river rose {lot.randrange(3)} metres.", "Nobody was hurt.")
    return ToSave(taken, reading(f"Story {url}", body, canonical=url, views=lot.randrange(9)))


@dataclass(frozen=True, slots=True)
class Killed:
    """One kill: what had been acknowledged, what of it is lost, and how recovery went."""

    acknowledged: int
    lost: int
    indexed: int
    torn_bytes: int
    recovery_seconds: float
    faults: list[str]


def kill_once(home: Path, seed: int) -> Killed:
    """Let a process tell, kill it at a random moment, recover and look at what is left."""
    acks = _killed(home, seed)
    archive, seconds = _opened(home)
    with archive:
        lost = sum(not _is_there(archive, bool(ack[0]), ack[1:]) for ack in acks)
        faults = [f"{fault.where}: {fault.what}" for fault in verify(archive).faults]
        files = archive.recovered
    return Killed(len(acks), lost, sum(file.indexed for file in files), sum(file.torn_bytes for file in files), seconds,
                  [*faults, *(problem for file in files for problem in file.problems)])  # fmt: skip


def _opened(home: Path) -> tuple[Archive, float]:
    """Open an archive to write; return it and the seconds that its recovery took, whatever else opening takes."""
    spent = []

    def timed(*told: Any) -> Any:
        began = time.perf_counter()
        found = recovery.recover(*told)
        spent.append(time.perf_counter() - began)
        return found

    with patch.object(store, "recover", timed):
        return Archive(home), spent[0]


def _killed(home: Path, seed: int) -> list[bytes]:
    """Fork a process that tells, kill it a moment after some call returned; return what it acknowledged."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            tell_without_end(home, into, seed)
        finally:
            os._exit(1)  # it must never come back
    os.close(into)
    lot = random.Random(-seed)
    said = _read_until(out, ACK * lot.randrange(25))
    time.sleep(lot.random() * MOMENT)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(out, 1 << 16):
        said += more
    os.close(out)
    return [said[at : at + ACK] for at in range(0, len(said), ACK)]


def _read_until(out: int, size: int) -> bytes:
    said = b""
    while len(said) < size:
        more = os.read(out, 1 << 16)
        assert more, "the process that was to be killed ended by itself"
        said += more
    return said


def _is_there(archive: Archive, was_read: bool, record_id: bytes) -> bool:
    query = sa.select(t.capture.c.id).where(t.capture.c.record_id == record_id)
    if was_read:
        query = query.join(t.reading, t.reading.c.capture_id == t.capture.c.id)
    with archive.engine.connect() as connection:
        return connection.execute(query).first() is not None

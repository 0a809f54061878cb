"""The database again, from the WARC files alone: articles, captures, readings, versions, counters, as they were known.

Every file is followed in the order in which it was written, and several files side by side in the order of known time,
so each thing is told again when it was told. Neither the crawler nor a reader is needed: what was read is in the files.
"""

from __future__ import annotations

import fcntl
import hashlib
import heapq
import os
import shutil
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeGuard

import sqlalchemy as sa

from archive import database, events, rows, schema
from archive import tables as t
from archive.database import transaction
from archive.errors import ArchiveError
from archive.indexing import Indexer
from archive.records import Kind
from archive.scan import own_files, parse_name, records
from archive.swap import rewriting
from archive.told import Captured, Told, Unclear, told
from archive.warc import OPEN_SUFFIX, sync_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

    from archive.clock import Clock
    from archive.scan import Record

BATCH = 1000
"""Things told in one transaction: few syncs, and a transaction that fits into memory."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild read, and what it could not understand."""

    database: str
    files: int
    records: int
    applied: int
    problems: tuple[str, ...]


def rebuild(folder: Path, engine: Engine, clock: Clock, progress: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Fill an empty database from the WARC files of a folder; ``progress`` is told the bytes as they are read."""
    _refuse_living(folder)
    schema.prepare_to_write(engine)
    paths = own_files(folder)
    with transaction(engine) as connection:
        if connection.execute(sa.select(t.visit.c.id).limit(1)).first() is not None:
            raise ArchiveError(f"{engine.url.render_as_string()}: not empty; a rebuild needs a database of its own")
        followed = {_own_name(path): _Followed(path) for path in paths}
        indexer = Indexer({name: _register(connection, file) for name, file in followed.items()})
    with ThreadPoolExecutor(1, thread_name_prefix="hemeroteca-sha256") as beside:
        digests = {name: beside.submit(_sha256, file.path) for name, file in followed.items()}
        for batch in _read_ahead(_in_order(followed.values(), progress)):
            with transaction(engine) as connection:
                indexer.apply(connection, batch)
    count = sum(file.records for file in followed.values())
    with transaction(engine) as connection:
        for name, file in followed.items():
            _note(connection, indexer.files[name], file, digests[name].result(), clock())
        detail = {"files": len(paths), "records": count, "problems": indexer.problems[:100]}
        events.note(connection, clock(), "rebuild", "archive", None, detail,
                    outcome="problems" if indexer.problems else "ok")  # fmt: skip
    return Rebuilt(engine.url.render_as_string(), len(paths), count, indexer.applied, tuple(indexer.problems))


def _own_name(path: Path) -> str:
    return path.name.removesuffix(OPEN_SUFFIX)


def _refuse_living(folder: Path) -> None:
    for path in folder.glob("*" + OPEN_SUFFIX):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                raise ArchiveError(f"{path}: a visit writes it now; rebuild when it has ended") from None


# ------------------------------------------------------------------ order


def _read_ahead(waiting: Iterator[Told | Unclear]) -> Iterator[list[Told | Unclear]]:
    """Yield batches, each read while the one before is worked on: to decompress needs no interpreter."""
    with ThreadPoolExecutor(1, thread_name_prefix="hemeroteca-read") as beside:
        batch = beside.submit(_batch, waiting)
        while things := batch.result():
            batch = beside.submit(_batch, waiting)
            yield things


def _batch(waiting: Iterator[Told | Unclear]) -> list[Told | Unclear]:
    """Return the next things, without payloads: of a thousand pages they would not fit into memory."""
    return [thing.without_payload() if isinstance(thing, Captured) else thing for thing in islice(waiting, BATCH)]


class _Followed:
    """A file as it is read through: how many records, where the last whole one ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        self.end = 0

    def starts(self) -> datetime:
        """Return the known time of the file's first record; nothing in it was known before."""
        first = next(told(records(self.path)), None)
        return first.known_at if _has_known_time(first) else _BEGINNING

    def things(self, progress: Callable[[int], None]) -> Iterator[tuple[datetime, Told | Unclear]]:
        """Yield what the file tells, each thing under the newest known time that the file had reached."""
        reached = _BEGINNING

        def counted() -> Iterator[Record]:
            for record in records(self.path):
                self.records += 1
                self.end = record.place.offset + record.place.length
                progress(record.place.length)
                yield record

        for thing in told(counted()):
            if _has_known_time(thing):
                reached = max(reached, thing.known_at)
            yield reached, thing


def _has_known_time(thing: Told | Unclear | None) -> TypeGuard[Told]:
    if isinstance(thing, Captured):
        return thing.capture.kind is Kind.REVISIT
    return isinstance(thing, Told)


def _in_order(files: Iterable[_Followed], progress: Callable[[int], None]) -> Iterator[Told | Unclear]:
    """Merge what files tell. A file is opened when its turn comes: there may be thousands of them."""
    ahead = deque(sorted((file.starts(), number, file) for number, file in enumerate(files)))
    heap: list[tuple[datetime, int, Told | Unclear, Iterator[tuple[datetime, Told | Unclear]]]] = []
    while ahead or heap:
        while ahead and (not heap or ahead[0][0] <= heap[0][0]):
            _, number, file = ahead.popleft()
            _push(heap, number, file.things(progress))
        _, number, thing, stream = heapq.heappop(heap)
        yield thing
        _push(heap, number, stream)


def _push(heap: list[Any], number: int, stream: Iterator[tuple[datetime, Told | Unclear]]) -> None:
    found = next(stream, None)
    if found is not None:
        heapq.heappush(heap, (found[0], number, found[1], stream))


# ------------------------------------------------------------------ files


def _register(connection: Connection, file: _Followed) -> int:
    name = parse_name(file.path.name)
    state = "open" if file.path.name.endswith(OPEN_SUFFIX) else "packed" if name and name.form == "zst" else "sealed"
    return rows.insert(connection, t.warc_file, name=_own_name(file.path), state=state)


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _note(connection: Connection, number: int, file: _Followed, sha256: bytes, now: datetime) -> None:
    """Note a file's facts; an open one is for recovery to seal, from where it was followed to."""
    values: dict[str, Any] = {"records": file.records, "synced_bytes": file.end, "bytes": file.path.stat().st_size}
    if not file.path.name.endswith(OPEN_SUFFIX):
        values |= {"sha256": sha256, "sealed_at": now, "synced_bytes": values["bytes"]}
    connection.execute(t.warc_file.update().where(t.warc_file.c.id == number).values(values))


def rebuild_into(home: Path, target: Path, clock: Clock, progress: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Make a whole archive in an empty folder: the WARC files linked, or copied from another disk, and the database."""
    if target.exists() and any(target.iterdir()):
        raise ArchiveError(f"{target}: not empty; a rebuild needs a folder of its own")
    folder = target / "warc"
    folder.mkdir(parents=True, exist_ok=True)
    for path in own_files(home / "warc"):
        _link(path, folder / path.name)
    return _rebuild_file(folder, target / database.DATABASE_NAME, clock, progress)


def rebuild_database(home: Path, url: str, clock: Clock, progress: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Fill an empty database elsewhere, such as one on a PostgreSQL server."""
    engine = database.open_engine(url)
    try:
        return rebuild(home / "warc", engine, clock, progress)
    finally:
        engine.dispose()


def _link(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except OSError:
        shutil.copy2(path, target)


def rebuild_in_place(home: Path, clock: Clock, progress: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Put a new database in the place of the old one, which stays beside it under a name with the time."""
    with rewriting(home / "warc"):
        return _rebuild_in_place(home, clock, progress)


def _rebuild_in_place(home: Path, clock: Clock, progress: Callable[[int], None]) -> Rebuilt:
    held, new = home / database.DATABASE_NAME, home / f"{database.DATABASE_NAME}.rebuilding"
    _remove(new)
    done = _rebuild_file(home / "warc", new, clock, progress)
    _refuse_living(home / "warc")  # one that began meanwhile told the old database
    if held.exists():
        kept = home / f"{database.DATABASE_NAME}.before-{clock():%Y%m%dT%H%M%S}"
        for ending in ("-wal", "-shm"):  # of the old file: beside the new one they would damage it
            beside = held.with_name(held.name + ending)
            if beside.exists():
                beside.rename(kept.with_name(kept.name + ending))
        kept.hardlink_to(held)
    new.replace(held)
    sync_path(home)
    return done


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _rebuild_file(folder: Path, file: Path, clock: Clock, progress: Callable[[int], None]) -> Rebuilt:
    """Rebuild into a new SQLite file, which is synced once, when it is whole."""
    engine = database.open_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    try:
        done = rebuild(folder, engine, clock, progress)
    finally:
        engine.dispose()
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    return done

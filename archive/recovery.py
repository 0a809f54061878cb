"""What a dead process left: its open WARC file is indexed, cut at its last whole record and sealed.

A kill loses nothing that is whole on the disk. Records that were written but never pointed at are indexed here, as they
would have been; a torn tail goes to ``….torn`` beside the file. All of it can be done twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import sqlalchemy as sa

from archive import events, rows
from archive import tables as t
from archive.database import transaction
from archive.indexing import Indexer
from archive.scan import good_length, records
from archive.told import told
from archive.warc import OPEN_SUFFIX, sync_path

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

    from archive.clock import Clock


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file that was brought in order: its records in all, those indexed only now, and what was torn off its end."""

    name: str
    records: int
    indexed: int
    torn_bytes: int
    problems: tuple[str, ...] = field(default=())


def recover(folder: Path, engine: Engine, clock: Clock) -> list[Recovered]:
    """Bring in order what dead processes left; return the files that needed it."""
    found = []
    for path in sorted(folder.glob("*.warc.gz" + OPEN_SUFFIX)):
        try:
            done = _recover_open(path, engine, clock)
        except FileNotFoundError:
            continue  # another process has recovered it meanwhile
        found += [done] if done is not None else []
    return found + [_finish(folder / name, engine, clock) for name in _unnoted(folder, engine)]


def _unnoted(folder: Path, engine: Engine) -> list[str]:
    """Return the files that are under their final names, but were not noted as sealed."""
    row = t.warc_file.c
    with engine.connect() as connection:
        names = connection.execute(sa.select(row.name).where(row.state == "open").order_by(row.name)).scalars()
        return [name for name in names if (folder / name).exists()]


def _recover_open(path: Path, engine: Engine, clock: Clock) -> Recovered | None:
    name = path.name.removesuffix(OPEN_SUFFIX)
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return None  # its owner lives
        if not path.exists():
            return None  # somebody recovered it while we waited for the lock
        synced, count = _noted(engine, name)
        if synced > os.fstat(file.fileno()).st_size:
            synced, count = 0, 0  # it lost what was synced: verify will say what is gone
        end, more = good_length(records(path, synced), synced)
        torn = _cut(path, file, end)
        indexed, problems = _index(path, engine, synced)
        path.rename(path.with_name(name))
        sync_path(path.parent)
        return _note(path.with_name(name), engine, clock, count + more, indexed, torn, problems)


def _noted(engine: Engine, name: str) -> tuple[int, int]:
    """Return how far the database has followed a file, in bytes and records."""
    row = t.warc_file.c
    with engine.connect() as connection:
        found = connection.execute(sa.select(row.synced_bytes, row.records).where(row.name == name)).first()
    return (found.synced_bytes, found.records) if found is not None else (0, 0)


def _cut(path: Path, file: IO[bytes], end: int) -> int:
    """Move what follows the last whole record beside the file; return how many bytes that were."""
    file.seek(end)
    torn = file.read()
    if torn:
        beside = path.with_name(path.name.removesuffix(OPEN_SUFFIX) + ".torn")
        with beside.open("wb") as out:
            out.write(torn)
            out.flush()
            os.fsync(out.fileno())
        file.truncate(end)
    os.fsync(file.fileno())
    return len(torn)


def _index(path: Path, engine: Engine, start: int) -> tuple[int, tuple[str, ...]]:
    """Point at the records from ``start`` on that nothing points at yet; return how many, and what went wrong."""
    name = path.name.removesuffix(OPEN_SUFFIX)
    with transaction(engine) as connection:
        indexer = Indexer({name: _register(connection, name)})
        indexer.know_visits(connection)
        indexer.apply(connection, told(records(path, start)))
    return indexer.applied, tuple(indexer.problems)


def _register(connection: Connection, name: str) -> int:
    found = connection.scalar(sa.select(t.warc_file.c.id).where(t.warc_file.c.name == name))
    return found if found is not None else rows.insert(connection, t.warc_file, name=name, state="open")


def _finish(path: Path, engine: Engine, clock: Clock) -> Recovered:
    """Note a file that was renamed, but not noted as sealed."""
    synced, count = _noted(engine, path.name)
    _, more = good_length(records(path, synced), synced)
    indexed, problems = _index(path, engine, synced)
    return _note(path, engine, clock, count + more, indexed, 0, problems)


def _note(path: Path, engine: Engine, clock: Clock, count: int, indexed: int, torn: int,
          problems: tuple[str, ...]) -> Recovered:  # fmt: skip
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").digest()
        size = file.seek(0, os.SEEK_END)
    now = clock()
    values = {"state": "sealed", "bytes": size, "synced_bytes": size, "records": count, "sha256": sha256,
              "sealed_at": now}  # fmt: skip
    detail = {"records": count, "indexed": indexed, "torn_bytes": torn, "problems": list(problems)}
    with transaction(engine) as connection:
        number = _register(connection, path.name)
        connection.execute(t.warc_file.update().where(t.warc_file.c.id == number).values(values))
        outcome = "problems" if problems else "ok"
        events.note(connection, now, "recover", "warc_file", path.name, detail, outcome=outcome)
    return Recovered(path.name, count, indexed, torn, problems)

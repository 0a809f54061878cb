"""One visit at a time per host: a lock held by the process that visits, freed at once when it dies.

On SQLite it is a lock on a file below ``leases/``, on PostgreSQL an advisory lock that a connection of the visit's own
holds; the row in the table ``lease`` only shows who holds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from archive import tables as t
from archive.database import transaction
from archive.errors import LeaseHeldError, StoreError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.engine import Engine


class _Lock(Protocol):
    """What another process cannot hold while this one does."""

    def note(self, holder: str) -> None:
        """Write down who holds it."""

    def free(self) -> None:
        """Let it go."""


class _FileLock:
    """A lock on a file: the system frees it when the process ends."""

    def __init__(self, path: Path, host: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            holder = self._file.read().strip()
            self._file.close()
            raise _held(host, holder) from None

    def note(self, holder: str) -> None:
        self._file.truncate(0)
        self._file.write(holder)
        self._file.flush()

    def free(self) -> None:
        with contextlib.suppress(OSError):
            self._file.truncate(0)
        self._file.close()


class _AdvisoryLock:
    """A lock of a connection: PostgreSQL frees it when the connection ends, on whatever machine its process ran."""

    def __init__(self, engine: Engine, host: str) -> None:
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        key = sa.func.hashtextextended(f"hemeroteca host {host}", 0)
        if not self._connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
            row = t.lease.c
            holder = self._connection.scalar(sa.select(row.holder).where(row.host == host))
            self._connection.close()
            raise _held(host, holder)

    def note(self, holder: str) -> None:
        """Do nothing: the row says it."""

    def free(self) -> None:
        with contextlib.suppress(DBAPIError):
            self._connection.scalar(sa.select(sa.func.pg_advisory_unlock_all()))
        self._connection.invalidate()  # closed for good, so no lock can stay with a pooled connection
        self._connection.close()


def _held(host: str, holder: str | None) -> LeaseHeldError:
    return LeaseHeldError(f"{host} is being visited by {holder or 'another process'}; one visit at a time")


class Lease:
    """The right to visit one host, until it is released or this process ends."""

    def __init__(self, folder: Path, engine: Engine, host: str, at: datetime) -> None:
        """Take the lease; raise LeaseHeldError when another process has it."""
        self.host = host
        self.engine = engine
        self._lock = self._take(folder)
        holder = f"process {os.getpid()} on {socket.gethostname()} since {at:%Y-%m-%d %H:%M:%S} UTC"
        self._lock.note(holder)
        self._show(holder, at)

    def _take(self, folder: Path) -> _Lock:
        if self.engine.dialect.name == "postgresql":
            return _AdvisoryLock(self.engine, self.host)
        return _FileLock(folder / f"{quote(self.host, safe='')}.lock", self.host)

    def release(self) -> None:
        """Let the next visit begin."""
        with contextlib.suppress(StoreError), transaction(self.engine) as connection:  # the row is only for show
            connection.execute(t.lease.delete().where(t.lease.c.host == self.host))
        self._lock.free()

    def _show(self, holder: str, at: datetime) -> None:
        with transaction(self.engine) as connection:
            connection.execute(t.lease.delete().where(t.lease.c.host == self.host))  # of one that died
            connection.execute(t.lease.insert().values(host=self.host, holder=holder, taken_at=at))

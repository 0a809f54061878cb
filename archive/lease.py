"""One visit at a time per host: a lock held by the process that visits, freed at once when it dies.

On SQLite it is a lock on a file below ``leases/``; the row in the table ``lease`` only shows who holds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from archive import tables as t
from archive.database import transaction
from archive.errors import LeaseHeldError, StoreError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.engine import Engine


class Lease:
    """The right to visit one host, until it is released or this process ends."""

    def __init__(self, folder: Path, engine: Engine, host: str, at: datetime) -> None:
        """Take the lease; raise LeaseHeldError when another process has it."""
        self.host = host
        self.engine = engine
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = (folder / f"{quote(host, safe='')}.lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            holder = self._file.read().strip() or "another process"
            self._file.close()
            raise LeaseHeldError(f"{host} is being visited by {holder}; one visit at a time") from None
        holder = f"process {os.getpid()} on {socket.gethostname()} since {at:%Y-%m-%d %H:%M:%S} UTC"
        self._file.truncate(0)
        self._file.write(holder)
        self._file.flush()
        self._show(holder, at)

    def release(self) -> None:
        """Let the next visit begin."""
        with contextlib.suppress(StoreError), transaction(self.engine) as connection:  # the row is only for show
            connection.execute(t.lease.delete().where(t.lease.c.host == self.host))
        with contextlib.suppress(OSError):
            self._file.truncate(0)
        self._file.close()

    def _show(self, holder: str, at: datetime) -> None:
        with transaction(self.engine) as connection:
            connection.execute(t.lease.delete().where(t.lease.c.host == self.host))  # of one that died
            connection.execute(t.lease.insert().values(host=self.host, holder=holder, taken_at=at))

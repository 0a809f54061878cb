"""Open the database of an archive: SQLite in its folder, or PostgreSQL.

SQLite runs in WAL mode with full sync: a commit that was acknowledged survives a power loss. Writers take the lock
when they begin, so two processes wait for each other instead of failing half way. PostgreSQL keeps what its own
settings promise; writers lock the rows they change, always in the same order.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from archive.errors import ArchiveError, StoreError
from archive.records import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

    from archive.store import Archive

DATABASE_NAME = "archive.sqlite"
BUSY_SECONDS = 60
ATTEMPTS = 5
"""How often a transaction is tried that only lost a race against another writer."""

LOG_PAGES = 10_000
"""How long SQLite's log grows, in pages of 4 KB, before it is folded into the database.

Indexes of digests and of bands are written all over, and a page that was changed several times is folded once: at
500,000 captures half as many bytes are written as with SQLite's own 1,000 pages.
"""

WRITERS_CACHE = 65_536
"""KB of pages that a connection of a process that writes may hold."""

READERS_CACHE = 8_192
"""KB for one that only reads: what lists of the newest stories read again and again is more than SQLite's own 2 MB."""

WALKERS_CACHE = 65_536
"""KB for one that walks through the whole archive, as an export does in the order of keys: a tenth of its time less."""

_WRITES = {"hemeroteca_writes": True}
# Class 40: a deadlock or a failed serialisation was broken by ending one of the writers. 23505: two writers made the
# same row, such as one address, between the look and the insert; the second look finds it.
_TRY_AGAIN = ("40001", "40P01", "23505")

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def default_url(home: Path) -> str:
    """Return the address of the database that an archive has when nobody names another."""
    return f"sqlite:///{home / DATABASE_NAME}"


def readable_url(home: Path) -> str:
    """Return the address by which that database is only read.

    On a disk that cannot be written (a deposit, a snapshot) SQLite must be told that nobody writes there.
    """
    file = home / DATABASE_NAME
    log = file.with_name(f"{DATABASE_NAME}-wal")
    if os.access(home, os.W_OK) or not file.exists():
        return default_url(home)
    if log.exists() and log.stat().st_size:
        raise ArchiveError(f"{log}: was not folded into the database; copy the archive to a disk that can be written")
    return f"sqlite:///file:{quote(str(file.resolve()))}?immutable=1&uri=true"


def open_engine(url: str) -> Engine:
    """Return an engine for this SQLAlchemy URL; no connection is made yet."""
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ArchiveError(f"HEMEROTECA_DATABASE: cannot use {url!r}: {error}") from error
    driver = _DRIVERS.get(address.drivername)
    if driver is None:
        raise ArchiveError(
            f"HEMEROTECA_DATABASE: cannot use {address.drivername}: write postgresql+psycopg://USER@HOST/NAME, "
            "or leave it out for SQLite"
        )
    try:
        engine = sa.create_engine(address.set(drivername=driver), json_serializer=canonical_json)
    except ModuleNotFoundError as error:
        raise ArchiveError("HEMEROTECA_DATABASE: PostgreSQL needs `pip install 'hemeroteca[postgres]'`") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def writing(engine: Engine) -> Engine:
    """Return the engine whose transactions take SQLite's write lock at once."""
    return engine.execution_options(**_WRITES)


def only_reading(engine: Engine) -> None:
    """Let the transactions of an archive that is only read end by COMMIT where the database is PostgreSQL.

    psycopg forgets the statements that it has prepared at every ROLLBACK, which is how SQLAlchemy ends a reading; then
    each question is planned anew, 1.9 of the 2.4 ms that an as-of takes.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "rollback", _end_reading)


def _end_reading(connection: Connection) -> None:
    held: Any = connection.connection.dbapi_connection
    if held.info.transaction_status.name == "INTRANS":  # after an error only a ROLLBACK will do
        held.commit()


@contextmanager
def connected(asked: Archive | Connection) -> Iterator[Connection]:
    """Give a connection to read with: the open one that was given, or one of the archive's for as long as it asks."""
    if isinstance(asked, sa.Connection):
        yield asked
    else:
        with asked.engine.connect() as connection:
            yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Give a connection that reads the archive as it is at one moment, however long the reading takes."""
    # SQLite's transactions are so by themselves.
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection:
        _hold(connection, WALKERS_CACHE)
        try:
            yield connection
        finally:
            _hold(connection, READERS_CACHE)


def _hold(connection: Connection, cache: int) -> None:
    """Let an open connection hold so many KB of SQLite's pages."""
    if connection.dialect.name == "sqlite" and not connection.closed:
        held: Any = connection.connection.dbapi_connection
        held.execute(f"PRAGMA cache_size = -{cache}")


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection that writes: all of it or, on any error, nothing. The database's refusal is a StoreError."""
    try:
        with writing(engine).begin() as connection:
            yield connection
    except DBAPIError as error:
        raise refusal(engine, error) from error


def only_lost_a_race(error: DBAPIError) -> bool:
    """Say whether the same transaction would pass now: another writer only came in between."""
    return getattr(error.orig, "sqlstate", None) in _TRY_AGAIN


def take_turn(connection: Connection, *, alone: bool) -> None:
    """Write beside other groups, or ``alone``: after those that are being written, and before any other begins.

    Groups of two papers that print the same agency's texts may want the same rows in another order. One that lost
    would lose again and again if the others went on; SQLite has only one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        connection.exec_driver_sql(f"SELECT {lock}({_GROUPS}, 0)")


_GROUPS = 0x4865_6D65
"""The class of advisory locks that groups take; those of leases have no class."""


def refusal(engine: Engine, error: DBAPIError) -> StoreError:
    """Return the database's refusal in the archive's words."""
    return StoreError(f"{engine.url.render_as_string()}: cannot write: {error.orig}")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is said below, not by the driver
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    # Debian's SQLite writes zeros over every page that becomes free, also over those that the full-text index frees
    # all the time. An erasure asks for it, and has the whole file written anew.
    connection.execute("PRAGMA secure_delete = FAST")
    connection.execute(f"PRAGMA cache_size = -{READERS_CACHE}")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for its busy timeout here, and two visits may make the archive at the same moment.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("hemeroteca_writes", False):
        connection.exec_driver_sql(f"PRAGMA cache_size = -{WRITERS_CACHE}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        held: Any = connection.connection.dbapi_connection
        held.execute("BEGIN")  # by the driver: it waits for nobody, and SQLAlchemy would take longer than a look-up

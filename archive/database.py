"""Open the database of an archive, and keep its schema in step.

SQLite runs in WAL mode with full sync: a commit that was acknowledged survives a power loss. Writers take the lock
when they begin, so two processes wait for each other instead of failing half way.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from archive.errors import ArchiveError, StoreError
from archive.records import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

DATABASE_NAME = "archive.sqlite"
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 60

_WRITES = {"hemeroteca_writes": True}


def open_engine(url: str) -> Engine:
    """Return an engine for this SQLAlchemy URL; no connection is made yet."""
    try:
        engine = sa.create_engine(url, json_serializer=canonical_json)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
        raise ArchiveError(f"HEMEROTECA_DATABASE: cannot use {url!r}: {error}") from error
    if engine.dialect.name != "sqlite":
        raise ArchiveError(f"HEMEROTECA_DATABASE: {engine.dialect.name} is not supported yet; leave it out for SQLite")
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def writing(engine: Engine) -> Engine:
    """Return the engine whose transactions take the write lock at once."""
    return engine.execution_options(**_WRITES)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection that writes: all of it or, on any error, nothing. The database's refusal is a StoreError."""
    try:
        with writing(engine).begin() as connection:
            yield connection
    except DBAPIError as error:
        raise StoreError(f"{engine.url.render_as_string()}: cannot write: {error.orig}") from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is said below, not by the driver
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
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
    writes = connection.get_execution_options().get("hemeroteca_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# ------------------------------------------------------------------ schema


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """Return the schema revision that this code needs."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    head = ScriptDirectory.from_config(config).get_current_head()
    if head is None:
        raise ArchiveError(f"{MIGRATIONS}: no migrations are installed; install hemeroteca anew")
    return head


def current_revision(engine: Engine) -> str | None:
    """Return the schema revision of the database, None where there is no schema."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise StoreError(f"{engine.url.render_as_string()}: cannot open the database: {error.orig}") from error


def prepare_schema(engine: Engine) -> None:
    """Make the schema in an empty database; refuse one that another version of the code made."""
    try:
        current = current_revision(engine)
        if current is None:
            with writing(engine).begin() as connection:
                # Somebody else may have made it while we waited for the lock.
                if MigrationContext.configure(connection).get_current_revision() is None:
                    command.upgrade(_config(connection), "head")
            return
    except DBAPIError as error:
        raise StoreError(f"{engine.url.render_as_string()}: cannot open the database: {error.orig}") from error
    check_revision(engine, current)


def check_revision(engine: Engine, current: str | None) -> None:
    """Refuse a database whose schema is not the one this code knows."""
    newest = newest_revision()
    if current != newest:
        raise ArchiveError(
            f"{engine.url.render_as_string()}: the archive's schema is {current}, this program needs {newest}; "
            "use the version of hemeroteca that wrote it, or a newer one"
        )

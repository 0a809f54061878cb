"""The schema of an archive's database: made for a new archive, migrated on demand, read while it is older.

Only ``hemeroteca migrate`` changes a schema, after a backup. Until then an older archive is read-only: what its schema
lacks is laid over it in temporary views and tables of the reading connection, as empty as a migration would leave it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from archive import tables as t
from archive.database import transaction, writing
from archive.errors import ArchiveError, StoreError
from archive.search import NO_PAST, PAST, fill, is_unfilled

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"

COPIED_PAGES = 10_000
"""Pages of the database that are copied between two tellings: some 40 MB."""

# Any number will do, so long as nobody else locks it: makers of one PostgreSQL schema wait for each other.
_SCHEMA_LOCK = 0x68656D65


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration did: from which revision to which, and the copy of the database it made before."""

    before: str
    after: str
    backup: Path | None


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """Return the schema revision that this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise ArchiveError(f"{MIGRATIONS}: no migrations are installed; install hemeroteca anew")
    return head


def _is_older(revision: str) -> bool:
    """Say whether a migration of ours leads on from this revision."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return revision in known and revision != newest_revision()


def current_revision(engine: Engine) -> str | None:
    """Return the schema revision of the database, None where there is no schema."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise _cannot_open(engine, error) from error


def _cannot_open(engine: Engine, error: DBAPIError) -> StoreError:
    return StoreError(f"{engine.url.render_as_string()}: cannot open the database: {error.orig}")


def is_there(engine: Engine) -> bool:
    """Say whether an archive's database is at this address; looking makes none."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not file.startswith("file:") and not Path(file).exists():
        return False
    return current_revision(engine) is not None


def prepare_to_write(engine: Engine) -> None:
    """Make the schema in an empty database; refuse one of another version."""
    current = current_revision(engine)
    if current is None:
        _make(engine)
    elif current != newest_revision():
        raise ArchiveError(_is_other(engine, current))


def prepare_to_read(engine: Engine) -> str | None:
    """See that the schema can be read; of an older one, return what to tell the reader. Raises for a newer one."""
    current = current_revision(engine)
    if current == newest_revision():
        return None
    if current is None or not _is_older(current):
        raise ArchiveError(_is_other(engine, current))
    _lay_over(engine)
    return _is_other(engine, current)


def _is_other(engine: Engine, current: str | None) -> str:
    where, newest = engine.url.render_as_string(), newest_revision()
    told = f"{where}: the archive's schema is {current}, this program needs {newest}"
    if current is None or _is_older(current):
        return f"{told}; it is read-only until `hemeroteca migrate` has brought it up to date"
    return f"{told}; use the version of hemeroteca that wrote it, or a newer one"


def _make(engine: Engine) -> None:
    try:
        with writing(engine).begin() as connection:
            _lock(connection)
            # Somebody else may have made it while we waited for the lock.
            if MigrationContext.configure(connection).get_current_revision() is None:
                upgrade(connection)
    except DBAPIError as error:
        raise _cannot_open(engine, error) from error


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to a revision, within the transaction of this connection."""
    command.upgrade(_config(connection), revision)


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCHEMA_LOCK)))


# ------------------------------------------------------------------ migrate


Told = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done and how much it is in all."""


def migrate(engine: Engine, at: datetime, backup: Path, told: Told = lambda *_: None) -> Migrated:
    """Bring an older schema up to date; ``backup`` is where the copy of an SQLite database goes before.

    PostgreSQL is backed up by its own tools. All steps are one transaction: on any error, and after a kill, the
    database is as it was. Raises ArchiveError.
    """
    current, newest = current_revision(engine), newest_revision()
    if current == newest:
        return Migrated(newest, newest, None)
    if current is None or not _is_older(current):
        raise ArchiveError(_is_other(engine, current))
    copied = backup if engine.dialect.name == "sqlite" else None
    if copied is not None:
        _back_up(engine, copied, told)
    detail = {"from": current, "to": newest, "backup": copied.name if copied else None}
    try:
        with transaction(engine) as connection:
            _lock(connection)
            _step_by_step(connection, current, told)
            connection.execute(
                t.event.insert().values(at=at, type="migrate", object_type="database", outcome="ok", agent="hemeroteca",
                                        detail=detail)
            )  # fmt: skip
    except StoreError as error:
        kept = f"; {copied} is a copy of it that is not needed" if copied else ""
        raise StoreError(f"{error}; nothing was migrated, the archive is as it was{kept}") from error
    if engine.dialect.name == "sqlite":
        told("writing the file anew", 0, 1)
        _compact(engine)
    return Migrated(current, newest, copied)


def _step_by_step(connection: Connection, current: str, told: Told) -> None:
    """Run all migrations that lead on from a revision, and fill the indexes of words where these left them empty."""
    steps = ScriptDirectory.from_config(_config()).iterate_revisions("head", current)
    wanted = [script.revision for script in steps][::-1]
    for done, revision in enumerate(wanted):
        told(f"migrating to {revision}", done, len(wanted))
        upgrade(connection, revision)
    if is_unfilled(connection):
        total = connection.scalar(sa.select(sa.func.count()).select_from(t.search_row)) or 0
        fill(connection, lambda done: told("filling the indexes of words", done, total))


def _compact(engine: Engine) -> None:
    """Let SQLite write its file anew: what the steps took out of rows would stay in their pages as empty space."""
    # Where the disk has no room for that, the archive is migrated all the same.
    with suppress(sqlite3.OperationalError), engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _back_up(engine: Engine, backup: Path, told: Told) -> None:
    """Copy an SQLite database while it may be in use (SQLite's online backup), and check the copy."""

    def progress(_status: int, remaining: int, total: int) -> None:
        told("copying", total - remaining, total)

    try:
        with closing(sqlite3.connect(backup)) as copy, engine.connect() as connection:
            source = connection.connection.dbapi_connection
            assert isinstance(source, sqlite3.Connection)  # noqa: S101  # the caller gives no path for others
            source.backup(copy, pages=COPIED_PAGES, progress=progress)
            told("checking the copy", 0, 1)
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
    except (sqlite3.Error, OSError) as error:
        backup.unlink(missing_ok=True)  # a disk that it filled is wanted for other things
        raise StoreError(f"{backup}: cannot make the backup, so nothing was migrated: {error}") from error
    if verdict != "ok":
        raise StoreError(f"{backup}: the backup is not whole, so nothing was migrated: {verdict}")


# ------------------------------------------------------------------ reading an older schema


_SHARED = {"picture_list": ("reading", "images"), "source_set": ("reading", "sources"),
           "media_type": ("capture", "content_type")}  # fmt: skip
"""What rows share now, by table, and of which table each held it for itself once, in which column."""


def _overlay(engine: Engine) -> list[str]:
    """Return the statements that lay temporary views and tables over what an older schema lacks."""
    statements = []
    with engine.connect() as connection:
        inspected = sa.inspect(connection)
        schema, present = inspected.default_schema_name, set(inspected.get_table_names())
        if PAST not in present:
            statements.append(NO_PAST[engine.dialect.name])
        for table in t.metadata.sorted_tables:
            if table.name not in present:
                is_shared = table.name in _SHARED
                made = CreateTable(_bare_copy(table)).compile(dialect=engine.dialect)
                statements.append(_view_of_rows(table, engine, schema) if is_shared else str(made))
                continue
            held = {column["name"] for column in inspected.get_columns(table.name)}
            filled = [_filled(column, engine) for column in table.columns if column.name not in held]
            if filled:
                columns = ", ".join(["*", *filled])
                statements.append(f"CREATE TEMP VIEW {table.name} AS SELECT {columns} FROM {schema}.{table.name}")  # noqa: S608 - our own names
    return statements


def _view_of_rows(table: sa.Table, engine: Engine, schema: str | None) -> str:
    """Lay a table of what rows share over rows that hold it for themselves: each refers to itself."""
    rows, held = _SHARED[table.name]
    told = f"{held} AS {table.columns.values()[-1].name}"
    columns = ["id", *(_filled(column, engine) for column in table.columns if column.name == "digest"), told]
    return f"CREATE TEMP VIEW {table.name} AS SELECT {', '.join(columns)} FROM {schema}.{rows}"  # noqa: S608 - our own names


def _bare_copy(table: sa.Table) -> sa.Table:
    columns = [sa.Column(column.name, column.type) for column in table.columns]
    return sa.Table(table.name, sa.MetaData(), *columns, prefixes=["TEMPORARY"])


def _filled(column: sa.Column[Any], engine: Engine) -> str:
    if any(key.column.table.name in _SHARED for key in column.foreign_keys):
        return f"id AS {column.name}"
    default, value = column.server_default, "NULL"
    if isinstance(default, sa.DefaultClause):
        value = f"'{default.arg}'" if isinstance(default.arg, str) else str(default.arg)
    kind, collate, locale = column.type.compile(engine.dialect).partition(" COLLATE ")
    return f"CAST({value} AS {kind}){collate}{locale} AS {column.name}"


def _lay_over(engine: Engine) -> None:
    """Make every connection of this engine see the schema as it would be after a migration."""
    statements = _overlay(engine)

    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", prepare)
    engine.dispose()  # the connections made so far lack it

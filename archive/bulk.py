"""Many rows at once, past SQLAlchemy: its care for each row costs ingest more than the row itself.

Values are given and returned as the database holds them: times in microseconds, codes as numbers, JSON as text.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from archive.tables import Code

MOST_KEYS = 256
"""Keys in one question; SQLite takes 32,766 values in a statement."""

_MARK = {"sqlite": "?", "postgresql": "%s"}


@contextmanager
def cursor(connection: Connection) -> Iterator[Any]:
    """Give a cursor of the driver, within the connection's transaction; its errors come as SQLAlchemy's."""
    if not connection.in_transaction():
        connection.begin()  # as the connection does by itself
    own = connection.connection.cursor()
    try:
        yield own
    except connection.dialect.loaded_dbapi.Error as error:
        kind = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(None, None, error, kind, dialect=connection.dialect) from error
    finally:
        own.close()


def rows_in(connection: Connection, question: str, keys: Collection[Any]) -> list[Any]:
    """Return the rows that a question has for any of these keys, each a value or a tuple of values.

    The question says ``{}`` where the keys go. There are only as many statements as powers of two: the last key is
    repeated, so that a driver finds a statement that it has prepared.
    """
    found: list[Any] = []
    asked = list(keys)
    for at in range(0, len(asked), MOST_KEYS):
        part = asked[at : at + MOST_KEYS]
        width = 1 << (len(part) - 1).bit_length()
        part += [part[-1]] * (width - len(part))
        columns = len(part[0]) if isinstance(part[0], tuple) else 0
        values = tuple(value for key in part for value in key) if columns else tuple(part)
        with cursor(connection) as asking:
            found += asking.execute(_asking(question, width, columns, connection.dialect.name), values).fetchall()
    return found


@lru_cache(maxsize=64)
def question(query: sa.Select[Any], keys: str, dialect: sa.Dialect) -> str:
    """Return a query as :func:`rows_in` takes it; ``keys`` names the column, with its table, that the keys are of."""
    asked = query.where(sa.text(f"{keys} IN ({{}})"))
    return str(asked.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


@lru_cache(maxsize=512)
def _asking(question: str, width: int, columns: int, dialect: str) -> str:
    mark = _MARK[dialect]
    if columns:
        mark = f"({', '.join([mark] * columns)})"
    return question.format(", ".join([mark] * width))


def insert_rows(connection: Connection, table: sa.TableClause, rows: Sequence[Mapping[str, Any]], *,
                missing: bool = False) -> None:  # fmt: skip
    """Insert rows that name the same columns, two or more; with ``missing`` those whose key is there already stay."""
    if not rows:
        return
    names = tuple(rows[0])
    end = " ON CONFLICT DO NOTHING" if missing else ""
    if connection.dialect.name == "postgresql":
        columns = tuple([row[name] for row in rows] for name in names)
        with cursor(connection) as inserting:
            inserting.execute(_inserting_columns(table, names) + end, columns)
    else:
        with cursor(connection) as inserting:
            inserting.executemany(_inserting_each(table, names) + end, list(map(itemgetter(*names), rows)))


@lru_cache(maxsize=128)
def _inserting_each(table: sa.TableClause, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - names of our own tables


@lru_cache(maxsize=128)
def _inserting_columns(table: sa.TableClause, names: tuple[str, ...]) -> str:
    """Return a statement that takes a list of values for each column: one round trip, and one plan, for all rows."""
    types = [table.c[name].type.compile(dialect=_POSTGRESQL).partition(" COLLATE")[0] for name in names]
    told = ["TEXT" if kind in _FROM_TEXT else kind for kind in types]
    lists = ", ".join(f"%s::{kind}[]" for kind in told)
    values = ", ".join(f"r.{name}::{kind}" for name, kind in zip(names, types, strict=True))
    listed = ", ".join(names)
    return f"INSERT INTO {table.name} ({listed}) SELECT {values} FROM unnest({lists}) AS r({listed})"  # noqa: S608 - our own tables


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's
_FROM_TEXT = ("JSON", "TSVECTOR")


def run_each(connection: Connection, statement: str, values: Iterable[tuple[Any, ...]]) -> None:
    """Run a statement, which says ``?`` for each value, with each of these tuples of values in turn."""
    told = list(values)
    if told:
        with cursor(connection) as running:
            running.executemany(statement.replace("?", _MARK[connection.dialect.name]), told)


def new_ids(connection: Connection, wanted: Mapping[str, int]) -> dict[str, Iterator[int]]:
    """Return for each table so many ids, ascending, that are free for this transaction.

    SQLite's writer has the database for itself; PostgreSQL's sequences are asked, and what is not used is left out.
    """
    if connection.dialect.name == "sqlite":
        parts = [f"SELECT '{name}', coalesce(max(id), 0) + 1 FROM {name}" for name in wanted]  # noqa: S608 - our own tables
        return {name: count(first) for name, first in connection.exec_driver_sql(" UNION ALL ".join(parts))}
    parts = [
        f"SELECT '{name}', nextval(s) FROM pg_get_serial_sequence('{name}', 'id') s, generate_series(1, {number})"  # noqa: S608 - our own tables
        for name, number in wanted.items()
    ]
    found: dict[str, list[int]] = {name: [] for name in wanted}
    for name, number in connection.exec_driver_sql(" UNION ALL ".join(parts)):
        found[name].append(number)
    return {name: iter(sorted(numbers)) for name, numbers in found.items()}


def code(kind: Code, member: str) -> int:
    """Return the number by which the database holds a member of a closed set."""
    return kind.codes.index(member) + 1

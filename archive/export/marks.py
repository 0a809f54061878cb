"""Marks: how far the exports of a name have come in the log of changes, and what they handed out.

Of every article that was handed out a mark holds a digest, so that the next export tells what reads differently, and
what is there no more.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.database import snapshot, transaction
from archive.errors import NotFoundError, QueryError, StoreError
from archive.export.rows import batches
from archive.export.since import NONE_HELD
from archive.rows import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.engine import Connection, Engine

GATE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Mark:
    """How far an export of this name has come: the last change of the log that it shows."""

    id: int
    name: str
    seq: int
    query_digest: bytes
    manifest: Mapping[str, Any]


@contextmanager
def moment(engine: Engine) -> Iterator[tuple[Connection, int]]:
    """Give a connection that reads the archive at one moment, and the last change of the log at that moment.

    On PostgreSQL changes get their numbers before they are committed, so a smaller number may come to light later: the
    log is closed to writers until those that have begun are done and the moment is taken. Raises StoreError when they
    take too long.
    """
    with snapshot(engine) as connection:
        if engine.dialect.name == "sqlite":
            yield connection, _last_change(connection)
            return
        with engine.connect() as gate:
            try:
                gate.exec_driver_sql(f"SET LOCAL lock_timeout = '{GATE_SECONDS}s'")
                gate.exec_driver_sql("LOCK TABLE change_log IN SHARE MODE")
            except sa.exc.DBAPIError as error:
                raise StoreError(f"the log of changes cannot be closed for a moment: {error.orig}") from error
            seq = _last_change(connection)
        yield connection, seq


def _last_change(connection: Connection) -> int:
    return connection.scalar(sa.select(sa.func.max(t.change_log.c.seq))) or 0


def find(connection: Connection, name: str, query_digest: bytes) -> Mark | None:
    """Return the mark of this name, None if there is none yet; raise QueryError when it belongs to another query."""
    row = connection.execute(sa.select(t.export_mark).where(t.export_mark.c.name == name)).first()
    if row is None:
        return None
    if row.query_digest != query_digest:
        raise QueryError(
            f"--since-last: the mark {name!r} was made by another query; ask the same again, take another name, or "
            f"forget it: hemeroteca marks --forget {name}"
        )
    return Mark(row.id, row.name, row.seq, row.query_digest, row.manifest)


def listing(connection: Connection) -> list[dict[str, Any]]:
    """Return the marks by name: of which query, and up to which change of the archive."""
    handed = sa.select(sa.func.count()).where(t.exported.c.mark_id == t.export_mark.c.id).scalar_subquery()
    found = connection.execute(sa.select(t.export_mark, handed.label("articles")).order_by(t.export_mark.c.name))
    return [
        {"name": row.name, "articles": row.articles, "as_of": row.manifest.get("as_of"),
         "query": row.manifest.get("query")}
        for row in found
    ]  # fmt: skip


def forget(engine: Engine, name: str) -> None:
    """Forget a mark: the next export under this name is a whole one."""
    with transaction(engine) as connection:
        number = connection.scalar(sa.select(t.export_mark.c.id).where(t.export_mark.c.name == name))
        if number is None:
            raise NotFoundError(f"no mark {name!r}; `hemeroteca marks` lists them")
        connection.execute(t.exported.delete().where(t.exported.c.mark_id == number))
        connection.execute(t.export_mark.delete().where(t.export_mark.c.id == number))


def move(engine: Engine, name: str, before: Mark | None, seq: int, query_digest: bytes,
         handed: Iterable[tuple[int, bytes]], manifest: Mapping[str, Any]) -> None:  # fmt: skip
    """Move a mark to where an export has come, with what it handed out; raise StoreError if another moved it."""
    with transaction(engine) as connection:
        row = t.export_mark.c
        held = connection.execute(sa.select(row.id, row.seq).where(row.name == name)).first()
        if (held.seq if held else None) != (before.seq if before else None):
            raise StoreError(f"the mark {name!r} was moved by another export meanwhile; export again")
        values = {"seq": seq, "query_digest": query_digest, "manifest": dict(manifest)}
        if held is None:
            number = insert(connection, t.export_mark, name=name, **values)
        else:
            number = held.id
            connection.execute(t.export_mark.update().where(row.id == number).values(values))
        _remember(connection, number, handed)


def _remember(connection: Connection, mark: int, handed: Iterable[tuple[int, bytes]]) -> None:
    row = t.exported.c
    for some in batches(handed, 500):
        numbers = [article for article, _ in some]
        connection.execute(t.exported.delete().where(row.mark_id == mark, row.article_id.in_(numbers)))
        kept = [{"mark_id": mark, "article_id": article, "digest": digest}
                for article, digest in some if digest != NONE_HELD]  # fmt: skip
        if kept:
            connection.execute(t.exported.insert(), kept)

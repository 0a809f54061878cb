"""All that an archive derived from its WARC files, by natural keys: two archives that hold the same give the same dump.

Surrogate ids are replaced by what they stand for, so a dump compares an archive with its rebuild, or SQLite with
PostgreSQL. Left out is what is operational: events, leases, export marks, the memory of listings, when to look again.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.describe import stamp
from archive.texts import bodies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

OPERATIONAL = {"signal", "link", "backfill", "lease", "event", "export_mark", "exported"}
SHARED = {"url", "media_type", "picture_list", "source_set"}
"""Tables whose rows are told where others refer to them."""
LEFT_OUT = {("article", "asked_at"), ("article", "due_at"), ("article", "head_reading_id"),
            ("warc_file", "sealed_at"), ("change_log", "seq"), ("content", "codec"),
            ("content", "base_content_id")}  # fmt: skip

NATURAL = {
    "site": ("name",),
    "visit": ("key",),
    "url": ("url",),
    "media_type": ("name",),
    "picture_list": ("images",),
    "source_set": ("sources",),
    "article": ("key",),
    "capture": ("record_id",),
    "reader": ("name", "version", "config_digest", "norm_version"),
    "content": ("digest",),
    "author": ("site_id", "name_norm"),
    "reading": ("capture_id", "known_from"),
    "version": ("article_id", "known_from", "number"),
    "warc_file": ("name",),
    "takedown": ("record_id",),
    "cluster": ("first_article_id", "known_from"),
}
"""What each table's rows are called by people: the columns that stand in for its id."""

_UNDECLARED = {("article", "head_version_id"): "version", ("article_url", "evidence_capture_id"): "capture",
               ("search_row", "against"): "content"}  # fmt: skip


def dump(connection: Connection) -> Iterator[str]:
    """Yield each derived row as a line of JSON, table by table, sorted."""
    for table in sorted(t.metadata.tables.values(), key=lambda table: table.name):
        if table.name not in OPERATIONAL | SHARED:
            yield from sorted(_lines(connection, table))


def _lines(connection: Connection, table: sa.Table) -> Iterator[str]:
    columns, joined = _natural_columns(table)
    query = sa.select(*(column.label(name) for name, column in columns)).select_from(joined)
    if table is t.content:
        query = query.add_columns(t.content.c.id)
    found = connection.execute(_told_only(table, query), execution_options={"yield_per": 500})
    for part in found.mappings().partitions():
        rows = _with_texts(connection, part) if table is t.content else part
        for row in rows:
            yield json.dumps({"table": table.name, **{name: _plain(value) for name, value in row.items()}},
                             ensure_ascii=False, sort_keys=True)  # fmt: skip


def _with_texts(connection: Connection, rows: Sequence[Mapping[Any, Any]]) -> Iterator[dict[str, Any]]:
    """Yield contents as they read, however they are packed: that depends on what came after them."""
    texts = bodies(connection, [row["id"] for row in rows])
    for row in rows:
        yield {**{name: value for name, value in row.items() if name != "id"}, "body": texts[row["id"]]}


def _told_only(table: sa.Table, query: sa.Select[Any]) -> sa.Select[Any]:
    # A visit that was killed before its first record is in no WARC file.
    if table is not t.visit:
        return query
    kept = sa.exists().where(t.capture.c.visit_id == t.visit.c.id)
    return query.where(sa.or_(t.visit.c.ended_at.is_not(None), kept))


def _natural_columns(table: sa.Table) -> tuple[list[tuple[str, sa.ColumnElement[Any]]], sa.FromClause]:
    joined: sa.FromClause = table
    columns: list[tuple[str, sa.ColumnElement[Any]]] = []
    for column in table.columns:
        if (table.name, column.name) in LEFT_OUT or (column.name == "id" and table.name != "url"):
            continue
        found, joined = _named(column.name, table.name, column, joined)
        columns += found
    return columns, joined


def _named(name: str, table: str, column: sa.ColumnElement[Any], joined: sa.FromClause,
           ) -> tuple[list[tuple[str, sa.ColumnElement[Any]]], sa.FromClause]:  # fmt: skip
    """Return a column, or in the place of an id the natural key of what it stands for."""
    target = _target(table, name.rpartition(".")[2])
    if target is None:
        return [(name, column)], joined
    row = t.metadata.tables[target].alias()
    joined = joined.outerjoin(row, row.c.id == column)
    columns: list[tuple[str, sa.ColumnElement[Any]]] = []
    for part in NATURAL[target]:
        found, joined = _named(f"{name}.{part}", target, row.c[part], joined)
        columns += found
    return columns, joined


def _target(table: str, column: str) -> str | None:
    if (table, column) in _UNDECLARED:
        return _UNDECLARED[table, column]
    keys = t.metadata.tables[table].c[column].foreign_keys
    return next((key.column.table.name for key in keys), None)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return stamp(value) if isinstance(value, datetime) else value

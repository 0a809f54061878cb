"""What readings repeat is kept once: lists of pictures, sources of fields, headlines that their contents hold.

A text that is kept whole is packed on the way, as all new ones are.
"""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa
from alembic import op

from archive.texts import pack

revision = "0014"
down_revision = "0013"

BATCH = 2000
PLAIN, ZSTD = 0, 1

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SHARED = {"picture_list": ("images", "[]"), "source_set": ("sources", "{}")}
_DIGEST = {"sqlite": "half_sha256({})", "postgresql": "substring(sha256(convert_to({}::text, 'UTF8')) for 16)"}

_content = sa.table("content", sa.column("id", sa.BigInteger), sa.column("codec", sa.SmallInteger),
                    sa.column("body", sa.LargeBinary))  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    if dialect == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("half_sha256", 1, _half_sha256, deterministic=True)
    _create("picture_list", sa.Column("images", sa.JSON(), nullable=False), "of the list; none where it was erased",
            "The pictures of a story: every reading of it that shows the same ones refers to one list.")  # fmt: skip
    _create("source_set", sa.Column("sources", sa.JSON(), nullable=False), None,
            "Where on the page each field stood: the same on most pages of a paper.")  # fmt: skip
    as_json = "" if dialect == "sqlite" else "::json"
    shared = [_share(table, column, empty, _DIGEST[dialect].format(f"reading.{column}"), as_json)
              for table, (column, empty) in _SHARED.items()]  # fmt: skip
    # At one pass: each writes all readings anew.
    op.execute(f"UPDATE reading SET {', '.join([*shared, *_left_off(as_json)])}")  # noqa: S608 - our own names
    for column, _ in _SHARED.values():
        op.drop_column("reading", column)
    _pack_whole_texts(connection)


def _half_sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]


def _create(table: str, told: sa.Column[Any], of_digest: str | None, comment: str) -> None:
    op.create_table(
        table,
        sa.Column("id", _ID, sa.Identity(always=False), nullable=False),
        sa.Column("digest", sa.LargeBinary(), comment=of_digest),
        told,
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
        sa.UniqueConstraint("digest", name=op.f(f"{table}_digest_key")),
        comment=comment,
    )


def _share(table: str, column: str, empty: str, digest: str, as_json: str) -> str:
    """Keep once what readings tell in a column; return what is to be set in them so that they refer to it."""
    kind = _ID.compile(dialect=op.get_bind().dialect)
    as_text = f"CAST({column} AS TEXT)"
    op.execute(
        f"INSERT INTO {table} (digest, {column}) SELECT {digest}, min({as_text}){as_json} FROM reading "  # noqa: S608 - our own names
        f"WHERE {as_text} NOT IN ('{empty}', 'null') GROUP BY 1"
    )
    refers = f"CONSTRAINT reading_{column}_id_fkey REFERENCES {table} (id)"
    op.execute(f"ALTER TABLE reading ADD COLUMN {column}_id {kind} {refers}")
    return f"{column}_id = (SELECT s.id FROM {table} s WHERE s.digest = {digest})"  # noqa: S608 - our own names


def _left_off(as_json: str) -> list[str]:
    """Return what is to be set so that is left off what is said elsewhere, or by all."""
    of_content = [f"{column} = NULLIF({column}, (SELECT c.{column} FROM content c WHERE c.id = reading.content_id))"  # noqa: S608 - our own names
                  for column in ("title", "standfirst")]  # fmt: skip
    return [
        *of_content,
        "published_precision = NULLIF(published_precision, 'second')",
        "modified_precision = NULLIF(modified_precision, 'second')",
        f"pending = NULLIF(CAST(pending AS TEXT), 'null'){as_json}",
        f"counters = replace(CAST(counters AS TEXT), ',true,false,null]', ']'){as_json}",
    ]


def _pack_whole_texts(connection: sa.Connection) -> None:
    after = 0
    row = _content.c
    page = sa.select(row.id, row.body).where(row.codec == PLAIN, row.body.is_not(None)).order_by(row.id).limit(BATCH)
    packed = _content.update().where(row.id == sa.bindparam("number")).values(codec=ZSTD, body=sa.bindparam("packed"))
    while found := connection.execute(page.where(row.id > after)).all():
        connection.execute(packed, [{"number": one.id, "packed": pack(one.body)} for one in found])
        after = found[-1].id

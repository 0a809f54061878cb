"""Of a signature the lowest byte of each value is kept: a quarter of its size, and as good to tell a copy by."""

from __future__ import annotations

import struct

import sqlalchemy as sa
from alembic import op

from archive.duplicates import sketch
from archive.rows import insert_missing

revision = "0012"
down_revision = "0011"

BATCH = 2000
_BANDS = struct.Struct("<32I")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_held = sa.table("content_sig", sa.column("content_id", sa.BigInteger), sa.column("signature", sa.LargeBinary))
_version = sa.table("version", sa.column("article_id", sa.BigInteger), sa.column("content_id", sa.BigInteger))
_band = sa.Table("lsh_band", sa.MetaData(), sa.Column("band", sa.SmallInteger), sa.Column("hash", sa.BigInteger),
                 sa.Column("article_id", sa.BigInteger))  # fmt: skip


def upgrade() -> None:
    made = op.create_table(
        "content_sketch",
        sa.Column("content_id", _ID, autoincrement=False, nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("content_sketch_content_id_fkey")),
        sa.PrimaryKeyConstraint("content_id", name=op.f("content_sketch_pkey")),
        comment="MinHash of a content: the lowest bytes of 128 values.",
    )
    connection, after = op.get_bind(), 0
    connection.execute(_band.delete())
    page = sa.select(_held).where(_held.c.content_id > sa.bindparam("after")).order_by(_held.c.content_id).limit(BATCH)
    told = sa.select(_version).distinct().where(_version.c.content_id.in_(sa.bindparam("contents", expanding=True)))
    while found := connection.execute(page, {"after": after}).all():
        sketches = {row.content_id: sketch(row.signature) for row in found}
        connection.execute(made.insert(), [{"content_id": key, "sketch": value} for key, value in sketches.items()])
        rows = [{"band": band, "hash": value, "article_id": row.article_id}
                for row in connection.execute(told, {"contents": list(sketches)})
                for band, value in enumerate(_BANDS.unpack(sketches[row.content_id]))]  # fmt: skip
        if rows:
            insert_missing(connection, _band, rows)
        after = found[-1].content_id
    op.drop_table("content_sig")

"""Of a signature the lowest byte of each value is kept: a quarter of its size, and as good to tell a copy by."""

from __future__ import annotations

import struct

import sqlalchemy as sa
from alembic import op

from archive.bulk import insert_rows
from archive.duplicates import sketch

revision = "0012"
down_revision = "0011"

BATCH = 2000
_BANDS = struct.Struct("<32I")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_held = sa.table("content_sig", sa.column("content_id", sa.BigInteger), sa.column("signature", sa.LargeBinary))
_version = sa.table("version", sa.column("article_id", sa.BigInteger), sa.column("content_id", sa.BigInteger))
_found = sa.table("band_found", sa.column("band", sa.SmallInteger), sa.column("hash", sa.BigInteger),
                  sa.column("article_id", sa.BigInteger))  # fmt: skip


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
    op.execute("DELETE FROM lsh_band")
    op.execute("CREATE TEMPORARY TABLE band_found (band SMALLINT, hash BIGINT, article_id BIGINT)")
    page = sa.select(_held).where(_held.c.content_id > sa.bindparam("after")).order_by(_held.c.content_id).limit(BATCH)
    told = sa.select(_version).distinct().where(_version.c.content_id.in_(sa.bindparam("contents", expanding=True)))
    while found := connection.execute(page, {"after": after}).all():
        sketches = {row.content_id: sketch(row.signature) for row in found}
        connection.execute(made.insert(), [{"content_id": key, "sketch": value} for key, value in sketches.items()])
        rows = [{"band": band, "hash": value, "article_id": row.article_id}
                for row in connection.execute(told, {"contents": list(sketches)})
                for band, value in enumerate(_BANDS.unpack(sketches[row.content_id]))]  # fmt: skip
        insert_rows(connection, _found, rows)
        after = found[-1].content_id
    # All at once in the order of the key: a row here and a row there took ten minutes for 350,000 texts.
    op.execute("INSERT INTO lsh_band (band, hash, article_id) "
               "SELECT DISTINCT band, hash, article_id FROM band_found ORDER BY band, hash, article_id")  # fmt: skip
    op.execute("DROP TABLE band_found")
    op.drop_table("content_sig")

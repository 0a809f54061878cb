"""What a server says that it sends is kept once, and a band's number and value are one key of four bytes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "media_type",
        sa.Column("id", _ID, sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("media_type_pkey")),
        sa.UniqueConstraint("name", name=op.f("media_type_name_key")),
        comment="A Content-Type as servers tell it: a few for all captures of a paper.",
    )
    op.execute("INSERT INTO media_type (name) SELECT DISTINCT content_type FROM capture WHERE content_type IS NOT NULL")
    kind = _ID.compile(dialect=op.get_bind().dialect)
    refers = "CONSTRAINT capture_media_type_id_fkey REFERENCES media_type (id)"
    op.execute(f"ALTER TABLE capture ADD COLUMN media_type_id {kind} {refers}")
    op.execute("UPDATE capture SET media_type_id = (SELECT m.id FROM media_type m WHERE m.name = capture.content_type)")
    op.drop_column("capture", "content_type")
    _shorten_bands()


def _shorten_bands() -> None:
    op.rename_table("lsh_band", "lsh_band_before")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("pkey", "article_id_fkey"):
            op.execute(f"ALTER TABLE lsh_band_before RENAME CONSTRAINT lsh_band_{name} TO lsh_band_before_{name}")
    op.create_table(
        "lsh_band",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False, comment="which band, and 27 bits of it"),
        sa.Column("article_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("lsh_band_article_id_fkey")),
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("lsh_band_pkey")),
        comment="Bands of the signatures of all that an article says or said; versions share most of them.",
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO lsh_band (key, article_id) "
        "SELECT DISTINCT CAST(band AS BIGINT) * 134217728 + hash % 134217728 - 2147483648 AS key, article_id "
        "FROM lsh_band_before ORDER BY key, article_id"
    )
    op.drop_table("lsh_band_before")

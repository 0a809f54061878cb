"""Bands belong to articles: versions of one story share most of them, and a row for each content said so 3.5 times.

Nothing was ever written into the old table. Clusters of what an archive held before come with `hemeroteca rebuild`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("lsh_band")
    op.create_table(
        "lsh_band",
        sa.Column("band", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("lsh_band_article_id_fkey")),
        sa.PrimaryKeyConstraint("band", "hash", "article_id", name=op.f("lsh_band_pkey")),
        comment="Bands of the signatures of all that an article says or said; versions share most of them.",
        sqlite_with_rowid=False,
    )

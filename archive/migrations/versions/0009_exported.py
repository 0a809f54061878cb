"""What was handed out under a mark, so that the next export tells only what reads differently."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "exported",
        sa.Column("mark_id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["mark_id"], ["export_mark.id"], name=op.f("exported_mark_id_fkey")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("exported_article_id_fkey")),
        sa.PrimaryKeyConstraint("mark_id", "article_id", name=op.f("exported_pkey")),
        comment="What was handed out under a mark, as a digest of each article.",
        sqlite_with_rowid=False,
    )

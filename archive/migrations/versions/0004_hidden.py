"""Which articles a takedown hides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "hidden",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("takedown_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("hidden_article_id_fkey")),
        sa.ForeignKeyConstraint(["takedown_id"], ["takedown.id"], name=op.f("hidden_takedown_id_fkey")),
        sa.PrimaryKeyConstraint("article_id", "takedown_id", name=op.f("hidden_pkey")),
        comment="The articles that takedowns hide now.",
        sqlite_with_rowid=False,
    )
    op.create_index("hidden_takedown_id", "hidden", ["takedown_id"], unique=False)

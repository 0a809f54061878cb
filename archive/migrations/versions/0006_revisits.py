"""What the choice of revisits needs of an article: its last try and its history of change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "article", sa.Column("asked_at", sa.BigInteger(), nullable=True, comment="the last try, whatever came")
    )
    op.add_column(
        "article", sa.Column("changes", sa.Integer(), server_default="0", nullable=False, comment="edits seen")
    )
    op.add_column("article", sa.Column("changed_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "article",
        sa.Column(
            "unchanged", sa.Integer(), server_default="0", nullable=False, comment="looks since that found the same"
        ),
    )
    op.execute("UPDATE article SET asked_at = checked_at")
    op.create_index("article_asked", "article", ["site_id", "asked_at"], unique=False)

"""Where an article stands in lists, so that the newest of a hundred thousand are found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "article",
        sa.Column(
            "listed_at", sa.BigInteger(), server_default="0", nullable=False,
            comment="published, or else first seen: lists",
        ),
    )  # fmt: skip
    op.execute(
        "UPDATE article SET listed_at = coalesce((SELECT reading.published_at FROM version"
        " JOIN reading ON reading.id = version.reading_id WHERE version.article_id = article.id"
        " AND version.known_to = 9223372036854775807 AND version.content_id IS NOT NULL"
        " ORDER BY version.number DESC LIMIT 1), first_seen_at)"
    )
    op.create_index("article_listed", "article", ["listed_at", "id"], unique=False)

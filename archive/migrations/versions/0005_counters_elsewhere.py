"""Counters that were not read on the story's own page: on a listing, or in the answer of a counter's own request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counter_sighting",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("capture_id", _ID, nullable=False),
        sa.Column("metric", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.Text()),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("counter_sighting_article_id_fkey")),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("counter_sighting_capture_id_fkey")),
        sa.PrimaryKeyConstraint("article_id", "capture_id", "metric", "source", name=op.f("counter_sighting_pkey")),
        comment="A counter of an article as a capture that is not its page showed it; runs are derived from these too.",
        sqlite_with_rowid=False,
    )

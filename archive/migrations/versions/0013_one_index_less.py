"""The readings of a capture are found by the index that keeps one of them open; the other one was never asked."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.drop_index("reading_capture_id", table_name="reading")

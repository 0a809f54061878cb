"""Texts that another took the place of are packed against the one that followed: what leans on a text is looked up.

Texts that are there already stay as they are until their article changes again; `hemeroteca rebuild` packs all.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    has_base = sa.text("base_content_id IS NOT NULL")
    op.create_index("content_base", "content", ["base_content_id"], sqlite_where=has_base, postgresql_where=has_base)

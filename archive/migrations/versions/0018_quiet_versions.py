"""Quiet changes are found by an index of their own: a list of them looked at all changes of its days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    is_open = "known_to=9223372036854775807"
    op.create_index("version_quiet", "version", ["valid_from"],
                    sqlite_where=sa.text(f"{is_open} AND (stealth = 1 OR state = 2)"),
                    postgresql_where=sa.text(f"{is_open} AND (stealth OR state = 2)"))  # fmt: skip

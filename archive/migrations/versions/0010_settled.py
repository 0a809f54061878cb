"""Which reading an article's next look is compared with: where a chain of versions can be carried on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "article",
        sa.Column(
            "head_reading_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=True,
            comment="of the text seen last; none where a look must be weighed with all before it",
        ),
    )  # fmt: skip

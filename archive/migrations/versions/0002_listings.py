"""What is remembered of listings and links: how far paging came, what an index told, what vanished from a map."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("yielded_at", sa.BigInteger(), comment="when it last gave a link that no other listing had given"),
        sa.Column("links", sa.Integer(), nullable=False, server_default="0", comment="how many it gave when last read"),
        sa.Column(
            "depth", sa.SmallInteger(), nullable=False, server_default="0", comment="of a map below an index: 1 or more"
        ),
        sa.Column("told_at", sa.BigInteger(), comment="the change that its index told when it was last read"),
        sa.Column("read_at", sa.BigInteger(), comment="when it was last read without a problem"),
        sa.Column(
            "failures",
            sa.SmallInteger(),
            nullable=False,
            server_default="0",
            comment="looks in a row without an answer",
        ),
        sa.Column("walked_at", sa.BigInteger(), comment="all it had given by this time is read, on all its pages"),
        sa.Column("cursor", sa.Text(), comment="the next page of a walk that is not finished"),
        sa.Column("reached_at", sa.BigInteger(), comment="all that the pages before had given by this time is read"),
    ):
        op.add_column("signal", column)
    for column in (
        sa.Column("fetched_lastmod", sa.BigInteger(), comment="the newest change listed when it was last fetched"),
        sa.Column(
            "tries",
            sa.SmallInteger(),
            nullable=False,
            server_default="0",
            comment="fetches in a row without an answer",
        ),
        sa.Column("listed_in", _ID, comment="the map that listed it when it was last read whole"),
        sa.Column("vanished_at", sa.BigInteger(), comment="since when that map lists it no more"),
    ):
        op.add_column("link", column)
    op.create_index("link_listed_in", "link", ["listed_in"], unique=False)

"""Addresses are sorted as CDX indexes do: the old form kept a slash at the end and escaped what others do not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.surt import surt

revision = "0008"
down_revision = "0007"

BATCH = 5000

_url = sa.table("url", sa.column("id", sa.BigInteger), sa.column("url", sa.Text), sa.column("surt", sa.Text))


def upgrade() -> None:
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.drop_index("url_urlkey", table_name="url")
    op.drop_column("url", "urlkey")
    op.add_column("url", sa.Column("surt", text, nullable=False, server_default=""))
    connection, after = op.get_bind(), 0
    change = _url.update().where(_url.c.id == sa.bindparam("number")).values(surt=sa.bindparam("form"))
    page = sa.select(_url.c.id, _url.c.url).where(_url.c.id > sa.bindparam("after")).order_by(_url.c.id).limit(BATCH)
    while found := connection.execute(page, {"after": after}).all():
        connection.execute(change, [{"number": row.id, "form": surt(row.url)} for row in found])
        after = found[-1].id
    if connection.dialect.name == "postgresql":
        op.create_table_comment("url", "An address, and its sort-friendly form (archive.surt).")
    op.create_index("url_surt", "url", ["surt"], unique=False)

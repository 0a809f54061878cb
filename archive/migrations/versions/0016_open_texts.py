"""The index of words holds the texts of today; of those before them what is gone, in an index of its own.

Row numbers become smaller and keep their order. Both indexes are left empty: ``migrate`` fills them when all steps are
done, by the texts as they lie then.
"""

from __future__ import annotations

from array import array

import sqlalchemy as sa
from alembic import op

from archive.search import CREATE, CREATE_PAST

revision = "0016"
down_revision = "0015"

_BEFORE, _NOW = 1 << 20, 16
"""Row numbers of one second."""
BATCH = 5000
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_COMMENT = "id is the row of the full-text indexes: published second * 16 + n, so newest first needs no sort."
_COMMENTS = {
    "superseded": "in the index of the past, not in that of today",
    "against": "the content whose words are left out of a superseded row; none for all words",
}


def upgrade() -> None:
    connection = op.get_bind()
    op.drop_table("search_text")
    for statement in (*CREATE[connection.dialect.name], *CREATE_PAST[connection.dialect.name]):
        op.execute(statement)
    numbers, contents = array("q"), array("q")
    for number, content in connection.execute(sa.text("SELECT id, content_id FROM search_row ORDER BY id")):
        wanted = number // _BEFORE * _NOW
        numbers.append(max(wanted, numbers[-1] + 1) if numbers else wanted)
        contents.append(content)
    op.execute("DELETE FROM search_row")
    op.add_column("search_row", sa.Column("against", _ID, nullable=True))
    if connection.dialect.name == "postgresql":
        for name, comment in _COMMENTS.items():
            op.alter_column("search_row", name, comment=comment)
        op.create_table_comment("search_row", _COMMENT)
    held = sa.table("search_row", sa.column("id"), sa.column("content_id"), sa.column("superseded"))
    for at in range(0, len(numbers), BATCH):
        rows = zip(numbers[at : at + BATCH], contents[at : at + BATCH], strict=True)
        connection.execute(
            held.insert(), [{"id": number, "content_id": content, "superseded": False} for number, content in rows]
        )

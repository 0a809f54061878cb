"""What rows said at length: an address that is the capture's own, the rest of a digest, ends that are all open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute(
        "UPDATE reading SET canonical_url = '' FROM capture k JOIN url u ON u.id = k.url_id "
        "WHERE k.id = reading.capture_id AND u.url = reading.canonical_url"
    )
    first = "substr(bare_digest, 1, 8)"  # of bytes, in both databases
    op.execute(f"UPDATE content SET bare_digest = {first} WHERE length(bare_digest) > 8")  # noqa: S608 - a constant
    op.drop_index("reading_content_id", table_name="reading")
    op.create_index("reading_content_id", "reading", ["content_id"], sqlite_where=sa.text("is_full = 1"),
                    postgresql_where=sa.text("is_full"))  # fmt: skip
    op.drop_index("version_number", table_name="version")
    is_open = sa.text("known_to=9223372036854775807")
    op.create_index("version_number", "version", ["article_id", "number"], unique=True, sqlite_where=is_open,
                    postgresql_where=is_open)  # fmt: skip

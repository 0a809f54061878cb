"""Asks the archive for what a citation says of a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import corpus
from archive import tables as t
from archive.cite import Citation

if TYPE_CHECKING:
    from datetime import datetime

    from archive.store import Archive


def cited(archive: Archive, name: str, *, at: datetime | None = None, known: datetime | None = None,
          base: str | None = None) -> Citation:  # fmt: skip
    """Return the citation of a story by key or address, as it reads or as it read at a time.

    ``base`` is where this archive is served, with a slash at the end. Raises NotFoundError, TakenDownError.
    """
    with archive.engine.connect() as connection:
        told = corpus.article(connection, name, at=at, known=known)
        paper = connection.scalar(sa.select(t.site.c.title).where(t.site.c.name == told["site"]))
    return Citation.of(told, paper or told["site"], archive.clock().date(), base)

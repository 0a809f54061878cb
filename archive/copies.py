"""The papers that carry one text: who was first, and what each added to it or cut from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import duplicates, texts
from archive import tables as t
from archive.corpus import find, text_of
from archive.describe import stamp
from archive.diff import diff_paragraphs
from archive.normal import count_words
from archive.takedown import visible

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from archive.diff import Text
    from archive.store import Archive


def copies(archive: Archive, name: str) -> list[dict[str, Any]]:
    """Return the articles of the cluster of one, the first of all first; empty when it is in none.

    ``added`` and ``cut`` are shares of words, 0 to 1: of the copy's own that the first text does not have, and of the
    first text's that the copy left out. Compared is what each paper printed first.
    """
    with archive.engine.connect() as connection:
        number = find(connection, name)
        _, others = duplicates.copies(connection, number)
        if not others:
            return []
        row = t.article.c
        members = connection.execute(
            sa.select(row.id, row.key, row.first_seen_at, t.site.c.name.label("site"))
            .join(t.site, t.site.c.id == row.site_id)
            .where(row.id.in_([number, *(other.id for other in others)]), visible(row.id))
            .order_by(row.first_seen_at, row.key)
        ).all()
        texts = {member.id: _first_text(connection, member.id) for member in members}
    first = texts[members[0].id]
    return [
        {"id": member.key, "site": member.site, "first_seen": stamp(member.first_seen_at),
         "title": texts[member.id].title, "authors": list(texts[member.id].authors), **_shares(first, texts[member.id])}
        for member in members
    ]  # fmt: skip


def _first_text(connection: Connection, article: int) -> Text:
    content, version = t.content.c, t.version.c
    row = connection.execute(
        sa.select(content.title, content.standfirst, content.names, *texts.COLUMNS)
        .join(t.version, version.content_id == content.id)
        .where(version.article_id == article, version.known_to == t.OPEN)
        .order_by(version.valid_from)
        .limit(1)
    ).one()
    return text_of(row.title, row.standfirst, row.names, texts.unpacked(connection, row))


def _shares(first: Text, copy: Text) -> dict[str, float]:
    words = {"added": 0, "removed": 0, "same": 0}
    for block in diff_paragraphs(first.paragraphs, copy.paragraphs):
        for part in block.parts:
            words[part.kind] += count_words(part.text)
    mine, theirs = words["same"] + words["added"], words["same"] + words["removed"]
    return {"added": round(words["added"] / max(mine, 1), 3), "cut": round(words["removed"] / max(theirs, 1), 3)}

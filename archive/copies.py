"""The papers that carry one text: who was first, and what each added to it or cut from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import duplicates
from archive import tables as t
from archive.bulk import rows_in
from archive.corpus import find, text_of
from archive.describe import stamp
from archive.diff import diff_paragraphs
from archive.normal import count_words
from archive.texts import COLUMNS, all_unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archive.diff import Text
    from archive.store import Archive


def copies(archive: Archive, name: str) -> list[dict[str, Any]]:
    """Return the articles of the cluster of one, the first of all first; empty when it is in none.

    ``added`` and ``cut`` are shares of words, 0 to 1: of the copy's own that the first text does not have, and of the
    first text's that the copy left out. Compared is what each paper printed first.
    """
    with archive.engine.connect() as connection:
        members = duplicates.members(connection, find(connection, name))
        if len(members) < 2:
            return []
        texts = _first_texts(connection, [member.id for member in members])
    first = texts[members[0].id]
    return [
        {"id": member.key, "site": member.site, "first_seen": stamp(member.first_seen_at),
         "title": texts[member.id].title, "authors": list(texts[member.id].authors), **_shares(first, texts[member.id])}
        for member in members
    ]  # fmt: skip


def _first_texts(connection: Connection, articles: Sequence[int]) -> dict[int, Text]:
    """Return what articles said first, by their ids."""
    content = t.content.c
    told = rows_in(connection, _CONTENTS, articles)
    firsts = {article: number for _, article, number in sorted(told, reverse=True)}
    query = sa.select(content.id, content.title, content.standfirst, content.names, *COLUMNS)
    rows = connection.execute(query.where(content.id.in_(sorted(set(firsts.values()))))).all()
    bodies = all_unpacked(connection, rows)
    said = {row.id: text_of(row.title, row.standfirst, row.names, bodies[row.id]) for row in rows}
    return {article: said[number] for article, number in firsts.items()}


_CONTENTS = (
    "SELECT valid_from, article_id, content_id FROM version "  # noqa: S608 - a constant
    f"WHERE known_to = {t.FOREVER_MICROS} AND content_id IS NOT NULL AND article_id IN ({{}})"
)


def _shares(first: Text, copy: Text) -> dict[str, float]:
    words = {"added": 0, "removed": 0, "same": 0}
    for block in diff_paragraphs(first.paragraphs, copy.paragraphs):
        for part in block.parts:
            words[part.kind] += count_words(part.text)
    mine, theirs = words["same"] + words["added"], words["same"] + words["removed"]
    return {"added": round(words["added"] / max(mine, 1), 3), "cut": round(words["removed"] / max(theirs, 1), 3)}

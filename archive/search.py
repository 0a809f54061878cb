"""Full-text search: one row of the index per content, newest first by row number.

The index holds no text of its own (FTS5 ``content=''``); its row number is the second of publication times 2**20 plus a
counter, so that reading it backwards gives the newest first without sorting.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import tables as t
from archive.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.records import Reading

TABLE = "search_text"
CREATE_SQLITE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(title, standfirst, names, body, content='', "
    "tokenize='unicode61 remove_diacritics 2')"
)
ROWS_PER_SECOND = 1 << 20

text_table = sa.table(TABLE, sa.column("rowid", sa.Integer), *map(sa.column, ("title", "standfirst", "names", "body")))

_TOKEN = re.compile(r'"([^"]*)"|([()])|([^\s()"]+)|(")')
_WORDS = re.compile(r"\w+")


def index_content(connection: Connection, content: int, reading: Reading, at: datetime) -> None:
    """Put a new content into the index under its time of publication, or else the time it was first seen."""
    published = reading.published.at if reading.published else at
    base = int(published.timestamp()) * ROWS_PER_SECOND
    row = t.search_row.c
    newest = connection.scalar(sa.select(sa.func.max(row.id)).where(row.id >= base, row.id < base + ROWS_PER_SECOND))
    number = base if newest is None else newest + 1
    connection.execute(t.search_row.insert().values(id=number, content_id=content, superseded=False))
    connection.execute(
        text_table.insert().values(
            rowid=number,
            title=reading.title or "",
            standfirst=reading.standfirst or "",
            names=" ; ".join(author.name for author in reading.authors),
            body=reading.body,
        )
    )


def mark_superseded(connection: Connection, contents: Iterable[int]) -> None:
    """Note for each content whether any article still reads so."""
    version = t.version.c
    for content in set(contents):
        is_open = sa.and_(version.known_to == t.OPEN, version.valid_to == t.OPEN)
        in_use = sa.exists().where(version.content_id == content, is_open)
        connection.execute(t.search_row.update().where(t.search_row.c.content_id == content).values(superseded=~in_use))


def match_expression(query: str) -> str:
    """Return the FTS5 expression of what a person typed: words, "phrases", prefix*, AND, OR, NOT and brackets.

    Everything is quoted, so punctuation is never syntax. A query that cannot be understood raises a QueryError that
    says where.
    """
    parts: list[str] = []
    depth = 0
    for found in _TOKEN.finditer(query):
        phrase, bracket, word, stray = found.groups()
        if stray:
            raise QueryError(f"search: the quotation mark at character {found.start() + 1} is never closed: {query}")
        if bracket:
            depth += 1 if bracket == "(" else -1
            if depth < 0:
                raise QueryError(f"search: nothing to close at character {found.start() + 1}: {query}")
        part = bracket or _term(phrase, word)
        if part:
            _join(parts, part, found.start(), query)
    if depth:
        raise QueryError(f"search: {depth} bracket(s) never closed: {query}")
    if not parts or parts[-1] in _OPERATORS:
        raise QueryError(f"search: a word is missing at the end: {query!r}")
    return " ".join(parts)


_OPERATORS = ("AND", "OR", "NOT")


def _term(phrase: str | None, word: str | None) -> str:
    if word in _OPERATORS:
        return word or ""
    text = phrase if phrase is not None else word or ""
    words = _WORDS.findall(text)
    if not words:
        return ""
    star = " *" if phrase is None and text.endswith("*") else ""
    return f'"{" ".join(words)}"{star}'


def _join(parts: list[str], part: str, at: int, query: str) -> None:
    starts = not parts or parts[-1] in (*_OPERATORS, "(")
    if part in _OPERATORS or part == ")":
        if starts:
            raise QueryError(f"search: {part} at character {at + 1} needs a word before it: {query}")
    elif not starts:
        parts.append("AND")
    parts.append(part)

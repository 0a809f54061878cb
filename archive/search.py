"""Full-text search: one row of the index per content, newest first by row number.

The index holds no text of its own (SQLite: FTS5 with ``content=''``; PostgreSQL: a tsvector); its row number is the
second of publication times 2**20 plus a counter, so that reading it backwards gives the newest first without sorting.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.exc import DBAPIError

from archive import tables as t
from archive.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.records import Reading

TABLE = "search_text"
_COLUMNS = "title, standfirst, names, body, content='', tokenize='unicode61 remove_diacritics 2'"
CREATE = {
    "sqlite": [f"CREATE VIRTUAL TABLE {TABLE} USING fts5({_COLUMNS})"],
    "postgresql": [
        f"CREATE TABLE {TABLE} (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        f"CREATE INDEX {TABLE}_words ON {TABLE} USING gin (words)",
    ],
}
ROWS_PER_SECOND = 1 << 20

text_table = sa.table(TABLE, sa.column("rowid", sa.Integer), *map(sa.column, ("title", "standfirst", "names", "body")))
words_table = sa.table(TABLE, sa.column("rowid", sa.BigInteger), sa.column("words", TSVECTOR))

_TOKEN = re.compile(r'"([^"]*)"|([()])|([^\s()"]+)|(")')
_WORDS = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W_]+")

# PostgreSQL takes at most a megabyte of word list and 2 kB of word; a text of this many bytes stays below it.
_MOST_BYTES = 500_000
_LONGEST_WORD = 200


def index_content(connection: Connection, content: int, reading: Reading, at: datetime) -> None:
    """Put a new content into the index under its time of publication, or else the time it was first seen."""
    published = reading.published.at if reading.published else at
    base = int(published.timestamp()) * ROWS_PER_SECOND
    row = t.search_row.c
    newest = connection.scalar(sa.select(sa.func.max(row.id)).where(row.id >= base, row.id < base + ROWS_PER_SECOND))
    number = base if newest is None else newest + 1
    connection.execute(t.search_row.insert().values(id=number, content_id=content, superseded=False))
    names = " ; ".join(author.name for author in reading.authors)
    fields = {"title": reading.title or "", "standfirst": reading.standfirst or "", "names": names,
              "body": reading.body}  # fmt: skip
    put_text(connection, number, fields)


def put_text(connection: Connection, number: int, fields: Mapping[str, str]) -> None:
    """Put title, standfirst, names and body into the index under a row number."""
    if connection.dialect.name == "postgresql":
        connection.execute(words_table.insert().values(rowid=number, words=word_list(fields.values())))
    else:
        connection.execute(text_table.insert().values(rowid=number, **fields))


def word_list(fields: Iterable[str]) -> str:
    """Return a tsvector: every word of these texts with its places; no phrase runs from one text into the next."""
    places: dict[str, list[str]] = {}
    at = 0
    for text in fields:
        for word in folded_words(text.encode()[:_MOST_BYTES].decode(errors="ignore")):
            at += 1
            places.setdefault(word, []).append(str(at))
        at += 1
    # It keeps 256 places of a word, none beyond 16383.
    return " ".join(f"'{word}':{','.join(found[:255])}" for word, found in places.items())


def folded_words(text: str) -> list[str]:
    """Return the words of a text as PostgreSQL holds them: letters and digits, case and accents folded.

    FTS5 does the same by itself (unicode61). Done here, it needs no extension and is the same in every locale.
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return [word[:_LONGEST_WORD] for word in _LETTERS.findall(text.casefold())]


def mark_superseded(connection: Connection, contents: Iterable[int]) -> None:
    """Note for each content whether any article still reads so."""
    version = t.version.c
    for content in set(contents):
        is_open = sa.and_(version.known_to == t.OPEN, version.valid_to == t.OPEN)
        in_use = sa.exists().where(version.content_id == content, is_open)
        connection.execute(t.search_row.update().where(t.search_row.c.content_id == content).values(superseded=~in_use))


def matching(connection: Connection, typed: str) -> sa.Select[Any]:
    """Select the row numbers of the index that match what a person typed; a QueryError says what is wrong with it."""
    if connection.dialect.name == "postgresql":
        query = sa.cast(sa.literal(words_expression(typed)), TSQUERY)
        hits = sa.select(words_table.c.rowid).where(words_table.c.words.op("@@")(query))
    else:
        hits = sa.select(text_table.c.rowid).where(sa.literal_column(TABLE).op("MATCH")(match_expression(typed)))
    try:
        connection.execute(hits.limit(1)).first()
    except DBAPIError as error:
        if not _is_too_much(error):
            raise
        raise QueryError(f"search: too many words or brackets inside one another ({error.orig}): {typed}") from error
    return hits


def _is_too_much(error: DBAPIError) -> bool:
    # PostgreSQL's class 54: a limit of the program, such as the depth of its stack.
    return "fts5" in str(error.orig) or str(getattr(error.orig, "sqlstate", "")).startswith("54")


def match_expression(query: str) -> str:
    """Return the FTS5 expression of what a person typed.

    Everything is quoted, so punctuation is never syntax.
    """
    return " ".join(_parse(query))


_TSQUERY = {"AND": "&", "OR": "|", "NOT": "& !"}


def words_expression(query: str) -> str:
    """Return the tsquery of what a person typed: the same meaning as :func:`match_expression` has for FTS5."""
    return " ".join(_TSQUERY.get(part) or _following(part) for part in _parse(query))


def _following(part: str) -> str:
    """Return a term as words that follow one another; a bracket stays."""
    if not part.startswith('"'):
        return part
    words = [f"'{word}'" for word in folded_words(part)]
    if not words:
        return "'_'"  # as in FTS5: what has neither letter nor digit is found nowhere
    return "(" + " <-> ".join(words) + (":*" if part.endswith("*") else "") + ")"


def _parse(query: str) -> list[str]:
    """Return the parts of a query: words, "phrases", prefix*, AND, OR, NOT and brackets.

    A query that cannot be understood raises a QueryError that says where.
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
    return parts


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

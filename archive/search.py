"""Full-text search: one row of the index per content, newest first by row number.

The index holds no text of its own (SQLite: FTS5 with ``content=''``; PostgreSQL: a tsvector); its row number is the
second of publication times 2**20 plus a number that its page gives, so that reading it backwards gives the newest
first without sorting.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.exc import DBAPIError

from archive import tables as t
from archive.bulk import insert_rows, rows_in, run_each
from archive.errors import QueryError
from archive.query import All, Not, OneOf, Words
from archive.texts import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.query import Node
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

WEIGHTS = {"title": "A", "standfirst": "B", "names": "C", "body": "D"}
"""The label of each field in a tsvector; it is what a field term asks for."""

_LETTERS = re.compile(r"[^\W_]+")

# PostgreSQL takes at most a megabyte of word list and 2 kB of word; a text of this many bytes stays below it.
_MOST_BYTES = 500_000
_LONGEST_WORD = 200


def index_content(connection: Connection, content: int, reading: Reading, at: datetime) -> None:
    """Put a new content into the index under its time of publication, or else the time it was first seen."""
    index_contents(connection, [(content, reading, at)])


def index_contents(connection: Connection, told: Sequence[tuple[int, Reading, datetime]]) -> None:
    """Put new contents into the index, each as :func:`index_content` does."""
    if not told:
        return
    wanted = [_number(reading, at) for _, reading, at in told]
    numbers = _free(connection, wanted)
    entries = [{"id": number, "content_id": content, "superseded": False}
               for number, (content, *_) in zip(numbers, told, strict=True)]  # fmt: skip
    insert_rows(connection, t.search_row, entries)
    put_texts(connection, [(number, _fields(reading)) for number, (_, reading, _) in zip(numbers, told, strict=True)])


def _number(reading: Reading, at: datetime) -> int:
    """Return where a text belongs: its second, and within that where its page says.

    Writers beside each other then seldom want the same row, as they would if each took the next free one. The texts of
    one story lie beside each other, most of whose words are the same: a sixth less to write down for the index.
    """
    published = reading.published.at if reading.published else at
    page = reading.canonical_url or next((found.value for found in reading.identities), reading.body)
    return int(published.timestamp()) * ROWS_PER_SECOND + zlib.crc32(page.encode()) % ROWS_PER_SECOND


def _free(connection: Connection, wanted: Sequence[int]) -> list[int]:
    """Return a free row for each wanted one: itself, or the next that nobody has."""
    near = {number + more for number in wanted for more in range(_LIKELY)}
    taken = {row[0] for row in rows_in(connection, _TAKEN, near)}
    found: list[int] = []
    for number in wanted:
        while number in taken:
            number += 1  # noqa: PLW2901 - the next one is wanted then
            if number not in near:
                taken |= {row[0] for row in rows_in(connection, _TAKEN, [number])}
        taken.add(number)
        found.append(number)
    return found


_LIKELY = 8
"""Rows that are asked for with one question: the texts of one story follow each other."""

_TAKEN = "SELECT id FROM search_row WHERE id IN ({})"


def _fields(reading: Reading) -> dict[str, str]:
    names = " ; ".join(author.name for author in reading.authors)
    return {"title": reading.title or "", "standfirst": reading.standfirst or "", "names": names, "body": reading.body}


def remove_content(connection: Connection, content: int) -> None:
    """Take a content out of the index. The index of SQLite must be told the words that it is to forget."""
    row = t.search_row.c
    number = connection.scalar(sa.select(row.id).where(row.content_id == content))
    if number is None:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(words_table.delete().where(words_table.c.rowid == number))
    else:
        held = connection.execute(sa.select(t.content).where(t.content.c.id == content)).one()
        forget = sa.text(f"INSERT INTO {TABLE}({TABLE}, rowid, title, standfirst, names, body) "  # noqa: S608 - a constant
                         "VALUES ('delete', :rowid, :title, :standfirst, :names, :body)")  # fmt: skip
        connection.execute(forget, {
            "rowid": number, "title": held.title or "", "standfirst": held.standfirst or "",
            "names": " ; ".join(held.names), "body": unpacked(connection, held) or "",
        })  # fmt: skip
    connection.execute(t.search_row.delete().where(row.id == number))


def put_texts(connection: Connection, told: Sequence[tuple[int, Mapping[str, str]]]) -> None:
    """Put title, standfirst, names and body into the index under row numbers."""
    if connection.dialect.name == "postgresql":
        insert_rows(connection, words_table, [{"rowid": number, "words": word_list(fields)} for number, fields in told])
    else:
        insert_rows(connection, text_table, [{"rowid": number, **fields} for number, fields in told])


def word_list(fields: Mapping[str, str]) -> str:
    """Return a tsvector: every word of these texts with its places; no phrase runs from one text into the next.

    The weight of a place says which field it is in.
    """
    places: dict[str, list[str]] = {}
    at = 0
    for field, text in fields.items():
        for word in folded_words(text.encode()[:_MOST_BYTES].decode(errors="ignore")):
            at += 1
            places.setdefault(word, []).append(f"{at}{WEIGHTS[field]}")
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
    run_each(connection, _SUPERSEDED, [(content, content) for content in sorted(set(contents))])


_SUPERSEDED = (
    "UPDATE search_row SET superseded = NOT EXISTS (SELECT 1 FROM version WHERE content_id = ? "  # noqa: S608 - a constant
    f"AND known_to = {t.FOREVER_MICROS} AND valid_to = {t.FOREVER_MICROS}) WHERE content_id = ?"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of the index, from the oldest to the newest, both included."""

    oldest: int = -(2**62)
    newest: int = 2**62

    def holds(self, number: sa.ColumnElement[int]) -> list[sa.ColumnElement[bool]]:
        """Return the conditions that a row number lies in this span; none for the whole index."""
        conditions = []
        if self.oldest != EVERYWHERE.oldest:
            conditions.append(number >= self.oldest)
        if self.newest != EVERYWHERE.newest:
            conditions.append(number <= self.newest)
        return conditions


EVERYWHERE = Span()


def matching(connection: Connection, node: Node, span: Span = EVERYWHERE) -> sa.Select[Any]:
    """Select the row numbers of the index that match words that were asked for (:func:`is_text`)."""
    if connection.dialect.name == "postgresql":
        query = sa.cast(sa.literal(tsquery(node)), TSQUERY)
        hits = sa.select(words_table.c.rowid).where(words_table.c.words.op("@@")(query))
    else:
        hits = sa.select(text_table.c.rowid).where(sa.literal_column(TABLE).op("MATCH")(fts5(node)))
    try:
        connection.execute(hits.limit(1)).first()
    except DBAPIError as error:
        if not _is_too_much(error):
            raise
        raise QueryError(f"search: too many words or brackets inside one another ({error.orig})") from error
    return hits.where(*span.holds(_ROW))


_ROW = sa.column("rowid", sa.BigInteger)


def nth_newest(connection: Connection, node: Node, number: int, span: Span) -> int | None:
    """Return the row of the so-many-th newest text in a span that matches words; None if there are not so many."""
    newest = matching(connection, node, span).order_by(_ROW.desc()).offset(number - 1).limit(1)
    found: int | None = connection.scalar(newest)
    return found


def _is_too_much(error: DBAPIError) -> bool:
    # PostgreSQL's class 54: a limit of the program, such as the depth of its stack.
    return "fts5" in str(error.orig) or str(getattr(error.orig, "sqlstate", "")).startswith("54")


def ranking(connection: Connection, node: Node, span: Span) -> sa.Subquery:
    """Select the rows of a span that match, as ``rowid`` and ``rank``; the least rank fits best."""
    hits = matching(connection, node, span)
    rank: sa.ColumnElement[Any]
    if connection.dialect.name == "postgresql":
        query = sa.cast(sa.literal(tsquery(node)), TSQUERY)
        rank = -sa.func.ts_rank(words_table.c.words, query)
    else:
        # A word in the headline says more than one in the text.
        rank = sa.literal_column(f"bm25({TABLE}, 8.0, 4.0, 4.0, 1.0)", sa.Float)
    return hits.add_columns(rank.label("rank")).subquery("ranked")


def is_text(node: Node) -> bool:
    """Say whether the index alone can answer this part of a query: words, and what must not stand beside them."""
    if isinstance(node, Words):
        return True
    if isinstance(node, OneOf):
        return all(map(is_text, node.parts))
    if isinstance(node, All):
        wanted = [part for part in node.parts if not isinstance(part, Not)]
        unwanted = [part.part for part in node.parts if isinstance(part, Not)]
        return bool(wanted) and all(map(is_text, (*wanted, *unwanted)))
    return False


def fts5(node: Node) -> str:
    """Return words as an FTS5 expression. Everything is quoted, so punctuation is never syntax."""
    if isinstance(node, Words):
        field = f"{node.field} : " if node.field else ""
        return f'{field}"{" ".join(node.words)}"' + (" *" if node.is_prefix else "")
    if isinstance(node, OneOf):
        return "(" + " OR ".join(map(fts5, node.parts)) + ")"
    if isinstance(node, All):
        wanted = " AND ".join(fts5(part) for part in node.parts if not isinstance(part, Not))
        unwanted = "".join(f" NOT {fts5(part.part)}" for part in node.parts if isinstance(part, Not))
        return f"(({wanted}){unwanted})"
    raise TypeError(f"not text: {node}")


def tsquery(node: Node) -> str:
    """Return words as a tsquery: the same meaning as :func:`fts5` has for SQLite."""
    if isinstance(node, Words):
        return _following(node)
    if isinstance(node, Not):
        return f"!{tsquery(node.part)}"
    if isinstance(node, OneOf):
        return "(" + " | ".join(map(tsquery, node.parts)) + ")"
    if isinstance(node, All):
        return "(" + " & ".join(map(tsquery, node.parts)) + ")"
    raise TypeError(f"not text: {node}")


def _following(node: Words) -> str:
    weight = WEIGHTS[node.field] if node.field else ""
    words = [f"'{word}'" for word in folded_words(" ".join(node.words))]
    if not words:
        return "'_'"  # as in FTS5: what has neither letter nor digit is found nowhere
    labels = [weight] * (len(words) - 1) + [("*" if node.is_prefix else "") + weight]
    return (
        "("
        + " <-> ".join(f"{word}:{label}" if label else word for word, label in zip(words, labels, strict=True))
        + ")"
    )

"""Full-text search: the texts that articles have, newest first by row number; of those before them what is gone.

Two indexes, which hold no text of their own (SQLite: FTS5 with ``content=''``; PostgreSQL: tsvectors). ``search_text``
has the last text of each article, whole. ``search_past`` has of a text that another took the place of only what that
one lacks: paragraphs, a headline. So the words of an old text are in its row, or in one of the texts that came after.

A text has one row number in both, its second of publication times 16 plus what is free there, so that reading an index
backwards gives the newest first without sorting. The numbers are small because an index holds them as differences:
measured on invented texts of 550 words, 100,000 a year, a text takes 2,330 bytes with one number for each second,
2,400 with 4, 2,470 with 16, 2,650 with 256 and 3,140 with 2**20. With fewer than 16 whole minutes fill up where a
paper prints the minute alone. A story that tells only its day lies somewhere in that day.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.exc import DBAPIError

from archive import tables as t
from archive.bulk import cursor, insert_rows, rows_in, run_each
from archive.errors import QueryError, StoreError
from archive.query import All, Not, OneOf, Words
from archive.said import said
from archive.texts import COLUMNS, all_unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.query import Node
    from archive.records import Reading

TABLE, PAST = "search_text", "search_past"
_COLUMNS = "title, standfirst, names, body, content='', tokenize='unicode61 remove_diacritics 2'"


def _creating(table: str) -> dict[str, list[str]]:
    return {
        "sqlite": [f"CREATE VIRTUAL TABLE {table} USING fts5({_COLUMNS})"],
        "postgresql": [
            f"CREATE TABLE {table} (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
            f"CREATE INDEX {table}_words ON {table} USING gin (words)",
        ],
    }


CREATE, CREATE_PAST = _creating(TABLE), _creating(PAST)
NO_PAST = {
    "sqlite": f"CREATE VIRTUAL TABLE temp.{PAST} USING fts5({_COLUMNS})",
    "postgresql": f"CREATE TEMPORARY TABLE {PAST} (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
}
"""What stands for the index of the past where an older schema has all texts in one."""

ROWS_PER_SECOND = 16

Fields = dict[str, str]
"""What a text says, by the columns of the index."""

FIELD_NAMES = ("title", "standfirst", "names", "body")
_TEXTS = {name: sa.table(name, sa.column("rowid", sa.Integer), *map(sa.column, FIELD_NAMES)) for name in (TABLE, PAST)}
_WORDS = {name: sa.table(name, sa.column("rowid", sa.BigInteger), sa.column("words", TSVECTOR))
          for name in (TABLE, PAST)}  # fmt: skip

WEIGHTS = {"title": "A", "standfirst": "B", "names": "C", "body": "D"}
"""The label of each field in a tsvector; it is what a field term asks for."""

_LETTERS = re.compile(r"[^\W_]+")

# PostgreSQL takes at most a megabyte of word list and 2 kB of word; a text of this many bytes stays below it.
_MOST_BYTES = 500_000
_LONGEST_WORD = 200


# ------------------------------------------------------------------ row numbers


def index_content(connection: Connection, content: int, reading: Reading, at: datetime) -> None:
    """Put a new content into the index under its time of publication, or else the time it was first seen."""
    index_contents(connection, [(content, reading, at)])


def index_contents(connection: Connection, told: Sequence[tuple[int, Reading, datetime]],
                   outlived: Collection[int] = ()) -> dict[int, Fields]:  # fmt: skip
    """Put new contents into the index as texts of today, each as :func:`index_content` does; return what they say.

    Those that are none are taken out by :func:`settle`. Those in ``outlived`` are known to be none: they get a row
    number, and their words when settle is told of them.
    """
    if not told:
        return {}
    numbers = _free(connection, [(_place(reading, at), content) for content, reading, at in told])
    entries = [{"id": number, "content_id": content, "superseded": False}
               for number, (content, *_) in zip(numbers, told, strict=True)]  # fmt: skip
    insert_rows(connection, t.search_row, entries)
    said = {content: _read(reading) for content, reading, _ in told}
    put_texts(
        connection, [(row["id"], said[row["content_id"]]) for row in entries if row["content_id"] not in outlived]
    )
    return said


def _place(reading: Reading, at: datetime) -> int:
    """Return where a text belongs: its second, and within that where its page says.

    Writers beside each other then seldom want the same row, as they would if each took the next free one. The texts of
    one story lie beside each other, most of whose words are the same.
    """
    page = reading.canonical_url or next((found.value for found in reading.identities), reading.body)
    lot = zlib.crc32(page.encode())
    second = int((reading.published.at if reading.published else at).timestamp())
    if reading.published and reading.published.precision == "day":
        second += lot // ROWS_PER_SECOND % _DAY
    return second * ROWS_PER_SECOND + lot % ROWS_PER_SECOND


def _free(connection: Connection, wanted: Sequence[tuple[int, int]]) -> list[int]:
    """Return a free row for each (wanted row, content): itself, one of the next, or one further away."""
    near = {number + more for number, _ in wanted for more in range(_NEAR)}
    taken = {row[0] for row in rows_in(connection, _TAKEN, near)}
    found: list[int] = []
    for number, content in wanted:
        free = next((at for at in range(number, number + _NEAR) if at not in taken), None)
        if free is None:
            free = _further(connection, number, content, taken)
        taken.add(free)
        found.append(free)
    return found


def _further(connection: Connection, number: int, content: int, taken: Collection[int]) -> int:
    """Return a free row at one of the places, further and further away, where the lot of a content falls.

    Thousands of stories may have one second: none shall have to pass by all the others.
    """
    for attempt in count():
        lots = ((width, zlib.crc32(b"%d %d %d" % (content, width, attempt))) for width in _FURTHER)
        places = [number + (1 << width) + lot % (1 << width) for width, lot in lots]
        held = {row[0] for row in rows_in(connection, _TAKEN, places)}
        free = next((place for place in places if place not in held and place not in taken), None)
        if free is not None:
            return free
    raise AssertionError(number)


_DAY = 86_400
_NEAR = 8
"""Rows that are asked for with one question: the texts of one story follow each other."""
_FURTHER = range(_NEAR.bit_length(), 26)
"""Powers of two: from the next second to some weeks away, which no paper's one second needs."""

_TAKEN = "SELECT id FROM search_row WHERE id IN ({})"


# ------------------------------------------------------------------ words put in and taken out


def put_texts(connection: Connection, told: Sequence[tuple[int, Mapping[str, str]]], table: str = TABLE) -> None:
    """Put title, standfirst, names and body into an index under row numbers."""
    if connection.dialect.name == "postgresql":
        rows = [{"rowid": number, "words": word_list(fields)} for number, fields in told]
        insert_rows(connection, _WORDS[table], rows)
    else:
        insert_rows(connection, _TEXTS[table], [{"rowid": number, **fields} for number, fields in told])


def _forget(connection: Connection, told: Sequence[tuple[int, Mapping[str, str]]], table: str = TABLE) -> None:
    """Take row numbers out of an index. That of SQLite must be told the words that it is to forget."""
    if connection.dialect.name == "postgresql":
        statement = f"DELETE FROM {table} WHERE rowid = ?"  # noqa: S608 - a constant
        run_each(connection, statement, [(number,) for number, _ in told])
    else:
        statement = f"INSERT INTO {table}({table}, rowid, {', '.join(FIELD_NAMES)}) VALUES ('delete', ?, ?, ?, ?, ?)"  # noqa: S608 - constants
        run_each(connection, statement, [(number, *map(fields.__getitem__, FIELD_NAMES)) for number, fields in told])


def _read(reading: Reading) -> Fields:
    names = " ; ".join(author.name for author in reading.authors)
    return {"title": reading.title or "", "standfirst": reading.standfirst or "", "names": names, "body": reading.body}


def fields_of(connection: Connection, contents: Collection[int]) -> dict[int, Fields]:
    """Return what contents say, by their ids; those that were erased are left out."""
    row, said, wanted = t.content.c, {}, sorted(contents)
    columns = sa.select(row.id, row.title, row.standfirst, row.names, *COLUMNS)
    rows = [found for at in range(0, len(wanted), _TOGETHER)
            for found in connection.execute(columns.where(row.id.in_(wanted[at : at + _TOGETHER])))]  # fmt: skip
    bodies = all_unpacked(connection, rows)
    for found in rows:
        body = bodies[found.id]
        if body is not None:
            said[found.id] = {"title": found.title or "", "standfirst": found.standfirst or "",
                              "names": " ; ".join(found.names), "body": body}  # fmt: skip
    return said


_TOGETHER = 500


def lacking(fields: Fields, other: Fields | None) -> Fields:
    """Return what another text has not: whole paragraphs, and headline, standfirst and names where they differ."""
    if other is None:
        return fields
    paragraphs = frozenset(other["body"].split("\n\n"))
    own = {name: text if text != other[name] else "" for name, text in fields.items()}
    return own | {"body": "\n\n".join(part for part in fields["body"].split("\n\n") if part not in paragraphs)}


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


# ------------------------------------------------------------------ texts come and go


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the index: whose words, in which of both, and what was left out of them: those of ``against``."""

    id: int
    content: int
    superseded: bool
    against: int | None


def settle(connection: Connection, articles: Collection[int], said: Mapping[int, Fields] | None = None,
           outlived: Collection[int] = ()) -> None:  # fmt: skip
    """Bring the indexes in step with what articles say, after their versions were written.

    ``said`` and ``outlived`` are of :func:`index_contents`: what some texts say, and which have no words there yet.

    The last text of an article is whole in the index of today, though the article be gone. A text that is nobody's
    last one goes to that of the past, without the words that the one which followed has, however many came together.
    What it leans on so must be among the texts of its article, or its words could not be looked for there.
    """
    chosen = sorted(articles)
    for at in range(0, len(chosen), _TOGETHER):
        wanted = _Wanted.of(connection, chosen[at : at + _TOGETHER])
        moves = wanted.moves(connection)
        wordless = [row for content, row in wanted.rows.items() if content in outlived]
        _move(connection, moves, said or {}, wordless)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What some articles say: the rows of all their texts, and of those as known now their last one, whose they are,
    and which text followed which at last."""

    rows: dict[int, _Row]
    last: dict[int, int]
    said_by: dict[int, set[int]]
    followed: dict[tuple[int, int], int]  # by article and text

    @classmethod
    def of(cls, connection: Connection, articles: Sequence[int]) -> _Wanted:
        wanted = cls({}, {}, {}, {})
        if connection.dialect.name == "postgresql":  # SQLite has one writer
            rows_in(connection, _LOCKED, articles)
        for article, content, known_to, number, superseded, against in rows_in(connection, _SAID, articles):
            if number is not None:
                wanted.rows[content] = _Row(number, content, bool(superseded), against)
            if known_to == t.FOREVER_MICROS:
                wanted.followed[article, wanted.last.get(article, content)] = content
                wanted.last[article] = content
                wanted.said_by.setdefault(content, set()).add(article)
        return wanted

    def moves(self, connection: Connection) -> list[tuple[_Row, _Row]]:
        """Return the rows that do not stand where they should, each with how it should be."""
        last = set(self.last.values())
        moves = [(row, _Row(row.id, row.content, superseded=False, against=None))
                 for content, row in self.rows.items() if row.superseded and content in last]  # fmt: skip
        astray = {content for content, row in self.rows.items()
                  if content not in last and (not row.superseded or self._leans_astray(row))}  # fmt: skip
        whose: dict[int, set[int]] = {content: set() for content in astray}
        for content, article, is_last in rows_in(connection, _SAID_BY, astray) if astray else ():
            if is_last:
                astray.discard(content)
            whose[content].add(article)
        for content in sorted(astray):
            row, articles = self.rows[content], whose[content]
            # What more than one story said is kept whole: the others have other texts.
            against = self.followed.get((min(articles), content)) if len(articles) == 1 else None
            against = against if against in self.rows else None
            moves.append((row, _Row(row.id, content, superseded=True, against=against)))
        return moves

    def _leans_astray(self, row: _Row) -> bool:
        # Not on the one that followed: its words might be left out of both.
        articles = self.said_by.get(row.content, ()) if row.against is not None else ()
        return any(self.followed[article, row.content] != row.against for article in articles)


_LOCKED = (
    "SELECT id FROM search_row WHERE content_id IN (SELECT content_id FROM version WHERE article_id IN ({})) "
    "ORDER BY id FOR UPDATE"
)
_SAID = (
    "SELECT v.article_id, v.content_id, v.known_to, w.id, w.superseded, w.against FROM version v "
    "LEFT JOIN search_row w ON w.content_id = v.content_id "
    "WHERE v.article_id IN ({}) AND v.content_id IS NOT NULL ORDER BY v.article_id, v.number"
)
_SAID_BY = (
    "SELECT v.content_id, v.article_id, NOT EXISTS (SELECT 1 FROM version l WHERE l.article_id = v.article_id "  # noqa: S608 - a constant
    f"AND l.known_to = {t.FOREVER_MICROS} AND l.number > v.number AND l.content_id IS NOT NULL) "
    f"FROM version v WHERE v.content_id IN ({{}}) AND v.known_to = {t.FOREVER_MICROS}"
)


def _move(connection: Connection, moves: Sequence[tuple[_Row, _Row]], said: Mapping[int, Fields],
          wordless: Sequence[_Row] = ()) -> None:  # fmt: skip
    """Bring rows from where they stand to where they should; those stay whose texts are damaged.

    ``said`` is what some texts say, ``wordless`` are rows that stand nowhere yet.
    """
    if not moves and not wordless:
        return
    both = [row for move in moves for row in move]
    wanted = {row.content for row in both} | {row.against for row in both if row.against}
    told = {**said, **_readable(connection, wanted - said.keys())}
    moves = [move for move in moves if all(told.keys() >= {row.content, row.against or row.content} for row in move)]
    absent, moved = {row.id for row in wordless}, {row.id for row, _ in moves}
    new = [row for _, row in moves] + [row for row in wordless if row.id not in moved]
    for table in (TABLE, PAST):
        old = [row for row, _ in moves if _table(row) == table and row.id not in absent]
        _forget(connection, [(row.id, _held(row, told)) for row in old], table)
    for table in (TABLE, PAST):
        put_texts(connection, [(row.id, _held(row, told)) for row in new if _table(row) == table], table)
    run_each(connection, _MOVED, [(row.superseded, row.against, row.id) for _, row in moves])


_MOVED = "UPDATE search_row SET superseded = ?, against = ? WHERE id = ?"


def _readable(connection: Connection, contents: Collection[int]) -> dict[int, Fields]:
    try:
        return fields_of(connection, contents)
    except StoreError:
        told: dict[int, Fields] = {}
        for content in contents:
            with suppress(StoreError):
                told |= fields_of(connection, [content])
        return told


def _table(row: _Row) -> str:
    return PAST if row.superseded else TABLE


def _held(row: _Row, told: Mapping[int, Fields]) -> Fields:
    return lacking(told[row.content], told.get(row.against) if row.against else None)


def remove_contents(connection: Connection, contents: Collection[int]) -> None:
    """Take contents out of the index, before their texts are erased."""
    gone = sorted(contents)
    leaning = [row for row in _rows(connection, _LEANING, gone) if row.content not in contents]
    _move(connection, [(row, _Row(row.id, row.content, superseded=True, against=None)) for row in leaning], {})
    rows = _rows(connection, _OF_CONTENTS, gone)
    told = fields_of(connection, {row.content for row in rows} | {row.against for row in rows if row.against})
    for table in (TABLE, PAST):
        _forget(connection, [(row.id, _held(row, told)) for row in rows if _table(row) == table], table)
    run_each(connection, "DELETE FROM search_row WHERE id = ?", [(row.id,) for row in rows])


def fill(connection: Connection, progress: Callable[[int], None]) -> None:
    """Fill both indexes, which are empty, with the texts that have a row number; ``progress`` is told how many are."""
    row, after, filled = t.search_row.c, OLDEST, 0
    part = sa.select(row.id, row.content_id).where(row.id > sa.bindparam("after")).order_by(row.id).limit(_TOGETHER)
    while found := connection.execute(part, {"after": after}).all():
        contents = [content for _, content in found]
        articles = sorted({article for (article,) in rows_in(connection, _ARTICLES, contents)})
        moved = {old.content: new for old, new in _Wanted.of(connection, articles).moves(connection)}
        rows = [moved.get(content, _Row(number, content, superseded=False, against=None)) for number, content in found]
        told = _readable(connection, {*contents, *(row.against for row in rows if row.against)})
        rows = [row for row in rows if told.keys() >= {row.content, row.against or row.content}]
        for table in (TABLE, PAST):
            put_texts(connection, [(row.id, _held(row, told)) for row in rows if _table(row) == table], table)
        run_each(connection, _MOVED, [(row.superseded, row.against, row.id) for row in rows])
        after, filled = found[-1].id, filled + len(found)
        progress(filled)


def merge(connection: Connection) -> bool:
    """Merge some of the segments that groups wrote into each index; return False if there was nothing to merge.

    A search asks them one by one: with 100,000 texts in 3 instead of 19 it takes 0.3 to 0.6 of the time. Each visit's
    end merges so much, for a tenth of a second. PostgreSQL's indexes are one piece.
    """
    if connection.dialect.name == "postgresql":
        return False
    with cursor(connection) as merging:
        for table in (TABLE, PAST):
            merging.execute(f"INSERT INTO {table}({table}, rank) VALUES ('usermerge', 2)")  # noqa: S608 - a constant
        before = _changes(merging)
        for table in (TABLE, PAST):
            merging.execute(f"INSERT INTO {table}({table}, rank) VALUES ('merge', {_MERGED})")  # noqa: S608 - constants
        # A statement that finds nothing to merge changes one row all the same: https://sqlite.org/fts5.html
        return _changes(merging) - before > len((TABLE, PAST))


def _changes(asking: Any) -> int:
    (total,) = asking.execute("SELECT total_changes()").fetchone()
    return int(total)


_MERGED = 1000
"""Pages of an index that are merged at once."""


def is_unfilled(connection: Connection) -> bool:
    """Say whether texts have row numbers and neither index has any of their words."""
    numbered, *held = [connection.exec_driver_sql(f"SELECT {column} FROM {table} LIMIT 1").first()  # noqa: S608 - constants
                       for column, table in (("id", "search_row"), ("rowid", TABLE), ("rowid", PAST))]  # fmt: skip
    return numbered is not None and held == [None, None]


def _rows(connection: Connection, question: str, contents: Collection[int]) -> list[_Row]:
    return [_Row(number, content, bool(superseded), against)
            for number, content, superseded, against in rows_in(connection, question, contents)]  # fmt: skip


_OF_CONTENTS = "SELECT id, content_id, superseded, against FROM search_row WHERE content_id IN ({})"
_LEANING = "SELECT id, content_id, superseded, against FROM search_row WHERE against IN ({})"
_ARTICLES = "SELECT DISTINCT article_id FROM version WHERE content_id IN ({})"


# ------------------------------------------------------------------ asked


OLDEST, NEWEST = -(2**62), 2**62
"""No row number lies outside."""


def matching(connection: Connection, node: Node, table: str = TABLE) -> sa.Select[Any]:
    """Select the row numbers of an index that match words that were asked for (:func:`is_text`)."""
    if connection.dialect.name == "postgresql":
        words = _WORDS[table]
        query = sa.cast(sa.literal(tsquery(node)), TSQUERY)
        hits = sa.select(words.c.rowid).where(words.c.words.op("@@")(query))
    else:
        hits = sa.select(_TEXTS[table].c.rowid).where(sa.literal_column(table).op("MATCH")(fts5(node)))
    with _understood():
        connection.execute(hits.limit(1)).first()
    return hits


def newest(connection: Connection, node: Node, most: int, before: int = NEWEST,
           table: str = TABLE) -> list[int]:  # fmt: skip
    """Return the newest rows of an index that match words, so many, from a row number on backwards."""
    with _understood():
        if connection.dialect.name == "sqlite":
            asked: tuple[Any, ...] = (fts5(node), before, most)
            return _numbers(connection, _NEWEST[table], asked)
        return _newest_of_postgresql(connection, node, most, before, table)


def _newest_of_postgresql(connection: Connection, node: Node, most: int, before: int, table: str) -> list[int]:
    query, loose = tsquery(node), loosened(node)
    found = _numbers(connection, _LOOKED_AT[table], (query, before, _GLANCE, most))
    further = 2 * _GLANCE * most // max(len(found), 1)
    if len(found) < most and further <= (_FAR if query == loose else _FARTHEST):
        found = _numbers(connection, _LOOKED_AT[table], (query, before, further, most))
    if len(found) == most:
        return found
    if query != loose:
        return _by_index(connection, _SIFTED[table], (loose, before, query, most))
    sort = _by_index if found else _numbers  # of what is rare PostgreSQL knows that the index is the way
    return sort(connection, _SORTED[table], (query, before, most))


def _by_index(connection: Connection, statement: str, values: tuple[Any, ...]) -> list[int]:
    """Ask by PostgreSQL's index: left to choose it reads every text, and does not count what unpacking takes."""
    with cursor(connection) as asking:
        asking.execute("SET LOCAL enable_seqscan = off")
        found = [number for (number,) in asking.execute(statement, values)]
        asking.execute("SET LOCAL enable_seqscan = DEFAULT")
    return found


_NEWEST = {table: f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid <= ? ORDER BY rowid DESC LIMIT ?"  # noqa: S608 - constants
           for table in (TABLE, PAST)}  # fmt: skip
# PostgreSQL's index of words knows no order. A common word is among the newest texts; of another all hits are sorted.
# Left to choose, it walks from the newest on as well for words that are rare, and unpacks the words of every text.
_LOOKED_AT = {table: (
    f"SELECT n.rowid FROM (SELECT rowid, words, %s::tsquery AS asked FROM {table} WHERE rowid <= %s "  # noqa: S608 - constants
    "ORDER BY rowid DESC LIMIT %s) n WHERE n.words @@ n.asked ORDER BY n.rowid DESC LIMIT %s"
) for table in (TABLE, PAST)}  # fmt: skip
_SORTED = {table: (
    f"SELECT rowid FROM {table} WHERE words @@ %s::tsquery AND rowid + 0 <= %s ORDER BY rowid + 0 DESC LIMIT %s"  # noqa: S608 - constants
) for table in (TABLE, PAST)}  # fmt: skip
# The index knows neither where words stand nor in which part: what has them at all is unpacked from the newest on.
_SIFTED = {table: (
    "SELECT n.place FROM (SELECT rowid + 0 AS place, words FROM "  # noqa: S608 - constants
    f"{table} WHERE words @@ %s::tsquery AND rowid + 0 <= %s ORDER BY rowid + 0 DESC OFFSET 0) n "
    "WHERE n.words @@ %s::tsquery ORDER BY n.place DESC LIMIT %s"
) for table in (TABLE, PAST)}  # fmt: skip
_GLANCE, _FAR, _FARTHEST = 64, 512, 4096
"""Of the newest texts so many are looked at first; then as many as should do by what that found, at most so many: more
where what the index finds must be unpacked. Measured on texts of 550 words: 8 us for each that is looked at."""


def walked(connection: Connection, node: Node, of_rows: sa.Select[Any], most: int,
           begins: tuple[int, ...] | None) -> list[Any]:  # fmt: skip
    """Return what a query tells of rows that match words, the newest first: so many, if there are.

    The query may tell more than once of a row: then there are more, or one of them is the last. ``begins`` are the
    first two columns, of which the first is the row's number, that a row must be below. SQLite finds a row when it is
    fetched, so no more of them are looked at.
    """
    found: list[Any] = []
    with _understood(), cursor(connection) as asking:
        asking.execute(_walking(of_rows, connection.dialect), (fts5(node), begins[0] if begins else NEWEST))
        at_once = most
        while len(found) < most or (len(found) > 1 and found[-1][0] == found[-2][0]):
            if not (rows := asking.fetchmany(at_once)):
                break
            found += rows if begins is None else [row for row in rows if row[:2] < begins]
            at_once = most if len(found) < most else 1
    return found


@lru_cache(maxsize=8)
def _walking(of_rows: sa.Select[Any], dialect: sa.Dialect) -> str:
    # The plus lets SQLite look a row up by what the words find, never the words anew for each row.
    words = t.search_row.c.id == sa.literal_column(f"+{TABLE}.rowid", sa.BigInteger)
    asked = of_rows.join(_TEXTS[TABLE], words).where(sa.text(f"{TABLE} MATCH ? AND {TABLE}.rowid <= ?"))
    newest_first = asked.order_by(_TEXTS[TABLE].c.rowid.desc())
    return str(newest_first.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _numbers(connection: Connection, statement: str, values: tuple[Any, ...]) -> list[int]:
    with cursor(connection) as asking:
        return [number for (number,) in asking.execute(statement, values)]


@contextmanager
def _understood() -> Iterator[None]:
    """Tell in a QueryError what is too much for the database's own reading of a query."""
    try:
        yield
    except DBAPIError as error:
        if not _is_too_much(error):
            raise
        raise QueryError(
            said("search: too many words or brackets inside one another (%(why)s)", why=error.orig)
        ) from error


def _is_too_much(error: DBAPIError) -> bool:
    # PostgreSQL's class 54: a limit of the program, such as the depth of its stack.
    return "fts5" in str(error.orig) or str(getattr(error.orig, "sqlstate", "")).startswith("54")


BM25 = "8.0, 4.0, 4.0, 1.0"
"""What a word says in each field: in the headline more than in the text."""


def ranking(connection: Connection, node: Node, oldest: int) -> sa.Subquery:
    """Select the rows that match, from the oldest on, as ``rowid`` and ``rank``; the least rank fits best."""
    hits = matching(connection, node).where(sa.column("rowid", sa.BigInteger) >= oldest)
    rank: sa.ColumnElement[Any]
    if connection.dialect.name == "postgresql":
        query = sa.cast(sa.literal(tsquery(node)), TSQUERY)
        rank = -sa.func.ts_rank(_WORDS[TABLE].c.words, query)
    else:
        rank = sa.literal_column(f"bm25({TABLE}, {BM25})", sa.Float)
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


def loosened(node: Node) -> str:
    """Return a tsquery for all that a query finds, and more, which asks for no place and no part of a text.

    It is the same as :func:`tsquery` where that asks for none either.
    """
    if isinstance(node, Words):
        *before, last = folded_words(" ".join(node.words)) or [""]
        parts = (*(Words((word,)) for word in before), Words((last,), is_prefix=node.is_prefix))
        return tsquery(All(parts) if before else parts[0])
    if isinstance(node, OneOf):
        return "(" + " | ".join(map(loosened, node.parts)) + ")"
    if isinstance(node, All):
        # What must not be there stays only where more is not less.
        told = [tsquery(part) if isinstance(part, Not) else loosened(part) for part in node.parts
                if not isinstance(part, Not) or tsquery(part.part) == loosened(part.part)]  # fmt: skip
        return "(" + " & ".join(told) + ")"
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

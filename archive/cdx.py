"""The index of the captures that may be handed out, in the form and order of CDXJ, as ``cdxj-indexer`` writes it.

One line a response or 304: sort-friendly address, time, and where the record lies. What is asked is one address, or
all below a path, a host or a domain; it is read piece by piece, so that an answer may be as long as it likes.
"""

from __future__ import annotations

import json
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.database import connected
from archive.errors import QueryError
from archive.mementos import original
from archive.records import Kind
from archive.surt import surt
from archive.takedown import visible_capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.store import Archive

FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename")
MATCHES = ("exact", "prefix", "host", "domain")
BLOCK = 3000
"""Lines of a block, as in the compressed indexes of other web archives; pages are counted in blocks."""

FIRST = 100
"""Lines that are looked up first, so that an answer begins at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which part of the index is asked for: what matches ``url``, fetched from ``since`` to ``until``."""

    url: str
    match: str = "exact"
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.match not in MATCHES:
            raise QueryError(f"matchType: no {self.match[:20]!r}; there are {', '.join(MATCHES)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the index. ``mime`` is None where the answer named none, ``status`` of a 304."""

    urlkey: str
    timestamp: str
    url: str
    mime: str | None
    status: str | None
    digest: str | None
    length: str
    offset: str
    filename: str
    at: datetime

    def values(self) -> dict[str, str]:
        """Return what it says, in the order of FIELDS."""
        return {name: value for name in FIELDS if (value := getattr(self, name)) is not None}

    def cdxj(self) -> str:
        """Return it as a line of a CDXJ file."""
        values = self.values()
        return f"{values.pop('urlkey')} {values.pop('timestamp')} {json.dumps(values)}\n"


def lines(asked: Archive | Connection, what: Asked, *, backwards: bool = False) -> Iterator[Line]:
    """Yield the lines that were asked for, in the order of the index; the file of each as it is named now."""
    return _between(asked, what, None, None, backwards=backwards)


def page(asked: Archive | Connection, what: Asked, number: int, blocks: int) -> Iterator[Line] | None:
    """Return the lines of one page of so many blocks, None where there is no such page; the first is number 0.

    A line that may not be handed out has its place on a page and is left out there: so where a page begins is found in
    the indexes of the database alone, and moves for nobody when something is taken down.
    """
    size = blocks * BLOCK
    with connected(asked) as connection:
        begin = connection.execute(_places(what).offset(number * size).limit(1)).first()
        end = connection.execute(_places(what).offset((number + 1) * size).limit(1)).first()
    return None if begin is None else _between(asked, what, begin, end)


def _between(asked: Archive | Connection, what: Asked, begin: Sequence[Any] | None, end: Sequence[Any] | None, *,
             backwards: bool = False) -> Iterator[Line]:  # fmt: skip
    """Yield the lines from one place to the next, without the latter; the first few are looked up alone."""
    bounded, size, after = _selecting(what), FIRST, None
    if begin is not None:
        bounded = bounded.where(*_beyond(begin, is_reached=True))
    if end is not None:
        bounded = bounded.where(*_beyond(end, backwards=True))
    while True:
        query = bounded if after is None else bounded.where(*_beyond(after, backwards=backwards))
        order = [column.desc() if backwards else column for column in _PLACE]
        with connected(asked) as connection:
            found = connection.execute(query.order_by(*order).limit(size)).all()
        yield from map(_line, found)
        if len(found) < size:
            return
        size, after = BLOCK, (found[-1].surt, found[-1].fetched_at, found[-1].id)


def count(asked: Archive | Connection, what: Asked) -> int:
    """Return how many lines all pages have room for: :func:`page` leaves out what may not be handed out."""
    with connected(asked) as connection:
        places = _places(what).order_by(None).subquery()
        return connection.scalar(sa.select(sa.func.count()).select_from(places)) or 0


def of_captures(connection: Connection, captures: Iterable[int]) -> Iterator[tuple[int, Line]]:
    """Yield the lines of these captures with their ids, in no order; those that are never replayed have none."""
    numbers = list(captures)
    for begin in range(0, len(numbers), BLOCK):
        query = _captures().where(t.capture.c.id.in_(numbers[begin : begin + BLOCK]))
        yield from ((row.id, _line(row)) for row in connection.execute(query))


def _captures() -> sa.Select[Any]:
    row, file = t.capture.c, t.warc_file.c
    return (
        sa.select(row.id, row.fetched_at, row.kind, row.status, row.warc_offset, row.warc_length,
                  t.media_type.c.name.label("content_type"), t.url.c.url, t.url.c.surt, file.name,
                  sa.func.coalesce(row.payload_digest, original(t.capture, row.payload_digest)).label("digest"))
        .select_from(t.capture)
        .join(t.url, t.url.c.id == row.url_id)
        .join(t.warc_file, file.id == row.warc_file_id)
        .outerjoin(t.media_type, t.media_type.c.id == row.media_type_id)
        .where(row.kind.in_((Kind.RESPONSE, Kind.REVISIT)), visible_capture())
    )  # fmt: skip


def _selecting(what: Asked) -> sa.Select[Any]:
    return _captures().where(*_matching(what), *_within(what))


def _within(what: Asked) -> Iterator[sa.ColumnElement[bool]]:
    if what.since is not None:
        yield t.capture.c.fetched_at >= what.since
    if what.until is not None:
        yield t.capture.c.fetched_at <= what.until


def _matching(what: Asked) -> Iterator[sa.ColumnElement[bool]]:
    form, column = surt(what.url), t.url.c.surt
    if what.match == "exact":
        yield column == form
        return
    host = form.partition(")")[0]
    # One past the last that begins so: ")" is followed by "*", "," by "-" in the order of bytes.
    first, beyond = {"host": (f"{host})", f"{host}*"), "domain": (host, f"{host}-")}.get(what.match, (form, ""))
    if what.match == "prefix":
        first += "/" if what.url.endswith("/") and not form.endswith("/") else ""
        beyond = first[:-1] + chr(ord(first[-1]) + 1) if first else ""
    yield column >= first
    yield column < beyond


def _places(what: Asked) -> sa.Select[Any]:
    """Select where the captures stand that were asked for, in order, by what two indexes hold."""
    query = sa.select(*_PLACE).join(t.capture, t.capture.c.url_id == t.url.c.id).where(*_matching(what), *_within(what))
    return query.order_by(*_PLACE)


_PLACE = (t.url.c.surt, t.capture.c.fetched_at, t.capture.c.id)


def _beyond(place: Sequence[Any], *, backwards: bool = False,
            is_reached: bool = False) -> Iterator[sa.ColumnElement[bool]]:  # fmt: skip
    """Yield the conditions that a line stands after a place (before it, ``backwards``), or on it if ``is_reached``."""
    values = [sa.literal(value, column.type) for value, column in zip(place, _PLACE, strict=True)]
    here, there = sa.tuple_(*_PLACE), sa.tuple_(*values)
    # The address alone as well: no index has all three.
    yield t.url.c.surt <= values[0] if backwards else t.url.c.surt >= values[0]
    yield here < there if backwards else here >= there if is_reached else here > there


def _line(row: Any) -> Line:
    is_page = row.kind is Kind.RESPONSE
    mime = (row.content_type or "").partition(";")[0].strip() or None
    return Line(
        urlkey=row.surt, timestamp=f"{row.fetched_at.astimezone(UTC):%Y%m%d%H%M%S}", url=row.url,
        mime=mime if is_page else "warc/revisit", status=str(row.status) if is_page else None,
        digest="sha256:" + b32encode(row.digest).decode() if row.digest else None, length=str(row.warc_length),
        offset=str(row.warc_offset), filename=row.name, at=row.fetched_at,
    )  # fmt: skip

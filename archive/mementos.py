"""What an address answered, and when: its captures that may be handed out, for Memento, CDX and replay.

An address is looked up by its sort-friendly form (:mod:`archive.surt`), as in every web archive: with or without
``www.``, http or https, a slash at the end or none. What is taken down is not among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from archive import stored
from archive import tables as t
from archive.database import connected
from archive.errors import NotFoundError, QueryError, TakenDownError
from archive.records import Kind
from archive.stored import refuse_hidden_capture
from archive.surt import surt
from archive.takedown import denied, visible_capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

    from archive.records import Capture
    from archive.store import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Memento:
    """What an address answered at a time: a page, that it is as before (304), a redirect, or that there is none."""

    url: str
    at: datetime
    status: int
    kind: Kind
    page: str | None  # the UUID of the capture that holds the payload: of a 304 the one that it confirms
    redirect: str | None  # the absolute address it leads to

    @property
    def stamp(self) -> str:
        """Its time as 14 digits, UTC."""
        return f"{self.at.astimezone(UTC):%Y%m%d%H%M%S}"


def mementos(asked: Archive | Connection, url: str) -> list[Memento]:
    """Return what may be shown of an address, oldest first, one a second; raise NotFoundError, TakenDownError.

    Refusals and faults (403, 429, 5xx) say nothing of the page and are left out.
    """
    with connected(asked) as connection:
        found = connection.execute(_ANSWERS, {"surt": surt(url)}).all()
        shown = [row for row in found if row.may_be_shown]
        if not shown:
            _refuse(connection, url, found)
    return list(_by_second(shown).values())


def nearest(found: Sequence[Memento], at: datetime) -> Memento:
    """Return the one of these that is nearest to a time; of two as near the later."""
    return min(reversed(found), key=lambda memento: abs(memento.at - at))


def load(archive: Archive, memento: Memento) -> Capture:
    """Return the capture that holds what a memento shows; raises NotFoundError where it is held no more."""
    if memento.page is None:
        raise NotFoundError(f"{memento.url} at {memento.stamp}: confirms a page that this archive does not hold")
    return stored.find(archive, memento.page).load(archive.warc_folder)


def parse_stamp(text: str, name: str, *, last: bool = False) -> datetime:
    """Return the first moment (or the ``last``) of a time given as 4 to 14 digits; raises QueryError."""
    pattern = "99991231235959" if last else "00010101000000"
    if not (text.isascii() and text.isdigit() and 4 <= len(text) <= 14):
        raise QueryError(f"{name}: {text[:40]!r} is not a time; write 4 to 14 digits: 2026, 20261125, 20261125083000")
    whole = text + pattern[len(text) :]
    for day in (whole[6:8], "30", "29", "28") if last and len(text) < 8 else (whole[6:8],):
        try:
            at = datetime.strptime(f"{whole[:6]}{day}{whole[8:]}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            continue
        return at.replace(microsecond=999_999) if last else at
    raise QueryError(f"{name}: {text!r} is no day or time of the calendar")


def _answers() -> sa.Select[Any]:
    row, target = t.capture.c, t.url.alias("target")
    tells = sa.or_(row.status < 400, row.status.in_((404, 410)))
    return (
        sa.select(row.id, row.record_id, row.url_id, row.article_id, row.fetched_at, row.status, row.kind,
                  t.url.c.url, target.c.url.label("redirect"), visible_capture().label("may_be_shown"))
        .select_from(t.capture)
        .join(t.url, t.url.c.id == row.url_id)
        .outerjoin(target, target.c.id == row.redirect_url_id)
        .where(t.url.c.surt == sa.bindparam("surt"), row.kind.in_((Kind.RESPONSE, Kind.REVISIT)), tells,
               row.warc_file_id.is_not(None))
        .order_by(row.fetched_at, row.id)
    )  # fmt: skip


_ANSWERS = _answers()


def original(capture: sa.FromClause, column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """Return a column of the page that a 304 confirms: the newest of its address before it."""
    page = t.capture.alias("page")
    return (
        sa.select(page.c[column.name])
        .where(page.c.url_id == capture.c.url_id, page.c.kind == Kind.RESPONSE, page.c.status == 200,
               page.c.fetched_at <= capture.c.fetched_at)
        .order_by(page.c.fetched_at.desc())
        .limit(1)
        .correlate(capture)
        .scalar_subquery()
    )  # fmt: skip


def _by_second(rows: Iterable[Any]) -> dict[str, Memento]:
    """Return mementos by their stamp; a 304 shows the last page of its address before it."""
    pages: dict[int, bytes] = {}
    found: dict[str, Memento] = {}
    for row in rows:
        if row.kind is Kind.RESPONSE and row.status == 200:
            pages[row.url_id] = row.record_id
        page = row.record_id if row.kind is Kind.RESPONSE else pages.get(row.url_id)
        told = Memento(url=row.url, at=row.fetched_at, status=row.status, kind=row.kind,
                       page=str(UUID(bytes=page)) if page else None, redirect=row.redirect)  # fmt: skip
        found[told.stamp] = told
    return found


def _refuse(connection: Connection, url: str, hidden: Sequence[Any]) -> None:
    if hidden:
        refuse_hidden_capture(connection, hidden[-1], url)
    if denied(connection, url):
        raise TakenDownError(f"{url}: its address is taken down")
    raise NotFoundError(f"{url}: this archive has no capture of it")

"""Applies what WARC records tell to the database, each thing once: for recovery and rebuild."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import ingest, rows, takedown
from archive import tables as t
from archive.desk import Desk
from archive.errors import ArchiveError
from archive.held import Item, Page
from archive.normal import reading_digest
from archive.records import Author, Capture, Kind, Reading, reading_from_json
from archive.told import Captured, Counted, TakenDown, Unclear, VisitBegun, VisitEnded, WasRead
from archive.warc import visit_warcinfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.engine import Connection

    from archive.told import Told
    from archive.warc import Place

GROUP = 400
"""Things applied under one savepoint."""

_CANNOT = (ValueError, KeyError, TypeError, LookupError, ArchiveError, sa.exc.IntegrityError)

RECENT = 2000  # captures kept at hand for the readings that follow them


@dataclass(slots=True)
class Indexer:
    """Puts into the database what records tell and it does not know yet; ``files`` has the ids of WARC files."""

    files: dict[str, int]
    problems: list[str] = field(default_factory=list)
    applied: int = 0
    _visits: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    _recent: OrderedDict[UUID, Capture] = field(default_factory=OrderedDict)

    def know_visits(self, connection: Connection) -> None:
        """Learn the visits that have not ended: a file read from its middle does not say whose its records are."""
        row = t.visit.c
        for key, visit, site in connection.execute(
            sa.select(row.key, row.id, row.site_id).where(row.ended_at.is_(None))
        ):
            self._visits[visit_warcinfo(key)] = (visit, site)

    def apply(self, connection: Connection, told: Iterable[Told | Unclear]) -> None:
        """Apply each thing that is not there yet; one that cannot be is noted as a problem and loses nothing else.

        A group of things is applied together; only where one of them cannot be, each by itself.
        """
        things = iter(told)
        while group := list(islice(things, GROUP)):
            visits = dict(self._visits)
            try:
                with rows.remembering(connection), connection.begin_nested():
                    done = self._apply_together(connection, group)
            except _CANNOT:
                self._visits = visits  # those begun here are not in the database after all
                for thing in group:
                    self._apply_alone(connection, thing)
                continue
            self.applied += done
            for thing in group:
                if isinstance(thing, Unclear):
                    self._problem(thing, thing.problem)

    def _apply_together(self, connection: Connection, group: Sequence[Told | Unclear]) -> int:
        """Apply a group, by a desk as far as it takes it; return how much was not there yet."""
        begun = {id(thing): self._begun(connection, thing) for thing in group if isinstance(thing, VisitBegun)}
        items = self._items(group)
        desk, turns, done = Desk(connection, items), count(), sum(begun.values())
        pages = {id(read): item for read, item in self._pages(group, items)}
        for thing in group:
            if isinstance(thing, Captured):
                desk.turn_to(next(turns))
            if isinstance(thing, (Unclear, VisitBegun)):
                continue
            if self._on(desk, thing, pages.get(id(thing))):
                done += 1
                continue
            with desk.aside():
                done += self._apply(connection, thing)
        desk.clear()
        return done

    def _items(self, group: Sequence[Told | Unclear]) -> list[Item]:
        """Return what a desk is to know of each capture of a group: the capture, and what was first read on it."""
        reads: dict[UUID, WasRead] = {}
        for thing in group:
            if isinstance(thing, WasRead):
                reads.setdefault(thing.capture, thing)
        return [self._item(thing, reads.get(thing.capture.record_id)) for thing in group if isinstance(thing, Captured)]

    def _item(self, told: Captured, read: WasRead | None) -> Item:
        _, site = self._visit(told)
        if read is None or not _is_page(read.values) or self._visit(read)[1] != site:
            return Item(told.capture, site)
        values = read.values
        reading, is_short = reading_from_json(values), values["form"] == "short"
        digest = bytes.fromhex(values["digest"]) if is_short else reading_digest(reading)
        return Page(told.capture, site, reading, values["article"], digest=digest, is_short=is_short)

    def _pages(self, group: Sequence[Told | Unclear], items: Sequence[Item]) -> Iterator[tuple[WasRead, Page]]:
        """Yield the readings that a desk is to know, each with its page."""
        pages = {item.capture.record_id: item for item in items if isinstance(item, Page)}
        for thing in group:
            if isinstance(thing, WasRead) and (page := pages.pop(thing.capture, None)) is not None:
                yield thing, page

    def _on(self, desk: Desk, thing: Told, page: Page | None) -> bool:
        """Lay a capture or a reading on the desk; False if it does not take it."""
        if isinstance(thing, Captured) and desk.takes(thing.capture):
            self._remember(thing.capture)
            written = _Written(self.files[thing.place.file], thing.place)
            desk.keep(thing.capture, self._visit(thing)[0], written, thing.digest, thing.size)
            return True
        if not isinstance(thing, WasRead) or page is None or page.key is None:
            return False
        full = thing.values["form"] == "full"
        weighed = desk.weigh(page, page.key, full=full)
        if weighed is not None:
            desk.read(page, weighed, full=full, known_at=thing.known_at, due_at=_due_at(thing.values))
        return weighed is not None

    def _apply_alone(self, connection: Connection, thing: Told | Unclear) -> None:
        if isinstance(thing, Unclear):
            self._problem(thing, thing.problem)
            return
        try:
            with connection.begin_nested():
                self.applied += self._apply(connection, thing)
        except _CANNOT as error:
            self._problem(thing, f"cannot be indexed: {type(error).__name__}: {error}")

    def _problem(self, thing: Told | Unclear, problem: str) -> None:
        self.problems.append(f"{thing.place.file} byte {thing.place.offset}: {problem}".splitlines()[0])

    def _apply(self, connection: Connection, thing: Told) -> bool:
        if isinstance(thing, Captured):
            return self._captured(connection, thing)
        if isinstance(thing, WasRead):
            return self._was_read(connection, thing)
        if isinstance(thing, Counted):
            return self._counted(connection, thing)
        if isinstance(thing, VisitBegun):
            return self._begun(connection, thing)
        if isinstance(thing, VisitEnded):
            return self._ended(connection, thing)
        if isinstance(thing, TakenDown):
            return takedown.apply(connection, thing.record_id, thing.values, thing.known_at)
        return False

    def _visit(self, told: Told) -> tuple[int, int]:
        if told.warcinfo is None or told.warcinfo not in self._visits:
            raise LookupError("its visit is told in no WARC file that is here")
        return self._visits[told.warcinfo]

    def _begun(self, connection: Connection, told: VisitBegun) -> bool:
        row = t.visit.c
        held = connection.execute(sa.select(row.id, row.site_id).where(row.key == told.key)).first()
        found = held or ingest.begin_visit(connection, told.facts, told.key, told.agent, told.started_at)
        if told.warcinfo is not None:
            self._visits[told.warcinfo] = (found[0], found[1])
        return held is None

    def _captured(self, connection: Connection, told: Captured) -> bool:
        capture, (visit, _) = told.capture, self._visit(told)
        self._remember(capture)
        held = sa.select(t.capture.c.id).where(t.capture.c.record_id == capture.record_id.bytes)
        if connection.execute(held).first() is not None:
            return False
        ingest.add_capture(connection, capture, visit=visit, file=self.files[told.place.file], place=told.place,
                           known_at=told.known_at)  # fmt: skip
        if told.size is not None:
            row = t.capture.c
            stated = {"payload_digest": told.digest, "payload_size": told.size}
            connection.execute(t.capture.update().where(row.record_id == capture.record_id.bytes).values(stated))
        return True

    def _remember(self, capture: Capture) -> None:
        self._recent[capture.record_id] = replace(capture, payload=b"")
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)

    def _was_read(self, connection: Connection, told: WasRead) -> bool:
        visit, site = self._visit(told)
        capture = self._recent.get(told.capture) or _stored_capture(connection, told.capture)
        row = t.reading.c
        known = (
            sa.select(row.id)
            .join(t.capture, t.capture.c.id == row.capture_id)
            .where(t.capture.c.record_id == told.capture.bytes, row.known_from == told.known_at)
        )
        if connection.execute(known).first() is not None:
            return False
        values = told.values
        reading, content = _reading(connection, values)
        is_full = values.get("full", values["form"] == "full")
        due_at = _due_at(values)
        ingest.add_reading(connection, capture, reading, values.get("article"), visit=visit, site=site, due_at=due_at,
                           known_at=told.known_at, full=is_full, content=content)  # fmt: skip
        return True

    def _counted(self, connection: Connection, told: Counted) -> bool:
        capture = self._recent.get(told.capture) or _stored_capture(connection, told.capture)
        row = t.counter_sighting.c
        known = sa.select(row.article_id).where(row.capture_id == rows.find_capture(connection, capture))
        if connection.execute(known.limit(1)).first() is not None:
            return False
        return ingest.add_counted(connection, capture, told.counted) > 0

    def _ended(self, connection: Connection, told: VisitEnded) -> bool:
        row = t.visit.c
        held = connection.execute(sa.select(row.id, row.ended_at).where(row.key == told.key)).first()
        if held is None:
            raise LookupError("its visit is told in no WARC file that is here")
        if held.ended_at is not None:
            return False
        ingest.end_visit(connection, held.id, told.values, told.known_at)
        return True


@dataclass(slots=True)
class _Written:
    """Where a record lies."""

    file: int
    place: Place


def _is_page(values: Mapping[str, Any]) -> bool:
    """Say whether an article was read, and what was read is there."""
    is_read = values.get("outcome") == "read" and "article" in values
    return is_read and values["form"] in ("full", "short")


def _due_at(values: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(values["due_at"]) if "due_at" in values else None


def _stored_capture(connection: Connection, record_id: UUID) -> Capture:
    row = t.capture.c
    found = connection.execute(
        sa.select(t.url.c.url, row.fetched_at, row.status, row.kind)
        .join(t.url, t.url.c.id == row.url_id)
        .where(row.record_id == record_id.bytes)
    ).first()
    if found is None:
        raise LookupError(f"the capture that was read is in no WARC file that is here: {record_id.urn}")
    return Capture(visit="", record_id=record_id, url=found.url, fetched_at=found.fetched_at, status=found.status,
                   kind=Kind(found.kind))  # fmt: skip


def _reading(connection: Connection, values: Mapping[str, Any]) -> tuple[Reading, int | None]:
    """Return the reading of a record; for a short one also the id of the content that it repeats."""
    reading = reading_from_json(values)
    if values["form"] == "erased":
        return reading, rows.erased_content(connection, values)
    if values["form"] == "full" or reading.outcome != "read":
        return reading, None
    row = t.content.c
    held = connection.execute(sa.select(row.id, row.names).where(row.digest == bytes.fromhex(values["digest"]))).first()
    if held is None:
        raise LookupError(f"what it repeats is in no WARC file that is here: content {values['digest']}")
    return replace(reading, authors=tuple(Author(name=name) for name in held.names)), held.id

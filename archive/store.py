"""The archive as the crawler tells and asks it.

What is told is written to a WARC file and synced, then the database points at it, then it is acknowledged: a kill at
any point loses at most what was in flight.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import sqlalchemy as sa

from archive import asked, database, events, identity, ingest, listings, rereading, rows, schema, search, takedown
from archive import tables as t
from archive.clock import Clock, shifted_clock
from archive.database import transaction
from archive.desk import Desk
from archive.erase import Erased, erase
from archive.errors import ArchiveError, NoArchiveError, QueryError, StoreError
from archive.held import Item, Page
from archive.journal import BegunVisit, Journal
from archive.lease import Lease
from archive.normal import reading_digest
from archive.records import (
    Kind,
    Known,
    Outcome,
    Signal,
    SiteFacts,
    reading_to_json,
    storable,
    storable_json,
)
from archive.recovery import recover
from archive.swap import tidy
from archive.warc import (
    Original,
    capture_records,
    counted_record,
    reading_record,
    takedown_record,
    visit_end_record,
    visit_warcinfo,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy.engine import Connection, Engine

    from archive.records import Backfill, Capture, Counter, Fetched, Link, Listed, Reader, Reading
    from archive.schema import Migrated


def migrate(home: Path, url: str | None = None, clock: Clock | None = None,
            told: schema.Told = lambda *_: None) -> Migrated:  # fmt: skip
    """Bring the schema of an older archive up to date, after a copy of its SQLite database; raises ArchiveError."""
    engine = database.open_engine(url or database.default_url(home))
    now = (clock or shifted_clock())()
    try:
        _require(engine, home)
        return schema.migrate(engine, now, home / f"{database.DATABASE_NAME}.before-{now:%Y%m%dT%H%M%S}", told)
    finally:
        engine.dispose()


def _require(engine: Engine, home: Path) -> None:
    if not schema.is_there(engine):
        raise NoArchiveError(f"{home}: no archive here; name one with --home or HEMEROTECA_HOME")


@dataclass(frozen=True, slots=True)
class ToSave:
    """A capture to be saved: what was read on it, if anything, the key of its article and when to look again."""

    capture: Capture
    reading: Reading | None = None
    article: str | None = None
    due_at: datetime | None = None


class Archive:
    """An archive in a folder: WARC files below ``warc/`` and a database. Use it as a context manager.

    ``database`` is an SQLAlchemy URL; without one, SQLite in the folder. ``clock`` gives the time for all that is
    written. Opened for writing, it makes what is missing and seals what a dead process left open; ``readonly`` does
    neither. Raises ArchiveError when it cannot be opened.
    """

    def __init__(
        self, home: Path, *, database: str | None = None, clock: Clock | None = None, readonly: bool = False
    ) -> None:
        self.home = home
        self.clock: Clock = clock or shifted_clock()
        self.warc_folder = home / "warc"
        self._visits: dict[str, BegunVisit] = {}
        self._leases: list[Lease] = []
        self.notice: str | None = None  # what whoever reads an older archive should be told
        self.engine = self._open(database, readonly=readonly)
        self._known = self._last_known()
        self._journal = Journal(self.warc_folder, self.engine, self.clock)
        self.recovered = [] if readonly else recover(self.warc_folder, self.engine, self.clock)
        if not readonly:
            tidy(self.warc_folder, self.engine)

    def _open(self, url: str | None, *, readonly: bool) -> Engine:
        own = database.readable_url if readonly else database.default_url
        engine = database.open_engine(url or own(self.home))
        try:
            self._prepare(engine, readonly=readonly)
        except ArchiveError:
            engine.dispose()
            raise
        return engine

    def _prepare(self, engine: Engine, *, readonly: bool) -> None:
        if readonly:
            _require(engine, self.home)
            self.notice = schema.prepare_to_read(engine)
            database.only_reading(engine)
            return
        try:
            self.warc_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{self.home}: cannot make the archive's folder: {error.strerror}") from error
        schema.prepare_to_write(engine)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Seal the open WARC file, give the leases back and let the database go."""
        try:
            self._journal.close()
        finally:
            for lease in self._leases:
                lease.release()
            self._leases.clear()
            self.engine.dispose()

    # ------------------------------------------------------------------ told

    def take_lease(self, host: str) -> None:
        """Take the right to visit a host until the archive is closed; raise LeaseHeldError if another has it."""
        self._leases.append(Lease(self.home / "leases", self.engine, host, self.clock()))

    def begin_visit(self, facts: SiteFacts, *, agent: str, reader: Reader | None = None) -> str:
        """Begin a visit of a site, and note what its site file says; return the visit's key."""
        now = self.clock()
        key = f"{facts.name}-{now.astimezone(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        told = {
            "site": ingest.site_json(facts),
            "visit": {"key": key, "started_at": now.isoformat()},
            "reader": {"name": reader.name, "version": reader.version, "config_digest": reader.config_digest}
            if reader
            else None,
        }
        with transaction(self.engine) as connection:
            number, site = ingest.begin_visit(connection, facts, key, agent, now)
        self._visits[key] = BegunVisit(number, key, site, facts.name, agent, told, visit_warcinfo(key))
        return key

    def keep(self, capture: Capture) -> bool:
        """Write a capture to the WARC file, sync it, point the database at it. False if it was there already."""
        return self._journal.together(lambda: self._keep(capture))

    def save(self, capture: Capture, reading: Reading | None = None, *, article: str | None = None,
             due_at: datetime | None = None) -> Outcome:  # fmt: skip
        """Keep a capture if it is not kept yet, journal what was read on it, and derive what that means.

        ``article`` is the key that :meth:`resolve` gave; of a ``merged`` reading, the key of the article that goes on;
        else that of the article that was asked for, whose next look ``due_at`` is. Without a reading a 304 means
        unchanged, a 404 or 410 is weighed when the visit ends, and everything else is only kept. The same capture read
        again by the same reader is known already.
        """
        return self.save_all([ToSave(capture, reading, article, due_at)])[0]

    def save_all(self, captures: Sequence[ToSave]) -> list[Outcome]:
        """Save captures as :meth:`save` does, in this order, with one sync and one transaction: all of them or none.

        A capture costs less in a larger group: in one of 50 three fifths of what it costs in one of 10, in one of 200
        two thirds of that; a still larger one gains little. Memory holds the group and its compressed records.
        """
        items = [self._item(each) for each in captures]
        return self._journal.together(lambda: self._save_together(captures, items))

    def _keep(self, capture: Capture) -> bool:
        with self._journal.asking() as connection:
            if rows.find_capture(connection, capture) is not None:
                return False
            original = self._original(connection, capture)
        visit, known_at = self._visit(capture.visit), self._next_known()
        places = self._journal.append(visit, capture_records(capture, visit.warcinfo, original, known_at), known_at)
        with self._journal.pointing() as connection:
            file = self._journal.file_id
            ingest.add_capture(connection, capture, visit=visit.id, file=file, place=places[0], known_at=known_at)
        return True

    def _item(self, told: ToSave) -> Item:
        site = self._visit(told.capture.visit).site
        if told.capture.kind is Kind.RESPONSE:
            told.capture.payload_digest  # noqa: B018 - made now: later this thread would wait for those that compress
        if told.reading is None:
            return Item(told.capture, site, None, told.article)
        reading, values = storable_json(told.reading)
        if reading.outcome != "read":
            return Item(told.capture, site, reading, told.article, values)
        return Page(told.capture, site, reading, told.article, values, reading_digest(reading))

    def _save_together(self, captures: Sequence[ToSave], items: Sequence[Item]) -> list[Outcome]:
        with self._journal.asking() as connection:
            desk = Desk(connection, items, self._journal.write_queued)
            outcomes = []
            for number, item in enumerate(items):
                desk.turn_to(number)
                outcomes.append(self._save(desk, item, captures[number].due_at))
            desk.clear()
            return outcomes

    def _save(self, desk: Desk, item: Item, due_at: datetime | None) -> Outcome:
        """Save one of a group: by the desk as far as it takes it, else by itself."""
        if not desk.takes(item.capture):
            with desk.aside():
                return self._save_alone(item, due_at)
        self._keep_on(desk, item.capture)
        outcome = None
        if isinstance(item, Page):
            outcome = self._read_on(desk, item, due_at)
        elif item.reading is None:
            outcome = desk.unread(item.capture, item.key, due_at)
        if outcome is not None:
            return outcome
        with desk.aside():
            return self._read_alone(item, due_at)

    def _keep_on(self, desk: Desk, capture: Capture) -> None:
        visit, known_at = self._visit(capture.visit), self._next_known()
        found = desk.original(capture) if capture.kind is Kind.REVISIT else None
        original = Original(capture.url, *found) if found else None
        make = partial(capture_records, capture, visit.warcinfo, original, known_at)
        queued = self._journal.queue(visit, make, known_at)
        desk.keep(capture, visit.id, queued)

    def _read_on(self, desk: Desk, page: Page, due_at: datetime | None) -> Outcome | None:
        """Save what was read on a capture that the desk took; None if it leaves that to others."""
        visit = self._visit(page.capture.visit)
        key = page.key or desk.resolve(page, visit.site_name)
        full = key is not None and desk.head_digest(key) != page.digest
        weighed = desk.weigh(page, key, full=full) if key is not None else None
        if weighed is None:
            return None
        known_at, values = self._next_known(), _reading_values(page.told, page.digest, key, due_at, full=full)
        make = partial(reading_record, page.capture, visit.warcinfo, values, known_at)
        self._journal.queue(visit, lambda: [make()], known_at)
        return desk.read(page, weighed, full=full, known_at=known_at, due_at=due_at)

    def _save_alone(self, item: Item, due_at: datetime | None) -> Outcome:
        fresh = self._keep(item.capture)
        if not fresh and item.reading is not None:
            with self._journal.asking() as connection:
                if self._was_read(connection, item.capture):
                    return Outcome.KNOWN
        return self._read_alone(item, due_at)

    def _read_alone(self, item: Item, due_at: datetime | None) -> Outcome:
        """Save what was read, or that nothing was, on a capture that is kept."""
        capture, reading, article = item.capture, item.reading, item.key
        if reading is None:
            return self._save_unread(capture, article, due_at)
        if reading.outcome == "read" and article is None:
            article = self.resolve(self._visit(capture.visit).site_name, capture, reading)
        with self._journal.asking() as connection:
            full = self._says_more(connection, article, reading)
        return self._put_reading(capture, reading, article, due_at, full=full)

    def _put_reading(self, capture: Capture, reading: Reading, article: str | None, due_at: datetime | None, *,
                     full: bool) -> Outcome:  # fmt: skip
        visit, known_at = self._visit(capture.visit), self._next_known()
        digest = reading_digest(reading) if reading.outcome == "read" else None
        values = _reading_values(reading_to_json(reading), digest, article, due_at, full=full)
        self._journal.append(visit, [reading_record(capture, visit.warcinfo, values, known_at)], known_at)
        with self._journal.pointing() as connection:
            return ingest.add_reading(connection, capture, reading, article, visit=visit.id, site=visit.site,
                                      due_at=due_at, known_at=known_at, full=full)  # fmt: skip

    def look_again(self, article: str, due_at: datetime) -> None:
        """Note that an article was to be asked for and could not be, and when it is due again."""
        with transaction(self.engine) as connection:
            if (number := identity.article_by_key(connection, article)) is not None:
                ingest.note_look(connection, number, self.clock(), due_at=due_at)

    def reread(self, capture: Capture, reading: Reading, *, article: str | None = None) -> Outcome:
        """Put what is read now on a kept capture in the place of what was read before: no version comes of it.

        ``article`` is the key of the article that the capture belongs to; one that had none gets it from
        :meth:`resolve`. Nothing is written, and the outcome is KNOWN, where both say the same.
        """
        reading = storable(reading)
        if not self.differences(capture, reading):
            return Outcome.KNOWN
        if reading.outcome == "read" and article is None:
            article = self.resolve(self._visit(capture.visit).site_name, capture, reading)
        return self._put_reading(capture, reading, article, None, full=reading.outcome == "read")

    def saw(self, visit: str, kind: str, url: str, links: Iterable[Link] = (), *, page: int = 1, is_whole: bool = False,
            **told: Any) -> int:  # fmt: skip
        """Note a listing and the links it gave; return how many of them no listing had given before.

        ``told`` are fields of :class:`Signal`: ``state`` (``ok`` unless told), ``etag``, ``last_modified``, ``depth``,
        ``told_at``, ``watermark``. A further ``page`` of a listing only adds links. A map that is read whole
        (``is_whole``) also says which stories it lists no more.
        """
        begun, now, links = self._visit(visit), self.clock(), list(links)
        with transaction(self.engine) as connection:
            if page > 1:
                told = {}
            told.setdefault("state", "ok")
            signal = listings.see_signal(connection, begun.site, kind, url, now, **told)
            new = listings.see_links(connection, begun.site, signal, links, now, is_whole=is_whole)
            if is_whole:
                listings.note_vanished(connection, signal, links, now)
            if told["state"] == "ok" or links:
                listings.note_yield(connection, signal, len(links), new, now, page)
        return new

    def counted(self, capture: Capture, counters: Mapping[str, Sequence[Counter]]) -> int:
        """Note what a capture that is not their page shows of the counters of articles, by article key.

        A listing shows some, and the answer to a counter's own request. Returns how many of them were noted: those
        of an article that is not known are not.
        """
        told = {key: [rows.counter_values(counter) for counter in found] for key, found in counters.items() if found}
        return self._journal.together(lambda: self._counted(capture, told)) if told else 0

    def _counted(self, capture: Capture, told: Mapping[str, Sequence[Sequence[Any]]]) -> int:
        self._keep(capture)
        visit, known_at = self._visit(capture.visit), self._next_known()
        self._journal.append(visit, [counted_record(capture, visit.warcinfo, {"counted": told}, known_at)], known_at)
        with self._journal.pointing() as connection:
            return ingest.add_counted(connection, capture, told)

    def noted(self, visit: str, url: str, **values: Any) -> None:
        """Note fields of :class:`Signal` of a listing seen before: how far its pages are read, that it did not move."""
        with transaction(self.engine) as connection:
            listings.note(connection, self._visit(visit).site, url, values)

    def filled(self, visit: str, url: str, until: datetime, progress: Backfill) -> None:
        """Note how far the walk of a listing back to a day has come."""
        with transaction(self.engine) as connection:
            listings.note_backfill(connection, self._visit(visit).site, url, until, progress)

    def end_visit(self, visit: str, report: Mapping[str, Any], *, exit_status: int,
                  believe_removals: bool = True) -> dict[Outcome, int]:  # fmt: skip
        """Journal the end of a visit; unless told not to believe them, its 404s and 410s now count.

        Returns how many articles became missing and gone.
        """
        begun, known_at = self._visit(visit), self._next_known()
        told = {
            **begun.facts["visit"],
            "ended_at": known_at.isoformat(),
            "exit_status": exit_status,
            "removals_believed": believe_removals,
            "report": dict(report),
        }
        self._journal.append(begun, [visit_end_record(visit, begun.warcinfo, told, known_at)], known_at)
        with self._journal.pointing() as connection:
            counted = ingest.end_visit(connection, begun.id, told, known_at)
            search.merge(connection)
            detail = {"exit_status": exit_status, **events.ingested(connection, begun.id)}
            events.note(connection, self.clock(), "ingest", "visit", visit, detail)
        del self._visits[visit]
        return counted

    def take_down(self, scope: str, target: str, reason: str) -> str:
        """Hide an article, an author's articles, what has addresses of a pattern, or a cluster; return what to call it.

        It is hidden at once, refused at the next crawl, and journalled. Raises QueryError for what names nothing.
        """
        record_id, known_at = uuid4(), self._next_known()
        told = takedown.values(scope, target, reason)
        self._journal.append(None, [takedown_record(record_id, told, known_at)], known_at)
        with self._journal.pointing() as connection:
            takedown.apply(connection, record_id, told, known_at)
            events.note(connection, known_at, "takedown", scope, told["target"], {"reason": reason})
        return takedown.takedown_key(record_id.bytes)

    def erase(self, key: str, progress: Callable[[int], None] = lambda _: None) -> Erased:
        """Erase what a takedown hides, from database and WARC files; only digests and the reason stay."""
        self._journal.seal()  # what this process wrote may hold it too
        with self.engine.connect() as connection:
            held = takedown.find(connection, key)
        if held.lifted_at is not None:
            raise QueryError(f"takedown {key} was lifted on {held.lifted_at:%Y-%m-%d}: {held.note}")
        done = erase(self, held, progress)
        record_id, known_at = uuid4(), self._next_known()
        told = {"action": takedown.ERASE, "takedown": held.record_id.hex(), "reason": held.basis}
        self._journal.append(None, [takedown_record(record_id, told, known_at)], known_at)
        with self._journal.pointing() as connection:
            takedown.apply(connection, record_id, told, known_at)
        return done

    def lift(self, key: str, reason: str) -> None:
        """Show again what a takedown hid, and note why."""
        with self.engine.connect() as connection:
            held = takedown.find(connection, key)
        if held.lifted_at is not None:
            raise QueryError(f"takedown {key} was lifted on {held.lifted_at:%Y-%m-%d}: {held.note}")
        if held.action == takedown.ERASE:
            raise QueryError(f"takedown {key}: what it hid was erased; there is nothing to show again")
        record_id, known_at = uuid4(), self._next_known()
        told = {"action": takedown.LIFT, "takedown": held.record_id.hex(), "reason": reason}
        self._journal.append(None, [takedown_record(record_id, told, known_at)], known_at)
        with self._journal.pointing() as connection:
            takedown.apply(connection, record_id, told, known_at)
            events.note(connection, known_at, "lift", held.scope, held.target, {"reason": reason})

    def note(self, kind: str, object_type: str, name: str | None, detail: Mapping[str, Any], *,
             outcome: str = "ok") -> None:  # fmt: skip
        """Note that something was done to the archive; where it can only be read, nothing is noted."""
        with suppress(StoreError), transaction(self.engine) as connection:
            events.note(connection, self.clock(), kind, object_type, name, detail, outcome=outcome)

    # ------------------------------------------------------------------ asked

    def known(self, site: str, urls: Iterable[str]) -> dict[str, Known]:
        """Return, by address, the articles of a site that have one of these addresses now."""
        with self.engine.connect() as connection:
            return asked.known(connection, site, urls)

    def without_story(self, urls: Iterable[str]) -> dict[str, datetime]:
        """Return when each of these addresses was last found to hold no story; the others are left out.

        A page that was refused, cut off or not read yet is not among them: it may hold one.
        """
        with self.engine.connect() as connection:
            return asked.without_story(connection, urls)

    def due(self, site: str, now: datetime, limit: int) -> list[Known]:
        """Return the articles whose time to be asked for again has come, the most pressing first."""
        with self.engine.connect() as connection:
            return asked.due(connection, site, now, limit)

    def waiting(self, site: str, before: datetime, limit: int) -> list[Known]:
        """Return the articles nobody has asked for since ``before``, the longest unasked first; gone ones never are."""
        with self.engine.connect() as connection:
            return asked.waiting(connection, site, before, limit)

    def validators_lie(self, site: str, since: datetime) -> bool:
        """Say whether a page of this site was seen, since then, to change its text under the same ETag or date."""
        with self.engine.connect() as connection:
            return asked.validators_lie(connection, site, since)

    def same_story(self, article: str, reading: Reading) -> bool:
        """Say whether a reading is the story of this article, at another address perhaps and edited."""
        with self.engine.connect() as connection:
            number = connection.scalar(sa.select(t.article.c.id).where(t.article.c.key == article))
            return number is not None and identity.same_story(connection, number, storable(reading))

    def same_stories(self, one: str, other: str) -> bool:
        """Say whether two articles are, by what they said last, one story."""
        with self.engine.connect() as connection:
            return identity.same_stories(connection, one, other)

    def told_by(self, site: str, reading: Reading) -> int:
        """Return at the pages of how many articles of a site exactly this was read."""
        with self.engine.connect() as connection:
            return asked.told_by(connection, site, reading_digest(storable(reading)))

    def signals(self, site: str) -> list[Signal]:
        """Return the listings that are remembered of a site."""
        with self.engine.connect() as connection:
            return listings.signals(connection, site)

    def left_over(self, site: str, limit: int) -> list[Link]:
        """Return the listed links that are still to be asked for, newest first: never answered, or changed since."""
        with self.engine.connect() as connection:
            return listings.left_over(connection, site, limit)

    def vanished(self, site: str) -> list[str]:
        """Return the addresses that a map listed and lists no more, and that nobody has asked for since."""
        with self.engine.connect() as connection:
            return listings.vanished(connection, site)

    def told(self, site: str, urls: Iterable[str]) -> dict[str, Listed]:
        """Return, by address, what is known of the links of a site that some listing has given."""
        with self.engine.connect() as connection:
            return listings.told(connection, site, urls)

    def backfills(self, site: str, until: datetime) -> dict[str, Backfill]:
        """Return, by the listing's address, how far its walk back to this day has come."""
        with self.engine.connect() as connection:
            return listings.backfills(connection, site, until)

    def story_addresses(self, site: str, limit: int = 500) -> list[str]:
        """Return addresses of a site's articles, the latest first."""
        with self.engine.connect() as connection:
            return listings.story_addresses(connection, site, limit)

    def author_addresses(self, site: str) -> list[str]:
        """Return the addresses of pages about a site's authors, as its bylines link them."""
        with self.engine.connect() as connection:
            return listings.author_addresses(connection, site)

    def copies(self, reading: Reading) -> list[str]:
        """Return the keys of the articles that say, or once said, exactly what this reading says."""
        with self.engine.connect() as connection:
            return asked.copies(connection, reading_digest(storable(reading)))

    def denied(self, url: str) -> bool:
        """Say whether a takedown forbids to fetch this address."""
        with self.engine.connect() as connection:
            return takedown.denied(connection, url)

    def removals(self, visit: str) -> tuple[int, int]:
        """Return how many known articles this visit asked for again, and how many of them answered 404 or 410."""
        with self.engine.connect() as connection:
            return asked.removals(connection, self._visit(visit).id)

    def pending(self, site: str, articles: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Return, by article key, the request that would read a counter which the page loads by a script."""
        with self.engine.connect() as connection:
            return asked.pending(connection, site, articles)

    def fill_rates(self, site: str, last: int = 20, skip: int = 0) -> dict[str, float]:
        """Return the share of a site's last readings that have each field; nothing below ``last`` readings.

        ``skip`` leaves out so many of the newest: what was read before them.
        """
        with self.engine.connect() as connection:
            return asked.fill_rates(connection, site, last, skip)

    def newest_page(self, url: str) -> Capture | None:
        """Return the newest page that an address answered whole, with 200; None if there is none."""
        with self.engine.connect() as connection:
            found = rereading.newest(connection, url)
        return found.load(self.warc_folder) if found else None

    def fetched(self, urls: Iterable[str]) -> dict[str, Fetched]:
        """Return when each of these addresses was last answered for good, with its validators; others are left out."""
        with self.engine.connect() as connection:
            return asked.fetched(connection, urls)

    def stories_by_week(self, site: str, now: datetime, most: int = 4) -> tuple[int, ...]:
        """Return how many stories came out in each of a site's last weeks, the newest first.

        Whole weeks since its first visit, ``most`` of them; nothing in its first week.
        """
        with self.engine.connect() as connection:
            return asked.stories_by_week(connection, site, now, most)

    def resolve(self, site: str, capture: Capture, reading: Reading, *, asked_for: str | None = None) -> str:
        """Return the key of the article that a reading belongs to; a new one is minted from the capture.

        ``asked_for`` is the article whose address redirected to this page: it is the one if it is the same story.
        """
        reading, found = storable(reading), None
        with self._journal.asking() as connection:
            row = rows.remembered(connection, ("site", site), lambda: connection.execute(_SITE, {"name": site}).first())
            if row is not None:
                hosts = identity.Hosts.of(row.url, row.facts)
                found = identity.article_by_identities(connection, row.id, reading.identities, reading.title,
                                                       moved_to=capture.url if hosts.former else None)  # fmt: skip
                found = found or identity.article_by_path(connection, row.id, capture.url, reading, hosts)
                found = found or identity.article_by_text(connection, row.id, reading)
                found = found or identity.article_moved_here(connection, asked_for, reading)
        return found or identity.mint_key(site, capture.record_id)

    def story_captures(self, *, site: str | None = None, since: datetime | None = None) -> Iterator[rereading.Kept]:
        """Yield the captures of story pages in the order in which they came: of one site, fetched ``since`` a time."""
        after = 0
        while True:
            with self.engine.connect() as connection:
                found = rereading.kept(connection, after, site, since)
            if not found:
                return
            yield from found
            after = found[-1].id

    def read_with(self, capture: Capture) -> list[Capture]:
        """Return what was read together with a kept page: its rendering, if there is one, then its further pages."""
        with self.engine.connect() as connection:
            found = rereading.read_with(connection, capture.record_id.bytes)
        return [kept.load(self.warc_folder) for kept in found]

    def unread(self, site: str) -> list[Capture]:
        """Return the story pages of a site that a killed visit kept and nobody has read, in the order they came in.

        What cannot be loaded is left to ``verify``.
        """
        with self.engine.connect() as connection:
            found = rereading.kept(connection, 0, site, unread=True)
        captures = []
        for each in found:
            with suppress(ArchiveError):
                captures.append(each.load(self.warc_folder))
        return captures

    def differences(self, capture: Capture, reading: Reading) -> dict[str, tuple[Any, Any]]:
        """Return, by field, what was read before on a kept capture and what a reading says now, where they differ."""
        with self.engine.connect() as connection:
            before = rereading.values_before(connection, capture.record_id.bytes)
        return rereading.differences(before, storable(reading))

    def has(self, capture: Capture) -> bool:
        """Say whether exactly this capture is here and, where it can be read, was read."""
        with self.engine.connect() as connection:
            found = rows.find_capture(connection, capture)
            if found is None or capture.kind is not Kind.RESPONSE or capture.status != 200:
                return found is not None
            return self._was_read(connection, capture)

    # ------------------------------------------------------------------ inside

    def _visit(self, key: str) -> BegunVisit:
        try:
            return self._visits[key]
        except KeyError:
            raise ArchiveError(f"visit {key!r} was not begun, or has ended") from None

    def _last_known(self) -> datetime:
        with self.engine.connect() as connection:
            read = connection.scalar(sa.select(t.reading.c.known_from).order_by(t.reading.c.id.desc()).limit(1))
            ended = connection.scalar(sa.select(sa.func.max(t.visit.c.ended_at)))
        return max(filter(None, (read, ended)), default=datetime.min.replace(tzinfo=UTC))

    def _next_known(self) -> datetime:
        # Known time never stands still nor goes back, whatever the machine's clock does.
        self._known = max(self.clock(), self._known + timedelta(microseconds=1))
        return self._known

    def _original(self, connection: Connection, capture: Capture) -> Original | None:
        """Return the capture whose payload a 304 confirms: the newest of its address before it."""
        if capture.kind is not Kind.REVISIT:
            return None
        row = t.capture.c
        found = connection.execute(
            sa.select(row.fetched_at, row.payload_digest)
            .join(t.url, t.url.c.id == row.url_id)
            .where(t.url.c.url == capture.url, row.kind == Kind.RESPONSE, row.status == 200,
                   row.fetched_at <= capture.fetched_at)
            .order_by(row.fetched_at.desc())
            .limit(1)
        ).first()  # fmt: skip
        return Original(capture.url, found.fetched_at, found.payload_digest) if found else None

    def _save_unread(self, capture: Capture, key: str | None, due_at: datetime | None) -> Outcome:
        with self._journal.pointing() as connection:
            article = identity.article_by_key(connection, key) or identity.article_by_url(connection, capture.url)
            if article is None:
                return Outcome.KEPT
            ingest.note_look(connection, article, capture.fetched_at, due_at=due_at)
            if capture.kind is not Kind.REVISIT:
                return Outcome.KEPT
            return Outcome.RESTORED if self._restored(connection, article, capture) else Outcome.UNCHANGED

    def _restored(self, connection: Connection, article: int, capture: Capture) -> bool:
        """Say whether this capture is the one that brought a gone article back."""
        row = t.version.c
        restored = sa.select(row.id).where(
            row.article_id == article, row.known_to == t.OPEN, row.change == t.Change.RESTORED,
            row.first_capture_id == rows.find_capture(connection, capture),
        )  # fmt: skip
        return connection.scalar(restored) is not None

    def _was_read(self, connection: Connection, capture: Capture) -> bool:
        number = rows.find_capture(connection, capture)
        return (
            connection.scalar(
                sa.select(t.reading.c.id).where(t.reading.c.capture_id == number, t.reading.c.known_to == t.OPEN)
            )
            is not None
        )

    def _says_more(self, connection: Connection, article: str | None, reading: Reading) -> bool:
        """Say whether a reading must be journalled in full: its digest is not that of the article's open version."""
        if reading.outcome != "read":
            return False
        head = connection.scalar(_HEAD_DIGEST, {"key": article})
        return head != reading_digest(reading)


_SITE = sa.select(t.site.c.id, t.site.c.url, t.site.c.facts).where(t.site.c.name == sa.bindparam("name"))
_HEAD_DIGEST = sa.select(t.article.c.head_digest).where(t.article.c.key == sa.bindparam("key"))


# ------------------------------------------------------------------ helpers


def _reading_values(told: Mapping[str, Any], digest: bytes | None, article: str | None, due_at: datetime | None, *,
                    full: bool) -> dict[str, Any]:  # fmt: skip
    """Return what the journal says of a reading: all of it, or only what the open version does not say already."""
    values = dict(told)
    if not full:
        short = ("reader", "outcome", "reason", "modified", "counters", "pending", "opt_outs", "identities", "access",
                 "profiles", "rendering", "parts")  # fmt: skip
        values = {name: values[name] for name in short if name in values}
    values |= {"form": "full" if full else "short"}
    if due_at is not None:
        values |= {"due_at": due_at.isoformat()}
    if article is not None:
        values |= {"article": article}
    if digest is not None:
        values |= {"digest": digest.hex()}
    return values

"""Short words for what a crawl tells an archive: captures, readings, and the visits of one paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from archive import (
    Archive,
    Author,
    Capture,
    Counter,
    Identity,
    Kind,
    Moment,
    Outcome,
    Reader,
    Reading,
    SiteFacts,
    corpus,
)
from archive import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive.corpus import History

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

AGENT = "hemeroteca/0.1.0 (+https://hemeroteca.example/)"
READER = Reader(name="hemeroteca", version="0.1.0", config_digest="cafe")
STORY = "https://lakeside.example/2026/11/flood/"

BODY = (
    "The river rose two metres overnight and closed the old bridge at Panublion.",
    "Mayor Ana Peñaflor asked families near the market to move to the school before dark.",
    "Buses will run again when the water falls below the mark painted on the pier.",
)

_NAMES = UUID("6d1c2b9e-3c1f-4f62-9a0e-8f1f2b9e5a11")


class SettableClock:
    """A clock that stands until it is told to move."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        self.now += by
        return self.now


def record_id(*parts: object) -> UUID:
    """Return the same record id for the same parts, so that orders of equal instants are known."""
    return uuid5(_NAMES, " ".join(map(str, parts)))


def capture(url: str = STORY, at: datetime = START, *, visit: str = "", status: int | None = 200,
            payload: bytes | None = None, **more: Any) -> Capture:  # fmt: skip
    """Return a capture; a 304 is a revisit, no status is a network error."""
    kind = {304: Kind.REVISIT, None: Kind.ERROR}.get(status, Kind.RESPONSE)
    if payload is None:
        payload = f"<html>{status} {url} at {at}</html>".encode() if kind is Kind.RESPONSE else b""
    values: dict[str, Any] = {
        "record_id": record_id(url, at, status),
        "headers": (("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{at:%d%H%M}"')) if status else (),
        "reason": {200: "OK", 304: "Not Modified", 404: "Not Found", 410: "Gone"}.get(status or 0, ""),
        "kind": kind,
        "error": "connection refused" if status is None else None,
        **more,
    }
    return Capture(visit=visit, url=url, fetched_at=at, status=status, payload=payload, **values)


def reading(title: str | None = "Flood closes the old bridge", body: Sequence[str] = BODY, *,
            authors: Sequence[str] = ("Ana Peñaflor",), views: int | None = None, comments: int | None = None,
            modified: datetime | None = None, published: datetime | None = START - HOUR, wp: str | None = None,
            ld: str | None = None, canonical: str | None = None, **more: Any) -> Reading:  # fmt: skip
    """Return what a reader made of a page."""
    counted = (("views", views), ("comments", comments))
    named = (("wp", wp), ("ld", ld), ("url", canonical))
    values: dict[str, Any] = {
        "reader": READER,
        "paragraphs": tuple(body),
        "authors": tuple(Author(name=name) for name in authors),
        "byline": "By " + " and ".join(authors) if authors else None,
        "counters": tuple(Counter(metric=m, value=v, source="page") for m, v in counted if v is not None),
        "identities": tuple(Identity(kind=kind, value=value) for kind, value in named if value is not None),
        "published": Moment(at=published) if published else None,
        "modified": Moment(at=modified) if modified else None,
        "language": "en",
        "canonical_url": canonical,
        **more,
    }
    return Reading(title=title, **values)


def facts(name: str = "lakeside", **more: Any) -> SiteFacts:
    values: dict[str, Any] = {
        "title": f"The {name.title()} Herald", "url": f"https://{name}.example/", "country": "PH",
        "region": "Western Visayas", "languages": ("en", "tl"), "timezone": "Asia/Manila",
    }  # fmt: skip
    return SiteFacts(name=name, **{**values, **more})


@dataclass
class Paper:
    """One paper as a crawl sees it: visits begin by themselves and last until they are ended."""

    archive: Archive
    clock: SettableClock
    name: str = "lakeside"
    visit: str | None = None

    def begin(self, **more: Any) -> str:
        self.visit = self.archive.begin_visit(facts(self.name, **more), agent=AGENT, reader=READER)
        return self.visit

    def end(self, *, believe: bool = True, exit_status: int = 0, **report: Any) -> dict[Outcome, int]:
        visit = self.visit or self.begin()
        self.visit = None
        return self.archive.end_visit(visit, report, exit_status=exit_status, believe_removals=believe)

    def capture(self, url: str = STORY, at: datetime | None = None, **more: Any) -> Capture:
        return capture(url, at or self.clock(), visit=self.visit or self.begin(), **more)

    def prints(self, read: Reading | None = None, *, url: str = STORY, at: datetime | None = None,
               due_at: datetime | None = None, **more: Any) -> Outcome:  # fmt: skip
        """Save a page that was read; the words that make a reading may be given by name."""
        read = read or reading(**{"canonical": url, **more})
        taken = self.capture(url, at)
        key = self.archive.resolve(self.name, taken, read)
        return self.archive.save(taken, read, article=key, due_at=due_at)

    def answers(self, status: int | None, *, url: str = STORY, at: datetime | None = None) -> Outcome:
        """Save what could not be read: a 304, 404, 410, 5xx or network error."""
        return self.archive.save(self.capture(url, at, status=status))

    def visited(self, status: int, *, at: datetime, believe: bool = True, url: str = STORY) -> dict[Outcome, int]:
        """Make a visit of its own that gets one answer."""
        self.clock.now = at
        self.begin()
        self.answers(status, url=url, at=at)
        return self.end(believe=believe)

    def history(self, name: str = STORY) -> History:
        return corpus.history(self.archive, name)

    def versions(self, name: str = STORY) -> list[dict[str, Any]]:
        return self.history(name).versions

    def changes(self, name: str = STORY) -> list[str]:
        return [version["change"] for version in self.versions(name)]


def rows(archive: Archive, table: sa.Table) -> list[Any]:
    """Return all rows of a table, in the order of its key."""
    with archive.engine.connect() as connection:
        return list(connection.execute(sa.select(table).order_by(*table.primary_key.columns)))


def current(archive: Archive, url: str = STORY) -> list[Any]:
    """Return the version rows of an article as known now."""
    with archive.engine.connect() as connection:
        number = corpus.find(connection, url)
        row = t.version.c
        return list(connection.execute(
            sa.select(t.version).where(row.article_id == number, row.known_to == t.OPEN).order_by(row.number)
        ))  # fmt: skip


def warc_bytes(archive: Archive) -> int:
    return sum(path.stat().st_size for path in archive.warc_folder.iterdir())


def stamps(times: Iterable[datetime]) -> list[str]:
    return [f"{at:%Y-%m-%dT%H:%M:%S}Z" for at in times]

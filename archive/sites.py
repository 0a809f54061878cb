"""How each site stands: what it has, how often it was visited and what came of that, what came out and what changed.

Nothing here writes. All that is told is cheap to ask: by site, and of the last weeks only.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from archive import asked
from archive import tables as t
from archive.describe import stamp
from archive.selection import require_site
from archive.takedown import visible

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.engine import Connection

    from archive.store import Archive

VISITS = 14
"""Visits of a site that are shown at a glance."""

FEWEST_READINGS = 20
"""Shares of fields are told of so many of a site's last readings, and of no fewer."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit as its report tells it; ``ended`` is None while it runs, or when it was killed."""

    key: str
    started: str | None
    ended: str | None
    exit_status: int | None
    why: tuple[str, ...]  # what made it end as failed
    outcomes: dict[str, int]
    requests: int | None
    seconds: float | None

    @property
    def went(self) -> str:
        """How it went, in one word: ``well``, ``failed``, or ``open`` where no end was told."""
        return "open" if self.exit_status is None else "failed" if self.exit_status else "well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A site at a glance; ``visits`` are its last, the newest first."""

    name: str
    title: str
    url: str
    country: str | None
    region: str | None
    languages: tuple[str, ...]
    timezone: str
    states: dict[str, int]  # articles by state
    in_week: int  # stories that came out in the last 7 days
    visits: tuple[Visit, ...]

    @property
    def articles(self) -> int:
        """How many articles it has, whatever their state."""
        return sum(self.states.values())

    @property
    def health(self) -> str:
        """One word: ``well``, ``silent`` (no story in a week), ``failed`` (its last visit) or ``unvisited``."""
        last = next((visit for visit in self.visits if visit.went != "open"), None)
        if last is None:
            return "unvisited"
        return "failed" if last.went == "failed" else "well" if self.in_week else "silent"


def standings(archive: Archive) -> list[Standing]:
    """Return every site at a glance, by title."""
    with archive.engine.connect() as connection:
        return _standings(connection, archive.clock(), sa.true())


def standing(archive: Archive, name: str) -> Standing:
    """Return one site at a glance; raises NotFoundError."""
    with archive.engine.connect() as connection:
        require_site(connection, name)
        return _standings(connection, archive.clock(), t.site.c.name == name)[0]


def _standings(connection: Connection, now: datetime, which: sa.ColumnElement[bool]) -> list[Standing]:
    rows = connection.execute(sa.select(t.site).where(which).order_by(t.site.c.title, t.site.c.name)).all()
    article = t.article.c
    counted = connection.execute(
        sa.select(article.site_id, article.state, sa.func.count())
        .where(article.site_id.in_([row.id for row in rows]), article.merged_into.is_(None), visible(article.id))
        .group_by(article.site_id, article.state)
    ).all()
    came_out = _came_out(now - _WEEK, now + timedelta(days=1)).subquery()
    week = connection.execute(sa.select(came_out.c.site_id, sa.func.count()).group_by(came_out.c.site_id)).all()
    out = dict(tuple(row) for row in week)
    return [
        Standing(
            name=row.name, title=row.title, url=row.url, country=row.country, region=row.region,
            languages=tuple(row.languages), timezone=row.timezone,
            states={str(state): many for site, state, many in counted if site == row.id}, in_week=out.get(row.id, 0),
            visits=tuple(_visits(connection, row.id, VISITS)),
        )
        for row in rows
    ]  # fmt: skip


def _came_out(since: datetime, until: datetime) -> sa.Select[Any]:
    """Select the articles that were published in a time, or first seen in it where no page tells a date."""
    article = t.article.c
    return sa.select(article.site_id, article.listed_at).where(
        article.listed_at >= since, article.listed_at < until, article.merged_into.is_(None), visible(article.id)
    )


def visits(archive: Archive, name: str, most: int) -> list[Visit]:
    """Return the last visits of a site, the newest first; raises NotFoundError."""
    with archive.engine.connect() as connection:
        require_site(connection, name)
        number: int = connection.execute(sa.select(t.site.c.id).where(t.site.c.name == name)).scalar_one()
        return _visits(connection, number, most)


def _visits(connection: Connection, site: int, most: int) -> list[Visit]:
    row = t.visit.c
    found = connection.execute(
        sa.select(row.key, row.started_at, row.ended_at, row.exit_status, row.report)
        .where(row.site_id == site)
        .order_by(row.started_at.desc(), row.id.desc())
        .limit(most)
    )
    return [_visit(one) for one in found]


def _visit(row: Any) -> Visit:
    report: dict[str, Any] = row.report or {}
    why = report.get("why") or ()
    return Visit(
        key=row.key, started=stamp(row.started_at), ended=stamp(row.ended_at), exit_status=row.exit_status,
        why=(why,) if isinstance(why, str) else tuple(map(str, why)), outcomes=dict(report.get("outcomes") or {}),
        requests=report.get("requests"), seconds=report.get("seconds"),
    )  # fmt: skip


def stories_by_day(archive: Archive, name: str, days: int) -> list[tuple[date, int]]:
    """Return how many stories came out on each of a site's last days, in its own zone, the oldest first."""
    now = archive.clock()
    with archive.engine.connect() as connection:
        require_site(connection, name)
        site = connection.execute(sa.select(t.site.c.id, t.site.c.timezone).where(t.site.c.name == name)).one()
        zone = ZoneInfo(site.timezone)
        today = now.astimezone(zone).date()
        query = _came_out(now - timedelta(days=days + 1), now + timedelta(days=1))
        out = connection.execute(query.where(t.article.c.site_id == site.id)).all()
    counted = Tally(row.listed_at.astimezone(zone).date() for row in out)
    return [(day, counted[day]) for day in (today - timedelta(days=back) for back in range(days - 1, -1, -1))]


def shares_of_fields(archive: Archive, name: str) -> dict[str, float]:
    """Return the share of a site's last readings that have each field, 0 to 1; empty where there are too few."""
    with archive.engine.connect() as connection:
        require_site(connection, name)
        return asked.fill_rates(connection, name, FEWEST_READINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much the archive holds of what may be shown."""

    stories: int
    versions: int
    quiet: int  # stealth edits
    captures: int


def totals(archive: Archive) -> Totals:
    """Count stories, versions, quiet changes and captures."""
    article, version = t.article.c, t.version.c
    shown = sa.and_(version.known_to == t.OPEN, visible(version.article_id))
    with archive.engine.connect() as connection:

        def count(table: sa.Table, *which: sa.ColumnElement[bool]) -> int:
            return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*which)) or 0

        return Totals(
            stories=count(t.article, article.merged_into.is_(None), visible(article.id)),
            versions=count(t.version, shown), quiet=count(t.version, shown, version.stealth),
            captures=count(t.capture),
        )  # fmt: skip

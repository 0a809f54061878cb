"""Figures that are the same for every reader and cost a scan: asked again when they are a minute old.

They are counts, and how visits went; no text and no headline is among them, so that what is taken down is gone from
every page at once. What is counted by author is counted anew after every takedown.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from archive import corpus, sites, takedown
from archive.describe import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import date, datetime

    from archive.selection import Selection
    from archive.sites import Standing, Totals, Visit
    from archive.store import Archive

SECONDS = 60.0
"""So old an answer is asked for again, aside; until the new one is there the old one is told on."""

OLDEST = 600.0
"""So old an answer is told no more: after a time without readers the first one waits."""

SEARCHES = 100
"""Searches whose facets are kept, the last that were asked for."""

DAYS = 42
VISITS = 30

Answer = TypeVar("Answer")
Facets = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a paper's page tells in numbers: stories by day, shares of fields that are read, its last visits."""

    days: list[tuple[date, int]]
    shares: dict[str, float]
    visits: list[Visit]


class Figures:
    """What the archive holds in numbers, and how its sites stand; about a minute old."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._totals = Held(lambda: sites.totals(archive), archive.clock)
        self._standings = Held(lambda: sites.standings(archive), archive.clock)
        self._titles: tuple[list[Standing], dict[str, str]] = ([], {})
        self._papers: Shelf[Paper] = Shelf(archive.clock, most=5000)
        self._facets: Shelf[Facets] = Shelf(archive.clock, most=SEARCHES)

    def prepare(self) -> None:
        """Ask for all of it aside, so that the first reader need not wait."""
        for held in (self._standings, self._totals):
            Thread(target=held, daemon=True).start()

    def totals(self) -> Totals:
        """Return how much the archive holds."""
        return self._totals()

    def standings(self) -> list[Standing]:
        """Return how every site stands, by title."""
        return self._standings()

    def counted_at(self) -> str | None:
        """Return when the sites were counted as they are told now, None if not yet."""
        return stamp(self._standings.at)

    def titles(self) -> dict[str, str]:
        """Return the title of every paper by its name; a page asks for it wherever it names one."""
        standings = self.standings()
        if self._titles[0] is not standings:
            self._titles = (standings, {site.name: site.title for site in standings})
        return self._titles[1]

    def standing(self, name: str) -> Standing:
        """Return one site at a glance; raises NotFoundError."""
        held = next((site for site in self.standings() if site.name == name), None)
        return held or sites.standing(self._archive, name)  # one that came within the minute

    def paper(self, name: str) -> Paper:
        """Return the figures of a paper's page; raises NotFoundError."""
        return self._papers(self.standing(name).name, lambda: self._paper(name))

    def _paper(self, name: str) -> Paper:
        return Paper(
            days=sites.stories_by_day(self._archive, name, DAYS), shares=sites.shares_of_fields(self._archive, name),
            visits=sites.visits(self._archive, name, VISITS),
        )  # fmt: skip

    def facets(self, selection: Selection) -> Facets:
        """Count what a search finds, as :func:`archive.corpus.facets` does."""
        with self._archive.engine.connect() as connection:
            taken_down = takedown.last_change(connection)
        return self._facets((selection, taken_down), lambda: corpus.facets(self._archive, selection))


class Held(Generic[Answer]):
    """An answer that is kept for a minute, and then told on while it is asked for again aside.

    Only who comes before the first answer, or after ten minutes without one, waits.
    """

    def __init__(self, ask: Callable[[], Answer], clock: Callable[[], datetime]) -> None:
        self._ask, self._clock = ask, clock
        self._held: tuple[float, datetime, Answer] | None = None
        self._asking = Lock()

    @property
    def at(self) -> datetime | None:
        """When the answer was asked for that is told now."""
        return self._held[1] if self._held is not None else None

    def __call__(self) -> Answer:
        """Return the answer."""
        held = self._held
        if held is None or time.monotonic() - held[0] > OLDEST:
            with self._asking:
                # Whoever had the lock before has just asked.
                return self._held[2] if self._held is not None and self._held is not held else self._asked()
        if time.monotonic() - held[0] > SECONDS and self._asking.acquire(blocking=False):
            Thread(target=self._ask_again, daemon=True).start()
        return held[2]

    def _ask_again(self) -> None:
        try:
            self._asked()
        finally:
            self._asking.release()

    def _asked(self) -> Answer:
        begun, at = time.monotonic(), self._clock()
        answer = self._ask()
        self._held = (begun, at, answer)
        return answer


class Shelf(Generic[Answer]):
    """Answers by what was asked, each :class:`Held`: so many of them, those that were asked for last."""

    def __init__(self, clock: Callable[[], datetime], *, most: int) -> None:
        self._clock, self._most = clock, most
        self._held: OrderedDict[Hashable, Held[Answer]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Return the answer to a question; readers who ask the same at once wait for one answer."""
        with self._lock:
            held = self._held.setdefault(key, Held(ask, self._clock))
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return held()

"""What happens to stories and when: events as plain data, and the plans they are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("new", "corrected", "retitled", "stealth", "renamed", "removed_404", "removed_410", "restored")
REMOVALS = ("removed_404", "removed_410")

# After how many hours, at which paper, what: every kind within a day, wherever a paper is missing at another one.
_FIRST_DAY = (
    (1, 0, "new"),
    (2, 1, "new"),
    (3, 2, "new"),
    (4, 3, "new"),
    (5, 4, "new"),
    (6, 0, "corrected"),
    (7, 1, "retitled"),
    (8, 0, "stealth"),
    (9, 2, "stealth"),
    (10, 3, "renamed"),
    (11, 4, "corrected"),
    (12, 0, "removed_404"),
    (13, 1, "removed_410"),
    (14, 2, "renamed"),
    (15, 3, "stealth"),
    (16, 4, "retitled"),
    (17, 0, "new"),
    (18, 1, "corrected"),
    (19, 2, "corrected"),
    (20, 0, "restored"),
    (21, 2, "removed_404"),
    (22, 3, "corrected"),
    (23, 4, "stealth"),
)
_USUAL = ("corrected",) * 8 + ("retitled",) * 4 + ("stealth",) * 4 + ("renamed",) * 2 + REMOVALS + ("restored",)


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One thing that happens to one story. A new story may have the id 0: it is given the next free one."""

    at: datetime
    paper: str
    story_id: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Exact numbers of events between two instants, each on another story.

    With ``counters`` given, that many further stories count views in this time and all other counters stand still
    from its beginning on.
    """

    between: tuple[datetime, datetime]
    counts: Mapping[str, int]
    counters: int | None = None
    paper: str | None = None  # None: at every paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How events come about: given ones, a day on which everything happens, rates, exact numbers."""

    events: tuple[Event, ...] = ()
    first_day: bool = False
    days: int = 0  # how long the rates hold
    new_per_day: int = 2  # of each paper
    change_rate: float = 0.05  # share of a paper's latest stories that change in a day
    quotas: tuple[Quota, ...] = ()


LIVELY = Plan(first_day=True, days=45)
STILL = Plan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A plan worked out: the events in order of time, and which counters move where all others stand still."""

    events: tuple[Event, ...]
    standing_since: Mapping[str, datetime]
    moving: Mapping[tuple[str, int], datetime]


@dataclass(slots=True)
class Shelf:
    """What the planner knows of one paper: its stories, and which of them it may still touch."""

    live: dict[int, datetime]
    next_ids: list[int]
    touched: set[int] = field(default_factory=set)
    gone: dict[int, datetime] = field(default_factory=dict)


class Planner:
    """Turns a plan into events, chronologically, so that only what is live can change or go."""

    def __init__(self, shelves: dict[str, Shelf], start: datetime, seed: int) -> None:
        self.shelves = shelves
        self.start = start
        self.rng = Random(f"{seed}/plan")
        self.events: list[Event] = []
        self.standing_since: dict[str, datetime] = {}
        self.moving: dict[tuple[str, int], datetime] = {}

    def work_out(self, plan: Plan) -> Schedule:
        """Return the schedule of a plan."""
        for event in sorted(plan.events):
            self._note(event.at, event.paper, event.kind, event.story_id)
        if plan.first_day:
            self._first_day()
        for day in range(1 if plan.first_day else 0, plan.days):
            for paper in self.shelves:
                self._usual_day(plan, paper, self.start + timedelta(days=day))
        for quota in plan.quotas:
            for paper in [quota.paper] if quota.paper else list(self.shelves):
                self._fill(quota, paper)
        return Schedule(events=tuple(sorted(self.events)), standing_since=self.standing_since, moving=self.moving)

    def _first_day(self) -> None:
        names = list(self.shelves)
        for hours, number, kind in _FIRST_DAY:
            at = self.start + timedelta(hours=hours, seconds=self.rng.randrange(0, 1800))
            self._plan(at, names[number % len(names)], kind, recent=30)

    def _usual_day(self, plan: Plan, paper: str, day: datetime) -> None:
        changes = round(plan.change_rate * min(60, len(self.shelves[paper].live)) + self.rng.uniform(-0.5, 0.5))
        kinds = ["new"] * plan.new_per_day + [self.rng.choice(_USUAL) for _ in range(changes)]
        self.rng.shuffle(kinds)
        for seconds, kind in zip(sorted(self.rng.sample(range(86400), len(kinds))), kinds, strict=True):
            self._plan(day + timedelta(seconds=seconds), paper, kind, recent=60)

    def _fill(self, quota: Quota, paper: str) -> None:
        first, last = quota.between
        kinds = [kind for kind, count in quota.counts.items() for _ in range(count)]
        self.rng.shuffle(kinds)
        kinds.sort(key=lambda kind: kind == "restored")
        step = (last - first) / (len(kinds) + 1)
        for number, kind in enumerate(kinds, 1):
            if not self._plan(first + number * step, paper, kind):
                message = f"{paper}: too few stories for one more {kind}"
                raise ValueError(message)
        if quota.counters is not None:
            self.standing_since[paper] = first
            for story_id in self.rng.sample(self._choice(paper, first), quota.counters):
                self.moving[paper, story_id] = first + (last - first) / 2

    def _plan(self, at: datetime, paper: str, kind: str, recent: int | None = None) -> bool:
        at = at.replace(microsecond=0)
        shelf = self.shelves[paper]
        if kind == "new":
            choice = [0]
        elif kind == "restored":
            choice = [story_id for story_id, gone_at in shelf.gone.items() if gone_at < at]
        else:
            choice = self._choice(paper, at)[-recent if recent else 0 :]
        if not choice:
            return False
        self._note(at, paper, kind, self.rng.choice(choice))
        return True

    def _choice(self, paper: str, at: datetime) -> list[int]:
        shelf = self.shelves[paper]
        old = [story_id for story_id, published in shelf.live.items() if published < at - timedelta(hours=1)]
        return [story_id for story_id in old if story_id not in shelf.touched] or old

    def _note(self, at: datetime, paper: str, kind: str, story_id: int) -> None:
        if kind not in KINDS:
            message = f"no such kind of event: {kind!r}"
            raise ValueError(message)
        shelf = self.shelves[paper]
        if kind == "new":
            story_id = story_id or shelf.next_ids.pop(0)
        if kind in REMOVALS:
            shelf.live.pop(story_id, None)
            shelf.gone[story_id] = at
        elif kind in {"new", "restored"}:
            shelf.gone.pop(story_id, None)
            shelf.live[story_id] = at
        if kind != "new":
            shelf.touched.add(story_id)
        self.events.append(Event(at, paper, story_id, kind))

"""A simulated paper: stories, their edits and removals over a year, and visits that look at them again.

The assumptions are in docs/revisits.md. Nothing here knows the network or an archive: what an archive would answer to
``due`` and ``waiting`` is worked out from what the looks have found, with the rules of ``crawler/revisits.py``.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Protocol

from archive import Known
from crawler.revisits import REST, Found, choose, due_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

EDITS = 2.8  # for each story: NewsEdits counts 3.8 versions an article
MEDIAN_EDIT = 3 * HOUR  # after publication …
SPREAD = 1.9  # … log-normal: seven in ten within 8 hours, one in a hundred after a week
LATE = 0.05  # of edits come at any time in the two years after
STEALTH = 0.15  # of edits move no date
REMOVED = 0.03  # of stories, half of them within 60 days
MEDIAN_REMOVAL = 60 * DAY
MORNING, EVENING = 6, 22  # papers publish by day


@dataclass(slots=True)
class Story:
    """A story: when it came out, was edited and went, and what is known of it."""

    number: int
    published: datetime
    edits: list[tuple[datetime, bool]]  # when, and whether quietly
    removed: datetime | None
    known: Known
    asked: datetime = START
    due: datetime = START
    seen: int = 0  # edits that were there at the last look
    is_gone: bool = False

    def version(self, at: datetime) -> int:
        """Return how many edits there were by then."""
        return bisect_right(self.edits, at, key=lambda edit: edit[0])


def stories(*, before: int, days: int, daily: int, seed: int) -> list[Story]:
    """Return stories: ``before`` of them over the three years before the start, then ``daily`` for each day."""
    chance = Random(seed)
    dates = [START - 3 * 365 * DAY * chance.random() for _ in range(before)]
    for day in range(days):
        dates += [START + day * DAY + chance.uniform(MORNING, EVENING) * HOUR for _ in range(daily)]
    return [_story(number, at, chance) for number, at in enumerate(sorted(dates))]


def _story(number: int, published: datetime, chance: Random) -> Story:
    many = int(math.log(1 - chance.random()) / math.log(EDITS / (1 + EDITS)))  # geometric: most have few, some many
    edits = sorted((published + _after(chance), chance.random() < STEALTH) for _ in range(many))
    removed = None
    if chance.random() < REMOVED:
        removed = published + chance.expovariate(math.log(2)) * MEDIAN_REMOVAL
        edits = [edit for edit in edits if edit[0] < removed]
    known = Known(article=str(number), url=str(number), state="live", fetched_at=published, published=published,
                  first_seen=published)  # fmt: skip
    return Story(number, published, edits, removed, known)


def _after(chance: Random) -> timedelta:
    if chance.random() < LATE:
        return chance.random() * 730 * DAY
    return min(MEDIAN_EDIT * chance.lognormvariate(0, SPREAD), 700 * DAY)


# ------------------------------------------------------------------ rules


class Rule(Protocol):
    """How a visit chooses what to look at, and when a story is due after a look."""

    def chosen(self, live: list[Story], now: datetime, budget: int) -> Iterable[Story]:
        """Return the stories to look at."""

    def wait(self, story: Story, now: datetime, found: Found) -> datetime:
        """Return when the story is due again."""


class Ours:
    """The rules of ``crawler/revisits.py``, over the same order that the archive gives."""

    def chosen(self, live: list[Story], now: datetime, budget: int) -> Iterable[Story]:
        """Return what ``choose`` chooses."""
        rested = now - REST
        due = heapq.nsmallest(budget, (s for s in live if s.due <= now), key=lambda story: _rank(story, now))
        waiting = heapq.nsmallest(budget, (s for s in live if s.asked <= rested), key=attrgetter("asked"))
        by_key = {story.known.article: story for story in (*due, *waiting)}
        looks = choose([story.known for story in due], [story.known for story in waiting], budget)
        return [by_key[look.known.article] for look in looks]

    def wait(self, story: Story, now: datetime, found: Found) -> datetime:
        """Return what ``due_at`` says."""
        return due_at(now, story.published, story.known, found)


class Fixed:
    """Every story after the same time, the longest overdue first."""

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def chosen(self, live: list[Story], now: datetime, budget: int) -> Iterable[Story]:
        """Return the longest overdue."""
        return heapq.nsmallest(budget, (story for story in live if story.due <= now), key=attrgetter("due"))

    def wait(self, story: Story, now: datetime, found: Found) -> datetime:  # the same for each
        """Return the end of the interval."""
        return now + self.interval


class EighthOfAge(Fixed):
    """The first rule this project had: an eighth of the age, from 1 to 20 hours, the longest overdue first."""

    def __init__(self) -> None:
        super().__init__(20 * HOUR)

    def wait(self, story: Story, now: datetime, found: Found) -> datetime:  # only the age counts
        """Return the end of an eighth of the age."""
        return now + min(max((now - story.published) / 8, HOUR), self.interval)


def _rank(story: Story, now: datetime) -> tuple[bool, float]:
    wait = max(story.due - story.asked, timedelta(microseconds=1))
    return story.known.state != "missing", -((now - story.asked) / wait)


# ------------------------------------------------------------------ a year of visits


@dataclass(slots=True)
class Result:
    """What a year of visits found."""

    articles: int
    requests: int = 0
    edits: int = 0  # after the story was first seen
    visible: int = 0  # of them, those that stood at a visit at least: the others no visit can see
    delays: list[timedelta] = field(default_factory=list)  # of the edits that were seen
    stealth: int = 0  # visible ones that move no date
    stealth_seen: int = 0
    removals: int = 0
    removals_seen: int = 0
    longest: int = 0  # most visits that a live story waited, from REST after its last look

    @property
    def caught(self) -> float:
        """Share of the visible edits that were seen."""
        return len(self.delays) / max(self.visible, 1)

    @property
    def delay(self) -> float:
        """Median hours until an edit was seen."""
        return median(delay / HOUR for delay in self.delays) if self.delays else math.inf

    @property
    def requests_per_article(self) -> float:
        """Looks at each article, the first not counted."""
        return self.requests / self.articles


def year(paper: Sequence[Story], rule: Rule, *, every: timedelta, budget: int, days: int) -> Result:
    """Visit a paper for so many days and return what was found. A new story is found by the visit after it came out."""
    result = Result(articles=len(paper))
    live: list[Story] = []
    coming = iter(sorted(paper, key=attrgetter("published")))
    ahead = next(coming, None)
    now, end = START, START + days * DAY
    while now < end:
        while ahead is not None and ahead.published <= now:
            if ahead.removed is None or ahead.removed > now:
                _first_look(ahead, rule, now, every, end, result)
                live.append(ahead)
            ahead = next(coming, None)
        for story in rule.chosen(live, now, budget):
            result.longest = max(result.longest, _waited(story, now, every))
            _look(story, rule, now, result)
        live = [story for story in live if not story.is_gone]
        now += every
    result.longest = max([result.longest, *(_waited(story, now - every, every) for story in live)])
    return result


def _waited(story: Story, now: datetime, every: timedelta) -> int:
    """Return the how manieth visit this is since REST after the story's last look; 0 before that."""
    rested = now - REST - story.asked
    return 0 if rested < timedelta() else rested // every + 1


def _first_look(story: Story, rule: Rule, now: datetime, every: timedelta, end: datetime, result: Result) -> None:
    """Look for the first time, and count what there will be to see: what was edited before is not news."""
    story.seen = story.version(now)
    story.asked, story.due = now, rule.wait(story, now, Found.SAME)
    happened = [(at, quiet) for at, quiet in story.edits[story.seen :] if at < end]
    gone_at = min(story.removed or end, end)
    ends = [at for at, _ in happened[1:]] + [gone_at]
    visible = [quiet for (at, quiet), until in zip(happened, ends, strict=False) if _is_visited(at, until, every)]
    result.edits += len(happened)
    result.visible += len(visible)
    result.stealth += sum(visible)
    result.removals += story.removed is not None and story.removed < end


def _is_visited(since: datetime, until: datetime, every: timedelta) -> bool:
    """Say whether a visit falls into this time."""
    return -((START - since) // every) * every + START < until


def _look(story: Story, rule: Rule, now: datetime, result: Result) -> None:
    result.requests += 1
    if story.removed is not None and story.removed <= now:
        result.removals_seen += story.known.state == "live"
        story.is_gone = story.known.state == "missing"
        story.asked, story.due = now, rule.wait(story, now, Found.ABSENT)
        story.known = replace(story.known, state="missing")
        return
    version = story.version(now)
    if version > story.seen:
        at, quiet = story.edits[version - 1]  # those before it were never seen
        result.delays.append(now - at)
        result.stealth_seen += quiet
        due = rule.wait(story, now, Found.CHANGED)
        story.known = replace(story.known, changes=story.known.changes + 1, changed_at=now, unchanged=0)
    else:
        due = rule.wait(story, now, Found.SAME)
        story.known = replace(story.known, unchanged=story.known.unchanged + 1)
    story.asked, story.due, story.seen = now, due, version

"""When to look at a known article again, which ones a visit looks at, and whether stories are gone. Pure.

docs/revisits.md has the reasons, what a year of a simulated paper made of these numbers, and what is promised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive import Known

# Most edits come within hours of publication, and an edit is followed by another: wait an eighth of the time since.
SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=90)
SHARE_OF_AGE = 8
# Looks that found the same let the next one wait longer; it takes more of them where a story was edited often.
STABLE_AFTER = 4
MOST_STABLE = 4.0
# A story without a date is taken for a day old when it is first seen.
UNDATED_AGE = timedelta(days=1)

# A 404 counts when it is seen again a day later; 23 hours, as in the archive: daily visits come a bit early or late.
CONFIRM_AFTER = timedelta(hours=23)
# What is gone comes back within days or never; it is asked for at ever longer intervals.
GONE_SOONEST = timedelta(days=2)
GONE_LATEST = timedelta(days=180)

# The part of a visit's budget that goes round all live stories, the longest unasked first, due or not.
SAMPLE = 0.5
# The round asks for nobody twice in this time. Less than a day: daily visits come a bit early or late.
REST = timedelta(hours=20)
# One look of the round in so many is a plain GET: else a server that answers 304 to everything is never caught.
WITNESS_EVERY = 20
# A server seen to lie is distrusted so long: papers repair their caches too.
DISTRUST = timedelta(days=90)

# A page that held no story is mostly a page about the paper; now and then a story was published before it was written.
NO_STORY_AGAIN = timedelta(days=7)

# Below ten revisits a share says nothing; above a fifth removed, the site is broken rather than emptied.
FEWEST_REVISITS = 10
MOST_REMOVED = 0.2


class Found(StrEnum):
    """What a look at a story found."""

    CHANGED = "changed"  # another text, or a first one
    SAME = "same"  # the text as before, a 304, or an answer that says nothing of the story
    ABSENT = "absent"  # 404, 410, or a page or redirect that means the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A story to ask for again, and how."""

    known: Known
    plain: bool  # without validators
    sample: bool  # because of the round, not because it is due


def due_at(
    fetched_at: datetime, published: datetime | None, known: Known | None = None, found: Found = Found.SAME
) -> datetime:
    """Return when to look again at a story fetched now; ``known`` is what was known before this look."""
    if found is Found.ABSENT:
        return fetched_at + _wait_of_absent(fetched_at, known)
    if found is Found.CHANGED and known is not None:
        return fetched_at + SOONEST
    began = published or (known.first_seen if known else None) or fetched_at - UNDATED_AGE
    if known is not None and known.changed_at is not None:
        began = max(began, known.changed_at)
    wait = (fetched_at - began) / SHARE_OF_AGE * _stability(known)
    return fetched_at + min(max(wait, SOONEST), LATEST)


def _stability(known: Known | None) -> float:
    return min(1 + known.unchanged / (STABLE_AFTER * (1 + known.changes)), MOST_STABLE) if known is not None else 1.0


def _wait_of_absent(fetched_at: datetime, known: Known | None) -> timedelta:
    if known is None or known.state not in ("missing", "gone"):
        return CONFIRM_AFTER
    since = known.gone_at or fetched_at
    return min(max(fetched_at - since, GONE_SOONEST), GONE_LATEST)


def choose(due: Sequence[Known], waiting: Sequence[Known], budget: int, *, distrust: bool = False) -> list[Look]:
    """Return the stories that a visit asks for again, at most ``budget`` of them.

    ``due`` are those whose time has come, the most pressing first; ``waiting`` those not asked for since REST, the
    longest unasked first; as the archive gives both, each at least ``budget`` long if there are so many. Half of the
    budget goes to the round of ``waiting``, so that nobody starves whatever is due; what the round leaves is for
    ``due``. With ``distrust`` (the site's validators were seen to lie) every look is a plain GET.
    """
    rounds = math.ceil(budget * SAMPLE)
    pressing = due[: budget - rounds]
    taken = {known.article for known in pressing}
    sample = [known for known in waiting if known.article not in taken][:rounds]
    taken |= {known.article for known in sample}
    rest = [known for known in due if known.article not in taken][: budget - len(pressing) - len(sample)]
    looks = [Look(known=known, plain=distrust, sample=False) for known in (*pressing, *rest)]
    return looks + [
        Look(known=known, plain=distrust or number % WITNESS_EVERY == 0, sample=True)
        for number, known in enumerate(sample)
    ]


def most_visits(live: int, budget: int) -> int:
    """Return the promise: a live story is asked for again in so many visits at most, counted from REST after the last.

    Each visit takes the longest unasked; whoever is asked for goes behind all others, whatever was answered.
    """
    if budget < 1:
        raise ValueError(f"budget {budget}: without a request nothing is promised")
    return math.ceil(live / math.ceil(budget * SAMPLE))


def worth_another_look(fetched_at: datetime, lastmod: datetime | None, now: datetime) -> bool:
    """Say whether a listed address that held no story when it was fetched may hold one now."""
    return now - fetched_at >= NO_STORY_AGAIN or (lastmod is not None and lastmod > fetched_at)


def removals_believable(revisits: int, removed: int) -> bool:
    """Say whether a visit's 404s and 410s are removals, and not a site that is broken or hides."""
    return revisits < FEWEST_REVISITS or removed <= revisits * MOST_REMOVED

"""When to look at a known article again, and whether to believe that stories are gone. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

# A young story is corrected within hours; at most 20 hours, so that a daily visit sees every story.
SOONEST = timedelta(hours=1)
LATEST = timedelta(hours=20)
SHARE_OF_AGE = 8

# A page that held no story is mostly a page about the paper; now and then a story was published before it was written.
NO_STORY_AGAIN = timedelta(days=7)

# Below ten revisits a share says nothing; above a fifth removed, the site is broken rather than emptied.
FEWEST_REVISITS = 10
MOST_REMOVED = 0.2


def due_at(fetched_at: datetime, published: datetime | None) -> datetime:
    """Return when a story fetched now should be looked at again: after an eighth of its age, within bounds."""
    if published is None:
        return fetched_at + LATEST
    wait = (fetched_at - published) / SHARE_OF_AGE
    return fetched_at + min(max(wait, SOONEST), LATEST)


def worth_another_look(fetched_at: datetime, lastmod: datetime | None, now: datetime) -> bool:
    """Say whether a listed address that held no story when it was fetched may hold one now."""
    return now - fetched_at >= NO_STORY_AGAIN or (lastmod is not None and lastmod > fetched_at)


def removals_believable(revisits: int, removed: int) -> bool:
    """Say whether a visit's 404s and 410s are removals, and not a site that is broken or hides."""
    return revisits < FEWEST_REVISITS or removed <= revisits * MOST_REMOVED

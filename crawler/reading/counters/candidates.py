"""What may be a counter of the story, and how one is chosen: the strongest, the exact one, or none."""

from __future__ import annotations

import re

from archive.records import Counter

Found = tuple[int, Counter]  # rank, 1 is the strongest

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def settle(found: list[Found]) -> Counter | None:
    """Choose among own candidates: the strongest rank, exact before rounded; if two still disagree, none.

    A rounded number gives way to the exact one that it was rounded from, wherever on the page that stands.
    """
    if not found:
        return None
    strongest = min(rank for rank, _ in found)
    best = [counter for rank, counter in found if rank == strongest]
    exact = [counter for counter in best if counter.exact] or best
    if len({counter.value for counter in exact}) != 1:
        return None
    chosen = exact[0]
    if chosen.exact:
        return chosen
    full = [counter for _, counter in found if counter.exact and was_rounded(counter.value, chosen)]
    return full[0] if len({counter.value for counter in full}) == 1 else chosen


def was_rounded(full: int, counter: Counter) -> bool:
    """Say whether a rounded number ("12.3K") may stand for a full one: it is off by less than its last figure."""
    figures = _NUMBER.search(counter.raw or "")
    written = int(re.sub(r"\D", "", figures[0])) if figures else 0
    return written > 0 and abs(full - counter.value) < counter.value / written


def stale(counter: Counter) -> Counter:
    """Return a counter as one that the page's script would replace."""
    return Counter(metric=counter.metric, value=counter.value, source=counter.source, exact=counter.exact, stale=True,
                   raw=counter.raw)  # fmt: skip

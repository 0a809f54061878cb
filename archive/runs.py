"""Counters as runs: a value, when it was first and when it was last seen. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A counter as one capture showed it."""

    at: datetime
    record_id: bytes
    capture_id: int
    value: int
    exact: bool = True
    stale: bool = False
    raw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A value that held at every look from ``observed_at`` to ``last_at``."""

    observed_at: datetime
    last_at: datetime
    value: int
    exact: bool
    stale: bool
    raw: str | None
    capture_id: int


def runs(sightings: Iterable[Sighting]) -> list[Run]:
    """Return the runs of one counter of one article, whatever the order of the sightings.

    Of two sightings at the same instant the later record counts.
    """
    by_instant = {seen.at: seen for seen in sorted(sightings, key=lambda seen: (seen.at, seen.record_id))}
    found: list[Run] = []
    for seen in by_instant.values():
        last = found[-1] if found else None
        if last is not None and (last.value, last.exact, last.stale) == (seen.value, seen.exact, seen.stale):
            found[-1] = replace(last, last_at=seen.at)
            continue
        found.append(
            Run(observed_at=seen.at, last_at=seen.at, value=seen.value, exact=seen.exact, stale=seen.stale,
                raw=seen.raw, capture_id=seen.capture_id)
        )  # fmt: skip
    return found

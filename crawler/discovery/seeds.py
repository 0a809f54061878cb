"""Which listings a visit asks for: those of the site file, those remembered, those to be looked for. Pure.

Every kind of signal is asked beside the others. What the site file does not name is looked for once, remembered in the
archive, and looked for again after a month; what was found so and answers no more is retired by its behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.discovery.wordpress import usual_root

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from archive import Signal
    from crawler.site import Site

KINDS = ("wordpress", "sitemap", "feed", "section")
# Looks in a row without an answer, and how long they must go on, before a listing that we found ourselves is left
# alone: an hourly visit must not give up because of one bad night.
MOST_FAILURES = 5
DEAD_FOR = timedelta(days=7)
# What was found dead, or was guessed and is not there, may be made one day.
PROBE_AGAIN = timedelta(days=30)
# A list page that tells nothing which others do not tell costs a request a visit; once a week it may prove us wrong.
LOUD = timedelta(days=3)
LOOK_AGAIN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A listing to ask for. ``signal`` is what the archive remembers of it."""

    kind: str
    url: str
    signal: Signal | None = None
    is_named: bool = False  # in the site file: its failure is a problem of the visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """The listings a visit begins with, and what it must look for."""

    listings: tuple[Seed, ...]
    front: Seed | None  # the front page, to list stories or to be looked at for what it names
    wanted: frozenset[str]  # kinds to look for on the front page, in robots.txt and at the usual addresses


def seeds(site: Site, signals: Iterable[Signal], now: datetime, kinds: Iterable[str] = KINDS) -> Seeds:
    """Return what a visit asks for first. ``kinds`` narrows it to some signals."""
    remembered = {signal.url: signal for signal in signals if signal.depth == 0}
    found: list[Seed] = []
    wanted = set()
    for kind in KINDS:
        if kind not in kinds:
            continue
        named = named_by(site, kind)
        if named is None:
            alive = [Seed(kind=kind, url=each.url, signal=each) for each in remembered.values()
                     if each.kind == kind and each.url != site.url and _is_asked(each, now)]  # fmt: skip
            found += alive
            if kind != "section" and not any(seed.signal and seed.signal.read_at for seed in alive):
                wanted.add(kind)
        else:
            found += [Seed(kind=kind, url=url, signal=remembered.get(url), is_named=True) for url in named]
    front = remembered.get(site.url)
    is_due = (
        front is None or _is_asked(front, now) if "section" in kinds and named_by(site, "section") is None else False
    )
    must_look = bool(wanted & {"feed", "wordpress"}) and (
        front is None or front.seen_at is None or now - front.seen_at >= PROBE_AGAIN
    )
    listings = tuple(seed for seed in found if seed.url != site.url)
    is_named = any(seed.url == site.url for seed in found)
    asked = Seed(kind="section", url=site.url, signal=front, is_named=is_named)
    return Seeds(listings=listings, front=asked if is_due or must_look or is_named else None, wanted=frozenset(wanted))


def named_by(site: Site, kind: str) -> tuple[str, ...] | None:
    """Return the listings of a kind that the site file names; None where it says nothing of them."""
    discover = site.discover
    if kind == "wordpress":
        return None if discover.wordpress is None else (usual_root(site.url),) if discover.wordpress else ()
    return {"feed": discover.feeds, "sitemap": discover.sitemaps, "section": discover.sections}[kind]


def may_guess(url: str, signals: Iterable[Signal], now: datetime) -> bool:
    """Say whether an address where a listing usually is may be tried: not if it was not there a short while ago."""
    known = next((signal for signal in signals if signal.url == url), None)
    return known is None or known.seen_at is None or now - known.seen_at >= PROBE_AGAIN


def is_retired(signal: Signal) -> bool:
    """Say whether a listing has been without an answer too often and too long to be asked in every visit."""
    if signal.read_at is None or signal.seen_at is None:
        return signal.failures > 0
    return signal.failures >= MOST_FAILURES and signal.seen_at - signal.read_at >= DEAD_FOR


def _is_asked(signal: Signal, now: datetime) -> bool:
    since = now - signal.seen_at if signal.seen_at else PROBE_AGAIN
    if is_retired(signal):
        return since >= PROBE_AGAIN
    is_quiet = signal.yielded_at is None or now - signal.yielded_at > LOUD
    return since >= LOOK_AGAIN or not (signal.kind == "section" and is_quiet)


def is_unmoved(signal: Signal, told_at: datetime | None, now: datetime) -> bool:
    """Say whether a map below an index need not be read: the index tells of no change since it was read whole.

    A bare date says nothing of what changed on the same day; and once a week the map itself may prove the index wrong.
    """
    if told_at is None or signal.told_at != told_at or signal.state != "ok" or signal.read_at is None:
        return False
    if now - signal.read_at >= LOOK_AGAIN:
        return False
    is_date = (told_at.hour, told_at.minute, told_at.second) == (0, 0, 0)
    return not (is_date and told_at + timedelta(days=1) > signal.read_at)

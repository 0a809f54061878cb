"""What an operator may say of one visit with ``-a``: checked before anything is asked of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crawler.discovery import links as judge
from crawler.discovery.seeds import KINDS
from crawler.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.site import Site

NAMES = ("url", "since", "until", "limit", "backfill", "archives", "signals")
ARCHIVES = ("author", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What narrows a visit, or widens it. None does neither."""

    url: str | None = None  # only this story
    since: datetime | None = None  # no story that is dated before
    until: datetime | None = None  # none that is dated at or after this
    limit: int | None = None  # new stories at most
    backfill: datetime | None = None  # every listing back to this day, over as many visits as it takes
    archives: tuple[str, ...] = ()  # list pages to walk beside the others: by author, by date
    signals: tuple[str, ...] = KINDS  # kinds of listings to ask

    @property
    def earliest(self) -> datetime | None:
        """The day before which no story is asked for."""
        days = [day for day in (self.since, self.backfill) if day is not None]
        return max(days, default=None)


def read_arguments(given: Mapping[str, str], site: Site) -> Arguments:
    """Return the arguments of a visit; raise ArgumentError naming the one that is wrong and what is expected."""
    for name in given:
        if name not in NAMES:
            raise ArgumentError(f"-a {name}: no such argument; there are {', '.join(NAMES[:-1])} and {NAMES[-1]}")
    days = {name: _day(name, given[name], site) for name in ("since", "until", "backfill") if name in given}
    if "until" in days:
        # The last day counts to its end, in the site's zone.
        days["until"] = (days["until"].astimezone(ZoneInfo(site.timezone)) + timedelta(days=1)).astimezone(UTC)
    if "since" in days and "until" in days and days["since"] >= days["until"]:
        raise ArgumentError(f"-a until={given['until']}: before since={given['since']}")
    return Arguments(
        url=_story_address(given["url"], site) if "url" in given else None,
        limit=_count(given["limit"]) if "limit" in given else None,
        archives=_some_of("archives", given["archives"], ARCHIVES) if "archives" in given else (),
        signals=_some_of("signals", given["signals"], KINDS) if "signals" in given else KINDS,
        **days,
    )


def _story_address(text: str, site: Site) -> str:
    url = judge.clean(text)
    reason = judge.refused(url, site)
    if reason in ("bad address", "other host"):
        raise ArgumentError(f"-a url={text}: {reason}; expected an address of {site.url}")
    return url


def _day(name: str, text: str, site: Site) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  # the zone is the site's, put on below
    except ValueError:
        raise ArgumentError(f"-a {name}={text}: not a date like 2026-05-31") from None
    return day.replace(tzinfo=ZoneInfo(site.timezone)).astimezone(UTC)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentError(f"-a limit={text}: not a number of stories")
    return int(text)


def _some_of(name: str, text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    wanted = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in wanted or (text,):
        if word not in known:
            raise ArgumentError(f"-a {name}={text}: expected some of {', '.join(known)}")
    return wanted

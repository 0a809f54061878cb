"""What an operator may say of one visit with ``-a``: checked before anything is asked of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crawler.discovery import links as judge
from crawler.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.site import Site

_NAMES = ("url", "since", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What narrows a visit. None narrows nothing."""

    url: str | None = None  # only this story
    since: datetime | None = None  # no story that a listing dates before
    limit: int | None = None  # new stories at most


def read_arguments(given: Mapping[str, str], site: Site) -> Arguments:
    """Return the arguments of a visit; raise ArgumentError naming the one that is wrong and what is expected."""
    for name in given:
        if name not in _NAMES:
            raise ArgumentError(f"-a {name}: no such argument; there are {', '.join(_NAMES[:-1])} and {_NAMES[-1]}")
    return Arguments(
        url=_story_address(given["url"], site) if "url" in given else None,
        since=_day("since", given["since"], site) if "since" in given else None,
        limit=_count(given["limit"]) if "limit" in given else None,
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

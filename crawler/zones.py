"""Countries, their time zones and their corner of the domain names, from tables that come with the libraries. Pure."""

from __future__ import annotations

import functools
import importlib.resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

# Sold to anybody for how they sound, so that they say nothing about where a paper is.
_SOLD = frozenset(
    ("ac", "ag", "ai", "am", "as", "bz", "cc", "cd", "co", "cx", "dj", "fm", "gg", "gs", "im", "io", "la",
     "li", "ly", "me", "ms", "mu", "nu", "pw", "sc", "sh", "st", "tk", "to", "tv", "vc", "vg", "ws")
)  # fmt: skip
_OTHERWISE_NAMED = {"uk": "GB"}


@functools.cache
def countries() -> frozenset[str]:
    """Return the codes of ISO 3166-1, in capitals."""
    return frozenset(line[:2] for line in _lines("iso3166.tab"))


@functools.cache
def _zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in _lines("zone.tab"):
        country, _, zone = line.split("\t")[:3]
        found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


def zones_of(country: str) -> tuple[str, ...]:
    """Return the IANA zones of a country."""
    return _zones().get(country, ())


def zones_at(country: str, minutes: int, at: datetime) -> tuple[str, ...]:
    """Return the zones of a country that are so many minutes east of UTC at a time."""
    return tuple(zone for zone in zones_of(country) if _minutes(zone, at) == minutes)


def country_of_zone(zone: str) -> str | None:
    """Return the country that a zone belongs to; None for UTC and the like."""
    return next((country for country, zones in _zones().items() if zone in zones), None)


def country_of_host(host: str) -> str | None:
    """Return the country that a host's top-level domain stands for; None where it is sold to anybody."""
    top = host.rstrip(".").rpartition(".")[2].lower()
    if top in _SOLD:
        return None
    code = _OTHERWISE_NAMED.get(top, top.upper())
    return code if code in countries() else None


def _minutes(zone: str, at: datetime) -> int:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def _lines(name: str) -> list[str]:
    text = (importlib.resources.files("tzdata.zoneinfo") / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]

"""Dates in words: "2. Mai 2026, 8:15 Uhr", "Ika-2 ng Mayo 2026 alas-8 ng umaga", "3 ka adlaw ang milabay".

dateparser knows more languages and costs a hundred times as much; it does not know Cebuano, Ilocano or Hiligaynon at
all. The names of months and weekdays are in ``data/month_names.txt`` and ``weekday_names.txt``, what Philippine
languages say beside them in ``date_words.txt``.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING

from crawler.reading.words import load, phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

_MONTH = r"(?P<month>[^\s\d.,;:()|/·–-]{2,14})\.?"
_YEAR = r"(?P<year>(?:19|20)\d{2})(?!\d)(?:\s?(?:года|год|г|року|р|m)\b\.?)?\.?"
_DAY = r"(?P<day>\d{1,2})"
# "2. Mai 2026", "2 de mayo de 2026", "1er mai 2026", "Ika-2 ng Mayo, 2026", "2-Mayo-2026"
_DAY_FIRST = (
    rf"(?:(?:ma)?ika-?\s?)?{_DAY}(?:\.|º|ª|er|st|nd|rd|th)?(?:\s+|-|(?<=\.))"
    rf"(?:(?:de|di|ng|nga|sa|na|ti|of|kan|han|ning)\s+|d['’])?{_MONTH}(?:,\s*|\s+|-)(?:(?:de|del|di)\s+)?{_YEAR}"
)
# "May 2nd, 2026", "Mayo 2, 2026"
_MONTH_FIRST = rf"{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?:,\s*|\s+){_YEAR}"
# "2026. május 2.", "2026 m. gegužės 2 d."
_YEAR_FIRST = rf"{_YEAR}\s+{_MONTH}\s+{_DAY}\b\.?(?:\s?d\.)?"
# "2026年5月2日", "2026년 5월 2일"
_EASTERN = rf"{_YEAR}\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월]\s?{_DAY}\s?[日일]"
# "2 tháng 5, 2026"
_VIETNAMESE = rf"{_DAY}\s+tháng\s+(?P<month>\d{{1,2}})(?:,?\s+năm|,)?\s+{_YEAR}"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE) for shape in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST, _EASTERN, _VIETNAMESE)
)
_TIME = re.compile(
    r"[\s,|·•–—/-]*(?:(?:at|um|à|às|a\slas|ore|alle|kl|klo|kello|om|ob|в|о|у|pukul|jam|lúc|saat|s[ae]|iti|ti|ng|"
    r"(?:ganap\sna|bandang|dakong)?\s?alas?)(?:\.|:|\s|-)?\s*)?"
    r"(?P<hour>\d{1,2})(?:\s?[:.h時时]\s?(?P<minute>\d{2}))?(?::(?P<second>\d{2}))?"
    r"(?:\s*(?P<half>[ap]\.?\s?m\b\.?)|\s+(?:ng|sa|sang|nga|ti|iti|ha|han|kan|ning|king|na)\s+(?P<part>\S+(?:\s\S+){0,2}?))?"
    r"\s*(?:(?:uhr|hrs?|h|ore|wib|wita|wit|pht|gmt|utc)\b)?\.?\s*",
    re.IGNORECASE,
)
# Zones that a newsroom writes behind a local time, where no other place uses the letters.
_ZONES = {"wib": 7, "wita": 8, "wit": 9, "pht": 8, "gmt": 0, "utc": 0}
_AGO = re.compile(
    r"(?:mga\s+)?(?P<number>\d{1,3}|[^\W\d_]+)\s+(?:ka\s+|nga\s+|a\s+|na\s+)?(?P<unit>[^\W\d_]+)\s+(?P<ago>.+)"
)


def date_in_words(written: str, languages: Sequence[str]) -> tuple[datetime, bool] | None:
    """Return the date that a text is, and whether it has a time of day; None if it is anything else or more.

    The date has an offset only where the text names a zone. A month that two languages mean differently is read in the
    first of these languages that knows it. Raises ValueError for a day that no month has.
    """
    for shape in _SHAPES:
        found = shape.search(written)
        if found is None or not _is_weekday(written[: found.start()]):
            continue
        month = int(found["month"]) if found["month"].isdecimal() else _month(found["month"].casefold(), languages)
        if month is None:
            continue
        day = datetime(int(found["year"]), month, int(found["day"]))  # noqa: DTZ001  # the caller knows the zone
        rest = written[found.end() :].strip(" ,")
        return (day, False) if not rest else _with_time(day, rest)
    return None


def time_ago(written: str, now: datetime) -> tuple[datetime, bool] | None:
    """Return when a Philippine "2 hours ago" or "yesterday" was, and whether the minute is known; None for the rest.

    Only minutes give a minute. "2 hours ago" and "3 days ago" give a day; "2 weeks ago" does not even do that, so it is
    no date.
    """
    plain = " ".join(written.casefold().split()).strip(" .")
    days = dict(_words("day")).get(plain)
    if days is not None:
        return now + timedelta(days=int(days)), False
    found = _AGO.fullmatch(plain)
    if found is None or found["ago"] not in dict(_words("ago")):
        return None
    number = (
        int(found["number"]) if found["number"].isdecimal() else int(dict(_words("number")).get(found["number"], 0))
    )
    unit = dict(_words("unit")).get(found["unit"])
    if not number or unit not in ("second", "minute", "hour", "day"):
        return None
    return now - timedelta(**{f"{unit}s": number}), unit in ("second", "minute")


def names_a_day(written: str) -> bool:
    """Say whether a text is a Philippine "today" or "yesterday"."""
    return " ".join(written.casefold().split()) in dict(_words("day"))


def _is_weekday(lead: str) -> bool:
    plain = lead.strip(" ,.|·–-").casefold()
    return not plain or plain in phrases("weekday_names")


def _with_time(day: datetime, rest: str) -> tuple[datetime, bool] | None:
    found = _TIME.fullmatch(rest)
    if found is None:
        return None
    hour = _hour(int(found["hour"]), found["half"], found["part"])
    if hour is None or (found["minute"] is None and not (found["half"] or found["part"])):
        return None
    at = day.replace(hour=hour, minute=int(found["minute"] or 0), second=int(found["second"] or 0))
    gap = _ZONES.get(re.split(r"[\s\d.]+", rest.casefold().rstrip(" ."))[-1])
    return (at if gap is None else at.replace(tzinfo=timezone(timedelta(hours=gap)))), True


def _hour(hour: int, half: str | None, part: str | None) -> int | None:
    """Return the hour of the day; "12 ng tanghali" is noon, "12 ng gabi" midnight."""
    if half:
        return hour % 12 + (12 if half.lower().startswith("p") else 0)
    if not part:
        return hour
    kind = _parts().get(part.casefold())
    if kind is None:
        return None
    if hour > 12 or (kind == "noon" and hour in (10, 11, 12)):
        return hour
    return hour % 12 + (12 if kind != "am" and hour != 12 else 0)


@cache
def _words(kind: str) -> tuple[tuple[str, str], ...]:
    """Return (words, value) of one kind of date words; the value of "ago" is empty."""
    found = []
    for _, line in load("date_words"):
        name, _, rest = line.partition(" ")
        if name == kind:
            value, words = ("", rest) if kind in ("ago", "am", "pm", "noon") else rest.split(" ", 1)
            found.append((words, value))
    return tuple(found)


@cache
def _parts() -> dict[str, str]:
    return {words: kind for kind in ("am", "pm", "noon") for words, _ in _words(kind)}


def _month(name: str, languages: Sequence[str]) -> int | None:
    """Return the number of a month: in these languages, else where all languages agree."""
    known = _months().get(name, {})
    for language in languages:
        if language in known:
            return known[language]
    numbers = set(known.values())
    return numbers.pop() if len(numbers) == 1 else None


@cache
def _months() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for language, line in load("month_names"):
        number, *names = line.split()
        for name in names:
            found.setdefault(name, {})[language] = int(number)
    return found

"""What a site file may say: every key with the check its value must pass.

The tables below are the whole grammar. A check takes the TOML value and returns what :class:`crawler.site.Site`
holds, or raises ValueError saying what was expected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from crawler.zones import countries

Check = Callable[[Any], Any]

REQUIRED = ("title", "url", "country", "languages", "timezone")

# The fields whose share of readings [expect] may bound: those that Archive.fill_rates() counts.
READING_FIELDS = ("title", "byline", "body", "published", "modified", "dateline", "views", "comments")
BESIDE_THE_PAGE = ("lead-image", "requisites")

# The archive uses the shortest ISO 639 code, so that one language has one name.
_SHORTER = {"fil": "tl", "tgl": "tl", "eng": "en", "spa": "es", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr",
            "por": "pt", "rus": "ru", "ita": "it", "ind": "id", "msa": "ms", "nld": "nl", "vie": "vi"}  # fmt: skip


def checked(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return a site file's values as ``Site`` holds them, and its faults as (key, what is wrong) in file order."""
    faults: list[tuple[str, str]] = []
    values = dict(_walk(table, TOP, "", faults))
    faults += [(key, "missing, and every site file needs it") for key in REQUIRED if key not in table]
    return values, faults


def _walk(table: Mapping[str, Any], grammar: Mapping[str, Any], prefix: str,
          faults: list[tuple[str, str]]) -> Iterator[tuple[str, Any]]:  # fmt: skip
    for key, value in table.items():
        rule = grammar.get(key)
        try:
            if rule is None:
                raise ValueError(_unknown(key, grammar))
            if isinstance(rule, list):
                yield key, _tables(value, rule[0], prefix + key, faults)
            elif isinstance(rule, dict):
                yield key, _table(value, rule, prefix + key, faults)
            else:
                yield key, rule(value)
        except ValueError as error:
            faults.append((prefix + key, str(error)))


def _table(value: Any, grammar: Mapping[str, Any], name: str, faults: list[tuple[str, str]]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"expected a table, [{name}]")
    return dict(_walk(value, grammar, f"{name}.", faults))


def _tables(value: Any, grammar: Mapping[str, Any], name: str, faults: list[tuple[str, str]]) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise ValueError(f"expected tables, [[{name}]]")
    faults += [(name, "missing until, the last day of this design") for part in value if "until" not in part]
    return [_table(part, grammar, name, faults) for part in value]


def _unknown(key: str, grammar: Mapping[str, Any]) -> str:
    close = get_close_matches(key, grammar, n=1)
    return f"unknown key; did you mean {close[0]}?" if close else f"unknown key; expected one of {', '.join(grammar)}"


# ------------------------------------------------------------------ checks


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected text")
    return value.strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _number(least: float) -> Check:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < least:
            raise ValueError(f"expected a number of at least {least:g}")
        return float(value)

    return check


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("expected a whole number, 0 or more")
    return value


def _day(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("expected a date without quotes, like 2024-03-31")
    return value


def _list_of(check: Check) -> Check:
    def check_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("expected a list, [ … ]")
        return tuple(check(part) for part in value)

    return check_all


def _one_of(names: tuple[str, ...]) -> Check:
    def check(value: Any) -> str:
        if value not in names:
            raise ValueError(f"expected one of {', '.join(names)}, not {value!r}")
        return str(value)

    return check


def _address(value: Any) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or re.search(r"\s", text):
        raise ValueError(f'not a web address: "{text}"')
    return text


def _country(value: Any) -> str:
    text = _text(value)
    if text not in countries():
        raise ValueError(f'not a country code of ISO 3166-1, like "PH": "{text}"')
    return text


def _language(value: Any) -> str:
    text = _text(value)
    if text in _SHORTER:
        raise ValueError(f'the shortest code is used here: "{_SHORTER[text]}" instead of "{text}"')
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise ValueError(f'not a language code of ISO 639, like "en" or "hil": "{text}"')
    return text


def _zone(value: Any) -> str:
    text = _text(value)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'not an IANA time zone, like "Asia/Manila": "{text}"') from None
    return text


def _selector(value: Any) -> str:
    text = _text(value)
    try:
        CSSSelector(text, translator="html")
    except (SelectorError, ValueError):
        raise ValueError(f'not a CSS selector: "{text}"') from None
    return text


def _pattern(value: Any) -> str:
    text = _text(value)
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f'not a regular expression: "{text}" ({error})') from None
    return text


def _range(value: Any) -> tuple[int, int]:
    low, high = _list_of(_whole)(value) if isinstance(value, list) and len(value) == 2 else (1, 0)
    if low > high:
        raise ValueError("expected [least, most]")
    return low, high


def _shares(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise ValueError("expected { field = share }, like { body = 0.95 }")
    for name, share in value.items():
        _one_of(READING_FIELDS)(name)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ValueError(f"{name}: expected a share between 0 and 1")
    return {name: float(share) for name, share in value.items()}


# ------------------------------------------------------------------ the grammar

_SELECTED = "title standfirst byline published modified body dateline section views comments profile"
_LAYOUT: dict[str, Check] = {**dict.fromkeys(_SELECTED.split(), _selector), "remove": _list_of(_selector)}

TOP: dict[str, Any] = {
    "title": _text,
    "url": _address,
    "country": _country,
    "region": _text,
    "languages": _list_of(_language),
    "timezone": _zone,
    "former_urls": _list_of(_address),
    "host_group": _text,
    "confirmed": _flag,
    "evidence": _text,
    "discover": {
        "wordpress": _flag,
        "feeds": _list_of(_address),
        "sitemaps": _list_of(_address),
        "sections": _list_of(_address),
        "article": _pattern,
    },
    "visit": {
        "delay": _number(0),
        "requests": _whole,
        "minutes": _number(0),
        "counters": _flag,
        "browser": _flag,
        "also": _list_of(_one_of(BESIDE_THE_PAGE)),
    },
    "read": {**_LAYOUT, "earlier": [{**_LAYOUT, "until": _day}]},
    "expect": {"articles_per_week": _range, "fields": _shares},
}

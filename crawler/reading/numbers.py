"""How people write counts: ``1,234``, ``1.234``, ``12.3K``, ``1,2 тыс.``, ``3.4万``, ``2.4 lakh``, ``١٬٢٣٤``.

The grammar is that of reference counters-and-bylines.md, section 5: one separator and exactly three digits group in
every language; a decimal counts only before a unit; ratings, shares, dates and times are no counts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from crawler.reading.words import load

_LARGEST = 10**12  # more than anybody has counted: it is something else
# A separator is the same throughout a number: "1,234.567" is not a count.
_GROUPED = r"\d{1,3}(?:(?P<sep>[.,'’٬\u00a0\u2009\u202f ])\d{3})(?:(?P=sep)\d{3})*"
_INDIAN = r"\d{1,2}(?:,\d{2})+,\d{3}"
_PLAIN = r"\d+(?:[.,]\d+)?"


@dataclass(frozen=True, slots=True)
class Count:
    """A count as written: its value, and whether the value is exact or was rounded by the page."""

    value: int
    exact: bool = True


@cache
def pattern() -> str:
    """Return the regular expression of a count, to be set into a larger one; it has no named groups."""
    grouped = re.sub(r"\(\?P<sep>|\(\?P=sep\)", lambda found: "(?:" if "<" in found[0] else "[.,'’٬ ]", _GROUPED)
    units = "|".join(re.escape(unit) for unit in sorted(_units(), key=len, reverse=True))
    return rf"(?:(?:{_INDIAN}|{grouped}|{_PLAIN})(?:\s?(?:{units})(?!\w))?)"


def parse_count(written: str | int | float | None) -> Count | None:
    """Return the count that a whole text is; None if it is anything else."""
    if isinstance(written, bool) or written is None:
        return None
    if isinstance(written, int | float):
        return _bounded(Decimal(str(written)), exact=True)
    folded = fold_digits(written)
    found = _count().fullmatch(folded)
    if found is None:
        return None
    unit = _units().get((found["unit"] or "").strip().casefold())
    return _value(found["number"], unit)


def fold_digits(written: str) -> str:
    """Return a text with the digits of every script as ASCII digits and compatibility forms folded."""
    plain = unicodedata.normalize("NFKC", written)
    if not plain.isascii():
        plain = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in plain)
    return plain.replace("\u066b", ".").strip()


@cache
def _units() -> dict[str, int]:
    """Return unit → factor. "mil" is a thousand (es, pt), "mi" and "mill" a million."""
    found = {}
    for _, line in load("number_units"):
        factor, _, names = line.partition(" ")
        found.update({fold_digits(name).casefold(): int(factor) for name in names.split()})
    return found


@cache
def _count() -> re.Pattern[str]:
    units = "|".join(re.escape(unit) for unit in sorted(_units(), key=len, reverse=True))
    number = rf"(?P<number>{_INDIAN}|{_GROUPED}|{_PLAIN})"
    return re.compile(rf"{number}(?:\s?(?P<unit>{units}))?\+?", re.IGNORECASE)


def _value(number: str, unit: int | None) -> Count | None:
    if unit is not None:
        return _with_unit(number, unit)
    if re.fullmatch(r"\d+", number) or re.fullmatch(_INDIAN, number) or re.fullmatch(_GROUPED, number):
        return _bounded(Decimal(re.sub(r"\D", "", number)), exact=True)
    return None


def _with_unit(number: str, unit: int) -> Count | None:
    """Read a decimal before a unit: "1.234K" is 1234; only a number with two groups can be grouped there."""
    plain = re.sub(r"\D", "" if len(re.findall(r"\D", number)) > 1 else ".", number)
    return _bounded(Decimal(plain) * unit, exact=False)


def _bounded(value: Decimal, *, exact: bool) -> Count | None:
    if not value.is_finite() or value < 0 or value > _LARGEST or (exact and value != value.to_integral_value()):
        return None
    return Count(int(value), exact)

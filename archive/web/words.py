"""The languages of the page: which one a reader gets, its catalogue, and how it writes numbers and times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations
from markupsafe import Markup

from archive.said import Said

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "texts"
SOURCE = "en"
"""The language that the templates are written in."""

LANGUAGES = {SOURCE: "English"} | {
    path.stem: Locale.parse(path.stem).get_display_name(path.stem) or path.stem for path in sorted(FOLDER.glob("*.po"))
}
"""Every language that has a catalogue, by its code, as its speakers call it."""

_CALLED = {"tl": "fil"}  # browsers say tl for the language that CLDR calls fil


def choose(asked: str, kept: str, accepted: str) -> str:
    """Return the language for a reader: the one asked for now, else the one chosen before, else the browser's."""
    for wanted in (asked, kept, *_accepted(accepted)):
        code = wanted.strip().lower().partition("-")[0]
        code = _CALLED.get(code, code)
        if code in LANGUAGES:
            return code
    return SOURCE


def _accepted(header: str) -> list[str]:
    """Return the codes of an Accept-Language, the best liked first (RFC 9110, 12.5.4)."""
    liked: list[tuple[float, int, str]] = []
    for part in header[:500].split(","):
        code, _, weight = part.partition(";q=")
        try:
            liked.append((-float(weight or 1), len(liked), code))
        except ValueError:
            continue
    return [code for _, _, code in sorted(liked)]


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the texts of a language."""
    if language == SOURCE:
        return NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


# A page writes the same few numbers and days again and again, and Babel takes some 20 microseconds for each.
_remembered = lru_cache(maxsize=5000)


def filters(language: str) -> dict[str, Callable[..., str]]:
    """Return the filters of templates: number, share, day, minute and country depend on the language."""
    locale = Locale.parse(language)
    return {
        "clip": clip,
        "told": lambda text: text.told(catalogue(language).gettext) if isinstance(text, Said) else text,
        "clip_left": lambda text, most: clip(text[::-1], most)[::-1],
        "isolated": lambda text: Markup("<bdi>{}</bdi>").format(text),
        "uuid": lambda urn: urn.rpartition(":")[2],
        "is_web": lambda url: url.lower().startswith(("http://", "https://")),
        "country": lambda code: locale.territories.get(code, code),
        "number": _remembered(lambda value: format_decimal(value, locale=locale)),
        "share": _remembered(lambda value: format_percent(value, locale=locale)),
        "day": _remembered(lambda stamp: _day(stamp, locale)),
        "minute": _remembered(lambda stamp: _minute(stamp, locale)),
    }


def clip(text: str, most: int) -> str:
    """Return a text that is at most so many letters long; a cut one ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _day(stamp: Any, locale: Locale) -> str:
    at = datetime.fromisoformat(stamp) if isinstance(stamp, str) else stamp
    return format_date(at if isinstance(at, date) else at.date(), "d MMM y", locale=locale)


def _minute(stamp: str, locale: Locale) -> str:
    """Write a time as it was stamped or printed, in its own zone; a date alone as a day."""
    if len(stamp) <= len("2026-11-23"):
        return _day(stamp, locale)
    at = datetime.fromisoformat(stamp)
    zone = "" if at.utcoffset() in (None, UTC.utcoffset(None)) else f" {at:%z}"
    return format_datetime(at.replace(tzinfo=None), "d MMM y, HH:mm", locale=locale) + zone

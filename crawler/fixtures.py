"""The truth of a site: a page as served, and beside it what a person says is on it.

``<folder>/<cc>/<name>/<date>-<slug>.html.gz`` and ``.json``, beside the site file ``<folder>/<cc>/<name>.toml``. Pages
of real papers stay in a private folder of that shape; ``tests/sites`` holds an invented paper, and what is recorded for
the package's own site files. One test reads them all.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from crawler.errors import FixtureError
from crawler.reading import read_capture
from crawler.site import load_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from archive import Capture, Moment, Reading
    from crawler.site import Site

REVIEW = 'nobody has looked yet: compare it with the page, correct what is wrong, then set "reviewed": true'
_NEEDED = ("url", "fetched_at", "reviewed")
_ENDS = 60  # letters of the first and of the last words that a truth names
_LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """A page as served and what is true of it."""

    path: Path  # of the truth
    truth: Mapping[str, Any]

    @property
    def page(self) -> Path:
        """The page beside the truth."""
        return self.path.with_suffix(".html.gz")

    @property
    def site(self) -> str:
        """The name of the site that the page is of."""
        return self.path.parent.name

    @property
    def fetched_at(self) -> datetime:
        """When the page was served: it decides the layout, and what "yesterday" means on it."""
        return datetime.fromisoformat(self.truth["fetched_at"])

    def read(self, site: Site) -> Reading:
        """Read the page with a site's file; raise FixtureError if there is none."""
        try:
            payload = gzip.decompress(self.page.read_bytes())
        except (OSError, EOFError) as error:
            raise FixtureError(f"{self.page}: cannot be read: {error}; record it again") from error
        return read_capture(payload, self.truth["url"], self.truth.get("encoding"), self.fetched_at, site)


def fixtures_in(folder: Path) -> list[Path]:
    """Return the truths of all sites below a folder of site files."""
    return sorted(folder.glob("*/*/*.json"))


def load_fixture(path: Path) -> Fixture:
    """Return a fixture; raise FixtureError naming file and key for a truth that cannot be used."""
    try:
        truth = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise FixtureError(f"{path}: not JSON: {error}") from error
    if not isinstance(truth, dict) or (missing := [key for key in _NEEDED if key not in truth]):
        raise FixtureError(f"{path}: {missing[0] if isinstance(truth, dict) else 'an object'} is missing")
    if unknown := sorted(truth.keys() - set(_NEEDED) - {"encoding"} - _CHECKS.keys()):
        raise FixtureError(f"{path}: {unknown[0]}: unknown key; expected one of {', '.join(sorted(_CHECKS))}")
    try:
        if datetime.fromisoformat(str(truth["fetched_at"])).tzinfo is None:
            raise ValueError
    except ValueError:
        raise FixtureError(f"{path}: fetched_at: not a time with an offset: {truth['fetched_at']!r}") from None
    return Fixture(path=path, truth=truth)


def site_of(fixture: Fixture, own_sites: Path) -> Site:
    """Return the site of a fixture: by the file beside its folder, else by the package's own; raise FixtureError."""
    country = fixture.path.parent.parent.name
    for path in (fixture.path.parent.with_suffix(".toml"), own_sites / country / f"{fixture.site}.toml"):
        if path.exists():
            return load_site(path)
    raise FixtureError(f"{fixture.path}: no site file {country}/{fixture.site}.toml beside it or in the catalogue")


# ------------------------------------------------------------------ comparing


def disagreements(fixture: Fixture, reading: Reading) -> list[str]:
    """Return, in words, where a reading is not what the truth says; an unreviewed truth is the first of them."""
    found = [] if fixture.truth["reviewed"] is True else [REVIEW]
    if reading.outcome != fixture.truth.get("outcome", "read"):
        return [*found, f"outcome: {reading.outcome}: {reading.reason}"]
    for name, wanted in fixture.truth.items():
        if name in _CHECKS:
            found += _CHECKS[name](name, wanted, reading)
    return found


def _same(value_of: Callable[[Reading], Any]) -> Callable[[str, Any, Reading], Iterator[str]]:
    def check(name: str, wanted: Any, reading: Reading) -> Iterator[str]:
        if (value := value_of(reading)) != wanted:
            yield f"{name}: read {value!r}, the page says {wanted!r}"

    return check


def _same_time(value_of: Callable[[Reading], Moment | None]) -> Callable[[str, Any, Reading], Iterator[str]]:
    def check(name: str, wanted: Any, reading: Reading) -> Iterator[str]:
        moment = value_of(reading)
        told = moment.isoformat() if moment else None
        if told != wanted and not (told and wanted and _instant(told) == _instant(wanted)):
            yield f"{name}: read {told!r}, the page says {wanted!r}"

    return check


def _instant(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text) if "T" in text else text
    except ValueError:
        return text


def _has(name: str, wanted: Iterable[str], reading: Reading) -> Iterator[str]:
    text = _squeezed(reading.body)
    yield from (f"{name}: not in the text: {part!r}" for part in wanted if _squeezed(part) not in text)


def _lacks(name: str, unwanted: Iterable[str], reading: Reading) -> Iterator[str]:
    text = _squeezed(reading.body)
    yield from (f"{name}: in the text: {part!r}" for part in unwanted if _squeezed(part) in text)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


_CHECKS: dict[str, Callable[[str, Any, Reading], Iterable[str]]] = {
    "outcome": lambda _name, _wanted, _reading: (),
    "title": _same(lambda reading: reading.title),
    "standfirst": _same(lambda reading: reading.standfirst),
    "byline": _same(lambda reading: reading.byline),
    "authors": _same(lambda reading: [author.name for author in reading.authors]),
    "published_at": _same_time(lambda reading: reading.published),
    "modified_at": _same_time(lambda reading: reading.modified),
    "dateline": _same(lambda reading: reading.dateline),
    "section": _same(lambda reading: reading.section),
    "language": _same(lambda reading: reading.language),
    "views": _same(lambda reading: reading.views),
    "comments": _same(lambda reading: reading.comments),
    "text_has": _has,
    "text_lacks": _lacks,
}


# ------------------------------------------------------------------ drafting


def draft(capture: Capture, reading: Reading, encoding: str | None) -> dict[str, Any]:
    """Return what the reader says of a page, for a person to compare with it: not reviewed yet."""
    told: dict[str, Any] = {"url": capture.url, "fetched_at": capture.fetched_at.isoformat(timespec="seconds")}
    if encoding:
        told["encoding"] = encoding
    told["reviewed"] = False
    if reading.outcome != "read":
        return {**told, "outcome": reading.outcome}
    return {
        **told,
        "title": reading.title,
        "authors": [author.name for author in reading.authors],
        "published_at": reading.published.isoformat() if reading.published else None,
        "modified_at": reading.modified.isoformat() if reading.modified else None,
        "dateline": reading.dateline,
        "language": reading.language,
        "views": reading.views,
        "comments": reading.comments,
        "text_has": _ends(reading),
        "text_lacks": [],
    }


def _ends(reading: Reading) -> list[str]:
    """Return the first words of the first paragraph and the last words of the last."""
    if not reading.paragraphs:
        return []
    first, last = _squeezed(reading.paragraphs[0]), _squeezed(reading.paragraphs[-1])
    start = first[:_ENDS].rpartition(" ")[0] if len(first) > _ENDS else first
    end = last[-_ENDS:].partition(" ")[2] if len(last) > _ENDS else last
    return [start, end]


def stem_for(capture: Capture) -> str:
    """Return the name of a page's fixture: the day it was served, and the words of its address."""
    parts = urlsplit(capture.url)
    last = next((part for part in reversed(unquote(parts.path).split("/")) if part), "")
    words = f"{last.partition('.')[0]}-{parts.query}" if parts.query else last.partition(".")[0]
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-")
    return f"{capture.fetched_at:%Y-%m-%d}-{slug or 'page'}"


def write_fixture(folder: Path, capture: Capture, truth: Mapping[str, Any]) -> Fixture:
    """Store a page and its drafted truth in a site's folder; raise FixtureError rather than overwrite a truth."""
    path = folder / f"{stem_for(capture)}.json"
    if path.exists():
        raise FixtureError(f"{path}: is there already; delete it first if it should be recorded again")
    folder.mkdir(parents=True, exist_ok=True)
    fixture = Fixture(path=path, truth=truth)
    # mtime=0: the same page is the same file.
    fixture.page.write_bytes(gzip.compress(capture.payload, mtime=0))
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return fixture

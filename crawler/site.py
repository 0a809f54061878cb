"""A news site as its file describes it: where it is, how to find its stories, what the general reader gets wrong."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import SiteFileError
from crawler.sitefile import checked

_STEM = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """CSS selectors of one design of a site; only what the general reader gets wrong. They win over everything."""

    until: date | None = None  # last day of this design; None is the design of today
    title: str | None = None
    standfirst: str | None = None
    byline: str | None = None
    published: str | None = None
    modified: str | None = None
    body: str | None = None
    dateline: str | None = None
    section: str | None = None
    views: str | None = None
    comments: str | None = None
    profile: str | None = None
    remove: tuple[str, ...] = ()  # taken out of the page before anything is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Discover:
    """Where stories are found. What is not given (None) is probed; an empty list says that there is none."""

    wordpress: bool | None = None
    feeds: tuple[str, ...] | None = None
    sitemaps: tuple[str, ...] | None = None
    sections: tuple[str, ...] | None = None
    article: str | None = None  # regular expression on the path and query of a story's address


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRules:
    """How a visit behaves towards the site."""

    delay: float = 2.0  # seconds between requests to this host
    requests: int = 400  # budget of revisits; new stories are not counted
    minutes: float = 20.0
    counters: bool = False  # ask read-only counter requests
    browser: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """Outside this a visit is reported as failed."""

    articles_per_week: tuple[int, int] | None = None
    fields: dict[str, float] = field(default_factory=dict)  # field → least share of readings that have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One news site: the facts of its file, with defaults for what the file leaves out."""

    name: str
    title: str
    url: str
    country: str | None = None
    region: str | None = None
    languages: tuple[str, ...] = ()
    timezone: str = "UTC"
    former_urls: tuple[str, ...] = ()
    host_group: str | None = None
    confirmed: bool = True
    evidence: str | None = None
    discover: Discover = field(default_factory=Discover)
    visit: VisitRules = field(default_factory=VisitRules)
    read: Layout = field(default_factory=Layout)
    earlier: tuple[Layout, ...] = ()
    expect: Expect = field(default_factory=Expect)

    @classmethod
    def unknown(cls, url: str) -> Site:
        """Make up the site of an address that no site file covers: its host, in UTC."""
        parts = urlsplit(url)
        host = (parts.hostname or "unknown").removeprefix("www.")
        return cls(name=host, title=host, url=f"{parts.scheme or 'https'}://{parts.netloc}/", confirmed=False)

    def layout(self, at: datetime | None) -> Layout:
        """Return the selectors that hold for a page fetched at this time; without a time, today's."""
        if at is not None:
            past = [layout for layout in self.earlier if layout.until and at.date() <= layout.until]
            if past:
                return min(past, key=lambda layout: layout.until or date.max)
        return self.read

    def facts(self) -> dict[str, object]:
        """Return the site as plain values that JSON can hold, without what is at its default."""
        return _facts(self)


def is_stem(name: str) -> bool:
    """Say whether a site file may have this name."""
    return _STEM.fullmatch(name) is not None


def load_site(path: Path) -> Site:
    """Return the site that a file describes; raise SiteFileError naming the file and every key that is wrong."""
    shown = _shown(path)
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{shown}: not TOML: {error}") from error
    except OSError as error:
        raise SiteFileError(f"{shown}: cannot be read: {error.strerror}") from error
    values, faults = checked(table)
    if not is_stem(path.stem):
        faults.insert(0, ("file name", "it names the site: only a-z, 0-9 and - before .toml"))
    if faults:
        raise SiteFileError("\n".join(f"{shown}: {key}: {fault}" for key, fault in faults))
    return _built(path.stem, values)


def _built(name: str, values: dict[str, Any]) -> Site:
    read = values.pop("read", {})
    earlier = tuple(
        sorted((Layout(**part) for part in read.pop("earlier", ())), key=lambda part: part.until or date.max)
    )
    parts: dict[str, Any] = {
        "discover": Discover(**values.pop("discover", {})),
        "visit": VisitRules(**values.pop("visit", {})),
        "expect": Expect(**values.pop("expect", {})),
    }
    return Site(name=name, read=Layout(**read), earlier=earlier, **parts, **values)


def _shown(path: Path) -> Path:
    """Return the path as a person would type it here."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def _facts(record: object) -> dict[str, object]:
    values: dict[str, object] = {}
    for item in dataclasses.fields(record):  # type: ignore[arg-type]  # every caller passes a dataclass of this module
        value = getattr(record, item.name)
        if value == _default(item):
            continue
        if dataclasses.is_dataclass(value):
            value = _facts(value)
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            value = [_facts(part) for part in value]
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, date):
            value = value.isoformat()
        values[item.name] = value
    return values


def _default(item: dataclasses.Field[object]) -> object:
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    return item.default

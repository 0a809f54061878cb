"""The words of the system as frozen records: what is fetched, what is read, what is kept.

They are defined once, here. The crawler fills them, the archive keeps them, and its rows are turned into them
again. Times are aware datetimes; ``None`` means that nobody said, never zero or empty.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


class Outcome(StrEnum):
    """What one capture meant for the archive."""

    NEW = "new"  # first version of an article
    REVISED = "revised"  # the text changed, and the page admits it with a later modified date
    STEALTH = "stealth"  # the text changed and no modified date admits it
    UNCHANGED = "unchanged"  # the article reads as before, or the server answered 304
    RENAMED = "renamed"  # the text is as before, the article has another address
    MERGED = "merged"  # the article turned out to be another one, which goes on
    RESTORED = "restored"  # the article was gone and is back
    MISSING = "missing"  # a first 404
    GONE = "gone"  # a 410, or a 404 seen again a day later
    BLOCKED = "blocked"  # refused: a challenge page, 403, 429, 503; it says nothing of the article
    UNREAD = "unread"  # kept, but no article could be read on it; the reason says why
    KEPT = "kept"  # kept, and nothing to read: a listing, a redirect, robots.txt, an error
    KNOWN = "known"  # exactly this capture was in the archive already
    REREAD = "reread"  # what today's reader reads on a kept capture took the place of what was read before


class Kind(StrEnum):
    """What kind of record holds a capture."""

    RESPONSE = "response"
    REVISIT = "revisit"  # the server answered 304: the payload is that of an earlier capture
    ERROR = "error"  # no response came
    RENDERING = "rendering"  # no fetch: a response as a browser shows it once its scripts have run


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What the archive must know of a site; a visit tells it."""

    name: str
    title: str
    url: str
    country: str | None = None  # ISO 3166-1 alpha-2
    region: str | None = None
    languages: tuple[str, ...] = ()  # shortest ISO 639 codes, the main one first
    timezone: str = "UTC"  # IANA name
    facts: Mapping[str, Any] = field(default_factory=dict)  # the whole site file, as JSON values


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One fetch, whatever came back.

    ``payload`` is the decoded body: transfer and content encoding taken off, charset as served. ``headers`` are the
    response's own, in order, as (name, value) pairs. ``status`` is None when no response came; ``error`` says why.
    """

    visit: str  # key of the visit that made it
    record_id: UUID  # WARC-Record-ID
    url: str
    fetched_at: datetime
    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    payload: bytes = b""
    kind: Kind = Kind.RESPONSE
    protocol: str = "HTTP/1.1"
    reason: str = ""
    error: str | None = None
    truncated: str | None = None  # a WARC-Truncated reason: length, time, disconnect
    elapsed_ms: int | None = None
    refers_to: UUID | None = None  # of a rendering: the record id of the response
    method: str = "GET"
    sent: bytes = b""  # the body of a request that has one, a form
    _digest: bytes | None = field(default=None, init=False, repr=False, compare=False)

    def header(self, name: str) -> str | None:
        """Return the first header of this name, case ignored."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def payload_digest(self) -> bytes:
        """sha256 of the decoded body; it is made once, for it is asked for several times while a capture is saved."""
        if self._digest is None:
            object.__setattr__(self, "_digest", hashlib.sha256(self.payload).digest())
        return self._digest or b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as the page gives it: with its own offset, and as precise as it says."""

    at: datetime
    precision: str = "second"  # second, minute or day; a day is held as its midnight

    def isoformat(self) -> str:
        """Return RFC 3339, or the date alone where the page gives no time."""
        return self.at.date().isoformat() if self.precision == "day" else self.at.isoformat(timespec="seconds")

    @classmethod
    def parse(cls, text: str) -> Moment:
        """Read what :meth:`isoformat` wrote; a date alone needs no offset and is taken as UTC."""
        if "T" in text:
            return cls(at=datetime.fromisoformat(text))
        return cls(at=datetime.fromisoformat(f"{date.fromisoformat(text)}T00:00:00+00:00"), precision="day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """One name of a byline. Agencies, desks and houses are organisations, never people."""

    name: str
    kind: str = "person"  # person or organisation
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a page says about one of its authors. It is never part of the body nor of a version's digest."""

    name: str | None = None
    text: str
    language: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A number of views, comments or shares that the page gives for its own article."""

    metric: str  # views, comments or shares
    value: int
    source: str  # where on the page it was read
    exact: bool = True  # False for "1.2K"
    stale: bool = False  # a cached number that a script would replace
    raw: str | None = None  # as printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A name the page gives to its article: ``wp`` (post id), ``ld`` (JSON-LD identifier) or ``url`` (canonical)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A further page of a story that is served in parts: its address and, where it was joined, its capture."""

    url: str
    record_id: str | None = None  # UUID of the capture's WARC-Record-ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A story's address as a listing gives it, with what the listing says of it."""

    url: str
    lastmod: datetime | None = None  # when the listing says it last changed
    published: datetime | None = None
    title: str | None = None
    counters: tuple[Counter, ...] = ()  # what it shows of the story's comments and views


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A listing the archive remembers: a feed, a sitemap, with its validators and what came of it."""

    kind: str  # feed, sitemap, wordpress or section
    url: str
    state: str = "ok"  # ok, or what was wrong at the last look
    found_at: datetime | None = None
    seen_at: datetime | None = None  # when it was last asked for
    read_at: datetime | None = None  # when it was last read without a problem
    etag: str | None = None
    last_modified: str | None = None
    watermark: datetime | None = None  # the newest change it gave, by the site's own clock
    yields: int = 0  # links it gave first
    yielded_at: datetime | None = None  # when it last gave one first
    links: int = 0  # how many it gave when last read
    depth: int = 0  # of a map below an index: 1 or more
    told_at: datetime | None = None  # the change that its index told when it was last read
    failures: int = 0  # looks in a row without an answer
    walked_at: datetime | None = None  # all it had given by this time is read, on all its pages
    cursor: str | None = None  # the next page of a walk that is not finished
    reached_at: datetime | None = None  # all that the pages before had given by this time is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the archive knows of a link before it is asked for."""

    first_seen_at: datetime
    given_by: str  # the listing that gave it first
    fetched_lastmod: datetime | None = None  # the newest change listed when it was last fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """How far the walk of one listing back to a day has come."""

    cursor: str | None = None  # the page to ask for next
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article the archive knows, as the crawler needs it to look again."""

    article: str  # public key
    url: str
    state: str  # live, missing or gone
    fetched_at: datetime  # of the newest capture that told something of it
    etag: str | None = None  # validators of the newest capture that had a payload
    last_modified: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    due_at: datetime | None = None
    has_parts: bool = False  # served on several pages: a 304 of the first says nothing of the others
    asked_at: datetime | None = None  # when it was last asked for, whatever came
    first_seen: datetime | None = None
    digest: bytes | None = None  # of the open version; None for a gone one
    changes: int = 0  # edits seen so far
    changed_at: datetime | None = None  # when the last of them was first seen
    unchanged: int = 0  # looks since then, or since the first text, that found the same
    gone_at: datetime | None = None  # since when it is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What the archive holds of an address, whatever it is: when it was last answered, and how to ask again."""

    fetched_at: datetime
    etag: str | None = None  # validators of the newest answer that had a payload
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What made a reading: name, version and a digest of what configured it."""

    name: str
    version: str
    config_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader made of one capture. None means that the page does not say.

    ``outcome`` is ``read``, or why there is no article: ``not_article``, ``empty``, ``unreadable``, ``policy`` (a file
    whose opt-outs hold for the whole site); or what an answer means that holds none: ``absent`` (as much as a 404),
    ``blocked`` (it says nothing of the story), ``merged`` (a redirect to another article that is the same story).
    ``reason`` then says more. Text is as printed. ``identities`` are strongest first.
    """

    reader: Reader
    outcome: str = "read"
    reason: str | None = None
    title: str | None = None
    standfirst: str | None = None
    byline: str | None = None  # as printed
    authors: tuple[Author, ...] = ()
    profiles: tuple[Profile, ...] = ()
    paragraphs: tuple[str, ...] = ()
    dateline: str | None = None
    agency: str | None = None  # the wire agency that dateline, byline or a closing credit names
    published: Moment | None = None
    modified: Moment | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    access: str = "unknown"  # free, metered, walled or unknown
    canonical_url: str | None = None
    identities: tuple[Identity, ...] = ()
    counters: tuple[Counter, ...] = ()
    rendering: str | None = None  # UUID of the rendering that was read instead of the response
    parts: tuple[Part, ...] = ()  # the story's further pages, in order
    pending: Mapping[str, Any] | None = None  # the read-only request that would fill a script-loaded counter
    opt_outs: tuple[str, ...] = ()  # noarchive, tdm-reservation … as the page states them
    sources: Mapping[str, str] = field(default_factory=dict)  # field → where it was read
    signature: bytes | None = None  # MinHash of the paragraphs (archive.duplicates), where the reading process made it

    @property
    def body(self) -> str:
        """The paragraphs, joined by a blank line."""
        return "\n\n".join(self.paragraphs)

    def counter(self, metric: str) -> Counter | None:
        """Return the counter of this metric, if the page gives one."""
        return next((counter for counter in self.counters if counter.metric == metric), None)

    @property
    def views(self) -> int | None:
        """The article's own view count."""
        counter = self.counter("views")
        return counter.value if counter else None

    @property
    def comments(self) -> int | None:
        """The number of comments."""
        counter = self.counter("comments")
        return counter.value if counter else None


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

_NESTED: dict[str, type] = {
    "authors": Author,
    "profiles": Profile,
    "identities": Identity,
    "counters": Counter,
    "parts": Part,
}


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Return a reading as plain JSON values; fields that say nothing are left out."""
    values: dict[str, Any] = {}
    for name in Reading.__slots__:
        value = getattr(reading, name)
        if value in (None, (), {}) or (name == "access" and value == "unknown"):
            continue
        if isinstance(value, Moment):
            value = {"at": value.at.isoformat(), "precision": value.precision}
        elif isinstance(value, Reader):
            value = {part: getattr(value, part) for part in Reader.__slots__}
        elif name in _NESTED:
            value = [_sparse(part) for part in value]
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, bytes):
            value = b64encode(value).decode()
        values[name] = value
    return values


def reading_from_json(values: Mapping[str, Any]) -> Reading:
    """Return the reading that :func:`reading_to_json` wrote; keys of a later version are ignored."""
    known = {item.name for item in dataclasses.fields(Reading)}
    built: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            continue
        if name in ("published", "modified"):
            built[name] = Moment(at=datetime.fromisoformat(value["at"]), precision=value["precision"])
        elif name == "reader":
            built[name] = Reader(**value)
        elif name in _NESTED:
            built[name] = tuple(_NESTED[name](**part) for part in value)
        elif name == "signature":
            built[name] = b64decode(value)
        elif isinstance(value, list):
            built[name] = tuple(value)
        else:
            built[name] = value
    return Reading(**built)


def storable(reading: Reading) -> Reading:
    """Return the reading with U+FFFD for what no file or database can hold: NUL, and each half of a character.

    JSON-LD that was cut to a length gives halves: the first of an emoji, escaped.
    """
    return storable_json(reading)[0]


def storable_json(reading: Reading) -> tuple[Reading, dict[str, Any]]:
    """Return the reading as :func:`storable` does, and as :func:`reading_to_json` gives it."""
    values = reading_to_json(reading)
    if _can_be_stored(values):
        return reading, values
    mended = _mended(values)
    return reading_from_json(mended), mended


def _can_be_stored(values: Any) -> bool:
    try:
        return b"\\u0000" not in orjson.dumps(values)
    except TypeError:  # half of a character
        return False


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_mended(name): _mended(part) for name, part in value.items()}
    return [_mended(part) for part in value] if isinstance(value, list) else value


def _sparse(record: Any) -> dict[str, Any]:
    return {name: value for name in record.__slots__ if (value := getattr(record, name)) is not None}


def canonical_json(values: Any) -> str:
    """Return JSON that is the same for equal values: sorted keys, no spaces, text unescaped."""
    try:
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # a number of more than 64 bits, half of a character, or a name that is no plain string
        return _CANONICAL.encode(values)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

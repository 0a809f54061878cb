"""What the database holds of a group of captures, asked for with a handful of questions. See :mod:`archive.desk`.

Times are microseconds, as the database has them, but in what :mod:`archive.chain` works with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from archive import duplicates, identity, rows
from archive import tables as t
from archive.bulk import code, rows_in
from archive.chain import Observation, Settled, Sight, Span
from archive.normal import fold_name
from archive.records import Kind, canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.records import Capture, Reading

REVISIT = code(t.KIND, Kind.REVISIT)
RESPONSE = code(t.KIND, Kind.RESPONSE)


@dataclass(frozen=True, slots=True)
class Item:
    """One capture of a group, with what was read on it and whose it is said to be."""

    capture: Capture
    site: int
    reading: Reading | None = None
    key: str | None = None  # of its article; None where that is to be found out
    told: Mapping[str, Any] = field(default_factory=dict)  # what was read, as JSON values, where they are at hand

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that it names: its own."""
        return (self.capture.url,)


@dataclass(frozen=True, slots=True)
class Page(Item):
    """One on which an article was read."""

    reading: Reading
    digest: bytes = b""  # of what was read
    is_short: bool = False  # it repeats what is known, and does not say it itself

    own_ids: dict[str, str] = field(init=False)  # that the page gives itself
    addresses: tuple[str, ...] = field(init=False)  # of the page, and those that it calls canonical

    def __post_init__(self) -> None:
        """Look up once what is asked for again and again."""
        named = self.reading.identities
        own = {found.kind: found.value for found in named if found.kind in identity.OWN_IDS}
        urls = dict.fromkeys([self.capture.url, *(found.value for found in named if found.kind == "url")])
        object.__setattr__(self, "own_ids", own)
        object.__setattr__(self, "addresses", tuple(urls))


@dataclass(slots=True)
class Story:
    """An article as far as a later look at it needs it."""

    id: int
    key: str
    site: int
    chain: Settled | None = None  # None where a look must be weighed with all before it
    title: str | None = None  # of the open text
    first_seen_at: int = 0
    listed_at: int = 0
    head_version_id: int | None = None
    head_digest: bytes | None = None
    changes: int = 0
    changed_at: int | None = None
    asked_at: int | None = None
    checked_at: int | None = None
    due_at: int | None = None
    own_ids: dict[str, set[str]] = field(default_factory=dict)  # open ones
    urls: set[int] = field(default_factory=set)  # all it ever had
    open_urls: set[int] = field(default_factory=set)
    hidden_checked: bool = False

    def has_other_id(self, own: dict[str, str]) -> bool:
        """Say whether it has an own id of the same kind as the page's, but another one."""
        return any(kind in own and held - {own[kind]} for kind, held in self.own_ids.items())


@dataclass(slots=True)
class Owned:
    """That an address or an identity is an article's, since when; ``article`` is None where the past is not simple."""

    article: int | None
    since: int


@dataclass(slots=True)
class Said:
    """A content: its id, and what the chain needs of it; None of an erased one, whose words are gone."""

    id: int
    words: int
    bare_digest: bytes
    is_erased: bool = False
    title: str | None = None
    standfirst: str | None = None


@dataclass(slots=True)
class Run:
    """The last run of a counter."""

    observed_at: int
    last_at: int
    value: int
    exact: bool
    stale: bool


@dataclass(slots=True)
class Held:
    """All that is known of the group, kept in step by the desk with what it adds."""

    captures: set[bytes] = field(default_factory=set)  # record ids
    fetches: set[tuple[int, int]] = field(default_factory=set)  # (address, time) of a capture with a payload
    urls: dict[str, int | None] = field(default_factory=dict)  # every address that was asked for
    addresses: dict[int, Owned] = field(default_factory=dict)
    identities: dict[tuple[int, str, str], Owned] = field(default_factory=dict)
    stories: dict[int, Story] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    contents: dict[bytes, Said] = field(default_factory=dict)
    authors: dict[tuple[int, str], int] = field(default_factory=dict)
    runs: dict[tuple[int, str, str], Run] = field(default_factory=dict)
    originals: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # newest payload of an address
    orphans: set[int] = field(default_factory=set)  # addresses with captures that an article is to adopt
    listed: set[int] = field(default_factory=set)  # addresses that a listing gave
    hosts: dict[int, identity.Hosts] = field(default_factory=dict)
    shared: dict[tuple[str, bytes], int | None] = field(default_factory=dict)  # by table and digest
    bands: dict[int, tuple[int, ...]] = field(default_factory=dict)  # first and last article of each that was asked for


def load(connection: Connection, items: Sequence[Item]) -> Held:
    """Return what the database holds of these captures."""
    held = Held()
    pages = [item for item in items if isinstance(item, Page)]
    _load_captures(connection, held, items)
    _load_addresses(connection, held, [url for item in items for url in item.addresses])
    _load_identities(connection, held, pages)
    _load_sites(connection, held, {item.site for item in items})
    unknown = [page for page in pages if page.key is None and not _is_named(held, page)]
    _load_addresses(connection, held, [
        url for page in unknown for url in identity.other_addresses(page.capture.url, held.hosts[page.site])
    ])  # fmt: skip
    _load_stories(connection, held, items)
    _load_contents(connection, held, pages)
    new = [page.reading for page in pages if page.digest not in held.contents]
    load_shared(connection, held, [told for reading in new for told in shared_texts(reading).items()])
    _load_authors(connection, held, pages)
    _load_runs(connection, held, pages)
    _load_past(connection, held, items)
    return held


def shared_texts(reading: Reading) -> dict[str, str]:
    """Return what a full reading may share with others, as JSON by table; nothing of what it does not tell."""
    return {"picture_list": canonical_json(reading.images) if reading.images else "",
            "source_set": _sources(tuple(reading.sources.items()))}  # fmt: skip


@lru_cache(maxsize=1024)
def _sources(told: tuple[tuple[str, str], ...]) -> str:
    return canonical_json(dict(told)) if told else ""


def _load_captures(connection: Connection, held: Held, items: Sequence[Item]) -> None:
    ids = {item.capture.record_id.bytes for item in items}
    held.captures = {row[0] for row in rows_in(connection, _CAPTURES, ids)}


_CAPTURES = "SELECT record_id FROM capture WHERE record_id IN ({})"


def _load_addresses(connection: Connection, held: Held, urls: Iterable[str]) -> None:
    new = {url for url in urls if url not in held.urls}
    if not new:
        return
    found = dict(tuple(row) for row in rows_in(connection, _URLS, new))
    held.urls |= {url: found.get(url) for url in new}
    for url, article, since, until in rows_in(connection, _OWNERS, found.values()):
        _own(held.addresses, url, article, since, until)


def _own(owners: dict[Any, Owned], key: Any, article: int, since: int, until: int) -> None:
    """Note an owner; two of them, or one who lost it, are no simple past."""
    is_simple = until == t.FOREVER_MICROS and key not in owners
    owners[key] = Owned(article if is_simple else None, since)


_URLS = "SELECT url, id FROM url WHERE url IN ({})"
_OWNERS = "SELECT url_id, article_id, valid_from, valid_to FROM article_url WHERE url_id IN ({})"


def _load_identities(connection: Connection, held: Held, pages: Sequence[Page]) -> None:
    named = {(page.site, found.kind, found.value) for page in pages for found in page.reading.identities}
    for site, kind, value, article, since, until in rows_in(connection, _IDENTITIES, named):
        _own(held.identities, (site, kind, value), article, since, until)


# Pairs are joined, not asked for by IN: for that SQLite reads a whole index once the table is analysed.
_IDENTITIES = (
    "WITH k(s, n, v) AS (VALUES {}) SELECT DISTINCT i.site_id, i.kind, i.value, i.article_id, i.valid_from, i.valid_to "
    "FROM k CROSS JOIN article_identity i WHERE i.site_id = k.s AND i.kind = k.n AND i.value = k.v"
)


def _is_named(held: Held, item: Page) -> bool:
    """Say whether an identity or an address of a page is some article's."""
    urls = (held.urls.get(url) for url in item.addresses)
    return any(url in held.addresses for url in urls) or any(
        (item.site, found.kind, found.value) in held.identities for found in item.reading.identities
    )


def _load_sites(connection: Connection, held: Held, sites: set[int]) -> None:
    for number, url, facts in rows_in(connection, _SITES, sites):
        told = json.loads(facts) if isinstance(facts, str) else facts
        held.hosts[number] = identity.Hosts.of(url, told)


_SITES = "SELECT id, url, facts FROM site WHERE id IN ({})"


# ------------------------------------------------------------------ articles


def _load_stories(connection: Connection, held: Held, items: Sequence[Item]) -> None:
    keys = {item.key for item in items if item.key is not None}
    named = {row[0] for row in rows_in(connection, _BY_KEY, keys)}
    owners = {owned.article for owned in (*held.addresses.values(), *held.identities.values())}
    numbers = sorted(named | {article for article in owners if article is not None})
    if connection.dialect.name == "postgresql":
        rows_in(connection, _LOCKED, numbers)
    for row in rows_in(connection, _STORIES, numbers):
        story = _story(row)
        held.stories[story.id], held.keys[story.key] = story, story.id
    said: dict[int, list[int | None]] = {}
    for article, content in rows_in(connection, _VERSIONS, numbers):
        said.setdefault(article, []).append(content)
    for number, story in held.stories.items():
        if story.chain is not None:
            story.chain = _with_contents(story.chain, said.get(number, []))
    for article, kind, value in rows_in(connection, _OWN_IDS, numbers):
        held.stories[article].own_ids.setdefault(kind, set()).add(value)
    for article, url, until in rows_in(connection, _ADDRESSES, numbers):
        held.stories[article].urls.add(url)
        if until == t.FOREVER_MICROS:
            held.stories[article].open_urls.add(url)


_BY_KEY = "SELECT id FROM article WHERE key IN ({})"
_LOCKED = "SELECT id FROM article WHERE id IN ({}) ORDER BY id FOR UPDATE"
_STORIES = (
    "SELECT a.id, a.key, a.site_id, a.first_seen_at, a.listed_at, a.head_version_id, a.head_digest, a.changes, "
    "a.changed_at, a.asked_at, a.checked_at, a.due_at, c.title, a.head_capture_at, a.unchanged, r.id, r.access, "
    "r.modified_at, r.reader_id, c.words, c.bare_digest, v.number, v.valid_from, v.valid_to, v.last_seen_at, "
    "v.prev_last_seen_at, v.first_capture_id, v.content_id, v.reading_id, v.reader_id, v.state, v.change "
    "FROM article a LEFT JOIN reading r ON r.id = a.head_reading_id LEFT JOIN version v ON v.id = a.head_version_id "
    "LEFT JOIN content c ON c.id = v.content_id WHERE a.id IN ({})"
)
_VERSIONS = (
    f"SELECT article_id, content_id FROM version WHERE known_to = {t.FOREVER_MICROS} AND article_id IN ({{}}) "  # noqa: S608 - a constant
    "ORDER BY article_id, number"
)
_OWN_IDS = (
    "SELECT article_id, kind, value FROM article_identity "  # noqa: S608 - constants
    f"WHERE valid_to = {t.FOREVER_MICROS} AND kind IN {identity.OWN_IDS} AND article_id IN ({{}})"
)
_ADDRESSES = "SELECT article_id, url_id, valid_to FROM article_url WHERE article_id IN ({})"


def _story(row: Any) -> Story:
    (number, key, site, first_seen_at, listed_at, version, digest, changes, changed_at, asked_at, checked_at, due_at,
     title, *chain) = row  # fmt: skip
    return Story(
        id=number, key=key, site=site, first_seen_at=first_seen_at, listed_at=listed_at, head_version_id=version,
        head_digest=bytes(digest) if digest is not None else None, changes=changes, changed_at=changed_at,
        asked_at=asked_at, checked_at=checked_at, due_at=due_at, title=title, chain=_chain(*chain),
    )  # fmt: skip


def _chain(at: int | None, unchanged: int, reading: int | None, access: str | None, modified: int | None,
           reader: int | None, words: int | None, bare: bytes | None, number: int | None, *open_version: Any,
           ) -> Settled | None:  # fmt: skip
    """Return where the chain stands, its contents still missing; None if it is not settled."""
    if reading is None or at is None or number is None or bare is None or words is None:
        return None
    valid_from, valid_to, last_seen_at, prev, first_capture, content, said_by, read_by, state, change = open_version
    if valid_to != t.FOREVER_MICROS:
        return None
    span = Span(
        number=number, valid_from=t.from_micros(valid_from), valid_to=t.FOREVER,
        last_seen_at=t.from_micros(last_seen_at), prev_last_seen_at=_moment(prev), first_capture_id=first_capture,
        content_id=content, reading_id=said_by, reader_id=read_by, state=t.State(t.STATE.codes[state - 1]),
        change=t.Change(t.CHANGE.codes[change - 1]),
    )  # fmt: skip
    head = Observation(
        capture_id=first_capture, record_id=b"", at=t.from_micros(at), url_id=0, sight=Sight.TEXT, content_id=content,
        bare_digest=bytes(bare), words=words, walled=access == "walled", modified=_moment(modified),
        reading_id=reading, reader_id=reader,
    )  # fmt: skip
    return Settled(contents=(), open=span, head=head, at=head.at, unchanged=unchanged)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else t.from_micros(micros)


def _with_contents(chain: Settled, contents: list[int | None]) -> Settled | None:
    """Complete a chain with the contents of its versions; None if they are not those that it ends with."""
    if len(contents) != chain.open.number or contents[-1] != chain.open.content_id:
        return None
    return replace(chain, contents=tuple(contents))


# ------------------------------------------------------------------ texts, names, counters


def _load_contents(connection: Connection, held: Held, pages: Sequence[Page]) -> None:
    digests = {page.digest for page in pages}
    for number, digest, words, bare, erased_at, *titles in rows_in(connection, _CONTENTS, digests):
        held.contents[bytes(digest)] = Said(number, words, bytes(bare), erased_at is not None, *titles)
    signed = {page.reading.signature for page in pages if page.digest not in held.contents}
    load_bands(connection, held, [signature for signature in signed if signature is not None])


_CONTENTS = "SELECT id, digest, words, bare_digest, erased_at, title, standfirst FROM content WHERE digest IN ({})"


def load_shared(connection: Connection, held: Held, named: Iterable[tuple[str, str]]) -> None:
    """Learn the ids of rows that readings share, each named by its table and its text; None of one that is new."""
    wanted: dict[str, set[bytes]] = {}
    for table, text in named:
        if text:
            wanted.setdefault(table, set()).add(rows.shared_digest(text))
    for table, digests in wanted.items():
        held.shared |= dict.fromkeys((table, digest) for digest in digests)
        for number, digest in rows_in(connection, _SHARED[table], digests):
            held.shared[table, bytes(digest)] = number


_SHARED = {table: f"SELECT id, digest FROM {table} WHERE digest IN ({{}})" for table in ("picture_list", "source_set")}  # noqa: S608 - our own names


def load_bands(connection: Connection, held: Held, signatures: Iterable[bytes]) -> None:
    """Learn which articles share a band with texts of these signatures."""
    held.bands |= duplicates.sharing(connection, {key for signed in signatures for key in duplicates.bands(signed)})


def _load_authors(connection: Connection, held: Held, pages: Sequence[Page]) -> None:
    names = {(page.site, fold_name(name)) for page in pages for name in named_on(page.reading)}
    held.authors = {(site, name): number for number, site, name in rows_in(connection, _AUTHORS, names)}


def named_on(reading: Reading) -> list[str]:
    """Return the names of a page's byline, and of its profiles."""
    return [*(author.name for author in reading.authors), *(name for name, _ in rows.named_profiles(reading))]


_AUTHORS = (
    "WITH k(s, n) AS (VALUES {}) SELECT a.id, a.site_id, a.name_norm FROM k CROSS JOIN author a "
    "WHERE a.site_id = k.s AND a.name_norm = k.n"
)


def _load_runs(connection: Connection, held: Held, pages: Sequence[Page]) -> None:
    counted = {(story.id, code(t.METRIC, counter.metric), counter.source)
               for page in pages if page.reading.counters for story in _likely(held, page)
               for counter in page.reading.counters}  # fmt: skip
    for article, metric, source, *run in rows_in(connection, _RUNS, counted):
        held.runs[article, t.METRIC.codes[metric - 1], source] = Run(*run)


def _likely(held: Held, page: Page) -> Iterable[Story]:
    """Return the articles that a page may turn out to belong to."""
    urls = [held.addresses.get(held.urls.get(url) or 0) for url in page.addresses]
    ids = [held.identities.get((page.site, found.kind, found.value)) for found in page.reading.identities]
    numbers = {owned.article for owned in (*urls, *ids) if owned is not None} | {held.keys.get(page.key or "")}
    return [held.stories[number] for number in numbers if number is not None]


_RUNS = (
    "WITH k(a, m, s) AS (VALUES {}) "
    "SELECT c.article_id, c.metric, c.source, c.observed_at, c.last_at, c.value, c.exact, c.stale "
    "FROM k CROSS JOIN counter_reading c WHERE c.article_id = k.a AND c.metric = k.m AND c.source = k.s "
    "AND c.observed_at = (SELECT max(d.observed_at) FROM counter_reading d "
    "WHERE d.article_id = k.a AND d.metric = k.m AND d.source = k.s)"
)


def _load_past(connection: Connection, held: Held, items: Sequence[Item]) -> None:
    """Learn what captures, and what listings, said of these addresses before."""
    known = {item.capture.url: held.urls[item.capture.url] for item in items}
    asked = {(number, t.to_micros(item.capture.fetched_at))
             for item in items if (number := known[item.capture.url]) is not None
             and item.capture.kind is Kind.RESPONSE}  # fmt: skip
    held.fetches = {(url, at) for url, at in rows_in(connection, _FETCHES, asked)}
    revisited = {known[item.capture.url] for item in items if item.capture.kind is Kind.REVISIT} - {None}
    for url, at, digest in rows_in(connection, _ORIGINALS, revisited):
        held.originals[url] = (at, bytes(digest))
    pages = {known[item.capture.url] for item in items if isinstance(item, Page)} - {None}
    held.orphans = {row[0] for row in rows_in(connection, _ORPHANS, pages)}
    numbers = {url for story in held.stories.values() for url in story.open_urls} | set(held.urls.values())
    held.listed = {row[0] for row in rows_in(connection, _LISTED, numbers - {None})}


_FETCHES = (
    "WITH k(u, f) AS (VALUES {}) SELECT c.url_id, c.fetched_at FROM k CROSS JOIN capture c "
    "WHERE c.url_id = k.u AND c.fetched_at = k.f"
)
_ORIGINALS = (
    "SELECT c.url_id, c.fetched_at, c.payload_digest FROM url u JOIN capture c ON c.id = ("  # noqa: S608 - constants
    f"SELECT o.id FROM capture o WHERE o.url_id = u.id AND o.kind = {RESPONSE} AND o.status = 200 "
    "ORDER BY o.fetched_at DESC LIMIT 1) WHERE u.id IN ({})"
)
_ORPHANS = (
    f"SELECT url_id FROM capture WHERE (kind = {REVISIT} OR effective_status IN (404, 410)) "  # noqa: S608 - constants
    "AND article_id IS NULL AND url_id IN ({})"
)
_LISTED = "SELECT url_id FROM link WHERE url_id IN ({})"

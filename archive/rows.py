"""Rows in and out: the small statements that ingest is made of. Each takes a connection inside a transaction."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urldefrag, urljoin
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archive import tables as t
from archive.normal import BARE_BYTES, NORM_VERSION, bare_digest, content_digest, count_words, fold_name, reading_digest
from archive.records import Kind, Moment, canonical_json
from archive.surt import surt
from archive.texts import pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from archive.records import Capture, Counter, Profile, Reader, Reading, SiteFacts
    from archive.warc import Place


def insert(connection: Connection, table: sa.Table, **values: Any) -> int:
    """Insert one row and return its id."""
    key = connection.execute(_insert(table), values).inserted_primary_key
    return cast("tuple[int, ...]", key)[0]


def insert_missing(connection: Connection, table: sa.Table, values: Sequence[dict[str, Any]]) -> None:
    """Insert rows; those whose key is there already stay as they are."""
    connection.execute(_insert_missing(table, connection.dialect.name), values)


def find_or_insert(connection: Connection, table: sa.Table, key: Mapping[str, Any], **more: Any) -> tuple[int, bool]:
    """Return the id of the row with this key, and whether it was inserted now.

    Another writer may insert it between the look and the insert: then it is found by the second look.
    """
    look, names = _look(table, tuple(key)), {f"key_{name}": value for name, value in key.items()}
    found = connection.scalar(look, names)
    if found is not None:
        return found, False
    row = _insert_missing(table, connection.dialect.name).returning(table.c.id)
    new = connection.scalar(row, {**key, **more})
    return (new, True) if new is not None else (connection.execute(look, names).scalar_one(), False)


# Statements that are made once: to build one costs more than to run it.


@lru_cache
def _insert(table: sa.Table) -> sa.Insert:
    return table.insert()


@lru_cache
def _insert_missing(table: sa.Table, dialect: str) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table).on_conflict_do_nothing()


@lru_cache
def _look(table: sa.Table, names: tuple[str, ...]) -> sa.Select[Any]:
    return sa.select(table.c.id).where(*(table.c[name] == sa.bindparam(f"key_{name}") for name in names))


@lru_cache
def _update(table: sa.Table, names: tuple[str, ...]) -> sa.Update:
    values = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    return table.update().where(table.c.id == sa.bindparam("this_id")).values(values)


def update(connection: Connection, table: sa.Table, number: int, **values: Any) -> None:
    """Write values into the row with this id."""
    statement = _update(table, tuple(values))
    connection.execute(statement, {"this_id": number} | {f"new_{name}": value for name, value in values.items()})


_MEMO = "hemeroteca_memo"
Value = TypeVar("Value")


@contextmanager
def remembering(connection: Connection) -> Iterator[None]:
    """Remember within one transaction the ids that were looked up: one group asks for the same again and again."""
    connection.info[_MEMO] = {}
    try:
        yield
    finally:
        del connection.info[_MEMO]


def remembered(connection: Connection, key: tuple[Any, ...], find: Callable[[], Value]) -> Value:
    """Return what ``find`` finds; within :func:`remembering` it is looked for once."""
    memo: dict[tuple[Any, ...], Value] | None = connection.info.get(_MEMO)
    if memo is None:
        return find()
    if key not in memo:
        memo[key] = find()
    return memo[key]


def url_id(connection: Connection, url: str) -> int:
    """Return the id of an address, new ones inserted."""
    return remembered(
        connection, ("url", url), lambda: find_or_insert(connection, t.url, {"url": url}, surt=surt(url))[0]
    )


def site_id(connection: Connection, facts: SiteFacts, at: datetime) -> int:
    """Write what a visit tells of its site; return the site's id."""
    values = {
        "title": facts.title,
        "url": facts.url,
        "country": facts.country,
        "region": facts.region,
        "languages": list(facts.languages),
        "timezone": facts.timezone,
        "facts": dict(facts.facts),
        "seen_at": at,
    }
    number, is_new = find_or_insert(connection, t.site, {"name": facts.name}, **values)
    if not is_new:
        connection.execute(t.site.update().where(t.site.c.id == number).values(values))
    return number


# ------------------------------------------------------------------ captures


def insert_capture(connection: Connection, capture: Capture, visit: int, warc_file: int, place: Place,
                   article: int | None) -> int:  # fmt: skip
    """Insert the row of a capture that is synced at this place."""
    has_payload = capture.kind in (Kind.RESPONSE, Kind.RENDERING)
    number = insert(
        connection,
        t.capture,
        record_id=capture.record_id.bytes,
        url_id=url_id(connection, capture.url),
        article_id=article,
        visit_id=visit,
        fetched_at=capture.fetched_at,
        kind=capture.kind,
        status=capture.status,
        effective_status=capture.status,
        payload_digest=capture.payload_digest if has_payload else None,
        payload_size=len(capture.payload) if has_payload else None,
        media_type_id=media_type_id(connection, capture),
        etag=capture.header("etag"),
        last_modified=capture.header("last-modified"),
        error=capture.error,
        truncated=capture.truncated,
        fetch_ms=capture.elapsed_ms,
        redirect_url_id=url_id(connection, target) if (target := _target(capture)) else None,
        warc_file_id=warc_file,
        warc_offset=place.offset,
        warc_length=place.length,
    )
    connection.info.get(_MEMO, {})[capture.record_id] = number
    return number


def media_type_id(connection: Connection, capture: Capture) -> int | None:
    """Return the id of what a server said that it sent, new ones inserted; None where it said nothing."""
    name = capture.header("content-type")
    if name is None:
        return None
    find = partial(find_or_insert, connection, t.media_type, {"name": name})
    return remembered(connection, ("media_type", name), find)[0]


def _target(capture: Capture) -> str | None:
    """Return the absolute address that a redirect leads to."""
    location = capture.header("location") if capture.status is not None and 300 <= capture.status < 400 else None
    if not location:
        return None
    try:
        return urldefrag(urljoin(capture.url, location.strip()))[0]
    except ValueError:
        return location


def find_capture(connection: Connection, capture: Capture) -> int | None:
    """Return the id of exactly this capture: by record id, else by address, time and payload."""
    memo = connection.info.get(_MEMO, {})
    if capture.record_id in memo:
        return cast("int", memo[capture.record_id])
    found: int | None = connection.scalar(_BY_RECORD, {"record": capture.record_id.bytes})
    if found is None and capture.kind is Kind.RESPONSE:
        same = {"url": capture.url, "at": capture.fetched_at, "digest": capture.payload_digest}
        found = connection.scalar(_BY_PAYLOAD, same)
    return found


_BY_RECORD = sa.select(t.capture.c.id).where(t.capture.c.record_id == sa.bindparam("record"))
_BY_PAYLOAD = (
    sa.select(t.capture.c.id)
    .join(t.url, t.url.c.id == t.capture.c.url_id)
    .where(
        t.url.c.url == sa.bindparam("url"),
        t.capture.c.fetched_at == sa.bindparam("at"),
        t.capture.c.payload_digest == sa.bindparam("digest"),
    )
)


def claim_parts(connection: Connection, reading: Reading, article: int) -> None:
    """Give an article the captures that were read with its page: its rendering and further pages.

    Nothing was read on them alone, so they make no version.
    """
    named = (reading.rendering, *(part.record_id for part in reading.parts))
    ids = [UUID(record_id).bytes for record_id in named if record_id is not None]
    if ids:
        named_here = t.capture.c.record_id.in_(ids)
        owners = sa.select(t.capture.c.article_id).where(named_here)
        connection.execute(t.article.update().where(t.article.c.id.in_(owners)).values(head_reading_id=None))
        connection.execute(t.capture.update().where(named_here).values(article_id=article))


# ------------------------------------------------------------------ readings


def reader_id(connection: Connection, reader: Reader) -> int:
    """Return the id of a reader, new ones inserted."""
    key = {
        "name": reader.name,
        "version": reader.version,
        "config_digest": reader.config_digest,
        "norm_version": NORM_VERSION,
    }
    return remembered(connection, (reader,), lambda: find_or_insert(connection, t.reader, key)[0])


def content_id(connection: Connection, reading: Reading) -> tuple[int, bool]:
    """Return the id of what a reading says, and whether it was never said before."""
    names = [author.name for author in reading.authors]
    return find_or_insert(
        connection,
        t.content,
        {"digest": reading_digest(reading)},
        bare_digest=bare_digest(reading),
        title=reading.title,
        standfirst=reading.standfirst,
        names=names,
        words=count_words(reading.body),
        language=reading.language,
        codec=t.ZSTD,
        body=pack(reading.body.encode()),
    )


def refill(connection: Connection, content: int, reading: Reading) -> bool:
    """Give an erased content its text again, which another paper says now too; False if it was not erased."""
    row = t.content.c
    said = {"title": reading.title, "standfirst": reading.standfirst, "language": reading.language,
            "names": [author.name for author in reading.authors], "body": pack(reading.body.encode()), "codec": t.ZSTD,
            "base_content_id": None, "erased_at": None}  # fmt: skip
    erased = t.content.update().where(row.id == content, row.erased_at.is_not(None))
    return connection.execute(erased.values(said)).rowcount > 0


def erased_content(connection: Connection, values: Mapping[str, Any]) -> int:
    """Return the id of a content of which only the digest is left."""
    return find_or_insert(
        connection, t.content, {"digest": bytes.fromhex(values["digest"])},
        bare_digest=bytes.fromhex(values["bare_digest"])[:BARE_BYTES], names=[], words=values["words"], codec=t.PLAIN,
        erased_at=datetime.fromisoformat(values["erased_at"]),
    )[0]  # fmt: skip


def stored_digest(title: str | None, standfirst: str | None, names: Iterable[str], body: str) -> bytes:
    """Return the digest of a content row as it is stored, to check it against the one beside it."""
    return content_digest(title, standfirst, names, body.split("\n\n"))


def moment_columns(name: str, moment: Moment | None) -> dict[str, Any]:
    """Return the three columns that hold a date of a page."""
    offset = moment.at.utcoffset() if moment else None
    return {
        f"{name}_at": moment.at if moment else None,
        f"{name}_offset": int((offset or timedelta()).total_seconds() // 60) if moment else None,
        f"{name}_precision": moment.precision if moment and moment.precision != "second" else None,
    }


def insert_reading(connection: Connection, reading: Reading, *, capture: int, url: str, content: int | None,
                   known_from: datetime, full: bool, site: int) -> int:  # fmt: skip
    """Insert a reading of a capture of this address; a short one leaves out what the open version says already."""
    values: dict[str, Any] = {
        "capture_id": capture,
        "reader_id": reader_id(connection, reading.reader),
        "known_from": known_from,
        "known_to": t.FOREVER,
        "content_id": content,
        "outcome": reading.outcome,
        "reason": reading.reason,
        "is_full": full,
        "counters": kept_counters(reading),
        "tags": [],
        "profiles": [],
        "access": reading.access,
        **moment_columns("modified", reading.modified),
    }
    if full:
        said = connection.execute(_SAID, {"content": content}).first() if content is not None else None
        values |= {
            "title": kept_title(reading.title, said.title if said else None),
            "standfirst": kept_title(reading.standfirst, said.standfirst if said else None),
            **{name: getattr(reading, name) for name in TOLD_ONCE},
            "canonical_url": kept_canonical(reading, url),
            **moment_columns("published", reading.published),
            "tags": list(reading.tags),
            "profiles": kept_profiles(reading),
            "pending": dict(reading.pending) if reading.pending else None,
            "images_id": _shared_id(connection, t.picture_list, images=reading.images),
            "sources_id": _shared_id(connection, t.source_set, sources=dict(reading.sources)),
        }
    new = insert(connection, t.reading, **values)
    if full:
        _insert_authors(connection, reading, new, site)
    return new


_SAID = sa.select(t.content.c.title, t.content.c.standfirst).where(t.content.c.id == sa.bindparam("content"))
TOLD_ONCE = ("byline", "dateline", "agency", "section", "language", "canonical_url")
"""What only a full reading tells, as it was printed."""


def kept_title(printed: str | None, said: str | None) -> str | None:
    """Return what a reading keeps of a headline, or standfirst: nothing where its content says the same."""
    return None if printed == said else printed


def kept_canonical(reading: Reading, url: str) -> str | None:
    """Return what a reading keeps of its canonical address: an empty text where it is the one that was fetched."""
    return "" if reading.canonical_url == url else reading.canonical_url or None


def shared_digest(text: str) -> bytes:
    """Return what a list of pictures, or a set of sources, is known by: half of the SHA-256 of its canonical JSON."""
    return hashlib.sha256(text.encode()).digest()[:16]


def _shared_id(connection: Connection, table: sa.Table, **told: Any) -> int | None:
    """Return the id of a row that readings share, new ones inserted; None where there is nothing to tell."""
    [value] = told.values()
    if not value:
        return None
    digest = shared_digest(canonical_json(value))
    find = partial(find_or_insert, connection, table, {"digest": digest}, **told)
    return remembered(connection, (table.name, digest), find)[0]


@dataclass(frozen=True, slots=True)
class Superseded:
    """A reading that another one of the same capture takes the place of: whose it was, and what it counted."""

    article_id: int | None
    counters: set[tuple[str, str]]


def close_reading(connection: Connection, capture: int, known_at: datetime) -> Superseded | None:
    """Close what was read on a capture before, on the known axis; None when nothing was."""
    row = t.reading.c
    is_open = sa.and_(row.capture_id == capture, row.known_to == t.OPEN)
    held = connection.execute(_READ_BEFORE, {"capture": capture}).first()
    if held is None:
        return None
    ends = max(known_at, held.known_from + timedelta(microseconds=1))
    connection.execute(t.reading.update().where(is_open).values(known_to=ends))
    return Superseded(held.article_id, {(metric, source) for metric, _, source, *_ in held.counters})


def kept_counters(reading: Reading) -> list[list[Any]]:
    """Return the counters of a reading without what all say: exact, not stale, nothing printed otherwise."""
    told = [counter_values(counter) for counter in reading.counters]
    return [values[:3] if values[3:] == _USUAL else values for values in told]


def whole_counter(kept: Sequence[Any]) -> list[Any]:
    """Return a counter with all its values, as :func:`counter_values` gave it."""
    return [*kept, *_USUAL[len(kept) - 3 :]]


_USUAL = [True, False, None]


def counter_values(counter: Counter) -> list[Any]:
    """Return a counter as it is kept: metric, value, source, exact, stale, as printed."""
    return [counter.metric, counter.value, counter.source, counter.exact, counter.stale, counter.raw]


_READ_BEFORE = (
    sa.select(t.reading.c.known_from, t.reading.c.counters, t.capture.c.article_id)
    .join(t.capture, t.capture.c.id == t.reading.c.capture_id)
    .where(t.reading.c.capture_id == sa.bindparam("capture"), t.reading.c.known_to == t.OPEN)
)


def author_id(connection: Connection, site: int, name: str) -> int:
    """Return the id of a name in one site's bylines, new ones inserted."""
    key = {"site_id": site, "name_norm": fold_name(name)}
    find = partial(find_or_insert, connection, t.author, key, name=name)
    return remembered(connection, ("author", site, name), find)[0]


def _insert_authors(connection: Connection, reading: Reading, reading_id: int, site: int) -> None:
    for position, author in enumerate(reading.authors):
        connection.execute(
            t.reading_author.insert().values(
                reading_id=reading_id,
                ord=position,
                author_id=author_id(connection, site, author.name),
                name=author.name,
                kind=author.kind,
                url=author.url,
            )
        )


def named_profiles(reading: Reading) -> list[tuple[str, Profile]]:
    """Return the profiles of which can be told whose they are, each with the author's name.

    The others stay in the reading.
    """
    only = reading.authors[0].name if len(reading.authors) == 1 else None
    named = ((profile.name or only, profile) for profile in reading.profiles)
    return [(name, profile) for name, profile in named if name is not None]


def kept_profiles(reading: Reading) -> list[list[str | None]]:
    """Return the profiles as a full reading keeps them."""
    return [[profile.name, profile.text, profile.language, profile.url] for profile in reading.profiles]


def see_profiles(connection: Connection, reading: Reading, site: int, at: datetime) -> None:
    """Keep what a page says about its authors, and when it said so first and last."""
    for name, profile in named_profiles(reading):
        author = author_id(connection, site, name)
        digest = hashlib.sha256(profile.text.encode()).digest()
        row = t.author_profile.c
        same = sa.and_(row.author_id == author, row.digest == digest)
        found = connection.execute(sa.select(row.first_seen_at, row.last_seen_at).where(same)).first()
        if found is None:
            insert(connection, t.author_profile, author_id=author, text=profile.text, language=profile.language,
                   url=profile.url, digest=digest, first_seen_at=at, last_seen_at=at)  # fmt: skip
        else:
            connection.execute(
                t.author_profile.update()
                .where(same)
                .values(first_seen_at=min(at, found.first_seen_at), last_seen_at=max(at, found.last_seen_at))
            )


def insert_opt_outs(connection: Connection, capture: int, signals: Sequence[str], site: int | None = None) -> None:
    """Record what a page asks of archives and miners, or with ``site`` a file that speaks for the whole site."""
    for signal in signals:
        name, _, value = signal.partition("=")
        insert(
            connection, t.opt_out, capture_id=capture, site_id=site, signal=name.strip(), value=value.strip() or "yes"
        )

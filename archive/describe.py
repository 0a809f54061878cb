"""Articles in the shape of an export: plain values under keys that never change within a major version.

Many are described at once: what a batch of them needs is looked up by a handful of statements, whatever its size.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import sqlalchemy as sa

from archive import tables as t
from archive.bulk import question, rows_in
from archive.normal import fold_name
from archive.takedown import visible
from archive.texts import COLUMNS, all_unpacked

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.engine import Connection


def describe(connection: Connection, version: int, *, counters: bool = False) -> dict[str, Any]:
    """Return an article in the shape of an export, with the text of the version of this id."""
    return describe_all(connection, [version], counters=counters)[0]


def describe_all(connection: Connection, versions: Sequence[int], *, texts: bool = True, counters: bool = False,
                 near_duplicates: bool = True) -> list[dict[str, Any]]:  # fmt: skip
    """Return articles in the shape of an export, each with the text of a version, in the order of these ids.

    ``texts`` are the bodies, ``counters`` all counter readings, ``near_duplicates`` the keys of the articles that
    carry the same text.
    """
    facts = {row[0]: row for row in _found(connection, _FACTS, "version.id", versions)}
    held = _Held(connection, list(facts.values()), texts=texts, counters=counters)
    told = []
    for version in versions:
        described = held.described(facts[version])
        if not texts:
            del described["body"]
        if not near_duplicates:
            del described["near_duplicates"]
        if counters:
            described["counters"] = held.curves.get(facts[version][1], [])
        told.append(described)
    return told


class _Held:
    """What the archive holds of a batch of articles beside the facts that there are one of each, by their ids."""

    def __init__(self, connection: Connection, facts: Sequence[Any], *, texts: bool, counters: bool) -> None:
        versions, articles, contents, readings = (
            (sorted(set(ids) - {None}) for ids in zip(*(row[:4] for row in facts), strict=True))
            if facts
            else ([], [], [], [])
        )
        said = [_Said(*row) for row in _found(connection, _CONTENTS[texts], "content.id", contents)]
        self.contents = {row[0]: row[1:4] for row in said}
        self.bodies = all_unpacked(connection, said) if texts else {}
        self.authors = _authors(connection, readings)
        self.own_urls = _own_urls(connection, [row[3] for row in facts if row[_CANONICAL] == ""])
        self.modified = _modified(connection, versions)
        self.addresses = _addresses(connection, articles)
        self.counters = _newest_counters(connection, articles)
        self.curves = curves(connection, articles) if counters else {}
        self.clusters = _clusters(connection, articles)

    def described(self, row: Sequence[Any]) -> dict[str, Any]:
        # Taken apart at once: to ask a row for one name after the other takes longer than all the rest.
        (version_id, article_id, content_id, reading_id, number, valid_from, valid_to, not_before, change, stealth,
         key, site, first_seen, last_seen, state, record_id, fetched_at, status, warc, offset, length, payload_digest,
         canonical_url, dateline, agency, byline, published_at, published_offset, published_precision, language,
         section, access, tags, images, profiles, sources, reader, reader_version) = row  # fmt: skip
        title, standfirst, words = self.contents[content_id]
        views, views_at = self.counters.get((article_id, _VIEWS), _UNTOLD)
        comments, _ = self.counters.get((article_id, _COMMENTS), _UNTOLD)
        cluster, copies = self.clusters.get(article_id, (None, []))
        return {
            "id": key,
            "site": site,
            "url": self.addresses.get(article_id),
            "canonical_url": self.own_urls.get(reading_id) if canonical_url == "" else canonical_url,
            "version": number,
            "valid_from": stamped(valid_from),
            "valid_to": stamped(valid_to),
            "not_before": stamped(not_before),
            "change": t.CHANGE.codes[change - 1],
            "stealth": bool(stealth),
            "first_seen": stamped(first_seen),
            "last_seen": stamped(last_seen),
            "state": t.STATE.codes[state - 1],
            "title": title,
            "standfirst": standfirst,
            "body": self.bodies.get(content_id),
            "dateline": dateline,
            "agency": agency,
            "authors": _named(self.authors.get(reading_id, []), loaded(profiles, [])),
            "byline": byline,
            "published": as_printed(published_at, published_offset, published_precision),
            "modified": self.modified.get(version_id),
            "language": language,
            "section": section,
            "tags": loaded(tags, []),
            "images": loaded(images, []),
            "access": access or "unknown",
            "word_count": words,
            "views": views,
            "comments": comments,
            "views_at": stamped(views_at),
            "cluster": cluster,
            "near_duplicates": copies,
            "capture": {
                "id": _urn(record_id.hex()),
                "fetched_at": stamped(fetched_at),
                "status": status,
                "warc": warc,
                "offset": offset,
                "length": length,
                "payload_sha256": payload_digest.hex() if payload_digest else None,
            },
            "reader": {"name": reader, "version": reader_version} if reader else None,
            "sources": loaded(sources, {}),
        }


def _named(names: Sequence[Any], profiles: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return authors with what the page says of them; the one profile of a page is its one author's."""
    by_name = {fold_name(name or ""): (text, language) for name, text, language, _ in profiles}
    alone = next(iter(by_name.values())) if len(by_name) == len(names) == 1 else _UNTOLD
    authors = []
    for _, name, kind, url in names:
        profile, language = by_name.get(fold_name(name), alone) if by_name else _UNTOLD
        authors.append({"name": name, "kind": kind, "url": url, "profile": profile, "profile_language": language})
    return authors


_UNTOLD = (None, None)


def loaded(text: str | None, empty: Any) -> Any:
    """Return JSON that was selected by :func:`as_text`; most lists are empty, and need not be read."""
    return empty if text is None or text == "[]" else orjson.loads(text)


def _urn(digits: str) -> str:
    return f"urn:uuid:{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


# ------------------------------------------------------------------ times


def stamp(at: datetime | None) -> str | None:
    """Return a time of the archive's own as RFC 3339 in UTC; None for an open end."""
    return None if at is None else stamped(t.to_micros(at))


@lru_cache(maxsize=256)
def stamped(micros: int | None) -> str | None:
    """Return a time that was selected by :func:`raw` as :func:`stamp` does."""
    if micros is None or micros == t.FOREVER_MICROS:
        return None
    seconds, fraction = divmod(micros, 1_000_000)
    return f"{_second(seconds)}.{fraction:06}Z" if fraction else f"{_second(seconds)}Z"


def _second(seconds: int) -> str:
    """Return a time since 1970 by date and clock: lists tell hundreds, most of days that they told before."""
    days, second = divmod(seconds, 86_400)
    return f"{_day(days)}T{_MINUTES[second // 60]}{_SECONDS[second % 60]}"


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    return datetime.fromtimestamp(days * 86_400, UTC).isoformat()[:10]


_MINUTES = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]
_SECONDS = [f":{second:02}" for second in range(60)]


def minute(stamped: str | None) -> str:
    """Return a stamp of the archive without its seconds; an open end as a dash."""
    return stamped[:16].replace("T", " ") if stamped else "–"


def printed(at: datetime | None, offset: int | None, precision: str | None) -> str | None:
    """Return a page's own date with its own offset, or the date alone where the page has no time."""
    return None if at is None else as_printed(t.to_micros(at), offset, precision)


def as_printed(micros: int | None, offset: int | None, precision: str | None) -> str | None:
    """Return a date that was selected by :func:`raw` as :func:`printed` does."""
    if micros is None:
        return None
    local = _second(micros // 1_000_000 + 60 * (offset or 0))
    return local[:10] if precision == "day" else local + _zone(offset or 0)


@cache
def _zone(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


# ------------------------------------------------------------------ looked up for many


def _found(connection: Connection, query: sa.Select[Any], column: str, ids: Collection[int]) -> list[Any]:
    """Return what a query tells for these ids, which are of this column, as the database holds it."""
    return rows_in(connection, question(query, column, connection.dialect), ids)


def as_text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Select JSON as it is kept: orjson reads it in a tenth of the time that the drivers take."""
    return sa.cast(column, sa.Text).label(getattr(column, "name", None))


def raw(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Select a time, or a code, as the number that it is kept as: making an object of it costs more than reading it."""
    return sa.type_coerce(column, sa.BigInteger).label(getattr(column, "name", None))


_READING, _CAPTURE = t.reading.c, t.capture.c
_FACTS = (
    sa.select(
        t.version.c.id, t.version.c.article_id, t.version.c.content_id, t.version.c.reading_id, t.version.c.number,
        *map(raw, (t.version.c.valid_from, t.version.c.valid_to, t.version.c.prev_last_seen_at, t.version.c.change)),
        t.version.c.stealth, t.article.c.key, t.site.c.name,
        *map(raw, (t.article.c.first_seen_at, t.article.c.last_seen_at, t.article.c.state)),
        _CAPTURE.record_id, raw(_CAPTURE.fetched_at), _CAPTURE.status, t.warc_file.c.name, _CAPTURE.warc_offset,
        _CAPTURE.warc_length, _CAPTURE.payload_digest, _READING.canonical_url, _READING.dateline, _READING.agency,
        _READING.byline, raw(_READING.published_at), _READING.published_offset, _READING.published_precision,
        _READING.language, _READING.section, _READING.access,
        *map(as_text, (_READING.tags, t.picture_list.c.images, _READING.profiles, t.source_set.c.sources)),
        t.reader.c.name, t.reader.c.version,
    )
    .select_from(t.version)
    .join(t.article, t.article.c.id == t.version.c.article_id)
    .join(t.site, t.site.c.id == t.article.c.site_id)
    .join(t.capture, _CAPTURE.id == t.version.c.first_capture_id)
    .outerjoin(t.warc_file, t.warc_file.c.id == _CAPTURE.warc_file_id)
    .outerjoin(t.reading, _READING.id == t.version.c.reading_id)
    .outerjoin(t.picture_list, t.picture_list.c.id == _READING.images_id)
    .outerjoin(t.source_set, t.source_set.c.id == _READING.sources_id)
    .outerjoin(t.reader, t.reader.c.id == _READING.reader_id)
)  # fmt: skip


class _Said(NamedTuple):
    """What a content says."""

    id: int
    title: str | None
    standfirst: str | None
    words: int
    codec: int | None = None
    base_content_id: int | None = None
    body: bytes | None = None


_SAID = sa.select(t.content.c.id, t.content.c.title, t.content.c.standfirst, t.content.c.words)
_CONTENTS = {False: _SAID, True: _SAID.add_columns(*COLUMNS)}


_AUTHORS = sa.select(
    t.reading_author.c.reading_id, t.reading_author.c.name, t.reading_author.c.kind, t.reading_author.c.url
).order_by(t.reading_author.c.reading_id, t.reading_author.c.ord)


def _authors(connection: Connection, readings: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in _found(connection, _AUTHORS, "reading_author.reading_id", readings):
        found[row[0]].append(row)
    return found


_CANONICAL = list(_FACTS.selected_columns.keys()).index("canonical_url")
_OWN_URLS = (
    sa.select(_READING.id, t.url.c.url)
    .join(t.capture, _CAPTURE.id == _READING.capture_id)
    .join(t.url, t.url.c.id == _CAPTURE.url_id)
)


def _own_urls(connection: Connection, readings: Collection[int]) -> dict[int, str]:
    """Return the address of the capture of each reading that calls it canonical."""
    return dict(_found(connection, _OWN_URLS, "reading.id", readings))


def _stating() -> sa.ScalarSelect[Any]:
    """Select, of a version, the newest reading that states a modified date: sites move it without a change, too."""
    capture, stating = t.capture.c, t.reading.alias("stating")
    return (
        sa.select(stating.c.id)
        .select_from(stating)
        .join(t.capture, capture.id == stating.c.capture_id)
        .where(
            capture.article_id == t.version.c.article_id, capture.fetched_at >= t.version.c.valid_from,
            capture.fetched_at < t.version.c.valid_to, stating.c.content_id == t.version.c.content_id,
            stating.c.known_to == t.OPEN, stating.c.modified_at.is_not(None),
        )
        .order_by(capture.fetched_at.desc(), capture.id.desc())
        .limit(1)
        .correlate(t.version)
        .scalar_subquery()
    )  # fmt: skip


_MODIFIED = (
    sa.select(t.version.c.id, raw(_READING.modified_at), _READING.modified_offset, _READING.modified_precision)
    .select_from(t.version)
    .join(t.reading, _READING.id == _stating())
)


def _modified(connection: Connection, versions: Sequence[int]) -> dict[int, str | None]:
    found = _found(connection, _MODIFIED, "version.id", versions)
    return {version: as_printed(at, offset, precision) for version, at, offset, precision in found}


def read_last() -> sa.ScalarSelect[Any]:
    """Select, of an article, the id of the address at which it was last read."""
    capture = t.capture.c
    return (
        sa.select(capture.url_id)
        .select_from(t.capture)
        .join(t.reading, _READING.capture_id == capture.id)
        .where(capture.article_id == t.article.c.id, _READING.content_id.is_not(None))
        .order_by(capture.fetched_at.desc(), capture.id.desc())
        .limit(1)
        .correlate(t.article)
        .scalar_subquery()
    )


_ADDRESSES = sa.select(t.article.c.id, t.url.c.url).select_from(t.article).join(t.url, t.url.c.id == read_last())


def _addresses(connection: Connection, articles: Collection[int]) -> dict[int, str]:
    """Return the address at which each article was last read."""
    return dict(_found(connection, _ADDRESSES, "article.id", articles))


_VIEWS, _COMMENTS = (t.METRIC.codes.index(metric) + 1 for metric in (t.Metric.VIEWS, t.Metric.COMMENTS))
_RUN = t.counter_reading.c
_RANKED = (
    sa.select(
        _RUN.article_id, raw(_RUN.metric), _RUN.value, raw(_RUN.last_at),
        sa.func.row_number().over(partition_by=(_RUN.article_id, _RUN.metric),
                                  order_by=(_RUN.last_at.desc(), _RUN.source)).label("nth"),
    )
    .where(sa.text("counter_reading.article_id IN ({})"), _RUN.metric.in_([t.Metric.VIEWS, t.Metric.COMMENTS]))
    .subquery()
)  # fmt: skip
_NEWEST = sa.select(_RANKED).where(_RANKED.c.nth == 1)


def _newest_counters(connection: Connection, articles: Sequence[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the newest value of views and comments and when it was seen last, by article and code of the metric."""
    found = rows_in(connection, _newest(connection.dialect), articles)
    return {(article, metric): (value, last_at) for article, metric, value, last_at, _ in found}


@cache
def _newest(dialect: sa.Dialect) -> str:
    return str(_NEWEST.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


_CURVES = (
    sa.select(_RUN.article_id, _RUN.value, _RUN.source, _RUN.exact, _RUN.stale, _RUN.raw,
              *map(raw, (_RUN.metric, _RUN.observed_at, _RUN.last_at)))
    .order_by(_RUN.article_id, _RUN.metric, _RUN.observed_at, _RUN.source)
)  # fmt: skip
_CURVE = _CURVES.where(_RUN.article_id == sa.bindparam("article"))
_CURVE_OF = _CURVE.where(_RUN.metric == sa.bindparam("metric", type_=t.METRIC))


def curve(connection: Connection, number: int, metric: str | None = None) -> list[dict[str, Any]]:
    """Return an article's counter readings, the oldest first, as runs of equal values."""
    told = {"article": number} if metric is None else {"article": number, "metric": metric}
    return [_run(*row) for row in connection.execute(_CURVE if metric is None else _CURVE_OF, told).all()]


def curves(connection: Connection, articles: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the counter readings of articles, by id, as :func:`curve` does for one."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _found(connection, _CURVES, "counter_reading.article_id", articles):
        found[row[0]].append(_run(*row))
    return found


def _run(_article: int, value: int, source: str, exact: bool, stale: bool, as_shown: str | None, metric: int,
         first_at: int, last_at: int) -> dict[str, Any]:  # fmt: skip
    return {
        "metric": t.METRIC.codes[metric - 1], "value": value, "from": stamped(first_at), "to": stamped(last_at),
        "exact": bool(exact), "stale": bool(stale), "raw": as_shown, "source": source,
    }  # fmt: skip


def _beside() -> sa.Select[Any]:
    """Select every member of the articles' clusters that may be shown, the earliest first."""
    own, member, first = t.cluster_member.alias("own"), t.cluster_member, t.article.alias("first")
    return (
        sa.select(own.c.article_id.label("own_id"), first.c.key.label("first_key"), t.article.c.id, t.article.c.key)
        .select_from(own)
        .join(member, sa.and_(member.c.cluster_id == own.c.cluster_id, member.c.known_to == t.OPEN))
        .join(t.cluster, t.cluster.c.id == own.c.cluster_id)
        .join(first, first.c.id == t.cluster.c.first_article_id)
        .join(t.article, t.article.c.id == member.c.article_id)
        .where(own.c.known_to == t.OPEN, visible(t.article.c.id))
        .order_by(own.c.article_id, t.article.c.first_seen_at, t.article.c.key)
    )


_BESIDE = _beside()


def _clusters(connection: Connection, articles: Collection[int]) -> dict[int, tuple[str, list[str]]]:
    """Return the earliest article of each one's cluster, which names it, and the others that carry the same text."""
    found: dict[int, tuple[str, list[str]]] = {}
    for own, first, member, key in _found(connection, _BESIDE, "own.article_id", articles):
        _, others = found.setdefault(own, (first, []))
        if member != own:
            others.append(key)
    return found

"""Articles in the shape of an export: plain values under keys that never change within a major version.

Many are described at once: what a batch of them needs is looked up by a handful of statements, whatever its size.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from archive import tables as t
from archive.normal import fold_name
from archive.takedown import visible
from archive.texts import COLUMNS, all_unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection


def describe(connection: Connection, row: Any, *, counters: bool = False) -> dict[str, Any]:
    """Return one article in the shape of an export."""
    return describe_all(connection, [row], counters=counters)[0]


def describe_all(connection: Connection, rows: Sequence[Any], *, texts: bool = True, counters: bool = False,
                 near_duplicates: bool = True) -> list[dict[str, Any]]:  # fmt: skip
    """Return articles in the shape of an export, in this order; a row is one of :func:`archive.selection.each_article`.

    ``texts`` are their bodies, ``counters`` all their counter readings, ``near_duplicates`` the keys of the articles
    that carry the same text.
    """
    held = _Held(connection, rows, texts=texts, counters=counters)
    return [held.described(row, texts=texts, counters=counters, near_duplicates=near_duplicates) for row in rows]


class _Held:
    """What the archive holds of a batch of articles, by the ids that their rows name."""

    def __init__(self, connection: Connection, rows: Sequence[Any], *, texts: bool, counters: bool) -> None:
        articles = {row.article_id for row in rows}
        readings = {row.reading_id for row in rows if row.reading_id is not None}
        self.contents = _contents(connection, {row.content_id for row in rows}, texts=texts)
        self.bodies = all_unpacked(connection, self.contents.values()) if texts else {}
        self.readings = _readings(connection, readings)
        self.authors = _authors(connection, readings)
        self.modified = _modified(connection, {row.version_id for row in rows})
        self.addresses = _addresses(connection, articles)
        self.counters = _newest_counters(connection, articles)
        self.curves = curves(connection, articles) if counters else {}
        self.clusters = _clusters(connection, articles)
        self.captures = _captures(connection, {row.first_capture_id for row in rows})

    def described(self, row: Any, *, texts: bool, counters: bool, near_duplicates: bool) -> dict[str, Any]:
        reading = self.readings.get(row.reading_id, _NO_READING)
        content = self.contents[row.content_id]
        seen = self.counters.get(row.article_id, {})
        views, comments = seen.get(t.Metric.VIEWS), seen.get(t.Metric.COMMENTS)
        cluster, copies = self.clusters.get(row.article_id, (None, []))
        described = {
            "id": row.key,
            "site": row.site,
            "url": self.addresses.get(row.article_id),
            "canonical_url": reading.canonical_url,
            "version": row.number,
            "valid_from": stamp(row.valid_from),
            "valid_to": stamp(row.valid_to),
            "not_before": stamp(row.prev_last_seen_at),
            "change": str(row.change),
            "stealth": row.stealth,
            "first_seen": stamp(row.first_seen_at),
            "last_seen": stamp(row.last_seen_at),
            "state": str(row.state),
            "title": content.title,
            "standfirst": content.standfirst,
            "body": self.bodies.get(row.content_id),
            "dateline": reading.dateline,
            "agency": reading.agency,
            "authors": _named(self.authors.get(row.reading_id, []), _loaded(reading.profiles, [])),
            "byline": reading.byline,
            "published": printed(reading.published_at, reading.published_offset, reading.published_precision),
            "modified": self.modified.get(row.version_id),
            "language": reading.language,
            "section": reading.section,
            "tags": _loaded(reading.tags, []),
            "images": _loaded(reading.images, []),
            "access": reading.access,
            "word_count": content.words,
            "views": views.value if views else None,
            "comments": comments.value if comments else None,
            "views_at": stamp(views.last_at) if views else None,
            "cluster": cluster,
            "near_duplicates": copies,
            "capture": self.captures[row.first_capture_id],
            "reader": {"name": reading.reader, "version": reading.reader_version} if reading.reader else None,
            "sources": _loaded(reading.sources, {}),
        }
        if not texts:
            del described["body"]
        if not near_duplicates:
            del described["near_duplicates"]
        if counters:
            described["counters"] = self.curves.get(row.article_id, [])
        return described


def _named(names: Iterable[Any], profiles: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return authors with what the page says of them; the one profile of a page is its one author's."""
    names = list(names)
    by_name = {fold_name(name or ""): (text, language) for name, text, language, _ in profiles}
    alone = next(iter(by_name.values())) if len(by_name) == len(names) == 1 else (None, None)
    authors = []
    for row in names:
        profile, language = by_name.get(fold_name(row.name), alone) if by_name else (None, None)
        authors.append({"name": row.name, "kind": row.kind, "url": row.url, "profile": profile,
                        "profile_language": language})  # fmt: skip
    return authors


def _loaded(text: str | None, empty: Any) -> Any:
    return orjson.loads(text) if text is not None else empty


# ------------------------------------------------------------------ times


def stamp(at: datetime | None) -> str | None:
    """Return a time of the archive's own as RFC 3339 in UTC; None for an open end."""
    if at is None or at == t.FOREVER:
        return None
    return at.astimezone(UTC).isoformat(timespec="microseconds" if at.microsecond else "seconds").replace("+00:00", "Z")


def minute(stamped: str | None) -> str:
    """Return a stamp of the archive without its seconds; an open end as a dash."""
    return stamped[:16].replace("T", " ") if stamped else "–"


def printed(at: datetime | None, offset: int | None, precision: str | None) -> str | None:
    """Return a page's own date with its own offset, or the date alone where the page has no time."""
    if at is None:
        return None
    local = at.astimezone(timezone(timedelta(minutes=offset or 0)))
    return local.date().isoformat() if precision == "day" else local.isoformat(timespec="seconds")


# ------------------------------------------------------------------ looked up for many


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)


def _json(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Select JSON as it is kept: orjson reads it in a tenth of the time that the drivers take."""
    return sa.cast(column, sa.Text).label(getattr(column, "name", None))


_READING = t.reading.c
_READINGS = (
    sa.select(
        _READING.id, _READING.canonical_url, _READING.dateline, _READING.agency, _READING.byline,
        _READING.published_at, _READING.published_offset, _READING.published_precision, _READING.language,
        _READING.section, _READING.access, *map(_json, (_READING.tags, _READING.images, _READING.profiles,
                                                        _READING.sources)),
        t.reader.c.name.label("reader"), t.reader.c.version.label("reader_version"),
    )
    .select_from(t.reading)
    .join(t.reader, t.reader.c.id == _READING.reader_id)
    .where(_READING.id.in_(_IDS))
)  # fmt: skip


class _NoReading:
    """Stands where the archive holds no reading: nothing is said of anything."""

    access = "unknown"

    def __getattr__(self, name: str) -> None:
        return None


_NO_READING: Any = _NoReading()


def _readings(connection: Connection, ids: Iterable[int]) -> dict[int, Any]:
    return {row.id: row for row in connection.execute(_READINGS, {"ids": sorted(ids)})}


_FACTS = (t.content.c.id, t.content.c.title, t.content.c.standfirst, t.content.c.words)
_CONTENTS = {
    False: sa.select(*_FACTS).where(t.content.c.id.in_(_IDS)),
    True: sa.select(*_FACTS, *COLUMNS).where(t.content.c.id.in_(_IDS)),
}


def _contents(connection: Connection, ids: Iterable[int], *, texts: bool) -> dict[int, Any]:
    return {row.id: row for row in connection.execute(_CONTENTS[texts], {"ids": sorted(ids)})}


_AUTHORS = (
    sa.select(t.reading_author.c.reading_id, t.reading_author.c.name, t.reading_author.c.kind, t.reading_author.c.url)
    .where(t.reading_author.c.reading_id.in_(_IDS))
    .order_by(t.reading_author.c.reading_id, t.reading_author.c.ord)
)


def _authors(connection: Connection, readings: Iterable[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_AUTHORS, {"ids": sorted(readings)}):
        found[row.reading_id].append(row)
    return found


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
    sa.select(t.version.c.id, _READING.modified_at, _READING.modified_offset, _READING.modified_precision)
    .select_from(t.version)
    .join(t.reading, _READING.id == _stating())
    .where(t.version.c.id.in_(_IDS))
)


def _modified(connection: Connection, versions: Iterable[int]) -> dict[int, str | None]:
    found = connection.execute(_MODIFIED, {"ids": sorted(versions)})
    return {version: printed(at, offset, precision) for version, at, offset, precision in found}


def _read_last() -> sa.ScalarSelect[Any]:
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


_ADDRESSES = (
    sa.select(t.article.c.id, t.url.c.url)
    .select_from(t.article)
    .join(t.url, t.url.c.id == _read_last())
    .where(t.article.c.id.in_(_IDS))
)


def _addresses(connection: Connection, articles: Iterable[int]) -> dict[int, str]:
    """Return the address at which each article was last read."""
    return dict(connection.execute(_ADDRESSES, {"ids": sorted(articles)}).all())


_RUN = t.counter_reading.c
_RANKED = (
    sa.select(
        _RUN.article_id, _RUN.metric, _RUN.value, _RUN.last_at,
        sa.func.row_number().over(partition_by=(_RUN.article_id, _RUN.metric),
                                  order_by=(_RUN.last_at.desc(), _RUN.source)).label("nth"),
    )
    .where(_RUN.article_id.in_(_IDS), _RUN.metric.in_([t.Metric.VIEWS, t.Metric.COMMENTS]))
    .subquery()
)  # fmt: skip
_NEWEST = sa.select(_RANKED).where(_RANKED.c.nth == 1)


def _newest_counters(connection: Connection, articles: Iterable[int]) -> dict[int, dict[Any, Any]]:
    found: dict[int, dict[Any, Any]] = defaultdict(dict)
    for row in connection.execute(_NEWEST, {"ids": sorted(articles)}):
        found[row.article_id][row.metric] = row
    return found


_CURVES = (
    sa.select(t.counter_reading)
    .where(_RUN.article_id.in_(_IDS))
    .order_by(_RUN.article_id, _RUN.metric, _RUN.observed_at, _RUN.source)
)


def curve(connection: Connection, number: int, metric: str | None = None) -> list[dict[str, Any]]:
    """Return an article's counter readings, the oldest first, as runs of equal values."""
    statement = _CURVES if metric is None else _CURVES.where(_RUN.metric == metric)
    return [_run(row) for row in connection.execute(statement, {"ids": [number]})]


def curves(connection: Connection, articles: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the counter readings of articles, by id, as :func:`curve` does for one."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(_CURVES, {"ids": sorted(articles)}):
        found[row.article_id].append(_run(row))
    return found


def _run(row: Any) -> dict[str, Any]:
    return {
        "metric": str(row.metric), "value": row.value, "from": stamp(row.observed_at), "to": stamp(row.last_at),
        "exact": row.exact, "stale": row.stale, "raw": row.raw, "source": row.source,
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
        .where(own.c.article_id.in_(_IDS), own.c.known_to == t.OPEN, visible(t.article.c.id))
        .order_by(own.c.article_id, t.article.c.first_seen_at, t.article.c.key)
    )


_BESIDE = _beside()


def _clusters(connection: Connection, articles: Iterable[int]) -> dict[int, tuple[str, list[str]]]:
    """Return the earliest article of each one's cluster, which names it, and the others that carry the same text."""
    found: dict[int, tuple[str, list[str]]] = {}
    for row in connection.execute(_BESIDE, {"ids": sorted(articles)}):
        _, others = found.setdefault(row.own_id, (row.first_key, []))
        if row.id != row.own_id:
            others.append(row.key)
    return found


_CAPTURE = t.capture.c
_CAPTURES = (
    sa.select(_CAPTURE.id, _CAPTURE.record_id, _CAPTURE.fetched_at, _CAPTURE.status, t.warc_file.c.name,
              _CAPTURE.warc_offset, _CAPTURE.warc_length, _CAPTURE.payload_digest)
    .select_from(t.capture)
    .outerjoin(t.warc_file, t.warc_file.c.id == _CAPTURE.warc_file_id)
    .where(_CAPTURE.id.in_(_IDS))
)  # fmt: skip


def _captures(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    return {
        row.id: {
            "id": UUID(bytes=row.record_id).urn,
            "fetched_at": stamp(row.fetched_at),
            "status": row.status,
            "warc": row.name,
            "offset": row.warc_offset,
            "length": row.warc_length,
            "payload_sha256": row.payload_digest.hex() if row.payload_digest else None,
        }
        for row in connection.execute(_CAPTURES, {"ids": sorted(ids)})
    }

"""What the archive answers: articles, their versions, counters and history, as plain values for people and files.

Nothing here writes. Each function takes an archive, or a connection that is open already. Every answer about text
survives an article that is gone: its last text is still told, with the state beside it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter as Tally
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from archive import asof
from archive import tables as t
from archive.bulk import rows_in
from archive.database import connected
from archive.describe import as_printed, as_text, curve, describe, describe_all, loaded, raw, stamp, stamped
from archive.diff import Text
from archive.errors import NotFoundError
from archive.hits import hits
from archive.opt_outs import opted_out
from archive.paging import Page
from archive.said import said
from archive.selection import BY_VERSION, OF_TODAY, VERSION, each_article, page, selecting, text_version, with_facts
from archive.takedown import refuse_hidden, visible
from archive.texts import COLUMNS, all_unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from archive.selection import Selection
    from archive.store import Archive

CHUNK = 500


def articles(asked: Archive | Connection, selection: Selection, *, counters: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the selected articles in the shape of an export, the newest first."""
    with connected(asked) as connection:
        rows = connection.execute(selecting(connection, selection), execution_options={"yield_per": CHUNK})
        for batch in rows.partitions():
            yield from describe_all(connection, [row.version_id for row in batch], counters=counters)


def articles_page(asked: Archive | Connection, selection: Selection, limit: int, after: str | None = None, *,
                  counters: bool = False) -> Page[dict[str, Any]]:  # fmt: skip
    """Return one page of :func:`articles`; ``after`` is the cursor that the page before gave. Raises QueryError.

    A list that shows less of each article is :func:`archive.hits.hits`.
    """
    with connected(asked) as connection:
        found = page(connection, selection, limit, after)
        return Page(describe_all(connection, [row[VERSION] for row in found.items], counters=counters), found.next)


def count(asked: Archive | Connection, selection: Selection, *, most: int | None = None) -> int:
    """Count the selected articles, at most so many: a count that is to be shown at once need not be whole."""
    with connected(asked) as connection:
        statement = selecting(connection, selection, most=most).order_by(None).subquery()
        return connection.scalar(sa.select(sa.func.count()).select_from(statement)) or 0


def article(
    asked: Archive | Connection, name: str, *, at: datetime | None = None, known: datetime | None = None,
    counters: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return one article by key or address, as it is or as it stood at a time, in the shape of an export."""
    with connected(asked) as connection:
        number = find(connection, name)
        row = connection.execute(each_article().where(t.article.c.id == number)).first()
        if row is None:
            raise NotFoundError(said("%(name)s: the archive holds no text of it", name=name))
        if at is None:
            return describe(connection, row.version_id, counters=counters)
        version = asof.of_article(connection, number, at, known)
        if version is None:
            raise NotFoundError(
                said("%(name)s: first seen %(first)s, not known at %(time)s", name=name,
                     first=row.first_seen_at.isoformat(timespec="seconds"), time=at)
            )  # fmt: skip
        if version.content_id is None:
            raise NotFoundError(
                said("%(name)s: %(state)s since %(since)s", name=name, state=said(version.state),
                     since=version.valid_from.isoformat(timespec="seconds"))
            )  # fmt: skip
        return describe(connection, version.id, counters=counters)


def find(connection: Connection, name: str) -> int:
    """Return the id of an article named by its key or by any address it ever had; one that is hidden is refused."""
    bare = name.rstrip("/")
    # No key has a slash.
    found = connection.execute(_BY_KEY, {"key": name.lower()}).first() if "/" not in name else None
    found = found or connection.execute(_BY_URL, {"urls": sorted({name, bare, f"{bare}/"})}).first()
    if found is None:
        raise NotFoundError(
            said("no article %(name)s; give its key or an address it had (`hemeroteca search` shows both)",
                 name=repr(name))
        )  # fmt: skip
    number, is_visible = found
    if not is_visible:
        refuse_hidden(connection, number, name)
    return int(number)


_BY_KEY = sa.select(t.article.c.id, visible(t.article.c.id)).where(t.article.c.key == sa.bindparam("key"))
_BY_URL = (
    sa.select(t.article_url.c.article_id, visible(t.article_url.c.article_id))
    .join(t.url, t.url.c.id == t.article_url.c.url_id)
    .where(t.url.c.url.in_(sa.bindparam("urls", expanding=True)))
    .order_by(t.article_url.c.valid_to.desc())
    .limit(1)
)


# ------------------------------------------------------------------ history


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An article's versions, oldest first, and its counters."""

    key: str
    site: str
    state: str
    urls: list[dict[str, Any]]
    versions: list[dict[str, Any]]
    counters: list[dict[str, Any]]
    captures: int


def history(asked: Archive | Connection, name: str, *, texts: bool = True) -> History:
    """Return all versions of an article as known now, the addresses it had and its counters.

    Without ``texts`` the bodies are left out, which a list of versions does not need.
    """
    with connected(asked) as connection:
        number = find(connection, name)
        head = connection.execute(_HEAD, {"article": number}).one()
        versions = connection.execute(_VERSIONS[texts], {"article": number}).all()
        said = all_unpacked(connection, (row for row in versions if row.id is not None)) if texts else {}
        return History(
            key=head.key, site=head.site, state=str(head.state), urls=_addresses(connection, number),
            versions=[_version(row, said.get(row.id)) for row in versions], counters=curve(connection, number),
            captures=head.captures,
        )  # fmt: skip


_ARTICLE = sa.bindparam("article", type_=sa.BigInteger)
_HEAD = (
    sa.select(
        t.article.c.key, t.article.c.state, t.site.c.name.label("site"),
        sa.select(sa.func.count()).select_from(t.capture).where(t.capture.c.article_id == _ARTICLE)
        .scalar_subquery().label("captures"),
    )
    .join(t.site, t.site.c.id == t.article.c.site_id)
    .where(t.article.c.id == _ARTICLE)
)  # fmt: skip
_ROW = t.version.c
_TOLD = (
    sa.select(t.content.c.id, _ROW.number, _ROW.stealth, _ROW.cosmetic, _ROW.flap, _ROW.reverts_to,
              *map(raw, (_ROW.change, _ROW.state, _ROW.valid_from, _ROW.valid_to, _ROW.prev_last_seen_at,
                         _ROW.last_seen_at, _ROW.known_from)),
              t.content.c.title, t.content.c.standfirst, as_text(t.content.c.names), t.content.c.words,
              raw(t.reading.c.modified_at), t.reading.c.modified_offset,
              t.reading.c.modified_precision, t.reading.c.byline)
    .select_from(t.version)
    .outerjoin(t.content, t.content.c.id == t.version.c.content_id)
    .outerjoin(t.reading, t.reading.c.id == t.version.c.reading_id)
    .where(t.version.c.article_id == _ARTICLE, t.version.c.known_to == t.OPEN)
    .order_by(t.version.c.number)
)  # fmt: skip
_VERSIONS = {False: _TOLD, True: _TOLD.add_columns(*COLUMNS)}
_ADDRESSES = (
    sa.select(t.url.c.url, t.article_url.c.valid_from, t.article_url.c.valid_to, t.article_url.c.role)
    .join(t.url, t.url.c.id == t.article_url.c.url_id)
    .where(t.article_url.c.article_id == _ARTICLE)
    .order_by(t.article_url.c.valid_from, t.url.c.url)
)


def _version(row: Any, body: str | None) -> dict[str, Any]:
    return {
        "version": row.number, "change": t.CHANGE.codes[row.change - 1], "state": t.STATE.codes[row.state - 1],
        "stealth": row.stealth, "cosmetic": row.cosmetic, "flap": row.flap, "reverts_to": row.reverts_to,
        "valid_from": stamped(row.valid_from), "valid_to": stamped(row.valid_to),
        "not_before": stamped(row.prev_last_seen_at), "last_seen": stamped(row.last_seen_at),
        "known_from": stamped(row.known_from),
        "modified": as_printed(row.modified_at, row.modified_offset, row.modified_precision),
        "title": row.title, "standfirst": row.standfirst, "authors": loaded(row.names, None), "byline": row.byline,
        "word_count": row.words, "body": body,
    }  # fmt: skip


def text_of(title: str | None, standfirst: str | None, names: Sequence[str], body: str | None) -> Text:
    """Return what a content says, in the form that :func:`archive.diff.compare` takes."""
    paragraphs = tuple((body or "").split("\n\n"))
    return Text(title=title or "", standfirst=standfirst or "", authors=tuple(names), paragraphs=paragraphs)


def text_of_version(version: dict[str, Any]) -> Text:
    """Return what a version of a :class:`History` says, in the same form."""
    return text_of(version["title"], version["standfirst"], version["authors"] or (), version["body"])


def two_versions(told: History, old: int | None, new: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two versions to compare: those of these numbers, else the last two that have a text."""
    texts = {version["version"]: version for version in told.versions if version["body"] is not None}
    if len(texts) < 2 and (old is None or new is None):
        raise NotFoundError(
            said("%(name)s: only one version has a text, so there is nothing to compare", name=told.key)
        )
    numbers = sorted(texts)
    new = new if new is not None else numbers[-1]
    old = old if old is not None else max((number for number in numbers if number < new), default=numbers[0])
    for number in (old, new):
        if number not in texts:
            raise NotFoundError(
                said(
                    "%(name)s: no version %(number)s with a text; there are %(numbers)s",
                    name=told.key,
                    number=number,
                    numbers=", ".join(map(str, numbers)),
                )
            )
    return texts[old], texts[new]


def _addresses(connection: Connection, number: int) -> list[dict[str, Any]]:
    found = connection.execute(_ADDRESSES, {"article": number})
    return [{"url": url, "from": stamp(start), "to": stamp(end), "role": role} for url, start, end, role in found]


# ------------------------------------------------------------------ search and figures


def search(asked: Archive | Connection, selection: Selection, limit: int) -> list[dict[str, Any]]:
    """Return the newest articles that match, each with the words around the first hit: :func:`archive.hits.hits`."""
    with connected(asked) as connection:
        return hits(connection, selection, limit).items


FACETED = 10_000


def facets(asked: Archive | Connection, selection: Selection) -> dict[str, dict[str, int]]:
    """Count the newest 10,000 selected articles by site, month of publication, author and language, the most first."""
    with connected(asked) as connection:
        found = page(connection, selection, FACETED, of_today=_FACTS_OF_TODAY).items
        rows = [row[4:] for row in with_facts(connection, found, _FACTS)]
        names = rows_in(connection, _NAMES, [reading for reading, *_ in rows if reading is not None])
        sites = {number: (name, zone) for number, name, zone in connection.execute(_SITES)}
    counted = {
        "site": Tally(sites[site][0] for _, site, *_ in rows),
        "month": Tally(_month(at, sites[site][1]) for _, site, _, at in rows if at is not None),
        "author": Tally(name for (name,) in names),
        "language": Tally(language for _, _, language, _ in rows if language is not None),
    }
    return {name: dict(sorted(tally.items(), key=lambda told: (-told[1], told[0]))) for name, tally in counted.items()}


def _with_facts(found: sa.Select[Any]) -> sa.Select[Any]:
    """Select of texts that are found their reading, site, language and time of publication, too."""
    row = t.reading.c
    return found.add_columns(text_version.c.reading_id, t.article.c.site_id, row.language, row.published_at).outerjoin(
        t.reading, row.id == text_version.c.reading_id
    )


_FACTS_OF_TODAY, _FACTS = _with_facts(OF_TODAY), _with_facts(BY_VERSION)
_NAMES = "SELECT name FROM reading_author WHERE reading_id IN ({})"
_SITES = sa.select(t.site.c.id, t.site.c.name, t.site.c.timezone)


def _month(micros: int, zone: str) -> str:
    """Return the month in which a time was in a zone, as 2026-11."""
    begins, names = _months(zone)
    at = bisect_right(begins, micros) - 1
    return names[at] if at >= 0 else f"{t.from_micros(micros).astimezone(ZoneInfo(zone)):%Y-%m}"


@cache
def _months(zone: str) -> tuple[list[int], list[str]]:
    """Return when each month of two centuries began in a zone, and its name."""
    firsts = [datetime(year, month, 1, tzinfo=ZoneInfo(zone)) for year in range(1900, 2100) for month in range(1, 13)]
    return [t.to_micros(first) for first in firsts], [f"{first:%Y-%m}" for first in firsts]


def stats(archive: Archive) -> dict[str, Any]:
    """Return the archive's figures: sites, articles by state, versions, captures, sizes, and the last visits."""
    with archive.engine.connect() as connection:
        states = connection.execute(sa.select(t.article.c.state, sa.func.count()).group_by(t.article.c.state)).all()
        size = connection.execute(
            sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(t.warc_file.c.bytes), 0)).select_from(t.warc_file)
        ).one()
        open_versions = t.version.c.known_to == t.OPEN
        return {
            "home": str(archive.home),
            "articles": _count(connection, t.article),
            "states": {str(state): number for state, number in states},
            "versions": _count(connection, t.version, open_versions),
            "stealth_edits": _count(connection, t.version, sa.and_(open_versions, t.version.c.stealth)),
            "opted_out": _count(connection, t.article, opted_out(connection)),
            "captures": _count(connection, t.capture),
            "counter_readings": _count(connection, t.counter_reading),
            "warc_files": size[0],
            "warc_bytes": int(size[1]),
            "sites": _sites(connection),
        }


def _count(connection: Connection, table: sa.Table, where: sa.ColumnElement[bool] | None = None) -> int:
    query = sa.select(sa.func.count()).select_from(table)
    return connection.scalar(query if where is None else query.where(where)) or 0


def _sites(connection: Connection) -> list[dict[str, Any]]:
    articles: dict[int, int] = dict(
        connection.execute(sa.select(t.article.c.site_id, sa.func.count()).group_by(t.article.c.site_id)).all()
    )
    visits: Tally[int] = Tally()
    last: dict[int, Any] = {}
    for row in connection.execute(
        sa.select(t.visit.c.site_id, t.visit.c.started_at, t.visit.c.exit_status).order_by(t.visit.c.started_at)
    ):
        visits[row.site_id] += 1
        last[row.site_id] = row
    return [
        {
            "site": row.name, "title": row.title, "country": row.country, "articles": articles.get(row.id, 0),
            "visits": visits[row.id], "last_visit": stamp(last[row.id].started_at) if row.id in last else None,
            "last_exit_status": last[row.id].exit_status if row.id in last else None,
        }
        for row in connection.execute(sa.select(t.site).order_by(t.site.c.name))
    ]  # fmt: skip

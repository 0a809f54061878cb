"""What the crawler asks the archive before it fetches. Each function takes a connection and only reads."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.chain import OVER
from archive.derivation import NEVER_SEEN_ALIVE
from archive.listings import parts
from archive.records import Fetched, Kind, Known
from archive.takedown import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

_WEEK = timedelta(days=7)

FILL_RATE_FIELDS = ("title", "byline", "body", "published", "modified", "dateline", "views", "comments")


def known(connection: Connection, site: str, urls: Iterable[str]) -> dict[str, Known]:
    """Return, by address, the articles of a site that have one of these addresses now."""
    found: dict[str, Known] = {}
    for part in parts(urls):
        query = (
            _known_query(site)
            .add_columns(t.url.c.url.label("asked"))
            .join(t.article_url, t.article_url.c.article_id == t.article.c.id)
            .join(t.url, t.url.c.id == t.article_url.c.url_id)
            .where(t.url.c.url.in_(part), t.article_url.c.valid_to == t.OPEN)
        )
        found |= {row.asked: _known(row) for row in connection.execute(query)}
    return found


def without_story(connection: Connection, urls: Iterable[str]) -> dict[str, datetime]:
    """Return when each of these addresses was last found to hold no story; the others are left out."""
    found: dict[str, datetime] = {}
    row = t.capture.c
    # A redirect whose target was fetched too: the story, if there is one, is known there.
    target = sa.alias(t.capture, "target")
    moved = sa.exists().where(target.c.url_id == row.redirect_url_id)
    no_story = sa.or_(
        t.reading.c.outcome.in_(("not_article", "empty")), row.effective_status.in_(NEVER_SEEN_ALIVE), moved
    )
    for part in parts(urls):
        query = (
            sa.select(t.url.c.url, sa.func.max(row.fetched_at, type_=t.Instant))
            .select_from(t.capture)
            .join(t.url, t.url.c.id == row.url_id)
            .outerjoin(t.reading, sa.and_(t.reading.c.capture_id == row.id, t.reading.c.known_to == t.OPEN))
            .where(t.url.c.url.in_(part), no_story)
            .group_by(t.url.c.url)
        )
        found |= dict(connection.execute(query).all())
    return found


def due(connection: Connection, site: str, now: datetime, limit: int) -> list[Known]:
    """Return the articles whose time to be asked for again has come, the most pressing first.

    Most pressing are the missing ones, whose absence a second look confirms; then those for which the time since the
    last try is the greatest multiple of the wait they were given; last the gone ones, which may be back.
    """
    row = t.article.c
    wait = sa.case((row.due_at > row.asked_at, row.due_at - row.asked_at), else_=1)
    pressure = (sa.literal(t.to_micros(now)) - sa.type_coerce(row.asked_at, sa.BigInteger)) * 1.0 / wait
    rank = sa.case((row.state == t.State.MISSING, 0), (row.state == t.State.GONE, 2), else_=1)
    chosen = (
        sa.select(row.id, sa.func.row_number().over(order_by=(rank, pressure.desc(), row.id)).label("place"))
        .join(t.site, t.site.c.id == row.site_id)
        .where(t.site.c.name == site, row.due_at <= now, row.state != t.State.MERGED, visible(row.id))
        .order_by(sa.column("place"))
        .limit(limit)
    )
    return _known_in_order(connection, site, chosen)


def waiting(connection: Connection, site: str, before: datetime, limit: int) -> list[Known]:
    """Return the articles nobody has asked for since ``before``, the longest unasked first; gone ones never are."""
    row = t.article.c
    chosen = (
        sa.select(row.id, sa.func.row_number().over(order_by=(row.asked_at, row.id)).label("place"))
        .join(t.site, t.site.c.id == row.site_id)
        .where(t.site.c.name == site, row.asked_at <= before, row.state.not_in(OVER), visible(row.id))
        .order_by(row.asked_at, row.id)
        .limit(limit)
    )
    return _known_in_order(connection, site, chosen)


def _known_in_order(connection: Connection, site: str, chosen: sa.Select[Any]) -> list[Known]:
    part = chosen.subquery()
    query = _known_query(site).join(part, part.c.id == t.article.c.id).order_by(part.c.place)
    return [_known(row) for row in connection.execute(query)]


def validators_lie(connection: Connection, site: str, since: datetime) -> bool:
    """Say whether a page of this site changed its text and kept its ETag, or its Last-Modified where it has no ETag.

    Such a server answers 304 to a story that was edited. Only edits that were first seen since then are looked at.
    """
    old, new = t.version.alias("old"), t.version.alias("new")
    before, after = t.capture.alias("before"), t.capture.alias("after")
    by_etag = sa.and_(after.c.etag.is_not(None), after.c.etag == before.c.etag)
    by_date = sa.and_(after.c.etag.is_(None), before.c.etag.is_(None), after.c.last_modified == before.c.last_modified)
    query = (
        sa.select(new.c.id)
        .select_from(new)
        .join(old, sa.and_(old.c.article_id == new.c.article_id, old.c.number == new.c.number - 1,
                           old.c.known_to == t.OPEN))
        .join(before, before.c.id == old.c.first_capture_id)
        .join(after, sa.and_(after.c.id == new.c.first_capture_id, after.c.url_id == before.c.url_id))
        .join(t.article, t.article.c.id == new.c.article_id)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .where(t.site.c.name == site, new.c.known_to == t.OPEN, new.c.valid_from >= since,
               new.c.change == t.Change.REVISED, after.c.status == 200, before.c.status == 200,
               sa.or_(by_etag, by_date))
        .limit(1)
    )  # fmt: skip
    return connection.execute(query).first() is not None


def copies(connection: Connection, digest: bytes) -> list[str]:
    """Return the keys of the articles that say, or once said, the content of this digest, the earliest first."""
    query = (
        sa.select(t.article.c.key)
        .join(t.version, t.version.c.article_id == t.article.c.id)
        .join(t.content, t.content.c.id == t.version.c.content_id)
        .where(t.content.c.digest == digest, t.version.c.known_to == t.OPEN)
        .group_by(t.article.c.id, t.article.c.key, t.article.c.first_seen_at)
        .order_by(t.article.c.first_seen_at, t.article.c.key)
    )
    return list(connection.execute(query).scalars())


def told_by(connection: Connection, site: str, digest: bytes) -> int:
    """Return at the pages of how many articles of a site the content of this digest was read."""
    query = (
        sa.select(sa.func.count(t.capture.c.article_id.distinct()))
        .select_from(t.content)
        .join(
            t.reading,
            sa.and_(t.reading.c.content_id == t.content.c.id, t.reading.c.known_to == t.OPEN, t.reading.c.is_full),
        )
        .join(t.capture, t.capture.c.id == t.reading.c.capture_id)
        .join(t.article, t.article.c.id == t.capture.c.article_id)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .where(t.content.c.digest == digest, t.site.c.name == site)
    )
    return connection.scalar(query) or 0


def removals(connection: Connection, visit: int) -> tuple[int, int]:
    """Return how many known articles a visit asked for again, and how many of them answered 404 or 410.

    Those that a map lists no more are left out of both.
    """
    row = t.capture.c
    # A story that its map lists no more was taken away by somebody: it says nothing against the site.
    is_announced = sa.exists().where(t.link.c.url_id == row.url_id, t.link.c.vanished_at.is_not(None))
    # A first capture of an article is no revisit: the article is younger than the capture is then.
    answers = connection.execute(
        sa.select(row.article_id, row.effective_status)
        .join(t.article, t.article.c.id == row.article_id)
        .where(row.visit_id == visit, t.article.c.first_seen_at < row.fetched_at, sa.not_(is_announced))
    ).all()
    removed = {article for article, status in answers if status in NEVER_SEEN_ALIVE}
    return len({article for article, _ in answers}), len(removed)  # a retry is no second revisit


def pending(connection: Connection, site: str, articles: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return the request that would read a script-loaded counter of each of these articles, where its page names one.

    Only a full reading is kept with it: that of the newest version, which the page has until it changes.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for part in parts(articles):
        query = (
            sa.select(t.article.c.key, t.reading.c.pending)
            .select_from(t.article)
            .join(t.site, t.site.c.id == t.article.c.site_id)
            .join(t.version, t.version.c.id == t.article.c.head_version_id)
            .join(t.reading, t.reading.c.id == t.version.c.reading_id)
            .where(t.site.c.name == site, t.article.c.key.in_(part))
        )
        found |= {row.key: row.pending for row in connection.execute(query) if row.pending}
    return found


def fill_rates(connection: Connection, site: str, last: int, skip: int = 0) -> dict[str, float]:
    """Return the share of a site's last readings that have each field; nothing below ``last`` readings.

    A ``byline`` is there when the page names who wrote it, printed or in its data.
    ``skip`` leaves out so many of the newest: what was read before them.
    """
    reading, capture = t.reading.c, t.capture.c
    author = t.reading_author.c
    query = (
        sa.select(sa.func.coalesce(reading.title, t.content.c.title).label("title"), reading.byline,
                  reading.published_at, reading.modified_at, reading.dateline, reading.counters, t.content.c.words,
                  sa.exists().where(author.reading_id == reading.id).label("has_author"))
        .select_from(t.reading)
        .join(t.capture, capture.id == reading.capture_id)
        .join(t.visit, t.visit.c.id == capture.visit_id)
        .join(t.site, t.site.c.id == t.visit.c.site_id)
        .outerjoin(t.content, t.content.c.id == reading.content_id)
        .where(t.site.c.name == site, reading.is_full, reading.outcome == "read", reading.known_to == t.OPEN)
        .order_by(reading.id.desc())
        .limit(max(last, 20))
        .offset(skip)
    )  # fmt: skip
    found = list(connection.execute(query))
    if len(found) < last:
        return {}
    filled = Tally(name for row in found for name in _filled(row))
    return {name: filled[name] / len(found) for name in FILL_RATE_FIELDS}


def fetched(connection: Connection, urls: Iterable[str]) -> dict[str, Fetched]:
    """Return when these addresses were last answered for good; a refusal, an outage and an error are no such answer."""
    found: dict[str, Fetched] = {}
    row = t.capture.c
    answered = sa.or_(row.status < 400, row.status.in_(NEVER_SEEN_ALIVE))
    for part in parts(urls):
        query = (
            sa.select(t.url.c.url, row.fetched_at, row.kind, row.etag, row.last_modified)
            .join(t.url, t.url.c.id == row.url_id)
            .where(t.url.c.url.in_(part), answered)
            .order_by(row.fetched_at)
        )
        for url, at, kind, etag, last_modified in connection.execute(query):
            before = found.get(url)
            if kind is Kind.REVISIT and before is not None:
                found[url] = replace(before, fetched_at=at)
            else:
                found[url] = Fetched(fetched_at=at, etag=etag, last_modified=last_modified)
    return found


def stories_by_week(connection: Connection, site: str, now: datetime, most: int) -> tuple[int, ...]:
    """Return how many stories came out in each of a site's last weeks, the newest first; nothing in its first week.

    Only whole weeks since its first visit count. A story came out when its page says so, else when it was first seen.
    """
    started = sa.select(sa.func.min(t.visit.c.started_at, type_=t.Instant)).join(t.site)
    first = connection.scalar(started.where(t.site.c.name == site))
    weeks = min((now - first) // _WEEK, most) if first is not None else 0
    if weeks < 1:
        return ()
    out_at = sa.func.coalesce(t.reading.c.published_at, t.article.c.first_seen_at, type_=t.Instant)
    query = (
        sa.select(out_at)
        .select_from(t.article)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .outerjoin(t.version, t.version.c.id == t.article.c.head_version_id)
        .outerjoin(t.reading, t.reading.c.id == t.version.c.reading_id)
        .where(t.site.c.name == site, out_at > now - weeks * _WEEK)
    )
    # A story dated ahead of its time belongs to this week.
    counted = Tally(max((now - at) // _WEEK, 0) for at in connection.execute(query).scalars())
    return tuple(counted[week] for week in range(weeks))


def _known_query(site: str) -> sa.Select[Any]:
    """Select what the crawler needs of an article; the newest capture with a text gives address and validators."""
    capture, reading, version = t.capture.c, t.reading.c, t.version.c
    newest = (
        sa.select(capture.id)
        .join(t.reading, sa.and_(reading.capture_id == capture.id, reading.content_id.is_not(None)))
        .where(capture.article_id == t.article.c.id)
        .order_by(capture.fetched_at.desc())
        .limit(1)
        .correlate(t.article)
        .scalar_subquery()
    )
    page = sa.alias(t.url, "page")
    part, alone = sa.alias(t.capture, "part"), sa.alias(t.reading, "alone")
    has_parts = (
        sa.select(part.c.id)
        .outerjoin(alone, alone.c.capture_id == part.c.id)
        .where(part.c.article_id == t.article.c.id, part.c.fetched_at >= capture.fetched_at, part.c.status == 200,
               alone.c.id.is_(None))
        .correlate(t.article, t.capture)
        .exists()
    )  # fmt: skip
    return (
        sa.select(
            t.article.c.key, t.article.c.state, t.article.c.due_at, t.article.c.checked_at, t.article.c.asked_at,
            t.article.c.first_seen_at, t.article.c.head_digest, t.article.c.changes, t.article.c.changed_at,
            t.article.c.unchanged, version.valid_from,
            page.c.url.label("page_url"), capture.fetched_at, capture.etag, capture.last_modified,
            reading.published_at, t.reading.c.modified_at, has_parts.label("has_parts"),
        )
        .select_from(t.article)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .join(t.capture, capture.id == newest)
        .join(page, page.c.id == capture.url_id)
        .outerjoin(
            t.version,
            sa.and_(version.article_id == t.article.c.id, version.known_to == t.OPEN, version.valid_to == t.OPEN),
        )
        .outerjoin(t.reading, reading.id == version.reading_id)
        .where(t.site.c.name == site)
    )  # fmt: skip


def _known(row: Any) -> Known:
    return Known(
        article=row.key,
        url=row.page_url,
        state=str(row.state),
        fetched_at=row.checked_at or row.fetched_at,
        etag=row.etag,
        last_modified=row.last_modified,
        published=row.published_at,
        modified=row.modified_at,
        due_at=row.due_at,
        has_parts=row.has_parts,
        asked_at=row.asked_at,
        first_seen=row.first_seen_at,
        digest=row.head_digest,
        changes=row.changes,
        changed_at=row.changed_at,
        unchanged=row.unchanged,
        gone_at=row.valid_from if row.state is t.State.GONE else None,
    )


def _filled(row: Any) -> list[str]:
    has = {
        "title": row.title,
        "byline": row.byline or row.has_author,
        "body": row.words,
        "published": row.published_at,
        "modified": row.modified_at,
        "dateline": row.dateline,
        **{counter[0]: True for counter in row.counters},
    }
    return [name for name, value in has.items() if value]

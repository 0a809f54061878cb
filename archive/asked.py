"""What the crawler asks the archive before it fetches. Each function takes a connection and only reads."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
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
    no_story = sa.or_(t.reading.c.outcome.in_(("not_article", "empty")), row.status.in_(NEVER_SEEN_ALIVE), moved)
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
    """Return the articles that should be looked at again, the longest overdue first; gone and hidden ones never are."""
    article = t.article.c
    query = (
        _known_query(site)
        .where(article.due_at <= now, article.state != t.State.GONE, visible(article.id))
        .order_by(article.due_at, article.id)
        .limit(limit)
    )
    return [_known(row) for row in connection.execute(query)]


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


def removals(connection: Connection, visit: int) -> tuple[int, int]:
    """Return how many known articles a visit asked for again, and how many of them answered 404 or 410.

    Those that a map lists no more are left out of both.
    """
    row = t.capture.c
    # A story that its map lists no more was taken away by somebody: it says nothing against the site.
    is_announced = sa.exists().where(t.link.c.url_id == row.url_id, t.link.c.vanished_at.is_not(None))
    # A first capture of an article is no revisit: the article is younger than the capture is then.
    answers = connection.execute(
        sa.select(row.article_id, row.status)
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

    ``skip`` leaves out so many of the newest: what was read before them.
    """
    reading, capture = t.reading.c, t.capture.c
    query = (
        sa.select(reading.title, reading.byline, reading.published_at, reading.modified_at, reading.dateline,
                  reading.counters, t.content.c.words)
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
            t.article.c.key, t.article.c.state, t.article.c.due_at, t.article.c.checked_at,
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
    )


def _filled(row: Any) -> list[str]:
    has = {
        "title": row.title,
        "byline": row.byline,
        "body": row.words,
        "published": row.published_at,
        "modified": row.modified_at,
        "dateline": row.dateline,
        **{counter[0]: True for counter in row.counters},
    }
    return [name for name, value in has.items() if value]

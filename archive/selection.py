"""Which articles are asked for: by words, site, days, author, language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from archive import tables as t
from archive.errors import NotFoundError, QueryError
from archive.normal import fold_name
from archive.search import matching
from archive.takedown import visible

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles are asked for. Days are days of the site's zone; ``until`` includes its last day.

    The day of an article is that of its publication, or where the page gives none, the day it was first seen.
    """

    query: str | None = None
    site: str | None = None
    since: date | None = None
    until: date | None = None
    author: str | None = None
    language: str | None = None


_text = t.version.alias("text_version")
_head = t.version.alias("head")


def each_article() -> sa.Select[Any]:
    """Select every article with its last text: the open version, or the one before it when the article is gone."""
    last_text = sa.or_(
        _text.c.id == t.article.c.head_version_id,
        sa.and_(_head.c.state == t.State.GONE, _text.c.valid_to == _head.c.valid_from),
    )
    return (
        sa.select(
            t.article.c.id.label("article_id"), t.article.c.key, t.article.c.state, t.article.c.first_seen_at,
            t.article.c.last_seen_at, t.site.c.name.label("site"), t.site.c.timezone,
            _text.c.id.label("version_id"), _text.c.number, _text.c.valid_from, _text.c.valid_to,
            _text.c.first_capture_id, _text.c.reading_id, _text.c.content_id,
        )
        .select_from(t.article)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .join(_head, _head.c.id == t.article.c.head_version_id)
        .join(_text, sa.and_(_text.c.article_id == t.article.c.id, _text.c.known_to == t.OPEN,
                             _text.c.content_id.is_not(None), last_text))
        .outerjoin(t.reading, t.reading.c.id == _text.c.reading_id)
        .where(t.article.c.merged_into.is_(None), visible(t.article.c.id))
    )  # fmt: skip


def selecting(connection: Connection, selection: Selection) -> sa.Select[Any]:
    """Return the statement that lists the selected articles, the newest first."""
    query = each_article()
    when = sa.func.coalesce(t.reading.c.published_at, t.article.c.first_seen_at)
    if selection.site:
        require_site(connection, selection.site)
        query = query.where(t.site.c.name == selection.site)
    if selection.since or selection.until:
        query = query.where(_within_days(connection, when, selection))
    if selection.language:
        query = query.where(t.reading.c.language == selection.language)
    if selection.author:
        query = query.where(_written_by(selection.author))
    if selection.query:
        hits = matching(connection, selection.query)
        query = query.join(t.search_row, t.search_row.c.content_id == _text.c.content_id).where(
            t.search_row.c.id.in_(hits)
        )
        return query.order_by(t.search_row.c.id.desc(), t.article.c.id)
    return query.order_by(when.desc(), t.article.c.id)


def require_site(connection: Connection, name: str) -> None:
    """Raise NotFoundError for a site that the archive does not hold."""
    if connection.scalar(sa.select(t.site.c.id).where(t.site.c.name == name)) is None:
        raise NotFoundError(f"no site {name!r} in this archive; `hemeroteca stats` lists the sites it holds")


def _within_days(connection: Connection, when: sa.ColumnElement[Any], selection: Selection) -> sa.ColumnElement[bool]:
    zones = connection.execute(sa.select(t.site.c.timezone).distinct()).scalars()
    choices = []
    for name in zones:
        zone = ZoneInfo(name)
        bounds = [t.site.c.timezone == name]
        if selection.since:
            bounds.append(when >= datetime.combine(selection.since, time(), zone))
        if selection.until:
            bounds.append(when <= datetime.combine(selection.until, time.max, zone))
        choices.append(sa.and_(*bounds))
    return sa.or_(sa.false(), *choices)


def _written_by(name: str) -> sa.ColumnElement[bool]:
    folded = fold_name(name)
    if not folded:
        return sa.false()
    return sa.exists().where(
        t.reading_author.c.reading_id == _text.c.reading_id,
        t.author.c.id == t.reading_author.c.author_id,
        t.author.c.name_norm.like(f"%{folded}%"),
    )


def parse_day(text: str, name: str) -> date:
    """Return the day of a ``YYYY-MM-DD``; anything else raises a QueryError that says what is expected."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QueryError(f"{name}: {text!r} is not a day; write it as 2026-11-23") from None


def parse_time(text: str, name: str) -> datetime:
    """Return the end of a day, or the time, of an ISO 8601 text; a text without a zone is UTC."""
    try:
        if len(text) == len("2026-11-23"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise QueryError(f"{name}: {text!r} is not a time; write it as 2026-11-23 or 2026-11-23T08:30:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)

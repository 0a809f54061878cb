"""Listings and their links: what was seen where, what is still to be asked for, how far paging has come.

All of it is operational: it says where to look, never what an article is. Each function takes a connection.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import rows
from archive import tables as t
from archive.records import Backfill, Kind, Link, Listed, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.records import Capture

# Answers that say nothing of the story: the address is still to be asked for, but not for ever.
_NO_ANSWER = (403, 429)
MOST_TRIES = 5
# More links than both of these missing at once: the map is another one, its stories are not gone.
_FEW_VANISHED = 20
_SHARE_VANISHED = 5


def see_signal(connection: Connection, site: int, kind: str, url: str, at: datetime, **told: Any) -> int:
    """Note a listing and how it answered; return its id."""
    row = t.signal.c
    values = {name: value for name, value in told.items() if value is not None}
    found = connection.execute(sa.select(row.id, row.failures).where(row.site_id == site, row.url == url)).first()
    is_read = told.get("state", "ok") == "ok"
    values |= {"seen_at": at, "failures": 0 if is_read else (found.failures + 1 if found else 1)}
    if is_read:
        # Validators belong to an answer: those of an earlier one must not outlive it.
        values |= {"read_at": at} | {name: told[name] for name in ("etag", "last_modified") if name in told}
    if found is None:
        return rows.insert(connection, t.signal, site_id=site, kind=kind, url=url, found_at=at, **values)
    connection.execute(t.signal.update().where(row.id == found.id).values(values))
    return int(found.id)


def see_links(connection: Connection, site: int, signal: int, links: Sequence[Link], at: datetime, *,
              is_whole: bool = False) -> int:  # fmt: skip
    """Note the links that a listing gave; return how many no listing had given before.

    A map that was read whole is remembered as the one that holds them: when it does not, that says something.
    """
    held = {found.url: found for part in parts(link.url for link in links) for found in _held(connection, site, part)}
    fresh = {link.url: link for link in links if link.url not in held}
    again = [_seen_again(held[link.url], link, signal if is_whole else None, at) for link in links if link.url in held]
    if again:
        row = t.link.c
        same = sa.and_(row.url_id == sa.bindparam("this"), row.site_id == site)
        told = ("last_seen_at", "listed_in", "lastmod", "published_at")
        values = {name: sa.bindparam(f"new_{name}", type_=row[name].type) for name in told}
        connection.execute(t.link.update().where(same).values(vanished_at=None, **values), again)
    if fresh:
        connection.execute(
            t.link.insert(),
            [
                {
                    "url_id": rows.url_id(connection, url), "site_id": site, "signal_id": signal,
                    "listed_in": signal if is_whole else None,
                    "lastmod": link.lastmod, "published_at": link.published, "first_seen_at": at, "last_seen_at": at,
                }
                for url, link in fresh.items()
            ],
        )  # fmt: skip
    return len(fresh)


def note_yield(connection: Connection, signal: int, links: int, new: int, at: datetime, page: int) -> None:
    """Note how many links a listing gave, and how many of them first."""
    row = t.signal.c
    values: dict[str, Any] = {"links": links if page == 1 else row.links + links}
    if new:
        values |= {"yields": row.yields + new, "yielded_at": at}
    connection.execute(t.signal.update().where(row.id == signal).values(values))


def note_vanished(connection: Connection, signal: int, links: Sequence[Link], at: datetime) -> None:
    """Note which links a map listed before and does not any more: a hint that their stories were taken away.

    ``links`` is the whole map, seen at this time. What is older than all that the site's maps still hold fell off the
    end of a map of the newest stories; and where very much is missing, the map is another one.
    """
    row = t.link.c
    day = sa.func.coalesce(row.lastmod, row.published_at, type_=t.Instant)
    is_missing = sa.and_(row.listed_in == signal, row.last_seen_at < at, row.vanished_at.is_(None))
    missing = connection.execute(sa.select(row.url_id, row.site_id, day.label("day")).where(is_missing)).all()
    if not missing:
        return
    held = sa.select(sa.func.min(day, type_=t.Instant)).where(
        row.site_id == missing[0].site_id, row.listed_in.is_not(None), row.vanished_at.is_(None), sa.not_(is_missing)
    )
    oldest = connection.scalar(held)
    is_another = len(missing) > max(_FEW_VANISHED, len(links) // _SHARE_VANISHED)
    for each in missing:
        fell_off = oldest is not None and each.day is not None and each.day < oldest
        values = {"listed_in": None} if is_another or fell_off else {"vanished_at": at}
        same = sa.and_(row.url_id == each.url_id, row.site_id == each.site_id)
        connection.execute(t.link.update().where(same).values(values))


def mark_fetched(connection: Connection, capture: Capture) -> None:
    """Note that a listed address was asked for; one that gave no answer about its story is still to be asked for."""
    status = capture.status
    if capture.kind is Kind.ERROR or status is None or status >= 500 or status in _NO_ANSWER:
        connection.execute(_TRIED, {"asked": capture.url})
    else:
        connection.execute(_FETCHED, {"asked": capture.url, "at": capture.fetched_at})


def mark_article_fetched(connection: Connection, article: int, at: datetime) -> None:
    """Note that an article was fetched, for every listed address it has: listings may name another than its own."""
    connection.execute(_ARTICLE_FETCHED, {"article": article, "at": at})


_ASKED = t.link.c.url_id == sa.select(t.url.c.id).where(t.url.c.url == sa.bindparam("asked")).scalar_subquery()
_NOW_FETCHED = {"fetched_at": sa.bindparam("at", type_=t.Instant), "fetched_lastmod": t.link.c.lastmod, "tries": 0}
_TRIED = t.link.update().where(_ASKED).values(tries=t.link.c.tries + 1)
_FETCHED = t.link.update().where(_ASKED).values(_NOW_FETCHED)
_ARTICLE_FETCHED = (
    t.link.update()
    .where(
        t.link.c.url_id.in_(
            sa.select(t.article_url.c.url_id).where(
                t.article_url.c.article_id == sa.bindparam("article"), t.article_url.c.valid_to == t.OPEN
            )
        ),
        sa.or_(t.link.c.fetched_at.is_(None), t.link.c.fetched_at < sa.bindparam("at", type_=t.Instant)),
    )
    .values(_NOW_FETCHED)
)


def signals(connection: Connection, site: str) -> list[Signal]:
    """Return the listings that are remembered of a site."""
    row = t.signal.c
    query = (
        sa.select(*(row[item.name] for item in fields(Signal)))
        .join(t.site, t.site.c.id == row.site_id)
        .where(t.site.c.name == site)
        .order_by(row.kind, row.url)
    )
    return [Signal(**found._mapping) for found in connection.execute(query)]


def left_over(connection: Connection, site: str, limit: int) -> list[Link]:
    """Return the listed links that are still to be asked for, the newest first: never answered, or changed since."""
    row = t.link.c
    changed = row.lastmod > sa.func.coalesce(row.fetched_lastmod, row.fetched_at, type_=t.Instant)
    newest = sa.func.coalesce(row.published_at, row.lastmod, row.first_seen_at, type_=t.Instant)
    query = (
        sa.select(t.url.c.url, row.lastmod, row.published_at)
        .join(t.site, t.site.c.id == row.site_id)
        .join(t.url, t.url.c.id == row.url_id)
        .where(t.site.c.name == site, row.tries < MOST_TRIES, row.vanished_at.is_(None))
        .where(sa.or_(row.fetched_at.is_(None), changed))
        .order_by(newest.desc(), row.url_id)
        .limit(limit)
    )
    return [Link(url=found.url, lastmod=found.lastmod, published=found.published_at)
            for found in connection.execute(query)]  # fmt: skip


def vanished(connection: Connection, site: str) -> list[str]:
    """Return the addresses that a map listed and lists no more, and that nobody has asked for since."""
    row = t.link.c
    query = (
        sa.select(t.url.c.url)
        .join(t.link, row.url_id == t.url.c.id)
        .join(t.site, t.site.c.id == row.site_id)
        .where(t.site.c.name == site, row.vanished_at.is_not(None), row.fetched_at < row.vanished_at)
        .order_by(row.vanished_at, row.url_id)
    )
    return list(connection.execute(query).scalars())


def told(connection: Connection, site: str, urls: Iterable[str]) -> dict[str, Listed]:
    """Return, by address, what is known of the links of a site that some listing has given."""
    row = t.link.c
    giver = sa.alias(t.signal, "giver")
    found: dict[str, Listed] = {}
    for part in parts(urls):
        query = (
            sa.select(t.url.c.url, row.first_seen_at, row.fetched_lastmod, giver.c.url.label("given_by"))
            .join(t.url, t.url.c.id == row.url_id)
            .join(t.site, t.site.c.id == row.site_id)
            .join(giver, giver.c.id == row.signal_id)
            .where(t.site.c.name == site, t.url.c.url.in_(part))
        )
        for each in connection.execute(query):
            found[each.url] = Listed(
                first_seen_at=each.first_seen_at, given_by=each.given_by, fetched_lastmod=each.fetched_lastmod
            )
    return found


def story_addresses(connection: Connection, site: str, limit: int) -> list[str]:
    """Return addresses of a site's articles, the latest seen first."""
    query = (
        sa.select(t.url.c.url)
        .join(t.article_url, t.article_url.c.url_id == t.url.c.id)
        .join(t.article, t.article.c.id == t.article_url.c.article_id)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .where(t.site.c.name == site, t.article_url.c.valid_to == t.OPEN)
        .order_by(t.article.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def author_addresses(connection: Connection, site: str) -> list[str]:
    """Return the addresses of pages about a site's authors, as its bylines link them."""
    row = t.reading_author.c
    query = (
        sa.select(row.url)
        .join(t.author, t.author.c.id == row.author_id)
        .join(t.site, t.site.c.id == t.author.c.site_id)
        .where(t.site.c.name == site, row.url.is_not(None))
        .distinct()
        .order_by(row.url)
    )
    return list(connection.execute(query).scalars())


def note(connection: Connection, site: int, url: str, values: Mapping[str, Any]) -> None:
    """Note fields of a listing that was seen before."""
    connection.execute(t.signal.update().where(t.signal.c.site_id == site, t.signal.c.url == url).values(dict(values)))


def backfills(connection: Connection, site: str, until: datetime) -> dict[str, Backfill]:
    """Return, by the listing's address, how far its walk back to this day has come."""
    row = t.backfill.c
    query = (
        sa.select(t.signal.c.url, row.cursor, row.done_at)
        .join(t.signal, t.signal.c.id == row.signal_id)
        .join(t.site, t.site.c.id == row.site_id)
        .where(t.site.c.name == site, row.until == until)
    )
    return {found.url: Backfill(cursor=found.cursor, done_at=found.done_at) for found in connection.execute(query)}


def note_backfill(connection: Connection, site: int, url: str, until: datetime, progress: Backfill) -> None:
    """Note how far the walk of a listing back to a day has come."""
    row = t.backfill.c
    signal = connection.scalar(sa.select(t.signal.c.id).where(t.signal.c.site_id == site, t.signal.c.url == url))
    same = sa.and_(row.site_id == site, row.signal_id == signal, row.until == until)
    values = {"cursor": progress.cursor, "done_at": progress.done_at}
    if not connection.execute(t.backfill.update().where(same).values(values)).rowcount:
        connection.execute(t.backfill.insert().values(site_id=site, signal_id=signal, until=until, **values))


def parts(urls: Iterable[str]) -> Iterator[list[str]]:
    """Return addresses without repetition, in parts that fit into a statement of older builds of SQLite."""
    items = list(dict.fromkeys(urls))
    return (items[start : start + 500] for start in range(0, len(items), 500))


def _held(connection: Connection, site: int, urls: list[str]) -> Iterable[Any]:
    row = t.link.c
    return connection.execute(
        sa.select(t.url.c.url, row.url_id, row.lastmod, row.published_at, row.listed_in)
        .join(t.url, t.url.c.id == row.url_id)
        .where(row.site_id == site, t.url.c.url.in_(urls))
    )


def _seen_again(held: Any, link: Link, signal: int | None, at: datetime) -> dict[str, Any]:
    known = [lastmod for lastmod in (held.lastmod, link.lastmod) if lastmod is not None]
    return {
        "this": held.url_id,
        "new_last_seen_at": at,
        "new_listed_in": signal or held.listed_in,
        "new_lastmod": max(known, default=None),
        "new_published_at": held.published_at or link.published,
    }

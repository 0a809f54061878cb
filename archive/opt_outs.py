"""Which articles their papers keep from archives and miners: by their newest page, or by a file for the whole site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import sqlalchemy as sa

from archive import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

POLICY = "policy"
"""The outcome of reading a file that speaks for a whole site: ``ai.txt``, ``tdmrep.json``."""


def opted_out(connection: Connection) -> sa.ColumnElement[bool]:
    """Return the condition that an article opts out now.

    Only the newest page that was read counts, and the newest answer of each file: an opt-out can be taken back.
    """
    return sa.or_(_by_page(), *_by_site(connection))


def _by_page() -> sa.ColumnElement[bool]:
    capture = t.capture.c
    newest = (
        sa.select(capture.id)
        .select_from(t.capture)
        .join(t.reading, sa.and_(t.reading.c.capture_id == capture.id, t.reading.c.known_to == t.OPEN,
                                 t.reading.c.content_id.is_not(None)))
        .where(capture.article_id == t.article.c.id)
        .order_by(capture.fetched_at.desc(), capture.id.desc())
        .limit(1)
        .correlate(t.article)
        .scalar_subquery()
    )  # fmt: skip
    row = t.opt_out.c
    return sa.exists(sa.select(row.id).where(row.capture_id == newest, row.site_id.is_(None)).correlate(t.article))


def _by_site(connection: Connection) -> Iterator[sa.ColumnElement[bool]]:
    for site, url, value in _said_by_files(connection):
        of_site = t.article.c.site_id == site
        # "1 /part/*" reserves a part of the site (TDMRep's location).
        location = value.partition(" ")[2] if value.startswith("1 ") else ""
        yield sa.and_(of_site, _lies_below(urljoin(url, "/"), location)) if location else of_site


def _said_by_files(connection: Connection) -> list[tuple[int, str, str]]:
    """Return (site, the file's address, value) of what the newest answer of each file opts out of."""
    capture, row = t.capture.c, t.opt_out.c
    answers = connection.execute(
        sa.select(t.visit.c.site_id, capture.url_id, capture.id)
        .select_from(t.capture)
        .join(t.reading, sa.and_(t.reading.c.capture_id == capture.id, t.reading.c.known_to == t.OPEN))
        .join(t.visit, t.visit.c.id == capture.visit_id)
        .where(t.reading.c.outcome == POLICY)
        .order_by(capture.fetched_at, capture.record_id)
    ).all()
    newest = {(site, url): number for site, url, number in answers}
    found: list[Any] = []
    for number in newest.values():
        found += connection.execute(
            sa.select(row.site_id, t.url.c.url, row.value)
            .select_from(t.opt_out)
            .join(t.capture, capture.id == row.capture_id)
            .join(t.url, t.url.c.id == capture.url_id)
            .where(row.capture_id == number, row.site_id.is_not(None))
        ).all()
    return [tuple(each) for each in found]


def _lies_below(root: str, location: str) -> sa.ColumnElement[bool]:
    escaped = (root.rstrip("/") + "/" + location.lstrip("/")).replace("!", "!!").replace("%", "!%").replace("_", "!_")
    pattern = escaped.replace("*", "%").removesuffix("$")
    address = t.article_url.c
    return sa.exists(
        sa.select(address.url_id)
        .select_from(t.article_url)
        .join(t.url, t.url.c.id == address.url_id)
        .where(address.article_id == t.article.c.id, address.valid_to == t.OPEN,
               t.url.c.url.like(pattern + ("" if location.endswith("$") else "%"), escape="!"))
        .correlate(t.article)
    )  # fmt: skip

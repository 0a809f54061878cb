"""What an address said at a time, as known now or as known at another time: one look-up by index each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.takedown import visible
from archive.texts import COLUMNS

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

_URL, _ARTICLE = sa.bindparam("url", type_=sa.Text), sa.bindparam("article", type_=sa.BigInteger)
_AT, _KNOWN = sa.bindparam("at", type_=t.Instant), sa.bindparam("known", type_=t.Instant)


def _then(*, known: bool) -> sa.ColumnElement[bool]:
    # The beginnings alone tell: an end is moved when the next version begins, which must not change the past.
    row = t.version.c
    held = sa.and_(row.known_to > _KNOWN, row.known_from <= _KNOWN) if known else row.known_to == t.OPEN
    return sa.and_(held, row.valid_from <= _AT)


def _by_url(*, known: bool) -> sa.Select[Any]:
    # A version that is gone has no content, and must be the answer all the same.
    row, address = t.version.c, t.article_url.c
    return (
        sa.select(t.article.c.key, t.version, t.content.c.title, t.content.c.standfirst, t.content.c.names,
                  *COLUMNS)
        .select_from(t.url)
        .join(t.article_url, sa.and_(address.url_id == t.url.c.id, address.valid_from <= _AT, address.valid_to > _AT))
        .join(t.version, row.article_id == address.article_id)
        .join(t.article, t.article.c.id == row.article_id)
        .outerjoin(t.content, t.content.c.id == row.content_id)
        .where(t.url.c.url == _URL, _then(known=known), visible(row.article_id))
        .order_by(row.valid_from.desc())
        .limit(1)
    )  # fmt: skip


def _by_article(*, known: bool) -> sa.Select[Any]:
    row = t.version.c
    return (
        sa.select(t.version)
        .where(row.article_id == _ARTICLE, _then(known=known))
        .order_by(row.valid_from.desc())
        .limit(1)
    )


_BY_URL = {known: _by_url(known=known) for known in (False, True)}
_BY_ARTICLE = {known: _by_article(known=known) for known in (False, True)}


def at_url(connection: Connection, url: str, at: datetime, known: datetime | None = None) -> sa.Row[Any] | None:
    """Return the version that an address showed at a time, with key and text of its article; None for no such.

    ``known`` asks what the archive answered then. :func:`archive.texts.unpacked` gives the text of the row: None where
    the article was gone.
    """
    values = {"url": url, "at": at} if known is None else {"url": url, "at": at, "known": known}
    return connection.execute(_BY_URL[known is not None], values).first()


def of_article(connection: Connection, article: int, at: datetime,
               known: datetime | None = None) -> sa.Row[Any] | None:  # fmt: skip
    """Return the version of an article at a time, as known now or as known then; None before its first."""
    values = {"article": article, "at": at} if known is None else {"article": article, "at": at, "known": known}
    return connection.execute(_BY_ARTICLE[known is not None], values).first()

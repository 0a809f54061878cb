"""What changed in a time: the versions that began in it, each beside the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.corpus import text_of
from archive.describe import minute, stamp
from archive.diff import compare
from archive.selection import require_site
from archive.takedown import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from archive.diff import Comparison, Text
    from archive.store import Archive

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A version that began, and the one it took the place of; a text is None where the article was gone."""

    article: str
    site: str
    title: str | None
    number: int
    change: str
    stealth: bool
    valid_from: str | None
    not_before: str | None
    old: Text | None
    new: Text | None

    @property
    def compared(self) -> Comparison | None:
        """What became of each part of the story; None where it went or came back."""
        return compare(self.old, self.new) if self.old and self.new else None

    @property
    def note(self) -> str:
        """Say in one line what happened, to which version of which story, and between which times."""
        what = "quiet change" if self.stealth else self.change
        between = f"{minute(self.not_before)} – {minute(self.valid_from)}"
        return f"{self.site} · {self.article} · version {self.number} · {what} · {between} UTC"


def changes(archive: Archive, since: datetime, until: datetime, *, site: str | None = None,
            quiet: bool = False) -> Iterator[Changed]:  # fmt: skip
    """Yield what changed at the papers from ``since`` up to ``until``, in order of time; first versions are no change.

    ``quiet`` leaves only what no modified date admits: stealth edits and removals. What only a reread
    found is not among them: it changes what we know, not what was printed.
    """
    with archive.engine.connect() as connection:
        if site is not None:
            require_site(connection, site)
        after = (since, 0)
        while found := connection.execute(_page(after, until, site, quiet=quiet)).all():
            yield from map(_changed, found)
            after = (found[-1].valid_from, found[-1].id)


def _page(after: tuple[datetime, int], until: datetime, site: str | None, *, quiet: bool) -> sa.Select[Any]:
    """Select the versions that follow a place in the order of time: the last page is as fast as the first."""
    row = t.version.c
    before = t.version.alias("before")
    old, new = t.content.alias("old_content"), t.content.alias("new_content")
    at, number = (sa.literal(value, column.type) for value, column in zip(after, (row.valid_from, row.id), strict=True))
    query = (
        sa.select(
            row.id, row.number, row.change, row.stealth, row.valid_from, row.prev_last_seen_at,
            t.article.c.key, t.site.c.name.label("site"),
            *(content.c[name].label(f"{label}_{name}") for label, content in (("old", old), ("new", new))
              for name in ("id", "title", "standfirst", "names", "body")),
        )
        .select_from(t.version)
        .join(t.article, t.article.c.id == row.article_id)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .join(before, sa.and_(before.c.article_id == row.article_id, before.c.known_to == t.OPEN,
                              before.c.number == row.number - 1))
        .outerjoin(old, old.c.id == before.c.content_id)
        .outerjoin(new, new.c.id == row.content_id)
        .where(row.known_to == t.OPEN, row.valid_from >= at, row.valid_from < until, row.number > 1,
               _was_observed(), visible(row.article_id), sa.or_(row.valid_from > at, row.id > number))
        .order_by(row.valid_from, row.id)
        .limit(PAGE)
    )  # fmt: skip
    if site is not None:
        query = query.where(t.site.c.name == site)
    return query.where(sa.or_(row.stealth, row.state == t.State.GONE)) if quiet else query


def _was_observed() -> sa.ColumnElement[bool]:
    """Say whether a version began by what the paper did: one that only a reread found is no change of a week."""
    row, once = t.version.c, t.version.alias("once").c
    observed_once = sa.exists().where(
        once.article_id == row.article_id, once.valid_from == row.valid_from, once.reason != t.Reason.REREAD
    )
    return sa.or_(row.reason != t.Reason.REREAD, observed_once)


def _changed(row: Any) -> Changed:
    return Changed(
        article=row.key, site=row.site, title=row.new_title or row.old_title, number=row.number,
        change=str(row.change), stealth=row.stealth, valid_from=stamp(row.valid_from),
        not_before=stamp(row.prev_last_seen_at), old=_text(row, "old"), new=_text(row, "new"),
    )  # fmt: skip


def _text(row: Any, label: str) -> Text | None:
    if getattr(row, f"{label}_id") is None:
        return None
    title, standfirst, names, body = (
        getattr(row, f"{label}_{name}") for name in ("title", "standfirst", "names", "body")
    )
    return text_of(title, standfirst, names, body)

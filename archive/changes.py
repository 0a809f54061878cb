"""What changed in a time: the versions that began in it, each beside the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import starmap
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.corpus import text_of
from archive.database import connected
from archive.describe import as_text, loaded, minute, raw, stamped
from archive.diff import compare
from archive.paging import MOST, Page, cursor, place
from archive.selection import require_site
from archive.takedown import visible
from archive.texts import COLUMNS, all_unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.diff import Comparison, Text
    from archive.store import Archive

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """A version that began: whose it is, what it is to the one before, and between which times the paper made it."""

    article: str
    site: str
    title: str | None
    number: int
    change: str
    stealth: bool
    valid_from: str | None
    not_before: str | None

    @property
    def note(self) -> str:
        """Say in one line what happened, to which version of which story, and between which times."""
        what = "quiet change" if self.stealth else self.change
        between = f"{minute(self.not_before)} – {minute(self.valid_from)}"
        return f"{self.site} · {self.article} · version {self.number} · {what} · {between} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Began):
    """One line of a list of changes; :func:`with_texts` gives the two texts to be compared."""

    version: int  # its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Began):
    """A version that began, and the one it took the place of; a text is None where the article was gone."""

    old: Text | None
    new: Text | None

    @property
    def compared(self) -> Comparison | None:
        """What became of each part of the story; None where it went or came back."""
        return compare(self.old, self.new) if self.old and self.new else None


def changes(asked: Archive | Connection, since: datetime, until: datetime, *, site: str | None = None,
            quiet: bool = False) -> Iterator[Changed]:  # fmt: skip
    """Yield what changed at the papers from ``since`` up to ``until``, in order of time; first versions are no change.

    ``quiet`` leaves only what no modified date admits: stealth edits and removals. What only a reread
    found is not among them: it changes what we know, not what was printed.
    """
    after = None
    with connected(asked) as connection:
        while True:
            found = changes_page(connection, since, until, site=site, quiet=quiet, limit=PAGE, after=after)
            yield from with_texts(connection, found.items)
            after = found.next
            if after is None:
                return


def changes_page(asked: Archive | Connection, since: datetime, until: datetime, *, site: str | None = None,
                 quiet: bool = False, newest_first: bool = False, limit: int = PAGE,
                 after: str | None = None) -> Page[Change]:  # fmt: skip
    """Return one page of what :func:`changes` tells, without texts; ``after`` is the cursor of the page before.

    The last page costs what the first does. Raises QueryError for a cursor of another list.
    """
    first = (MOST, MOST) if newest_first else (-MOST, -MOST)
    at, number = place(after, 2) if after is not None else first
    span = {"since": t.to_micros(since), "until": min(t.to_micros(until), MOST)}
    if newest_first:
        span["until"] = min(span["until"], at + 1)  # the index is entered where the page begins
    else:
        span["since"] = max(span["since"], at)
    with connected(asked) as connection:
        if site is not None:
            require_site(connection, site)
        rows = connection.execute(
            _page(site is not None, quiet, newest_first),
            span | {"at": at, "id": number, "site": site, "limit": limit + 1},
        ).all()
    last = rows[limit - 1] if len(rows) > limit else None
    ends = cursor(last.valid_from, last.id) if last is not None else None
    return Page(list(starmap(_change, rows[:limit])), ends)


def with_texts(asked: Archive | Connection, found: Sequence[Change]) -> list[Changed]:
    """Return changes with their texts, which are looked up together."""
    with connected(asked) as connection:
        pairs = {row[0]: row[1:] for row in connection.execute(_PAIRS, {"versions": [one.version for one in found]})}
        wanted = {number for pair in pairs.values() for number in pair if number is not None}
        rows = connection.execute(_SAID, {"contents": sorted(wanted)}).all()
        texts = all_unpacked(connection, rows)
        said = {row.id: text_of(row.title, row.standfirst, loaded(row.names, ()), texts[row.id]) for row in rows}
    changed = []
    for one in found:
        old, new = (said[number] if number is not None else None for number in pairs[one.version])
        changed.append(Changed(**{name: getattr(one, name) for name in Began.__slots__}, old=old, new=new))
    return changed


_BEFORE = t.version.alias("before")


def _is_before(after: Any) -> sa.ColumnElement[bool]:
    """Say which version is the one before another, of the same article as known now."""
    row = _BEFORE.c
    return sa.and_(row.article_id == after.article_id, row.known_to == t.OPEN, row.number == after.number - 1)


_PAIRS = (  # the content before a version began, and its own; none where the article was gone
    sa.select(t.version.c.id, _BEFORE.c.content_id, t.version.c.content_id)
    .select_from(t.version)
    .outerjoin(_BEFORE, _is_before(t.version.c))
    .where(t.version.c.id.in_(sa.bindparam("versions", expanding=True)))
)
_SAID = sa.select(
    t.content.c.id, t.content.c.title, t.content.c.standfirst, as_text(t.content.c.names), *COLUMNS
).where(t.content.c.id.in_(sa.bindparam("contents", expanding=True)))


@cache
def _page(of_site: bool, quiet: bool, newest_first: bool) -> sa.Select[Any]:
    """Select what a list tells of the versions of a page: what it does not tell lies all over, and is not looked up."""
    row = _chosen(of_site, quiet, newest_first).subquery("chosen").c
    content = t.content.alias("said").c
    title = sa.select(content.title).where(content.id == row.content_id).scalar_subquery()
    old_title = sa.select(content.title).where(content.id == _BEFORE.c.content_id, _is_before(row)).scalar_subquery()
    order = (row.valid_from.desc(), row.id.desc()) if newest_first else (row.valid_from, row.id)
    return (
        sa.select(
            row.id, row.number, row.stealth, row.change, row.valid_from, row.prev_last_seen_at, t.article.c.key,
            t.site.c.name, sa.func.coalesce(title, old_title),
        )
        .join(t.article, t.article.c.id == row.article_id)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .order_by(*order)
    )  # fmt: skip


def _chosen(of_site: bool, quiet: bool, newest_first: bool) -> sa.Select[Any]:
    """Select the versions of a page alone: PostgreSQL would else look up all that belongs to all of a week first."""
    row = t.version.c
    began_at = sa.type_coerce(row.valid_from, sa.BigInteger)
    here = sa.tuple_(began_at, row.id)
    begins = sa.tuple_(*(sa.bindparam(name, type_=sa.BigInteger) for name in ("at", "id")))
    order = (began_at.desc(), row.id.desc()) if newest_first else (began_at, row.id)
    query = (
        sa.select(row.id, row.article_id, row.number, row.content_id, row.stealth,
                  *map(raw, (row.change, row.valid_from, row.prev_last_seen_at)))
        .where(row.known_to == t.OPEN, began_at >= sa.bindparam("since"), began_at < sa.bindparam("until"),
               row.number > 1,
               here < begins if newest_first else here > begins, _was_observed(), visible(row.article_id))
        .order_by(*order)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )  # fmt: skip
    if of_site:
        is_of_site = t.site.c.name == sa.bindparam("site", type_=sa.Text)
        query = (
            query.join(t.article, t.article.c.id == row.article_id)
            .join(t.site, t.site.c.id == t.article.c.site_id)
            .where(is_of_site)
        )
    return query.where(sa.or_(row.stealth, row.state == _GONE)) if quiet else query


# Written out, because SQLite takes an index of some rows only for a condition that says word by word which.
_GONE: sa.BindParameter[Any] = sa.bindparam("gone", t.State.GONE, t.STATE, literal_execute=True)


def _was_observed() -> sa.ColumnElement[bool]:
    """Say whether a version began by what the paper did: one that only a reread found is no change of a week."""
    row, once = t.version.c, t.version.alias("once").c
    observed_once = sa.exists().where(
        once.article_id == row.article_id, once.valid_from == row.valid_from, once.reason != t.Reason.REREAD
    )
    return sa.or_(row.reason != t.Reason.REREAD, observed_once)


def _change(version: int, number: int, stealth: bool, change: int, valid_from: int, not_before: int | None,
            article: str, site: str, title: str | None) -> Change:  # fmt: skip
    return Change(
        article=article, site=site, title=title, number=number, change=t.CHANGE.codes[change - 1],
        stealth=stealth, valid_from=stamped(valid_from), not_before=stamped(not_before), version=version,
    )  # fmt: skip

"""Shares of a dataset that do not know each other: by time, or by the hash of a cluster. Pure but for one look-up.

Articles that carry one text are in one split, and so are all texts of an article: what a model was trained on is not
what it is tested with.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from archive import tables as t
from archive.errors import QueryError
from archive.selection import parse_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.engine import Connection

NAMES = {2: ("train", "test"), 3: ("train", "validation", "test")}
_HASHES = 1 << 64


@dataclass(frozen=True, slots=True)
class Split:
    """How articles are dealt out to ``names``: by the days at which the later ones begin, or by shares of a hundred."""

    names: tuple[str, ...]
    days: tuple[date, ...] = ()
    shares: tuple[int, ...] = ()

    @property
    def is_by_time(self) -> bool:
        """Whether the day decides."""
        return bool(self.days)

    def of_day(self, day: date) -> str:
        """Return the split of what came out on a day."""
        return self.names[sum(begins <= day for begins in self.days)]

    def of_cluster(self, name: str) -> str:
        """Return the split of a cluster, or of an article that is in none, by its key."""
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
        ends = accumulate(share * _HASHES // 100 for share in self.shares[:-1])
        return self.names[sum(end <= number for end in ends)]

    def told(self) -> dict[str, Any]:
        """Return it as a manifest tells it."""
        how = [day.isoformat() for day in self.days] if self.is_by_time else list(self.shares)
        return {"by": "time" if self.is_by_time else "cluster", "names": list(self.names), "at": how}


def parse_split(typed: str) -> Split:
    """Return what ``time:DAY[,DAY]`` or ``cluster:SHARE,SHARE[,SHARE]`` means; raise QueryError for anything else."""
    by, _, rest = typed.partition(":")
    parts = rest.split(",") if rest else []
    if by == "time" and len(parts) + 1 in NAMES:
        days = tuple(parse_day(part, "--split") for part in parts)
        if list(days) != sorted(set(days)):
            raise QueryError(f"--split: {typed!r}: the later day comes last")
        return Split(NAMES[len(days) + 1], days=days)
    if by == "cluster" and len(parts) in NAMES:
        shares = tuple(int(part) if part.isascii() and part.isdecimal() else 0 for part in parts)
        if sum(shares) != 100 or 0 in shares:
            raise QueryError(f"--split: {typed!r}: the shares are whole numbers that make 100")
        return Split(NAMES[len(shares)], shares=shares)
    raise QueryError(f"--split: {typed!r}: write time:2026-06-01, time:2026-06-01,2026-09-01, cluster:90,10 or "
                     "cluster:80,10,10")  # fmt: skip


def _published() -> sa.Select[Any]:
    own, beside = t.cluster_member.alias("own"), t.cluster_member.alias("beside")
    asked, member = t.article.alias("asked"), t.article
    return (
        sa.select(
            asked.c.id, t.site.c.timezone,
            sa.func.coalesce(t.reading.c.published_at, member.c.first_seen_at).label("at"),
        )
        .select_from(asked)
        .outerjoin(own, sa.and_(own.c.article_id == asked.c.id, own.c.known_to == t.OPEN))
        .outerjoin(beside, sa.and_(beside.c.cluster_id == own.c.cluster_id, beside.c.known_to == t.OPEN))
        .join(member, member.c.id == sa.func.coalesce(beside.c.article_id, asked.c.id))
        .join(t.site, t.site.c.id == member.c.site_id)
        .outerjoin(t.version, sa.and_(t.version.c.article_id == member.c.id, t.version.c.known_to == t.OPEN,
                                      t.version.c.number == 1))
        .outerjoin(t.reading, t.reading.c.id == t.version.c.reading_id)
        .where(asked.c.id.in_(sa.bindparam("ids", expanding=True)))
    )  # fmt: skip


_PUBLISHED = _published()


def days(connection: Connection, articles: Iterable[int]) -> dict[int, date]:
    """Return the day on which each article's text came out first, at whichever paper, in that paper's zone.

    What is taken down counts too: hiding one article moves no other.
    """
    first: dict[int, tuple[datetime, date]] = {}
    for article, zone, at in connection.execute(_PUBLISHED, {"ids": sorted(articles)}):
        found = (at, at.astimezone(ZoneInfo(zone)).date())
        first[article] = min(found, first.get(article, found))
    return {article: day for article, (_, day) in first.items()}

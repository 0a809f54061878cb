"""Near-duplicates: which articles carry the same text, across sites, runs and machines.

A text is signed with MinHash over runs of three words (A. Broder, "On the resemblance and containment of documents",
1997). Signatures that agree in one of 32 bands of four values are compared; articles whose signatures agree enough are
neighbours, and a cluster is a connected component of neighbours, named by its earliest article. Nothing here depends on
the order of arrival, so a rebuild gives the same clusters.

Headline and byline are left out: agency copy is printed under new ones. Measured by ``benchmarks/duplicates.py``.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from rensa import RMinHash

from archive import tables as t
from archive.bulk import rows_in
from archive.normal import words
from archive.rows import insert, insert_missing
from archive.takedown import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

PERMUTATIONS = 128
BANDS = 32
SEED = 7
SHINGLE = 3
"""Words in a run. Letters of scripts without spaces count as words."""

FEWEST_WORDS = 30
"""Shorter texts (a notice, a result, a video's caption) are alike by form, not because one was copied."""

LIKE_ELSEWHERE = 0.5
"""Least likeness of two papers' texts: a new lead, a footer or a cut of a third leave more, half of a text less."""

LIKE_AT_HOME = 0.9
"""Least likeness within one paper: its daily weather and lottery notes share most of their words and are no copies."""

MOST_CANDIDATES = 500
"""Articles compared at one look-up, those that share most bands first: one link is enough to join a large cluster."""

_VALUES = struct.Struct(f"<{PERMUTATIONS}I")
_BANDS = struct.Struct(f"<{BANDS}I")
_KEY_BITS = 27
"""Of a band: with its number a key of four bytes. Two bands are one key by chance once in 134 million."""

_LOOK_UP = sa.text(
    # CROSS JOIN keeps SQLite from reading the table first: 0.6 ms instead of 900 ms at 200,000 texts.
    f"WITH asked(key) AS (VALUES {', '.join(f'(:k{n})' for n in range(BANDS))}) "  # noqa: S608 - names of parameters
    "SELECT lsh_band.article_id FROM asked CROSS JOIN lsh_band WHERE lsh_band.key = asked.key "
    "GROUP BY lsh_band.article_id ORDER BY count(*) DESC, lsh_band.article_id LIMIT :most"
)


# ------------------------------------------------------------------ signatures: pure


def signature(paragraphs: Iterable[str]) -> bytes | None:
    """Return the MinHash of a text, 128 values of 32 bits; None for one too short to tell a copy by.

    It is made from the folded words alone, so that quotes, case and the breaks between paragraphs do not matter.
    """
    found = words(" ".join(paragraphs))
    if len(found) < FEWEST_WORDS:
        return None
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update([" ".join(found[at : at + SHINGLE]) for at in range(len(found) - SHINGLE + 1)])
    return _VALUES.pack(*minhash.digest())


def sketch(signed: bytes) -> bytes:
    """Return what the database keeps of a signature: the lowest byte of each value, a quarter of it.

    Two values that differ agree there by chance once in 256, which :func:`likeness` takes into account (P. Li and
    A. König, "b-Bit Minwise Hashing", 2010). What is a sketch already stays as it is.
    """
    return signed if len(signed) == PERMUTATIONS else signed[:: len(signed) // PERMUTATIONS]


def likeness(one: bytes, other: bytes) -> float:
    """Return the estimated share of runs of words that two texts have in common, 0 to 1; sketches will do."""
    return _likeness(int.from_bytes(sketch(one), "little"), sketch(other))


def _likeness(one: int, other: bytes) -> float:
    differing = one ^ int.from_bytes(other, "little")
    return _SHARES[differing.to_bytes(PERMUTATIONS, "little").count(0)]


_SHARES = [max(0.0, (256 * agreeing / PERMUTATIONS - 1) / 255) for agreeing in range(PERMUTATIONS + 1)]
"""Likeness by the number of bytes that agree."""


def is_copy(score: float, *, at_home: bool) -> bool:
    """Say whether texts of this likeness are copies, of one paper or of two."""
    return score >= (LIKE_AT_HOME if at_home else LIKE_ELSEWHERE)


@lru_cache(maxsize=1024)
def bands(signed: bytes) -> list[int]:
    """Return the keys of the bands of a signature, or sketch: texts that share one are worth comparing."""
    return [first + (value & _LOW) for first, value in zip(_FIRST_KEYS, _BANDS.unpack(sketch(signed)), strict=True)]


def key_of_band(band: int, value: int) -> int:
    """Return the key, of 32 bits with a sign, of what a band of this number is."""
    return (band << _KEY_BITS | value & _LOW) - (1 << 31)


_LOW = (1 << _KEY_BITS) - 1
_FIRST_KEYS = [key_of_band(band, 0) for band in range(BANDS)]


# ------------------------------------------------------------------ clusters


def sign(connection: Connection, content: int, signed: bytes | None) -> None:
    """Keep the signature of a content."""
    if signed is not None:
        connection.execute(t.content_sketch.insert().values(content_id=content, sketch=sketch(signed)))


def bring_in_step(connection: Connection, article: int, new: Iterable[int], known_at: datetime, *,
                  shrunk: bool) -> None:  # fmt: skip
    """Bring the clusters in step with an article that says something ``new`` (contents), or no longer says something.

    Texts are those of its versions as known now; an article keeps the neighbours of what it said once.
    """
    if shrunk:
        _cluster_anew(connection, article, known_at)
    else:
        _link(connection, article, _neighbours(connection, article, _signatures(connection, new)), known_at)


def _signatures(connection: Connection, contents: Iterable[int]) -> list[bytes]:
    row = t.content_sketch.c
    return list(connection.execute(sa.select(row.sketch).where(row.content_id.in_(set(contents)))).scalars())


def _neighbours(connection: Connection, article: int, signatures: Sequence[bytes]) -> dict[int, float]:
    """Return the articles that are like one of these texts of an article, and note its bands for those to come."""
    found: dict[int, float] = {}
    home = connection.execute(sa.select(t.article.c.site_id).where(t.article.c.id == article)).scalar_one()
    for signed in signatures:
        for other, score in copies_of(connection, article, home, signed).items():
            found[other] = max(score, found.get(other, 0.0))
        own = [{"key": key, "article_id": article} for key in bands(signed)]
        insert_missing(connection, t.lsh_band, own)
    return found


def _candidates(connection: Connection, signed: bytes) -> list[int]:
    """Return the ids of articles that may be like this text: those that share most bands first."""
    keys = {f"k{number}": key for number, key in enumerate(bands(signed))}
    return list(connection.execute(_LOOK_UP, {"most": MOST_CANDIDATES, **keys}).scalars())


def sharing(connection: Connection, keys: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return for each of these bands the first and the last article that has it; none where no article has.

    That is enough to tell whether any other than its own shares one.
    """
    ends = {key: (first, last) for key, first, last in rows_in(connection, _SHARING, sorted(keys))}
    return {key: ends.get(key, ()) for key in keys}


_SHARING = "SELECT key, min(article_id), max(article_id) FROM lsh_band WHERE key IN ({}) GROUP BY key"


def copies_of(connection: Connection, article: int, home: int, signed: bytes) -> dict[int, float]:
    """Return the articles that are like a text of an article of this site, and how much."""
    others = [number for number in _candidates(connection, signed) if number != article]
    own = int.from_bytes(sketch(signed), "little")
    scores: dict[int, float] = defaultdict(float)
    for other, site, held in rows_in(connection, _SKETCHES, others):
        score = _likeness(own, held)
        if is_copy(score, at_home=site == home):
            scores[other] = max(score, scores[other])
    return scores


_SKETCHES = (
    "SELECT v.article_id, a.site_id, s.sketch FROM version v JOIN article a ON a.id = v.article_id "  # noqa: S608 - a constant
    f"JOIN content_sketch s ON s.content_id = v.content_id WHERE v.known_to = {t.FOREVER_MICROS} "
    "AND v.article_id IN ({})"
)


def _cluster_anew(connection: Connection, article: int, known_at: datetime) -> None:
    """Dissolve the article's cluster and join again what is still alike."""
    members = {article, *_members(connection, _clusters(connection, [article]))}
    for cluster in _clusters(connection, [article]):
        _close(connection, cluster, known_at)
    row = t.version.c
    for member in sorted(members):
        contents = connection.execute(
            sa.select(row.content_id).where(row.article_id == member, row.known_to == t.OPEN).distinct()
        ).scalars()
        said = _signatures(connection, [content for content in contents if content is not None])
        _link(connection, member, _neighbours(connection, member, said), known_at)


def _link(connection: Connection, article: int, neighbours: Mapping[int, float], known_at: datetime) -> None:
    """Join an article and its neighbours into one cluster, with all that they belonged to before."""
    if not neighbours:
        return
    linked = [article, *neighbours]
    held = _clusters(connection, linked)
    scores = dict(neighbours) | {article: max(neighbours.values())}
    if held:
        kept, *absorbed = sorted(held)
    else:
        kept = insert(connection, t.cluster, first_article_id=article, known_from=known_at, known_to=t.FOREVER)
        absorbed = []
    for cluster in absorbed:
        for member, score in _members(connection, [cluster]).items():
            scores[member] = max(score, scores.get(member, 0.0))
        _close(connection, cluster, known_at)
    _add(connection, kept, scores, known_at)
    _name(connection, kept)


def _clusters(connection: Connection, articles: Iterable[int]) -> list[int]:
    row = t.cluster_member.c
    query = sa.select(row.cluster_id).where(row.article_id.in_(set(articles)), row.known_to == t.OPEN).distinct()
    return list(connection.execute(query).scalars())


def _members(connection: Connection, clusters: Iterable[int]) -> dict[int, float]:
    row = t.cluster_member.c
    query = sa.select(row.article_id, row.score).where(row.cluster_id.in_(set(clusters)), row.known_to == t.OPEN)
    return dict(connection.execute(query).all())


def _add(connection: Connection, cluster: int, scores: Mapping[int, float], known_at: datetime) -> None:
    row = t.cluster_member.c
    held = _members(connection, [cluster])
    for article, score in scores.items():
        if article not in held:
            insert_missing(connection, t.cluster_member, [
                {"cluster_id": cluster, "article_id": article, "known_from": known_at, "known_to": t.FOREVER,
                 "score": score}
            ])  # fmt: skip
        elif score > held[article]:
            same = sa.and_(row.cluster_id == cluster, row.article_id == article, row.known_to == t.OPEN)
            connection.execute(t.cluster_member.update().where(same).values(score=score))


def _name(connection: Connection, cluster: int) -> None:
    """Name a cluster by its earliest article: a late capture may bring one that was first.

    Of two that were first seen at one moment (many WARC files tell whole seconds) the address decides: the key of an
    article depends on which of its captures arrived first.
    """
    first = connection.scalar(_FIRST, {"cluster": cluster})
    connection.execute(t.cluster.update().where(t.cluster.c.id == cluster).values(first_article_id=first))


_FIRST = (
    sa.select(t.article.c.id)
    .join(t.cluster_member, t.cluster_member.c.article_id == t.article.c.id)
    .join(t.version, sa.and_(t.version.c.article_id == t.article.c.id, t.version.c.known_to == t.OPEN,
                             t.version.c.number == 1))
    .join(t.capture, t.capture.c.id == t.version.c.first_capture_id)
    .join(t.url, t.url.c.id == t.capture.c.url_id)
    .where(t.cluster_member.c.cluster_id == sa.bindparam("cluster"), t.cluster_member.c.known_to == t.OPEN)
    .order_by(t.article.c.first_seen_at, t.url.c.url)
    .limit(1)
)  # fmt: skip


def _close(connection: Connection, cluster: int, known_at: datetime) -> None:
    for table, key in ((t.cluster_member, t.cluster_member.c.cluster_id), (t.cluster, t.cluster.c.id)):
        is_open = sa.and_(key == cluster, table.c.known_to == t.OPEN)
        connection.execute(table.update().where(is_open).values(known_to=known_at))


# ------------------------------------------------------------------ asked


def members(connection: Connection, article: int) -> list[Any]:
    """Return the members of an article's cluster, itself included, the earliest first; none where it is in none.

    A member is a row of ``id``, ``key``, ``site`` and ``first_seen_at``. Hidden ones are left out.
    """
    return list(connection.execute(_MEMBERS, {"article": article}))


def _of_cluster() -> sa.Select[Any]:
    own, member = t.cluster_member.alias("own"), t.cluster_member
    return (
        sa.select(t.article.c.id, t.article.c.key, t.site.c.name.label("site"), t.article.c.first_seen_at)
        .select_from(own)
        .join(member, sa.and_(member.c.cluster_id == own.c.cluster_id, member.c.known_to == t.OPEN))
        .join(t.article, t.article.c.id == member.c.article_id)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .where(own.c.article_id == sa.bindparam("article"), own.c.known_to == t.OPEN, visible(t.article.c.id))
        .order_by(t.article.c.first_seen_at, t.article.c.key)
    )


_MEMBERS = _of_cluster()

"""Bring an article's versions and counters in step with its captures. Each function takes a connection.

What should be there is derived purely (:mod:`archive.chain`, :mod:`archive.runs`); what differs is written. A row that
says the same stays and only its ends move; from the first row that differs on, the old ones are closed on the known
axis and new ones written, so what was known yesterday can still be asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import tables as t
from archive.chain import OVER, Chain, Observation, Sight, Span, derive
from archive.records import Kind
from archive.rows import insert, update, whole_counter
from archive.runs import Run, Sighting, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

NEVER_SEEN_ALIVE = (404, 410)


def observations(connection: Connection, article: int) -> list[Observation]:
    """Return all that was seen of an article and may make a version.

    A 404 or 410, by its effective status, counts when its visit ended and believed its removals: in an outage
    everything seems gone. What a block or an error answers is no observation at all.
    """
    rows = connection.execute(_observed(), {"article": article})
    return [seen for row in rows if (seen := _observation(row)) is not None]


@cache
def _observed() -> sa.Select[Any]:
    capture, reading, content, visit = t.capture.c, t.reading.c, t.content.c, t.visit.c
    return (
        sa.select(
            capture.id, capture.record_id, capture.fetched_at, capture.url_id, capture.kind,
            capture.effective_status,
            reading.id.label("reading_id"), reading.reader_id, reading.outcome, reading.is_full, reading.access,
            reading.modified_at, reading.content_id, content.bare_digest, content.words, visit.removals_believed,
        )
        .select_from(t.capture)
        .join(t.visit, visit.id == capture.visit_id)
        .outerjoin(t.reading, sa.and_(reading.capture_id == capture.id, reading.known_to == t.OPEN))
        .outerjoin(t.content, content.id == reading.content_id)
        .where(capture.article_id == sa.bindparam("article"))
    )  # fmt: skip


def _observation(row: Any) -> Observation | None:
    sight = _sight(row)
    if sight is None:
        return None
    return Observation(
        capture_id=row.id,
        record_id=row.record_id,
        at=row.fetched_at,
        url_id=row.url_id,
        sight=sight,
        content_id=row.content_id,
        bare_digest=row.bare_digest,
        words=row.words or 0,
        walled=row.access == "walled",
        modified=row.modified_at,
        reading_id=row.reading_id,
        reader_id=row.reader_id,
        is_full=bool(row.is_full),
    )


def _sight(row: Any) -> Sight | None:
    if row.content_id is not None:
        return Sight.TEXT
    if row.outcome == "merged":
        return Sight.MERGED
    if row.kind is Kind.REVISIT:
        return Sight.SAME
    if row.effective_status in NEVER_SEEN_ALIVE and row.removals_believed:
        return Sight.ABSENT if row.effective_status == 404 else Sight.REMOVED
    return None


def current_spans(connection: Connection, article: int) -> list[sa.Row[Any]]:
    """Return the version rows of an article as known now, oldest first."""
    return list(connection.execute(_CURRENT, {"article": article}))


_HEAD = (
    sa.select(t.version.c.id, t.content.c.digest)
    .select_from(t.version)
    .outerjoin(t.content, t.content.c.id == t.version.c.content_id)
    .where(
        t.version.c.article_id == sa.bindparam("article"),
        t.version.c.known_to == t.OPEN,
        t.version.c.valid_to == t.OPEN,
    )
)

_CURRENT = (
    sa.select(t.version)
    .where(t.version.c.article_id == sa.bindparam("article"), t.version.c.known_to == t.OPEN)
    .order_by(t.version.c.number)
)


def bring_in_step(connection: Connection, article: int, known_at: datetime, *,
                  reread: bool = False) -> tuple[list[Span], list[int | None]]:  # fmt: skip
    """Derive the article anew and write what differs; return the versions written, and the contents there before.

    After a ``reread`` a version is also written anew when it says the same but was read better, and nothing that is
    written counts as a change of the paper's.
    """
    seen = observations(connection, article)
    chain = derive(seen)
    held = current_spans(connection, article)
    same = _common_length(held, chain.spans, reread=reread)
    _close(connection, held[same:], known_at)
    late = t.Reason.LATE_CAPTURE if len(held) > same else t.Reason.OBSERVED
    reason = t.Reason.REREAD if reread else late
    written = _write(connection, article, chain.spans, held[:same], known_at, reason)
    _update_article(connection, article, chain, seen)
    for span in written:
        kind = "reread" if reread else str(span.change)
        connection.execute(t.change_log.insert().values(at=known_at, article_id=article, kind=kind))
    return written, [row.content_id for row in held]


def _common_length(held: list[sa.Row[Any]], spans: tuple[Span, ...], *, reread: bool) -> int:
    same = 0
    for row, span in zip(held, spans, strict=False):
        if _identity(row) != _identity(span) or (reread and row.reading_id != span.reading_id):
            break
        same += 1
    return same


def _identity(version: Any) -> tuple[Any, ...]:
    # Everything a citation may rest on; the ends (valid_to, last seen) move as time goes on.
    return (version.number, version.valid_from, version.first_capture_id, version.content_id, version.state,
            version.change, version.stealth, version.cosmetic, version.flap, version.reverts_to)  # fmt: skip


def _close(connection: Connection, held: list[sa.Row[Any]], known_at: datetime) -> None:
    for row in held:
        ends = max(known_at, row.known_from + timedelta(microseconds=1))
        connection.execute(t.version.update().where(t.version.c.id == row.id).values(known_to=ends))


def _write(connection: Connection, article: int, spans: tuple[Span, ...], kept: list[sa.Row[Any]], known_at: datetime,
           reason: t.Reason) -> list[Span]:  # fmt: skip
    for row, span in zip(kept, spans, strict=False):
        ends = {"valid_to": span.valid_to, "last_seen_at": span.last_seen_at,
                "prev_last_seen_at": span.prev_last_seen_at}  # fmt: skip
        if any(getattr(row, name) != value for name, value in ends.items()):
            update(connection, t.version, row.id, **ends)
    new = spans[len(kept) :]
    for span in new:
        values = {name: getattr(span, name) for name in Span.__slots__}
        insert(connection, t.version, article_id=article, known_from=known_at, known_to=t.FOREVER, reason=reason,
               **values)  # fmt: skip
    return list(new)


def _update_article(connection: Connection, article: int, chain: Chain, seen: list[Observation]) -> None:
    if not chain.spans:
        unsettle(connection, [article])
        return  # nothing that could be read is known of it; a reread may have found that out
    last = chain.spans[-1]
    head = connection.execute(_HEAD, {"article": article}).one()
    alive = t.State.MISSING if chain.missing else t.State.LIVE
    merged = {} if last.state is t.State.MERGED else {"merged_into": None}
    update(connection, t.article, article,
            state=last.state if last.state in OVER else alive,
            misses=chain.misses,
            changes=len(chain.edits),
            changed_at=chain.edits[-1].valid_from if chain.edits else None,
            unchanged=chain.unchanged,
            head_version_id=head.id,
            head_digest=head.digest,
            head_capture_at=max(found.at for found in seen),
            head_reading_id=chain.head.reading_id if chain.head is not None else None,
            first_seen_at=chain.spans[0].valid_from,
            listed_at=_listed_at(connection, chain),
            last_seen_at=max(span.last_seen_at for span in chain.spans if span.state not in OVER),
            **merged,
    )  # fmt: skip


def _listed_at(connection: Connection, chain: Chain) -> datetime:
    """Return where an article stands in lists: when its last text was published, or else when it was first seen."""
    read = next((span.reading_id for span in reversed(chain.spans) if span.content_id is not None), None)
    published: datetime | None = connection.scalar(_PUBLISHED, {"reading": read})
    return published or chain.spans[0].valid_from


_PUBLISHED = sa.select(t.reading.c.published_at).where(t.reading.c.id == sa.bindparam("reading", type_=sa.BigInteger))


def unsettle(connection: Connection, articles: Sequence[int]) -> None:
    """Note that what was observed of articles is not what their versions were derived from.

    The next look at one is weighed with all before it (:class:`archive.chain.Settled`).
    """
    connection.execute(t.article.update().where(t.article.c.id.in_(articles)).values(head_reading_id=None))


def bring_counters_in_step(connection: Connection, article: int, touched: set[tuple[str, str]]) -> None:
    """Derive the runs of these (metric, source) counters of an article anew and write what differs."""
    if not touched:
        return
    sightings = _sightings(connection, article)
    for metric, source in touched:
        held = {found.observed_at: found for found in connection.execute(_RUNS, _series(article, metric, source))}
        wanted = runs(sightings.get((metric, source), []))
        for run in wanted:
            old = held.pop(run.observed_at, None)
            if old is None:
                connection.execute(_NEW_RUN, _series(article, metric, source) | _values(run))
            elif any(getattr(old, name) != value for name, value in _values(run).items()):
                this = _series(article, metric, source) | {"at": run.observed_at}
                connection.execute(_MOVED_RUN, {f"this_{name}": value for name, value in this.items()} | _values(run))
        for at in held:
            connection.execute(_LOST_RUN, _series(article, metric, source) | {"at": at})


def append_counters(connection: Connection, article: int, seen: Iterable[tuple[tuple[str, str], Sighting]]) -> None:
    """Write what a capture shows of counters: a later look than all before moves or adds one run, the same as derived.

    A look that is not later, or shows one counter twice, has its counter derived anew.
    """
    latest: dict[tuple[str, str], list[Sighting]] = {}
    for series, sighting in seen:
        latest.setdefault(series, []).append(sighting)
    anew = set()
    for (metric, source), sightings in latest.items():
        last = connection.execute(_LAST_RUN, _series(article, metric, source)).first()
        if len(sightings) > 1 or (last is not None and last.last_at >= sightings[0].at):
            anew.add((metric, source))
            continue
        [run] = runs(sightings)
        same = last is not None and (last.value, last.exact, last.stale) == (run.value, run.exact, run.stale)
        if last is not None and same:
            this = _series(article, metric, source) | {"at": last.observed_at}
            connection.execute(
                _LATER_RUN, {f"this_{name}": value for name, value in this.items()} | {"last": run.last_at}
            )
        else:
            connection.execute(_NEW_RUN, _series(article, metric, source) | _values(run))
    bring_counters_in_step(connection, article, anew)


def _series(article: int, metric: str, source: str) -> dict[str, Any]:
    return {"article_id": article, "metric": metric, "source": source}


def _values(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in Run.__slots__}


def _of_series(prefix: str = "") -> sa.ColumnElement[bool]:
    row = t.counter_reading.c
    return sa.and_(*(row[name] == sa.bindparam(prefix + name, type_=row[name].type)
                     for name in ("article_id", "metric", "source")))  # fmt: skip


_NEW_RUN = t.counter_reading.insert()
_RUNS = sa.select(t.counter_reading).where(_of_series())
_LAST_RUN = _RUNS.order_by(t.counter_reading.c.observed_at.desc()).limit(1)
_AT = t.counter_reading.c.observed_at == sa.bindparam("at", type_=t.Instant)
_THIS_AT = t.counter_reading.c.observed_at == sa.bindparam("this_at", type_=t.Instant)
_LOST_RUN = t.counter_reading.delete().where(_of_series(), _AT)
_MOVED_RUN = t.counter_reading.update().where(_of_series("this_"), _THIS_AT)
_LATER_RUN = _MOVED_RUN.values(last_at=sa.bindparam("last", type_=t.Instant))


def _sightings(connection: Connection, article: int) -> dict[tuple[str, str], list[Sighting]]:
    capture, reading = t.capture.c, t.reading.c
    rows = connection.execute(
        sa.select(capture.id, capture.record_id, capture.fetched_at, reading.counters)
        .select_from(t.capture)
        .join(t.reading, sa.and_(reading.capture_id == capture.id, reading.known_to == t.OPEN))
        .where(capture.article_id == article)
    )
    found: dict[tuple[str, str], list[Sighting]] = {}
    for row in rows:
        for metric, value, source, exact, stale, raw in map(whole_counter, row.counters):
            found.setdefault((metric, source), []).append(
                Sighting(at=row.fetched_at, record_id=row.record_id, capture_id=row.id, value=value, exact=exact,
                         stale=stale, raw=raw)
            )  # fmt: skip
    for seen in _elsewhere(connection, article):
        found.setdefault((str(seen.metric), seen.source), []).append(
            Sighting(at=seen.fetched_at, record_id=seen.record_id, capture_id=seen.capture_id, value=seen.value,
                     exact=seen.exact, stale=seen.stale, raw=seen.raw)
        )  # fmt: skip
    return found


def _elsewhere(connection: Connection, article: int) -> list[sa.Row[Any]]:
    """Return what listings and counters' own requests showed of an article's counters."""
    row, capture = t.counter_sighting.c, t.capture.c
    return list(
        connection.execute(
            sa.select(t.counter_sighting, capture.record_id, capture.fetched_at)
            .select_from(t.counter_sighting)
            .join(t.capture, capture.id == row.capture_id)
            .where(row.article_id == article)
        )
    )

"""What the database makes of what was told: a visit, a capture, a reading, the end of a visit.

A crawl, a recovery and a rebuild from WARC files all come through here, so they cannot differ. Each function takes a
connection inside a transaction; ``known_at`` is the date of the record that told it.
"""

from __future__ import annotations

import hashlib
from collections import Counter as Tally
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import derivation, duplicates, identity, listings, rows, search, takedown, texts
from archive import tables as t
from archive.errors import StoreError
from archive.opt_outs import POLICY
from archive.records import Kind, Outcome, SiteFacts, canonical_json
from archive.runs import Sighting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.chain import Span
    from archive.records import Capture, Reading
    from archive.warc import Place


JUDGEMENTS = ("absent", "blocked", "merged")
"""The outcomes of readings that say what an answer means for a story, not what is on its page."""


def site_json(facts: SiteFacts) -> dict[str, Any]:
    """Return what the warcinfo of a visit says of its site."""
    return {
        "name": facts.name, "title": facts.title, "url": facts.url, "country": facts.country, "region": facts.region,
        "languages": list(facts.languages), "timezone": facts.timezone, "facts": dict(facts.facts),
    }  # fmt: skip


def begin_visit(connection: Connection, facts: SiteFacts, key: str, agent: str, at: datetime) -> tuple[int, int]:
    """Note a visit and what it tells of its site; return the ids of visit and site."""
    digest = hashlib.sha256(canonical_json(site_json(facts)).encode()).digest()
    site = rows.site_id(connection, facts, at)
    visit = rows.insert(connection, t.visit, key=key, site_id=site, started_at=at, agent=agent, facts_digest=digest)
    return visit, site


def add_capture(connection: Connection, capture: Capture, *, visit: int, file: int, place: Place,
                known_at: datetime) -> None:  # fmt: skip
    """Point at a capture that is synced at this place."""
    article = None
    if capture.status != 200:
        article = identity.article_at(connection, capture.url, capture.fetched_at)
    rows.insert_capture(connection, capture, visit, file, place, article)
    listings.mark_fetched(connection, capture)
    if article is None:
        return
    if capture.kind is Kind.REVISIT:
        listings.mark_article_fetched(connection, article, capture.fetched_at)
        _derive(connection, article, known_at)
    elif capture.status in derivation.NEVER_SEEN_ALIVE:
        derivation.unsettle(connection, [article])
    if identity.leads_to_new_address(connection, article, capture, visit):
        _log_rename(connection, article, visit, known_at)
    note_look(connection, article, capture.fetched_at, told=capture.status in (304, *derivation.NEVER_SEEN_ALIVE))


def note_look(connection: Connection, article: int, at: datetime, *, told: bool = False,
              due_at: datetime | None = None) -> None:  # fmt: skip
    """Note a look at an article, whether it told something, and when the next is due. A late one sets none back."""
    values: dict[str, Any] = {"asked_at": _later(t.article.c.asked_at, at)}
    if told:
        values["checked_at"] = _later(t.article.c.checked_at, at)
    if due_at is not None:
        values["due_at"] = due_at
    connection.execute(t.article.update().where(t.article.c.id == article).values(values))


def add_reading(connection: Connection, capture: Capture, reading: Reading, key: str | None, *, visit: int, site: int,
                due_at: datetime | None, known_at: datetime, full: bool,
                content: int | None = None) -> Outcome:  # fmt: skip
    """Keep what was read on a capture and derive what that means for the article of this key.

    The key is that of the article that the page belongs to; of a ``merged`` reading, of the one that goes on; else of
    the one that was asked for. ``content`` is the id of what a short reading repeats, where the reading itself does not
    say it.
    """
    number = rows.find_capture(connection, capture)
    if number is None:
        raise StoreError(f"{capture.url}: its capture is not in the database")
    before = _supersede(connection, number, known_at)
    if reading.outcome != "read" or key is None:
        outcome = _add_unread(connection, capture, number, reading, key, site, due_at, known_at)
        if before is None:
            return outcome
        _derive_reread(connection, before, known_at)
        return Outcome.REREAD
    if content is None:
        content, is_new = rows.content_id(connection, reading)
        if is_new or rows.refill(connection, content, reading):
            search.index_content(connection, content, reading, capture.fetched_at)
            duplicates.sign(connection, content, reading.signature or duplicates.signature(reading.paragraphs))
    rows.insert_reading(connection, reading, capture=number, url=capture.url, content=content, known_from=known_at,
                        full=full, site=site)  # fmt: skip
    rows.see_profiles(connection, reading, site, capture.fetched_at)
    if before is None:
        rows.insert_opt_outs(connection, number, reading.opt_outs)
    article = connection.scalar(_BY_KEY, {"key": key})
    if article is None:
        article = identity.new_article(connection, key, site, capture.fetched_at)
    renamed = identity.is_new_address(connection, article, capture, reading, visit)
    rows.update(connection, t.capture, number, article_id=article, effective_status=capture.status)
    rows.claim_parts(connection, reading, article)
    addresses = [capture.url, *(found.value for found in reading.identities if found.kind == "url")]
    identity.claim(connection, site, article, reading.identities, addresses, capture.fetched_at, number)
    listings.mark_article_fetched(connection, article, capture.fetched_at)
    _adopt(connection, article, capture.url)
    written = _derive(connection, article, known_at, reread=before is not None)
    _count(connection, article, capture, number, reading, before)
    takedown.hide_if_named(connection, article)
    if before is not None:
        return Outcome.REREAD
    note_look(connection, article, capture.fetched_at, told=True, due_at=due_at)
    if renamed:
        _log_rename(connection, article, visit, known_at)
    return Outcome.RENAMED if renamed and not written else what_came(written[-1] if written else None)


def _supersede(connection: Connection, capture: int, known_at: datetime) -> rows.Superseded | None:
    """Close what was read on a capture before; its article's next look is weighed with all then."""
    before = rows.close_reading(connection, capture, known_at)
    if before is not None and before.article_id is not None:
        derivation.unsettle(connection, [before.article_id])
    return before


def _add_unread(connection: Connection, capture: Capture, number: int, reading: Reading, key: str | None, site: int,
                due_at: datetime | None, known_at: datetime) -> Outcome:  # fmt: skip
    """Keep a reading that gives no article."""
    rows.insert_reading(connection, reading, capture=number, url=capture.url, content=None, known_from=known_at,
                        full=False, site=site)  # fmt: skip
    if reading.outcome == POLICY:
        rows.insert_opt_outs(connection, number, reading.opt_outs, site)
    return _judged(connection, capture, number, reading, key, due_at, known_at)


def _judged(connection: Connection, capture: Capture, number: int, reading: Reading, key: str | None,
            due_at: datetime | None, known_at: datetime) -> Outcome:  # fmt: skip
    """Note what an answer without an article means for the article that has, or had, this address."""
    row, outcome = t.capture.c, reading.outcome
    named = identity.article_by_key(connection, key)
    if named is not None and outcome != "merged":
        note_look(connection, named, capture.fetched_at, told=outcome == "absent", due_at=due_at)
    effective = effective_status(capture.status, outcome)
    connection.execute(t.capture.update().where(row.id == number).values(effective_status=effective))
    if outcome not in JUDGEMENTS:
        return Outcome.UNREAD
    article = identity.article_at(connection, capture.url, capture.fetched_at)
    connection.execute(t.capture.update().where(row.id == number).values(article_id=article))
    if article is not None:
        derivation.unsettle(connection, [article])
    if outcome == "blocked":
        return Outcome.BLOCKED
    if article is None or outcome == "absent":
        return Outcome.UNREAD if article is None else Outcome.KEPT
    return _merge(connection, article, named, capture, number, known_at)


def effective_status(status: int | None, outcome: str) -> int | None:
    """Return what an answer means as a status: a page that says "not found" is a 404, whatever was answered."""
    if outcome == "absent":
        return 404
    if outcome == "blocked" and (status is None or status < 400 or status in derivation.NEVER_SEEN_ALIVE):
        return 403
    return status


def _merge(connection: Connection, article: int, into: int | None, capture: Capture, number: int,
           known_at: datetime) -> Outcome:  # fmt: skip
    """Let an article end here and another one have its addresses; its own history stays as it was seen."""
    if into is None or into == article:
        # It says nothing of this article then.
        connection.execute(t.capture.update().where(t.capture.c.id == number).values(article_id=None))
        return Outcome.KEPT
    _derive(connection, article, known_at)
    if derivation.current_spans(connection, article)[-1].first_capture_id != number:
        return Outcome.KEPT  # it was seen alive later, or had merged before
    connection.execute(t.article.update().where(t.article.c.id == article).values(merged_into=into))
    identity.hand_over(connection, article, into, capture.fetched_at, number)
    return Outcome.MERGED


def add_counted(connection: Connection, capture: Capture, counted: Mapping[str, Sequence[Sequence[Any]]]) -> int:
    """Note the counters that a capture shows of other pages' articles, by article key; return how many are noted."""
    number = rows.find_capture(connection, capture)
    if number is None:
        raise StoreError(f"{capture.url}: its capture is not in the database")
    row, noted = t.counter_sighting.c, 0
    for key, counters in counted.items():
        article = connection.scalar(sa.select(t.article.c.id).where(t.article.c.key == key))
        if article is None:
            continue
        connection.execute(t.counter_sighting.delete().where(row.article_id == article, row.capture_id == number))
        # One of a kind: a listing that names a story twice shows one counter of it.
        once = {(values[0], values[2]): values for values in counters}
        for metric, value, source, exact, stale, raw in once.values():
            connection.execute(
                t.counter_sighting.insert().values(article_id=article, capture_id=number, metric=metric, source=source,
                                                   value=value, exact=exact, stale=stale, raw=raw)
            )  # fmt: skip
        derivation.bring_counters_in_step(connection, article, set(once))
        noted += len(once)
    return noted


def _count(connection: Connection, article: int, capture: Capture, number: int, reading: Reading,
           before: rows.Superseded | None) -> None:  # fmt: skip
    """Note the counters that were read, in the place of those that were read there before."""
    if before is None:
        derivation.append_counters(connection, article, _sightings(capture, number, reading))
    else:
        counters = {(counter.metric, counter.source) for counter in reading.counters}
        derivation.bring_counters_in_step(connection, article, counters | before.counters)


def _sightings(capture: Capture, number: int, reading: Reading) -> list[tuple[tuple[str, str], Sighting]]:
    return [
        ((seen.metric, seen.source),
         Sighting(at=capture.fetched_at, record_id=capture.record_id.bytes, capture_id=number, value=seen.value,
                  exact=seen.exact, stale=seen.stale, raw=seen.raw))
        for seen in reading.counters
    ]  # fmt: skip


def end_visit(connection: Connection, visit: int, told: Mapping[str, Any], known_at: datetime) -> dict[Outcome, int]:
    """Note the end of a visit as its record tells it; return how many articles became missing and gone."""
    report = told["report"]
    connection.execute(
        t.visit.update()
        .where(t.visit.c.id == visit)
        .values(
            ended_at=known_at, exit_status=told["exit_status"], removals_believed=told["removals_believed"],
            report=report, signals=report.get("signals"), problems=report.get("problems"),
        )
    )  # fmt: skip
    counted = _weigh_removals(connection, visit, known_at) if told["removals_believed"] else {}
    if counted:
        # The record of the end was written before anybody could know it.
        outcomes = {**report.get("outcomes", {}), **{str(outcome): count for outcome, count in counted.items()}}
        whole = {**report, "outcomes": outcomes}
        connection.execute(t.visit.update().where(t.visit.c.id == visit).values(report=whole))
    return counted


# ------------------------------------------------------------------ helpers


def _adopt(connection: Connection, article: int, url: str) -> None:
    """Give an article the 304s, 404s and 410s of its address that came before it was known."""
    connection.execute(_ADOPTED, {"article": article, "url": rows.url_id(connection, url)})


_ADOPTED = (
    t.capture.update()
    .where(
        t.capture.c.url_id == sa.bindparam("url"),
        t.capture.c.article_id.is_(None),
        sa.or_(t.capture.c.kind == Kind.REVISIT, t.capture.c.effective_status.in_(derivation.NEVER_SEEN_ALIVE)),
    )
    .values(article_id=sa.bindparam("article"))
)


def _derive_reread(connection: Connection, before: rows.Superseded, known_at: datetime) -> None:
    """Derive an article anew whose page is not read as one any more."""
    if before.article_id is not None:
        _derive(connection, before.article_id, known_at, reread=True)
        derivation.bring_counters_in_step(connection, before.article_id, before.counters)


def _derive(connection: Connection, article: int, known_at: datetime, *, reread: bool = False) -> list[Span]:
    written, before = derivation.bring_in_step(connection, article, known_at, reread=reread)
    if written:
        after = [span.content_id for span in written]
        search.settle(connection, [article])
        texts.settle(connection, [article])
        new = {content for content in after if content is not None} - set(before)
        rewritten = written[0].number <= len(before)
        if new or rewritten:
            duplicates.bring_in_step(connection, article, new, known_at, shrunk=rewritten)
    return written


def _weigh_removals(connection: Connection, visit: int, known_at: datetime) -> dict[Outcome, int]:
    row = t.capture.c
    articles = connection.execute(
        sa.select(row.article_id)
        .where(
            row.visit_id == visit, row.effective_status.in_(derivation.NEVER_SEEN_ALIVE), row.article_id.is_not(None)
        )
        .distinct()
    ).scalars()
    counted: Tally[Outcome] = Tally()
    for article in list(articles):
        written = _derive(connection, article, known_at)
        state = connection.scalar(sa.select(t.article.c.state).where(t.article.c.id == article))
        if any(span.state is t.State.GONE for span in written):
            counted[Outcome.GONE] += 1
        elif state is t.State.MISSING:
            counted[Outcome.MISSING] += 1
    return dict(counted)


_BY_KEY = sa.select(t.article.c.id).where(t.article.c.key == sa.bindparam("key"))


def _later(held: sa.Column[Any], at: datetime) -> sa.ColumnElement[Any]:
    return sa.case((held > at, held), else_=sa.literal(at, t.Instant))


def _log_rename(connection: Connection, article: int, visit: int, known_at: datetime) -> None:
    """Log, once in a visit, that an article has another address."""
    row = t.change_log.c
    began = sa.select(t.visit.c.started_at).where(t.visit.c.id == visit).scalar_subquery()
    said = sa.select(row.seq).where(row.article_id == article, row.kind == Outcome.RENAMED, row.at >= began)
    if connection.execute(said).first() is None:
        connection.execute(t.change_log.insert().values(at=known_at, article_id=article, kind=str(Outcome.RENAMED)))


def what_came(began: Span | None) -> Outcome:
    """Return what a look meant that began this version, or none."""
    if began is None:
        return Outcome.UNCHANGED
    if began.change is t.Change.REVISED:
        return Outcome.STEALTH if began.stealth else Outcome.REVISED
    return Outcome(began.change)

"""Late captures and the axis of what was known: the chain in the database is the one that is derived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, Outcome, corpus
from archive import tables as t
from archive.chain import derive
from archive.derivation import observations
from tests.archive.make import BODY, DAY, HOUR, START, STORY, Paper, SettableClock, current, record_id, rows

if TYPE_CHECKING:
    import random

    from tests.archive.conftest import Postgres, Sqlite


def as_known(archive: Archive, valid: datetime, known: datetime) -> str | None:
    """Return the headline at one time as it was known at another: the statement of archive-model, section 4."""
    row = t.version.c
    with archive.engine.connect() as connection:
        return connection.scalar(
            sa.select(t.content.c.title)
            .select_from(t.version)
            .outerjoin(t.content, t.content.c.id == row.content_id)
            .where(row.known_to > known, row.known_from <= known, row.valid_from <= valid)
            .order_by(row.valid_from.desc())
            .limit(1)
        )


def test_a_late_capture_between_two_versions_makes_a_third(paper: Paper, clock: SettableClock) -> None:
    paper.prints(title="One")
    paper.prints(title="Three", at=START + 4 * DAY)
    clock.advance(5 * DAY)
    assert paper.prints(title="Two", at=START + 2 * DAY) is Outcome.STEALTH
    assert [(v["version"], v["title"], v["valid_from"]) for v in paper.versions()] == [
        (1, "One", "2026-11-02T08:00:00Z"), (2, "Two", "2026-11-04T08:00:00Z"), (3, "Three", "2026-11-06T08:00:00Z"),
    ]  # fmt: skip


def test_what_was_known_before_a_late_capture_still_answers_the_same(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(title="One")
    paper.prints(title="Three", at=clock.advance(4 * DAY))
    before = clock.advance(HOUR)
    clock.advance(HOUR)
    paper.prints(title="Two", at=START + 2 * DAY)
    third_day, after = START + 3 * DAY, clock.advance(HOUR)
    assert as_known(archive, third_day, before) == "One"
    assert as_known(archive, third_day, after) == "Two"
    assert as_known(archive, START + 9 * DAY, before) == as_known(archive, START + 9 * DAY, after) == "Three"
    assert as_known(archive, START - DAY, after) is None


def test_rows_that_are_no_longer_believed_are_closed_and_not_deleted(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(title="One")
    paper.prints(title="Three", at=clock.advance(4 * DAY))
    paper.prints(title="Two", at=START + 2 * DAY)
    told = [(row.number, row.reason, row.known_to == t.FOREVER) for row in rows(archive, t.version)]
    observed, late = t.Reason.OBSERVED, t.Reason.LATE_CAPTURE
    assert told == [(1, observed, True), (2, observed, False), (2, late, True), (3, late, True)]


def test_a_late_capture_of_the_same_text_writes_no_row(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(title="One")
    paper.prints(title="Two", at=START + 4 * DAY)
    before = rows(archive, t.version)
    assert paper.prints(title="One", at=START + DAY) is Outcome.UNCHANGED
    after = rows(archive, t.version)
    assert [row.id for row in after] == [row.id for row in before]
    assert after[0].last_seen_at == after[1].prev_last_seen_at == START + DAY


def test_a_late_first_capture_dates_the_article_back(paper: Paper, archive: Archive) -> None:
    paper.prints(title="Two", at=START + DAY)
    paper.prints(title="One", at=START)
    [article] = rows(archive, t.article)
    assert (article.first_seen_at, article.last_seen_at) == (START, START + DAY)
    assert paper.changes() == ["new", "revised"]


def test_an_earlier_capture_of_the_same_text_takes_over_the_full_reading(paper: Paper, archive: Archive) -> None:
    paper.prints(section="News", at=START + DAY)
    paper.prints(section="News", at=START)
    told = corpus.article(archive, STORY)
    assert (told["valid_from"], told["section"]) == ("2026-11-02T08:00:00Z", "News")


def test_a_late_text_unmakes_a_removal(paper: Paper) -> None:
    paper.prints()
    paper.end()
    paper.visited(404, at=START + DAY)
    paper.visited(404, at=START + 3 * DAY)
    assert paper.changes() == ["new", "gone"]
    paper.prints(at=START + 2 * DAY)
    assert (paper.changes(), paper.history().state) == (["new"], "missing")


def test_every_change_is_in_the_log_of_changes(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints()
    paper.prints(at=clock.advance(HOUR))
    paper.prints(title="Two", at=clock.advance(HOUR))
    paper.answers(410, at=clock.advance(HOUR))
    paper.end()
    assert [(row.seq, row.kind) for row in rows(archive, t.change_log)] == [(1, "new"), (2, "revised"), (3, "gone")]


# ------------------------------------------------------------------ any order of arrival


@dataclass(frozen=True)
class Event:
    """What happens at one look: a text, or an answer without one."""

    hours: int
    what: str
    views: int | None = None
    modified: int | None = None

    @property
    def at(self) -> datetime:
        return START + self.hours * HOUR


TEXTS: dict[str, dict[str, Any]] = {
    "a": {"title": "One"}, "b": {"title": "Two"}, "c": {"title": "ONE!"}, "short": {"body": ["The river rose."]},
    "walled": {"body": [BODY[0]], "access": "walled"},
}  # fmt: skip


def chain_of(home: Path, events: list[Event]) -> tuple[list[Any], list[Any], Any]:
    """Save the events in the order given, all in one visit; return chain, counters and state by natural keys."""
    clock = SettableClock(START + 99 * DAY)
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        for event in events:
            if event.what in TEXTS:
                modified = START + timedelta(days=event.modified) if event.modified is not None else None
                paper.prints(at=event.at, views=event.views, modified=modified, **TEXTS[event.what])
            else:
                paper.answers(int(event.what), at=event.at)
        paper.end()
        if not rows(archive, t.article):
            return [], [], None
        told = paper.history()
        assert derived(archive) == [natural(archive, row) for row in current(archive)]
        with archive.engine.connect() as connection:
            kept = connection.execute(sa.select(t.article.c.state, t.article.c.misses, t.article.c.first_seen_at,
                                                t.article.c.last_seen_at)).one()  # fmt: skip
        return [natural(archive, row) for row in current(archive)], told.counters, tuple(kept)


def natural(archive: Archive, row: Any) -> tuple[Any, ...]:
    with archive.engine.connect() as connection:
        digest = connection.scalar(sa.select(t.content.c.digest).where(t.content.c.id == row.content_id))
        record = connection.scalar(sa.select(t.capture.c.record_id).where(t.capture.c.id == row.first_capture_id))
    return (row.number, row.valid_from, row.valid_to, row.last_seen_at, row.prev_last_seen_at, record, digest,
            row.state, row.change, row.stealth, row.cosmetic, row.flap, row.reverts_to)  # fmt: skip


def derived(archive: Archive) -> list[tuple[Any, ...]]:
    with archive.engine.connect() as connection:
        seen = observations(connection, corpus.find(connection, STORY))
    return [natural(archive, span) for span in derive(seen).spans]


def same_in_any_order(events: list[Event], orders: list[tuple[Event, ...]], kind: Sqlite | Postgres) -> None:
    told = []
    for order in orders:
        with TemporaryDirectory() as folder:
            home = Path(folder)
            kind.fill(home)
            told.append(chain_of(home, list(order)))
            kind.forget(home)
    assert all(one == told[0] for one in told), events


@pytest.mark.parametrize(
    "events",
    [
        [Event(0, "a", 5), Event(24, "b", 7, modified=1), Event(48, "a", 7)],
        [Event(0, "a"), Event(24, "404"), Event(72, "404")],
        [Event(0, "a"), Event(24, "404"), Event(48, "b")],
        [Event(0, "a"), Event(24, "410"), Event(48, "304")],
        [Event(0, "a"), Event(24, "short"), Event(48, "short")],
        [Event(0, "walled"), Event(24, "a"), Event(48, "walled")],
    ],
)
def test_every_order_of_arrival_gives_the_same_chain(events: list[Event], kind: Sqlite | Postgres) -> None:
    same_in_any_order(events, list(permutations(events)), kind)


EVENTS = st.lists(
    st.builds(
        Event, hours=st.integers(0, 12).map(lambda number: number * 12),
        what=st.sampled_from(["a", "a", "b", "b", "c", "short", "walled", "304", "404", "410", "500"]),
        views=st.none() | st.integers(0, 3), modified=st.none() | st.integers(0, 3),
    ),
    min_size=2, max_size=6, unique_by=lambda event: (event.hours, event.what in TEXTS or event.what),
)  # fmt: skip


@given(events=EVENTS, chance=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_archive_says_the_same_whatever_the_order_of_arrival(
    events: list[Event], chance: random.Random, kind: Sqlite | Postgres
) -> None:
    shuffled = chance.sample(events, len(events))
    in_time = sorted(events, key=lambda event: (event.at, record_id(STORY, event.at, 200).bytes))
    same_in_any_order(events, [tuple(in_time), tuple(shuffled)], kind)

"""Counters as runs of equal values."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.runs import Run, Sighting, runs
from tests.archive.make import MINUTE, START


def seen(minute: int, value: int, *, record: int = 0, exact: bool = True, stale: bool = False) -> Sighting:
    return Sighting(at=START + minute * MINUTE, record_id=bytes([record]), capture_id=minute, value=value,
                    exact=exact, stale=stale, raw=str(value))  # fmt: skip


def told(found: list[Run]) -> list[tuple[int, int, int]]:
    def minute(at: object) -> int:
        return int((at - START) / MINUTE)  # type: ignore[operator]  # a datetime

    return [(run.value, minute(run.observed_at), minute(run.last_at)) for run in found]


def test_equal_values_in_a_row_are_one_run() -> None:
    assert told(runs([seen(0, 7), seen(5, 7), seen(9, 7), seen(12, 8)])) == [(7, 0, 9), (8, 12, 12)]


def test_a_value_that_comes_back_is_a_run_of_its_own() -> None:
    assert told(runs([seen(0, 7), seen(5, 8), seen(9, 7)])) == [(7, 0, 0), (8, 5, 5), (7, 9, 9)]


def test_a_late_sighting_splits_a_run() -> None:
    assert told(runs([seen(0, 7), seen(9, 7), seen(5, 8)])) == [(7, 0, 0), (8, 5, 5), (7, 9, 9)]


def test_of_two_sightings_at_one_instant_the_later_record_counts() -> None:
    assert told(runs([seen(3, 9, record=2), seen(3, 5, record=1)])) == [(9, 3, 3)]


def test_an_exact_value_and_a_rounded_one_are_not_the_same() -> None:
    assert len(runs([seen(0, 1200), seen(1, 1200, exact=False), seen(2, 1200, stale=True)])) == 3


def test_zero_is_a_value_and_nothing_seen_is_no_run() -> None:
    assert told(runs([seen(0, 0)])) == [(0, 0, 0)]
    assert runs([]) == []


def test_a_run_names_the_capture_that_began_it() -> None:
    assert [run.capture_id for run in runs([seen(9, 7), seen(4, 7), seen(20, 8)])] == [4, 20]


@st.composite
def sightings_in_two_orders(draw: st.DrawFn) -> tuple[list[Sighting], list[Sighting]]:
    drawn = draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.booleans()), max_size=12))
    sightings = [seen(minute, value, record=number, exact=exact) for number, (minute, value, exact) in enumerate(drawn)]
    return sightings, draw(st.permutations(sightings))


@given(sightings_in_two_orders())
@settings(max_examples=150, deadline=None)
def test_the_runs_are_the_same_whatever_the_order_of_arrival(orders: tuple[list[Sighting], list[Sighting]]) -> None:
    assert runs(orders[0]) == runs(orders[1])


@given(sightings_in_two_orders())
@settings(max_examples=150, deadline=None)
def test_runs_never_overlap_and_neighbours_differ(orders: tuple[list[Sighting], list[Sighting]]) -> None:
    found = runs(orders[0])
    for one, next_one in pairwise(found):
        assert one.last_at < next_one.observed_at
        assert (one.value, one.exact) != (next_one.value, next_one.exact)
    assert all(run.last_at - run.observed_at >= timedelta(0) for run in found)

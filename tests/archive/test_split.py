"""Splits that do not know each other's texts."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import QueryError
from archive.export.rows import Wanted, by_key
from archive.export.split import days, parse_split
from tests.archive.exporting import WIRE, fill, key, print_story

if TYPE_CHECKING:
    from archive import Archive
    from tests.archive.make import SettableClock

KEYS = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=13, max_size=13)


@pytest.mark.sqlite
@given(KEYS)
def test_a_cluster_is_dealt_out_by_its_name_alone(name: str) -> None:
    split = parse_split("cluster:80,10,10")
    assert split.of_cluster(name) == parse_split("cluster:80,10,10").of_cluster(name)
    # A larger share of the first only takes from those that follow.
    if split.of_cluster(name) == "train":
        assert parse_split("cluster:90,5,5").of_cluster(name) == "train"


@pytest.mark.sqlite
def test_the_shares_are_about_what_was_asked() -> None:
    split = parse_split("cluster:80,15,5")
    dealt = Counter(split.of_cluster(f"story {number}") for number in range(20_000))
    assert dealt["train"] == pytest.approx(16_000, rel=0.02)
    assert dealt["validation"] == pytest.approx(3_000, rel=0.06)
    assert dealt["test"] == pytest.approx(1_000, rel=0.1)


@pytest.mark.sqlite
def test_a_day_belongs_to_the_split_that_begins_last_before_it() -> None:
    split = parse_split("time:2026-06-01,2026-09-01")
    told = [split.of_day(date(2026, 5, 31)), split.of_day(date(2026, 6, 1)), split.of_day(date(2026, 9, 1))]
    assert told == ["train", "validation", "test"]
    assert parse_split("time:2026-06-01").of_day(date(2026, 6, 1)) == "test"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "typed",
    ["", "time", "time:", "time:june", "time:2026-09-01,2026-06-01", "time:2026-06-01,2026-06-01", "cluster:100",
     "cluster:50,50,50", "cluster:101,-1", "cluster:100,0", "cluster:a,b", "site:80,20", "cluster:25,25,25,25"],
)  # fmt: skip
def test_what_is_no_split_is_refused(typed: str) -> None:
    with pytest.raises(QueryError, match=r"--split|is not a day"):
        parse_split(typed)


def test_a_text_came_out_on_the_day_when_the_first_paper_had_it(archive: Archive, clock: SettableClock) -> None:
    fill(archive, clock)
    with archive.engine.connect() as connection:
        ids = {told.key: told.article_id for told in by_key(connection, Wanted())}
        found = days(connection, ids.values())
    wire = {site: found[ids[key(archive, site, "wire")]] for site in ("highland", "lakeside", "bisaya")}
    assert wire == dict.fromkeys(wire, date(2026, 11, 4))
    assert found[ids[key(archive, "lakeside", "edited")]] == date(2026, 11, 3)  # as it came out, not as it was edited
    assert found[ids[key(archive, "bisaya", "gone")]] == date(2026, 11, 3)  # no date on its page: first seen
    assert len(found) == len(ids)


def test_hiding_the_first_of_a_cluster_moves_no_other(archive: Archive, clock: SettableClock) -> None:
    fill(archive, clock)
    wire = key(archive, "lakeside", "wire")

    def dealt() -> tuple[date, str | None]:
        with archive.engine.connect() as connection:
            [told] = [each for each in by_key(connection, Wanted()) if each.key == wire]
            return days(connection, [told.article_id])[told.article_id], told.rows[0]["cluster"]

    before = dealt()
    archive.take_down("article", key(archive, "highland", "wire"), "asked to")
    assert dealt() == before
    print_story(archive, clock, "highland", "later", day=9, body=WIRE)
    assert dealt() == before

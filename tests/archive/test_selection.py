"""Which articles are asked for, and how days and times are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from archive import NotFoundError, QueryError, corpus
from archive.selection import Selection, parse_day, parse_time
from tests.archive.make import DAY, HOUR, START, Paper, SettableClock

if TYPE_CHECKING:
    from archive import Archive


@pytest.fixture
def two_papers(paper: Paper, archive: Archive, clock: SettableClock) -> Archive:
    """One paper in Manila (UTC+8) and one in New York (UTC-5)."""
    paper.prints(title="Lake one", authors=("Ana Peñaflor",), published=datetime(2026, 11, 1, 15, 59, 59, tzinfo=UTC))
    paper.prints(url="https://lakeside.example/2/", title="Lake two", authors=("Jun Reyes",), language="tl",
                 published=datetime(2026, 11, 1, 16, 0, tzinfo=UTC))  # fmt: skip
    other = Paper(archive, clock, "highland")
    other.begin(timezone="America/New_York")
    other.prints(url="https://highland.example/1/", title="High one", authors=("Ana Cruz", "Jun Reyes"),
                 published=datetime(2026, 11, 2, 4, 59, tzinfo=UTC))  # fmt: skip
    other.prints(url="https://highland.example/2/", title="High two", authors=(), published=None)
    return archive


def titles(archive: Archive, **asked: Any) -> list[str]:
    selection = Selection(**asked)
    told = [article["title"] for article in corpus.articles(archive, selection)]
    assert corpus.count(archive, selection) == len(told)
    return told


def test_all_are_told_the_newest_first(two_papers: Archive) -> None:
    assert titles(two_papers) == ["High two", "High one", "Lake two", "Lake one"]


def test_a_site_is_asked_for_by_name(two_papers: Archive) -> None:
    assert titles(two_papers, site="lakeside") == ["Lake two", "Lake one"]
    with pytest.raises(NotFoundError, match="no site 'seaside' in this archive"):
        titles(two_papers, site="seaside")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"until": date(2026, 11, 1)}, ["High one", "Lake one"]),
        ({"since": date(2026, 11, 2)}, ["High two", "Lake two"]),
        ({"since": date(2026, 11, 1), "until": date(2026, 11, 1)}, ["High one", "Lake one"]),
        ({"since": date(2026, 11, 3)}, []),
        ({"since": date(2026, 11, 2), "until": date(2026, 11, 1)}, []),
        ({"until": date(9999, 12, 31)}, ["High two", "High one", "Lake two", "Lake one"]),
        ({"since": date(1, 1, 1)}, ["High two", "High one", "Lake two", "Lake one"]),
    ],
)
def test_days_are_the_days_of_each_sites_zone_the_last_included(
    two_papers: Archive, asked: dict[str, date], told: list[str]
) -> None:
    assert titles(two_papers, **asked) == told


def test_an_article_without_a_date_has_the_day_it_was_first_seen(two_papers: Archive) -> None:
    assert titles(two_papers, site="highland", since=date(2026, 11, 2)) == ["High two"]


@pytest.mark.parametrize(
    ("author", "told"),
    [
        ("Peñaflor", ["Lake one"]), ("penaflor", ["Lake one"]), ("PENAFLOR", ["Lake one"]),
        ("ana", ["High one", "Lake one"]), ("jun reyes", ["High one", "Lake two"]),
        ("Reyes.", ["High one", "Lake two"]),
        ("nobody", []), ("%", []), ("_", []),
    ],
)  # fmt: skip
def test_authors_are_found_by_part_of_their_name_accents_and_case_folded(
    two_papers: Archive, author: str, told: list[str]
) -> None:
    assert titles(two_papers, author=author) == told


def test_a_language_and_everything_together(two_papers: Archive) -> None:
    assert titles(two_papers, language="tl") == ["Lake two"]
    assert titles(two_papers, language="en", author="ana", site="highland", query="one dawn") == []
    assert titles(two_papers, language="en", author="ana", site="highland", query="one") == ["High one"]


def test_a_gone_article_is_still_found_by_its_last_text(paper: Paper, archive: Archive) -> None:
    paper.prints(title="Nine drowned")
    paper.prints(title="Twelve drowned", at=START + HOUR)
    paper.end()
    paper.visited(410, at=START + DAY)
    for asked in ({}, {"query": "twelve"}, {"author": "penaflor"}, {"since": date(2026, 11, 2)}):
        assert titles(archive, **asked) == ["Twelve drowned"]
    assert titles(archive, query="nine") == []
    [hit] = corpus.search(archive, Selection(query="twelve"), 5)
    assert (hit["state"], hit["version"]) == ("gone", 2)


def test_the_limit_of_a_search_is_kept(two_papers: Archive) -> None:
    assert [hit["title"] for hit in corpus.search(two_papers, Selection(query="bridge OR one OR two"), 2)] == [
        "High two", "High one",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2026-13-01", "yesterday", "", "2026-11-02T08:00"])
def test_a_bad_day_is_named_with_the_form_that_is_wanted(text: str) -> None:
    with pytest.raises(QueryError, match=r"--from: .* is not a day; write it as 2026-11-23"):
        parse_day(text, "--from")


@pytest.mark.parametrize("text", ["2026-13-01", "yesterday", "", "2026-11-02T25:00"])
def test_a_bad_time_is_named_with_the_form_that_is_wanted(text: str) -> None:
    with pytest.raises(QueryError, match=r"--at: .* is not a time; write it as 2026-11-23 or"):
        parse_time(text, "--at")


def test_times_are_utc_where_nothing_else_is_said_and_a_day_is_its_end() -> None:
    assert parse_time("2026-11-02T08:00", "--at") == START
    assert parse_time("2026-11-02T16:00+08:00", "--at") == START
    assert datetime(2026, 11, 2, 23, 59, 59, 999998, tzinfo=UTC) < parse_time("2026-11-02", "--at")
    assert parse_time("2026-11-02", "--at") < datetime(2026, 11, 3, tzinfo=UTC)
    assert parse_time("9999-12-31", "--at").date() == date(9999, 12, 31)

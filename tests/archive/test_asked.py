"""What the crawler asks before it fetches: what is due, who waits longest, whether validators can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive import Archive, Outcome
from archive import tables as t
from tests.archive.make import BODY, DAY, HOUR, START, STORY, Paper, SettableClock, reading, rows

if TYPE_CHECKING:
    from datetime import datetime

    from archive import Known


def address(number: int) -> str:
    return f"https://lakeside.example/2026/11/{number}/"


def print_stories(paper: Paper, *due: datetime | None, at: datetime = START) -> None:
    """Print one story for each due date."""
    for number, when in enumerate(due):
        paper.prints(title=f"Story {number}", url=address(number), at=at, due_at=when)


def numbers(known: list[Known]) -> list[int]:
    return [int(one.url.rstrip("/").rpartition("/")[2]) for one in known]


def test_due_are_those_whose_time_has_come_the_most_pressing_first(archive: Archive, paper: Paper) -> None:
    print_stories(paper, START + DAY, START + HOUR, START + 9 * DAY, START + 3 * DAY, None)
    assert numbers(archive.due("lakeside", START + 4 * DAY, 9)) == [1, 0, 3]
    assert numbers(archive.due("lakeside", START + 4 * DAY, 2)) == [1, 0]
    assert archive.due("highland", START + 4 * DAY, 9) == []


def test_a_missing_story_is_the_most_pressing_and_a_gone_one_the_least(archive: Archive, paper: Paper) -> None:
    print_stories(paper, START + HOUR, START + 3 * DAY, START + HOUR)
    paper.answers(404, url=address(1), at=START + DAY)
    paper.answers(410, url=address(2), at=START + DAY)
    paper.end()
    assert numbers(archive.due("lakeside", START + 9 * DAY, 9)) == [1, 0, 2]


def test_waiting_are_those_unasked_since_then_the_longest_first(archive: Archive, paper: Paper) -> None:
    for number, day in enumerate((2, 0, 1, 5)):
        paper.prints(title=f"Story {number}", url=address(number), at=START + day * DAY)
    assert numbers(archive.waiting("lakeside", START + 3 * DAY, 9)) == [1, 2, 0]
    assert numbers(archive.waiting("lakeside", START + 3 * DAY, 1)) == [1]


@pytest.mark.parametrize("status", [304, 301, 404, 403, 503, None])
def test_whoever_was_asked_for_goes_behind_all_others_whatever_was_answered(
    archive: Archive, paper: Paper, status: int | None
) -> None:
    print_stories(paper, None, None)
    paper.answers(status, url=address(0), at=START + DAY)
    assert numbers(archive.waiting("lakeside", START + 3 * DAY, 9)) == [1, 0]
    told = archive.known("lakeside", [address(0)])[address(0)]
    assert told.asked_at == START + DAY
    assert told.fetched_at == (START + DAY if status in (304, 404) else START)


def test_a_story_that_could_not_be_asked_for_goes_behind_all_others_too(
    archive: Archive, paper: Paper, clock: SettableClock
) -> None:
    print_stories(paper, START + HOUR, None)
    clock.advance(DAY)
    archive.look_again(archive.known("lakeside", [address(0)])[address(0)].article, START + 5 * DAY)
    assert numbers(archive.waiting("lakeside", START + 3 * DAY, 9)) == [1, 0]
    assert archive.due("lakeside", START + 3 * DAY, 9) == []


def test_gone_and_merged_stories_do_not_wait(archive: Archive, paper: Paper) -> None:
    print_stories(paper, None, None, None)
    paper.answers(410, url=address(0), at=START + DAY)
    into = archive.known("lakeside", [address(2)])[address(2)].article
    leads = paper.capture(address(1), START + DAY, status=301, headers=(("Location", address(2)),))
    assert archive.save(leads, reading(None, (), outcome="merged", authors=()), article=into) is Outcome.MERGED
    paper.end()
    assert numbers(archive.waiting("lakeside", START + 9 * DAY, 9)) == [2]


def test_what_is_known_tells_how_a_story_changed(archive: Archive, paper: Paper) -> None:
    paper.prints(at=START)
    paper.prints(at=START + DAY, title="Two")
    paper.answers(304, at=START + 2 * DAY)
    paper.prints(at=START + 3 * DAY, title="Two")
    told = archive.known("lakeside", [STORY])[STORY]
    assert (told.changes, told.changed_at, told.unchanged) == (1, START + DAY, 2)
    assert (told.first_seen, told.gone_at) == (START, None)
    paper.answers(410, at=START + 4 * DAY)
    paper.end()
    gone = archive.known("lakeside", [STORY])[STORY]
    assert (gone.state, gone.changes, gone.gone_at, gone.digest) == ("gone", 1, START + 4 * DAY, None)


VALIDATORS = {
    "same ETag": ({"ETag": '"1"'}, {"ETag": '"1"'}, True),
    "another ETag": ({"ETag": '"1"'}, {"ETag": '"2"'}, False),
    "no ETag, same date": ({"Last-Modified": "x"}, {"Last-Modified": "x"}, True),
    "another ETag, same date": ({"ETag": '"1"', "Last-Modified": "x"}, {"ETag": '"2"', "Last-Modified": "x"}, False),
    "none": ({}, {}, False),
}


@pytest.mark.parametrize("case", VALIDATORS)
def test_validators_lie_when_a_text_changed_under_them(archive: Archive, paper: Paper, case: str) -> None:
    before, after, lie = VALIDATORS[case]
    for number, headers in enumerate((before, after)):
        told = reading(f"Title {number}", BODY)
        taken = paper.capture(STORY, START + number * DAY, headers=tuple(headers.items()))
        archive.save(taken, told, article=archive.resolve("lakeside", taken, reading(canonical=STORY)))
    assert archive.validators_lie("lakeside", START) is lie
    assert archive.validators_lie("lakeside", START + 2 * DAY) is False
    assert archive.validators_lie("highland", START) is False
    assert len(rows(archive, t.version)) == 2

"""What an address answered and when: found however it is written, never what is taken down."""

from __future__ import annotations

import pytest

from archive import Archive, NotFoundError
from archive.errors import TakenDownError
from archive.mementos import load, mementos, nearest
from tests.archive.make import DAY, HOUR, MINUTE, START, STORY, Paper, SettableClock

MOVED = "https://lakeside.example/moved/"


@pytest.fixture
def filled(archive: Archive, clock: SettableClock) -> Archive:
    paper = Paper(archive, clock)
    paper.prints()
    paper.answers(304, at=clock.advance(HOUR))
    archive.save(paper.capture(status=301, url=MOVED, headers=(("Location", "../2026/11/flood/"),)))
    paper.answers(503, at=clock.advance(HOUR))
    paper.answers(404, at=clock.advance(DAY))
    paper.prints(title="Two drowned", at=clock.advance(DAY))
    paper.end()
    return archive


def test_pages_what_confirms_them_and_that_there_is_none_are_told_and_faults_are_not(filled: Archive) -> None:
    found = mementos(filled, STORY.replace("https", "http").rstrip("/"))
    assert [(memento.stamp, memento.status) for memento in found] == [
        ("20261102080000", 200), ("20261102090000", 304), ("20261103100000", 404), ("20261104100000", 200),
    ]  # fmt: skip
    assert found[0].page == found[1].page != found[3].page
    assert load(filled, found[1]).payload == f"<html>200 {STORY} at {START}</html>".encode()
    [moved] = mementos(filled, MOVED)
    assert (moved.status, moved.redirect) == (301, STORY)


def test_the_nearest_is_told_and_of_two_as_near_the_later(filled: Archive) -> None:
    found = mementos(filled, STORY)
    assert nearest(found, START - 9 * DAY) is found[0]
    assert nearest(found, START + 30 * MINUTE) is found[1]
    assert nearest(found, START + 29 * MINUTE) is found[0]
    assert nearest(found, START + 99 * DAY) is found[-1]


def test_of_two_captures_in_one_second_the_later_stands(archive: Archive, clock: SettableClock) -> None:
    paper = Paper(archive, clock)
    paper.prints()
    paper.prints(title="Two drowned", at=clock.advance(MINUTE / 120))
    [only] = mementos(archive, STORY)
    assert only.at == clock()


def test_what_was_never_captured_or_is_taken_down_is_refused_and_the_reason_told(filled: Archive) -> None:
    with pytest.raises(NotFoundError, match="other: this archive has no capture of it"):
        mementos(filled, "https://lakeside.example/other")
    filled.take_down("article", filled.known("lakeside", [STORY])[STORY].article, "a court said so")
    with pytest.raises(TakenDownError, match="taken down on 2026-11-04: a court said so"):
        mementos(filled, STORY)
    filled.take_down("url", "https://lakeside.example/private/*", "he asked")
    with pytest.raises(TakenDownError, match="its address is taken down"):
        mementos(filled, "https://lakeside.example/private/1")

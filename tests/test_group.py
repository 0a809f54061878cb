"""What waits to be saved: a real archive, told by items that come one by one or together."""

import asyncio
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import Archive, ArchiveError, Outcome, Reading, StoreError, ToSave
from crawler.group import MOST, Group
from tests.archive.make import DAY, START, Paper, SettableClock, reading

SITE = "https://lakeside.example"


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    clock = SettableClock()
    with Archive(tmp_path / "home", clock=clock) as archive:
        yield Paper(archive, clock)


class Road:
    """Items on their way to an archive: how many are coming is what a test says."""

    def __init__(self, paper: Paper, coming: int) -> None:
        self.paper, self.coming = paper, coming
        self.lost: list[ArchiveError] = []
        self.group = Group(paper.archive, lambda: self.coming, self.lost.append)

    def story(self, number: int, read: Reading | None = None) -> ToSave:
        url = f"{SITE}/{number}/"
        read = read or reading(title=f"Story {number}", body=[f"Part of {number}."], canonical=url)
        return ToSave(self.paper.capture(url), read)

    def save(self, *items: list[ToSave]) -> list[list[Outcome] | BaseException]:
        async def run() -> list[list[Outcome] | BaseException]:
            return await asyncio.gather(*map(self.group.save, items), return_exceptions=True)

        return asyncio.run(run())

    def known(self, *numbers: int) -> list[int]:
        urls = {f"{SITE}/{number}/": number for number in numbers}
        return [urls[url] for url in self.paper.archive.known("lakeside", urls)]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The handles of WARC files that were synced."""
    handles: list[int] = []
    sync = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (handles.append(handle), sync(handle)))
    return handles


def test_two_pages_that_arrive_together_are_saved_with_one_sync(paper, synced):
    road = Road(paper, coming=2)
    assert road.save([road.story(1)], [road.story(2)]) == [[Outcome.NEW], [Outcome.NEW]]
    assert len(synced) == 1


def test_each_item_is_told_what_its_own_captures_meant_in_the_order_in_which_they_came(paper, synced):
    road = Road(paper, coming=3)
    edited = reading(title="Story 1, corrected", body=["Part of 1."], canonical=f"{SITE}/1/", modified=START + DAY)
    later = ToSave(paper.capture(f"{SITE}/1/", START + DAY), edited)
    unmoved = ToSave(paper.capture(f"{SITE}/1/", START + 2 * DAY, status=304))
    assert road.save([road.story(1)], [later, unmoved], [road.story(2)]) == [
        [Outcome.NEW], [Outcome.REVISED, Outcome.UNCHANGED], [Outcome.NEW],
    ]  # fmt: skip
    assert len(synced) == 1


def test_an_item_that_comes_alone_is_saved_at_once(paper):
    road = Road(paper, coming=1)

    async def run() -> list[int]:
        waiting = road.group.save([road.story(1)])
        waiting.send(None)  # the loop had no turn since
        known = road.known(1)
        waiting.close()
        return known

    assert asyncio.run(run()) == [1]


def test_items_go_on_in_the_order_in_which_they_came(paper):
    road, gone_on = Road(paper, coming=3), []

    async def one(number: int) -> None:
        await road.group.save([road.story(number)])
        gone_on.append(number)

    async def run() -> None:
        await asyncio.gather(*map(one, (1, 2, 3)))

    asyncio.run(run())
    assert gone_on == [1, 2, 3]


def test_an_item_does_not_wait_for_ever_for_one_that_is_still_being_read(paper):
    road = Road(paper, coming=5)
    assert road.save([road.story(1)], [road.story(2)]) == [[Outcome.NEW], [Outcome.NEW]]


def test_no_more_items_wait_than_leave_the_readers_something_to_read(paper, synced):
    road = Road(paper, coming=10_000)
    told = [[road.story(number)] for number in range(2 * MOST)]
    assert road.save(*told) == [[Outcome.NEW]] * (2 * MOST)
    assert len(synced) == 2


def test_nothing_is_saved_between_the_last_of_a_group_and_what_follows_its_save(paper):
    road = Road(paper, coming=10)

    async def last() -> list[int]:
        await road.group.save([road.story(2)], is_last=True)
        return road.known(1, 2, 3)

    async def run() -> list[int]:
        _, known, _ = await asyncio.gather(
            road.group.save([road.story(1)]), last(), road.group.save([road.story(3)])
        )  # fmt: skip
        return known

    assert asyncio.run(run()) == [1, 2]
    assert road.known(1, 2, 3) == [1, 2, 3]


def test_who_asks_after_a_text_that_waits_is_told_so_until_it_is_saved(paper):
    road = Road(paper, coming=2)
    first, other = road.story(1), road.story(2)

    async def run() -> list[bool]:
        waiting = asyncio.ensure_future(road.group.save([first]))
        await asyncio.sleep(0)
        told = [road.group.has_text(first.reading), road.group.has_text(other.reading)]
        road.group.settle()
        assert await waiting == [Outcome.NEW]
        return [*told, road.group.has_text(first.reading)]

    assert asyncio.run(run()) == [True, False, False]


def test_an_archive_that_takes_no_more_drops_all_that_wait_and_loses_nothing_acknowledged(paper, monkeypatch):
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    road = Road(paper, coming=2)
    assert road.save([road.story(1)], [road.story(2)]) == [[Outcome.NEW], [Outcome.NEW]]
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", refuse)  # no disk here is full for real
        failed = road.save([road.story(3)], [road.story(4)])
    assert [type(error) for error in failed] == [StoreError, StoreError]
    assert len(road.lost) == 1
    paper.archive.close()
    with Archive(paper.archive.home, clock=paper.clock) as again:
        road.paper = Paper(again, paper.clock)
        assert road.known(1, 2) == [1, 2]


def test_a_page_that_cannot_be_saved_by_a_fault_of_ours_takes_only_itself_with_it(paper):
    road = Road(paper, coming=3)
    broken = road.story(2, reading(title="Broken", tags=(object(),)))
    one, two, three = road.save([road.story(1)], [broken], [road.story(3)])
    assert (one, three) == ([Outcome.NEW], [Outcome.NEW])
    assert isinstance(two, TypeError)
    assert road.lost == []
    assert road.known(1, 2, 3) == [1, 3]

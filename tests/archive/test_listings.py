from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from archive import Backfill, Link, Listed
from archive.listings import MOST_TRIES
from tests.archive.make import DAY, HOUR, START

if TYPE_CHECKING:
    from archive import Archive
    from tests.archive.make import Paper, SettableClock

HOME = "https://lakeside.example/"
MAP = f"{HOME}post-sitemap1.xml"
FEED = f"{HOME}feed/"


def link(name: str, at: timedelta = timedelta()) -> Link:
    return Link(url=f"{HOME}{name}/", lastmod=START + at)


def names(found: list[Link]) -> list[str]:
    return [each.url.removeprefix(HOME).strip("/") for each in found]


def test_a_listed_link_is_left_over_until_it_was_answered_or_when_it_changed_again(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    visit = paper.begin()
    archive.saw(visit, "sitemap", MAP, [link("old", -DAY), link("new"), link("busy", -HOUR)])
    assert names(archive.left_over("lakeside", 9)) == ["new", "busy", "old"]
    assert names(archive.left_over("lakeside", 1)) == ["new"]
    clock.advance(HOUR)
    paper.prints(url=f"{HOME}new/")
    paper.prints(url=f"{HOME}old/", at=clock.advance(HOUR))
    for status in (503, 429, None):
        archive.keep(paper.capture(f"{HOME}busy/", at=clock.advance(HOUR), status=status))
    assert names(archive.left_over("lakeside", 9)) == ["busy"]
    archive.saw(visit, "sitemap", MAP, [link("old", HOUR), link("new")])
    assert names(archive.left_over("lakeside", 9)) == ["old", "busy"], "its own clock says it changed"
    for _ in range(MOST_TRIES):
        archive.keep(paper.capture(f"{HOME}busy/", at=clock.advance(HOUR), status=500))
    assert names(archive.left_over("lakeside", 9)) == ["old"]


def test_a_story_listed_under_two_addresses_is_fetched_for_both(paper: Paper, archive: Archive) -> None:
    visit = paper.begin()
    archive.saw(visit, "feed", FEED, [Link(url=f"{HOME}?p=1"), Link(url=f"{HOME}story/")])
    paper.prints(url=f"{HOME}?p=1", canonical=f"{HOME}story/")
    assert archive.left_over("lakeside", 9) == []


def test_what_a_map_lists_no_more_is_told_once_until_somebody_looked(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    visit = paper.begin()
    stories = [link(f"story-{number}", -number * DAY) for number in range(9)]
    archive.saw(visit, "sitemap", MAP, stories, is_whole=True)
    archive.saw(visit, "sitemap", f"{HOME}news-sitemap.xml", stories[:5])  # of the newest only: it holds nothing
    for story in stories:
        paper.prints(url=story.url, at=clock.advance(HOUR))
    clock.advance(DAY)
    archive.saw(visit, "feed", FEED, stories[:1])
    archive.saw(visit, "sitemap", MAP, [*stories[1:4], stories[5], *stories[6:8]], is_whole=True)
    # 0 is in the feed, so it is not gone from all listings; 8 is older than what the map still holds: it fell off.
    assert archive.vanished("lakeside") == [stories[4].url]
    archive.keep(paper.capture(stories[4].url, at=clock.advance(HOUR), status=404))
    assert archive.vanished("lakeside") == []
    clock.advance(DAY)
    archive.saw(visit, "sitemap", MAP, stories[1:3], is_whole=False)
    assert archive.vanished("lakeside") == []
    archive.saw(visit, "sitemap", MAP, [*stories[1:3], stories[7]], is_whole=True)
    archive.saw(visit, "sitemap", f"{HOME}post-sitemap2.xml", [stories[3]], is_whole=True)
    vanished = [stories[number].url for number in (0, 5, 6)]
    assert archive.vanished("lakeside") == vanished, "0 is in no feed any more, 3 only moved to another map"


def test_a_map_that_is_another_one_says_nothing_of_its_former_stories(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    visit = paper.begin()
    stories = [link(f"story-{number}") for number in range(40)]
    archive.saw(visit, "sitemap", MAP, stories, is_whole=True)
    for story in stories:
        paper.prints(url=story.url, at=clock.advance(HOUR))
    clock.advance(DAY)
    archive.saw(visit, "sitemap", MAP, [link("about-us")], is_whole=True)
    assert archive.vanished("lakeside") == []


def test_a_listing_remembers_how_its_looks_went(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    visit = paper.begin()
    archive.saw(visit, "feed", FEED, [link("a"), link("b")], etag='"1"')
    archive.saw(visit, "feed", FEED, [link("c")], page=2)
    read_at = clock.now
    clock.advance(DAY)
    archive.saw(visit, "feed", FEED, state="answered 404")
    archive.saw(visit, "feed", FEED, state="answered 404")
    [feed] = archive.signals("lakeside")
    assert (feed.links, feed.yields, feed.yielded_at, feed.etag) == (3, 3, read_at, '"1"')
    assert (feed.failures, feed.read_at, feed.seen_at, feed.state) == (2, read_at, clock.now, "answered 404")
    archive.noted(visit, FEED, cursor=f"{FEED}?paged=3", reached_at=read_at)
    archive.saw(visit, "feed", FEED, [link("a")], etag=None)
    [feed] = archive.signals("lakeside")
    assert (feed.failures, feed.etag, feed.cursor, feed.reached_at) == (0, None, f"{FEED}?paged=3", read_at)


def test_a_backfill_remembers_where_it_stopped(paper: Paper, archive: Archive) -> None:
    visit = paper.begin()
    archive.saw(visit, "feed", FEED)
    assert archive.backfills("lakeside", START) == {}
    archive.filled(visit, FEED, START, Backfill(cursor="7"))
    archive.filled(visit, FEED, START, Backfill(cursor="8"))
    assert archive.backfills("lakeside", START) == {FEED: Backfill(cursor="8")}
    archive.filled(visit, FEED, START, Backfill(done_at=START))
    assert archive.backfills("lakeside", START) == {FEED: Backfill(done_at=START)}
    assert archive.backfills("lakeside", START - DAY) == {}


def test_the_archive_knows_the_addresses_of_stories_and_of_what_listings_told(paper: Paper, archive: Archive) -> None:
    visit = paper.begin()
    archive.saw(visit, "feed", FEED, [link("story")])
    paper.prints(url=f"{HOME}story/")
    assert archive.story_addresses("lakeside") == [f"{HOME}story/"]
    assert archive.story_addresses("highland") == []
    assert archive.told("lakeside", [f"{HOME}story/", f"{HOME}other/"]) == {
        f"{HOME}story/": Listed(first_seen_at=START, given_by=FEED, fetched_lastmod=START)
    }

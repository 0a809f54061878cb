"""What the archive is told and asked: every outcome of a capture, on real files and a real database."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from archive import Archive, ArchiveError, Fetched, Link, NoArchiveError, Outcome, Signal, StoreError, corpus
from archive import tables as t
from archive.records import Profile
from archive.selection import Selection
from archive.store import ToSave
from tests.archive.make import (
    BODY,
    DAY,
    HOUR,
    MINUTE,
    START,
    STORY,
    Paper,
    SettableClock,
    capture,
    reading,
    record_id,
    rows,
    warc_bytes,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

OTHER = "https://lakeside.example/2026/11/market/"


# ------------------------------------------------------------------ versions


def test_a_first_reading_is_new_and_a_corrected_headline_makes_a_second_version(
    paper: Paper, clock: SettableClock
) -> None:
    assert paper.prints() is Outcome.NEW
    assert paper.prints(title="Flood toll rises to 12", modified=clock.advance(DAY)) is Outcome.REVISED
    assert [version["title"] for version in paper.versions()] == ["Flood closes the old bridge",
                                                                  "Flood toll rises to 12"]  # fmt: skip
    assert [version["version"] for version in paper.versions()] == [1, 2]


def test_an_edit_that_no_modified_date_admits_is_a_stealth_edit(paper: Paper, clock: SettableClock) -> None:
    paper.prints(modified=START)
    clock.advance(DAY)
    assert paper.prints(title="Flood toll rises to 12", modified=START) is Outcome.STEALTH
    assert [version["stealth"] for version in paper.versions()] == [False, True]


@pytest.mark.parametrize(
    "dressed",
    [
        {"views": 900, "comments": 4},
        {"tags": ("flood", "river"), "section": "Local", "images": ("https://lakeside.example/1.jpg",)},
        {"title": "Flood  closes\u00a0the old\u200b bridge "},
        {"body": [part.replace("'", "’").replace(" ", "\u00a0", 1) for part in BODY]},
        {"body": [part.replace("overnight", "over\u00adnight") for part in BODY]},
        {"byline": "Ana Peñaflor | 2 Nov 2026"},
        {"dateline": "PANUBLION", "access": "free"},
    ],
)
def test_what_is_not_said_makes_no_version(paper: Paper, clock: SettableClock, dressed: dict[str, object]) -> None:
    paper.prints()
    clock.advance(DAY)
    assert paper.prints(**dressed) is Outcome.UNCHANGED
    [version] = paper.versions()
    assert version["last_seen"] == "2026-11-03T08:00:00Z"


@pytest.mark.parametrize(
    "edited",
    [
        {"title": "Flood closes the old Bridge"},
        {"title": "Flood closes the old bridge!"},
        {"authors": ("Ana Peñaflor", "Jun Reyes")},
        {"standfirst": "Families sleep in the school"},
        {"body": [BODY[0].replace("two", "three"), *BODY[1:]]},
        {"body": BODY[:2]},
    ],
)
def test_one_word_a_name_case_or_punctuation_makes_a_version(
    paper: Paper, clock: SettableClock, edited: dict[str, object]
) -> None:
    paper.prints()
    clock.advance(DAY)
    assert paper.prints(**edited) is Outcome.STEALTH
    assert paper.changes() == ["new", "revised"]


def test_only_case_and_punctuation_is_labelled_cosmetic(paper: Paper, clock: SettableClock) -> None:
    paper.prints()
    clock.advance(DAY)
    paper.prints(title="FLOOD closes the old bridge.")
    clock.advance(DAY)
    paper.prints(title="Flood took the old bridge")
    assert [version["cosmetic"] for version in paper.versions()] == [False, True, False]


def test_there_and_back_is_three_versions_of_two_contents(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    for title in ("One", "Two", "One"):
        paper.prints(title=title, at=clock.advance(DAY))
    versions = paper.versions()
    assert [version["title"] for version in versions] == ["One", "Two", "One"]
    assert [version["reverts_to"] for version in versions] == [None, None, 1]
    assert [version["flap"] for version in versions] == [False, False, False]
    assert len(rows(archive, t.content)) == 2


def test_there_and_back_within_minutes_is_a_flap(paper: Paper, clock: SettableClock) -> None:
    for title in ("One", "Two", "One"):
        paper.prints(title=title, at=clock.advance(5 * MINUTE))
    assert [version["flap"] for version in paper.versions()] == [False, False, True]


def test_a_version_that_came_back_keeps_its_own_dates(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(title="One", modified=START)
    paper.prints(title="Two", modified=clock.advance(DAY))
    paper.prints(title="One", modified=clock.advance(DAY))
    assert [version["modified"] for version in paper.versions()] == [
        "2026-11-02T08:00:00+00:00", "2026-11-03T08:00:00+00:00", "2026-11-04T08:00:00+00:00",
    ]  # fmt: skip


def test_a_304_moves_the_last_sight_and_adds_no_version(paper: Paper, clock: SettableClock) -> None:
    paper.prints()
    clock.advance(DAY)
    assert paper.answers(304) is Outcome.UNCHANGED
    [version] = paper.versions()
    assert (version["valid_from"], version["last_seen"]) == ("2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z")


def test_a_walled_page_never_replaces_the_full_text(paper: Paper, clock: SettableClock) -> None:
    paper.prints()
    for _ in range(3):
        clock.advance(DAY)
        assert paper.prints(body=["The river rose. Subscribe to read on."], access="walled") is Outcome.UNCHANGED
    assert [version["word_count"] for version in paper.versions()] == [43]


def test_a_short_page_needs_a_second_capture(paper: Paper, clock: SettableClock) -> None:
    paper.prints()
    short = ["The river rose."]
    assert paper.prints(body=short, at=clock.advance(DAY)) is Outcome.UNCHANGED
    assert paper.prints(body=short, at=clock.advance(DAY)) is Outcome.STEALTH
    assert [version["valid_from"] for version in paper.versions()] == ["2026-11-02T08:00:00Z",
                                                                       "2026-11-03T08:00:00Z"]  # fmt: skip


def test_a_page_that_could_not_be_read_is_kept_and_counted_and_changes_nothing(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints()
    unread = reading(title=None, body=(), outcome="empty", reason="no body", published=None)
    assert archive.save(paper.capture(at=clock.advance(DAY)), unread) is Outcome.UNREAD
    assert paper.changes() == ["new"]
    last = rows(archive, t.reading)[-1]
    assert (last.outcome, last.reason, last.content_id) == ("empty", "no body", None)


def test_what_is_not_an_article_is_kept(paper: Paper, archive: Archive) -> None:
    for status in (200, 301, 404, 500, None):
        assert paper.answers(status, url=f"https://lakeside.example/{status}/") is Outcome.KEPT
    assert [row.status for row in rows(archive, t.capture)] == [200, 301, 404, 500, None]
    assert rows(archive, t.article) == []


# ------------------------------------------------------------------ gone and back


def test_a_410_is_gone_when_its_visit_ends(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints()
    clock.advance(DAY)
    assert paper.answers(410) is Outcome.KEPT
    assert paper.history().state == "live"
    assert paper.end() == {Outcome.GONE: 1}
    assert paper.history().state == "gone"
    assert paper.changes() == ["new", "gone"]
    assert archive.due("lakeside", clock() + 99 * DAY, 10) == []


def test_a_first_404_is_missing_and_a_second_a_day_later_is_gone_from_the_first(
    paper: Paper, clock: SettableClock
) -> None:
    paper.prints()
    paper.end()
    first, second = START + 3 * DAY, START + 4 * DAY + HOUR
    assert paper.visited(404, at=first) == {Outcome.MISSING: 1}
    assert paper.history().state == "missing"
    assert paper.visited(404, at=second) == {Outcome.GONE: 1}
    new, gone = paper.versions()
    assert gone["valid_from"] == new["valid_to"] == "2026-11-05T08:00:00Z"
    assert gone["known_from"].startswith("2026-11-06T09:00:00")
    assert (gone["state"], gone["title"], gone["body"]) == ("gone", None, None)


def test_a_second_404_within_the_day_is_still_missing(paper: Paper) -> None:
    paper.prints()
    paper.end()
    paper.visited(404, at=START + DAY)
    assert paper.visited(404, at=START + DAY + 22 * HOUR) == {Outcome.MISSING: 1}
    assert paper.changes() == ["new"]


def test_an_article_that_is_found_again_is_no_longer_missing(paper: Paper, clock: SettableClock) -> None:
    paper.prints()
    paper.end()
    paper.visited(404, at=START + DAY)
    paper.prints(at=clock.advance(HOUR))
    assert paper.history().state == "live"
    paper.end()
    assert paper.visited(404, at=START + 3 * DAY) == {Outcome.MISSING: 1}


def test_in_an_outage_nothing_is_gone(paper: Paper, clock: SettableClock) -> None:
    paper.prints()
    paper.end()
    for day in (1, 3, 5):
        assert paper.visited(410, at=START + day * DAY, believe=False) == {}
    assert (paper.history().state, paper.changes()) == ("live", ["new"])


def test_a_visit_that_never_ended_removes_nothing(paper: Paper, home: Path, archive: Archive) -> None:
    paper.prints()
    paper.answers(410, at=START + DAY)
    paper.visit = None  # as after a kill
    paper.visited(304, at=START + 2 * DAY)
    assert paper.changes() == ["new"]


@pytest.mark.parametrize(("again", "body"), [(200, BODY), (304, BODY)])
def test_a_gone_article_that_is_back_is_restored(
    paper: Paper, archive: Archive, clock: SettableClock, again: int, body: tuple[str, ...]
) -> None:
    paper.prints()
    paper.end()
    paper.visited(410, at=START + DAY)
    clock.advance(DAY)
    if again == 200:
        assert paper.prints() is Outcome.RESTORED
    else:
        paper.answers(304)
    assert paper.changes() == ["new", "gone", "restored"]
    assert paper.history().state == "live"
    assert len(rows(archive, t.content)) == 1


def test_a_404_on_the_old_address_of_a_renamed_article_is_ignored(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(wp="77")
    paper.prints(url=OTHER, wp="77", at=clock.advance(DAY))
    paper.end()
    for day in (2, 4, 6):
        assert paper.visited(404, at=START + day * DAY) == {}
    assert (paper.changes(OTHER), paper.history(OTHER).state) == (["new"], "live")


def test_removals_counts_revisits_and_what_they_missed(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    urls = [f"https://lakeside.example/{number}/" for number in range(5)]
    for url in urls:
        paper.prints(url=url, title=url)
    assert paper.visit is not None
    assert archive.removals(paper.visit) == (0, 0)
    paper.end()
    clock.advance(DAY)
    visit = paper.begin()
    for url, status in zip(urls, (304, 404, 410, 304, 500), strict=True):
        paper.answers(status, url=url)
    paper.prints(url="https://lakeside.example/new/", title="A new one")
    assert archive.removals(visit) == (5, 2)


def test_a_page_asked_for_twice_in_a_visit_is_one_revisit(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints()
    paper.end()
    visit = paper.begin()
    paper.answers(503, at=clock.advance(DAY))
    paper.answers(410, at=clock.advance(MINUTE))
    assert archive.removals(visit) == (1, 1)


# ------------------------------------------------------------------ twice the same


def test_the_same_capture_saved_twice_is_known_and_adds_nothing(paper: Paper, archive: Archive) -> None:
    taken, read = paper.capture(), reading(canonical=STORY, views=4)
    assert archive.save(taken, read) is Outcome.NEW
    tables = [table for table in t.metadata.sorted_tables if table.name != "visit"]
    before = {table.name: rows(archive, table) for table in tables}
    size = warc_bytes(archive)
    assert archive.save(taken, read) is Outcome.KNOWN
    assert {table.name: rows(archive, table) for table in tables} == before
    assert warc_bytes(archive) == size


def test_a_capture_is_kept_once(paper: Paper, archive: Archive) -> None:
    taken = paper.capture()
    assert archive.keep(taken)
    size = warc_bytes(archive)
    assert not archive.keep(taken)
    assert warc_bytes(archive) == size


def test_a_capture_that_was_kept_can_still_be_read(paper: Paper, archive: Archive) -> None:
    taken = paper.capture()
    archive.keep(taken)
    assert not archive.has(taken)
    assert archive.save(taken, reading(canonical=STORY)) is Outcome.NEW
    assert archive.has(taken)
    assert len(rows(archive, t.capture)) == 1


def test_a_listing_or_an_answer_without_text_is_had_once_kept(paper: Paper, archive: Archive) -> None:
    missing = paper.capture(status=404)
    assert not archive.has(missing)
    archive.keep(missing)
    assert archive.has(missing)


def test_the_same_page_under_another_record_id_is_known(paper: Paper, archive: Archive) -> None:
    taken = paper.capture()
    archive.save(taken, reading(canonical=STORY))
    copy = replace(taken, record_id=record_id("copied by another tool"))
    assert archive.has(copy)
    assert not archive.keep(copy)
    assert archive.save(copy, reading(canonical=STORY)) is Outcome.KNOWN
    for other in (replace(copy, payload=b"<html>other"), replace(copy, fetched_at=START + DAY)):
        assert not archive.has(other)


def test_a_visit_that_was_not_begun_or_has_ended_is_refused(paper: Paper, archive: Archive) -> None:
    visit = paper.begin()
    taken = paper.capture()
    paper.end()
    for call in (
        lambda: archive.keep(taken), lambda: archive.end_visit(visit, {}, exit_status=0),
        lambda: archive.removals("lakeside-1"), lambda: archive.saw("", "feed", "https://lakeside.example/feed/"),
    ):  # fmt: skip
        with pytest.raises(ArchiveError, match="was not begun, or has ended"):
            call()
    assert rows(archive, t.capture) == []


# ------------------------------------------------------------------ counters


def test_counters_are_a_series_beside_the_one_version(paper: Paper, clock: SettableClock) -> None:
    for views in (7, 7, 12, 7):
        paper.prints(views=views, at=clock.advance(HOUR))
    assert paper.changes() == ["new"]
    assert [(run["value"], run["from"], run["to"]) for run in paper.history().counters] == [
        (7, "2026-11-02T09:00:00Z", "2026-11-02T10:00:00Z"), (12, "2026-11-02T11:00:00Z", "2026-11-02T11:00:00Z"),
        (7, "2026-11-02T12:00:00Z", "2026-11-02T12:00:00Z"),
    ]  # fmt: skip


def test_a_counter_that_is_not_on_the_page_is_never_zero(paper: Paper, archive: Archive) -> None:
    paper.prints(views=0)
    paper.prints(url=OTHER, title="Market opens")
    told = {told["url"]: (told["views"], told["comments"]) for told in corpus.articles(archive, Selection())}
    assert told == {STORY: (0, None), OTHER: (None, None)}


def test_a_late_counter_splits_the_run_it_falls_into(paper: Paper, clock: SettableClock) -> None:
    paper.prints(views=7)
    paper.prints(views=7, at=clock.advance(2 * DAY))
    paper.prints(views=5, at=START + DAY)
    assert [run["value"] for run in paper.history().counters] == [7, 5, 7]
    paper.prints(views=5, at=START + DAY + HOUR)
    assert [(run["value"], run["to"]) for run in paper.history().counters][1] == (5, "2026-11-03T09:00:00Z")


def test_a_late_counter_may_join_two_runs(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(views=7)
    paper.prints(views=5, at=START + DAY)
    paper.prints(views=5, at=START + 2 * DAY)
    paper.prints(views=5, at=START + HOUR)
    assert [(run["value"], run["from"]) for run in paper.history().counters] == [
        (7, "2026-11-02T08:00:00Z"), (5, "2026-11-02T09:00:00Z"),
    ]  # fmt: skip
    assert len(rows(archive, t.counter_reading)) == 2


# ------------------------------------------------------------------ known and due


def test_known_tells_the_crawler_what_to_ask_again_with(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(wp="77", modified=START, due_at=START + DAY)
    paper.prints(url=OTHER, wp="77", modified=START, at=clock.advance(HOUR), due_at=START + 2 * DAY)
    known = archive.known("lakeside", [STORY, OTHER, "https://lakeside.example/unknown/", STORY])
    assert set(known) == {STORY, OTHER}
    assert known[STORY] == known[OTHER]
    found = known[STORY]
    assert (found.url, found.state, found.fetched_at) == (OTHER, "live", START + HOUR)
    assert found.etag == capture(OTHER, START + HOUR).header("etag")
    assert (found.published, found.modified, found.due_at) == (START - HOUR, START, START + 2 * DAY)
    assert archive.known("highland", [STORY]) == {}


def test_known_answers_for_more_addresses_than_a_statement_may_hold(paper: Paper, archive: Archive) -> None:
    paper.prints()
    urls = [f"https://lakeside.example/{number}/" for number in range(1800)]
    assert set(archive.known("lakeside", [*urls, STORY])) == {STORY}


def test_a_late_capture_does_not_set_the_last_look_back(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(at=START + 5 * DAY)
    paper.prints(at=START + DAY)
    paper.answers(304, at=START + 2 * DAY)
    assert archive.known("lakeside", [STORY])[STORY].fetched_at == START + 5 * DAY


def test_due_gives_the_longest_overdue_first_and_no_more_than_asked(paper: Paper, archive: Archive) -> None:
    for number, due in enumerate((3, 1, 2, 9)):
        url = f"https://lakeside.example/{number}/"
        paper.prints(url=url, title=url, due_at=START + due * DAY)
    paper.prints(url=OTHER, title="Never due")
    due = [known.url[-2] for known in archive.due("lakeside", START + 5 * DAY, 10)]
    assert due == ["1", "2", "0"]
    assert [known.url[-2] for known in archive.due("lakeside", START + 5 * DAY, 2)] == ["1", "2"]
    assert archive.due("highland", START + 5 * DAY, 10) == []


def test_a_304_or_404_may_say_when_to_look_again(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(due_at=START + DAY)
    clock.advance(DAY)
    archive.save(paper.capture(status=304), due_at=START + 3 * DAY)
    assert archive.due("lakeside", START + 2 * DAY, 5) == []
    archive.save(paper.capture(status=404), due_at=START + 2 * DAY)
    assert len(archive.due("lakeside", START + 2 * DAY, 5)) == 1


# ------------------------------------------------------------------ listings, fill rates, takedowns


def test_saw_counts_the_links_that_no_listing_gave_before(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    visit = paper.begin()
    feed, sitemap = "https://lakeside.example/feed/", "https://lakeside.example/news-sitemap.xml"
    links = [Link(url=STORY, lastmod=START), Link(url=OTHER)]
    assert archive.saw(visit, "feed", feed, links, etag='"f1"', last_modified="Mon, 02 Nov 2026 08:00:00 GMT") == 2
    assert archive.saw(visit, "sitemap", sitemap, [*links, Link(url="https://lakeside.example/3/")]) == 1
    clock.advance(DAY)
    assert archive.saw(visit, "feed", feed, links, state="not a feed") == 0
    found = archive.signals("lakeside")
    assert [(signal.kind, signal.url, signal.state, signal.yields) for signal in found] == [
        ("feed", feed, "not a feed", 2), ("sitemap", sitemap, "ok", 1),
    ]  # fmt: skip
    assert isinstance(found[0], Signal)
    assert found[0].found_at == START
    assert archive.signals("highland") == []


def test_a_link_remembers_what_its_listing_said_and_that_it_was_fetched(paper: Paper, archive: Archive) -> None:
    visit = paper.begin()
    archive.saw(visit, "feed", "https://lakeside.example/feed/", [Link(url=STORY, lastmod=START)])
    archive.saw(visit, "feed", "https://lakeside.example/feed/", [Link(url=STORY)])
    paper.prints()
    [link] = rows(archive, t.link)
    assert (link.lastmod, link.fetched_at) == (START, START)


def test_an_address_without_a_story_is_told_with_when_that_was_seen_last(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    urls = {name: f"https://lakeside.example/{name}/" for name in ("story", "list", "empty", "lost", "busy", "cut")}
    paper.prints(url=urls["story"])
    for _ in range(2):
        clock.advance(DAY)
        for name, outcome in (("list", "not_article"), ("empty", "empty"), ("cut", "unreadable")):
            archive.save(paper.capture(urls[name]), reading(title=None, body=(), outcome=outcome))
    paper.answers(404, url=urls["lost"])
    paper.answers(503, url=urls["busy"])
    last = START + 2 * DAY
    assert archive.without_story([*urls.values(), OTHER]) == {urls[name]: last for name in ("list", "empty", "lost")}


def test_fill_rates_need_enough_readings(paper: Paper, archive: Archive) -> None:
    for number in range(19):
        paper.prints(url=f"https://lakeside.example/{number}/", title=f"Story {number}", views=number or None)
    assert archive.fill_rates("lakeside") == {}
    paper.prints(url=OTHER, title="Market opens", authors=(), views=0, dateline="PANUBLION")
    rates = archive.fill_rates("lakeside")
    assert rates == {"title": 1.0, "byline": 0.95, "body": 1.0, "published": 1.0, "modified": 0.0, "dateline": 0.05,
                     "views": 0.95, "comments": 0.0}  # fmt: skip


def test_who_wrote_a_story_fills_its_byline_though_only_the_data_of_the_page_says_so(
    paper: Paper, archive: Archive
) -> None:
    for number in range(20):
        paper.prints(title=f"Story {number}", url=f"https://lakeside.example/{number}/", byline=None)
    assert archive.fill_rates("lakeside")["byline"] == 1.0
    for number in range(20, 40):
        paper.prints(title=f"Story {number}", url=f"https://lakeside.example/{number}/", authors=())
    assert archive.fill_rates("lakeside")["byline"] == 0.0


def test_fill_rates_of_what_was_read_before_the_newest_leave_these_out(paper: Paper, archive: Archive) -> None:
    for number in range(40):
        paper.prints(
            url=f"https://lakeside.example/{number}/", title=f"Story {number}", views=1 if number < 20 else None
        )
    assert archive.fill_rates("lakeside")["views"] == 0.0
    assert archive.fill_rates("lakeside", skip=20)["views"] == 1.0
    assert archive.fill_rates("lakeside", skip=21) == {}


def test_the_newest_whole_page_of_an_address_comes_back_as_it_was_kept(paper: Paper, archive: Archive) -> None:
    assert archive.newest_page(STORY) is None
    paper.prints(title="Flood")
    paper.clock.advance(DAY)
    paper.prints(title="Flood toll rises")
    paper.clock.advance(DAY)
    paper.answers(404)
    page = archive.newest_page(STORY)
    assert page is not None
    assert (page.status, page.url, page.fetched_at) == (200, STORY, START + DAY)
    assert page.payload


def test_the_report_of_a_visit_holds_what_became_of_stories_at_its_end(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints()
    paper.end(outcomes={"new": 1})
    clock.advance(DAY)
    paper.answers(410)
    paper.end(outcomes={"unchanged": 3}, signals={"feed": {"links": 3, "new": 0}})
    told = [(visit.report["outcomes"], visit.signals) for visit in rows(archive, t.visit)]
    assert told == [({"new": 1}, None), ({"unchanged": 3, "gone": 1}, {"feed": {"links": 3, "new": 0}})]


def test_what_was_fetched_of_any_address_is_known_with_its_validators_but_refusals_are_no_answers(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    picture, lost = "https://cdn.example/a.jpg", "https://cdn.example/lost.jpg"
    paper.answers(200, url=picture)
    paper.answers(304, url=picture, at=clock.advance(DAY))
    paper.answers(404, url=lost)
    for status in (403, 429, 503, None):
        paper.answers(status, url="https://cdn.example/refused.jpg")
        paper.answers(status, url=picture, at=clock.advance(HOUR))
    assert archive.fetched([picture, lost, "https://cdn.example/refused.jpg", OTHER]) == {
        picture: Fetched(fetched_at=START + DAY, etag='"020800"'),
        lost: Fetched(fetched_at=START + DAY, etag='"030800"'),
    }


def test_stories_are_counted_by_whole_weeks_since_the_first_visit_by_the_day_they_came_out(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    def out(number: int, published: datetime | None) -> None:
        paper.prints(url=f"https://lakeside.example/{number}/", title=f"Story {number}", published=published)

    for number in range(5):
        out(number, START - 30 * DAY)  # what a first visit finds did not come out that day
    assert archive.stories_by_week("lakeside", clock.advance(7 * DAY - MINUTE)) == ()
    for number in range(5, 8):
        out(number, clock() - HOUR)
    assert archive.stories_by_week("lakeside", clock.advance(MINUTE)) == (3,)
    clock.advance(10 * DAY)
    out(8, None)  # no date: the day it was seen first
    out(9, clock() + HOUR)
    assert archive.stories_by_week("lakeside", clock()) == (2, 3)
    assert archive.stories_by_week("lakeside", clock(), most=1) == (2,)
    assert archive.stories_by_week("lakeside", clock.advance(40 * DAY)) == (0, 0, 0, 0)
    assert archive.stories_by_week("highland", clock()) == ()


def test_a_denied_address_matches_a_pattern_that_was_not_lifted(archive: Archive) -> None:
    archive.take_down("url", "https://lakeside.example/private/*", "court")
    archive.lift(archive.take_down("url", "*highland*", "court"), "withdrawn")
    assert archive.denied("https://lakeside.example/private/1/")
    assert not archive.denied(STORY)
    assert not archive.denied("https://highland.example/")


def test_copies_names_the_articles_that_say_the_same_earliest_first(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints()
    clock.advance(HOUR)
    Paper(archive, clock, "highland").prints(url="https://highland.example/flood/")
    keys = archive.copies(reading(views=9))
    assert [archive.known(site, [url])[url].article for site, url in
            (("lakeside", STORY), ("highland", "https://highland.example/flood/"))] == keys  # fmt: skip
    assert archive.copies(reading(title="Something else")) == []


def test_profiles_are_kept_beside_the_story_with_when_they_were_seen(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(profiles=(Profile(name=None, text="Ana covers the river."),))
    paper.prints(profiles=(Profile(name="Ana Peñaflor", text="Ana covers the river."),), at=clock.advance(DAY))
    paper.prints(profiles=(Profile(name="ANA PENAFLOR", text="Ana left."),), at=clock.advance(DAY))
    paper.prints(authors=("Ana Peñaflor", "Jun"), profiles=(Profile(name=None, text="Whose?"),), at=clock.advance(DAY))
    told = [(row.text, row.first_seen_at, row.last_seen_at) for row in rows(archive, t.author_profile)]
    assert told == [("Ana covers the river.", START, START + DAY), ("Ana left.", START + 2 * DAY, START + 2 * DAY)]


def test_what_a_page_asks_of_archives_is_noted(paper: Paper, archive: Archive) -> None:
    paper.prints(opt_outs=("noarchive", "tdm-reservation=1"))
    assert [(row.signal, row.value) for row in rows(archive, t.opt_out)] == [("noarchive", "yes"),
                                                                             ("tdm-reservation", "1")]  # fmt: skip


def test_an_address_that_cannot_be_parsed_is_kept_like_any_other(paper: Paper, archive: Archive) -> None:
    bad = ("https://lakeside.example:port/", "https://[lakeside/", "https://lakeside.example:99999/")
    for url in bad:
        assert archive.keep(paper.capture(url))
    to_nowhere = paper.capture(status=302, headers=(("Location", "http://[::1/"),))
    assert archive.keep(to_nowhere)
    assert {row.url for row in rows(archive, t.url)} >= {*bad, "http://[::1/"}


def test_half_a_character_in_a_text_is_kept(paper: Paper) -> None:
    # JSON-LD cuts an emoji in two now and then: "\ud83d" alone is a str that cannot be encoded.
    assert paper.prints(title="Flood \ud83d", body=[*BODY, "Half \udcff"], authors=("A\ud83d",)) is Outcome.NEW
    [version] = paper.versions()
    assert (version["title"], version["authors"]) == ("Flood \ufffd", ["A\ufffd"])
    assert version["body"].endswith("\n\nHalf \ufffd")


# ------------------------------------------------------------------ opening, closing, time


def test_an_archive_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NoArchiveError, match="no archive here"):
        Archive(tmp_path / "nothing", readonly=True)
    assert not (tmp_path / "nothing").exists()


def test_a_reader_makes_and_seals_nothing(paper: Paper, home: Path, archive: Archive) -> None:
    paper.prints()
    with Archive(home, readonly=True) as reader:
        assert reader.known("lakeside", [STORY])
    assert [path.suffix for path in archive.warc_folder.iterdir()] == [".open"]


def test_a_home_that_cannot_be_made_is_an_archive_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="cannot make the archive's folder"):
        Archive(tmp_path / "file" / "home")


REFUSE = {
    "sqlite": ["CREATE TRIGGER refuse BEFORE INSERT ON capture BEGIN SELECT RAISE(ABORT, 'no room'); END"],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON capture FOR EACH ROW EXECUTE FUNCTION refuse()",
    ],
}


def test_a_database_that_refuses_is_a_store_error(paper: Paper, archive: Archive) -> None:
    paper.begin()
    with archive.engine.begin() as connection:
        for statement in REFUSE[archive.engine.dialect.name]:
            connection.exec_driver_sql(statement)
    with pytest.raises(StoreError, match="cannot write: no room"):
        archive.keep(paper.capture())


def test_known_time_never_goes_back_even_if_the_clock_does(
    paper: Paper, home: Path, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(title="One")
    clock.now = START - 30 * DAY
    paper.prints(title="Two", at=START + DAY)
    paper.end()
    archive.close()
    with Archive(home, clock=clock) as again:
        late = Paper(again, clock)
        late.prints(title="Three", at=START + 2 * DAY)
        known = [row.known_from for row in rows(again, t.reading)]
    assert known == sorted(set(known))
    assert len(known) == 3
    assert timedelta(0) <= known[0] - START <= known[-1] - START < timedelta(milliseconds=1)


def test_two_processes_may_write_to_one_archive(paper: Paper, home: Path, archive: Archive) -> None:
    with Archive(home, clock=paper.clock) as other:
        highland = Paper(other, paper.clock, "highland")
        for number in range(5):
            paper.prints(url=f"https://lakeside.example/{number}/", title=f"Lake {number}")
            highland.prints(url=f"https://highland.example/{number}/", title=f"High {number}")
    assert len(rows(archive, t.article)) == 10


@pytest.mark.sqlite
def test_every_commit_is_synced_in_a_log_of_its_own(home: Path, archive: Archive) -> None:
    with archive.engine.connect() as connection:
        told = [connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")]  # fmt: skip
    assert told == ["wal", 2, 1]


def test_the_end_of_a_visit_is_in_the_database_too(paper: Paper, archive: Archive) -> None:
    paper.begin(facts={"delay": 2})
    paper.end(exit_status=3, signals={"feed": 2}, problems=["no new stories"])
    [visit] = rows(archive, t.visit)
    assert (visit.exit_status, visit.signals, visit.problems) == (3, {"feed": 2}, ["no new stories"])
    [site] = rows(archive, t.site)
    assert (site.name, site.languages, site.facts) == ("lakeside", ["en", "tl"], {"delay": 2})


def test_a_visit_tells_what_a_site_is_now(paper: Paper, archive: Archive) -> None:
    paper.begin()
    paper.begin(title="The Lakeside Times")
    assert [row.title for row in rows(archive, t.site)] == ["The Lakeside Times"]


# ------------------------------------------------------------------ groups


def test_a_group_is_synced_once_and_says_what_single_saves_say(
    paper: Paper, archive: Archive, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.prints()
    synced: list[int] = []
    sync = os.fdatasync
    monkeypatch.setattr("archive.warc.os.fdatasync", lambda handle: (synced.append(handle), sync(handle)))
    told = [
        ToSave(paper.capture(at=START + DAY), reading(title="Two", canonical=STORY)),
        ToSave(paper.capture(at=START + 2 * DAY), reading(title="Two", canonical=STORY)),
        ToSave(paper.capture(at=START + 3 * DAY, status=304)),
        ToSave(paper.capture("https://lakeside.example/new/", START + DAY), reading(body=["Another story."])),
        ToSave(paper.capture(at=START + DAY), reading(title="Two", canonical=STORY)),
    ]
    assert archive.save_all(told) == [
        Outcome.STEALTH, Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.NEW, Outcome.KNOWN,
    ]  # fmt: skip
    assert len(synced) == 1
    assert [version["title"] for version in paper.versions()][1:] == ["Two"]
    assert paper.versions()[-1]["last_seen"] == "2026-11-05T08:00:00Z"


def test_a_group_is_kept_whole_or_not_at_all(paper: Paper, home: Path, archive: Archive) -> None:
    paper.prints()
    before = [len(rows(archive, table)) for table in (t.capture, t.reading, t.version)]
    lost = ToSave(capture("https://lakeside.example/2/", visit="no such visit"), reading(body=["Lost."]))
    with pytest.raises(ArchiveError, match="was not begun"):
        archive.save_all([ToSave(paper.capture(at=START + DAY), reading(title="Two", canonical=STORY)), lost])
    assert [len(rows(archive, table)) for table in (t.capture, t.reading, t.version)] == before

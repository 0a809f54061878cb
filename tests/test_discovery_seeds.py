from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive import Signal
from crawler.discovery.seeds import MOST_FAILURES, Seeds, is_unmoved, may_guess, seeds
from crawler.site import Discover, Site

NOW = datetime(2026, 10, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOME = "https://panublion.example/"
FEED, MAP, NEWS, ROOT = f"{HOME}feed/", f"{HOME}sitemap.xml", f"{HOME}news/", f"{HOME}wp-json/"


def site(**discover: object) -> Site:
    return Site(name="panublion", title="Panublion", url=HOME, discover=Discover(**discover))  # type: ignore[arg-type]


def remembered(kind: str, url: str, ago: timedelta = DAY, **more: object) -> Signal:
    told = {"seen_at": NOW - ago, "read_at": NOW - ago, "yielded_at": NOW - ago} | more
    return Signal(kind=kind, url=url, **told)  # type: ignore[arg-type]


def asked(found: Seeds) -> list[tuple[str, str]]:
    return [(seed.kind, seed.url) for seed in found.listings]


def test_every_kind_that_the_site_file_names_is_asked_beside_the_others() -> None:
    found = seeds(site(wordpress=True, feeds=(FEED,), sitemaps=(MAP,), sections=(NEWS, HOME)), (), NOW)
    assert asked(found) == [("wordpress", ROOT), ("sitemap", MAP), ("feed", FEED), ("section", NEWS)]
    assert found.front is not None
    assert found.front.is_named
    assert found.wanted == set()


def test_an_empty_list_says_that_there_is_none_and_nothing_is_looked_for() -> None:
    found = seeds(site(wordpress=False, feeds=(), sitemaps=(MAP,), sections=()), (), NOW)
    assert (asked(found), found.front, found.wanted) == ([("sitemap", MAP)], None, set())


def test_what_the_site_file_does_not_say_is_looked_for_once_then_remembered() -> None:
    first = seeds(site(), (), NOW)
    assert (asked(first), first.wanted) == ([], {"wordpress", "sitemap", "feed"})
    assert first.front is not None
    known = (
        remembered("feed", FEED), remembered("sitemap", MAP), remembered("section", HOME, yielded_at=None),
        remembered("wordpress", ROOT, read_at=None, failures=1), remembered("sitemap", f"{MAP}?2", depth=1),
    )  # fmt: skip
    second = seeds(site(), known, NOW)
    assert asked(second) == [("sitemap", MAP), ("feed", FEED)]
    assert second.front is None, "it told nothing that the others did not tell"
    later = seeds(site(), known, NOW + 31 * DAY)
    assert later.front is not None
    assert ("wordpress", ROOT) in asked(later)


@pytest.mark.parametrize(
    ("failures", "seen", "read", "is_asked"),
    [
        (MOST_FAILURES - 1, DAY, 20 * DAY, True),
        (MOST_FAILURES, DAY, 2 * DAY, True),  # hourly visits in a bad night
        (MOST_FAILURES, DAY, 8 * DAY, False),
        (MOST_FAILURES, 30 * DAY, 40 * DAY, True),
    ],
)
def test_a_listing_that_we_found_is_retired_when_it_answers_no_more(failures, seen, read, is_asked) -> None:
    feed = replace(remembered("feed", FEED, seen, read_at=NOW - read), failures=failures)
    assert (("feed", FEED) in asked(seeds(site(), [feed], NOW))) is is_asked
    named = seeds(site(feeds=(FEED,)), [feed], NOW)
    assert ("feed", FEED) in asked(named), "the site file is the last word"


@pytest.mark.parametrize(
    ("yielded", "seen", "is_asked"), [(DAY, DAY, True), (9 * DAY, DAY, False), (9 * DAY, 7 * DAY, True)]
)
def test_a_section_is_asked_while_it_tells_what_others_do_not_and_else_once_a_week(yielded, seen, is_asked) -> None:
    section = remembered("section", NEWS, seen, yielded_at=NOW - yielded)
    assert (("section", NEWS) in asked(seeds(site(), [section], NOW))) is is_asked


def test_the_kinds_of_signals_can_be_narrowed() -> None:
    found = seeds(site(feeds=(FEED,), wordpress=True), (), NOW, ["feed"])
    assert (asked(found), found.front, found.wanted) == ([("feed", FEED)], None, set())


def test_an_address_is_guessed_once_a_month() -> None:
    missing = [remembered("feed", FEED, 3 * DAY, read_at=None, failures=1)]
    assert may_guess(FEED, (), NOW)
    assert not may_guess(FEED, missing, NOW)
    assert may_guess(FEED, missing, NOW + 30 * DAY)


def test_a_map_is_read_again_when_its_index_tells_of_a_change_or_cannot() -> None:
    told, midnight = NOW - 3 * DAY, datetime(2026, 10, 9, tzinfo=UTC)
    read = remembered("sitemap", MAP, told_at=told)
    assert is_unmoved(read, told, NOW)
    assert not is_unmoved(read, told + DAY, NOW)
    assert not is_unmoved(read, None, NOW)
    assert not is_unmoved(replace(read, state="broken XML"), told, NOW)
    assert not is_unmoved(replace(read, read_at=NOW - 7 * DAY), told, NOW), "once a week the index may be proved wrong"
    dated = replace(read, told_at=midnight, read_at=midnight + timedelta(hours=9))
    assert not is_unmoved(dated, midnight, NOW), "a bare date hides what changed later that day"
    assert is_unmoved(replace(dated, read_at=midnight + DAY), midnight, NOW)

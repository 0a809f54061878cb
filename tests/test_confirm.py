from collections import Counter

import pytest

from archive import Signal
from crawler.confirm import CONFIRMED, OUTSIDE_PATTERN, advice, confirmation, layout_advice, state_of
from crawler.discovery.links import refused
from crawler.site import Discover, Expect, Site

FEED, MAP = "https://panublion.example/feed/", "https://panublion.example/sitemap.xml"
SITE = Site(
    name="panublion", title="Panublion Daily", url="https://panublion.example/", languages=("en", "tl"),
    confirmed=False, discover=Discover(wordpress=True, feeds=(FEED,), sitemaps=(MAP,), article=r"^/\d{4}/"),
)  # fmt: skip
WELL = (Signal(kind="feed", url=FEED), Signal(kind="sitemap", url=MAP), Signal(kind="wordpress", url="w"))


def told(signals=WELL, links=20, outside=2, languages=None, site=SITE):
    return confirmation(site, signals, links, outside, Counter(en=8, tl=2) if languages is None else languages)


def test_a_visit_in_which_every_fact_held_confirms_the_file():
    found = told()
    assert found == {
        "confirmed": True,
        "held": ["feeds", "sitemaps", "wordpress", "article", "languages"],
        "failed": [],
    }
    assert state_of(found) == CONFIRMED
    assert advice(found) == (
        "its facts hold (feeds, sitemaps, wordpress, article, languages): set confirmed = true"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"signals": (Signal(kind="feed", url=FEED, state="answered 404"),)},
         f"feeds: answered 404: take out or mend {FEED}"),
        ({"signals": (*WELL[:2], Signal(kind="wordpress", url="w", state="answered 401"))},
         "wordpress: answered 401: write wordpress = false"),
        ({"links": 1, "outside": 19}, r"article: 19 of 20 addresses do not match '^/\d{4}/': mend it or take it out"),
        ({"languages": Counter(ceb=9, en=1)}, 'languages: 9 of 10 stories are in ceb: languages = ["ceb", "en"]'),
    ],
)  # fmt: skip
def test_a_fact_that_did_not_hold_is_said_with_the_line_to_change(changes, said):
    found = told(**changes)
    assert found["failed"] == [said]
    assert found["confirmed"] is False
    assert state_of(found) == said
    assert advice(found).startswith(said)


def test_what_the_pattern_keeps_out_is_counted_under_the_reason_that_discovery_gives():
    assert refused("https://panublion.example/about/", SITE) == OUTSIDE_PATTERN


def test_what_the_visit_saw_nothing_of_is_neither_held_nor_failed():
    found = told(signals=(), links=2, outside=0, languages=Counter())
    assert found == {"confirmed": False, "held": [], "failed": []}
    assert state_of(found) is None
    assert advice(found) == "too little was seen to judge it (held: nothing)"


def test_a_visit_without_new_stories_takes_nothing_back():
    found = told(languages=Counter())
    assert found["confirmed"] is False
    assert state_of(found) is None


def test_a_file_that_a_person_has_confirmed_is_not_judged():
    confirmed = Site(name="panublion", title="Panublion Daily", url="https://panublion.example/")
    assert told(site=confirmed) is None


def test_a_field_that_has_fallen_away_is_taken_for_a_new_layout():
    lines = layout_advice(SITE, {"body": 0.3, "title": 1.0}, {"body": 0.98, "title": 1.0})
    assert len(lines) == 1
    assert lines[0].startswith("body in 30% of the last readings, 98% before: layout changed?")
    assert "[[read.earlier]]" in lines[0]
    assert "until" in lines[0]


def test_what_the_file_expects_stands_for_what_was_before_when_little_was_read():
    site = Site(name="p", title="P", url="https://panublion.example/", expect=Expect(fields={"views": 0.5}))
    assert layout_advice(site, {"views": 0.1}, {})
    assert layout_advice(site, {"views": 0.4}, {}) == []


def test_a_field_that_was_always_rare_or_is_not_known_yet_gives_no_advice():
    assert layout_advice(SITE, {"comments": 0.05}, {"comments": 0.15}) == []
    assert layout_advice(SITE, {}, {"body": 1.0}) == []

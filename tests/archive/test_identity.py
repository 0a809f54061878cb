"""Which article a page belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive import Outcome
from archive import tables as t
from archive.identity import mint_key
from tests.archive.make import DAY, HOUR, START, STORY, Paper, SettableClock, reading, record_id, rows

if TYPE_CHECKING:
    from archive import Archive

RENAMED = "https://lakeside.example/2026/11/flood-toll-rises/"


def test_an_address_names_its_article(paper: Paper, clock: SettableClock) -> None:
    paper.prints()
    clock.advance(DAY)
    assert paper.prints(title="Another headline") is Outcome.STEALTH


def test_a_renamed_story_keeps_its_article_by_the_sites_own_id(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(wp="77")
    clock.advance(DAY)
    assert paper.prints(url=RENAMED, wp="77") is Outcome.RENAMED
    assert len(rows(archive, t.article)) == 1
    told = paper.history(STORY)
    assert told == paper.history(RENAMED)
    assert [(address["url"], address["from"], address["role"]) for address in told.urls] == [
        (STORY, "2026-11-02T08:00:00Z", "page"), (RENAMED, "2026-11-03T08:00:00Z", "page"),
    ]  # fmt: skip


def test_a_third_text_of_a_renamed_story_is_number_three(paper: Paper, clock: SettableClock) -> None:
    paper.prints(wp="77")
    paper.prints(wp="77", title="Two", at=clock.advance(DAY))
    paper.prints(url=RENAMED, wp="77", title="Three", at=clock.advance(DAY))
    assert [version["version"] for version in paper.versions(RENAMED)] == [1, 2, 3]


OLD = "http://old.example/2026/11/flood/"


@pytest.mark.parametrize(
    "url", ["http://lakeside.example/2026/11/flood/", "https://www.lakeside.example/2026/11/flood/"]
)
def test_a_site_that_went_to_https_or_lost_its_www_keeps_its_stories(
    paper: Paper, archive: Archive, clock: SettableClock, url: str
) -> None:
    paper.prints(url=url, canonical=url)
    assert paper.prints(at=clock.advance(DAY), title="Another headline") is Outcome.STEALTH
    # Two stories of one host are told apart by their ids, whatever else they share.
    paper.prints(url="http://lakeside.example/b/", canonical="http://lakeside.example/b/", wp="8", title="B")
    assert paper.prints(url="https://lakeside.example/b/", wp="9", title="B", at=clock.advance(DAY)) is Outcome.NEW
    assert len(rows(archive, t.article)) == 3


def test_a_paper_that_moved_host_keeps_its_stories_by_path_beside_headline_or_date(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.begin(url="http://old.example/")
    paper.prints(url=OLD, canonical=OLD, wp="77")
    reused = "http://old.example/2026/11/market/"
    paper.prints(url=reused, canonical=reused, title="Market opens", wp="78")
    paper.end()
    clock.advance(DAY)
    paper.begin(facts={"former_urls": ["http://old.example/"]})
    assert paper.prints(url=STORY, title="Flood: two drowned", wp="5") is Outcome.STEALTH  # same moment of publication
    # The new system gives another story the number that the old one had given the market.
    other = "https://lakeside.example/2026/11/fire/"
    assert paper.prints(url=other, title="Fire", published=clock(), wp="78") is Outcome.NEW
    # A path alone is no proof.
    assert paper.prints(url="https://lakeside.example/2026/11/market/", title="Market closes", published=clock(),
                        wp="79") is Outcome.NEW  # fmt: skip
    assert paper.prints(at=clock.advance(DAY), url="https://lakeside.example/x/", canonical=None, title="New",
                        published=clock(), wp="77") is Outcome.NEW  # fmt: skip
    assert paper.history(OLD).key == paper.history(STORY).key
    assert len(rows(archive, t.article)) == 5


def test_a_reused_address_with_another_id_is_another_article(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(wp="77")
    clock.advance(DAY)
    assert paper.prints(wp="78", title="Council meets") is Outcome.NEW
    first, second = rows(archive, t.article)
    assert paper.history(STORY).key == second.key
    assert rows(archive, t.article_url)[0].valid_to == START + DAY
    assert paper.history(first.key).versions[0]["title"] == "Flood closes the old bridge"


def test_an_address_that_was_only_claimed_as_canonical_takes_nothing_away(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(wp="77")
    paper.prints(url=RENAMED, wp="78", title="Council meets", canonical=STORY, at=clock.advance(DAY))
    assert paper.history(STORY).versions[0]["title"] == "Flood closes the old bridge"


def test_the_canonical_address_is_an_alias_from_the_first_capture(paper: Paper, clock: SettableClock) -> None:
    amp = STORY + "amp/"
    paper.prints(url=amp, canonical=STORY)
    clock.advance(HOUR)
    assert paper.prints(url=STORY) is Outcome.UNCHANGED
    roles = {address["url"]: address["role"] for address in paper.history(amp).urls}
    assert roles == {amp: "page", STORY: "canonical"}


@pytest.mark.parametrize(
    ("title", "outcome"),
    [("Flood closes the old bridge", Outcome.RENAMED), ("Council meets", Outcome.NEW)],
)
def test_a_json_ld_identifier_counts_only_beside_the_same_headline(
    paper: Paper, clock: SettableClock, title: str, outcome: Outcome
) -> None:
    paper.prints(ld="story-9")
    clock.advance(DAY)
    assert paper.prints(url=RENAMED, ld="story-9", title=title) is outcome


def test_the_same_id_on_two_sites_is_two_articles(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(wp="77")
    Paper(archive, clock, "highland").prints(url="https://highland.example/77/", wp="77")
    assert len(rows(archive, t.article)) == 2


def test_an_address_without_an_id_belongs_to_the_article_that_has_one(paper: Paper, clock: SettableClock) -> None:
    paper.prints(wp="77")
    clock.advance(DAY)
    assert paper.prints(title="Another headline") is Outcome.STEALTH


def test_an_id_that_appears_later_is_learned(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints()
    paper.prints(wp="77", at=clock.advance(DAY))
    clock.advance(DAY)
    assert paper.prints(url=RENAMED, wp="77") is Outcome.RENAMED
    assert len(rows(archive, t.article)) == 1


def test_two_hundred_permalinks_of_one_day_are_two_hundred_articles(paper: Paper, archive: Archive) -> None:
    # news-please takes the last part of the path and a second as a name, and keeps 50 of 200.
    keys = set()
    for number in range(200):
        url = f"https://lakeside.example/2026/11/02/{number:03}/flood/"
        taken = paper.capture(url)
        read = reading(f"Flood report {number}", canonical=url)
        keys.add(archive.resolve("lakeside", taken, read))
        assert archive.save(taken, read) is Outcome.NEW
    assert len(keys) == len(rows(archive, t.article)) == len(rows(archive, t.version)) == 200


def test_a_story_without_an_id_that_moved_is_known_by_its_text_and_date(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints()
    clock.advance(DAY)
    assert paper.prints(url=RENAMED) is Outcome.UNCHANGED
    assert len(rows(archive, t.article)) == 1


@pytest.mark.parametrize("other", [{"published": START}, {"published": None}, {"title": "Other"}, {"wp": "78"}])
def test_the_same_text_of_another_day_or_with_another_id_is_another_article(
    paper: Paper, archive: Archive, clock: SettableClock, other: dict[str, object]
) -> None:
    paper.prints(wp="77")
    clock.advance(DAY)
    assert paper.prints(url=RENAMED, **other) is Outcome.NEW
    assert len(rows(archive, t.article)) == 2


def test_a_key_is_made_from_the_record_and_the_site(paper: Paper, archive: Archive) -> None:
    one = mint_key("lakeside", record_id("one"))
    assert one == mint_key("lakeside", record_id("one"))
    assert len({one, mint_key("lakeside", record_id("two")), mint_key("highland", record_id("one"))}) == 3
    assert len(one) == 13
    assert one.isalnum()
    assert one == one.lower()
    taken = paper.capture()
    assert archive.resolve("lakeside", taken, reading()) == mint_key("lakeside", taken.record_id)


def test_an_older_capture_dates_an_alias_back(paper: Paper, clock: SettableClock) -> None:
    paper.prints(wp="77", at=START + DAY)
    paper.prints(wp="77", at=START)
    [address] = paper.history().urls
    assert address["from"] == "2026-11-02T08:00:00Z"


def test_an_older_capture_of_another_story_takes_the_address_from_nobody(paper: Paper, archive: Archive) -> None:
    paper.prints(wp="78", title="Council meets", at=START + DAY)
    paper.prints(wp="77", at=START)
    assert paper.history(STORY).versions[0]["title"] == "Council meets"
    assert len(rows(archive, t.article)) == 2


def test_a_404_belongs_to_the_article_that_had_the_address_then(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(wp="77")
    paper.prints(wp="78", title="Council meets", at=START + 5 * DAY)
    paper.answers(410, at=START + DAY)
    assert paper.end() == {Outcome.GONE: 1}
    first, second = rows(archive, t.article)
    assert (first.state, second.state) == (t.State.GONE, t.State.LIVE)


def test_answers_seen_before_an_article_was_known_become_its_own(paper: Paper, clock: SettableClock) -> None:
    paper.answers(404, at=START + 3 * DAY)
    paper.answers(304, at=START + DAY)
    paper.end()
    paper.prints(at=START)
    told = paper.history()
    assert (told.captures, told.state) == (3, "missing")
    assert told.versions[0]["last_seen"] == "2026-11-03T08:00:00Z"

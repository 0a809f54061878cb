"""The shape of an article as it is exported."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from archive import Author, Counter, Moment, Profile, corpus
from archive import tables as t
from archive.describe import printed, stamp
from archive.scan import read_record
from archive.selection import Selection
from tests.archive.make import BODY, DAY, HOUR, READER, START, STORY, Paper, SettableClock, reading, record_id

if TYPE_CHECKING:
    from archive import Archive

# The design, "An article, as exported".
KEYS = [
    "id", "site", "url", "canonical_url", "version", "valid_from", "valid_to", "not_before", "change", "stealth",
    "first_seen", "last_seen", "state",
    "title", "standfirst", "body", "dateline", "agency", "authors",
    "byline", "published", "modified", "language", "section",
    "tags", "images", "access", "word_count", "views", "comments", "views_at", "cluster", "near_duplicates",
    "capture", "reader", "sources",
]  # fmt: skip
MANILA = timezone(timedelta(hours=8))


def test_an_article_has_exactly_the_keys_of_the_design(paper: Paper, archive: Archive) -> None:
    paper.prints(views=4)
    told = corpus.article(archive, STORY)
    assert sorted(told) == sorted(KEYS)
    assert set(told["authors"][0]) == {"name", "kind", "url", "profile", "profile_language"}
    assert set(told["capture"]) == {"id", "fetched_at", "status", "warc", "offset", "length", "payload_sha256"}
    assert told["reader"] == {"name": READER.name, "version": READER.version}
    assert sorted(corpus.article(archive, STORY, counters=True)) == sorted([*KEYS, "counters"])


def test_every_article_of_an_export_has_the_same_keys(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(title=None, body=(), authors=(), published=None, language=None)
    paper.prints(url="https://lakeside.example/2/", title="Second")
    paper.prints(url="https://lakeside.example/2/", title="Second", at=clock.advance(DAY))
    paper.end()
    paper.visited(410, at=START + 3 * DAY, url="https://lakeside.example/2/")
    paper.visited(304, at=START + 4 * DAY, url="https://lakeside.example/2/")
    told = list(corpus.articles(archive, Selection()))
    assert len(told) == 2
    assert all(sorted(article) == sorted(KEYS) for article in told)


def test_an_article_is_told_as_it_was_printed(paper: Paper, archive: Archive) -> None:
    paper.prints(
        title="Flood “closes” bridge", standfirst="Families sleep in the school", dateline="PANUBLION", agency="PNA",
        authors=("Ana Peñaflor",), byline="By ANA PEÑAFLOR", section="Local", tags=("flood", "river"),
        images=("https://lakeside.example/1.jpg",), access="free", sources={"title": "h1"}, modified=START,
        published=(START - HOUR).astimezone(MANILA), views=1204, comments=0,
        profiles=(Profile(name="Ana Penaflor", text="Sumasaklaw si Ana sa ilog.", language="tl"),),
    )  # fmt: skip
    told = corpus.article(archive, STORY)
    assert told["title"] == "Flood “closes” bridge"
    assert told["body"] == "\n\n".join(BODY)
    assert told["word_count"] == 43
    assert (told["standfirst"], told["dateline"], told["agency"], told["byline"]) == (
        "Families sleep in the school", "PANUBLION", "PNA", "By ANA PEÑAFLOR",
    )  # fmt: skip
    assert told["authors"] == [
        {"name": "Ana Peñaflor", "kind": "person", "url": None, "profile": "Sumasaklaw si Ana sa ilog.",
         "profile_language": "tl"},
    ]  # fmt: skip
    assert (told["published"], told["modified"]) == ("2026-11-02T15:00:00+08:00", "2026-11-02T08:00:00+00:00")
    assert (told["section"], told["tags"], told["images"]) == ("Local", ["flood", "river"],
                                                               ["https://lakeside.example/1.jpg"])  # fmt: skip
    assert (told["views"], told["comments"], told["views_at"]) == (1204, 0, "2026-11-02T08:00:00Z")
    assert (told["access"], told["language"], told["sources"]) == ("free", "en", {"title": "h1"})
    assert (told["url"], told["canonical_url"]) == (STORY, STORY)


def test_a_date_without_a_time_stays_a_date(paper: Paper, archive: Archive) -> None:
    day = Moment(at=datetime(2026, 11, 2, tzinfo=MANILA), precision="day")
    paper.prints(published=None, modified=None)
    told = corpus.article(archive, STORY)
    assert (told["published"], told["modified"]) == (None, None)
    paper.prints(replace(reading("Third", canonical="https://lakeside.example/3/"), published=day),
                 url="https://lakeside.example/3/")  # fmt: skip
    assert corpus.article(archive, "https://lakeside.example/3/")["published"] == "2026-11-02"


def test_the_profile_of_the_only_author_needs_no_name(paper: Paper, archive: Archive) -> None:
    nameless = (Profile(name=None, text="She covers the river."),)
    paper.prints(profiles=nameless)
    paper.prints(url="https://lakeside.example/2/", title="2", authors=("Ana", "Jun"), profiles=nameless)
    assert corpus.article(archive, STORY)["authors"][0]["profile"] == "She covers the river."
    both = corpus.article(archive, "https://lakeside.example/2/")["authors"]
    assert [author["profile"] for author in both] == [None, None]


def test_an_agency_is_no_person(paper: Paper, archive: Archive) -> None:
    wire = Author(name="Coast News Agency", kind="organisation", url="https://coast.example/")
    paper.prints(replace(reading(canonical=STORY), authors=(wire,)))
    [author] = corpus.article(archive, STORY)["authors"]
    assert (author["kind"], author["url"]) == ("organisation", "https://coast.example/")


def test_the_newest_counter_of_any_source_is_told(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(views=100)
    other = (Counter(metric="views", value=7, source="script", exact=False, raw="7"),)
    paper.prints(counters=other, at=clock.advance(DAY))
    told = corpus.article(archive, STORY, counters=True)
    assert (told["views"], told["views_at"]) == (7, "2026-11-03T08:00:00Z")
    assert [(run["source"], run["value"], run["exact"]) for run in told["counters"]] == [
        ("page", 100, True), ("script", 7, False),
    ]  # fmt: skip


def test_the_address_told_is_the_one_where_it_was_last_read(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    moved = "https://lakeside.example/moved/"
    paper.prints(wp="7")
    paper.prints(url=moved, wp="7", at=clock.advance(DAY))
    assert corpus.article(archive, STORY)["url"] == moved


def test_the_capture_told_is_in_the_warc_file_where_it_says(paper: Paper, archive: Archive) -> None:
    paper.prints()
    told = corpus.article(archive, STORY)["capture"]
    assert told["id"] == f"urn:uuid:{record_id(STORY, START, 200)}"
    assert (told["status"], told["fetched_at"]) == (200, "2026-11-02T08:00:00Z")
    archive.close()
    record = read_record(archive.warc_folder / told["warc"], told["offset"])
    assert record.place.length == told["length"]
    body = record.block.partition(b"\r\n\r\n")[2]
    assert hashlib.sha256(body).hexdigest() == told["payload_sha256"]


def test_exact_copies_on_two_sites_name_each_other(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints()
    alone = corpus.article(archive, STORY)
    assert (alone["cluster"], alone["near_duplicates"]) == (None, [])
    clock.advance(DAY)
    copy = "https://highland.example/flood/"
    Paper(archive, clock, "highland").prints(url=copy)
    first, second = corpus.article(archive, STORY), corpus.article(archive, copy)
    assert first["cluster"] == second["cluster"] == first["id"]
    assert (first["near_duplicates"], second["near_duplicates"]) == ([second["id"]], [first["id"]])


def test_modified_is_what_the_page_stated_last_while_it_read_so(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(modified=START)
    paper.prints(modified=START + 5 * HOUR, at=clock.advance(6 * HOUR))  # moved, and nothing else changed
    paper.prints(modified=START + 9 * HOUR, body=(*BODY, "Another end."), at=clock.advance(6 * HOUR))
    assert corpus.article(archive, STORY, at=START)["modified"] == "2026-11-02T13:00:00+00:00"
    assert corpus.article(archive, STORY)["modified"] == "2026-11-02T17:00:00+00:00"


TIMES = st.integers(-6 * 10**16, 25 * 10**16).map(t.from_micros)  # years 68 to 9892


@given(TIMES)
def test_a_time_is_told_as_the_calendar_has_it(at: datetime) -> None:
    told = stamp(at)
    assert told is not None
    assert told == at.isoformat().replace("+00:00", "Z")
    assert datetime.fromisoformat(told) == at


@given(TIMES, st.integers(-14 * 60, 14 * 60))
def test_a_printed_time_keeps_the_clock_of_its_paper(at: datetime, minutes: int) -> None:
    there = at.astimezone(timezone(timedelta(minutes=minutes)))
    assert printed(at, minutes, "second") == there.isoformat(timespec="seconds")
    assert printed(at, minutes, "day") == there.date().isoformat()


def test_an_end_that_has_not_come_is_not_told() -> None:
    assert stamp(None) is stamp(t.FOREVER) is None

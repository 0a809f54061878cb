from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from archive.records import Moment
from crawler.reading import dates
from crawler.reading.dates import Clock, parse_moment
from tests.reading.build import FETCHED_AT, SITE, json_ld, page, story

MANILA = ZoneInfo("Asia/Manila")
CLOCK = Clock(MANILA, FETCHED_AT, ("en", "tl"), month_first=True)
GERMAN = Clock(ZoneInfo("Europe/Berlin"), FETCHED_AT, ("de",), month_first=False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-05-02T08:15:00+08:00", "2026-05-02T08:15:00+08:00"),
        ("2026-05-02T08:15:00.123Z", "2026-05-02T08:15:00+00:00"),
        ("2026-05-02T08:15:00-0330", "2026-05-02T08:15:00-03:30"),
        ("2026-05-02 08:15", "2026-05-02T08:15:00+08:00"),
        ("2026-05-02", "2026-05-02"),
        ("20260502", "2026-05-02"),
        ("20260502T081500Z", "2026-05-02T08:15:00+00:00"),
        ("1777680900", "2026-05-02T08:15:00+08:00"),
        ("1777680900000", "2026-05-02T08:15:00+08:00"),
        ("Sat, 02 May 2026 08:15:00 +0800", "2026-05-02T08:15:00+08:00"),
        ("May 2, 2026", "2026-05-02"),
        ("Saturday, May 2nd, 2026", "2026-05-02"),
        ("May 2, 2026 8:15 am", "2026-05-02T08:15:00+08:00"),
        ("2026/05/02 08:15:30", "2026-05-02T08:15:30+08:00"),
        ("05/02/2026", "2026-05-02"),
        ("13/05/2025", "2025-05-13"),
        ("5/2/2026 8:15 PM", "2026-05-02T20:15:00+08:00"),
        ("Published: May 2, 2026", "2026-05-02"),
        ("Ika-2 ng Mayo 2026", "2026-05-02"),
        ("Nobiembre 4, 2025", "2025-11-04"),
        ("Hulyo 4, 2025 10:30 ng umaga", "2025-07-04T10:30:00+08:00"),
        ("Hulyo 4, 2025 10:30 ng gabi", "2025-07-04T22:30:00+08:00"),
        ("ika-2 sa Hunyo 2025", "2025-06-02"),
        ("Disiembre 25, 2025", "2025-12-25"),
        ("Domingo, Hunyo 1, 2025", "2025-06-01"),
        ("Mayo 2, 2026 alas-2:15 ng hapon", "2026-05-02T14:15:00+08:00"),
        ("Hunyo 2, 2025 10:30 sa buntag", "2025-06-02T10:30:00+08:00"),
        ("Hunyo 2, 2025 3:00 sa hapon", "2025-06-02T15:00:00+08:00"),
        ("3 araw na ang nakakaraan", "2026-05-01"),
        ("3 ka adlaw ang milabay", "2026-05-01"),
        ("gahapon", "2026-05-03"),
        ("2 hours ago", "2026-05-04"),
        ("25 minutes ago", "2026-05-04T09:35:00+08:00"),
        ("kahapon", "2026-05-03"),
    ],
)
def test_dates_as_sites_write_them(written: str, read: str) -> None:
    moment = parse_moment(written, CLOCK)
    assert moment is not None
    assert moment.isoformat() == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("02.05.2026, 08:15 Uhr", "2026-05-02T08:15:00+02:00"),
        ("05/02/2026", "2026-02-05"),
        ("2. Mai 2026", "2026-05-02"),
        ("erstellt: 02. Mai 2026, 15:25", "2026-05-02T15:25:00+02:00"),
    ],
)
def test_the_day_comes_first_outside_the_americas_and_the_philippines(written: str, read: str) -> None:
    moment = parse_moment(written, GERMAN)
    assert moment is not None
    assert moment.isoformat() == read


@pytest.mark.parametrize(
    "written", [None, "", "soon", "2026-13-45", "45/45/2026", "May 2026", "x" * 200, "99999999T99", "ab"]
)
def test_what_is_no_date_is_none(written: str | None) -> None:
    assert parse_moment(written, CLOCK) is None


def test_relative_dates_are_not_read_without_the_time_of_the_fetch() -> None:
    assert parse_moment("2 hours ago", Clock(MANILA, None, ("en",), month_first=True)) is None


def test_a_quick_look_leaves_dateparser_out() -> None:
    assert parse_moment("vorgestern", GERMAN) is not None
    assert parse_moment("vorgestern", GERMAN, is_quick=True) is None


@pytest.mark.parametrize("written", ["Sat, 02 May 2026 08:15:30 +0800", "02 May 2026 08:15:30 +0800"])
def test_the_date_of_a_header_is_read_without_dateparser(written: str) -> None:
    found = parse_moment(written, CLOCK, is_quick=True)
    assert found is not None
    assert found.at.isoformat() == "2026-05-02T08:15:30+08:00"


def test_a_time_as_c_prints_it_is_read_without_dateparser() -> None:
    found = parse_moment("Sat May  2 08:15:30 2026", CLOCK, is_quick=True)
    assert found is not None
    assert found.at.isoformat() == "2026-05-02T08:15:30+08:00"


def test_json_ld_is_trusted_before_meta_and_both_before_the_page() -> None:
    time = '<time datetime="2026-05-01T01:00:00+08:00">May 1</time>'
    meta = '<meta property="article:published_time" content="2026-05-02T09:00:00+08:00">'
    both = story(meta=time, head=meta + json_ld(datePublished="2026-05-02T08:15:00+08:00"))
    assert dates.published(both, CLOCK) == (
        Moment(at=datetime(2026, 5, 2, 8, 15, tzinfo=timezone(timedelta(hours=8)))),
        "json-ld",
    )
    assert dates.published(story(meta=time, head=meta), CLOCK)[1] == "meta article:published_time"
    assert dates.published(story(meta=time), CLOCK)[1] == "dom time"


def test_a_day_is_refined_by_a_source_that_gives_the_time_of_the_same_day() -> None:
    time = '<time datetime="2026-05-02T08:15:00+08:00">May 2</time>'
    moment, source = dates.published(story(meta=time, head=json_ld(datePublished="2026-05-02")), CLOCK)
    assert moment is not None
    assert moment.isoformat() == "2026-05-02T08:15:00+08:00"
    assert source == "dom time"


def test_a_time_of_another_day_does_not_replace_a_day() -> None:
    time = '<time datetime="2026-04-20T08:15:00+08:00">April 20</time>'
    moment, _ = dates.published(story(meta=time, head=json_ld(datePublished="2026-05-02")), CLOCK)
    assert moment is not None
    assert moment.isoformat() == "2026-05-02"


@pytest.mark.parametrize("shown", ["2026-05-01T23:30:59-06:00", "2026-05-01 23:30:59"])
def test_a_utc_time_is_given_in_the_offset_that_the_page_shows(shown: str) -> None:
    time = f'<time datetime="{shown}">May 1, 2026</time>'
    clock = Clock(UTC, FETCHED_AT, ("en",), month_first=True)
    moment, _ = dates.published(story(meta=time, head=json_ld(datePublished="2026-05-02T05:30:59Z")), clock)
    assert moment is not None
    assert moment.isoformat() == "2026-05-01T23:30:59-06:00"


def test_a_date_in_the_future_of_the_fetch_or_before_the_web_is_passed_over() -> None:
    head = json_ld(datePublished="2031-01-01T00:00:01Z", dateCreated="1970-01-01T00:00:01Z")
    assert (
        dates.published(story(head=head, meta='<p class="entry-date">May 2, 2026 8:15 am</p>'), CLOCK)[1] == "dom date"
    )


def test_the_date_of_a_sidebar_is_not_the_storys() -> None:
    aside = '<aside><time datetime="2026-05-03T01:00:00+08:00">May 3</time></aside>'
    moment, source = dates.published(story(aside), CLOCK)
    assert moment is not None
    assert (moment.isoformat(), source) == ("2026-05-02", "url")


def test_htmldate_is_asked_last() -> None:
    made = page(
        "<h1>A pier</h1><p>Men in the harbour wrote 2 May 2026 on the pier.</p>", url="https://panublion.example/pier"
    )
    moment, source = dates.published(made, CLOCK)
    assert moment is not None
    assert (moment.isoformat(), source) == ("2026-05-02", "htmldate")


def test_microdata_is_read() -> None:
    made = story(meta='<meta itemprop="datePublished" content="2026-05-02T08:15:00+08:00">')
    assert dates.published(made, CLOCK)[1] == "dom itemprop=datePublished"


def test_the_modified_date_is_what_the_page_admits_and_never_guessed() -> None:
    assert dates.modified(story(head=json_ld(dateModified="2026-05-03")), CLOCK)[1] == "json-ld"
    assert (
        dates.modified(story(meta='<time class="updated" datetime="2026-05-03">May 3</time>'), CLOCK)[1]
        == "dom time.updated"
    )
    assert dates.modified(story(), CLOCK) == (None, "")


def test_a_clock_takes_languages_and_order_from_site_and_page() -> None:
    assert Clock.of(page(lang="en-US"), SITE) == Clock(MANILA, FETCHED_AT, ("en", "hil", "tl"), month_first=True)
    assert dates.zone_of("Nowhere/Land") is UTC


def test_a_date_that_ends_the_title_is_before_the_dates_in_lists() -> None:
    made = page(
        '<h1>Ferry resumes</h1><p class="date">24.04.2026</p>',
        head="<title>Ferry resumes | Panublion | 28.04.2026</title>",
    )
    moment, source = dates.published(made, dates.Clock.of(made, SITE))
    assert moment is not None
    assert (moment.at.date().isoformat(), source) == ("2026-04-28", "title")


def test_a_date_line_without_a_class_behind_the_headline_is_read() -> None:
    made = page("<h1>Die Fähre fährt wieder auf die Insel</h1><p>1. Februar 2026, Eva Roth</p>", url="", lang="de")
    moment, source = dates.published(made, dates.Clock.of(made, SITE))
    assert moment is not None
    assert (moment.at.date().isoformat(), source) == ("2026-02-01", "dom line")


def test_a_label_says_which_of_two_dates_is_the_publication() -> None:
    told = "<p>Letzte Änderung: 31.01.2026<br>Erschienen am: 01.02.2026</p>"
    made = page(f"<p>Die Fähre fährt wieder.</p>{told}", url="", lang="de")
    moment, source = dates.published(made, dates.Clock.of(made, SITE))
    assert moment is not None
    assert (moment.at.date().isoformat(), source) == ("2026-02-01", "dom label")


def test_a_label_alone_on_its_line_speaks_of_the_next() -> None:
    told = "<span>Letzte Änderung</span><b>31.01.2026</b><span>Erschienen am:</span>\n        <h2>\n 01.02.2026 </h2>"
    made = page(f"<p>Die Fähre fährt wieder.</p><div>{told}</div>", url="", lang="de")
    moment, source = dates.published(made, dates.Clock.of(made, SITE))
    assert moment is not None
    assert (moment.at.date().isoformat(), source) == ("2026-02-01", "dom label")


def test_a_date_in_another_storys_teaser_behind_the_headline_is_not_read() -> None:
    teaser = '<aside class="sidebar"><p>Mayo 1, 2026</p></aside>'
    made = page(f"<main><h1>Barko, muling maglalayag</h1>{teaser}<p>Naglayag ang barko.</p></main>", url="", lang="fil")
    assert dates.published(made, dates.Clock.of(made, SITE)) == (None, "")


def test_the_copyright_year_is_no_date() -> None:
    made = page("<h1>A pier</h1><p>The pier is open.</p><p>Copyright © 2026 Panublion</p>", url="")
    assert dates.published(made, CLOCK) == (None, "")


def test_the_date_in_the_head_of_the_site_is_todays() -> None:
    head = '<header class="top"><span class="date">May 4, 2026</span></header>'
    made = page(f"{head}<main><h1>A pier for all</h1><p>The pier is open.</p></main>", url="")
    assert dates.published(made, CLOCK) == (None, "")


def test_a_date_of_the_export_is_asked_after_what_the_page_shows() -> None:
    head = '<meta name="date" content="2026-05-03T11:52:23+08:00">'
    assert dates.published(story(meta='<p class="date">May 1, 2026</p>', head=head), CLOCK)[1] == "dom date"
    made = page("<h1>A pier</h1><p>The pier is open.</p>", head=head, url="")
    assert dates.published(made, CLOCK)[1] == "meta date"

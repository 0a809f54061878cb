from dataclasses import replace
from datetime import date

import pytest

from archive.records import Identity, reading_from_json, reading_to_json
from crawler.reading import READER, Page, read, read_capture
from crawler.site import Layout, Site
from tests.reading.build import FETCHED_AT, PAGES, PARAGRAPHS, SITE, TITLE, URL, json_ld, page, site, story


@pytest.fixture(scope="module")
def tagdiv() -> Page:
    return Page.parse((PAGES / "themes" / "tagdiv.html").read_bytes(), URL, "utf-8", FETCHED_AT)


def test_a_tagdiv_page_is_read_whole(tagdiv: Page) -> None:
    reading = read(tagdiv, SITE)
    assert reading.title == TITLE
    assert [author.name for author in reading.authors] == ["Marisol Dela Peña"]
    assert (reading.views, reading.comments) == (1318, 0)
    assert reading.published is not None
    assert reading.modified is not None
    assert reading.published.isoformat() == "2026-05-02T08:15:00+08:00"
    assert reading.modified.isoformat() == "2026-05-03T09:00:00+08:00"
    assert (reading.language, reading.dateline) == ("en", "SAN ROQUE, Panublion")
    assert len(reading.paragraphs) == 4
    assert reading.paragraphs[0].startswith("SAN ROQUE, Panublion — The morning ferry")
    assert reading.paragraphs[-1].startswith("Fares stay as they are")
    assert reading.profiles[0].language == "tl"
    assert reading.profiles[0].url == "https://panublion.example/author/marisol/"


def test_what_stands_around_the_story_is_read_too(tagdiv: Page) -> None:
    reading = read(tagdiv, SITE)
    assert reading.identities == (Identity(kind="wp", value="4711"), Identity(kind="url", value=URL))
    assert (reading.canonical_url, reading.section, reading.access) == (URL, "Local", "free")
    assert reading.tags == ("ferry", "Isla Verde")
    assert reading.images == ("https://panublion.example/wp-content/uploads/ferry.jpg",)
    assert reading.opt_outs == ("noarchive",)
    assert reading.sources["views"] == "dom .td-nr-views"
    assert reading.reader == READER


def test_reading_a_page_changes_nothing_in_it(tagdiv: Page) -> None:
    assert read(tagdiv, SITE) == read(tagdiv, SITE)


def test_a_reading_survives_json(tagdiv: Page) -> None:
    reading = read(tagdiv, SITE)
    assert reading_from_json(reading_to_json(reading)) == reading


def test_the_sites_selectors_win_field_by_field() -> None:
    extra = (
        '<div class="own"><b class="t">Own title</b><i class="who">Ni Ben Reyes</i><u class="d">May 1, 2026 7:00 am</u>'
        '<u class="m">May 2, 2026</u><p class="s">A lead of our own</p><em class="v">12K seen</em><em class="c">3</em>'
        '<div class="b"><p>Own text.</p><p class="ad">Buy!</p></div><p class="x">Sports</p><p class="p">About Ben.</p>'
        '<p class="dl">ISLA VERDE</p></div>'
    )
    made = site(
        title=".t", byline=".who", published=".d", modified=".m", standfirst=".s", views=".v", comments=".c", body=".b",
        section=".x", profile=".p", dateline=".dl", remove=(".ad",),
    )  # fmt: skip
    reading = read(story(extra, head=json_ld(author="Ana Cruz", commentCount=9)), made)
    assert (reading.title, reading.byline, reading.standfirst) == ("Own title", "Ni Ben Reyes", "A lead of our own")
    assert [author.name for author in reading.authors] == ["Ben Reyes"]
    assert reading.published is not None
    assert reading.published.isoformat() == "2026-05-01T07:00:00+08:00"
    assert reading.modified is not None
    assert (reading.views, reading.comments, reading.section) == (12000, 3, "Sports")
    assert reading.paragraphs == ("Own text.",)
    assert (reading.profiles[0].text, reading.dateline) == ("About Ben.", "ISLA VERDE")
    assert {reading.sources[name] for name in ("title", "authors", "published", "paragraphs", "views")} == {"site"}


def test_a_selector_that_finds_nothing_leaves_the_field_to_the_general_reader() -> None:
    reading = read(story(), site(title=".gone", body=".gone", views=".gone", published=".gone"))
    assert reading.title == TITLE
    assert reading.paragraphs == PARAGRAPHS
    assert reading.sources["title"] == "dom h1"


def test_an_old_capture_is_read_with_the_layout_of_its_day() -> None:
    old = replace(SITE, read=Layout(title=".new"), earlier=(Layout(until=date(2027, 1, 1), title=".old"),))
    reading = read(story('<b class="old">The old way</b><b class="new">The new way</b>'), old)
    assert reading.title == "The old way"


def test_a_standfirst_that_the_body_repeats_is_none() -> None:
    own = "What the island hopes for from its new ferry timetable"
    assert read(story(head=json_ld(description=own)), SITE).standfirst == own
    assert read(story(meta=f'<p class="standfirst">{own}</p>'), SITE).sources["standfirst"] == "dom"
    assert read(story(head=json_ld(description=PARAGRAPHS[0][:80] + "…")), SITE).standfirst is None


@pytest.mark.parametrize(
    ("head", "access"),
    [
        (json_ld(isAccessibleForFree="False"), "walled"),
        (json_ld(isAccessibleForFree=True), "free"),
        ('<meta property="article:content_tier" content="metered">', "metered"),
        ("", "unknown"),
    ],
)
def test_access_is_what_the_page_says(head: str, access: str) -> None:
    assert read(story(head=head), SITE).access == access


def test_opt_outs_are_kept_as_the_page_states_them() -> None:
    head = '<meta name="robots" content="NOAI, noimageai"><meta name="tdm-reservation" content="1">'
    assert read(story(head=head), SITE).opt_outs == ("noai", "noimageai", "tdm-reservation")


@pytest.mark.parametrize(
    ("head", "meta", "tags"),
    [
        (
            '<meta property="article:tag" content="Ferry"><meta property="article:tag" content="Isla">',
            "",
            ("Ferry", "Isla"),
        ),
        (json_ld(keywords="ferry, isla"), "", ("ferry", "isla")),
        ("", '<a rel="tag" href="/tag/ferry/">Ferry</a>', ("Ferry",)),
        ("", '<ul class="td-tags"><li><a href="/tag/ferry/">Ferry</a></li></ul>', ("Ferry",)),
        ('<meta name="keywords" content="ferry,isla">', "", ("ferry", "isla")),
    ],
)
def test_tags_are_those_of_the_article(head: str, meta: str, tags: tuple[str, ...]) -> None:
    assert read(story(head=head, meta=meta), SITE).tags == tags


def test_images_are_absolute_and_named_once() -> None:
    head = json_ld(image=[{"@type": "ImageObject", "url": "/a.jpg"}, "https://cdn.example/b.jpg", "/a.jpg", 7])
    assert read(story(head=head), SITE).images == ("https://panublion.example/a.jpg", "https://cdn.example/b.jpg")


def test_a_pending_counter_is_told() -> None:
    script = '<script>var pvcArgsFrontend = {"postID":4711};</script>'
    reading = read(story(script, body_class="postid-4711"), SITE)
    assert reading.pending is not None
    assert reading.views is None


def test_a_capture_that_is_no_page_gives_a_reading_that_says_why() -> None:
    reading = read_capture(b"%PDF-1.7", URL, None, FETCHED_AT, SITE)
    assert (reading.outcome, reading.reader) == ("unreadable", READER)
    assert "not a page" in (reading.reason or "")


def test_a_fault_of_ours_never_leaves_the_pool_without_an_answer() -> None:
    reading = read_capture(b"<h1>x</h1>", URL, None, FETCHED_AT, site(title="!!"))
    assert reading.outcome == "unreadable"
    assert (reading.reason or "").startswith("SelectorSyntaxError")


def test_an_unknown_site_is_read_in_utc() -> None:
    made = page(
        f"<h1>{TITLE}</h1>" + "".join(f"<p>{line}</p>" for line in PARAGRAPHS),
        head='<meta name="date" content="2026-05-02 08:15">',
    )
    reading = read(made, Site.unknown(URL))
    assert reading.published is not None
    assert reading.published.isoformat() == "2026-05-02T08:15:00+00:00"

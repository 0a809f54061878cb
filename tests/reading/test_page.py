import pytest

from crawler.errors import ReadingError
from crawler.reading import Page
from crawler.reading.addresses import comparable, is_front_page, strip_tracking
from crawler.reading.dom import text_of
from tests.reading.build import TITLE, URL, json_ld, page, story


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "blanks"),
        (b"%PDF-1.7 x", "not a page"),
        (b"\x89PNG\r\n\x1a\n", "not a page"),
        (bytes(range(32)) * 40, "binary"),
        (b"<p>" + b"x" * (10 * 2**20), "more than"),
        (b"<!-- only a comment -->", "not a page"),
        (b"<p " + b"a b c d " * 5000 + b">text</p>", "attributes"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(payload: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason) as caught:
        Page.parse(payload, URL, None)
    assert caught.value.outcome == "unreadable"


def test_fifty_thousand_nested_blocks_are_refused_and_not_silently_cut() -> None:
    with pytest.raises(ReadingError, match="nested"):
        Page.parse(b"<div>" * 50_000 + b"<p>text</p>", URL, None)


def test_inline_tags_that_nobody_closed_do_not_hide_the_rest_of_a_page() -> None:
    found = Page.parse(b"<h1>T</h1>" + b"<font>" * 5000 + b"<p>the end</p>", URL, None)
    assert text_of(found.tree).endswith("the end")


def test_nul_characters_do_not_end_a_page() -> None:
    assert text_of(Page.parse(b"<p>one\x00 two</p><p>three</p>", URL, None).tree) == "one two three"


def test_scripts_and_styles_are_no_text_but_stay_in_the_source() -> None:
    found = page("<p>text</p><script>var a = 1;</script><style>p {}</style>")
    assert text_of(found.tree) == "text"
    assert "var a" in found.text


def test_meta_tags_are_found_by_name_or_property_whatever_their_case() -> None:
    found = page(
        head='<meta property="OG:Title" content=" A  b "><meta name="author" content=""><meta charset="utf-8">'
    )
    assert found.meta == {"og:title": ("A b",)}
    assert found.first_meta("author", "og:title") == ("A b", "og:title")
    assert found.first_meta("nothing") == (None, "")


@pytest.mark.parametrize(
    ("made", "post_id"),
    [
        (story(body_class="single postid-4711"), "4711"),
        (story(head='<link rel="shortlink" href="https://panublion.example/?p=4711">'), "4711"),
        (page(f'<title>{TITLE}</title><article id="post-4711"><h1>{TITLE}</h1></article>'), "4711"),
        (page('<article id="post-9"><h2>Another</h2></article>'), None),
    ],
)
def test_a_post_id_counts_only_where_it_is_bound_to_the_article(made: Page, post_id: str | None) -> None:
    assert made.post_id == post_id


def test_the_sites_name_in_an_h1_is_no_headline() -> None:
    found = page(
        f"<h1>Panublion Daily</h1><h2>{TITLE}</h2>",
        head=f'<title>{TITLE} | Panublion Daily</title><meta property="og:site_name" content="Panublion Daily">',
    )
    assert found.headline is not None
    assert text_of(found.headline) == TITLE
    assert found.is_headline_confirmed


def test_an_h1_that_nothing_confirms_is_taken_when_it_is_the_only_one() -> None:
    one = page("<h1>A pier for everybody</h1>")
    assert one.headline is not None
    assert not one.is_headline_confirmed
    assert page("<h1>A pier for everybody</h1><h1>A road for nobody</h1>").headline is None


def test_the_article_node_of_this_page_is_preferred_to_a_fuller_one() -> None:
    other = json_ld(
        headline="Other story", author="Bo", datePublished="2026-01-01", url="https://panublion.example/other/"
    )
    own = json_ld(url=URL)
    assert (page(head=other + own).article or {})["headline"] == TITLE


def test_relative_links_start_from_the_base_element() -> None:
    assert page(head='<base href="/en/">').absolute("a.jpg") == "https://panublion.example/en/a.jpg"
    assert page().absolute("http://[broken") == "http://[broken"


def test_removing_elements_leaves_the_page_as_it_was() -> None:
    found = page('<p class="ad">Buy</p> tail<p>text</p>')
    cut = found.without([".ad"])
    assert text_of(cut.tree) == "tail text"
    assert text_of(found.tree) == "Buy tail text"
    assert found.without([]) is found


def test_elements_are_found_by_class_in_page_order() -> None:
    found = page('<p class="b x">1</p><p class="a">2</p><p class="X">3</p>')
    assert [element.text for element in found.with_class("x")] == ["1", "3"]


def test_tracking_parameters_do_not_make_another_address() -> None:
    assert strip_tracking("https://a.example/x?utm_source=f&id=7#top") == "https://a.example/x?id=7"
    assert comparable("https://www.a.example/X/?fbclid=1") == comparable("http://a.example/x")
    assert strip_tracking("http://[broken") == "http://[broken"
    assert comparable("http://[broken") == "http://[broken"
    assert is_front_page("https://a.example/")
    assert not is_front_page("https://a.example/?p=7")
    assert not is_front_page("http://[broken")


def test_a_page_of_more_tags_than_any_story_has_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(ReadingError, match="more than 60000 tags"):
        Page.parse(b"<html><body>" + b"<b>x</b>" * 30_001, URL, None)
    assert Page.parse(b"<html><body>" + b"<b>x</b>" * 20_000, URL, None).elements

import pytest

from crawler.errors import ReadingError
from crawler.reading import Page, read
from tests.reading.build import PARAGRAPHS, SITE, TITLE, URL, json_ld, page, site, story

TEASER = (
    "The council met on Tuesday to speak about the road, the market and the school that nobody has paid for so far."
)
CARDS = "".join(
    f'<article><h2><a href="/2026/05/0{n}/story-{n}/">Story number {n} of the week</a></h2><p>{TEASER}</p></article>'
    for n in range(1, 10)
)


def why(made: Page) -> str:
    with pytest.raises(ReadingError) as caught:
        read(made, SITE)
    assert caught.value.outcome == "not_article"
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["archive category category-local", "author author-ana", "home blog", "search search-results", "tag tag-pier"],
)
def test_wordpress_says_that_a_page_is_a_listing(name: str) -> None:
    made = page(
        f"<h1>Local news</h1>{CARDS}<link href='/wp-content/x.css'>",
        body_class=name,
        url="https://panublion.example/category/local/",
    )
    assert "WordPress listing" in why(made)


@pytest.mark.parametrize("kind", ["CollectionPage", "ProfilePage", "SearchResultsPage"])
def test_structured_data_says_that_a_page_is_a_listing(kind: str) -> None:
    head = f'<script type="application/ld+json">{{"@type": "{kind}", "name": "Local"}}</script>'
    assert kind.lower() in why(page(f"<h1>Local</h1>{CARDS}", head=head, url="https://panublion.example/local"))


def test_a_front_page_is_no_article() -> None:
    head = '<title>Panublion Daily</title><meta property="og:type" content="website">'
    assert "front page" in why(page(f"<h1>Panublion Daily</h1>{CARDS}", head=head, url="https://panublion.example/"))


def test_a_section_page_is_no_article() -> None:
    assert "listing" in why(
        page(f"<h1>Local news</h1>{CARDS}", head="<title>Local news</title>", url="https://panublion.example/local/")
    )


def test_an_about_page_is_no_article() -> None:
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    assert "static page" in why(
        page(f"<h1>About us</h1>{text}", head="<title>About us</title>", url="https://panublion.example/about/")
    )


def test_a_story_among_many_teasers_is_a_story() -> None:
    made = story(f"<section>{CARDS}</section>", url="https://panublion.example/pier")
    assert read(made, SITE).paragraphs == PARAGRAPHS


def test_a_story_that_says_it_is_one_is_read_wherever_it_stands() -> None:
    head = '<meta property="og:type" content="article">'
    made = story(CARDS, head=head, url="https://panublion.example/about/")
    assert read(made, SITE).title == TITLE


def test_a_post_with_a_listing_class_beside_single_is_a_story() -> None:
    assert read(story(body_class="single single-post category"), SITE).outcome == "read"


def test_a_page_without_text_is_empty_and_not_read() -> None:
    with pytest.raises(ReadingError, match="no body") as caught:
        read(page(f"<h1>{TITLE}</h1>", head=f'<title>{TITLE}</title><meta property="og:type" content="article">'), SITE)
    assert caught.value.outcome == "empty"
    with pytest.raises(ReadingError, match="no title"):
        read(page("".join(f"<p>{line}</p>" for line in PARAGRAPHS)), SITE)


def test_the_address_of_a_story_does_not_matter() -> None:
    assert read(story(url=URL.replace("https", "http")), SITE).outcome == "read"


def test_a_static_page_of_wordpress_is_told_by_its_body() -> None:
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    made = page(f"<h1>How we work</h1>{text}", head="<title>How we work</title>", body_class="page page-id-12",
                url="https://panublion.example/how-we-work/")  # fmt: skip
    assert "static page" in why(made)


def test_a_post_whose_body_names_a_listing_too_is_a_story() -> None:
    made = story("<link href='/wp-content/x.css'>", body_class="single single-post postid-4711 category tag")
    assert read(made, SITE).paragraphs == PARAGRAPHS


def test_structured_data_with_a_story_outvotes_what_it_says_of_the_page() -> None:
    listing = '<script type="application/ld+json">{"@type": "CollectionPage", "name": "Local"}</script>'
    made = story(head=json_ld(datePublished="2026-05-02T08:15:00+08:00") + listing)
    assert read(made, SITE).paragraphs == PARAGRAPHS


def test_where_the_sites_own_selector_finds_a_text_the_page_is_a_story() -> None:
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    made = page(f'<h1>About us</h1><div class="us">{text}</div>', head="<title>About us</title>",
                url="https://panublion.example/about/")  # fmt: skip
    assert "static page" in why(made)
    assert read(made, site(body=".us")).paragraphs == PARAGRAPHS

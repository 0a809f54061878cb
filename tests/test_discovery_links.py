from dataclasses import replace
from datetime import date

import pytest

from crawler.discovery.links import clean, looks_like_story, published_in, refused
from crawler.site import Discover, Site

SITE = Site(
    name="panublion", title="P", url="https://www.panublion.example/", former_urls=("http://old.example:8080/",)
)


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://P.Example/A/?utm_source=x&utm_medium=y#top", "https://p.example/A/"),
        ("https://p.example/?p=12&fbclid=3", "https://p.example/?p=12"),
        ("https://p.example/a/?replytocom=7", "https://p.example/a/"),
        ("https://p.example/a?b=1&c=%C3%B1", "https://p.example/a?b=1&c=%C3%B1"),
        ("https://[broken/", "https://[broken/"),
    ],
)
def test_what_does_not_choose_the_page_is_taken_off(url, cleaned):
    assert clean(url) == cleaned


@pytest.mark.parametrize(
    "path",
    [
        "/2026/10/01/bridge/",
        "/bridge-closed",
        "/?p=312347",
        "/news/2026/10/bridge",
        "/index.php?id=7",
        "/article/12.html",
    ],
)
def test_addresses_of_stories_pass(path):
    assert refused(f"https://panublion.example{path}", SITE) is None


@pytest.mark.parametrize(
    "path",
    ["/", "", "/feed/", "/bridge/feed", "/wp-json/wp/v2/posts", "/tag/flood/", "/author/ana/", "/category/news/",
     "/2026/", "/2026/10/", "/page/3/", "/bridge/page/2/", "/wp-content/a.html", "/photo.JPG", "/report.pdf",
     "/?s=flood", "/?cat=3", "/?feed=rss2", "/sitemap.xml"],
)  # fmt: skip
def test_addresses_of_anything_else_do_not(path):
    assert refused(f"https://panublion.example{path}", SITE) == "not a story"


def test_only_the_sites_own_hosts_pass():
    assert refused("https://elsewhere.example/bridge", SITE) == "other host"
    assert refused("https://panublion.example:444/bridge", SITE) == "other host"
    assert refused("http://old.example:8080/bridge", SITE) is None
    assert refused("mailto:desk@panublion.example", SITE) == "bad address"
    assert refused("https://[broken/", SITE) == "bad address"


def test_the_sites_own_pattern_is_the_last_word():
    site = replace(SITE, discover=Discover(article=r"^/category/\w+/\d+|^/\?id="))
    assert refused("https://panublion.example/category/news/12", site) is None
    assert refused("https://panublion.example/?id=4", site) is None
    assert refused("https://panublion.example/bridge", site) == "not the site's article pattern"


@pytest.mark.parametrize(
    "path",
    [
        "/2026/10/flood-closes-bridge/", "/2026/10/01/flood/", "/news/2026-10-01-flood-closes-bridge",
        "/stories/2026/oct/01/flood-closes/", "/the-old-bridge-is-closed/", "/district/the-old-bridge-is-closed.html",
        "/archives/129958", "/sport/article410396303.html", "/news/flood-closes-bridge-id26733692.html",
        "/n11752374/flood",
        "/news/80287-a-man-is-charged", "/?p=312347", "/news/show.php?ArtNr=335853", "/town/flood-in-short~a5857502/",
        "/index.php?option=com_content&view=article&id=58:town-officials-oppose-fee", "/story/flood-a-b1189828.html",
        "/news_clips8/news155.htm", "/Archives/September%2021,%202014.html",
    ],
)  # fmt: skip
def test_an_address_with_a_date_a_number_or_a_headline_looks_like_a_story(path):
    assert looks_like_story(f"https://panublion.example{path}")


@pytest.mark.parametrize(
    "path",
    [
        "/", "/news/", "/category/news/health/page/17", "/2014/08/page/3", "/2014/08/", "/2015_09_20_archive.html",
        "/search/label/Town%20News", "/search?max-results=10&updated-max=2017-02-08", "/author/ana-reyes/page/86/",
        "/tag/131/?p=8", "/?cat=8&paged=91", "/news/front-page/breaking-news?page=17", "/arts-and-culture/",
        "/about-us/", "/privacy-policy-of-the-paper/", "/terms-and-conditions-of-use/", "/advertise-with-us-today/",
        "/contact/",
        "/secciones/opinion/the-town-and-us/page/39", "/index.html", "/login/", "/etiqueta/town/page/43", "/local/552",
    ],
)  # fmt: skip
def test_an_address_of_a_list_or_of_the_house_does_not(path):
    assert not looks_like_story(f"https://panublion.example{path}")


def test_once_the_site_s_own_shape_is_known_words_alone_are_not_enough():
    learned = r"^/\d{4}/\d{2}/[^/]+/?$"
    assert looks_like_story("https://panublion.example/2026/10/flood/", learned)
    assert not looks_like_story("https://panublion.example/our-readers-write-to-us/", learned)
    assert looks_like_story("https://panublion.example/news/80287-flood-closes-bridge", learned), "a new design"
    assert looks_like_story("https://panublion.example/archive/live/", r"^/archive/"), "their own is the last word"


def test_an_address_tells_the_day_or_month_of_its_story():
    paths = ("/2026/10/07/a", "/2026/02/a", "/2026/99/a", "/a")
    days = [published_in(f"https://panublion.example{path}") for path in paths]
    assert days == [(date(2026, 10, 7),) * 2, (date(2026, 2, 1), date(2026, 2, 28)), None, None]

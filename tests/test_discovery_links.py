from dataclasses import replace

import pytest

from crawler.discovery.links import clean, refused
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

import json
from datetime import UTC, datetime

import pytest
from lxml import html

from crawler.discovery.about import (
    Fact,
    country_of,
    language_tag,
    links_of,
    timezone_of,
    title_of,
    wordpress_home,
)

URL = "https://panublion.example/"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def page(head: str = "", body: str = "", lang: str = "") -> html.HtmlElement:
    tag = f' lang="{lang}"' if lang else ""
    return html.document_fromstring(f"<html{tag}><head>{head}</head><body>{body}<p>x</p></body></html>")


def test_only_the_root_of_a_wordpress_api_is_taken_for_one():
    assert wordpress_home(json.dumps({"name": "P", "namespaces": ["oembed/1.0", "wp/v2"]}).encode())["name"] == "P"
    for other in (b"<html>", b"[]", b"{}", b'{"namespaces": ["x"]}', b'{"namespaces": "wp/v2"}', b"[" * 100_000):
        assert wordpress_home(other) is None


@pytest.mark.parametrize(
    ("head", "home", "fact"),
    [
        ("<title>x</title>", {"name": "Rock &amp; Sea <b>News</b>"}, Fact("Rock & Sea News", "wp-json: name")),
        ('<meta property="og:site_name" content="Panublion">', None, Fact("Panublion", "front page: og:site_name")),
        ("<title>Home | Panublion Daily | News</title>", None, Fact("Panublion Daily", "front page: <title>")),
        ("<title>Panublion Daily – News</title>", {"name": ""}, Fact("Panublion Daily", "front page: <title>")),
        ("", None, None),
    ],
)  # fmt: skip
def test_the_title_is_read_where_it_is_said_best(head, home, fact):
    assert title_of(page(head), home) == fact


@pytest.mark.parametrize(
    ("url", "lang", "home", "fact"),
    [
        ("https://panublion.com.ph/", "en-US", None, Fact("PH", "top-level domain .ph")),
        (URL, "", {"timezone_string": "Asia/Manila"}, Fact("PH", "wp-json: timezone_string Asia/Manila")),
        (URL, "fr-CA", {"timezone_string": "UTC"}, Fact("CA", "html lang fr-CA")),
        (URL, "en-US", None, None),
        (URL, "tl", None, None),
    ],
)
def test_the_country_is_read_where_it_is_said_best_and_en_us_says_nothing(url, lang, home, fact):
    assert country_of(url, page(lang=lang), home) == fact


@pytest.mark.parametrize(
    ("country", "home", "value"),
    [
        ("ID", {"timezone_string": "Asia/Jayapura"}, "Asia/Jayapura"),
        ("PH", None, "Asia/Manila"),
        ("PH", {"timezone_string": "UTC+8"}, "Asia/Manila"),
        ("PT", {"gmt_offset": -1}, "Atlantic/Azores"),
        ("PT", {"gmt_offset": "0", "timezone_string": ""}, None),
        ("RU", {"gmt_offset": "nonsense"}, None),
        ("RU", None, None),
        (None, None, None),
    ],
)
def test_the_zone_is_taken_only_where_there_is_no_doubt(country, home, value):
    fact = timezone_of(country, home, NOW)
    assert (fact.value if fact else None) == value


def test_the_language_tag_is_the_pages_own_words():
    assert language_tag(page(lang="en-US")) == Fact("en-US", "html lang")
    assert language_tag(page('<meta property="og:locale" content="tl_PH">')) == Fact("tl_PH", "og:locale")
    assert language_tag(page()) is None


def test_every_link_of_a_page_is_absolute_and_named_once():
    assert links_of(page(body="<a href='/a#x'>1</a><a href='/a'>2</a><a>3</a><a href='http://[bad'>4</a>"), URL) == (
        "https://panublion.example/a",
    )

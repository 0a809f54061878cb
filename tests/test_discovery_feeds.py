import json
from datetime import UTC, datetime

import pytest

from crawler.discovery.feeds import read_feed
from crawler.errors import ListingError
from tests.crawling import feed

URL = "https://panublion.example/feed/"

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Panublion</title>
<generator>https://wordpress.org/?v=6.5</generator>
<item><title>Bridge &amp; ferry</title><link>https://panublion.example/2026/10/bridge/</link>
<pubDate>Thu, 01 Oct 2026 08:30:00 +0800</pubDate></item>
<item><title>Market</title><link>/2026/10/market/</link></item>
</channel></rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title><link rel="next" href="/feed?page=2"/>
<entry><title>Bridge</title><link href="https://panublion.example/bridge"/>
<published>2026-10-01T00:30:00Z</published><updated>2026-10-02T00:30:00Z</updated></entry></feed>"""

RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>P</title></channel>
<item rdf:about="https://panublion.example/bridge"><title>Bridge</title><link>https://panublion.example/bridge</link>
<dc:date>2026-10-01T08:30:00+08:00</dc:date></item></rdf:RDF>"""


def test_each_item_of_a_feed_keeps_its_own_title_and_date():
    links = read_feed(RSS, URL).links
    assert [(link.url, link.title) for link in links] == [
        ("https://panublion.example/2026/10/bridge/", "Bridge & ferry"),
        ("https://panublion.example/2026/10/market/", "Market"),
    ]
    assert links[0].published == datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
    assert links[0].lastmod is None
    assert links[1].published is None


def test_atom_and_rdf_are_feeds_too():
    atom = read_feed(ATOM, "https://panublion.example/feed").links[0]
    assert (atom.published, atom.lastmod) == (
        datetime(2026, 10, 1, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 2, 0, 30, tzinfo=UTC),
    )
    assert read_feed(RDF, URL).links[0].url == "https://panublion.example/bridge"


def test_the_next_page_is_the_one_the_feed_names_or_wordpress_counts():
    assert read_feed(ATOM, "https://panublion.example/feed").more == ("https://panublion.example/feed?page=2",)
    assert read_feed(RSS, URL).more == ("https://panublion.example/feed/?paged=2",)
    assert read_feed(RSS, URL + "?cat=3&paged=2").more == ("https://panublion.example/feed/?cat=3&paged=3",)
    assert read_feed(feed("https://panublion.example/a"), "https://panublion.example/feed").more == ()


def test_a_feed_that_breaks_off_gives_what_it_had_and_says_so():
    listing = read_feed(RSS[: RSS.index(b"<item><title>Market")], URL)
    assert [link.title for link in listing.links] == ["Bridge & ferry"]
    assert listing.problem
    assert listing.problem.startswith("broken feed")


def test_an_empty_feed_is_a_feed_without_links():
    assert read_feed(feed(), URL).links == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "not a feed: it is an HTML page"),
        (b"  \n", "not a feed: it is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a feed: it is binary"),
        (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", "not a feed: no RSS, Atom or RDF in it"),
        (
            b'<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
            "entities of its own",
        ),
    ],
)
def test_what_is_no_feed_is_refused_by_name(body, said):
    with pytest.raises(ListingError, match=said):
        read_feed(body, URL)


def test_a_json_feed_gives_links_dates_and_its_next_page():
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Panublion",
        "next_url": "/feed.json?page=2",
        "items": [
            {"id": "7", "url": "/a", "title": " Bridge ", "date_published": "2026-10-01T08:00:00+08:00",
             "date_modified": "2026-10-02T00:00:00Z"},
            {"id": "https://panublion.example/b"},
            {"id": "tag:panublion,9"}, {"url": 4}, "broken",
        ],
    }  # fmt: skip
    found = read_feed(b"\xef\xbb\xbf" + json.dumps(told).encode(), "https://panublion.example/feed.json")
    first, second = found.links
    assert (first.url, first.title) == ("https://panublion.example/a", "Bridge")
    assert first.published == datetime(2026, 10, 1, tzinfo=UTC)
    assert first.lastmod == datetime(2026, 10, 2, tzinfo=UTC)
    assert second.url == "https://panublion.example/b"
    assert found.more == ("https://panublion.example/feed.json?page=2",)


@pytest.mark.parametrize(("body", "why"), [(b"{", "broken JSON"), (b'{"items": 3}', "JSON without items")])
def test_json_that_is_no_feed_is_refused(body, why):
    with pytest.raises(ListingError, match=why):
        read_feed(body, "https://panublion.example/feed.json")


def test_a_feed_at_a_wordpress_address_has_pages_although_nothing_says_so():
    assert read_feed(feed("https://panublion.example/a"), "https://panublion.example/feed/").more == (
        "https://panublion.example/feed/?paged=2",
    )
    assert read_feed(feed("https://panublion.example/a"), "https://panublion.example/rss.xml").more == ()

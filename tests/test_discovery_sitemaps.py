import gzip
import time
from datetime import UTC, datetime

import pytest

from crawler.discovery import listing
from crawler.discovery.probe import feeds_in_page, sitemaps_in_robots, usual_feeds, usual_sitemaps
from crawler.discovery.sitemaps import holds_stories, read_sitemap
from crawler.errors import ListingError
from tests.crawling import sitemap

URL = "https://panublion.example/sitemap.xml"
A, B = "https://panublion.example/a", "https://panublion.example/b"

NEWS = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> {A} </loc><lastmod>2026-10-02T09:00:00+08:00</lastmod>
<image:image><image:loc>https://panublion.example/a.jpg</image:loc></image:image>
<news:news><news:publication_date>2026-10-01</news:publication_date><news:title>Bridge</news:title></news:news></url>
<url><loc>{B}</loc></url></urlset>""".encode()

INDEX = f"""<sitemapindex><sitemap><loc>{URL}?1</loc></sitemap><sitemap><loc>/two.xml</loc></sitemap>
<sitemap><loc>{URL}?1</loc></sitemap></sitemapindex>""".encode()


def test_a_news_sitemap_gives_dates_and_titles_but_no_pictures():
    first, second = read_sitemap(NEWS, URL).links
    assert (first.url, first.title) == (A, "Bridge")
    assert first.lastmod == datetime(2026, 10, 2, 1, 0, tzinfo=UTC)
    assert first.published == datetime(2026, 10, 1, tzinfo=UTC)
    assert (second.url, second.lastmod) == (B, None)


def test_an_index_names_its_maps_once():
    found = read_sitemap(INDEX, URL)
    assert found.more == (f"{URL}?1", "https://panublion.example/two.xml")
    assert found.links == ()


def test_packed_and_plain_text_sitemaps_are_read():
    assert len(read_sitemap(gzip.compress(NEWS), URL).links) == 2
    assert [link.url for link in read_sitemap(f"{A}\n\n{B}\n# no address".encode(), URL).links] == [A, B]


def test_a_map_that_breaks_off_gives_what_it_had_and_says_so():
    cut = NEWS[: NEWS.index(b"<url><loc>" + B.encode())]
    for body in (cut, gzip.compress(NEWS * 1)[:-60], gzip.compress(cut)):
        found = read_sitemap(body, URL)
        assert found.problem
    assert [link.url for link in read_sitemap(cut, URL).links] == [A]


def test_one_bad_address_does_not_cost_the_others():
    broken = NEWS.replace(A.encode(), b"https://panublion.example/?a=1&b=2")
    assert read_sitemap(broken, URL).links[-1].url == B


def test_a_packed_map_is_unpacked_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(listing, "MOST_BYTES", len(NEWS) - 40)
    found = read_sitemap(gzip.compress(NEWS), URL)
    assert found.problem == f"cut at {len(NEWS) - 40} bytes"
    assert found.links[0].url == A


def test_fifty_thousand_addresses_are_read_in_seconds():
    body = sitemap(*(f"https://panublion.example/{number}" for number in range(50_000)), lastmod="2026-10-01")
    started = time.perf_counter()
    assert len(read_sitemap(body, URL).links) == 50_000
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><body>no</body></html>", "not a sitemap: it is an HTML page"),
        (b"", "not a sitemap: it is empty"),
        (b"\x00\x01\x02", "not a sitemap: it is binary"),
        (b"nothing to see", "not a sitemap: neither XML nor a list of addresses"),
        (b"<rss><channel/></rss>", "not a sitemap: its root is <rss>"),
        (b"\x1f\x8b\x08nonsense", "not a sitemap: broken gzip"),
        (
            b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
            "not a sitemap: it declares entities of its own",
        ),
    ],
)
def test_what_is_no_sitemap_is_refused_by_name(body, said):
    with pytest.raises(ListingError, match=said):
        read_sitemap(body, URL)


def test_dates_that_are_none_are_left_out():
    (link,) = read_sitemap(sitemap(A, lastmod="yesterday"), URL).links
    assert link.lastmod is None
    assert listing.listing_time("0001-01-01T00:00:00+14:00") is None


def test_maps_of_tags_and_authors_hold_no_stories():
    assert holds_stories("https://panublion.example/post-sitemap2.xml")
    assert not holds_stories("https://panublion.example/post_tag-sitemap.xml")
    assert not holds_stories("https://panublion.example/author-sitemap1.xml")


def test_robots_txt_names_sitemaps_and_the_front_page_feeds():
    robots = b"\xef\xbb\xbfUser-agent: *\nsitemap: /a.xml # news\nSitemap:https://panublion.example/b.xml\nSitemap:\n"
    assert sitemaps_in_robots(robots, "https://panublion.example/robots.txt") == (
        "https://panublion.example/a.xml",
        "https://panublion.example/b.xml",
    )
    page = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/feed/">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/"><link rel="stylesheet" href="/x.css">
    <link rel="alternate" hreflang="tl" href="/tl/"></head><body></body></html>"""
    assert feeds_in_page(page, "https://panublion.example/") == ("https://panublion.example/feed/",)
    assert feeds_in_page(b"", "https://panublion.example/") == ()
    assert usual_feeds("https://panublion.example/x") == ("https://panublion.example/feed/",)
    assert usual_sitemaps("https://panublion.example/x")[0] == "https://panublion.example/sitemap_index.xml"


def test_an_index_tells_when_its_maps_changed_and_a_news_map_that_it_only_holds_the_newest():
    first = f"<sitemap><loc>{A}</loc><lastmod>2026-10-01</lastmod></sitemap>"
    told = f"<sitemapindex>{first}<sitemap><loc>{B}</loc></sitemap></sitemapindex>"
    assert read_sitemap(told.encode(), URL).lastmods == {A: datetime(2026, 10, 1, tzinfo=UTC)}
    assert read_sitemap(NEWS, URL).is_rolling
    assert not read_sitemap(sitemap(A), URL).is_rolling


def test_one_date_for_all_is_when_the_map_was_made_and_says_nothing_of_its_stories():
    many = [f"{A}/{number}" for number in range(12)]
    assert {link.lastmod for link in read_sitemap(sitemap(*many, lastmod="2026-10-01"), URL).links} == {None}
    assert read_sitemap(sitemap(*many[:3], lastmod="2026-10-01"), URL).links[0].lastmod is not None

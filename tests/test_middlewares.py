"""Captures as they lie in the WARC after one visit to a paper that answers in every way."""

import gzip
from datetime import UTC, datetime, timedelta

import brotli
import pytest

from archive import Kind
from tests.crawling import Operator, Paper, feed, story

PLAIN, PACKED, BROTLI, MISLABELLED = (story(f"A {how} story") for how in ("plain", "packed", "squeezed", "mislabelled"))


@pytest.fixture(scope="module")
def visited(tmp_path_factory):
    folder = tmp_path_factory.mktemp("middlewares")
    operator = Operator(home=folder / "home", sites=folder / "sites", environment={"HEMEROTECA_CLOCK_OFFSET": "86400"})
    with Paper() as paper:
        big = b"<html><body>" + b"<p>word word word</p>" * 60_000
        urls = [
            paper.say("/plain", PLAIN, ETag='"1"', X_Twice="a", Set_Cookie="a=1"),
            paper.say("/packed", gzip.compress(PACKED), Content_Encoding="gzip"),
            paper.say("/brotli", brotli.compress(BROTLI), Content_Encoding="br"),
            paper.say("/mislabelled", MISLABELLED, Content_Encoding="gzip"),
            paper.say("/big", big),
            paper.say("/big-unannounced", big, announced=-1),
            paper.say("/bomb", gzip.compress(b"0" * 9_000_000), Content_Encoding="gzip"),
            paper.say("/cut", PLAIN[:900], announced=len(PLAIN)),
            paper.say("/moved", b"", status=301, Location=paper.url("/target")),
            paper.say("/away", b"", status=302, Location="http://elsewhere.example/"),
            paper.say("/round", b"", status=302, Location=paper.url("/round")),
            paper.say("/far0", b"", status=302, Location=paper.url("/far1")),
            paper.say("/missing", b"gone", status=404),
            paper.say("/broken", b"oops", status=500),
            paper.say("/forbidden/a", PLAIN),
            paper.say("/silent", b"", status=0),
        ]
        paper.say("/target", story("Where it moved to"))
        for number in range(1, 9):
            paper.say(f"/far{number}", b"", status=302, Location=paper.url(f"/far{number + 1}"))
        paper.say("/robots.txt", b"User-agent: hemeroteca\nDisallow: /forbidden/\n", Content_Type="text/plain")
        paper.say("/feed", feed(*urls), Content_Type="application/rss+xml")
        paper.say("/map", b"<urlset></urlset>", Content_Type="text/xml")
        paper.answers["/plain"].headers = [*paper.answers["/plain"].headers, ("Set-Cookie", "b=2")]
        operator.site("paper", paper.url(), feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")])
        run = operator.crawl("paper", "-s", "DOWNLOAD_MAXSIZE=1000000", "-s", "REDIRECT_MAX_TIMES=3")
        captures = {}
        for found in operator.captures():
            captures.setdefault(found.url.removeprefix(paper.url("")), []).append(found)
        yield run, captures, paper


def test_every_fetch_is_a_capture_robots_and_listings_too(visited):
    run, captures, paper = visited
    assert run.status == 0, run.err
    silent = run.report["statuses"]["error"]  # kept as metadata records, which are no captures to read
    assert sum(map(len, captures.values())) + silent == len(paper.asked) == run.report["requests"]
    assert {"/robots.txt", "/feed", "/map", "/moved", "/target", "/missing", "/broken"} <= set(captures)


def test_a_body_is_kept_decoded_and_its_encoding_under_another_name(visited):
    _, captures, _ = visited
    assert captures["/plain"][0].payload == PLAIN
    assert captures["/packed"][0].payload == PACKED
    assert captures["/brotli"][0].payload == BROTLI
    packed = captures["/packed"][0]
    assert packed.header("content-encoding") is None
    assert packed.header("x-archive-orig-content-encoding") == "gzip"
    assert packed.header("content-length") == str(len(PACKED))


def test_a_body_that_cannot_be_decoded_is_kept_as_it_came(visited):
    run, captures, _ = visited
    assert captures["/mislabelled"][0].payload == MISLABELLED
    assert run.report["outcomes"]["new"] == 5  # plain, packed, brotli, mislabelled, target


def test_headers_are_kept_in_order_and_repeated_ones_each(visited):
    _, captures, _ = visited
    pairs = captures["/plain"][0].headers
    assert [value for name, value in pairs if name == "Set-Cookie"] == ["a=1", "b=2"]
    names = [name for name, _ in pairs]
    assert names.index("Server") < names.index("X-Twice")
    assert (captures["/plain"][0].status, captures["/plain"][0].reason) == (200, "OK")


def test_a_body_over_the_bound_is_cut_and_said_to_be(visited):
    _, captures, _ = visited
    for path in ("/big", "/big-unannounced", "/bomb"):
        found = captures[path][0]
        assert found.truncated == "length", path
        assert 500_000 < len(found.payload) <= 1_200_000, path


def test_a_page_that_breaks_off_is_kept_as_far_as_it_came(visited):
    _, captures, _ = visited
    assert captures["/cut"][0].truncated == "disconnect"
    assert captures["/cut"][0].payload == PLAIN[:900]


def test_half_a_page_never_makes_a_version(visited):
    run, _, _ = visited
    assert run.report["unread"] == {"cut off: length": 3, "cut off: disconnect": 1}


def test_a_redirect_is_followed_within_the_site_only_and_not_for_ever(visited):
    run, captures, _ = visited
    assert captures["/moved"][0].status == 301
    assert captures["/target"][0].status == 200
    assert len(captures["/round"]) == 1
    assert run.report["skipped"]["redirect to a page asked already"] == 1
    assert [path for path in captures if path.startswith("/far")] == ["/far0", "/far1", "/far2", "/far3"]
    assert run.report["skipped"]["redirect to another host"] == 1
    assert run.report["skipped"]["redirects without end"] == 1


def test_robots_txt_is_obeyed_and_counted(visited):
    run, _, paper = visited
    assert "/forbidden/a" not in paper.paths()
    assert run.report["skipped"]["forbidden by robots.txt"] == 1


def test_an_error_is_asked_once_more_and_both_answers_are_kept(visited):
    _, captures, _ = visited
    assert [found.status for found in captures["/broken"]] == [500, 500]


def test_a_server_that_hangs_up_is_asked_once_more_and_the_error_is_kept(visited):
    run, _, paper = visited
    assert run.report["statuses"]["error"] == paper.paths().count("/silent") == 2
    assert f"WARNING paper: no answer: DownloadFailedError: {paper.url('/silent')}" in run.err
    assert run.report["outcomes"]["kept"] == 3  # missing, broken, silent


def test_we_say_who_we_are_and_take_no_cookies(visited):
    _, _, paper = visited
    for _, headers in paper.asked:
        assert headers["User-Agent"].startswith("hemeroteca/")
        assert "(+https://" in headers["User-Agent"]
        assert "Cookie" not in headers
        assert "Referer" not in headers


def test_captures_carry_the_time_of_the_one_clock(visited):
    _, captures, _ = visited
    ahead = captures["/plain"][0].fetched_at - datetime.now(UTC)
    assert timedelta(hours=23) < ahead < timedelta(days=1)
    assert captures["/plain"][0].kind is Kind.RESPONSE

from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive import warc_files
from crawler.beside import named_in_sheet, requisites
from tests.crawling import Operator, Paper, feed, sitemap, story
from tests.newsroom import Newsroom

XML = "text/xml; charset=utf-8"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
HERE = "https://panublion.example/2026/10/01/flood/"
CDN = "https://cdn.example"


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def paper():
    with Paper() as served:
        yield served


def needed(markup: str) -> list[str]:
    page = f"<html><head><title>x</title></head><body>{markup}</body></html>".encode()
    return [found.removeprefix("https://panublion.example") for found in
            requisites(page, HERE, "utf-8", {"panublion.example"})]  # fmt: skip


def test_a_page_needs_its_sheets_fonts_icons_pictures_and_its_own_scripts():
    assert needed('<link rel="stylesheet" href="/a.css"><link rel="Shortcut ICON" href="i.ico">') == [
        "/a.css", "/2026/10/01/flood/i.ico"]  # fmt: skip
    assert needed(f'<link rel="preload" as="font" href="{CDN}/f.woff2"><link rel="alternate" href="/feed/">') == [
        f"{CDN}/f.woff2"]  # fmt: skip
    assert needed(f'<script src="/own.js"></script><script src="{CDN}/track.js"></script>') == ["/own.js"]
    assert needed('<style>@import "b.css"; p { x: url( /c.png ) }</style><p style="background:url(d.gif)">') == [
        "/2026/10/01/flood/b.css", "/c.png", "/2026/10/01/flood/d.gif"]  # fmt: skip
    assert needed(f'<img src="/e.jpg" srcset="/e-2x.jpg 2x, {CDN}/w_300,h_200/e.jpg 300w,/g.jpg 600w">') == [
        "/e.jpg", "/e-2x.jpg", f"{CDN}/w_300,h_200/e.jpg", "/g.jpg"]  # fmt: skip
    assert needed('<img src="data:image/gif;base64,R0" data-src="/late.webp"><video poster="/p.jpg" src="/f.mp4">') == [
        "/late.webp", "/p.jpg"]  # fmt: skip


def test_nothing_that_may_count_a_visit_is_asked_for():
    assert needed('<img src="/dot.gif" width="1" height="1"><img src="/dot.png" height="0px">') == []
    assert needed(f'<noscript><img src="{CDN}/tr?id=7&ev=PageView"></noscript><img src="/count.php?post=9">') == []
    assert needed(f'<img src="{CDN}/px?url=/a.jpg"><iframe src="{CDN}/widget.png"></iframe>') == []


def test_addresses_that_are_none_and_pages_that_are_none_cost_nothing():
    assert needed('<img src="http://[bad/x.png"><img src=""><img src="javascript:x.png"><link rel="stylesheet">') == []
    assert requisites(b"", HERE, "no-such-charset", set()) == ()


def test_a_sheet_names_what_it_imports_and_shows():
    sheet = b"""@import url("base.css"); /* url(old.png) */ @font-face { src: url(../f.woff2?v=1#iefix) }
    .a { background: url('data:image/png;base64,AA'), url(//cdn.example/b.png) }"""
    assert named_in_sheet(sheet, "https://panublion.example/css/a.css") == (
        "https://panublion.example/css/base.css", "https://panublion.example/f.woff2?v=1", "https://cdn.example/b.png",
    )  # fmt: skip


def illustrated(paper: Paper, *paths: str, picture: str = "/lead.jpg") -> None:
    for path in paths:
        page = story(f"Story of {path}").replace(
            b"</title>",
            b"</title><link rel='stylesheet' href='/theme.css'><meta property='og:image' content='%s'>"
            % picture.encode(),
        )
        paper.say(path, page)
    paper.say("/map", sitemap(*map(paper.url, paths)), Content_Type=XML)
    paper.say("/feed", feed(), Content_Type=XML)
    paper.say("/theme.css", b"@import 'more.css'; body { background: url(/back.png) }", Content_Type="text/css")
    paper.say("/more.css", b"p { src: url(/theme.css) }", Content_Type="text/css", ETag='"m"')
    for name in ("/lead.jpg", "/back.png"):
        paper.say(name, PNG, Content_Type="image/png", ETag='"p"')


def site(operator: Operator, paper: Paper, also: str) -> None:
    operator.site("panublion", paper.url(), f"also = {also}", feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")])


def test_a_lead_picture_is_kept_once_and_is_no_article(operator, paper):
    illustrated(paper, "/2026/10/01/a/", "/2026/10/01/b/")
    site(operator, paper, '["lead-image"]')
    report = operator.crawl("panublion").report
    assert report["outcomes"] == {"new": 2}
    assert report["beside"] == {"lead-image": 1, "bytes": len(PNG)}
    assert (report["unread"], report["statuses"]) == ({}, {"200": 4})
    asked = paper.paths()
    assert asked.index("/lead.jpg") > max(map(asked.index, ("/2026/10/01/a/", "/2026/10/01/b/")))
    assert "/theme.css" not in paper.paths()
    assert [capture.payload for capture in operator.captures() if capture.url.endswith("lead.jpg")] == [PNG]


def test_requisites_are_followed_through_sheets_and_asked_again_only_after_a_month_with_validators(operator, paper):
    illustrated(paper, "/2026/10/01/a/")
    site(operator, paper, '["requisites", "lead-image"]')
    assert operator.crawl("panublion").report["beside"] == {
        "lead-image": 1, "requisites": 3, "bytes": 2 * len(PNG) + 55 + 26}  # fmt: skip
    for day, unchanged in ((2, 0), (40, 3)):
        paper.asked.clear()
        operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(86400 * day)
        illustrated(paper, "/2026/10/01/a/", f"/2026/10/{day}/b/")
        report = operator.crawl("panublion").report
        assert report["beside"].get("unchanged", 0) == unchanged
        asked = {path: headers for path, headers in paper.asked if path in ("/lead.jpg", "/more.css", "/back.png")}
        assert {headers.get("If-None-Match") for headers in asked.values()} == ({'"p"', '"m"'} if unchanged else set())


def test_what_is_beside_has_bounds_and_its_failures_are_no_fault_of_the_site(operator, paper):
    paths = [f"/2026/10/01/story-{number}/" for number in range(6)]
    for number, path in enumerate(paths):
        illustrated(paper, path, picture=f"/{number}.png")
        paper.say(f"/{number}.png", b"no", status=403)
    paper.say("/map", sitemap(*map(paper.url, paths)), Content_Type=XML)
    paper.say("/0.png", PNG + bytes(2**20 + 1), Content_Type="image/png")
    paper.say("/robots.txt", b"User-agent: *\nDisallow: /1.png\n")
    site(operator, paper, '["lead-image"]')
    bounds = ["-s", "HEMEROTECA_BESIDE_REQUESTS=4", "-s", "HEMEROTECA_BESIDE_MIB=1"]
    run = operator.crawl("panublion", *bounds)
    assert (run.status, run.report["outcomes"]) == (0, {"new": 6}), run.err
    beside = run.report["beside"]
    assert (beside["too large"], beside["failed"], beside["over budget"]) == (1, 2, 2)
    assert beside["forbidden by robots.txt"] == 1
    assert beside["bytes"] < 2**20 + 2**17
    assert not {"/1.png", "/4.png", "/5.png"} & set(paper.paths())
    paper.asked.clear()
    assert operator.scrapy("crawl", "panublion").out.count("beside") == 0  # nothing changed, so nothing is asked


@pytest.mark.newsroom
def test_a_page_of_the_newsroom_is_replayed_with_its_picture_its_sheet_and_its_font(operator):
    newsroom = Newsroom(seed=5, stories=4, papers=["lakeside"])
    with newsroom.serve() as server:
        [path] = newsroom.write_site_files(operator.sites, server)
        path.write_text(path.read_text().replace("delay = 0.0", 'delay = 0.0\nalso = ["lead-image", "requisites"]'))
        run = operator.crawl("lakeside")
        assert run.status == 0, run.err
        assert run.report["outcomes"] == {"new": 4}
        assert run.report["beside"]["lead-image"] == 4
        asked = [request.path for request in server.requests]
    assert len(asked) == len(set(asked))
    held = replayable(operator)
    address, page = next((url, body) for url, (_, body) in held.items() if b"td-post-featured-image" in body)
    named = requisites(page, address, "utf-8", {"127.0.0.1"})
    pictures = [url for url in named if url.endswith((".jpg", ".png"))]
    assert pictures
    assert all(held[url][0].startswith(("image/", "text/css", "text/javascript")) for url in named)
    assert any(kind == "font/woff2" for kind, _ in held.values())


def replayable(operator: Operator) -> dict[str, tuple[str, bytes]]:
    """Return what warcio, as any replay tool, finds under each address: type and body."""
    found = {}
    for path in warc_files(operator.home / "warc"):
        for record in ArchiveIterator(BytesIO(path.read_bytes())):
            if record.rec_type == "response" and record.http_headers.get_statuscode() == "200":
                kind = record.http_headers.get_header("Content-Type")
                found[record.rec_headers.get_header("WARC-Target-URI")] = (kind, record.content_stream().read())
    return found

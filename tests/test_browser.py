"""Pages that are empty until a script has run: shown to Debian's Chromium, which never touches the network."""

import importlib.util
import json
import shutil

import pytest
import sqlalchemy as sa

from archive import Archive, Kind, shifted_clock
from archive import tables as t
from archive.dump import dump
from archive.rebuild import rebuild_into
from crawler.browser import withheld
from crawler.site import Site
from tests.crawling import WORDS, Operator, Paper, feed, sitemap

XML = "text/xml; charset=utf-8"
PATH = "/2026/10/01/flood/"
HAS_BROWSER = importlib.util.find_spec("playwright") is not None and shutil.which("chromium") is not None
chromium = pytest.mark.skipif(not HAS_BROWSER, reason="needs the extra browser and Debian's package chromium")

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Loading</title><link rel="stylesheet" href="/style.css">
<script src="/app.js"></script></head><body><img src="/logo.png"><div id="app"></div></body></html>"""
SCRIPT = """
const ask = (address, told) => fetch(address, told).catch(() => null);
addEventListener("load", async () => {
  await Promise.all([ask("/count", {method: "POST"}), ask("/api/views?post=7"), ask("OTHER/evil.json"),
                     ask("/secret.json"), new Promise(done => { const s = new WebSocket("ws" + "OTHER".slice(4));
                     s.onerror = s.onclose = done; })]);
  const story = await (await fetch("/api/story.json")).json();
  document.title = story.title;
  document.getElementById("app").innerHTML = `<article><h1>${story.title}</h1>${story.body}</article>`;
  history.pushState({}, "", "/elsewhere/");
});
"""


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def papers(operator):
    with Paper() as paper, Paper() as other:
        paper.say("/map", sitemap(paper.url(PATH)), Content_Type=XML)
        paper.say("/feed", feed(), Content_Type=XML)
        paper.say("/robots.txt", b"User-agent: *\nDisallow: /secret\n")
        paper.say(PATH, PAGE.encode(), ETag='"shell"')
        script = SCRIPT.replace("OTHER", other.url("").replace("127.0.0.1", "localhost"))
        paper.say("/app.js", script.encode(), Content_Type="text/javascript")
        tell(paper, "The flood")
        operator.site("panublion", paper.url(), "browser = true", feeds=[paper.url("/feed")],
                      sitemaps=[paper.url("/map")])  # fmt: skip
        yield paper, other


def tell(paper: Paper, title: str) -> None:
    body = "".join(f"<p>{title}, part {number}. {WORDS}</p>" for number in range(3))
    paper.say("/api/story.json", json.dumps({"title": title, "body": body}).encode(), Content_Type="application/json")


@pytest.mark.parametrize(
    ("method", "kind", "url", "given"),
    [
        ("GET", "script", "https://panublion.example/app.js", True),
        ("GET", "fetch", "https://cdn.panublion.example/api/story/7", True),
        ("GET", "xhr", "https://old.example/api/posts?slug=review-of-counties", True),
        ("GET", "script", "https://stats.example/track.js", False),
        ("GET", "xhr", "https://notpanublion.example/api", False),
        ("POST", "fetch", "https://panublion.example/api/story/7", False),
        ("GET", "fetch", "https://panublion.example/wp-json/post-views-counter/view-post/7", False),
        ("GET", "xhr", "https://panublion.example/api?action=hit&id=7", False),
        ("GET", "image", "https://panublion.example/a.png", False),
        ("GET", "document", "https://panublion.example/frame/", False),
    ],
)
def test_a_page_is_given_scripts_and_data_of_its_own_hosts_and_nothing_that_may_count(method, kind, url, given):
    site = Site(name="p", title="P", url="https://panublion.example/", former_urls=("http://www.old.example/",))
    assert (withheld(method, kind, url, site) is None) is given


def test_a_site_that_needs_a_browser_is_not_visited_without_one(operator, papers):
    run = operator.crawl("panublion", "-s", "HEMEROTECA_BROWSER=no-such-browser")
    assert run.status == 2
    assert "panublion: visit.browser: " in run.err.splitlines()[-1]
    assert papers[0].asked == []


POLICIES = ("/ai.txt", "/.well-known/tdmrep.json")  # asked once a month of every paper


@chromium
def test_a_page_is_read_as_a_browser_shows_it_and_asks_through_us_only_what_it_may(operator, papers):
    paper, other = papers
    run = operator.crawl("panublion")
    assert run.status == 0, run.err
    assert run.report["outcomes"] == {"new": 1}
    assert run.report["beside"]["browser"] == 2
    asked = [path for path in paper.paths() if path not in POLICIES]
    assert sorted(asked) == sorted(["/robots.txt", "/map", "/feed", PATH, "/app.js", "/api/story.json"])
    assert other.asked == []
    assert {headers["User-Agent"].partition("/")[0] for _, headers in paper.asked} == {"hemeroteca"}
    with operator.archive() as archive, archive.engine.connect() as connection:
        rows = connection.execute(
            sa.select(t.capture.c.kind, t.url.c.url, t.capture.c.article_id)
            .join(t.url, t.url.c.id == t.capture.c.url_id)
            .where(t.capture.c.article_id.is_not(None))
        ).all()
    assert {(kind, url) for kind, url, _ in rows} == {
        (Kind.RESPONSE, paper.url(PATH)), (Kind.RENDERING, paper.url(PATH))}  # fmt: skip
    # What came is kept as it came; what was read stands beside it.
    assert next(capture.payload for capture in operator.captures() if capture.url == paper.url(PATH)) == PAGE.encode()


@chromium
def test_a_new_text_behind_the_same_page_is_a_change_and_the_warc_files_alone_tell_it_again(operator, papers):
    paper, _ = papers
    assert operator.crawl("panublion").status == 0
    tell(paper, "The flood: two drowned")
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = "86400"
    run = operator.crawl("panublion")
    assert run.report["outcomes"] == {"stealth": 1}, run.err
    rebuilt = operator.home.with_name("rebuilt")
    rebuild_into(operator.home, rebuilt, shifted_clock())
    assert dumped(rebuilt) == dumped(operator.home)
    # Read again, the page as it came would say nothing; what the browser showed says the same as before.
    again = operator.crawl("replay", "-a", "source=archive", "-a", "site=panublion")
    assert again.status == 0, again.err
    assert again.report["outcomes"].get("unread", 0) == 0
    with operator.archive() as archive:
        assert archive.known("panublion", [paper.url(PATH)])[paper.url(PATH)].state == "live"


def dumped(home):
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        return sorted(dump(connection))

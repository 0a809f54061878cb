"""Whole visits: the real command, a paper on the loopback, an archive on disk."""

import json
import resource
import secrets
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from crawler import settings
from tests.crawling import PROJECT, Operator, Paper, feed, sitemap, story
from tests.newsroom import Newsroom

XML = "text/xml; charset=utf-8"


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def paper():
    with Paper() as served:
        yield served


def listed(paper: Paper, *paths: str) -> None:
    """Let a paper list these stories in a feed and a sitemap."""
    urls = [paper.url(path) for path in paths]
    paper.say("/feed", feed(*urls), Content_Type=XML)
    paper.say("/map", sitemap(*urls), Content_Type=XML)


def panublion(operator: Operator, paper: Paper, text: str = "") -> None:
    operator.site("panublion", paper.url(), text, feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")])


# ------------------------------------------------------------------ what a visit finds


def test_bad_pages_and_listings_cost_nothing_but_themselves(operator, paper):
    good = [f"/2026/10/01/story-{number}/" for number in range(20)]
    for path in good:
        paper.say(path, story(f"Story of {path}"))
    paper.say("/empty", b"")
    paper.say("/binary", bytes(range(256)) * 40)
    paper.say("/huge", b"<html><body>" + b"<p>words and words</p>" * 1_500_000)
    paper.say("/latin", story("Niño sa Peñafrancia", charset="latin-1"))
    paper.say("/cut", story("Half a story")[:700], announced=5000)
    paper.say("/picture", b"\x89PNG", Content_Type="image/png")
    bad = ["/empty", "/binary", "/huge", "/latin", "/cut", "/picture"]
    listed(paper, *good, *bad)
    paper.say("/feed-of-html", b"<!DOCTYPE html><title>Sorry</title>")
    index = f"<sitemapindex><sitemap><loc>{paper.url('/index')}</loc></sitemap></sitemapindex>".encode()
    paper.say("/index", index, Content_Type=XML)
    paper.say("/map-cut", sitemap(paper.url(good[0]), paper.url("/late"))[:-30], Content_Type=XML)
    maps = [paper.url(path) for path in ("/map", "/index", "/map-cut", "/map-missing")]
    operator.site("panublion", paper.url(), feeds=[paper.url("/feed"), paper.url("/feed-of-html")], sitemaps=maps)
    run = operator.crawl("panublion")
    report = run.report
    assert run.status == 0, run.err
    with operator.archive() as archive:
        assert len(archive.known("panublion", map(paper.url, good))) == len(good)
        latin = archive.known("panublion", [paper.url("/latin")])
        signals = {found.url.removeprefix(paper.url("")): found.state for found in archive.signals("panublion")}
    assert latin
    assert report["unread"]["not a page: image/png"] == 1
    assert report["unread"]["cut off: disconnect"] == 1
    assert report["unread"]["cut off: length"] == 1
    assert sum(report["unread"].values()) == 5
    assert paper.paths().count("/index") == 1
    assert len(set(paper.paths())) == len(paper.paths())
    assert "not a feed: it is an HTML page" in signals["/feed-of-html"]
    assert signals["/map-cut"].startswith("broken XML")
    assert len(report["problems"]) == 3
    assert "WARNING panublion: feed: not a feed: it is an HTML page: http://" in run.err
    assert "DeprecationWarning" not in run.err
    assert "scrapy" not in run.err.lower()


def test_what_the_site_file_does_not_name_is_probed(operator, paper):
    paths = ["/2026/10/01/a/", "/2026/10/01/b/", "/2026/10/01/c/", "/2026/10/01/d/"]
    for path in paths:
        paper.say(path, story(f"Story of {path}"))
    paper.say("/", b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>')
    generator = "<generator>https://wordpress.org/</generator>"
    paper.say("/rss", feed(*map(paper.url, paths[:2]), more=generator), Content_Type=XML)
    paper.say("/rss?paged=2", feed(paper.url(paths[2]), more=generator), Content_Type=XML)
    paper.say("/robots.txt", f"User-agent: *\nSitemap: {paper.url('/named.xml')}\n".encode())
    paper.say("/named.xml", sitemap(paper.url(paths[3]), "http://elsewhere.example/x"), Content_Type=XML)
    operator.site("panublion", paper.url())
    report = operator.crawl("panublion").report
    assert report["exit_status"] == 0, report
    assert report["outcomes"] == {"new": 4}
    found = {kind: (told["links"], told["new"]) for kind, told in report["signals"].items()}
    assert found == {"feed": (3, 3), "sitemap": (1, 1), "section": (0, 0), "wordpress": (0, 0)}
    assert len(set(paper.paths())) == len(paper.paths()), "robots.txt is not asked for twice"
    assert report["skipped"] == {"other host": 1}
    assert report["problems"] == []
    assert "/rss?paged=3" in paper.paths()


def test_arguments_narrow_a_visit(operator, paper):
    paths = [f"/2026/10/0{day}/story/" for day in range(1, 6)]
    for path in paths:
        paper.say(path, story(f"Story of {path}"))
    old = sitemap(*map(paper.url, paths[:2]), lastmod="2026-10-01")
    new = sitemap(*map(paper.url, paths[2:]), lastmod="2026-10-04T23:00:00+08:00")
    paper.say("/old", old, Content_Type=XML)
    paper.say("/new", new, Content_Type=XML)
    paper.say("/feed", feed(), Content_Type=XML)
    operator.site("panublion", paper.url(), feeds=[paper.url("/feed")], sitemaps=[paper.url("/old"), paper.url("/new")])
    one = operator.crawl("panublion", "-a", f"url={paper.url(paths[0])}#comments")
    assert one.report["outcomes"] == {"new": 1}
    assert paper.paths() == ["/robots.txt", paths[0]]
    since = operator.crawl("panublion", "-a", "since=2026-10-04", "-a", "limit=2").report
    assert since["outcomes"] == {"new": 2}
    assert since["skipped"] == {"before since": 2, "over limit": 1}
    rest = operator.crawl("panublion").report
    assert rest["outcomes"] == {"new": 2}


def test_a_listed_page_without_a_story_is_fetched_once_but_a_refused_one_again(operator, paper):
    paper.say("/about-us/", b"<html><head><title>About</title></head><body><h1>About us</h1></body></html>")
    paper.say("/2026/10/01/busy/", b"try again", status=429)
    paper.say("/2026/10/01/a/", story("A story"))
    listed = map(paper.url, ("/about-us/", "/2026/10/01/busy/", "/2026/10/01/a/"))
    paper.say("/map", sitemap(*listed), Content_Type=XML)
    paper.say("/feed", feed(), Content_Type=XML)
    operator.site("panublion", paper.url(), feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")])
    assert operator.crawl("panublion").report["outcomes"]["new"] == 1
    paper.asked.clear()
    paper.say("/2026/10/01/busy/", story("A story that was too much asked for"))
    second = operator.crawl("panublion").report
    assert second["outcomes"] == {"new": 1}
    assert second["skipped"] == {"no story when last fetched": 1}
    assert "/about-us/" not in paper.paths()


def test_a_second_visit_asks_with_validators_and_only_for_what_is_due_or_changed(operator, paper):
    same, changed, moved, gone = (f"/2026/10/01/{name}/" for name in ("same", "changed", "moved", "gone"))
    for path in (same, changed, moved, gone):
        paper.say(path, story(f"Story of {path}"), ETag=f'"{path}"', Last_Modified="Thu, 01 Oct 2026 00:00:00 GMT")
    listed(paper, same, changed, moved, gone)
    panublion(operator, paper)
    assert operator.crawl("panublion").report["outcomes"] == {"new": 4}
    paper.asked.clear()

    soon = operator.crawl("panublion").report
    assert soon["outcomes"] == {}
    assert set(paper.paths()) == {"/robots.txt", "/feed", "/map"}
    paper.asked.clear()

    paper.say(changed, story("Another headline altogether"), ETag='"new"')
    paper.say(gone, b"", status=410)
    paper.say("/2026/10/01/renamed/", paper.answers[moved].body, ETag=f'"{moved}"')
    paper.say(moved, b"", status=301, Location="/2026/10/01/renamed/")
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = "86400"
    later = operator.crawl("panublion").report
    assert later["outcomes"] == {"unchanged": 1, "renamed": 1, "stealth": 1, "kept": 1, "gone": 1}
    headers = dict(paper.asked)
    assert headers[gone]["If-None-Match"] == f'"{gone}"'
    assert headers[gone]["If-Modified-Since"] == "Thu, 01 Oct 2026 00:00:00 GMT"
    assert "If-None-Match" not in headers[same]  # one look in twenty asks whether the server tells the truth
    assert headers[moved]["If-None-Match"] == f'"{moved}"'
    assert "If-None-Match" not in headers["/2026/10/01/renamed/"]
    assert len(paper.paths()) == 8


# ------------------------------------------------------------------ how a visit ends


def test_a_visit_that_could_read_none_of_its_pages_ends_with_3(operator, paper):
    paths = [f"/2026/10/0{day}/story/" for day in range(1, 7)]
    for path in paths:
        paper.say(path, b"<html><head><title>New look</title></head><body><div id='app'></div></body></html>")
    listed(paper, *paths)
    panublion(operator, paper)
    run = operator.crawl("panublion")
    assert run.status == 3
    assert "expectation missed: none of 6 pages could be read (6 times: " in run.err


def test_a_site_file_or_name_or_argument_that_is_wrong_ends_with_2_and_a_line(operator, paper):
    panublion(operator, paper)
    operator.site("broken", paper.url(), "[read]\nbody = 'div..post'")
    for arguments, said in [
        (["broken"], 'broken.toml: read.body: not a CSS selector: "div..post"'),
        (["panublon"], "no site file for panublon; did you mean panublion?"),
        ([], "name one site: scrapy crawl SITE"),
        (["panublion", "-a", "since=May"], "panublion: -a since=May: not a date like 2026-05-31"),
        (["panublion", "-a", "limit=no"], "panublion: -a limit=no: not a number of stories"),
        (["panublion", "-a", "url=http://elsewhere.example/"], "other host; expected an address of http://127.0.0.1"),
        (
            ["panublion", "-a", "depth=3"],
            "panublion: -a depth: no such argument; there are url, since, until, limit, backfill, archives and signals",
        ),
        (["panublion", "-s", "HEMEROTECA_READERS=many"], "HEMEROTECA_READERS=many: expected a number of processes"),
    ]:
        run = operator.scrapy("crawl", *arguments)
        assert (run.status, run.out) == (2, ""), arguments
        assert said in run.err.splitlines()[-1]
        assert "Traceback" not in run.err
    assert not operator.home.exists()
    assert paper.asked == []


def test_a_site_that_refuses_us_ends_with_4(operator, paper):
    panublion(operator, paper)
    paper.say("/robots.txt", b"User-agent: *\nDisallow: /\n")
    forbidden = operator.crawl("panublion")
    assert (forbidden.status, paper.paths()) == (4, ["/robots.txt"])
    assert forbidden.err.splitlines()[-1] == "panublion: blocked: robots.txt forbids all that was asked for"
    paper.say("/robots.txt", b"")
    paper.say("/feed", b"", status=403)
    paper.say("/map", b"", status=403)
    refused = operator.crawl("panublion")
    assert (refused.status, refused.report["exit_status"]) == (4, 4)
    assert refused.err.splitlines()[-1] == "panublion: blocked: every request was refused (2 times 403)"


def test_a_visit_that_found_nothing_or_too_little_ends_with_3(operator, paper):
    panublion(operator, paper, "[expect]\nfields = { title = 0.9, views = 0.5 }")
    operator.site("down", "http://127.0.0.1:1/")
    down = operator.crawl("down")
    assert (down.status, down.report["statuses"]) == (3, {})
    assert "Traceback" not in down.err
    assert "no link was found (robots.txt: DownloadConnectionRefusedError, so nothing" in down.err.splitlines()[-1]
    paper.say("/feed", feed(), Content_Type=XML)
    nothing = operator.crawl("panublion")
    assert nothing.status == 3
    assert "panublion: expectation missed: no link was found (sitemap: answered 404:" in nothing.err.splitlines()[-1]
    paths = [f"/2026/10/01/story-{number}/" for number in range(20)]
    for path in paths:
        paper.say(path, story(f"Story of {path}"))
    listed(paper, *paths)
    little = operator.scrapy("crawl", "panublion")
    assert little.status == 3
    assert little.err.splitlines()[-1] == (
        "panublion: expectation missed: views in 0% of the last readings, at least 50% expected"
    )
    assert "panublion: new: 20\n" in little.out
    # All of them answer 404 a day later: that is a broken site, not twenty removals.
    for path in paths:
        paper.say(path, b"", status=404)
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = "86400"
    broken = operator.crawl("panublion")
    assert broken.status == 3
    assert "20 of 20 revisits answered 404 or 410: nothing is taken as gone" in broken.err.splitlines()[-1]
    assert "missing" not in broken.report["outcomes"]


def test_a_crash_or_an_early_end_ends_with_1(operator, paper, tmp_path):
    panublion(operator, paper)
    listed(paper, "/2026/10/01/a/", "/2026/10/01/b/")
    for path in ("/2026/10/01/a/", "/2026/10/01/b/"):
        paper.say(path, story("Story"))
    (tmp_path / "shaky.py").write_text(
        "class Pipeline:\n    def process_item(self, item):\n        raise KeyError('no such thing')\n"
    )
    operator.environment["PYTHONPATH"] = str(tmp_path)
    crashed = operator.crawl("panublion", "-s", f"ITEM_PIPELINES={json.dumps({'shaky.Pipeline': 1})}")
    assert crashed.status == 1
    assert crashed.err.splitlines()[-1] == "panublion: crashed: KeyError: 'no such thing' (and 1 more)"
    early = operator.crawl("panublion", "-s", "CLOSESPIDER_PAGECOUNT=2")
    assert early.status == 1
    assert early.err.splitlines()[-1] == "panublion: ended before it was finished: closespider_pagecount"


def test_a_crash_anywhere_ends_with_1_and_is_never_taken_for_a_bad_answer(operator, paper, tmp_path):
    panublion(operator, paper)
    listed(paper, "/2026/10/01/a/")
    paper.say("/2026/10/01/a/", story("Story"))
    (tmp_path / "shaky.py").write_text(
        "from crawler.listings import Listings\nfrom crawler.stories import Stories\nfrom archive import Archive\n"
        "from crawler.middlewares import GuardMiddleware\nfrom crawler.spiders.news import NewsSpider\n"
        "def fail(*given, **told):\n    raise KeyError('no such thing')\n"
        "class Callback:\n    def __init__(self):\n        Stories.page = fail\n"
        "class Start:\n    def __init__(self):\n        Archive.due = fail\n"
        "class Guard:\n    def __init__(self):\n        GuardMiddleware.process_request = fail\n"
    )
    operator.environment["PYTHONPATH"] = str(tmp_path)
    for part in ("Callback", "Start", "Guard"):
        run = operator.crawl("panublion", "-s", f"EXTENSIONS={json.dumps(extensions(f'shaky.{part}'))}")
        assert run.status == 1, (part, run.err)
        assert run.err.splitlines()[-1].startswith("panublion: crashed: KeyError: 'no such thing'"), part


def extensions(more: str) -> dict[str, int]:
    return {**settings.EXTENSIONS, more: 1}


def under_way(operator, paper, *, delay, asked):
    """Begin a slow visit and return its process when the paper was asked so often."""
    command, environment = operator.command("crawl", "panublion", "-s", f"DOWNLOAD_DELAY={delay}")
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    until = time.monotonic() + 30
    while len(paper.asked) < asked and time.monotonic() < until:
        time.sleep(0.05)
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_visit_ends_with_1_and_keeps_what_it_has(operator, paper, number):
    paths = [f"/2026/10/01/story-{number}/" for number in range(40)]
    for path in paths:
        paper.say(path, story(f"Story of {path}"))
    listed(paper, *paths)
    panublion(operator, paper)
    process = under_way(operator, paper, delay=0.3, asked=6)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1, err
    assert err.decode().splitlines()[-1] == "panublion: ended before it was finished: shutdown"
    assert b"panublion: new: " in out
    with operator.archive() as archive:
        assert archive.known("panublion", map(paper.url, paths))
    assert not list((operator.home / "warc").glob("*.open"))


def test_a_second_visit_of_the_same_host_ends_at_once_with_75_until_the_first_is_dead(operator, paper):
    paths = [f"/2026/10/01/story-{number}/" for number in range(20)]
    for path in paths:
        paper.say(path, story(f"Story of {path}"))
    listed(paper, *paths)
    panublion(operator, paper)
    first = under_way(operator, paper, delay=1, asked=3)
    second = operator.crawl("panublion")
    assert second.status == 75
    assert f"is being visited by process {first.pid} on " in second.err.splitlines()[-1]
    assert paper.paths().count("/robots.txt") == 1  # the second asked nothing at all
    first.kill()
    first.communicate(timeout=30)
    assert operator.crawl("panublion").status == 0
    with operator.archive() as archive:
        assert len(archive.known("panublion", map(paper.url, paths))) == 20


def test_a_store_that_is_lost_ends_with_5_and_loses_nothing_else(operator, paper):
    paths = [f"/2026/10/01/story-{number}/" for number in range(60)]
    for path in paths:
        paper.say(path, story(f"Story of {path}", paragraphs=40) + random_bytes(20_000))
    listed(paper, *paths)
    panublion(operator, paper)
    operator.home.write_text("not a folder")
    unopened = operator.crawl("panublion")
    assert (unopened.status, paper.asked) == (5, [])
    assert unopened.err.splitlines()[-1].startswith(f"panublion: store lost: {operator.home}")
    assert "Traceback" not in unopened.err
    operator.home.unlink()

    def small_disk() -> None:
        # No file may grow over this: the WARC file is full in the middle of the visit.
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    full = operator.crawl("panublion", before=small_disk)
    assert full.status == 5, full.err
    assert "panublion: store lost: " in full.err.splitlines()[-1]
    assert len(paper.asked) < 50
    again = operator.crawl("panublion")
    assert again.status == 0, again.err
    with operator.archive() as archive:
        assert len(archive.known("panublion", map(paper.url, paths))) == 60


def test_a_database_that_is_full_ends_with_5_whatever_it_was_asked(operator, paper):
    paths = [f"/2026/10/01/story-{number}/" for number in range(60)]
    for path in paths:
        paper.say(path, story(f"Story of {path}", paragraphs=60))
    listed(paper, *paths)
    panublion(operator, paper)
    with Archive(operator.home):
        held = (operator.home / "archive.sqlite").stat().st_size

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (held + 100_000, held + 100_000))

    full = operator.crawl("panublion", before=small_disk)
    assert full.status == 5, full.err
    assert "cannot write" in full.err.splitlines()[-1]
    assert operator.crawl("panublion").status == 0
    with operator.archive() as archive:
        assert len(archive.known("panublion", map(paper.url, paths))) == 60


def test_stories_that_came_out_in_a_week_are_counted_from_the_second_week_on(operator, paper):
    panublion(operator, paper, "[expect]\narticles_per_week = [1, 50]")
    listed(paper, "/2026/10/01/a/")
    paper.say("/2026/10/01/a/", story("Story"))
    assert operator.crawl("panublion").status == 0
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(8 * 86400)
    quiet = operator.crawl("panublion")
    assert quiet.status == 3
    assert quiet.err.splitlines()[-1] == "panublion: expectation missed: 0 stories in the last 7 days, 1 to 50 expected"


def random_bytes(size: int) -> bytes:
    """Return markup that does not pack."""
    return b"<!-- " + secrets.token_hex(size // 2).encode() + b" -->"


# ------------------------------------------------------------------ the newsroom


@pytest.mark.newsroom
def test_papers_of_the_newsroom_are_archived_whole_and_then_followed(operator):
    newsroom = Newsroom(seed=11, stories=25, papers=["lakeside", "sever"])
    with newsroom.serve() as server:
        newsroom.write_site_files(operator.sites, server)

        def visit(name: str) -> dict[str, Any]:
            server.clear()
            ahead = newsroom.now - datetime.now(UTC)
            operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(ahead.total_seconds())
            run = operator.crawl(name)
            assert run.status == 0, run.err
            asked = [request.path for request in server.requests if request.paper == name]
            assert len(asked) == len(set(asked)), "a page was asked for twice"
            return run.report

        for name in newsroom.papers:
            first = visit(name)
            assert (first["outcomes"], first["unread"]) == ({"new": 25}, {}), name
        newsroom.advance(days=1)
        second = visit("lakeside")
        assert second["outcomes"]["unchanged"] > 15
        assert second["outcomes"]["new"] >= 1
        assert 15 < second["statuses"]["304"] <= second["outcomes"]["unchanged"]


def test_a_walled_copy_is_counted_exported_and_never_takes_the_place_of_the_full_text(operator, paper):
    panublion(operator, paper)
    paths = ["/2026/10/01/a/", "/2026/10/01/b/"]
    listed(paper, *paths)
    paper.say(paths[0], story("Open", paragraphs=6))
    wall = b'<div class="paywall"><p>Subscribe to read on.</p><a href="/join/">Join</a></div></article>'
    paper.say(paths[1], story("Closed", paragraphs=1).replace(b"</article>", wall))
    first = operator.crawl("panublion").report
    assert first["access"] == {"unknown": 1, "walled": 1}
    paper.say(paths[0], story("Open", paragraphs=1).replace(b"</article>", wall))
    for day in (1, 2, 3):
        operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(day * 86400)
        report = operator.crawl("panublion").report
        assert (report["outcomes"], report["access"]) == ({"unchanged": 2}, {"walled": 2})
    exported = subprocess.run(
        [Path(sys.executable).parent / "hemeroteca", "export", "-", "--home", str(operator.home)],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    articles = {found["title"]: found for found in map(json.loads, exported.stdout.splitlines())}
    assert {title: found["access"] for title, found in articles.items()} == {"Open": "unknown", "Closed": "walled"}
    assert articles["Open"]["body"].count("part ") == 6


@pytest.mark.parametrize("report", ["text", "json"])
def test_a_visit_ends_well_when_nobody_reads_what_it_prints(operator, report):
    with Paper() as paper:
        paper.say("/feed/", feed(paper.say("/bridge", story("Bridge closed"))), Content_Type="application/rss+xml")
        operator.site("panublion", paper.url(), feeds=[paper.url("/feed/")])
        command, environment = operator.command("crawl", "panublion", "-s", f"VISIT_REPORT={report}")
        visit = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )  # fmt: skip
        visit.stdout.close()
        visit.stderr.close()
        assert visit.wait(timeout=120) == 0
    with operator.archive() as archive:
        assert len(archive.known("panublion", [paper.url("/bridge")])) == 1

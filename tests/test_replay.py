"""The road from WARC files: the real command on files written here."""

import gzip
import shutil
from uuid import NAMESPACE_URL, uuid5

import pytest

from archive import corpus
from tests.crawling import Operator, Paper, feed, story


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


def record(kind: str, url: str, date: str, block: bytes) -> bytes:
    """Return a record of somebody's WARC file as one gzip member."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid5(NAMESPACE_URL, kind + url + date)}>\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def response(url: str, date: str, body: bytes, *, kind: str = "text/html", status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return record("response", url, date, head.encode() + body)


def test_foreign_files_are_archived_with_their_own_dates_and_only_once(operator, tmp_path):
    folder = tmp_path / "foreign"
    folder.mkdir()
    operator.site("panublion", "https://panublion.example/")
    site = "https://panublion.example"
    members = [
        response(f"{site}/bridge", "2019-05-01", story("Bridge closed")),
        response(f"{site}/bridge", "2021-05-01", story("Bridge open again")),
        response("http://www.elsewhere.example/a", "2020-05-01", story("Another place")),
        response(f"{site}/a.png", "2020-05-01", b"\x89PNG", kind="image/png"),
        response(f"{site}/lost", "2020-05-01", b"<html>", status="404 Not Found"),
        record("request", f"{site}/", "2020-05-01", b"GET / HTTP/1.1\r\n\r\n"),
    ]
    whole = b"".join(members)
    (folder / "a.warc.gz").write_bytes(whole)
    (folder / "cut.warc.gz").write_bytes(whole[: len(whole) // 2])
    first = operator.crawl("replay", "-a", f"warc={folder}")
    assert first.status == 0, first.err
    # The torn copy's records may still be on the road when the same ones come again.
    outcomes = {name: count for name, count in first.report["outcomes"].items() if name != "known"}
    assert outcomes == {"new": 2, "stealth": 1, "kept": 1}
    assert first.report["skipped"]["not a page: image/png"] == 1
    assert first.report["skipped"]["request record"] == 1
    with operator.archive() as archive:
        bridge = archive.known("panublion", ["https://panublion.example/bridge"])["https://panublion.example/bridge"]
        assert bridge.fetched_at.year == 2021
        assert archive.known("elsewhere.example", ["http://www.elsewhere.example/a"])

    before = sorted(path.name for path in (operator.home / "warc").iterdir())
    second = operator.scrapy("crawl", "replay", "-a", f"warc={folder}")
    assert second.status == 0, second.err
    assert "replay: new: 0\n" in second.out
    assert "known already" in second.out
    assert sorted(path.name for path in (operator.home / "warc").iterdir()) == before


def test_captures_that_arrive_together_are_one_story_and_copies_as_if_they_came_one_by_one(operator, tmp_path):
    def at(url: str, page: bytes) -> bytes:
        return page.replace(b"<head>", f'<head><link rel="canonical" href="{url}">'.encode())

    one, other = "https://panublion.example", "http://elsewhere.example"
    (tmp_path / "a.warc").write_bytes(b"".join((
        response(f"{one}/bridge?from=feed", "2019-05-01", at(f"{one}/bridge", story("Bridge closed"))),
        response(f"{one}/bridge", "2019-06-01", at(f"{one}/bridge", story("Bridge open again"))),
        response(f"{one}/bridge?from=mail", "2019-06-02", at(f"{one}/bridge", story("Bridge open again"))),
        response(f"{other}/copied", "2019-06-03", at(f"{other}/copied", story("Bridge open again"))),
        response(f"{other}/market", "2019-06-04", at(f"{other}/market", story("Market opens"))),
    )))  # fmt: skip
    operator.site("panublion", one)
    run = operator.crawl("replay", "-a", f"warc={tmp_path / 'a.warc'}")
    assert run.report["outcomes"] == {"new": 3, "stealth": 1, "unchanged": 1}, run.err
    assert run.report["copies"] == 1
    with operator.archive() as archive:
        assert corpus.history(archive, f"{one}/bridge").captures == 3


def test_our_own_files_replay_into_an_equal_archive(operator, tmp_path):
    with Paper() as paper:
        paths = [f"/2026/10/01/story-{number}/" for number in range(40)]
        for path in paths:
            paper.say(path, story(f"Story of {path}"))
        urls = [paper.url(path) for path in paths]
        paper.say("/feed", feed(*urls), Content_Type="text/xml")
        paper.say("/map", feed(), Content_Type="text/xml")
        operator.site("panublion", paper.url(), feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")])
        assert operator.crawl("panublion").report["outcomes"] == {"new": 40}
    other = Operator(home=tmp_path / "other", sites=operator.sites)
    moved = tmp_path / "moved"
    shutil.copytree(operator.home / "warc", moved)
    run = other.crawl("replay", "-a", f"warc={moved}")
    # Two are kept: /ai.txt and /.well-known/tdmrep.json, which answered 404.
    assert run.report["outcomes"] == {"new": 40, "kept": 2}, run.err
    with operator.archive() as one, other.archive() as two:
        ours, theirs = one.known("panublion", urls), two.known("panublion", urls)
    assert {url: known.fetched_at for url, known in ours.items()} == {u: k.fetched_at for u, k in theirs.items()}


def test_a_path_that_is_wrong_ends_with_2_and_a_line(operator, tmp_path):
    (tmp_path / "empty").mkdir()
    operator.sites.mkdir()
    for argument, said in [
        ([], "replay: give -a warc=FILE_OR_FOLDER, or -a source=archive to read the archive's own captures again"),
        (["-a", f"warc={tmp_path}/absent"], f"replay: -a warc={tmp_path}/absent: no such file or folder"),
        (["-a", f"warc={tmp_path}/empty"], f"replay: -a warc={tmp_path}/empty: no *.warc or *.warc.gz in this folder"),
        (["-a", "war=x"], "replay: -a war: no such argument; there are warc, source, site, since and dry"),
    ]:
        run = operator.crawl("replay", *argument)
        assert (run.status, run.err) == (2, f"{said}\n")


def test_the_archives_own_captures_are_read_again_with_todays_site_file(operator):
    with Paper() as paper:
        page = story("Bridge closed").replace(b"<h1>", b'<p class="by">Text: Jun Cruz</p><h1>')
        urls = [paper.say("/bridge", page), paper.say("/market", story("Market opens"))]
        paper.say("/feed/", feed(*urls), Content_Type="application/rss+xml")
        operator.site("panublion", paper.url(), feeds=[paper.url("/feed/")])
        assert operator.crawl("panublion").status == 0
        asked = len(paper.asked)
        operator.site("panublion", paper.url(), '[read]\nbyline = ".by"\n', feeds=[paper.url("/feed/")])
        dry = operator.crawl("replay", "-a", "source=archive", "-a", "site=panublion", "-a", "dry=yes")
        assert dry.report["differences"]["authors"] == 1
        assert "panublion: authors: ['Ana Reyes'] → ['Jun Cruz']" in dry.err
        assert authors(operator, urls[0]) == ["Ana Reyes"]
        real = operator.crawl("replay", "-a", "source=archive")
        assert (real.status, real.report["outcomes"]) == (0, {"reread": 1, "known": 1})
        assert authors(operator, urls[0]) == ["Jun Cruz"]
        again = operator.crawl("replay", "-a", "source=archive")
        assert again.report["outcomes"] == {"known": 2}
        assert len(paper.asked) == asked  # nothing was asked of the paper


def authors(operator, url: str) -> list[str]:
    with operator.archive() as archive:
        told = corpus.history(archive, url)
    assert [version["change"] for version in told.versions] == ["new"]
    return told.versions[0]["authors"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-a", "source=moon"], "there is only archive"),
        (["-a", "warc=x", "-a", "source=archive"], "give -a warc=FILE_OR_FOLDER, or -a source=archive"),
        (["-a", "source=archive", "-a", "since=now"], "not a date like 2026-05-31"),
        (["-a", "source=archive", "-a", "dry=maybe"], "expected yes or no"),
    ],
)
def test_a_wrong_argument_of_a_reread_is_told(operator, words, message):
    said = operator.crawl("replay", *words)
    assert said.status == 2
    assert message in said.err

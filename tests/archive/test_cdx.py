"""The index of captures: the real cdxj-indexer writes the same of our files; parts, times and takedowns are heeded."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from archive import Archive, QueryError, cdx
from archive.cdx import Asked, Line, lines
from archive.mementos import parse_stamp
from tests.archive.make import DAY, HOUR, START, STORY, Paper, SettableClock
from tests.clients import CLIENTS, needs_clients

if TYPE_CHECKING:
    from pathlib import Path

SITE = "https://lakeside.example/"
OTHERS = (
    "https://www.lakeside.example/2026/11/flood-2/?b=2&A=1", "https://news.lakeside.example/2026/",
    "https://lakeside.example:8443/x", "https://lakeside.example.net/", "https://lakesides.example/", SITE,
)  # fmt: skip


def fill(archive: Archive, clock: SettableClock) -> None:
    paper = Paper(archive, clock)
    paper.prints()
    paper.answers(304, at=clock.advance(HOUR))
    moved = (("Location", STORY),)
    archive.save(paper.capture(status=301, url=f"{SITE}moved/", headers=moved, reason="Moved Permanently"))
    archive.save(paper.capture(url=f"{SITE}a.json", headers=(("content-type", " Application/JSON;charset=x"),)))
    for status in (404, 410, 503, None):
        paper.answers(status, url=f"{SITE}{status}/")
    for url in OTHERS:
        archive.save(paper.capture(url=url))
    paper.prints(title="Two drowned", at=clock.advance(DAY))
    paper.end()


@pytest.fixture
def filled(archive: Archive, clock: SettableClock) -> Archive:
    fill(archive, clock)
    return archive


def urls(archive: Archive, match: str, url: str = SITE) -> list[str]:
    return [line.url for line in lines(archive, Asked(url=url, match=match))]


@needs_clients
def test_cdxj_indexer_writes_the_same_lines_of_our_files(home: Path, clock: SettableClock) -> None:
    with Archive(home, clock=clock) as archive:
        fill(archive, clock)
    told = subprocess.run(
        [CLIENTS / "cdxj-indexer", "-s", *(home / "warc").glob("*.warc.gz")], capture_output=True, text=True, check=True
    )
    theirs = [line for line in told.stdout.splitlines(keepends=True) if not line.startswith("urn:hemeroteca:")]
    with Archive(home, readonly=True) as archive:
        ours = [line.cdxj() for line in lines(archive, Asked(url="https://example/", match="domain"))]
        ours += [line.cdxj() for line in lines(archive, Asked(url="https://net/", match="domain"))]
    assert len(ours) == 14
    assert ours == theirs


def test_an_address_is_found_however_it_is_written(filled: Archive) -> None:
    for written in (
        STORY,
        STORY.replace("https", "http"),
        STORY.rstrip("/"),
        "HTTP://WWW.Lakeside.example/2026/11/Flood",
    ):
        assert [(line.timestamp, line.status) for line in lines(filled, Asked(url=written))] == [
            ("20261102080000", "200"), ("20261102090000", None), ("20261103090000", "200"),
        ]  # fmt: skip
    assert urls(filled, "exact", f"{STORY}nothing") == []


def test_a_path_a_host_and_a_domain_have_each_their_own(filled: Archive) -> None:
    assert urls(filled, "prefix", f"{SITE}2026/11/flood") == [STORY] * 3 + [OTHERS[0]]
    assert urls(filled, "prefix", f"{SITE}2026/11/") == [STORY] * 3 + [OTHERS[0]]
    host = set(urls(filled, "host"))
    assert {OTHERS[0], STORY, SITE, f"{SITE}503/"} <= host
    assert not host & {OTHERS[1], OTHERS[2], OTHERS[3], OTHERS[4]}
    assert set(urls(filled, "domain")) == host | {OTHERS[1]}  # another port is another host, as for pywb
    assert f"{SITE}None/" not in host  # nothing came, so nothing can be replayed
    with pytest.raises(QueryError, match="matchType: no 'all'; there are exact, prefix, host, domain"):
        Asked(url=SITE, match="all")


def test_long_indexes_are_read_piece_by_piece_forwards_and_backwards(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(lines(filled, Asked(url=SITE, match="domain")))
    monkeypatch.setattr(cdx, "BLOCK", 2)
    monkeypatch.setattr(cdx, "FIRST", 1)
    assert list(lines(filled, Asked(url=SITE, match="domain"))) == whole
    assert list(lines(filled, Asked(url=SITE, match="domain"), backwards=True)) == whole[::-1]
    assert len(whole) == 11


def pages(archive: Archive, what: Asked, blocks: int) -> list[list[Line]]:
    """Return the lines of every page."""
    many = -(-cdx.count(archive, what) // (blocks * cdx.BLOCK))
    assert cdx.page(archive, what, many, blocks) is None
    return [list(cdx.page(archive, what, number, blocks) or ()) for number in range(many)]


def test_the_pages_of_an_index_are_together_all_of_it_and_begin_where_they_began_when_something_is_taken_down(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdx, "BLOCK", 2)
    what = Asked(url=SITE, match="domain")
    before = pages(filled, what, 2)
    assert [line for page in before for line in page] == list(lines(filled, what))
    assert max(map(len, before)) == 4
    filled.take_down("url", f"{SITE}2026/11/flood*", "a court said so")
    after = pages(filled, what, 2)
    assert [line for page in after for line in page] == list(lines(filled, what))
    assert sum(map(len, after)) < sum(map(len, before))
    assert all(set(kept) <= set(was) for kept, was in zip(after, before, strict=True))
    assert pages(filled, Asked(url=f"{SITE}nothing", match="exact"), 1) == []


def test_times_bound_what_is_told(filled: Archive) -> None:
    bounds = {"since": parse_stamp("2026110209", "from"), "until": parse_stamp("202611", "to", last=True)}
    assert [line.timestamp for line in lines(filled, Asked(url=STORY, **bounds))] == [
        "20261102090000",
        "20261103090000",
    ]
    until = parse_stamp("20261102", "to", last=True)
    assert [line.timestamp for line in lines(filled, Asked(url=STORY, until=until))] == [
        "20261102080000",
        "20261102090000",
    ]


@pytest.mark.parametrize("text", ["", "202", "2026-11-02", "20261345", "20260230", "0000", "123456789012345", "٢٠٢٦"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="from: "):
        parse_stamp(text, "from")


def test_the_last_moment_of_a_month_is_that_of_the_calendar() -> None:
    assert f"{parse_stamp('202602', 'to', last=True):%Y-%m-%d %H:%M:%S.%f}" == "2026-02-28 23:59:59.999999"
    assert parse_stamp("9999", "to", last=True).year == 9999


def test_what_is_taken_down_is_in_no_index(filled: Archive) -> None:
    filled.take_down("url", f"{SITE}2026/*", "a court said so")
    assert STORY not in urls(filled, "domain")
    assert urls(filled, "exact", STORY) == []
    assert filled.known("lakeside", [STORY])[STORY].first_seen == START

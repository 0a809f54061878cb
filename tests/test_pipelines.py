import asyncio
import multiprocessing
import os
import signal
import time
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from archive import Author, Capture, Moment, Profile, Reader, Reading
from crawler.items import Item
from crawler.pages import charset, not_a_page
from crawler.pipelines.normalise import normalise
from crawler.pipelines.read import ReadPipeline
from crawler.site import Site
from tests.crawling import story

SITE = Site(name="panublion", title="P", url="https://panublion.example/", timezone="Asia/Manila")
URL = "https://panublion.example/2026/bridge/"


def capture(payload: bytes = b"", kind: str | None = "text/html; charset=utf-8", status: int = 200) -> Capture:
    return Capture(
        visit="v", record_id=uuid4(), url=URL, fetched_at=datetime(2026, 10, 2, tzinfo=UTC), status=status,
        headers=(("Content-Type", kind),) if kind is not None else (), payload=payload,
    )  # fmt: skip


def sometimes_bad(payload, url, encoding, fetched_at, site, further=()):
    if payload == b"hang":
        time.sleep(60)
    if payload == b"die":
        os._exit(3)
    if payload == b"killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if payload == b"eat":
        eaten = []
        while True:
            eaten.append(bytearray(2**24))
    return Reading(reader=Reader(name="test", version="1"), title=payload.decode())


class ShakyReader(ReadPipeline):
    reader = staticmethod(sometimes_bad)


def read(pipeline: ReadPipeline, *captures: Capture) -> list[Reading | None]:
    async def run() -> list[Reading | None]:
        items = (Item(capture=found, site=SITE) for found in captures)
        try:
            return [item.reading for item in await asyncio.gather(*map(pipeline.process_item, items))]
        finally:
            await pipeline.close_spider()

    return asyncio.run(run())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_reader_that_hangs_dies_or_eats_the_memory_takes_only_its_page_with_it(workers):
    payloads = (b"one", b"hang", b"two", b"die", b"three", b"killed", b"four", b"eat", b"five")
    pipeline = ShakyReader(workers=workers, timeout=20, memory=400)
    readings = dict(zip(payloads, read(pipeline, *map(capture, payloads)), strict=True))
    bad = {name: readings.pop(name) for name in (b"hang", b"die", b"killed", b"eat")}
    assert [reading.title for reading in readings.values()] == ["one", "two", "three", "four", "five"]
    assert {reading.outcome for reading in bad.values()} == {"unreadable"}
    assert {name: reading.reason for name, reading in bad.items()} == {
        b"hang": "the reader took longer than 20 s",
        b"die": "the reader died: exit 3",
        b"killed": "the reader died: exit -9",
        b"eat": "the reader needs more than 400 MiB",
    }


def test_a_pool_whose_idle_process_is_killed_is_opened_anew():
    pipeline = ShakyReader(workers=1, timeout=30)

    async def run() -> list[str]:
        items = [Item(capture=capture(payload), site=SITE) for payload in (b"one", b"two")]
        try:
            first = await pipeline.process_item(items[0])
            for process in multiprocessing.active_children():
                if process.name == "pebble_pool_worker":
                    process.kill()
            await asyncio.sleep(0.5)
            second = await pipeline.process_item(items[1])
        finally:
            await pipeline.close_spider()
        return [first.reading.title, second.reading.title]

    assert asyncio.run(run()) == ["one", "two"]


def test_readers_that_cannot_start_leave_the_pages_unread():
    (reading,) = read(ShakyReader(workers=1, timeout=30, memory=1), capture(b"one"))
    assert (reading.outcome, reading.reason) == ("unreadable", "the readers died before they began")


def test_a_page_that_would_fill_the_memory_is_unreadable_and_the_next_is_read():
    huge, page = read(
        ReadPipeline(workers=1, timeout=30, memory=200),
        capture(story("The bridge is closed").replace(b"<p>", b"<p>" * 300_000, 1)),
        capture(story("The bridge is closed")),
    )
    assert huge.outcome == "unreadable"
    assert page.title == "The bridge is closed"


def test_only_pages_that_were_answered_with_200_are_read():
    page, image, missing = read(
        ReadPipeline(workers=1, timeout=30),
        capture(story("The bridge is closed")),
        capture(b"\x89PNG", "image/png"),
        capture(story("Nothing here"), status=404),
    )
    assert (page.outcome, page.title) == ("read", "The bridge is closed")
    assert (image.outcome, image.reason) == ("not_article", "not a page: image/png")
    assert missing is None


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        ("text/html", b"", None),
        ("application/xhtml+xml", b"", None),
        (None, b"\n<!doctype HTML><p>x", None),
        ("text/plain", b"<html>", None),
        (None, b"GIF89a", "not a page: no content type"),
        ("application/pdf", b"<html>", "not a page: application/pdf"),
    ],
)
def test_what_is_a_page_is_said_by_its_type_and_else_by_its_beginning(kind, payload, reason):
    assert not_a_page(capture(payload, kind)) == reason


def test_the_charset_is_the_one_of_the_header():
    assert charset(capture(kind='text/html; Charset="windows-1251"')) == "windows-1251"
    assert charset(capture(kind="text/html")) is None


def test_normalising_tidies_everything_but_what_was_printed():
    reading = Reading(
        reader=Reader(name="test", version="1"),
        title=" “Bridge\u200b”\n closed — again ",
        standfirst="   ",
        byline="By  Ana\u00a0Reyes",
        authors=(Author(name="Ana  Reyes", url="/author/ana"), Author(name="ANA REYES"), Author(name=" ")),
        profiles=(Profile(name=" Ana ", text=" Writes\nhere. ", url="/author/ana"),),
        paragraphs=(" One\ttwo ", "\n", "Cafe\u0301"),
        tags=("#Flood", "flood ", "", "Bridge"),
        images=("/a.jpg", "/a.jpg", "data:image/png;base64,AA", "https://[bad"),
        canonical_url="/2026/bridge/",
        published=Moment(at=datetime(2026, 10, 1, 8, 0)),  # noqa: DTZ001  # what a careless reader might give
        modified=Moment(at=datetime(2026, 10, 1, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))),
    )
    tidy = normalise(reading, SITE, URL)
    assert (tidy.title, tidy.standfirst, tidy.byline) == ("“Bridge” closed — again", None, "By Ana Reyes")
    assert tidy.authors == (Author(name="Ana Reyes", url="https://panublion.example/author/ana"),)
    assert tidy.profiles == (Profile(name="Ana", text="Writes here.", url="https://panublion.example/author/ana"),)
    assert tidy.paragraphs == ("One two", "Café")
    assert tidy.tags == ("Flood", "Bridge")
    assert tidy.images == ("https://panublion.example/a.jpg",)
    assert tidy.canonical_url == URL
    assert tidy.published.isoformat() == "2026-10-01T08:00:00+08:00"
    assert tidy.modified.isoformat() == "2026-10-01T09:00:00+09:00"
    assert normalise(tidy, SITE, URL) == tidy

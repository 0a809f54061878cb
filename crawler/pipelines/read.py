"""Reads pages in a pool of processes, so that the loop that fetches never waits for a page."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import resource
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pebble import ProcessExpired, ProcessPool

from archive import Kind, Part, Reading, signature
from crawler.answers import Meaning, meaning, redirected
from crawler.extensions import visit_of
from crawler.opt_outs import in_headers
from crawler.pages import charset, not_a_page
from crawler.parts import PartMissingError, fetch_part
from crawler.reading import READER, read_capture, warm_up

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Self

    from scrapy.crawler import Crawler

    from archive import Capture
    from crawler.items import Item
    from crawler.site import Site

logger = logging.getLogger(__name__)

_TRIES = 3  # times that a page is given to a new pool when the pool broke, whichever page broke it
_MOST_PAGES = 2000  # read by one process, then a fresh one takes its place: what a library leaks never fills the bound


def read_and_sign(payload: bytes, url: str, encoding: str | None, fetched_at: datetime, site: Site,
                  further: Sequence[tuple[bytes, str, str | None]] = ()) -> Reading:  # fmt: skip
    """Read a story and sign its text for near-duplicates, both in the process that reads."""
    reading = read_capture(payload, url, encoding, fetched_at, site, further)
    return replace(reading, signature=signature(reading.paragraphs))


class ReadPipeline:
    """Puts a reading beside every page that was answered with 200. What goes wrong with a page stays with that page."""

    reader = staticmethod(read_and_sign)

    def __init__(self, workers: int, timeout: float, memory: int = 0, crawler: Crawler | None = None) -> None:
        self.crawler = crawler
        self.workers = workers
        self.timeout = timeout
        self.memory = memory
        self._pool: ProcessPool | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        settings = crawler.settings
        return cls(
            max(settings.getint("HEMEROTECA_READERS"), 1),
            settings.getfloat("HEMEROTECA_READ_TIMEOUT"),
            settings.getint("HEMEROTECA_READ_MEMORY"),
            crawler,
        )

    async def process_item(self, item: Item) -> Item:
        """Return the item with its reading; a capture that is no answer with 200 has none."""
        capture = item.capture
        if item.reading is None and (judged := judgement(capture, item.site)) is not None:
            return replace(item, reading=judged)
        if capture.kind is not Kind.RESPONSE or capture.status != 200 or item.reading is not None:
            return item
        if reason := not_a_page(capture):
            return replace(item, reading=Reading(reader=READER, outcome="not_article", reason=reason))
        if capture.truncated:
            # Half a story would look like a story whose second half was quietly taken away.
            return replace(item, reading=_unreadable(f"cut off: {capture.truncated}"))
        if item.is_reread:
            return _with_headers(await self._again(item))
        reading = await self.read(item)
        if reading.outcome == "read" and reading.parts and self._fetches():
            reading = await self._whole(item, reading)
        return _with_headers(replace(item, reading=reading))

    async def _again(self, item: Item) -> Item:
        """Read a kept page again, together with what was read with it then."""
        assert self.crawler is not None  # noqa: S101  # only a crawl gives old captures
        kept = await asyncio.to_thread(visit_of(self.crawler).archive.read_with, item.capture)
        parts = [capture for capture in kept if capture.kind is Kind.RESPONSE]
        rendering = next((capture for capture in kept if capture.kind is Kind.RENDERING), None)
        item = replace(item, rendering=rendering)
        reading = await self.read(item, parts)
        return replace(item, reading=replace(reading, parts=_named(parts)) if parts else reading)

    def _fetches(self) -> bool:
        # A replay asks nobody for what its files do not hold.
        return self.crawler is not None and getattr(self.crawler.spider, "site", None) is not None

    async def _whole(self, item: Item, reading: Reading) -> Reading:
        """Fetch a story's further pages, and those that these name; read all as one."""
        assert self.crawler is not None  # noqa: S101  # _fetches says so
        parts: list[Capture] = []
        while len(parts) < len(reading.parts):
            try:
                for part in reading.parts[len(parts) :]:
                    fetched = await fetch_part(self.crawler, part.url, item.capture)
                    if fetched is None:
                        break
                    parts.append(fetched)
            except PartMissingError as error:
                return _unreadable(str(error))
            before, reading = len(reading.parts), await self.read(item, parts)
            if reading.outcome != "read" or len(parts) < before:
                break
        return replace(reading, parts=_named(parts))

    async def read(self, item: Item, further: Sequence[Capture] = ()) -> Reading:
        """Read one story; a reader that hangs, dies or wants too much memory takes only this story with it."""
        for _ in range(_TRIES):
            pool = self._pool = self._pool or self._opened()
            try:
                return await self._read_in(pool, item, further)
            except TimeoutError:
                return _unreadable(f"the reader took longer than {self.timeout:g} s")
            except MemoryError:
                return _unreadable(f"the reader needs more than {self.memory} MiB")
            except ProcessExpired as error:
                return _unreadable(f"the reader died: exit {error.exitcode}")
            except (BrokenProcessPool, RuntimeError):
                # pebble gives a pool up when a process dies that has said of no page that it has it.
                await self._close(pool)
        return _unreadable("the readers died before they began")

    async def _read_in(self, pool: ProcessPool, item: Item, further: Sequence[Capture]) -> Reading:
        shown = item.rendering or item.capture
        parts = [(part.payload, part.url, charset(part)) for part in further]
        args = (shown.payload, shown.url, charset(shown), item.capture.fetched_at, item.site, parts)
        reading = await asyncio.wrap_future(pool.schedule(self.reader, args=args, timeout=self.timeout))
        return replace(reading, rendering=str(item.rendering.record_id)) if item.rendering else reading

    def _opened(self) -> ProcessPool:
        # spawn: a fork would copy the loop, its sockets and the archive's locks.
        return ProcessPool(
            max_workers=self.workers,
            max_tasks=_MOST_PAGES,
            context=multiprocessing.get_context("spawn"),
            initializer=prepare,
            initargs=(self.memory,),
        )

    async def _close(self, pool: ProcessPool) -> None:
        if self._pool is pool:
            self._pool = None
            pool.stop()  # type: ignore[no-untyped-call]  # pebble is typed but for this
            await asyncio.to_thread(pool.join)

    async def close_spider(self) -> None:
        """Let the processes go."""
        if self._pool is not None:
            await self._close(self._pool)


def _named(parts: Sequence[Capture]) -> tuple[Part, ...]:
    return tuple(Part(url=part.url, record_id=str(part.record_id)) for part in parts)


def _with_headers(item: Item) -> Item:
    """Put what the headers opt out of beside what the page itself does."""
    reading = item.reading
    if reading is None or not (said := in_headers(item.capture.headers)):
        return item
    return replace(item, reading=replace(reading, opt_outs=tuple(dict.fromkeys((*reading.opt_outs, *said)))))


def prepare(memory: int) -> None:
    """Set a reader's process up: at most so many MiB of data, 0 for any; called in that process."""
    if memory:
        # Not the address space: allocators reserve a gigabyte of it that they never touch (rensa's does).
        resource.setrlimit(resource.RLIMIT_DATA, (memory * 2**20, memory * 2**20))
    warm_up()


def _unreadable(reason: str) -> Reading:
    return Reading(reader=READER, outcome="unreadable", reason=reason)


def judgement(capture: Capture, site: Site) -> Reading | None:
    """Return what an answer means that holds no page to read, where its status alone does not say so."""
    if capture.kind is not Kind.RESPONSE:
        return None
    answer = meaning(capture.status, capture.headers, capture.payload)
    if answer.meaning is Meaning.MOVED and (target := capture.header("location")):
        answer = redirected(capture.url, urljoin(capture.url, target), site)
    if answer.why is None or answer.meaning not in (Meaning.ABSENT, Meaning.BLOCKED):
        return None
    return Reading(reader=READER, outcome=str(answer.meaning), reason=answer.why)

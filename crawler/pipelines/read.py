"""Reads pages in a pool of processes, so that the loop that fetches never waits for a page."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from archive import Kind, Reading
from crawler.reading import READER, read_capture, warm_up

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from archive import Capture
    from crawler.items import Item

logger = logging.getLogger(__name__)

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_MARKUP = re.compile(rb"<!doctype\s+html|<html|<head|<body", re.IGNORECASE)
_UNSURE = ("", "text/plain", "application/octet-stream", "unknown/unknown")


class ReadPipeline:
    """Puts a reading beside every page that was answered with 200. What goes wrong with a page stays with that page."""

    reader = staticmethod(read_capture)

    def __init__(self, workers: int, timeout: float) -> None:
        self.workers = workers
        self.timeout = timeout
        self._pool: ProcessPool | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        settings = crawler.settings
        return cls(max(settings.getint("HEMEROTECA_READERS"), 1), settings.getfloat("HEMEROTECA_READ_TIMEOUT"))

    async def process_item(self, item: Item) -> Item:
        """Return the item with its reading; a capture that is no answer with 200 has none."""
        capture = item.capture
        if capture.kind is not Kind.RESPONSE or capture.status != 200:
            return item
        if reason := not_a_page(capture):
            return replace(item, reading=Reading(reader=READER, outcome="not_article", reason=reason))
        if capture.truncated:
            # Half a story would look like a story whose second half was quietly taken away.
            return replace(
                item, reading=Reading(reader=READER, outcome="unreadable", reason=f"cut off: {capture.truncated}")
            )
        return replace(item, reading=await self.read(item))

    async def read(self, item: Item) -> Reading:
        """Read one page; a reader that hangs or dies takes only this page with it."""
        capture = item.capture
        if self._pool is None:
            # spawn: a fork would copy the loop, its sockets and the archive's locks.
            self._pool = ProcessPool(
                max_workers=self.workers, context=multiprocessing.get_context("spawn"), initializer=warm_up
            )
        args = (capture.payload, capture.url, charset(capture), capture.fetched_at, item.site)
        future = self._pool.schedule(self.reader, args=args, timeout=self.timeout)
        try:
            return await asyncio.wrap_future(future)
        except TimeoutError:
            reason = f"the reader took longer than {self.timeout:g} s"
        except ProcessExpired as error:
            reason = f"the reader died: exit {error.exitcode}"
        return Reading(reader=READER, outcome="unreadable", reason=reason)

    async def close_spider(self) -> None:
        """Let the processes go."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble is typed but for this
            await asyncio.to_thread(self._pool.join)
            self._pool = None


def not_a_page(capture: Capture) -> str | None:
    """Say why an answer with 200 cannot hold an article: it is no HTML."""
    if capture.kind is not Kind.RESPONSE or capture.status != 200:
        return None
    kind = (capture.header("content-type") or "").partition(";")[0].strip().lower()
    if "html" in kind:
        return None
    # Without a type, or with one that servers give to anything, the beginning decides.
    if kind in _UNSURE and _MARKUP.search(capture.payload[:2000]):
        return None
    return f"not a page: {kind or 'no content type'}"


def charset(capture: Capture) -> str | None:
    """Return the charset that the Content-Type header names."""
    found = _CHARSET.search(capture.header("content-type") or "")
    return found[1] if found else None

"""Shows pages to a browser before they are read, on sites whose file says that they need one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from archive import ArchiveError, Capture, Kind, Reading
from crawler.browser import Browser, BrowserError
from crawler.extensions import visit_of
from crawler.pages import not_a_page
from crawler.reading import READER

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from crawler.items import Item

_TYPE = ("Content-Type", "text/html; charset=utf-8")


class RenderPipeline:
    """Puts the page as a browser shows it beside the page as it came; what is read is the former."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        site = getattr(crawler.spidercls, "site", None)
        self.browser = Browser(crawler, site) if site is not None and site.visit.browser else None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does; raise ArgumentError when a browser is needed and there is none."""
        return cls(crawler)

    async def process_item(self, item: Item) -> Item:
        """Return the item with its rendering; a page that cannot be shown is not read, for half of it is missing."""
        capture = item.capture
        if self.browser is None or capture.status != 200 or capture.truncated or not_a_page(capture):
            return item
        try:
            shown = await self.browser.show(capture)
        except BrowserError as error:
            return replace(item, reading=Reading(reader=READER, outcome="unreadable", reason=str(error)))
        visit = visit_of(self.crawler)
        rendering = Capture(
            visit=capture.visit, record_id=uuid4(), url=capture.url, fetched_at=visit.archive.clock(), status=None,
            headers=(_TYPE,), payload=shown, kind=Kind.RENDERING, refers_to=capture.record_id,
        )  # fmt: skip
        try:
            visit.archive.keep(rendering)
        except ArchiveError as error:
            visit.lost(error)
            return item
        return replace(item, rendering=rendering)

    async def close_spider(self) -> None:
        """Let the browser go."""
        if self.browser is not None:
            await self.browser.close()

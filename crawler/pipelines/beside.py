"""Asks for what is kept beside a story, once the story itself is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.beside import Beside
from crawler.extensions import visit_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from crawler.items import Item


class BesidePipeline:
    """Does what ``also`` of the site file says. A replay fetches nothing, so it has nothing beside."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._beside: Beside | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    async def process_item(self, item: Item) -> Item:
        """Hand the item on; ask for what belongs beside a page that was read as a story."""
        is_story = item.reading is not None and item.reading.outcome == "read"
        if is_story and item.site.visit.also and self._fetches() and not visit_of(self.crawler).is_lost:
            assert item.reading is not None  # noqa: S101  # is_story says so
            self._beside = self._beside or Beside(self.crawler, item.site)
            await self._beside.of_story(item.rendering or item.capture, item.reading)
        return item

    def _fetches(self) -> bool:
        return getattr(self.crawler.spider, "site", None) is not None

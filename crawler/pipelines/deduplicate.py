"""Which article a reading belongs to. Decides identity and links copies; never drops anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.extensions import visit_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from crawler.items import Item


class DeduplicatePipeline:
    """Asks the archive for the article's key, and counts texts that another article carries word for word."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_item(self, item: Item) -> Item:
        """Return the item with its article's key; one without an article stays as it is."""
        if item.is_reread and item.article is not None:
            return item  # whose story it is was decided when it came
        if item.reading is None or item.reading.outcome != "read":
            return replace(item, article=item.known.article) if item.known and item.reading is None else item
        visit = visit_of(self.crawler)
        article = visit.archive.resolve(item.site.name, item.capture, item.reading)
        if any(key != article for key in visit.archive.copies(item.reading)):
            visit.copied()
        return replace(item, article=article)

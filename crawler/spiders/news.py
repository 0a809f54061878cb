"""One visit to one site: listings, then new stories, then known ones that may have changed.

Only the order of things is here. ``crawler/listings.py`` asks for listings and reads them, ``crawler/wanted.py`` says
which of their links are asked for, ``crawler/stories.py`` asks for stories and makes items of their answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Spider

from crawler.arguments import read_arguments
from crawler.listings import Listings
from crawler.stories import DUE, Stories
from crawler.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy import Request

    from crawler.site import Site


class NewsSpider(Spider):
    """Visits the site of its site file. ``SiteLoader`` makes one subclass for each file; it has no name of its own."""

    site: Site

    def __init__(self, **given: Any) -> None:
        super().__init__(name=given.pop("name", None))
        self.arguments = read_arguments(given, self.site)
        self.expects_links = self.arguments.url is None

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the one address given, or for the listings and for the known stories that are due."""
        stories = Stories(self.crawler, self.site)
        if self.arguments.url is not None:
            yield stories.first(self.arguments.url)
            return
        wanted = Wanted(self.crawler, self.site, self.arguments, stories)
        for request in Listings(self.crawler, self.site, wanted).seeds():
            yield request
        # Listings are asked without validators: a 304 would hide the links that an earlier visit left over.
        archive = stories.visit.archive
        for known in archive.due(self.site.name, archive.clock(), self.site.visit.requests):
            yield stories.again(known, DUE)

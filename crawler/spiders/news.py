"""One visit to one site: listings, then new stories, then known ones that may have changed.

Only the order of things is here. ``crawler/listings.py`` asks for listings and reads them, ``crawler/wanted.py`` says
which of their links are asked for, ``crawler/stories.py`` asks for stories and makes items of their answers.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy import Spider, signals
from twisted.python.failure import Failure

from crawler.arguments import read_arguments
from crawler.counting import counting_of
from crawler.extensions import visit_of
from crawler.items import Item
from crawler.listings import Listings
from crawler.policies import Policies
from crawler.revisits import DISTRUST, REST, choose
from crawler.stories import CHANGED, DUE, Stories
from crawler.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from scrapy import Request

    from archive import Archive
    from crawler.revisits import Look
    from crawler.site import Site

logger = logging.getLogger(__name__)

# Links that earlier visits left over, asked for in one visit beside what its own listings give.
_LEFT_OVER = 10_000


class NewsSpider(Spider):
    """Visits the site of its site file. ``SiteLoader`` makes one subclass for each file; it has no name of its own."""

    site: Site

    def __init__(self, **given: Any) -> None:
        super().__init__(name=given.pop("name", None))
        self.arguments = read_arguments(given, self.site)
        self.expects_links = self.arguments.url is None

    async def start(self) -> AsyncIterator[Request | Item]:
        """Ask for the one address given, or for the listings and for the links that earlier visits left over."""
        stories = Stories(self.crawler, self.site)
        if self.arguments.url is not None:
            yield stories.first(self.arguments.url)
            return
        wanted = Wanted(self.crawler, self.site, self.arguments, stories)
        listings = Listings(self.crawler, self.site, self.arguments, wanted)
        self._rounds: Iterator[Callable[[], Iterator[Request]]] = iter(
            (
                lambda: self._vanished(wanted),
                lambda: self._due(wanted),
                # The stories matter more, should the visit be cut short.
                lambda: counting_of(self.crawler).requests(self.site),
                Policies(self.crawler, self.site).requests,
            )
        )
        self.crawler.signals.connect(self._next_round, signals.spider_idle)
        for item in self._unread(wanted):
            yield item
        for request in listings.seeds():
            yield request
        left_over = stories.visit.archive.left_over(self.site.name, _LEFT_OVER)
        for request in wanted.requests(wanted.judged(left_over)):
            yield request

    def _next_round(self) -> None:
        """Ask for what comes after all that was asked so far is answered and stored, round after round."""
        engine = self.crawler.engine
        try:
            for asks in self._rounds:
                for request in asks():
                    engine.crawl(request)
                if not engine.spider_is_idle():
                    return
        except Exception:  # Scrapy would only log it, and the visit would end as if all were well
            logger.exception("%s: crashed", self.name)
            visit_of(self.crawler).crashed(Failure())  # type: ignore[no-untyped-call]  # twisted has no types here

    def _unread(self, wanted: Wanted) -> Iterator[Item]:
        """Read the pages that a killed visit kept and did not come to read: they are not fetched again."""
        key = wanted.visit.begin(self.site)
        for capture in wanted.visit.archive.unread(self.site.name):
            wanted.is_here(capture.url)
            yield Item(capture=replace(capture, visit=key), site=self.site)

    def _vanished(self, wanted: Wanted) -> Iterator[Request]:
        """Ask for the stories that a map lists no more and that have no newer address: they may be gone."""
        archive = wanted.visit.archive
        urls = archive.vanished(self.site.name)
        for url, known in archive.known(self.site.name, urls).items():
            if known.url == url:
                yield from wanted.again(known, CHANGED)

    def _due(self, wanted: Wanted) -> Iterator[Request]:
        """Ask for the known stories that should be looked at again, within the budget of revisits."""
        for look in looks(wanted.visit.archive, self.site):
            yield from wanted.again(look.known, DUE, plain=look.plain)


def looks(archive: Archive, site: Site) -> list[Look]:
    """Return the stories that this visit looks at again without being told that they changed."""
    now, budget = archive.clock(), site.visit.requests
    due, waiting = archive.due(site.name, now, budget), archive.waiting(site.name, now - REST, budget)
    return choose(due, waiting, budget, distrust=archive.validators_lie(site.name, now - DISTRUST))

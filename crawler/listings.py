"""The listings of one visit: asked for, read, noted in the archive, followed to their further pages."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from scrapy import Request

from crawler.discovery.feeds import read_feed
from crawler.discovery.probe import feeds_in_page, sitemaps_in_robots, usual_feeds, usual_sitemaps
from crawler.discovery.sitemaps import holds_stories, read_sitemap
from crawler.errors import ListingError
from crawler.extensions import visit_of
from crawler.stories import LISTING, is_crash, why

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive import Capture
    from crawler.discovery.listing import Listing
    from crawler.site import Site
    from crawler.wanted import Wanted

logger = logging.getLogger(__name__)

# An index of indexes of indexes is one too many; a map that names ever new maps must end.
_DEEPEST_SITEMAP = 4
_READERS = {"feed": read_feed, "sitemap": read_sitemap}


class Listings:
    """Every listing of a site, several signals side by side: none waits for another to fail."""

    def __init__(self, crawler: Crawler, site: Site, wanted: Wanted) -> None:
        self.site = site
        self.wanted = wanted
        self.visit = visit_of(crawler)
        self.settings = crawler.settings

    def seeds(self) -> Iterator[Request]:
        """Ask for the listings that the site file names; look for those it does not."""
        discover = self.site.discover
        for url in discover.sitemaps:
            yield self._listing("sitemap", url)
        for url in discover.feeds:
            yield self._listing("feed", url)
        if not discover.sitemaps:
            robots = urljoin(self.site.url, "/robots.txt")
            yield self._probe(robots, self.robots, dont_obey_robotstxt=True)
        if not discover.feeds:
            yield self._probe(self.site.url, self.front)

    def robots(self, response: Response) -> Iterator[Request]:
        """Ask for the sitemaps that robots.txt names, else where sitemaps usually are."""
        named = sitemaps_in_robots(response.body, response.url) if response.status == 200 else ()
        for url in named or usual_sitemaps(self.site.url):
            yield self._listing("sitemap", url, guessed=not named)

    def front(self, response: Response) -> Iterator[Request]:
        """Ask for the feeds that the front page names, else where the feed usually is."""
        named = feeds_in_page(response.body, response.url) if response.status == 200 else ()
        for url in named or usual_feeds(self.site.url):
            yield self._listing("feed", url, guessed=not named)

    async def listing(
        self, response: Response, kind: str, url: str, depth: int, guessed: bool
    ) -> AsyncIterator[Request]:
        """Read a feed or sitemap, note what it gave, and ask for the stories and listings that it names."""
        capture: Capture = response.meta["capture"]
        try:
            if response.status != 200:
                raise ListingError(f"answered {response.status}")
            # A map of 50,000 addresses takes a second to read: not in the loop that also fetches.
            listing = await asyncio.to_thread(_READERS[kind], capture.payload, response.url)
        except ListingError as error:
            self._failed(kind, url, str(error), expected=not guessed and depth == 0)
            return
        if listing.problem:
            self._problem(kind, url, listing.problem)
        stories = self.wanted.judged(listing.links)
        new = self.visit.archive.saw(
            self.visit.begin(self.site),
            kind,
            url,
            stories.values(),
            state=listing.problem or "ok",
            etag=capture.header("etag"),
            last_modified=capture.header("last-modified"),
        )
        self.visit.found(kind, len(stories), new)
        for request in self.wanted.requests(stories):
            yield request
        for request in self._more(listing, depth, new):
            yield request

    def no_listing(self, failure: Failure) -> None:
        """Note a listing that was not answered."""
        if is_crash(failure):
            self.visit.crashed(failure)
            return
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        kind, url = request.cb_kwargs.get("kind", "probe"), request.cb_kwargs.get("url", request.url)
        self._failed(kind, url, why(failure.value), expected=not request.cb_kwargs.get("guessed"))

    def _failed(self, kind: str, url: str, reason: str, *, expected: bool) -> None:
        if kind in _READERS:
            self.visit.archive.saw(self.visit.begin(self.site), kind, url, state=reason)
            self.visit.found(kind, 0, 0)
        # A guessed address that is not there, or the page after the last, is no fault of the site.
        if expected:
            self._problem(kind, url, reason)

    def _problem(self, kind: str, url: str, reason: str) -> None:
        logger.warning("%s: %s: %s: %s", self.site.name, kind, reason, url)
        self.visit.problem(f"{kind}: {reason}: {url}")

    def _more(self, listing: Listing, depth: int, new: int) -> Iterator[Request]:
        if listing.kind == "feed":
            # Older pages only while this one still told something new, and not before the day asked for.
            deepest = self.settings.getint("HEMEROTECA_FEED_PAGES")
            if not new or depth + 1 >= deepest or self.wanted.is_old(listing.links[-1]):
                return
        for url in listing.more:
            if listing.kind == "sitemap" and (depth >= _DEEPEST_SITEMAP or not holds_stories(url)):
                self.visit.skipped(
                    "listing without stories" if depth < _DEEPEST_SITEMAP else "sitemaps nested too deep"
                )
                continue
            yield self._listing(listing.kind, url, depth + 1)

    # ------------------------------------------------------------------ requests

    def _listing(self, kind: str, url: str, depth: int = 0, *, guessed: bool = False) -> Request:
        # Not exempt from Scrapy's filter of repeated requests: a sitemap index that names itself ends there.
        told = {"kind": kind, "url": url, "depth": depth, "guessed": guessed}
        return Request(url, callback=self.listing, errback=self.no_listing, cb_kwargs=told, priority=LISTING,
                       meta={"allow_offsite": True})  # fmt: skip

    def _probe(self, url: str, callback: Any, **meta: Any) -> Request:
        return Request(url, callback=callback, errback=self.no_listing, priority=LISTING, meta=meta)

"""One visit to one site: listings, then new stories, then known ones that may have changed."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest

from crawler.discovery import links as judge
from crawler.discovery.feeds import read_feed
from crawler.discovery.probe import feeds_in_page, sitemaps_in_robots, usual_feeds, usual_sitemaps
from crawler.discovery.sitemaps import holds_stories, read_sitemap
from crawler.errors import ArgumentError, ListingError
from crawler.extensions import visit_of
from crawler.items import Item
from crawler.revisits import worth_another_look

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive import Capture, Known, Link
    from crawler.discovery.listing import Listing
    from crawler.extensions import Visit
    from crawler.site import Site

logger = logging.getLogger(__name__)

# Listings first, then what they say is changed, then what is new, then what is due.
_LISTING, _CHANGED, _NEW, _DUE = 100, 20, 10, 0
# An index of indexes of indexes is one too many; a map that names ever new maps must end.
_DEEPEST_SITEMAP = 4
_READERS = {"feed": read_feed, "sitemap": read_sitemap}


class NewsSpider(Spider):
    """Visits the site of its site file. ``SiteLoader`` makes one subclass for each file; it has no name of its own."""

    site: Site

    def __init__(
        self, url: str | None = None, since: str | None = None, limit: str | None = None, **other: Any
    ) -> None:
        super().__init__(name=other.pop("name", None))
        if other:
            raise ArgumentError(f"-a {next(iter(other))}: no such argument; there are url, since and limit")
        self.url = _story_address(url, self.site) if url is not None else None
        self.since = _day(since, self.site) if since is not None else None
        self.limit = _count(limit) if limit is not None else None
        self.expects_links = self.url is None
        self._asked_new = 0

    @property
    def visit(self) -> Visit:
        """The visit under way."""
        return visit_of(self.crawler)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the one address given, or for the listings and for the known stories that are due."""
        if self.url is not None:
            yield self._story(self.url, _NEW)
            return
        for request in self._seeds():
            yield request
        # Listings are asked without validators: a 304 would hide the links that an earlier visit left over.
        archive = self.visit.archive
        for known in archive.due(self.site.name, archive.clock(), self.site.visit.requests):
            yield self._again(known, _DUE)

    def _seeds(self) -> Iterator[Request]:
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

    # ------------------------------------------------------------------ listings

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
            self._no_listing(kind, url, str(error), expected=not guessed and depth == 0)
            return
        if listing.problem:
            self._problem(kind, url, listing.problem)
        stories = self._judged(listing.links)
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
        for request in self._stories(stories):
            yield request
        for request in self._more(listing, depth, new):
            yield request

    def no_listing(self, failure: Failure) -> None:
        """Note a listing that was not answered."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        kind, url = request.cb_kwargs.get("kind", "probe"), request.cb_kwargs.get("url", request.url)
        self._no_listing(kind, url, _why(failure.value), expected=not request.cb_kwargs.get("guessed"))

    def _no_listing(self, kind: str, url: str, why: str, *, expected: bool) -> None:
        if kind in _READERS:
            self.visit.archive.saw(self.visit.begin(self.site), kind, url, state=why)
            self.visit.found(kind, 0, 0)
        # A guessed address that is not there, or the page after the last, is no fault of the site.
        if expected:
            self._problem(kind, url, why)

    def _problem(self, kind: str, url: str, why: str) -> None:
        logger.warning("%s: %s: %s: %s", self.site.name, kind, why, url)
        self.visit.problem(f"{kind}: {why}: {url}")

    def _more(self, listing: Listing, depth: int, new: int) -> Iterator[Request]:
        if listing.kind == "feed":
            # Older pages only while this one still told something new, and not before the day asked for.
            deepest = self.settings.getint("HEMEROTECA_FEED_PAGES")
            if not new or depth + 1 >= deepest or self._is_old(listing.links[-1]):
                return
        for url in listing.more:
            if listing.kind == "sitemap" and (depth >= _DEEPEST_SITEMAP or not holds_stories(url)):
                self.visit.skipped(
                    "listing without stories" if depth < _DEEPEST_SITEMAP else "sitemaps nested too deep"
                )
                continue
            yield self._listing(listing.kind, url, depth + 1)

    # ------------------------------------------------------------------ stories

    def _judged(self, links: Iterable[Link]) -> dict[str, Link]:
        stories: dict[str, Link] = {}
        for link in links:
            url = judge.clean(link.url)
            if reason := judge.refused(url, self.site):
                self.visit.skipped(reason)
            elif url not in stories:
                stories[url] = _with_url(link, url)
        return stories

    def _stories(self, stories: dict[str, Link]) -> Iterator[Request]:
        archive = self.visit.archive
        known = archive.known(self.site.name, stories)
        empty = archive.without_story(stories)
        now = archive.clock()
        for url, link in stories.items():
            if self._is_old(link):
                self.visit.skipped("before since")
            elif (article := known.get(url)) is None:
                if url in empty and not worth_another_look(empty[url], link.lastmod, now):
                    self.visit.skipped("no story when last fetched")
                elif request := self._new(url):
                    yield request
            elif _may_have_changed(article, link, now):
                yield self._again(article, _CHANGED)

    def _new(self, url: str) -> Request | None:
        if self.limit is not None and self._asked_new >= self.limit:
            self.visit.skipped("over limit")
            return None
        self._asked_new += 1
        return self._story(url, _NEW)

    def page(self, response: Response, known: Known | None = None) -> Iterator[Item]:
        """Send a story's page on its way, whatever its status."""
        yield Item(capture=response.meta["capture"], site=self.site, known=known)

    def no_page(self, failure: Failure) -> Iterator[Item]:
        """Send a fetch that brought nothing on its way; count a request that was not made."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        if isinstance(failure.value, IgnoreRequest):
            self.visit.skipped(_why(failure.value))
            return
        logger.warning("%s: no answer: %s: %s", self.site.name, _why(failure.value), request.url)
        if "capture" in request.meta:
            yield Item(capture=request.meta["capture"], site=self.site, known=request.cb_kwargs.get("known"))

    def _is_old(self, link: Link) -> bool:
        dates = [at for at in (link.lastmod, link.published) if at is not None]
        return self.since is not None and bool(dates) and max(dates) < self.since

    # ------------------------------------------------------------------ requests

    def _listing(self, kind: str, url: str, depth: int = 0, *, guessed: bool = False) -> Request:
        # Not exempt from Scrapy's filter of repeated requests: a sitemap index that names itself ends there.
        told = {"kind": kind, "url": url, "depth": depth, "guessed": guessed}
        return Request(url, callback=self.listing, errback=self.no_listing, cb_kwargs=told, priority=_LISTING,
                       meta={"allow_offsite": True})  # fmt: skip

    def _probe(self, url: str, callback: Any, **meta: Any) -> Request:
        return Request(url, callback=callback, errback=self.no_listing, priority=_LISTING, meta=meta)

    def _story(self, url: str, priority: int) -> Request:
        return Request(url, callback=self.page, errback=self.no_page, priority=priority)

    def _again(self, known: Known, priority: int) -> Request:
        validators = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers = {name: value for name, value in validators.items() if value}
        return Request(known.url, callback=self.page, errback=self.no_page, headers=headers, priority=priority,
                       cb_kwargs={"known": known})  # fmt: skip


def _may_have_changed(known: Known, link: Link, now: datetime) -> bool:
    if link.lastmod is not None and link.lastmod > known.fetched_at:
        return True
    return known.state != "gone" and known.due_at is not None and known.due_at <= now


def _with_url(link: Link, url: str) -> Link:
    return type(link)(url=url, lastmod=link.lastmod, published=link.published, title=link.title)


def _why(error: BaseException | None) -> str:
    """Say why a request was not made or not answered, in words that can be counted."""
    text = str(error)
    if not isinstance(error, IgnoreRequest):
        return type(error).__name__
    if "robots.txt" in text:
        return "forbidden by robots.txt"
    return (
        "redirects without end" if "redirections" in text else "redirect to another host" if "offsite" in text else text
    )


# ------------------------------------------------------------------ arguments


def _story_address(text: str, site: Site) -> str:
    url = judge.clean(text)
    reason = judge.refused(url, site)
    if reason in ("bad address", "other host"):
        raise ArgumentError(f"-a url={text}: {reason}; expected an address of {site.url}")
    return url


def _day(text: str, site: Site) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  # the zone is the site's, put on below
    except ValueError:
        raise ArgumentError(f"-a since={text}: not a date like 2026-05-31") from None
    return day.replace(tzinfo=ZoneInfo(site.timezone)).astimezone(UTC)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentError(f"-a limit={text}: not a number of stories")
    return int(text)

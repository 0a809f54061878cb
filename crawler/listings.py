"""The listings of one visit: asked for, read, noted in the archive, followed to their further pages.

Every kind of signal is asked beside the others. A listing with pages is walked: from its first page on until what an
earlier walk has seen. A walk that ends early leaves its next page in the archive, and the next visit goes on there.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from scrapy import Request

from archive import Backfill
from crawler.counting import tell_listed
from crawler.discovery.feeds import read_feed
from crawler.discovery.links import host_of
from crawler.discovery.probe import feeds_in_page, sitemaps_in_robots, usual_feeds, usual_sitemaps
from crawler.discovery.sections import month_archives, read_section, sections_in_page
from crawler.discovery.seeds import PROBE_AGAIN, Seed, is_retired, is_unmoved, may_guess, named_by, seeds
from crawler.discovery.sitemaps import holds_stories, read_sitemap
from crawler.discovery.wordpress import posts_address, read_posts, root_in_page, usual_root, watermark
from crawler.errors import ListingError
from crawler.extensions import visit_of
from crawler.stories import LISTING, is_crash, why

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive import Capture, Signal
    from crawler.arguments import Arguments
    from crawler.discovery.listing import Listing
    from crawler.site import Site
    from crawler.wanted import Wanted

logger = logging.getLogger(__name__)

# An index of indexes of indexes is one too many; a map that names ever new maps must end.
_DEEPEST_SITEMAP = 4
# The cheapest proof first: what is asked later then shows what it alone gives.
_PRIORITY = {"wordpress": 4, "sitemap": 3, "feed": 2, "section": 1}
# A page behind the last one answers so: the walk is at its end.
_NO_PAGE = (400, 404, 410)
FRESH, DEEPER, BACKFILL = "fresh", "deeper", "backfill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is known of a listing when it is asked for, and what for it is asked."""

    kind: str
    url: str  # of the listing itself; a further page has another
    signal: Signal | None = None  # what an earlier visit remembers of it
    walk: str = FRESH  # from the first page, from where a walk stopped, or back to a day
    page: int = 1
    depth: int = 0  # of a map below an index: 1 or more
    told_at: datetime | None = None  # the change that its index tells
    newest: datetime | None = None  # the watermark that holds once a walk is whole
    is_named: bool = False  # in the site file, or by the site itself in this visit
    is_expected: bool = True  # its failure is a problem of the visit
    is_front: bool = False  # look on it for what the site file does not name
    is_read: bool = True  # its links count: a front page may only be looked at


class Listings:
    """Every listing of a site, several signals side by side: none waits for another to fail."""

    def __init__(self, crawler: Crawler, site: Site, arguments: Arguments, wanted: Wanted) -> None:
        self.crawler = crawler
        self.site = site
        self.arguments = arguments
        self.wanted = wanted
        self.visit = visit_of(crawler)
        self.archive = self.visit.archive
        self.began_at = self.archive.clock()
        self._remembered = {signal.url: signal for signal in self.archive.signals(site.name)}
        self._plan = seeds(site, self._remembered.values(), self.began_at, arguments.signals)
        self._asked: set[str] = set()
        self._walked: dict[tuple[str, str], set[str]] = {}  # listing and walk → stories its pages gave
        self._backfills = self.archive.backfills(site.name, arguments.backfill) if arguments.backfill else {}

    # ------------------------------------------------------------------ what to begin with

    def seeds(self) -> Iterator[Request]:
        """Ask for the listings that the site file names or the archive remembers; look for the others."""
        for seed in self._plan.listings:
            yield from self._seed(seed)
        if self._plan.front is not None:
            yield from self._front(self._plan.front)
        for url in self._archive_pages():
            yield from self._seed(Seed(kind="section", url=url, signal=self._remembered.get(url)))
        if "sitemap" in self.arguments.signals and named_by(self.site, "sitemap") is None:
            # Nothing is asked twice: the middleware that obeys robots.txt has the answer.
            yield Request(urljoin(self.site.url, "/robots.txt"), callback=self.robots, errback=self.no_robots,
                          priority=LISTING, meta={"dont_obey_robotstxt": True})  # fmt: skip

    def _seed(self, seed: Seed) -> Iterator[Request]:
        if seed.url in self._asked:
            return
        self._asked.add(seed.url)
        signal = seed.signal
        is_expected = seed.is_named or _answered(signal)
        ask = Ask(kind=seed.kind, url=seed.url, signal=signal, is_named=seed.is_named, is_expected=is_expected)
        if seed.kind == "wordpress":
            yield from self._posts(ask)
            return
        yield self._request(seed.url, ask)
        if signal is not None and signal.cursor:
            yield self._request(signal.cursor, replace(ask, walk=DEEPER, page=2))
        progress = self._backfills.get(seed.url)
        if progress is not None and progress.cursor:
            yield self._request(progress.cursor, replace(ask, walk=BACKFILL, page=2))

    def _posts(self, ask: Ask) -> Iterator[Request]:
        """Ask the API for what changed; for all that there is where it was never asked, or not to its end."""
        signal, earliest, until = ask.signal, self.arguments.earliest, self.arguments.until
        if signal is not None and signal.watermark is not None:
            yield self._request(posts_address(ask.url, modified_after=signal.watermark), ask)
        else:
            yield self._request(posts_address(ask.url, after=earliest, before=until), replace(ask, walk=DEEPER))
        if signal is not None and signal.cursor:
            yield self._request(signal.cursor, replace(ask, walk=DEEPER, page=2))
        progress = self._backfills.get(ask.url, Backfill())
        if self.arguments.backfill is not None and progress.done_at is None:
            first = posts_address(ask.url, after=self.arguments.backfill, before=until)
            yield self._request(progress.cursor or first, replace(ask, walk=BACKFILL, page=2 if progress.cursor else 1))

    def _front(self, seed: Seed) -> Iterator[Request]:
        self._asked.add(seed.url)
        lists = seed.is_named or ("section" in self.arguments.signals and named_by(self.site, "section") is None)
        ask = Ask(kind="section", url=seed.url, signal=seed.signal, is_front=True, is_read=lists)
        yield self._request(seed.url, ask)

    def _archive_pages(self) -> Iterator[str]:
        """Return the pages of authors and months that the operator asked for."""
        first = self.arguments.earliest
        if "date" in self.arguments.archives and first is not None:
            last = min(self.began_at, self.arguments.until or self.began_at)
            yield from month_archives(self.site.url, first, last)
        if "author" in self.arguments.archives:
            for url in self.archive.author_addresses(self.site.name):
                if host_of(url) == host_of(self.site.url):
                    yield url

    # ------------------------------------------------------------------ what the site file does not name

    def robots(self, response: Response) -> Iterator[Request]:
        """Ask for the sitemaps that robots.txt names, else where sitemaps usually are."""
        named = sitemaps_in_robots(response.body, response.url) if response.status == 200 else ()
        yield from self._found("sitemap", named)
        if not named and "sitemap" in self._plan.wanted:
            yield from self._guessed("sitemap", usual_sitemaps(self.site.url))

    def no_robots(self, failure: Failure) -> None:
        """Note that robots.txt was not answered: nothing is asked for then."""
        if is_crash(failure):
            self.visit.crashed(failure)

    def _found_on_front(self, body: bytes, url: str) -> Iterator[Request]:
        wanted = self._plan.wanted
        if "feed" in wanted:
            named = feeds_in_page(body, url)
            yield from self._found("feed", named) if named else self._guessed("feed", usual_feeds(self.site.url))
        if "wordpress" in wanted:
            root = root_in_page(body, url)
            yield from self._found("wordpress", [root] if root else [])
            if not root:
                yield from self._guessed("wordpress", [usual_root(self.site.url)])
        if "section" in self.arguments.signals and named_by(self.site, "section") is None:
            yield from self._found("section", sections_in_page(body, url))

    def _found(self, kind: str, urls: Iterable[str]) -> Iterator[Request]:
        """Ask for listings that the site itself names, but for those that the plan leaves alone this time."""
        for url in urls:
            if url not in self._remembered or (kind == "sitemap" and not is_retired(self._remembered[url])):
                yield from self._seed(Seed(kind=kind, url=url, signal=self._remembered.get(url), is_named=True))

    def _guessed(self, kind: str, urls: Iterable[str]) -> Iterator[Request]:
        for url in urls:
            if may_guess(url, self._remembered.values(), self.began_at):
                yield from self._seed(Seed(kind=kind, url=url, signal=self._remembered.get(url)))

    # ------------------------------------------------------------------ answers

    async def listing(self, response: Response, ask: Ask) -> AsyncIterator[Request]:
        """Read a listing, note what it gave, and ask for the stories and listings that it names."""
        capture: Capture = response.meta["capture"]
        if response.status == 304 and ask.signal is not None:
            self._unmoved(ask)
            return
        try:
            if response.status != 200:
                raise ListingError(f"answered {response.status}")
            # A map of 50,000 addresses takes a second to read: not in the loop that also fetches.
            listing = await asyncio.to_thread(_read, ask.kind, capture, response.url)
        except ListingError as error:
            if ask.page > 1 and response.status in _NO_PAGE:
                self._walked_out(ask)
            else:
                self._failed(ask, str(error))
            for request in self._found_on_front(b"", response.url) if ask.is_front else ():
                yield request
            return
        for request in self._taken(ask, listing, capture):
            yield request
        for request in self._found_on_front(capture.payload, response.url) if ask.is_front else ():
            yield request

    def no_listing(self, failure: Failure) -> None:
        """Note a listing that was not answered."""
        if is_crash(failure):
            self.visit.crashed(failure)
            return
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        self._failed(request.cb_kwargs["ask"], why(failure.value))

    def _taken(self, ask: Ask, listing: Listing, capture: Capture) -> Iterator[Request]:
        """Note what a listing gave, and ask for the stories it names and for its further pages."""
        if listing.problem:
            self._problem(ask, listing.problem)
        stories = self.wanted.judged(listing.links, found_on_page=ask.kind == "section") if ask.is_read else {}
        new = self.archive.saw(
            self.visit.begin(self.site),
            ask.kind,
            ask.url,
            stories.values(),
            page=ask.page,
            is_whole=ask.kind == "sitemap" and not (listing.is_rolling or listing.problem or capture.truncated),
            state=listing.problem or "ok",
            etag=capture.header("etag"),
            last_modified=capture.header("last-modified"),
            depth=ask.depth,
            told_at=ask.told_at,
        )
        self.visit.found(ask.kind, len(stories), new)
        tell_listed(self.visit, self.site, capture, stories.values())
        yield from self.wanted.requests(stories)
        if ask.kind == "sitemap":
            yield from self._maps(ask, listing)
        elif ask.is_read:
            yield from self._pages(ask, listing, set(stories))

    def _unmoved(self, ask: Ask) -> None:
        """Note that a listing is as it was: all it lists was noted when it was read."""
        now = self.archive.clock()
        self.archive.noted(self.visit.begin(self.site), ask.url, seen_at=now, read_at=now, failures=0,
                           **({"told_at": ask.told_at} if ask.told_at else {}))  # fmt: skip
        self.visit.found(ask.kind, ask.signal.links if ask.signal else 0, 0)
        self.visit.account.unmoved += 1

    def _failed(self, ask: Ask, reason: str) -> None:
        if ask.page == 1:
            self.archive.saw(self.visit.begin(self.site), ask.kind, ask.url, state=reason, depth=ask.depth)
            self.visit.found(ask.kind, 0, 0)
        # A guessed address that is not there is no fault of the site.
        if ask.is_expected and ask.depth == 0:
            self._problem(ask, reason + self._parting(ask))

    def _parting(self, ask: Ask) -> str:
        """Say that a listing which we found ourselves is not asked any more in each visit, when it comes to that."""
        signal = ask.signal
        if signal is None or ask.is_named or ask.page > 1:
            return ""
        now = replace(signal, failures=signal.failures + 1, seen_at=self.began_at)
        return f", {now.failures} times in a row: asked again in {PROBE_AGAIN.days} days" if is_retired(now) else ""

    def _problem(self, ask: Ask, reason: str) -> None:
        logger.warning("%s: %s: %s: %s", self.site.name, ask.kind, reason, ask.url)
        self.visit.problem(f"{ask.kind}: {reason}: {ask.url}")

    # ------------------------------------------------------------------ further pages

    def _maps(self, ask: Ask, listing: Listing) -> Iterator[Request]:
        for url in listing.more:
            signal, told_at = self._remembered.get(url), listing.lastmods.get(url)
            if ask.depth >= _DEEPEST_SITEMAP:
                self.visit.skipped("sitemaps nested too deep")
            elif not holds_stories(url):
                self.visit.skipped("listing without stories")
            elif signal is not None and is_unmoved(signal, told_at, self.began_at):
                self.visit.found("sitemap", signal.links, 0)
            elif url not in self._asked:
                self._asked.add(url)
                yield self._request(url, Ask(kind="sitemap", url=url, signal=signal, depth=ask.depth + 1,
                                             told_at=told_at, is_expected=False))  # fmt: skip

    def _pages(self, ask: Ask, listing: Listing, stories: set[str]) -> Iterator[Request]:
        """Ask for the page after this one while the walk has a reason to go on; note where it stands."""
        if ask.kind == "wordpress":
            ask = self._with_watermark(ask, listing)
            if ask.walk == FRESH:
                self.visit.account.unmoved += not listing.links
        seen = self._walked.setdefault((ask.url, ask.walk), set())
        adds, seen_before = stories - seen, len(seen)
        seen |= stories
        is_over = not listing.more
        if ask.kind != "wordpress":
            # A site may answer every page number with the same page.
            is_over = is_over or (not adds and (bool(seen_before) or not stories)) or self._is_past(ask, listing)
            if self._hands_over(ask) and listing.more and stories:
                # The walk back to a day begins where the first page ends.
                self._walked_out(ask)
                ask, is_over = replace(ask, walk=BACKFILL), not adds
        if is_over or (ask.walk == FRESH and not self._tells_more(ask, stories)):
            self._walked_out(ask)
            return
        deepest = self.crawler.settings.getint("HEMEROTECA_FEED_PAGES")
        self._stands_at(ask, listing.more[0])
        if ask.kind == "wordpress" or ask.walk == BACKFILL or ask.page < deepest:
            yield self._request(listing.more[0], replace(ask, page=ask.page + 1))

    def _is_past(self, ask: Ask, listing: Listing) -> bool:
        """Say whether all that a page lists is older than the day asked for."""
        if ask.kind == "feed":
            return bool(listing.links) and self.wanted.is_old(listing.links[-1])
        stories = self.wanted.judged(listing.links, found_on_page=True).values()
        return bool(stories) and all(self.wanted.is_old(link) for link in stories)

    def _hands_over(self, ask: Ask) -> bool:
        progress = self._backfills.get(ask.url, Backfill())
        return (
            ask.walk == FRESH and ask.page == 1 and self.arguments.backfill is not None
            and progress.done_at is None and progress.cursor is None
        )  # fmt: skip

    def _tells_more(self, ask: Ask, stories: set[str]) -> bool:
        """Say whether a page holds a story that this listing gave first, and that no walk to its end has seen yet."""
        if ask.kind == "wordpress":
            return True
        signal = ask.signal
        read_until = (signal.reached_at or signal.walked_at) if signal is not None else None
        for told in self.archive.told(self.site.name, stories).values():
            if told.given_by == ask.url and (read_until is None or told.first_seen_at > read_until):
                return True
        return False

    def _with_watermark(self, ask: Ask, listing: Listing) -> Ask:
        """Return the question with the watermark that holds when its walk is whole; the first of all holds at once."""
        mark = watermark(listing)
        if ask.page > 1 or mark is None:
            return ask
        if ask.walk == FRESH:
            return replace(ask, newest=mark)
        if ask.signal is None or ask.signal.watermark is None:
            # What was changed before it and is not read yet is still ahead of this walk.
            self.archive.noted(self.visit.begin(self.site), ask.url, watermark=mark)
        return ask

    def _stands_at(self, ask: Ask, cursor: str) -> None:
        visit, signal = self.visit.begin(self.site), ask.signal
        if ask.walk == BACKFILL:
            assert self.arguments.backfill is not None  # noqa: S101  # there is no such walk without a day
            self.archive.filled(visit, ask.url, self.arguments.backfill, Backfill(cursor=cursor))
        elif ask.walk == DEEPER:
            self.archive.noted(visit, ask.url, cursor=cursor)
        elif ask.kind != "wordpress" and (signal is None or signal.cursor is None):
            self.archive.noted(visit, ask.url, cursor=cursor, reached_at=self.archive.clock())

    def _walked_out(self, ask: Ask) -> None:
        visit, signal = self.visit.begin(self.site), ask.signal
        if ask.walk == BACKFILL:
            assert self.arguments.backfill is not None  # noqa: S101  # there is no such walk without a day
            self.archive.filled(visit, ask.url, self.arguments.backfill, Backfill(done_at=self.archive.clock()))
        elif ask.walk == DEEPER:
            # What the first pages gave in this visit, another walk reads, and may not have read to its end.
            reached_at = (signal.reached_at if signal else None) or self.archive.clock()
            self.archive.noted(visit, ask.url, cursor=None, reached_at=None, walked_at=reached_at)
        elif ask.kind == "wordpress":
            held = signal.watermark if signal else None
            if ask.newest is not None and (held is None or ask.newest > held):
                self.archive.noted(visit, ask.url, watermark=ask.newest)
        elif signal is not None and signal.cursor is not None:
            # An older walk is still under way below: this one has only moved its beginning.
            self.archive.noted(visit, ask.url, reached_at=self.archive.clock())
        else:
            self.archive.noted(visit, ask.url, cursor=None, reached_at=None, walked_at=self.archive.clock())

    # ------------------------------------------------------------------ requests

    def _request(self, url: str, ask: Ask) -> Request:
        # Not exempt from Scrapy's filter of repeated requests: a sitemap index that names itself ends there.
        return Request(url, callback=self.listing, errback=self.no_listing, cb_kwargs={"ask": ask},
                       headers=self._validators(ask), priority=LISTING + _PRIORITY[ask.kind],
                       meta={"allow_offsite": True})  # fmt: skip

    def _validators(self, ask: Ask) -> dict[str, Any]:
        """Return the validators of a listing's last answer, where a 304 hides nothing: all it listed was noted then."""
        signal = ask.signal
        if signal is None or signal.state != "ok" or ask.page > 1 or ask.kind == "wordpress" or ask.is_front:
            return {}
        if signal.cursor is not None or self._hands_over(ask):
            return {}
        told = {"If-None-Match": signal.etag, "If-Modified-Since": signal.last_modified}
        return {name: value for name, value in told.items() if value}


def _answered(signal: Signal | None) -> bool:
    return signal is not None and signal.read_at is not None


def _read(kind: str, capture: Capture, url: str) -> Listing:
    if kind == "wordpress":
        total = capture.header("x-wp-total") or ""
        return read_posts(capture.payload, url, int(total) if total.isdecimal() else None)
    return {"feed": read_feed, "sitemap": read_sitemap, "section": read_section}[kind](capture.payload, url)

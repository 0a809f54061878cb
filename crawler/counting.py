"""Counters without fetching pages again: what listings show, and at the end of a visit what scripts would load."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scrapy import Request, signals

from crawler.counters import answers, asks
from crawler.extensions import visit_of
from crawler.stories import is_crash, why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive import Capture, Link
    from crawler.counters import Ask
    from crawler.extensions import Visit
    from crawler.items import Item
    from crawler.site import Site


def tell_listed(visit: Visit, site: Site, capture: Capture, links: Iterable[Link]) -> None:
    """Tell the archive the counters that a listing shows of stories it knows."""
    shown = {link.url: link.counters for link in links if link.counters}
    known = visit.archive.known(site.name, shown)
    counted = visit.archive.counted(capture, {known[url].article: shown[url] for url in shown if url in known})
    visit.counted("listed", counted)


def counting_of(crawler: Crawler) -> Counting:
    """Return what asks for the counters of a crawl."""
    found = crawler.get_extension(Counting)
    if found is None:
        raise RuntimeError("crawler.counting.Counting must be in EXTENSIONS")
    return found


class Counting:
    """Asks for the counters of the stories that were looked at, where the site file wants it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._articles: dict[str, None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        counting = cls(crawler)
        crawler.signals.connect(counting.looked_at, signals.item_scraped)
        return counting

    def looked_at(self, item: Item) -> None:
        """Remember a story that this visit has looked at."""
        if item.article is not None and item.site.visit.counters:
            self._articles[item.article] = None

    def requests(self, site: Site) -> Iterator[Request]:
        """Return the requests for what the pages of these stories load by script, within the budget of revisits."""
        pending = visit_of(self.crawler).archive.pending(site.name, self._articles)
        for ask in islice(asks(pending, site), site.visit.requests):
            yield self._request(ask)

    def _request(self, ask: Ask) -> Request:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if ask.sent else {}
        return Request(ask.url, method=ask.method, body=ask.sent, headers=headers, callback=self.answered,
                       errback=self.not_answered, cb_kwargs={"ask": ask}, dont_filter=True,
                       meta={"is_aside": True, "allow_offsite": True})  # fmt: skip

    def answered(self, response: Response, ask: Ask) -> None:
        """Tell the archive what an answer says."""
        visit = visit_of(self.crawler)
        found = answers(ask, response.body) if response.status == 200 else {}
        visit.counted("asked", visit.archive.counted(response.meta["capture"], found))
        if missing := len(ask.articles) - len(found):
            visit.counted("not told", missing)

    def not_answered(self, failure: Failure) -> None:
        """Count a request that brought nothing; the next visit asks again."""
        visit = visit_of(self.crawler)
        if is_crash(failure):
            visit.crashed(failure)
        else:
            visit.skipped(f"counter: {why(failure.value)}")

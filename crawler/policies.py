"""Asks seldom for the files in which a site speaks to archives and miners, and tells the archive what they say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scrapy import Request

from archive import Reading
from crawler.extensions import visit_of
from crawler.opt_outs import files, in_file
from crawler.reading import READER
from crawler.stories import is_crash, why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.site import Site

ASK_AGAIN = timedelta(days=30)
# After all that the visit is for.
_PRIORITY = -10


class Policies:
    """The files of one site that speak for all of it."""

    def __init__(self, crawler: Crawler, site: Site) -> None:
        self.site = site
        self.visit = visit_of(crawler)

    def requests(self) -> Iterator[Request]:
        """Return the requests for the files that were not asked for in a month."""
        now = self.visit.archive.clock()
        seen = {signal.url: signal.seen_at for signal in self.visit.archive.signals(self.site.name)}
        for name, url in files(self.site).items():
            at = seen.get(url)
            if at is None or now - at >= ASK_AGAIN:
                yield Request(url, callback=self.answered, errback=self.not_answered, priority=_PRIORITY,
                              cb_kwargs={"name": name, "url": url}, meta={"is_aside": True})  # fmt: skip

    def answered(self, response: Response, name: str, url: str) -> None:
        """Tell the archive what a file says; one that is not there takes back what it said before."""
        said: tuple[str, ...] = ()
        if response.status == 200:
            said = in_file(name, response.body)
        if response.status in (200, 404, 410):
            reading = Reading(reader=READER, outcome="policy", reason=name, opt_outs=said)
            self.visit.archive.save(response.meta["capture"], reading)
        self.visit.archive.saw(self.visit.begin(self.site), "policy", url)

    def not_answered(self, failure: Failure) -> None:
        """Leave it for another visit."""
        if is_crash(failure):
            self.visit.crashed(failure)
        else:
            self.visit.skipped(f"policy: {why(failure.value)}")

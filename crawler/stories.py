"""How a story is asked for, and how its answer becomes an item: the one place for both.

What else a story's page may bring (further pages, pictures, counters) hangs on :meth:`Stories.page`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.extensions import visit_of
from crawler.items import Item
from crawler.redirects import STORY
from crawler.revisits import due_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive import Known
    from crawler.site import Site

logger = logging.getLogger(__name__)

# What these raise while a page is fetched, the network or the site has done.
_NETWORKING = frozenset({"scrapy", "twisted", "OpenSSL", "service_identity", "h2", "playwright"})
# Why a request is not made that keeps its place: the visit ended before it.
_STILL_WAITS = ("left for the next visit", "store lost")
# Listings first, then what they say is changed, then what is new, then what is due. A new story stands so many days
# lower as it is old.
LISTING, CHANGED, NEW, DUE = 300_000, 200_000, 100_000, 0


class Stories:
    """The stories of one visit on their way from address to item."""

    def __init__(self, crawler: Crawler, site: Site) -> None:
        self.site = site
        self.visit = visit_of(crawler)

    # ------------------------------------------------------------------ requests

    def first(self, url: str, priority: int = NEW) -> Request:
        """Return the request for a story that the archive does not know."""
        return Request(url, callback=self.page, errback=self.no_page, priority=priority, meta={STORY: True})

    def again(self, known: Known, priority: int, *, plain: bool = False) -> Request:
        """Return the request for a known story, with the validators of its last answer unless a plain one is wanted."""
        validators = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        # Of a story on several pages the first must come: its 304 would hide what is new on the others; and that of a
        # page whose scripts fetch the text would hide a new text.
        whole = plain or known.has_parts or self.site.visit.browser
        headers = {name: value for name, value in validators.items() if value and not whole}
        return Request(known.url, callback=self.page, errback=self.no_page, headers=headers, priority=priority,
                       meta={STORY: True}, cb_kwargs={"known": known})  # fmt: skip

    # ------------------------------------------------------------------ answers

    def page(self, response: Response, known: Known | None = None) -> Iterator[Item | Request]:
        """Send a story's page on its way, whatever its status."""
        capture = response.meta["capture"]
        hops = tuple(hop for hop in response.meta.get("hops", ()) if hop is not capture)
        yield Item(capture=capture, site=self.site, known=known, hops=hops)

    def no_page(self, failure: Failure) -> Iterator[Item]:
        """Send a fetch that brought nothing on its way; count a request that was not made."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        if isinstance(failure.value, IgnoreRequest):
            self.visit.skipped(reason := why(failure.value))
            if (known := request.cb_kwargs.get("known")) and reason not in _STILL_WAITS:
                # Whoever cannot be asked for goes behind the others too, or it would keep their place for ever.
                now = self.visit.archive.clock()
                self.visit.archive.look_again(known.article, due_at(now, known.published, known))
            return
        if is_crash(failure):
            self.visit.crashed(failure)
            return
        logger.warning("%s: no answer: %s: %s", self.site.name, why(failure.value), request.url)
        yield Item(capture=request.meta["capture"], site=self.site, known=request.cb_kwargs.get("known"))


def is_crash(failure: Failure) -> bool:
    """Say whether a request failed by a fault of ours: neither network nor address had a part in it."""
    return is_fault(failure.value)


def is_fault(error: BaseException | None) -> bool:
    """Say whether an exception of a fetch is ours."""
    # ValueError: an address that cannot be asked. IgnoreRequest: one that we do not ask, our own refusals too.
    if isinstance(error, OSError | ValueError | IgnoreRequest):
        return False
    return type(error).__module__.partition(".")[0] not in _NETWORKING


def why(error: BaseException | None) -> str:
    """Say why a request was not made or not answered, in words that can be counted."""
    text = str(error)
    if not isinstance(error, IgnoreRequest):
        return type(error).__name__
    if "robots.txt" in text:
        return "forbidden by robots.txt"
    return (
        "redirects without end" if "redirections" in text else "redirect to another host" if "offsite" in text else text
    )

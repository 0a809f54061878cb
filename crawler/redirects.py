"""Which redirects of stories are followed: none whose meaning its address already tells."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.answers import Meaning, redirected
from crawler.discovery.links import clean
from crawler.extensions import visit_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.site import Site

STORY = "story"
"""Key in ``request.meta`` of the requests that ask for a story."""


class StoryRedirectMiddleware:
    """Lets the spider see a redirect that leads to a front page, a section, a gate or another story that is known.

    Nothing there is news: the page it leads to would be fetched once for every story that was taken away.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep Scrapy from following such a redirect."""
        location = response.headers.get("Location")
        if request.meta.get(STORY) and 300 <= response.status < 400 and location:
            target = urljoin(request.url, location.decode("latin-1"))
            site: Site = self.crawler.spider.site  # type: ignore[union-attr]  # only site spiders ask for stories
            if redirected(request.url, target, site).meaning is not Meaning.MOVED or self._is_known(site, target):
                request.meta["dont_redirect"] = True
        return response

    def _is_known(self, site: Site, target: str) -> bool:
        return bool(visit_of(self.crawler).archive.known(site.name, [clean(target)]))

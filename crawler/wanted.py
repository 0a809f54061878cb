"""Which of the links that listings give are asked for in this visit: what is new, and what they say has changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.discovery import links as judge
from crawler.extensions import visit_of
from crawler.revisits import worth_another_look
from crawler.stories import CHANGED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from scrapy import Request
    from scrapy.crawler import Crawler

    from archive import Known, Link
    from crawler.arguments import Arguments
    from crawler.site import Site
    from crawler.stories import Stories


class Wanted:
    """Judges links for one visit, counts those it leaves out, and asks for the others."""

    def __init__(self, crawler: Crawler, site: Site, arguments: Arguments, stories: Stories) -> None:
        self.site = site
        self.arguments = arguments
        self.stories = stories
        self.visit = visit_of(crawler)
        self._asked_new = 0

    def judged(self, links: Iterable[Link]) -> dict[str, Link]:
        """Return, by cleaned address, the links that may be stories of this site."""
        found: dict[str, Link] = {}
        for link in links:
            url = judge.clean(link.url)
            if reason := judge.refused(url, self.site):
                self.visit.skipped(reason)
            elif url not in found:
                found[url] = replace(link, url=url)
        return found

    def requests(self, links: Mapping[str, Link]) -> Iterator[Request]:
        """Ask for the links that are new or that may have changed."""
        archive = self.visit.archive
        known = archive.known(self.site.name, links)
        empty = archive.without_story(links)
        now = archive.clock()
        for url, link in links.items():
            if self.is_old(link):
                self.visit.skipped("before since")
            elif (article := known.get(url)) is None:
                if url in empty and not worth_another_look(empty[url], link.lastmod, now):
                    self.visit.skipped("no story when last fetched")
                elif request := self._new(url):
                    yield request
            elif may_have_changed(article, link, now):
                yield self.stories.again(article, CHANGED)

    def is_old(self, link: Link) -> bool:
        """Say whether a link's dates put it before the day asked for."""
        dates = [at for at in (link.lastmod, link.published) if at is not None]
        return self.arguments.since is not None and bool(dates) and max(dates) < self.arguments.since

    def _new(self, url: str) -> Request | None:
        if self.arguments.limit is not None and self._asked_new >= self.arguments.limit:
            self.visit.skipped("over limit")
            return None
        self._asked_new += 1
        return self.stories.first(url)


def may_have_changed(known: Known, link: Link, now: datetime) -> bool:
    """Say whether a listed story should be looked at again: its listing says it changed, or it is due."""
    if link.lastmod is not None and link.lastmod > known.fetched_at:
        return True
    return known.state != "gone" and known.due_at is not None and known.due_at <= now

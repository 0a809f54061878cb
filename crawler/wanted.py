"""Which of the links that listings give are asked for in this visit: what is new, and what they say has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crawler.discovery import links as judge
from crawler.discovery.shapes import article_pattern
from crawler.extensions import visit_of
from crawler.revisits import worth_another_look
from crawler.stories import CHANGED, NEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from scrapy import Request
    from scrapy.crawler import Crawler

    from archive import Known, Link
    from crawler.arguments import Arguments
    from crawler.site import Site
    from crawler.stories import Stories

# Fewer known stories than this say nothing of how the site's addresses look.
_ENOUGH_STORIES = 20


class Wanted:
    """Judges links for one visit, counts those it leaves out, and asks for the others, each once."""

    def __init__(self, crawler: Crawler, site: Site, arguments: Arguments, stories: Stories) -> None:
        self.site = site
        self.arguments = arguments
        self.stories = stories
        self.visit = visit_of(crawler)
        self._asked: set[str] = set()
        self._asked_new = 0
        known = self.visit.archive.story_addresses(site.name)
        self._learned = article_pattern(known) if len(known) >= _ENOUGH_STORIES else None

    def judged(self, links: Iterable[Link], *, found_on_page: bool = False) -> dict[str, Link]:
        """Return, by cleaned address, the links that may be stories of this site.

        A feed, sitemap or API says itself that its links are stories; what was ``found_on_page`` has to look like one.
        """
        found: dict[str, Link] = {}
        for link in links:
            url = judge.clean(link.url)
            if url in found:
                continue
            if reason := judge.refused(url, self.site) or self._unlike(url, found_on_page):
                if not found_on_page:
                    self.visit.skipped(reason)
            else:
                found[url] = replace(link, url=url)
        return found

    def _unlike(self, url: str, found_on_page: bool) -> str | None:
        # The site's own pattern is the last word.
        if not found_on_page or self.site.discover.article is not None or judge.looks_like_story(url, self._learned):
            return None
        return "not a story"

    def requests(self, links: Mapping[str, Link]) -> Iterator[Request]:
        """Ask for the links that are new or that their listing says have changed, the newest first."""
        archive = self.visit.archive
        known = archive.known(self.site.name, links)
        told = archive.told(self.site.name, links)
        empty = archive.without_story(links)
        now = archive.clock()
        for url, link in sorted(links.items(), key=lambda item: _age(item[1], now)):
            if reason := self._outside(link):
                self.visit.skipped(reason)
            elif (article := known.get(url)) is None:
                if url in empty and not worth_another_look(empty[url], link.lastmod, now):
                    self.visit.skipped("no story when last fetched")
                else:
                    yield from self._new(link, now)
            elif has_changed(article, link, told[url].fetched_lastmod if url in told else None):
                yield from self.again(article, CHANGED)

    def again(self, known: Known, priority: int, *, plain: bool = False) -> Iterator[Request]:
        """Ask for a known story, unless this visit has asked for it already."""
        if known.url not in self._asked:
            self._asked.add(known.url)
            yield self.stories.again(known, priority, plain=plain)

    def is_here(self, url: str) -> None:
        """Note that an address need not be asked for in this visit: its page is here."""
        self._asked.add(url)

    def is_old(self, link: Link) -> bool:
        """Say whether a story is dated before the day asked for: by its listing, else by its address."""
        earliest = self.arguments.earliest
        if earliest is None:
            return False
        dates = [at for at in (link.published, link.lastmod) if at is not None]
        if dates:
            return max(dates) < earliest
        days = judge.published_in(link.url)
        return days is not None and self._midnight(days[1]) + timedelta(days=1) <= earliest

    def _outside(self, link: Link) -> str | None:
        if self.is_old(link):
            return "before since"
        until, days = self.arguments.until, judge.published_in(link.url)
        published = link.published or (self._midnight(days[0]) if days else None)
        return "after until" if until is not None and published is not None and published >= until else None

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.site.timezone))

    def _new(self, link: Link, now: datetime) -> Iterator[Request]:
        if link.url in self._asked:
            return
        if self.arguments.limit is not None and self._asked_new >= self.arguments.limit:
            self.visit.skipped("over limit")
            return
        self._asked.add(link.url)
        self._asked_new += 1
        # The newest first, whichever listing gave it: a visit may be cut short.
        yield self.stories.first(link.url, NEW - min(_age(link, now), NEW - 1))


def has_changed(known: Known, link: Link, told: datetime | None) -> bool:
    """Say whether a listing tells of a change since its story was fetched.

    ``told`` is the change that was listed when it was fetched: both are then the site's own clock, however it goes.
    """
    return link.lastmod is not None and link.lastmod > (told or known.fetched_at)


def _age(link: Link, now: datetime) -> int:
    """Return how many days old a story is; one without a date may be of today."""
    days = judge.published_in(link.url)
    at = link.published.date() if link.published else days[0] if days else link.lastmod.date() if link.lastmod else None
    return max((now.date() - at).days, 0) if at is not None else 0

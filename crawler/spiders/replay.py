"""The same road from WARC files, ours or anybody's, with their dates as fetch times; or the archive's own, again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Spider, signals

from archive import ArchiveError, Skipped, read_captures, warc_files
from crawler.discovery.links import hosts
from crawler.errors import ArgumentError
from crawler.extensions import visit_of
from crawler.items import Item
from crawler.loader import SiteLoader
from crawler.pages import not_a_page
from crawler.site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy.crawler import Crawler

    from archive import Capture

logger = logging.getLogger(__name__)

# Captures on the road at once: enough to keep the readers busy, a few dozen pages of memory.
_IN_FLIGHT = 32


class ReplaySpider(Spider):
    """Sends every capture of WARC files through the pipelines. A second run adds nothing."""

    name = "replay"

    def __init__(self, warc: str | None = None, source: str | None = None, site: str | None = None,
                 since: str | None = None, dry: str | None = None, **other: Any) -> None:  # fmt: skip
        super().__init__(name=other.pop("name", None))
        if other:
            raise ArgumentError(
                f"-a {next(iter(other))}: no such argument; there are warc, source, site, since and dry"
            )
        if source not in (None, "archive"):
            raise ArgumentError(f"-a source={source}: there is only archive")
        if (warc is None) == (source is None):
            raise ArgumentError(
                "give -a warc=FILE_OR_FOLDER, or -a source=archive to read the archive's own captures again"
            )
        if source is None and (site, since, dry) != (None, None, None):
            raise ArgumentError("-a site, since and dry go with -a source=archive")
        self.files = _files(warc) if warc is not None else []
        self.of_site = site
        self.since = _day(since) if since is not None else None
        self.dry = _switch(dry)
        self._room = asyncio.Semaphore(_IN_FLIGHT)
        self._sites: dict[str, Site] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build it as Scrapy does, and hear of every item that has reached the end of the road."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider.arrived, signal)
        return spider

    def arrived(self) -> None:
        """Make room for the next capture."""
        self._room.release()

    async def start(self) -> AsyncIterator[Item]:
        """Yield every capture that is to be read, and count the rest under its reason."""
        self._sites = {host: site for site in SiteLoader.from_settings(self.settings).sites() for host in hosts(site)}
        async for item in self._from_files() if self.files else self._from_archive():
            yield item

    async def _from_archive(self) -> AsyncIterator[Item]:
        visit = visit_of(self.crawler)
        by_name = {site.name: site for site in self._sites.values()}
        found = visit.archive.story_captures(site=self.of_site, since=self.since)
        while (kept := await asyncio.to_thread(next, found, None)) is not None:
            if visit.is_lost:
                return
            try:
                capture = await asyncio.to_thread(kept.load, visit.archive.warc_folder)
            except ArchiveError as error:
                visit.problem(str(error))
                continue
            site = by_name.get(kept.site, self._site(kept.url))
            if site.name != kept.site:
                visit.skipped(f"no site file {kept.site}; name its folder in HEMEROTECA_SITES")
            elif reason := not_a_page(capture):
                visit.skipped(reason)
            else:
                await self._room.acquire()
                yield Item(capture=capture, site=site, article=kept.article, is_reread=True)

    async def _from_files(self) -> AsyncIterator[Item]:
        visit = visit_of(self.crawler)
        for path in self.files:
            logger.info("replay: reading: %s", path)
            records = read_captures(path)
            while (found := await asyncio.to_thread(next, records, None)) is not None:
                if visit.is_lost:
                    return
                if reason := self._skip(found):
                    visit.skipped(reason)
                    continue
                assert not isinstance(found, Skipped)  # noqa: S101  # _skip() gave a reason for it
                await self._room.acquire()
                site = self._site(found.url)
                yield Item(capture=replace(found, visit=visit.begin(site)), site=site)

    def _skip(self, found: Capture | Skipped) -> str | None:
        if isinstance(found, Skipped):
            return found.reason
        if reason := not_a_page(found):
            return reason
        return "known already" if visit_of(self.crawler).archive.has(found) else None

    def _site(self, url: str) -> Site:
        made_up = Site.unknown(url)
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.") + (f":{parts.port}" if parts.port else "")
        return self._sites.setdefault(host, made_up)


def _files(warc: str) -> list[Path]:
    path = Path(warc).expanduser()
    if not path.exists():
        raise ArgumentError(f"-a warc={warc}: no such file or folder")
    files = warc_files(path)
    if not files:
        raise ArgumentError(f"-a warc={warc}: no *.warc or *.warc.gz in this folder")
    return files


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise ArgumentError(f"-a since={text}: not a date like 2026-05-31") from None


def _switch(text: str | None) -> bool:
    if text not in (None, "yes", "no"):
        raise ArgumentError(f"-a dry={text}: expected yes or no")
    return text == "yes"

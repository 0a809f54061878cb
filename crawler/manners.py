"""How this process behaves towards each server: how fast, when it waits, when it stops asking."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle

from crawler.answers import REFUSALS
from crawler.extensions import visit_of
from crawler.politeness import after_refusal, retry_after

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.core.downloader import Downloader, Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

FOREVER = float("inf")
# Seconds. Without any delay Scrapy 2.19 lets all that waits in a slot go at once: it counts connections only later.
ONE_AFTER_THE_OTHER = 0.001


class Refused(IgnoreRequest):
    """A request that we do not make; the message is the reason it is counted under."""


def manners_of(crawler: Crawler) -> Manners:
    """Return the manners of a crawl."""
    found = crawler.get_extension(Manners)
    if found is None:
        raise RuntimeError("crawler.manners.Manners must be in EXTENSIONS")
    return found


class Manners:
    """Keeps what each server asked for: the least delay, a wait, and how often in a row it refused.

    A slot is one server as :func:`crawler.politeness.slot_of` names it; Scrapy's downloader asks one slot after its
    delay and with its number of connections.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        settings = crawler.settings
        self.delay = max(settings.getfloat("DOWNLOAD_DELAY"), settings.getfloat("AUTOTHROTTLE_START_DELAY"))
        self.least: dict[str, float] = defaultdict(lambda: ONE_AFTER_THE_OTHER)  # slot → seconds, never less
        self.refusals: Counter[str] = Counter()  # slot → refusals since the last other answer
        self._deadline = FOREVER
        self._bell: asyncio.TimerHandle | None = None
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        manners = cls(crawler)
        crawler.signals.connect(manners.opened, signals.spider_opened)
        crawler.signals.connect(manners.answered, signals.response_downloaded)
        crawler.signals.connect(manners.closed, signals.spider_closed)
        return manners

    @property
    def left(self) -> float:
        """Seconds that the visit still has."""
        return self._deadline - time.monotonic()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is asked for in this visit."""
        return self._closing is not None

    # ------------------------------------------------------------------ the time budget

    def opened(self, spider: Spider) -> None:
        """Start the visit's time budget; 0 minutes is no bound."""
        minutes = spider.site.visit.minutes if getattr(spider, "site", None) is not None else 0  # type: ignore[attr-defined]  # of spiders of one site
        if minutes:
            self._deadline = time.monotonic() + minutes * 60
            self._bell = asyncio.get_running_loop().call_later(minutes * 60, self._time_is_up, minutes)

    def closed(self) -> None:
        """Let the bell go."""
        if self._bell is not None:
            self._bell.cancel()

    def _time_is_up(self, minutes: float) -> None:
        self.end("time_budget", f"the time budget of {minutes:g} minutes is used up")

    # ------------------------------------------------------------------ how fast

    def be_slower(self, slot: str, seconds: float) -> None:
        """Never ask this server faster than this; it holds for the rest of the visit."""
        self.least[slot] = max(self.least[slot], seconds)
        self.apply(slot)

    def apply(self, slot: str) -> None:
        """Bring Scrapy's slot in step with what its server asked for. Scrapy lets idle slots go and makes new ones."""
        least = self.least[slot]
        given = self.crawler.settings.getdict("DOWNLOAD_SLOTS").get(slot, {})
        # One connection, and no jitter: it would make half of the waits shorter than asked for.
        asked = {"concurrency": 1, "jitter": 0.0} if least > ONE_AFTER_THE_OTHER else {}
        # What a slot that is made later starts with.
        self._downloader.per_slot_settings[slot] = {
            **given, **asked, "delay": max(given.get("delay", self.delay), least),
        }  # fmt: skip
        if found := self._downloader.slots.get(slot):
            found.delay = max(found.delay, least)
            if asked:
                found.concurrency, found.jitter = 1, 0.0

    def answered(self, response: Response, request: Request) -> None:
        """Weigh an answer before the next request of its slot leaves."""
        name = request.meta.get("download_slot")
        if name is None or request.meta.get("dont_obey_robotstxt"):
            return
        if response.status not in REFUSALS:
            self.refusals[name] = 0
            return
        self.refusals[name] += 1
        slot = self._downloader.slots.get(name)
        delay = max(self.least[name], slot.delay if slot else 0.0)
        asked = retry_after(_header(response, "Retry-After"), self._server_time(response))
        step = after_refusal(response.status, asked, delay, self.refusals[name], self.left)
        if step.end is not None:
            self.end("blocked", f"{name} {step.end}")
        elif step.wait:
            logger.warning("%s: answered %d: waiting %.0f s: %s", self._site, response.status, step.wait, request.url)
            self.be_slower(name, step.delay)
            if slot is not None:
                _pause(slot, step.wait)

    # ------------------------------------------------------------------ the end

    def end(self, reason: str, why: str) -> None:
        """End the visit before all is asked for; what is left over is asked for by the next one."""
        if self.has_ended:
            return
        scheduler = self.crawler.engine.scheduler
        waiting = len(scheduler) if scheduler is not None and hasattr(scheduler, "__len__") else 0
        waiting += sum(len(slot.queue) for slot in self._downloader.slots.values())
        visit_of(self.crawler).ended_early(reason, why, waiting)
        logger.warning("%s: %s; %d requests are left for the next visit", self._site, why, waiting)
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))
        # Scrapy would still make the requests that wait in a slot, each after its delay.
        for slot in self._downloader.slots.values():
            while slot.queue:
                _, waits = slot.queue.popleft()
                waits.errback(Refused("left for the next visit"))

    @property
    def _downloader(self) -> Downloader:
        return self.crawler.engine.downloader

    @property
    def _site(self) -> str:
        return self.crawler.spider.name if self.crawler.spider else ""

    def _server_time(self, response: Response) -> datetime:
        try:
            return parsedate_to_datetime(_header(response, "Date") or "")
        except (ValueError, TypeError, IndexError):
            return visit_of(self.crawler).archive.clock()


class Throttle(AutoThrottle):
    """Scrapy's autothrottle, which never goes below what a server asked for."""

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        for name, found in self.crawler.engine.downloader.slots.items():
            if found is slot:
                slot.delay = max(slot.delay, manners_of(self.crawler).least[name])


def _pause(slot: Slot, seconds: float) -> None:
    """Let the next request of a slot leave after this time."""
    slot.lastseen = time.monotonic() + seconds - slot.delay


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None

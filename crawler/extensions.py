"""The one archive of a crawl, and the account of its visit from the opening to the report."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text
from scrapy import signals
from scrapy.exceptions import CloseSpider

from archive import Archive, ArchiveError, LeaseHeldError, SiteFacts, shifted_clock
from crawler.confirm import OUTSIDE_PATTERN, SITE_FILE, SITE_FILE_ADDRESS, confirmation, state_of
from crawler.discovery.links import host_of
from crawler.errors import ArgumentError
from crawler.group import Group
from crawler.output import Output, say
from crawler.reading import READER
from crawler.report import Account, as_rows, as_values, missed, note_challenge, note_status, verdict
from crawler.revisits import removals_believable

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from archive import Capture, Outcome
    from crawler.site import Site

logger = logging.getLogger(__name__)


# Our own settings that are numbers or a switch: each with the method that reads it and what it should be.
_CHECKED = {
    "HEMEROTECA_ALLOW_PRIVATE": ("getbool", "0 or 1"),
    "HEMEROTECA_CLOCK_OFFSET": ("getfloat", "a number of seconds"),
    "HEMEROTECA_READERS": ("getint", "a number of processes"),
    "HEMEROTECA_READ_TIMEOUT": ("getfloat", "a number of seconds"),
    "HEMEROTECA_READ_MEMORY": ("getint", "a number of MiB"),
    "HEMEROTECA_FEED_PAGES": ("getint", "a number of pages"),
    "HEMEROTECA_BESIDE_REQUESTS": ("getint", "a number of requests"),
    "HEMEROTECA_BESIDE_MIB": ("getint", "a number of MiB"),
    "VISIT_PROGRESS": ("getfloat", "a number of seconds"),
}


def check_settings(settings: BaseSettings) -> None:
    """Raise ArgumentError for a setting of ours that cannot be understood."""
    for name, (read, expected) in _CHECKED.items():
        try:
            getattr(settings, read)(name)
        except (ValueError, TypeError):
            raise ArgumentError(f"{name}={settings[name]}: expected {expected}") from None
    if settings["VISIT_REPORT"] not in ("text", "json", "none"):
        raise ArgumentError(f"VISIT_REPORT={settings['VISIT_REPORT']}: expected text, json or none")


def visit_of(crawler: Crawler) -> Visit:
    """Return the running visit of a crawler: the way every part asks and tells the archive."""
    found = crawler.get_extension(Visit)
    if found is None:
        raise RuntimeError("crawler.extensions.Visit must be in EXTENSIONS")
    return found


class Visit:
    """Opens the archive when the spider opens, counts what happens, reports and closes when the spider closes."""

    def __init__(self, crawler: Crawler) -> None:
        check_settings(crawler.settings)
        self.crawler = crawler
        self.account = Account()
        self.exit_status, self.why = 1, "ended without a report; the log says why"
        self._archive: Archive | None = None
        self._group: Group | None = None
        self._keys: dict[str, str] = {}  # site → key of its visit
        self._sites: dict[str, Site] = {}
        self._started = time.monotonic()
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        visit = cls(crawler)
        crawler.signals.connect(visit.opened, signals.spider_opened)
        crawler.signals.connect(visit.closed, signals.spider_closed)
        crawler.signals.connect(visit.dropped, signals.request_dropped)
        crawler.signals.connect(visit.crashed, signals.spider_error)
        crawler.signals.connect(visit.crashed, signals.item_error)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(visit.arrived, signal)
        return visit

    @property
    def archive(self) -> Archive:
        """The open archive."""
        if self._archive is None:
            raise RuntimeError("the archive is not open")
        return self._archive

    @property
    def group(self) -> Group:
        """What waits to be saved in the open archive."""
        self._group = self._group or Group(self.archive, self._coming, self.lost)
        return self._group

    def _coming(self) -> int:
        slot = self.crawler.engine.scraper.slot
        return slot.itemproc_size if slot is not None else 0

    def arrived(self) -> None:
        """Let a run that is being ended end when this item was the last on its road."""
        # Scrapy 2.19 looks whether it may close only after responses: where the last thing on its road is an item that
        # came from start() (a page that a killed visit left unread, a replayed capture), it would wait for ever.
        asyncio.get_running_loop().call_later(0.1, self._let_close)

    def _let_close(self) -> None:
        slot = self.crawler.engine.scraper.slot
        closing = slot.closing if slot is not None else None
        if slot is not None and closing is not None and not closing.called and slot.is_idle():
            closing.callback(self.crawler.spider)  # type: ignore[arg-type]  # there is one while items travel

    # ------------------------------------------------------------------ opening

    def opened(self, spider: Spider) -> None:
        """Open the archive; a spider of one site begins its visit at once."""
        settings = self.crawler.settings
        try:
            self._archive = Archive(
                Path(settings["HEMEROTECA_HOME"]).expanduser(),
                database=settings["HEMEROTECA_DATABASE"] or None,
                clock=shifted_clock(settings.getfloat("HEMEROTECA_CLOCK_OFFSET")),
            )
            if site := getattr(spider, "site", None):
                self._archive.take_lease(site.host_group or host_of(site.url))
                self.begin(site)
        except LeaseHeldError as error:
            self.account.held = str(error)
            raise CloseSpider("lease_held") from error
        except ArchiveError as error:
            self.account.store_error = str(error)
            raise CloseSpider("store_lost") from error

    def begin(self, site: Site) -> str:
        """Return the key of this site's visit; the first call begins it."""
        if site.name not in self._keys:
            facts = SiteFacts(
                name=site.name,
                title=site.title,
                url=site.url,
                country=site.country,
                region=site.region,
                languages=site.languages,
                timezone=site.timezone,
                facts=site.facts(),
            )
            self._keys[site.name] = self.archive.begin_visit(
                facts, agent=self.crawler.settings["USER_AGENT"], reader=READER
            )
            self._sites[site.name] = site
        return self._keys[site.name]

    # ------------------------------------------------------------------ counting

    def fetched(self, capture: Capture, *, is_aside: bool) -> None:
        """Count an answer, or that none came. One that is aside says nothing of the site: robots.txt, a picture."""
        self.account.requests += 1
        if not is_aside:
            note_status(self.account, capture.status)

    def found(self, kind: str, links: int, new: int) -> None:
        """Count the links that a listing gave."""
        self.account.links[kind] += links
        self.account.new_links[kind] += new
        self._count(f"signal/{kind}/links", links)
        self._count(f"signal/{kind}/new", new)

    def skipped(self, reason: str) -> None:
        """Count an address that is not asked for, or a record that is not replayed."""
        self.account.skipped[reason] += 1
        self._count(f"skipped/{reason}")

    def dropped(self, request: Request) -> None:
        """Count a redirect to a page that this visit has asked for already. Two listings of one story are no news."""
        if request.meta.get("redirect_times"):
            self.skipped("redirect to a page asked already")

    def stored(self, site: Site, outcome: Outcome) -> None:
        """Count what a capture meant for the archive."""
        self.account.outcomes[outcome] += 1
        self.account.outcomes_by_site.setdefault(site.name, Counter())[outcome] += 1
        self._count(f"outcome/{outcome}")

    def challenged(self) -> None:
        """Count a page that was answered with 200 and is a challenge."""
        note_challenge(self.account)

    def unread(self, reason: str) -> None:
        """Count a page that is kept but gave no article."""
        self.account.unread[reason] += 1
        self._count(f"unread/{reason}")

    def read(self, access: str, language: str | None) -> None:
        """Count a story that was read, by what its page says of who may read it, and by its language."""
        self.account.access[access] += 1
        if language is not None:
            self.account.languages[language] += 1

    def beside(self, meaning: str, size: int = 0) -> None:
        """Count what came, or did not, of what is kept beside pages."""
        self.account.beside[meaning] += 1
        self.account.beside_bytes += size
        self._count(f"beside/{meaning}")

    def differs(self, field: str) -> None:
        """Count a field that is read otherwise now than before."""
        self.account.differences[field] += 1

    def counted(self, how: str, number: int) -> None:
        """Count counters that were told without a page: ``listed``, ``asked``, or asked for and ``not told``."""
        self.account.counters[how] += number

    def copied(self) -> None:
        """Count an article that carries exactly the text of another."""
        self.account.copies += 1
        self._count("copies")

    def problem(self, text: str) -> None:
        """Note a listing that could not be read, or not to its end."""
        self.account.problems.append(text)
        self._count("problems")

    def crashed(self, failure: Failure) -> None:
        """Note an exception of ours."""
        self.account.crashes.append(f"{type(failure.value).__name__}: {failure.value}")

    def ended_early(self, reason: str, why: str, left_over: int) -> None:
        """Note that the visit ends before all is asked for: ``time_budget`` is well, ``blocked`` is not."""
        self.account.ended = (reason, why)
        self.account.left_over = left_over

    def lost(self, error: ArchiveError) -> None:
        """Stop the run: the archive takes no more. What it acknowledged is safe."""
        if self.account.store_error is None:
            self.account.store_error = str(error)
            logger.error("%s: store lost: %s", self.crawler.spider.name if self.crawler.spider else "", error)
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="store_lost"))

    @property
    def is_lost(self) -> bool:
        """Whether the archive takes no more."""
        return self.account.store_error is not None

    def _count(self, name: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(f"hemeroteca/{name}", by)

    # ------------------------------------------------------------------ closing

    def closed(self, spider: Spider, reason: str) -> None:
        """End the visits, close the archive, say what came of it."""
        account = self.account
        account.reason = reason
        account.forbidden = self.crawler.stats.get_value("robotstxt/forbidden", 0)
        if offsite := self.crawler.stats.get_value("offsite/filtered", 0):
            account.skipped["redirect to another host"] += offsite
        believable = {name: self._believable(name) for name in self._keys}
        if getattr(spider, "site", None) is not None and self._keys and not self.is_lost:
            account.missed += self._missed(spider)
        if site := getattr(spider, "site", None):
            self._confirm(site)
        status, _ = verdict(account)
        for name in self._keys:
            self._end(name, status, believe_removals=believable[name])
        if self._archive is not None:
            self._close_archive(self._archive)
        self.exit_status, self.why = verdict(account)
        if self._keys or not (self.is_lost or account.held):
            self._tell(spider)

    def _believable(self, name: str) -> bool:
        if self.is_lost:
            return False
        revisits, removed = self.archive.removals(self._keys[name])
        if removals_believable(revisits, removed):
            return True
        self.account.missed.append(f"{removed} of {revisits} revisits answered 404 or 410: nothing is taken as gone")
        return False

    def _confirm(self, site: Site) -> None:
        """Note what the visit shows of a site file that nobody has confirmed, in the report and in the archive."""
        key, account = self._keys.get(site.name), self.account
        if key is None or self.is_lost:
            return
        signals = self.archive.signals(site.name)
        outside = account.skipped[OUTSIDE_PATTERN]
        told = confirmation(site, signals, account.links.total(), outside, account.languages)
        account.site_file = told
        if told is not None and (state := state_of(told)):
            self.archive.saw(key, SITE_FILE, SITE_FILE_ADDRESS, state=state)

    def _missed(self, spider: Spider) -> list[str]:
        site: Site = spider.site  # type: ignore[attr-defined]  # only called for spiders of one site
        return list(
            missed(
                self.account,
                site.expect,
                expects_links=getattr(spider, "expects_links", False),
                rates=self.archive.fill_rates(site.name),
                weeks=self.archive.stories_by_week(site.name, self.archive.clock()),
            )
        )

    def _end(self, name: str, status: int, *, believe_removals: bool) -> None:
        values = as_values(self.account, name, self._keys[name], time.monotonic() - self._started)
        values["outcomes"] = dict(self.account.outcomes_by_site.get(name, {}))
        try:
            removed = self.archive.end_visit(
                self._keys[name], values, exit_status=status, believe_removals=believe_removals
            )
        except ArchiveError as error:
            self.account.store_error = self.account.store_error or str(error)
            return
        self.account.outcomes.update(removed)

    def _close_archive(self, archive: Archive) -> None:
        try:
            archive.close()
        except (ArchiveError, OSError) as error:
            self.account.store_error = self.account.store_error or str(error)

    def _tell(self, spider: Spider) -> None:
        if self.crawler.settings["VISIT_REPORT"] == "none":
            return
        key = self._keys.get(spider.name)
        values = as_values(self.account, spider.name, key, time.monotonic() - self._started)
        if self.crawler.settings["VISIT_REPORT"] == "json":
            say(json.dumps(values, ensure_ascii=False))
            return
        print_summary(spider.name, as_rows(values))


def print_summary(name: str, rows: list[tuple[str, str]]) -> None:
    """Print a table on a terminal, plain lines elsewhere."""
    console = Output(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        for label, text in rows:
            console.print(f"{name}: {label}: {text}", markup=False)
        return
    table = Table(title=name, show_header=False)
    for label, text in rows:
        table.add_row(label, Text(text))
    console.print(table)

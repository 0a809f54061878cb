"""How far a visit is, while it runs: one line that moves on a terminal, a line in the log every minute elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Any, cast

from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from crawler.extensions import visit_of
from crawler.output import Output
from crawler.report import Account, changed

if TYPE_CHECKING:
    from collections.abc import Sized
    from typing import Self

    from rich.console import Console
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.utils.asyncio import AsyncioLoopingCall

logger = logging.getLogger(__name__)

# How often the line of a terminal moves: fast enough to see that it lives.
_MOVES_EVERY = 0.5


def line(account: Account, waiting: int, per_minute: float) -> str:
    """Return what a run has come to, in one line. ``waiting`` are requests that are not made yet."""
    parts = [f"{account.links.total()} stories found"] if account.links else []
    parts += [f"{account.outcomes['new']} new", f"{changed(account)} changed", f"{waiting} waiting",
              f"{per_minute:.0f} requests a minute"]  # fmt: skip
    return ", ".join(parts)


class _Above:
    """Where log lines go while a line moves: above it, and not broken where the terminal ends."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str) -> None:
        """Print whole lines."""
        self._console.print(Text.from_ansi(text.rstrip("\n")), soft_wrap=True)

    def flush(self) -> None:
        """Do nothing: every line is out already."""


class Progress:
    """Says how far a visit is. Standard output is left alone: the report is printed there."""

    def __init__(self, crawler: Crawler, every: float) -> None:
        self.crawler = crawler
        self.every = every
        self._name = ""
        self._live: Live | None = None
        self._rerouted: list[logging.StreamHandler[Any]] = []
        self._call: AsyncioLoopingCall | None = None
        self._since = time.monotonic()
        self._requests = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does; ``VISIT_PROGRESS`` 0 switches it off."""
        every = crawler.settings.getfloat("VISIT_PROGRESS")
        if every <= 0:
            raise NotConfigured
        progress = cls(crawler, every)
        crawler.signals.connect(progress.opened, signals.spider_opened)
        crawler.signals.connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self, spider: Spider) -> None:
        """Begin: with a moving line where errors go to a terminal."""
        self._name = spider.name
        console = Output(stderr=True, highlight=False)
        if console.is_terminal:
            self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False,
                              redirect_stderr=False)  # fmt: skip
            self._live.start()
            self._reroute_log(console)
        self._call = cast("AsyncioLoopingCall", create_looping_call(self.tell))  # we run on asyncio
        self._call.start(_MOVES_EVERY if self._live else self.every, now=False)

    def tell(self) -> None:
        """Say how far the visit is now."""
        account = visit_of(self.crawler).account
        told = line(account, self._waiting(), self._per_minute(account))
        if self._live is not None:
            self._live.update(Text(f"{self._name}: {told}", no_wrap=True, overflow="ellipsis"), refresh=True)
        else:
            logger.info("%s: %s", self._name, told)

    def closed(self) -> None:
        """End, and leave the terminal as it was."""
        if self._call is not None and self._call.running:
            self._call.stop()
        if self._live is not None:
            self._live.stop()
            for handler in self._rerouted:
                handler.setStream(sys.stderr)

    def _waiting(self) -> int:
        return len(cast("Sized", self.crawler.engine.scheduler))

    def _per_minute(self, account: Account) -> float:
        now, requests = time.monotonic(), account.requests
        elapsed = now - self._since
        rate = 60 * (requests - self._requests) / elapsed if elapsed > 0 else 0.0
        # A window of a minute or more: the pauses between two requests are no news.
        if elapsed >= 60 or self._live is None:
            self._since, self._requests = now, requests
        return rate

    def _reroute_log(self, console: Console) -> None:
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stderr:
                handler.setStream(_Above(console))
                self._rerouted.append(handler)

"""Shows a page to a browser that has no network: what its scripts ask for, we ask for.

For sites whose pages are empty until a script has run (``[visit] browser = true``). The page is fetched as every other;
the browser is given that answer, and each thing it wants then comes through our own downloader, so robots.txt, delays,
the guard of private networks, budgets and the archive hold for it too. Scripts and data of the site's own hosts are
given; pictures, styles, frames, other hosts, and whatever may count a reading of the page are not: a page's own script
would tell the paper of a reader who is none.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.discovery.links import hosts
from crawler.errors import ArgumentError, CrawlerError
from crawler.extensions import visit_of

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Playwright, Route
    from playwright.async_api import Request as Wanted
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from archive import Capture
    from crawler.site import Site

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A page of thirty scripts, two seconds apart, takes a minute; the next page has them already.
_LONGEST = 300.0
_QUIET_WITHIN = 60_000.0  # milliseconds after loading until nothing is asked for any more
_MOST = 60  # things one page is given
_AT_ONCE = 1_000_000  # priority: the page waits for them
_GIVEN = frozenset({"script", "xhr", "fetch"})
# Names of requests by which pages count their readers. What only tells a count is left out as well: no rule can tell
# the two apart, and counters have a way of their own.
_COUNTS = re.compile(
    r"(?:^|[/?&=._-])(?:view|views|viewed|hit|hits|visit|visits|count|counter|stat|stats|statistics|track|tracker|"
    r"tracking|pixel|beacon|collect|ping|analytics|metrics|impression|impressions)(?:$|[/?&=._-])",
    re.IGNORECASE,
)
_ARGUMENTS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND")  # fmt: skip
# Nobody listens there: what passes us by all the same ends here.
_NOWHERE = {"server": "http://127.0.0.1:9", "bypass": "<-loopback>"}


class BrowserError(CrawlerError):
    """A page could not be shown to a browser; the message says why."""


def browser_path(settings: BaseSettings) -> str:
    """Return the browser to start; raise ArgumentError when there is none, or nothing to drive it with."""
    try:
        import playwright.async_api  # noqa: F401  # an extra: only sites that need a browser need it
    except ImportError:
        raise ArgumentError("visit.browser: Playwright is not installed: pip install 'hemeroteca[browser]'") from None
    named = str(settings["HEMEROTECA_BROWSER"] or "")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise ArgumentError(f"visit.browser: no browser {named or 'found'}: install chromium, or name one with "
                            "HEMEROTECA_BROWSER")  # fmt: skip
    return found


def withheld(method: str, kind: str, url: str, site: Site) -> str | None:
    """Say why a thing that a page wants is not given to it; None when it is."""
    if kind not in _GIVEN:
        return "not needed for the text"
    if method != "GET":
        return "would tell the site something"
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    own = {name.partition(":")[0] for name in hosts(site)}
    if not any(host == name or host.endswith(f".{name}") for name in own):
        return "another host"
    if kind != "script" and _COUNTS.search(f"{parts.path}?{parts.query}"):
        return "may count a reader"
    return None


class Browser:
    """One browser for a visit; every page in a new window that remembers nothing."""

    def __init__(self, crawler: Crawler, site: Site) -> None:
        self.crawler = crawler
        self.site = site
        self.path = browser_path(crawler.settings)
        self._one = asyncio.Lock()  # one page at a time: it is one small server that answers
        self._driver: Playwright | None = None
        self._chromium: Chromium | None = None
        self._scripts: dict[str, dict[str, Any]] = {}  # what every page of a site wants again

    async def show(self, capture: Capture) -> bytes:
        """Return a fetched page as it is once its scripts have run, in UTF-8; raise BrowserError if it cannot be."""
        from playwright.async_api import Error  # see browser_path

        async with self._one:
            try:
                return await asyncio.wait_for(self._shown(capture), _LONGEST)
            except (Error, OSError, TimeoutError) as error:
                why = str(error).splitlines()[0] if str(error) else f"not done after {_LONGEST:g} s"
                raise BrowserError(f"the browser: {why}") from error

    async def close(self) -> None:
        """Let the browser go."""
        if self._chromium is not None:
            await self._chromium.close()
        if self._driver is not None:
            await self._driver.stop()

    async def _shown(self, capture: Capture) -> bytes:
        from playwright.async_api import TimeoutError as StillBusy  # see browser_path

        chromium = await self._started()
        window = await chromium.new_context(
            user_agent=self.crawler.settings["USER_AGENT"], service_workers="block", accept_downloads=False
        )
        try:
            page = await window.new_page()
            supply = _Supply(self, capture)
            await window.route("**/*", supply.answer)
            await window.route_web_socket("**/*", lambda socket: socket.close())
            await page.goto(capture.url, wait_until="load", timeout=0)
            with suppress(StillBusy):
                await page.wait_for_load_state("networkidle", timeout=_QUIET_WITHIN)
            return (await page.content()).encode()
        finally:
            await window.close()

    async def _started(self) -> Chromium:
        if self._chromium is None or not self._chromium.is_connected():
            from playwright.async_api import async_playwright  # see browser_path

            self._driver = self._driver or await async_playwright().start()
            # Chromium refuses its sandbox to root, who in a container is nobody in particular.
            as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
            self._chromium = await self._driver.chromium.launch(
                executable_path=self.path, args=[*_ARGUMENTS, *as_root], proxy=_NOWHERE,  # type: ignore[arg-type]  # its own TypedDict
                handle_sigint=False, handle_sigterm=False, handle_sighup=False,
            )  # fmt: skip
        return self._chromium

    async def fetch(self, wanted: Wanted) -> dict[str, Any]:
        """Return what a page is given for a request; raise IgnoreRequest when we may not ask."""
        if wanted.url in self._scripts:
            return self._scripts[wanted.url]
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101  # the page was fetched with it
        asked = Request(wanted.url, headers={"Accept": wanted.headers.get("accept", "*/*")}, priority=_AT_ONCE,
                        meta={"allow_offsite": True, "beside": "browser"})  # fmt: skip
        response = await engine.download_async(asked)
        visit_of(self.crawler).beside("browser", size=len(response.body))
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        given = {"status": response.status, "body": response.body,
                 "headers": {"content-type": kind, "access-control-allow-origin": "*"}}  # fmt: skip
        if wanted.resource_type == "script":
            self._scripts[wanted.url] = given
        return given


class _Supply:
    """Answers what one page wants."""

    def __init__(self, browser: Browser, capture: Capture) -> None:
        self.browser = browser
        self.capture = capture
        self._page_given = False
        self._given = 0

    async def answer(self, route: Route) -> None:
        """Give the page itself, then what it needs and may have."""
        wanted = route.request
        if wanted.is_navigation_request() and not self._page_given:
            self._page_given = True
            kind = self.capture.header("content-type") or "text/html"
            await route.fulfill(status=200, headers={"content-type": kind}, body=self.capture.payload)
            return
        reason = withheld(wanted.method, wanted.resource_type, wanted.url, self.browser.site)
        if reason is not None or self._given >= _MOST:
            await route.abort()
            return
        self._given += 1
        try:
            await route.fulfill(**await self.browser.fetch(wanted))
        except IgnoreRequest:
            await route.abort()
        except Exception:  # noqa: BLE001  # whatever kept it from us: the page goes on without it, as with any reader
            with suppress(Exception):
                await route.abort("failed")

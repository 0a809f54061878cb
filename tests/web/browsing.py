"""Debian's Chromium for the tests of the pages, and what they all hold against a page."""

from __future__ import annotations

import importlib.util
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, LocatorAssertions, Page

HAS_BROWSER = importlib.util.find_spec("playwright") is not None and shutil.which("chromium") is not None
chromium = pytest.mark.skipif(not HAS_BROWSER, reason="needs the extra browser and Debian's package chromium")

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
_SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_SWITCHES)
        yield browser
        browser.close()


def expect(found: Locator) -> LocatorAssertions:
    """Return what may be said of what is found on a page, each waited for: scripts may still be at work on it."""
    from playwright import sync_api

    return sync_api.expect(found)


class Watched:
    """A page of which everything is noted that must not happen: requests elsewhere, refused loads, errors."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        self.runs_scripts: bool = options.get("java_script_enabled", True)
        self.context = browser.new_context(viewport=options.pop("viewport", DESK), **options)
        self.page: Page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.said: list[str] = []
        self.page.on("request", self._request)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _request(self, request: Any) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self.elsewhere.append(request.url)

    def open(self, path: str) -> Page:
        """Open a page, and wait for what its scripts ask for by themselves."""
        self.page.goto(self.address + path)
        if self.runs_scripts:
            expect(self.page.locator("[hx-trigger=load]")).to_have_count(0)
        return self.page

    def is_too_wide(self) -> bool:
        """Say whether the page must be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def complaints(self) -> list[str]:
        """What the browser said; that a page answers 4xx, or that a stored page may run nothing, is none."""
        expected = ("the server responded with a status of 4", "the document's frame is sandboxed")
        return [text for text in self.said if not any(part in text for part in expected)]

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

"""The pictures of the README and of docs/web.md, taken of invented papers in Debian's Chromium.

python -m tests.web.pictures           # writes docs/img/*.png
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from archive import Archive
from archive.web import create_app
from tests.archive.make import SettableClock
from tests.web import press
from tests.web.browsing import PHONE, Watched, launched
from tests.web.conftest import KeyOf, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parents[2] / "docs" / "img"
DESK = {"width": 1180, "height": 760}


def main() -> None:
    """Tell an archive, serve it, and take a picture of each kind of page."""
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        home, clock = Path(folder), SettableClock()
        with Archive(home, clock=clock) as archive:
            press.fill(archive, clock)
        app = create_app(home, clock=clock)
        with serving(app) as address, launched() as browser:
            take(browser, address, f"/article/{KeyOf(app.state.archive)(press.BRIDGE)}")
        app.state.archive.close()


def take(browser: Browser, address: str, story: str) -> None:
    """Take all pictures: on a desk in the light, on a phone in the dark."""
    for name, path in (("article", story), ("compare", f"{story}/compare"), ("search", "/search?q=bridge"),
                       ("front", "/"), ("health", "/health"), ("quiet", "/quiet?from=2026-11-01")):  # fmt: skip
        shot(browser, address, path, FOLDER / f"{name}.png", DESK, "light")
    for name, path in (("article-phone", story), ("compare-phone", f"{story}/compare")):
        shot(browser, address, path, FOLDER / f"{name}.png", PHONE, "dark")


def shot(browser: Browser, address: str, path: str, file: Path, viewport: dict[str, int], scheme: str) -> None:
    """Take one picture, when fonts and curves are drawn."""
    with Watched(browser, address, viewport=viewport, color_scheme=scheme) as watched:
        page = watched.open(path)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=str(file))


if __name__ == "__main__":
    main()

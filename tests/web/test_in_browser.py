"""The pages in a real browser: a walk from search to download, on a desk and a phone, with and without scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.browsing import DESK, PHONE, Watched, chromium, expect
from tests.web.press import BRIDGE, HIDDEN

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.conftest import KeyOf

pytestmark = chromium


def pages(key: KeyOf) -> dict[str, str]:
    """Every kind of page, by the name of its template."""
    story = key(BRIDGE)
    return {
        "front": "/", "search": "/search?q=bridge", "article": f"/article/{story}",
        "article_then": f"/article/{story}?at=2026-11-06", "compare": f"/article/{story}/compare?old=1&new=3",
        "stored": f"/stored/{key.capture(BRIDGE)}", "papers": "/papers", "paper": "/paper/lakeside",
        "changes": "/changes?from=2026-11-01", "quiet": "/quiet?from=2026-11-01", "health": "/health",
        "datasets": "/datasets", "about": "/about", "fault": "/search?q=bridge+(or",
        "tombstone": f"/article/{key(HIDDEN)}",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESK, True), (PHONE, True), (DESK, False)], ids=["desk", "phone", "without scripts"]
)
def test_a_reader_walks_from_a_search_to_a_story_its_versions_its_curve_and_a_download(
    browser: Browser, address: str, viewport: dict[str, int], scripts: bool
) -> None:
    with Watched(browser, address, viewport=viewport, java_script_enabled=scripts) as watched:
        page = watched.open("/")
        page.get_by_role("searchbox").fill("sibalom bridge")
        page.get_by_role("searchbox").press("Enter")
        page.get_by_role("link", name="Bridge at Sibalom closed").first.click()
        assert page.locator("h1").inner_text() == "Bridge at Sibalom closed after second crack is found"
        rows = page.locator("figure[data-metric=views] tbody tr")
        expect(rows).to_have_count(15)
        expect(page.locator("figure[data-metric=views] canvas")).to_have_count(1 if scripts else 0)
        assert page.locator("figure[data-metric=views] table").is_visible() == (not scripts)
        page.get_by_role("link", name="Compare 2 with 3").click()
        assert "fifteen tons" in page.locator(".pair.edited .old del").last.inner_text()
        expect(page.get_by_text("Moved: now paragraph 6")).to_have_count(1)
        page.get_by_label("Older version").select_option("1")
        page.get_by_role("button", name="Compare").click()
        expect(page.locator(".pair .new ins", has_text="second")).to_have_count(1)
        page.go_back()
        page.go_back()
        page.go_back()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download these stories").click()
        lines = Path(download.value.path()).read_text().splitlines()
        assert {json.loads(line)["site"] for line in lines} == {"lakeside", "highland"}
        assert watched.elsewhere == []
        assert watched.complaints() == []


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_and_nothing_is_asked_of_others(
    browser: Browser, address: str, key: KeyOf, scheme: str, viewport: dict[str, int]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    faults = {}
    with Watched(browser, address, viewport=viewport, color_scheme=scheme) as watched:
        for name, path in pages(key).items():
            page = watched.open(path)
            # The stored page in its frame is the paper's, and no script may enter it: not axe's either.
            found = Axe().run(page, context="main, header, footer", options={"iframes": False})
            faults |= {f"{name}: {one['id']}": [node["html"][:200] for node in one["nodes"]]
                       for one in found.response["violations"]}  # fmt: skip
            assert not watched.is_too_wide(), name
        assert faults == {}
        assert watched.elsewhere == []
        assert watched.complaints() == []


def test_a_page_of_hits_grows_in_place_with_scripts_and_leads_on_without(browser: Browser, address: str) -> None:
    for scripts in (True, False):
        with Watched(browser, address, java_script_enabled=scripts) as watched:
            page = watched.open("/search")
            expect(page.locator(".hit")).to_have_count(20)
            first = page.locator(".hit h3").first.inner_text()
            page.get_by_role("link", name="Older stories").click()
            page.locator(".hit").nth(39 if scripts else 0).wait_for()
            if scripts:
                expect(page.locator(".hit")).to_have_count(40)
                assert page.locator(".hit h3").first.inner_text() == first
                expect(page.locator(".more")).to_have_count(1)
            else:
                page.wait_for_url("**after=*")
                expect(page.locator(".hit")).to_have_count(20)
            assert watched.complaints() == []


def test_the_keyboard_alone_searches_and_reaches_the_story(browser: Browser, address: str) -> None:
    with Watched(browser, address) as watched:
        page = watched.open("/about")
        page.keyboard.press("/")
        page.keyboard.type("cousin")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=cousin")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        for _ in range(3):
            page.keyboard.press("Tab")
            if "cousin" in page.evaluate("document.activeElement.textContent"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/article/*")
        expect(page.get_by_text("Gone from the paper’s site")).to_have_count(1)


def test_a_printed_story_is_the_story_alone(browser: Browser, address: str, key: KeyOf) -> None:
    with Watched(browser, address) as watched:
        page = watched.open(f"/article/{key(BRIDGE)}")
        page.emulate_media(media="print")
        assert page.locator("h1").is_visible()
        assert page.locator("#cite").is_visible()
        for unwanted in (".rail", ".masthead nav", ".colophon", ".state"):
            assert not page.locator(unwanted).first.is_visible()

"""What a paper printed to do harm is shown as text on every page: nothing runs, breaks out, or breaks the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest

from archive import Archive, Author, Profile
from archive.web import create_app
from tests.archive.make import DAY, HOUR, START, Paper, SettableClock, reading
from tests.web.browsing import DESK, PHONE, Watched, chromium
from tests.web.conftest import KeyOf, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from archive import Reading

RUN = "window.broken = 1"
EVIL = " ".join((
    f"\u202e</title></script><script>{RUN}</script><img src=x onerror='{RUN}'><svg onload=\"{RUN}\">",
    "<a hx-get=/x hx-trigger=load><iframe srcdoc=\"<script>parent.broken = 1</script>\"></iframe>'\"-->",
    "<style>*{display:none}</style>{{ 7 * 7 }}{% raw %}${7*7}\u2066<!--<plaintext>",
))  # fmt: skip
BODY = (EVIL, f"flood {EVIL} and the word once more", f"javascript:{RUN}")
HUGE = "Ñ" * 1_000_000
URL = "https://lakeside.example/2026/11/\"><script>window.broken=1</script>/?a='b'&c=<svg/onload=window.broken=1>"
LONG = "https://lakeside.example/" + "x" * 1900
TAKEN = "https://lakeside.example/taken/"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, KeyOf]]:
    """The address of a server of nothing but such stories, and their keys."""
    home, clock = tmp_path_factory.mktemp("hostile"), SettableClock()
    with Archive(home, clock=clock) as archive:
        tell(archive, clock)
    app = create_app(home, clock=clock)
    with serving(app) as address:
        yield address, KeyOf(app.state.archive)
    app.state.archive.close()


def tell(archive: Archive, clock: SettableClock) -> None:
    paper, other = Paper(archive, clock), Paper(archive, clock, "highland")
    paper.begin(title=EVIL, region=EVIL)
    paper.prints(evil(EVIL, URL), url=URL)
    paper.prints(
        reading(HUGE, ("flood " + "word " * 2000, HUGE[:9000]), canonical=LONG, authors=(HUGE[:2000],)), url=LONG
    )
    paper.prints(evil("Taken", TAKEN, ("Another story.",)), url=TAKEN)
    paper.end(exit_status=1, why=[EVIL], outcomes={EVIL: 3})
    clock.advance(DAY)
    other.begin(title="\u2067" + "Z" * 5000)
    other.prints(evil(EVIL, "https://highland.example/copy"), url="https://highland.example/copy")
    other.end()
    paper.begin(title=EVIL, region=EVIL)
    paper.prints(evil(f"{EVIL} {EVIL}", URL, (*BODY[::-1], EVIL * 3)), url=URL)
    paper.prints(reading("Ñ" + HUGE, ("flood " + "word " * 1999, HUGE[:9000]), canonical=LONG), url=LONG)
    paper.end(exit_status=1, why=[EVIL])
    archive.take_down("url", TAKEN, EVIL)
    clock.advance(HOUR)


def evil(title: str, url: str, paragraphs: tuple[str, ...] = BODY) -> Reading:
    told = reading(
        title, paragraphs, standfirst=EVIL, dateline=EVIL, agency=EVIL, section=EVIL, tags=(EVIL,), views=7,
        language='"><script>', sources={EVIL: EVIL, "title": EVIL}, canonical=url, published=START - HOUR,
        profiles=(Profile(name=EVIL, text=EVIL, language='x" onclick="', url=f"javascript:{RUN}"),),
    )  # fmt: skip
    return replace(told, authors=(Author(name=EVIL, url=f"javascript:{RUN}"),))


def pages(key: KeyOf) -> dict[str, str]:
    story, long = key(URL), key(LONG)
    return {
        "front": "/", "search": "/search?q=flood", "counted": "/search?q=flood&counts=1",
        "everything": "/search", "article": f"/article/{story}",
        "then": f"/article/{story}?at={START:%Y-%m-%d}", "compare": f"/article/{story}/compare",
        "long": f"/article/{long}", "long compared": f"/article/{long}/compare",
        "stored": f"/stored/{key.capture(URL)}", "papers": "/papers", "paper": "/paper/lakeside",
        "other paper": "/paper/highland", "changes": "/changes", "quiet": "/quiet", "health": "/health",
        "datasets": "/datasets", "tombstone": f"/article/{key(TAKEN)}",
        "asked": f"/search?q={quote(EVIL)}&site={quote(EVIL)}", "not there": f"/article/{quote(EVIL)}",
        "words": f"/search?q=flood&author={quote(EVIL)}&order={quote(EVIL)}", "path": f"/{quote(EVIL)}",
    }  # fmt: skip


@chromium
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_runs_nothing_breaks_out_and_nothing_is_asked_of_others(
    browser: Browser, served: tuple[str, KeyOf], viewport: dict[str, int]
) -> None:
    address, key = served
    with Watched(browser, address, viewport=viewport) as watched:
        for name, path in pages(key).items():
            page = watched.open(path)
            assert page.evaluate("typeof broken") == "undefined", name
            assert page.evaluate(INTRUDERS) == [], name
            assert page.evaluate(NOT_ISOLATED) == [], name
            assert not watched.is_too_wide(), name
            assert page.locator(".masthead .name").is_visible(), name
        assert watched.elsewhere == []
        assert watched.complaints() == []


INTRUDERS = """[...document.querySelectorAll(
    "script:not([src^='/static/']), iframe:not(.replay), img, style, plaintext, svg[onload], [onerror], [onclick], "
    + "a[href^='javascript' i], [hx-trigger]:not([hx-get^='/search/counts?'])")]
    .map((element) => element.outerHTML.slice(0, 200))"""
"""What no template of ours draws."""

NOT_ISOLATED = """(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (/[\u202a-\u202e\u2066-\u2069]/.test(text.data) && !text.parentElement.closest("bdi, [dir=auto], option"))
      found.push(text.parentElement.outerHTML.slice(0, 200));
  }
  return found;
})()"""
"""Text that turns the direction of writing, and could turn that of what stands beside it."""


def test_a_headline_of_a_megabyte_is_cut_on_every_list_and_whole_in_the_story(served: tuple[str, KeyOf]) -> None:
    address, key = served
    with httpx.Client(base_url=address, timeout=60) as client:
        for path in ("/", "/search", "/search?q=flood", "/paper/lakeside", "/health"):
            assert len(client.get(path).text) < 120_000, path
        assert HUGE in client.get(f"/article/{key(LONG)}").text


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%00", "/search?q=%ff%fe", "/search?q=" + "(" * 500, "/search?q=" + "a+" * 20000, "/search?after=x",
        "/search?after=9999999999999999999999.1", "/search?from=2026-99-99", "/search?at=yesterday", "/search?site=%00",
        "/search?removed=1", "/search?removed=1&q=state:gone", "/search?order=relevance&q=state:gone",
        "/article/%00", "/article/x/compare?old=99999999999999999999", "/article?url=%00", "/article", "/stored/%00",
        "/stored/0/page", "/paper/%00", "/paper/..%2f..%2fetc", "/changes?from=x", "/changes?after=1",
        "/changes?site=%00", "/static/%00",
        "/export.jsonl?q=(", "/export.jsonl?from=x", "/static/..%2fapp.py", "/changes?from=0001-01-01&to=9999-12-31",
        "/search?from=0001-01-01&to=9999-12-31", "/search?at=0001-01-01", "/search?at=9999-12-31",
        "/search?q=from:0001-01-01", "/search?lang=%00&q=flood",
    ],
)  # fmt: skip
def test_a_bad_address_is_answered_and_never_a_fault_of_ours(served: tuple[str, KeyOf], path: str) -> None:
    address, _ = served
    with httpx.Client(base_url=address, timeout=60) as client:
        answer = client.get(path)
    assert answer.status_code in (200, 302, 400, 404, 414, 422)
    assert "Traceback" not in answer.text
    assert "sqlite" not in answer.text.lower()

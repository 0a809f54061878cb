"""A stored page in a real browser: it is shown, nothing of it runs, and no server but ours hears of it."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from archive import Archive
from archive.web import create_app
from archive.web.replay import decoded, sandboxed
from tests.archive.make import START, STORY, Paper, SettableClock, capture, reading
from tests.web.browsing import Watched, chromium
from tests.web.conftest import KeyOf, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

PAGE = """<!doctype html><html><head><title>Flood</title><style>h1 {{ color: rgb(1, 2, 3); }}</style>{head}</head>
<body><h1>Flood closes the bridge</h1><a href="{other}/next" ping="{other}/ping">on</a>{body}</body></html>"""

HEAD = """
<link rel="stylesheet" href="{o}/s.css"><LINK rel="preconnect" href="{o}"><link rel=dns-prefetch href="{o}">
<link rel="prefetch" href="{o}/p"><link rel="icon" href="{o}/i"><link rel="manifest" href="{o}/m">
<link rel="preload" as="image" href="{o}/l"><base href="{o}/"><script src="{o}/a.js"></script>
<meta http-equiv="refresh" content="0; url={o}/r"><style>@import url({o}/i.css);
@font-face {{ font-family: f; src: url({o}/f) }} body {{ background: url({o}/b); font-family: f }}</style>
<script type="speculationrules">{{"prefetch": [{{"source": "list", "urls": ["{o}/x"]}}]}}</script>
"""
BODY = """
<img src="{o}/x.png" onerror="document.title = 1"><iframe src="{o}/f"></iframe><IFRAME
src="{o}/f"></IFRAME><object data="{o}/o"></object><embed src="{o}/e">
<video src="{o}/v" poster="{o}/p" autoplay></video>
<svg onload="document.title = 2"><image href="{o}/s"/></svg><audio src="{o}/a" autoplay></audio>
<script>document.title = 3; fetch('{o}/fetched'); top.location = '{o}/top'; parent.broken = 1</script>
<form action="{o}/form"><button>go</button></form><noscript><iframe src="{o}/n"></iframe></noscript>
"""


class Listener:
    """A server that says nothing, and counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _listen(self) -> None:
        while True:
            try:
                self.socket.accept()
            except OSError:
                return
            self.calls += 1


@pytest.fixture
def other() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.socket.close()


@pytest.fixture
def stored(tmp_path: Path, other: Listener) -> Iterator[tuple[str, str]]:
    """The address of a server that shows one hostile page, and the path of that page."""
    payload = PAGE.format(other=other.address, head=HEAD.format(o=other.address),
                          body=BODY.format(o=other.address)).encode()  # fmt: skip
    clock = SettableClock()
    with Archive(tmp_path, clock=clock) as archive:
        paper = Paper(archive, clock)
        taken = capture(STORY, START, visit=paper.begin(), payload=payload)
        archive.save(taken, reading(canonical=STORY))
        paper.end()
    app = create_app(tmp_path, clock=clock)
    with serving(app) as address:
        yield address, f"/stored/{KeyOf(app.state.archive).capture(STORY)}"
    app.state.archive.close()


@chromium
def test_a_stored_page_is_shown_and_neither_runs_nor_calls_anybody(
    browser: Browser, stored: tuple[str, str], other: Listener
) -> None:
    address, path = stored
    for framed in (True, False):
        with Watched(browser, address) as watched:
            page = watched.open(path if framed else f"{path}/page")
            page.wait_for_timeout(800)
            assert other.calls == 0, watched.elsewhere
            shown = page.frames[1] if framed else page.main_frame
            assert shown.locator("h1").inner_text() == "Flood closes the bridge"
            assert shown.locator("h1").evaluate("h1 => getComputedStyle(h1).color") == "rgb(1, 2, 3)"
            assert page.evaluate("typeof broken") == "undefined"
            assert shown.url == f"{address}{path}/page"
            if framed:
                assert page.title().startswith("Stored page")
                shown.get_by_role("link", name="on").click()  # even a reader's click leads nowhere from the frame
                page.wait_for_timeout(500)
            else:
                assert page.title() == "Flood"
            assert other.calls == 0, watched.elsewhere


def test_a_page_in_another_charset_hides_no_markup_from_us() -> None:
    hidden = "<if\x1b(Brame src=//evil.example>"
    assert decoded(hidden.encode(), "text/html; charset=iso-2022-jp") == (b"<iframe src=//evil.example>", "utf-8")
    assert decoded("<p>Ñ".encode("utf-16"), "text/html")[0].endswith("<p>Ñ".encode())
    assert decoded(b'<meta charset="utf-16"><p>', "text/html")[1] == "utf-8"
    assert decoded("<p>Ñ".encode("latin-1"), "text/html; charset=nonsense") == (b"<p>\xd1", "windows-1252")
    assert decoded("<p>Ñ".encode(), "text/html") == ("<p>Ñ".encode(), "utf-8")
    assert decoded(b"<p>\xcf\xf0", "text/html; charset=windows-1251") == (b"<p>\xcf\xf0", "cp1251")


@pytest.mark.parametrize(
    ("kind", "answered"),
    [
        ("text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("application/xhtml+xml", "text/html; charset=utf-8"),
        ("image/png", "image/png"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/javascript", "application/octet-stream"),
        ("text/html\r\nX-Evil: 1", "text/html; charset=utf-8"),
        ("nonsense", "application/octet-stream"),
    ],
)
def test_what_is_neither_page_nor_picture_is_a_download(kind: str, answered: str) -> None:
    answer = sandboxed(capture(payload=b"<p>x", headers=(("Content-Type", kind),)))
    assert answer.headers["content-type"] == answered
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert ("content-disposition" in answer.headers) == (answered == "application/octet-stream")

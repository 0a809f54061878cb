"""A stored page in a real browser: it is shown, nothing of it runs, and no server but ours hears of it."""

from __future__ import annotations

import socket
import threading
import zlib
from typing import TYPE_CHECKING

import pytest

from archive import Archive
from archive.web import create_app
from archive.web.replay import decoded, sandboxed
from tests.archive.make import DAY, START, STORY, Paper, SettableClock, capture, reading
from tests.web.browsing import Watched, chromium, expect
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


ILLUSTRATED = b"""<!doctype html><html><head><link rel="stylesheet" href="/theme.css" integrity="sha256-x"
crossorigin><link rel="stylesheet" href="/other.css"></head><body><h1>Flood</h1><img src="/river.png" crossorigin>
<img id="late" src="data:," data-src="/river.png"><img id="hidden" src="/mayor.png"><img id="none" src="/none.png">
<img id="ours" src="/export.jsonl"></body></html>"""


def drawn(width: int) -> bytes:
    """Return a picture that is so wide."""
    rows = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(2)))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = width.to_bytes(4) + (2).to_bytes(4) + bytes((8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def illustrated(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a server that shows a page with a picture and a sheet kept beside it, and that page's path."""
    clock, server = SettableClock(), STORY.partition("/2026")[0]
    with Archive(tmp_path, clock=clock) as archive:
        paper = Paper(archive, clock)

        def beside(name: str, kind: str, payload: bytes, day: int) -> None:
            archive.keep(capture(f"{server}/{name}", START + day * DAY, visit=paper.visit or paper.begin(),
                                 payload=payload, headers=(("Content-Type", kind),)))  # fmt: skip

        beside("river.png", "image/png", drawn(11), -30)
        beside("river.png", "image/png", drawn(22), 1)
        beside("river.png", "image/png", drawn(33), 9)
        beside("mayor.png", "image/png", drawn(44), 0)
        beside("theme.css", "text/css", b"@import 'more.css'; h1 { color: rgb(4, 5, 6) }", 0)
        beside("more.css", "text/css; charset=utf-8", b"h1 { background: url(river.png) rgb(7, 8, 9) }", 0)
        beside("other.css", "text/html", b"h1 { color: red }", 0)
        taken = capture(STORY, START, visit=paper.visit or "", payload=ILLUSTRATED)
        archive.save(taken, reading(canonical=STORY))
        paper.end()
        archive.take_down("url", f"{server}/mayor*", "a court’s order")
    app = create_app(tmp_path, clock=clock)
    with serving(app) as address:
        yield address, f"/stored/{KeyOf(app.state.archive).capture(STORY)}"
    app.state.archive.close()


@chromium
def test_a_stored_page_shows_the_pictures_and_styles_that_were_kept_nearest_to_it_in_time(
    browser: Browser, illustrated: tuple[str, str]
) -> None:
    address, path = illustrated
    asked: list[str] = []
    with Watched(browser, address) as watched:
        watched.page.on("request", lambda request: asked.append(request.url))
        page = watched.open(path)
        shown = page.frames[1]
        expect(shown.locator("h1")).to_have_css("color", "rgb(4, 5, 6)")
        expect(shown.locator("h1")).to_have_css("background-color", "rgb(7, 8, 9)")
        widths = "[...document.images].map((image) => image.naturalWidth)"
        assert shown.evaluate(widths) == [22, 22, 0, 0, 0]
        assert f"{path}/beside/" in str(shown.locator("h1").evaluate("h1 => getComputedStyle(h1).backgroundImage"))
        assert watched.elsewhere == []
        beside = [url for url in asked if "/beside/" in url]
        assert len(set(beside)) == len(beside) == 3


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

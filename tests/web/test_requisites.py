"""The pictures and style sheets of a stored page: which addresses it names, and how they lead to this archive."""

from __future__ import annotations

import pytest

from archive.web.replay import still
from archive.web.requisites import led, led_sheet, named, named_in_sheet

pytestmark = pytest.mark.sqlite

PAGE = "https://panublion.example/2026/11/flood/"
HELD = {
    "https://panublion.example/a.png": "/here/a", "https://cdn.example/w_300,h_200/b.jpg": "/here/b",
    "https://panublion.example/theme.css": "/here/t", "https://panublion.example/2026/11/flood/c.gif": "/here/c",
}  # fmt: skip


def shown(markup: str) -> str:
    """Return a page with what is held of it led here, without the base that every stored page gets."""
    page = still(markup.encode()).replace(b'<base target="_blank">', b"")
    return led(page, PAGE, "utf-8", HELD.get).decode()


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ('<img src="/a.png" alt="River">', '<img alt="River" src="/here/a">'),
        ("<IMG SRC=/a.png>", '<img src="/here/a">'),
        ("<img src='//panublion.example/a.png#top' crossorigin integrity='x'/>", '<img src="/here/a">'),
        ('<img src="data:image/gif;base64,R0" data-src="c.gif">', '<img src="/here/c">'),
        ('<img src="/x.png" srcset="/y.png 1x, https://cdn.example/w_300,h_200/b.jpg 2x">', '<img src="/here/b">'),
        ('<picture><source srcset="/z.webp"><img src="/a.png"></picture>',
         '<picture><source><img src="/here/a"></picture>'),
        ('<picture><source media="print" srcset="/a.png"></picture>',
         '<picture><source media="print" srcset="/here/a"></picture>'),
        ('<video poster="/a.png" controls></video>', '<video controls poster="/here/a"></video>'),
        ('<link rel="stylesheet" onload="x()" href="/none.css" media="(min-width: 3em)">',
         '<x-link rel="stylesheet" onload="x()" href="/none.css" media="(min-width: 3em)">'),
        ('<link rel="Stylesheet" onload="x()" href="/theme.css" media="(min-width: 3em)">',
         '<link rel="stylesheet" href="/here/t" media="(min-width: 3em)">'),
        ('<link rel="alternate stylesheet" href="/theme.css">',
         '<x-link rel="alternate stylesheet" href="/theme.css">'),
        ('<link rel="preconnect" href="/theme.css">', '<x-link rel="preconnect" href="/theme.css">'),
        ('<style>p { background: url( "/a.png" ) } q { background: url(/n.png) }</style>',
         '<style>p { background: url( "/here/a" ) } q { background: url(/n.png) }</style>'),
        ('<p style="background: url(&quot;/a.png&quot;)">', '<p style="background: url(&quot;/here/a&quot;)">'),
        ('<p>url(/a.png) <img src="/not-held.png"></p>', '<p>url(/a.png) <img src="/not-held.png"></p>'),
    ],
)  # fmt: skip
def test_what_is_held_is_asked_for_here_and_all_else_stays(stored: str, expected: str) -> None:
    assert shown(stored) == expected


def test_addresses_are_read_against_the_base_that_a_page_declares() -> None:
    assert shown('<base href="https://cdn.example/w_300,h_200/"><img src="b.jpg">').endswith('<img src="/here/b">')


def test_a_page_names_pictures_and_sheets_and_no_links() -> None:
    page = still(
        b'<a href="/next/"><img src="/1.png"></a><link rel="stylesheet" href="2.css"><style>@import "3.css";'
        b' b { background: url(4.png) }</style><script src="/5.js"></script><img src="http://[bad/6.png">'
    )
    near = PAGE.rstrip("/")
    assert named(page, PAGE, "utf-8") == {
        "https://panublion.example/1.png", f"{near}/2.css", f"{near}/3.css", f"{near}/4.png"}  # fmt: skip


def test_a_sheet_is_led_to_what_is_held_of_it() -> None:
    sheet = "@import 'more.css'; p { background: url(../a.png) } /* \xe9 */".encode("latin-1")
    address = "https://panublion.example/css/x.css"
    assert named_in_sheet(sheet, address) == {
        "https://panublion.example/css/more.css", "https://panublion.example/a.png"}  # fmt: skip
    assert led_sheet(sheet, address, HELD.get) == b"@import 'more.css'; p { background: url(\"/here/a\") } /* \xe9 */"


@pytest.mark.parametrize(
    "bait", ['<img "', "<img a=", "<img a ", "<style>", "<img src='", 'style="', "url(", '<img a "', "@import '"]
)
def test_a_page_made_to_be_read_for_hours_is_read_to_its_end(bait: str) -> None:
    page = bait.encode() * (500_000 // len(bait))
    assert led(page, PAGE, "utf-8", HELD.get) == page

"""Addresses sort as in everybody's CDX indexes: the package ``surt`` that pywb goes by says the same."""

from __future__ import annotations

import json
import random
import subprocess

import pytest

from archive.surt import surt
from tests.clients import CLIENTS, needs_clients

pytestmark = pytest.mark.sqlite

THEIRS = "import json, sys, surt; json.dump([surt.surt(url) for url in json.load(sys.stdin)], sys.stdout)"
PIECES = [
    "a",
    "B",
    "/",
    "//",
    "..",
    ".",
    "?",
    "&",
    "=",
    "%41",
    "%2f",
    "%2541",
    "é",
    "#",
    "+",
    " ",
    ";",
    "www.",
    "1",
    "~",
]
ODD = [
    "https://www.lakeside.example/2026/11/flood/", "http://LAKESIDE.example:80/A/?b=2&a=1&A", "https://x.example:443/",
    "http://x.example:443/", "https://www2.x.example/a//b/../c/./d/", "https://ñ.example/Ñandú/?q=é", "https://x.example./a",
    "https://u:p@x.example/a%2Fb%2520c", f"https://x.example/?PHPSESSID={'a' * 32}&z=1", "https://x.example/?a&b=&c==1&&",
    "https://x.example/(s(abcdefghijklmnopqrstuvwx))/a.aspx", "https://x.example:/a", "https://127.0.0.1:8000/a",
    "http://https://x.example/a", "https://x.example/a?", "https://x.example/../a", "https://[::1]/a",
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://www.Lakeside.example/News/1/?b=2&a=1", "example,lakeside)/news/1?a=1&b=2"),
        ("http://lakeside.example", "example,lakeside)/"),
        ("https://lakeside.example:8443/a", "example,lakeside:8443)/a"),
        ("https://lakeside.example:port/A", "https://lakeside.example:port/a"),
        ("http://[::1/", "http://[::1/"),
        ("", ""),
    ],
)
def test_addresses_sort_by_their_host_and_those_that_cannot_be_parsed_stay(url: str, form: str) -> None:
    assert surt(url) == form


@needs_clients
def test_the_form_is_that_of_the_package_that_pywb_goes_by() -> None:
    lot = random.Random(5)
    urls = ODD + ["https://x.example/" + "".join(lot.choices(PIECES, k=lot.randint(0, 10))) for _ in range(2000)]
    told = subprocess.run(
        [CLIENTS / "python", "-c", THEIRS], input=json.dumps(urls), capture_output=True, text=True, check=True
    )
    theirs = json.loads(told.stdout)
    assert {url: form for url, form in zip(urls, theirs, strict=True) if surt(url) != form} == {}

"""No headline, text, name or address of a paper runs or breaks out, whichever page or endpoint shows it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import lxml.html
import pytest
from fastapi.routing import APIRoute

from archive import Archive, Author, Profile, signature
from archive.web import Terms, create_app
from archive.web.app import ROUTERS
from tests.archive.make import BODY, DAY, START, Paper, SettableClock, reading
from tests.web.browsing import Watched, chromium, launched
from tests.web.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

MARK = "hacked"
PAYLOADS = (
    "<script>window.hacked=1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "<svg/onload=window.hacked=1>",
    "' onmouseover='window.hacked=1' x='",
    "</script></title></textarea><script>window.hacked=1</script>",
    "{{7*191}}{%",
    "javascript:window.hacked=1",
    "\u202eevil\u2066 \u061c",
    "two\r\nSet-Cookie: hacked=1\r\n\r\n<script>window.hacked=1",
    '\\"\\u003cscript>window.hacked=1',
    "%0d%0aSet-Cookie:%20hacked=1",
    "*/ body{display:none} /*",
    "\U0001d573" * 40,
    "é" * 500_000,  # a headline of a megabyte
)
COURT = "https://lakeside.example/court/"
HEAVY = len(PAYLOADS) - 1


def url_of(number: int) -> str:
    return f"https://lakeside.example/{number}/{PAYLOADS[number][:200]}"


def fill(archive: Archive, clock: SettableClock) -> None:
    paper, other = Paper(archive, clock), Paper(archive, clock, "highland")
    paper.begin(title=PAYLOADS[0], region=PAYLOADS[1])
    for number, payload in enumerate(PAYLOADS):
        paper.prints(hostile(payload, number), url=url_of(number))
    other.prints(hostile(PAYLOADS[0], 0), url=f"https://highland.example/{PAYLOADS[1]}")
    paper.prints(url=COURT)
    paper.end(why=list(PAYLOADS[:4]), outcomes={PAYLOADS[0]: 1}, problems=[PAYLOADS[1]])
    clock.advance(DAY)
    for number, payload in enumerate(PAYLOADS):
        edited = hostile(payload, number, body=(f"Edited. {payload[:5000]}", *BODY), title=f"{payload} again")
        paper.prints(edited, url=url_of(number))
    paper.end(exit_status=3, why=PAYLOADS[2])
    archive.take_down("url", COURT, PAYLOADS[0])


def hostile(payload: str, number: int, **more: Any) -> Any:
    short = payload[:3000]
    body = (f"Story {number} {payload}", short, *BODY)
    values: dict[str, Any] = {
        "title": payload, "body": body, "authors": (), "standfirst": short, "byline": f"By {short}", "dateline": short,
        "section": short, "tags": (short,), "images": (short, "javascript:window.hacked=1"), "agency": short,
        "profiles": (Profile(name=short, text=short, url="javascript:window.hacked=1"),), "views": 10 + number,
        "canonical": url_of(number), "sources": {"title": short, short[:50]: short}, "signature": signature(body),
    }  # fmt: skip
    return replace(reading(**values | more), authors=(Author(name=short, url="javascript:window.hacked=1"),))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    home, clock = tmp_path_factory.mktemp("hostile"), SettableClock()
    with Archive(home, clock=clock) as archive:
        fill(archive, clock)
    made = create_app(home, clock=SettableClock(START + 3 * DAY), terms=Terms(rate="100000/second"))
    yield made
    made.state.archive.close()


@pytest.fixture(scope="module")
def served(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def keys(app: FastAPI) -> dict[int, str]:
    known = app.state.archive.known("lakeside", [url_of(number) for number in range(len(PAYLOADS))])
    return {number: known[url_of(number)].article for number in range(len(PAYLOADS)) if url_of(number) in known}


ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
PATHS = [route.path for route in ROUTES]


def asked(path: str, key: str, url: str) -> str:
    values = {"key": key, "number": "2", "name": "lakeside", "stamp": "20261102080000", "rest:path": "x",
              "url:path": quote(url)}  # fmt: skip
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    return path


def check(answer: httpx.Response) -> None:
    """Fail if an answer is a fault of ours, or anything of a story broke out in it."""
    assert answer.status_code < 500, f"{answer.url}: {answer.text[:500]}"
    assert "set-cookie" not in answer.headers, answer.url
    assert all(text.isprintable() for text in answer.headers.values()), answer.url
    policy, kind = answer.headers["content-security-policy"], answer.headers.get("content-type", "")
    if policy.startswith("sandbox"):
        return  # the page as it came: nothing of it runs
    assert "script-src 'self'" in policy
    if "json" in kind:
        for line in answer.text.split("\n") if "jsonl" in kind or "ndjson" in kind else [answer.text]:
            assert not line or json.loads(line) is not None
    if kind.startswith("text/html"):
        check_page(answer.text, str(answer.url))


def check_page(text: str, where: str) -> None:
    for element in lxml.html.fromstring(text).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "script" and element.get("type") not in ("application/json", "application/ld+json"):
            assert MARK not in (element.text or ""), where
        for name, value in element.attrib.items():
            assert not name.startswith("on"), f"{where}: {name}={value}"
            if name in ("href", "src", "action", "formaction", "srcdoc", "data"):
                assert not value.lower().lstrip().startswith(("javascript:", "data:text", "vbscript:")), (
                    f"{where}: {value}"
                )


def test_every_endpoint_stands_hostile_stories(app: FastAPI, served: str, keys: dict[int, str]) -> None:
    assert len(PATHS) > 30
    assert len(keys) == len(PAYLOADS)
    with httpx.Client(base_url=served, timeout=60) as client:
        for number, key in keys.items():
            for path in PATHS:
                if number != HEAVY or "key" in path or path in ("/", "/search"):
                    check(client.get(asked(path, key, url_of(number))))


def parameters(dependant: Any) -> list[str]:
    """Return the names that a route knows in a query, those of what it depends on included."""
    inner = [name for one in dependant.dependencies for name in parameters(one)]
    return [field.alias for field in dependant.query_params] + inner


def test_every_endpoint_stands_hostile_questions(served: str, keys: dict[int, str]) -> None:
    questions = (PAYLOADS[1], PAYLOADS[4], PAYLOADS[8], f"title:{PAYLOADS[3]}", "\0", "9" * 30, "-1")
    with httpx.Client(base_url=served, timeout=60) as client:
        for route in ROUTES:
            for name, payload in product(parameters(route.dependant), questions):
                check(client.get(asked(route.path, keys[0], url_of(0)), params={name: payload}))


@pytest.mark.parametrize("payload", PAYLOADS[:11])
def test_every_endpoint_stands_hostile_names(app: FastAPI, served: str, payload: str) -> None:
    with httpx.Client(base_url=served, timeout=60) as client:
        for path in PATHS:
            check(client.get(re.sub(r"\{[^}]*\}", lambda _: quote(payload, safe=""), path)))


def test_the_reason_of_a_takedown_is_shown_and_does_not_run(app: FastAPI, served: str) -> None:
    for path in (f"/article?url={COURT}", f"/memento/20261102080000/{COURT}", f"/timegate/{COURT}"):
        answer = httpx.get(served + path)
        assert answer.status_code == 451
        check(answer)


@pytest.mark.sqlite
@chromium
def test_nothing_runs_in_a_browser(served: str, keys: dict[int, str]) -> None:
    with launched() as browser:
        watched = Watched(browser, served)
        watched.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        paths = ["/", "/search?q=story", "/papers", "/changes", "/health"]
        for number, key in keys.items():
            if number != HEAVY:
                paths += [
                    f"/article/{key}",
                    f"/article/{key}/compare",
                    f"/memento/20261102080000/{quote(url_of(number))}",
                ]
        for path in paths:
            page = watched.open(path)
            assert page.evaluate("window.hacked") is None, path
        assert watched.elsewhere == []

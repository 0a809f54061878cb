"""Memento and CDX as other programs speak them: the real memento-client, memento-cli and cdx_toolkit ask a server."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import httpx
import pytest

from archive import Archive, cdx
from archive.web import Terms, create_app
from tests.archive.make import DAY, HOUR, START, STORY, Paper, SettableClock
from tests.clients import CLIENTS, needs_clients
from tests.web.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = "https://lakeside.example/"
MOVED, NOWHERE, ODD = f"{SITE}?p=7&x=%F1", f"{SITE}elsewhere/", f"{SITE}2026/¿qué?/a%20b/"
STAMPS = ["20261102080000", "20261102090000", "20261103090000", "20261104090000"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home, clock = tmp_path_factory.mktemp("standards"), SettableClock()
    with Archive(home, clock=clock) as archive:
        fill(archive, clock)
    app = create_app(home, clock=SettableClock(START + 30 * DAY), terms=Terms(rate="100000/second"))
    with serving(app) as found:
        yield found
    app.state.archive.close()


def fill(archive: Archive, clock: SettableClock) -> None:
    paper = Paper(archive, clock)
    page = b"<html><script>document.title='ran'</script><link rel=preconnect href=//ads.example><h1>Old</h1>"
    archive.save(paper.capture(payload=page), article=None)
    paper.answers(304, at=clock.advance(HOUR))
    for url, target in ((MOVED, STORY), (NOWHERE, "javascript:alert(1)"), (f"{SITE}split/", "/a\r\nSet-Cookie: x=1")):
        archive.save(paper.capture(status=301, url=url, headers=(("Location", target),)))
    archive.save(paper.capture(url=ODD))
    archive.save(paper.capture(url=f"{SITE}file", headers=(("Content-Type", "application/x-msdownload"),)))
    archive.save(
        paper.capture(url=f"{SITE}type", headers=(("Content-Type", "text/html; charset=x\r\nSet-Cookie: x=1"),))
    )
    archive.save(paper.capture(payload=b"<h1>New</h1>", at=clock.advance(DAY)))
    paper.answers(503, at=clock.advance(HOUR))
    paper.answers(404, at=clock.advance(DAY - HOUR))
    paper.end()


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as made:
        yield made


# ------------------------------------------------------------------ Memento


def test_a_timegate_leads_to_the_nearest_and_says_where_all_is(client: httpx.Client, address: str) -> None:
    for asked, stamp in (("Mon, 02 Nov 2026 08:20:00 GMT", STAMPS[0]), ("Tue, 03 Nov 2026 12:00:00 GMT", STAMPS[2]),
                         ("Sat, 01 Jan 2000 00:00:00 GMT", STAMPS[0]), (None, STAMPS[3])):  # fmt: skip
        for method in ("GET", "HEAD"):
            answer = client.request(method, f"/timegate/{STORY}", headers={"Accept-Datetime": asked} if asked else {})
            assert (answer.status_code, answer.headers["vary"]) == (302, "accept-datetime")
            assert answer.headers["location"] == f"{address}/memento/{stamp}/{STORY}"
            assert "memento-datetime" not in answer.headers
            assert answer.links["original"]["url"] == STORY
            assert answer.links["timemap"]["url"] == f"{address}/timemap/link/{STORY}"
    assert client.get(f"/timegate/{STORY}", headers={"Accept-Datetime": "yesterday"}).status_code == 400


def test_a_memento_says_its_time_and_runs_nothing(client: httpx.Client, address: str) -> None:
    answer = client.get(f"/memento/{STAMPS[0]}/{STORY}")
    assert (answer.status_code, answer.headers["memento-datetime"]) == (200, "Mon, 02 Nov 2026 08:00:00 GMT")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert b"<h1>Old</h1>" in answer.content
    assert b"<link" not in answer.content
    assert answer.links["timegate"]["url"] == f"{address}/timegate/{STORY}"
    assert answer.links["next memento"]["url"] == f"{address}/memento/{STAMPS[1]}/{STORY}"
    confirmed = client.get(f"/memento/{STAMPS[1]}/{STORY}")
    assert (confirmed.status_code, confirmed.content) == (200, answer.content)  # the 304
    assert client.get(f"/memento/{STAMPS[3]}/{STORY}").status_code == 404
    nearest = client.get(f"/memento/2026110312/{STORY}")
    assert (nearest.status_code, nearest.headers["location"]) == (302, f"{address}/memento/{STAMPS[2]}/{STORY}")


def test_a_redirect_leads_to_the_memento_of_where_it_led(client: httpx.Client, address: str) -> None:
    answer = client.get(f"/memento/{STAMPS[1]}/{MOVED}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{address}/memento/{STAMPS[1]}/{STORY}")
    script = client.get(f"/memento/{STAMPS[1]}/{NOWHERE}")
    assert script.headers["location"] == f"{address}/memento/{STAMPS[1]}/javascript:alert(1)"
    assert httpx.get(script.headers["location"]).status_code == 404


def test_an_address_is_taken_as_it_was_sent(client: httpx.Client, address: str) -> None:
    for sent in (ODD, ODD.replace("%", "%25").replace(":", "%3A").replace("/", "%2F"), "http://www." + ODD[8:]):
        assert client.get(f"/timegate/{sent}").status_code == 302, sent
    for sent in ("", "x", "ftp://x.example/", "javascript:alert(1)", "https:/lakeside.example/"):
        assert client.get(f"/timegate/{sent}").status_code == 404, sent


@pytest.mark.parametrize("kind", ["timegate", "timemap/link", "memento/20261102080000"])
@pytest.mark.parametrize(
    "path", ["a%0d%0aSet-Cookie:%20x=1", "split/", "type", "a%22%3E%3Cscript%3E", "%00", "%e2%80%ae",
             "?a=%0d%0aSet-Cookie:%20x=1", "2026/11/flood/?%0a"]
)  # fmt: skip
def test_no_address_breaks_out_of_a_header(client: httpx.Client, kind: str, path: str) -> None:
    answer = client.get(f"/{kind}/{SITE}{path}")
    assert answer.status_code < 500
    assert "set-cookie" not in answer.headers
    assert all(text.isprintable() and "<script" not in text for text in answer.headers.values())


def test_what_is_no_page_is_a_download(client: httpx.Client) -> None:
    answer = client.get(f"/memento/{STAMPS[1]}/{SITE}file")
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "application/octet-stream"


ASK = """
import sys
from datetime import datetime
from memento_client import MementoClient
import json
told = MementoClient(timegate_uri=sys.argv[1] + "/timegate/", check_native_timegate=False)
print(json.dumps(told.get_memento_info(sys.argv[2], datetime(2026, 11, 2, 8, 10)), default=str))
"""


@needs_clients
def test_the_real_memento_client_finds_the_nearest_and_those_around(address: str) -> None:
    said = subprocess.run(
        [CLIENTS / "python", "-W", "ignore", "-c", ASK, address, f"{address}/memento/{STAMPS[2]}/{STORY}"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    told = json.loads(said.stdout)
    assert told["original_uri"] == STORY
    around = {name: told["mementos"][name]["uri"] for name in ("closest", "first", "next", "last")}
    assert around == {
        name: [f"{address}/memento/{stamp}/{STORY}"]
        for name, stamp in (("closest", STAMPS[0]), ("first", STAMPS[0]), ("next", STAMPS[1]), ("last", STAMPS[3]))
    }
    assert told["mementos"]["closest"]["datetime"] == "2026-11-02 08:00:00"


@needs_clients
def test_the_real_memento_cli_lists_every_memento(address: str) -> None:
    said = subprocess.run([CLIENTS / "memento", "list", f"{address}/memento/{STAMPS[0]}/{STORY}"],
                          capture_output=True, text=True, check=True, timeout=60)  # fmt: skip
    assert [line.split()[2] for line in said.stdout.splitlines()] == [
        f"{address}/memento/{stamp}/{STORY}" for stamp in STAMPS
    ]


# ------------------------------------------------------------------ CDX


def told(client: httpx.Client, **asked: str | int | list[str]) -> list[dict[str, str]]:
    answer = client.get("/cdx", params={"output": "json", **asked})
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def stamps(client: httpx.Client, **asked: str | int | list[str]) -> list[str]:
    return [line["timestamp"] for line in told(client, url=STORY, **asked)]


def test_the_cdx_server_answers_as_that_of_pywb(client: httpx.Client) -> None:
    lines = client.get("/cdx", params={"url": STORY}).text.splitlines()
    assert lines[0].startswith('example,lakeside)/2026/11/flood 20261102080000 {"url": "https://lakeside.example/2026/')
    every = ["20261102080000", "20261102090000", "20261103090000", "20261103100000", "20261104090000"]
    assert stamps(client) == every
    assert stamps(client, sort="reverse") == every[::-1]
    assert stamps(client, limit=2) == every[:2]
    assert stamps(client, **{"from": "2026110209", "to": "20261103"}) == every[1:4]
    assert stamps(client, closest="20261102", limit=3) == every[:3]
    assert stamps(client, closest="20261103", limit=3) == [every[2], every[3], every[1]]
    assert stamps(client, filter="=status:200") == [every[0], every[2]]
    assert stamps(client, filter="!=status:200") == [every[1], *every[3:]]
    assert stamps(client, filter=["~mime:html", "status:(4|5).*"]) == every[3:]
    assert stamps(client, filter="mimetype:warc/.*") == [every[1]]
    assert client.get("/cdx", params={"url": STORY, "fl": "timestamp,statuscode", "limit": 2}).text == (
        "20261102080000 200\n20261102090000 -\n"
    )
    assert told(client, url=STORY, fl="url,digest", limit=1)[0].keys() == {"url", "digest"}


def test_a_star_asks_for_all_below(client: httpx.Client) -> None:
    below = [line["url"] for line in told(client, url="lakeside.example/2026/*")]
    assert set(below) == {STORY, ODD}
    assert [line["url"] for line in told(client, url=f"{SITE}2026/", matchType="prefix")] == below
    assert len(told(client, url="*.lakeside.example")) == len(told(client, url=SITE, matchType="host")) == 11


def test_pages_are_counted_in_blocks_and_there_is_none_after_the_last(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdx, "BLOCK", 2)
    asked = {"url": STORY, "pageSize": 1}
    assert client.get("/cdx", params=asked | {"showNumPages": "true"}).json() == {
        "pages": 3,
        "pageSize": 1,
        "blocks": 3,
    }
    assert [len(told(client, **asked, page=number)) for number in range(3)] == [2, 2, 1]
    assert client.get("/cdx", params=asked | {"page": 3}).status_code == 400
    assert len(told(client, url=STORY, pageSize=2, page=1)) == 1


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({}, 400, "url: give the address"),
        ({"url": "nowhere.example"}, 404, "No Captures found for: nowhere.example"),
        ({"url": STORY, "matchType": "all"}, 400, "matchType: no 'all'"),
        ({"url": STORY, "from": "May"}, 400, "from: 'May' is not a time"),
        ({"url": f"{SITE}*", "closest": "2026"}, 400, "closest: asks for one address"),
        ({"url": STORY, "sort": "up"}, 400, "sort: no 'up'"),
        ({"url": STORY, "fl": "colour"}, 400, "fl: no 'colour'"),
        ({"url": STORY, "output": "xml"}, 400, "output: no 'xml'"),
        ({"url": STORY, "filter": "status:(("}, 400, "filter: 'status:((': no regular expression"),
        ({"url": STORY, "filter": "colour:red"}, 400, "filter: 'colour:red': write it as"),
        ({"url": STORY, "filter": "url:" + "a?" * 200}, 400, "filter: "),
        ({"url": STORY, "limit": "0"}, 422, "limit: "),
        ({"url": "a\0b"}, 400, "the address holds a NUL"),
    ],
)
def test_what_the_cdx_server_does_not_understand_is_said(
    client: httpx.Client, asked: dict[str, str], status: int, said: str
) -> None:
    answer = client.get("/cdx", params=asked)
    assert answer.status_code == status
    told = answer.json()
    assert str(told.get("detail") or told.get("message")).startswith(said)


def test_an_expression_that_would_take_for_ever_elsewhere_takes_no_time(client: httpx.Client) -> None:
    answer = client.get("/cdx", params={"url": "*.lakeside.example", "filter": "url:(.*a?){50}$Z"})
    assert answer.status_code in (400, 404)


def toolkit(address: str, *words: str) -> list[str]:
    said = subprocess.run([CLIENTS / "cdxt", "--source", f"{address}/cdx", *words],
                          capture_output=True, text=True, check=True, timeout=60)  # fmt: skip
    return said.stdout.splitlines()


@needs_clients
def test_the_real_cdx_toolkit_walks_the_index_and_filters_it(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = ("status 200, ", "", "status 200, ", "status 503, ", "status 404, ")
    every = ("20261102080000", "20261102090000", "20261103090000", "20261103100000", "20261104090000")
    assert toolkit(address, "iter", STORY) == [
        f"{status}timestamp {stamp}, url {STORY}" for status, stamp in zip(statuses, every, strict=True)
    ]
    assert len(toolkit(address, "--limit", "3", "iter", f"{SITE}*")) == 3
    assert len(toolkit(address, "--filter", "=status:301", "iter", f"{SITE}*")) == 3
    assert len(toolkit(address, "--from", "20261103", "--to", "20261103", "iter", STORY)) == 2
    assert toolkit(address, "iter", "https://nowhere.example/") == []
    monkeypatch.setattr(cdx, "BLOCK", 2)
    assert len(toolkit(address, "iter", f"{SITE}*")) == 11
    assert toolkit(address, "size", f"{SITE}*") == ["15000"]

"""The API: the same as the pages, page by page, with ETags, a rate, a token, and faults that say where."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from archive import Archive, ArchiveError
from archive.web import Terms, create_app
from tests.archive.make import DAY, START, STORY, Paper, SettableClock
from tests.clients import CLIENTS, needs_clients
from tests.web import press
from tests.web.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

V1 = "/api/v1"


@pytest.fixture(scope="module")
def api_address(told: Path) -> Iterator[str]:
    """Where the archive of three papers is served to programs that are in a hurry."""
    app = create_app(told, clock=SettableClock(press.NOW), terms=Terms(rate="100000/second"))
    with serving(app) as address:
        yield address
    app.state.archive.close()


@pytest.fixture
def api(api_address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api_address + V1, timeout=30) as client:
        yield client


@pytest.fixture
def bridge(api: httpx.Client) -> str:
    """The key of a story with several versions."""
    found = api.get("/articles", params={"q": "bridge site:lakeside title:bridge"}).json()["items"]
    return next(str(hit["id"]) for hit in found if hit["url"] == press.BRIDGE)


def walk(api: httpx.Client, path: str, **asked: Any) -> list[list[dict[str, Any]]]:
    """Return all pages of a list."""
    pages, cursor = [], None
    while True:
        told = api.get(path, params=asked | ({"cursor": cursor} if cursor else {})).raise_for_status().json()
        pages.append(told["items"])
        cursor = told["next"]
        if cursor is None:
            return pages


def test_a_list_is_walked_page_by_page_and_nothing_is_told_twice_or_left_out(api: httpx.Client) -> None:
    whole = [hit["id"] for hit in api.get("/articles", params={"limit": 100}).json()["items"]]
    pages = walk(api, "/articles", limit=7)
    assert [hit["id"] for page in pages for hit in page] == whole
    assert len(set(whole)) == len(whole) > 14
    assert {len(page) for page in pages[:-1]} == {7}


def test_the_next_page_stands_in_the_link_header(api: httpx.Client) -> None:
    answer = api.get("/articles", params={"limit": 2, "q": "the"})
    assert httpx.get(answer.links["next"]["url"]).json()["items"] == walk(api, "/articles", limit=2, q="the")[1]


def test_a_search_is_that_of_the_command(api: httpx.Client) -> None:
    hits = api.get("/articles", params={"q": 'title:bridge "second crack"', "site": "lakeside"}).json()["items"]
    assert {hit["site"] for hit in hits} == {"lakeside"}
    start, end = hits[0]["hits"][0]
    assert hits[0]["snippet"][start:end].lower().startswith(("bridge", "second", "crack"))
    by_rank = walk(api, "/articles", q="bridge", order="relevance", limit=2)
    assert len({hit["id"] for page in by_rank for hit in page}) == sum(map(len, by_rank))
    assert api.get("/facets", params={"q": "bridge"}).json()["site"]["lakeside"] >= 1


SPOILED: tuple[Callable[[str], str], ...] = (
    lambda c: c[:-1] + ("A" if c[-1] != "A" else "B"), lambda c: c[1:], lambda c: c + "A", lambda c: "0.0",
    lambda c: "x" * 99, lambda c: "é", lambda c: c + "\n",
)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_cursor_that_was_tampered_with_is_refused(api: httpx.Client, spoil: Callable[[str], str]) -> None:
    cursor = api.get("/articles", params={"limit": 1}).json()["next"]
    told = api.get("/articles", params={"limit": 1, "cursor": spoil(cursor)})
    assert (told.status_code, told.json()["detail"][:30]) == (400, "cursor: is none of this list; ")


def test_a_cursor_of_another_list_is_refused(api: httpx.Client) -> None:
    cursor = api.get("/articles", params={"limit": 1}).json()["next"]
    assert api.get("/articles", params={"limit": 9, "cursor": cursor}).status_code == 200
    assert api.get("/articles", params={"limit": 1, "cursor": cursor, "q": "the"}).status_code == 400


def test_an_article_is_told_as_it_reads_and_as_it_read(api: httpx.Client, bridge: str) -> None:
    now = api.get(f"/articles/{bridge}", params={"counters": True}).json()
    versions = api.get(f"/articles/{bridge}/versions").json()
    assert now["version"] == len(versions["versions"]) > 1
    assert now["counters"] == api.get(f"/articles/{bridge}/counters").json()["counters"] != []
    first = versions["versions"][0]
    then = api.get(f"/articles/{bridge}", params={"at": first["valid_from"]}).json()
    assert (then["version"], then["body"]) == (1, api.get(f"/articles/{bridge}/versions/1").json()["body"])
    assert "body" not in first
    views = api.get(f"/articles/{bridge}/counters", params={"metric": "views"}).json()["counters"]
    assert {run["metric"] for run in views} == {"views"}
    assert api.get(f"/articles/{bridge}/versions/999").json()["detail"].endswith(f"there are 1 to {now['version']}")


def test_two_versions_are_compared_and_copies_told(api: httpx.Client, bridge: str) -> None:
    told = api.get(f"/articles/{bridge}/diff").json()
    assert (told["id"], told["new"] - told["old"]) == (bridge, 1)
    assert told["labels"]
    assert {block["kind"] for block in told["paragraphs"]} <= {"same", "edited", "moved", "added", "removed"}
    copies = api.get(f"/articles/{bridge}/copies").json()["items"]
    assert {copy["site"] for copy in copies} == {"lakeside", "highland"}


def test_changes_are_walked_with_what_changed(api: httpx.Client) -> None:
    days = {"from": "2026-11-01", "to": "2026-11-30"}
    pages = walk(api, "/changes", limit=2, **days)
    whole = api.get("/changes", params={"limit": 100, **days}).json()["items"]
    assert [change for page in pages for change in page] == whole
    assert [change["valid_from"] for change in whole] == sorted(change["valid_from"] for change in whole)
    quiet = api.get("/changes", params={"quiet": True, **days}).json()["items"]
    assert quiet
    assert all(change["stealth"] or change["change"] == "gone" for change in quiet)
    assert api.get("/changes", params={"to": "0001-01-01"}).json()["items"] == []
    assert api.get("/changes", params={"from": "9999-12-31", "to": "9999-12-31"}).json()["items"] == []
    assert {c["site"] for c in api.get("/changes", params={"site": "highland", **days}).json()["items"]} == {"highland"}


def test_sites_are_told_with_their_health(api: httpx.Client) -> None:
    found = {site["name"]: site for site in api.get("/sites").json()["items"]}
    assert {"lakeside", "highland", "bisaya"} <= set(found)
    one = api.get("/sites/lakeside").json()
    assert {name: one[name] for name in found["lakeside"]} == found["lakeside"]
    assert one["visits"][0]["went"] in ("well", "failed", "open")
    assert api.get("/sites/nowhere").status_code == 404


def test_a_citation_comes_in_every_style(api: httpx.Client, api_address: str, bridge: str) -> None:
    item = api.get(f"/articles/{bridge}/citation").json()
    assert item["URL"].startswith(f"{api_address}/article/{bridge}?at=")
    assert httpx.get(item["URL"]).status_code == 200
    bibtex = api.get(f"/articles/{bridge}/citation", params={"as": "bibtex"})
    assert (bibtex.headers["content-type"], bibtex.text[:8]) == ("application/x-bibtex; charset=utf-8", "@online{")
    page = httpx.get(f"{api_address}/article/{bridge}/cite", params={"as": "ris"})
    assert page.headers["content-disposition"].endswith('.ris"')
    assert page.text.startswith("TY  - NEWS\r\n")


# ------------------------------------------------------------------ terms


def test_whoever_has_an_answer_already_gets_no_second_copy(api: httpx.Client, bridge: str) -> None:
    for path in ("/articles", f"/articles/{bridge}", "/sites", f"/articles/{bridge}/citation?as=ris"):
        tag = api.get(path).headers["etag"]
        for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = api.get(path, headers={"If-None-Match": sent})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "detail", "at"),
    [
        ('/articles?q=flood "open', 400, "search: the quotation mark is never closed, at character 7", 6),
        ("/articles?q=(a OR", 400, "search: a word is missing at the end", 5),
        ("/articles?q=from:yesterday", 400, "search: from: expects a day like 2026-11-23", 0),
        ("/articles?q=a%00b", 400, "the address holds a NUL", None),
        ("/articles/a%00b", 400, "the address holds a NUL", None),
        ("/articles?limit=0", 422, "limit: ", None),
        ("/articles?limit=9999999999999999999999", 422, "limit: ", None),
        ("/articles?from=yesterday", 422, "from: ", None),
        ("/articles?at=2026-99-99", 400, "at: '2026-99-99' is not a time", None),
        ("/articles?order=relevance", 400, "search: only words can be ranked", None),
        ("/articles?site=nowhere", 404, "no site 'nowhere' in this archive", None),
        ("/articles/nothere", 404, "no article 'nothere'", None),
        ("/articles/m2cou6bwoqnwm/versions/99999999999999999999", 422, "number: ", None),
        ("/nothing", 404, "nothing at /api/v1/nothing", None),
    ],
)
def test_a_fault_says_what_and_where(api: httpx.Client, path: str, status: int, detail: str, at: int | None) -> None:
    answer = api.get(path)
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, told["status"], told["detail"][: len(detail)]) == (status, status, detail)
    assert told.get("at") == at


def test_nothing_can_be_written(api: httpx.Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = api.request(method, "/articles")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_a_client_that_asks_too_often_is_told_when_to_come_again(told: Path) -> None:
    app = create_app(told, terms=Terms(rate="3/minute"))
    with serving(app) as address:
        answers = [httpx.get(f"{address}{V1}/sites") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[3].headers["retry-after"]) <= 60
        assert answers[3].json()["title"] == "Too many requests"
        assert httpx.get(f"{address}/cdx?url=x.example").status_code == 429
        assert httpx.get(address).status_code == 200  # pages are for people
    app.state.archive.close()


def test_a_server_with_a_token_answers_nobody_without_it(told: Path) -> None:
    app = create_app(told, terms=Terms(token="séa-lion"))  # noqa: S106 - invented
    with serving(app) as address, httpx.Client(base_url=address) as client:
        for sent in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic séa-lion".encode()}):
            refused = client.get(f"{V1}/sites", headers=sent)
            assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        shown = {"Authorization": "Bearer séa-lion".encode()}
        assert client.get(f"{V1}/sites", headers=shown).status_code == 200
        assert client.get("/cdx?url=lakeside.example/*").status_code == 401
        assert client.get("/").status_code == 200
    app.state.archive.close()


def test_a_rate_that_is_none_is_refused_at_the_start(told: Path) -> None:
    with pytest.raises(ArchiveError, match="--rate: 'often' is none; write it as 300/minute or 5/second"):
        create_app(told, terms=Terms(rate="often"))


def test_what_is_taken_down_answers_with_the_reason_and_never_its_text(tmp_path: Path) -> None:
    clock = SettableClock()
    with Archive(tmp_path, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints()
        paper.prints(url="https://lakeside.example/2/", title="Market opens", body=("Fish was sold.",))
        paper.end()
        keys = [paper.history(url).key for url in (STORY, "https://lakeside.example/2/")]
        archive.take_down("article", keys[0], "a court said so")
        archive.erase(archive.take_down("article", keys[1], "she asked"))
    app = create_app(tmp_path, clock=SettableClock(START + DAY), terms=Terms(rate="1000/second"))
    with serving(app) as address, httpx.Client(base_url=address) as client:
        for key, status, reason in zip(keys, (451, 410), ("a court said so", "she asked"), strict=True):
            for rest in ("", "/versions", "/versions/1", "/counters", "/diff", "/copies", "/citation"):
                answer = client.get(f"{V1}/articles/{key}{rest}")
                assert (answer.status_code, answer.json()["detail"].endswith(reason)) == (status, True)
                assert "river" not in answer.text
        assert client.get(f"/memento/20261102080000/{STORY}").status_code == 451
        assert client.get(f"/timemap/link/{STORY}").status_code == 451
        assert client.get(f"/timegate/{STORY}").status_code == 451
        assert client.get(f"/cdx?url={STORY}").status_code == 404
        assert client.get(f"{V1}/articles").json()["items"] == []
    app.state.archive.close()


# ------------------------------------------------------------------ described


def test_every_operation_and_every_field_is_described(api_address: str) -> None:
    told = httpx.get(f"{api_address}/openapi.json").json()
    assert set(told["paths"]) == {
        f"{V1}{path}" for path in (
            "/articles", "/facets", "/articles/{key}", "/articles/{key}/versions", "/articles/{key}/versions/{number}",
            "/articles/{key}/counters", "/articles/{key}/diff", "/articles/{key}/copies", "/articles/{key}/citation",
            "/changes", "/sites", "/sites/{name}",
        )
    }  # fmt: skip
    for operations in told["paths"].values():
        assert set(operations) == {"get"}
        assert operations["get"]["summary"]
        assert {"400", "404", "410", "429", "451"} <= set(operations["get"]["responses"])
    assert all(schema.get("description") for schema in told["components"]["schemas"].values())


@needs_clients
@pytest.mark.sqlite
def test_schemathesis_finds_nothing(api_address: str, bridge: str, tmp_path: Path) -> None:
    rules = (Path(__file__).parents[1] / "clients" / "schemathesis.toml").read_text(encoding="utf-8")
    values = {"key": bridge, "number": 1, "name": "lakeside"}
    lines = "".join(f'"path.{name}" = {json.dumps(value)}\n' for name, value in values.items())
    (tmp_path / "schemathesis.toml").write_text(f"{rules}\n[parameters]\n{lines}", encoding="utf-8")
    said = subprocess.run(
        [CLIENTS / "st", "run", f"{api_address}/openapi.json", "--max-examples", "25", "--seed", "1"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout[-6000:]
    assert "No issues found" in said.stdout

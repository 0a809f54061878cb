"""The pages without a browser: what they say, in which language, with which headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


def test_the_front_page_says_how_much_there_is(client: httpx.Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "stories" in answer.text


def test_every_answer_forbids_what_the_archive_does_not_ship(client: httpx.Client) -> None:
    for path in ("/", "/nothing-here", "/static/hemeroteca.css"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_an_unknown_address_is_a_page_and_for_programs_json(client: httpx.Client) -> None:
    page, told = client.get("/nothing-here"), client.get("/api/nothing-here")
    assert (page.status_code, told.status_code) == (404, 404)
    assert "<h1>" in page.text
    assert told.json()["detail"]

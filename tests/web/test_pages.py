"""The pages without a browser: what they say, with which status and which headers."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pytest
from typer.testing import CliRunner

from archive import Archive, Counter
from archive.cli import app as command
from archive.web import create_app
from tests.archive.make import DAY, STORY, Paper, SettableClock, reading
from tests.web.conftest import KeyOf, serving
from tests.web.press import BRIDGE, COPY, GONE, HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_the_front_page_shows_what_is_new_and_what_was_changed_quietly(client: httpx.Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Bridge at Sibalom closed after second crack is found" in answer.text
    assert "Mayor’s cousin wins road contract" in answer.text


def test_every_answer_forbids_what_the_archive_does_not_ship(client: httpx.Client) -> None:
    for path in ("/", "/nothing-here", "/static/hemeroteca.css", "/export.jsonl?q=bridge", "/search?q=%00"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_what_is_shipped_is_kept_by_browsers_until_it_holds_something_else(client: httpx.Client) -> None:
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert {address.partition("?")[0] for address in found} == {
        "/static/hemeroteca.css", "/static/icon.svg", "/static/hemeroteca.js", "/static/htmx.min.js"}  # fmt: skip
    for address in found:
        assert "immutable" in client.get(address).headers["cache-control"]
        for other in (address.partition("?")[0], f"{address[:-1]}x"):
            answer = client.get(other)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert client.get("/static/none.css?v=1").status_code == 404


def test_an_unknown_address_is_a_page_and_for_programs_json(client: httpx.Client) -> None:
    page, told = client.get("/nothing-here"), client.get("/api/nothing-here")
    assert (page.status_code, told.status_code) == (404, 404)
    assert "It is not here" in page.text
    assert told.json()["detail"]


# ------------------------------------------------------------------ search


def test_a_search_marks_its_hits_and_counts_them_by_paper(client: httpx.Client) -> None:
    text, counts = client.get("/search?q=sibalom").text, client.get("/search/counts?q=sibalom").text
    assert "<mark>Sibalom</mark>" in text
    assert '<a href="/search?q=sibalom&amp;site=highland"><bdi>Highland Courier</bdi></a> <small>1</small>' in counts
    assert 'hx-get="/search/counts?q=sibalom"' in text
    assert '<a class="button" rel="nofollow" href="/search?q=sibalom&amp;counts=1">' in text
    counted = client.get("/search?q=sibalom&counts=1").text
    assert "<bdi>Highland Courier</bdi></a> <small>1</small>" in counted
    assert "/search/counts" not in counted
    narrowed = client.get("/search?q=sibalom&site=highland").text
    assert "Crack closes <mark>Sibalom</mark> bridge" in narrowed
    assert "Bridge at <mark>Sibalom</mark>" not in narrowed


def test_a_search_that_cannot_be_understood_shows_where(client: httpx.Client) -> None:
    answer = client.get("/search", params={"q": "bridge (or"})
    assert answer.status_code == 400
    assert "<span>bridge </span><mark>(or</mark>" in answer.text
    assert "the bracket is never closed" in answer.text
    assert 'value="bridge (or"' in answer.text  # to be mended where it was typed


def test_a_search_asks_the_past_and_what_was_removed(client: httpx.Client) -> None:
    now, then = (client.get(f"/search?q=%22fifteen+tons%22&site=lakeside{at}").text for at in ("", "&at=2026-11-04"))
    assert "No story was found" in now
    assert "Bridge at Sibalom closed after crack is found" in then
    removed = client.get("/search?q=%22fifteen+tons%22&removed=1&site=lakeside").text
    assert "Bridge at Sibalom" in removed


def test_the_pages_of_a_search_follow_each_other_without_gap_or_repeat(client: httpx.Client) -> None:
    seen: list[str] = []
    path = "/search"
    while path:
        text = client.get(path).text
        seen += [part.split('"')[0] for part in text.split('<h3><a href="/article/')[1:]]
        _, found, rest = text.partition('rel="next" href="')
        path = "/search" + unescape(rest.split('"')[0]) if found else ""
    exported = [json.loads(line)["id"] for line in client.get("/export.jsonl").text.splitlines()]
    assert seen == exported
    assert len(set(seen)) == len(seen) > 60


def test_the_download_of_a_search_is_the_export_of_it(client: httpx.Client, told: Path) -> None:
    answer = client.get("/export.jsonl?q=sibalom&site=highland")
    assert "attachment" in answer.headers["content-disposition"]
    out = told.parent / "stories.jsonl"
    run = CliRunner().invoke(
        command, ["export", str(out), "--query", "sibalom", "--site", "highland", "--home", str(told)]
    )
    assert run.exit_code == 0, run.output
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        json.loads(line) for line in out.read_text().splitlines()
    ]


def test_a_download_that_cannot_be_understood_is_refused_before_it_begins(client: httpx.Client) -> None:
    assert client.get("/export.jsonl?q=(").status_code == 400


# ------------------------------------------------------------------ a story


def test_a_story_tells_all_that_is_known_of_it(client: httpx.Client, key: KeyOf) -> None:
    text = client.get(f"/article/{key(BRIDGE)}").text
    for told in (
        "Nagasulat parte sa mga dalan", 'lang="hil"', "author box; JSON-LD says “admin”", "quiet change",
        "paragraph edited, paragraph moved", "Also printed in", "Crack closes Sibalom bridge", "4,777",
        "SIBALOM, Antique",
        "As it read on 2026-11-08T08:00:00Z.", "cite?as=bibtex", "Compare 2 with 3",
        f"/stored/{key.capture(BRIDGE)}",
    ):  # fmt: skip
        assert told in text, told


def test_a_counter_that_never_moved_has_no_curve_and_two_of_one_kind_say_where_they_stand(tmp_path: Path) -> None:
    clock = SettableClock()
    with Archive(tmp_path, clock=clock) as archive:
        paper = Paper(archive, clock)
        for views in (5, 9):
            listed = Counter(metric="comments", value=0, source="feed:slash")
            counters = (*reading(views=views, comments=0).counters, listed)
            paper.prints(counters=counters)
            clock.advance(DAY)
        key = KeyOf(archive)(STORY)
    with shown(tmp_path, clock) as client:
        text = client.get(f"/article/{key}").text
    assert text.count('class="plot"') == 1
    assert text.count("at every look") == 2
    assert "5 when first seen" in text
    assert "<small><bdi>feed:slash</bdi></small>" in text


def test_a_story_is_read_as_it_stood(client: httpx.Client, key: KeyOf) -> None:
    then = client.get(f"/article/{key(BRIDGE)}?at=2026-11-04").text
    assert '<h1 dir="auto">Bridge at Sibalom closed after crack is found</h1>' in then
    assert "You read version 1 of 3" in then
    assert "fifteen tons" in then
    before = client.get(f"/article/{key(BRIDGE)}?at=2020-01-01")
    assert before.status_code == 404
    assert "first seen 2026-11-02" in before.text


def test_a_story_that_is_gone_keeps_its_text_and_says_so(client: httpx.Client, key: KeyOf) -> None:
    answer = client.get(f"/article/{key(GONE)}")
    assert answer.status_code == 200
    assert "Gone from the paper’s site" in answer.text
    assert "The river rose two metres" in answer.text


def test_an_address_leads_to_its_story(client: httpx.Client, key: KeyOf) -> None:
    answer = client.get("/article", params={"url": COPY})
    assert (answer.status_code, answer.headers["location"]) == (302, f"/article/{key(COPY)}")
    assert client.get("/article", params={"url": "https://nowhere.example/"}).status_code == 404


def test_what_is_taken_down_is_a_tombstone_everywhere(client: httpx.Client, key: KeyOf) -> None:
    hidden = key(HIDDEN)
    for path in (f"/article/{hidden}", f"/article/{hidden}/compare", f"/article?url={HIDDEN}"):
        answer = client.get(path)
        assert answer.status_code == 451
        assert "a court’s order of 16 November" in answer.text
        assert "Court list" not in answer.text
    for path in ("/", "/search?q=minor", "/search", "/paper/lakeside", "/changes?from=2026-11-01", "/export.jsonl"):
        assert "Court list" not in client.get(path).text


def test_a_stored_page_of_what_is_taken_down_is_not_shown_and_what_is_erased_is_gone(tmp_path: Path) -> None:
    clock = SettableClock()
    with Archive(tmp_path, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints()
        paper.end()
        story = KeyOf(archive)
        key, capture = story(STORY), story.capture(STORY)
        down = archive.take_down("url", STORY, "a court's order")
    with shown(tmp_path, clock) as client:
        assert {client.get(path).status_code for path in paths(key, capture)} == {451}
    with Archive(tmp_path, clock=clock) as archive:
        archive.erase(down)
    with shown(tmp_path, clock) as client:
        assert {client.get(path).status_code for path in paths(key, capture)} == {410}


def test_whoever_has_a_page_already_gets_no_second_copy_of_it(client: httpx.Client, key: KeyOf) -> None:
    story = key(BRIDGE)
    for path in (f"/article/{story}", f"/article/{story}/compare", "/search?q=bridge", "/papers", "/changes", "/about"):
        first = client.get(path)
        tag = first.headers["etag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        for answer in (first, again):
            assert answer.headers["vary"] == "Accept-Language, Cookie"
            assert answer.headers["cache-control"] == "no-cache"
        other = client.get(path, headers={"If-None-Match": tag, "Accept-Language": "fil"})
        assert (other.status_code, other.headers["content-language"]) == (200, "fil")
    chosen = client.get("/about?lang=fil")
    again = client.get("/about?lang=fil", headers={"If-None-Match": chosen.headers["etag"]})
    assert (again.status_code, again.headers["set-cookie"]) == (304, chosen.headers["set-cookie"])
    fault = client.get("/article/nothing", headers={"If-None-Match": "*"})
    assert (fault.status_code, "etag" in fault.headers, fault.headers["cache-control"]) == (404, False, "no-cache")


def test_a_page_that_changed_or_was_taken_down_is_never_called_unchanged(tmp_path: Path) -> None:
    clock = SettableClock()
    with Archive(tmp_path, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints()
        path = f"/article/{KeyOf(archive)(STORY)}"
        with shown(tmp_path, clock) as client:
            tag = client.get(path).headers["etag"]
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
            clock.advance(DAY)
            paper.prints(title="Flood closes the new bridge")
            edited = client.get(path, headers={"If-None-Match": tag})
            assert edited.status_code == 200
            archive.take_down("url", STORY, "a court's order")
            for sent in (tag, edited.headers["etag"], "*"):
                assert client.get(path, headers={"If-None-Match": sent}).status_code == 451


@contextmanager
def shown(home: Path, clock: SettableClock) -> Iterator[httpx.Client]:
    """A browser without scripts before the archive in a folder."""
    app = create_app(home, clock=clock)
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as made:
        yield made
    app.state.archive.close()


def paths(key: str, capture: str) -> tuple[str, ...]:
    return f"/article/{key}", f"/stored/{capture}", f"/stored/{capture}/page"


# ------------------------------------------------------------------ papers and changes


def test_a_paper_shows_its_days_its_fields_and_its_visits(client: httpx.Client) -> None:
    text = client.get("/paper/highland").text
    assert "stories in 42 days" in text
    assert "<title>16 Nov 2026: 1</title>" in text or "<title>16 Nov 2026: 2</title>" in text
    assert "failed (1)" in text
    assert 'value="1.0"' in text  # every headline was read
    assert client.get("/paper/nowhere").status_code == 404


def test_changes_are_told_word_by_word_and_the_quiet_ones_apart(client: httpx.Client) -> None:
    everything = client.get("/changes?from=2026-11-01").text
    assert "6,<del>100</del><ins>400</ins>" in everything
    quiet = client.get("/quiet?from=2026-11-01").text
    assert "<ins>400</ins>" not in quiet
    assert "<ins>deck and not the piers</ins>" in quiet
    assert "Mayor’s cousin wins road contract" in quiet
    assert "Nothing changed in this time." in client.get("/quiet?from=2026-11-16").text
    assert client.get("/changes?site=nowhere").status_code == 404


def test_health_names_the_papers_that_need_somebody_first(tmp_path: Path) -> None:
    clock = SettableClock()
    with Archive(tmp_path, clock=clock) as archive:
        for name, status in (("aparri", 0), ("zamboanga", 1)):
            paper = Paper(archive, clock, name)
            paper.prints(url=f"https://{name}.example/1", title=name)
            paper.end(exit_status=status, why=["blocked: every request was refused"] if status else None)
    with shown(tmp_path, clock) as client:
        text = client.get("/health").text
    assert "blocked: every request was refused" in text
    assert text.index("Zamboanga Herald") < text.index("Aparri Herald")


@pytest.mark.parametrize("path", ["/", "/search", "/papers", "/health", "/changes", "/quiet", "/datasets", "/about"])
def test_an_empty_archive_has_every_page(tmp_path: Path, path: str) -> None:
    Archive(tmp_path).close()
    with shown(tmp_path, SettableClock()) as client:
        assert client.get(path).status_code == 200

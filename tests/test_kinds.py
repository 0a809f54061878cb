"""What can become of a story, seen by the real command: each kind is recorded, and none that is false."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from warcio.archiveiterator import ArchiveIterator

from archive import corpus, warc_files
from archive import tables as t
from archive.selection import Selection
from tests.crawling import Operator, Paper, feed, sitemap, story

if TYPE_CHECKING:
    from pathlib import Path

    from archive import Archive

DAY = 86_400
XML = "text/xml; charset=utf-8"
QUIET = [f"/2026/10/01/quiet-{number}/" for number in range(30)]
NAMES = ("soft", "front", "section", "other", "gone", "missing", "merged", "renamed", "challenge", "waiting-room",
         "hidden", "down", "busy", "forbidden", "gate", "away", "redesigned")  # fmt: skip
BLOCKED = ("challenge", "waiting-room", "hidden", "down", "busy", "forbidden", "gate")
NOT_FOUND = b"<html><head><title>Page not found - Panublion</title></head><body><h1>Sorry!</h1><p>No such page.</p>"
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body>"


def at(name: str) -> str:
    return f"/2026/10/01/{name}/"


@dataclass(slots=True)
class Told:
    """What the archive holds after the visits, and how they ended."""

    home: Path
    archive: Archive
    reports: list[dict[str, Any]]
    paper: Paper

    def history(self, name: str) -> corpus.History:
        return corpus.history(self.archive, self.paper.url(at(name)))

    def changes(self, name: str) -> list[str]:
        return [version["change"] for version in self.history(name).versions]

    def effective(self, name: str) -> list[int | None]:
        """Return the effective status of each capture of an address, oldest first."""
        row = t.capture.c
        query = (
            sa.select(row.effective_status)
            .join(t.url, t.url.c.id == row.url_id)
            .where(t.url.c.url == self.paper.url(at(name)))
        )
        with self.archive.engine.connect() as connection:
            return list(connection.execute(query.order_by(row.fetched_at)).scalars())


def first_day(paper: Paper) -> None:
    for path in (*QUIET, *map(at, NAMES)):
        paper.say(path, story(f"Story of {path}"), ETag=f'"{path}"')
    paper.say(at("merged-into"), story(f"Story of {at('merged')}"))  # the same words under another address …
    paper.answers[at("merged-into")].body = paper.answers[at("merged-into")].body.replace(b"08:00:00", b"09:30:00")
    paper.say("/", b"<html><title>Panublion</title><body>" + b"<h2><a href='/x'>Story</a></h2>" * 12)
    paper.say("/news/", b"<html><title>News</title><body><h1>News</h1>")
    paper.say("/login", b"<html><title>Log in</title><body><form></form>")
    urls = [paper.url(path) for path in (*QUIET, *map(at, (*NAMES, "merged-into")))]
    paper.say("/feed", feed(*urls), Content_Type=XML)
    paper.say("/map", sitemap(*urls), Content_Type=XML)


def second_day(paper: Paper) -> None:
    paper.say(at("soft"), NOT_FOUND)
    paper.say(at("front"), b"", status=302, Location="/")
    paper.say(at("section"), b"", status=301, Location="/news/")
    paper.say(at("other"), b"", status=301, Location=QUIET[3])
    paper.say(at("gone"), b"", status=410)
    paper.say(at("missing"), b"", status=404)
    paper.say(at("merged"), b"", status=301, Location=at("merged-into"))
    edited = story("Another headline").replace(
        b"Another headline, part 0", f"Story of {at('renamed')}, part 0".encode()
    )
    paper.say("/2026/10/02/new-address/", edited)
    paper.say(at("renamed"), b"", status=301, Location="/2026/10/02/new-address/")
    paper.say(at("challenge"), CHALLENGE, status=403, cf_mitigated="challenge")
    paper.say(at("waiting-room"), CHALLENGE)
    paper.say(at("hidden"), CHALLENGE, status=404)
    paper.say(at("down"), b"<h1>Service Unavailable</h1>", status=503, Retry_After="1")
    paper.say(at("busy"), b"slow down", status=429, Retry_After="1")
    paper.say(at("forbidden"), b"<h1>Forbidden</h1>", status=403)
    paper.say(at("gate"), b"", status=302, Location=f"/login?next={at('gate')}")
    paper.say(at("away"), b"", status=302, Location="http://localhost:1/")
    paper.say(at("redesigned"), b"<html><head><title>New look</title></head><body><div id='app'></div></body></html>")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("kinds")
    operator = Operator(home=folder / "home", sites=folder / "sites")
    with Paper() as paper:
        operator.site("panublion", paper.url(), feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")],
                      sections=[paper.url("/news/")])  # fmt: skip
        reports = []
        for day, change in enumerate((first_day, second_day, lambda paper: None, lambda paper: None)):
            change(paper)
            if day == 3:  # half a week later one of them is back
                paper.say(at("soft"), story(f"Story of {at('soft')}"))
            operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str((day + (4 if day == 3 else 0)) * (DAY + 600))
            run = operator.crawl("panublion", "-s", "RETRY_ENABLED=False")
            assert run.status == 0, run.err
            reports.append(run.report)
        with operator.archive() as archive:
            yield Told(operator.home, archive, reports, paper)


def test_what_says_not_found_counts_as_a_404_whatever_it_answers(told: Told) -> None:
    assert told.effective("soft")[:3] == [200, 404, 404]
    assert (
        told.effective("front")[:3] == told.effective("section")[:3] == told.effective("other")[:3] == [200, 404, 404]
    )
    for name in ("front", "section", "other", "missing"):
        assert told.changes(name) == ["new", "gone"], name
    assert told.reports[1]["outcomes"]["missing"] == 5
    assert told.reports[2]["outcomes"]["gone"] == 5
    assert told.reports[1]["outcomes"]["gone"] == 1


def test_what_is_gone_is_asked_for_again_and_may_come_back(told: Told) -> None:
    assert told.changes("soft") == ["new", "gone", "restored"]
    assert told.reports[3]["outcomes"]["restored"] == 1


def test_a_block_says_nothing_of_a_story(told: Told) -> None:
    for name in BLOCKED:
        assert (told.history(name).state, told.changes(name)) == ("live", ["new"]), name
        assert 404 not in told.effective(name)
    assert told.reports[1]["outcomes"]["blocked"] == len(BLOCKED)
    for name in ("away", "redesigned"):
        assert (told.history(name).state, told.changes(name)) == ("live", ["new"]), name


def test_a_renamed_story_is_one_article_with_two_addresses(told: Told) -> None:
    history = told.history("renamed")
    assert [address["url"] for address in history.urls] == [
        told.paper.url(at("renamed")), told.paper.url("/2026/10/02/new-address/"),
    ]  # fmt: skip
    assert [version["change"] for version in history.versions] == ["new", "revised"]
    assert corpus.article(told.archive, history.key)["url"] == told.paper.url("/2026/10/02/new-address/")


def test_two_articles_that_turn_out_to_be_one_are_merged_and_nothing_is_forged(told: Told) -> None:
    with told.archive.engine.connect() as connection:
        merged = connection.execute(sa.select(t.article.c.key, t.article.c.merged_into).where(
            t.article.c.state == t.State.MERGED)).one()  # fmt: skip
        into = connection.scalar(sa.select(t.article.c.key).where(t.article.c.id == merged.merged_into))
    history = corpus.history(told.archive, merged.key)
    assert [version["change"] for version in history.versions] == ["new", "merged"]
    assert told.changes("merged-into") == ["new"]
    assert told.history("merged").key == into == told.history("merged-into").key
    assert merged.key not in {article["id"] for article in corpus.articles(told.archive, Selection())}
    assert corpus.article(told.archive, merged.key)["state"] == "merged"
    assert told.reports[1]["outcomes"]["merged"] == 1


def test_quiet_stories_have_one_version_and_every_change_is_logged(told: Told) -> None:
    for path in QUIET:
        assert [version["change"] for version in corpus.history(told.archive, told.paper.url(path)).versions] == ["new"]
    with told.archive.engine.connect() as connection:
        kinds = list(connection.execute(sa.select(t.change_log.c.kind).order_by(t.change_log.c.seq)).scalars())
    assert sorted(set(kinds)) == ["gone", "merged", "new", "renamed", "restored", "revised"]
    assert kinds.count("renamed") == 1


def test_the_redirect_to_the_front_page_is_not_followed(told: Told) -> None:
    assert "/" not in told.paper.paths()
    assert "/login" not in " ".join(told.paper.paths())


def test_what_was_decided_is_in_the_warc(told: Told) -> None:
    decided = set()
    for path in warc_files(told.home / "warc"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_headers.get_header("WARC-Target-URI", "").startswith("urn:hemeroteca:reading:"):
                    values = json.loads(record.content_stream().read())
                    decided.add((values["outcome"], values.get("reason"), "article" in values))
    assert {
        ("absent", "soft 404: page not found", True),
        ("absent", "redirected to the front page", True),
        ("absent", "redirected to a section page", True),
        ("absent", "redirected to another story", True),
        ("blocked", "answered 503", True),
        ("blocked", "challenge: cf-mitigated", True),
        ("blocked", "redirected to a gate: login, wall or consent", True),
        ("merged", "its address leads to another article that is the same story", True),
    } <= decided

"""What is taken down is nowhere to be seen, says why, survives a rebuild and can be shown again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from archive import Archive, NotFoundError, QueryError, audit, corpus, database
from archive import tables as t
from archive.changes import changes
from archive.cli import app
from archive.dump import dump
from archive.errors import TakenDownError
from archive.rebuild import rebuild_database
from archive.selection import Selection
from archive.takedown import visible_capture
from tests.archive.make import DAY, START, STORY, Paper, SettableClock, rows

if TYPE_CHECKING:
    from pathlib import Path

MARKET = "https://lakeside.example/2026/11/market/"
COPY = "https://highland.example/flood/"


@pytest.fixture
def filled(archive: Archive, clock: SettableClock) -> Archive:
    """An archive of a story with two versions, its copy at another paper, and another author's story."""
    paper, other = Paper(archive, clock), Paper(archive, clock, "highland")
    paper.prints(due_at=START + DAY)
    paper.prints(url=MARKET, title="Market opens", authors=("Ben Cruz",), body=("Fish was sold.",), due_at=START + DAY)
    other.prints(url=COPY)
    paper.prints(title="Two drowned", at=clock.advance(DAY), due_at=START + DAY)
    return archive


def key_of(archive: Archive, url: str) -> str:
    return archive.known("lakeside", [url])[url].article


def seen(archive: Archive) -> set[str]:
    """Return the addresses that the selection of every search, export and page gives."""
    return {story["url"] for story in corpus.articles(archive, Selection())}


def handed_out(archive: Archive) -> set[str]:
    query = sa.select(t.url.c.url).join(t.capture, t.capture.c.url_id == t.url.c.id).where(visible_capture())
    with archive.engine.connect() as connection:
        return set(connection.execute(query).scalars())


@pytest.mark.parametrize(
    ("scope", "target", "hidden"),
    [
        ("article", None, {STORY}),
        ("author", "ana PENAFLOR", {STORY, COPY}),
        ("url", "https://lakeside.example/2026/11/fl*", {STORY}),
        ("url", "https://LAKESIDE.example/*", {STORY, MARKET}),
        ("cluster", None, {STORY, COPY}),
    ],
)
def test_what_is_taken_down_is_hidden_from_every_selection_at_once(
    filled: Archive, clock: SettableClock, scope: str, target: str | None, hidden: set[str]
) -> None:
    everything = {STORY, MARKET, COPY}
    assert seen(filled) == handed_out(filled) == everything
    assert not filled.denied(STORY)
    key = filled.take_down(scope, target or key_of(filled, STORY), "a court said so")
    assert seen(filled) == handed_out(filled) == everything - hidden
    assert {url for url in everything if filled.denied(url)} == hidden
    assert [hit["url"] for hit in corpus.search(filled, Selection(query="river"), 9)] == [
        url for url in (STORY, COPY) if url not in hidden
    ]
    assert not list(changes(filled, START, START + 9 * DAY))
    assert {known.url for known in filled.due("lakeside", START + 9 * DAY, 9)} == {STORY, MARKET} - hidden
    for ask in (corpus.article, corpus.history):
        with pytest.raises(TakenDownError, match=f"{STORY}: taken down on 2026-11-03: a court said so"):
            ask(filled, STORY)
    filled.lift(key, "the order was withdrawn")
    assert seen(filled) == handed_out(filled) == everything
    assert not filled.denied(STORY)
    assert len(list(changes(filled, START, START + 9 * DAY))) == 1
    assert audit.verify(filled).faults == []


def test_a_copy_that_is_hidden_is_not_named_by_the_other(filled: Archive) -> None:
    assert corpus.article(filled, COPY)["near_duplicates"] == [key_of(filled, STORY)]
    filled.take_down("article", key_of(filled, STORY), "a court said so")
    assert corpus.article(filled, COPY)["near_duplicates"] == []


def test_what_comes_to_match_later_is_hidden_when_it_is_read(filled: Archive, clock: SettableClock) -> None:
    filled.take_down("author", "Ben Cruz", "he asked")
    filled.take_down("url", "*/private/*", "he asked")
    paper = Paper(filled, clock)
    paper.prints(url="https://lakeside.example/9/", authors=("Ben Cruz",), body=("Rice was sold.",))
    paper.prints(url="https://lakeside.example/private/1/", body=("Nobody knows.",))
    paper.answers(404, url="https://lakeside.example/private/2/")
    assert seen(filled) == {STORY, COPY}
    assert handed_out(filled) == {STORY, COPY}
    assert filled.denied("https://lakeside.example/private/3/")


def test_takedowns_and_their_lifting_are_rebuilt(filled: Archive, clock: SettableClock, tmp_path: Path) -> None:
    filled.take_down("author", "Ben Cruz", "he asked")
    key = filled.take_down("article", key_of(filled, STORY), "a court said so")
    filled.take_down("url", "https://highland.example/*", "theirs")
    filled.lift(key, "the order was withdrawn")
    filled.close()
    (tmp_path / "again").mkdir()
    url = database.default_url(tmp_path / "again")
    assert rebuild_database(filled.home, url, clock).problems == ()
    with Archive(tmp_path / "again", readonly=True) as again:
        with again.engine.connect() as one, filled.engine.connect() as other:
            assert set(dump(one)) ^ set(dump(other)) == set()
        assert seen(again) == {STORY}


@pytest.mark.parametrize(
    ("scope", "target", "reason", "said"),
    [
        ("story", "x", "why", "no scope 'story'; there are article, author, url, cluster"),
        ("article", "x", " ", "give the reason"),
        ("url", "***", "why", "would hide everything"),
        ("author", "…", "why", "is no name"),
    ],
)
def test_a_takedown_that_names_nothing_is_refused(
    filled: Archive, scope: str, target: str, reason: str, said: str
) -> None:
    with pytest.raises(QueryError, match=said):
        filled.take_down(scope, target, reason)
    assert rows(filled, t.takedown) == []


def test_only_what_stands_can_be_lifted(filled: Archive) -> None:
    key = filled.take_down("author", "Ben Cruz", "he asked")
    filled.lift(key, "he asked again")
    with pytest.raises(QueryError, match=f"takedown {key} was lifted on 2026-11-03: he asked again"):
        filled.lift(key, "once more")
    with pytest.raises(NotFoundError, match="no takedown 'abc'"):
        filled.lift("abc", "never was")


def test_the_command_hides_lists_and_lifts(filled: Archive) -> None:
    home, story = str(filled.home), key_of(filled, STORY)
    filled.close()

    def say(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--home", home])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert f"{story}\nwould hide 1 articles" in say("takedown", "add", "article", story, "--reason", "r", "--dry-run")
    made = json.loads(say("takedown", "add", "article", story, "--reason", "a court said so", "--json"))
    assert made["hides"] == [story]
    assert "a court said so" in say("takedown", "list")
    [listed] = json.loads(say("takedown", "list", "--json"))
    assert (listed["id"], listed["articles"], listed["lifted"]) == (made["id"], 1, None)
    refused = CliRunner().invoke(app, ["show", story, "--home", home])
    assert isinstance(refused.exception, TakenDownError)
    say("takedown", "lift", made["id"], "--reason", "withdrawn")
    assert "Two drowned" in say("show", story)
    events = [json.loads(line) for line in say("events", "--json").splitlines()]
    assert [event["type"] for event in events] == ["seal", "lift", "seal", "takedown", "seal"]
    assert json.loads(say("events", "--type", "lift", "--json"))["detail"] == {"reason": "withdrawn"}
    unknown = CliRunner().invoke(app, ["takedown", "add", "article", "nosuch", "--reason", "r", "--home", home])
    assert isinstance(unknown.exception, NotFoundError)

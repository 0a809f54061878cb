"""What an address said at a time, as known now and as known then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from archive import Archive, asof
from archive.cli import app
from tests.archive.make import DAY, HOUR, START, STORY, Paper, SettableClock

if TYPE_CHECKING:
    from datetime import datetime


def said(archive: Archive, at: datetime, known: datetime | None = None, url: str = STORY) -> str | None:
    with archive.engine.connect() as connection:
        found = asof.at_url(connection, url, at, known)
    return found and (found.title or str(found.state))


def test_an_address_says_what_it_said_at_the_time(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(title="One")
    paper.prints(title="Two", at=clock.advance(DAY))
    paper.answers(410, at=clock.advance(DAY))
    paper.end()
    assert [said(archive, START + hours * HOUR) for hours in (-1, 0, 23, 24, 47)] == [None, "One", "One", "Two", "Two"]
    assert said(archive, START + 3 * DAY) == "gone"  # and not the text before it
    assert said(archive, START, url="https://lakeside.example/nowhere/") is None


def test_an_old_citation_resolves_as_the_archive_knew_it(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints(title="One")
    paper.prints(title="Three", at=clock.advance(4 * DAY))
    before = clock.advance(HOUR)
    clock.advance(HOUR)
    paper.prints(title="Two", at=START + 2 * DAY)
    cited, after = START + 3 * DAY, clock.advance(HOUR)
    assert [said(archive, cited, known) for known in (before, after, None)] == ["One", "Two", "Two"]
    for known, title in ((before, "One"), (after, "Two")):
        words = ["show", STORY, "--at", cited.isoformat(), "--known", known.isoformat(), "--home", str(archive.home)]
        told = CliRunner().invoke(app, words)
        assert (told.exit_code, title in told.stdout) == (0, True), told.output


def test_an_address_that_another_story_took_over_says_what_was_there_then(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(title="One", wp="1")
    paper.prints(title="Other", wp="2", at=clock.advance(2 * DAY), body=["Something else."])
    assert [said(archive, START + days * DAY) for days in (1, 3)] == ["One", "Other"]


def test_what_is_taken_down_is_not_told(paper: Paper, archive: Archive) -> None:
    paper.prints(title="One")
    archive.take_down("url", STORY, "asked for")
    assert said(archive, START) is None

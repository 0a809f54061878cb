"""Old captures read again: better text takes the place of what was read, and no change of the paper's is forged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archive import Archive, Counter, Outcome, changes, corpus
from archive import tables as t
from archive.clock import shifted_clock
from archive.database import open_engine
from archive.dump import dump
from archive.rebuild import rebuild
from archive.selection import Selection
from tests.archive.make import BODY, DAY, START, STORY, Paper, SettableClock, capture, reading, rows, warc_bytes

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive import Reading

BETTER = ("A sentence that the old reader took for a caption.", *BODY)


def reread(paper: Paper, at: datetime, better: Reading) -> Outcome:
    """Read the capture of this time again."""
    again = capture(STORY, at, visit=paper.visit or paper.begin())
    key = paper.history().key
    return paper.archive.reread(again, better, article=key)


def week(archive: Archive) -> list[tuple[str, int, str | None]]:
    return [(one.article, one.number, one.valid_from) for one in changes.changes(archive, START, START + 9 * DAY)]


def two_versions(paper: Paper, clock: SettableClock, **second: Any) -> list[datetime]:
    paper.prints(title="Toll is 9", canonical=STORY)
    paper.prints(title=second.pop("title", "Toll is 12"), canonical=STORY, at=clock.advance(DAY), **second)
    clock.advance(DAY)
    return [START, START + DAY]


def test_better_text_takes_the_place_of_the_old_one_and_the_old_one_stays_known(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    first, second = two_versions(paper, clock)
    before = week(archive)
    assert reread(paper, first, reading("Toll is 9", BETTER)) is Outcome.REREAD
    assert reread(paper, second, reading("Toll is 12", BETTER)) is Outcome.REREAD
    told = paper.versions()
    assert [(one["version"], one["title"], one["change"]) for one in told] == [
        (1, "Toll is 9", "new"), (2, "Toll is 12", "revised"),
    ]  # fmt: skip
    assert [one["valid_from"] for one in told] == ["2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z"]
    assert all(one["body"].startswith(BETTER[0]) for one in told)
    closed = [row for row in rows(archive, t.version) if row.known_to != t.FOREVER]
    assert {row.reason for row in closed} >= {t.Reason.OBSERVED}
    assert week(archive) == before


def test_what_is_read_alike_is_not_written_again(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    first, second = two_versions(paper, clock)
    size = warc_bytes(archive)
    assert reread(paper, first, reading("Toll is 9", canonical=STORY)) is Outcome.KNOWN
    assert reread(paper, second, reading("Toll is 12", canonical=STORY)) is Outcome.KNOWN
    assert warc_bytes(archive) == size


def test_noise_that_the_old_reader_took_for_an_edit_is_no_version_any_more(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    _, second = two_versions(paper, clock, title="Toll is 9", body=[*BODY, "Most read: the market opens at dawn."])
    assert len(week(archive)) == 1
    reread(paper, second, reading("Toll is 9", canonical=STORY))
    assert paper.changes() == ["new"]
    assert week(archive) == []


def test_an_edit_that_only_the_new_reader_sees_is_a_version_but_no_change_of_the_week(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(canonical=STORY)
    paper.prints(canonical=STORY, at=clock.advance(DAY))
    clock.advance(DAY)
    reread(paper, START + DAY, reading(body=BETTER, canonical=STORY))
    assert paper.changes() == ["new", "revised"]
    assert week(archive) == []


def test_dates_counters_and_sources_are_gained(paper: Paper, archive: Archive) -> None:
    paper.prints(published=None, canonical=STORY)
    better = replace(
        reading(views=207, canonical=STORY), sources={"views": "td-post-views"},
        counters=(Counter(metric="views", value=207, source="td-post-views"),),
    )  # fmt: skip
    assert set(archive.differences(capture(STORY, START), better)) == {"published", "counters", "sources"}
    reread(paper, START, better)
    told = corpus.article(archive, STORY)
    assert (told["views"], told["sources"]) == (207, {"views": "td-post-views"})
    assert told["published"] is not None


def test_a_counter_that_was_never_the_articles_own_goes(paper: Paper, archive: Archive) -> None:
    paper.prints(views=9, canonical=STORY)
    reread(paper, START, reading(canonical=STORY))
    assert corpus.article(archive, STORY)["views"] is None


def test_a_page_that_is_no_story_after_all_has_no_version(paper: Paper, archive: Archive) -> None:
    paper.prints(canonical=STORY)
    none = replace(reading(), outcome="not_article", reason="a list of stories", title=None, paragraphs=(), counters=())
    assert reread(paper, START, none) is Outcome.REREAD
    assert rows(archive, t.version)[0].known_to != t.FOREVER
    assert list(corpus.articles(archive, Selection())) == []


def test_a_rebuild_repeats_a_reread(paper: Paper, archive: Archive, clock: SettableClock, tmp_path: Path) -> None:
    first, _ = two_versions(paper, clock)
    reread(paper, first, reading("Toll is 9", BETTER, views=12))
    paper.end()
    paper.prints(title="Toll is 14", canonical=STORY, at=clock.advance(DAY))
    paper.end()
    archive.close()
    engine = open_engine(f"sqlite:///{tmp_path}/again.sqlite")
    assert rebuild(archive.warc_folder, engine, shifted_clock()).problems == ()
    with engine.connect() as again, archive.engine.connect() as held:
        assert list(dump(again)) == list(dump(held))


def test_captures_are_found_again_in_their_files(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    two_versions(paper, clock)
    paper.answers(404, at=clock.advance(DAY))
    found = list(archive.story_captures(site="lakeside"))
    assert [kept.load(archive.warc_folder).fetched_at for kept in found] == [START, START + DAY]
    assert [kept.article for kept in found] == [paper.history().key] * 2
    assert list(archive.story_captures(since=START + DAY)) == found[1:]

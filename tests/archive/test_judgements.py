"""What a reader's judgement of an answer does to an article: absent, blocked, merged."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, Outcome, Reading, corpus
from archive import tables as t
from tests.archive.make import BODY, DAY, HOUR, READER, START, STORY, Paper, SettableClock, reading, rows

if TYPE_CHECKING:
    from datetime import datetime

    from tests.archive.conftest import Postgres, Sqlite

OTHER = "https://lakeside.example/2026/11/old-bridge-closed/"


def judge(paper: Paper, outcome: str, *, at: datetime, status: int | None = 200, url: str = STORY,
          article: str | None = None, to: str | None = None) -> Outcome:  # fmt: skip
    """Save an answer in a visit of its own, with what a reader says that it means."""
    paper.clock.now = at
    paper.begin()
    headers = (("Location", to),) if to else ()
    taken = paper.capture(url, at, status=status, headers=headers)
    found = paper.archive.save(taken, Reading(reader=READER, outcome=outcome, reason="told so"), article=article)
    paper.end()
    return found


def begun(paper: Paper) -> str:
    paper.prints()
    paper.end()
    return paper.history().key


def test_a_page_that_says_not_found_counts_as_a_404_does(paper: Paper, archive: Archive) -> None:
    begun(paper)
    assert judge(paper, "absent", at=START + DAY) is Outcome.KEPT
    assert (paper.history().state, paper.changes()) == ("missing", ["new"])
    judge(paper, "absent", at=START + 2 * DAY)
    assert (paper.history().state, paper.changes()) == ("gone", ["new", "gone"])
    assert paper.versions()[-1]["valid_from"] == "2026-11-03T08:00:00Z"
    assert [row.effective_status for row in rows(archive, t.capture)] == [200, 404, 404]


def test_a_redirect_may_say_so_too_and_an_old_address_says_nothing(paper: Paper) -> None:
    begun(paper)
    paper.prints(url=OTHER, canonical=OTHER, at=START + HOUR)
    for day in (1, 2):
        judge(paper, "absent", at=START + day * DAY, status=302, to="https://lakeside.example/")
    assert paper.changes() == ["new"]
    for day in (3, 4):
        judge(paper, "absent", at=START + day * DAY, status=302, url=OTHER, to="https://lakeside.example/")
    assert paper.changes() == ["new", "gone"]


def test_an_absence_of_what_nobody_knows_is_remembered(paper: Paper, archive: Archive) -> None:
    begun(paper)
    assert judge(paper, "absent", at=START + DAY, url=OTHER) is Outcome.UNREAD
    assert archive.without_story([OTHER, STORY]) == {OTHER: START + DAY}


ANSWERS = st.lists(
    st.tuples(st.sampled_from([200, 202, 301, 403, 404, 410, 429, 503]), st.just("blocked"))
    | st.tuples(st.sampled_from([401, 403, 429, 451, 500, 502, 503, 504, None]), st.none()),
    min_size=1, max_size=8,
)  # fmt: skip


@given(answers=ANSWERS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neither_a_block_nor_an_outage_ever_makes_a_story_missing_or_gone(
    answers: list[tuple[int | None, str | None]], kind: Sqlite | Postgres
) -> None:
    with TemporaryDirectory() as folder:
        home, clock = Path(folder), SettableClock()
        kind.fill(home)
        with Archive(home, clock=clock) as archive:
            paper = Paper(archive, clock)
            begun(paper)
            for day, (status, outcome) in enumerate(answers, 1):
                if outcome is None:
                    paper.visited(status, at=START + day * DAY)  # type: ignore[arg-type]  # None: no answer came
                else:
                    assert judge(paper, outcome, at=START + day * DAY, status=status) is Outcome.BLOCKED
            assert (paper.history().state, paper.changes()) == ("live", ["new"])
            assert not {row.effective_status for row in rows(archive, t.capture)} & {404, 410}
        kind.forget(home)


# ------------------------------------------------------------------ merged


def merged(paper: Paper) -> tuple[str, str]:
    """Let two articles turn out to be one; return the key of the one that ends and of the one that goes on."""
    first = begun(paper)
    paper.prints(url=OTHER, wp="78", title="Old bridge closed", at=START + HOUR)
    second = paper.history(OTHER).key
    assert judge(paper, "merged", at=START + DAY, status=301, to=OTHER, article=second) is Outcome.MERGED
    return first, second


def test_a_merged_article_ends_and_its_address_goes_on_in_the_other(paper: Paper, archive: Archive) -> None:
    first, second = merged(paper)
    told = paper.history(first)
    assert (told.state, [version["change"] for version in told.versions]) == ("merged", ["new", "merged"])
    assert told.versions[-1]["body"] is None
    assert paper.history(STORY).key == second
    assert paper.changes(OTHER) == ["new"]  # nothing of the other's text was mixed in
    assert corpus.article(archive, first, at=START + HOUR)["title"] == "Flood closes the old bridge"
    assert [row.kind for row in rows(archive, t.change_log)] == ["new", "new", "merged"]
    with archive.engine.connect() as connection:
        into = connection.scalar(sa.select(t.article.c.merged_into).where(t.article.c.key == first))
        assert into == connection.scalar(sa.select(t.article.c.id).where(t.article.c.key == second))


def test_what_redirects_after_a_merger_is_the_others(paper: Paper, archive: Archive) -> None:
    first, second = merged(paper)
    paper.visited(410, at=START + 2 * DAY)
    assert paper.history(first).state == "merged"
    assert (paper.history(second).state, paper.changes(OTHER)) == ("live", ["new"])
    assert archive.due("lakeside", START + 99 * DAY, 9) == []


def test_an_article_that_is_seen_again_is_merged_no_more(paper: Paper, archive: Archive) -> None:
    paper.prints(wp="77")
    first = paper.history().key
    paper.prints(url=OTHER, wp="78", title="Old bridge closed", at=START + HOUR)
    second = paper.history(OTHER).key
    paper.end()
    judge(paper, "merged", at=START + DAY, status=301, to=OTHER, article=second)
    paper.prints(wp="77", at=START + 2 * DAY)
    assert (paper.history(STORY).key, paper.changes(first)) == (first, ["new", "merged", "restored"])
    assert [row.merged_into for row in rows(archive, t.article)] == [None, None]


def test_an_article_does_not_merge_with_itself_or_with_what_is_not_there(paper: Paper) -> None:
    key = begun(paper)
    for day, article in enumerate((key, "nosucharticle", None), 1):
        assert judge(paper, "merged", at=START + day * DAY, status=301, to=OTHER, article=article) is Outcome.KEPT
    paper.prints(at=START + 9 * DAY)
    assert (paper.history(key).state, paper.changes(key)) == ("live", ["new"])


# ------------------------------------------------------------------ one story


@pytest.mark.parametrize(
    ("page", "is_same"),
    [
        ({"title": "Another headline"}, True),  # the text is the same
        ({"body": [BODY[0], BODY[1], "A new end.", "And more."]}, True),  # more than half of the shorter one
        ({"body": ["Nothing of it."]}, True),  # published at the same instant
        ({"body": ["Nothing of it."], "published": START - DAY}, False),
        ({"body": ["Nothing of it."], "wp": "78"}, False),
        ({"wp": "78"}, True),
        ({"body": ["Nothing of it."], "wp": "77", "published": None}, True),
    ],
)
def test_a_page_is_the_same_story_by_its_text_its_id_or_its_instant(
    paper: Paper, archive: Archive, page: dict[str, object], is_same: bool
) -> None:
    paper.prints(wp="77")
    assert archive.same_story(paper.history().key, reading(**page)) is is_same

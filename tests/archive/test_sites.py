"""How a site stands: what came out, how its visits went, what changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from archive import NotFoundError, sites
from tests.archive.make import DAY, HOUR, START, STORY, Paper

if TYPE_CHECKING:
    from archive import Archive
    from tests.archive.make import SettableClock

OTHER = "https://lakeside.example/2026/11/market/"


def test_a_site_is_well_silent_failed_or_was_never_visited(
    archive: Archive, clock: SettableClock, paper: Paper
) -> None:
    paper.begin()
    assert sites.standing(archive, "lakeside").health == "unvisited"
    paper.prints()
    paper.end(outcomes={"new": 1})
    assert sites.standing(archive, "lakeside").health == "well"
    clock.advance(8 * DAY)
    assert sites.standing(archive, "lakeside").health == "silent"
    paper.begin()
    paper.end(exit_status=1, why=["no link was found"])
    stood = sites.standing(archive, "lakeside")
    assert (stood.health, stood.visits[0].why) == ("failed", ("no link was found",))
    assert [visit.went for visit in stood.visits] == ["failed", "well"]


def test_a_visit_that_runs_says_nothing_of_a_site_yet(archive: Archive, paper: Paper) -> None:
    paper.prints()
    paper.end()
    paper.begin()
    stood = sites.standing(archive, "lakeside")
    assert (stood.health, stood.visits[0].went) == ("well", "open")


def test_stories_are_counted_on_the_day_they_came_out_in_the_papers_own_zone(archive: Archive, paper: Paper) -> None:
    # 23:00 in UTC is the next morning in Manila.
    paper.prints(published=START - 9 * HOUR)
    paper.prints(url=OTHER, title="Market opens", published=START - DAY)
    paper.prints(url=OTHER, title="Market opened", published=START - DAY, at=START + HOUR)  # still one story
    by_day = dict(sites.stories_by_day(archive, "lakeside", 3))
    assert by_day == {date(2026, 10, 31): 0, date(2026, 11, 1): 1, date(2026, 11, 2): 1}


def test_what_is_taken_down_is_counted_nowhere(archive: Archive, paper: Paper) -> None:
    paper.prints()
    paper.prints(title="Two drowned", at=START + DAY)
    before = sites.totals(archive)
    assert (before.stories, before.versions, before.quiet) == (1, 2, 1)
    archive.take_down("url", STORY, "a court's order")
    after = sites.totals(archive)
    assert (after.stories, after.versions, after.quiet) == (0, 0, 0)
    assert sites.standing(archive, "lakeside").articles == 0
    assert sum(many for _, many in sites.stories_by_day(archive, "lakeside", 30)) == 0


def test_an_unknown_site_is_refused(archive: Archive) -> None:
    with pytest.raises(NotFoundError, match="no site 'highland'"):
        sites.standing(archive, "highland")

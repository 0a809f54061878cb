"""Figures that are kept for a minute: how old they may be, and that a takedown waits for none of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from archive import Archive
from archive.selection import Selection
from archive.web import figures
from archive.web.figures import Figures
from tests.archive.make import Paper, SettableClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLOOD = Selection(query="river")


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    """A paper with one story."""
    clock = SettableClock()
    with Archive(tmp_path, clock=clock) as archive:
        made = Paper(archive, clock)
        made.prints()
        yield made


def more(paper: Paper) -> None:
    """Print another story."""
    paper.prints(url="https://lakeside.example/2026/11/more/", title="The river falls", authors=("Jun Peñalosa",))


def test_within_a_minute_the_same_is_told(paper: Paper) -> None:
    held = Figures(paper.archive)
    assert held.totals().stories == 1
    more(paper)
    assert held.totals().stories == 1


def test_after_a_minute_the_old_is_told_while_the_new_is_asked_for(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Figures(paper.archive)
    assert held.totals().stories == 1
    more(paper)
    monkeypatch.setattr(figures, "SECONDS", -1.0)
    assert held.totals().stories == 1
    until = time.monotonic() + 30
    while held.totals().stories == 1:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert held.totals().stories == 2


def test_after_ten_minutes_whoever_comes_waits_for_the_new(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Figures(paper.archive)
    assert held.totals().stories == 1
    assert held.counted_at() is None
    assert held.standing("lakeside").articles == 1
    assert held.counted_at() == "2026-11-02T08:00:00Z"
    more(paper)
    monkeypatch.setattr(figures, "OLDEST", -1.0)
    assert held.totals().stories == 2
    assert held.standing("lakeside").articles == 2


def test_titles_are_those_of_the_papers_that_are_told_now(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Figures(paper.archive)
    assert held.titles() == {"lakeside": "The Lakeside Herald"}
    assert held.titles() is held.titles()
    paper.begin(title="The Lakeside Herald and Post")
    assert held.titles() == {"lakeside": "The Lakeside Herald"}
    monkeypatch.setattr(figures, "OLDEST", -1.0)
    assert held.titles() == {"lakeside": "The Lakeside Herald and Post"}


def test_counts_of_a_search_are_kept_but_for_a_takedown(paper: Paper) -> None:
    held = Figures(paper.archive)
    assert held.facets(FLOOD)["author"] == {"Ana Peñaflor": 1}
    more(paper)
    assert held.facets(FLOOD)["author"] == {"Ana Peñaflor": 1}
    assert held.facets(Selection(query="falls"))["author"] == {"Ana Peñaflor": 1, "Jun Peñalosa": 1}
    taken = paper.archive.take_down("author", "Ana Peñaflor", "she asked for it")
    assert held.facets(FLOOD)["author"] == {"Jun Peñalosa": 1}
    paper.archive.lift(taken, "she changed her mind")
    assert held.facets(FLOOD)["author"] == {"Ana Peñaflor": 1, "Jun Peñalosa": 1}


def test_only_the_searches_asked_for_last_are_kept(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "SEARCHES", 1)
    held = Figures(paper.archive)
    first = held.facets(FLOOD)
    assert held.facets(FLOOD) is first
    held.facets(Selection(query="bridge"))
    assert held.facets(FLOOD) == first
    assert held.facets(FLOOD) is not first

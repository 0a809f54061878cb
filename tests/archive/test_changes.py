"""What changed in a time, as values and as pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from archive import NotFoundError, changes, diff_page
from archive.diff import Text, compare
from tests.archive.make import BODY, DAY, START, STORY, Paper, SettableClock

if TYPE_CHECKING:
    from archive import Archive
    from archive.changes import Changed

WEEK = timedelta(days=7)
OTHER = "https://lakeside.example/2026/11/market/"


def told(archive: Archive, *, site: str | None = None, quiet: bool = False, days: int = 7) -> list[Changed]:
    return list(changes.changes(archive, START, START + days * DAY, site=site, quiet=quiet))


@pytest.fixture
def changed(paper: Paper, clock: SettableClock) -> Paper:
    paper.prints(title="Toll is 9")
    paper.prints(url=OTHER, title="Market opens", body=["Fish and rice at dawn, says the mayor."], modified=START)
    clock.advance(DAY)
    paper.prints(title="Toll is 12")
    paper.prints(url=OTHER, title="Market opens late", body=["Fish and rice at dawn, says the mayor."],
                 modified=clock.now)  # fmt: skip
    paper.visited(410, at=clock.advance(DAY), url=OTHER)
    return paper


def test_first_versions_are_no_change_and_the_rest_comes_in_order_of_time(changed: Paper) -> None:
    found = told(changed.archive)
    assert [(one.title, one.change, one.stealth) for one in found] == [
        ("Toll is 12", "revised", True), ("Market opens late", "revised", False), ("Market opens late", "gone", False),
    ]  # fmt: skip
    assert found[0].old == Text(title="Toll is 9", authors=("Ana Peñaflor",), paragraphs=BODY)
    assert found[0].compared is not None
    assert found[0].compared.labels == ("headline", "figure changed")
    assert (found[2].new, found[2].compared) == (None, None)
    assert found[2].note.startswith("lakeside · ")
    assert "version 3 · gone · 2026-11-03 08:00 – 2026-11-04 08:00 UTC" in found[2].note


def test_quiet_changes_are_stealth_edits_and_removals(changed: Paper) -> None:
    assert [one.change for one in told(changed.archive, quiet=True)] == ["revised", "gone"]


def test_only_the_days_and_the_site_asked_for_are_told(changed: Paper) -> None:
    assert told(changed.archive, days=1) == []
    assert len(told(changed.archive, site="lakeside")) == 3
    with pytest.raises(NotFoundError, match="no site 'nowhere'"):
        told(changed.archive, site="nowhere")


def test_more_changes_than_a_page_are_all_told_once(paper: Paper, clock: SettableClock,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(changes, "PAGE", 3)
    for number in range(8):
        paper.prints(url=f"{STORY}{number}", title=f"Story {number}", wp=str(number))
    clock.advance(DAY)
    for number in range(8):
        paper.prints(url=f"{STORY}{number}", title=f"Story {number} again", wp=str(number))
    assert [one.title for one in told(paper.archive)] == [f"Story {number} again" for number in range(8)]


def test_a_page_of_changes_never_lets_a_text_become_markup(changed: Paper) -> None:
    hostile = "<script>alert(1)</script> & <b>bold</b> \u202e \"'"
    comparison = compare(Text(title="Calm", paragraphs=(hostile,)), Text(title=hostile, paragraphs=("Calm",)))
    page = "".join(diff_page.page(hostile, [(hostile, hostile, diff_page.fragment(comparison))]))
    assert "<script" not in page
    assert "<b>" not in page
    assert page.count("&lt;script&gt;") == 6


def test_a_page_of_changes_marks_what_was_added_and_removed(changed: Paper) -> None:
    page = "".join(diff_page.page("Last week", diff_page.sections(told(changed.archive))))
    assert "Toll is <del>9</del><ins>12</ins>" in page
    assert "… 3 paragraphs unchanged …" in page
    assert page.count("<article>") == 3

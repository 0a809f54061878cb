"""What a page shows: timelines, curves, two versions side by side, links of a search."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from archive.corpus import History
from archive.diff import Part, Text, compare
from archive.web import view

pytestmark = pytest.mark.sqlite


def version(number: int, body: str | None, **more: Any) -> dict[str, Any]:
    return {
        "version": number, "change": "new" if number == 1 else "revised", "state": "live", "stealth": False,
        "valid_from": f"2026-11-0{number}T08:00:00Z", "not_before": f"2026-11-0{number}T07:00:00Z", "title": "Flood",
        "standfirst": None, "authors": [], "word_count": len(body.split()) if body else None, "body": body, **more,
    }  # fmt: skip


def history(*versions: dict[str, Any]) -> History:
    return History(key="k", site="s", state="live", urls=[], versions=list(versions), counters=[], captures=1)


def test_a_timeline_tells_the_newest_first_what_each_version_was_to_the_one_before() -> None:
    told = history(version(1, "one two"), version(2, "one two three", stealth=True), version(3, None, change="gone"),
                   version(4, "one two three", change="restored", title="Floods"))  # fmt: skip
    moments = view.timeline(told)
    assert [(one.number, one.kind, one.labels, one.gained) for one in moments] == [
        (4, "restored", (), 0), (3, "gone", (), 0), (2, "quiet", ("paragraph edited",), 1), (1, "new", (), 0),
    ]  # fmt: skip
    assert moments[-1].not_before is None  # nothing was there before it to be seen
    assert view.timeline(history()) == []


def run(metric: str, value: int, start: str, end: str, source: str = "page") -> dict[str, Any]:
    return {"metric": metric, "value": value, "from": start, "to": end, "source": source}


def test_a_curve_has_a_point_at_both_ends_of_a_run_and_sources_are_not_mixed() -> None:
    found = view.curves([run("comments", 3, "d1", "d1"), run("views", 5, "d1", "d2"), run("views", 9, "d3", "d3"),
                         run("views", 7, "d1", "d1", "listing")])  # fmt: skip
    assert [(curve.metric, curve.source, curve.points) for curve in found] == [
        ("views", "listing", (("d1", 7),)),
        ("views", "page", (("d1", 5), ("d2", 5), ("d3", 9))),
        ("comments", "page", (("d1", 3),)),
    ]
    assert (found[1].first, found[1].last) == (5, 9)
    assert [curve.is_flat for curve in found] == [True, False, True]


def text(parts: tuple[Part, ...] | None) -> str | None:
    return None if parts is None else "".join(part.text for part in parts)


def test_side_by_side_each_text_reads_in_its_own_order_and_a_move_is_named_at_both_places() -> None:
    river = "A paragraph about the river that moves."
    rest = ("The mayor was asked on Monday.", "Nobody answered the telephone.", "The rain is to go on.")
    old, new = ("The lead of the story.", river, *rest), ("The lead, edited, of the story.", *rest, river)
    rows = view.side_by_side(compare(Text(paragraphs=old), Text(paragraphs=new)))
    assert tuple(text(row.left) for row in rows if row.left is not None) == old
    assert tuple(text(row.right) for row in rows if row.right is not None) == new
    assert [(row.kind, row.other) for row in rows if row.kind.startswith("moved")] == [("moved_away", 5), ("moved", 2)]


@pytest.mark.parametrize("seed", range(40))
def test_side_by_side_loses_nothing_whatever_was_done_to_a_text(seed: int) -> None:
    import random

    lot = random.Random(seed)
    sentences = [f"Paragraph {word} is of {word} and of {word} alone." for word in ["river", "bridge", "mayor", "rice"]]
    old = tuple(lot.sample(sentences, lot.randint(1, 4)))
    new = tuple(lot.choice((line, line.replace("alone", "again"))) for line in lot.sample(sentences, lot.randint(1, 4)))
    rows = view.side_by_side(compare(Text(paragraphs=old), Text(paragraphs=new)))
    assert tuple(text(row.left) for row in rows if row.left is not None) == old
    assert tuple(text(row.right) for row in rows if row.right is not None) == new


def test_only_what_is_far_from_any_change_is_folded() -> None:
    rows = [view.Row(kind=kind) for kind in ("same", "same", "same", "edited", "same", "same", "same")]
    assert [(far, len(stretch)) for far, stretch in view.folded(rows)] == [(True, 2), (False, 3), (True, 2)]
    assert view.folded([]) == []


def test_hits_in_a_snippet_are_parts_of_it() -> None:
    assert view.marked("the old bridge", [(4, 7), (8, 14)]) == [
        Part("same", "the "), Part("added", "old"), Part("same", " "), Part("added", "bridge"),
    ]  # fmt: skip
    assert view.marked("", []) == []


def test_a_link_of_a_search_keeps_what_was_asked_and_begins_at_the_first_page() -> None:
    asked = {"q": "toll & tax", "after": "7.7", "lang": "fil", "site": ""}
    assert view.facet_link(asked, "site", "lakeside") == "?q=toll+%26+tax&site=lakeside"
    assert view.facet_link(asked, "month", "2024-02") == "?q=toll+%26+tax&from=2024-02-01&to=2024-02-29"
    assert view.query_with(asked, lang="en") == "?q=toll+%26+tax&after=7.7&lang=en"


@pytest.mark.parametrize(
    ("month", "day"), [("2026-02", 28), ("2024-02", 29), ("1900-02", 28), ("2000-02", 29), ("2026-04", 30)]
)
def test_a_month_ends_on_its_last_day(month: str, day: int) -> None:
    assert view.last_day(month) == f"{month}-{day}"


def test_bars_stand_in_proportion_to_the_highest() -> None:
    day = date(2026, 11, 2)
    assert [bar.height for bar in view.bars([(day, 0), (day, 4), (day, 1)])] == [0, 100, 25]
    assert [bar.height for bar in view.bars([(day, 0)])] == [0]


@pytest.mark.parametrize(
    ("dateline", "paragraph", "shown"),
    [
        ("SIBALOM, Antique", "SIBALOM, Antique — The bridge fell.", ("SIBALOM, Antique", " — The bridge fell.")),
        ("Sibalom", "SIBALOM: The bridge fell.", ("SIBALOM", ": The bridge fell.")),
        ("SIBALOM", "The bridge fell.", ("SIBALOM", " — The bridge fell.")),
        (None, "The bridge fell.", ("", "The bridge fell.")),
    ],
)
def test_a_dateline_is_shown_once_where_the_text_prints_it_too(
    dateline: str | None, paragraph: str, shown: tuple[str, str]
) -> None:
    assert view.opening(dateline, paragraph) == shown

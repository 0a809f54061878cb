"""A whole export and the deltas after it make, put together, the whole export of the end: whatever happened between."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, corpus
from archive.errors import ArchiveError
from archive.export import Asked, Wanted, export_dataset
from archive.export.files import FORMS
from archive.export.since import MOVING
from archive.selection import Selection, Versions
from archive.takedown import listing
from tests.archive.exporting import WIRE, address, print_story
from tests.archive.make import DAY, HOUR, START, Paper, SettableClock

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SITES = ("lakeside", "highland", "bisaya")
STORIES = (0, 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("tell", "wire", "remove", "hide", "lift", "again")), st.sampled_from(SITES),
                  st.sampled_from(STORIES), st.integers(0, 2)),
        st.just(("export", "", 0, 0)),
    ),
    min_size=4, max_size=14,
)  # fmt: skip
WANTED = st.sampled_from([
    Wanted(),
    Wanted(selection=Selection(versions=Versions.ALL)),
    Wanted(one_of_a_cluster=True),
    Wanted(selection=Selection(site="lakeside", query="text OR storm")),
])  # fmt: skip


class Life:
    """What happens to three papers, step by step."""

    def __init__(self, home: Path) -> None:
        self.clock = SettableClock()
        self.archive = Archive(home, clock=self.clock)
        for site in SITES:
            self.tell(site, 0, 0)

    def step(self, what: str, site: str, story: int, edit: int) -> None:
        self.clock.advance(DAY)
        with suppress(ArchiveError):  # nothing there to be hidden, or hidden already
            getattr(self, what)(site, story, edit)

    def tell(self, site: str, story: int, edit: int) -> None:
        body = (f"The text {edit} of {story}.", f"Only {site} has it.")
        self._day()
        print_story(
            self.archive, self.clock, site, story, day=self.day, title=f"{site} {edit}", body=body, views=self.day
        )

    print_ = print

    def wire(self, site: str, story: int, edit: int) -> None:
        self._day()
        print_story(self.archive, self.clock, site, story, day=self.day, title=f"Storm {edit}", body=WIRE)

    def again(self, site: str, story: int, edit: int) -> None:
        Paper(self.archive, self.clock, site).visited(304, at=self.clock(), url=address(site, story))

    def remove(self, site: str, story: int, edit: int) -> None:
        Paper(self.archive, self.clock, site).visited(410, at=self.clock(), url=address(site, story))

    def hide(self, site: str, story: int, edit: int) -> None:
        self.archive.take_down("article", corpus.article(self.archive, address(site, story))["id"], "asked to")

    def lift(self, site: str, story: int, edit: int) -> None:
        with self.archive.engine.connect() as connection:
            held = [one["id"] for one in listing(connection) if one["lifted"] is None]
        for one in held[:1]:
            self.archive.lift(one, "settled")

    def _day(self) -> None:
        self.day = (self.clock() - START) // DAY
        self.clock.now = START + self.day * DAY + HOUR


def applied(copy: dict[str, list[Any]], folder: Path) -> dict[str, list[Any]]:
    """Bring a copy of the dataset up to date, as the card says."""
    told = _rows(folder, "data")
    gone = {one["id"] for one in _rows(folder, "tombstones") if one["removed"]}
    changed = {one["id"] for one in told}
    kept = {name: rows for name, rows in copy.items() if name not in gone | changed}
    for one in told:
        kept.setdefault(one["id"], []).append({name: value for name, value in one.items() if name not in MOVING})
    return kept


def _rows(folder: Path, below: str) -> list[dict[str, Any]]:
    return [
        orjson.loads(line) for path in sorted((folder / below).glob("*")) for line in path.read_bytes().splitlines()
    ]


@given(STEPS, WANTED)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_whole_export_and_its_deltas_make_the_last_whole_export(
    tmp_path_factory: pytest.TempPathFactory, kind: Any, steps: list[tuple[str, str, int, int]], wanted: Wanted
) -> None:
    folder = tmp_path_factory.mktemp("life")
    home = folder / "home"
    home.mkdir()
    kind.fill(home)
    life, copy = Life(home), {}
    with life.archive:
        for number, step in enumerate([("export", "", 0, 0), *steps, ("export", "", 0, 0)]):
            if step[0] == "export":
                asked = Asked(wanted=wanted, form=FORMS["jsonl"], since="copy", part_rows=2)
                export_dataset(life.archive, folder / str(number), asked)
                copy = applied(copy, folder / str(number))
            else:
                life.step(*step)
        export_dataset(life.archive, folder / "whole", Asked(wanted=wanted, form=FORMS["jsonl"]))
        assert copy == applied({}, folder / "whole")
    kind.forget(folder)

"""A database made again from the WARC files alone is the one that was."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, ArchiveError, Profile, Reading, audit, database
from archive import tables as t
from archive.dump import dump
from archive.rebuild import rebuild_database, rebuild_in_place, rebuild_into
from tests.archive.make import BODY, DAY, HOUR, MINUTE, START, STORY, Paper, SettableClock, reading, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.archive.conftest import Postgres, Sqlite


def dumped(home: Path) -> list[str]:
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        return list(dump(connection))


def a_life(home: Path, clock: SettableClock) -> None:
    """Tell of two papers: every kind of change, late captures, a profile that changes, copies, a visit not ended."""
    with Archive(home, clock=clock) as archive:
        paper, other = Paper(archive, clock), Paper(archive, clock, "highland")
        paper.prints(views=3, comments=1, wp="7", due_at=START + DAY)
        paper.prints(title="Two drowned", at=clock.advance(DAY), views=5)
        paper.prints(at=clock.advance(DAY), views=5)  # back again: a revert
        paper.answers(304, at=clock.advance(HOUR))
        paper.answers(404, url="https://lakeside.example/lost/")
        paper.answers(None, url="https://lakeside.example/refused/")
        paper.prints(replace(reading(canonical=STORY), outcome="empty"), url="https://lakeside.example/empty/")
        other.prints(url="https://highland.example/flood/", profiles=(Profile(text="Writes of rivers."),))
        paper.end(fetched=7)
        paper.visited(410, at=clock.advance(DAY))
    with Archive(home, clock=clock) as archive:  # the clock stands; known time does not
        paper, other = Paper(archive, clock), Paper(archive, clock, "highland")
        paper.prints(title="Late", at=START + HOUR, url=STORY)  # an import: the chain is derived anew
        paper.answers(304, at=clock.advance(DAY))
        paper.prints(url="https://lakeside.example/moved/", wp="7", at=clock.advance(MINUTE))
        new = "https://highland.example/flood/"
        other.prints(url=new, at=clock.advance(DAY), profiles=(Profile(text="Writes of bridges."),))
        other.answers(304, url="https://highland.example/never-seen/")
        other.end(believe=False, exit_status=3, problems=["too few"])


@pytest.mark.sqlite
def test_a_rebuild_gives_an_equal_dump_and_a_clean_archive(home: Path, tmp_path: Path, clock: SettableClock) -> None:
    a_life(home, clock)
    into = tmp_path / "into"
    done = rebuild_into(home, into, clock)
    assert (done.files, done.problems) == (2, ())
    before, after = dumped(home), dumped(into)
    assert set(after) ^ set(before) == set()
    assert any('"table": "version"' in line and '"reverts_to": 1' in line for line in before)
    with Archive(into, readonly=True) as archive:
        assert audit.verify(archive).faults == []
        assert rows(archive, t.event)[-1].type == "rebuild"


def test_a_database_elsewhere_is_filled_alike(home: Path, tmp_path: Path, clock: SettableClock) -> None:
    a_life(home, clock)
    (tmp_path / "other").mkdir()
    done = rebuild_database(home, database.default_url(tmp_path / "other"), clock)
    assert done.problems == ()
    assert set(dumped(tmp_path / "other")) ^ set(dumped(home)) == set()


@pytest.mark.sqlite
def test_a_rebuild_in_place_keeps_the_old_database_beside(home: Path, clock: SettableClock) -> None:
    a_life(home, clock)
    before = dumped(home)
    with Archive(home, readonly=True) as archive, archive.engine.begin() as connection:
        connection.execute(t.counter_reading.delete())
        connection.execute(t.version.update().values(stealth=False))
    assert dumped(home) != before
    rebuild_in_place(home, clock)
    assert dumped(home) == before
    assert len(list(home.glob("archive.sqlite.before-*"))) == 1
    assert not list(home.glob("*rebuilding*"))


@pytest.mark.sqlite
def test_a_rebuild_is_refused_where_it_would_meet_another(home: Path, tmp_path: Path, clock: SettableClock) -> None:
    with Archive(home, clock=clock) as archive:
        Paper(archive, clock).prints()
        with pytest.raises(ArchiveError, match="a visit writes it now; rebuild when it has ended"):
            rebuild_into(home, tmp_path / "into", clock)
    with pytest.raises(ArchiveError, match="not empty; a rebuild needs a folder of its own"):
        rebuild_into(home, tmp_path / "into", clock)


@pytest.mark.sqlite
def test_the_file_of_a_dead_process_is_followed_and_later_sealed(
    home: Path, tmp_path: Path, clock: SettableClock
) -> None:
    a_life(home, clock)
    last = max((home / "warc").iterdir())
    last.rename(last.with_name(last.name + ".open"))
    with last.with_name(last.name + ".open").open("ab") as file:
        file.write(b"\x1f\x8b torn")
    done = rebuild_into(home, tmp_path / "into", clock)
    assert done.problems == ()
    with Archive(tmp_path / "into", clock=clock) as archive:
        assert [(file.indexed, file.torn_bytes) for file in archive.recovered] == [(0, 7)]
        assert audit.verify(archive).faults == []
    assert dumped(tmp_path / "into") == dumped(home)


@pytest.mark.sqlite
def test_a_file_that_is_lost_costs_what_was_in_it_and_says_so(home: Path, tmp_path: Path, clock: SettableClock) -> None:
    a_life(home, clock)
    min((home / "warc").iterdir()).unlink()
    done = rebuild_into(home, tmp_path / "into", clock)
    assert any("what it repeats is in no WARC file that is here" in problem for problem in done.problems)
    with Archive(tmp_path / "into", readonly=True) as archive:
        assert len(rows(archive, t.capture)) == 5
    assert max((home / "warc").iterdir()).exists()


TITLES = ("One dead", "Two dead", "Three dead")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("print", "304", "404", "410", "end", "reopen")),
        st.integers(0, 2),  # which story
        st.integers(0, 2),  # which headline
        st.integers(-50, 50),  # hours from now: an import may be late
    ),
    min_size=3,
    max_size=25,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, seed=st.integers(0, 1000))
def test_whatever_was_told_a_rebuild_gives_an_equal_dump(
    acts: list[tuple[str, int, int, int]], seed: int, tmp_path_factory: pytest.TempPathFactory, kind: Sqlite | Postgres
) -> None:
    folder = tmp_path_factory.mktemp("told")
    home = folder / "home"
    home.mkdir()
    kind.fill(home)
    clock, lot = SettableClock(), random.Random(seed)
    archive = Archive(home, clock=clock)
    paper = Paper(archive, clock)
    for act, story, title, hours in acts:
        at = clock.advance(HOUR) + hours * HOUR
        url = f"https://lakeside.example/{story}/"
        if act == "print":
            read: Reading = reading(
                TITLES[title], canonical=url, views=lot.randrange(3), body=BODY[: 1 + lot.randrange(3)]
            )
            paper.prints(read, url=url, at=at)
        elif act == "end":
            paper.end(believe=lot.random() < 0.8)
        elif act == "reopen":
            archive.close()
            archive = Archive(home, clock=clock)
            paper = Paper(archive, clock)
        else:
            paper.answers(int(act), url=url, at=at)
    archive.close()
    (folder / "into").mkdir()
    rebuild_database(home, database.default_url(folder / "into"), clock)
    assert set(dumped(folder / "into")) ^ set(dumped(home)) == set()
    kind.forget(folder)

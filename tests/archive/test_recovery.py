"""What a dead process left is found whole, indexed and sealed, wherever it was killed."""

from __future__ import annotations

from shutil import copytree, rmtree
from typing import TYPE_CHECKING

import pytest

from archive import Archive, audit, corpus
from archive import tables as t
from archive.scan import members
from tests.archive.make import DAY, STORY, Paper, SettableClock, rows

if TYPE_CHECKING:
    from pathlib import Path


def a_visit(archive: Archive, clock: SettableClock) -> None:
    """Tell of a visit that has a page, a changed page, a 304, a 404, a refusal and an end."""
    paper = Paper(archive, clock)
    paper.prints(views=3)
    paper.prints(title="Two drowned", at=clock.advance(DAY), views=4)
    paper.answers(304, at=clock.advance(DAY))
    paper.answers(404, url="https://lakeside.example/lost/")
    paper.answers(None, url="https://lakeside.example/refused/")
    paper.end()


@pytest.fixture
def killed(home: Path, tmp_path: Path, clock: SettableClock) -> Path:
    """An archive whose process died before the database followed any record of its file."""
    copytree(home, tmp_path / "before")
    with Archive(home, clock=clock) as archive:
        a_visit(archive, clock)
        [left] = archive.warc_folder.iterdir()
        data = left.read_bytes()
    before = tmp_path / "before"
    (before / "warc").mkdir()
    (before / "warc" / left.name).write_bytes(data)
    return before


def test_records_that_nothing_points_at_are_indexed_as_they_would_have_been(killed: Path, home: Path) -> None:
    with Archive(killed) as found, Archive(home, readonly=True) as whole:
        assert [file.indexed for file in found.recovered] == [9]
        assert found.recovered[0].problems == ()
        one, other = corpus.history(found, STORY), corpus.history(whole, STORY)
        assert one == other
        assert [version["change"] for version in one.versions] == ["new", "revised"]
        assert len(rows(found, t.capture)) == 5
        assert audit.verify(found).faults == []


def test_recovery_can_be_killed_and_done_again(killed: Path) -> None:
    with Archive(killed) as first:
        [path] = first.warc_folder.iterdir()
        before = corpus.history(first, STORY)
    # As if it had died after indexing, before the rename.
    path.rename(path.with_name(path.name + ".open"))
    with Archive(killed) as again:
        assert [file.indexed for file in again.recovered] == [0]
        assert corpus.history(again, STORY) == before
        assert audit.verify(again).faults == []
    with Archive(killed) as quiet:
        assert quiet.recovered == []


def test_wherever_a_file_breaks_off_the_whole_records_count_and_the_rest_is_set_aside(
    killed: Path, tmp_path: Path
) -> None:
    [left] = (killed / "warc").iterdir()
    data = left.read_bytes()
    with left.open("rb") as file:
        ends = [0, *(offset + length for offset, length, _ in members(file))]
    for cut in sorted({*ends, *(end + 1 for end in ends[:-1]), *(end - 1 for end in ends[1:])}):
        home = tmp_path / "cut"
        copytree(killed, home)
        (home / "warc" / left.name).write_bytes(data[:cut])
        last = max(end for end in ends if end <= cut)
        with Archive(home) as archive:
            [file] = archive.recovered
            assert (file.records, file.torn_bytes, file.problems) == (ends.index(last), cut - last, ())
            sealed = archive.warc_folder / left.name.removesuffix(".open")
            assert sealed.read_bytes() == data[:last]
            torn = sealed.with_name(sealed.name + ".torn")
            assert (torn.read_bytes() if torn.exists() else b"") == data[last:cut]
            assert audit.verify(archive).faults == []
        rmtree(home)


def test_a_record_that_cannot_be_indexed_is_told_and_loses_nothing_else(killed: Path) -> None:
    [left] = (killed / "warc").iterdir()
    with left.open("rb") as file:
        places = [(offset, length) for offset, length, _ in members(file)]
    data = left.read_bytes()
    without_warcinfo = data[places[1][0] :]  # nobody can say whose these are
    left.write_bytes(without_warcinfo)
    with Archive(killed) as archive:
        [file] = archive.recovered
        assert file.indexed == 0
        assert "its visit is told in no WARC file that is here" in file.problems[0]
        event = rows(archive, t.event)[-1]
        assert (event.type, event.outcome) == ("recover", "problems")
        assert any("does not know this capture" in fault.what for fault in audit.verify(archive).faults)


def test_a_capture_whose_transaction_failed_is_left_to_recovery(
    home: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints()
        with monkeypatch.context() as patched:
            patched.setattr("archive.ingest.add_capture", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                paper.answers(404, url="https://lakeside.example/lost/")
        assert len(list(archive.warc_folder.glob("*.open"))) == 1
        paper.prints(title="Two drowned", at=clock.advance(DAY))
        verdict = audit.verify(archive)
        assert (verdict.unfollowed, verdict.faults) == (1, [])
    with Archive(home) as again:
        assert [file.indexed for file in again.recovered] == [1]
        assert audit.verify(again).faults == []
        assert len(rows(again, t.capture)) == 3

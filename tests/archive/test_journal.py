"""The open WARC file of a process: what happens when the disk or the process fails at the worst moment."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from archive import Archive, Outcome, StoreError, audit
from archive import tables as t
from archive.desk import WIDTH
from archive.store import ToSave
from archive.warc import OPEN_SUFFIX
from tests.archive.make import DAY, START, STORY, Paper, SettableClock, reading, rows

if TYPE_CHECKING:
    from pathlib import Path


def test_after_a_failed_sync_the_file_is_left_to_recovery_and_a_new_one_begun(
    paper: Paper, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.prints()

    def refuse(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", refuse)  # no disk here fails for real
        with pytest.raises(StoreError, match="cannot sync: Input/output error"):
            paper.prints(url="https://lakeside.example/2/", title="Second")
    assert paper.prints(url="https://lakeside.example/3/", title="Third") == Outcome.NEW
    files = sorted(archive.warc_folder.glob("*" + OPEN_SUFFIX))
    assert len(files) == 2
    archive.close()
    assert len(list(archive.warc_folder.glob("*" + OPEN_SUFFIX))) == 1  # not sealed: nobody knows what of it is there


def test_a_failed_sync_within_a_group_counts_though_a_later_one_succeeds(
    paper: Paper, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.prints()
    sync, synced = os.fdatasync, []

    def fail_once(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 1:
            raise OSError(errno.EIO, "Input/output error")
        sync(handle)

    addresses = [f"https://lakeside.example/{number}/" for number in range(2 * WIDTH)]
    told = [
        ToSave(paper.capture(url), reading(title=url, body=[f"Story of {url}"], canonical=url)) for url in addresses
    ]
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", fail_once)
        with pytest.raises(StoreError, match="cannot sync: Input/output error"):
            archive.save_all(told)
    assert len(synced) > 1
    assert not archive.known("lakeside", addresses)


def test_the_file_of_a_failed_sync_is_sealed_when_the_archive_is_opened_again(
    tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive(tmp_path / "a", clock=clock) as first:
        paper = Paper(first, clock)
        paper.prints()
        with monkeypatch.context() as patched:
            patched.setattr(os, "fdatasync", lambda handle: os.fstat(-1))
            with pytest.raises(StoreError):
                paper.prints(url="https://lakeside.example/2/", title="Second")
    with Archive(tmp_path / "a", clock=clock) as again:
        assert not list(again.warc_folder.glob("*" + OPEN_SUFFIX))
        assert audit.verify(again).faults == []
        assert {row.state for row in rows(again, t.warc_file)} == {"sealed"}


def test_a_file_that_was_renamed_but_not_noted_as_sealed_is_noted_at_the_next_start(
    tmp_path: Path, clock: SettableClock
) -> None:
    with Archive(tmp_path / "a", clock=clock) as first:
        Paper(first, clock).prints()
    with Archive(tmp_path / "a", clock=clock) as between, between.engine.begin() as connection:
        connection.execute(
            t.warc_file.update().values(state="open", sha256=None, sealed_at=None, records=0, synced_bytes=0)
        )
    with Archive(tmp_path / "a", clock=clock) as again:
        (file,) = rows(again, t.warc_file)
        assert (file.state, file.records, file.sealed_at) == ("sealed", 3, clock())
        assert audit.verify(again).faults == []


def test_a_304_that_brings_a_gone_article_back_says_so(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    paper.prints()
    paper.end()
    paper.visited(410, at=START + DAY)
    clock.advance(DAY)
    assert paper.answers(304) == Outcome.RESTORED
    assert paper.answers(304, at=clock.advance(DAY)) == Outcome.UNCHANGED
    assert paper.changes(STORY) == ["new", "gone", "restored"]

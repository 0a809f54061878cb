"""An archive on a disk that cannot be written is read as it lies there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archive import Archive, ArchiveError, audit, corpus
from archive import tables as t
from archive.database import DATABASE_NAME
from archive.selection import Selection
from tests.archive.make import STORY, Paper, SettableClock

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite


@pytest.fixture
def deposited(home: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive in a folder that says it cannot be written; root could write it all the same."""
    with Archive(home, clock=clock) as archive:
        Paper(archive, clock).prints()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    return home


def test_it_is_searched_and_verified_and_nothing_is_written(deposited: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in deposited.rglob("*")}
    with Archive(deposited, readonly=True) as archive:
        assert [hit["url"] for hit in corpus.search(archive, Selection(query="river"), 9)] == [STORY]
        assert audit.verify(archive).faults == []
        archive.note("verify", "archive", None, {})  # where it can only be read, nothing is noted
        with archive.engine.connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).where(t.event.c.type == "verify")) == 0
    assert {path: path.stat().st_mtime_ns for path in deposited.rglob("*")} == before


def test_a_log_that_was_not_folded_in_is_told(deposited: Path) -> None:
    (deposited / f"{DATABASE_NAME}-wal").write_bytes(b"not empty")
    with pytest.raises(ArchiveError, match="was not folded into the database; copy the archive"):
        Archive(deposited, readonly=True)

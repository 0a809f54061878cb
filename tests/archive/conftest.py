"""An archive in a temporary folder, a clock that can be set, and a paper to crawl."""

from __future__ import annotations

from shutil import copyfile
from typing import TYPE_CHECKING

import pytest

from archive import Archive
from archive.database import DATABASE_NAME
from tests.archive.make import Paper, SettableClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the schema once: the migrations take longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    Archive(folder).close()
    return folder / DATABASE_NAME


@pytest.fixture
def home(tmp_path: Path, empty_database: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    copyfile(empty_database, folder / DATABASE_NAME)
    return folder


@pytest.fixture
def archive(home: Path, clock: SettableClock) -> Iterator[Archive]:
    with Archive(home, clock=clock) as opened:
        yield opened


@pytest.fixture
def paper(archive: Archive, clock: SettableClock) -> Paper:
    return Paper(archive, clock)

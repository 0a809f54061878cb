"""An archive in a temporary folder, a clock that can be set, and a paper to crawl: on SQLite and on PostgreSQL.

A test that has a folder runs on both, but those marked ``sqlite``: they are about its file, or need no database.
``HEMEROTECA_TEST_POSTGRES`` is the SQLAlchemy URL of a PostgreSQL server where databases may be made and dropped.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archive import Archive, database
from archive.database import DATABASE_NAME
from tests.archive.make import Paper, SettableClock

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = os.environ.get("HEMEROTECA_TEST_POSTGRES", "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take away what has nothing to do with PostgreSQL, so that it is not counted as skipped."""
    useless = [item for item in items if "postgresql" in item.keywords and item.get_closest_marker("sqlite")]
    items[:] = [item for item in items if item not in useless]
    config.hook.pytest_deselected(items=useless)


class Sqlite:
    """The file in the archive's folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.empty = folder / DATABASE_NAME

    def fill(self, home: Path) -> None:
        copyfile(self.empty, home / DATABASE_NAME)

    def forget(self, folder: Path) -> None:
        """Do nothing: the folder is temporary."""

    def close(self) -> None:
        """Do nothing, for the same reason."""


class Postgres:
    """A database of the test server for every home, made when it is first asked for."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        self.server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
        self.names: dict[Path, str] = {}
        self.empty = self._make(folder, "template0")

    def url(self, home: Path) -> str:
        if home not in self.names:
            self._make(home, "template0")
        return self.server.url.set(database=self.names[home]).render_as_string(hide_password=False)

    def fill(self, home: Path) -> None:
        self._make(home, self.empty)

    def forget(self, folder: Path) -> None:
        with self.server.connect() as connection:
            for home in [home for home in self.names if home.is_relative_to(folder)]:
                connection.exec_driver_sql(f"DROP DATABASE {self.names.pop(home)} WITH (FORCE)")

    def close(self) -> None:
        self.forget(Path("/"))
        self.server.dispose()

    def _make(self, home: Path, template: str) -> str:
        name = f"hemeroteca_{os.getpid()}_{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
        self.names[home] = name
        with self.server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="package", params=KINDS)
def kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqlite | Postgres]:
    """One kind of database for every archive that is opened without naming one."""
    with unnamed(request.param, tmp_path_factory.mktemp("empty")) as made:
        yield made


@contextmanager
def unnamed(kind: str, folder: Path) -> Iterator[Sqlite | Postgres]:
    """Let every archive that is opened without naming a database have one of this kind, until the block ends."""
    if kind == "postgresql" and not SERVER:
        pytest.skip("HEMEROTECA_TEST_POSTGRES names no PostgreSQL server")
    made = Postgres(folder) if kind == "postgresql" else Sqlite(folder)
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(made, Postgres):
            patch.setattr(database, "default_url", made.url)
        Archive(folder).close()  # once: the migrations take longer than most tests
        yield made
    made.close()


@pytest.fixture
def tmp_path(tmp_path: Path, kind: Sqlite | Postgres) -> Iterator[Path]:
    """A temporary folder; archives in it are on this kind of database."""
    yield tmp_path
    kind.forget(tmp_path)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def home(tmp_path: Path, kind: Sqlite | Postgres) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    kind.fill(folder)
    return folder


@pytest.fixture
def archive(home: Path, clock: SettableClock) -> Iterator[Archive]:
    with Archive(home, clock=clock) as opened:
        yield opened


@pytest.fixture
def paper(archive: Archive, clock: SettableClock) -> Paper:
    return Paper(archive, clock)

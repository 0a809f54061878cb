"""The schema: what the migrations make is what the code believes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from archive import Archive, ArchiveError, Kind, StoreError
from archive import tables as t
from archive.database import DATABASE_NAME, newest_revision, open_engine, transaction
from tests.archive.make import DAY, START, Paper

if TYPE_CHECKING:
    from pathlib import Path


def not_the_index(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    return not (kind == "table" and str(name).startswith("search_text"))


def test_the_migrations_make_the_schema_of_the_code(archive: Archive) -> None:
    with archive.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": not_the_index, "compare_type": True})
        assert compare_metadata(context, t.metadata) == []


def test_the_migrations_make_every_index_with_its_condition(archive: Archive) -> None:
    made = sa.create_engine("sqlite://")
    t.metadata.create_all(made)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    with made.connect() as one, archive.engine.connect() as other:
        wanted, held = one.exec_driver_sql(query).all(), other.exec_driver_sql(query).all()
    made.dispose()
    assert held == wanted
    assert len(held) > 15


def set_revision(home: Path, revision: str) -> None:
    with Archive(home) as archive, archive.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :new"), {"new": revision})


@pytest.mark.parametrize("readonly", [True, False])
def test_a_schema_of_another_version_is_refused(home: Path, readonly: bool) -> None:
    set_revision(home, "9999")
    message = f"the archive's schema is 9999, this program needs {newest_revision()}"
    with pytest.raises(ArchiveError, match=message):
        Archive(home, readonly=readonly)


@pytest.mark.parametrize("readonly", [True, False])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, readonly: bool) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(b"this is no database, but a long enough text to be looked at" * 20)
    with pytest.raises(ArchiveError, match="cannot open the database: file is not a database"):
        Archive(tmp_path, readonly=readonly)


@pytest.mark.parametrize("url", ["nonsense", "nosuch://here/", "mysql+nosuch://here/", "sqlite+nosuch:///x"])
def test_a_database_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(ArchiveError, match="HEMEROTECA_DATABASE: cannot use"):
        open_engine(url)


def test_another_kind_of_database_is_not_supported_yet(home: Path) -> None:
    with pytest.raises(ArchiveError, match="HEMEROTECA_DATABASE: "):
        Archive(home, database="postgresql://localhost/hemeroteca")


def test_a_database_may_be_elsewhere(tmp_path: Path) -> None:
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.sqlite"
    with Archive(tmp_path / "home", database=elsewhere) as archive:
        assert not (archive.home / DATABASE_NAME).exists()
    with Archive(tmp_path / "home", database=elsewhere, readonly=True):
        assert (tmp_path / "elsewhere.sqlite").exists()


# ------------------------------------------------------------------ invariants live in the database


def refused(archive: Archive, statement: Any) -> str:
    with pytest.raises(StoreError) as caught, transaction(archive.engine) as connection:
        connection.execute(statement)
    return str(caught.value)


def test_the_database_refuses_what_may_never_be(paper: Paper, archive: Archive) -> None:
    paper.prints()
    paper.prints(title="Two", at=START + DAY)
    version, article_url, capture = t.version.c, t.article_url, t.capture.c
    reopened = t.version.update().where(version.number == 1).values(valid_to=t.FOREVER)
    assert "UNIQUE constraint failed: version.article_id" in refused(archive, reopened)
    backwards = t.version.update().where(version.number == 1).values(valid_to=START)
    assert "CHECK constraint failed" in refused(archive, backwards)
    second_owner = article_url.insert().values(
        url_id=1, valid_from=START + DAY, valid_to=t.FOREVER, article_id=1, role="page"
    )
    assert "UNIQUE constraint failed: article_url.url_id" in refused(archive, second_owner)
    same_place = t.capture.update().where(capture.id == 2).values(
        warc_offset=sa.select(capture.warc_offset).where(capture.id == 1).scalar_subquery()
    )  # fmt: skip
    assert "UNIQUE constraint failed: capture.warc_file_id" in refused(archive, same_place)
    orphan = t.version.update().where(version.number == 1).values(first_capture_id=99)
    assert "FOREIGN KEY constraint failed" in refused(archive, orphan)


# ------------------------------------------------------------------ types


@pytest.mark.parametrize("at", [START, t.FOREVER, START.replace(year=1898), START.replace(microsecond=1)])
def test_times_are_microseconds_and_come_back_whole(at: Any) -> None:
    assert t.from_micros(t.to_micros(at)) == at
    assert (t.to_micros(at) == t.FOREVER_MICROS) == (at == t.FOREVER)


def test_codes_are_fixed_once_and_for_all() -> None:
    assert t.KIND.codes == tuple(Kind) == ("response", "revisit", "error")
    assert t.STATE.codes == ("live", "gone", "restored", "missing")
    assert t.REASON.codes == ("observed", "late_capture", "reread")
    assert t.CHANGE.codes == ("new", "revised", "gone", "restored")
    assert t.METRIC.codes == ("views", "comments", "shares")
    for code in (t.KIND, t.STATE, t.REASON, t.CHANGE, t.METRIC):
        assert sorted(code.codes) == sorted(code.members)


def test_many_processes_may_make_the_same_archive_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from archive import Archive; Archive(Path(sys.argv[1])).close()"
    home = tmp_path / "new"
    running = [subprocess.Popen([sys.executable, "-c", code, home], stderr=subprocess.PIPE) for _ in range(6)]
    told = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0] * 6, told

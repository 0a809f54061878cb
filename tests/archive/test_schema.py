"""The schema: what the migrations make is what the code believes; an older archive is read, and migrated on demand."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event
from typer.testing import CliRunner

from archive import Archive, ArchiveError, NoArchiveError, StoreError, corpus, database, signature
from archive import tables as t
from archive.cli import app
from archive.database import open_engine, writing
from archive.dump import dump
from archive.schema import current_revision, migrate, newest_revision, upgrade
from archive.search import put_texts
from archive.selection import Selection
from archive.texts import bodies, body
from tests.archive.make import BODY, DAY, START, STORY, Paper, SettableClock, rows

if TYPE_CHECKING:
    from tests.archive.conftest import Postgres, Sqlite


def not_the_index(_object: object, name: str | None, kind: str, *_: object) -> bool:
    return not (kind == "table" and str(name).startswith(("search_text", "search_past")))


def test_the_migrations_make_the_schema_of_the_code(archive: Archive) -> None:
    with archive.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": not_the_index, "compare_type": True})
        assert compare_metadata(context, t.metadata) == []


@pytest.mark.sqlite
def test_the_migrations_make_every_index_with_its_condition(archive: Archive) -> None:
    made = sa.create_engine("sqlite://")
    t.metadata.create_all(made)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    with made.connect() as one, archive.engine.connect() as other:
        wanted, held = one.exec_driver_sql(query).all(), other.exec_driver_sql(query).all()
    made.dispose()
    assert held == wanted
    assert len(held) > 15


# ------------------------------------------------------------------ an archive of another version


@pytest.mark.parametrize("readonly", [True, False])
def test_a_schema_of_a_later_version_is_refused(home: Path, readonly: bool) -> None:
    with Archive(home) as archive, archive.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    message = f"the archive's schema is 9999, this program needs {newest_revision()}; use the version of hemeroteca"
    with pytest.raises(ArchiveError, match=message):
        Archive(home, readonly=readonly)


TOLD: dict[str, Any] = {
    "images": ("https://lakeside.example/bridge.jpg",),
    "sources": {"title": "h1", "byline": "meta"},
}


@pytest.fixture
def old(home: Path, kind: Sqlite | Postgres, tmp_path: Path, clock: SettableClock) -> Path:
    """The home of an archive of the first schema, with the rows that a visit made and the first schema has."""
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints(**TOLD)
        paper.prints(**TOLD, title="Two", at=clock.advance(DAY), views=7)
        paper.prints(title="Two", at=clock.advance(DAY), views=8)
        archive.saw(paper.begin(), "feed", "https://lakeside.example/feed/")
        paper.end()
    old = tmp_path / "old"
    old.mkdir()
    make(old, "0001")
    copy_rows(home, old)
    return old


def make(home: Path, revision: str) -> None:
    engine = open_engine(database.default_url(home))
    with writing(engine).begin() as connection:
        upgrade(connection, revision)
    engine.dispose()


def copy_rows(source: Path, target: Path) -> None:
    """Copy what both schemas have, row by row."""
    new, old = open_engine(database.default_url(source)), open_engine(database.default_url(target))
    schema = sa.MetaData()
    schema.reflect(old)
    with new.connect() as one, writing(old).begin() as other:
        for table in schema.sorted_tables:
            # The first schema's bands held nothing; signatures are kept as sketches now.
            if table.name.startswith(("search_text", "search_past", "alembic", "lsh_band", "content_sig")):
                continue
            # As addresses were sorted once, and what each reading held for itself.
            held = [column for column in table.columns if column.name not in ("urlkey", *_ONCE)]
            more = {"urlkey": ""} if "urlkey" in table.columns else {}
            for row in one.execute(sa.select(*held)):
                values = {**row._mapping, **more}
                if table.name == "content":  # all texts were plain once
                    values |= {"codec": t.PLAIN, "base_content_id": None, "body": (body(one, row.id) or "").encode()}
                values |= {name: shared(one, name, row.id) for name in _ONCE if name in table.columns}
                other.execute(table.insert().values(values))
            if old.dialect.name == "postgresql" and (key := table.primary_key.columns.values()[0]).identity:
                # Rows that came with their ids leave the counter of ids behind.
                sequence = sa.func.pg_get_serial_sequence(table.name, key.name)
                other.execute(sa.select(sa.func.setval(sequence, sa.func.max(key))))
        content = t.content.c
        for row in other.execute(sa.select(t.search_row.c.id, content.title, content.body).join(t.content)).all():
            put_texts(other, [(row.id, {"title": row.title, "standfirst": "", "names": "", "body": row.body.decode()})])
    new.dispose()
    old.dispose()


def assert_tells_pictures_and_sources(archive: Archive) -> None:
    told = [corpus.article(archive, STORY, at=START + DAY * days) for days in (0.5, 1.5)]
    assert [(one["images"], one["sources"]) for one in told] == [(list(TOLD["images"]), TOLD["sources"])] * 2


def shared(connection: sa.Connection, column: str, number: int) -> object:
    """Return what a row shares with others now, as it held it for itself once."""
    row, table, empty = _ONCE[column]
    found = connection.scalar(sa.select(table.columns.values()[-1]).join(row).where(row.c.id == number))
    return empty if found is None else found


_ONCE: dict[str, tuple[sa.Table, sa.Table, Any]] = {
    "images": (t.reading, t.picture_list, []), "sources": (t.reading, t.source_set, {}),
    "content_type": (t.capture, t.media_type, None),
}  # fmt: skip


def test_an_older_archive_is_read_and_says_that_it_is_old(old: Path) -> None:
    with Archive(old, readonly=True) as archive:
        assert f"schema is 0001, this program needs {newest_revision()}; it is read-only until" in str(archive.notice)
        assert [version["title"] for version in corpus.history(archive, STORY).versions] == [
            "Flood closes the old bridge", "Two",
        ]  # fmt: skip
        assert corpus.article(archive, STORY, counters=True)["views"] == 8
        assert_tells_pictures_and_sources(archive)
        assert [hit["title"] for hit in corpus.search(archive, Selection(query="bridge"), 5)] == ["Two"]
        assert corpus.stats(archive)["articles"] == 1
        assert [signal.url for signal in archive.signals("lakeside")] == ["https://lakeside.example/feed/"]
        for table in t.metadata.tables.values():
            rows(archive, table)


def test_an_older_archive_is_not_written_to(old: Path) -> None:
    message = f"the archive's schema is 0001, this program needs {newest_revision()}; it is read-only until `hemeroteca"
    with pytest.raises(ArchiveError, match=message):
        Archive(old)


def test_a_migration_keeps_every_row_and_lets_visits_go_on(old: Path, clock: SettableClock) -> None:
    with Archive(old, readonly=True) as archive:
        before = {name: len(rows(archive, table)) for name, table in t.metadata.tables.items()}
    said = CliRunner().invoke(app, ["migrate", "--home", str(old)])
    assert (said.exit_code, said.stderr) == (0, "")
    assert f"migrated from 0001 to {newest_revision()}" in said.stdout
    with Archive(old, clock=clock) as archive:
        assert archive.notice is None
        after = {name: len(rows(archive, table)) for name, table in t.metadata.tables.items()}
        shared = {"media_type": 1, "picture_list": 1, "source_set": 1}  # before it, each row had its own
        assert after == {**before, **shared, "event": before["event"] + 1}
        assert_tells_pictures_and_sources(archive)
        [event] = [row for row in rows(archive, t.event) if row.type == "migrate"]
        assert (event.outcome, event.detail["from"], event.detail["to"]) == ("ok", "0001", newest_revision())
        paper = Paper(archive, clock)
        paper.prints(title="Three", at=clock.advance(DAY))
        assert [version["title"] for version in paper.versions()][1:] == ["Two", "Three"]


def test_a_migration_fills_the_search_indexes_anew(old: Path) -> None:
    questions = [Selection(query="bridge"), Selection(query="bridge", at=START), Selection(query="flood", removed=True)]
    with Archive(old, readonly=True) as archive:
        before = [[hit["title"] for hit in corpus.search(archive, asked, 5)] for asked in questions]
    assert CliRunner().invoke(app, ["migrate", "--home", str(old)]).exit_code == 0
    with Archive(old, readonly=True) as archive:
        after = [[hit["title"] for hit in corpus.search(archive, asked, 5)] for asked in questions]
        assert [row.superseded for row in rows(archive, t.search_row)] == [True, False]
    assert before == after == [["Two"], ["Flood closes the old bridge"], ["Flood closes the old bridge"]]


def test_a_migration_leaves_readings_as_they_would_be_taken_in_now(home: Path, old: Path) -> None:
    assert CliRunner().invoke(app, ["migrate", "--home", str(old)]).exit_code == 0
    dumps, told = [], ("capture", "reading", "content")
    for folder in (home, old):
        with Archive(folder, readonly=True) as archive, archive.engine.connect() as connection:
            dumps.append([line for line in dump(connection) if json.loads(line)["table"] in told])
    assert dumps[0] == dumps[1]
    assert "text/html" in "".join(dumps[1])
    assert "bridge.jpg" in "".join(dumps[1])


def test_a_migration_keeps_of_signatures_what_tells_a_copy(home: Path, kind: Sqlite | Postgres, tmp_path: Path,
                                                          clock: SettableClock) -> None:  # fmt: skip
    with Archive(home, clock=clock) as archive:
        for number in range(3):
            Paper(archive, clock).prints(body=[*BODY, f"Version {number}."], at=clock.advance(DAY))
        wanted = rows(archive, t.content_sketch), rows(archive, t.lsh_band)
        with archive.engine.connect() as connection:
            texts = bodies(connection, [row.content_id for row in wanted[0]])
    older = tmp_path / "older"
    older.mkdir()
    make(older, "0011")
    copy_rows(home, older)
    engine = open_engine(database.default_url(older))
    held = sa.table("content_sig", sa.column("content_id"), sa.column("signature", sa.LargeBinary))
    with writing(engine).begin() as connection:
        for number, text in texts.items():
            connection.execute(held.insert().values(content_id=number, signature=signature([text or ""])))
    engine.dispose()
    assert CliRunner().invoke(app, ["migrate", "--home", str(older)]).exit_code == 0
    with Archive(older, readonly=True) as archive:
        assert (rows(archive, t.content_sketch), rows(archive, t.lsh_band)) == wanted


@pytest.mark.sqlite
def test_a_migration_makes_a_copy_of_the_database_first(old: Path) -> None:
    said = CliRunner().invoke(app, ["migrate", "--home", str(old), "--json"])
    told = json.loads(said.stdout)
    backup = Path(told["backup"])
    assert backup.parent == old
    with sqlite3.connect(backup) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert copy.execute("SELECT count(*) FROM version").fetchone() == (2,)
    copy.close()


@pytest.mark.sqlite
def test_a_migration_leaves_no_empty_pages(home: Path, tmp_path: Path, clock: SettableClock) -> None:
    with Archive(home, clock=clock) as archive:
        pictures = tuple(f"https://lakeside.example/{number}.jpg" for number in range(200))
        for number in range(5):
            Paper(archive, clock).prints(body=[*BODY, f"Version {number}."], at=clock.advance(DAY), images=pictures)
    older = tmp_path / "older"
    older.mkdir()
    make(older, "0011")
    copy_rows(home, older)
    assert CliRunner().invoke(app, ["migrate", "--home", str(older)]).exit_code == 0
    with sqlite3.connect(older / "archive.sqlite") as database_file:
        assert database_file.execute("PRAGMA freelist_count").fetchone() == (0,)
    database_file.close()


@pytest.mark.sqlite
def test_nothing_is_migrated_when_the_copy_cannot_be_made(old: Path) -> None:
    nowhere = old / "not" / "there.sqlite"
    engine = open_engine(database.default_url(old))
    with pytest.raises(StoreError, match="cannot make the backup, so nothing was migrated"):
        migrate(engine, START, nowhere)
    assert current_revision(engine) == "0001"
    engine.dispose()


@pytest.mark.sqlite
def test_a_copy_that_finds_no_room_is_not_left_behind(old: Path) -> None:
    engine, limits = open_engine(database.default_url(old)), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
    try:
        with pytest.raises(StoreError, match="cannot make the backup, so nothing was migrated"):
            migrate(engine, START, old / "backup.sqlite")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        engine.dispose()
    assert not (old / "backup.sqlite").exists()
    assert_is_as_it_was(old)


def assert_is_as_it_was(old: Path) -> None:
    with Archive(old, readonly=True) as archive:
        assert "the archive's schema is 0001" in str(archive.notice)
        titles = [version["title"] for version in corpus.history(archive, STORY).versions]
    assert titles == ["Flood closes the old bridge", "Two"]


@pytest.mark.sqlite
def test_a_disk_that_fills_half_way_leaves_the_archive_as_it_was(old: Path) -> None:
    engine = open_engine(database.default_url(old))
    room = Path(old / "archive.sqlite").stat().st_size // 4096 + 8

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {room}")

    event.listen(engine, "connect", limit)
    backup = old / "backup.sqlite"
    message = (
        f"disk is full; nothing was migrated, the archive is as it was; {backup} is a copy of it that is not needed"
    )
    with pytest.raises(StoreError, match=message):
        migrate(engine, START, backup)
    engine.dispose()
    assert_is_as_it_was(old)
    backup.unlink()
    assert CliRunner().invoke(app, ["migrate", "--home", str(old)]).exit_code == 0


@pytest.mark.parametrize("step", ["migrating to 0008", "migrating to 0016", "filling the indexes of words"])
def test_a_migration_that_is_killed_can_be_begun_again(old: Path, step: str) -> None:
    address = database.default_url(old)
    killed = multiprocessing.get_context("spawn").Process(target=migrate_until, args=(address, old / "killed", step))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert_is_as_it_was(old)
    assert CliRunner().invoke(app, ["migrate", "--home", str(old)]).exit_code == 0
    with Archive(old, readonly=True) as archive:
        assert archive.notice is None
        assert [hit["title"] for hit in corpus.search(archive, Selection(query="bridge"), 5)] == ["Two"]
        assert [row.type for row in rows(archive, t.event)].count("migrate") == 1


def migrate_until(address: str, backup: Path, step: str) -> None:
    """Migrate a database until a step is told, and be killed then."""
    engine = open_engine(address)

    def told(what: str, _done: int, _total: int) -> None:
        if what == step:
            os.kill(os.getpid(), signal.SIGKILL)

    migrate(engine, START, backup, told)


def test_a_migration_says_how_far_it_is(old: Path) -> None:
    engine, said = open_engine(database.default_url(old)), []
    migrate(engine, START, old / "backup.sqlite", lambda *told: said.append(told))
    engine.dispose()
    steps = [told for told in said if told[0].startswith("migrating")]
    assert [done for _, done, _ in steps] == list(range(len(steps)))
    assert {total for _, _, total in steps} == {len(steps)}
    assert steps[0][0] == "migrating to 0002"
    assert steps[-1][0] == f"migrating to {newest_revision()}"
    assert ("filling the indexes of words", 2, 2) in said


def test_an_archive_that_is_up_to_date_needs_no_migration(home: Path) -> None:
    before = sorted(home.iterdir())
    said = CliRunner().invoke(app, ["migrate", "--home", str(home)])
    assert (said.exit_code, said.stdout) == (0, f"the schema is up to date ({newest_revision()})\n")
    assert sorted(home.iterdir()) == before


def test_a_schema_of_a_later_version_is_not_migrated(home: Path) -> None:
    with Archive(home) as archive, archive.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    said = CliRunner().invoke(app, ["migrate", "--home", str(home)])
    assert said.exit_code == 1


def test_where_no_archive_is_none_is_made_by_looking(tmp_path: Path) -> None:
    for words in (["migrate"], ["stats"]):
        assert CliRunner().invoke(app, [*words, "--home", str(tmp_path / "none")]).exit_code == 1
    with pytest.raises(NoArchiveError, match="no archive here"):
        Archive(tmp_path / "none", readonly=True)
    assert not (tmp_path / "none").exists()


def test_a_migration_sorts_every_address_as_cdx_indexes_do(old: Path) -> None:
    assert CliRunner().invoke(app, ["migrate", "--home", str(old)]).exit_code == 0
    with Archive(old) as archive:
        forms = {row.url: row.surt for row in rows(archive, t.url)}
    assert forms[STORY] == "example,lakeside)/2026/11/flood"


@pytest.mark.sqlite
def test_whoever_serves_an_older_archive_is_told_to_migrate_it(old: Path) -> None:
    command = [sys.executable, "-c", "from archive.cli import main; main()", "serve", "--port", "0", "--home", str(old)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = list(takewhile(lambda line: not line.startswith("Hemeroteca is at"), process.stderr))
        process.terminate()
    assert len(told) == 1
    assert "the archive's schema is 0001" in told[0]

"""The database: SQLite or PostgreSQL, which refuse what may never be."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from warcio.archiveiterator import ArchiveIterator

from archive import Archive, ArchiveError, Kind, StoreError, database
from archive import tables as t
from archive.audit import verify
from archive.database import DATABASE_NAME, open_engine, transaction
from archive.journal import Journal
from archive.warc import visit_end_record
from tests.archive.make import DAY, START, STORY, Paper, SettableClock, rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.sqlite
@pytest.mark.parametrize("readonly", [True, False])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, readonly: bool) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(b"this is no database, but a long enough text to be looked at" * 20)
    with pytest.raises(ArchiveError, match="cannot open the database: file is not a database"):
        Archive(tmp_path, readonly=readonly)


@pytest.mark.parametrize("readonly", [True, False])
def test_a_server_that_does_not_answer_is_a_store_error(tmp_path: Path, readonly: bool) -> None:
    nobody = "postgresql+psycopg://user:secret@127.0.0.1:9/none"
    with pytest.raises(StoreError, match="cannot open the database: connection") as caught:
        Archive(tmp_path, database=nobody, readonly=readonly)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "nosuch://here/", "mysql+nosuch://here/", "sqlite+nosuch:///x"])
def test_a_database_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(ArchiveError, match="HEMEROTECA_DATABASE: cannot use"):
        open_engine(url)


def test_another_kind_of_database_is_refused_with_what_to_write() -> None:
    with pytest.raises(ArchiveError, match=r"cannot use mssql\+pyodbc: write postgresql\+psycopg://USER"):
        open_engine("mssql+pyodbc://localhost/hemeroteca")


@pytest.mark.sqlite
def test_a_database_may_be_elsewhere(tmp_path: Path) -> None:
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.sqlite"
    with Archive(tmp_path / "home", database=elsewhere) as archive:
        assert not (archive.home / DATABASE_NAME).exists()
    with Archive(tmp_path / "home", database=elsewhere, readonly=True):
        assert (tmp_path / "elsewhere.sqlite").exists()


# ------------------------------------------------------------------ invariants live in the database


def refused(archive: Archive, statement: Any, constraint: str, sqlite_says: str) -> bool:
    """Say whether the database refuses a statement for this constraint: PostgreSQL names it, SQLite its columns."""
    with pytest.raises(StoreError) as caught, transaction(archive.engine) as connection:
        connection.execute(statement)
    return (sqlite_says if archive.engine.dialect.name == "sqlite" else constraint) in str(caught.value)


def test_the_database_refuses_what_may_never_be(paper: Paper, archive: Archive) -> None:
    paper.prints()
    paper.prints(title="Two", at=START + DAY)
    version, article_url, capture = t.version.c, t.article_url, t.capture.c
    reopened = t.version.update().where(version.number == 1).values(valid_to=t.FOREVER)
    assert refused(archive, reopened, "version_one_open", "UNIQUE constraint failed: version.article_id")
    backwards = t.version.update().where(version.number == 1).values(valid_to=START)
    assert refused(archive, backwards, "version_valid", "CHECK constraint failed: version_valid")
    second_owner = article_url.insert().values(
        url_id=1, valid_from=START + DAY, valid_to=t.FOREVER, article_id=1, role="page"
    )
    assert refused(archive, second_owner, "article_url_one", "UNIQUE constraint failed: article_url.url_id")
    same_place = t.capture.update().where(capture.id == 2).values(
        warc_offset=sa.select(capture.warc_offset).where(capture.id == 1).scalar_subquery()
    )  # fmt: skip
    assert refused(archive, same_place, "capture_warc_file_id", "UNIQUE constraint failed: capture.warc_file_id")
    orphan = t.version.update().where(version.number == 1).values(first_capture_id=99)
    assert refused(archive, orphan, "version_first_capture_id_fkey", "FOREIGN KEY constraint failed")


# ------------------------------------------------------------------ types


@pytest.mark.parametrize("at", [START, t.FOREVER, START.replace(year=1898), START.replace(microsecond=1)])
def test_times_are_microseconds_and_come_back_whole(at: Any) -> None:
    assert t.from_micros(t.to_micros(at)) == at
    assert (t.to_micros(at) == t.FOREVER_MICROS) == (at == t.FOREVER)


def test_codes_are_fixed_once_and_for_all() -> None:
    assert t.KIND.codes == tuple(Kind) == ("response", "revisit", "error", "rendering")
    assert t.STATE.codes == ("live", "gone", "restored", "missing", "merged")
    assert t.REASON.codes == ("observed", "late_capture", "reread")
    assert t.CHANGE.codes == ("new", "revised", "gone", "restored", "merged")
    assert t.METRIC.codes == ("views", "comments", "shares")
    for code in (t.KIND, t.STATE, t.REASON, t.CHANGE, t.METRIC):
        assert sorted(code.codes) == sorted(code.members)


def test_many_processes_may_make_the_same_archive_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from archive import Archive; "
        "Archive(Path(sys.argv[1]), database=sys.argv[2]).close()"
    )
    home = tmp_path / "new"
    command = [sys.executable, "-c", code, home, database.default_url(home)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(6)]
    told = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0] * 6, told


# ------------------------------------------------------------------ several writers


def test_what_only_lost_a_race_is_taken_back_and_done_again(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints()
    journal = Journal(archive.warc_folder, archive.engine, clock)
    waiting = [STORY, "https://lakeside.example/other/"]

    def work() -> str:
        url = waiting.pop(0)
        record = visit_end_record("lakeside", UUID(int=1), {"about": url}, clock())
        journal.append(None, [record], clock())
        with journal.pointing() as connection:
            connection.execute(t.url.insert().values(url=url, surt=url))
        return url

    if archive.engine.dialect.name == "sqlite":  # which lets one writer in at a time, so that there are no races
        with pytest.raises(StoreError, match="UNIQUE constraint failed"):
            journal.together(work)
        return
    assert journal.together(work) == "https://lakeside.example/other/"
    journal.seal()
    sealed = next(row for row in rows(archive, t.warc_file) if row.state == "sealed")
    path = archive.warc_folder / sealed.name
    assert sealed.sha256 == hashlib.sha256(path.read_bytes()).digest()
    told = [json.loads(record.content_stream().read()) for record in ArchiveIterator(BytesIO(path.read_bytes()))
            if record.rec_type == "metadata"]  # fmt: skip
    assert told == [{"about": "https://lakeside.example/other/"}]


WRITER = """
import sys
from pathlib import Path
from archive import Archive
from tests.archive.make import DAY, MINUTE, BODY, Paper, SettableClock
home, database, name = sys.argv[1:]
clock = SettableClock()
with Archive(Path(home), database=database, clock=clock) as archive:
    paper = Paper(archive, clock, name)
    for day in range(5):
        for number in range(8):
            agency = [*BODY, f"Agency story {number}, day {day if number % 2 else 0}."]
            url = f"https://{name}.example/{number}/"
            paper.prints(url=url, body=agency, views=day, at=clock(), section=f"https://shared.example/{number}/")
        paper.answers(404, url="https://shared.example/", at=clock() + len(name) * MINUTE)
        clock.advance(DAY)
    paper.end()
"""


def test_four_processes_may_write_at_once(home: Path, archive: Archive) -> None:
    names = ("lakeside", "highlands", "coastal", "sever")
    commands = [[sys.executable, "-c", WRITER, home, database.default_url(home), name] for name in names]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE) for command in commands]
    told = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0] * 4, told
    assert len(rows(archive, t.article)) == 32
    for article in rows(archive, t.article):
        held = [row for row in rows(archive, t.version) if row.article_id == article.id and row.known_to == t.FOREVER]
        assert sum(row.valid_to == t.FOREVER for row in held) == 1
        assert sorted(row.number for row in held) == list(range(1, len(held) + 1))
    assert len(rows(archive, t.content)) == 4 + 4 * 5  # the four papers print the same words
    assert verify(archive).faults == []


GROUPS = """
import sys
from pathlib import Path
from archive import Archive
from archive.store import ToSave
from tests.archive.make import DAY, MINUTE, BODY, Paper, SettableClock, reading
home, database, name = sys.argv[1:]
clock = SettableClock()
with Archive(Path(home), database=database, clock=clock) as archive:
    paper = Paper(archive, clock, name)
    for day in range(6):
        numbers = range(12) if name < "i" else range(11, -1, -1)
        for some in (0, 6):
            group = []
            for number in list(numbers)[some : some + 6]:
                url = f"https://{name}.example/{number}/"
                at = clock() + number * MINUTE
                if day == 3:
                    group.append(ToSave(paper.capture(url, at, status=304)))
                    continue
                agency = [*BODY, f"Agency story {number}, day {day if number % 2 else 0}."]
                read = reading(body=agency, views=day, wp=str(number), canonical=url)
                group.append(ToSave(paper.capture(url, at), read))
            archive.save_all(group)
        clock.advance(DAY)
    paper.end()
"""


def test_four_processes_may_write_groups_of_the_same_texts_at_once(home: Path, archive: Archive) -> None:
    names = ("lakeside", "highlands", "coastal", "sever")
    commands = [[sys.executable, "-c", GROUPS, home, database.default_url(home), name] for name in names]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE) for command in commands]
    told = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0] * 4, told
    assert (len(rows(archive, t.article)), len(rows(archive, t.capture))) == (4 * 12, 4 * 12 * 6)
    for article in rows(archive, t.article):
        held = [row for row in rows(archive, t.version) if row.article_id == article.id and row.known_to == t.FOREVER]
        assert sum(row.valid_to == t.FOREVER for row in held) == 1
        wp = next(row.value for row in rows(archive, t.article_identity) if row.article_id == article.id)
        assert [row.number for row in held] == ([1, 2, 3, 4, 5] if int(wp) % 2 else [1])
    assert len(rows(archive, t.content)) == 6 + 6 * 5  # the four papers print the same words
    assert verify(archive).faults == []

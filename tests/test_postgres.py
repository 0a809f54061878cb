"""A crawl whose archive is in PostgreSQL, from the command line to the dump."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archive import Archive
from archive.asof import at_url
from archive.audit import verify
from archive.dump import dump
from archive.rebuild import rebuild_into
from tests.archive.conftest import SERVER, Postgres
from tests.crawling import Operator
from tests.newsroom import Newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAPERS = ("lakeside", "sever")

pytestmark = [pytest.mark.newsroom, pytest.mark.postgresql]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    if not SERVER:
        pytest.skip("HEMEROTECA_TEST_POSTGRES names no PostgreSQL server")
    postgres = Postgres(tmp_path)
    yield postgres.url(tmp_path)
    postgres.close()


def test_two_papers_crawled_at_once_into_postgresql_are_what_their_warc_files_say(tmp_path: Path, url: str) -> None:
    newsroom = Newsroom(stories=8, papers=PAPERS)
    operator = Operator(home=tmp_path / "archive", sites=tmp_path / "sites")
    operator.environment["HEMEROTECA_DATABASE"] = url
    with newsroom.serve() as server:
        newsroom.write_site_files(operator.sites, server)
        for pause in (timedelta(0), timedelta(days=1)):
            newsroom.advance(seconds=pause.total_seconds())
            offset = (newsroom.now - datetime.now(UTC)).total_seconds()
            operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(offset)
            with ThreadPoolExecutor(2) as pool:
                runs = list(pool.map(operator.crawl, PAPERS))
            assert [run.err for run in runs if run.status] == []
    with Archive(operator.home, database=url, readonly=True) as archive, archive.engine.connect() as connection:
        assert verify(archive).faults == []
        held = set(dump(connection))
    assert any('"change": "revised"' in line for line in held)
    assert not (operator.home / "archive.sqlite").exists()
    assert rebuild_into(operator.home, tmp_path / "again", lambda: newsroom.now).problems == ()
    with Archive(tmp_path / "again", readonly=True) as again, again.engine.connect() as connection:
        assert set(dump(connection)) ^ held == set()


def test_what_a_reader_asks_again_and_again_is_planned_once(tmp_path: Path, url: str) -> None:
    Archive(tmp_path, database=url).close()
    with Archive(tmp_path, database=url, readonly=True) as archive:
        for _ in range(8):  # psycopg prepares what it has been asked five times
            with archive.engine.connect() as connection:
                at_url(connection, "https://lakeside.example/1/", datetime.now(UTC))
        with pytest.raises(sa.exc.ProgrammingError), archive.engine.connect() as connection:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")
        with archive.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        for _ in range(8):
            with archive.engine.connect() as connection:
                at_url(connection, "https://lakeside.example/1/", datetime.now(UTC))
        with archive.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar()

"""What nobody foresaw: the reader gets a name for it, by which whoever runs the archive finds it in the log."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import httpx
import pytest
import sqlalchemy as sa

from archive import Archive
from archive import tables as t
from archive.web import create_app
from tests.archive.make import Paper, SettableClock
from tests.web.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

BROKEN = "/search?from=2026-11-01"  # asks for the days of a zone that there is none of


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[FastAPI]:
    """An archive with a paper in a time zone of which nobody knows."""
    clock = SettableClock()
    with Archive(tmp_path, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints()
        paper.end()
        with archive.engine.begin() as connection:
            connection.execute(t.site.update().values(timezone="Atlantis/Secret"))
    app = create_app(tmp_path, clock=clock)
    yield app
    app.state.archive.close()


def name_in(text: str, log: pytest.LogCaptureFixture) -> str:
    """Return the name of the fault that an answer gives, when the log has it beside what happened."""
    (name,) = re.findall(r"as fault ([0-9a-f]{12})\b", text)
    (record,) = [record for record in log.records if name in record.getMessage()]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    return str(name)


def test_a_fault_has_a_name_that_the_log_tells_of_and_shows_nothing_of_the_inside(
    broken: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(broken) as address, httpx.Client(base_url=address) as client:
        page, told = client.get(BROKEN), client.get("/api/v1/articles?from=2026-11-01")
        again = client.get(BROKEN, headers={"Accept-Language": "fil"})
    assert (page.status_code, told.status_code) == (500, 500)
    assert '<a class="name" href="/">Hemeroteca</a>' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["title"] == "Something went wrong"
    assert "Hindi ito inaasahan" in again.text
    assert "2026-11-01" in caplog.text
    assert "Atlantis/Secret" in caplog.text
    assert name_in(page.text, caplog) != name_in(told.text, caplog)
    for answer in (page, told):
        for inside in ("Atlantis", "Traceback", "ZoneInfo", ".py"):
            assert inside not in answer.text


def test_a_database_that_answers_no_more_is_told_so_even_where_no_page_can_be_drawn(
    broken: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    with broken.state.archive.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE article RENAME TO elsewhere"))
    with serving(broken) as address, httpx.Client(base_url=address) as client:
        answer = client.get("/search")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "elsewhere" not in answer.text
    assert "no such table" in caplog.text or "does not exist" in caplog.text
    assert re.search(r"as fault [0-9a-f]{12}", answer.text)

"""An archive of three invented papers, told once, and the pages that show it: in process and in a real browser.

What needs no browser is shown of PostgreSQL as well, as :mod:`tests.archive.conftest` says.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
import sqlalchemy as sa
import uvicorn

from archive import Archive, corpus
from archive import tables as t
from archive.web import create_app
from tests.archive.conftest import KINDS, Postgres, Sqlite, unnamed
from tests.archive.make import SettableClock
from tests.web import browsing, press

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from playwright.sync_api import Browser


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take what a browser looks at away from PostgreSQL: pages that were drawn are the same."""
    useless = [item for item in items if "postgresql" in item.keywords and _is_of_one(item)]
    items[:] = [item for item in items if item not in useless]
    config.hook.pytest_deselected(items=useless)


def _is_of_one(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ()) or item.get_closest_marker("sqlite") is not None


@pytest.fixture(scope="package", autouse=True, params=KINDS)
def kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqlite | Postgres]:
    """One kind of database for every archive that is opened without naming one."""
    with unnamed(request.param, tmp_path_factory.mktemp("empty")) as made:
        yield made


@pytest.fixture(scope="package")
def told(tmp_path_factory: pytest.TempPathFactory, kind: Sqlite | Postgres) -> Path:
    """The folder of an archive of three papers; only to be read."""
    home = tmp_path_factory.mktemp("told")
    clock = SettableClock()
    with Archive(home, clock=clock) as archive:
        press.fill(archive, clock)
    return home


@pytest.fixture(scope="package")
def site(told: Path) -> Iterator[FastAPI]:
    """The application that serves it, at the end of its fortnight."""
    made = create_app(told, clock=SettableClock(press.NOW))
    yield made
    made.state.archive.close()


@pytest.fixture(scope="package")
def address(site: FastAPI) -> Iterator[str]:
    """Where a real server serves it, without a slash at the end."""
    with serving(site) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    """A browser without scripts."""
    with httpx.Client(base_url=address, timeout=30) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with browsing.launched() as started:
        yield started


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of this machine until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def key(site: FastAPI) -> KeyOf:
    """Tells the key of the article that had an address."""
    return KeyOf(site.state.archive)


class KeyOf:
    """The keys of articles by their addresses."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def __call__(self, url: str) -> str:
        with self.archive.engine.connect() as connection:
            found = connection.execute(
                sa.select(t.article.c.key)
                .join(t.article_url, t.article_url.c.article_id == t.article.c.id)
                .join(t.url, t.url.c.id == t.article_url.c.url_id)
                .where(t.url.c.url == url)
            ).scalars()
            return next(iter(found))

    def capture(self, url: str) -> str:
        """The UUID of the capture that the last text at an address was read on."""
        return corpus.article(self.archive, url)["capture"]["id"].rpartition(":")[2]

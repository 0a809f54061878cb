"""The application: the archive opened once, read-only; every request has connections of its own from its pool."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio import to_thread
from fastapi import Depends, FastAPI

from archive.software import software_version
from archive.store import Archive
from archive.web import api, faults, pages, standards
from archive.web.contract import Gate, Terms, refuse_nul
from archive.web.figures import Figures
from archive.web.guard import Guard
from archive.web.shipped import PLACE, Shipped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from archive.clock import Clock

ROUTERS = (pages.router, api.router, standards.router)
"""What is served, in the order in which addresses are looked up."""

AT_ONCE = 5
"""Pages that are drawn at once: more would only take turns, each the slower, and the pool has no more connections."""


def create_app(
    home: Path, database: str | None = None, *, clock: Clock | None = None, terms: Terms | None = None
) -> FastAPI:
    """Return the application that serves the archive in a folder; raises NoArchiveError where there is none.

    The archive is ``app.state.archive`` and closed when the application ends. It is opened to read; a crawl may write
    to it all the time. ``terms`` are those on which programs are answered.
    """
    gate = Gate(terms or Terms())
    archive = Archive(home, database=database, clock=clock, readonly=True)
    figures = Figures(archive)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
        figures.prepare()
        yield
        archive.close()

    app = FastAPI(title="Hemeroteca", version=software_version(), description=api.DESCRIPTION, docs_url=None,
                  redoc_url=None, lifespan=lifespan, dependencies=[Depends(refuse_nul)])  # fmt: skip
    app.state.archive = archive
    app.state.gate = gate
    app.state.figures = figures
    app.add_middleware(faults.Unforeseen)
    app.add_middleware(Guard)  # the last to be added is the first to be asked
    app.mount(PLACE, Shipped(), name="static")
    for router in ROUTERS:
        app.include_router(router)
    faults.install(app)
    app.openapi = api.described(app.openapi)  # type: ignore[method-assign]  # FastAPI's own way to add to it
    return app

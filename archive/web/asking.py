"""What a route asks for in its signature: the archive, its figures, and what a reader typed, checked."""

from typing import Annotated

from fastapi import Depends, Query, Request

from archive.selection import Selection, parse_day, parse_time
from archive.store import Archive
from archive.web.figures import Figures

# These are coroutines because FastAPI sends every plain function to a thread, where each waits for its turn.


async def _archive(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


async def _figures(request: Request) -> Figures:
    figures: Figures = request.app.state.figures
    return figures


Opened = Annotated[Archive, Depends(_archive)]
"""The archive, opened to read."""

Held = Annotated[Figures, Depends(_figures)]
"""What it holds in numbers."""


async def _selection(
    q: str = "",
    site: str = "",
    author: str = "",
    language: str = "",
    since: Annotated[str, Query(alias="from")] = "",
    until: Annotated[str, Query(alias="to")] = "",
    at: str = "",
    removed: str = "",
    order: str = "",
) -> Selection:
    return Selection(
        query=q if q.strip() else None,
        site=site or None,
        author=author or None,
        language=language or None,
        since=parse_day(since, "from") if since else None,
        until=parse_day(until, "to") if until else None,
        at=parse_time(at, "at") if at else None,
        removed=bool(removed),
        by_relevance=order == "relevance" and bool(q.strip()),
    )


Selected = Annotated[Selection, Depends(_selection)]
"""The articles that the address asks for; a QueryError where it cannot be understood."""

"""What a reader sees when something is not there, not to be shown or not understood; or when something went wrong."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from archive.errors import ArchiveError, NotFoundError, QueryError, TakenDownError
from archive.said import said
from archive.web.contract import problem
from archive.web.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

_STATUS = ((TakenDownError, 451), (NotFoundError, 404), (QueryError, 400))
FOR_PROGRAMS = ("/api/", "/cdx", "/timegate/", "/timemap/")
"""Addresses that are asked by programs: their faults are problem details."""

HEADINGS = {
    400: said("This cannot be understood"), 404: said("It is not here"), 405: said("This cannot be done here"),
    410: said("Taken down and erased"), 422: said("This cannot be understood"), 451: said("Taken down"),
    503: said("The archive cannot answer now"),
}  # fmt: skip
_OTHER = said("Something went wrong")
_OF_STARLETTE = {
    "Not Found": said("there is no page at this address"),
    "Method Not Allowed": said("pages are only read here: ask with GET"),
}


def status_of(error: ArchiveError) -> int:
    """Return the HTTP status of what the archive cannot do: 451 for what is taken down, 410 when it is erased too."""
    if isinstance(error, TakenDownError) and error.is_erased:
        return 410
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 503)


def install(app: FastAPI) -> None:
    """Answer the archive's own errors, unknown addresses and bad parameters; never with a stack trace."""
    app.add_exception_handler(ArchiveError, _archive_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_request)


def fault(request: Request, status: int, message: str, at: int | None = None,
          headers: Mapping[str, str] | None = None) -> Response:  # fmt: skip
    """Return a fault as a page for people, or as JSON for programs; ``at`` is where a search goes wrong."""
    if request.url.path.startswith(FOR_PROGRAMS):
        return problem(status, str(message), dict(headers or {}), at=at)
    heading, typed = HEADINGS.get(status, _OTHER), request.query_params.get("q", "")
    return draw(request, "fault.html", status=status, code=status, heading=heading, message=message, at=at,
                typed=typed, name=None)  # fmt: skip


class Unforeseen:
    """Answers what nobody foresaw: with a name for it, by which whoever runs the archive finds it in the log.

    The log alone tells what it was. A database that does not answer is 503, all else 500; of an answer that has begun
    nothing can be taken back, so its connection is broken off.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer in the place of what fails."""
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            if has_begun or scope["type"] != "http":
                raise
            answer = await run_in_threadpool(_unforeseen, Request(scope), error)
            await answer(scope, receive, send)


def _unforeseen(request: Request, error: Exception) -> Response:
    name = uuid4().hex[:12]
    logger.error("fault %s: %s %r", name, request.method, str(request.url)[:500], exc_info=error)
    status = 503 if isinstance(error, DBAPIError | NoConnection) else 500
    if request.url.path.startswith(FOR_PROGRAMS):
        return problem(status, f"it is in the log of this server as fault {name}")
    heading = HEADINGS.get(status, _OTHER)
    try:
        return draw(request, "fault.html", status=status, code=status, heading=heading, name=name)
    except Exception:  # what failed is needed for every page
        logger.exception("fault %s: its page cannot be drawn", name)
        return PlainTextResponse(f"{status} · Hemeroteca\n\n{heading}. It is in the log as fault {name}.\n", status)


def _archive_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ArchiveError)  # noqa: S101 - registered for these
    message = error.args[0] if error.args else ""
    return fault(request, status_of(error), message, error.at if isinstance(error, QueryError) else None)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    return fault(request, error.status_code, _OF_STARLETTE.get(error.detail, error.detail), headers=error.headers)


def _bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    if request.url.path.startswith(FOR_PROGRAMS):
        told = "; ".join(f"{_parameter(one)}: {one['msg']}" for one in error.errors())
        return fault(request, 422, told)
    wrong = error.errors()[0]
    message = said("%(name)s: %(typed)s cannot be understood", name=_parameter(wrong), typed=repr(wrong["input"]))
    return fault(request, 422, message)


def _parameter(wrong: Mapping[str, Any]) -> str:
    return ".".join(map(str, wrong["loc"][1:]))

"""On which terms programs are answered: how often, with which token, with which ETag, and how a fault is told."""

import hmac
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import orjson
from fastapi import HTTPException, Request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import Response

from archive.errors import ArchiveError, QueryError
from archive.said import said

PROBLEM = "application/problem+json"
_TITLES = {
    400: "Cannot be understood", 401: "Needs a token", 404: "Not here", 405: "Cannot be done here",
    410: "Taken down and erased", 422: "Cannot be understood", 429: "Too many requests", 451: "Taken down",
    500: "Something went wrong", 503: "The archive cannot answer now",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """``rate`` is how many requests each client has (``300/minute``); ``token``, where there is one, all must show."""

    rate: str = "300/minute"
    token: str | None = None


class Gate:
    """Counts requests by client, and knows the token."""

    def __init__(self, terms: Terms) -> None:
        try:
            self._rate = parse(terms.rate)
        except ValueError as error:
            raise ArchiveError(f"--rate: {terms.rate!r} is none; write it as 300/minute or 5/second") from error
        self._token = terms.token.encode() if terms.token else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admit(self, request: Request) -> None:
        """Let a request in; raise HTTPException for one without the token (401) or one too many (429)."""
        if not self._limiter.hit(self._rate, _client(request)):
            left = self._limiter.get_window_stats(self._rate, _client(request)).reset_time - time.time()
            raise HTTPException(429, f"more than {self._rate}; ask again later",
                                {"Retry-After": str(max(1, math.ceil(left)))})  # fmt: skip
        if self._token is not None and not hmac.compare_digest(_shown(request), self._token):
            raise HTTPException(401, "show the token: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})


def _client(request: Request) -> str:
    """Return who asks: an address, of IPv6 the network that one customer has."""
    name = request.client.host if request.client else ""
    try:
        address = ip_address(name)
    except ValueError:
        return name
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else name


def _shown(request: Request) -> bytes:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip().encode("latin-1") if scheme.lower() == "bearer" else b""


async def admit(request: Request) -> None:
    """Let a request in on the terms of this server; what every route for programs depends on."""
    gate: Gate = request.app.state.gate
    gate.admit(request)


async def refuse_nul(request: Request) -> None:
    """Raise QueryError for a NUL, which no database takes; what is no UTF-8 was replaced before."""
    if "\0" in request.url.path or any("\0" in part for pair in request.query_params.multi_items() for part in pair):
        raise QueryError(said("the address holds a NUL"))


def answer(request: Request, value: Any, headers: dict[str, str] | None = None) -> Response:
    """Return JSON with its ETag; 304 without a body to whoever has the same already."""
    return tagged(request, orjson.dumps(value), "application/json", headers)


def tagged(request: Request, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """Return bytes with their ETag; 304 without a body to whoever has the same already."""
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    told = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=told)
    return Response(body, media_type=media_type, headers=told)


def _has(sent: str, tag: str) -> bool:
    tags = {one.strip().removeprefix("W/") for one in sent.split(",")}
    return tag in tags or "*" in tags


def pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join lines to pieces that are worth the way to a thread and back, which each piece goes; the first goes alone."""
    held, size = list[bytes](), _PIECE
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _PIECE:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


_PIECE = 2**16


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """Return a fault as problem details (RFC 9457); ``more`` says where, for a search its character ``at``."""
    told = {"type": "about:blank", "title": _TITLES.get(status, "Something went wrong"), "status": status,
            "detail": detail} | {name: value for name, value in more.items() if value is not None}  # fmt: skip
    return Response(orjson.dumps(told), status, headers, media_type=PROBLEM)

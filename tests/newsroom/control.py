"""The control port, through which another process moves the clock and asks for the truth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.newsroom.responses import Response
from tests.newsroom.server import Host, Server

if TYPE_CHECKING:
    from collections.abc import Callable


class Control:
    """Answers POST /advance, POST /clear, GET /now, /truth, /versions, /events and /requests."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._newsroom = server.newsroom
        self._calls: dict[tuple[str, str], Callable[[dict[str, str]], Any]] = {
            ("POST", "/advance"): self._advance,
            ("POST", "/clear"): self._clear,
            ("GET", "/now"): self._now,
            ("GET", "/truth"): self._truth,
            ("GET", "/versions"): self._versions,
            ("GET", "/events"): self._events,
            ("GET", "/requests"): self._requests,
        }

    def open(self, port: int = 0) -> str:
        """Listen and return the address."""
        port = self._server.listen(Host(self._answer), "127.0.0.1", port)
        return f"http://127.0.0.1:{port}/"

    def _answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[Response, float]:
        parts = urlsplit(target)
        call = self._calls.get((method, parts.path))
        if call is None:
            return _json({"error": "no such call"}, 404), 0.0
        try:
            return _json(call(dict(parse_qsl(parts.query)))), 0.0
        except (KeyError, ValueError) as problem:
            return _json({"error": repr(problem)}, 400), 0.0

    def _advance(self, query: dict[str, str]) -> dict[str, str]:
        units = {unit: float(query[unit]) for unit in ("days", "hours", "seconds") if unit in query}
        return {"now": self._newsroom.advance(**units).isoformat()}

    def _clear(self, query: dict[str, str]) -> dict[str, str]:
        self._server.clear()
        return self._now(query)

    def _now(self, query: dict[str, str]) -> dict[str, str]:
        return {"now": self._newsroom.now.isoformat()}

    def _truth(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return [truth.as_json() for truth in self._newsroom.truth(query["paper"])]

    def _versions(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return [version.as_json() for version in self._newsroom.versions(query["paper"], int(query["id"]))]

    def _events(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return [
            {"at": event.at.isoformat(), "paper": event.paper, "id": event.story_id, "kind": event.kind}
            for event in self._newsroom.events
            if event.at <= self._newsroom.now
        ]

    def _requests(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return [
            {"paper": request.paper, "method": request.method, "path": request.path, "status": request.status}
            | {"at": request.at.isoformat(), "headers": dict(request.headers)}
            for request in self._server.requests
            if query.get("paper") in {None, request.paper}
        ]


def _json(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status=status, body=body, content_type="application/json; charset=utf-8")

"""The newsroom on the loopback: one socket for each paper, every request written down, misbehaviour on demand."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tests.newsroom.compression import compress
from tests.newsroom.press import Press
from tests.newsroom.responses import Response, conditional, http_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from tests.newsroom.newsroom import Newsroom

_LOOPBACK = "127.0.0.1"
_OUTAGE = b"<html><body><h1>Service Unavailable</h1></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came in and the status it got, at newsroom time."""

    paper: str
    method: str
    path: str  # with the query
    headers: Mapping[str, str]  # names in lower case
    status: int
    size: int  # bytes of the body that was sent
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaviour:
    """What goes wrong at a paper until ``behave`` is called."""

    status: int | None = None
    latency: float = 0.0
    cut_after: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    only: re.Pattern[str] | None = None


_GOOD = Misbehaviour()


class Host:
    """What answers on one socket: it takes method, target, headers and body and returns a response and a delay."""

    def __init__(self, answer: Callable[[str, str, dict[str, str], bytes], tuple[Response, float]]) -> None:
        self.answer = answer
        self.connections: set[Connection] = set()


class Connection(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._buffer = b""
        self._is_waiting = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._host.connections.discard(self)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Take bytes in; answer whatever is whole."""
        self._buffer += data
        self._work()

    def abort(self) -> None:
        """Break off."""
        if self._transport:
            self._transport.abort()

    def _work(self) -> None:
        while not self._is_waiting and self._transport:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            method, target, headers = _parse(head)
            length = int(headers.get("content-length", "0"))
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            response, delay = self._host.answer(method, target, headers, rest[:length])
            if delay:
                self._is_waiting = True
                asyncio.get_running_loop().call_later(delay, self._send_late, method, headers, response)
            else:
                self._send(method, headers, response)

    def _send_late(self, method: str, headers: dict[str, str], response: Response) -> None:
        self._is_waiting = False
        self._send(method, headers, response)
        self._work()

    def _send(self, method: str, headers: dict[str, str], response: Response) -> None:
        if self._transport is None:
            return
        is_last = headers.get("connection", "").lower() == "close" or response.cut_after is not None
        head = _head(response, is_last)
        if method == "HEAD" or response.status == HTTPStatus.NOT_MODIFIED:
            self._transport.write(head)
        elif response.cut_after is not None:
            self._transport.write(head + response.body[: response.cut_after])
        else:
            self._transport.write(head + response.body)
        if is_last:
            self._transport.close()


def _parse(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return method, target, headers


def _head(response: Response, is_last: bool) -> bytes:
    given = {name.lower() for name, _ in response.headers}
    lines = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.status != HTTPStatus.NOT_MODIFIED:
        if "content-type" not in given:
            lines.append(f"Content-Type: {response.content_type}")
        if "content-length" not in given:
            lines.append(f"Content-Length: {len(response.body)}")
    if response.etag:
        lines.append(f"ETag: {response.etag}")
    if response.modified:
        lines.append(f"Last-Modified: {http_date(response.modified.astimezone(UTC))}")
    lines.append(f"Connection: {'close' if is_last else 'keep-alive'}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class Server:
    """Serves a newsroom from a thread of its own; use it in a ``with`` statement."""

    def __init__(self, newsroom: Newsroom, ports: Mapping[str, int], addresses: Mapping[str, str]) -> None:
        self.newsroom = newsroom
        self.requests: list[Request] = []
        self.failures: list[Exception] = []
        self._ports = dict(ports)
        self._addresses = dict(addresses)
        self._hosts: list[Host] = []
        self._listening: list[asyncio.Server] = []
        self._planted: dict[tuple[str, str], Response] = {}
        self._misbehaviour: dict[str, Misbehaviour] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="newsroom", daemon=True)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Open one socket for each paper and tell the newsroom its addresses."""
        self._thread.start()
        for name in self.newsroom.papers:
            host = Host(lambda method, target, headers, body, name=name: self._answer(name, method, target, headers))
            address = self._addresses.get(name, _LOOPBACK)
            port = self.listen(host, address, self._ports.get(name, 0))
            self.newsroom.bases[name] = f"http://{address}:{port}"
        self._presses = {name: Press(self.newsroom, paper) for name, paper in self.newsroom.papers.items()}

    def listen(self, host: Host, address: str, port: int = 0) -> int:
        """Let a host answer on a port, 0 for any that is free; return the port."""
        listening = self._run(self._open(host, address, port))
        self._hosts.append(host)
        self._listening.append(listening)
        return int(listening.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Close every socket and end the thread."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, paper: str, path: str = "/") -> str:
        """Return the address of a path of a paper."""
        return self.newsroom.bases[paper] + path

    def clear(self) -> None:
        """Forget the requests so far."""
        self.requests.clear()

    def misbehave(
        self,
        paper: str,
        *,
        status: int | None = None,
        latency: float = 0.0,
        outage: bool = False,
        cut_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        only: str | None = None,
    ) -> None:
        """Let a paper answer with a status, late, or half; ``only`` paths in which this expression is found."""
        self._misbehaviour[paper] = Misbehaviour(
            status=503 if outage else status,
            latency=latency,
            cut_after=cut_after,
            headers=tuple((headers or {}).items()),
            only=re.compile(only) if only else None,
        )

    def behave(self, paper: str) -> None:
        """End a paper's misbehaviour."""
        self._misbehaviour.pop(paper, None)

    def page(
        self,
        paper: str,
        path: str,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
        status: int = 200,
        cut_after: int | None = None,
    ) -> str:
        """Plant a response at a path (query included); return its address. A header given here is sent as it is."""
        data = body.encode() if isinstance(body, str) else body
        planted = tuple((headers or {}).items())
        self._planted[paper, path] = Response(status=status, body=data, headers=planted, cut_after=cut_after)
        return self.url(paper, path)

    def unplant(self, paper: str, path: str) -> None:
        """Take a planted response away."""
        self._planted.pop((paper, path), None)

    def _answer(self, name: str, method: str, target: str, headers: dict[str, str]) -> tuple[Response, float]:
        wrong = self._misbehaviour.get(name, _GOOD)
        if wrong.only and not wrong.only.search(target):
            wrong = _GOOD
        response = self._planted.get((name, target))
        if wrong.status is not None:
            response = Response(status=wrong.status, body=_OUTAGE, headers=wrong.headers)
        elif response is None:
            response = self._printed(name, method, target, headers)
        if wrong.cut_after is not None:
            response = replace(response, cut_after=wrong.cut_after)
        now = self.newsroom.now
        self.requests.append(
            Request(paper=name, method=method, path=target, headers=headers, status=response.status,
                    size=len(response.body), at=now)
        )  # fmt: skip
        return response, wrong.latency

    def _printed(self, name: str, method: str, target: str, headers: dict[str, str]) -> Response:
        if method not in {"GET", "HEAD"}:
            return Response(status=405, body=b"<p>Method not allowed</p>")
        try:
            response = conditional(self._presses[name].respond(target), headers)
        except Exception as problem:  # noqa: BLE001 - a fault of the newsroom must reach the test, not end the server
            self.failures.append(problem)
            return Response(status=500, body=repr(problem).encode())
        response = replace(
            response, headers=(*response.headers, ("Date", http_date(self.newsroom.now.astimezone(UTC))))
        )
        return compress(response, headers) if self.newsroom.papers[name].gzips else response

    def _run(self, task: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(timeout=30)

    async def _open(self, host: Host, address: str, port: int) -> asyncio.Server:
        return await self._loop.create_server(lambda: Connection(host), address, port, backlog=512)

    async def _close(self) -> None:
        for listening in self._listening:
            listening.close()
        for host in self._hosts:
            for connection in tuple(host.connections):
                connection.abort()
        for _ in range(3):  # a transport closes its socket in the next turns of the loop
            await asyncio.sleep(0)
        for listening in self._listening:
            await listening.wait_closed()

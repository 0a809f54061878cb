"""Between Scrapy and the network: what may be asked, and every answer into the archive at once."""

from __future__ import annotations

import ipaddress
import logging
from http.client import responses as reason_phrases
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag
from uuid import uuid4

from scrapy import signals
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached

from archive import ArchiveError, Capture, Kind, archived_headers
from crawler.decoding import decode
from crawler.extensions import visit_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.decoding import Decoded

logger = logging.getLogger(__name__)


class Refused(IgnoreRequest):
    """A request that we do not make; the message is the reason it is counted under."""


class GuardMiddleware:
    """Refuses what a takedown denies and what is inside a private network; frees redirects of validators."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.allow_private = crawler.settings.getbool("HEMEROTECA_ALLOW_PRIVATE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse a request before anything is asked of its host."""
        host = urlparse_cached(request).hostname or ""
        if not self.allow_private and is_private(host):
            raise Refused("private address")
        if visit_of(self.crawler).archive.denied(request.url):
            raise Refused("taken down")
        if request.meta.get("redirect_times"):
            # They belong to the address that was left: a 304 at the new one would hide a story that was renamed.
            request.headers.pop("If-None-Match", None)
            request.headers.pop("If-Modified-Since", None)


def is_private(host: str) -> bool:
    """Say whether a host name is an address that is not on the public network. Names are not resolved here."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


class CaptureMiddleware:
    """Keeps every response and every network error as a capture, before anything else sees it.

    The capture travels in ``request.meta["capture"]``. The response goes on decoded, so that what the spider sees is
    what the archive holds.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.bound = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        crawler.signals.connect(self.bytes_received, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Take the size bound into our own hands: Scrapy throws away a body that passes it, we keep its beginning."""
        request.meta["download_maxsize"] = 0
        request.meta["received_bytes"] = 0

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop a download that passes the bound, keeping what came."""
        received = request.meta.get("received_bytes", 0) + len(data)
        request.meta["received_bytes"] = received
        bound = self._bound(request)
        if bound and received > bound:
            raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep a response and hand it on decoded."""
        if urlparse_cached(request).scheme not in ("http", "https"):
            return response
        encodings = [value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")]
        decoded = decode(response.body, encodings, self._bound(request) or 1 << 40)
        self._keep(request, self._capture(request, response, decoded))
        if not (encodings and decoded.is_decoded):
            return response
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        cls = responsetypes.from_args(headers=headers, url=response.url, body=decoded.body)
        return response.replace(cls=cls, headers=headers, body=decoded.body)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Keep a fetch that brought nothing, with the reason; the exception goes on its way."""
        if isinstance(exception, IgnoreRequest) or urlparse_cached(request).scheme not in ("http", "https"):
            return
        message = str(exception).strip()
        error = f"{type(exception).__name__}: {message}" if message else type(exception).__name__
        self._keep(request, Capture(status=None, kind=Kind.ERROR, error=error, **self._about(request)))

    def _capture(self, request: Request, response: Response, decoded: Decoded) -> Capture:
        pairs = _header_pairs(response)
        not_modified = response.status == 304
        headers = archived_headers(pairs, len(decoded.body)) if decoded.is_decoded and not not_modified else pairs
        return Capture(
            status=response.status,
            kind=Kind.REVISIT if not_modified else Kind.RESPONSE,
            headers=headers,
            payload=b"" if not_modified else decoded.body,
            protocol=response.protocol or "HTTP/1.1",
            # Scrapy does not hand on the phrase that came; the usual one keeps the status line whole.
            reason=reason_phrases.get(response.status, ""),
            truncated=_truncated(response, decoded, self._bound(request)),
            **self._about(request),
        )

    def _bound(self, request: Request) -> int:
        largest: int = request.meta.get("largest", self.bound)
        return min(largest, self.bound) if self.bound else largest

    def _about(self, request: Request) -> dict[str, Any]:
        visit = visit_of(self.crawler)
        latency = request.meta.get("download_latency")
        return {
            "visit": visit.begin(self.crawler.spider.site),  # type: ignore[union-attr]  # only site spiders fetch
            "record_id": uuid4(),
            "url": urldefrag(request.url)[0],
            "fetched_at": visit.archive.clock(),
            "elapsed_ms": round(latency * 1000) if latency is not None else None,
        }

    def _keep(self, request: Request, capture: Capture) -> None:
        visit = visit_of(self.crawler)
        request.meta["capture"] = capture
        visit.fetched(capture, is_aside=_is_aside(request))
        try:
            visit.archive.keep(capture)
        except ArchiveError as error:
            visit.lost(error)
            raise Refused("store lost") from error


def _is_aside(request: Request) -> bool:
    return bool(request.meta.get("dont_obey_robotstxt") or request.meta.get("beside"))


def _header_pairs(response: Response) -> tuple[tuple[str, str], ...]:
    """Return the headers in order, repeated ones each for itself."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )


def _truncated(response: Response, decoded: Decoded, bound: int) -> str | None:
    if "download_stopped" in response.flags:
        return "length"
    if "dataloss" in response.flags:
        return "disconnect"
    if decoded.complete:
        return None
    return "length" if len(decoded.body) >= bound else "unspecified"  # else: packed data that ends too soon

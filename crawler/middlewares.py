"""Between Scrapy and the network: what may be asked, and every answer into the archive at once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from http.client import responses as reason_phrases
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin
from uuid import uuid4

from scrapy import Request, signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest, StopDownload
from scrapy.http.request import NO_CALLBACK
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached

from archive import ArchiveError, Capture, Kind, archived_headers
from crawler.decoding import decode
from crawler.discovery.links import host_of
from crawler.extensions import visit_of
from crawler.manners import Refused, manners_of
from crawler.politeness import asked_delay, is_private, robots_rules, slot_of
from crawler.resolver import leads_inside

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

    from crawler.decoding import Decoded

logger = logging.getLogger(__name__)


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


class MannersMiddleware:
    """Puts every request, robots.txt and redirects too, into the slot of the server that it is for."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Name the request's slot; a visit that has ended asks for nothing."""
        manners = manners_of(self.crawler)
        if manners.has_ended:
            raise Refused("left for the next visit")
        # Always anew: a redirect brings the slot of the address that was left.
        slot = slot_of(request.url, getattr(self.crawler.spider, "site", None))
        request.meta["download_slot"] = slot
        manners.apply(slot)


class RobotsMiddleware(RobotsTxtMiddleware):
    """Obeys robots.txt as RFC 9309 has it, and its Crawl-delay; asks for each once, whoever wants to see it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._asked: dict[str, asyncio.Task[Robots]] = {}

    async def process_request(self, request: Request, spider: object = None) -> Response | None:  # type: ignore[override]  # noqa: ARG002  # Scrapy's own never answers itself
        """Refuse what a site's robots.txt forbids; answer a request for the file itself with the one that came."""
        parts = urlparse_cached(request)
        if parts.scheme not in ("http", "https") or request.meta.get("is_robots"):
            return None
        if request.meta.get("dont_obey_robotstxt"):
            return (await self._robots(request)).shared_with(request) if parts.path == "/robots.txt" else None
        robots = await self._robots(request)
        if robots.rules == "forbid":
            raise Refused(robots.why)
        if robots.rules == "obey":
            self.process_request_2(robots.parser, request)
        return None

    async def _robots(self, request: Request) -> Robots:
        netloc = urlparse_cached(request).netloc
        if netloc not in self._asked:
            self._asked[netloc] = asyncio.ensure_future(self._ask(urljoin(request.url, "/robots.txt")))
        # Shielded: a request that is given up must not take the answer from the others.
        return await asyncio.shield(self._asked[netloc])

    async def _ask(self, url: str) -> Robots:
        meta = {"dont_obey_robotstxt": True, "is_robots": True, "allow_offsite": True}
        request = Request(url, priority=self.DOWNLOAD_PRIORITY, meta=meta, callback=NO_CALLBACK)
        response, why = None, "rules for robots unreachable"
        try:
            response = await self.crawler.engine.download_async(request)
        except Refused as error:
            why = str(error)
        except IgnoreRequest:  # redirects without end, or to where we do not go: as if it were not there
            return Robots("allow")
        except Exception as error:  # noqa: BLE001  # whatever kept it from us: a name, a connection, a certificate
            self._say(f"{type(error).__name__}", url)
        if response is None:
            return Robots("forbid", why=why)
        rules = robots_rules(response.status)
        if rules == "forbid":
            self._say(f"answered {response.status}", url)
            if host_of(url) == host_of(self.crawler.spider.site.url):  # type: ignore[union-attr]  # only site spiders fetch
                manners_of(self.crawler).end("blocked", f"robots.txt answered {response.status}")
        if rules == "obey":
            self._slow_down(response)
        return Robots(rules, self._parserimpl.from_crawler(self.crawler, response.body), response, why)

    def _say(self, what: str, url: str) -> None:
        said = f"robots.txt: {what}, so nothing is asked for in this visit: {url}"
        logger.warning("%s: %s", self.crawler.spider.name, said)  # type: ignore[union-attr]  # it runs
        visit_of(self.crawler).problem(said)

    def _slow_down(self, response: Response) -> None:
        seconds = asked_delay(response.body, self._robotstxt_useragent or self._default_useragent)
        if seconds:
            site = getattr(self.crawler.spider, "site", None)
            manners_of(self.crawler).be_slower(slot_of(response.url, site), seconds)


@dataclass(frozen=True, slots=True)
class Robots:
    """The robots.txt of a host: what it means, and the answer itself."""

    rules: str  # as robots_rules() has it
    parser: RobotParser | None = None
    response: Response | None = None
    why: str = ""  # when all is forbidden

    def shared_with(self, request: Request) -> Response:
        """Return the answer as if this request had fetched it; raise Refused when there is none."""
        if self.response is None:
            raise Refused(self.why)
        request.meta["capture"] = self.response.meta.get("capture")
        return self.response.replace(request=request, flags=[*self.response.flags, "shared"])


class CaptureMiddleware:
    """Keeps every response and every network error as a capture, before anything else sees it.

    The capture travels in ``request.meta["capture"]``, the redirects before it in ``request.meta["hops"]``. The
    response goes on decoded, so that what the spider sees is what the archive holds.
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
        if urlparse_cached(request).scheme not in ("http", "https") or "shared" in response.flags:
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
        if isinstance(exception, CannotResolveHostError) and leads_inside(urlparse_cached(request).hostname or ""):
            raise Refused("private address") from exception
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
            "method": request.method,
            "sent": request.body,
            "fetched_at": visit.archive.clock(),
            "elapsed_ms": round(latency * 1000) if latency is not None else None,
        }

    def _keep(self, request: Request, capture: Capture) -> None:
        visit = visit_of(self.crawler)
        request.meta["capture"] = capture
        if capture.status is not None and 300 <= capture.status < 400 and capture.status != 304:
            request.meta["hops"] = (*request.meta.get("hops", ()), capture)
        visit.fetched(capture, is_aside=_is_aside(request))
        try:
            visit.archive.keep(capture)
        except ArchiveError as error:
            visit.lost(error)
            raise Refused("store lost") from error


def _is_aside(request: Request) -> bool:
    return any(request.meta.get(name) for name in ("dont_obey_robotstxt", "beside", "is_aside"))


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

"""What is kept beside a story's page: its lead picture, and what the page needs to look right in replay.

The first half is pure: bytes in, addresses out. :class:`Beside` asks for them, each once while it is unchanged, behind
all stories, within bounds on number and size. Nothing here is ever read as an article.

Asked for are style sheets, fonts, pictures, icons and the site's own scripts. Not asked for: other hosts' scripts,
pictures of a pixel or two and pictures without a picture's name, because such requests are how visits are counted;
films and sound, because of their size.
"""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html
from lxml import etree
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.discovery.links import host_of, hosts
from crawler.extensions import visit_of
from crawler.pages import charset
from crawler.stories import is_crash, why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive import Capture, Reading
    from crawler.site import Site

logger = logging.getLogger(__name__)

LEAD_IMAGE, REQUISITES = "lead-image", "requisites"

# Behind everything that is read: pictures never keep a story waiting.
_LAST = -10
# A picture or a theme seldom changes under its address; once a month is soon enough to see that it has.
_FRESH = timedelta(days=30)
# A style sheet may import one that imports one; more is a loop.
_DEEPEST_SHEET = 3
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|ico)(?![a-z0-9])", re.IGNORECASE)
_IN_SHEET = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# An address, then its width or density, then a comma; an address may hold commas itself (HTML, 4.8.4.2.1).
_CANDIDATE = re.compile(r"\s*(\S+?)(?:\s+[\d.]+[wxh])*\s*(?:,(?=\s|$)|(?<=[wxh]),|$)")
_LAZY = ("src", "data-src", "data-lazy-src", "data-original")
_LAZY_SETS = ("srcset", "data-srcset", "data-lazy-srcset")


# ------------------------------------------------------------------ pure


def lead_image(reading: Reading) -> tuple[str, ...]:
    """Return the address of a story's lead picture, if it has one."""
    return reading.images[:1]


def requisites(payload: bytes, url: str, encoding: str | None, own_hosts: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses of what a page needs to look right: style first, then fonts and scripts, then pictures."""
    try:
        tree = lxml.html.document_fromstring(payload, parser=lxml.html.HTMLParser(encoding=encoding))
    except (etree.ParserError, ValueError, LookupError):
        return ()
    own = frozenset(own_hosts)
    base = _absolute(next(iter(tree.xpath("//base/@href")), ""), url) or url
    found = [address for named in (*_linked(tree), *_styles(tree)) if (address := _absolute(named, base))]
    for named in tree.xpath("//script/@src"):
        address = _absolute(named, base)
        if address and host_of(address) in own:
            found.append(address)
    for named in _pictures(tree):
        address = _absolute(named, base)
        if address and _is_picture(address, own):
            found.append(address)
    return tuple(dict.fromkeys(found))


def named_in_sheet(sheet: bytes, url: str) -> tuple[str, ...]:
    """Return the addresses that a style sheet names: imported sheets, fonts, pictures."""
    return tuple(
        dict.fromkeys(address for named in _in_sheet(sheet.decode("latin-1")) if (address := _absolute(named, url)))
    )


def _linked(tree: Any) -> Iterator[str]:
    for link in tree.xpath("//link[@href]"):
        kinds = (link.get("rel") or "").lower().split()
        if "stylesheet" in kinds or "icon" in kinds or ("preload" in kinds and link.get("as") in ("style", "font")):
            yield link.get("href")


def _styles(tree: Any) -> Iterator[str]:
    for text in (*tree.xpath("//style/text()"), *tree.xpath("//@style")):
        yield from _in_sheet(text)


def _in_sheet(text: str) -> Iterator[str]:
    for groups in _IN_SHEET.findall(_COMMENT.sub("", text)):
        yield next(filter(None, groups), "")


def _pictures(tree: Any) -> Iterator[str]:
    for image in tree.xpath("//img | //picture/source | //input[@type='image']"):
        if _is_pixel(image):
            continue
        yield from (image.get(name) for name in _LAZY if image.get(name))
        for name in _LAZY_SETS:
            yield from _CANDIDATE.findall(image.get(name) or "")
    yield from tree.xpath("//video/@poster")


def _is_pixel(image: Any) -> bool:
    sides = [image.get(name, "").strip().removesuffix("px") for name in ("width", "height")]
    return any(side.isdecimal() and int(side) <= 2 for side in sides)


def _is_picture(address: str, own: frozenset[str]) -> bool:
    parts = urlsplit(address)
    if host_of(address) not in own:
        return bool(_PICTURE.search(parts.path))
    return bool(_PICTURE.search(f"{parts.path}?{parts.query}"))


def _absolute(named: str, base: str) -> str | None:
    try:
        address = urldefrag(urljoin(base, named.strip()))[0]
    except ValueError:
        return None
    return address if named.strip() and address.startswith(("http://", "https://")) and address != base else None


# ------------------------------------------------------------------ asking


class Beside:
    """Asks for what a visit keeps beside its stories."""

    def __init__(self, crawler: Crawler, site: Site) -> None:
        self.crawler = crawler
        self.site = site
        self.visit = visit_of(crawler)
        self.most = crawler.settings.getint("HEMEROTECA_BESIDE_REQUESTS")
        self.largest = crawler.settings.getint("HEMEROTECA_BESIDE_MIB") * 2**20
        self._asked: set[str] = set()
        self._sent = 0

    async def of_story(self, capture: Capture, reading: Reading) -> None:
        """Ask for what the site file wants to be kept beside this story."""
        if LEAD_IMAGE in self.site.visit.also:
            self._ask(LEAD_IMAGE, lead_image(reading))
        if REQUISITES in self.site.visit.also:
            found = asyncio.to_thread(requisites, capture.payload, capture.url, charset(capture), hosts(self.site))
            self._ask(REQUISITES, await found)

    def _ask(self, kind: str, addresses: Iterable[str], depth: int = 0) -> None:
        new = [address for address in addresses if address not in self._asked]
        self._asked.update(new)
        archive = self.visit.archive
        held = archive.fetched(new)
        fresh_since = archive.clock() - _FRESH
        for address in new:
            known = held.get(address)
            if known is not None and known.fetched_at > fresh_since:
                continue
            if self._sent >= self.most:
                self.visit.beside("over budget")
                continue
            self._sent += 1
            validators = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
            self._send(kind, address, {name: value for name, value in validators.items() if value}, depth)

    def _send(self, kind: str, address: str, headers: dict[str, str], depth: int) -> None:
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101  # a story was fetched with it
        engine.crawl(
            Request(address, callback=self.arrived, errback=self.failed, priority=_LAST,
                    headers={"Accept": "*/*", **headers}, cb_kwargs={"kind": kind, "depth": depth},
                    meta={"allow_offsite": True, "beside": kind, "largest": self.largest})
        )  # fmt: skip

    async def arrived(self, response: Response, kind: str, depth: int) -> None:
        """Count what came; look into a style sheet for what it names."""
        capture: Capture = response.meta["capture"]
        self.visit.beside(_meaning(capture, kind), size=len(capture.payload))
        if capture.status == 200 and kind == REQUISITES and _is_sheet(capture) and depth < _DEEPEST_SHEET:
            self._ask(kind, await asyncio.to_thread(named_in_sheet, capture.payload, capture.url), depth + 1)

    def failed(self, failure: Failure) -> None:
        """Count what did not come."""
        if is_crash(failure):
            self.visit.crashed(failure)
            return
        self.visit.beside(why(failure.value) if isinstance(failure.value, IgnoreRequest) else "failed")
        url = failure.request.url  # type: ignore[attr-defined]  # Scrapy puts it there
        logger.info("%s: kept without: %s: %s", self.site.name, why(failure.value), url)


def _meaning(capture: Capture, kind: str) -> str:
    if capture.status == 304:
        return "unchanged"
    if capture.status != 200:
        return "failed"
    return "too large" if capture.truncated == "length" else kind


def _is_sheet(capture: Capture) -> bool:
    return "css" in (capture.header("content-type") or "").lower() or urlsplit(capture.url).path.endswith(".css")

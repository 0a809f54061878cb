"""Sitemaps: index, urlset, news sitemap and plain text, packed or not → links."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

from archive import Link
from crawler.discovery.listing import Listing, listing_time, unpacked, what_came
from crawler.errors import ListingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# Maps of archives, never of stories (Yoast and Rank Math name them so).
_NO_STORIES = re.compile(r"/(post_tag|tag|category|author|users|product_cat|taxonomies)-sitemap\d*\.xml", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+")
# So many stories are not changed in the same second, nor on one day only.
FEW_LINKS = 10


def read_sitemap(body: bytes, url: str) -> Listing:
    """Return what a sitemap lists; raise ListingError if it is none. A cut-off one gives what it had, and a problem."""
    body, problem = unpacked(body)
    if problem and not body:
        raise ListingError(f"not a sitemap: {problem}")
    if came := what_came(body):
        raise ListingError(f"not a sitemap: {came}")
    if not body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return _text_sitemap(body, url, problem)
    return _xml_sitemap(body, url, problem)


def holds_stories(url: str) -> bool:
    """Say whether a sub-sitemap may list stories, by its name."""
    return _NO_STORIES.search(url) is None


def _text_sitemap(body: bytes, url: str, problem: str | None) -> Listing:
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines()]
    links = tuple(Link(url=line) for line in lines if _ADDRESS.fullmatch(line))
    if not links:
        raise ListingError("not a sitemap: neither XML nor a list of addresses")
    return Listing(kind="sitemap", url=url, links=links, problem=problem)


def _xml_sitemap(body: bytes, url: str, problem: str | None) -> Listing:
    # recover: one bare "&" in an address must not cost the addresses after it.
    events = etree.iterparse(
        BytesIO(body), events=("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    links: list[Link] = []
    more: dict[str, datetime | None] = {}
    root, is_news = None, False
    for name, element in _elements(events):
        root = name
        if name == "url":
            links += _links(element, url)
        elif name == "sitemap":
            more |= {
                urljoin(url, text): listing_time(_first(element, "lastmod")) for text in _texts(element, "loc")[:1]
            }
        is_news = is_news or name == "news"
        if name in ("url", "sitemap"):
            _forget(element)
    if root not in ("urlset", "sitemapindex") and not links and not more:
        raise ListingError(f"not a sitemap: {_fault(events) or f'its root is <{root}>'}")
    return Listing(
        kind="sitemap",
        url=url,
        links=_believed(links),
        more=tuple(more),
        lastmods={address: at for address, at in more.items() if at is not None},
        is_rolling=is_news,
        problem=problem or _fault(events),
    )


def _believed(links: list[Link]) -> tuple[Link, ...]:
    """Return links without their lastmod where all have the same: it is when the map was made, not when they were."""
    if len(links) >= FEW_LINKS and links[0].lastmod is not None and len({link.lastmod for link in links}) == 1:
        return tuple(replace(link, lastmod=None) for link in links)
    return tuple(links)


def _elements(events: etree.iterparse[tuple[str, etree._Element]]) -> Iterator[tuple[str, etree._Element]]:
    try:
        for _, element in events:
            if isinstance(element.tag, str):
                yield etree.QName(element).localname.lower(), element
    except etree.XMLSyntaxError:
        # Recovery gave up; the parser's log says why.
        return


def _links(element: etree._Element, url: str) -> list[Link]:
    # Only direct children: image:loc and video:loc lie one level deeper.
    return [
        Link(
            url=urljoin(url, address),
            lastmod=listing_time(_first(element, "lastmod")),
            published=listing_time(_first(element, "publication_date")),
            title=_first(element, "title"),
        )
        for address in _texts(element, "loc")[:1]
    ]


def _texts(element: etree._Element, name: str) -> list[str]:
    return [
        child.text.strip()
        for child in element
        if isinstance(child.tag, str) and etree.QName(child).localname == name and child.text and child.text.strip()
    ]


def _first(element: etree._Element, name: str) -> str | None:
    found = element.find(f".//{{*}}{name}")
    return found.text.strip() if found is not None and found.text else None


def _forget(element: etree._Element) -> None:
    """Let read elements go: a map of 50,000 addresses would otherwise be held as a tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _fault(events: etree.iterparse[tuple[str, etree._Element]]) -> str | None:
    errors = [entry for entry in events.error_log if entry.level_name == "FATAL"]
    return f"broken XML: {errors[-1].message.strip()}" if errors else None

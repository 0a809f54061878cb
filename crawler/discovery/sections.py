"""Section pages, the front page, author and date archives: any page of links → links and its next page. Pure.

Every link is given, but for those in menus and footers; which may be a story, the judge in ``links.py`` says.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import etree, html

from archive import Link
from crawler.discovery.links import clean, host_of
from crawler.discovery.listing import Listing
from crawler.discovery.teasers import counters_beside
from crawler.errors import ListingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MOST_SECTIONS = 20

_MENU = re.compile(r"(^|[\s_-])(menu|nav|navbar|navigation|breadcrumbs?)([\s_-]|$)", re.IGNORECASE)
# What the link to the next page says, where it is not marked: words of the languages that papers here are printed in.
_NEXT = re.compile(
    r"[›»→>]{1,2}|(next|older( posts| entries| stories)?|more stories|load more|next page|susunod|sunod|siguiente"
    r"|suivante?|weiter|nächste|volgende|próxim[ao]|successiv[ao]|вперед|далее|следующая|selanjutnya|neste|nästa"
    r"|følgende|næste|seuraava|następna|sljedeća)\s*[›»→>]*",
    re.IGNORECASE,
)
_PAGE_IN_PATH = re.compile(r"/(?:page|p|seite|pagina|página|pag|strana|sida|side)[/-](\d+)/?$", re.IGNORECASE)
_PAGE_IN_QUERY = ("page", "paged", "p", "pg", "pagina", "start", "offset")
_NO_SECTION = re.compile(
    r"/(tags?|authors?|autor|search|suche|login|register|account|user|cart|feed|rss|wp-[a-z]+|about|contact|kontakt"
    r"|impressum|privacy|datenschutz|terms|advertis\w*|subscri\w*|newsletter|jobs|careers)\b|\.(xml|pdf|jpe?g|png|rss)$",
    re.IGNORECASE,
)


def read_section(body: bytes, url: str) -> Listing:
    """Return the links of a page that lists stories, in order; raise ListingError if it is no page."""
    tree = _tree(body)
    links: dict[str, str | None] = {}
    for anchor, address in _anchors(tree, url):
        if not _is_menu(anchor):
            links[address] = links.get(address) or " ".join(anchor.text_content().split()) or None
    following = next_page(tree, url)
    beside = counters_beside(_anchors(tree, url))
    return Listing(
        kind="section",
        url=url,
        links=tuple(
            Link(url=address, title=title, counters=beside.get(address, ())) for address, title in links.items()
        ),
        more=(following,) if following else (),
    )


def sections_in_page(body: bytes, url: str) -> tuple[str, ...]:
    """Return the addresses that the menus of a front page lead to: at most so many, no deeper than two folders."""
    found: dict[str, None] = {}
    try:
        tree = _tree(body)
    except ListingError:
        return ()
    for anchor, address in _anchors(tree, url):
        parts = urlsplit(address)
        folders = [folder for folder in parts.path.split("/") if folder]
        if not _is_menu(anchor) or host_of(address) != host_of(url) or not 1 <= len(folders) <= 2 or parts.query:
            continue
        if not _NO_SECTION.search(parts.path) and not any(re.search(r"\d{4,}", folder) for folder in folders):
            found.setdefault(address)
    return tuple(found)[:MOST_SECTIONS]


def next_page(tree: html.HtmlElement, url: str) -> str | None:
    """Return the address of the page after this one: as it is marked, as it is called, or by its number."""
    marked = [urljoin(url, link.get("href", "")) for link in tree.iter("link", "a") if _rel(link) == "next"]
    named = [
        address for anchor, address in _anchors(tree, url)
        if "next" in (anchor.get("class") or "").lower().split() or _NEXT.fullmatch(anchor.text_content().strip())
    ]  # fmt: skip
    number, wanted = page_number(url), [address for _, address in _anchors(tree, url)]
    counted = [address for address in wanted if _same_list(address, url) and page_number(address) == number + 1]
    for address in (*marked, *named, *counted):
        if host_of(address) == host_of(url) and address != url and page_number(address) > number:
            return str(address)
    return None


def page_number(url: str) -> int:
    """Return which page of its list an address is: 1 where it does not say; an offset counts as it stands."""
    parts = urlsplit(url)
    if found := _PAGE_IN_PATH.search(parts.path):
        return int(found[1])
    told = dict(parse_qsl(parts.query))
    return next((int(told[name]) for name in _PAGE_IN_QUERY if told.get(name, "").isdecimal()), 1)


def month_archives(url: str, first: datetime, last: datetime) -> tuple[str, ...]:
    """Return the addresses of a site's monthly archives as WordPress and others have them, the newest first."""
    found, month = [], last.replace(day=1)
    while (month.year, month.month) >= (first.year, first.month):
        found.append(urljoin(url, f"/{month:%Y}/{month:%m}/"))
        month = (month - timedelta(days=1)).replace(day=1)
    return tuple(found)


def _tree(body: bytes) -> html.HtmlElement:
    try:
        return html.document_fromstring(body)
    except (etree.ParserError, ValueError):
        raise ListingError("not a page: nothing in it") from None


def _anchors(tree: html.HtmlElement, url: str) -> Iterator[tuple[html.HtmlElement, str]]:
    for anchor in tree.iter("a"):
        try:
            address = clean(urljoin(url, (anchor.get("href") or "").strip()))
        except ValueError:
            continue
        if address.startswith(("http://", "https://")) and address != clean(url):
            yield anchor, address


def _rel(element: html.HtmlElement) -> str:
    return "next" if "next" in (element.get("rel") or "").lower().split() and element.get("href") else ""


def _is_menu(anchor: html.HtmlElement) -> bool:
    for element in anchor.iterancestors():
        if element.tag == "article":
            return False
        if element.tag in ("nav", "footer"):
            return True
        told = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.tag in ("ul", "ol", "div", "header") and _MENU.search(told):
            return True
    return False


def _same_list(address: str, url: str) -> bool:
    one, other = (_PAGE_IN_PATH.sub("", urlsplit(each).path).rstrip("/") for each in (address, url))
    return one == other and host_of(address) == host_of(url)

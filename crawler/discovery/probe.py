"""What a site says of its own listings: robots.txt names sitemaps, the front page names feeds."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml import etree, html

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")


def sitemaps_in_robots(body: bytes, url: str) -> tuple[str, ...]:
    """Return the addresses of the ``Sitemap:`` lines of a robots.txt, in order."""
    found = []
    for line in body.decode("utf-8-sig", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "sitemap" and value.strip():
            found.append(urljoin(url, value.split("#")[0].strip()))
    return tuple(dict.fromkeys(found))


def feeds_in_page(body: bytes, url: str) -> tuple[str, ...]:
    """Return the feeds of stories that a page names in its head; feeds of comments are left out."""
    try:
        tree = html.document_fromstring(body)
    except (etree.ParserError, ValueError):
        return ()
    found = []
    for link in tree.iter("link"):
        rel, kind, address = (link.get(name, "").strip() for name in ("rel", "type", "href"))
        if "alternate" in rel.lower().split() and kind.lower() in _FEED_TYPES and address:
            found.append(urljoin(url, address))
    return tuple(dict.fromkeys(address for address in found if "comments" not in address.lower()))


def usual_sitemaps(url: str) -> tuple[str, ...]:
    """Return where sitemaps usually are, for a site whose robots.txt names none."""
    return urljoin(url, "/sitemap_index.xml"), urljoin(url, "/sitemap.xml")


def usual_feeds(url: str) -> tuple[str, ...]:
    """Return where the feed usually is, for a site whose front page names none."""
    return (urljoin(url, "/feed/"),)

"""Which of the addresses that a listing gives may be a story of this site. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from crawler.site import Site

# What only says where a reader came from, or asks for a form; the page is the same without it.
_NOISE = re.compile(r"utm_\w+|fbclid|gclid|replytocom|share", re.IGNORECASE)
_NO_STORY = re.compile(
    r"""
    ^/?$                                                            # the front page
    | /(feed|rss|atom)(/|$) | \.(rss|rdf|atom)$
    | ^/wp-(json|content|admin|includes|login)
    | /(tag|tags|author|authors|category|categories|search|page)/   # archives of many stories
    | ^/\d{4}(/\d{2}){0,2}/?$                                       # date archives
    | \.(jpe?g|png|gif|webp|avif|svg|ico|css|js|pdf|mp[34]|m4a|ogg|wav|webm|mov|avi|zip|gz|xml|docx?|xlsx?|pptx?)$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NO_STORY_QUERY = re.compile(r"(^|&)(s|feed|attachment_id|author|cat|tag|paged)=", re.IGNORECASE)


def clean(url: str) -> str:
    """Return an address without fragment and without the parameters that do not choose the page."""
    try:
        parts = urlsplit(url.strip())
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url
    query = parts.query
    if any(_NOISE.fullmatch(name) for name, _ in pairs):
        query = urlencode([(name, value) for name, value in pairs if not _NOISE.fullmatch(name)])
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, query, ""))


def hosts(site: Site) -> frozenset[str]:
    """Return the host names, without ``www.`` and with their port, that a site's stories may have."""
    return frozenset(host_of(url) for url in (site.url, *site.former_urls))


def refused(url: str, site: Site) -> str | None:
    """Say why an address is not asked for as a story of this site; None when it is."""
    try:
        parts = urlsplit(url)
        host = host_of(url)
    except ValueError:
        return "bad address"
    if parts.scheme not in ("http", "https"):
        return "bad address"
    if host not in hosts(site):
        return "other host"
    if site.discover.article is not None:
        # The site's own pattern is the last word: it may put stories below /category/.
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return None if re.search(site.discover.article, path) else "not the site's article pattern"
    # /?p=312347 is a story on the front page's path.
    if parts.query and parts.path in ("", "/"):
        return "not a story" if _NO_STORY_QUERY.search(parts.query) else None
    return "not a story" if _NO_STORY.search(parts.path) else None


def host_of(url: str) -> str:
    """Return the host name of an address, without ``www.`` and with its port."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{parts.port}" if parts.port else host

"""RSS, Atom, RDF and JSON feeds → links."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import feedparser

from archive import Counter, Link
from crawler.discovery.listing import Listing, listing_time, unpacked, what_came
from crawler.errors import ListingError
from crawler.reading.numbers import parse_count

if TYPE_CHECKING:
    from time import struct_time


def read_feed(body: bytes, url: str) -> Listing:
    """Return the links of a feed, newest first as it prints them; raise ListingError if it is no feed."""
    body, problem = unpacked(body)
    if body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return _json_feed(body, url)
    if came := what_came(body):
        raise ListingError(f"not a feed: {came}")
    # The type as XML: the charset is then what the feed itself declares.
    headers = {"content-location": url, "content-type": "application/xml"}
    feed = feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False)
    links = tuple(link for entry in feed.entries if (link := _link(entry, url)))
    if not feed.version and not links:
        raise ListingError(f"not a feed: {_why(feed) or 'no RSS, Atom or RDF in it'}")
    # Only a fault that ends the parse loses entries; a wrong charset or content type does not.
    if feed.bozo and "SAXParseException" in type(feed.bozo_exception).__name__:
        problem = problem or f"broken feed: {_why(feed)}"
    return Listing(kind="feed", url=url, links=links, more=_next(feed, url) if links else (), problem=problem)


def _json_feed(body: bytes, url: str) -> Listing:
    """Return the links of a JSON feed, as jsonfeed.org/version/1.1 describes it."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ListingError("not a feed: broken JSON") from None
    items = told.get("items")
    if not isinstance(items, list):
        raise ListingError("not a feed: JSON without items")
    links = tuple(link for item in items if isinstance(item, dict) and (link := _json_link(item, url)))
    further = told.get("next_url")
    more = (urljoin(url, further.strip()),) if links and isinstance(further, str) and further.strip() else ()
    return Listing(kind="feed", url=url, links=links, more=more)


def _json_link(item: dict[str, Any], url: str) -> Link | None:
    # "url" is the story's page; an "id" may be one too, but need not be.
    address = item.get("url") or item.get("id")
    if not isinstance(address, str) or not (item.get("url") or address.startswith(("http://", "https://"))):
        return None
    title = item.get("title")
    return Link(
        url=urljoin(url, address.strip()),
        lastmod=_json_time(item.get("date_modified")),
        published=_json_time(item.get("date_published")),
        title=title.strip() or None if isinstance(title, str) else None,
    )


def _json_time(value: object) -> datetime | None:
    return listing_time(value) if isinstance(value, str) else None


def _link(entry: Any, url: str) -> Link | None:
    # FeedBurner puts its own counter in <link> and the story's address beside it.
    address = entry.get("feedburner_origlink") or entry.get("link")
    if not address:
        return None
    return Link(
        url=urljoin(url, address.strip()),
        # dict.get: feedparser's own would answer "published" for a missing "updated".
        lastmod=_time(dict.get(entry, "updated_parsed")),
        published=_time(dict.get(entry, "published_parsed")),
        title=(entry.get("title") or "").strip() or None,
        counters=_comments(entry),
    )


def _comments(entry: Any) -> tuple[Counter, ...]:
    """Return the number of comments that a feed gives: slash:comments (RSS 1.0 module), thr:total (RFC 4685)."""
    for name, source in (("slash_comments", "feed:slash"), ("thr_total", "feed:thr")):
        count = parse_count(entry.get(name))
        if count is not None:
            return (Counter(metric="comments", value=count.value, exact=count.exact, source=source, raw=entry[name]),)
    return ()


def _time(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        return datetime(*parsed[:6], tzinfo=UTC)
    except ValueError:
        return None


def _why(feed: Any) -> str:
    error = feed.get("bozo_exception")
    get_message = getattr(error, "getMessage", None)
    return str(get_message() if get_message else error or "")


def _next(feed: Any, url: str) -> tuple[str, ...]:
    said = [link.get("href") for link in feed.feed.get("links", ()) if link.get("rel") == "next" and link.get("href")]
    if said:
        return (urljoin(url, said[0]),)
    parts = urlsplit(url)
    # WordPress pages its feeds and does not say so; where its name was taken out, /feed/ still gives it away.
    generator = str(feed.feed.get("generator", "")).lower()
    if "wordpress" not in generator and not parts.path.endswith("/feed/"):
        return ()
    query = dict(parse_qsl(parts.query))
    page = int(query.get("paged", "1")) if query.get("paged", "1").isdecimal() else 1
    return (urlunsplit(parts._replace(query=urlencode({**query, "paged": page + 1}))),)

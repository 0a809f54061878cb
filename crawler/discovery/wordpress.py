"""The WordPress REST API as a listing: one request tells every post that was written or changed since the last visit.

Only ``/wp/v2/posts`` is asked, and only for addresses and dates: the page makes versions, never the API's text. What
the parameters mean: developer.wordpress.org/rest-api/reference/posts; ``modified_after`` came with WordPress 5.7.
"""

from __future__ import annotations

import html
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml import etree
from lxml import html as markup

from archive import Counter, Link
from crawler.discovery.listing import Listing, listing_time
from crawler.errors import ListingError
from crawler.reading.numbers import parse_count

if TYPE_CHECKING:
    from datetime import datetime

PAGE = 100  # posts a page: the most that WordPress gives
OVERLAP = timedelta(minutes=5)
# What is not there is left out: plugins add the counters.
_COUNTERS = {"views": "views", "post_views": "views", "pvc_views": "views", "comment_count": "comments",
             "comments_count": "comments"}  # fmt: skip
_FIELDS = ",".join(("id,link,date_gmt,modified_gmt,title", *_COUNTERS))
_ROOT_RELATION = "https://api.w.org/"


def posts_address(
    root: str, *, modified_after: datetime | None = None, after: datetime | None = None, before: datetime | None = None
) -> str:
    """Return the address of the newest posts below an API's root: by change where that is bounded, else by date.

    Bounds are times with an offset, which WordPress turns into the site's own zone.
    """
    bounds = {"modified_after": modified_after, "after": after, "before": before}
    told = {name: at.isoformat(timespec="seconds") for name, at in bounds.items() if at is not None}
    order = "modified" if modified_after else "date"
    query = {"per_page": PAGE, "orderby": order, "order": "desc", **told, "_fields": _FIELDS}
    # A site without pretty addresses has its API at /?rest_route=/.
    parts = urlsplit(root)
    route = dict(parse_qsl(parts.query))
    if "rest_route" in route:
        query = {**route, "rest_route": route["rest_route"].rstrip("/") + "/wp/v2/posts", **query}
        return urlunsplit(parts._replace(query=urlencode(query)))
    return f"{root.rstrip('/')}/wp/v2/posts?{urlencode(query)}"


def usual_root(url: str) -> str:
    """Return where the API's root usually is."""
    return urljoin(url, "/wp-json/")


def root_in_page(body: bytes, url: str) -> str | None:
    """Return the API's root that a page of a WordPress site names in its head."""
    try:
        tree = markup.document_fromstring(body)
    except (etree.ParserError, ValueError):
        return None
    for link in tree.iter("link"):
        address: str = link.get("href") or ""
        if (link.get("rel") or "").strip() == _ROOT_RELATION and address:
            return urljoin(url, address.strip())
    return None


def read_posts(body: bytes, url: str, total: int | None = None) -> Listing:
    """Return the posts of one page of the API; raise ListingError if it is none.

    ``total`` is the ``X-WP-Total`` of the answer: without it, a full page is taken to have another behind it.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ListingError("not the WordPress API: no JSON") from None
    if isinstance(told, dict):
        raise ListingError(f"the WordPress API refuses: {told.get('message') or told.get('code') or 'no reason given'}")
    if not isinstance(told, list):
        raise ListingError("not the WordPress API: no list of posts")
    links = tuple(link for post in told if isinstance(post, dict) and (link := _link(post, url)))
    if told and not links:
        raise ListingError("not the WordPress API: no post has an address")
    more = (_next(url, links),) if told and _has_more(url, len(told), total) else ()
    return Listing(kind="wordpress", url=url, links=links, more=more, total=total)


def watermark(listing: Listing) -> datetime | None:
    """Return from when on to ask for changes next time: the newest that the site gave, a little before it.

    Posts are saved in another order than their dates say, and caches are some minutes behind.
    """
    newest = newest_change(listing)
    return newest - OVERLAP if newest is not None else None


def newest_change(listing: Listing) -> datetime | None:
    """Return when, by the site's own clock, the newest change of a listing was made."""
    return max((link.lastmod for link in listing.links if link.lastmod), default=None)


def _link(post: dict[str, Any], url: str) -> Link | None:
    address = post.get("link")
    if not isinstance(address, str) or not address.strip():
        return None
    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else title
    return Link(
        url=urljoin(url, address.strip()),
        lastmod=_time(post.get("modified_gmt")),
        published=_time(post.get("date_gmt")),
        title=html.unescape(rendered).strip() or None if isinstance(rendered, str) else None,
        counters=_counters(post),
    )


def _counters(post: dict[str, Any]) -> tuple[Counter, ...]:
    found: dict[str, Counter] = {}
    for name, metric in _COUNTERS.items():
        written = post.get(name)
        count = parse_count(written) if isinstance(written, str | int | float) else None
        if count is not None:
            raw, source = str(written), f"rest:{name}"
            found.setdefault(
                metric, Counter(metric=metric, value=count.value, exact=count.exact, source=source, raw=raw)
            )
    return tuple(found.values())


def _time(value: object) -> datetime | None:
    # A draft that was never published has "0000-00-00T00:00:00", which is no date.
    return listing_time(value) if isinstance(value, str) else None


def _has_more(url: str, came: int, total: int | None) -> bool:
    if total is None:
        return came >= PAGE
    return (_page(url) - 1) * PAGE + came < total


def _page(url: str) -> int:
    page = dict(parse_qsl(urlsplit(url).query)).get("page", "1")
    return int(page) if page.isdecimal() else 1


def _next(url: str, links: tuple[Link, ...]) -> str:
    """Return the address of the posts after these.

    By date, that is what is older than the oldest here: what is published or taken away meanwhile moves nothing.
    By change, or where a whole page has one date, as imports have, it is the next page by number.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    oldest = min((link.published for link in links if link.published), default=None)
    if query.get("orderby") == "date" and oldest is not None:
        # The bound is exclusive, and several posts may have the date of the last one.
        before = (oldest + timedelta(seconds=1)).isoformat(timespec="seconds")
        if before != query.get("before"):
            query.pop("page", None)
            return urlunsplit(parts._replace(query=urlencode({**query, "before": before})))
    return urlunsplit(parts._replace(query=urlencode({**query, "page": _page(url) + 1})))

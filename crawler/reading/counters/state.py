"""Counters in the page's own data: ``__NEXT_DATA__``, Next.js' rows, Nuxt's state, Arc's ``Fusion.globalContent``.

Such data speaks of many stories. Only an object whose address, slug or id is the page's is believed, and never a
video (counters-and-bylines.md, section 7, rule 5). A 0 there may be a value nobody has filled yet.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import re2

from archive.records import Counter
from crawler.reading.addresses import comparable
from crawler.reading.numbers import parse_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.reading.counters.candidates import Found
    from crawler.reading.page import Page, Script

_STATE = re.compile(r"""__NEXT_DATA__|__NUXT|application/json""")
_ASSIGNED = re.compile(r"""(?:\b(?:window|self|globalThis)\.__[A-Z_]+__|\bFusion\.globalContent)\s*=\s*(?=[{\[])""")
_FLIGHT = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')
_FLIGHT_ROW = re.compile(r"^[0-9a-f]+:(?=[\[{])")
_KEYS = {
    **dict.fromkeys(("views", "viewCount", "view_count", "viewsCount", "views_count", "pageViews", "page_views",
                     "pageviews", "hits", "reads", "readCount", "read_count", "totalViews", "total_views"), "views"),
    **dict.fromkeys(("comments", "commentCount", "comment_count", "commentsCount", "comments_count", "totalComments",
                     "total_comments", "numComments", "num_comments"), "comments"),
    **dict.fromkeys(("shares", "shareCount", "share_count", "sharesCount", "shares_count", "totalShares"), "shares"),
}  # fmt: skip
_ANY_KEY = re2.compile(f'"(?:{"|".join(_KEYS)})"')
_WITHIN = frozenset({"stats", "statistics", "counters", "counts", "metrics", "interactions", "engagement", "analytics"})
_ADDRESSES = ("url", "canonical_url", "canonicalUrl", "canonical", "link", "permalink", "href", "path", "uri",
              "website_url", "shareUrl")  # fmt: skip
_IDS = ("id", "_id", "articleId", "article_id", "postId", "newsId")
_HEADLINES = ("title", "headline", "headlines", "name")
_MOST_NODES = 50_000
_LARGEST = 3 * 2**20
_DECODER = json.JSONDecoder(strict=False)


def in_page_state(page: Page) -> list[Found]:
    """Return the counters of views, comments and shares that the page's data binds to this page."""
    found = []
    for value in _values(page.code):
        for node in _objects(value):
            counts = list(_counts(node))
            if counts and not _is_video(node) and _is_this_page(page, node):
                found += [(6, counter) for counter in counts]
    return found


def _values(code: Iterable[Script]) -> Iterator[Any]:
    flight: list[str] = []
    for attributes, text in code:
        content, head = text[:_LARGEST], text[:300]
        if "__next_f" in head:
            flight += [part for part in (_decoded(row) for row in _FLIGHT.findall(content)) if isinstance(part, str)]
        elif "__NUXT_DATA__" in attributes:
            value = _decoded(content)
            yield from _revived(value) if isinstance(value, list) else ()
        elif _STATE.search(attributes) and _has_counter(content):
            yield _decoded(content)
        elif "__" in head or "Fusion" in head:
            yield from (_decoded(content[start.end() :]) for start in _ASSIGNED.finditer(content))
    for row in "".join(flight).split("\n"):
        start = _FLIGHT_ROW.match(row)
        if start and _has_counter(row):
            yield _decoded(row[start.end() :])


def _has_counter(content: str) -> bool:
    """Say whether a counter's key stands in a script; most are then not decoded."""
    return _ANY_KEY.search(content) is not None


def _decoded(source: str) -> Any:
    try:
        return _DECODER.raw_decode(source.lstrip())[0]
    except (ValueError, RecursionError):
        return None


def _revived(rows: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the objects of Nuxt 3's list, in which every value is the place of another in the list."""

    def at(place: Any) -> Any:
        return (
            rows[place] if isinstance(place, int) and not isinstance(place, bool) and 0 <= place < len(rows) else None
        )

    for row in rows:
        if isinstance(row, dict):
            node = {key: at(place) for key, place in row.items()}
            inner = {key: value for key, value in node.items() if isinstance(value, dict) and key.lower() in _WITHIN}
            plain = {key: value for key, value in node.items() if not isinstance(value, dict | list)}
            yield plain | {key: {name: at(place) for name, place in value.items()} for key, value in inner.items()}


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    stack, budget = [value], _MOST_NODES
    while stack and budget:
        at = stack.pop()
        budget -= 1
        if isinstance(at, dict):
            yield at
            stack.extend(item for item in at.values() if isinstance(item, dict | list))
        elif isinstance(at, list):
            stack.extend(item for item in at if isinstance(item, dict | list))


def _is_video(node: dict[str, Any]) -> bool:
    return any("video" in str(node.get(key) or "").lower() for key in ("type", "__typename", "@type", "contentType"))


def _is_this_page(page: Page, node: dict[str, Any]) -> bool:
    """Say whether an object is the page's: by its address, else by a slug or an id beside a headline."""
    addresses = [node[key] for key in _ADDRESSES if isinstance(node.get(key), str) and "/" in node[key]]
    if addresses:
        return any(comparable(page.absolute(address)) in page.own_addresses for address in addresses)
    if not any(node.get(key) for key in _HEADLINES):
        return False
    steps = [step for step in unquote(urlsplit(page.url).path).lower().split("/") if step]
    slug = node.get("slug")
    if isinstance(slug, str) and len(slug) > 7:
        return slug.lower().strip("/") in (steps[-1:] or [""])
    ids = {str(node[key]) for key in _IDS if isinstance(node.get(key), str | int)}
    told = {page.post_id, *re.findall(r"(?<!\d)\d{4,}(?!\d)", steps[-1] if steps else ""), *steps[-2:]}
    return any(one in told and len(one) > 3 and one.isalnum() for one in ids)


def _counts(node: dict[str, Any]) -> Iterator[Counter]:
    for holder in (node, *(node[key] for key in _WITHIN & node.keys() if isinstance(node[key], dict))):
        for key in _KEYS.keys() & holder.keys():
            value = holder[key]
            count = parse_count(value) if isinstance(value, int | str) else None
            if count is not None and count.value:
                raw = f"{key}: {value}"[:80]
                yield Counter(metric=_KEYS[key], value=count.value, exact=count.exact, source="page state", raw=raw)

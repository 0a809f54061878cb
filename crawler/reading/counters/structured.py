"""What structured data says: JSON-LD of the page's own article, microdata, RDFa and the older interactionCount."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from archive.records import Counter
from crawler.reading.addresses import comparable
from crawler.reading.counters.labels import read
from crawler.reading.dom import text_of
from crawler.reading.jsonld import Node, types
from crawler.reading.numbers import Count, parse_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.reading.counters.candidates import Found
    from crawler.reading.counters.pieces import Pieces
    from crawler.reading.page import Page

_ACTIONS = {
    "views": frozenset({"readaction", "viewaction", "userpagevisits"}),
    "comments": frozenset({"commentaction", "comment", "replyaction", "discussaction", "usercomments"}),
    "shares": frozenset({"shareaction", "usershares"}),
}
# Joomla and Drupal say it to machines: content="UserPageVisits:207".
_LEGACY = re.compile(r"(UserPageVisits|UserComments|UserShares)\s*:(.*)", re.IGNORECASE)


def in_json_ld(page: Page, metric: str) -> Iterator[Found]:
    """Read interactionStatistic, the older interactionCount and commentCount of the page's own article node."""
    node = page.article
    actions = _ACTIONS[metric]
    if node is None:
        node = _own_video(page) if "VideoObject" in page.text else None
        actions = actions | {"watchaction", "userplays"} if metric == "views" else actions
    if node is None:
        return
    for statistic in page.graph.follow(node, "interactionStatistic"):
        if isinstance(statistic, dict) and _action(statistic.get("interactionType")) in actions:
            yield from _found(metric, "json-ld", statistic.get("userInteractionCount"))
    for value in page.graph.follow(node, "interactionCount"):
        name, colon, number = str(value).partition(":")
        if colon and name.strip().lower() in actions:
            yield from _found(metric, "json-ld", number)
    if metric == "comments":
        yield from _found(metric, "json-ld", node.get("commentCount"))


def _found(metric: str, source: str, raw: Any) -> Iterator[Found]:
    count = parse_count(raw) if isinstance(raw, str | int | float) else None
    if count is not None:
        yield 1, Counter(metric=metric, value=count.value, exact=count.exact, source=source, raw=str(raw))


def _own_video(page: Page) -> Node | None:
    """Return the video that the page is, where it is no article: only then are its plays the page's views."""
    for depth, node in page.graph.nodes:
        if "videoobject" in types(node) and depth <= 1:
            addresses = [node.get(key) for key in ("url", "@id", "mainEntityOfPage")]
            if any(isinstance(one, str) and comparable(page.absolute(one)) in page.own_addresses for one in addresses):
                return node
    return None


def _action(value: Any) -> str:
    """Return the last part of an interactionType, which may be a string, a node, a list or an archived address."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = next(iter(types(value)), None) or value.get("@id")
    return re.split(r"[/#:]", str(value or "").rstrip("/"))[-1].lower()


def in_markup(page: Page, metric: str, pieces: Pieces) -> Iterator[Found]:
    """Read microdata and RDFa in the story's part of the page."""
    for element in _legacy_holders(page, pieces):
        told = _LEGACY.fullmatch((element.get("content") or text_of(element)).strip())
        if told is None or told[1].lower() not in _ACTIONS[metric] or page.scope.is_foreign(element):
            continue
        count = parse_count(told[2].strip())
        if count is not None:
            raw = element.get("content") or text_of(element)
            source = "dom interactionCount"
            yield 3, Counter(metric=metric, value=count.value, exact=count.exact, source=source, raw=raw)
    yield from _microdata(page, metric)
    if metric == "comments":
        for element in (element for element in page.marked("itemprop") if element.get("itemprop") == "commentCount"):
            raw = element.get("content") or text_of(element)
            count = read(raw, metric) if not _is_foreign_item(page, element) else None
            if count is not None:
                yield 3, Counter(metric=metric, value=count.value, source="dom [itemprop]", raw=raw[:80])


def _legacy_holders(page: Page, pieces: Pieces) -> list[HtmlElement]:
    """Return the elements that may say "UserPageVisits:207": any meta tag, and what is marked so."""
    found = [element for element in pieces.metas if (element.get("content") or "").startswith("User")]
    if found:
        return found
    marks = ("itemprop", "property") if "interactionCount" in page.text else ()
    return [element for mark in marks for element in page.marked(mark) if "interactionCount" in element.get(mark)]


def _microdata(page: Page, metric: str) -> Iterator[Found]:
    """Read nested interactionStatistic items by their type."""
    for item in (item for item in page.marked("itemprop") if item.get("itemprop") == "interactionStatistic"):
        kinds = [_told(node) for node in item.xpath(".//*[@itemprop='interactionType']")]
        counts = item.xpath(".//*[@itemprop='userInteractionCount']")
        if not kinds or not counts or _action(kinds[0]) not in _ACTIONS[metric] or _is_foreign_item(page, item):
            continue
        raw = (counts[0].get("content") or text_of(counts[0])).strip()
        count: Count | None = parse_count(raw)
        if count is not None:
            source = "dom interactionStatistic"
            yield 3, Counter(metric=metric, value=count.value, exact=count.exact, source=source, raw=raw)


def _told(node: HtmlElement) -> str:
    return str(node.get("content") or node.get("href") or node.get("itemtype") or text_of(node))


def _is_foreign_item(page: Page, element: HtmlElement) -> bool:
    """Say whether an item belongs to something within the page: a video, an answer, a comment, a teaser."""
    if page.scope.is_foreign(element):
        return True
    around = next((above for above in element.iterancestors() if above.get("itemtype")), None)
    if around is None or around.get("itemprop") is None:
        return False
    return not _action(around.get("itemtype")).endswith(("article", "posting", "page", "report", "creativework"))

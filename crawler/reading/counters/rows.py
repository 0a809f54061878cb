"""The elements in which themes, plugins and systems print counters (counters-and-bylines.md, sections 1 to 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.records import Counter
from crawler.reading.attributes import NamePattern
from crawler.reading.counters.candidates import was_rounded
from crawler.reading.counters.labels import read
from crawler.reading.counters.ownership import is_foreign, is_of_another_post
from crawler.reading.dom import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from crawler.reading.counters.candidates import Found
    from crawler.reading.page import Page


@dataclass(frozen=True, slots=True)
class Row:
    """One way to print a counter: a class, or an id, or a class with an attribute that holds the post id.

    ``{id}`` is the page's own post id; a row that has it is bound to the article, any other must also stand in the
    story's part of the page, unless the page can have only one (``anywhere``). ``inner`` is a class inside, where the
    number is.
    """

    name: str
    metric: str = "views"
    inner: str = ""
    attribute: str = "class"
    bound_by: str = ""
    anywhere: bool = False

    @property
    def is_bound(self) -> bool:
        """Say whether the element names the post it counts for."""
        return "{id}" in self.name or bool(self.bound_by)


ROWS = (
    Row("td-nr-views-{id}"),  # tagDiv
    Row("post-share-btn-views", inner="number", bound_by="data-bpv-post"),  # BetterStudio
    Row("post-meta-views", bound_by="data-bpv-post"),  # BetterStudio, older
    Row("vw-post-views-id-{id}"),  # Envirra
    Row("tptn_counter_{id}", attribute="id"),  # Top 10
    Row("post-views post-{id}", inner="post-views-count"),  # Post Views Counter
    Row("pvc_stats", bound_by="data-element-id"),  # Page Views Count
    Row("pvc_stats", bound_by="element-id"),  # Page Views Count, older
    Row("penci-post-countview-p{id}"),  # PenNews
    Row("bawpvc-ajax-counter", bound_by="data-id"),  # BAW Post Views Count
    Row("bawpvc-ajax-counter"),
    Row("pvc_stats"),
    Row("tdb_single_post_views"),  # tagDiv Cloud
    Row("td-post-views"),  # tagDiv with WP-PostViews
    Row("meta-views"),  # Jannah
    Row("jeg_views_count", inner="counts"),  # JNews
    Row("post-share-btn-views", inner="number"),  # Publisher
    Row("meta-view"),  # Foxiz
    Row("penci-post-countview-number"),  # Soledad
    Row("total-views"),  # ColorMag
    Row("aft-view-count"),  # AF themes
    Row("entry-views"),  # Bimber
    Row("entry-views-count"),  # Viral
    Row("view-number"),  # RadiusTheme
    Row("post-views"),  # Sahifa
    Row("vw-post-views-count"),  # Envirra where the page does not say its id
    Row("bdaia-post-view"),  # Bdaia
    Row("post-views-count"),  # Post Views Counter where the theme drops the id
    Row("tptn_counter"),
    Row("itemhits"),  # Joomla K2
    Row("hits"),  # Joomla
    Row("hits", attribute="id"),  # PHPCMS
    Row("statistics_counter"),  # Drupal 7
    Row("e-reads", inner="ed-value"),  # uCoz
    Row("bx-newslist-show-counter"),  # Bitrix
    Row("itemstats"),  # XOOPS
    Row("footer-info-viewcount", attribute="id", anywhere=True),  # MediaWiki
    Row("busuanzi_value_page_pv", attribute="id"),  # static blogs
    Row("td-post-comments", "comments"),
    Row("tdb_single_comments_count", "comments"),
    Row("jeg_meta_comment", "comments"),
    Row("meta-comment", "comments"),
    Row("post-share-btn-comments", "comments", inner="number"),
    Row("comments-link", "comments"),
    Row("entry-comments-link", "comments"),
    Row("comments-title", "comments"),
    Row("wpd-cc-value", "comments"),  # wpDiscuz
    Row("aft-comment-count", "comments"),  # AF themes
    Row("cm-comments-link", "comments"),  # ColorMag
    Row("penci-comment-count", "comments"),  # Soledad
    Row("vw-post-comment-number", "comments"),  # Envirra
    Row("mh-comment-scroll", "comments"),  # MH Magazine
    Row("argcoms", "comments"),  # DataLife Engine
    Row("replycount", "comments", attribute="id"),  # Korean systems
    Row("comment-comments", "comments"),  # Drupal 7
    Row("itemcomments", "comments"),  # Joomla K2
    Row("jeg_share_count", "shares", inner="counts"),
    Row("share-handler", "shares", inner="number"),  # Publisher
)
_IDS = NamePattern(
    "|".join("^" + re.escape(row.name).replace(r"\{id\}", r"\d+") + "$" for row in ROWS if row.attribute == "id")
)
_NEVER = NamePattern(r"^never a name$")
_MOST = 40  # a page with more elements of one row is a list
_FULL = re.compile(r"title|aria-label|content|data-[\w-]*(?:views?|count|number|total|value|hits)[\w-]*")


def from_rows(page: Page, metric: str) -> Iterator[Found]:
    """Read the counters of known elements."""
    identified = page.named(_NEVER, _IDS, None)
    for row in ROWS:
        if row.metric == metric:
            for element in _holders(page, row, identified)[:_MOST]:
                yield from _from_row(page, row, element)


def own_elements(page: Page) -> Iterator[HtmlElement]:
    """Yield the elements that known systems print view counters in, to be kept out of the body."""
    for row in ROWS:
        if row.metric == "views" and row.attribute == "class" and not row.bound_by:
            yield from _holders(page, row, ())


def _holders(page: Page, row: Row, identified: Sequence[HtmlElement]) -> list[HtmlElement]:
    if row.is_bound and page.post_id is None:
        return []
    name = row.name.replace("{id}", page.post_id or "")
    if row.attribute == "id":
        return [element for element in identified if (element.get("id") or "").lower() == name]
    first, _, second = name.partition(" ")
    found = page.with_class(first)
    if second:
        return [element for element in found if second in element.get("class").lower().split()]
    return [element for element in found if element.get(row.bound_by) == page.post_id] if row.bound_by else found


def _from_row(page: Page, row: Row, element: HtmlElement) -> Iterator[Found]:
    if not row.is_bound and not row.anywhere and (is_foreign(page, element) or is_of_another_post(page, element)):
        return
    inside = _inside(element, row.inner) if row.inner else element
    raw = inside.get("content") or text_of(inside)
    count = read(raw, row.metric)
    if count is None:
        return
    label = f".{row.name.split()[0]}" if row.attribute == "class" else "[id]"
    source = f"dom {label.replace('-{id}', '').replace('{id}', '')}"
    counter = Counter(metric=row.metric, value=count.value, exact=count.exact, source=source, raw=raw[:80])
    yield (2 if row.is_bound else 3), counter if counter.exact else in_full(counter, element, inside)


def _inside(element: HtmlElement, name: str) -> HtmlElement:
    found = (node for node in element.iterdescendants() if name in (node.get("class") or "").split())
    return next(found, element)


def in_full(counter: Counter, *elements: HtmlElement) -> Counter:
    """Return the exact number that the elements of a rounded one ("12.3K") hold in an attribute, if any does."""
    for element in elements:
        for name, written in element.items():
            count = read(written, counter.metric) if _FULL.fullmatch(name.lower()) else None
            if count is not None and count.exact and was_rounded(count.value, counter):
                return Counter(metric=counter.metric, value=count.value, source=counter.source, raw=written[:80])
    return counter

"""Whether a page is an article at all: fronts, listings, tags, authors, searches and "about" pages are none.

Generous to real articles: a page is refused only when it says itself that it is something else, or shows no sign of
being a story.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.reading.addresses import is_front_page

if TYPE_CHECKING:
    from archive.records import Moment
    from crawler.reading.page import Page

_LISTING_TYPES = frozenset(
    {"collectionpage", "searchresultspage", "profilepage", "aboutpage", "contactpage", "itemlist"}
)
# What WordPress writes into the class of <body> (get_body_class in the WordPress core).
_LISTING_CLASSES = frozenset({"archive", "category", "tag", "author", "search", "search-results", "search-no-results",
                              "home", "blog", "error404", "attachment", "date"})  # fmt: skip
_LEAST_PROSE = 500  # letters of its own that a page among many teasers must have
_PROSE_TAGS = frozenset({"p", "div", "td", "section", "article", "span"})
_STATIC_CLASS = re.compile(r"(?:^|\s)page-id-\d+(?:\s|$)")
_ARTICLE_CLASS = re.compile(r"(?:^|\s)(?:single|single-post|postid-\d+)(?:\s|$)")
_STATIC_PATH = re.compile(
    r"^/(?:[a-z]{2}/)?(?:about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?|terms(?:-\w+)*|imprint|impressum|staff|"
    r"advertise(?:-with-us)?|search|tag|tags|category|author|authors|login|subscribe)(?:\.html?|/.*)?/?$"
)


def why_not_article(
    page: Page, published: Moment | None, published_source: str, paragraphs: tuple[str, ...]
) -> str | None:
    """Return why a page is no article, or None if it may be one."""
    names = " ".join(body.get("class") or "" for body in page.tagged("body")).lower()
    if not _ARTICLE_CLASS.search(names):
        listing = set(names.split()) & _LISTING_CLASSES
        if listing and "wp" in page.text and not _is_marked(page):
            return f"the page is a WordPress listing: body class {min(listing)}"
    listed = page.graph.types & _LISTING_TYPES
    if listed and not _has_article(page) and not _is_marked(page):
        return f"structured data says {min(listed)} and names no article"
    if _has_article(page) or _is_marked(page):
        return None
    is_dated = published is not None and published_source not in ("htmldate", "url")
    if not is_dated and (_STATIC_CLASS.search(names) or _STATIC_PATH.match(urlsplit(page.url).path.lower())):
        return "a static page: it shows no date and no sign of an article"
    if is_front_page(page.url) and not is_dated and _is_listing(page, paragraphs):
        return "a front page: links to stories and no story of its own"
    if not is_dated and _is_listing(page, paragraphs):
        return "a listing: many headlines that lead elsewhere, little text of its own"
    return None


def _has_article(page: Page) -> bool:
    """Say whether structured data names an article with a headline and a date or an author."""
    node = page.article or {}
    return bool((node.get("headline") or node.get("name")) and (node.get("datePublished") or node.get("author")))


def _is_marked(page: Page) -> bool:
    kinds = [kind.lower() for kind in page.meta.get("og:type", ())]
    return "article" in kinds or "article:published_time" in page.meta


def _is_listing(page: Page, paragraphs: tuple[str, ...]) -> bool:
    """Say whether a page is headlines that lead elsewhere, and most of its prose stands in their teasers."""
    links = page.tree.xpath("//h2//a[@href]|//h3//a[@href]|//h4//a[@href]|//a[@href][h2 or h3 or h4]")
    elsewhere = {link.get("href") for link in links if page.scope.leads_elsewhere(link.get("href"))}
    if len(elsewhere) < 8:
        return False
    prose = {True: 0, False: 0}
    for element in page.elements:
        if element.tag in _PROSE_TAGS:
            told = len((element.text or "").strip()) + sum(len((child.tail or "").strip()) for child in element)
            prose[page.scope.is_foreign(element)] += told if told >= 80 else 0
    return prose[False] < max(_LEAST_PROSE, prose[True] // 3) or sum(map(len, paragraphs)) < _LEAST_PROSE // 2

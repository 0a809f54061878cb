"""Where the story's text stands: the element that holds it, so that only this part of the page is copied and cleaned.

The names are those by which trafilatura finds a text (its BODY_XPATH, in the same order); they are looked up in the
page's index of classes, where trafilatura walks the page once for each row. A frame that stands in a sidebar, a
teaser or among comments is another story's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.reading.attributes import NamePattern
from crawler.reading.dom import length_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

_TAGS = frozenset({"article", "div", "main", "section"})
# What trafilatura throws away before it looks for a text.
_OUTSIDE = frozenset((
    "aside", "footer", "nav", "form", "figure", "noscript", "menu", "dialog", "template", "iframe", "object", "button",
    "fieldset", "label", "select", "svg", "video", "audio", "picture",
))  # fmt: skip
_CONTENT_CLASS = NamePattern(
    r"^(?:post|entry)$|post[-_]text|post-body|post-?entry|post[-_]?content|post_inner_wrapper|article-?text|"
    r"(?:entry|page|text|article|art)-content|article__content|article(?:-|__)?body|articlecontent|body-text|"
    r"article__container"
)
_CONTENT_ID = NamePattern(
    r"^articlecontent$|(?:entry|article|art)-content|article__content|article(?:-|__)?body|body-text"
)
_STORY_CLASS = NamePattern(
    r"^(?:postarea|art-postcontent|text|cell|story)$|^article |fulltext|post-bodycopy|story-?content|"
    r"(?:theme|blog|section|single)-content|single-post|main-column|wpb_text_column|story-body|field-body"
)
_STORY_ID = NamePattern(r"^(?:article|story)$|^primary|story-body")
_MAIN_CLASS = NamePattern(r"^content$|content[-_]main|content(?:-|__)body|main-content|page-content")
_MAIN_ID = NamePattern(r"^content$|content-main|content-body|contentbody|main-content")
_HOLDERS = frozenset({"article", "div", "section", "span", "td", "blockquote", "li", "font"})
_PARAGRAPH = 80  # letters; less is a caption, a label or a link
_LOSS = 0.6  # what a paragraph counts for an element further out
_COMMENTS = re.compile(r"^comment(?!ary)|(?:article|post)-comments|comol|^(?:disqus_thread|dsq-comments)")


def frames(page: Page) -> Iterator[HtmlElement]:
    """Yield the elements that may hold the story's text, the likeliest first."""
    seen: set[HtmlElement] = set()
    for found in _rows(page):
        element = next((element for element in found if _is_inside(element, page)), None)
        if element is not None and element not in seen:
            seen.add(element)
            yield element
    dense = _densest(page)
    if dense is not None and dense not in seen:
        yield dense


def prose(page: Page) -> Iterator[tuple[HtmlElement, int]]:
    """Yield the elements of the story's part of the page that hold a paragraph of their own, and its letters."""
    for element, tag in zip(page.elements, page.tags, strict=True):
        if tag == "p":
            letters = length_of(element)
        elif tag in _HOLDERS:
            letters = len((element.text or "").strip()) + sum(len((child.tail or "").strip()) for child in element)
        else:
            continue
        if letters >= _PARAGRAPH and _is_inside(element, page):
            yield element, letters


def _densest(page: Page) -> HtmlElement | None:
    """Return the element whose children hold most of the prose, where no name tells (readability's rule)."""
    weights: dict[HtmlElement, float] = {}
    for element, letters in prose(page):
        at, weight = element if element.tag != "p" else element.getparent(), float(letters)
        for _ in range(3):
            if at is None or at.tag in ("html", "body"):
                break
            weights[at] = weights.get(at, 0.0) + weight
            at, weight = at.getparent(), weight * _LOSS
    return max(weights, key=lambda element: weights[element], default=None)


def _rows(page: Page) -> Iterator[list[HtmlElement]]:
    yield page.named(_CONTENT_CLASS, _CONTENT_ID, _TAGS, itemprop="articlebody")
    yield page.tagged("article")
    yield page.named(_STORY_CLASS, _STORY_ID, _TAGS, role="article")
    yield page.named(_MAIN_CLASS, _MAIN_ID, _TAGS)
    mains = {*page.tagged("main"), *(element for element in page.marked("role") if element.get("role") == "main")}
    yield sorted(mains, key=page.places.__getitem__)


def _is_inside(element: HtmlElement, page: Page) -> bool:
    """Say whether an element stands in the story's part of the page."""
    if page.scope.is_foreign(element):
        return False
    at: HtmlElement | None = element
    while at is not None:
        if at.tag in _OUTSIDE and not (at.tag == "form" and not page.scope.is_apart(at)):
            return False
        if _COMMENTS.search((at.get("class") or "").lower()) or _COMMENTS.search((at.get("id") or "").lower()):
            return False
        at = at.getparent()
    return True

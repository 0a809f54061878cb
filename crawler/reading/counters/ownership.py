"""Whether a number beside a word or an icon is the story's own. A wrong number is worse than none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.reading.dom import classes, length_of, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from crawler.reading.page import Page

_OF_POST = re.compile(r"(?:post|views|id|data)-p?(\d+)\s")
_POST_ATTRIBUTES = ("data-post-id", "data-bpv-post", "data-element-id", "element-id", "data-id")
# The site's own head and foot, where it counts itself; those of an article stand in it.
_SITE_BLOCK = re.compile(
    r"(?:^|\s)(?:(?:site|page|main|global|colophon)[-_]?)?(?:footer|colophon|masthead|top-?bar|rodape|pie|fusszeile)"
    r"(?=$|\s)"
)
_VIDEO = re.compile(r"youtu\.?be|videoobject|vimeo\.com|dailymotion")
_LIST_ITEM = re.compile(r"(?:^|\s)structitem(?=$|[\s-])")  # XenForo: another thread
_LEVELS = 4  # how far above a number its card may end
_LONGEST_CARD = 400
_LEAST_HEADLINE = 25  # letters: shorter links are authors, sections, tags
_ABOUT = re.compile(r"author|autor|byline|fn|tag|categor|cat-links")


def is_of_another_post(page: Page, element: HtmlElement) -> bool:
    """Say whether an element of a system names a post, and not this one."""
    around = element.getparent()
    names = f"{classes(element)} {classes(around) if around is not None else ''}"
    attributes = " ".join(f"data-{element.get(name)}" for name in _POST_ATTRIBUTES if element.get(name))
    told = _OF_POST.findall(f"{names} {attributes} ")
    return bool(told) and page.post_id is not None and page.post_id not in told


def is_foreign(page: Page, element: HtmlElement) -> bool:
    """Say whether an element stands in a block of another story, of a video or of the site as a whole."""
    return page.scope.is_foreign(element) or _is_the_sites(page, element) or _is_of_a_card(page, element)


def _is_the_sites(page: Page, element: HtmlElement) -> bool:
    for around in element.iterancestors():
        if not page.scope.is_apart(around) or around.tag == "article":
            return False
        if _SITE_BLOCK.search(classes(around)):
            return True
    return False


def _is_of_a_card(page: Page, element: HtmlElement) -> bool:
    """Say whether a number shares a small block with a link as long as a headline, or with a video."""
    around = element
    for _ in range(_LEVELS):
        if not page.scope.is_apart(around) or around.tag in ("body", "html") or length_of(around) > _LONGEST_CARD:
            return False
        if _LIST_ITEM.search(classes(around)) or any(
            _VIDEO.search(_told(node)) for node in around.iter("a", "iframe", "div", "li", "article")
        ):
            return True
        if any(_is_headline_link(page, link) for link in around.iter("a")):
            return True
        above = around.getparent()
        if above is None:
            return False
        around = above
    return False


def _told(node: HtmlElement) -> str:
    return f"{node.get('href') or ''} {node.get('src') or ''} {node.get('itemtype') or ''}".lower()


def _is_headline_link(page: Page, link: HtmlElement) -> bool:
    address = link.get("href")
    if not address or not page.scope.leads_elsewhere(address) or _ABOUT.search(f"{classes(link)} {link.get('rel')}"):
        return False
    return len(text_of(link)) >= _LEAST_HEADLINE and "/author" not in address

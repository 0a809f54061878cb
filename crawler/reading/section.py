"""The section of the paper that a story stands in: News, Balita, Общество.

Structured data says it on big sites. Small ones print it as a link: WordPress marks it ``rel="category tag"``, themes
and Joomla by a class beside the headline, and many only in the breadcrumbs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.reading.attributes import NamePattern
from crawler.reading.dom import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

_LONGEST = 40
_BESIDE_HEADLINE = NamePattern(
    r"(?:^|[\s_-])(?:category-name|cat-links?|(?:entry|post|article|td|meta)-categor(?:y|ies)|kicker|rubric|rubrik|"
    r"section-name|article-section)(?:$|[\s_-])"
)
_CRUMBS = NamePattern(r"(?:^|[\s_-])(?:breadcrumbs?|entry-crumbs|crumbs|speedbar)(?:$|[\s_-])")


def section_of(page: Page) -> tuple[str | None, str]:
    """Return the section that the page prints for its story, and where it was found."""
    marked = page.scope.own(link for link in page.tagged("a") if "category" in (link.get("rel") or "").split())
    if found := _first_name(page, marked):
        return found, "dom rel=category"
    for holder in page.scope.own(page.classed(_BESIDE_HEADLINE)):
        if found := _first_name(page, [holder] if holder.tag == "a" else holder.xpath(".//a[@href]")):
            return found, "dom category"
    for crumbs in page.classed(_CRUMBS):
        if found := _first_name(page, reversed(crumbs.xpath(".//a[@href]"))):
            return found, "dom breadcrumbs"
    return None, ""


def _first_name(page: Page, links: Iterable[HtmlElement]) -> str | None:
    """Return the text of the first link that leads neither to the front page nor to this one."""
    for link in links:
        name, address = text_of(link), page.absolute(link.get("href") or "")
        if not 1 < len(name) <= _LONGEST or not any(sign.isalpha() for sign in name):
            continue
        if urlsplit(address).path in ("", "/") or not page.scope.leads_elsewhere(address):
            continue
        return name
    return None

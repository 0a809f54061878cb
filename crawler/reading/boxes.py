"""What stands in the story's part of the page and is not its text: found by structure, before the text is taken.

The heading (what stands before the headline, and the ``header`` around it), links to other stories that are a whole
paragraph or a whole list, author boxes, counters, and boxes known to stand inside the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.reading.attributes import NamePattern
from crawler.reading.counters import own_elements
from crawler.reading.dom import length_of, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

# Boxes that stand inside the content and that trafilatura is known to keep (counters-and-bylines.md, 1 and 9).
_INSIDE = NamePattern(
    r"(?:^|[\s_-])(?:jnews_inline_related_post|posts-list-items|sharedaddy|jp-relatedposts|addtoany\w*|heateor\w*|"
    r"wp-block-newspack-blocks-homepage-articles|yarpp|related-?(?:posts|articles|stories|news|box|content)|"
    r"inline-related|read-?also|readmore-box|newsletter-?\w*|post-tags|tag-list|td-post-source-tags|"
    r"td-post-sharing\w*|social-share|share-buttons|sharing|wpd-thread\w*|fb-comments|"
    r"(?:photo|image|img|picture|media)-?(?:credits?|source|copyright))(?:$|[\s_-])"
)
# A box says in its name that it repeats, explains or sells: it is no part of the running text.
_BESIDE = NamePattern(
    r"(?:^|[\s_-])(?:info-?box|fact-?box|bullet-points|key-?(?:points|takeaways|facts)|show-comments|more-topics?|"
    r"click-?to-?tweet|swp_ctt|access-wall|pay-?wall-?(?:box|message|offer)|donat(?:e|ion)-?box|infobox-items)(?:$|[\s_-])"
)
_BOX_TAGS = frozenset({"a", "aside", "div", "li", "ol", "section", "table", "ul"})
_HEADING_SHARE = 3  # a heading holds less than a third of the story's part of the page
_LEAD = 80  # letters; a paragraph as long in the header is the story's lead and stays
_SHORTEST_TITLE = 20  # letters; a link that says less is "here" or a name


def unwanted(page: Page, author_boxes: Iterable[HtmlElement]) -> frozenset[HtmlElement]:
    """Return the elements that are not the story's text wherever they stand."""
    found = {*author_boxes}
    found.update(element for element in own_elements(page) if length_of(element) < 200)
    found.update(element for element in page.classed(_INSIDE) if _is_inside_box(element, page))
    found.update(_beside(page))
    return frozenset(found)


def _beside(page: Page) -> Iterator[HtmlElement]:
    """Yield the boxes of facts, key points, offers and prompts that stand between the paragraphs."""
    found = page.classed(_BESIDE)
    return (element for element in found if element.tag in _BOX_TAGS and page.scope.is_apart(element))


def heading(page: Page, part: HtmlElement) -> list[HtmlElement]:
    """Return the headline and what stands before it in its part of the page, if that is less than a story."""
    if page.headline is None or not page.is_headline_confirmed:
        return []
    before: list[HtmlElement] = []
    header = None
    at = page.headline
    while at is not part:
        before += at.itersiblings(preceding=True)
        if at.tag in ("header", "hgroup"):
            header = at
        at = at.getparent()
        if at is None:
            return []
    size = length_of(part)
    if header is not None and length_of(header) * _HEADING_SHARE < size and not _has_lead(header):
        before.append(header)
    elif sum(map(length_of, before)) * _HEADING_SHARE > size:
        before = []
    return [*before, page.headline]


def _has_lead(header: HtmlElement) -> bool:
    return any(length_of(part) >= _LEAD and part.find(".//h1") is None for part in header.iter("p", "div", "h2"))


def _is_inside_box(element: HtmlElement, page: Page) -> bool:
    if element.tag in ("html", "body", "article", "main"):
        return False
    return page.scope.is_apart(element)


def links_alone(tree: HtmlElement, page: Page) -> list[HtmlElement]:
    """Return the paragraphs that are one link to another story, and lists of such links.

    The tree is one that trafilatura has converted: links are ``ref``, lists ``list`` of ``item``, headings ``head``.
    """
    found: list[HtmlElement] = []
    for block in tree.iter("p", "list"):
        if block.tag == "p":
            if _is_link(block, page):
                found.append(block)
            continue
        items = list(block.iter("item"))
        if len(items) > 1 and all(_is_link(item, page) for item in items):
            found.append(block)
    return found


def headed_lists(tree: HtmlElement) -> list[tuple[HtmlElement, HtmlElement]]:
    """Return the lists of a converted tree that have a heading right before them, each with that heading."""
    pairs = ((block, block.getprevious()) for block in tree.iter("list"))
    return [(block, before) for block, before in pairs if before is not None and before.tag == "head"]


def _is_link(block: HtmlElement, page: Page) -> bool:
    """Say whether a block is nothing but the headline of another page, as a link."""
    link = next(block.iter("ref"), None)
    if link is None:
        return False
    told = squeeze("".join(link.itertext()))
    if len(told) < _SHORTEST_TITLE or " " not in told or len(squeeze("".join(block.itertext()))) > len(told) + 3:
        return False
    return page.scope.leads_elsewhere(link.get("href") or "#")

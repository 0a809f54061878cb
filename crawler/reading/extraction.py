"""The text of one part of a page, line by line: trafilatura's steps, without its walks over the whole page.

trafilatura copies a page several times and asks every element for its class in ten XPath expressions. Here only the
part that holds the story is copied, once, and what is furniture by its class is looked up in the page's index. What
makes a paragraph, a list, a quote or a table into text, and how many links make a box, is trafilatura's own code.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import Element
from trafilatura.htmlprocessing import (
    convert_tags,
    delete_by_link_density,
    link_density_test_tables,
    process_node,
    tree_cleaning,
)
from trafilatura.main_extractor import handle_textelem
from trafilatura.settings import TAG_CATALOG, Extractor
from trafilatura.xml import delete_element, xmltotxt

from crawler.reading.boxes import headed_lists, links_alone
from crawler.reading.dom import drop, length_of, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

# trafilatura drops these too, but copies and searches them several times before it does.
NEVER_TEXT = ("head", "svg", "iframe", "nav", "footer", "aside", "button", "select", "template", "object", "embed",
              "noscript", "menu", "input", "dialog", "canvas", "audio", "video", "map", "fencedframe")  # fmt: skip
# Names of furniture, after trafilatura's OVERALL_DISCARD_XPATH and its siblings; in lower case.
_BOTH = (
    r"^shar|social|viral|newsletter|syndication|tags|sidebar|banner|bread-?crumb|button|author|cookie|teaser|caption|"
    r"footer|related|akismet"
)
_FURNITURE_CLASS = re.compile(
    rf"{_BOTH}|^(?:nav|post-nav|zendeskform)|subnav|avigation|menu|bar| ad |-ad-|(?:^| )ad-|dfpad|outbrain|taboola|"
    r"criteo|paid-?content|widget|byline|share-|sociable|embed|tag-list|consent|modal-content|permission|next-|-stories|"
    r"most-popular|more-on|meta|rating|attachment|timestamp|user-info|user-profile|-icon|article-infos|"
    r"message-container|slide|viewport|overlay|options|expand|obfuscated|blurred|infoline"
)
_FURNITURE_ID = re.compile(rf"{_BOTH}|^(?:jp-|dpsp-content)|share|nav|menu|message-container|premium|^ad-")
_FURNITURE_TAGS = frozenset({"div", "dl", "dd", "dt", "li", "ol", "p", "section", "span", "ul"})
_HIDDEN_CLASS = re.compile(
    r"^hide-|comments-title|nocomments|-reply-|^reply-|message|akismet|suggest-links|-hide-|hide-print| hidden| hide|"
    r"noprint|notloaded"
)
_HIDDEN_ID = re.compile(r"^reply-|hidden|reader-comments|akismet")
_HIDDEN = etree.XPath(
    ".//*[@aria-hidden='true' or @data-lp-replacement-content or contains(@role, 'navigation') or "
    "@style and (contains(@style, 'display:none') or contains(@style, 'display: none') or contains(@style, 'hidden'))]"
)
# Comments, and containers of the stories that endless scrolling appends.
_APART_CLASS = re.compile(
    r"^comment(?!ary)|(?:article|post)-comments|mvp-post-add-(?:box|wrap)|infinite-?scroll|elementor-share-buttons"
)
_APART_ID = re.compile(
    r"comment(?!ary)|comol|^(?:disqus_thread|dsq-comments)|mvp-post-add-(?:box|wrap)|infinite-?scroll"
)
_APART_TAGS = frozenset({"aside", "details", "div", "dl", "ol", "section", "ul"})
_REBUILT = frozenset({"code", "list", "quote", "table"})  # trafilatura makes new elements of these, without their tail
_INLINE = frozenset({"code", "del", "hi", "lb", "ref"})
_LEAST_LEFT = 7  # less than a seventh of the text left means that the names mislead
_FEW = 750  # letters in paragraphs; a part with fewer has its text in other elements
_OPTIONS = partial(Extractor, fast=True, comments=False)
_BULLET = re.compile(r"^[-•▪‣◦*]\s+")
_CELLS = re.compile(r"^\|\s*|\s*\|$")
_SYMBOLS = re.compile(r"[\W_]+")


def extracted(page: Page, part: HtmlElement, unwanted: Iterable[HtmlElement]) -> list[str]:
    """Return the text of a part of the page, line by line, without these elements and what is furniture by name."""
    copy = _cut(page, part, unwanted)
    root = Element("html")
    etree.SubElement(root, "body").append(copy)
    options = _OPTIONS()
    tree = convert_tags(tree_cleaning(root, options), options)
    return lines_of(xmltotxt(_text_elements(_without_link_lists(tree, page), options), include_formatting=False))


def lines_of(told: str) -> list[str]:
    """Return the lines of a text without bullets and table bars; a line of symbols is none."""
    lines = (squeeze(_CELLS.sub("", _BULLET.sub("", squeeze(line)))) for line in told.splitlines())
    return [line for line in lines if line and not _SYMBOLS.fullmatch(line)]


def copied(part: HtmlElement, unwanted: Iterable[HtmlElement]) -> HtmlElement:
    """Return a copy of a part of the page without these elements and what is never text."""
    copy = part.__copy__()
    copy.tail = None
    doomed = frozenset(unwanted)
    if doomed:
        twins = [twin for own, twin in zip(part.iter(), copy.iter(), strict=True) if own in doomed and own is not part]
        for twin in twins:
            drop(twin)
    etree.strip_elements(copy, *NEVER_TEXT, with_tail=False)
    return copy


def _cut(page: Page, part: HtmlElement, unwanted: Iterable[HtmlElement]) -> HtmlElement:
    surely = {*unwanted, *page.named(_APART_CLASS, _APART_ID, _APART_TAGS)}
    whole = copied(part, [*surely, *_furniture(page)])
    for element in _HIDDEN(whole):
        drop(element)
    if length_of(whole) * _LEAST_LEFT > length_of(part):
        return whole
    return copied(part, surely)


def _furniture(page: Page) -> Iterator[HtmlElement]:
    yield from page.named(_FURNITURE_CLASS, _FURNITURE_ID, _FURNITURE_TAGS)
    yield from page.named(_HIDDEN_CLASS, _HIDDEN_ID, None)


def _without_link_lists(tree: HtmlElement, page: Page) -> HtmlElement:
    """Take out what is mostly links, as trafilatura does: twice, because a box may become one when its parts go."""
    if next(tree.iter("ref"), None) is not None:
        headed = headed_lists(tree)
        for _ in range(2):
            delete_by_link_density(tree, "div", backtracking=True)
            delete_by_link_density(tree, "list", backtracking=False)
            delete_by_link_density(tree, "p", backtracking=False)
        for table in [table for table in tree.iter("table") if link_density_test_tables(table)]:
            delete_element(table, keep_tail=False)
        for element in links_alone(tree, page):
            delete_element(element)
        for block, head in headed:
            if block.getparent() is None and head.getparent() is not None:
                delete_element(head)
    etree.strip_tags(tree, "span", "ref")
    return tree


def _text_elements(tree: HtmlElement, options: Extractor) -> HtmlElement:
    """Return trafilatura's text elements of a converted tree, in order."""
    body = tree[0]
    tags = {*TAG_CATALOG, "table", "td", "th", "tr"}
    if sum(len("".join(paragraph.itertext())) for paragraph in tree.iter("p")) < _FEW:
        tags.add("div")
    found = etree.Element("body")
    for element in list(body.iterdescendants()):
        # A div is moved into the result as it is, with what it holds; what is in there was taken already.
        if element.getroottree().getroot() is found:
            continue
        tag, tail = element.tag, element.tail
        processed = handle_textelem(element, tags, options)
        if processed is not None:
            found.append(processed)
            if element.getroottree().getroot() is not found:
                element.tag = "done"
        if tag in _REBUILT and tail and tail.strip() and (processed is None or processed.tail is None):
            _append_tail(found, tail, options)
    while len(found) and found[-1].tag in ("head", "ref"):
        delete_element(found[-1], keep_tail=False)
    etree.strip_elements(found, "done")
    etree.strip_tags(found, "div")
    return found


def _append_tail(found: HtmlElement, tail: str, options: Extractor) -> None:
    """Keep the text right behind a list or a quote: it is a paragraph of its own."""
    paragraph = etree.Element("p")
    paragraph.text = tail
    if process_node(paragraph, options) is not None:
        found.append(paragraph)

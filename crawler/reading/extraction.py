"""The text of one part of a page, line by line: trafilatura's steps, without its walks over the whole page.

trafilatura copies a page several times and asks every element for its class in ten XPath expressions. Here only the
part that holds the story is copied, once, and what is furniture by its class is looked up in the page's index. What
makes a paragraph, a list, a quote or a table into text, and how many links make a box, is trafilatura's own code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import Element
from trafilatura.htmlprocessing import (
    convert_tags,
    link_density_test,
    link_density_test_tables,
    process_node,
    tree_cleaning,
)
from trafilatura.main_extractor import handle_textelem
from trafilatura.settings import TAG_CATALOG, Extractor
from trafilatura.xml import delete_element, xmltotxt

from crawler.reading.attributes import NamePattern
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
_FURNITURE_CLASS = NamePattern(
    rf"{_BOTH}|^(?:nav|post-nav|zendeskform)|subnav|avigation|menu|bar| ad |-ad-|(?:^| )ad-|dfpad|outbrain|taboola|"
    r"criteo|paid-?content|widget|byline|share-|sociable|embed|tag-list|consent|modal-content|permission|next-|-stories|"
    r"most-popular|more-on|meta|rating|attachment|timestamp|user-info|user-profile|-icon|article-infos|"
    r"message-container|slide|viewport|overlay|options|expand|obfuscated|blurred|infoline"
)
_FURNITURE_ID = NamePattern(rf"{_BOTH}|^(?:jp-|dpsp-content)|share|nav|menu|message-container|premium|^ad-")
_FURNITURE_TAGS = frozenset({"div", "dl", "dd", "dt", "li", "ol", "p", "section", "span", "ul"})
_HIDDEN_CLASS = NamePattern(
    r"^hide-|comments-title|nocomments|-reply-|^reply-|message|akismet|suggest-links|-hide-|hide-print| hidden| hide|"
    r"noprint|notloaded"
)
_HIDDEN_ID = NamePattern(r"^reply-|hidden|reader-comments|akismet")
_HIDDEN = etree.XPath(
    ".//*[@aria-hidden='true' or @data-lp-replacement-content or contains(@role, 'navigation') or "
    "@style and (contains(@style, 'display:none') or contains(@style, 'display: none') or contains(@style, 'hidden'))]"
)
# Comments, and containers of the stories that endless scrolling appends.
_APART_CLASS = NamePattern(
    r"^comment(?:$|[^a]|a$|a[^r]|ar$|ar[^y])|(?:article|post)-comments|mvp-post-add-(?:box|wrap)|infinite-?scroll|elementor-share-buttons"
)
_APART_ID = NamePattern(
    r"comment(?:$|[^a]|a$|a[^r]|ar$|ar[^y])|comol|^(?:disqus_thread|dsq-comments)|mvp-post-add-(?:box|wrap)|infinite-?scroll"
)
_APART_TAGS = frozenset({"aside", "details", "div", "dl", "ol", "section", "ul"})
_REBUILT = frozenset({"code", "list", "quote", "table"})  # trafilatura makes new elements of these, without their tail
_INLINE = frozenset({"code", "del", "hi", "lb", "ref"})
_LEAST_LEFT = 7  # less than a seventh of the text left means that the names mislead
_FEW = 750  # letters in paragraphs; a part with fewer has its text in other elements
_BULLET = re.compile(r"^[-•▪‣◦*]\s+")
_CELLS = re.compile(r"^\|\s*|\s*\|$")
_BREAK = re.compile(r"[\r\n]")
_SYMBOLS = re.compile(r"[\W_]+")
_TOLD = etree.XPath("string-length(normalize-space(.))")
# trafilatura's test of links judges short boxes, those with one long link, and those with many links.
_SHORT_BOX = {"p": 60, "div": 300, "list": 300}  # letters
_LONG_LINK = 100  # letters
_SOME_LINKS = 4
_LEAST_LISTED = 100  # letters; a box with parts and less text than this is dropped when it has links
_PARTS = 3


def extracted(page: Page, part: HtmlElement, unwanted: Iterable[HtmlElement]) -> list[str]:
    """Return the text of a part of the page, line by line, without these elements and what is furniture by name."""
    copy = _cut(page, part, unwanted)
    _set_solid(copy)
    root = Element("html")
    etree.SubElement(root, "body").append(copy)
    options = _options()
    tree = convert_tags(tree_cleaning(root, options), options)
    return lines_of(xmltotxt(_text_elements(_without_link_lists(tree, page), options), include_formatting=False))


def _set_solid(copy: HtmlElement) -> None:
    """Make the line breaks of the markup spaces, as a browser does; those within preformatted text are told."""
    kept = {element for preformatted in copy.iter("pre", "textarea") for element in preformatted.iter()}
    for element in copy.iter():
        if element.text and _BREAK.search(element.text) and element not in kept:
            element.text = _BREAK.sub(" ", element.text)
        if element.tail and _BREAK.search(element.tail) and (element not in kept or element.tag in ("pre", "textarea")):
            element.tail = _BREAK.sub(" ", element.tail)


@cache
def _options() -> Extractor:
    return Extractor(fast=True, comments=False)


def lines_of(told: str) -> list[str]:
    """Return the lines of a text without bullets and table bars; a line of symbols is none."""
    lines = (_bare(squeeze(line)) for line in told.splitlines())
    return [line for line in lines if line and (line[0].isalnum() or not _SYMBOLS.fullmatch(line))]


def _bare(line: str) -> str:
    if line[:1].isalnum() and "|" not in line[-2:]:
        return line
    return _CELLS.sub("", _BULLET.sub("", line))


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
    links = list(tree.iter("ref"))
    if links:
        headed = headed_lists(tree)
        if _drop_link_boxes(tree):
            _drop_link_boxes(tree)
        for table in [table for table in tree.iter("table") if link_density_test_tables(table)]:
            delete_element(table, keep_tail=False)
        for element in links_alone(tree, page):
            delete_element(element)
        for block, head in headed:
            if block.getparent() is None and head.getparent() is not None:
                delete_element(head)
    etree.strip_tags(tree, "span", "ref")
    return tree


def _drop_link_boxes(tree: HtmlElement) -> bool:
    """Take out the divs, then the lists, then the paragraphs that trafilatura's test calls links; say if one went."""
    gone = False
    for tag in ("div", "list", "p"):
        held: dict[HtmlElement, list[HtmlElement]] = {}
        for link in tree.iter("ref"):
            for holder in link.iterancestors(tag):
                held.setdefault(holder, []).append(link)
        for box in [box for box, links in held.items() if _is_link_box(box, links)]:
            delete_element(box)
            gone = True
    return gone


def _is_link_box(box: HtmlElement, links: list[HtmlElement]) -> bool:
    told = int(_TOLD(box))
    is_short_link = len(links) > 1 or length_of(links[0]) <= _LONG_LINK
    if told >= _SHORT_BOX[box.tag] and len(links) <= _SOME_LINKS and is_short_link:
        return False
    is_box, is_short = link_density_test(box)
    if box.tag == "p" and (parent := box.getparent()) is not None and parent.tag in ("item", "td", "th"):
        return False  # the list or the table is judged as a whole
    return is_box or (box.tag == "div" and is_short and len(box) >= _PARTS and told < _LEAST_LISTED)


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

"""Looking at a tree: the text a reader sees in an element, its names, and cutting a copy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_NO_ALNUM = re.compile(r"[\W_]+")
_ASCII_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_ESCAPED_INVISIBLE = re.compile(
    "&(?:shy|lrm|rlm|ZeroWidthSpace|NoBreak|#0*(?:173|820[367]|8288|65279)|#[xX]0*(?i:ad|200[bef]|2060|feff));?"
)
_BREAKING = frozenset((
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
    "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td",
    "th", "tr", "ul",
))  # fmt: skip

_PARAGRAPHS = frozenset(
    {"p", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "div", "td", "section", "article"}
)


def squeeze(value: str) -> str:
    """Return text with runs of white space as one blank, and without invisible characters."""
    plain = value if value.isascii() else _INVISIBLE.sub("", value)
    return " ".join(plain.split())


def without_invisible(tree: HtmlElement, source: str) -> None:
    """Take invisible characters out of the text of a tree: how long a text is must not depend on where it may break.

    ``source`` is what the tree was parsed from; where it names none of them, the tree is not walked.
    """
    if not any(sign in source for sign in "\u00ad\u200b\u200e\u200f\u2060\ufeff") and not _ESCAPED_INVISIBLE.search(
        source
    ):
        return
    for element in tree.iter():
        if element.text and _INVISIBLE.search(element.text):
            element.text = _INVISIBLE.sub("", element.text)
        if element.tail and _INVISIBLE.search(element.tail):
            element.tail = _INVISIBLE.sub("", element.tail)


def fold(value: str) -> str:
    """Return letters and digits only, case folded: to compare two headlines or two names."""
    if value.isascii():
        return value.lower().encode().translate(None, _ASCII_SIGNS).decode()
    return _NO_ALNUM.sub("", value.casefold())


def text_of(element: HtmlElement) -> str:
    """Return the text of an element on one line; a block or a line break separates words."""
    if len(element) == 0:
        return squeeze(element.text or "")
    if all(child.tag not in _BREAKING for child in element.iterdescendants()):
        return squeeze("".join(element.itertext()))
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            pieces.append((" " if node.tag in _BREAKING else "") + (node.text or ""))
        elif node is not element:
            pieces.append((" " if node.tag in _BREAKING else "") + (node.tail or ""))
    return squeeze("".join(pieces))


def blocks(element: HtmlElement) -> Iterator[str]:
    """Yield the text of an element block by block, in order."""
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node.tag in _PARAGRAPHS and squeeze("".join(pieces)):
            yield squeeze("".join(pieces))
            pieces = []
        if event == "start":
            pieces.append(node.text or "")
        elif node is not element:
            pieces.append((" " if node.tag == "br" else "") + (node.tail or ""))
    if squeeze("".join(pieces)):
        yield squeeze("".join(pieces))


def length_of(element: HtmlElement) -> int:
    """Return roughly how much text an element holds; cheaper than reading it."""
    return int(element.xpath("string-length(.)"))


def classes(element: HtmlElement) -> str:
    """Return class and id of an element in lower case, separated by a blank."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def duplicate(tree: HtmlElement) -> HtmlElement:
    """Return a copy of a tree that may be cut."""
    return tree.__copy__()


def drop(element: HtmlElement) -> None:
    """Take an element out of its tree and leave the text behind it where it is."""
    if element.getparent() is not None:
        element.drop_tree()

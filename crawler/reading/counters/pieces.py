"""The short texts of a page, collected once: what views and comments without a known class are looked for in."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.reading.counters.labels import Words
    from crawler.reading.page import Page

_LONGEST = 120
_WORD = re.compile(r"[^\W\d_]+")
# Tags whose own text may be a label, and tags whose tail may: what stands behind an icon or a bold word.
INLINE = frozenset((
    "span", "div", "p", "li", "dd", "a", "small", "em", "strong", "b", "i", "td", "ul", "font", "time", "br", "img",
    "svg",
))  # fmt: skip
HEADINGS = frozenset({"h2", "h3", "h4", "h5"})
TEXT = INLINE | HEADINGS | {"button", "header", "label", "summary", "dt", "th"}


class Pieces:
    """The short texts of a page in page order, each with its element; a tail belongs to the element around."""

    def __init__(self, page: Page) -> None:
        self.links: list[HtmlElement] = []
        self.icons: list[HtmlElement] = []  # drawings that a class does not name
        self.metas: list[HtmlElement] = []
        self._places: list[tuple[HtmlElement, bool]] = []
        texts: list[str] = []
        for element, tag in zip(page.elements, page.tags, strict=True):
            if tag in TEXT:
                text = element.text
                if text and 1 < len(text) <= _LONGEST and not text.isspace():
                    texts.append(text)
                    self._places.append((element, False))
            if tag in INLINE:
                tail = element.tail
                if tail and 1 < len(tail) <= _LONGEST and not tail.isspace():
                    texts.append(tail)
                    self._places.append((element, True))
            if tag == "a":
                self.links.append(element)
            elif tag == "meta":
                self.metas.append(element)
            elif tag in ("use", "img"):
                self.icons.append(element)
        self._texts = texts
        joined = "\0".join(texts)
        self._joined = (joined if joined.isascii() else unicodedata.normalize("NFKC", joined)).lower()
        self._words = set(_WORD.findall(self._joined))

    def mentioning(self, words: Words) -> Iterator[tuple[HtmlElement, str]]:
        """Yield (element, text) of the short texts in which one of these words stands."""
        spaced = words.spaced & self._words
        unspaced = not self._joined.isascii() and words.unspaced.search(self._joined) is not None
        if not spaced and not unspaced:
            return
        for place, low in enumerate(self._joined.split("\0")):
            if (unspaced and words.unspaced.search(low)) or any(word in low for word in spaced):
                element, is_tail = self._places[place]
                holder = element.getparent() if is_tail else element
                if holder is not None:
                    yield holder, self._texts[place]

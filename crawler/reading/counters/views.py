"""The story's own views where no known element holds them: a number beside a word, an eye, or in an attribute."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.records import Counter
from crawler.reading.attributes import NamePattern
from crawler.reading.counters.labels import SHORT, labelled, view_words
from crawler.reading.counters.ownership import is_foreign
from crawler.reading.counters.rows import in_full
from crawler.reading.dom import text_of
from crawler.reading.numbers import parse_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.reading.counters.candidates import Found
    from crawler.reading.counters.pieces import Pieces
    from crawler.reading.page import Page

_EYE = NamePattern(r"(?:^|[\s_-])(?:eye\d?|icon[-_]views?)(?:$|[\s_-])")
_DRAWN_EYE = re.compile(r"(?:^|[#/_-])(?:eye|views?)(?:[-_]\w+)?(?:\.\w+)?$", re.IGNORECASE)
_ICON_TAGS = frozenset({"i", "span", "svg", "em"})


def beside_words(page: Page, pieces: Pieces) -> Iterator[Found]:
    """Find a short text that is number and view word in the story's part of the page."""
    for holder, piece in pieces.mentioning(view_words()):
        has_number = any(sign.isdecimal() for sign in piece)
        if not 2 < len(piece) <= SHORT + 20 or (not has_number and len(piece) > SHORT // 2):
            continue
        raw = _smallest_label(holder, piece, has_number=has_number)
        count = labelled(raw, "views") if raw else None
        if raw and count is not None and not is_foreign(page, holder):
            counter = Counter(metric="views", value=count.value, exact=count.exact, source="dom view word", raw=raw)
            yield 4, counter if counter.exact else in_full(counter, holder)


def _smallest_label(holder: HtmlElement, piece: str, *, has_number: bool) -> str | None:
    """Return the text that holds both number and word: the piece itself, else the element or the one around it."""
    if has_number:
        return piece
    for around in (holder, holder.getparent()):
        if around is None or len(around) > 4:
            return None
        raw = text_of(around)
        if len(raw) > SHORT:
            return None
        if any(sign.isdecimal() for sign in raw):
            return raw
    return None


def beside_eyes(page: Page, pieces: Pieces) -> Iterator[Found]:
    """Read an eye icon beside a number and no other word; a reading time beside it is none."""
    drawn = [icon for icon in pieces.icons if _DRAWN_EYE.search(_address(icon))]
    for icon in (*(icon for icon in page.classed(_EYE) if icon.tag in _ICON_TAGS), *drawn):
        at = next(icon.iterancestors("svg"), icon)
        around = at if text_of(at) else at.getparent()
        if around is None or around.tag in ("body", "html") or len(around) > 3:
            continue
        raw = text_of(around)
        count = parse_count(raw) if len(raw) <= 12 else None
        if count is not None and not is_foreign(page, icon):
            counter = Counter(metric="views", value=count.value, exact=count.exact, source="dom eye icon", raw=raw)
            yield 5, counter if counter.exact else in_full(counter, around)


def _address(icon: HtmlElement) -> str:
    if icon.tag == "img":
        return icon.get("src") or ""
    return icon.get("href") or icon.get("xlink:href") or ""


def in_attributes(page: Page) -> Iterator[Found]:
    """Read an attribute that says the article's views itself."""
    for element in page.marked("data-article-views"):
        raw = element.get("data-article-views")
        count = parse_count(raw)
        if count is not None and not is_foreign(page, element):
            source = "[data-article-views]"
            yield 3, Counter(metric="views", value=count.value, exact=count.exact, source=f"dom {source}", raw=raw)

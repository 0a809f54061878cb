"""The story's paragraphs in order: trafilatura's choice on our tree, then line filters.

Body errors are mostly precision (reading-pages.md, 3): what a box, a counter or a list says is taken out of a copy of
the tree before the text is chosen, and repeated headlines, bylines, dates and "read more" lines after.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree
from trafilatura import bare_extraction

from crawler.reading.byline import is_byline
from crawler.reading.counters import is_counter_line, own_elements
from crawler.reading.dates import Clock, parse_moment
from crawler.reading.dom import drop, duplicate, fold, length_of, squeeze, text_of
from crawler.reading.jsonld import text as json_text
from crawler.reading.words import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from archive.records import Author, Profile
    from crawler.reading.page import Page

_SHORT_BODY = 600  # below this the full cascade is asked: as good as always asking, and much cheaper
_REFEREE = 600  # an articleBody of fewer letters is a teaser
# Boxes that stand inside the content and that trafilatura is known to keep (counters-and-bylines.md, 1 and 9).
_INSIDE = re.compile(
    r"(?:^|[\s_-])(?:jnews_inline_related_post|posts-list-items|sharedaddy|jp-relatedposts|addtoany\w*|heateor\w*|"
    r"wp-block-newspack-blocks-homepage-articles|yarpp|related-?(?:posts|articles|stories|news|box|content)|"
    r"inline-related|read-?also|readmore-box|newsletter-?\w*|post-tags|tag-list|td-post-source-tags|"
    r"td-post-sharing\w*|social-share|share-buttons|sharing|wpd-thread\w*|fb-comments)(?=$|[\s_-])"
)
_BLOCKS = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "div", "td", "section", "article"})
# trafilatura drops these too, but copies and searches them several times before it does.
_NEVER_TEXT = ("head", "svg", "iframe", "nav", "footer", "aside", "button", "select", "template", "object", "embed",
               "noscript", "menu", "input", "dialog", "canvas", "audio", "video", "map")  # fmt: skip
_BULLET = re.compile(r"^[-•▪‣◦*]\s+")
_CELLS = re.compile(r"^\|\s*|\s*\|$")
_TWEET = re.compile(r"(?:https?://t\.co/\w+|pic\.twitter\.com/\w+)\s*$|^[—–-]\s.{2,60}\(@\w+\)")


def paragraphs_of(page: Page, author_boxes: Iterable[HtmlElement]) -> tuple[str, ...]:
    """Return the paragraphs that the general extractor finds, before any line filter."""
    tree = _pruned(page, author_boxes)
    lines = _extract(tree, page, fast=True)
    if sum(map(len, lines)) < _SHORT_BODY:
        full = _extract(tree, page, fast=False)
        lines = full if sum(map(len, full)) > sum(map(len, lines)) else lines
    return _refereed(lines, page)


def stated(page: Page, selector: str) -> tuple[str, ...]:
    """Return the paragraphs of the elements that a site's own selector points to."""
    return tuple(line for element in page.tree.cssselect(selector) for line in _blocks(element))


@dataclass(frozen=True, slots=True)
class Known:
    """What the page says elsewhere and the body must not repeat, folded for comparison."""

    headlines: frozenset[str]
    names: frozenset[str]
    biographies: tuple[str, ...]

    @classmethod
    def of(cls, page: Page, title: str | None, authors: tuple[Author, ...], profiles: tuple[Profile, ...]) -> Known:
        """Gather the headline as read and as shown, the authors' names and their biographies."""
        shown = text_of(page.headline) if page.headline is not None else None
        told = [part for profile in profiles for part in (profile.text, profile.name)]
        return cls(
            headlines=frozenset(fold(line) for line in (title, shown) if line),
            names=frozenset(fold(author.name) for author in authors),
            biographies=tuple(fold(part) for part in told if part),
        )

    def holds(self, folded: str) -> bool:
        """Say whether a folded line is an author's name or stands in a biography."""
        if folded in self.names or folded in self.biographies:
            return True
        return len(folded) > 60 and any(folded in told for told in self.biographies)


def filtered(lines: Iterable[str], known: Known, clock: Clock) -> tuple[str, ...]:
    """Return the lines that are the story's: no repeated headline, byline, date, counter, biography or "read more"."""
    kept: list[str] = []
    for line in lines:
        folded = fold(line)
        is_heading = len(kept) < 4 and _is_heading(line, folded, known, clock)
        if folded and not is_heading and not known.holds(folded) and not _is_by_the_way(line):
            kept.append(line)
    return tuple(_without_repetition(kept))


def _is_by_the_way(line: str) -> bool:
    return is_furniture(line) or is_counter_line(line) or (len(line) <= 100 and is_byline(line))


def is_furniture(line: str) -> bool:
    """Say whether a short line begins like "Read more", "Related:" or "Share this" in some language."""
    return (
        len(line) <= 140
        and _furniture().match(unicodedata.normalize("NFC", line).casefold().lstrip(" [(»>→-–•*▶👉")) is not None
    )


def _is_heading(line: str, folded: str, known: Known, clock: Clock) -> bool:
    """Say whether a line near the top repeats the headline, or is a date or a byline."""
    if folded in known.headlines or any(len(folded) > 20 and folded in headline for headline in known.headlines):
        return True
    if len(line) > 80:
        return False
    if any(name and folded.startswith(name) and len(folded) < len(name) + 25 for name in known.names):
        return True
    digits = sum(sign.isdigit() for sign in line)
    is_short = digits >= 5 and len(line) <= 60 and not line.endswith((".", "?", "!"))
    return is_short and parse_moment(line, clock, is_quick=True) is not None


@cache
def _furniture() -> re.Pattern[str]:
    listed = sorted({phrase for _, phrase in load("furniture_lines")}, key=len, reverse=True)
    return re.compile("(?:" + "|".join(re.escape(phrase) for phrase in listed) + r")(?!\w)")


def _without_repetition(lines: list[str]) -> Iterator[str]:
    """Drop a long paragraph that stands there twice: a pull quote, or a layout for phones beside one for desks."""
    seen: set[str] = set()
    for line in lines:
        key = fold(line) if len(line) > 80 else ""
        if not key or key not in seen:
            yield line
        seen.add(key)


def _pruned(page: Page, author_boxes: Iterable[HtmlElement]) -> HtmlElement:
    """Return a copy of the tree without author boxes, counters and boxes of other stories."""
    root = page.tree.getroottree()
    own = [*author_boxes, *(element for element in own_elements(page) if length_of(element) < 200)]
    own += [element for element in page.classed(_INSIDE) if _is_inside_box(element, page)]
    paths = [root.getpath(element) for element in dict.fromkeys(own)]
    tree = duplicate(page.tree)
    for element in [found for path in paths for found in tree.xpath(path)]:
        drop(element)
    etree.strip_elements(tree, *_NEVER_TEXT, with_tail=False)
    return tree


def _is_inside_box(element: HtmlElement, page: Page) -> bool:
    if element.tag in ("html", "body", "article", "main"):
        return False
    return page.scope.is_apart(element)


def _extract(tree: HtmlElement, page: Page, *, fast: bool) -> list[str]:
    # trafilatura copies the tree it is given, and needs no metadata from us: we have read it.
    document = bare_extraction(tree, url=page.url or None, fast=fast, include_comments=False, with_metadata=False)
    told = document.text if document is not None and not isinstance(document, dict) else None
    lines = (squeeze(_CELLS.sub("", _BULLET.sub("", squeeze(line)))) for line in (told or "").splitlines())
    return [line for line in lines if line and not re.fullmatch(r"[\W_]+", line)]


def _blocks(element: HtmlElement) -> Iterator[str]:
    """Yield the text of an element block by block, in order."""
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node.tag in _BLOCKS and squeeze("".join(pieces)):
            yield squeeze("".join(pieces))
            pieces = []
        if event == "start":
            pieces.append(node.text or "")
        elif node is not element:
            pieces.append((" " if node.tag == "br" else "") + (node.tail or ""))
    if squeeze("".join(pieces)):
        yield squeeze("".join(pieces))


def _refereed(lines: list[str], page: Page) -> tuple[str, ...]:
    """Let a long JSON-LD articleBody judge: it replaces a body that misses most of it, and drops long foreign lines."""
    told = json_text((page.article or {}).get("articleBody")) or ""
    if len(told) < _REFEREE:
        return tuple(lines)
    known = _shingles(told)
    covered = sum((_shingles(" ".join(lines)) & known).values()) / max(1, sum(known.values()))
    if covered < 0.4:
        raw = (page.article or {})["articleBody"]
        return tuple(line for part in re.split(r"\n+|</p>|<br\s*/?>", str(raw)) if (line := _plain(part)))
    if covered < 0.8:
        return tuple(lines)
    return tuple(line for line in lines if len(line) < 100 or _share(line, known) > 0.3)


def _plain(part: str) -> str:
    return squeeze(re.sub(r"<[^<>]*>", " ", json_text(part) or ""))


def _share(line: str, known: Counter[str]) -> float:
    own = _shingles(line)
    return sum((own & known).values()) / max(1, sum(own.values()))


def _shingles(told: str) -> Counter[str]:
    words = re.findall(r"\w+", told.casefold())
    if len(words) < len(told) / 15:  # a script without blanks: characters are its words
        words = [sign for sign in told if sign.isalnum()]
    return Counter(" ".join(words[at : at + 4]) for at in range(max(1, len(words) - 3)))

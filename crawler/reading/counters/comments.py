"""The number of comments: the visible one, bound to the story's comment section, before structured data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.records import Counter
from crawler.reading.attributes import NamePattern
from crawler.reading.counters.candidates import settle
from crawler.reading.counters.labels import SHORT, comment_words, folded, labelled
from crawler.reading.counters.pieces import HEADINGS
from crawler.reading.counters.rows import from_rows
from crawler.reading.counters.structured import in_json_ld, in_markup
from crawler.reading.dom import classes, text_of
from crawler.reading.numbers import Count, parse_count
from crawler.reading.words import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.reading.counters.candidates import Found
    from crawler.reading.counters.pieces import Pieces
    from crawler.reading.page import Page

# WordPress, Drupal, DLE ("dlecomments", "dle-comments"), Disqus; a single comment ("comment-311") is no section.
_COMMENT_SECTION = re.compile(
    r"[a-z_-]*comments?|respond|disqus_thread|kommentare|comentarios|comment-?form", re.IGNORECASE
)
# Anchors that name the thread otherwise: "#kommentar_outer", "#xenforo-comments-88"; never one comment of it.
_COMMENT_ANCHOR = re.compile(
    r"(?!(?:div-)?comment[-_]?\d)[\w-]*(?:comments|kommentar|comentario|commenti|commentaire|reacties|disqus|yorum)[\w-]*",
    re.IGNORECASE,
)
_COMMENT_ATTRIBUTE = re.compile(
    r"[\s\"'](:?(?:data-)?(?:num(?:ber)?(?:-of)?-?comments?|comments?-?(?:count|number|total)))=[\"']?\d", re.IGNORECASE
)
_COMMENT_NUMBER = re.compile(r"omment[A-Za-z-]{0,20}=[\"']?\d")
_COMMENT_CLASS = NamePattern(r"comment|komment|coment")
_HEADING_END = re.compile(r"\s(?:on|zu|sur|en|to|su|über|zum|zur)\s|[“\"„«:]")
_THREAD = re.compile(r"(?:^|[\s_-])(?:comments?|kommentare?|comentarios|commentaires|commenti|disqus)(?=$|[\s_-])")
_THREAD_TAGS = frozenset({"aside", "section", "footer", "div", "h2", "h3", "h4", "h5", "ul", "ol"})
_NO_THREAD = re.compile(r"recent|latest|most|popular|top|widget")


def comments_of(page: Page, pieces: Pieces) -> Counter | None:
    """Return the number of comments: links to the thread, known elements, attributes, labels, icons, JSON-LD."""
    steps = (
        lambda: _links(page, pieces),
        lambda: (*from_rows(page, "comments"), *in_markup(page, "comments", pieces)),
        lambda: _attributes(page),
        lambda: _labels(page, pieces),
        lambda: _icons(page),
        lambda: in_json_ld(page, "comments"),
    )
    return next((found for step in steps if (found := settle(list(step()))) is not None), None)


def _counter(count: Count, source: str, raw: str) -> Counter:
    return Counter(metric="comments", value=count.value, exact=count.exact, source=source, raw=raw[:80])


def _links(page: Page, pieces: Pieces) -> Iterator[Found]:
    """Read links to the page's own comments whose text is a number, or a number and a comment word.

    A link with this page's address is bound to it wherever it stands; a bare "#comments" has to stand in the story.
    """
    for link in pieces.links:
        address, _, fragment = (link.get("href") or "").partition("#")
        is_section = bool(fragment) and _COMMENT_SECTION.fullmatch(fragment) is not None
        if not fragment or (not is_section and _COMMENT_ANCHOR.fullmatch(fragment) is None):
            continue
        if page.scope.leads_elsewhere(address) if address else page.scope.is_foreign(link):
            continue
        raw = text_of(link)
        count = labelled(raw, "comments") or (parse_count(raw) if is_section else None)
        if count is not None:
            yield 2, _counter(count, "dom a[href*=#comments]", raw)


def _attributes(page: Page) -> Iterator[Found]:
    """Read an attribute that says how many comments there are, as components and scripts of a theme carry it."""
    names = set(_attribute_names(page.text))
    if not names:
        return
    for element in page.elements:
        for name in names:
            count = parse_count(element.get(name))
            # 0 is what such an attribute holds until its script has asked; wpDiscuz fills its own on the server.
            is_filled = count is not None and (count.value > 0 or name.lower() == "data-comments-count")
            if count is not None and is_filled and not _is_foreign_thread(page, element):
                yield 3, _counter(count, f"[{name}]", str(element.get(name)))


def _attribute_names(source: str) -> Iterator[str]:
    """Yield the attributes for comments that hold a number; only what stands around the word is looked at."""
    at = source.find("omment")
    while at >= 0:
        if _COMMENT_NUMBER.match(source, at):
            yield from _COMMENT_ATTRIBUTE.findall(source[max(0, at - 30) : at + 40])
        at = source.find("omment", at + 6)


def _labels(page: Page, pieces: Pieces) -> Iterator[Found]:
    """Read a short text of the story that is number and comment word, or the heading of its comment section.

    "3 Comments", "Comments (3)", "4 Gedanken zu …", "Noch kein Kommentar": on a button, a heading, a line.
    """
    for holder, piece in pieces.mentioning(comment_words()):
        found = _label(holder, piece)
        if found is None or _leads_elsewhere(page, holder) or _is_foreign_thread(page, holder):
            continue
        count, raw = found
        if not (_is_loose(raw) and _thread_of(holder) is None):
            is_heading = holder.tag in HEADINGS
            source = "dom comment heading" if is_heading else "dom comment word"
            yield (3 if is_heading else 4), _counter(count, source, raw)


def _leads_elsewhere(page: Page, holder: HtmlElement) -> bool:
    """Say whether a label is a link to the comments of another story; a story's own may have a page of their own."""
    link = holder if holder.tag == "a" else next(holder.iterancestors("a"), None)
    address = link.get("href") if link is not None else None
    if not address or not page.scope.leads_elsewhere(address):
        return False
    return not page.absolute(address).startswith(page.url.rstrip("/"))


def _icons(page: Page) -> Iterator[Found]:
    """Read a number alone in an element that its class and its title or label call the comments, or beside an icon."""
    for element in page.scope.own(page.classed(_COMMENT_CLASS)):
        label = element.get("title") or element.get("aria-label") or ""
        words = comment_words()
        plain = folded(label)
        is_named = bool(label) and (any(word in plain for word in words.spaced) or bool(words.unspaced.search(plain)))
        count = parse_count(text_of(element)) if is_named else None
        if count is not None:
            yield 5, _counter(count, "dom comment icon", label)


def _label(holder: HtmlElement, piece: str) -> tuple[Count, str] | None:
    """Return the count and the text of the smallest element around a comment word that is a count."""
    found = labelled(piece, "comments")
    if found is not None and any(sign.isdecimal() for sign in piece):
        return found, piece.strip()
    for around in (holder, holder.getparent()):
        if around is None or len(around) > 4:
            return None
        raw = text_of(around)
        if len(raw) > (5 if around.tag in HEADINGS else 2) * SHORT:  # a heading may repeat the headline
            return None
        start = _HEADING_END.split(raw, maxsplit=1)[0] if around.tag in HEADINGS else raw
        for told in dict.fromkeys((raw, start)):
            if len(told) <= SHORT and (found := labelled(told, "comments")) is not None:
                return found, raw
    return None


def _is_foreign_thread(page: Page, element: HtmlElement) -> bool:
    """Say whether a count of comments is not the story's.

    The story's thread may stand in an aside, and its count in a bar of share buttons: a block apart that names no
    other story speaks of this one.
    """
    if not page.scope.is_foreign(element):
        return False
    thread = _thread_of(element)
    above = thread.getparent() if thread is not None else None
    if above is not None and not page.scope.is_foreign(above):
        return False
    block = element
    for around in element.iterancestors():
        if not page.scope.is_foreign(around):
            break
        block = around
    return _names_a_story(page, block)


def _names_a_story(page: Page, block: HtmlElement) -> bool:
    """Say whether a block links to another story, or is too large to know."""
    links = block.xpath(".//a[@href]")
    return len(links) > 30 or any(
        len(text_of(link)) >= 20 and page.scope.leads_elsewhere(link.get("href")) for link in links
    )


def _thread_of(element: HtmlElement) -> HtmlElement | None:
    """Return the comment section that an element stands in; a widget of recent comments is none."""
    for around in (element, *element.iterancestors()):
        names = classes(around)
        if around.tag in _THREAD_TAGS and _THREAD.search(names):
            return None if _NO_THREAD.search(names) else around
    return None


def _is_loose(raw: str) -> bool:
    """Say whether a label says "answers" or "posts", which a forum or a poll counts too."""
    plain = folded(raw)
    return any(word in plain for word in phrases("loose_comment_words"))

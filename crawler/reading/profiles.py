"""What a page says about its authors: author boxes and biographies, kept apart from the story.

The table is that of counters-and-bylines.md, section 8; the last row is the shape that most other themes share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from archive.records import Profile
from crawler.reading.dom import classes, fold, length_of, text_of
from crawler.reading.language import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from archive.records import Author
    from crawler.reading.page import Page


@dataclass(frozen=True, slots=True)
class Box:
    """How one theme or plugin marks an author box: container, name and biography, as class names."""

    container: str
    name: str
    text: str


BOXES = (
    Box("m-a-box", "m-a-box-name", "m-a-box-bio"),  # Molongui Authorship
    Box("pp-multiple-authors-boxes-wrapper", "pp-author-boxes-name", "pp-author-boxes-description"),  # PublishPress
    Box("saboxplugin-wrap", "saboxplugin-authorname", "saboxplugin-desc"),  # Simple Author Box
    Box("abh_box", "fn", "description"),  # Starbox
    Box("author-box-wrap", "td-author-name", "td-author-description"),  # tagDiv
    Box("tdb_single_author_box", "tdb-author-name", "tdb-author-descr"),  # tagDiv Cloud
    Box("about-author", "author-name", "author-bio"),  # Jannah
    Box("jeg_authorbox", "jeg_author_name", "jeg_author_desc"),  # JNews
    Box("jnews_author_box_container", "jeg_author_name", "jeg_author_desc"),
)
_GENERIC = re.compile(
    r"(?:^|[\s_-])(?:author[-_]?(?:box|bio|biography|profile|card|description|about)|about[-_]?(?:the[-_])?author|bio[-_]?box|"
    r"post-author-(?:box|bio)|entry-author-(?:box|info)|autor[-_]?(?:box|info|bio)|autorenbox|author-info)(?=$|[\s_-])"
)
_ANY_BOX = re.compile(
    r"(?:^|\s)(?:" + "|".join(re.escape(box.container) for box in BOXES) + r")(?=$|\s)|" + _GENERIC.pattern
)
_NAME = "contains(@class, 'name') or @itemprop='name' or @rel='author' or contains(concat(' ', @class, ' '), ' fn ')"
_TEXT = (
    "contains(@class, 'bio') or contains(@class, 'desc') or @itemprop='description' or contains(@class, 'text') "
    "or self::p"
)
_ABOUT = re.compile(r"^(?:about|über|sobre|à propos de|tentang)\s+", re.IGNORECASE)
Boxes = list[tuple["HtmlElement", Box | None]]
_SHORTEST = 30  # letters; less is a name, a role or "Follow"
_LARGEST_SHARE = 0.4  # an element that holds more of the page than this is the page


def boxes(page: Page) -> Boxes:
    """Return the author boxes of a page, outermost only; an element that holds the headline is none."""
    whole = 0
    found: dict[HtmlElement, Box | None] = {}
    for element in page.classed(_ANY_BOX):
        if any(ancestor in found for ancestor in element.iterancestors()):
            continue
        box = _box(element)
        if (
            box is False
            or element is page.headline
            or (page.headline is not None and element in page.headline.iterancestors())
        ):
            continue
        whole = whole or length_of(page.tree)
        if length_of(element) <= max(1500, _LARGEST_SHARE * max(1, whole)):
            found[element] = box
    return list(found.items())


def profiles_of(page: Page, found_boxes: Boxes, authors: tuple[Author, ...]) -> tuple[Profile, ...]:
    """Return what the page says about its authors, each in its own language."""
    found: dict[str, Profile] = {}
    for element, box in found_boxes:
        for part in _per_author(element, box):
            profile = _profile(page, part, box, authors)
            if profile is not None:
                found.setdefault(fold(profile.text), profile)
    return tuple(found.values())


def stated(page: Page, selector: str, authors: tuple[Author, ...]) -> tuple[Profile, ...]:
    """Return the profiles that a site's own selector points to."""
    told = [(element, text_of(element)) for element in page.tree.cssselect(selector)]
    name = authors[0].name if len(authors) == 1 else None
    return tuple(Profile(name=name, text=text, language=language_of(text)) for _, text in told if text)


def _box(element: HtmlElement) -> Box | Literal[False] | None:
    """Return the row of an author box, None for the general shape, False for anything else."""
    names = set((element.get("class") or "").split())
    for box in BOXES:
        if box.container in names:
            return box
    return (
        None if element.tag not in ("a", "img", "span", "body", "svg") and _GENERIC.search(classes(element)) else False
    )


def _per_author(element: HtmlElement, box: Box | None) -> list[HtmlElement]:
    """Return one element for each author of a box that holds several."""
    if box is None:
        return [element]
    texts = element.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {box.text} ')]")
    if len(texts) < 2:
        return [element]
    names = [
        text.xpath(f"ancestor::*[.//*[contains(concat(' ', normalize-space(@class), ' '), ' {box.name} ')]][1]")
        for text in texts
    ]
    return [found[0] for found in names if found]


def _profile(page: Page, element: HtmlElement, box: Box | None, authors: tuple[Author, ...]) -> Profile | None:
    name_holder = next(_inside(element, box.name if box else None, _NAME), None)
    texts = (text_of(holder) for holder in _inside(element, box.text if box else None, _TEXT))
    text = next((told for told in texts if len(told) >= _SHORTEST and " " in told), None)
    if text is None:
        return None
    name = _ABOUT.sub("", text_of(name_holder)).strip(" :") if name_holder is not None else None
    links = [link.get("href") for link in element.xpath(".//a[@href]")]
    own = [page.absolute(link) for link in links if "author" in link or "autor" in link]
    if not name or len(name) > 60:
        name = authors[0].name if len(authors) == 1 else None
    return Profile(name=name, text=text, language=language_of(text), url=own[0] if own else None)


def _inside(element: HtmlElement, name: str | None, otherwise: str) -> Iterator[HtmlElement]:
    if name:
        yield from element.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")
    else:
        yield from element.xpath(f".//*[{otherwise}]")

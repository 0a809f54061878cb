"""What a page says about its authors: author boxes and biographies, kept apart from the story.

The table is that of counters-and-bylines.md, section 8; behind it comes the shape that most other themes share. A box
of somebody else, in a list of the staff or of other stories, is cut out of the body and is no profile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from archive.records import Profile
from crawler.reading.attributes import NamePattern
from crawler.reading.dom import classes, fold, length_of, text_of
from crawler.reading.language import language_of
from crawler.reading.names import looks_like_names, without_lead
from crawler.reading.words import phrases

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
    Box("pp-multiple-authors-boxes-wrapper", "multiple-authors-name", "multiple-authors-description"),  # and before 4.0
    Box("wp-block-co-authors-plus-coauthors", "wp-block-co-authors-plus-name", "wp-block-co-authors-plus-biography"),
    Box("wp-block-post-author", "wp-block-post-author__name", "wp-block-post-author__bio"),  # WordPress itself
    Box("saboxplugin-wrap", "saboxplugin-authorname", "saboxplugin-desc"),  # Simple Author Box
    Box("abh_box", "fn", "description"),  # Starbox
    Box("author-box-wrap", "td-author-name", "td-author-description"),  # tagDiv
    Box("tdb_single_author_box", "tdb-author-name", "tdb-author-descr"),  # tagDiv Cloud
    Box("about-author", "author-name", "author-bio"),  # Jannah
    Box("jeg_authorbox", "jeg_author_name", "jeg_author_desc"),  # JNews
    Box("jnews_author_box_container", "jeg_author_name", "jeg_author_desc"),
)
_GENERIC = (
    r"(?:^|[\s_-])(?:author[-_]?(?:box|bio|biography|profile|card|description|about)|about[-_]?(?:the[-_])?author|bio[-_]?box|"
    r"post-author-(?:box|bio)|entry-author-(?:box|info)|autor[-_]?(?:box|info|bio)|autorenbox|author[-_]?info)(?:$|[\s_-])"
)
# Themes call a byline so too: such an element is a box where a biography stands in it.
_LOOSE = r"(?:^|\s)(?:post-author|entry-author|single-author)(?:$|\s)"
_ANY_BOX = NamePattern(
    r"(?:^|\s)(?:" + "|".join(sorted({re.escape(box.container) for box in BOXES})) + rf")(?:$|\s)|{_GENERIC}|{_LOOSE}"
)
_ANY_ID = NamePattern(r"^(?:author|autor)[-_]?(?:box|bio|info)$|^about-author$")  # Sahifa, OceanWP, hand-made pages
_IS_TEXT = re.compile(r"bio|desc")
_COMMENT = re.compile(r"(?:^|[\s_-])comments?[-_]")  # the writers of comments have boxes too
_IS_GENERIC, _IS_LOOSE = re.compile(_GENERIC), re.compile(_LOOSE)
_NAME = (
    "contains(@class, 'name') or @itemprop='name' or @rel='author' or contains(concat(' ', @class, ' '), ' fn ') or "
    "self::h2 or self::h3 or self::h4 or self::h5"
)
_TEXT = (
    "contains(@class, 'bio') or contains(@class, 'desc') or @itemprop='description' or contains(@class, 'text') "
    "or self::p"
)
_ABOUT = re.compile(
    r"^(?:about(?:\sthe\sauthor)?|author profile|über(?:\sden\sautor|\sdie\sautorin)?|"
    r"sobre(?:\s(?:el|la|o|a)\sautora?)?|"
    r"à propos de(?:\sl['’]auteur)?|tentang(?:\spenulis)?|informazioni su|over|om|об авторе|про автора|o autorze|"
    r"tungkol kay|yazar hakkında|عن الكاتب|लेखक के बारे में|关于作者|著者について)(?:\s*[:：]\s*|\s+|$)",
    re.IGNORECASE,
)
_OWN_LINK = re.compile(
    r"/(?:author|autor|auteur|autore|autoren|verfasser|writer|writers|penulis|profile|profil|people|person|staff|team|"
    r"user|by|redaktion|journalist)s?/|[?&]author=", re.IGNORECASE
)  # fmt: skip
Boxes = list[tuple["HtmlElement", Box | None]]
_SHORTEST = 30  # letters; less is a name, a role or "Follow"
_LONGEST_NAME = 60
_LONGEST_BOX = 1500
_LARGEST_SHARE = 0.4  # an element that holds more of the page than this is the page
_MANY = 4  # boxes of nobody whom the page names: the staff


def boxes(page: Page) -> Boxes:
    """Return the author boxes of a page, outermost only; an element that holds the headline is none."""
    found: dict[HtmlElement, Box | None] = {}
    for element in page.named(_ANY_BOX, _ANY_ID, None):
        box = _box(element)
        if box is False or any(ancestor in found for ancestor in element.iterancestors()):
            continue
        if page.headline is not None and (element is page.headline or element in page.headline.iterancestors()):
            continue
        length = length_of(element)
        if length <= _LONGEST_BOX or length <= _LARGEST_SHARE * length_of(page.tree):
            found[element] = box
    return list(found.items())


def profiles_of(page: Page, found_boxes: Boxes, authors: tuple[Author, ...]) -> tuple[Profile, ...]:
    """Return what the page says about its authors, each in its own language."""
    found: dict[str, Profile] = {}
    named = [fold(author.name) for author in authors if author.kind == "person"]
    loose = 0
    for element, box in found_boxes:
        if page.scope.is_foreign(element):
            continue
        for part in _per_author(element, box):
            profile = _profile(page, part, box, authors)
            if profile is None or not _is_own(profile, named, box):
                continue
            loose += box is None and not named
            found.setdefault(fold(profile.text), profile)
    return tuple(found.values()) if loose < _MANY else ()


def stated(page: Page, selector: str, authors: tuple[Author, ...]) -> tuple[Profile, ...]:
    """Return the profiles that a site's own selector points to."""
    told = [(element, text_of(element)) for element in page.tree.cssselect(selector)]
    name = authors[0].name if len(authors) == 1 else None
    return tuple(Profile(name=name, text=text, language=language_of(text)) for _, text in told if text)


def _is_own(profile: Profile, named: list[str], box: Box | None) -> bool:
    """Say whether a profile is that of an author: a plugin prints no other, a theme's class stands around any box."""
    told = fold(profile.name or "")
    return box is not None or not named or not told or any(name in told or told in name for name in named)


def _box(element: HtmlElement) -> Box | Literal[False] | None:
    """Return the row of an author box, None for the general shape, False for anything else."""
    names = set((element.get("class") or "").split())
    rows = [box for box in BOXES if box.container in names]
    for box in rows:
        if next(_with_class(element, box.text), None) is not None:
            return box
    told = classes(element)
    if rows and not _IS_GENERIC.search(told):
        return rows[0]
    if element.tag in ("a", "img", "span", "body", "svg"):
        return False
    if _COMMENT.search(told):
        return False
    if _IS_GENERIC.search(told):
        return None
    is_filled = any(len(text_of(text)) >= 2 * _SHORTEST for text in _inside(element, None, _TEXT))
    return None if is_filled and _IS_LOOSE.search(told) else False


def _per_author(element: HtmlElement, box: Box | None) -> list[HtmlElement]:
    """Return one element for each author of a box that holds several."""
    if box is None:
        return [element]
    texts = list(_with_class(element, box.text))
    if len(texts) < 2:
        return [element]
    found = []
    for text in texts:
        holders = (at for at in text.iterancestors() if next(_with_class(at, box.name), None) is not None)
        found += [holder for holder in [next(holders, None)] if holder is not None]
    return found


def _profile(page: Page, element: HtmlElement, box: Box | None, authors: tuple[Author, ...]) -> Profile | None:
    holders = [holder for holder in _inside(element, box.name if box else None, _NAME) if _name_in(holder)]
    text = _biography(list(_inside(element, box.text if box else None, _TEXT)), holders[0] if holders else None)
    if text is None and box is None and _IS_TEXT.search(classes(element)):
        text = _sound(text_of(element))
    if text is None:
        return None
    name = _name_in(holders[0]) if holders else None
    if not name or len(name) > _LONGEST_NAME:
        persons = [author.name for author in authors]
        name = persons[0] if len(persons) == 1 else next((one for one in persons if text.startswith(one)), None)
    return Profile(name=name, text=text, language=language_of(text), url=_own_link(page, element, holders))


def _name_in(holder: HtmlElement) -> str:
    """Return the name that an element of a box holds; empty for "About the author" and other words for one."""
    told = without_lead(_ABOUT.sub("", text_of(holder)).strip(" :"))[0].strip(" :")
    return told if any(sign.isalpha() for sign in told) and told.casefold() not in phrases("not_authors") else ""


def _biography(holders: list[HtmlElement], name: HtmlElement | None) -> str | None:
    """Return the first text that is long enough; a paragraph with those beside it, which go on in it.

    A holder of the name too is asked last: its text begins with what is no biography.
    """
    holds_name = set(name.iterancestors()) | {name} if name is not None else set()
    for holder in sorted(holders, key=lambda holder: holder in holds_name):
        told = _sound(text_of(holder))
        if told:
            more = holder.itersiblings("p") if holder.tag == "p" else ()
            return " ".join([told, *(line for line in map(text_of, more) if len(line) >= _SHORTEST)])
    return None


def _sound(told: str) -> str | None:
    """Return a text that can be a biography: some words of prose, not a list of names or a date."""
    letters = sum(map(str.isalpha, told))
    is_dense = any("\u3040" <= sign <= "\ud7a3" for sign in told[:20])  # Chinese, Japanese, Korean
    if letters < (_SHORTEST // 2 if is_dense else _SHORTEST) or not (is_dense or " " in told):
        return None
    return None if looks_like_names(without_lead(told)[0]) and not is_dense else told


def _own_link(page: Page, element: HtmlElement, names: list[HtmlElement]) -> str | None:
    """Return the address of the author's page: the name's own link, else a link to where sites keep their authors."""
    for name in names[:1]:
        around = [name, *name.iterancestors("a")] if name.tag == "a" else [*name.iter("a"), *name.iterancestors("a")]
        own = [link.get("href") for link in around if link.tag == "a" and _is_page(link.get("href"))]
        if own:
            return page.absolute(own[0])
    links = [link.get("href") for link in element.iter("a")]
    return next((page.absolute(link) for link in links if _is_page(link) and _OWN_LINK.search(link)), None)


def _is_page(address: str | None) -> bool:
    return bool(address) and not str(address).startswith(("#", "mailto:", "javascript:", "tel:"))


def _with_class(element: HtmlElement, name: str) -> Iterator[HtmlElement]:
    return (inner for inner in element.iter() if name in (inner.get("class") or "").split())


def _inside(element: HtmlElement, name: str | None, otherwise: str) -> Iterator[HtmlElement]:
    if name:
        yield from _with_class(element, name)
    else:
        yield from element.xpath(f".//*[{otherwise}]")

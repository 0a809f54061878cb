"""Who wrote a story: JSON-LD, then meta tags, then the visible byline, marked or not.

That order is the measured one (reading-pages.md, 4). trafilatura's own guess is not asked: behind these sources it was
right on 3 pages of the corpus and wrong on 11. A house (the site, an agency, a desk) never stands beside a
person, and is named only where nobody else is.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from archive.records import Author
from crawler.reading.addresses import host_of
from crawler.reading.attributes import NamePattern
from crawler.reading.dom import classes, fold, squeeze, text_of
from crawler.reading.jsonld import text, types
from crawler.reading.names import (
    authors_of,
    is_house,
    is_role,
    looks_like_names,
    may_lead,
    unique,
    without_lead,
    without_noise,
    without_tail,
)
from crawler.reading.words import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.reading.page import Page
    from crawler.site import Site

_META = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "dc.contributor", "byl", "cxenseparse:author", "cxenseparse:recs:author", "og:article:author",
    "article.author", "citation_author", "authors", "creator", "mediator_author", "articleauthor", "article:byline",
    "twitter:misc:written by",
)  # fmt: skip
_WRITTEN_BY = re.compile(
    r"written by|author|verfasst von|escrito por|écrit par|scritto da|geschreven door|автор|ditulis", re.IGNORECASE
)
_BYLINE_CLASS = NamePattern(
    r"(?:^|[\s_-])(?:byline|by-line|author|authors|autor|autoren|autores|autore|auteur|verfasser|writer|reporter|redakteur|"
    r"writtenby|createdby|authorname|author-?name|articleauthor|post-?author|coauthors)(?:$|[\s_-])"
)
_NO_BYLINE_CLASS = re.compile(
    r"bio|description|avatar|image|img|photo|social|follow|box|more|comment|reply|count|list-of|contact|prep|label"
)
_EDITOR = re.compile(
    r"(?:editor|edited by|penyunting|redaktur|责任编辑|責任編輯|编辑|biên tập)\s*[:：]?\s", re.IGNORECASE
)
# How desks in German and Swiss broadcasting sign: "srf/hosb; kesm".
_INITIALS = re.compile(r"[a-zäöü]{2,5}(?:/[a-zäöü]{2,5}){0,2}(?:\s*[;,]\s*[a-zäöü]{2,5}(?:/[a-zäöü]{2,5}){0,2}){0,3}")
_BYLINE_TAG = re.compile(r"^byline$|-(?:byline|authors?)$")
_LEAD_TAGS = frozenset((
    "p", "span", "div", "strong", "em", "i", "b", "small", "a", "li", "td", "dd", "h4", "h5", "h6", "byline", "address",
))  # fmt: skip
_LONGEST = 160
_MOST_MARKED = 40  # the nearest to the headline; a page that marks more lists bylines of others
_GLUE = re.compile(r"[^\W\d_A-Z][A-Z]")
# What does not belong to a byline as printed: digits of a date, a rating or a telephone, addresses.
_DRESS = re.compile(
    r"\d|\S*@|\[email|https?:|\b(?:published|posted|updated|last updated|veröffentlicht|aktualisiert|publié|publicado|"
    r"pubblicato|опубликовано|follow|folgen|share|teilen)\b",
    re.IGNORECASE,
)


def byline_of(page: Page, site: Site) -> tuple[tuple[Author, ...], str | None, str]:
    """Return the authors, the byline as printed where a reader can see one, and where the authors were read."""
    house = house_names(page, site)
    houses: list[tuple[tuple[Author, ...], str]] = []
    visible = list(itertools.islice(_visible(page), _MOST_MARKED))
    marked = _marked(page, house, visible)
    for source, found in itertools.chain(marked, _unmarked(page, house)):
        persons = unique(author for author in found if author.kind == "person")
        if persons and _is_editor(persons, visible, house):
            continue
        persons = _joined_by_siblings(_completed(persons, visible, house), visible, house)
        if persons:
            authors = _fullest(_with_agencies(persons, found, house), marked)
            return authors, _printed(page, authors, visible, house), source
        if found:
            houses.append((unique(found), source))
    # An agency says more about who wrote a story than the paper's own name.
    foreign = (entry for entry in houses if not any(fold(author.name) in house for author in entry[0]))
    authors, source = next(foreign, None) or next(iter(houses), ((), ""))
    authors = _fullest(authors, ((name, list(named)) for named, name in houses)) if authors else authors
    return authors, _printed(page, authors, visible, house), source


def _with_agencies(persons: tuple[Author, ...], found: list[Author], house: frozenset[str]) -> tuple[Author, ...]:
    """Return persons and, in the order of the byline, the agencies it names beside them; never the house itself."""
    agencies = phrases("agencies")
    named = {fold(author.name) for author in found if author.kind == "person"}
    if named != {fold(author.name) for author in persons}:
        return persons
    kept = [author for author in found if author.kind == "person" or author.name.casefold() in agencies]
    return unique(author for author in kept if author.kind == "person" or fold(author.name) not in house)


def _fullest(authors: tuple[Author, ...], sources: Iterable[tuple[str, list[Author]]]) -> tuple[Author, ...]:
    """Return a marked byline of a later source that names these authors and more.

    Many systems put one account into structured data and print all who wrote.
    """
    names = {fold(author.name) for author in authors}
    for source, found in sources:
        told = unique(found)
        if source.startswith("dom") and names == {fold(author.name) for author in told}:
            break  # the byline of the page says the same
        is_more = len(told) <= 4 and names < {fold(author.name) for author in told}
        if is_more and len({author.kind for author in (*authors, *told)}) == 1 and all(map(_is_sure, told)):
            known = {fold(author.name): author for author in authors}
            return tuple(known.get(fold(author.name), author) for author in told)
    return authors


def _is_editor(persons: tuple[Author, ...], visible: list[tuple[HtmlElement, str]], house: frozenset[str]) -> bool:
    """Say whether the page calls the one person that is named its editor, and somebody else its author.

    Indonesian and Chinese systems put the editor into structured data and print "Penulis: … Editor: …".
    """
    if len(persons) != 1:
        return False
    name = fold(persons[0].name)
    edited = [told for _, told in visible if _EDITOR.match(told) and fold(told).endswith(name)]
    others = (
        author
        for _, told in visible
        if not _EDITOR.match(told) and name not in fold(told)
        for author in authors_of(told, house)
    )
    return bool(edited) and any(author.kind == "person" and looks_like_person(author.name) for author in others)


def _joined_by_siblings(
    persons: tuple[Author, ...], visible: list[tuple[HtmlElement, str]], house: frozenset[str]
) -> tuple[Author, ...]:
    """Return all persons that stand in bylines side by side where structured data names one of them only."""
    if len(persons) != 1:
        return persons
    name = fold(persons[0].name)
    for element, told in visible:
        around = element.getparent()
        if fold(without_lead(told)[0]) != name or not element.get("class") or around is None:
            continue
        same = [
            other
            for other, _ in visible
            if other.getparent() is around and other.get("class") == element.get("class") and other.tag == element.tag
        ]
        same.sort(key=around.index)
        named = [author for other in same for author in authors_of(text_of(other), house)]
        if 1 < len(named) <= 4 and all(author.kind == "person" and looks_like_person(author.name) for author in named):
            return unique(persons[0] if fold(author.name) == name else author for author in named)
    return persons


def stated(page: Page, site: Site, selector: str) -> tuple[tuple[Author, ...], str | None]:
    """Return the authors and the printed byline that a site's own selector points to."""
    shown = [told for element in page.tree.cssselect(selector) if (told := text_of(element))]
    house = house_names(page, site)
    return unique(author for told in shown for author in authors_of(told, house)), ", ".join(
        dict.fromkeys(shown)
    ) or None


def house_names(page: Page, site: Site) -> frozenset[str]:
    """Return the folded names of the site itself."""
    host = host_of(page.url)
    publishers = [text(item) for item in page.graph.follow(page.article, "publisher")]
    names = [site.title, site.name, page.site_name, host, host.rpartition(".")[0], *publishers]
    return frozenset(told for name in names if name and len(told := fold(name)) > 1)


def is_byline(line: str) -> bool:
    """Say whether a line is a byline and nothing else: "By Ana Cruz", "Von Jan Maier und Eva Roth"."""
    rest, has_lead = without_lead(line)
    return has_lead and len(rest) <= 80 and looks_like_names(rest) and not line.rstrip().endswith((".", "!", "?"))


def _marked(
    page: Page, house: frozenset[str], visible: list[tuple[HtmlElement, str]]
) -> Iterator[tuple[str, list[Author]]]:
    """Yield the authors that structured data, meta tags and marked elements name, the most trusted first."""
    for node in (page.article, page.graph.web_page()):
        for key in ("author", "creator"):
            yield "json-ld", _from_json(page, house, node, key)
    for name in _META:
        values = [value for value in page.meta.get(name, ()) if not value.startswith("http")]
        yield f"meta {name}", [author for value in values for author in authors_of(value, house)]
    yield "meta twitter:data1", _from_twitter(page, house)
    yield from _from_elements(visible, house)


def _unmarked(page: Page, house: frozenset[str]) -> Iterator[tuple[str, list[Author]]]:
    """Yield the authors that nothing but the text names."""
    line = _led_line(page)
    yield "dom lead", authors_of(line, house) if line else []
    yield "dom paragraph", _from_paragraphs(page, house)


def _from_json(page: Page, house: frozenset[str], node: object, key: str) -> list[Author]:
    found: list[Author] = []
    for item in page.graph.follow(node if isinstance(node, dict) else None, key):
        name = text(item)
        if not name:
            continue
        url = item.get("url") if isinstance(item, dict) else None
        kinds = types(item)
        is_organisation = any(kind.endswith("organization") for kind in kinds) and not looks_like_person(name)
        found += authors_of(
            name, house, is_organisation=is_organisation, url=page.absolute(url) if isinstance(url, str) else None
        )
    return found


def looks_like_person(name: str) -> bool:
    """Say whether a name has the shape of a person's; sites mark people as organisations and the reverse."""
    return 2 <= len(name.split()) <= 4 and looks_like_names(name)


def _from_twitter(page: Page, house: frozenset[str]) -> list[Author]:
    """Read Yoast's Twitter card, whose first label says "Written by" in the site's language."""
    label, _ = page.first_meta("twitter:label1")
    value, _ = page.first_meta("twitter:data1")
    return authors_of(value, house) if label and value and _WRITTEN_BY.search(label) else []


def _visible(page: Page) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the elements of the story that are marked as its byline, with their text."""
    marked = [element for element in page.marked("itemprop") if element.get("itemprop") == "author"]
    marked = [element for element in marked if element.tag not in ("meta", "link")]
    linked = [link for link in page.tagged("a", "address") if "author" in (link.get("rel") or "").split()]
    named = [element for element in page.classed(_BYLINE_CLASS) if not _NO_BYLINE_CLASS.search(classes(element))]
    # Web components say it in their tag: <byline>, <story-author>.
    tags = [tag for tag in set(page.tags) if _BYLINE_TAG.search(tag)]
    tagged = page.tagged(*tags) if tags else ()
    for element in page.scope.own(dict.fromkeys([*marked, *linked, *named, *tagged])):
        told = text_of(element) if element.tag != "time" else ""
        if 1 < len(told) <= _LONGEST:
            yield element, told


def _from_elements(visible: list[tuple[HtmlElement, str]], house: frozenset[str]) -> Iterator[tuple[str, list[Author]]]:
    for element, told in visible:
        leaves = _leaf_names(element)
        if leaves:
            yield f"dom {_label(element)}", [author for leaf in leaves for author in authors_of(leaf, house)]
        named = element.xpath(
            ".//*[@itemprop='name' or contains(@class, 'author-name') or contains(concat(' ', @class, ' '), ' fn ')]"
        )
        # Several authors of one byline, each marked; one name marked twice is still one.
        names = list(dict.fromkeys(map(text_of, named))) or [told]
        found = [author for name in names for author in authors_of(name, house)]
        rests = [without_lead(without_noise(name))[0] for name in names]
        is_account = " " not in rests[0] and (
            element.get("rel") == "author" or "fn" in (element.get("class") or "").split()
        )
        if element.get("itemprop") == "author" and _INITIALS.fullmatch(told):
            yield "dom itemprop=author", [Author(name=part) for part in re.split(r"\s*[;,]\s*", told)]
        if all(map(looks_like_names, rests)) or is_account or all(_is_sure(author) for author in found):
            yield f"dom {_label(element)}", found


def _is_sure(author: Author) -> bool:
    return (author.kind == "organisation" and len(author.name) <= 50) or looks_like_person(author.name)


def _leaf_names(element: HtmlElement) -> list[str]:
    """Return the texts inside a byline where each is one person's name, set side by side without a comma.

    A link to all posts beside them ("Ver todos os posts") names nobody.
    """
    leaves = [text_of(leaf) for leaf in element.iter() if len(leaf) == 0 and (leaf.text or "").strip()]
    whole = fold(text_of(element))
    is_all = len(leaves) > 1 and sum(len(fold(leaf)) for leaf in leaves) == len(whole)
    names = [leaf for leaf in leaves if leaf.casefold() not in phrases("not_authors")]
    return names if is_all and all(looks_like_person(name) for name in names) else []


def _from_paragraphs(page: Page, house: frozenset[str]) -> list[Author]:
    """Read a name that is a whole paragraph in bold or italics at the start of the text; seen on small papers."""
    paragraphs = [element for element in page.elements if element.tag == "p" and not page.scope.is_foreign(element)]
    told = [(element, text_of(element)) for element in paragraphs]
    filled = [(element, line) for element, line in told if line]
    for element, line in filled[:3]:
        names = [part for part in re.split(r"\s*/\s*", line) if part]
        marked = element.xpath("string(.//strong|.//b|.//em|.//i)")
        if len(line) <= 60 and fold(str(marked)) == fold(line) and all(looks_like_person(name) for name in names):
            return [author for name in names for author in authors_of(name, house)]
    return []


def _led_line(page: Page) -> str | None:
    """Return the first line of the story that a lead begins and that is names otherwise: "By", "Von", "Автор:"."""
    for element, tag in zip(page.elements, page.tags, strict=True):
        if tag not in _LEAD_TAGS:
            continue
        piece = (element.text or "").strip() or _first_label(element)
        if not 2 <= len(piece) <= 80 or not may_lead(piece) or not without_lead(piece + " x")[1]:
            continue
        whole = text_of(element)
        tries = (_first_line(element), whole, without_tail(piece),
                 without_noise(whole).strip(" ,|·-–") if len(whole) <= 160 else "")  # fmt: skip
        for told in tries:
            if told and len(told) <= 100 and is_byline(told) and not page.scope.is_foreign(element):
                return told
    return None


def _first_label(element: HtmlElement) -> str:
    """Return the text in an element's first mark-up: "<strong>Autor</strong> Ana Cruz"."""
    first = element[0] if len(element) else None
    return (first.text or "").strip() if first is not None and first.tag in ("strong", "b", "span") else ""


def _first_line(element: HtmlElement) -> str:
    """Return the text of an element before its first line break; empty if it has none."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "br":
            return squeeze("".join(pieces))
        pieces += [text_of(child), child.tail or ""]
    return ""


def _label(element: HtmlElement) -> str:
    if element.get("itemprop") == "author":
        return "itemprop=author"
    names = (element.get("class") or "").split()
    return "rel=author" if "author" in (element.get("rel") or "") else f".{names[0]}" if names else str(element.tag)


def _completed(
    persons: tuple[Author, ...], visible: list[tuple[HtmlElement, str]], house: frozenset[str]
) -> tuple[Author, ...]:
    """Return the full name that the visible byline prints where structured data has the last name only."""
    if len(persons) != 1 or " " in persons[0].name or not persons[0].name[:1].isupper() or persons[0].name.isupper():
        return persons
    for _, told in visible:
        for author in authors_of(told, house):
            if author.kind == "person" and looks_like_person(author.name) and persons[0].name in author.name.split():
                return (author,)
    return persons


def _printed(
    page: Page, authors: tuple[Author, ...], visible: list[tuple[HtmlElement, str]], house: frozenset[str]
) -> str | None:
    """Return the byline a reader sees: the marked text that names most of the authors, the shortest of these.

    Without a marked one, the line that a lead begins, where it names them.
    """
    names = [fold(author.name) for author in authors]
    ranked = [(-sum(name in fold(told) for name in names), len(told), place) for place, (_, told) in enumerate(visible)]
    best = min(ranked, default=(0, 0, 0))
    if best[0] < 0:
        element, told = visible[best[2]]
        return without_dress(_unglued(element, told), authors, house)
    led = _led_line(page) if authors else None
    return without_dress(led, authors, house) if led and any(name in fold(led) for name in names) else None


def _unglued(element: HtmlElement, told: str) -> str:
    """Return a byline with the blank that a style sheet puts between its elements: "Ana CruzStaff Writer"."""
    if len(element) == 0 or not _GLUE.search(told):
        return told
    pieces = [squeeze(piece) for piece in element.itertext() if piece.strip()]
    for before, after in itertools.pairwise(pieces):
        if before[-1].islower() and after[0].isupper():
            told = told.replace(before + after, f"{before} {after}", 1)
    return told


def without_dress(told: str, authors: Iterable[Author], house: frozenset[str]) -> str:
    """Return a printed byline without what its element holds beside it: dates, ratings, addresses, buttons.

    What stands behind the last name stays where it is a role, a house or a place without digits, once.
    """
    spans = [(at, at + len(author.name)) for author in authors
             if (at := told.casefold().find(author.name.casefold())) >= 0]  # fmt: skip
    if not spans:
        return told
    first, last = min(spans)[0], max(end for _, end in spans)
    head, tail = told[:first], told[last:]
    if any(sign.isdigit() for sign in head):
        head = _last_lead(head)
    again = any(author.name.casefold() in tail.casefold() for author in authors)
    if again or _DRESS.search(tail):
        kept = without_noise(_DRESS.split(tail, maxsplit=1)[0]).strip(" ,|·•–-:(")
        sound = kept and not again and (is_house(kept, house) or is_role(kept))
        tail = tail[: tail.find(kept) + len(kept)] if sound and kept in tail else ""
    return (head + told[first:last] + tail).strip(" ,|·•–-")


def _last_lead(head: str) -> str:
    """Return the lead right before the first name, without the date in front of it: "2 May 2026 by "."""
    words = head.split()
    for count in (3, 2, 1):
        lead = " ".join(words[-count:])
        if lead and not any(sign.isdigit() for sign in lead) and without_lead(lead + " X")[0] == "X":
            return lead + " "
    return ""

"""A page, parsed once: the tree, the meta tags, the JSON-LD graph and the page's own post id.

Everything the reader looks at comes from here; nothing else decodes or parses. Scripts and styles are taken out of
the tree (their text stays in ``text`` and ``graph``), so the text of an element is what a reader may see.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from crawler.errors import ReadingError
from crawler.reading import attributes
from crawler.reading.addresses import absolute, comparable, host_of
from crawler.reading.charset import decode
from crawler.reading.dom import drop, duplicate, fold, squeeze, text_of, without_invisible
from crawler.reading.jsonld import Graph, Node, text
from crawler.reading.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from crawler.reading.attributes import NamePattern

MAX_BYTES = 10 * 2**20  # a story of more than 10 MiB of markup is not one
MAX_TAGS = 60_000  # the fullest of 419 news pages has 6,000; a million elements take a minute and gigabytes
MAX_DEPTH = 250  # libxml2 stops at 256 and drops the rest of the page
# Pages whose unclosed inline tags (<font>, <b>) nest deeper than libxml2 goes are read again with these closed.
_UNCLOSED = re.compile(r"</?(?:font|b|i|u|em|strong|small|big|center|span|a)\b[^<>]*>", re.IGNORECASE)
_LONG_TAG = re.compile(rb"<\w[^<>]{20000,}")
_STEP = 10_000  # half of that
_VALUE = re.compile(rb"\"[^\"]*\"|'[^']*'")
_MAX_ATTRIBUTES = 2000
_BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00", b"wOF")
# libxml2 stops at a NUL, and no control character is text.
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127])


# lxml's own look-up for HTML asks Python for the class of every element it shows; we need only one class.
_LOOKUP = etree.ElementDefaultClassLookup(element=HtmlElement)


class Index:
    """Where on a page the values of one attribute stand: elements share values, so each value is tried once."""

    def __init__(self, values: Iterable[str | None]) -> None:
        written: dict[str, list[int]] = {}
        for place, value in enumerate(values):
            if value:
                written.setdefault(value, []).append(place)
        self._places: dict[str, list[int]] = {}
        for value, places in written.items():
            self._places.setdefault(value.lower(), []).extend(places)
        self._patterns: dict[int, list[str]] = {}
        self._known = 0  # the patterns that were tried

    @cached_property
    def _tokens(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for value in self._places:
            for token in set(value.split()):
                found.setdefault(token, []).append(value)
        return found

    def with_token(self, token: str) -> list[int]:
        """Return the places of the values that have this among their words, in page order."""
        return sorted(place for value in self._tokens.get(token, ()) for place in self._places[value])

    def matching(self, pattern: NamePattern) -> list[int]:
        """Return the places of the values in which a pattern is found, in page order."""
        if self._known != attributes.count():
            self._known = attributes.count()
            self._patterns = {}
            for value in self._places:
                for number in attributes.matching(value):
                    self._patterns.setdefault(number, []).append(value)
        return sorted(place for value in self._patterns.get(pattern.number, ()) for place in self._places[value])


class Script(NamedTuple):
    """A script of a page: its attributes, as one text, and its code."""

    attributes: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page as fetched, decoded and parsed. ``url`` is where it was fetched, ``text`` its decoded source."""

    url: str
    tree: HtmlElement
    text: str
    scripts: tuple[str, ...] = ()  # the JSON-LD scripts
    code: tuple[Script, ...] = ()  # the other scripts
    fetched_at: datetime | None = None

    @classmethod
    def parse(cls, payload: bytes, url: str, encoding: str | None, fetched_at: datetime | None = None) -> Page:
        """Decode and parse a page; raise ReadingError for what is no page: empty, binary, too large or too deep."""
        _refuse(payload)
        source = decode(payload, encoding)
        if not source.strip():
            raise ReadingError("unreadable", "the payload holds nothing but blanks")
        tree = _tree(source)
        scripts, code = _take_scripts(tree)
        without_invisible(tree, source)
        return cls(url=url, tree=tree, text=source, scripts=scripts, code=code, fetched_at=fetched_at)

    @cached_property
    def elements(self) -> tuple[HtmlElement, ...]:
        """Return every element in page order. Held, because lxml makes a new proxy for each look at one it let go."""
        return tuple(self.tree.iter())

    @cached_property
    def places(self) -> Mapping[HtmlElement, int]:
        """Return where in page order every element stands."""
        return {element: place for place, element in enumerate(self.elements)}

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Return the tag of every element, in page order."""
        return tuple([element.tag for element in self.elements])

    def tagged(self, *tags: str) -> list[HtmlElement]:
        """Return the elements with one of these tags, in page order; quicker than another walk over the tree."""
        found = [elements for tag in tags if (elements := self._by_tag.get(tag))]
        if len(found) < 2:
            return list(found[0]) if found else []
        return sorted((element for elements in found for element in elements), key=self.places.__getitem__)

    @cached_property
    def _by_tag(self) -> dict[str, list[HtmlElement]]:
        found: dict[str, list[HtmlElement]] = {}
        for element, tag in zip(self.elements, self.tags, strict=True):
            found.setdefault(tag, []).append(element)
        return found

    def marked(self, name: str) -> list[HtmlElement]:
        """Return the elements with this attribute (lower case), in page order."""
        if name not in self._marked:
            is_there = name in self.text
            self._marked[name] = [element for element in self.elements if element.get(name)] if is_there else []
        return self._marked[name]

    @cached_property
    def _marked(self) -> dict[str, list[HtmlElement]]:
        return {}

    @cached_property
    def _by_class(self) -> Index:
        return Index([element.get("class") for element in self.elements])

    @cached_property
    def _by_id(self) -> Index:
        return Index([element.get("id") for element in self.elements])

    def with_class(self, name: str) -> list[HtmlElement]:
        """Return the elements of a class (lower case), in page order."""
        return [self.elements[place] for place in self._by_class.with_token(name)]

    def classed(self, pattern: NamePattern) -> list[HtmlElement]:
        """Return the elements whose class attribute, in lower case, matches somewhere; in page order."""
        return [self.elements[place] for place in self._by_class.matching(pattern)]

    def named(
        self, names: NamePattern, ids: NamePattern, tags: frozenset[str] | None, **values: str
    ) -> list[HtmlElement]:
        """Return the elements with such a tag and such a class, id or attribute (lower case), in page order."""
        places = {*self._by_class.matching(names), *self._by_id.matching(ids)}
        for name, value in values.items():
            marked = self.marked(name)
            places.update(self.places[element] for element in marked if element.get(name).lower() == value)
        found = (self.elements[place] for place in sorted(places))
        return [element for element in found if tags is None or element.tag in tags]

    @cached_property
    def script(self) -> str:
        """Return all scripts that are not JSON-LD, with their attributes, as one text to look for signs in."""
        return "\n".join(part for script in self.code for part in script)

    @cached_property
    def meta(self) -> dict[str, tuple[str, ...]]:
        """Return the meta tags by lower-case name or property, in page order; empty ones are left out."""
        found: dict[str, list[str]] = {}
        for element in self.tagged("meta"):
            key = element.get("property") or element.get("name") or element.get("http-equiv")
            content = squeeze(element.get("content") or "")
            if key and content:
                found.setdefault(key.strip().lower(), []).append(content)
        return {key: tuple(values) for key, values in found.items()}

    def first_meta(self, *names: str) -> tuple[str | None, str]:
        """Return the first of these meta tags that says something, and its name."""
        return next(((self.meta[name][0], name) for name in names if name in self.meta), (None, ""))

    @cached_property
    def graph(self) -> Graph:
        """Return the page's JSON-LD."""
        return Graph.parse(self.scripts)

    @cached_property
    def article(self) -> Node | None:
        """Return the JSON-LD node of the page's own article, if there is one."""
        return self.graph.article(self._is_own)

    @cached_property
    def base(self) -> str:
        """Return the address that relative links start from."""
        found = next((element.get("href") for element in self.tagged("base") if element.get("href")), None)
        return absolute(self.url, found) if found else self.url

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """Return the addresses of this page in a comparable form: as fetched, canonical and og:url."""
        links = [link.get("href") for link in self.tagged("link") if (link.get("rel") or "").lower() == "canonical"]
        addresses = [self.url, *links, *self.meta.get("og:url", ())]
        return frozenset(comparable(self.absolute(address)) for address in addresses if address)

    @cached_property
    def post_id(self) -> str | None:
        """Return the WordPress id of the page's own post, only where the page binds it to its article."""
        return _post_id(self)

    @cached_property
    def headline(self) -> HtmlElement | None:
        """Return the headline's element: the h1 that the page's title confirms, else such an h2, else the only h1."""
        return self._headline[0]

    @property
    def is_headline_confirmed(self) -> bool:
        """Say whether JSON-LD, og:title or ``<title>`` repeat the headline."""
        return self._headline[1]

    @cached_property
    def _headline(self) -> tuple[HtmlElement | None, bool]:
        return _headline(self)

    @cached_property
    def scope(self) -> Scope:
        """Return what tells the story's elements from those of other stories."""
        # Nothing of the page is handed over that leads back to it: a page that is let go is freed at once.
        return Scope(self.elements, self.places, self.headline, self.own_addresses, self.base)

    @cached_property
    def site_name(self) -> str | None:
        """Return what the page calls its site."""
        name, _ = self.first_meta("og:site_name", "application-name", "al:android:app_name")
        publishers = self.graph.follow(self.article, "publisher")
        return name or next((found for item in publishers if (found := text(item))), None)

    def absolute(self, address: str) -> str:
        """Return an address of the page as an absolute one; an impossible one as it is."""
        return absolute(self.base, address)

    def without(self, selectors: Iterable[str]) -> Page:
        """Return the page with these elements taken out; the page itself stays as it is."""
        chosen = tuple(selectors)
        if not chosen:
            return self
        tree = duplicate(self.tree)
        for selector in chosen:
            for element in tree.cssselect(selector):
                drop(element)
        return dataclasses.replace(self, tree=tree)

    def _is_own(self, node: Node) -> bool:
        """Say whether a JSON-LD node names this page's address or headline."""
        addresses = [node.get(key) for key in ("url", "@id", "mainEntityOfPage")]
        plain = [item.get("@id") if isinstance(item, dict) else item for item in addresses]
        if any(isinstance(item, str) and comparable(self.absolute(item)) in self.own_addresses for item in plain):
            return True
        headline = fold(text(node.get("headline")) or text(node.get("name")) or "")
        title = fold(" ".join(self.meta.get("og:title", ())) + " " + (self.tree.findtext(".//title") or ""))
        return bool(headline) and headline in title


def _refuse(payload: bytes) -> None:
    if not payload:
        raise ReadingError("unreadable", "the payload is empty")
    if len(payload) > MAX_BYTES:
        raise ReadingError("unreadable", f"the payload has {len(payload)} bytes, more than {MAX_BYTES}")
    if payload.lstrip()[:5].startswith(_BINARY):
        raise ReadingError("unreadable", f"the payload is not a page: it begins with {payload[:5]!r}")
    head = payload[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    control = len(head) - len(head.translate(None, _CONTROL))
    if control > max(8, len(head) // 20):
        raise ReadingError("unreadable", f"the payload is binary: {control} control bytes in its first {len(head)}")


def _refuse_attributes(source: bytes) -> None:
    """Refuse a tag with thousands of attributes: libxml2 compares each with all before it, for minutes."""
    # A tag as long as that covers one of these steps whole: only where there is no "<" for so long one is looked for.
    for at in range(0, len(source), _STEP):
        if source.find(b"<", at, at + _STEP) < 0:
            tag = _LONG_TAG.match(source, max(0, source.rfind(b"<", 0, at)))
            if tag and len(_VALUE.sub(b"", tag.group()).split()) > _MAX_ATTRIBUTES:
                raise ReadingError("unreadable", f"a tag has more than {_MAX_ATTRIBUTES} attributes")


def _tree(source: str) -> HtmlElement:
    """Parse a page. libxml2 drops everything below 256 levels, so such a page is mended or refused, never cut."""
    encoded = _encoded(source)
    if encoded.count(b"<") > MAX_TAGS:
        raise ReadingError("unreadable", f"the page has more than {MAX_TAGS} tags")
    _refuse_attributes(encoded)
    tree, is_whole = _parse(encoded)
    if not is_whole:
        tree, is_whole = _parse(_encoded(_UNCLOSED.sub("", source)))
    if not is_whole:
        raise ReadingError("unreadable", f"elements are nested deeper than {MAX_DEPTH} levels")
    return tree


def _encoded(source: str) -> bytes:
    return source.encode("utf-8", "replace").translate(None, _CONTROL)


def _parse(encoded: bytes) -> tuple[HtmlElement, bool]:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_LOOKUP)
    try:
        tree = document_fromstring(encoded, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadingError("unreadable", f"not a page: {error}") from error
    last = parser.error_log.last_error
    return tree, not (last is not None and "depth" in last.message.lower())


def _take_scripts(tree: HtmlElement) -> tuple[tuple[str, ...], tuple[Script, ...]]:
    """Take scripts and styles out of the tree; return the text of the scripts that are JSON-LD, and the others."""
    told, code = [], []
    for element in list(tree.iter("script", "style")):
        if element.tag == "script":
            if "ld+json" in (element.get("type") or "").lower():
                told.append(element.text or "")
            else:
                code.append(Script(" ".join(f"{name}={value}" for name, value in element.items()), element.text or ""))
        drop(element)
    return tuple(told), tuple(code)


def _headline(page: Page) -> tuple[HtmlElement | None, bool]:
    """Return the element of the headline, and whether the page's title confirms it.

    A site's name is often an h1 too, and often stands in the title: it is no headline.
    """
    claims = [fold(claim) for claim in _title_claims(page)]
    names = {fold(page.site_name or ""), fold(host_of(page.url)), fold(host_of(page.url).rpartition(".")[0])}
    found: dict[str, list[tuple[str, HtmlElement]]] = {"h1": [], "h2": []}
    for element in page.tagged("h1", "h2"):
        told = fold(text_of(element))
        if told and told not in names and (told in claims or not _is_signpost(page, element)):
            found[element.tag].append((told, element))
    for told, element in found["h1"]:
        if len(told) > 3 and any(told == claim or (len(told) > 11 and told in claim) for claim in claims):
            return element, True
    for told, element in found["h1"]:
        if any(len(claim) > 11 and claim in told for claim in claims):
            return element, True
    for told, element in found["h2"]:
        if any(len(told) > 15 and told in claim for claim in claims):
            return element, True
    distinct = dict(reversed(found["h1"]))
    return (next(iter(distinct.values())), False) if len(distinct) == 1 else (None, False)


def _is_signpost(page: Page, heading: HtmlElement) -> bool:
    """Say whether a heading is a link to another page: the site's logo, a section, a teaser."""
    link = next(heading.iterancestors("a"), None)
    if link is None and len(heading) > 0:
        inner = heading.find(".//a[@href]")
        link = inner if inner is not None and fold(text_of(inner)) == fold(text_of(heading)) else None
    address = link.get("href") if link is not None else None
    if not address or address.startswith("#"):
        return False
    own = {unquote(address) for address in page.own_addresses}
    return unquote(comparable(page.absolute(address))) not in own


def _title_claims(page: Page) -> list[str]:
    article = page.article or {}
    claims = [text(article.get("headline")), *page.meta.get("og:title", ()), *page.meta.get("twitter:title", ())]
    return [claim for claim in [*claims, page.tree.findtext(".//title")] if claim]


_BODY_ID = re.compile(r"\b(?:postid|page-id)-(\d+)\b")
_ELEMENT_ID = re.compile(r"^post-(\d+)$")
_QUERY_ID = re.compile(r"[?&]p=(\d+)\b")


def _post_id(page: Page) -> str | None:
    """Look where WordPress says which post a page is: body class, shortlink, the article element around the h1."""
    found = next((named for body in page.tagged("body") if (named := _BODY_ID.search(body.get("class") or ""))), None)
    if found:
        return found.group(1)
    for link in page.tagged("link"):
        address = _QUERY_ID.search(link.get("href") or "")
        if address and (link.get("rel") or "").lower() == "shortlink":
            return address.group(1)
    for ancestor in page.headline.iterancestors() if page.headline is not None else ():
        named = _ELEMENT_ID.match(ancestor.get("id") or "")
        if named:
            return named.group(1)
    return None

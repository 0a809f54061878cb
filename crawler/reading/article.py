"""One page in, one reading out: which source is trusted for which field.

Trust runs from the site's own selectors to JSON-LD, meta tags, marked-up elements and, last, trafilatura.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from archive.records import Counter, Part, Reading
from crawler.errors import ReadingError
from crawler.reading import READER, body, byline, counters, dates, profiles
from crawler.reading.access import access_of
from crawler.reading.attributes import NamePattern
from crawler.reading.dateline import agency_of, dateline_in
from crawler.reading.dom import fold, squeeze, text_of
from crawler.reading.identity import canonical_of, identities_of
from crawler.reading.jsonld import text
from crawler.reading.judge import why_not_article
from crawler.reading.language import language_of
from crawler.reading.page import Page
from crawler.reading.parts import is_further, parts_of
from crawler.reading.section import section_of
from crawler.reading.title import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from lxml.html import HtmlElement

    from crawler.site import Layout, Site

_OPT_OUTS = frozenset({"noarchive", "noai", "noimageai", "nosnippet"})
_MANY = 40  # tags and images; a page that names more names the whole site's


@dataclass(slots=True)
class _Draft:
    """A reading on its way: fields and where each was read."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def set(self, name: str, value: Any, source: str) -> None:
        """Take a field once: what was set before was trusted more."""
        if value not in (None, (), "") and name not in self.values:
            self.values[name] = value
            self.sources[name] = source


def read(page: Page, site: Site, further: Sequence[Page] = ()) -> Reading:
    """Read the article on a page, and on its ``further`` pages; raise ReadingError if it cannot be read.

    The outcome of the error is ``not_article`` for a page that is none, and ``empty`` for one without title or body.
    """
    if is_further(page):
        raise ReadingError("not_article", "a further page of a story")
    layout = site.layout(page.fetched_at)
    parts = parts_of((page, *further))
    page = page.without(layout.remove)
    clock = dates.Clock.of(page, site)
    draft = _Draft()
    _stated(draft, page, site, layout, clock)
    boxes = profiles.boxes(page)
    _general(draft, page, site, clock, boxes)
    lines = _paragraphs(draft, page, clock, boxes)
    reason = why_not_article(page, draft.values.get("published"), draft.sources.get("published", ""),
                             draft.values.get("paragraphs", ()))  # fmt: skip
    if reason and "paragraphs" not in _site_fields(draft):
        raise ReadingError("not_article", reason)
    for name in ("title", "paragraphs"):
        if name not in draft.values:
            raise ReadingError("empty", f"no {'body' if name == 'paragraphs' else name}")
    for part in further:
        lines = (*lines, *_join(draft, part.without(layout.remove), layout, clock))
    _derived(draft, page, lines)
    draft.set("access", *access_of(page, draft.values["paragraphs"]))
    draft.set("parts", tuple(Part(url=address) for address in parts), "page")
    return Reading(reader=READER, sources=draft.sources, **draft.values)


def read_capture(payload: bytes, url: str, encoding: str | None, fetched_at: datetime | None, site: Site,
                 further: Sequence[tuple[bytes, str, str | None]] = ()) -> Reading:  # fmt: skip
    """Return the reading of one capture; a page that cannot be read gives a reading that says why.

    ``further`` are payload, address and encoding of the story's further pages, in order.
    """
    try:
        pages = [Page.parse(*part, fetched_at) for part in further]
        return read(Page.parse(payload, url, encoding, fetched_at), site, pages)
    except ReadingError as error:
        return Reading(reader=READER, outcome=error.outcome, reason=str(error))
    except MemoryError:
        return Reading(reader=READER, outcome="unreadable", reason="not enough memory to read the page")
    except Exception as error:  # noqa: BLE001  # no page may end the pool that reads the others: it is kept as unreadable
        return Reading(reader=READER, outcome="unreadable", reason=f"{type(error).__name__}: {error}"[:300])


def _site_fields(draft: _Draft) -> frozenset[str]:
    return frozenset(name for name, source in draft.sources.items() if source == "site")


def _stated(draft: _Draft, page: Page, site: Site, layout: Layout, clock: dates.Clock) -> None:
    """Take what the site's own selectors point to; a selector that finds nothing leaves the field to the reader."""
    for name in ("title", "standfirst", "section", "dateline"):
        draft.set(name, _first_text(page, getattr(layout, name)), "site")
    for name in ("published", "modified"):
        for element in _chosen(page, getattr(layout, name)):
            draft.set(name, dates.parse_moment(dates.told_by(element), clock), "site")
    if layout.byline:
        authors, printed = byline.stated(page, site, layout.byline)
        draft.set("authors", authors, "site")
        draft.set("byline", printed, "site")
    if layout.body:
        draft.set("paragraphs", body.stated(page, layout.body), "site")
    if layout.profile:
        draft.set("profiles", profiles.stated(page, layout.profile, draft.values.get("authors", ())), "site")
    found = [
        counters.stated(page, getattr(layout, metric), metric)
        for metric in ("views", "comments")
        if getattr(layout, metric)
    ]
    draft.set("counters", tuple(counter for counter in found if counter), "site")


def _first_text(page: Page, selector: str | None) -> str | None:
    return next((told for element in _chosen(page, selector) if (told := text_of(element))), None)


def _chosen(page: Page, selector: str | None) -> list[HtmlElement]:
    return list(page.tree.cssselect(selector)) if selector else []


def _general(draft: _Draft, page: Page, site: Site, clock: dates.Clock, boxes: profiles.Boxes) -> None:
    """Fill what the site's selectors did not."""
    draft.set("title", *title_of(page, site.title if site.confirmed else ""))
    if "authors" not in draft.values:
        authors, printed, source = byline.byline_of(page, site)
        draft.set("authors", authors, source)
        draft.set("byline", printed, "dom")
    for name, find in (("published", dates.published), ("modified", dates.modified)):
        if name not in draft.values:
            draft.set(name, *find(page, clock))
    if "profiles" not in draft.values:
        draft.set("profiles", profiles.profiles_of(page, boxes, draft.values.get("authors", ())), "dom author box")
    _counters(draft, page)
    _context(draft, page)


def _counters(draft: _Draft, page: Page) -> None:
    stated: tuple[Counter, ...] = draft.values.pop("counters", ())
    draft.sources.pop("counters", None)
    found, pending = counters.counters(page)
    known = {counter.metric for counter in stated}
    together = (*stated, *(counter for counter in found if counter.metric not in known))
    draft.values["counters"] = together
    draft.sources.update({counter.metric: counter.source for counter in together})
    if pending is not None and "views" not in known:
        draft.set("pending", pending, "dom script")


def _context(draft: _Draft, page: Page) -> None:
    """Fill what stands around the story: standfirst, section, tags, images, opt-outs, addresses."""
    node = page.article or {}
    description, name = page.first_meta("og:description", "description", "twitter:description")
    told = text(node.get("description"))
    draft.set("standfirst", _standfirst(page), "dom")
    draft.set("standfirst", told, "json-ld")
    draft.set("standfirst", description, f"meta {name}")
    draft.set("section", text(node.get("articleSection")), "json-ld")
    draft.set("section", page.first_meta("article:section")[0], "meta article:section")
    draft.set("section", *section_of(page))
    draft.set("tags", *_tags(page))
    draft.set("images", _images(page), "meta og:image" if "og:image" in page.meta else "json-ld")
    draft.set("opt_outs", _opt_outs(page), "meta")
    canonical = canonical_of(page)
    draft.set("canonical_url", canonical, "link canonical")
    draft.set("identities", identities_of(page, canonical), "page")


_STANDFIRST = NamePattern(
    r"(?:^|[\s_-])(?:standfirst|article(?:__|-)(?:lead|subtitle|intro|deck|dek)|entry-subtitle|td-post-sub-title|post-subtitle)(?:$|[\s_-])"
)


def _standfirst(page: Page) -> str | None:
    for element in page.scope.own(page.classed(_STANDFIRST)):
        told = text_of(element)
        if 20 <= len(told) <= 600:
            return told
    return None


def _tags(page: Page) -> tuple[tuple[str, ...], str]:
    """Return the tags that the page gives its article: article:tag, JSON-LD keywords, links marked as tags."""
    if "article:tag" in page.meta:
        return _distinct(page.meta["article:tag"]), "meta article:tag"
    keywords = (page.article or {}).get("keywords")
    listed = keywords if isinstance(keywords, list) else [keywords]
    found = [part for item in listed if (told := text(item)) for part in re.split(r"\s*[,;]\s*", told)]
    if found:
        return _distinct(found), "json-ld"
    links = [text_of(link) for link in page.tagged("a") if _is_tag_link(link) and not page.scope.is_foreign(link)]
    if links:
        return _distinct(links), "dom rel=tag"
    value, name = page.first_meta("news_keywords", "keywords")
    return _distinct(re.split(r"\s*,\s*", value)) if value else (), f"meta {name}"


def _is_tag_link(link: HtmlElement) -> bool:
    """Say whether a link leads to a tag: rel=tag is WordPress's own; tagDiv and others print the links without it."""
    return "/tag/" in (link.get("href") or "") or "tag" in (link.get("rel") or "").split()


def _distinct(found: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(told for item in found if (told := squeeze(item)) and len(told) <= 80))[:_MANY]


def _images(page: Page) -> tuple[str, ...]:
    """Return the absolute addresses of the story's lead images."""
    found = list(page.meta.get("og:image", ()))
    for item in page.graph.follow(page.article, "image"):
        address = item.get("url") or item.get("contentUrl") if isinstance(item, dict) else item
        found += [address] if isinstance(address, str) else []
    absolute = (page.absolute(address) for address in found if address)
    return tuple(dict.fromkeys(address for address in absolute if address.startswith(("http://", "https://"))))[:_MANY]


def _opt_outs(page: Page) -> tuple[str, ...]:
    """Return what the page asks archives and miners not to do (robots meta; TDM Reservation Protocol)."""
    found = [word for name in ("robots", "googlebot", "archive") for told in page.meta.get(name, ())
             for word in re.split(r"[\s,]+", told.lower()) if word in _OPT_OUTS]  # fmt: skip
    if page.meta.get("tdm-reservation", ("0",))[0].strip() == "1":
        found.append("tdm-reservation")
    return tuple(dict.fromkeys(found))


def _paragraphs(draft: _Draft, page: Page, clock: dates.Clock, boxes: profiles.Boxes) -> tuple[str, ...]:
    """Fill the story's paragraphs; return the lines they were chosen from, which still have the closing credit."""
    values = draft.values
    if "paragraphs" in values:
        return cast("tuple[str, ...]", values["paragraphs"])
    known = body.Known.of(page, values.get("title"), values.get("authors", ()), values.get("profiles", ()))
    found = body.paragraphs_of(page, [box for box, _ in boxes])
    draft.set("paragraphs", body.filtered(found, known, clock), "trafilatura")
    return found


def _join(draft: _Draft, part: Page, layout: Layout, clock: dates.Clock) -> tuple[str, ...]:
    """Add what a further page says to the story's paragraphs, without what it repeats; return its lines."""
    values = draft.values
    if layout.body and (stated := body.stated(part, layout.body)):
        lines = found = stated
    else:
        known = body.Known.of(part, values.get("title"), values.get("authors", ()), values.get("profiles", ()))
        lines = body.paragraphs_of(part, [box for box, _ in profiles.boxes(part)])
        found = body.filtered(lines, known, clock)
    told = {fold(paragraph) for paragraph in values["paragraphs"]}
    values["paragraphs"] += tuple(paragraph for paragraph in found if fold(paragraph) not in told)
    return lines


def _derived(draft: _Draft, page: Page, lines: tuple[str, ...]) -> None:
    """Fill what follows from the text: dateline, agency and language. A standfirst that the body repeats is none."""
    paragraphs = draft.values["paragraphs"]
    dateline = dateline_in(paragraphs)
    draft.set("dateline", dateline.place if dateline else None, "body")
    draft.set("agency", *agency_of(lines, draft.values.get("authors", ()), draft.values.get("byline")))
    draft.set("language", language_of(" ".join(paragraphs), page.tree.get("lang")), "text")
    standfirst = fold(draft.values.get("standfirst") or "").rstrip("…")
    if standfirst and draft.sources["standfirst"] != "site" and standfirst[:200] in fold(" ".join(paragraphs)):
        del draft.values["standfirst"], draft.sources["standfirst"]

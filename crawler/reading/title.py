"""The headline, without kicker, site name, section, date or author stuck to it.

The order of the sources is measured over the pages of the corpus: a reader's own h1 is right most often, and the only
thing that outvotes it is a JSON-LD headline that ``og:title`` repeats (14 pages to 1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.reading.addresses import host_of
from crawler.reading.dom import fold, squeeze, text_of
from crawler.reading.jsonld import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

# Spaced dashes, bars of every script (ㅣ is how Korean papers type one) and what else stands before a site's name.
_SEPARATOR = re.compile(r"\s+[|–—·•»«:~*-]+\s+|\s*[|｜│ㅣǀ»«]+\s*|\s+::\s+|:\s+|\s+[-–—](?=[A-Z])")
# Behind a text in Chinese, Japanese or Korean the dash has no blanks; Chinese sites use "_" the same way.
_UNSPACED = re.compile(r"(?<=[\u3040-\u9fff\uac00-\ud7a3！？!?」』”\"])[-_–—](?=[^\s\d]{2,12}$)")
_NAMELIKE = re.compile(r"^(?:by|von|por|par|di)\s+\S+(?:\s\S+){0,3}$", re.IGNORECASE)
_DATELIKE = re.compile(r"^\W*(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\w+\s\d{1,2},?\s\d{4})\W*$")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,10}")
_KICKER = re.compile(
    r"(?:^|[\s_-])(?:kicker|overline|over-?title|top-?line|top-?title|roof-?line|dachzeile|eyebrow|pre-?title|"
    r"supra-?title|sur-?titre|volanta|antetitulo|antetítulo|occhiello|chapeu|hashtag|entry-section)(?=$|[\s_-])"
)
_CUT_OFF = re.compile(r"\s*(?:…|\.\.\.)$")
_SHORTEST = 15  # letters of a headline that may be told by its end
Claim = tuple[str, str]


def title_of(page: Page, site_title: str) -> tuple[str | None, str]:
    """Return the headline and where it was read.

    The h1 that JSON-LD, og:title or ``<title>`` confirms, the JSON-LD headline, the only h1, og:title, ``<title>``.
    """
    names = _site_names(page, site_title)
    claims = _claims(page, names)
    shown = without_names(text_of(page.headline), names) if page.headline is not None else ""
    if shown and page.headline is not None and fold(shown) not in names:
        told = _as_claimed(page.headline, shown, claims)
        if page.is_headline_confirmed:
            return told
        return next((claim for claim in claims if claim[1] == "json-ld"), told)
    headings = (_loose(page, element) for element in page.tagged("h1"))
    heading = next((phrase for phrase in headings if phrase and fold(phrase) not in names), None)
    if heading and not any(source == "json-ld" for _, source in claims):
        return heading, "dom h1"
    if claims:
        return _whole(claims), claims[0][1]
    written = squeeze(page.tree.findtext(".//title") or "")
    if written:
        cut = _printed(page, _without_section(without_names(written, names)))
        if fold(cut) not in names:
            return cut, "title"
    return next(((line, "dom h1") for element in page.tagged("h1") if " " in (line := text_of(element))), (None, ""))


def _loose(page: Page, heading: HtmlElement) -> str | None:
    """Return the text of an h1 that nothing confirms, on a page with several: the first that is the story's."""
    told = text_of(heading)
    is_phrase = len(told.split()) > 3 or (len(told) > 9 and not told.isascii())
    linked = heading.find(".//a[@href]") is not None or next(heading.iterancestors("a"), None) is not None
    return told if is_phrase and not linked and not page.scope.is_foreign(heading) else None


def _claims(page: Page, names: frozenset[str]) -> list[Claim]:
    """Return what structured data and meta tags call the story, the most trusted first, without the site's name."""
    found: list[Claim] = []
    meta = [(page.first_meta(name)[0], f"meta {name}") for name in _META]
    for value, source in [(text((page.article or {}).get("headline")), "json-ld"), *meta]:
        cut = without_names(value, names) if value else ""
        if cut and fold(cut) not in names:
            found.append((cut, source))
    return found


_META = ("headline", "og:title", "twitter:title", "dc.title", "title", "parsely-title")


def _as_claimed(heading: HtmlElement, shown: str, claims: list[Claim]) -> Claim:
    """Return the headline as shown, without the kicker inside it or with the one above it, as the claims tell it.

    "Kultur : Was lesen die Philippinen?" and "Ausschuss zur Flut<span>Zwei Rücktritte" are seen on German papers.
    """
    told = fold(shown)
    whole: Claim | None = None
    for claim, source in claims:
        said = fold(claim)
        if said == told:
            whole = whole or (claim, source)
        elif len(said) > _SHORTEST and told.endswith(said) and shown.endswith(claim[-3:]):
            at = len(shown) - len(claim)
            if at <= 0 or not shown[at - 1].isalnum():
                return claim, source
    if whole:  # markup may have lost the colon behind the kicker
        return whole if len(heading) > 0 else (shown, "dom h1")
    return _outvoted(told, claims) or (_without_kicker(heading, claims) or shown, "dom h1")


def _outvoted(told: str, claims: list[Claim]) -> Claim | None:
    """Return the JSON-LD headline where og:title repeats it, unless it is the shown one with something stuck to it.

    "Kenia: Nairobi von unten" is the headline with the kicker above it; "Nairobi von unten - Reise" is decoration.
    """
    said = dict(reversed([(source, claim) for claim, source in claims]))
    claim = said.get("json-ld", "")
    if not claim or fold(claim) != fold(said.get("meta og:title", "")):
        return None
    if told in fold(claim) and not (fold(claim).endswith(told) and ":" in claim):
        return None
    return claim, "json-ld"


def _without_kicker(heading: HtmlElement, claims: list[Claim]) -> str | None:
    """Return the part of a heading behind its kicker: one marked as such, or one that a claim tells apart."""
    first = next((part for part in heading if text_of(part)), None)
    if first is None or (heading.text or "").strip():
        return None
    kicker = text_of(first)
    rest = text_of(heading)[len(kicker) :].strip(" :|/·–—-")
    names = (first.get("class") or "").lower()
    is_apart = any(fold(claim).startswith(fold(rest)) or fold(claim).endswith(fold(rest)) for claim, _ in claims)
    is_kicker = _KICKER.search(names) or is_apart
    return rest if is_kicker and len(fold(rest)) > _SHORTEST else None


def _whole(claims: list[Claim]) -> str:
    """Return the first claim, or a longer one that begins with it where a system cut it off with an ellipsis."""
    first = claims[0][0]
    if not _CUT_OFF.search(first):
        return first
    stem = _CUT_OFF.sub("", first)
    return next((claim for claim, _ in claims if claim.startswith(stem) and not _CUT_OFF.search(claim)), first)


def _without_section(title: str) -> str:
    """Return a ``<title>`` without the site's Chinese name, which nothing else on such a page tells."""
    found = _UNSPACED.search(title)
    return title[: found.start()] if found and _HAN.fullmatch(title[found.end() :]) else title


def _printed(page: Page, title: str) -> str:
    """Return the part of a ``<title>`` (site, story, section) that the page prints by itself, the longest of these."""
    parts = [part.strip() for part in re.split(r"\s+[|–—·»:-]+\s+", title)]
    if len(parts) < 3:
        return title
    lines = {squeeze(piece).strip(" :|–-") for piece in _pieces(page)}
    return max((part for part in parts if part in lines and len(part) > _SHORTEST), key=len, default=title)


def _pieces(page: Page) -> Iterator[str]:
    for element in page.elements:
        if element.tag not in ("title", "meta", "option"):
            yield element.text or ""
            yield element.tail or ""


def without_names(title: str, names: frozenset[str]) -> str:
    """Return a title without the site's name, a date or "by somebody" at its ends."""
    cut = squeeze(title)
    for _ in range(3):
        places = [*_SEPARATOR.finditer(cut), *_UNSPACED.finditer(cut)]
        if not places:
            break
        last, first = max(places, key=re.Match.start), places[0]
        if _is_appendix(cut[last.end() :], names, is_colon=last.group().strip() == ":"):
            cut = cut[: last.start()].strip()
        elif fold(cut[: first.start()]) in names:
            cut = cut[first.end() :].strip()
        else:
            break
    return cut or squeeze(title)


def _is_appendix(part: str, names: frozenset[str], *, is_colon: bool) -> bool:
    told = fold(part)
    if told in names:
        return True
    if is_colon:
        return False
    return bool(_NAMELIKE.match(part) or _DATELIKE.match(part)) or any(
        len(name) > 5 and told.startswith(name) and len(told) < len(name) + 12 for name in names
    )


def _site_names(page: Page, site_title: str) -> frozenset[str]:
    """Return every way this site may call itself, folded: its name, its host, its host's first label."""
    host = host_of(page.url)
    label = max(host.split(".")[:-1], key=len, default="") if host else ""
    handles = [handle.lstrip("@") for handle in page.meta.get("twitter:site", ())]
    names = [site_title, page.site_name or "", host, label, *page.meta.get("og:site_name", ()), *handles]
    return frozenset(
        told for name in names if len(told := fold(re.sub(r"\.(?:com|org|net|de)$", "", name))) > 2
    ) | frozenset(told for name in names if len(told := fold(name)) > 2)

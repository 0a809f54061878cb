"""The headline, without site name, date or author stuck to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.reading.addresses import host_of
from crawler.reading.dom import fold, squeeze, text_of
from crawler.reading.jsonld import text

if TYPE_CHECKING:
    from crawler.reading.page import Page

_SEPARATOR = re.compile(r"\s+[|–—·•»«:~*-]+\s+|\s*[|»«]+\s*|\s+::\s+|:\s+|\s+[-–—](?=[A-Z])")
_NAMELIKE = re.compile(r"^(?:by|von|por|par|di)\s+\S+(?:\s\S+){0,3}$", re.IGNORECASE)
_DATELIKE = re.compile(r"^\W*(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\w+\s\d{1,2},?\s\d{4})\W*$")


def title_of(page: Page, site_title: str) -> tuple[str | None, str]:
    """Return the headline and where it was read.

    The h1 that JSON-LD, og:title or ``<title>`` confirms, the JSON-LD headline, the only h1, og:title, ``<title>``.
    """
    names = _site_names(page, site_title)
    article = page.article or {}
    shown = squeeze(text_of(page.headline)) if page.headline is not None else None
    headline = text(article.get("headline"))
    social, social_source = page.first_meta("og:title", "twitter:title", "dc.title", "title", "parsely-title")
    claims = [(headline, "json-ld"), (social, f"meta {social_source}")]
    heading = [(shown, "dom h1")]
    if shown and page.is_headline_confirmed and page.headline is not None:
        heading = [*_without_kicker(shown, claims, names, has_parts=len(page.headline) > 0), *heading]
        candidates = [*heading, *claims]
    else:
        candidates = [claims[0], *heading, claims[1]]
    for value, source in [*candidates, (squeeze(page.tree.findtext(".//title") or ""), "title")]:
        cut = without_names(value, names) if value else None
        if cut and fold(cut) not in names:
            return cut, source
    loose = (told for element in page.tree.iter("h1") if " " in (told := text_of(element)))
    return next(((told, "dom h1") for told in loose), (None, ""))


def _without_kicker(
    shown: str, claims: list[tuple[str | None, str]], names: frozenset[str], *, has_parts: bool
) -> list[tuple[str | None, str]]:
    """Return the claims that are the headline without the kicker before it, or with the colon that its markup lost.

    "Kultur : Was lesen die Philippinen?" and "Ausschuss zur Flut<span>Zwei Rücktritte" are seen on German papers.
    """
    told = fold(shown)
    found: list[tuple[str | None, str]] = []
    for claim, source in claims:
        cut = without_names(claim, names) if claim else ""
        end = fold(cut)
        if len(end) > 15 and told.endswith(end) and (end != told or has_parts) and shown.endswith(cut[-3:]):
            at = len(shown) - len(cut)
            if end == told or at <= 0 or not shown[at - 1].isalnum():
                found.append((cut, source))
    return found


def without_names(title: str, names: frozenset[str]) -> str:
    """Return a title without the site's name, a date or "by somebody" at its ends."""
    cut = squeeze(title)
    for _ in range(3):
        places = list(_SEPARATOR.finditer(cut))
        if not places:
            break
        last, first = places[-1], places[0]
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

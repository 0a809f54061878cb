"""What a site says about itself: its name, country, language and time zone. Pure.

Every answer is a fact with the place it was read at, so that a site file can name it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from crawler.discovery.links import clean
from crawler.zones import countries, country_of_host, country_of_zone, zones_at, zones_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lxml.html import HtmlElement

# Where the title of a front page is cut: "Panublion Daily | News of the island".
_TITLE_MARKS = re.compile(r"\s+[|–—·•»:-]\s+|\s*\|\s*")
_HOME_WORDS = frozenset({"home", "homepage", "home page", "front page", "inicio", "accueil", "startseite"})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a site, and where from, in words for a person."""

    value: Any
    source: str


def wordpress_home(body: bytes) -> dict[str, Any] | None:
    """Return what the root of a WordPress API says of its site; None if it is no such root."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    spaces = told.get("namespaces") if isinstance(told, dict) else None
    return told if isinstance(spaces, list) and "wp/v2" in spaces else None


def title_of(tree: HtmlElement, home: dict[str, Any] | None) -> Fact | None:
    """Return the paper's name: as WordPress has it, as the front page tells social networks, as its title says."""
    if home and (name := _text(home.get("name"))):
        return Fact(name, "wp-json: name")
    for name in ("og:site_name", "application-name"):
        if told := _meta(tree, name):
            return Fact(told, f"front page: {name}")
    title = next((_text(element.text_content()) for element in tree.iter("title")), "")
    parts = [part for part in _TITLE_MARKS.split(title) if part and part.lower() not in _HOME_WORDS]
    return Fact(parts[0], "front page: <title>") if parts else None


def country_of(url: str, tree: HtmlElement, home: dict[str, Any] | None) -> Fact | None:
    """Return the country: the domain's, the one of WordPress' time zone, the one of the page's language tag.

    A tag like ``en-US`` is what WordPress writes everywhere, so it names no country.
    """
    host = urlsplit(url).hostname or ""
    if code := country_of_host(host):
        return Fact(code, f"top-level domain .{host.rpartition('.')[2]}")
    zone = _text((home or {}).get("timezone_string"))
    if code := country_of_zone(zone):
        return Fact(code, f"wp-json: timezone_string {zone}")
    for source, tag in _tags(tree):
        region = re.split(r"[-_]", tag)[-1].upper()
        if len(tag) > 3 and region in countries() and tag.replace("_", "-").lower() not in ("en-us", "en-gb"):
            return Fact(region, f"{source} {tag}")
    return None


def timezone_of(country: str | None, home: dict[str, Any] | None, now: datetime) -> Fact | None:
    """Return the zone: as WordPress names it, the country's only one, or its only one with WordPress' offset."""
    zone = _text((home or {}).get("timezone_string"))
    if "/" in zone:
        return Fact(zone, "wp-json: timezone_string")
    zones = zones_of(country) if country else ()
    if len(zones) == 1:
        return Fact(zones[0], f"the only zone of {country}")
    offset = (home or {}).get("gmt_offset")
    if country and isinstance(offset, int | float | str) and _is_number(offset):
        fitting = zones_at(country, round(float(offset) * 60), now)
        if len(fitting) == 1:
            return Fact(fitting[0], f"wp-json: gmt_offset {offset}, the only such zone of {country}")
    return None


def language_tag(tree: HtmlElement) -> Fact | None:
    """Return the language that a page says it is in, as it writes it."""
    return next((Fact(tag, source) for source, tag in _tags(tree)), None)


def links_of(tree: HtmlElement, url: str) -> tuple[str, ...]:
    """Return every address that a page links to, in order."""
    found = (_address(url, link.get("href")) for link in tree.iter("a") if link.get("href"))
    return tuple(dict.fromkeys(address for address in found if address))


def _address(url: str, href: str) -> str:
    try:
        return clean(urljoin(url, href.strip()))
    except ValueError:
        return ""


def _tags(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    if tag := _text(tree.get("lang")):
        yield "html lang", tag
    if tag := _meta(tree, "og:locale"):
        yield "og:locale", tag


def _meta(tree: HtmlElement, name: str) -> str:
    found = tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)
    return _text(found[0]) if found else ""


def _text(value: object) -> str:
    # WordPress prints its name with entities: "Rock &amp; Sea".
    text = re.sub(r"<[^>]+>", "", value) if isinstance(value, str) else ""
    return " ".join(html.fromstring(f"<p>{text}</p>").text_content().split()) if text.strip() else ""


def _is_number(value: float | str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True

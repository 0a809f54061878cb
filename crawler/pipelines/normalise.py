"""One way to write what was read: whitespace, names, tags, addresses, times. Text stays as printed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive import Author, Moment, Reading
    from crawler.items import Item
    from crawler.site import Site

# Characters that no reader sees: they come with copied text and would make names and tags differ.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"\s+")


class NormalisePipeline:
    """Applies :func:`normalise` to every reading."""

    def process_item(self, item: Item) -> Item:
        """Return the item with its reading normalised."""
        if item.reading is None:
            return item
        return replace(item, reading=normalise(item.reading, item.site, item.capture.url))


def normalise(reading: Reading, site: Site, url: str) -> Reading:
    """Return a reading as the archive writes it. ``url`` is the page's own: relative addresses start there.

    Curly quotes, dashes and letters stay as printed; a time without an offset is in the site's zone.
    """
    return replace(
        reading,
        title=_line(reading.title),
        standfirst=_line(reading.standfirst),
        byline=_line(reading.byline),
        dateline=_line(reading.dateline),
        section=_line(reading.section),
        paragraphs=tuple(text for part in reading.paragraphs if (text := _line(part))),
        authors=_authors(reading.authors, url),
        profiles=tuple(
            replace(profile, name=_line(profile.name), text=_line(profile.text) or "", url=_absolute(profile.url, url))
            for profile in reading.profiles
        ),
        tags=_tags(reading.tags),
        images=tuple(dict.fromkeys(found for image in reading.images if (found := _absolute(image, url)))),
        canonical_url=_absolute(reading.canonical_url, url),
        published=_moment(reading.published, site),
        modified=_moment(reading.modified, site),
    )


def _line(text: str | None) -> str | None:
    if text is None:
        return None
    # NFC: the same letter is the same bytes, whichever keyboard it came from.
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(_INVISIBLE)).strip() or None


def _authors(authors: Iterable[Author], url: str) -> tuple[Author, ...]:
    found: dict[str, Author] = {}
    for author in authors:
        if name := _line(author.name):
            found.setdefault(name.casefold(), replace(author, name=name, url=_absolute(author.url, url)))
    return tuple(found.values())


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for tag in tags:
        if text := (_line(tag) or "").lstrip("#"):
            found.setdefault(text.casefold(), text)
    return tuple(found.values())


def _absolute(address: str | None, url: str) -> str | None:
    if not address or not address.strip():
        return None
    try:
        found = urljoin(url, address.strip())
    except ValueError:
        return None
    return found if found.startswith(("http://", "https://")) else None


def _moment(moment: Moment | None, site: Site) -> Moment | None:
    if moment is None or moment.at.tzinfo is not None:
        return moment
    return replace(moment, at=moment.at.replace(tzinfo=ZoneInfo(site.timezone)))

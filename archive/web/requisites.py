"""The pictures and style sheets of a stored page, led to where this archive shows them. Pure: bytes in, bytes out.

What a page names and the archive does not hold stays as it is, for the browser to refuse. Nothing here decides what
may be loaded: the policy of the answer does (:mod:`archive.web.replay`). So this need not read a page as a browser
does, and it takes time in proportion to the page, whatever the page is.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Place = Callable[[str], str | None]
    """Tells for an address of the web where it is shown here; None where it is not."""

# A tag ends at the next angle bracket, so that none is read twice. Links come with the name that stops them.
_TAG = re.compile(rb"<(img|source|input|video|x-link)(?=[\s/])([^<>]{1,8000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"""(?<![^\s"'/])([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>=`]++)))?+""", re.IGNORECASE
)
_BASE = re.compile(rb"<base(?=[\s/])([^<>]{1,2000})>", re.IGNORECASE)
_STYLE = re.compile(rb"(<style\b[^<>]*>)((?:[^<]++|<(?!/style))*+)", re.IGNORECASE)
_INLINE = re.compile(rb"""(?<=[\s"'])style\s*+=\s*+("[^"<>]{1,8000}"|'[^'<>]{1,8000}')""", re.IGNORECASE)
_IN_SHEET = re.compile(
    r"""(url\(\s*)(?:"([^"\n]*+)"|'([^'\n]*+)'|([^)"'\s]++))|(@import\s+)(?:"([^"\n]*+)"|'([^'\n]*+)')""", re.IGNORECASE
)
# An address, then its width or density, then a comma; an address may hold commas itself (HTML, 4.8.4.2.1).
_CANDIDATE = re.compile(r"\s*(\S+?)(?:\s+[\d.]+[wxh])*\s*(?:,(?=\s|$)|(?<=[wxh]),|$)")
_MOST_CANDIDATES = 2000  # letters of a srcset that are looked at

# What a script would put in the place of a blank picture comes first.
_ADDRESSES = ("data-src", "data-lazy-src", "data-original", "src", "poster")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
# A page in a sandbox is of no origin: what is asked for with credentials or a digest would be refused.
_TAKEN_OUT = (b"crossorigin", b"integrity", *(name.encode() for name in _ADDRESSES + _SETS))


def named(page: bytes, url: str, charset: str) -> set[str]:
    """Return the addresses of the pictures and style sheets that a page names."""
    found: set[str] = set()
    led(page, url, charset, _noting(found))
    return found


def named_in_sheet(sheet: bytes, url: str) -> set[str]:
    """Return the addresses that a style sheet names."""
    found: set[str] = set()
    led_sheet(sheet, url, _noting(found))
    return found


def _noting(found: set[str]) -> Place:
    def note(address: str) -> None:
        found.add(address)

    return note


def led(page: bytes, url: str, charset: str, place: Place) -> bytes:
    """Return a page whose pictures and style sheets are asked for where ``place`` says; ``url`` is its address."""
    base = url
    if declared := _BASE.search(page):
        base = _absolute(_attributes(declared[1], charset).get("href", ""), url) or url

    def find(address: str) -> str | None:
        absolute = _absolute(address, base)
        return place(absolute) if absolute is not None else None

    def style(match: re.Match[bytes]) -> bytes:
        return match[1] + _led_text(match[2].decode("latin-1"), find).encode("latin-1")

    def inline(match: re.Match[bytes]) -> bytes:
        said = unescape(match[1][1:-1].decode("latin-1"))
        told = _led_text(said, find)
        return match[0] if told == said else b'style="%s"' % escape(told).encode("latin-1", "xmlcharrefreplace")

    page = _TAG.sub(lambda match: _tag(match, charset, find), page)
    return _INLINE.sub(inline, _STYLE.sub(style, page))


def led_sheet(sheet: bytes, url: str, place: Place) -> bytes:
    """Return a style sheet whose pictures and further sheets are asked for where ``place`` says."""

    def find(address: str) -> str | None:
        absolute = _absolute(address, url)
        return place(absolute) if absolute is not None else None

    return _led_text(sheet.decode("latin-1"), find).encode("latin-1")


def _led_text(text: str, find: Place) -> str:
    def lead(match: re.Match[str]) -> str:
        here = find(next(filter(None, (match[2], match[3], match[4], match[6], match[7])), ""))
        return match[0] if here is None else f'{match[1] or match[5]}"{here}"'

    return _IN_SHEET.sub(lead, text)


def _tag(match: re.Match[bytes], charset: str, find: Place) -> bytes:
    name, attributes = match[1].lower(), _attributes(match[2], charset)
    if name == b"x-link":
        return _sheet(match, attributes, find)
    here = next((here for address in _pictures(attributes) if (here := find(address)) is not None), None)
    if here is None:
        # Else a set that is not held would be preferred to the picture beside it that is.
        return match[0] if name != b"source" else b"<source>"
    kept = [one[0] for one in _ATTRIBUTE.finditer(match[2]) if one[1].lower() not in _TAKEN_OUT]
    goes_to = {b"source": b"srcset", b"video": b"poster"}.get(name, b"src")
    return b'<%s %s="%s">' % (b" ".join((name, *kept)), goes_to, here.encode())


def _sheet(match: re.Match[bytes], attributes: Mapping[str, str], find: Place) -> bytes:
    """Return the link to a style sheet, with nothing of it but where it lies and for what it is meant."""
    kinds = attributes.get("rel", "").lower().split()
    is_sheet = "stylesheet" in kinds and "alternate" not in kinds
    here = find(attributes.get("href", "")) if is_sheet else None
    if here is None:
        return match[0]
    media = f' media="{escape(attributes["media"])}"' if "media" in attributes else ""
    return f'<link rel="stylesheet" href="{here}"{media}>'.encode("ascii", "xmlcharrefreplace")


def _attributes(text: bytes, charset: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        value = next(filter(None, values), b"")
        found.setdefault(name.decode("latin-1").lower(), unescape(value.decode(charset, "replace")))
    return found


def _pictures(attributes: Mapping[str, str]) -> Iterator[str]:
    yield from (attributes[name] for name in _ADDRESSES if name in attributes)
    for name in _SETS:
        yield from _CANDIDATE.findall(attributes.get(name, "")[:_MOST_CANDIDATES])


def _absolute(address: str, base: str) -> str | None:
    try:
        absolute = urldefrag(urljoin(base, address.strip()))[0]
    except ValueError:
        return None
    return absolute if address.strip() and absolute.startswith(("http://", "https://")) and absolute != base else None

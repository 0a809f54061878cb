"""What any listing gives: links, further listings, and what was wrong with it."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive import Link

# The sitemap protocol allows 50 MB unpacked; more is a mistake or an attack.
MOST_BYTES = 50_000_000

_DECLARES_ENTITIES = re.compile(rb"<!ENTITY", re.IGNORECASE)
_HTML = re.compile(rb"\s*(<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing as read. ``more`` are further listings of its kind: sub-sitemaps, the next page."""

    kind: str  # feed, sitemap, wordpress or section
    url: str
    links: tuple[Link, ...] = ()
    more: tuple[str, ...] = ()
    lastmods: Mapping[str, datetime] = field(default_factory=dict)  # when those of ``more`` changed, where it says so
    total: int | None = None  # links that this page and all after it hold, where the site says so
    is_rolling: bool = False  # made to hold only the newest stories
    problem: str | None = None  # what was wrong with a listing that still gave something


def what_came(body: bytes) -> str | None:
    """Say what a body is when it cannot be an XML listing; None when it may be one."""
    if not body.strip():
        return "it is empty"
    if _HTML.match(body.removeprefix(b"\xef\xbb\xbf")[:2000]):
        return "it is an HTML page"
    if b"\x00" in body[:2000] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it is binary"
    if _DECLARES_ENTITIES.search(body[:100_000]):
        # No feed needs entities of its own; a "billion laughs" bomb is made of them.
        return "it declares entities of its own"
    return None


def unpacked(body: bytes) -> tuple[bytes, str | None]:
    """Return a body without gzip, and what was wrong with it: what could be unpacked is kept, up to a bound."""
    if not body.startswith(b"\x1f\x8b"):
        return body, None
    packer = zlib.decompressobj(wbits=31)
    try:
        plain = packer.decompress(body, MOST_BYTES)
    except zlib.error as error:
        return b"", f"broken gzip: {error}"
    if packer.unconsumed_tail:
        return plain, f"cut at {MOST_BYTES} bytes"
    return plain, None if packer.eof else "cut off"


def listing_time(text: str | None) -> datetime | None:
    """Return a listing's date as UTC. Without a zone it is taken as UTC: it only ever says where to look."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None

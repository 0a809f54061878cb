"""A stored page in a sandbox: nothing of it runs, and it asks nobody for anything."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from archive.records import Capture

POLICY = "; ".join((
    "sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "font-src data:",
    "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'",
))  # fmt: skip
"""Its own styles are shown, for a page without them tells less; scripts, frames and requests are refused."""

_SHOWN = ("text/html", "application/xhtml+xml")
_KIND = re.compile(r"\s*([\w.+-]+/[\w.+-]+)", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE | re.ASCII)
_HEAD = 4096

# Chromium connects to the host of a frame, or of a link that hints at one, before it asks the policy whether it may
# (seen with 156: a connection without a request). What such an element would show is refused anyway.
_CALLS = re.compile(rb"<(?=(?:iframe|frame|frameset|link|object|embed|portal|fencedframe)\b)", re.IGNORECASE)
_BEGIN = re.compile(rb"<head\b[^>]*>|<!doctype[^>]*>(?!.*<head\b)", re.IGNORECASE | re.DOTALL)
# In these, bytes that are no markup become markup, or markup is written in other bytes.
_NOT_ASCII = re.compile(r"utf.?(?:7|16|32)|iso.?2022|hz|unicode|ucs", re.IGNORECASE)


def sandboxed(capture: Capture) -> Response:
    """Return the payload of a capture as a page that only we may frame; what is neither page nor picture is a download.

    A page comes as it was stored but for the elements that call other servers, whose tags are given another name.
    """
    named = capture.header("Content-Type") or "text/html"
    found = _KIND.match(named)
    kind = found[1].lower() if found else "application/octet-stream"
    headers = {"Content-Security-Policy": POLICY}
    if kind in _SHOWN:
        page, charset = decoded(capture.payload, named)
        return Response(still(page), headers={**headers, "Content-Type": f"text/html; charset={charset}"})
    if kind == "text/plain" or (kind.startswith("image/") and kind != "image/svg+xml"):
        return Response(capture.payload, headers={**headers, "Content-Type": kind})
    downloaded = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
    return Response(capture.payload, headers={**headers, **downloaded})


def still(page: bytes) -> bytes:
    """Return a page without the elements that call other servers; a link opens a window, which the sandbox refuses."""
    renamed = _CALLS.sub(b"<x-", page)
    found = _BEGIN.search(renamed)
    begin = found.end() if found else 0
    return renamed[:begin] + b'<base target="_blank">' + renamed[begin:]


def decoded(page: bytes, named: str) -> tuple[bytes, str]:
    """Return a page in a charset in which ASCII is itself, and that charset: its header's, its own word, or a guess."""
    if page.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return page.decode("utf-16", errors="replace").encode(), "utf-8"
    said = _CHARSET.search(named) or _CHARSET.search(page[:_HEAD].decode("ascii", errors="replace"))
    try:
        name = codecs.lookup(said[1]).name if said else ""
    except LookupError:
        name = ""
    if name and _NOT_ASCII.search(name) and not name.startswith("utf-8"):
        return page.decode(name, errors="replace").encode(), "utf-8"
    return page, name or _guessed(page)


def _guessed(page: bytes) -> str:
    try:
        page.decode()
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"

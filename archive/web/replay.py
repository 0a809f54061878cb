"""A stored page in a sandbox: nothing of it runs, and it asks nobody for anything but this archive for its pictures."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from archive import stored
from archive.errors import NotFoundError
from archive.said import said
from archive.web.requisites import led, led_sheet, named, named_in_sheet

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from archive.records import Capture
    from archive.store import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What was captured beside a page: shown below ``path`` of ``server``, as it was at a time."""

    archive: Archive
    at: datetime
    path: str
    server: str

    @classmethod
    def of(cls, request: Request, page: str, archive: Archive, at: datetime) -> Beside:
        """Return it for the capture of this UUID, which was fetched at this time."""
        base = str(request.base_url).rstrip("/")
        # A host that is none would say something else in the policy, so no picture is shown then.
        server = base if re.fullmatch(r"https?://[\w.:\[\]-]+", base, re.ASCII) else ""
        return cls(archive=archive, at=at, path=f"/stored/{page}/beside/", server=server)

    def places(self, urls: set[str]) -> dict[str, str]:
        """Return where each of these addresses is shown; those of which nothing is held are left out."""
        wanted = sorted(urls)[:_MOST_BESIDE]
        return {url: self.path + part for url, part in stored.beside(self.archive, wanted, self.at).items()}


_MOST_BESIDE = 1000
"""Addresses of a page that are looked up; real ones name a hundred or two."""


def policy(beside: Beside | None = None) -> str:
    """Return what a stored page may load: its own styles, and what the archive shows beside it.

    Without styles a page tells less. Scripts, frames, forms and every other request are refused.
    """
    ours = f" {beside.server}{beside.path}" if beside is not None and beside.server else ""
    return "; ".join((
        "sandbox", "default-src 'none'", f"style-src 'unsafe-inline'{ours}", f"img-src data:{ours}", "font-src data:",
        "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'",
    ))  # fmt: skip


_SHOWN = ("text/html", "application/xhtml+xml")
_DRAWING = "image/svg+xml"  # a document of its own: as a picture in a page it runs nothing, alone it is a download
_PLAIN = re.compile(r"[\w/+-]+(;\s*charset=[\"']?[\w-]+[\"']?)?", re.ASCII)
_KIND = re.compile(r"\s*([\w.+-]+/[\w.+-]+)", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE | re.ASCII)
_HEAD = 4096

# Chromium connects to the host of a frame, or of a link that hints at one, before it asks the policy whether it may
# (seen with 156: a connection without a request). What such an element would show is refused anyway.
_CALLS = re.compile(rb"<(?=(?:iframe|frame|frameset|link|object|embed|portal|fencedframe)\b)", re.IGNORECASE)
_BEGIN = re.compile(rb"<head\b[^>]*>|<!doctype[^>]*>(?!.*<head\b)", re.IGNORECASE | re.DOTALL)
# In these, bytes that are no markup become markup, or markup is written in other bytes.
_NOT_ASCII = re.compile(r"utf.?(?:7|16|32)|iso.?2022|hz|unicode|ucs", re.IGNORECASE)


def sandboxed(capture: Capture, beside: Beside | None = None) -> Response:
    """Return the payload of a capture as a page that only we may frame; what is neither page nor picture is a download.

    A page comes as it was stored but for the elements that call other servers, whose tags are given another name, and
    for the addresses of pictures and style sheets that are held ``beside`` it.
    """
    named_kind, kind = _kind(capture)
    headers = {"Content-Security-Policy": policy(beside)}
    if kind in _SHOWN:
        page, charset = decoded(capture.payload, named_kind)
        page = still(page)
        if beside is not None:
            places = beside.places(named(page, capture.url, charset))
            page = led(page, capture.url, charset, places.get) if places else page
        return Response(page, headers={**headers, "Content-Type": f"text/html; charset={charset}"})
    if kind == "text/plain" or (kind.startswith("image/") and kind != _DRAWING):
        return Response(capture.payload, headers={**headers, "Content-Type": kind})
    downloaded = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
    return Response(capture.payload, headers={**headers, **downloaded})


def requisite(capture: Capture, beside: Beside) -> Response:
    """Return a picture, or a style sheet that names what else is held ``beside`` its page; NotFoundError for others."""
    named_kind, kind = _kind(capture)
    headers = {"Content-Security-Policy": policy(beside)}
    if kind == "text/css":
        places = beside.places(named_in_sheet(capture.payload, capture.url))
        sheet = led_sheet(capture.payload, capture.url, places.get)
        return Response(
            sheet, headers={**headers, "Content-Type": named_kind if _PLAIN.fullmatch(named_kind) else kind}
        )
    if not kind.startswith("image/"):
        raise NotFoundError(said("%(name)s: is neither a picture nor a style sheet", name=capture.url[:200]))
    return Response(capture.payload, headers={**headers, "Content-Type": kind})


def _kind(capture: Capture) -> tuple[str, str]:
    """Return the content type of a capture as its header names it, and the type alone."""
    said = capture.header("Content-Type") or "text/html"
    found = _KIND.match(said)
    return said, found[1].lower() if found else "application/octet-stream"


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

"""Whether an answer can be a page, and how its bytes are to be understood. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive import Kind
from crawler.answers import charset_in

if TYPE_CHECKING:
    from archive import Capture

_MARKUP = re.compile(rb"<!doctype\s+html|<html|<head|<body", re.IGNORECASE)
_UNSURE = ("", "text/plain", "application/octet-stream", "unknown/unknown")


def not_a_page(capture: Capture) -> str | None:
    """Say why an answer with 200 cannot hold an article: it is no HTML."""
    if capture.kind is not Kind.RESPONSE or capture.status != 200:
        return None
    kind = (capture.header("content-type") or "").partition(";")[0].strip().lower()
    if "html" in kind:
        return None
    # Without a type, or with one that servers give to anything, the beginning decides.
    if kind in _UNSURE and _MARKUP.search(capture.payload[:2000]):
        return None
    return f"not a page: {kind or 'no content type'}"


def charset(capture: Capture) -> str | None:
    """Return the charset that the Content-Type header names."""
    return charset_in(capture.header("content-type"))

"""A stored page in a sandbox: nothing of it runs, and it asks nobody for anything."""

from __future__ import annotations

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

_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)
_SHOWN = ("text/html", "application/xhtml+xml", "text/plain")


def sandboxed(capture: Capture) -> Response:
    """Return the payload of a capture as a page that may be framed by us alone; what is no page is a download."""
    named = capture.header("Content-Type") or "text/html"
    found, charset = _TYPE.match(named), _CHARSET.search(named)
    kind = found[1].lower() if found else "application/octet-stream"
    headers = {"Content-Security-Policy": POLICY}
    if kind in _SHOWN or kind.startswith("image/"):
        headers["Content-Type"] = f"{kind}; charset={charset[1]}" if charset else kind
    else:
        headers |= {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
    return Response(without_hints(capture.payload), headers=headers)


_HINT = re.compile(rb"(?i)(<link\b[^>]{0,2000}\brel\s*=\s*[\"']?[^\"'>]{0,200})(preconnect|dns-prefetch)")


def without_hints(page: bytes) -> bytes:
    """Return a page without the hints that make a browser call other servers whatever its policy says."""
    return _HINT.sub(rb"\1", page)

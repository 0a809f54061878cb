"""Content-Encoding for the papers whose servers compress."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.newsroom.responses import Response

_COMPRESSED = ("text/", "application/json", "application/rss+xml")


def compress(response: Response, headers: Mapping[str, str]) -> Response:
    """Return the response gzipped if the client takes that and the body is text."""
    if not response.content_type.startswith(_COMPRESSED):
        return response
    response = replace(response, headers=(*response.headers, ("Vary", "Accept-Encoding")))
    if "gzip" not in headers.get("accept-encoding", "") or not response.body:
        return response
    body = gzip.compress(response.body, compresslevel=1, mtime=0)
    return replace(response, body=body, headers=(*response.headers, ("Content-Encoding", "gzip")))

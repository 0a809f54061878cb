"""An answer of a paper's server, and when it may be cut down to «not modified»."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

HTML = "text/html; charset={}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Status, headers and body; ``cut_after`` bytes of the body the connection breaks."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    modified: datetime | None = None
    cut_after: int | None = None


@lru_cache(maxsize=4096)
def http_date(moment: datetime) -> str:
    """Return an instant in UTC as HTTP headers spell it."""
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


def redirect(url: str) -> Response:
    """Return a permanent redirect."""
    return Response(status=301, body=b"<p>Moved permanently.</p>", headers=(("Location", url),))


def listing(body: bytes, content_type: str, modified: datetime | None = None, headers: tuple = ()) -> Response:
    """Return a listing; its validator follows from its bytes."""
    etag = f'"{hashlib.sha1(body).hexdigest()[:20]}"'
    return Response(body=body, content_type=content_type, etag=etag, modified=modified, headers=headers)


def conditional(response: Response, headers: Mapping[str, str]) -> Response:
    """Return a 304 in place of the response where the request's validators still hold."""
    if response.status != 200 or not _still_valid(response, headers):
        return response
    return replace(response, status=304, body=b"", cut_after=None)


def _still_valid(response: Response, headers: Mapping[str, str]) -> bool:
    asked = headers.get("if-none-match")
    if asked is not None:
        known = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
        return response.etag is not None and (response.etag in known or "*" in known)
    since = headers.get("if-modified-since")
    if since is None or response.modified is None:
        return False
    try:
        return response.modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False

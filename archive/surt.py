"""The sort-friendly form of an address (SURT) by which CDX indexes are sorted and asked. Pure.

The same as that of the Python package ``surt``, which pywb, cdxj-indexer and the Wayback Machine's tools go by: host
reversed, ``www.``, scheme, default port, fragment and session ids dropped, all in lower case, the query in order. A
test compares both. Not followed are addresses whose host is a number in another form than a dotted one.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote_from_bytes, unquote_to_bytes

_SCHEMES = re.compile(rb"^(https?://)+")
_PARTS = re.compile(rb"^(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):)?(?://(?P<host>[^/?#]*))?(?P<path>[^?#]*)"
                    rb"(?:\?(?P<query>[^#]*))?")  # fmt: skip
_HOST = re.compile(rb"^(?:.*@)?(?:\[(?P<six>[^\]]*)\]|(?P<name>[^:]*))(?::(?P<port>[0-9]*))?$")
_WWW = re.compile(rb"^www\d*\.")
_PORTS = {b"http": 80, b"https": 443}
_UNESCAPED = b"!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"

_PATH_SESSIONS = (
    re.compile(rb"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(rb"^(.*/)(?:\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
)
_QUERY_SESSIONS = tuple(
    re.compile(rb"^(.*)(?:" + session + rb")(?:&(.*))?$", re.IGNORECASE)
    for session in (rb"jsessionid=[0-9a-zA-Z]{32}", rb"phpsessid=[0-9a-zA-Z]{32}", rb"sid=[0-9a-zA-Z]{32}",
                    rb"ASPSESSIONID[a-zA-Z]{8}=[a-zA-Z]{24}", rb"cfid=[^&]+&cftoken=[^&]+")
)  # fmt: skip


@lru_cache(maxsize=4096)
def surt(url: str) -> str:
    """Return the SURT of an address; one that cannot be parsed (a wrong port) stays as it is, in lower case."""
    raw = re.sub(rb"[\n\r\t]", b"", url.encode(errors="replace").strip())
    found = _PARTS.match(_SCHEMES.sub(lambda many: many[1], raw))
    parsed = _HOST.match((found["host"] or b"").lower()) if found else None
    if found is None or parsed is None or not found["scheme"]:
        return url.lower()
    path = found["path"]
    host = parsed["six"] if parsed["six"] is not None else parsed["name"]
    if not host:
        host, _, path = path.lstrip(b"/").partition(b"/")
        path = b"/" + path
    host = _host(host)
    port = int(parsed["port"]) if parsed["port"] else None
    shown = b"" if port in (None, _PORTS.get(found["scheme"])) else b":%d" % port
    return (b",".join(reversed(host.split(b"."))) + shown + b")" + _path(path) + _query(found["query"])).decode()


def _host(raw: bytes) -> bytes:
    host = _unescape(raw)
    if not host.isascii():
        with suppress(ValueError):  # of a host that could be no name, which is escaped like anything else
            host = host.decode(errors="ignore").encode("idna")
    return _WWW.sub(b"", _escape(host.replace(b"..", b".").strip(b".").lower()))


def _path(raw: bytes) -> bytes:
    kept: list[bytes] = []
    *folders, last = _unescape(raw).split(b"/")[1:] or [b""]
    for part in (*folders, last):
        if part == b"..":
            kept = kept[:-1] if kept else [part]
        elif part != b".":
            kept.append(part)
    inner = b"".join(part + b"/" for part in kept[:-1] if part)
    path = _escape(b"/" + inner + (kept[-1] if kept else b"")).lower()
    for session in _PATH_SESSIONS:
        path = session.sub(rb"\1\2", path)
    return path[:-1] if len(path) > 1 and path.endswith(b"/") else path


def _query(raw: bytes | None) -> bytes:
    query = _escape(_unescape(raw or b"")).lower()
    for session in _QUERY_SESSIONS:
        query = session.sub(lambda found: found[1] + (found[2] or b""), query)
    if len(query) > 1:
        query = b"&".join(b"=".join(pair) for pair in sorted(part.split(b"=", 1) for part in query.split(b"&")))
    return b"?" + query if query else b""


def _unescape(raw: bytes) -> bytes:
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return raw


def _escape(raw: bytes) -> bytes:
    return quote_from_bytes(raw, safe=_UNESCAPED).encode()

"""Addresses of pages: which of them are one, and which parts only say how a reader came."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

# Parameters that say how a reader came, not which story it is (utm: Google Analytics; the rest: the networks' own).
_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_cid|mc_eid|_ga|_gl|ref_src|cmpid|"
    r"ncid|xtor|at_medium|at_campaign|wt_mc|ocid|spm)$",
    re.IGNORECASE,
)


def absolute(base: str, address: str) -> str:
    """Return an address as an absolute one, seen from another; an impossible one as it is."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address


def comparable(address: str) -> str:
    """Return host, path and telling query of an address: to see whether two of them are one page."""
    try:
        parts = urlsplit(strip_tracking(address))
    except ValueError:
        return address
    return f"{host_of(address)}{parts.path.rstrip('/')}?{parts.query}".lower()


def strip_tracking(address: str) -> str:
    """Return an address without fragment and without parameters that only say how a reader came."""
    try:
        parts = urlsplit(address.strip())
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return address
    kept = [(key, value) for key, value in pairs if not _TRACKING.match(key)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def host_of(address: str) -> str:
    """Return the host of an address without "www."; empty if it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_front_page(address: str) -> bool:
    """Say whether an address is the root of its host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.query and parts.path.rstrip("/").lower() in (
        "",
        "/index.php",
        "/index.html",
        "/index.htm",
        "/home",
    )

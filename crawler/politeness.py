"""What is due to a paper's server: whom to ask, how fast, when to wait and when to stop. Pure decisions.

:mod:`crawler.manners` and :mod:`crawler.middlewares` act on them.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from protego import Protego

from crawler.discovery.links import host_of, hosts

if TYPE_CHECKING:
    from crawler.site import Site

    _Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# A server that asks for more than this is left alone: the next visit comes soon enough.
LONGEST_WAIT = 300.0
# After a server has asked us to wait, never faster than this for the rest of the visit.
LEAST_DELAY_AFTER_WAIT = 1.0
# Without Retry-After: long enough for a rate limit by the minute to forget some of us.
WAIT_UNTOLD = 10.0
# Refusals in a row, with no other answer between them: the server does not mean one page.
MOST_REFUSALS = 5

TOO_FAST = (429, 503)

# IPv6 addresses that carry an IPv4 one at their end (RFC 6052): a gateway would lead there.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


# ------------------------------------------------------------------ whom


def is_private(host: str) -> bool:
    """Say whether a host name is by itself an address that is not on the public network. No name is resolved here."""
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and not is_public(address)


def _address(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        # 2130706433, 0177.0.0.1 and 0x7f.1 are addresses too: what resolves names takes them as the system does.
        return ipaddress.ip_address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_public(address: _Address) -> bool:
    """Say whether an address is a public one, also when it carries another inside (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if inner := [found for found in carried if found is not None]:
            return all(is_public(found) for found in inner)
    return address.is_global and not address.is_multicast


def slot_of(url: str, site: Site | None) -> str:
    """Return who is asked at an address: its host name without ``www.``, or the ``host_group`` of the site's hosts.

    Requests of one slot are made one after the other. The address behind a name does not count: papers on one CDN do
    not share a server that we could overload.
    """
    host = host_of(url)
    return site.host_group if site is not None and site.host_group and host in hosts(site) else host


# ------------------------------------------------------------------ robots.txt


def robots_rules(status: int | None) -> str:
    """Say what a robots.txt that was answered so means: ``obey`` it, ``allow`` all, or ``forbid`` all for this visit.

    RFC 9309, 2.3.1: what is not there allows all; what cannot be reached forbids all. 429 is no "not there".
    """
    if status is None or status == 429 or status >= 500:
        return "forbid"
    return "obey" if 200 <= status < 300 else "allow"


def asked_delay(robots: bytes, agent: str) -> float:
    """Return the seconds between two requests that a robots.txt asks for: Crawl-delay, or what Request-rate gives."""
    rules = Protego.parse(robots.decode("utf-8-sig", "ignore"))
    rate = rules.request_rate(agent)
    asked = [float(rules.crawl_delay(agent) or 0)]
    if rate is not None and rate.requests > 0:
        asked.append(rate.seconds / rate.requests)
    return max(asked)


# ------------------------------------------------------------------ when to wait, when to stop


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3); None without one that makes sense.

    ``now`` is the server's own time of the answer where it gives one, so that a clock that is wrong does no harm.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp(), 0.0)


@dataclass(frozen=True, slots=True)
class Step:
    """What to do after an answer: wait so many seconds, then never be faster than ``delay``; or end the visit."""

    wait: float = 0.0
    delay: float = 0.0
    end: str | None = None  # why the visit ends


def after_refusal(status: int, asked: float | None, delay: float, in_a_row: int, left: float) -> Step:
    """Decide what a refusal means.

    ``asked`` is what Retry-After asks for, ``delay`` ours now, ``in_a_row`` the refusals without another answer between
    them, ``left`` the seconds that the visit still has.
    """
    if in_a_row >= MOST_REFUSALS:
        return Step(end=f"{in_a_row} answers in a row were refusals, the last {status}")
    if status not in TOO_FAST:
        return Step()
    wait = WAIT_UNTOLD if asked is None and status == 429 else asked or 0.0
    if wait > min(LONGEST_WAIT, left):
        return Step(end=f"answered {status}, to be asked again in {wait:.0f} s")
    return Step(wait=wait, delay=max(2 * delay, LEAST_DELAY_AFTER_WAIT) if wait else 0.0)

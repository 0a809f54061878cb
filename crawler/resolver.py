"""From a host's name to its addresses, the private ones left out: the last look before a connection is made.

The check is made on the very addresses that are connected to, so a name that first resolves to a public address and
then to one inside our network (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from scrapy.resolver import CachingHostnameResolver

from crawler.politeness import is_public

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

# Names all of whose addresses were refused, for who has to say why no connection was made. Like Scrapy's own cache of
# names it belongs to the process, because the process has one resolver.
_refused: set[str] = set()


def leads_inside(host: str) -> bool:
    """Say whether a name was last resolved to private addresses only, and so to none."""
    return host in _refused


class _OnlyPublic:
    """Twisted's IResolutionReceiver that hands addresses on, but for private ones."""

    def __init__(self, receiver: Any, host: str) -> None:
        self.receiver = receiver
        self.host = host
        self.passed = self.held = 0

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802  # Twisted's interface
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802  # Twisted's interface
        if is_public(ipaddress.ip_address(address.host.partition("%")[0])):
            self.passed += 1
            self.receiver.addressResolved(address)
        else:
            self.held += 1

    def resolutionComplete(self) -> None:  # noqa: N802  # Twisted's interface
        if self.held and not self.passed:
            _refused.add(self.host)
        else:
            _refused.discard(self.host)
        self.receiver.resolutionComplete()


class PublicResolver(CachingHostnameResolver):
    """Resolves names to public addresses only, unless ``HEMEROTECA_ALLOW_PRIVATE``."""

    allow_private = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Build it as Scrapy does."""
        resolver: Self = super().from_crawler(crawler, reactor)
        resolver.allow_private = crawler.settings.getbool("HEMEROTECA_ALLOW_PRIVATE")
        return resolver

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *arguments: Any, **more: Any) -> Any:  # noqa: N802, N803  # Twisted's interface
        """Resolve a name; private addresses are not told."""
        receiver: Any = resolutionReceiver if self.allow_private else _OnlyPublic(resolutionReceiver, hostName)
        return super().resolveHostName(receiver, hostName, *arguments, **more)

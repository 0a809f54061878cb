"""Names for the tests, without a name server: what a name resolves to is written in the setting ``TEST_NAMES``.

The addresses are checked as those of a real name server are; those that pass are then led to the loopback, so that a
paper there can play any host of the public network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.resolver import HostResolution
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.resolver import PublicResolver

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

PUBLIC = "93.184.215.14"


class Names:
    """A name server: a name has addresses, or one list of them after the other."""

    def __init__(self, known: dict[str, list[str]]) -> None:
        self.known = known
        self.asked: list[str] = []

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_: Any, **__: Any) -> Any:  # noqa: N802  # Twisted's interface
        """Tell the addresses of a name; a literal address is its own, and an unknown name has none."""
        self.asked.append(name)
        resolution = HostResolution(name)
        receiver.resolutionBegan(resolution)
        for address in self.known.get(name, [name] if name[-1].isdigit() else []):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return resolution


class LoopbackResolver(PublicResolver):
    """The crawler's own resolver between names that are made up and the loopback."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Build it as Scrapy does."""
        resolver: Self = super().from_crawler(crawler, reactor)
        resolver.original_resolver = Names(crawler.settings.getdict("TEST_NAMES"))
        return resolver

    def resolveHostName(self, receiver: Any, name: str, portNumber: int = 0) -> Any:  # noqa: N802, N803  # Twisted's interface
        """Resolve a name, and lead what was found to the loopback."""
        return super().resolveHostName(_ToLoopback(receiver, portNumber), name, portNumber)


class _ToLoopback:
    def __init__(self, receiver: Any, port: int) -> None:
        self.receiver = receiver
        self.port = port
        self.resolutionBegan = receiver.resolutionBegan
        self.resolutionComplete = receiver.resolutionComplete

    def addressResolved(self, address: Any) -> None:  # noqa: N802  # Twisted's interface
        self.receiver.addressResolved(IPv4Address("TCP", "127.0.0.1", self.port))

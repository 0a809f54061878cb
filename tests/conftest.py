"""What all tests share: the network is loopback only, and in CI a skipped test is a failed one."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

REQUIRE_ALL = os.environ.get("HEMEROTECA_REQUIRE_ALL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Fail what would be skipped, where everything is required to run."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but HEMEROTECA_REQUIRE_ALL=1: {call.excinfo}"
    return report


@pytest.fixture(autouse=True)
def no_hemeroteca_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the developer's shell says of an archive out of the tests."""
    for name in ("HOME", "DATABASE", "SITES", "ALLOW_PRIVATE", "CLOCK_OFFSET"):
        monkeypatch.delenv(f"HEMEROTECA_{name}", raising=False)


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection that leaves this machine: a test that needs the network is no test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(("127.", "::1", "localhost")):
            message = f"a test wanted to connect to {host}"
            raise OSError(message)
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]  # the point of this fixture
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]

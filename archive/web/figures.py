"""Figures that are the same for every reader and cost a scan: asked again when they are a minute old."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from archive import sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.sites import Standing
    from archive.store import Archive

SECONDS = 60.0

Answer = TypeVar("Answer")


class Figures:
    """What the archive holds in numbers, and how its sites stand; about a minute old."""

    def __init__(self, archive: Archive) -> None:
        self.totals = Held(lambda: sites.totals(archive))
        self.standings = Held(lambda: sites.standings(archive))

    def titles(self) -> dict[str, str]:
        """Return the title of every paper by its name."""
        return {site.name: site.title for site in self.standings()}

    def standing(self, name: str) -> Standing | None:
        """Return one site at a glance, None for one that the archive does not hold."""
        return next((site for site in self.standings() if site.name == name), None)


class Held(Generic[Answer]):
    """An answer that is kept for a minute. While one reader asks again, the others get the old one."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._held: tuple[float, Answer] | None = None
        self._asking = Lock()

    def __call__(self) -> Answer:
        """Return the answer; only the first reader ever waits for somebody else's question."""
        held = self._held
        if held is not None and time.monotonic() - held[0] < SECONDS:
            return held[1]
        if held is not None and self._asking.locked():
            return held[1]
        with self._asking:
            if self._held is not held and self._held is not None:
                return self._held[1]
            answer = self._ask()
            self._held = (time.monotonic(), answer)
            return answer

"""Figures that are the same for every reader and cost a scan: asked again when they are a minute old."""

from __future__ import annotations

import time
from threading import Lock, Thread
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

    def prepare(self) -> None:
        """Ask for all of it aside, so that the first reader need not wait."""
        for held in (self.standings, self.totals):
            Thread(target=held, daemon=True).start()

    def titles(self) -> dict[str, str]:
        """Return the title of every paper by its name."""
        return {site.name: site.title for site in self.standings()}

    def standing(self, name: str) -> Standing | None:
        """Return one site at a glance, None for one that the archive does not hold."""
        return next((site for site in self.standings() if site.name == name), None)


class Held(Generic[Answer]):
    """An answer that is kept for a minute, and then told on while it is asked for again aside.

    Only who comes before the first answer waits for one.
    """

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._held: tuple[float, Answer] | None = None
        self._asking = Lock()

    def __call__(self) -> Answer:
        """Return the answer."""
        held = self._held
        if held is None:
            with self._asking:
                return self._held[1] if self._held is not None else self._asked()
        if time.monotonic() - held[0] > SECONDS and self._asking.acquire(blocking=False):
            Thread(target=self._ask_again, daemon=True).start()
        return held[1]

    def _ask_again(self) -> None:
        try:
            self._asked()
        finally:
            self._asking.release()

    def _asked(self) -> Answer:
        answer = self._ask()
        self._held = (time.monotonic(), answer)
        return answer

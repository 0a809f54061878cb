"""What waits to be saved: captures that come to the archive together are saved with one sync and one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive import ArchiveError, reading_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive import Archive, Outcome, Reading, ToSave

MOST = 16
"""Items that wait at most. A replay has twice as many captures on its road, so its readers are never without one."""

PATIENCE = 0.2
"""Seconds that an item waits at most for those that are still on the road."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item's captures in their order, and where the outcome of each is told."""

    told: Sequence[ToSave]
    done: asyncio.Future[list[Outcome]]


class Group:
    """Captures that wait to be saved, in the order in which they came.

    They wait for the other items that are ``coming`` (how many are on the road, these included), in bounds: a lone item
    never waits. All happens in the loop: an Archive has one journal, which one thread writes. ``lost`` hears at once
    when the archive takes no more.
    """

    def __init__(self, archive: Archive, coming: Callable[[], int], lost: Callable[[ArchiveError], None]) -> None:
        self._archive = archive
        self._coming = coming
        self._lost = lost
        self._waiting: list[Waiting] = []
        self._digests: set[bytes] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def save(self, told: Sequence[ToSave], *, is_last: bool = False) -> list[Outcome]:
        """Save captures of one item after all that came before them; return what each meant.

        Nothing that comes after the ``is_last`` is saved before this returns. Raises what the archive raises.
        """
        loop = asyncio.get_running_loop()
        waiting = Waiting(told, loop.create_future())
        self._waiting.append(waiting)
        read = (one.reading for one in told if one.reading is not None and one.reading.outcome == "read")
        self._digests.update(map(reading_digest, read))
        if is_last or len(self._waiting) >= min(MOST, self._coming()):
            self.settle()
            if not is_last:
                await asyncio.sleep(0)  # those that came before it go on before it
        elif self._timer is None:
            self._timer = loop.call_later(PATIENCE, self.settle)
        return await waiting.done

    def has_text(self, reading: Reading) -> bool:
        """Say whether a page that waits says exactly what this reading says."""
        return reading_digest(reading) in self._digests

    def settle(self) -> None:
        """Save all that waits: who asks the archive next hears of it."""
        if self._timer is not None:
            self._timer.cancel()
        group, self._waiting, self._timer = self._waiting, [], None
        self._digests.clear()
        if group:
            self._save(group)

    def _save(self, group: Sequence[Waiting]) -> None:
        try:
            outcomes = iter(self._archive.save_all([one for waiting in group for one in waiting.told]))
        except ArchiveError as error:
            self._lost(error)
            _fail(group, error)
        except Exception as error:  # noqa: BLE001  # a fault of ours: the item that met it gets it
            self._save_each(group, error)
        else:
            for waiting in group:
                waiting.done.set_result([next(outcomes) for _ in waiting.told])

    def _save_each(self, group: Sequence[Waiting], error: Exception) -> None:
        """Save one after the other what failed together by a fault of one of them."""
        if len(group) == 1:
            _fail(group, error)
            return
        for waiting in group:
            self._save([waiting])


def _fail(group: Sequence[Waiting], error: Exception) -> None:
    for waiting in group:
        waiting.done.set_exception(error)

"""The one clock of a process. Everything that needs the time is handed it, so tests and the demo can move it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def shifted_clock(offset: float = 0.0) -> Clock:
    """Return a clock that is ``offset`` seconds ahead of the machine's, in UTC."""
    ahead = timedelta(seconds=offset)

    def now() -> datetime:
        return datetime.fromtimestamp(time.time(), UTC) + ahead

    return now

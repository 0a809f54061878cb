"""What a visit prints. Nobody has to read it: a pipe that is closed at its other end ends no visit."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from rich.console import Console


class Output(Console):
    """A console that falls silent when its reader is gone.

    rich ends the program then, by an exception inside the loop that fetches: the visit would never end, and keep its
    lease.
    """

    def on_broken_pipe(self) -> None:
        """Print no more; the visit goes on."""
        self.quiet = True
        _forget(2 if self.stderr else 1)


def say(text: str) -> None:
    """Print a line on standard output, if anybody reads it."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _forget(1)


def _forget(descriptor: int) -> None:
    # What Python flushes when it ends would fail as well, and be its exit status.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)

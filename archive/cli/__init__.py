"""The archivist's command ``hemeroteca``. It reads an archive; the crawler fills it."""

from __future__ import annotations

import os
import sys

# Each registers its commands, in the order in which --help lists them.
from archive.cli import ask, handout, handover, serve, takedowns, upkeep  # noqa: F401 - imported for what they register
from archive.cli.common import app
from archive.errors import ArchiveError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command; what goes wrong is one line on standard error and a status that is not zero."""
    try:
        app()
    except ArchiveError as error:
        print(f"hemeroteca: {error}", file=sys.stderr)  # noqa: T201 - the command speaks to its user
        sys.exit(1)
    except UnicodeEncodeError as error:
        letters = error.object[error.start : error.end]
        print(f"hemeroteca: {error.encoding} cannot hold {letters!r}; is all UTF-8?", file=sys.stderr)  # noqa: T201 - as above
        sys.exit(1)
    except BrokenPipeError:
        # The reader of a pipe has seen enough; what Python would still flush has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""JSON Lines: one article an object, one object a line."""

from __future__ import annotations

from typing import IO, Any

import orjson


def line(article: dict[str, Any]) -> bytes:
    """Return an article as one line of JSON."""
    return orjson.dumps(article, option=orjson.OPT_APPEND_NEWLINE)


class JsonLines:
    """Writes articles as lines of JSON."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, article: dict[str, Any]) -> None:
        """Write one article."""
        self._out.write(line(article))

    def close(self) -> None:
        """Do nothing: nothing is held back."""

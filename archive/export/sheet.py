"""CSV: one article a row, lists and objects as JSON in their cells; RFC 4180, UTF-8.

Headlines come from strangers, and a spreadsheet runs a cell that begins like a formula (``=HYPERLINK(…)``). Such a cell
gets an apostrophe before it, and so does one that begins with an apostrophe: whoever takes one off every cell that
begins with one has exactly what was there. ``exact`` writes the cells as they are, for programs that run nothing.
"""

from __future__ import annotations

import csv
import io
from typing import IO, TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.export.shape import Column

# What OWASP names under "CSV Injection", the full-width forms included, and our own mark.
_RUN_BY_SPREADSHEETS = tuple("=+-@\t\r\n＝＋－＠'")


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_RUN_BY_SPREADSHEETS) else text


class Sheet:
    """Writes articles as rows of CSV under a row of their keys."""

    def __init__(self, out: IO[bytes], columns: Sequence[Column], *, exact: bool = False) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
        self._rows = csv.writer(self._text, lineterminator="\r\n")
        self._names = [column.name for column in columns]
        self._exact = exact
        self._rows.writerow(self._names)

    def write(self, article: dict[str, Any]) -> None:
        """Write one article."""
        self._rows.writerow([self._cell(article[name]) for name in self._names])

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return value if self._exact else harmless(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return orjson.dumps(value).decode() if isinstance(value, list | dict) else value

    def close(self) -> None:
        """Write what is still held back."""
        self._text.detach()

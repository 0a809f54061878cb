"""Hands out articles: as lines for a pipe or a download, and as files."""

from archive.export.jsonl import export_jsonl
from archive.export.rows import Wanted, lines, newest_first

__all__ = ["Wanted", "export_jsonl", "lines", "newest_first"]

"""Hands out articles as files. One JSON object a line is the first form."""

from archive.export.jsonl import export_jsonl

__all__ = ["export_jsonl"]

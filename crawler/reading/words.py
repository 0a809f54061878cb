"""The word lists of the reader: one file per list in ``data/``, one ``language: phrase`` a line, sorted.

A list is data so that a language can be added without touching a rule. ``digest()`` names the whole set: it is part
of what made a reading.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources


@cache
def load(name: str) -> tuple[tuple[str, str], ...]:
    """Return the (language, phrase) pairs of a list, in the order of its file."""
    source = resources.files("crawler.reading") / "data" / f"{name}.txt"
    lines = (line.strip() for line in source.read_text("utf-8").splitlines())
    pairs = (line.partition(": ") for line in lines if line and not line.startswith("#"))
    return tuple((language, phrase.strip()) for language, _, phrase in pairs)


@cache
def phrases(name: str) -> frozenset[str]:
    """Return the phrases of a list, case folded, whatever their language."""
    return frozenset(phrase.casefold() for _, phrase in load(name))


@cache
def digest() -> str:
    """Return a short digest over all word lists, so that a reading tells which of them it was made with."""
    folder = resources.files("crawler.reading") / "data"
    hasher = hashlib.sha256()
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        hasher.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return hasher.hexdigest()[:16]

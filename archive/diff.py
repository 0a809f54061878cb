"""What changed between two texts, in two levels: paragraphs are paired, then words inside each pair.

A flat word diff shows a changed paragraph as a hundred scattered words; pairing first keeps it readable and fast.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_LIKENESS = 45
"""Paragraphs less alike than this, in percent, are a removal and an addition (measured on edits of real stories)."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text that is the ``same`` in both, ``removed`` from the old or ``added`` in the new one."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: ``same``, ``edited`` (with its parts), ``removed`` or ``added``."""

    kind: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The paragraph as it reads now, or as it read if it was removed."""
        unwanted = "added" if self.kind == "removed" else "removed"
        return "".join(part.text for part in self.parts if part.kind != unwanted)


def diff_words(old: str, new: str) -> tuple[Part, ...]:
    """Return the parts that turn one text into the other, word by word."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    parts: list[Part] = []
    for code in Indel.opcodes(before, after):  # gives equal, delete and insert only
        if code.tag == "insert":
            parts.append(Part("added", "".join(after[code.dest_start : code.dest_end])))
        else:
            kind = "same" if code.tag == "equal" else "removed"
            parts.append(Part(kind, "".join(before[code.src_start : code.src_end])))
    return tuple(_joined(parts))


def _joined(parts: list[Part]) -> list[Part]:
    """Join changes that only white space parts, so that a changed phrase reads as one."""
    joined: list[Part] = []
    index = 0
    while index < len(parts):
        removed, added = [], []
        while index < len(parts) and (parts[index].kind != "same" or _is_gap(parts, index)):
            part = parts[index]
            if part.kind != "added":
                removed.append(part.text)
            if part.kind != "removed":
                added.append(part.text)
            index += 1
        joined += [Part("removed", "".join(removed))] if any(removed) else []
        joined += [Part("added", "".join(added))] if any(added) else []
        if index < len(parts):
            joined.append(parts[index])
            index += 1
    return joined


def _is_gap(parts: list[Part], index: int) -> bool:
    return parts[index].text.isspace() and 0 < index < len(parts) - 1


def diff_paragraphs(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """Return the paragraphs of both texts in reading order, with what happened to each."""
    blocks: list[Block] = []
    for tag, start, end, new_start, new_end in _opcodes(old, new):
        if tag == "equal":
            blocks += [Block("same", (Part("same", text),)) for text in old[start:end]]
        else:
            blocks += _changed(old[start:end], new[new_start:new_end])
    return blocks


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the opcodes over whole paragraphs, neighbouring removals and additions joined to one replacement."""
    joined: list[tuple[str, int, int, int, int]] = []
    for code in Indel.opcodes(list(old), list(new)):
        tag, start, end, new_start, new_end = code.tag, code.src_start, code.src_end, code.dest_start, code.dest_end
        if joined and tag != "equal" and joined[-1][0] != "equal":
            joined[-1] = ("replace", joined[-1][1], end, joined[-1][3], new_end)
        else:
            joined.append((tag, start, end, new_start, new_end))
    return joined


def _changed(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """Pair the paragraphs of a changed stretch by likeness; the rest is removed or added where it stands."""
    pairs = _pairs(old, new)
    blocks: list[Block] = []
    done = 0
    for index, text in enumerate(new):
        partner = pairs.get(index)
        if partner is None:
            blocks.append(Block("added", (Part("added", text),)))
            continue
        blocks += [Block("removed", (Part("removed", gone),)) for gone in old[done:partner]]
        blocks.append(Block("edited", diff_words(old[partner], text)))
        done = partner + 1
    blocks += [Block("removed", (Part("removed", gone),)) for gone in old[done:]]
    return blocks


def _pairs(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return new index → old index for paragraphs that are alike, in the same order in both."""
    if not old or not new:
        return {}
    scored = (
        (ratio(text, gone, score_cutoff=LEAST_LIKENESS), i, j)
        for i, text in enumerate(new)
        for j, gone in enumerate(old)
    )
    pairs: dict[int, int] = {}
    for _, i, j in sorted((found for found in scored if found[0]), reverse=True):
        if not any((i - a) * (j - b) <= 0 for a, b in pairs.items()):  # pairs may not cross
            pairs[i] = j
    return pairs

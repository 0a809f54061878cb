"""What changed between two texts, in two levels: paragraphs are paired, then words inside each pair.

A flat word diff shows a changed paragraph as a hundred scattered words; pairing first keeps it readable and fast.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST_LIKENESS = 45
"""Paragraphs less alike than this, in percent, are a removal and an addition (measured on edits of real stories)."""

LEAST_LIKENESS_MOVED = 70
"""A paragraph that stands elsewhere now must be more alike: two of one story share many words by themselves."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text that is the ``same`` in both, ``removed`` from the old or ``added`` in the new one."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: ``same``, ``edited`` (with its parts), ``moved`` (perhaps edited as well), ``removed`` or ``added``.

    ``old`` and ``new`` are its places, from 0, in the two texts; None where it is not.
    """

    kind: str
    parts: tuple[Part, ...]
    old: int | None = None
    new: int | None = None

    @property
    def text(self) -> str:
        """The paragraph as it reads now, or as it read if it was removed."""
        unwanted = "added" if self.kind == "removed" else "removed"
        return "".join(part.text for part in self.parts if part.kind != unwanted)


def diff_words(old: str, new: str) -> tuple[Part, ...]:
    """Return the parts that turn one text into the other, word by word."""
    if old == new:
        return (Part("same", old),) if old else ()
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
    """Return the paragraphs of both texts in reading order, with what happened to each.

    A removed paragraph stands where it stood, before what was added there; a moved one stands where it is now.
    """
    partners = _partners(old, new)
    in_place = set(_longest_increasing([(index, partners[index]) for index in sorted(partners)]))
    partners = {i: j for i, j in partners.items() if (i, j) in in_place or _is_moved(old[j], new[i])}
    blocks: list[Block] = []
    left = _Left(old, sorted(j for _, j in in_place), set(partners.values()))
    for index, text in enumerate(new):
        partner = partners.get(index)
        stays = partner is not None and (index, partner) in in_place
        blocks += left.removed_before(partner if stays else None)
        if partner is None:
            blocks.append(Block("added", (Part("added", text),), new=index))
        else:
            parts = diff_words(old[partner], text)
            kind = "moved" if not stays else "same" if old[partner] == text else "edited"
            blocks.append(Block(kind, parts, old=partner, new=index))
    return blocks + left.removed_before(len(old))


class _Left:
    """Hands out the paragraphs of the old text that are in the new one no more, at the place where they stood."""

    def __init__(self, old: Sequence[str], in_place: list[int], paired: set[int]) -> None:
        self.old, self.in_place, self.paired = old, in_place, paired
        self.done = 0

    def removed_before(self, partner: int | None) -> list[Block]:
        """Return what was removed since the last call: up to ``partner``, or to the next paragraph that stayed."""
        if partner is None:
            at = bisect_left(self.in_place, self.done)
            end = self.in_place[at] if at < len(self.in_place) else len(self.old)
        else:
            end = partner
        gone = [j for j in range(self.done, end) if j not in self.paired]
        self.done = max(self.done, end if partner is None else partner + 1)
        return [Block("removed", (Part("removed", self.old[j]),), old=j) for j in gone]


def _is_moved(old: str, new: str) -> bool:
    return bool(ratio(old, new, score_cutoff=LEAST_LIKENESS_MOVED))


def _partners(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return new index → old index of paragraphs that are the same, or alike enough to be the same one edited."""
    partners: dict[int, int] = {}
    for code in Indel.opcodes(list(old), list(new)):
        if code.tag == "equal":
            partners |= zip(range(code.dest_start, code.dest_end), range(code.src_start, code.src_end), strict=True)
    taken = set(partners.values())
    scored = (
        (ratio(text, old[j], score_cutoff=LEAST_LIKENESS), -abs(i - j), i, j)
        for i, text in enumerate(new) if i not in partners
        for j in range(len(old)) if j not in taken
    )  # fmt: skip
    for _, _, i, j in sorted((found for found in scored if found[0]), reverse=True):
        if i not in partners and j not in taken:
            partners[i] = j
            taken.add(j)
    return partners


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs, given in order of the new text, that is in order of the old one as well."""
    tails: list[int] = []  # least old index that ends a run of each length
    ends: list[int] = []  # position of that pair
    before: list[int | None] = []
    for position, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        before.append(ends[length - 1] if length else None)
        tails[length:] = [j] if length == len(tails) else [j, *tails[length + 1 :]]
        ends[length:] = [position] if length == len(ends) else [position, *ends[length + 1 :]]
    run: list[tuple[int, int]] = []
    at = ends[-1] if ends else None
    while at is not None:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]


# ------------------------------------------------------------------ two versions of a story


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a version says: what enters its digest."""

    title: str = ""
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of each part of a story between two versions, and the labels that name it."""

    labels: tuple[str, ...]
    title: tuple[Part, ...]
    standfirst: tuple[Part, ...]
    byline: tuple[Part, ...]
    paragraphs: tuple[Block, ...]


def compare(old: Text, new: Text) -> Comparison:
    """Compare two versions of a story."""
    title = diff_words(old.title, new.title)
    standfirst = diff_words(old.standfirst, new.standfirst)
    byline = diff_words(", ".join(old.authors), ", ".join(new.authors))
    paragraphs = tuple(diff_paragraphs(old.paragraphs, new.paragraphs))
    fields = {"headline": title, "standfirst": standfirst, "byline": byline}
    labels = [name for name, parts in fields.items() if _has_change(parts)]
    if any(map(_changes_figure, (title, standfirst, *(block.parts for block in paragraphs if block.kind != "same")))):
        labels.append("figure changed")
    kinds = {block.kind for block in paragraphs}
    labels += [f"paragraph {kind}" for kind in ("edited", "added", "removed", "moved") if kind in kinds]
    return Comparison(labels=tuple(labels), title=title, standfirst=standfirst, byline=byline, paragraphs=paragraphs)


def _has_change(parts: Iterable[Part]) -> bool:
    return any(part.kind != "same" for part in parts)


def _changes_figure(parts: Sequence[Part]) -> bool:
    """Say whether a number gave way to another one: what readers rely on most, and papers correct most quietly."""
    removed, added = (_figures(part.text for part in parts if part.kind == kind) for kind in ("removed", "added"))
    return bool(removed and added) and removed != added


def _figures(texts: Iterable[str]) -> list[str]:
    return sorted(figure for text in texts for figure in _FIGURE.findall(text))


def unified(old: Text, new: Text, name: str, old_label: str, new_label: str) -> str:
    """Return the change as a unified diff, a paragraph a line, as ``patch`` and code review tools read it."""
    lines = unified_diff(_lines(old), _lines(new), f"{name}@{old_label}", f"{name}@{new_label}", n=1, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _lines(text: Text) -> list[str]:
    # A line break inside a field would be a line of its own.
    fields = (text.title, text.standfirst, ", ".join(text.authors), *text.paragraphs)
    return [" ".join(field.split()) for field in fields]

"""What a page shows, arranged from what the archive answers. Pure.

Words for the screen are marked with :func:`said` and translated where they are drawn. On the screen a site is a paper,
an article a story, a stealth edit a quiet change.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from archive.corpus import text_of_version
from archive.diff import Part, compare
from archive.said import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from archive.corpus import History
    from archive.diff import Block, Comparison


STATES = {
    "live": said("On the paper’s site"),
    "gone": said("Gone from the paper’s site"),
    "missing": said("Not found at the last look"),
    "restored": said("Back on the paper’s site"),
    "merged": said("Went on as another story"),
}
CHANGES = {
    "new": said("first seen"),
    "revised": said("changed"),
    "quiet": said("quiet change"),
    "gone": said("gone"),
    "restored": said("back"),
    "merged": said("went on as another story"),
}
LABELS = {
    "headline": said("headline"),
    "standfirst": said("standfirst"),
    "byline": said("byline"),
    "figure changed": said("a figure"),
    "paragraph edited": said("paragraph edited"),
    "paragraph added": said("paragraph added"),
    "paragraph removed": said("paragraph removed"),
    "paragraph moved": said("paragraph moved"),
}
FIELDS = {
    "title": said("Headline"), "standfirst": said("Standfirst"), "byline": said("Byline"), "authors": said("Authors"),
    "body": said("Text"), "paragraphs": said("Text"), "published": said("Published"), "modified": said("Changed"),
    "dateline": said("Dateline"), "language": said("Language"), "section": said("Section"), "views": said("Views"),
    "comments": said("Comments"), "shares": said("Shares"), "profiles": said("Profile"), "images": said("Pictures"),
    "tags": said("Tags"), "agency": said("Agency"), "access": said("Access"),
}  # fmt: skip
METRICS = {"views": said("Views"), "comments": said("Comments"), "shares": said("Shares")}
FACETS = {
    "site": said("Papers"), "month": said("Months"), "author": said("Authors"), "language": said("Languages"),
}  # fmt: skip
HEALTH = {
    "well": said("well"), "silent": said("no story in a week"), "failed": said("last visit failed"),
    "unvisited": said("not visited yet"),
}  # fmt: skip
OUTCOMES = {
    "new": said("new"), "revised": said("changed"), "stealth": said("changed quietly"), "gone": said("gone"),
    "missing": said("missing"), "restored": said("back"), "unchanged": said("unchanged"), "renamed": said("renamed"),
    "merged": said("merged"), "blocked": said("refused"), "unread": said("not read"), "failed": said("failed"),
    "not_modified": said("unchanged"), "reread": said("read again"),
}  # fmt: skip


# ------------------------------------------------------------------ a story's versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A version on the timeline: what it was to the one before, and which parts of the story changed."""

    number: int
    kind: str  # a key of CHANGES
    since: str  # the first time it was seen
    not_before: str | None  # the last time the one before it was seen
    labels: tuple[str, ...]
    words: int | None
    gained: int  # words more than the version before
    has_text: bool

    @property
    def previous(self) -> int:
        """The number of the version before it."""
        return self.number - 1


def timeline(history: History) -> list[Moment]:
    """Return the versions of a story, the newest first."""
    moments = [_moment(None, version) for version in history.versions[:1]]
    moments += [_moment(before, version) for before, version in pairwise(history.versions)]
    return moments[::-1]


def _moment(before: dict[str, Any] | None, version: dict[str, Any]) -> Moment:
    has_text = version["body"] is not None
    both = before is not None and before["body"] is not None and has_text
    labels = compare(text_of_version(before), text_of_version(version)).labels if before and both else ()
    gained = (version["word_count"] or 0) - (before["word_count"] or 0) if before and both else 0
    return Moment(
        number=version["version"], kind="quiet" if version["stealth"] else version["change"],
        since=version["valid_from"], not_before=version["not_before"] if before else None, labels=labels,
        words=version["word_count"], gained=gained, has_text=has_text,
    )  # fmt: skip


# ------------------------------------------------------------------ counters


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A counter over time: its points are (time, value), the oldest first."""

    metric: str
    source: str
    points: tuple[tuple[str, int], ...]

    @property
    def first(self) -> int:
        """Its value when it was first seen."""
        return self.points[0][1]

    @property
    def last(self) -> int:
        """Its newest value."""
        return self.points[-1][1]

    @property
    def is_flat(self) -> bool:
        """Whether it showed the same whenever it was seen: a curve of it would show nothing."""
        return len({value for _, value in self.points}) == 1


def curves(counters: Iterable[Mapping[str, Any]]) -> list[Curve]:
    """Return a curve for each counter and source; a run of equal values has a point at each of its ends."""
    ordered = sorted(counters, key=lambda run: (list(METRICS).index(run["metric"]), run["source"], run["from"]))
    return [
        Curve(metric=metric, source=source, points=tuple(_points(runs)))
        for (metric, source), runs in groupby(ordered, key=lambda run: (run["metric"], run["source"]))
    ]


def _points(runs: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    for run in runs:
        yield run["from"], run["value"]
        if run["to"] != run["from"]:
            yield run["to"], run["value"]


# ------------------------------------------------------------------ two versions side by side


def compared(before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    """Compare two versions of a :class:`archive.corpus.History`."""
    return compare(text_of_version(before), text_of_version(after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a comparison: what stands left (older) and right (newer); None where nothing stands.

    ``other`` is the paragraph, from 1, where a moved one stands in the other text.
    """

    kind: str  # same, edited, moved, moved_away, removed or added
    left: tuple[Part, ...] | None = None
    right: tuple[Part, ...] | None = None
    other: int | None = None


def side_by_side(comparison: Comparison) -> list[Row]:
    """Return the paragraphs of both texts, each in its own order; a moved one is named at both its places."""
    moved = sorted(
        (block for block in comparison.paragraphs if block.kind == "moved"), key=lambda block: block.old or 0
    )
    rows: list[Row] = []
    for block in comparison.paragraphs:
        while moved and block.kind != "moved" and block.old is not None and (moved[0].old or 0) < block.old:
            rows.append(_left_behind(moved.pop(0)))
        rows.append(_row(block))
    return rows + [_left_behind(block) for block in moved]


def _row(block: Block) -> Row:
    left, right = sides(block.parts)
    if block.kind == "moved":
        return Row(kind="moved", right=right, other=(block.old or 0) + 1)
    return Row(kind=block.kind, left=None if block.kind == "added" else left,
               right=None if block.kind == "removed" else right)  # fmt: skip


def _left_behind(block: Block) -> Row:
    return Row(kind="moved_away", left=sides(block.parts)[0], other=(block.new or 0) + 1)


def sides(parts: Iterable[Part]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return what of a comparison stands in the older text, and what in the newer one."""
    held = tuple(parts)
    return (
        tuple(part for part in held if part.kind != "added"),
        tuple(part for part in held if part.kind != "removed"),
    )


def folded(rows: Sequence[Row], around: int = 1) -> list[tuple[bool, list[Row]]]:
    """Return the rows in stretches, (is unchanged and far from any change, rows): the former may be folded away."""
    near = {at + by for at, row in enumerate(rows) if row.kind != "same" for by in range(-around, around + 1)}
    marked = [(at not in near, row) for at, row in enumerate(rows)]
    return [(far, [row for _, row in group]) for far, group in groupby(marked, key=lambda pair: pair[0])]


# ------------------------------------------------------------------ search


def marked(text: str, hits: Iterable[Sequence[int]]) -> list[Part]:
    """Return a snippet in parts; those of kind ``added`` are the hits."""
    parts, at = [], 0
    for start, end in hits:
        parts += [Part("same", text[at:start]), Part("added", text[start:end])]
        at = end
    return [part for part in (*parts, Part("same", text[at:])) if part.text]


def opening(dateline: str | None, paragraph: str) -> tuple[str, str]:
    """Return the dateline a story opens with, as printed, and the rest of its first paragraph.

    Most papers print it in the text, and it is in the text that was read; what was read elsewhere gets a dash.
    """
    if not dateline:
        return "", paragraph
    if paragraph.casefold().startswith(dateline.casefold()):
        return paragraph[: len(dateline)], paragraph[len(dateline) :]
    return dateline, f" — {paragraph}"


def query_with(params: Mapping[str, str], **changed: str | int | None) -> str:
    """Return the address of the same search with these parameters changed; None takes one away."""
    kept = {name: value for name, value in {**params, "lang": None, **changed}.items() if value}
    return "?" + urlencode(kept)


def facet_link(params: Mapping[str, str], facet: str, value: str) -> str:
    """Return the address of the search that is narrowed to one value of a facet; a month becomes its days."""
    if facet == "month":
        return query_with(params, **{"from": f"{value}-01", "to": last_day(value)}, after=None)
    return query_with(params, **{facet: value}, after=None)


def last_day(month: str) -> str:
    """Return the last day of a month that is written as 2026-11."""
    year, number = map(int, month.split("-"))
    days = 29 if number == 2 and year % 4 == 0 and (year % 100 or year % 400 == 0) else _DAYS[number - 1]
    return f"{month}-{days:02}"


_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


# ------------------------------------------------------------------ bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A day and its count, with the height of its bar from 0 to 100."""

    day: date
    count: int
    height: float


def bars(counted: Sequence[tuple[date, int]]) -> list[Bar]:
    """Return bars in proportion to the highest."""
    highest = max((count for _, count in counted), default=0) or 1
    return [Bar(day=day, count=count, height=round(100 * count / highest, 2)) for day, count in counted]

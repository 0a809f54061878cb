"""A comparison as HTML: a fragment for any page, and a page of its own that needs nothing else.

Every text is escaped here: what a paper printed never becomes markup.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.changes import Changed
    from archive.diff import Comparison, Part

_ELEMENTS = {"added": "ins", "removed": "del"}

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1a17; --paper: #fbf8f1; --faint: #7a736a; --in: #dcefdc; --out: #f6dcd8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece6da; --paper: #191714; --faint: #9c948a; --in: #1f3d24; --out: #4a2420; }
}
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper);
       font: 1.05rem/1.55 Georgia, "Times New Roman", serif; }
header, .labels, .unchanged { color: var(--faint); font-size: .875rem; }
article { border-top: 1px solid var(--faint); margin-top: 2rem; padding-top: 1rem; }
ins { background: var(--in); } del { background: var(--out); }
.moved { border-left: 3px solid var(--faint); padding-left: .75rem; }
@media print { ins { background: none; } del { background: none; } }
"""


def fragment(comparison: Comparison) -> str:
    """Return what changed as HTML elements; paragraphs that are the same are only counted."""
    return "".join(_elements(comparison))


def page(title: str, articles: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield a whole page of (heading, note, fragment), piece by piece; heading and note are plain text."""
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n"
    )
    for heading, note, changed in articles:
        yield f"<article><header>{escape(note)}</header><h2>{escape(heading)}</h2>{changed}</article>\n"
    yield "</body></html>\n"


def sections(changes: Iterable[Changed]) -> Iterator[tuple[str, str, str]]:
    """Yield the articles of a page of changes: heading, note and fragment."""
    for changed in changes:
        comparison = changed.compared
        yield changed.title or changed.article, changed.note, fragment(comparison) if comparison else ""


def _elements(comparison: Comparison) -> Iterator[str]:
    if comparison.labels:
        yield f'<p class="labels">{escape(" · ".join(comparison.labels))}</p>'
    for name, label in (("title", "headline"), ("standfirst", "standfirst"), ("byline", "byline")):
        if label in comparison.labels:
            yield f'<p class="{name}">{marked(getattr(comparison, name))}</p>'
    same = 0
    for block in comparison.paragraphs:
        if block.kind == "same":
            same += 1
            continue
        yield _unchanged(same)
        same = 0
        yield f'<p class="{block.kind}">{marked(block.parts)}</p>'
    yield _unchanged(same)


def _unchanged(count: int) -> str:
    return f'<p class="unchanged">… {count} paragraph{"s" if count > 1 else ""} unchanged …</p>' if count else ""


def marked(parts: Iterable[Part]) -> str:
    """Return parts as escaped text, what was added in ``ins`` and what was removed in ``del``."""
    return "".join(
        f"<{element}>{escape(part.text)}</{element}>" if (element := _ELEMENTS.get(part.kind)) else escape(part.text)
        for part in parts
    )

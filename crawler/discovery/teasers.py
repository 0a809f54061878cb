"""The counters that stand beside the link to a story on a page that lists stories. Pure.

A number belongs to a story when the smallest part of the page around it that links to any story links to this one
alone. A 0 is not taken: where a script fills the number in, it means that nobody has asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive import Counter
from crawler.discovery.links import looks_like_story
from crawler.reading.counters.labels import SHORT, labelled, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.reading.numbers import Count

# Up to the module of one story; further up is the page.
_HIGHEST = 8
_NAMED = {
    "views": re.compile(r"(^|[\s_-])(views?|hits)([\s_-]|$)", re.IGNORECASE),
    "comments": re.compile(r"(^|[\s_-])comments?([\s_-]|$)", re.IGNORECASE),
}


def counters_beside(anchors: Iterable[tuple[HtmlElement, str]]) -> dict[str, tuple[Counter, ...]]:
    """Return, by address, the views and comments that a page shows beside its links to stories."""
    stories = {anchor: address for anchor, address in anchors if looks_like_story(address, None)}
    found: dict[str, dict[str, Counter]] = {}
    for element, counter in _numbers(stories):
        address = _story_of(element, stories)
        if address is not None:
            found.setdefault(address, {}).setdefault(counter.metric, counter)
    return {address: tuple(counters.values()) for address, counters in found.items()}


def _numbers(stories: dict[HtmlElement, str]) -> Iterator[tuple[HtmlElement, Counter]]:
    first = next(iter(stories), None)
    for element in first.getroottree().iter() if first is not None else ():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "head", "html", "body"):
            continue
        raw = " ".join(element.text_content().split()) if len(element) <= 3 else ""
        if not 0 < len(raw) <= SHORT or not any(sign.isdecimal() for sign in raw):
            continue
        for metric in ("views", "comments"):
            count = _count(element, raw, metric)
            if count is not None and count.value:
                yield (
                    element,
                    Counter(metric=metric, value=count.value, exact=count.exact, source="listing", raw=raw),
                )


def _count(element: HtmlElement, raw: str, metric: str) -> Count | None:
    named = _NAMED[metric].search(element.get("class") or "")
    return read(raw, metric) if named else labelled(raw, metric)


def _story_of(element: HtmlElement, stories: dict[HtmlElement, str]) -> str | None:
    part: HtmlElement | None = element
    for _ in range(_HIGHEST):
        if part is None:
            return None
        linked = {stories[anchor] for anchor in part.iter("a") if anchor in stories}
        if linked:
            return linked.pop() if len(linked) == 1 else None
        part = part.getparent()
    return None

"""Which part of a page belongs to its story, and which to other stories, to the site or to adverts.

About as many pages carry a number or a date that must not be taken as carry a right one; this is the hard half. The
signs are those of counters-and-bylines.md, section 7: asides, sidebars, widgets, lists of other posts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.reading.addresses import absolute, comparable
from crawler.reading.dom import classes, length_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lxml.html import HtmlElement

_FOREIGN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sidebars?|widgets?|related|popular|most-?(?:read|viewed|commented)|trending|recommend\w*|carousel|"
    r"slider|wpp-list|wpp|mega-?menu|mobile-nav|jeg_posts?|td_module_wrap|td_block_inner|posts-list-items|"
    r"latest-?(?:news|posts)|read-?more|teasers?|more-from|next-prev|post-navigation|youtube|"
    r"outbrain|taboola|newsticker|ticker|comment-?list|comment-(?:body|content|item|text)|upnext|promo)(?=$|[\s_-])"
)
# What a layout's class is called when the element only stands next to a sidebar, or is any block of a page builder.
_BESIDE = re.compile(
    r"(?:has|with|no|left|right|without|hide|show|content|layout|page|sticky)[-_](?:\S*[-_])?sidebars?\S*|elementor\S*"
)
_OWN_ASIDE = re.compile(r"meta|author|byline|autor")  # article details in the margin
_LONGEST_TEASER = 2500
_PARAGRAPH = 120  # letters
_CARD = re.compile(r"(?:^|[\s_-])(?:module|item|card|teaser|entry|post|story|tile|article)(?=$|[\s_-])")


class Scope:
    """What belongs to the story, seen from its headline. Everything that holds the headline is the story's."""

    def __init__(
        self,
        elements: Sequence[HtmlElement],
        places: Mapping[HtmlElement, int],
        headline: HtmlElement | None,
        own: frozenset[str],
        base: str,
    ) -> None:
        self._places = places
        self._headline = headline
        self._own = own
        self._base = base
        chain = (
            [headline, *headline.iterancestors()]
            if headline is not None
            else [element for element in elements[:200] if element.tag in ("html", "body")]
        )
        self._chain = frozenset(chain)
        self._known: dict[HtmlElement, bool] = dict.fromkeys(chain, False)
        self._elsewhere: dict[str, bool] = {}

    def is_foreign(self, element: HtmlElement) -> bool:
        """Say whether an element stands in a sidebar, a menu, a widget or a teaser of another story."""
        path = []
        at = element
        while at is not None and at not in self._known:
            path.append(at)
            at = at.getparent()
        verdict = self._known.get(at, False)
        for step in reversed(path):
            verdict = verdict or self._is_foreign_block(step)
            self._known[step] = verdict
        return verdict

    def is_apart(self, element: HtmlElement) -> bool:
        """Say whether an element does not hold the headline."""
        return element not in self._chain

    def own(self, elements: Iterable[HtmlElement]) -> list[HtmlElement]:
        """Return the elements that belong to the story, the nearest to its headline first."""
        mine = [element for element in elements if not self.is_foreign(element)]
        if self._headline is None or len(mine) < 2:
            return mine
        start = self._places.get(self._headline, 0)
        return sorted(mine, key=lambda element: self._distance(self._places.get(element, 0) - start))

    @staticmethod
    def _distance(steps: int) -> int:
        """Weigh steps back double: what describes a story stands behind its headline more often than before it."""
        return steps if steps >= 0 else -2 * steps

    def leads_elsewhere(self, address: str) -> bool:
        """Say whether a link leads to another page than this one."""
        if address.startswith(("#", "javascript:", "mailto:")):
            return False
        verdict = self._elsewhere.get(address)
        if verdict is None:
            verdict = self._elsewhere[address] = comparable(absolute(self._base, address)) not in self._own
        return verdict

    def _is_foreign_block(self, element: HtmlElement) -> bool:
        if element.tag == "nav" or (element.tag == "aside" and not _OWN_ASIDE.search(classes(element))):
            return True
        if element.tag == "footer" and next(element.iterancestors("article"), None) is None:
            return True
        names = classes(element)
        if len(names) > 1 and _FOREIGN_CLASS.search(_BESIDE.sub("", names)):
            return True
        if element.tag in ("li", "article") or _CARD.search(names):
            return self._is_teaser(element)
        return False

    def _is_teaser(self, element: HtmlElement) -> bool:
        """Say whether a block is about another story: it begins with a heading that leads there, and is short."""
        paragraphs = 0
        for part in element.iter("h1", "h2", "h3", "h4", "h5", "p"):
            if part.tag == "p":
                paragraphs += length_of(part) >= _PARAGRAPH
                if paragraphs > 1:
                    return False  # text, and whatever heading stands below it: an author box, a related story
                continue
            links = part.xpath("ancestor-or-self::*/@href | .//a/@href")
            return any(self.leads_elsewhere(link) for link in links) and length_of(element) < _LONGEST_TEASER
        return False

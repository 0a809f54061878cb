"""The article's own counters: views, comments, shares. The own number or none: a wrong one is worse than none.

Sources in the order of counters-and-bylines.md, section 7: structured data on the page's own node, an element bound to
the page's post id, a known element of a theme or system, a number beside a view word in the story's part of the page,
the page's own data. Numbers of other stories stand on as many pages as own ones, so everything passes
:class:`crawler.reading.scope.Scope`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.records import Counter
from crawler.reading.counters.candidates import Found, settle, stale
from crawler.reading.counters.comments import comments_of
from crawler.reading.counters.labels import is_counter_line, read
from crawler.reading.counters.pending import ADDING_CALL, pending_comments, pending_views
from crawler.reading.counters.pieces import Pieces
from crawler.reading.counters.rows import from_rows, own_elements
from crawler.reading.counters.state import in_page_state
from crawler.reading.counters.structured import in_json_ld, in_markup
from crawler.reading.counters.views import beside_eyes, beside_words, in_attributes
from crawler.reading.dom import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.reading.page import Page

__all__ = ["counters", "is_counter_line", "own_elements", "stated"]


def counters(page: Page) -> tuple[tuple[Counter, ...], Mapping[str, Any] | None]:
    """Return the article's own counters, and the request that would fill one that a script loads."""
    pieces = Pieces(page)
    state = in_page_state(page)
    pending = pending_views(page)
    views = _views(page, pieces, state, pending)
    comments = comments_of(page, pieces) or settle(_of("comments", state))
    if pending is None and (comments is None or comments.value == 0):
        pending = pending_comments(page, pieces.links)
        comments = comments if pending is None else None
    shares = settle(
        [*in_json_ld(page, "shares"), *from_rows(page, "shares"), *in_markup(page, "shares", pieces),
         *_of("shares", state)]
    )  # fmt: skip
    return tuple(counter for counter in (views, comments, shares) if counter is not None), pending


def stated(page: Page, selector: str, metric: str) -> Counter | None:
    """Return the counter that a site's own selector points to."""
    for element in page.tree.cssselect(selector):
        raw = text_of(element)
        count = read(raw, metric)
        if count is not None:
            return Counter(metric=metric, value=count.value, exact=count.exact, source="site", raw=raw)
    return None


def _views(page: Page, pieces: Pieces, state: list[Found], pending: Mapping[str, Any] | None) -> Counter | None:
    found = [
        *in_json_ld(page, "views"),
        *from_rows(page, "views"),
        *in_markup(page, "views", pieces),
        *in_attributes(page),
    ]
    if page.headline is not None:
        found += [*beside_words(page, pieces), *beside_eyes(page, pieces)]
    views = settle([*found, *_of("views", state)])
    if views is None:
        return None
    if views.value == 0 and (pending is not None or ADDING_CALL.search(page.script)):
        return None  # 0 there means "ask", not "nobody read it"
    return stale(views) if pending is not None else views


def _of(metric: str, found: list[Found]) -> list[Found]:
    return [(rank, counter) for rank, counter in found if counter.metric == metric]

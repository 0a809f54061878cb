"""The article's own counters: views, comments, shares. The own number or none: a wrong one is worse than none.

Sources in the order of counters-and-bylines.md, section 7: structured data on the page's own node, an element bound to
the page's post id, a known element of a theme or system, a number beside a view word in the story's part of the page.
Numbers of other stories stand on as many pages as own ones, so everything passes :class:`crawler.reading.scope.Scope`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from archive.records import Counter
from crawler.reading.dom import classes, text_of
from crawler.reading.jsonld import Node, types
from crawler.reading.numbers import fold_digits, parse_count, pattern
from crawler.reading.words import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

_INLINE = frozenset((
    "span", "div", "p", "li", "dd", "a", "small", "em", "strong", "b", "i", "td", "ul", "font", "time", "br", "img",
    "svg",
))  # fmt: skip
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[^\W\d_]+")
_SHORT = 60  # longer texts are prose that mentions views


@dataclass(frozen=True, slots=True)
class Row:
    """One way a theme, plugin or system prints a counter: a class, or an attribute with its value.

    ``{id}`` is the page's own post id; a row that has it is bound to the article, any other must also stand in the
    story's part of the page. ``inner`` is a class inside, where the number is.
    """

    name: str
    metric: str = "views"
    inner: str = ""
    attribute: str = "class"

    @property
    def is_bound(self) -> bool:
        """Say whether the element names the post it counts for."""
        return "{id}" in self.name


# counters-and-bylines.md, sections 1 to 3.
ROWS = (
    Row("td-nr-views-{id}"),  # tagDiv
    Row("{id}", attribute="data-bpv-post"),  # BetterStudio
    Row("vw-post-views-id-{id}"),  # Envirra
    Row("tptn_counter_{id}", attribute="id"),  # Top 10
    Row("post-views post-{id}", inner="post-views-count"),  # Post Views Counter
    Row("{id}", attribute="data-element-id"),  # Page Views Count
    Row("{id}", attribute="element-id"),  # Page Views Count, older
    Row("penci-post-countview-p{id}"),  # PenNews
    Row("bawpvc-ajax-counter"),  # BAW Post Views Count
    Row("tdb_single_post_views"),  # tagDiv Cloud
    Row("td-post-views"),  # tagDiv with WP-PostViews
    Row("meta-views"),  # Jannah
    Row("jeg_views_count", inner="counts"),  # JNews
    Row("post-share-btn-views", inner="number"),  # Publisher
    Row("meta-view"),  # Foxiz
    Row("penci-post-countview-number"),  # Soledad
    Row("total-views"),  # ColorMag
    Row("aft-view-count"),  # AF themes
    Row("entry-views"),  # Bimber
    Row("bdaia-post-view"),  # Bdaia
    Row("post-views-count"),  # Post Views Counter where the theme drops the id
    Row("tptn_counter"),
    Row("itemhits"),  # Joomla K2
    Row("hits"),  # Joomla
    Row("statistics_counter"),  # Drupal 7
    Row("e-reads", inner="ed-value"),  # uCoz
    Row("bx-newslist-show-counter"),  # Bitrix
    Row("itemstats"),  # XOOPS
    Row("footer-info-viewcount", attribute="id"),  # MediaWiki
    Row("", attribute="data-article-views"),  # hand-made
    Row("td-post-comments", "comments"),
    Row("tdb_single_comments_count", "comments"),
    Row("", "comments", attribute="data-comments-count"),  # wpDiscuz
    Row("jeg_meta_comment", "comments"),
    Row("meta-comment", "comments"),
    Row("post-share-btn-comments", "comments", inner="number"),
    Row("comments-link", "comments"),
    Row("entry-comments-link", "comments"),
    Row("comments-title", "comments"),
    Row("commentCount", "comments", attribute="itemprop"),  # schema.org microdata
    Row("comment-comments", "comments"),  # Drupal 7
    Row("itemcomments", "comments"),  # Joomla K2
    Row("jeg_share_count", "shares", inner="counts"),
)
# Joomla and Drupal say it to machines: content="UserPageVisits:207".
_LEGACY = {"views": "UserPageVisits:", "comments": "UserComments:", "shares": "UserShares:"}
_ACTIONS = {
    "views": frozenset({"readaction", "viewaction", "userpagevisits"}),
    "comments": frozenset({"commentaction", "comment", "replyaction", "discussaction", "usercomments"}),
    "shares": frozenset({"shareaction", "usershares"}),
}
_TAGDIV_CALL = re.compile(r"""tdGetViewsCountsAjax\(\s*["']post["']\s*,\s*["']\[\s*"?(\d+)"?\s*\]["']""")
_TAGDIV_URL = re.compile(r"""td_ajax_url\s*=\s*["']([^"']+)["']""")
_PVC_ARGS = re.compile(r"pvcArgsFrontend\s*=\s*(\{.{0,2000}?\})\s*;?", re.DOTALL)
_PVC_ID = re.compile(r'"postID"\s*:\s*"?(\d+)')
_EYE = re.compile(r"(?:^|[\s_-])(?:eye\d?|icon[-_]views?)(?=$|[\s_-])")
# WordPress, Drupal, DLE ("dlecomments", "dle-comments"), Disqus; a single comment ("comment-311") is no section.
_COMMENT_SECTION = re.compile(
    r"[a-z_-]*comments?|respond|disqus_thread|kommentare|comentarios|comment-?form", re.IGNORECASE
)
_READING_TIME = re.compile(r"\bmin(?:s|ut\w*|\.)?\b|read(?:ing)?[-_ ]time", re.IGNORECASE)


def counters(page: Page) -> tuple[tuple[Counter, ...], Mapping[str, Any] | None]:
    """Return the article's own counters, and the request that would fill one that a script loads."""
    pending = _pending(page)
    views = _settle([*_structured(page, "views"), *_rows(page, "views"), *_generic(page)])
    if pending is not None and views is not None:
        # The number in the page is the cached one; 0 there means "ask", not "nobody read it".
        views = None if views.value == 0 else _stale(views)
    comments = _comments(page)
    shares = _settle([*_structured(page, "shares"), *_rows(page, "shares")])
    return tuple(counter for counter in (views, comments, shares) if counter is not None), pending


def stated(page: Page, selector: str, metric: str) -> Counter | None:
    """Return the counter that a site's own selector points to."""
    for element in page.tree.cssselect(selector):
        raw = text_of(element)
        found = _read(raw, metric)
        if found is not None:
            return Counter(metric=metric, value=found[0], exact=found[1], source="site", raw=raw)
    return None


def own_elements(page: Page) -> Iterator[HtmlElement]:
    """Yield the elements that known systems print view counters in, to be kept out of the body."""
    for row in ROWS:
        if row.metric == "views" and row.attribute == "class":
            yield from _holders(page, row)


def is_counter_line(line: str) -> bool:
    """Say whether a line is nothing but a counter: "Post Views: 207", "37 views", "3 Comments"."""
    if len(line) > _SHORT or not any(sign.isdecimal() for sign in line):
        return False
    return any(_labelled(line, metric) is not None for metric in ("views", "comments"))


Found = tuple[int, Counter]  # rank, 1 is the strongest


def _settle(found: list[Found]) -> Counter | None:
    """Choose among own candidates: the strongest rank, exact before rounded; if two still disagree, none."""
    if not found:
        return None
    strongest = min(rank for rank, _ in found)
    best = [counter for rank, counter in found if rank == strongest]
    exact = [counter for counter in best if counter.exact] or best
    return exact[0] if len({counter.value for counter in exact}) == 1 else None


def _stale(counter: Counter) -> Counter:
    return Counter(metric=counter.metric, value=counter.value, source=counter.source, exact=counter.exact, stale=True,
                   raw=counter.raw)  # fmt: skip


def _structured(page: Page, metric: str) -> Iterator[Found]:
    """Read interactionStatistic, the older interactionCount and commentCount of the page's own article node."""
    node = page.article
    if node is None:
        return
    for statistic in page.graph.follow(node, "interactionStatistic"):
        if isinstance(statistic, dict) and _action(statistic) in _ACTIONS[metric]:
            count = parse_count(statistic.get("userInteractionCount"))
            if count is not None:
                raw = str(statistic["userInteractionCount"])
                yield 1, Counter(metric=metric, value=count.value, exact=count.exact, source="json-ld", raw=raw)
    yield from _legacy(page, node, metric)
    if metric == "comments" and (count := parse_count(node.get("commentCount"))) is not None:
        yield 1, Counter(metric=metric, value=count.value, source="json-ld", raw=str(node["commentCount"]))


def _legacy(page: Page, node: Node, metric: str) -> Iterator[Found]:
    """Read ``interactionCount: "UserPageVisits:207"``; a bare number means plays of a video and is not ours."""
    for value in page.graph.follow(node, "interactionCount"):
        name, colon, number = str(value).partition(":")
        count = parse_count(number)
        if colon and name.strip().lower() in _ACTIONS[metric] and count is not None:
            yield 1, Counter(metric=metric, value=count.value, source="json-ld", raw=str(value))


def _action(statistic: Node) -> str:
    """Return the last part of an interactionType, which may be a string, a node, a list or an archived address."""
    value = statistic.get("interactionType")
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = next(iter(types(value)), None) or value.get("@id")
    return re.split(r"[/#:]", str(value or "").rstrip("/"))[-1].lower()


def _rows(page: Page, metric: str) -> Iterator[Found]:
    for row in ROWS:
        if row.metric == metric:
            for element in _holders(page, row):
                yield from _from_row(page, row, element)
    if _LEGACY[metric] in page.text:
        for element in page.tree.xpath(f"//*[starts-with(@content, '{_LEGACY[metric]}')]"):
            count = parse_count(element.get("content").partition(":")[2])
            if count is not None and not page.scope.is_foreign(element):
                yield (
                    3,
                    Counter(
                        metric=metric, value=count.value, source="dom interactionCount", raw=element.get("content")
                    ),
                )


def _holders(page: Page, row: Row) -> list[HtmlElement]:
    """Return the elements of a row, without asking the tree where the page's source cannot hold them."""
    if row.is_bound and page.post_id is None:
        return []
    name = row.name.replace("{id}", page.post_id or "")
    if row.attribute == "class":
        first, *others = name.split()
        return [
            element for element in page.with_class(first) if set(others) <= set(element.get("class").lower().split())
        ]
    if row.attribute not in page.text or name not in page.text:
        return []
    value = f"='{name}'" if name else ""
    return list(page.tree.xpath(f"//*[@{row.attribute}{value}]"))


def _from_row(page: Page, row: Row, element: HtmlElement) -> Iterator[Found]:
    if not row.is_bound and page.scope.is_foreign(element):
        return
    inner = (
        element.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {row.inner} ')]")
        if row.inner
        else []
    )
    raw = (
        str(element.get(row.attribute))
        if not row.name
        else (inner[0] if inner else element).get("content") or text_of(inner[0] if inner else element)
    )
    found = _read(raw, row.metric)
    if found is not None:
        label = f".{row.name.split()[0]}" if row.attribute == "class" else f"[{row.attribute}]"
        rank = 2 if row.is_bound else 3
        source = f"dom {label.replace('-{id}', '').replace('{id}', '')}"
        yield rank, Counter(metric=row.metric, value=found[0], exact=found[1], source=source, raw=raw[:80])


def _read(raw: str, metric: str) -> tuple[int, bool] | None:
    """Read a known counter element: a number alone or with its words; of several numbers the first (total, today)."""
    if len(raw) > 2 * _SHORT:
        return None
    count = parse_count(raw)
    if count is not None:
        return count.value, count.exact
    labelled = _labelled(raw, metric)
    if labelled is not None:
        return labelled
    if _READING_TIME.search(raw):
        return None
    numbers = re.findall(pattern(), fold_digits(raw), re.IGNORECASE)
    count = parse_count(numbers[0].strip()) if numbers and not re.search(r"\d[/:%]|\d-\d", raw) else None
    return (count.value, count.exact) if count is not None else None


@cache
def _label_patterns(metric: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the pattern of a labelled number, and that of the phrases that mean none."""
    listed = [phrase for _, phrase in load({"views": "view_phrases", "comments": "comment_phrases"}[metric])]
    none = [phrase[2:] for phrase in listed if phrase.startswith("0 ")]
    slots = [phrase for phrase in listed if re.search(r"(?:^|\s)N(?:\s|$)", phrase)]
    words = [phrase for phrase in listed if phrase not in slots and not phrase.startswith("0 ")]
    word = "|".join(re.escape(_folded(word)) for word in sorted(words, key=len, reverse=True))
    phrased = [
        r"\s*".join("{N}" if part == "N" else re.escape(_folded(part)) for part in slot.split()) for slot in slots
    ]
    shapes = [rf"(?:{word})\s*[:：]?\s*{{N}}", rf"{{N}}\s*(?:{word})", *phrased]
    joined = "|".join(shape.replace("{N}", f"({pattern()})") for shape in shapes)
    return (
        re.compile(rf"\W*(?:{joined})(?:\s*(?:so far|total|times|раз|veces))?\W*", re.IGNORECASE),
        re.compile("|".join(re.escape(_folded(phrase)) for phrase in none) or r"(?!)", re.IGNORECASE),
    )


def _folded(phrase: str) -> str:
    return fold_digits(unicodedata.normalize("NFKC", phrase)).casefold()


def _labelled(raw: str, metric: str) -> tuple[int, bool] | None:
    """Read "207 views", "Post Views: 207", "Read 207 times", "1599 x gelesen", "No comments"."""
    plain = _folded(raw)
    labelled, none = _label_patterns(metric)
    found = labelled.fullmatch(plain)
    if found is None:
        return (0, True) if none.fullmatch(plain.strip(" .!()")) else None
    count = parse_count(next(group for group in found.groups() if group))
    return (count.value, count.exact) if count is not None else None


def _generic(page: Page) -> Iterator[Found]:
    """Find a short text that is number and view word, or an eye and a number, in the story's part of the page."""
    if page.headline is None:
        return
    for element in page.elements:
        if element.tag in _INLINE and (element.text or element.tail or element.tag == "i"):
            yield from _generic_of(page, element)


def _generic_of(page: Page, element: HtmlElement) -> Iterator[Found]:
    for piece in (element.text, element.tail):
        if piece and 2 < len(piece) <= _SHORT + 20 and _mentions_views(piece):
            holder = element if piece is element.text else element.getparent()
            raw = _smallest_label(holder, piece)
            found = _labelled(raw, "views") if raw else None
            if found is not None and not page.scope.is_foreign(holder):
                yield 4, Counter(metric="views", value=found[0], exact=found[1], source="dom view word", raw=raw)
    if element.tag in ("i", "span") and _EYE.search(classes(element)):
        yield from _beside_eye(page, element)


def _smallest_label(holder: HtmlElement, piece: str) -> str | None:
    """Return the text that holds both number and word: the piece itself, else the element or the one around it."""
    if any(sign.isdecimal() for sign in piece):
        return piece if _labelled(piece, "views") else None
    for around in (holder, holder.getparent()):
        if around is None or len(around) > 4:
            return None
        raw = text_of(around)
        if len(raw) > _SHORT:
            return None
        if any(sign.isdecimal() for sign in raw):
            return raw
    return None


def _beside_eye(page: Page, icon: HtmlElement) -> Iterator[Found]:
    """Read an eye icon beside a number and no other word; a reading time beside it is none."""
    around = icon if text_of(icon) else icon.getparent()
    if around is None or around.tag in ("body", "html") or len(around) > 3:
        return
    raw = text_of(around)
    count = parse_count(raw) if len(raw) <= 12 else None
    if count is not None and not page.scope.is_foreign(icon):
        yield 5, Counter(metric="views", value=count.value, exact=count.exact, source="dom eye icon", raw=raw)


@cache
def _view_words() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return the last words of view phrases: as a set, and as a pattern for scripts without blanks."""
    listed = [_folded(re.sub(r"(?:^|\s)N(?:\s|$)", " ", phrase)).split() for _, phrase in load("view_phrases")]
    words = {word for parts in listed for word in parts[-1:]}
    return frozenset(words), re.compile(
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if not word.isascii())
    )


def _mentions_views(piece: str) -> bool:
    """Say whether a short text may be a counter: a number and a view word, or a view word alone."""
    words, unspaced = _view_words()
    if _DIGIT.search(piece) is None and len(piece) > 30:
        return False
    if not words.isdisjoint(_WORDS.findall(piece.lower())):
        return True
    return not piece.isascii() and unspaced.search(_folded(piece)) is not None


def _comments(page: Page) -> Counter | None:
    """Return the number of comments: the visible one, bound to the comment section, before structured data."""
    visible = _settle(list(_comment_links(page))) or _settle(list(_rows(page, "comments"))) or _comment_heading(page)
    return visible or _settle(list(_structured(page, "comments")))


def _comment_links(page: Page) -> Iterator[Found]:
    """Read links of the story to its own comments whose text is a number, or a number and a comment word."""
    for link in page.tree.xpath("//a[contains(@href, '#')]"):
        address, _, fragment = link.get("href").partition("#")
        if _COMMENT_SECTION.fullmatch(fragment) is None:
            continue
        if (address and page.scope.leads_elsewhere(address)) or page.scope.is_foreign(link):
            continue
        raw = text_of(link)
        found = _labelled(raw, "comments") or ((count.value, count.exact) if (count := parse_count(raw)) else None)
        if found is not None:
            yield (
                2,
                Counter(metric="comments", value=found[0], exact=found[1], source="dom a[href*=#comments]", raw=raw),
            )


def _comment_heading(page: Page) -> Counter | None:
    """Read the heading of the comment section: "3 Comments", "4 Gedanken zu …"."""
    inside = "ancestor-or-self::*[contains(@id, 'comment') or contains(@class, 'comment')]"
    for heading in page.tree.iter("h2", "h3", "h4", "h5"):
        if not any(sign.isdecimal() for sign in heading.xpath("string()")[:80]) or not heading.xpath(inside):
            continue
        raw = text_of(heading)
        start = re.split(r"\b(?:on|zu|sur|en|to|su|über)\b|[“\"„«:(]", raw, maxsplit=1)[0]
        for told in (raw, start):
            found = _labelled(told, "comments") if len(told) <= _SHORT else None
            if found is not None and not page.scope.is_foreign(heading):
                return Counter(
                    metric="comments", value=found[0], exact=found[1], source="dom comment heading", raw=raw[:80]
                )
    return None


def _pending(page: Page) -> Mapping[str, Any] | None:
    """Return the read-only request of a script-loaded view counter (counters-and-bylines.md, section 6)."""
    if "tdGetViewsCountsAjax" in page.text:
        return _pending_tagdiv(page)
    return _pending_pvc(page) if "pvcArgsFrontend" in page.text else None


def _pending_tagdiv(page: Page) -> Mapping[str, Any] | None:
    call = _TAGDIV_CALL.search(page.text)
    address = _TAGDIV_URL.search(page.text)
    if call is None or address is None or page.post_id not in (None, call.group(1)):
        return None
    post_id = call.group(1)
    return {
        "system": "tagdiv",
        "post_id": post_id,
        "method": "POST",
        "url": page.absolute(address.group(1).replace("\\/", "/")),
        "form": {"action": "td_ajax_get_views", "td_post_ids": f"[{post_id}]"},
        "adds": False,
    }


def _pending_pvc(page: Page) -> Mapping[str, Any] | None:
    """Post Views Counter: only where the element is loaded by script, or missing; a printed number is the number."""
    args = _PVC_ARGS.search(page.text)
    post_id = _PVC_ID.search(args.group(1)) if args else None
    if post_id is None or page.post_id not in (None, post_id.group(1)):
        return None
    if page.with_class("post-views-count") and not page.with_class("load-dynamic"):
        return None
    parts = urlsplit(page.url)
    root = f"{parts.scheme}://{parts.netloc}/"
    return {
        "system": "post-views-counter",
        "post_id": post_id.group(1),
        "method": "GET",
        "url": urljoin(root, f"wp-json/post-views-counter/get-post-views/{post_id.group(1)}"),
        "adds": False,
    }

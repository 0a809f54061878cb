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
from urllib.parse import urlencode, urljoin

from archive.records import Counter
from crawler.reading.dom import classes, text_of
from crawler.reading.jsonld import Node, types
from crawler.reading.numbers import fold_digits, parse_count, pattern
from crawler.reading.words import load, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

_INLINE = frozenset((
    "span", "div", "p", "li", "dd", "a", "small", "em", "strong", "b", "i", "td", "ul", "font", "time", "br", "img",
    "svg",
))  # fmt: skip
_OF_POST = re.compile(r"(?:post|views|id|data)-p?(\d+)\s")
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
    Row("entry-views-count"),  # Viral
    Row("view-number"),  # RadiusTheme
    Row("post-views"),  # Sahifa
    Row("vw-post-views-count"),  # Envirra where the page does not say its id
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
    Row("wpd-cc-value", "comments"),  # wpDiscuz
    Row("aft-comment-count", "comments"),  # AF themes
    Row("cm-comments-link", "comments"),  # ColorMag
    Row("penci-comment-count", "comments"),  # Soledad
    Row("vw-post-comment-number", "comments"),  # Envirra
    Row("mh-comment-scroll", "comments"),  # MH Magazine
    Row("argcoms", "comments"),  # DataLife Engine
    Row("replycount", "comments", attribute="id"),  # Korean systems
    Row("replyCount", "comments", attribute="id"),
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
_API_ROOT = re.compile(
    r"""<link[^>]*?(?:api\.w\.org/?["'][^>]*?href=["']([^"']+)|href=["']([^"']+)["'][^>]*?api\.w\.org)"""
)
_WPP_TAG = re.compile(r"<script[^>]*wordpress-popular-posts[^>]*>")
_WPP_API = re.compile(r"""data-api-url=["']([^"']+)""")
_WPP_POST = re.compile(r"""data-post-id=["'](\d+)""")
_TOP_10_ID = re.compile(r"top_ten_id=(\d+)")
# Anchored on both sides and bounded: a long word that is no host name must not be tried from each of its letters.
_DISQUS = re.compile(r"""//([\w-]{1,63})\.disqus\.com/(?:count|embed)\.js|disqus_shortname\s*=\s*["']([\w-]+)["']""")
# Systems whose script fills the number by a request that adds a view: a 0 in the page is a placeholder there too.
_ADDING_CALL = re.compile(
    r"tie_postviews|jfla\s*=\s*\[[^\]]*view_counter|PenciSimplePopularPosts_AddCount|better_post_views_vars|"
    r"/plus/count\.php\?|api\.php\?op=count|statistics\.data"
)
_EYE = re.compile(r"(?:^|[\s_-])(?:eye\d?|icon[-_]views?)(?=$|[\s_-])")
# WordPress, Drupal, DLE ("dlecomments", "dle-comments"), Disqus; a single comment ("comment-311") is no section.
_COMMENT_SECTION = re.compile(
    r"[a-z_-]*comments?|respond|disqus_thread|kommentare|comentarios|comment-?form", re.IGNORECASE
)
# Anchors that name the thread otherwise: "#kommentar_outer", "#xenforo-comments-88"; never one comment of it.
_COMMENT_ANCHOR = re.compile(
    r"(?!(?:div-)?comment[-_]?\d)[\w-]*(?:comments|kommentar|comentario|commenti|commentaire|reacties|disqus|yorum)[\w-]*",
    re.IGNORECASE,
)
_COMMENT_ATTRIBUTE = re.compile(
    r"[\s\"'](:?(?:data-)?(?:num(?:ber)?(?:-of)?-?comments?|comments?-?(?:count|number|total)))=[\"']?\d", re.IGNORECASE
)
_COMMENT_NUMBER = re.compile(r"omment[A-Za-z-]*=[\"']?\d")
_COMMENT_CLASS = re.compile(r"comment|komment|coment")
_COMMENT_TAGS = _INLINE | {"button", "h2", "h3", "h4", "h5", "header", "label", "summary"}
_HEADINGS = frozenset({"h2", "h3", "h4", "h5"})
_HEADING_END = re.compile(r"\s(?:on|zu|sur|en|to|su|über|zum|zur)\s|[“\"„«:]")
_THREAD = re.compile(r"(?:^|[\s_-])(?:comments?|kommentare?|comentarios|commentaires|commenti|disqus)(?=$|[\s_-])")
_THREAD_TAGS = frozenset({"aside", "section", "footer", "div", "h2", "h3", "h4", "h5", "ul", "ol"})
_NO_THREAD = re.compile(r"recent|latest|most|popular|top|widget")
_READING_TIME = re.compile(r"\bmin(?:s|ut\w*|\.)?\b|read(?:ing)?[-_ ]time", re.IGNORECASE)


def counters(page: Page) -> tuple[tuple[Counter, ...], Mapping[str, Any] | None]:
    """Return the article's own counters, and the request that would fill one that a script loads."""
    pending = _pending(page)
    views = _settle([*_structured(page, "views"), *_rows(page, "views"), *_generic(page)])
    if views is not None and (pending is not None or _ADDING_CALL.search(page.text)):
        # The number in the page is the cached one; 0 there means "ask", not "nobody read it".
        views = None if views.value == 0 else _stale(views) if pending is not None else views
    comments = _comments(page)
    if pending is None and (comments is None or comments.value == 0):
        pending = _pending_disqus(page)
        comments = comments if pending is None else None
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
    if not row.is_bound and (page.scope.is_foreign(element) or _is_of_another_post(page, element)):
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


def _is_of_another_post(page: Page, element: HtmlElement) -> bool:
    """Say whether an element of a system names a post, and not this one."""
    around = element.getparent()
    names = f"{classes(element)} {classes(around) if around is not None else ''}"
    told = _OF_POST.findall(f"{names} data-{element.get('data-post-id') or ''} ")
    return bool(told) and page.post_id is not None and page.post_id not in told


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
        r"[\s()\[\]]*".join("{N}" if part == "N" else re.escape(_folded(part)) for part in slot.split())
        for slot in slots
    ]
    shapes = [rf"(?:{word})\s*[:：(\[]?\s*{{N}}", rf"{{N}}\s*[)\]]?\s*(?:{word})", *phrased]
    joined = "|".join(shape.replace("{N}", f"({pattern()})") for shape in shapes)
    return (
        re.compile(rf"\W*(?:{joined})(?:\s*(?:so far|total|times|раз|veces))?\W*", re.IGNORECASE),
        re.compile("|".join(re.escape(_folded(phrase)) for phrase in none) or r"(?!)", re.IGNORECASE),
    )


def _folded(phrase: str) -> str:
    if phrase.isascii():
        return phrase.lower()
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
    for find in (_comment_links, _comment_rows, _comment_attributes, _comment_labels, _comment_icons):
        found = _settle(list(find(page)))
        if found is not None:
            return found
    return _settle(list(_structured(page, "comments")))


def _comment_rows(page: Page) -> Iterator[Found]:
    return _rows(page, "comments")


def _comment_links(page: Page) -> Iterator[Found]:
    """Read links to the page's own comments whose text is a number, or a number and a comment word.

    A link with this page's address is bound to it wherever it stands; a bare "#comments" has to stand in the story.
    """
    for link in page.tree.xpath("//a[contains(@href, '#')]"):
        address, _, fragment = link.get("href").partition("#")
        is_section = _COMMENT_SECTION.fullmatch(fragment) is not None
        if not is_section and _COMMENT_ANCHOR.fullmatch(fragment) is None:
            continue
        if page.scope.leads_elsewhere(address) if address else page.scope.is_foreign(link):
            continue
        raw = text_of(link)
        count = parse_count(raw) if is_section else None
        found = _labelled(raw, "comments") or ((count.value, count.exact) if count else None)
        if found is not None:
            source = "dom a[href*=#comments]"
            yield 2, Counter(metric="comments", value=found[0], exact=found[1], source=source, raw=raw)


def _comment_attributes(page: Page) -> Iterator[Found]:
    """Read an attribute that says how many comments there are, as components and scripts of a theme carry it."""
    # The quick look has a literal beginning, which makes it ten times as fast over a whole page.
    quick = _COMMENT_NUMBER.search(page.text)
    names = {found[1] for found in _COMMENT_ATTRIBUTE.finditer(page.text)} if quick else set()
    if not names:
        return
    for element in page.elements:
        for name in names:
            count = parse_count(element.get(name))
            # 0 is what such an attribute holds until its script has asked.
            if count is not None and count.value and not _is_foreign_thread(page, element):
                raw = str(element.get(name))
                yield 3, Counter(metric="comments", value=count.value, exact=count.exact, source=f"[{name}]", raw=raw)


def _comment_labels(page: Page) -> Iterator[Found]:
    """Read a short text of the story that is number and comment word, or the heading of its comment section.

    "3 Comments", "Comments (3)", "4 Gedanken zu …", "Noch kein Kommentar": on a button, a heading, a line.
    """
    words = _comment_words()
    for element in page.elements:
        text = element.text if element.tag in _COMMENT_TAGS else None
        tail = element.tail if element.tag in _INLINE else None
        for piece in (text, tail):
            if not piece or not 1 < len(piece) <= 2 * _SHORT or words.search(_folded(piece)) is None:
                continue
            holder = element if piece is text else element.getparent()
            if holder is None or (found := _comment_label(holder, piece)) is None:
                continue
            value, exact, raw = found
            if _leads_elsewhere(page, holder):
                continue
            if not _is_foreign_thread(page, holder) and not (_is_loose(raw) and _thread_of(holder) is None):
                source = "dom comment heading" if holder.tag in _HEADINGS else "dom comment word"
                rank = 3 if holder.tag in _HEADINGS else 4
                yield rank, Counter(metric="comments", value=value, exact=exact, source=source, raw=raw[:80])


def _leads_elsewhere(page: Page, holder: HtmlElement) -> bool:
    """Say whether a label is a link to the comments of another story; a story's own may have a page of their own."""
    link = holder if holder.tag == "a" else next(holder.iterancestors("a"), None)
    address = link.get("href") if link is not None else None
    if not address or not page.scope.leads_elsewhere(address):
        return False
    return not page.absolute(address).startswith(page.url.rstrip("/"))


def _comment_icons(page: Page) -> Iterator[Found]:
    """Read a number alone in an element that its class and its title or label call the comments."""
    for element in page.scope.own(page.classed(_COMMENT_CLASS)):
        label = element.get("title") or element.get("aria-label") or ""
        count = parse_count(text_of(element)) if _comment_words().search(_folded(label)) else None
        if count is not None:
            yield (
                5,
                Counter(metric="comments", value=count.value, exact=count.exact, source="dom comment icon", raw=label),
            )


def _comment_label(holder: HtmlElement, piece: str) -> tuple[int, bool, str] | None:
    """Return value, exactness and text of the smallest element around a comment word that is a count."""
    found = _labelled(piece, "comments")
    if found is not None and any(sign.isdecimal() for sign in piece):
        return *found, piece.strip()
    for around in (holder, holder.getparent()):
        if around is None or len(around) > 4:
            return None
        raw = text_of(around)
        if len(raw) > (5 if around.tag in _HEADINGS else 2) * _SHORT:  # a heading may repeat the headline
            return None
        start = _HEADING_END.split(raw, maxsplit=1)[0] if around.tag in _HEADINGS else raw
        for told in dict.fromkeys((raw, start)):
            if len(told) <= _SHORT and (found := _labelled(told, "comments")) is not None:
                return *found, raw
    return None


def _is_foreign_thread(page: Page, element: HtmlElement) -> bool:
    """Say whether a count of comments is not the story's.

    The story's thread may stand in an aside, and its count in a bar of share buttons: a block apart that names no
    other story speaks of this one.
    """
    if not page.scope.is_foreign(element):
        return False
    thread = _thread_of(element)
    above = thread.getparent() if thread is not None else None
    if above is not None and not page.scope.is_foreign(above):
        return False
    block = element
    for around in element.iterancestors():
        if not page.scope.is_foreign(around):
            break
        block = around
    return _names_a_story(page, block)


def _names_a_story(page: Page, block: HtmlElement) -> bool:
    """Say whether a block links to another story, or is too large to know."""
    links = block.xpath(".//a[@href]")
    return len(links) > 30 or any(
        len(text_of(link)) >= 20 and page.scope.leads_elsewhere(link.get("href")) for link in links
    )


def _thread_of(element: HtmlElement) -> HtmlElement | None:
    """Return the comment section that an element stands in; a widget of recent comments is none."""
    for around in (element, *element.iterancestors()):
        names = classes(around)
        if around.tag in _THREAD_TAGS and _THREAD.search(names):
            return None if _NO_THREAD.search(names) else around
    return None


def _is_loose(raw: str) -> bool:
    """Say whether a label says "answers" or "posts", which a forum or a poll counts too."""
    plain = _folded(raw)
    return any(word in plain for word in phrases("loose_comment_words"))


@cache
def _comment_words() -> re.Pattern[str]:
    listed = [_folded(re.sub(r"^0\s|(?:^|\s)N(?:\s|$)", " ", phrase)).split() for _, phrase in load("comment_phrases")]
    words = {max(parts, key=len) for parts in listed if parts}
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _pending(page: Page) -> Mapping[str, Any] | None:
    """Return the read-only request of a script-loaded view counter (counters-and-bylines.md, section 6)."""
    for sign, find in _PENDING:
        if sign in page.text and (found := find(page)) is not None:
            return found
    return None


def _get(system: str, post_id: str | None, url: str) -> Mapping[str, Any]:
    return {"system": system, "post_id": post_id, "method": "GET", "url": url, "adds": False}


def _rest(page: Page, path: str) -> str:
    """Return an address of the site's WordPress interface, which the page may name; it may live in a folder."""
    root = _API_ROOT.search(page.text)
    return urljoin(page.absolute(root[1] or root[2]) if root else urljoin(page.url, "/wp-json/"), path)


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
    url = _rest(page, f"post-views-counter/get-post-views/{post_id.group(1)}")
    return _get("post-views-counter", post_id.group(1), url)


def _pending_wp_postviews(page: Page) -> Mapping[str, Any] | None:
    """WP-PostViews behind a cache; its own call, action=wp_postviews, adds a view and is never given."""
    url = _rest(page, f"wp/v2/posts/{page.post_id}?_fields=views")
    return _get("wp-postviews", page.post_id, url) if page.post_id else None


def _pending_wpp(page: Page) -> Mapping[str, Any] | None:
    """WordPress Popular Posts 7: a GET reads, a POST to the same address adds."""
    tag = next((tag[0] for tag in _WPP_TAG.finditer(page.text)), "")
    api, post_id = _WPP_API.search(tag), _WPP_POST.search(tag)
    if api is None or post_id is None or post_id[1] == "0" or page.post_id not in (None, post_id[1]):
        return None
    url = f"{page.absolute(api[1]).rstrip('/')}/v2/views/{post_id[1]}?include_views_text=0"
    return _get("wordpress-popular-posts", post_id[1], url)


def _pending_top_10(page: Page) -> Mapping[str, Any] | None:
    for element in page.with_class("tptn_counter"):
        address = element.get("data-tptn-url") or ""
        post_id = _TOP_10_ID.search(address)
        if post_id is None or page.post_id not in (None, post_id[1]) or page.scope.is_foreign(element):
            continue
        if "activate_counter" not in address and "tracker" not in address:  # these add
            return _get("top-10", post_id[1], page.absolute(address))
    return None


def _pending_a3(page: Page) -> Mapping[str, Any] | None:
    """Page Views Count by a3: ``/view/ID`` reads, ``/increase/ID`` adds."""
    for element in page.with_class("pvc_load_by_ajax_update"):
        post_id = element.get("data-element-id") or element.get("element-id") or page.post_id
        if post_id and page.post_id in (None, post_id) and not page.scope.is_foreign(element):
            return _get("page-views-count", post_id, _rest(page, f"pvc/v1/view/{post_id}"))
    return None


def _pending_baw(page: Page) -> Mapping[str, Any] | None:
    """BAW Post Views Count: n=0 reads, n=1 adds."""
    for element in page.with_class("bawpvc-ajax-counter"):
        post_id = element.get("data-id")
        if post_id and page.post_id in (None, post_id) and not _DIGIT.search(text_of(element)):
            url = urljoin(page.url, f"/wp-admin/admin-ajax.php?action=bawpvc-ajax-counter&p={post_id}&n=0")
            return _get("baw-post-views-count", post_id, url)
    return None


def _pending_disqus(page: Page) -> Mapping[str, Any] | None:
    """Disqus: the number of comments, by the thread's identifier or address; asked where the page shows none."""
    shortname = _DISQUS.search(page.text) if "disqus" in page.text else None
    if shortname is None:
        return None
    root = f"https://{shortname[1] or shortname[2]}.disqus.com/count-data.js?"
    for element in (*page.with_class("disqus-comment-count"), *page.with_class("dsq-postid")):
        identifier = element.get("data-disqus-identifier") or element.get("data-dsqidentifier")
        address = element.get("data-disqus-url")
        if page.scope.is_foreign(element) or (address and page.scope.leads_elsewhere(address)):
            continue
        if identifier or address:
            query = urlencode({"1": identifier} if identifier else {"2": address})
            return _get("disqus", page.post_id, root + query)
    for link in page.tree.xpath("//a[contains(@href, '#disqus_thread')]"):
        address = link.get("href").partition("#")[0]
        if not page.scope.is_foreign(link) and not (address and page.scope.leads_elsewhere(address)):
            return _get(
                "disqus", page.post_id, root + urlencode({"2": page.absolute(address) if address else page.url})
            )
    return None


# The sign of a system in a page's source, and what reads its request. Jannah, JNews, Soledad, Better Post Views,
# DedeCMS, PHPCMS and Drupal have no request that would not add a view, so there is none here.
_PENDING = (
    ("tdGetViewsCountsAjax", _pending_tagdiv),
    ("pvcArgsFrontend", _pending_pvc),
    ("data-tptn-url", _pending_top_10),
    ("pvc_load_by_ajax_update", _pending_a3),
    ("bawpvc-ajax-counter", _pending_baw),
    ("iewsCacheL10n", _pending_wp_postviews),
    ("wpPostViewsL10n", _pending_wp_postviews),
    ("wordpress-popular-posts", _pending_wpp),
)

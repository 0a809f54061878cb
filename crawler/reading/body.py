"""The story's paragraphs in order: trafilatura's choice on our tree, then line filters.

Body errors are mostly precision (reading-pages.md, 3): what a box, a counter or a list says is taken out of a copy of
the tree before the text is chosen, and repeated headlines, bylines, dates and "read more" lines after.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import re2
from trafilatura import bare_extraction

from crawler.reading.boxes import heading, unwanted
from crawler.reading.byline import is_byline
from crawler.reading.counters import is_counter_line
from crawler.reading.dates import Clock, parse_moment
from crawler.reading.dom import blocks, fold, squeeze, text_of
from crawler.reading.extraction import copied, extracted, lines_of
from crawler.reading.frame import frames, prose
from crawler.reading.jsonld import text as json_text
from crawler.reading.state import told as told_in_scripts
from crawler.reading.words import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from archive.records import Author, Profile
    from crawler.reading.page import Page

_SHORT_BODY = 600  # below this the full cascade is asked: as good as always asking, and much cheaper
_LONG_BODY = 3000  # above this, a text is enough whatever else the page shows
_LEAST_SHARE = 0.2  # of the page, below which a shorter text is doubted; both figures are trafilatura's
_MOST_SHARE = 0.8  # of the page, above which a short text is all there is
_SHORTEST = 250
_MUCH_MORE = 2  # times what the page shows: then it shows a stub of what its data holds
_REFEREE = 600  # an articleBody of fewer letters is a teaser
_LONG_LINE = 100  # letters; a shorter one may be a subhead that the articleBody leaves out
_TIME_OF_DAY = re.compile(r"(?<!\d)[012]?\d(?:[:.hH]|\s?時)[0-5]\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_COPYRIGHT = re.compile(r"[\W_]*(?:©|ⓒ|\(c\)|copyright\b)", re.IGNORECASE)
_STEM = 2  # letters by which phrases are looked up; the shortest has two
_END = 6  # lines before the end where a paper speaks of itself


def paragraphs_of(page: Page, author_boxes: Iterable[HtmlElement]) -> tuple[str, ...]:
    """Return the paragraphs that the general extractor finds, before any line filter."""
    boxes = unwanted(page, author_boxes)
    texts = (extracted(page, frame, [*boxes, *heading(page, frame)]) for frame in frames(page))
    lines = next((lines for lines in texts if _size(lines) >= _SHORTEST), [])
    if not _is_confident(lines, page):
        tree = _without_layout_tables(copied(page.tree, boxes))
        whole = _extract(tree, page, fast=True)
        if sum(map(len, whole)) < _SHORT_BODY:
            whole = max(whole, _extract(tree, page, fast=False), key=_size)
        lines = max(lines, whole, key=_size)
    if _size(lines) < _SHORT_BODY:
        state = told_in_scripts(page)
        lines = state if _size(state) > _MUCH_MORE * _size(lines) else lines
    return _refereed(_without_updates(lines, page), page)


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))


def _is_confident(lines: list[str], page: Page) -> bool:
    """Say whether a text is long, or most of what the page shows."""
    size = _size(lines)
    if size < _SHORTEST:
        return False
    least = _LEAST_SHARE if size >= _SHORT_BODY else _MOST_SHARE
    return size >= _LONG_BODY or size >= least * sum(letters for _, letters in prose(page))


def stated(page: Page, selector: str) -> tuple[str, ...]:
    """Return the paragraphs of the elements that a site's own selector points to."""
    return tuple(line for element in page.tree.cssselect(selector) for line in blocks(element))


@dataclass(frozen=True, slots=True)
class Known:
    """What the page says elsewhere and the body must not repeat, folded for comparison."""

    headlines: frozenset[str]
    names: frozenset[str]
    biographies: tuple[str, ...]

    @classmethod
    def of(cls, page: Page, title: str | None, authors: tuple[Author, ...], profiles: tuple[Profile, ...]) -> Known:
        """Gather the headline as read and as shown, the authors' names and their biographies."""
        shown = text_of(page.headline) if page.headline is not None else None
        told = [part for profile in profiles for part in (profile.text, profile.name)]
        return cls(
            headlines=frozenset(fold(line) for line in (title, shown) if line),
            names=frozenset(fold(author.name) for author in authors),
            biographies=tuple(fold(part) for part in told if part),
        )

    def holds(self, folded: str) -> bool:
        """Say whether a folded line is an author's name or stands in a biography."""
        if folded in self.names or folded in self.biographies:
            return True
        return len(folded) > 60 and any(folded in told for told in self.biographies)


def filtered(lines: Iterable[str], known: Known, clock: Clock) -> tuple[str, ...]:
    """Return the lines that are the story's: no repeated headline, byline, date, counter, biography or "read more"."""
    kept: list[tuple[str, str]] = []
    for line in lines:
        folded = fold(line)
        is_heading = len(kept) < 4 and _is_heading(line, folded, known, clock)
        if folded and not is_heading and not known.holds(folded) and not _is_by_the_way(line):
            kept.append((line, folded))
    while len(kept) > 1 and _is_closing(kept[-1][0]):
        kept.pop()
    total = len(kept)
    own = (pair for at, pair in enumerate(kept) if not _is_selling(pair[0], total - at))
    return tuple(_without_repetition(own))


def _is_by_the_way(line: str) -> bool:
    return is_furniture(line) or is_counter_line(line) or (len(line) <= 100 and is_byline(line))


def is_furniture(line: str) -> bool:
    """Say whether a short line begins like "Read more", "Related:" or "Share this" in some language."""
    if len(line) > 140:
        return False
    plain = _plain_case(line).lstrip(" [(»>→-–•*▶👉")
    pattern = _furniture().get(plain[:_STEM])
    return pattern is not None and pattern.match(plain) is not None


def _plain_case(line: str) -> str:
    return line.lower() if line.isascii() else unicodedata.normalize("NFC", line).casefold()


def _is_heading(line: str, folded: str, known: Known, clock: Clock) -> bool:
    """Say whether a line near the top repeats the headline, or is a date or a byline."""
    if folded in known.headlines or any(len(folded) > 20 and folded in headline for headline in known.headlines):
        return True
    if any(len(name) > 11 and name in folded and len(folded) < 1.8 * len(name) for name in known.headlines):
        return True  # with its kicker before it
    if len(line) > 80:
        return False
    if any(name and folded.startswith(name) and len(folded) < len(name) + 25 for name in known.names):
        return True
    digits = sum(sign.isdigit() for sign in line)
    if digits < 5 or line.endswith(("?", "!")) or (line.endswith(".") and len(line) > 40):
        return False
    if _TIME_OF_DAY.search(line) and (_YEAR.search(line) or digits >= len(folded) / 4):
        return True
    return len(line) <= 60 and parse_moment(line, clock, is_quick=True) is not None


def _is_closing(line: str) -> bool:
    """Say whether a line at the end is a copyright notice."""
    return len(line) <= 200 and _COPYRIGHT.match(line) is not None


def _is_selling(line: str, from_end: int) -> bool:
    """Say whether a line sells the paper: two words for subscribing and the like in a short line or near the end."""
    if len(line) > (300 if from_end <= _END else 140):
        return False
    return len(set(_selling().findall(_plain_case(line)))) > 1


@cache
def _selling() -> re2._Regexp[str]:
    listed = sorted({_plain_case(phrase) for _, phrase in load("selling_words")}, key=len, reverse=True)
    # Words of scripts without blanks may begin anywhere.
    return re2.compile("|".join((r"\b" if word.isascii() else "") + re.escape(word) for word in listed))


@cache
def _furniture() -> dict[str, re.Pattern[str]]:
    """Return the patterns of furniture by the first letters of what they match: nearly every line has none."""
    stems: dict[str, list[str]] = {}
    for phrase in sorted({_plain_case(phrase) for _, phrase in load("furniture_lines")}, key=len, reverse=True):
        stems.setdefault(phrase.removesuffix("$").lstrip("(")[:_STEM], []).append(phrase.lstrip("("))
    return {stem: re.compile("|".join(map(_beginning, listed))) for stem, listed in stems.items()}


def _beginning(phrase: str) -> str:
    if phrase.endswith("$"):
        return re.escape(phrase[:-1]) + r"[\s:.…!?]*$"
    return re.escape(phrase) + r"(?!\w)"


def _without_repetition(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Drop a long paragraph that stands there twice: a pull quote, or a layout for phones beside one for desks."""
    seen: set[str] = set()
    for line, folded in pairs:
        if len(line) <= 80:
            yield line
        elif folded not in seen:
            seen.add(folded)
            yield line


def _extract(tree: HtmlElement, page: Page, *, fast: bool) -> list[str]:
    # trafilatura copies the tree it is given, and needs no metadata from us: we have read it.
    document = bare_extraction(tree, url=page.url or None, fast=fast, include_comments=False, with_metadata=False)
    told = document.text if document is not None and not isinstance(document, dict) else None
    return lines_of(told or "")


def _without_layout_tables(tree: HtmlElement) -> HtmlElement:
    """Make blocks of the tables that lay a page out: to trafilatura a row is one line, whatever stands in its cells."""
    for table in [table for table in tree.iter("table") if table.find(".//h1") is not None]:
        for part in list(table.iter("table", "tbody", "tr", "td", "th")):
            part.tag = "div"
    return tree


def _without_updates(lines: list[str], page: Page) -> list[str]:
    """Leave out the updates of a live blog: the page's data names each as a posting of its own."""
    items = [item for _, node in page.graph.nodes
             for item in page.graph.follow(node, "liveBlogUpdate") if isinstance(item, dict)]  # fmt: skip
    updates = [fold(f"{json_text(item.get('headline')) or ''} {json_text(item.get('articleBody')) or ''}")
               for item in items]  # fmt: skip
    if not updates:
        return lines
    headlines = {fold(json_text(item.get("headline")) or "") for item in items} - {""}
    found = (at for at, line in enumerate(lines) if fold(line) in headlines or _stands_in(line, updates))
    first = next(found, len(lines))
    # What comes after the first update is updates, whether or not the data holds them all.
    return lines[:first] if _size(lines[:first]) >= _SHORTEST else lines


def _stands_in(line: str, texts: list[str]) -> bool:
    folded = fold(line)
    return len(folded) >= 12 and any(folded in text for text in texts)


def _refereed(lines: list[str], page: Page) -> tuple[str, ...]:
    """Let a long JSON-LD articleBody judge: it replaces a body that misses most of it, and drops long foreign lines."""
    told = json_text((page.article or {}).get("articleBody")) or ""
    if len(told) < _REFEREE:
        return tuple(lines)
    if _is_told(lines, told):
        return tuple(lines)
    known = _shingles(told)
    covered = sum((_shingles(" ".join(lines)) & known).values()) / max(1, sum(known.values()))
    if covered < 0.4:
        raw = (page.article or {})["articleBody"]
        return tuple(line for part in re.split(r"\n+|</p>|<br\s*/?>", str(raw)) if (line := _plain(part)))
    if covered < 0.8:
        return tuple(lines)
    return tuple(line for line in lines if len(line) < _LONG_LINE or _share(line, known) > 0.3)


def _is_told(lines: list[str], told: str) -> bool:
    """Say whether a text holds every long line word for word, and little else: then there is nothing to judge."""
    whole = fold(told)
    folded = [fold(line) for line in lines if len(line) >= _LONG_LINE]
    return 2 * sum(map(len, folded)) >= len(whole) and all(line in whole for line in folded)


def _plain(part: str) -> str:
    return squeeze(re.sub(r"<[^<>]*>", " ", json_text(part) or ""))


def _share(line: str, known: Counter[tuple[str, ...]]) -> float:
    own = _shingles(line)
    return sum((own & known).values()) / max(1, sum(own.values()))


def _shingles(told: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", told.casefold())
    if len(words) < len(told) / 15:  # a script without blanks: characters are its words
        words = [sign for sign in told if sign.isalnum()]
    if len(words) < 4:
        return Counter([tuple(words)])
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))

"""The story in the page's own data, where the page itself is a stub that a script would fill.

Frameworks put what they will draw into scripts: ``__NEXT_DATA__``, Next.js' ``self.__next_f`` rows, Nuxt's state and
many of a kind. Their shapes differ and change; what they share is that a story is the longest marked-up string in
them. It is taken only where it speaks of what the headline and the description speak of.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import fragment_fromstring

from crawler.reading.dom import blocks, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.reading.page import Page

_STRING = re.compile(r'"((?:[^"\\]|\\.){40,})"', re.DOTALL)
_MARKUP = re.compile(r"<(?:p|br|div|h[2-4])\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\W{2,}\w+\W{2,}")  # where an advert would be put
_ARC = re.compile(r'"content_elements"\s*:\s*(?=\[)')
_ARC_TEXT = frozenset({"text", "paragraph", "header", "raw_html"})
_MOST_LISTS = 20  # related stories have a list each
_DECODER = json.JSONDecoder(strict=False)
_LEAST = 400  # letters of a story
_LEAST_SHARED = 0.3  # of the headline's and description's letter triples
_MOST = 5 * 2**20  # letters of script looked at
_DEPTH = 3  # strings within strings: JSON written into JSON


def told(page: Page) -> list[str]:
    """Return the lines of the story in the page's scripts, or none."""
    description, _ = page.first_meta("og:description", "description", "twitter:description")
    title, _ = page.first_meta("og:title", "twitter:title")
    wanted = _triples(fold(f"{title or page.tree.findtext('.//title') or ''} {description or ''}"))
    if not wanted:
        return []
    best: list[str] = []
    source = "\n".join(script.text for script in page.code)[:_MOST]
    stories = itertools.chain(_elements(source), map(_lines, dict.fromkeys(_marked_up(source))))
    for lines in stories:
        text = "".join(lines)
        if len(text) > max(_LEAST, sum(map(len, best))) and _shared(wanted, text) >= _LEAST_SHARED:
            best = lines
    return best


def _elements(source: str) -> Iterator[list[str]]:
    """Yield the stories told in Arc's form, one object a paragraph (github.com/washingtonpost/ans-schema)."""
    for found in itertools.islice(_ARC.finditer(source), _MOST_LISTS):
        try:
            elements, _ = _DECODER.raw_decode(source, found.end())
        except (ValueError, RecursionError):
            continue
        told = (item.get("content") for item in elements if isinstance(item, dict) and item.get("type") in _ARC_TEXT)
        yield [line for content in told if isinstance(content, str) for line in _lines(content)]


def _marked_up(source: str) -> Iterator[str]:
    level = [source]
    for _ in range(_DEPTH):
        strings = [string for text in level for string in _strings(text)]
        yield from (string for string in strings if _MARKUP.search(string) and '":' not in string)
        # Next.js cuts its rows anywhere, so they are put together again before one looks inside.
        level = ["".join(strings)]


def _strings(text: str) -> Iterator[str]:
    for found in _STRING.finditer(text):
        try:
            yield json.loads(f'"{found.group(1)}"', strict=False)
        except ValueError:
            continue


def _lines(markup: str) -> list[str]:
    try:
        element = fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, ValueError):
        return []
    for foreign in element.xpath(".//script|.//style|.//figure|.//*[contains(@class, 'caption')]"):
        foreign.drop_tree()
    return [line for line in blocks(element) if not _PLACEHOLDER.fullmatch(line)]


def _triples(folded: str) -> frozenset[str]:
    return frozenset(folded[at : at + 3] for at in range(len(folded) - 2))


def _shared(wanted: frozenset[str], text: str) -> float:
    return len(wanted & _triples(fold(text))) / len(wanted)

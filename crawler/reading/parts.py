"""The further pages of a story that is served in parts: where they are, and whether a page is one of them.

A part has the story's own address and a page number: ``/story/2/`` (WordPress), ``/story/page/2/``, ``?page=2``. A
number set into the last word of the path (``story-2.html``) may be another story's address, so there the link's text
must be that number too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.reading.addresses import comparable, strip_tracking
from crawler.reading.dom import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

MOST = 20  # pages of one story; more is a gallery or a trap
_PAGE_PARAMETERS = ("page", "pg", "pagina", "strana")
_NUMBERED = re.compile(
    rf"(?:^|[/_,-])\d{{1,2}}(?:/|\.\w+)?\s*(?:[?#]|$)|(?:{'|'.join(_PAGE_PARAMETERS)})=\d", re.IGNORECASE
)
_NUMBERED_PATH = re.compile(r"^(?P<base>.+?)(?:/page)?/(?P<number>\d{1,2})/?$")
_NUMBERED_WORD = re.compile(r"^(?P<base>.+)[-_,](?P<number>\d{1,2})(?P<kind>\.\w+)$")


def parts_of(pages: Iterable[Page]) -> tuple[str, ...]:
    """Return the addresses of a story's pages from the second on, in order, as its pages known so far name them.

    They end where a number is missing: what follows could not be joined.
    """
    known = list(pages)
    story = comparable(known[0].url)
    named: dict[int, str] = {}
    for page in known:
        for address, told in _links(page):
            found = _split(address, told)
            if found is not None and comparable(found[0]) == story and found[1] >= 2:
                named.setdefault(found[1], address)
    whole: list[str] = []
    while (number := len(whole) + 2) in named and number <= MOST:
        whole.append(named[number])
    return tuple(whole)


def is_further(page: Page) -> bool:
    """Say whether a page is a further one of a story: its address is numbered, and it leads back to the first."""
    for split in filter(None, (_by_query(page.url), _by_path(page.url), _by_word(page.url))):
        base, number = comparable(split[0]), split[1]
        if number >= 2 and any(comparable(address) == base for address in _back(page)):
            return True
    return False


def _back(page: Page) -> Iterator[str]:
    for link in page.tree.xpath("//link[@rel='prev' or @rel='canonical']/@href"):
        yield page.absolute(link)
    for link in page.tree.xpath("//a[@href]"):
        if text_of(link).strip() == "1":
            yield page.absolute(link.get("href"))


def _links(page: Page) -> Iterator[tuple[str, str]]:
    for link in page.tagged("link"):
        if link.get("rel") == "next" and link.get("href"):
            yield strip_tracking(page.absolute(link.get("href"))), ""
    for link in page.tagged("a"):
        # A cheap look first: a page has hundreds of links, and a part's ends in a number or has one for its page.
        if _NUMBERED.search(link.get("href") or "") and not _is_of_comments(link):
            yield strip_tracking(page.absolute(link.get("href"))), text_of(link).strip()


def _is_of_comments(link: HtmlElement) -> bool:
    return any(
        "comment" in f"{element.get('id') or ''} {element.get('class') or ''}".lower()
        for element in link.iterancestors()
    )


def _split(address: str, told: str) -> tuple[str, int] | None:
    """Return the story's address and the page number that a part's address is made of; None for any other."""
    found = _by_query(address) or _by_path(address)
    if found is None and told.isdecimal():
        found = _by_word(address)
        found = found if found is not None and found[1] == int(told) else None
    return found


def _by_query(address: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return None
    numbers = [value for name, value in pairs if name.lower() in _PAGE_PARAMETERS]
    if len(numbers) != 1 or not re.fullmatch(r"\d{1,2}", numbers[0]):
        return None
    rest = urlencode([(name, value) for name, value in pairs if name.lower() not in _PAGE_PARAMETERS])
    return urlunsplit(parts._replace(query=rest)), int(numbers[0])


def _by_path(address: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = _NUMBERED_PATH.fullmatch(parts.path)
    return (urlunsplit(parts._replace(path=found["base"])), int(found["number"])) if found else None


def _by_word(address: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = _NUMBERED_WORD.fullmatch(parts.path)
    return (urlunsplit(parts._replace(path=found["base"] + found["kind"])), int(found["number"])) if found else None

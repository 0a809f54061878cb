"""Who may read a story: free, metered or walled, as its page says or shows. None where it does neither.

Sources: Google's markup of paywalled content (isAccessibleForFree, hasPart; content_tier) and, for pages without, the
box in which paywalls of the usual systems (Piano, Leaky Paywall, MemberPress, Paid Memberships Pro, Newspack …) ask the
reader to sign in or to pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.reading.attributes import NamePattern
from crawler.reading.dom import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

_NOT_FREE = ("false", "no", "0")
_TIERS = {"free": "free", "metered": "metered", "locked": "walled"}
_GATE = NamePattern(
    r"(?:^|[\s_-])(?:paywall|pay-wall|regwall|registration-wall|subscription-wall|subscriber-wall|content-gate|article-gate|"
    r"premium-gate|locked-content|content-locked|pmpro_content_message|mepr-unauthorized|leaky_paywall|leaky-paywall|"
    r"rcp-restricted|memberful-gate|tp-modal|piano-offer)(?:$|[\s_-])"
)
_MOST_WORDS_OF_GATE = 80  # more is the story itself, in the element that Google's markup calls .paywall
_MOST_WORDS_OF_TEASER = 80  # a paragraph; a gate that stays hidden must not make short news walled
_BREAKS_OFF = ("…", "...", "[…]", "[...]")


def access_of(page: Page, paragraphs: Sequence[str]) -> tuple[str | None, str]:
    """Return how far a story may be read without paying, and where that was read.

    A gate over a whole text is one that comes down after some stories a month: ``metered``. Over a teaser, which is
    short or breaks off, it is a wall.
    """
    told = [part.get("isAccessibleForFree") for part in _stated(page)]
    said = [str(value).strip().lower().rsplit("/", 1)[-1] for value in told if value is not None]
    if said:
        return "walled" if any(value in _NOT_FREE for value in said) else "free", "json-ld"
    tier, _ = page.first_meta("article:content_tier")
    if tier and tier.lower() in _TIERS:
        return _TIERS[tier.lower()], "meta article:content_tier"
    if any(_is_gate(element, page) for element in page.classed(_GATE)):
        return "walled" if _is_teaser(paragraphs) else "metered", "dom paywall"
    return None, ""


def _stated(page: Page) -> Iterator[dict[str, Any]]:
    article = page.article or {}
    yield article
    parts = article.get("hasPart")
    yield from (part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict))


def _is_gate(element: HtmlElement, page: Page) -> bool:
    if element.tag in ("html", "body") or page.scope.is_foreign(element):
        return False
    asks = element.find(".//a") is not None or element.find(".//button") is not None
    return asks and 0 < len(text_of(element).split()) <= _MOST_WORDS_OF_GATE


def _is_teaser(paragraphs: Sequence[str]) -> bool:
    if not paragraphs or paragraphs[-1].rstrip().endswith(_BREAKS_OFF):
        return True
    return sum(len(paragraph.split()) for paragraph in paragraphs) < _MOST_WORDS_OF_TEASER

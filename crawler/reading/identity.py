"""What a page calls its article: its canonical address and the ids that outlive a change of address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.records import Identity
from crawler.reading.addresses import host_of, is_front_page, strip_tracking
from crawler.reading.jsonld import text

if TYPE_CHECKING:
    from crawler.reading.page import Page


def canonical_of(page: Page) -> str | None:
    """Return the canonical address, absolute; None for one that points to a front page, which no story has.

    Some systems print the front page as canonical on every page; taken at its word it would make them one article.
    """
    links = [link.get("href") for link in page.tagged("link") if (link.get("rel") or "").lower() == "canonical"]
    for address in [*links, *page.meta.get("og:url", ())]:
        absolute = page.absolute(address or "")
        if not absolute.startswith(("http://", "https://")):
            continue
        is_root = is_front_page(absolute)
        if not is_root or (is_front_page(page.url) and host_of(absolute) == host_of(page.url)):
            return absolute
    return None


def identities_of(page: Page, canonical: str | None) -> tuple[Identity, ...]:
    """Return the article's identities, strongest first: WordPress post id, JSON-LD identifier, address."""
    found = [Identity(kind="wp", value=page.post_id)] if page.post_id else []
    named = (page.article or {}).get("identifier")
    if isinstance(named, str | int) and not isinstance(named, bool) and text(named):
        found.append(Identity(kind="ld", value=text(named) or ""))
    address = canonical or page.url
    return (*found, Identity(kind="url", value=strip_tracking(address))) if address else tuple(found)

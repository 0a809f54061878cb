"""Which of the addresses that a listing gives may be a story of this site. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from courlan import is_not_crawlable
from courlan.filters import is_navigation_page, path_filter

if TYPE_CHECKING:
    from crawler.site import Site

# What only says where a reader came from, or asks for a form; the page is the same without it.
_NOISE = re.compile(r"utm_\w+|fbclid|gclid|replytocom|share", re.IGNORECASE)
_NO_STORY = re.compile(
    r"""
    ^/?$                                                            # the front page
    | /(feed|rss|atom)(/|$) | \.(rss|rdf|atom)$
    | ^/wp-(json|content|admin|includes|login)
    | /(tag|tags|author|authors|category|categories|search|page)/   # archives of many stories
    | ^/\d{4}(/\d{2}){0,2}/?$                                       # date archives
    | \.(jpe?g|png|gif|webp|avif|svg|ico|css|js|pdf|mp[34]|m4a|ogg|wav|webm|mov|avi|zip|gz|xml|docx?|xlsx?|pptx?)$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NO_STORY_QUERY = re.compile(r"(^|&)(s|feed|attachment_id|author|cat|tag|paged)=", re.IGNORECASE)


# Beside words, what addresses of stories have and those of lists and house pages seldom: a date, a long number.
_DATED = re.compile(r"/(19|20)\d\d[/-]?(\d{1,2}|[a-z]{3})\b[/-]?(\d{1,2}\b)?[^?]*[a-z0-9]{3}", re.IGNORECASE)
_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})(?:[/-](\d{1,2}))?(?=[/-]|$)")
_NUMBERED = re.compile(r"(?<!\d)\d{4,}(?!\d)|[_~;-][0-9a-f]{8,}|[_-]id?\d{3,}|[a-z]\d{3,}\.[a-z]{3,5}$", re.IGNORECASE)
_LISTING_QUERY = re.compile(r"(^|&)(page|paged|p|start|offset|max-results|updated-max)=\d*", re.IGNORECASE)
_STORY_QUERY = re.compile(r"(^|&)(p|id|artnr|article|story|nid|aid|news_?id|view=article&id)=\d{2,}", re.IGNORECASE)
_LIST_PATH = re.compile(
    r"[/_-](page|seite|pagina)[/-]\d+/?$|/(labels?|secciones|topics?|tema|etiqueta)/|_archive\.html$", re.IGNORECASE
)
_HOUSE = re.compile(
    r"/(about|contact|privacy|terms|advertis\w*|subscri\w*|cookies?|impressum|datenschutz|imprint|site-?map|log-?in|sign-?(in|up)"
    r"|register|newsletter|careers|jobs|agb|kontakt|team|faq|help|shop|donate|support-us|e-?paper|disclaimer|policy|rules"
    r"|live|weather|tv-guide|podcasts?|archive|archives|mediadaten|abo)\b[^/]*/?$",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.[a-z]{3,5}$", re.IGNORECASE)
# A headline as an address has at least so many words; the name of a section seldom has more than "arts and culture".
_WORDS_OF_A_HEADLINE = 3
_JOINS = {"and", "und", "y", "et", "e", "i", "of", "for", "the", "de", "der", "en", "at"}


def clean(url: str) -> str:
    """Return an address without fragment and without the parameters that do not choose the page."""
    try:
        parts = urlsplit(url.strip())
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url
    query = parts.query
    if any(_NOISE.fullmatch(name) for name, _ in pairs):
        query = urlencode([(name, value) for name, value in pairs if not _NOISE.fullmatch(name)])
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, query, ""))


def hosts(site: Site) -> frozenset[str]:
    """Return the host names, without ``www.`` and with their port, that a site's stories may have."""
    return frozenset(host_of(url) for url in (site.url, *site.former_urls))


def refused(url: str, site: Site) -> str | None:
    """Say why an address is not asked for as a story of this site; None when it is."""
    try:
        parts = urlsplit(url)
        host = host_of(url)
    except ValueError:
        return "bad address"
    if parts.scheme not in ("http", "https"):
        return "bad address"
    if host not in hosts(site):
        return "other host"
    if site.discover.article is not None:
        # The site's own pattern is the last word: it may put stories below /category/.
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return None if re.search(site.discover.article, path) else "not the site's article pattern"
    # /?p=312347 is a story on the front page's path.
    if parts.query and parts.path in ("", "/"):
        return "not a story" if _NO_STORY_QUERY.search(parts.query) else None
    return "not a story" if _NO_STORY.search(parts.path) else None


def looks_like_story(url: str, learned: str | None = None) -> bool:
    """Say whether an address found on a page is more likely a story than a list, a form or a page about the house.

    ``learned`` is an expression that the site's known stories match. What has neither its shape, a date nor a number
    must then be something else; without it, the words of a headline are enough.
    """
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if learned is not None and re.search(learned, path):
        return True
    if _LIST_PATH.search(parts.path) or _HOUSE.search(parts.path) or is_not_crawlable(url):
        return False
    if _STORY_QUERY.search(parts.query) and "cat=" not in parts.query:
        # /tag/131/?p=8 is the eighth page of a list; /?p=8123 is a story.
        return not (is_navigation_page(parts.path) and _LISTING_QUERY.search(parts.query))
    if _LISTING_QUERY.search(parts.query) or not path_filter(parts.path, parts.query):
        return False
    if _DATED.search(parts.path) or _is_numbered(parts.path):
        return True
    return learned is None and not is_navigation_page(parts.path) and _is_headline(parts.path)


def published_in(url: str) -> tuple[date, date] | None:
    """Return the first and the last day that a story may be of by its address, which carries a day or a month."""
    found = _DATE.search(urlsplit(url).path)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    try:
        first = date(year, month, int(found[3] or 1))
    except ValueError:
        return None
    return first, first if found[3] else date(year, month, monthrange(year, month)[1])


def _is_numbered(path: str) -> bool:
    """Say whether the last two parts of a path carry a number that is more than a year or a page."""
    for part in path.rstrip("/").split("/")[-2:]:
        for found in _NUMBERED.finditer(f"/{part}"):
            if not re.fullmatch(r"(19|20)\d\d", found[0]) and re.search(r"\d", found[0]):
                return True
    return False


def _is_headline(path: str) -> bool:
    folders = [folder for folder in path.split("/") if folder]
    words = [word for word in re.split(r"[-_+ ]|%20|%21", _ENDING.sub("", folders[-1])) if word] if folders else []
    meaning = [word for word in words if word.lower() not in _JOINS]
    return len(words) >= _WORDS_OF_A_HEADLINE and len(meaning) >= _WORDS_OF_A_HEADLINE


def host_of(url: str) -> str:
    """Return the host name of an address, without ``www.`` and with its port."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{parts.port}" if parts.port else host

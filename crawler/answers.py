"""What an answer means for the story that was asked for: it is there, it is gone, or we were kept out. Pure.

Structure decides before words: a header that names a challenge, a theme's own mark of its "not found" page, a redirect
to the front page. Words are the last resort and are few: they must be a whole part of the page's title or its heading.
A block or a fault says nothing of a story, so it never makes one gone.
"""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from crawler.discovery.links import host_of, hosts
from crawler.reading.addresses import comparable, is_front_page
from crawler.reading.charset import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.site import Site

WORDS = Path(__file__).parent / "answers.toml"

REFUSALS = (403, 429, 503)
"""Statuses of a server that does not want us, or not now."""

# A page that has or shows more than this is no challenge, whatever scripts it loads.
_MARKUP_OF_A_CHALLENGE = 100_000
_LETTERS_OF_A_CHALLENGE = 3000
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,300}>([^<]{0,500})", re.IGNORECASE)
_HEADING = re.compile(r"<h1\b[^>]{0,500}>(.{0,800}?)</h1", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"<body\b[^>]{0,3000}", re.IGNORECASE)
_CLASS = re.compile(r"""\sclass\s*=\s*["']([^"']*)""", re.IGNORECASE)
_TAG = re.compile(r"<(script|style|noscript|template)\b.{0,200000}?</\1\s*>|<!--.{0,20000}?-->|<[^>]{0,5000}>",
                  re.IGNORECASE | re.DOTALL)  # fmt: skip
# What a story says of itself in its head: no "not found" page does.
_STORY = re.compile(
    r"""article:published_time|["']datePublished["']|["']@type["']\s*:\s*["'](?:\w*NewsArticle|BlogPosting|Article)["']""",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s+[-–—|·•:»«/]+\s+|[|»«]")
_HOST = re.compile(r"\s\S+\.\S+$")  # "… before accessing panublion.example"
_EDGES = " \t\n.!?:;…'\"“”‘’()[]«»-–—"


class Meaning(StrEnum):
    """What an answer means."""

    PAGE = "page"  # there is something to read
    UNCHANGED = "unchanged"  # 304
    MOVED = "moved"  # a redirect to an address that may be a story
    ABSENT = "absent"  # 404, or what means the same
    REMOVED = "removed"  # 410
    BLOCKED = "blocked"  # a challenge, 403, 429, 503, a gate: it says nothing of the story
    FAILED = "failed"  # any other answer, or none


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer means, and why, where the status alone does not say so."""

    meaning: Meaning
    why: str | None = None


def meaning(status: int | None, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Answer:
    """Return what an answer means. ``headers`` are (name, value) pairs, ``body`` is decoded of transfer and packing."""
    told = {name.lower(): value for name, value in headers}
    if status is None:
        return Answer(Meaning.FAILED)
    if status == 304:
        return Answer(Meaning.UNCHANGED)
    text = decode(body, charset_in(told.get("content-type"))) if body else ""
    if why := challenge(status, told, text):
        return Answer(Meaning.BLOCKED, why)
    if status in REFUSALS:
        return Answer(Meaning.BLOCKED, f"answered {status}")
    if status in (404, 410):
        return Answer(Meaning.ABSENT if status == 404 else Meaning.REMOVED)
    if 300 <= status < 400:
        return Answer(Meaning.MOVED)
    if status != 200:
        return Answer(Meaning.FAILED)
    why = not_found(text)
    return Answer(Meaning.ABSENT, why) if why else Answer(Meaning.PAGE)


def charset_in(content_type: str | None) -> str | None:
    """Return the charset that a Content-Type header names."""
    found = _CHARSET.search(content_type or "")
    return found[1] if found else None


# ------------------------------------------------------------------ challenges


def challenge(status: int, headers: dict[str, str], text: str) -> str | None:
    """Say by what a page is known that only asks whether we are a person; None for any other."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "challenge: cf-mitigated"
    if "x-sucuri-block" in headers:
        return "challenge: x-sucuri-block"
    if headers.get("x-datadome", "").lower() == "protected" and status != 200:
        return "challenge: x-datadome"
    if len(text) > _MARKUP_OF_A_CHALLENGE:
        return None
    folded = text.lower()
    mark = next((mark for mark in _lists()["challenge_marks"]["any"] if mark in folded), None)
    if mark is None and not _is_said(text, "challenge_titles"):
        return None
    if _STORY.search(text) or len(_shown(text)) > _LETTERS_OF_A_CHALLENGE:
        return None
    return f"challenge: {mark or _title(text)}"


# ------------------------------------------------------------------ soft 404


def not_found(text: str) -> str | None:
    """Say why a page that was answered with 200 is a "not found" page; None for any other."""
    body = _BODY.search(text)
    names = _CLASS.search(body[0]) if body else None
    if names and "error404" in names[1].split():  # get_body_class of WordPress
        return "soft 404: body class error404"
    said = _is_said(text, "not_found")
    return f"soft 404: {said}" if said and not _STORY.search(text) else None


def _is_said(text: str, name: str) -> str | None:
    """Return the words of a list that are a whole part of the page's title or its whole main heading."""
    words = _phrases(name)
    heading = _HEADING.search(text)
    parts = [_fold(_HOST.sub("", part)) for part in _PARTS.split(_title(text))]
    if heading:
        parts.append(_fold(_TAG.sub(" ", heading[1])))
    return next((part for part in parts if part in words), None)


def _title(text: str) -> str:
    found = _TITLE.search(text)
    return html.unescape(" ".join(found[1].split())) if found else ""


def _shown(text: str) -> str:
    return " ".join(_TAG.sub(" ", text).split())


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", html.unescape(text)).casefold().strip(_EDGES).split())


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def _phrases(name: str) -> frozenset[str]:
    return frozenset(_fold(phrase) for phrases in _lists()[name].values() for phrase in phrases)


# ------------------------------------------------------------------ redirects


def redirected(asked: str, target: str, site: Site) -> Answer:
    """Return what a redirect from a story's address means, by the address it leads to alone.

    Removed stories are sent to the front page or a section: as much as a 404. A gate carries the address it is for.
    """
    if is_gate(asked, target):
        return Answer(Meaning.BLOCKED, "redirected to a gate: login, wall or consent")
    if not on_site(target, site):
        return Answer(Meaning.MOVED)
    if is_front_page(target) and not is_front_page(asked):
        return Answer(Meaning.ABSENT, "redirected to the front page")
    if comparable(target) in {comparable(section) for section in site.discover.sections or ()}:
        return Answer(Meaning.ABSENT, "redirected to a section page")
    return Answer(Meaning.MOVED)


def on_site(target: str, site: Site) -> bool:
    """Say whether an address is one of the paper's own: a host that was sold tells nothing of its stories."""
    try:
        return host_of(target) in hosts(site)
    except ValueError:
        return False


def is_gate(asked: str, target: str) -> bool:
    """Say whether a redirect leads to a page that will send the reader back: its query names the address asked for."""
    try:
        path, query = urlsplit(asked).path, urlsplit(target).query
    except ValueError:
        return False
    return len(path.strip("/")) > 1 and path.rstrip("/") in unquote(unquote(query))

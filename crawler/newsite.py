"""What a survey of a site found, and the site file that says it: every line with the place it was read at. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tldextract

from crawler.discovery.about import Fact
from crawler.discovery.links import host_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from archive import Capture, Reading

# The list of public suffixes that comes with the library, which would otherwise fetch it; blogspot.com is one of them.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a look at a site found. A list holds one fact for each address, the best first."""

    url: str
    title: Fact
    country: Fact
    timezone: Fact
    languages: Fact  # of a tuple of codes
    wordpress: Fact | None = None
    feeds: tuple[Fact, ...] = ()
    sitemaps: tuple[Fact, ...] = ()
    sections: tuple[str, ...] = ()
    article: Fact | None = None
    samples: tuple[tuple[Capture, Reading], ...] = field(default=(), repr=False)

    @property
    def tells_all(self) -> bool:
        """Whether a signal tells of every story; a feed has only the newest."""
        return bool(self.sitemaps) or bool(self.wordpress and self.wordpress.value)


def name_for(url: str, title: str) -> str:
    """Return a spider name for a site: its domain without what all domains have, or its title where it has none."""
    host = urlsplit(url).hostname or ""
    plain = unicodedata.normalize("NFKD", _suffixes(host).domain if _suffixes(host).suffix else title)
    name = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")
    return name or re.sub(r"[^a-z0-9]+", "-", host_of(url)).strip("-")


def site_text(survey: Survey, day: date) -> str:
    """Return the text of a site file."""
    read = len(survey.samples)
    lines = [
        *_line("title", json.dumps(survey.title.value, ensure_ascii=False), survey.title.source),
        *_line("url", json.dumps(survey.url), "as it answered"),
        *_line("country", json.dumps(survey.country.value), survey.country.source),
        *_line("languages", _list(survey.languages.value), survey.languages.source),
        *_line("timezone", json.dumps(survey.timezone.value), survey.timezone.source),
        *_line("confirmed", "false", "until a visit has shown that these facts hold"),
        *_line("evidence", json.dumps(f"scrapy newsite on {day}: the front page and {read} stories were read"), ""),
        "",
        "[discover]",
        *_discover(survey),
    ]
    return "\n".join(lines) + "\n"


def _discover(survey: Survey) -> Iterator[str]:
    if survey.wordpress is not None:
        yield from _line("wordpress", json.dumps(survey.wordpress.value), survey.wordpress.source)
    for name, facts in (("feeds", survey.feeds), ("sitemaps", survey.sitemaps)):
        if facts:
            yield from _listed(name, facts)
    if survey.sections and not survey.tells_all:
        yield "# from the menu of the front page"
        yield from _listed("sections", [Fact(url, "") for url in survey.sections])
    if survey.article is not None and survey.article.value:
        yield from _line("article", f"'{survey.article.value}'", survey.article.source)
    elif survey.article is not None:
        yield f"# no article pattern: {survey.article.source}"


def _line(name: str, value: str, comment: str) -> Iterator[str]:
    line = f"{name:<9} = {value}"
    if comment and len(line) + len(comment) > 112:
        yield f"# {name}: {comment}"
        yield line
    else:
        yield f"{line}   # {comment}" if comment else line


def _listed(name: str, facts: Sequence[Fact]) -> Iterator[str]:
    if len(facts) == 1:
        yield from _line(name, _list([facts[0].value]), facts[0].source)
        return
    yield f"{name:<9} = ["
    for fact in facts:
        yield f"    {json.dumps(fact.value)}," + (f"   # {fact.source}" if fact.source else "")
    yield "]"


def _list(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)

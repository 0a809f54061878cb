"""A look at a site that has no file yet: a few questions on the same polite road as a visit, and what they tell."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest

from crawler.discovery import about, probe, wordpress
from crawler.discovery import links as judge
from crawler.discovery.about import Fact
from crawler.discovery.feeds import read_feed
from crawler.discovery.sections import sections_in_page
from crawler.discovery.shapes import article_pattern
from crawler.discovery.sitemaps import holds_stories, read_sitemap
from crawler.errors import CrawlerError, ListingError, ReadingError, SurveyError
from crawler.newsite import Survey
from crawler.pages import charset, not_a_page
from crawler.reading import Page, read_capture
from crawler.site import Site
from crawler.zones import zones_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from lxml.html import HtmlElement
    from scrapy.http import Response

    from archive import Capture, Link, Reading
    from crawler.discovery.listing import Listing

logger = logging.getLogger(__name__)

# Where feeds are that no front page names, the commonest first.
_FEEDS = ("/feed/", "/rss.xml", "/feed.xml", "/rss", "/atom.xml", "/index.xml")
_MOST_LISTINGS = 3  # of each kind that are asked for
_MOST_TRIES = 6  # pages that are asked for as stories
_SAMPLES = 3  # stories that are read
_LEAST_LETTERS = 300  # a page with less text of its own is no story to learn a site from
# A sub-sitemap with stories, by its name.
_STORY_MAPS = ("news", "post", "article", "story", "noticia")


class Asker(Spider):
    """Asks for one page after the other on the polite road of a visit; ``found`` or ``error`` says what came of it."""

    site: Site
    found: Any = None
    error: CrawlerError | None = None

    async def start(self) -> AsyncIterator[Request]:
        """Do the work; nothing is left for Scrapy to schedule."""
        try:
            self.found = await self.work()
        except CrawlerError as error:
            self.error = error
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def work(self) -> Any:
        """Return what was found; raise CrawlerError saying why nothing was."""
        raise NotImplementedError

    async def ask(self, url: str, **meta: Any) -> Response:
        """Return the answer to one request, redirects followed; raise SurveyError if none came."""
        try:
            response = await self.crawler.engine.download_async(Request(url, meta=meta))
        except IgnoreRequest as error:
            raise SurveyError(_refusal(url, str(error))) from error
        except Exception as error:  # whatever kept it from us: a name, a connection, a certificate
            said = str(error).strip() or type(error).__name__
            raise SurveyError(f"{url}: not reachable: {said}") from error
        logger.info("%s: %d: %s", self.name, response.status, response.url)
        return response

    async def page(self, url: str) -> tuple[Capture, Reading]:
        """Return a page as captured and as read; raise SurveyError if none came."""
        response = await self.ask(url)
        capture: Capture = response.meta["capture"]
        if response.status != 200:
            raise SurveyError(f"{url}: answered {response.status}")
        if reason := not_a_page(capture):
            raise SurveyError(f"{url}: {reason}")
        return capture, await self.read(capture)

    async def read(self, capture: Capture) -> Reading:
        """Return the reading of a page, made beside the loop that fetches."""
        args = (capture.payload, capture.url, charset(capture), capture.fetched_at, self.site)
        return await asyncio.to_thread(read_capture, *args)


def _refusal(url: str, why: str) -> str:
    if "unreachable" in why:
        return f"{url}: not reachable: robots.txt is not answered, and without it nothing else is asked"
    if "robots" in why.lower():
        return f"{url}: robots.txt forbids it: a site that does not want us is not asked"
    if why == "private address":
        return f"{url}: an address inside a private network; HEMEROTECA_ALLOW_PRIVATE=1 allows it"
    return f"{url}: not asked for: {why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the operator knows better than the site tells."""

    name: str = ""
    title: str | None = None
    country: str | None = None
    timezone: str | None = None


@dataclass(slots=True)
class _Listings:
    """The listings that answered, and the stories they gave."""

    facts: dict[str, list[Fact]] = field(default_factory=lambda: {"feed": [], "sitemap": []})
    stories: dict[str, Link] = field(default_factory=dict)  # from what holds stories only: REST, feeds
    mapped: dict[str, Link] = field(default_factory=dict)  # from sitemaps, which hold other pages too


class SurveySpider(Asker):
    """Finds out what a site file says. A dozen requests, and three stories read."""

    def __init__(self, url: str, told: Told | None = None, **other: Any) -> None:
        self.told = told or Told()
        self.url = url
        super().__init__(name=self.told.name or judge.host_of(url), **other)
        self.site = Site.unknown(url)

    async def work(self) -> Survey:
        """Return what the site tells of itself; raise SurveyError if it is no news site or does not answer."""
        tree = await self._front()
        if urlsplit(self.url).path != "/" and await self._is_story(self.front):
            self.url = urljoin(self.url, "/")
            tree = await self._front()
        named = await self._optional(urljoin(self.url, "/robots.txt"), dont_obey_robotstxt=True)
        root, home = await self._wordpress()
        title, country, timezone = self._facts(tree, home)
        self.site = Site(name=self.name, title=title.value, url=self.url, country=country.value,
                         timezone=timezone.value, confirmed=False)  # fmt: skip
        listings = _Listings()
        posts = await self._posts(root, listings) if home is not None else None
        await self._feeds(listings)
        await self._sitemaps(probe.sitemaps_in_robots(named.body, named.url) if named else (), listings)
        links = about.links_of(tree, self.url)
        samples = await self._samples(listings, links)
        sections = tuple(url for url in sections_in_page(self.front.payload, self.url) if url not in listings.stories)
        return Survey(
            url=self.url, title=title, country=country, timezone=timezone,
            languages=_languages(samples, about.language_tag(tree)), wordpress=posts,
            feeds=tuple(listings.facts["feed"]), sitemaps=tuple(listings.facts["sitemap"]), sections=sections,
            article=_pattern(listings, sections, self.site), samples=samples,
        )  # fmt: skip

    async def _front(self) -> HtmlElement:
        response = await self.ask(self.url)
        if response.status != 200:
            raise SurveyError(
                f"{self.url}: answered {response.status}: the site does not answer us; nothing is written"
            )
        parts = urlsplit(response.url)
        self.url = urlunsplit((parts.scheme, parts.netloc, parts.path or "/", "", ""))
        self.front = response.meta["capture"]
        if reason := not_a_page(self.front):
            raise SurveyError(f"{self.url}: {reason}: nothing to make a site file of")
        try:
            return Page.parse(self.front.payload, self.url, charset(self.front), self.front.fetched_at).tree
        except ReadingError as error:
            raise SurveyError(f"{self.url}: {error}: nothing to make a site file of") from error

    async def _is_story(self, capture: Capture) -> bool:
        """Say whether somebody has named a story instead of the paper."""
        return _tells_enough(await self.read(capture))

    async def _optional(self, url: str, **meta: Any) -> Response | None:
        """Return an answer with 200; None for any other: what is not there is no fault of the site."""
        try:
            response = await self.ask(url, **meta)
        except SurveyError as error:
            logger.info("%s: %s", self.name, error)
            return None
        return response if response.status == 200 else None

    async def _wordpress(self) -> tuple[str, dict[str, Any] | None]:
        root = wordpress.root_in_page(self.front.payload, self.url) or wordpress.usual_root(self.url)
        answer = await self._optional(root)
        return root, about.wordpress_home(answer.body) if answer else None

    def _facts(self, tree: HtmlElement, home: dict[str, Any] | None) -> tuple[Fact, Fact, Fact]:
        given = {name: Fact(value, f"given with --{name}") for name in ("title", "country", "timezone")
                 if (value := getattr(self.told, name))}  # fmt: skip
        title = given.get("title") or about.title_of(tree, home) or Fact(judge.host_of(self.url), "its host")
        country = given.get("country") or about.country_of(self.url, tree, home)
        if country is None:
            raise SurveyError(f"{self.url}: nothing says in which country it is; give it with --country PH")
        zone = given.get("timezone") or about.timezone_of(country.value, home, self.front.fetched_at)
        if zone is None:
            some = ", ".join(zones_of(country.value)[:6])
            raise SurveyError(f"{self.url}: {country.value} has several time zones; name one with --timezone: {some} …")
        return title, country, zone

    # ------------------------------------------------------------------ listings

    async def _posts(self, root: str, listings: _Listings) -> Fact:
        found = await self._listing(wordpress.posts_address(root), wordpress.read_posts)
        if found is None:
            return Fact(False, "wp-json answers, but gives no posts")
        listings.stories |= self._stories(found.links)
        return Fact(True, f"wp-json: {_count(found.links, 'post')} in a page")

    async def _feeds(self, listings: _Listings) -> None:
        named = probe.feeds_in_page(self.front.payload, self.url)
        for url in named[:_MOST_LISTINGS] or (urljoin(self.url, path) for path in _FEEDS):
            found = await self._listing(url, read_feed)
            if found is not None and (stories := self._stories(found.links)):
                where = "named by the front page" if named else "found at a common address"
                listings.facts["feed"].append(Fact(url, f"{where}; {_count(stories, 'story')}"))
                listings.stories |= stories
                if not named:
                    return

    async def _sitemaps(self, named: Sequence[str], listings: _Listings) -> None:
        parts_of_others: set[str] = set()
        for url in named[:_MOST_LISTINGS] or probe.usual_sitemaps(self.url):
            found = None if url in parts_of_others else await self._listing(url, read_sitemap)
            if found is None:
                continue
            parts_of_others |= set(found.more)
            stories, parts = self._stories(found.links), [more for more in found.more if holds_stories(more)]
            for more in sorted(parts, key=_is_story_map, reverse=True)[: _MOST_LISTINGS - 1]:
                part = await self._listing(more, read_sitemap)
                stories |= self._stories(part.links) if part else {}
            if stories:
                where = "named by robots.txt" if named else "found at a common address"
                what = f"an index of {_count(found.more, 'sitemap')}" if found.more else _count(stories, "address")
                listings.facts["sitemap"].append(Fact(url, f"{where}; {what}"))
                listings.mapped |= stories
                if not named:
                    return

    async def _listing(self, url: str, read: Callable[[bytes, str], Listing]) -> Listing | None:
        answer = await self._optional(url)
        if answer is None:
            return None
        try:
            return await asyncio.to_thread(read, answer.body, answer.url)
        except ListingError as error:
            logger.info("%s: %s: %s", self.name, error, url)
            return None

    def _stories(self, links: Iterable[Link]) -> dict[str, Link]:
        cleaned = {judge.clean(link.url): link for link in links}
        return {url: link for url, link in cleaned.items() if not judge.refused(url, self.site)}

    # ------------------------------------------------------------------ stories

    async def _samples(self, listings: _Listings, links: Sequence[str]) -> tuple[tuple[Capture, Reading], ...]:
        """Read the newest stories; raise SurveyError if no page can be read as one."""
        newest = sorted(listings.mapped, key=lambda url: _dated(listings.mapped[url]), reverse=True)
        linked = sorted((url for url in links if not judge.refused(url, self.site)), key=len, reverse=True)
        tried = list(dict.fromkeys([*listings.stories, *newest, *linked]))[:_MOST_TRIES]
        samples: list[tuple[Capture, Reading]] = []
        reasons: Counter[str] = Counter()
        for url in tried:
            try:
                capture, reading = await self.page(url)
            except SurveyError as error:
                reasons[str(error)] += 1
                continue
            if _tells_enough(reading):
                samples.append((capture, reading))
            else:
                reasons[f"{url}: {reading.reason or 'hardly any text'}"] += 1
            if len(samples) == _SAMPLES:
                break
        if not samples:
            why = f" ({reasons.most_common(1)[0][0]})" if reasons else ""
            raise SurveyError(
                f"{self.url}: no article found on {_count(tried, 'page')} tried{why}: not a news site, or one whose "
                "pages need a browser; nothing is written"
            )
        return tuple(samples)


def _tells_enough(reading: Reading) -> bool:
    return reading.outcome == "read" and len(reading.body) >= _LEAST_LETTERS


def _languages(samples: Sequence[tuple[Capture, Reading]], tag: Fact | None) -> Fact:
    found = Counter(reading.language for _, reading in samples if reading.language)
    said = f"; {tag.source} is {tag.value}" if tag else ""
    codes = tuple(code for code, _ in found.most_common())
    return Fact(codes or ("en",), f"as {_count(samples, 'story')} read{said}" if codes else "nothing said which")


def _pattern(listings: _Listings, sections: Sequence[str], site: Site) -> Fact:
    """Return the article pattern that the addresses of stories show, or why there is none."""
    stories = list(listings.stories or listings.mapped)
    pattern = article_pattern(stories, [site.url, *sections])
    if pattern is None:
        return Fact(None, f"{_count(stories, 'address')} of stories have no form that other pages do not have")
    matching = Site(name=site.name, title=site.title, url=site.url)
    outside = [url for url in listings.mapped if judge.refused(url, _with(matching, pattern))]
    if len(outside) > len(listings.mapped) // 10:
        return Fact(None, f"of {_count(listings.mapped, 'address')} in sitemaps {len(outside)} have another form than "
                          f"the newest stories: {outside[0]}")  # fmt: skip
    return Fact(pattern, f"the form of {_count(stories, 'story')} seen")


def _with(site: Site, pattern: str) -> Site:
    return Site(name=site.name, title=site.title, url=site.url, discover=type(site.discover)(article=pattern))


def _is_story_map(url: str) -> bool:
    name = urlsplit(url).path.rpartition("/")[2].lower()
    return any(word in name for word in _STORY_MAPS)


def _dated(link: Link) -> str:
    at = link.lastmod or link.published
    return at.isoformat() if at else ""


def _count(items: Any, what: str) -> str:
    many = {"story": "stories", "address": "addresses"}.get(what, f"{what}s")
    return f"{len(items)} {what if len(items) == 1 else many}"

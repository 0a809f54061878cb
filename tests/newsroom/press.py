"""A paper's site: which address answers what, and what moves on a page from request to request."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tests.newsroom import skin_bisaya, skin_coastal, skin_highland, skin_lakeside, skin_sever
from tests.newsroom.assets import asset
from tests.newsroom.feeds import feed, json_feed
from tests.newsroom.markup import Sheet, Teaser, Template, esc, grouped, printed_today
from tests.newsroom.readers import comments_below
from tests.newsroom.responses import HTML, Response, listing, redirect
from tests.newsroom.rest import rest
from tests.newsroom.sitemaps import page_paths, section_path, sitemap

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.newsroom.newsroom import Newsroom
    from tests.newsroom.papers import Paper
    from tests.newsroom.stories import Edition, Story

SKINS = {
    "lakeside": skin_lakeside,
    "coastal": skin_coastal,
    "highland": skin_highland,
    "bisaya": skin_bisaya,
    "sever": skin_sever,
}
HIDDEN = "/embargo/"  # robots.txt keeps it out; a link on the front page leads there
_PER_PAGE = 10
_FORBIDDEN = Response(status=403, body=b"<p>Forbidden</p>")


class Moment:
    """What all pages of a paper share while the clock stands still."""

    def __init__(self, press: Press) -> None:
        newsroom, paper = press.newsroom, press.paper
        self.at = newsroom.now
        self.base = press.base
        self.live = newsroom.live(paper.name)[::-1]
        self.responses: dict[str, Response | Template] = {}
        teasers = [press.teaser(story, edition) for story, edition in self.live[:45]]
        items = [press.show(press.skin.item, story, edition) for story, edition in self.live[:45]]
        by_views = sorted(range(len(items)), key=lambda number: -newsroom.views(self.live[number][0]))[:12]
        self.latest = "".join(items[:5]).encode(paper.charset, "xmlcharrefreplace")
        self.popular = _windows([items[number] for number in by_views], 1, paper.charset)
        self.random = _windows(items[5:] or items, 11, paper.charset)
        self.comments_on = [(teaser.url, esc(teaser.title)) for teaser in teasers] or [(f"{press.base}/", paper.title)]
        self.today = printed_today(self.at.astimezone(paper.zone), paper.language)


def _windows(items: list[str], step: int, charset: str) -> list[bytes]:
    """Return five items for each place to begin at, joined and encoded."""
    many = len(items)
    picks = [dict.fromkeys((first + number * step) % many for number in range(5)) for first in range(many)]
    return ["".join(items[number] for number in pick).encode(charset, "xmlcharrefreplace") for pick in picks] or [b""]


class Press:
    """Answers requests for one paper out of the newsroom. What does not move is printed once."""

    def __init__(self, newsroom: Newsroom, paper: Paper) -> None:
        self.newsroom = newsroom
        self.paper = paper
        self.base = newsroom.bases[paper.name]
        self.skin = SKINS[paper.name]
        self.serial = 0
        self._printed: dict[tuple[int, object], tuple[Template, str]] = {}
        self._moment: Moment | None = None
        self._html = HTML.format(paper.charset)
        self._routes = self._all_routes()

    @property
    def moment(self) -> Moment:
        """The shared parts as of now."""
        if self._moment is None or self._moment.at != self.newsroom.now:
            self._moment = Moment(self)
        return self._moment

    def respond(self, target: str) -> Response:
        """Return the answer to a path and query."""
        self.serial += 1
        path, _, query = target.partition("?")
        story = self.newsroom.find(self.paper.name, path)
        if story is not None:
            return self._story(story, path)
        if self.paper.name == "coastal" and path.endswith("/amp/"):
            story = self.newsroom.find(self.paper.name, path.removesuffix("amp/"))
            if story is not None:
                return self._story(story, path.removesuffix("amp/"), amp=True)
        return self._other(target, path, query)

    def teaser(self, story: Story, edition: Edition) -> Teaser:
        """Return what lists show of a story."""
        text = story.text(edition)
        return Teaser(
            id=story.id,
            title=text.title,
            url=self.newsroom.url(story, edition.slug),
            section=story.section,
            label=self.paper.sections[story.section],
            excerpt=text.standfirst or text.sentences[0][0],
            published=story.published.astimezone(self.paper.zone),
        )

    def show(self, part: Callable[[Teaser, str, str], str], story: Story, edition: Edition) -> str:
        """Return an entry or a sidebar item with the counters of now."""
        views = grouped(self.paper, self.newsroom.views(story))
        return part(self.teaser(story, edition), views, str(self.newsroom.comments(story)))

    # Stories

    def _story(self, story: Story, path: str, amp: bool = False) -> Response:
        at = self.moment.at
        edition = story.edition(at)
        if edition is None:
            return self._missing(404)
        if path != story.path(edition.slug):
            used = {step.slug for step in story.editions if step.start <= at}
            is_former = any(path == story.path(slug) for slug in used)
            return redirect(self.newsroom.url(story, edition.slug)) if is_former else self._missing(404)
        if edition.status != "live":
            return self._missing(410 if edition.status == "removed_410" else 404)
        template, digest = self._print(story, edition, amp)
        views = self.newsroom.views(story)
        etag, modified = f'"{digest}"', edition.changed_at
        if self.paper.validators_follow_views:
            etag = f'"{digest}-{views:x}"'
            modified = max(modified, at.replace(minute=0, second=0, microsecond=0))
        comments = self.newsroom.comments(story)
        url = self.newsroom.url(story, edition.slug)
        voices = comments_below(self.paper.name, self.paper.language, url, story.id, comments)
        values = self._values(views, comments) | {"readers": voices.encode(self.paper.charset, "xmlcharrefreplace")}
        body = template.fill(values)
        return Response(body=body, content_type=self._html, etag=etag, modified=modified.astimezone(UTC))

    def _print(self, story: Story, edition: Edition, amp: bool) -> tuple[Template, str]:
        key = (story.id, (edition.start, amp))
        printed = self._printed.get(key)
        if printed is None:
            sheet = self._sheet(story, edition)
            page = skin_coastal.amp(sheet) if amp else self._page(sheet)
            words = "\n".join((sheet.text.title, sheet.text.standfirst or "", *sheet.text.paragraphs, sheet.url))
            digest = hashlib.sha1(f"{words}{amp}{edition.modified}".encode()).hexdigest()[:20]
            printed = self._printed[key] = Template(page, self.paper.charset), digest
        return printed

    def _page(self, sheet: Sheet) -> str:
        title, head = sheet.text.title, self.skin.head(sheet)
        return self.skin.frame(
            self.paper, self.base, title, head, self.skin.body_attributes(sheet), self.skin.story(sheet)
        )

    def _sheet(self, story: Story, edition: Edition) -> Sheet:
        others = self.newsroom.neighbours(story, 8)
        related = tuple(self.teaser(other, other.edition(edition.start) or other.editions[0]) for other in others)
        return Sheet(
            paper=self.paper,
            base=self.base,
            story=story,
            edition=edition,
            text=story.text(edition),
            url=self.newsroom.url(story, edition.slug),
            related=related,
        )

    def _values(self, views: int, comments: int) -> dict[str, bytes]:
        moment, serial = self.moment, self.serial
        url, title = moment.comments_on[serial % len(moment.comments_on)]
        nonce = f"{serial * 2654435761 % 2**40:010x}"
        text = {0: "No Comments", 1: "1 Comment"}.get(comments, f"{comments} Comments")
        ad = f'<a href="https://ads.example/click?n={serial}">Advertisement {serial}</a>'
        texts = {
            "views": grouped(self.paper, views),
            "comments": str(comments),
            "comments_text": text,
            "today": moment.today,
            "nonce": nonce,
            "ad": f'<div class="ad-slot" id="ad-{nonce}">{ad}</div>',
            "random_url": url,
            "random_title": title,
        }
        values = {name: value.encode(self.paper.charset, "xmlcharrefreplace") for name, value in texts.items()}
        values["readers"] = b""
        values["latest"] = moment.latest
        values["popular"] = moment.popular[serial % len(moment.popular)]
        values["random"] = moment.random[serial * 7 % len(moment.random)]
        return values

    # Everything else

    def _other(self, target: str, path: str, query: str) -> Response:
        answers = self.moment.responses
        if target not in answers:
            answers[target] = self._make(path, dict(parse_qsl(query, keep_blank_values=True)))
        answer = answers[target]
        if isinstance(answer, Response):
            return answer
        return Response(body=answer.fill(self._values(0, 0)), content_type=self._html)

    def _make(self, path: str, query: dict[str, str]) -> Response | Template:
        for pattern, make in self._routes:
            found = pattern.fullmatch(path)
            if found:
                answer = make(found, query)
                return self._missing(404) if answer is None else answer
        return self._missing(404)

    def _all_routes(self) -> list[tuple[re.Pattern[str], Callable[..., Response | Template | None]]]:
        routes = [
            (r"/", self._front),
            (r"/robots\.txt", self._robots),
            (rf"{HIDDEN}.+", self._hidden),
            (r"/wp-admin/.*", lambda found, query: _FORBIDDEN),
            (r"/([a-z_0-9-]*sitemap[a-z_0-9-]*\.xml(?:\.gz)?)", self._sitemap),
            (re.escape(self.paper.feed), self._feed),
            (r"/feed\.json", self._json_feed),
            ("|".join(map(re.escape, page_paths(self.paper))), self._plain_page),
            (self._section_pattern(), self._section),
            (r"/.+\.(?:jpg|png|css|woff2|js)", lambda found, query: asset(found[0])),
            (r"/tags?/([^/]+)/?", self._tag),
        ]
        if self.paper.wordpress:
            routes += [
                (r"/wp-json(/.*)?", lambda found, query: rest(self.newsroom, self.paper, found[0], query)),
                (r"(/author/([^/]+)/)(?:page/(\d+)/)?", self._author),
                (r"(/(\d{4}/\d\d)/)(?:page/(\d+)/)?", self._month),
            ]
        return [(re.compile(pattern), make) for pattern, make in routes]

    def _section_pattern(self) -> str:
        slugs = "|".join(self.paper.sections)
        if self.paper.name == "highland":
            return rf"/sections/({slugs})()"
        return rf"/{'category/' if self.paper.wordpress else ''}({slugs})/(?:page/(\d+)/)?"

    def _front(self, found: re.Match[str], query: dict[str, str]) -> Response | Template | None:
        if query.get("p", "").isdigit() and self.paper.wordpress:
            return self._shortlink(int(query["p"]))
        hidden = self.newsroom.hidden(self.paper.name)
        link = f'<p class="exclusive"><a href="{self.base}{HIDDEN}{hidden.own_slug}/">{esc(hidden.title)}</a></p>'
        return self._list(self.paper.title, self.moment.live[:15], link)

    def _shortlink(self, number: int) -> Response | None:
        try:
            story = self.newsroom.story(self.paper.name, number)
        except KeyError:
            return None
        edition = story.edition(self.moment.at)
        if edition is None or edition.status != "live":
            return None
        return redirect(self.newsroom.url(story, edition.slug))

    def _robots(self, found: re.Match[str], query: dict[str, str]) -> Response:
        lines = ["User-agent: *", "Disallow: /wp-admin/", f"Disallow: {HIDDEN}", ""]
        lines += [f"Sitemap: {self.base}/{name}" for name in ("sitemap_index.xml", "news-sitemap.xml")]
        return listing("\n".join([*lines, ""]).encode(), "text/plain; charset=utf-8")

    def _hidden(self, found: re.Match[str], query: dict[str, str]) -> Template:
        story = self.newsroom.hidden(self.paper.name)
        return Template(self._page(self._sheet(story, story.editions[0])), self.paper.charset)

    def _sitemap(self, found: re.Match[str], query: dict[str, str]) -> Response | None:
        return sitemap(self.newsroom, self.paper, found[1])

    def _feed(self, found: re.Match[str], query: dict[str, str]) -> Response | None:
        page = query.get("paged", "1") if self.paper.wordpress else "1"
        return feed(self.newsroom, self.paper, int(page)) if page.isdigit() else None

    def _json_feed(self, found: re.Match[str], query: dict[str, str]) -> Response | None:
        page = query.get("page", "1")
        return json_feed(self.newsroom, self.paper, int(page)) if page.isdigit() else None

    def _plain_page(self, found: re.Match[str], query: dict[str, str]) -> Template:
        name = "About" if "about" in found[0] else "Contact"
        return self._frame(name, f"<h1>{name}</h1><p>{esc(self.paper.title)}: {esc(self.paper.motto)}.</p>")

    def _section(self, found: re.Match[str], query: dict[str, str]) -> Template | None:
        start = query.get("start", "0")
        number = int(found[2] or 1) + (int(start) // _PER_PAGE if start.isdigit() else 0)
        stories = [both for both in self.moment.live if both[0].section == found[1]]
        chosen = stories[(number - 1) * _PER_PAGE : number * _PER_PAGE]
        if not chosen and number > 1:
            return None
        address = self.base + section_path(self.paper, found[1], number + 1)
        older = f'<nav class="pagination"><a class="next" rel="next" href="{address}">{number + 1} &raquo;</a></nav>'
        return self._list(self.paper.sections[found[1]], chosen, older if len(stories) > number * _PER_PAGE else "")

    def _tag(self, found: re.Match[str], query: dict[str, str]) -> Template:
        wanted = found[1].replace("-", " ")
        stories = [both for both in self.moment.live if wanted in {tag.lower() for tag in both[0].tags}]
        return self._list(wanted.capitalize(), stories[:_PER_PAGE])

    def _author(self, found: re.Match[str], query: dict[str, str]) -> Template | None:
        stories = [both for both in self.moment.live if found[2] in {author.slug for author in both[0].authors}]
        return self._paged(found, stories[0][0].names[0], stories) if stories else None

    def _month(self, found: re.Match[str], query: dict[str, str]) -> Template | None:
        zone = self.paper.zone
        stories = [both for both in self.moment.live if f"{both[0].published.astimezone(zone):%Y/%m}" == found[2]]
        return self._paged(found, found[2], stories) if stories else None

    def _paged(self, found: re.Match[str], heading: str, stories: list[tuple[Story, Edition]]) -> Template | None:
        number = int(found[3] or 1)
        chosen = stories[(number - 1) * _PER_PAGE : number * _PER_PAGE]
        if not chosen:
            return None
        address = f"{self.base}{found[1]}page/{number + 1}/"
        older = f'<nav class="pagination"><a class="next" href="{address}">Older posts</a></nav>'
        return self._list(heading, chosen, older if len(stories) > number * _PER_PAGE else "")

    def _list(self, heading: str, stories: list[tuple[Story, Edition]], more: str = "") -> Template:
        entries = "\n".join(self.show(self.skin.entry, story, edition) for story, edition in stories)
        return self._frame(heading, f'<h1 class="page-title">{esc(heading)}</h1>\n{entries}\n{more}')

    def _missing(self, status: int) -> Response:
        heading = "Gone" if status == 410 else "Page not found"
        page = self._frame(heading, f"<h1>{heading}</h1><p>Nothing was found at this address.</p>")
        return Response(status=status, body=page.fill(self._values(0, 0)), content_type=self._html)

    def _frame(self, title: str, main: str) -> Template:
        page = self.skin.frame(self.paper, self.base, title, "", 'class="archive"', main)
        return Template(page, self.paper.charset)

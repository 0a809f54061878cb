"""The sitemap index of a paper and the sitemaps below it."""

# ruff: noqa: E501 - markup stands as it is sent

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.newsroom.markup import esc
from tests.newsroom.responses import Response, listing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.newsroom.newsroom import Newsroom
    from tests.newsroom.papers import Paper

_XML = "text/xml; charset=UTF-8"
_PER_FILE = 100
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = timedelta(hours=48)

Entry = tuple[str, datetime | None]


def sitemap(newsroom: Newsroom, paper: Paper, name: str) -> Response | None:
    """Return a sitemap by its file name; None where the paper has no such file."""
    if name == "news-sitemap.xml":
        return _news(newsroom, paper)
    files = _files(newsroom, paper)
    if name == "sitemap_index.xml":
        return _index(newsroom, paper, files)
    entries = files.get(name)
    if entries is None:
        return None
    urls = "\n".join(f"<url><loc>{esc(url)}</loc>{_lastmod(at)}</url>" for url, at in entries)
    body = f"{_HEAD}<urlset {_SPACE}>\n{urls}\n</urlset>\n".encode()
    if name.endswith(".gz"):
        return listing(gzip.compress(body, mtime=0), "application/gzip", _newest(entries))
    return listing(body, _XML, _newest(entries))


def _files(newsroom: Newsroom, paper: Paper) -> dict[str, list[Entry]]:
    base = newsroom.bases[paper.name]
    dated = paper.name != "highland"
    posts: list[Entry] = [
        (newsroom.url(story, edition.slug), edition.modified if dated else None)
        for story, edition in newsroom.live(paper.name)
    ]
    ending = ".xml.gz" if paper.name == "coastal" else ".xml"
    files: dict[str, list[Entry]] = {
        f"post-sitemap{1 + first // _PER_FILE}{ending}": posts[first : first + _PER_FILE]
        for first in range(0, max(1, len(posts)), _PER_FILE)
    }
    founded = newsroom.start - timedelta(days=900) if dated else None
    files["page-sitemap.xml"] = [(base + path, founded) for path in page_paths(paper)]
    files["category-sitemap.xml"] = [(base + section_path(paper, slug), _newest(posts)) for slug in paper.sections]
    return files


def _index(newsroom: Newsroom, paper: Paper, files: dict[str, list[Entry]]) -> Response:
    base = newsroom.bases[paper.name]
    names = {name: _newest(entries) for name, entries in files.items()} | {"news-sitemap.xml": None}
    maps = "\n".join(f"<sitemap><loc>{base}/{name}</loc>{_lastmod(at)}</sitemap>" for name, at in names.items())
    body = f"{_HEAD}<sitemapindex {_SPACE}>\n{maps}\n</sitemapindex>\n"
    newest = max((at for at in names.values() if at), default=None)
    return listing(body.encode(), _XML, newest)


def _news(newsroom: Newsroom, paper: Paper) -> Response:
    fresh = [both for both in newsroom.live(paper.name) if both[0].published > newsroom.now - _NEWS]
    urls = "\n".join(
        f"""<url><loc>{newsroom.url(story, edition.slug)}</loc><news:news><news:publication><news:name>{esc(paper.title)}</news:name><news:language>{paper.language}</news:language></news:publication>
<news:publication_date>{story.published.astimezone(paper.zone).isoformat()}</news:publication_date><news:title>{esc(edition.title)}</news:title></news:news></url>"""
        for story, edition in reversed(fresh)
    )
    space = f'{_SPACE} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    body = f"{_HEAD}<urlset {space}>\n{urls}\n</urlset>\n"
    return listing(body.encode(), _XML, max((story.published for story, _ in fresh), default=None))


def _lastmod(at: datetime | None) -> str:
    return f"<lastmod>{at.isoformat()}</lastmod>" if at else ""


def _newest(entries: Iterable[Entry]) -> datetime | None:
    return max((at for _, at in entries if at), default=None)


def page_paths(paper: Paper) -> tuple[str, str]:
    """Return the paths of the pages that are no stories."""
    if paper.wordpress:
        return "/about/", "/contact/"
    return ("/about", "/contact") if paper.name == "highland" else ("/about.html", "/contact.html")


def section_path(paper: Paper, slug: str, page: int = 1) -> str:
    """Return the path of a page of a section."""
    if paper.name == "highland":
        return f"/sections/{slug}" + (f"?start={(page - 1) * 10}" if page > 1 else "")
    path = f"/category/{slug}/" if paper.wordpress else f"/{slug}/"
    return path + (f"page/{page}/" if page > 1 else "")

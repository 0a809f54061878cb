"""RSS 2.0, as each paper's system writes it, and a JSON feed."""

# ruff: noqa: E501 - markup stands as it is sent

from __future__ import annotations

import json
from email.utils import format_datetime
from typing import TYPE_CHECKING

from tests.newsroom.markup import esc
from tests.newsroom.responses import Response, listing

if TYPE_CHECKING:
    from tests.newsroom.newsroom import Newsroom
    from tests.newsroom.papers import Paper
    from tests.newsroom.stories import Edition, Story

_PER_PAGE = {"highland": 15, "sever": 20}
_TYPE = "application/rss+xml; charset=UTF-8"


def feed(newsroom: Newsroom, paper: Paper, page: int) -> Response | None:
    """Return a page of the feed, newest first; None beyond the end."""
    stories = newsroom.live(paper.name)[::-1]
    size = _PER_PAGE.get(paper.name, 10)
    chosen = stories[(page - 1) * size : page * size]
    if not chosen or page < 1:
        return None
    newest = max(edition.modified for _, edition in chosen)
    items = "\n".join(_item(newsroom, paper, story, edition) for story, edition in chosen)
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel>
<title>{esc(paper.title)}</title>
<atom:link href="{newsroom.bases[paper.name]}{paper.feed}" rel="self" type="application/rss+xml" />
<link>{newsroom.bases[paper.name]}/</link>
<description>{esc(paper.motto)}</description>
<lastBuildDate>{format_datetime(newest)}</lastBuildDate>
<language>{paper.locale}</language>
{items}
</channel>
</rss>
"""
    return listing(body.encode(), _TYPE, newest)


def json_feed(newsroom: Newsroom, paper: Paper, page: int) -> Response | None:
    """Return a page of the JSON feed, newest first; None beyond the end."""
    stories = newsroom.live(paper.name)[::-1]
    size = _PER_PAGE.get(paper.name, 10)
    chosen = stories[(page - 1) * size : page * size]
    if not chosen or page < 1:
        return None
    base = newsroom.bases[paper.name]
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": paper.title,
        "home_page_url": f"{base}/",
        "items": [
            {
                "id": str(story.id),
                "url": newsroom.url(story, edition.slug),
                "title": story.text(edition).title,
                "date_published": story.published.astimezone(paper.zone).isoformat(),
            }
            for story, edition in chosen
        ],
    }
    if len(stories) > page * size:
        told["next_url"] = f"{base}/feed.json?page={page + 1}"
    return listing(json.dumps(told).encode(), "application/feed+json", max(edition.modified for _, edition in chosen))


def _item(newsroom: Newsroom, paper: Paper, story: Story, edition: Edition) -> str:
    url = newsroom.url(story, edition.slug)
    text = story.text(edition)
    names = ", ".join(story.names) or paper.house
    guid = f"{newsroom.bases[paper.name]}/?p={story.id}" if paper.wordpress else url
    creator = (
        f"<author>{esc(names)}</author>"
        if paper.name == "highland"
        else f"<dc:creator><![CDATA[{names}]]></dc:creator>"
    )
    comments = f"<slash:comments>{newsroom.comments(story)}</slash:comments>" if paper.wordpress else ""
    return f"""<item>
<title>{esc(text.title)}</title>
<link>{url}</link>
{creator}
<pubDate>{format_datetime(story.published.astimezone(paper.zone))}</pubDate>
<category><![CDATA[{paper.sections[story.section]}]]></category>
<guid isPermaLink="{"false" if paper.wordpress else "true"}">{guid}</guid>
<description><![CDATA[{text.standfirst or text.sentences[0][0]}]]></description>
{comments}</item>"""

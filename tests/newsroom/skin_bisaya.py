"""The look of Tinig ng Silangan: a plain WordPress theme, no structured data, WP-PostViews as text."""

# ruff: noqa: E501 - markup stands as it is sent

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.newsroom import wordpress
from tests.newsroom.markup import Sheet, Teaser, esc, inline_style, paragraphs, printed_date, slot

if TYPE_CHECKING:
    from tests.newsroom.papers import Paper


def head(sheet: Sheet) -> str:
    """Return what the head of a story's page has of its own."""
    return f"""<link rel="canonical" href="{sheet.url}" />
<meta name="description" content="{esc(sheet.excerpt)}" />
<meta property="og:title" content="{esc(sheet.text.title)}" />
<meta property="og:url" content="{sheet.url}" />
{wordpress.links(sheet)}"""


def body_attributes(sheet: Sheet) -> str:
    """Return the attributes of the body element of a story's page."""
    return f'class="post-template-default single single-post postid-{sheet.story.id} single-format-standard"'


def _times(sheet: Sheet) -> str:
    published = sheet.published.isoformat()
    day = printed_date(sheet.published, "tl")
    if sheet.modified == sheet.published:
        return f'<time class="entry-date published updated" datetime="{published}">{day}</time>'
    return (
        f'<time class="entry-date published" datetime="{published}">{day}</time> '
        f'<time class="updated" datetime="{sheet.modified.isoformat()}">{printed_date(sheet.modified, "tl")}</time>'
    )


def story(sheet: Sheet) -> str:
    """Return the article element of a story and what stands under it."""
    standfirst = f'<p class="deck"><em>{esc(sheet.text.standfirst)}</em></p>' if sheet.text.standfirst else ""
    label = esc(sheet.paper.sections[sheet.story.section])
    shares = " ".join(f'<a class="share" href="{href}">{name}</a>' for name, href in wordpress.share_links(sheet.url))
    others = "".join(
        f'<li><a href="{other.url}">{esc(other.title)}</a> <small>{printed_date(other.published, "tl")}</small></li>'
        for other in sheet.related
    )
    return f"""<article id="post-{sheet.story.id}" class="post-{sheet.story.id} post type-post status-publish hentry">
<header class="entry-header"><p class="kicker"><a href="{sheet.base}/category/{sheet.story.section}/">{label}</a></p>
<h1 class="entry-title">{esc(sheet.text.title)}</h1>{standfirst}
<p class="byline">{esc(sheet.story.byline or "")}</p>
<div class="entry-meta"><span class="posted-on">{_times(sheet)}</span> <span class="sep">|</span> <span class="views">{slot("views")} views</span> <span class="sep">|</span> <a class="comments-link" href="{sheet.url}#comments">{slot("comments_text")}</a></div></header>
<div class="entry-content">
{paragraphs(sheet.text)}
</div>
<footer class="entry-footer">Mga paksa: {", ".join(wordpress.tag_links(sheet))}<div class="sharing">Ibahagi: {shares}</div></footer></article>
<div class="related-news"><h3>Kaugnay na balita</h3><ul>{others}</ul></div>
{wordpress.comment_form(sheet, "Mag-iwan ng puna")}"""


def item(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of a WP-PostViews widget: another story's count."""
    return f'<li><a href="{teaser.url}" title="{esc(teaser.title)}">{esc(teaser.title)}</a> - {views} views</li>'


def entry(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of a list page."""
    return f"""<article class="post-{teaser.id} hentry"><h2 class="entry-title"><a href="{teaser.url}">{esc(teaser.title)}</a></h2>
<div class="entry-meta"><time datetime="{teaser.published.isoformat()}">{printed_date(teaser.published, "tl")}</time> | <span class="views">{views} views</span></div>
<p>{esc(teaser.excerpt)}</p><a class="more-link" href="{teaser.url}">Basahin pa</a></article>"""


def _widget(title: str, name: str, kind: str) -> str:
    return f'<div class="widget {kind}"><h4 class="widgettitle">{title}</h4><ul>{slot(name)}</ul></div>'


def frame(paper: Paper, base: str, title: str, head: str, body: str, main: str) -> str:
    """Return a whole page around its main part."""
    menu = "".join(
        f'<li><a href="{base}/category/{slug}/">{esc(label)}</a></li>' for slug, label in paper.sections.items()
    )
    return f"""<!DOCTYPE html>
<html lang="tl">
<head>
<meta charset="UTF-8">
<title>{esc(title)} &#8211; {esc(paper.title)}</title>
{head}
{wordpress.site_links(paper, base)}
<link rel="stylesheet" href="{base}/wp-content/themes/payak/style.css?ver=2.1">
{inline_style("payak")}
</head>
<body {body}>
<div id="page"><header id="header"><div class="petsa">{slot("today")}</div><div class="site-name"><a href="{base}/">{esc(paper.title)}</a></div><div class="motto">{esc(paper.motto)}</div>
<ul id="nav"><li><a href="{base}/">Unang Pahina</a></li>{menu}<li><a href="{base}/about/">Tungkol sa amin</a></li><li><a href="{base}/contact/">Makipag-ugnayan</a></li></ul></header>
<div id="main"><div id="column">
{main}
</div>
<div id="sidebar">
{_widget("Pinakabagong balita", "latest", "widget_recent_entries")}
{slot("ad")}
{_widget("Pinakabinabasa", "popular", "widget_views")}
{_widget("Baka hindi mo nabasa", "random", "widget_views")}
</div></div>
<div id="footer">&copy; 2026 {esc(paper.title)}. Kabuuang bisita: 884,201 views.</div></div>
<script>var pahina = "{slot("nonce")}"; window.setTimeout(function () {{ document.body.className += " handa"; }}, 50);</script>
</body>
</html>"""

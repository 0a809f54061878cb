"""The look of the Highland Observer: a Joomla site without structured data, but for the hits Joomla writes."""

# ruff: noqa: E501 - markup stands as it is sent

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.newsroom.markup import Sheet, Teaser, esc, inline_style, paragraphs, slot

if TYPE_CHECKING:
    from datetime import datetime

    from tests.newsroom.papers import Paper

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _day(moment: datetime) -> str:
    return f"{moment.day:02d} {_MONTHS[moment.month - 1]} {moment.year}"


def head(sheet: Sheet) -> str:
    """Return what the head of a story's page has of its own: a description, nothing else."""
    return f'<meta name="description" content="{esc(sheet.excerpt)}">\n<link href="{sheet.url}" rel="canonical">'


def body_attributes(sheet: Sheet) -> str:
    """Return the attributes of the body element of a story's page."""
    return 'class="site com_content view-article no-layout no-task itemid-118"'


def _info(sheet: Sheet) -> str:
    names = " and ".join(f"<span>{esc(name)}</span>" for name in sheet.story.names or (sheet.paper.house,))
    label = esc(sheet.paper.sections[sheet.story.section])
    return f"""<dl class="article-info text-muted"><dt class="article-info-term">Details</dt>
<dd class="createdby"> Written by {names} </dd>
<dd class="category-name"> Category: <a href="{sheet.base}/sections/{sheet.story.section}">{label}</a> </dd>
<dd class="published"><span class="icon-calendar icon-fw" aria-hidden="true"></span> <time datetime="{sheet.published.isoformat()}"> Published: {_day(sheet.published)} </time></dd>
<dd class="hits"><span class="icon-eye icon-fw" aria-hidden="true"></span> <meta itemprop="interactionCount" content="UserPageVisits:{slot("views")}"> Hits: {slot("views")} </dd></dl>"""


def story(sheet: Sheet) -> str:
    """Return the article part of a story's page."""
    standfirst = f'<p class="article-subtitle">{esc(sheet.text.standfirst)}</p>' if sheet.text.standfirst else ""
    tags = " ".join(
        f'<li class="list-inline-item"><a href="{sheet.base}/tags/{tag.lower().replace(" ", "-")}" class="btn btn-sm">{esc(tag)}</a></li>'
        for tag in sheet.story.tags
    )
    related = "".join(f'<li><a href="{other.url}">{esc(other.title)}</a></li>' for other in sheet.related)
    return f"""<div class="com-content-article item-page"><div class="page-header"><h1>{esc(sheet.text.title)}</h1>{standfirst}</div>
{_info(sheet)}
<div class="icons"><ul class="actions"><li><a href="{sheet.url}?tmpl=component&amp;print=1" rel="nofollow">Print</a></li><li><a href="mailto:?subject=story">Email</a></li></ul></div>
<div class="com-content-article__body">
{paragraphs(sheet.text)}
</div>
<ul class="tags list-inline">{tags}</ul>
<nav class="pagenavigation"><a class="btn" href="{sheet.related[0].url if sheet.related else sheet.base}" rel="prev">Previous story</a></nav>
<div class="related mod-related"><h3>Related stories</h3><ul>{related}</ul></div>
<p class="votes"><span class="itemRatingLog">(14 votes)</span></p></div>"""


def item(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of a module: the hits of another story, marked up like the page's own."""
    return (
        f'<li itemscope itemtype="https://schema.org/Article"><a href="{teaser.url}" itemprop="url">'
        f'<span itemprop="name">{esc(teaser.title)}</span></a> <span class="hits">'
        f'<meta itemprop="interactionCount" content="UserPageVisits:{views}">Hits: {views}</span></li>'
    )


def entry(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of a list page."""
    return f"""<div class="blog-item"><h2><a href="{teaser.url}">{esc(teaser.title)}</a></h2>
<dl class="article-info"><dd class="published"><time datetime="{teaser.published.isoformat()}">{_day(teaser.published)}</time></dd><dd class="hits">Hits: {views}</dd></dl>
<p>{esc(teaser.excerpt)}</p><p class="readmore"><a class="btn" href="{teaser.url}">Read more: {esc(teaser.title)}</a></p></div>"""


def _module(title: str, name: str, kind: str) -> str:
    return (
        f'<div class="sidebar-right card {kind}"><h3 class="card-header">{title}</h3><div class="card-body">'
        f'<ul class="mod-list">{slot(name)}</ul></div></div>'
    )


def frame(paper: Paper, base: str, title: str, head: str, body: str, main: str) -> str:
    """Return a whole page around its main part."""
    menu = "".join(
        f'<li class="nav-item item-{101 + number}"><a href="{base}/sections/{slug}">{esc(label)}</a></li>'
        for number, (slug, label) in enumerate(paper.sections.items())
    )
    return f"""<!DOCTYPE html>
<html lang="en-gb" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Joomla! - Open Source Content Management">
<title>{esc(title)}</title>
{head}
<link href="{base}/feed.xml" rel="alternate" type="application/rss+xml" title="{esc(paper.title)}">
<link href="{base}/media/templates/site/ridge/css/template.min.css?{slot("nonce")}" rel="stylesheet">
{inline_style("ridge")}
<script type="application/json" class="joomla-script-options new">{{"csrf.token":"{slot("nonce")}","system.paths":{{"root":"","base":""}},"joomla.jtext":{{"ERROR":"Error","MESSAGE":"Message"}}}}</script>
</head>
<body {body}>
<header class="header container-header full-width"><div class="today">{slot("today")}</div>
<div class="navbar-brand"><a class="brand-logo" href="{base}/">{esc(paper.title)}</a><div class="site-description">{esc(paper.motto)}</div></div>
<nav class="container-nav"><ul class="mod-menu mod-list nav"><li><a href="{base}/">Home</a></li>{menu}<li><a href="{base}/about">About us</a></li><li><a href="{base}/contact">Contact</a></li></ul></nav></header>
<div class="site-grid"><div class="grid-child container-component"><div id="system-message-container" aria-live="polite"></div><main>
{main}
</main></div>
<div class="grid-child container-sidebar-right">
{_module("Most read", "popular", "mod-articlespopular")}
{slot("ad")}
{_module("Latest", "latest", "mod-articleslatest")}
{_module("Elsewhere on the ridge", "random", "mod-articlesnews")}
</div></div>
<footer class="container-footer footer full-width"><p>&copy; 2026 {esc(paper.title)}. Printed at Station Road.</p>
<p>We have 41 guests and no members online</p><form action="{base}/search" method="post"><input name="q"><input type="hidden" name="{slot("nonce")}" value="1"></form></footer>
<script>(function(){{var b=document.querySelector(".brand-logo");if(b){{b.dataset.ready="1";}}}})();</script>
</body>
</html>"""

"""The look of the Coastal Sentinel: a block theme with Post Views Counter and a visible byline."""

# ruff: noqa: E501 - markup stands as it is sent

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.newsroom import wordpress
from tests.newsroom.markup import Sheet, Teaser, esc, paragraphs, printed_date, slot

if TYPE_CHECKING:
    from tests.newsroom.papers import Paper


def head(sheet: Sheet) -> str:
    """Return what the head of a story's page has of its own."""
    return f'{wordpress.yoast_head(sheet)}\n{wordpress.links(sheet)}\n<link rel="amphtml" href="{sheet.url}amp/" />'


def body_attributes(sheet: Sheet) -> str:
    """Return the attributes of the body element of a story's page."""
    return f'class="wp-singular post-template-default single single-post postid-{sheet.story.id} wp-theme-harbour"'


def _byline(sheet: Sheet) -> str:
    links = [
        f'<span class="author vcard"><a class="url fn n" rel="author" href="{sheet.base}/author/{author.slug}/">'
        f"{esc(author.name)}</a></span>"
        for author in sheet.story.authors
    ]
    house = f'<span class="author vcard"><span class="fn">{esc(sheet.paper.house)}</span></span>'
    return f'<span class="byline">By {" and ".join(links) or house}</span>'


def _views(sheet: Sheet) -> str:
    return (
        f'<div class="post-views content-post post-{sheet.story.id} entry-meta load-static">'
        '<span class="post-views-icon dashicons dashicons-chart-bar"></span> '
        f'<span class="post-views-label">Post Views:</span> <span class="post-views-count">{slot("views")}</span></div>'
    )


def _about_author(sheet: Sheet) -> str:
    return "".join(
        f"""<section class="author-box" id="author-{author.slug}"><h4 class="author-box-name">About {esc(author.name)}</h4>
<div class="author-box-bio"><p>{esc(author.profile)}</p></div><a class="author-box-link" href="{sheet.base}/author/{author.slug}/">All stories</a></section>"""
        for author in sheet.story.authors
        if author.profile
    )


def story(sheet: Sheet) -> str:
    """Return the article element of a story and what stands under it."""
    label = esc(sheet.paper.sections[sheet.story.section])
    standfirst = f'<p class="entry-subtitle">{esc(sheet.text.standfirst)}</p>' if sheet.text.standfirst else ""
    updated = f'<time class="updated" datetime="{sheet.modified.isoformat()}">Updated {printed_date(sheet.modified, "en")}</time>'
    shares = "".join(
        f'<li><a class="share-{name.lower()}" href="{href}" rel="nofollow">{name} <span class="share-count">{number}</span></a></li>'
        for number, (name, href) in enumerate(wordpress.share_links(sheet.url), 11)
    )
    return f"""<article id="post-{sheet.story.id}" class="post-{sheet.story.id} post type-post status-publish format-standard hentry category-{sheet.story.section}">
<header class="entry-header"><span class="cat-links"><a href="{sheet.base}/category/{sheet.story.section}/" rel="category tag">{label}</a></span>
<h1 class="entry-title">{esc(sheet.text.title)}</h1>{standfirst}
<div class="entry-meta"><span class="posted-on"><a href="{sheet.url}" rel="bookmark"><time class="entry-date published" datetime="{sheet.published.isoformat()}">{printed_date(sheet.published, "en")}</time>{updated}</a></span>
{_byline(sheet)} <span class="comments-link"><a href="{sheet.url}#comments">{slot("comments_text")}</a></span></div></header>
<ul class="share-buttons"><li class="share-label">Share this</li>{shares}</ul>
<figure class="post-thumbnail"><img src="{sheet.image}" width="1068" height="712" alt="" loading="lazy" /><figcaption>File photo</figcaption></figure>
<div class="entry-content">
{paragraphs(sheet.text)}
{_views(sheet)}
</div><!-- .entry-content -->
<footer class="entry-footer"><span class="tags-links">Tagged {", ".join(wordpress.tag_links(sheet))}</span></footer>
</article>
{_about_author(sheet)}
<section class="related-posts"><h2>More from the strait</h2><ul>{"".join(f'<li><a href="{other.url}">{esc(other.title)}</a> <span class="date">{printed_date(other.published, "en")}</span></li>' for other in sheet.related)}</ul></section>
{wordpress.comment_form(sheet, "Leave a Comment")}"""


def amp(sheet: Sheet) -> str:
    """Return the AMP page of a story: the same text, another look, the canonical address of the real page."""
    return f"""<!doctype html><html amp lang="{sheet.paper.locale}"><head><meta charset="utf-8">
<title>{esc(sheet.text.title)}</title><link rel="canonical" href="{sheet.url}">
<meta name="viewport" content="width=device-width"><script async src="https://cdn.ampproject.org/v0.js"></script></head>
<body class="amp-mode"><header><a href="{sheet.base}/">{esc(sheet.paper.title)}</a></header>
<article class="amp-wp-article"><h1 class="amp-wp-title">{esc(sheet.text.title)}</h1>
<div class="amp-wp-byline">{esc(sheet.story.byline or "")}</div><time datetime="{sheet.published.isoformat()}">{printed_date(sheet.published, "en")}</time>
<div class="amp-wp-article-content">
{paragraphs(sheet.text)}
</div></article><footer>{slot("nonce")}</footer></body></html>"""


def item(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of the Post Views Counter widget: another story's count."""
    return (
        f'<li><span class="post-thumbnail"><img src="/wp-content/uploads/{teaser.id}-150x150.jpg" alt=""></span>'
        f'<a class="post-title" href="{teaser.url}">{esc(teaser.title)}</a> <span class="count">({views})</span>'
        f' <span class="comment-count">{comments}</span></li>'
    )


def entry(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of a list page."""
    return f"""<article class="post-{teaser.id} post hentry"><h2 class="entry-title"><a href="{teaser.url}" rel="bookmark">{esc(teaser.title)}</a></h2>
<div class="entry-meta"><time class="entry-date" datetime="{teaser.published.isoformat()}">{printed_date(teaser.published, "en")}</time>
<span class="comments-link"><a href="{teaser.url}#comments">{comments}</a></span></div>
<div class="entry-summary"><p>{esc(teaser.excerpt)}</p><div class="post-views post-{teaser.id} entry-meta"><span class="post-views-label">Post Views:</span> <span class="post-views-count">{views}</span></div></div></article>"""


def _widget(title: str, name: str) -> str:
    return (
        f'<section class="widget widget_post_views_counter_list_widget"><h2 class="widget-title">{title}</h2>'
        f"<ul>{slot(name)}</ul></section>"
    )


def frame(paper: Paper, base: str, title: str, head: str, body: str, main: str) -> str:
    """Return a whole page around its main part."""
    menu = "".join(
        f'<li class="menu-item"><a href="{base}/category/{slug}/">{esc(label)}</a></li>'
        for slug, label in paper.sections.items()
    )
    return f"""<!DOCTYPE html>
<html lang="{paper.locale}" class="no-js">
<head>
<meta charset="UTF-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{esc(title)} - {esc(paper.title)}</title>
{head}
{wordpress.site_links(paper, base)}
<link rel="stylesheet" id="post-views-counter-frontend-css" href="{base}/wp-content/plugins/post-views-counter/css/frontend.css?ver=1.5.3" media="all" />
<style id="global-styles-inline-css">:root{{--wp--preset--color--sea:#0b4f6c;--wp--preset--color--sand:#f2e8cf}}body{{margin:0}}.entry-content>*{{max-width:680px}}</style>
</head>
<body {body}>
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<header id="masthead" class="site-header"><p class="today">{slot("today")}</p><p class="site-title"><a href="{base}/" rel="home">{esc(paper.title)}</a></p>
<p class="site-description">{esc(paper.motto)}</p><nav id="site-navigation" class="main-navigation"><ul id="primary-menu">{menu}<li><a href="{base}/about/">About</a></li><li><a href="{base}/contact/">Contact</a></li></ul></nav></header>
<div id="content" class="site-content"><main id="primary" class="site-main">
{main}
</main>
<aside id="secondary" class="widget-area">
{_widget("Most viewed this week", "popular")}
{slot("ad")}
{_widget("Latest", "latest")}
{_widget("From the archive", "random")}
<section class="widget widget_archive"><h2 class="widget-title">Archives</h2><ul><li><a href="{base}/2026/10/">October 2026</a> (41)</li><li><a href="{base}/2026/09/">September 2026</a> (38)</li></ul></section>
<section class="widget widget_blog-stats"><h2 class="widget-title">Site visits</h2><ul><li>1,402,118 hits</li></ul></section>
</aside></div>
<footer id="colophon" class="site-footer"><p>&copy; 2026 {esc(paper.title)} &middot; {esc(paper.motto)}</p><p><a href="{base}/wp-admin/">Log in</a></p></footer>
<script id="speculation">var page = {{"seen":"{slot("nonce")}","lazy":true}};document.addEventListener("scroll",function(){{page.scrolled=true}},{{once:true}});</script>
</body>
</html>"""

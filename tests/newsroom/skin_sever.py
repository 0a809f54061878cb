"""The look of the Severogorsk paper: DataLife Engine in windows-1251, with microdata."""

# ruff: noqa: E501 - markup stands as it is sent

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.newsroom.markup import Sheet, Teaser, esc, inline_style, paragraphs, printed_date, slot

if TYPE_CHECKING:
    from tests.newsroom.papers import Paper


def head(sheet: Sheet) -> str:
    """Return what the head of a story's page has of its own."""
    return f"""<meta name="description" content="{esc(sheet.excerpt)}">
<meta name="keywords" content="{esc(", ".join(sheet.story.tags).lower())}">
<link rel="canonical" href="{sheet.url}">
<meta property="og:title" content="{esc(sheet.text.title)}">
<meta property="og:url" content="{sheet.url}">"""


def body_attributes(sheet: Sheet) -> str:
    """Return the attributes of the body element of a story's page."""
    return 'class="showfull"'


def _author(sheet: Sheet) -> str:
    names = sheet.story.names or (sheet.paper.house,)
    marked = ", ".join(
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">{esc(name)}</span></span>'
        for name in names
    )
    return f'<span class="author">{"Авторы" if len(names) > 1 else "Автор"}: {marked}</span>'


def story(sheet: Sheet) -> str:
    """Return the article part of a story's page."""
    standfirst = (
        f'<div class="anons" itemprop="description">{esc(sheet.text.standfirst)}</div>' if sheet.text.standfirst else ""
    )
    label = esc(sheet.paper.sections[sheet.story.section])
    printed = f"{printed_date(sheet.published, 'ru')}, {sheet.published:%H:%M}"
    tags = ", ".join(
        f'<a href="{sheet.base}/tags/{number}/">{esc(tag)}</a>' for number, tag in enumerate(sheet.story.tags, 1)
    )
    related = "".join(f'<li><a href="{other.url}">{esc(other.title)}</a></li>' for other in sheet.related)
    return f"""<div id="dle-content"><article class="fullstory" id="news-id-{sheet.story.id}" itemscope itemtype="https://schema.org/NewsArticle">
<div class="speedbar"><a href="{sheet.base}/">Главная</a> &raquo; <a href="{sheet.base}/{sheet.story.section}/">{label}</a></div>
<h1 class="title" itemprop="headline">{esc(sheet.text.title)}</h1>
<div class="info"><time itemprop="datePublished" datetime="{sheet.published.isoformat()}">{printed}</time> | {_author(sheet)} | <span class="prosm">Просмотров: {slot("views")}</span> | <a class="argcoms" href="#dlecomments">Комментариев: {slot("comments")}</a>
<meta itemprop="dateModified" content="{sheet.modified.isoformat()}"><meta itemprop="mainEntityOfPage" content="{sheet.url}"></div>
{standfirst}
<div class="full-text" itemprop="articleBody">
{paragraphs(sheet.text)}
</div>
<div class="ratebox"><span class="ratingtypeplus">+14</span> <span id="vote-num-id-{sheet.story.id}">21</span> голос</div>
<div class="tags">Теги: {tags}</div>
<div class="share">Поделиться: <a href="https://vk.com/share.php?url={sheet.url}">ВКонтакте</a> <a href="https://t.me/share/url?url={sheet.url}">Телеграм</a></div>
</article>
<div class="related"><div class="h">Читайте также</div><ul class="relnews">{related}</ul></div>
<div id="dlecomments">{slot("readers")}
<form method="post" name="dle-comments-form" action="{sheet.url}"><textarea name="comments" rows="6"></textarea><input type="hidden" name="post_id" value="{sheet.story.id}"><input type="hidden" name="user_hash" value="{slot("nonce")}"><button>Добавить</button></form></div></div>"""


def item(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of a side block: another story's counters."""
    return (
        f'<li class="topnews-item"><a href="{teaser.url}">{esc(teaser.title)}</a> '
        f'<span class="small">Просмотров: {views}, комментариев: {comments}</span></li>'
    )


def entry(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of a list page."""
    printed = printed_date(teaser.published, "ru")
    return f"""<div class="shortstory"><h2><a href="{teaser.url}">{esc(teaser.title)}</a></h2><p>{esc(teaser.excerpt)}</p>
<div class="info">{printed} | Просмотров: {views} | Комментариев: {comments} | <a href="{teaser.url}">Подробнее</a></div></div>"""


def _block(title: str, name: str) -> str:
    return f'<div class="block"><div class="h">{title}</div><ul class="topnews">{slot(name)}</ul></div>'


def frame(paper: Paper, base: str, title: str, head: str, body: str, main: str) -> str:
    """Return a whole page around its main part."""
    menu = "".join(f'<li><a href="{base}/{slug}/">{esc(label)}</a></li>' for slug, label in paper.sections.items())
    return f"""<!DOCTYPE html>
<html lang="ru">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">
<title>{esc(title)} &raquo; {esc(paper.title)}</title>
{head}
<meta name="generator" content="DataLife Engine (http://dle-news.ru)">
<link rel="alternate" type="application/rss+xml" title="{esc(paper.title)}" href="{base}/rss.xml">
<link rel="stylesheet" href="{base}/templates/Sever/style/engine.css">
{inline_style("dle")}
</head>
<body {body}>
<script>
var dle_root = '/'; var dle_login_hash = '{slot("nonce")}'; var dle_group = 5; var dle_skin = 'Sever';
</script>
<div class="wrap"><div class="head"><a class="logo" href="{base}/">{esc(paper.title)}</a> <span class="motto">{esc(paper.motto)}</span> <span class="today">{slot("today")}</span></div>
<ul class="topmenu"><li><a href="{base}/">Главная</a></li>{menu}<li><a href="{base}/about.html">О газете</a></li><li><a href="{base}/contact.html">Контакты</a></li></ul>
<div class="cols"><div class="center">
{main}
</div><div class="right">
{_block("Самое читаемое", "popular")}
{slot("ad")}
{_block("Последние новости", "latest")}
{_block("Случайное", "random")}
<div class="block poll"><div class="h">Опрос</div><p>Проголосовало: 318</p></div>
</div></div>
<div class="foot">&copy; 2026 {esc(paper.title)} <a href="#"><img src="{base}/counter.gif" title="показано число просмотров за 24 часа: 4812" alt="счётчик" width="88" height="31"></a></div></div>
</body>
</html>"""

"""The look of the Lakeside Courier: tagDiv Newspaper with the author box of Molongui, as on the founding page."""

# ruff: noqa: E501 - markup stands as it is sent

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.newsroom import wordpress
from tests.newsroom.markup import Sheet, Teaser, esc, paragraphs, printed_date, slot

if TYPE_CHECKING:
    from tests.newsroom.papers import Author, Paper


def head(sheet: Sheet) -> str:
    """Return what the head of a story's page has of its own."""
    return f"{wordpress.yoast_head(sheet)}\n{wordpress.links(sheet)}"


def body_attributes(sheet: Sheet) -> str:
    """Return the attributes of the body element of a story's page."""
    return (
        f'class="post-template-default single single-post postid-{sheet.story.id} single-format-standard '
        'td-standard-pack td-full-layout" itemscope="itemscope" itemtype="https://schema.org/WebPage"'
    )


def _share(sheet: Sheet, place: str) -> str:
    buttons = "".join(
        f'<a class="td-social-sharing-button td-social-network td-social-{name.lower()}" href="{href}">'
        f'<div class="td-social-but-icon"><i class="td-icon-{name.lower()}"></i></div>'
        f'<div class="td-social-but-text">{name}</div></a>'
        for name, href in wordpress.share_links(sheet.url)
    )
    return (
        f'<div class="td-post-sharing-{place}"><div class="td-post-sharing td-ps-bg td-ps-notext">'
        f'<div class="td-post-sharing-visible"><div class="td-social-sharing-button td-social-share-text">'
        f'<div class="td-social-but-text">Share</div></div>{buttons}</div></div></div>'
    )


def _header(sheet: Sheet) -> str:
    section = f"{sheet.base}/category/{sheet.story.section}/"
    label = esc(sheet.paper.sections[sheet.story.section])
    standfirst = f'<p class="td-post-sub-title">{esc(sheet.text.standfirst)}</p>' if sheet.text.standfirst else ""
    return f"""<div class="td-crumb-container"><div class="entry-crumbs"><span><a class="entry-crumb" href="{sheet.base}/">Home</a></span>
<i class="td-icon-right td-bread-sep"></i> <span><a title="View all posts in {label}" class="entry-crumb" href="{section}">{label}</a></span>
<i class="td-icon-right td-bread-sep"></i> <span class="td-bred-no-url-last">{esc(sheet.text.title)}</span></div></div>
<div class="td-post-header"><ul class="td-category"><li class="entry-category"><a href="{section}">{label}</a></li></ul>
<header class="td-post-title"><h1 class="entry-title">{esc(sheet.text.title)}</h1>{standfirst}
<div class="td-module-meta-info">
<div class="td-post-comments"><a href="{sheet.url}#respond"><i class="td-icon-comments"></i>{slot("comments")}</a></div>
<div class="td-post-views"><i class="td-icon-views"></i><span class="td-nr-views-{sheet.story.id}">{slot("views")}</span></div>
</div></header></div>"""


def _author_box(sheet: Sheet, author: Author | None, number: int) -> str:
    slug, name = (author.slug, author.name) if author else ("desk", sheet.paper.house)
    user = sheet.paper.authors.index(author) + 2 if author in sheet.paper.authors else 1
    bio = (
        f'<div class="m-a-box-bio" itemprop="description">\n<p>{esc(author.profile)}</p>\n</div>'
        if author and author.profile
        else ""
    )
    ref = f"{sheet.story.id}{number}"
    href = f"{sheet.base}/author/{slug}/"
    related = "\n".join(
        f"""<li><div class="m-a-box-related-entry" itemscope itemtype="http://schema.org/CreativeWork">
<div class="m-a-box-related-entry-title"><i class="m-a-icon-doc-alt"></i>
<a class="molongui-remove-underline" itemprop="url" href="{other.url}"><span itemprop="headline">{esc(other.title)}</span></a></div></div></li>"""
        for other in sheet.related[:3]
    )
    return f"""<div class="molongui-clearfix"></div>
<div id="mab-{ref}" class="m-a-box " data-plugin-release="4.9.5" data-plugin-version="free" data-box-layout="tabbed"
     data-box-position="below" data-multiauthor="{"true" if len(sheet.story.authors) > 1 else "false"}"
     data-author-id="{user}" data-author-type="user" data-author-archived="">
<div class="m-a-box-tabs">
<input type="radio" id="mab-tab-profile-{ref}" name="mab-tabs-{ref}" onclick="molonguiHandleTab(this);" checked>
<input type="radio" id="mab-tab-related-{ref}" name="mab-tabs-{ref}" onclick="molonguiHandleTab(this);">
<nav><label for="mab-tab-profile-{ref}" class="m-a-box-tab m-a-box-tab-active"><span class="m-a-box-profile-title">Author profile</span></label>
<label for="mab-tab-related-{ref}" class="m-a-box-tab "><span class="m-a-box-related-title">Related posts</span></label></nav>
<div class="m-a-box-container">
<div class="m-a-box-tab m-a-box-content m-a-box-profile" data-profile-layout="layout-1" data-author-ref="user-{user}" itemscope itemid="{href}" itemtype="https://schema.org/Person">
<div class="m-a-box-content-top"></div><div class="m-a-box-content-middle">
<!-- Author picture -->
<div class="m-a-box-item m-a-box-avatar" data-source="local"><a class="m-a-box-avatar-url" href="{href}"><img width="150" height="150" src="{sheet.base}/wp-content/uploads/2021/03/{slug}-150x150.jpg" alt="" decoding="async" itemprop="image" /></a></div>
<!-- Author data -->
<div class="m-a-box-item m-a-box-data">
<div class="m-a-box-name m-a-box-title"><h5 itemprop="name"><a class="m-a-box-name-url " href="{href}" itemprop="url">
    {esc(name)}    </a></h5></div>
<div class="m-a-box-item m-a-box-meta"></div>
{bio}
</div></div><div class="m-a-box-content-bottom"></div></div>
<div class="m-a-box-tab m-a-box-content m-a-box-related" data-related-layout="layout-1"><div class="m-a-box-content-middle">
<div class="m-a-box-item m-a-box-related-entries"><ul>
{related}
</ul></div></div></div>
</div></div></div><!-- End of .m-a-box -->"""


def story(sheet: Sheet) -> str:
    """Return the article element of a story and what stands under it."""
    boxes = [_author_box(sheet, author, number) for number, author in enumerate(sheet.story.authors)]
    tags = "".join(f"<li>{link}</li>" for link in wordpress.tag_links(sheet))
    return f"""<article id="post-{sheet.story.id}" class="post-{sheet.story.id} post type-post status-publish format-standard has-post-thumbnail category-{sheet.story.section}" itemscope itemtype="https://schema.org/Article">
{_header(sheet)}
{_share(sheet, "top")}
<div class="td-post-content tagdiv-type">
<div class="td-post-featured-image"><a href="{sheet.image}" data-caption=""><img width="696" height="464" class="entry-thumb td-modal-image" src="{sheet.image}" alt="" /></a></div>
{paragraphs(sheet.text)}
<!-- MOLONGUI AUTHORSHIP PLUGIN 4.9.5 -->
{"".join(boxes) or _author_box(sheet, None, 0)}
</div>
<footer>
<div class="td-post-source-tags"><ul class="td-tags td-post-small-box clearfix"><li><span>TAGS</span></li>{tags}</ul></div>
{_share(sheet, "bottom")}
{_next_and_previous(sheet)}
</footer></article> <!-- /.post -->
{_related(sheet)}
{wordpress.comment_form(sheet, "LEAVE A REPLY")}"""


def _next_and_previous(sheet: Sheet) -> str:
    sides = zip(("Previous article", "Next article"), ("prev", "next"), sheet.related[-2:], strict=False)
    return "".join(
        f'<div class="td-block-span6 td-post-{side}-post"><div class="td-post-next-prev-content"><span>{label}</span>'
        f'<a href="{other.url}">{esc(other.title)}</a></div></div>'
        for label, side, other in sides
    )


def _related(sheet: Sheet) -> str:
    modules = "\n".join(
        f"""<div class="td-related-span4"><div class="td_module_related_posts td-animation-stack td_mod_related_posts">
<div class="td-module-image"><div class="td-module-thumb"><a href="{other.url}" rel="bookmark" class="td-image-wrap" title="{esc(other.title)}"><img width="218" height="150" class="entry-thumb" src="{sheet.base}/wp-content/uploads/{other.id}-218x150.jpg" alt=""></a></div>
<a href="{sheet.base}/category/{other.section}/" class="td-post-category">{esc(other.label)}</a></div>
<div class="item-details"><h3 class="entry-title td-module-title"><a href="{other.url}" rel="bookmark" title="{esc(other.title)}">{esc(other.title)}</a></h3></div></div></div>"""
        for other in sheet.related[3:6]
    )
    return f"""<div class="td_block_wrap td_block_related_posts tdi_2 td_with_ajax_pagination td-pb-border-top" data-td-block-uid="tdi_2">
<h4 class="td-related-title td-block-title"><a class="td-related-left td-cur-simple-item" href="#">RELATED ARTICLES</a><a class="td-related-right" href="#">MORE FROM AUTHOR</a></h4>
<div id=tdi_2 class="td_block_inner"><div class="td-related-row">
{modules}
</div></div></div> <!-- ./block -->"""


def item(teaser: Teaser, views: str, comments: str) -> str:
    """Return a sidebar module: it shows the counters of another story, in the same markup as the page's own."""
    return f"""<div class="td-block-span12"><div class="td_module_6 td_module_wrap td-animation-stack">
<div class="td-module-thumb"><a href="{teaser.url}" rel="bookmark" class="td-image-wrap" title="{esc(teaser.title)}"><img width="100" height="70" class="entry-thumb" src="/wp-content/uploads/{teaser.id}-100x70.jpg" alt="" title="{esc(teaser.title)}"></a></div>
<div class="item-details"><h3 class="entry-title td-module-title"><a href="{teaser.url}" rel="bookmark" title="{esc(teaser.title)}">{esc(teaser.title)}</a></h3>
<div class="td-module-meta-info"><span class="td-post-date"><time class="entry-date updated td-module-date" datetime="{teaser.published.isoformat()}">{printed_date(teaser.published, "en")}</time></span>
<div class="td-module-comments"><a href="{teaser.url}#respond">{comments}</a></div><div class="td-post-views"><i class="td-icon-views"></i><span class="td-nr-views-{teaser.id}">{views}</span></div></div></div></div></div>"""


def entry(teaser: Teaser, views: str, comments: str) -> str:
    """Return an entry of a list page."""
    return f'{item(teaser, views, comments)}\n<div class="td-excerpt">{esc(teaser.excerpt)}</div>'


def _menu(paper: Paper, base: str, name: str) -> str:
    entries = "".join(
        f'<li id="menu-item-{200 + number}" class="menu-item menu-item-type-taxonomy menu-item-object-category '
        f'menu-item-{200 + number}"><a href="{base}/category/{slug}/">{esc(label)}</a></li>'
        for number, (slug, label) in enumerate(paper.sections.items())
    )
    return f'<div class="menu-main-container"><ul id="{name}" class="sf-menu"><li><a href="{base}/">Home</a></li>{entries}</ul></div>'


def _block(title: str, number: int, name: str) -> str:
    return f"""<div class="td_block_wrap td_block_7 td_block_widget tdi_{number} td-pb-border-top td-column-1" data-td-block-uid="tdi_{number}">
<div class="td-block-title-wrap"><h4 class="block-title td-block-title"><span class="td-pulldown-size">{title}</span></h4></div>
<div id=tdi_{number} class="td_block_inner">{slot(name)}</div></div> <!-- ./block -->"""


def _sidebar(base: str) -> str:
    return f"""<div class="td-pb-span4 td-main-sidebar" role="complementary"><div class="td-ss-main-sidebar">
{_block("Latest news", 5, "latest")}
{slot("ad")}
{_block("Most viewed", 6, "popular")}
{_block("You may have missed", 7, "random")}
<aside class="td_block_template_1 widget widget_recent_comments"><h4 class="block-title"><span>Recent comments</span></h4>
<ul id="recentcomments"><li class="recentcomments"><span class="comment-author-link">Tessie</span> on <a href="{slot("random_url")}#comment-311">{slot("random_title")}</a></li></ul></aside>
</div></div>"""


def frame(paper: Paper, base: str, title: str, head: str, body: str, main: str) -> str:
    """Return a whole page around its main part."""
    return f"""<!doctype html >
<!--[if gt IE 8]><!--> <html lang="{paper.locale}"> <!--<![endif]-->
<head>
<title>{esc(title)} - {esc(paper.title)}</title>
<meta charset="UTF-8" />
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<meta name='robots' content='index, follow, max-image-preview:large, max-snippet:-1, max-video-preview:-1' />
{head}
{wordpress.site_links(paper, base)}
<link rel='stylesheet' id='td-theme-css' href='{base}/wp-content/themes/Newspaper/style.css?ver=12.7' type='text/css' media='all' />
<link rel='stylesheet' id='molongui-authorship-box-css' href='{base}/wp-content/plugins/molongui-authorship/assets/css/author-box.min.css?ver=4.9.5' type='text/css' media='all' />
<script>
var tdBlocksArray = [];
var td_ajax_url="{base}/wp-admin/admin-ajax.php?td_theme_name=Newspaper&v=12.7";
var tdThemeName="Newspaper";
</script>
</head>
<body {body}>
<div id="td-mobile-nav"><div class="td-mobile-content">{_menu(paper, base, "menu-mobile")}</div></div>
<div id="td-outer-wrap" class="td-theme-wrap"><div class="td-header-wrap td-header-style-1">
<div class="td-header-top-menu-full td-container-wrap"><div class="td-header-sp-top-menu"><div class="td_data_time"><div>{slot("today")}</div></div>
<div class="menu-top-container"><ul id="menu-top" class="top-header-menu"><li class="menu-item"><a href="{base}/about/">About</a></li><li class="menu-item"><a href="{base}/contact/">Contact</a></li></ul></div></div></div>
<div class="td-banner-wrap-full td-logo-wrap-full"><div class="td-header-sp-logo"><a class="td-main-logo" href="{base}/"><img src="{base}/wp-content/uploads/2021/03/logo.png" alt="{esc(paper.title)}" /></a></div></div>
<div class="td-header-menu-wrap-full td-container-wrap"><div id="td-header-menu" role="navigation">{_menu(paper, base, "menu-main-1")}</div></div></div>
<div class="td-main-content-wrap td-container-wrap"><div class="td-container td-post-template-default"><div class="td-pb-row">
<div class="td-pb-span8 td-main-content" role="main"><div class="td-ss-main-content">
{main}
</div></div>
{_sidebar(base)}
</div></div></div>
<div class="td-footer-wrapper td-footer-container td-container-wrap"><div class="td-footer-info"><div class="footer-text-wrap">{esc(paper.title)}: {esc(paper.motto)}.
<div class="footer-email-wrap">Contact us: <a href="mailto:desk@lakeside-courier.example">desk@lakeside-courier.example</a></div></div></div>
<div class="td_block_wrap td_block_popular_categories"><h4 class="block-title"><span>POPULAR CATEGORY</span></h4><ul><li><a href="{base}/category/news/"><span class="td-cat-name">Local news</span><span class="td-cat-no">1207</span></a></li></ul></div></div>
<div class="td-sub-footer-container td-container-wrap"><div class="td-sub-footer-copy">&copy; 2026 {esc(paper.title)}</div></div></div><!--close td-outer-wrap-->
<script type="text/javascript" src="{base}/wp-content/themes/Newspaper/legacy/js/tagdiv_theme.min.js?ver=12.7" id="td-site-min-js"></script>
</body>
</html>"""

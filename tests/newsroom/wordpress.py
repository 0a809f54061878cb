"""What the WordPress papers have in common: the head that Yoast writes, the comment form, the usual links."""

# ruff: noqa: E501 - markup stands as it is sent

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.newsroom.markup import esc, json_script, slot

if TYPE_CHECKING:
    from tests.newsroom.markup import Sheet
    from tests.newsroom.papers import Paper


def yoast_head(sheet: Sheet) -> str:
    """Return the block of Yoast SEO: description, canonical address, Open Graph, who wrote it, the graph."""
    names = ", ".join(sheet.story.names) or sheet.paper.house
    excerpt = esc(sheet.excerpt)
    minutes = max(1, sum(len(paragraph.split()) for paragraph in sheet.text.paragraphs) // 200)
    return f"""\t<!-- This site is optimized with the Yoast SEO plugin v24.1 - https://yoast.com/wordpress/plugins/seo/ -->
\t<meta name="description" content="{excerpt}" />
\t<link rel="canonical" href="{sheet.url}" />
\t<meta property="og:locale" content="{sheet.paper.locale.replace("-", "_")}" />
\t<meta property="og:type" content="article" />
\t<meta property="og:title" content="{esc(sheet.text.title)}" />
\t<meta property="og:description" content="{excerpt}" />
\t<meta property="og:url" content="{sheet.url}" />
\t<meta property="og:site_name" content="{esc(sheet.paper.title)}" />
\t<meta property="article:published_time" content="{sheet.published.isoformat()}" />
\t<meta property="article:modified_time" content="{sheet.modified.isoformat()}" />
\t<meta property="og:image" content="{sheet.image}" />
\t<meta property="og:image:width" content="1068" />
\t<meta property="og:image:height" content="712" />
\t<meta name="author" content="{esc(names)}" />
\t<meta name="twitter:card" content="summary_large_image" />
\t<meta name="twitter:label1" content="Written by" />
\t<meta name="twitter:data1" content="{esc(names)}" />
\t<meta name="twitter:label2" content="Est. reading time" />
\t<meta name="twitter:data2" content="{minutes} minutes" />
\t{json_script(_graph(sheet), 'type="application/ld+json" class="yoast-schema-graph"')}
\t<!-- / Yoast SEO plugin. -->"""


def _graph(sheet: Sheet) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@graph": [_article(sheet), _web_page(sheet), _breadcrumb(sheet), *_house(sheet), *_persons(sheet)],
    }


def _person_id(sheet: Sheet, slug: str) -> str:
    return f"{sheet.base}/#/schema/person/{slug}"


def _article(sheet: Sheet) -> dict[str, Any]:
    authors = [{"name": author.name, "@id": _person_id(sheet, author.slug)} for author in sheet.story.authors]
    house = {"name": sheet.paper.house, "@id": _person_id(sheet, "desk")}
    return {
        "@type": "NewsArticle" if sheet.paper.name == "coastal" else "Article",
        "@id": f"{sheet.url}#article",
        "isPartOf": {"@id": sheet.url},
        "author": authors if len(authors) > 1 else authors[0] if authors else house,
        "headline": sheet.text.title,
        "datePublished": sheet.published.isoformat(),
        "dateModified": sheet.modified.isoformat(),
        "mainEntityOfPage": {"@id": sheet.url},
        "wordCount": sum(len(paragraph.split()) for paragraph in sheet.text.paragraphs),
        "publisher": {"@id": f"{sheet.base}/#organization"},
        "image": {"@id": f"{sheet.url}#primaryimage"},
        "thumbnailUrl": sheet.image,
        "keywords": list(sheet.story.tags),
        "articleSection": [sheet.paper.sections[sheet.story.section]],
        "inLanguage": sheet.paper.locale,
        "potentialAction": [{"@type": "CommentAction", "name": "Comment", "target": [f"{sheet.url}#respond"]}],
    }


def _web_page(sheet: Sheet) -> dict[str, Any]:
    return {
        "@type": "WebPage",
        "@id": sheet.url,
        "url": sheet.url,
        "name": f"{sheet.text.title} - {sheet.paper.title}",
        "isPartOf": {"@id": f"{sheet.base}/#website"},
        "primaryImageOfPage": {"@id": f"{sheet.url}#primaryimage"},
        "datePublished": sheet.published.isoformat(),
        "dateModified": sheet.modified.isoformat(),
        "breadcrumb": {"@id": f"{sheet.url}#breadcrumb"},
        "inLanguage": sheet.paper.locale,
        "potentialAction": [{"@type": "ReadAction", "target": [sheet.url]}],
    }


def _breadcrumb(sheet: Sheet) -> dict[str, Any]:
    home = {"@type": "ListItem", "position": 1, "name": "Home", "item": f"{sheet.base}/"}
    own = {"@type": "ListItem", "position": 2, "name": sheet.text.title}
    return {"@type": "BreadcrumbList", "@id": f"{sheet.url}#breadcrumb", "itemListElement": [home, own]}


def _house(sheet: Sheet) -> tuple[dict[str, Any], ...]:
    site = {
        "@type": "WebSite",
        "@id": f"{sheet.base}/#website",
        "url": f"{sheet.base}/",
        "name": sheet.paper.title,
        "description": sheet.paper.motto,
        "publisher": {"@id": f"{sheet.base}/#organization"},
        "inLanguage": sheet.paper.locale,
    }
    organization = {
        "@type": "Organization",
        "@id": f"{sheet.base}/#organization",
        "name": sheet.paper.title,
        "url": f"{sheet.base}/",
        "logo": {"@type": "ImageObject", "url": f"{sheet.base}/wp-content/uploads/2021/03/logo.png"},
    }
    return site, organization


def _persons(sheet: Sheet) -> list[dict[str, Any]]:
    persons = []
    for author in sheet.story.authors:
        person = {"@type": "Person", "@id": _person_id(sheet, author.slug), "name": author.name}
        persons.append(person | ({"description": author.profile} if author.profile else {}))
    return persons or [{"@type": "Person", "@id": _person_id(sheet, "desk"), "name": sheet.paper.house}]


def links(sheet: Sheet) -> str:
    """Return the links WordPress writes into the head of a post."""
    title = esc(f"{sheet.paper.title} » {sheet.text.title}")
    return f"""<link rel="alternate" type="application/rss+xml" title="{title} Comments Feed" href="{sheet.url}feed/" />
<link rel="alternate" type="application/json" href="{sheet.base}/wp-json/wp/v2/posts/{sheet.story.id}" />
<link rel='shortlink' href='{sheet.base}/?p={sheet.story.id}' />"""


def site_links(paper: Paper, base: str) -> str:
    """Return the links and scripts WordPress writes into the head of any page."""
    return f"""<link rel='dns-prefetch' href='//fonts.googleapis.com' />
<link rel="pingback" href="{base}/xmlrpc.php" />
<link rel="alternate" type="application/rss+xml" title="{esc(paper.title)} &raquo; Feed" href="{base}/feed/" />
<link rel="https://api.w.org/" href="{base}/wp-json/" />
<link rel="EditURI" type="application/rsd+xml" title="RSD" href="{base}/xmlrpc.php?rsd" />
<meta name="generator" content="WordPress 6.8.1" />
<script id="site-config">
var siteConfig = {{"home":"{base}","ajax":"{base}/wp-admin/admin-ajax.php","nonce":"{slot("nonce")}","lang":"{paper.locale}"}};
(function (root) {{ root.className = root.className.replace("no-js", "js"); }})(document.documentElement);
</script>"""


def comment_form(sheet: Sheet, heading: str) -> str:
    """Return the comment section: the readers, each with a reply link no crawler needs, and the form."""
    return f"""<div class="comments" id="comments"><ol class="comment-list">{slot("readers")}</ol>
<div id="respond" class="comment-respond"><h3 id="reply-title" class="comment-reply-title">{heading}</h3>
<form action="{sheet.base}/wp-comments-post.php" method="post" id="commentform" class="comment-form" novalidate>
<textarea placeholder="Comment:" id="comment" name="comment" cols="45" rows="8"></textarea>
<input type="text" name="author" placeholder="Name:*" /><input type="email" name="email" placeholder="Email:*" />
<input class="submit" name="submit" type="submit" value="Post Comment" />
<input type='hidden' name='comment_post_ID' value='{sheet.story.id}' /><input type="hidden" name="_wpnonce" value="{slot("nonce")}" />
</form></div></div>"""


def tag_links(sheet: Sheet) -> list[str]:
    """Return links to the tag archives of a story."""
    return [
        f'<a href="{sheet.base}/tag/{tag.lower().replace(" ", "-")}/" rel="tag">{esc(tag)}</a>'
        for tag in sheet.story.tags
    ]


def share_links(url: str) -> list[tuple[str, str]]:
    """Return the networks a reader can share with, and where each button leads."""
    return [
        ("Facebook", f"https://www.facebook.com/sharer.php?u={url}"),
        ("Twitter", f"https://twitter.com/intent/tweet?url={url}"),
        ("WhatsApp", f"https://api.whatsapp.com/send?text={url}"),
        ("Viber", f"viber://forward?text={url}"),
    ]

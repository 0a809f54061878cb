"""Every name by which a page marks something is taken for that: each stands on a page that reads otherwise without.

The names are classes, ids and meta tags of themes, plugins and systems; a page is a story of ours with one more.
"""

from __future__ import annotations

import pytest

from crawler.reading import read
from crawler.reading.byline import byline_of
from crawler.reading.dates import Clock, modified, published
from crawler.reading.section import section_of
from crawler.reading.title import title_of
from tests.reading.build import PARAGRAPHS, SITE, TITLE, page, story

ASIDE = "Potters along the river say that their clay has not been as good since the great flood of the eighties."
BIOGRAPHY = "Ana Cruz has written about the harbour and its people for eleven years and keeps bees."
OTHER = '<h3><a href="/2026/05/01/market-moves/">The market moves to the other side of the river</a></h3>'


def words(listed: str) -> list[str]:
    """Return the names in a text."""
    return listed.split()


BYLINES = words("""
    byline by-line author authors autor autoren autores autore auteur verfasser writer reporter redakteur
    writtenby createdby authorname author-name articleauthor post-author postauthor coauthors entry__author
""")


@pytest.mark.parametrize("name", BYLINES)
def test_an_element_called_the_byline_names_the_author(name: str) -> None:
    authors, printed, source = byline_of(story(meta=f'<div class="{name}">Ana Cruz</div>'), SITE)
    assert ([author.name for author in authors], printed, source) == (["Ana Cruz"], "Ana Cruz", f"dom .{name}")


NO_BYLINES = words("""
    bio description avatar image img photo social follow box more comment reply count list-of contact prep label
""")


@pytest.mark.parametrize("name", NO_BYLINES)
def test_an_element_that_belongs_to_a_byline_is_none(name: str) -> None:
    assert byline_of(story(meta=f'<div class="author author-{name}">Lorna Abad</div>'), SITE)[0] == ()


AUTHOR_TAGS = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "dc.contributor", "byl", "cxenseparse:author", "cxenseparse:recs:author", "og:article:author",
    "article.author", "citation_author", "authors", "creator", "mediator_author", "articleauthor", "article:byline",
    "twitter:misc:written by",
)  # fmt: skip


@pytest.mark.parametrize("name", AUTHOR_TAGS)
def test_a_meta_tag_names_the_author(name: str) -> None:
    authors, _, source = byline_of(story(head=f'<meta property="{name}" content="Ana Cruz">'), SITE)
    assert ([author.name for author in authors], source) == (["Ana Cruz"], f"meta {name}")


TITLE_TAGS = ("headline", "og:title", "twitter:title", "dc.title", "title", "parsely-title")


@pytest.mark.parametrize("name", TITLE_TAGS)
def test_a_meta_tag_gives_the_headline_where_none_is_shown(name: str) -> None:
    shown = page("<p>No headline.</p>", head=f'<title>Panublion Daily</title><meta name="{name}" content="{TITLE}">')
    assert title_of(shown, "Panublion Daily") == (TITLE, f"meta {name}")


KICKERS = words("""
    kicker overline overtitle over-title topline top-line toptitle top-title roofline roof-line dachzeile
    eyebrow pretitle pre-title supratitle supra-title surtitre sur-titre volanta antetitulo antetítulo occhiello
    chapeu hashtag entry-section
""")


@pytest.mark.parametrize("name", KICKERS)
def test_a_kicker_in_the_headline_is_none_of_it(name: str) -> None:
    shown = page(f'<h1><span class="{name}">Harbour</span> {TITLE}</h1>')
    assert title_of(shown, "") == (TITLE, "dom h1")


CLOCK = Clock.of(page(), SITE)
PUBLISHED_TAGS = (
    "article:published_time", "article:published:time", "og:published_time", "article:published",
    "og:article:published_time", "datepublished", "published_time", "dc.date.issued", "dcterms.issued",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "pubdate",
    "publishdate", "publish-date", "publish_date", "published-date", "article.published", "article_date_original",
    "dcterms.created", "dc.date.created", "dc.created", "article:created", "og:pubdate", "originalpublicationdate",
    "dcterms.date", "dc.date", "date", "timestamp", "last-published",
)  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED_TAGS)
def test_a_meta_tag_says_when_a_story_was_published(name: str) -> None:
    at, source = published(story(head=f'<meta name="{name}" content="2026-05-01T08:15:00+08:00">', url=DATELESS), CLOCK)
    assert at is not None
    assert (at.isoformat(), source) == ("2026-05-01T08:15:00+08:00", f"meta {name}")


DATELESS = "https://panublion.example/ferry-service-resumes/"
MODIFIED_TAGS = (
    "article:modified_time", "article:modified:time", "og:updated_time", "article:modified", "article:updated_time",
    "datemodified", "dcterms.modified", "dc.date.modified", "lastmod", "last-modified", "last_updated_date", "revised",
)  # fmt: skip


@pytest.mark.parametrize("name", MODIFIED_TAGS)
def test_a_meta_tag_says_when_a_story_was_changed(name: str) -> None:
    at, source = modified(story(head=f'<meta name="{name}" content="2026-05-03T08:15:00+08:00">'), CLOCK)
    assert at is not None
    assert (at.isoformat(), source) == ("2026-05-03T08:15:00+08:00", f"meta {name}")


DATES = words("""
    date datum time timestamp published publish pubdate posted fecha data day stand petsa tanggal
""")


@pytest.mark.parametrize("name", DATES)
def test_an_element_called_a_date_says_when_a_story_was_published(name: str) -> None:
    at, source = published(story(meta=f'<div class="post-{name}">1 May 2026, 08:15</div>', url=DATELESS), CLOCK)
    assert at is not None
    assert (at.isoformat(), source) == ("2026-05-01T08:15:00+08:00", "dom date")


@pytest.mark.parametrize("name", ["modified", "updated", "updatetime", "entry-modified-date", "aktualisiert"])
def test_a_time_called_changed_is_not_when_a_story_was_published(name: str) -> None:
    times = (f'<time class="{name}" datetime="2026-05-03T08:15:00+08:00">3 May</time>'
             '<time datetime="2026-05-01T08:15:00+08:00">1 May</time>')  # fmt: skip
    shown = story(meta=times, url=DATELESS)
    first, last = published(shown, CLOCK)[0], modified(shown, CLOCK)[0]
    assert first is not None
    assert last is not None
    assert (first.at.day, last.at.day) == (1, 3)


TODAYS = words("""
    current-date today-date todays-date to-days-date nowdate header-date topbar-date top-bar-date server-time
    date-today date_today
""")


@pytest.mark.parametrize("name", TODAYS)
def test_a_date_called_todays_is_not_the_storys(name: str) -> None:
    clock = f'<div class="{name} date">3 May 2026, 08:15</div>'
    shown = page(f"<main>{clock}<article><h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p></article></main>")
    assert published(shown, CLOCK)[1] == "url"


MASTHEADS = words("""
    masthead topbar top-bar topnav top-nav navbar site-header page-header main-header td_header header-top
    header-wrap header-main header-bar header
""")


@pytest.mark.parametrize("name", MASTHEADS)
def test_a_date_in_the_head_of_the_site_is_not_the_storys(name: str) -> None:
    head = f'<div class="{name}"><span class="date">3 May 2026, 08:15</span></div>'
    shown = page(f"{head}<main><article><h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p></article></main>")
    assert published(shown, CLOCK)[1] == "url"


FOREIGN = words("""
    sidebar sidebars widget widgets related popular most-read mostviewed most-commented trending recommended
    carousel slider wpp-list wpp mega-menu megamenu mobile-nav jeg_post td_module_wrap td_block_inner
    posts-list-items latest-news latestposts readmore read-more teaser teasers more-from next-prev
    post-navigation youtube outbrain taboola newsticker ticker comment-list comment-body comment-content
    comment-item comment-text upnext promo
""")


@pytest.mark.parametrize("name", FOREIGN)
def test_a_date_beside_the_story_is_not_its(name: str) -> None:
    beside = f'<div class="{name}"><time datetime="2026-05-03T08:15:00+08:00">3 May</time></div>'
    assert published(story(beside), CLOCK)[1] == "url"


@pytest.mark.parametrize("name", words("module item card teaser entry post story tile article"))
def test_a_date_on_the_card_of_another_story_is_not_its(name: str) -> None:
    beside = f'<div class="{name}">{OTHER}<time datetime="2026-05-03T08:15:00+08:00">3 May</time></div>'
    assert published(story(beside), CLOCK)[1] == "url"


@pytest.mark.parametrize("name", ["article-meta", "author-aside", "byline", "autor"])
def test_the_details_of_a_story_may_stand_in_its_margin(name: str) -> None:
    margin = '<aside class="{}"><time datetime="2026-05-02T08:15:00+08:00">2 May</time></aside>'
    assert published(story(margin.format(name)), CLOCK)[1] == "dom time"
    assert published(story(margin.format("offers")), CLOCK)[1] == "url"


LAYOUTS = words("""
    has-sidebar with-sidebar no-sidebar left-sidebar right-sidebar without-sidebar hide-sidebar show-sidebar
    content-sidebar layout-right-sidebar page-sidebar-left sticky-sidebar elementor-widget
""")


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_called_after_its_sidebar_is_none(name: str) -> None:
    own = f'<div class="{name}"><time datetime="2026-05-02T08:15:00+08:00">2 May</time></div>'
    assert published(story(own), CLOCK)[1] == "dom time"


CATEGORIES = words("""
    category-name cat-link cat-links entry-category post-categories article-category td-category meta-category
    kicker rubric rubrik section-name article-section
""")


@pytest.mark.parametrize("name", CATEGORIES)
def test_a_link_called_a_category_is_the_section(name: str) -> None:
    link = f'<div class="{name}"><a href="/category/harbour/">Harbour</a></div>'
    assert section_of(story(meta=link)) == ("Harbour", "dom category")


@pytest.mark.parametrize("name", ["breadcrumb", "breadcrumbs", "entry-crumbs", "crumbs", "speedbar"])
def test_the_last_of_the_breadcrumbs_is_the_section(name: str) -> None:
    crumbs = f'<div class="{name}"><a href="/">Home</a> <a href="/news/">News</a> <a href="/harbour/">Harbour</a></div>'
    assert section_of(page(f"{crumbs}<h1>{TITLE}</h1>")) == ("Harbour", "dom breadcrumbs")


STANDFIRSTS = words("""
    standfirst article__lead article-subtitle article__intro article-deck article__dek entry-subtitle
    td-post-sub-title post-subtitle
""")


@pytest.mark.parametrize("name", STANDFIRSTS)
def test_a_marked_standfirst_is_told_from_the_body(name: str) -> None:
    reading = read(story(meta=f'<p class="{name}">The boat is back after three weeks in the dock.</p>'), SITE)
    assert reading.standfirst == "The boat is back after three weeks in the dock."
    assert reading.paragraphs == PARAGRAPHS


GATES = words("""
    paywall pay-wall regwall registration-wall subscription-wall subscriber-wall content-gate article-gate
    premium-gate locked-content content-locked pmpro_content_message mepr-unauthorized leaky_paywall
    leaky-paywall rcp-restricted memberful-gate tp-modal piano-offer
""")


@pytest.mark.parametrize("name", GATES)
def test_a_gate_over_a_whole_text_is_a_meter(name: str) -> None:
    gate = f'<div class="{name}"><p>You have read three stories.</p><a href="/join/">Join us</a></div>'
    reading = read(story(gate), SITE)
    assert (reading.access, reading.sources["access"]) == ("metered", "dom paywall")
    assert reading.paragraphs == PARAGRAPHS


AUTHOR_BOXES = words("""
    author-box authorbox author-bio author_biography author-profile author-card author-description author-about
    about-author about-the-author bio-box biobox post-author-box post-author-bio entry-author-box
    entry-author-info autor-box autor-info autor-bio autorenbox author-info post-author entry-author
    single-author
""")


@pytest.mark.parametrize("name", AUTHOR_BOXES)
def test_a_box_about_the_author_is_a_profile_and_no_text(name: str) -> None:
    box = f'<div class="{name}"><h4>Ana Cruz</h4><p>{BIOGRAPHY}</p></div>'
    reading = read(story(meta='<p class="byline">By Ana Cruz</p>', inside=box), SITE)
    assert [(profile.name, profile.text) for profile in reading.profiles] == [("Ana Cruz", BIOGRAPHY)]
    assert reading.paragraphs == PARAGRAPHS


@pytest.mark.parametrize("name", ["author-bio", "author-description"])
def test_a_biography_may_be_the_whole_of_its_box(name: str) -> None:
    box = f'<div class="{name}">{BIOGRAPHY}</div>'
    reading = read(story(meta='<p class="byline">By Ana Cruz</p>', inside=box), SITE)
    assert [(profile.name, profile.text) for profile in reading.profiles] == [("Ana Cruz", BIOGRAPHY)]
    assert reading.paragraphs == PARAGRAPHS


@pytest.mark.parametrize("name", ["author-box", "author-bio", "authorinfo", "autor_box", "about-author"])
def test_a_box_about_the_author_may_be_called_so_by_its_id(name: str) -> None:
    box = f'<div id="{name}"><h4>Ana Cruz</h4><div class="text">{BIOGRAPHY}</div></div>'
    reading = read(story(meta='<p class="byline">By Ana Cruz</p>', inside=box), SITE)
    assert [(profile.name, profile.text) for profile in reading.profiles] == [("Ana Cruz", BIOGRAPHY)]
    assert reading.paragraphs == PARAGRAPHS


BOXES = words("""
    jnews_inline_related_post posts-list-items sharedaddy jp-relatedposts addtoany_content heateor_sss
    wp-block-newspack-blocks-homepage-articles yarpp related-posts related-articles related-stories related-news
    related-box related-content inline-related read-also readalso readmore-box newsletter newsletter-form
    post-tags tag-list td-post-source-tags td-post-sharing-bottom social-share share-buttons sharing wpd-thread
    fb-comments photo-credit image-source img-copyright picture-credits media-credit info-box infobox fact-box
    factbox bullet-points key-points keytakeaways key-facts show-comments more-topics more-topic click-to-tweet
    clicktotweet swp_ctt access-wall paywall-box pay-wall-message paywall-offer donation-box donate-box
    infobox-items
""")
FURNITURE = words("""
    share social-bar viral newsletter syndication tags sidebar banner breadcrumb bread-crumb button author
    cookie teaser caption footer related akismet nav-below post-nav zendeskform subnav navigation menu toolbar
    in-ad-slot ad-slot dfpad outbrain taboola criteo paid-content widget byline share-row sociable embed
    tag-list consent modal-content permission next-up top-stories most-popular more-on meta rating attachment
    timestamp user-info user-profile mail-icon article-infos message-container slide viewport overlay options
    expand obfuscated blurred infoline
""")
HIDDEN = words("""
    hide-mobile comments-title nocomments the-reply-form reply-form message akismet suggest-links is-hide-now
    hide-print noprint notloaded
""")
APART = words("""
    comments comments-area article-comments post-comments mvp-post-add-box infinite-scroll
    elementor-share-buttons
""")


def with_box(mark: str) -> tuple[str, ...]:
    """Return the paragraphs of a story that has an element so marked between its own."""
    return read(story(inside=f"<div {mark}><p>{ASIDE}</p></div><p>{PARAGRAPHS[0][::-1]}</p>"), SITE).paragraphs


@pytest.mark.parametrize("name", sorted({*BOXES, *FURNITURE, *HIDDEN, *APART, "box hidden", "box hide"}))
def test_a_box_within_the_story_is_no_text(name: str) -> None:
    assert with_box(f'class="{name}"') == (*PARAGRAPHS, PARAGRAPHS[0][::-1])


BY_ID = words("""
    share-row social viral newsletter sidebar banner author cookie teaser footer related jp-post-flair
    dpsp-content main-nav menu message-container premium-offer ad-top reply-form hidden-text reader-comments
    comments disqus_thread dsq-comments comol mvp-post-add-box infinite-scroll
""")


@pytest.mark.parametrize("name", BY_ID)
def test_a_box_within_the_story_may_be_called_so_by_its_id(name: str) -> None:
    assert with_box(f'id="{name}"') == (*PARAGRAPHS, PARAGRAPHS[0][::-1])


@pytest.mark.parametrize("mark", ['class="wp-block-group"', 'class="commentary"', 'id="chapter-2"', 'class="text-box"'])
def test_a_box_that_says_nothing_of_itself_is_text(mark: str) -> None:
    assert ASIDE in with_box(mark)


FRAMES = (
    'class="post"', 'class="entry"', 'class="post-text"', 'class="post-body"', 'class="postentry"',
    'class="post-content"', 'class="post_inner_wrapper"', 'class="articletext"', 'class="entry-content"',
    'class="page-content"', 'class="text-content"', 'class="article-content"', 'class="art-content"',
    'class="article__content"', 'class="article-body"', 'class="articlebody"', 'class="article__body"',
    'class="articlecontent"', 'class="body-text"', 'class="article__container"', 'id="articlecontent"',
    'id="entry-content"', 'id="article-content"', 'id="art-content"', 'id="article__content"', 'id="articlebody"',
    'id="body-text"', 'itemprop="articleBody"', 'class="postarea"', 'class="art-postcontent"', 'class="text"',
    'class="cell"', 'class="story"', 'class="article wide"', 'class="fulltext"', 'class="post-bodycopy"',
    'class="storycontent"', 'class="theme-content"', 'class="blog-content"', 'class="section-content"',
    'class="single-content"', 'class="single-post"', 'class="main-column"', 'class="wpb_text_column"',
    'class="story-body"', 'class="field-body"', 'id="article"', 'id="story"', 'id="primary"', 'id="story-body"',
    'role="article"', 'class="content"', 'class="content-main"', 'class="content_main"', 'class="content-body"',
    'class="content__body"', 'class="main-content"', 'id="content"', 'id="content-main"', 'id="content-body"',
    'id="contentbody"', 'id="main-content"', 'role="main"',
)  # fmt: skip


def framed(mark: str) -> tuple[str, ...]:
    """Return the paragraphs of a page whose story stands in an element so marked, below more text of another kind."""
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    more = "".join(f"<p>{ASIDE} {number}</p>" for number in range(12))
    shown = page(f"<h1>{TITLE}</h1><div class='lower'>{more}</div><div {mark}>{text}</div>",
                 head=f"<title>{TITLE}</title>")  # fmt: skip
    return read(shown, SITE).paragraphs


@pytest.mark.parametrize("mark", FRAMES)
def test_the_story_stands_where_the_page_says(mark: str) -> None:
    assert framed(mark) == PARAGRAPHS


def test_without_a_name_the_story_stands_where_most_of_the_prose_does() -> None:
    assert framed('class="higher"') == tuple(f"{ASIDE} {number}" for number in range(12))

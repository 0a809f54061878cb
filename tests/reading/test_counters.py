import pytest

from archive.records import Counter
from crawler.reading import Page
from crawler.reading.counters import counters, is_counter_line, stated
from tests.reading.build import TITLE, URL, json_ld, page, story


def value(made: Page, metric: str = "views") -> int | None:
    return next((counter.value for counter in counters(made)[0] if counter.metric == metric), None)


@pytest.mark.parametrize(
    ("markup", "views"),
    [
        ('<span class="td-nr-views-4711">1,411</span>', 1411),
        ('<div class="tdb_single_post_views"><span>12.3K</span></div>', 12300),
        ('<span class="meta-views meta-item">٣٤٥</span>', 345),
        ('<div class="jeg_views_count"><div class="counts">1.2k</div><span>VIEWS</span></div>', 1200),
        ('<span class="post-share-btn-views" data-bpv-post="4711"><span class="number">384</span></span>', 384),
        ('<span class="meta-el meta-view">1,902 Views</span>', 1902),
        ('<span class="penci-post-countview-number penci-post-countview-p4711">1747</span>', 1747),
        ('<span class="cm-post-views"><span class="total-views">142 Views</span></span>', 142),
        (
            '<div class="post-views post-4711"><b>Post Views:</b><b class="post-views-count">1.432</b></div>',
            1432,
        ),
        ('<div class="tptn_counter" id="tptn_counter_4711">(Visited 215 times, 55 visits today)</div>', 215),
        ('<p class="pvc_stats" data-element-id="4711">62,513&nbsp;total views, 2,166&nbsp;views today</p>', 62513),
        ('<p class="bawpvc-ajax-counter" data-id="4711">8 lượt xem</p>', 8),
        (
            '<dl><dd class="hits"><meta itemprop="interactionCount" content="UserPageVisits:207">Hits: 207</dd></dl>',
            207,
        ),
        ('<div class="itemHits">Read <b>318</b> times</div>', 318),
        ('<li class="statistics_counter"><span>91 reads</span></li>', 91),
        ('<div class="e-reads"><span class="ed-value">77</span></div>', 77),
        ('<span class="itemStats">(1599 x gelesen)</span>', 1599),
        ('<b data-article-views="5120"></b>', 5120),
        ("<p>5343 mal gelesen</p>", 5343),
        ("<p>Просмотров: 1 204</p>", 1204),
        ("<p><span>Views</span> <b>88</b></p>", 88),
        ("<p>阅读 3.4万</p>", 34000),
        ("<p>Dibaca 417 kali</p>", 417),
        ('<p><i class="fa fa-eye"></i> 2,045</p>', 2045),
        ('<div class="td-post-views">1,411 views</div>', 1411),
        ('<span class="meta-views meta-item"><span class="view-number">454</span> Views</span>', 454),
        ('<div class="post-meta"><span class="post-views">356 Views</span></div>', 356),
        ('<span class="aft-view-count"><span class="aft-show-hover">2045</span></span>', 2045),
        ('<span class="entry-views">21 views</span>', 21),
        ('<span class="entry-views-count">21</span>', 21),
        (
            '<span class="vw-post-views vw-post-views-id-4711"><i class="vw-post-views-count">1.204</i></span>',
            1204,
        ),
        ('<span class="bdaia-post-view">318</span>', 318),
        ('<span class="bx-newslist-show-counter">Количество показов: 88</span>', 88),
        ("<p>(1599 x gelesen)</p>", 1599),
        ("<p>조회수 1,024</p>", 1024),
        ("<p>১,২০৪ বার পঠিত</p>", 1204),
        ("<p>1,2 тыс. просмотров</p>", 1200),
        ("<p>อ่าน 512 ครั้ง</p>", 512),
    ],
)
def test_own_view_counters_are_read(markup: str, views: int) -> None:
    assert value(story(meta=markup, body_class="single postid-4711")) == views


@pytest.mark.parametrize(
    "markup",
    [
        '<span class="td-nr-views-4650">9,002</span>',
        "<p>The film had 25,000 views in its first week and was shown again on Sunday.</p>",
        '<span class="meta-reading-time">3 min read</span>',
        '<p><i class="icon-eye"></i> 11 min</p>',
        "<p>4.5/5 views</p>",
        "<p>View 6 Images</p>",
        '<div class="views-row">12</div>',
        '<span class="views-count">12</span>',
        '<div class="post-views post-4650"><span class="post-views-count">9</span></div>',
    ],
)
def test_numbers_that_count_no_views_are_left_alone(markup: str) -> None:
    assert value(story(meta=markup, body_class="single postid-4711")) is None


@pytest.mark.parametrize(
    "markup",
    [
        "<aside><p>9,002 views</p></aside>",
        '<div class="widget widget_views"><p>9,002 views</p></div>',
        '<ul class="wpp-list"><li><span class="wpp-views">212.3k views</span></li></ul>',
        '<li><h3><a href="/other/">Another story of the day</a></h3><span>9,002 views</span></li>',
        '<article><h2><a href="/other/">Another story</a></h2><span class="meta-views">9,002</span></article>',
        '<div class="jnews_inline_related_post"><span class="jeg_meta_views">9,002 views</span></div>',
        "<footer><p>10.423.242 hits</p></footer>",
    ],
)
def test_numbers_of_other_stories_and_of_the_site_are_left_alone(markup: str) -> None:
    assert value(story(markup, body_class="single postid-4711")) is None


def test_two_own_numbers_that_disagree_are_none() -> None:
    assert value(story(meta="<p>100 views</p><p>200 views</p>")) is None


def test_a_number_bound_to_the_post_beats_an_unbound_one() -> None:
    both = '<p>9,000 views</p><span class="td-nr-views-4711">1,411</span>'
    assert value(story(meta=both, body_class="postid-4711")) == 1411


def test_an_exact_number_beats_a_rounded_one() -> None:
    assert value(story(meta="<p>1.2K views</p><p>1,204 views</p>")) == 1204


@pytest.mark.parametrize(
    ("statistic", "views"),
    [
        (
            {
                "@type": "InteractionCounter",
                "interactionType": "https://schema.org/ReadAction",
                "userInteractionCount": "1,847",
            },
            1847,
        ),
        ({"interactionType": {"@type": "ViewAction"}, "userInteractionCount": 12}, 12),
        ([{"interactionType": ["http://schema.org/ViewAction"], "userInteractionCount": 12}], 12),
        ({"interactionType": {"@id": "schema:ReadAction"}, "userInteractionCount": 12}, 12),
        ({"interactionType": "http://schema.org/CommentAction", "userInteractionCount": 12}, None),
        ({"interactionType": "http://schema.org/WatchAction", "userInteractionCount": 12}, None),
    ],
)
def test_structured_data_says_what_it_counts(statistic: object, views: int | None) -> None:
    assert value(story(head=json_ld(interactionStatistic=statistic))) == views


def test_the_older_interaction_count_is_taken_by_its_prefix() -> None:
    head = json_ld(interactionCount=["UserPageVisits:207", "UserComments: 3", "UserDownloads:6434", "30"])
    assert (value(story(head=head)), value(story(head=head), "comments")) == (207, 3)


def test_the_counter_of_a_video_on_the_page_is_not_the_articles() -> None:
    video = {
        "@type": "VideoObject",
        "interactionStatistic": {"interactionType": "http://schema.org/ReadAction", "userInteractionCount": 9},
    }
    assert value(story(head=json_ld(video=video))) is None


@pytest.mark.parametrize(
    ("markup", "comments"),
    [
        (f'<a href="{URL}#comments">3 Comments</a>', 3),
        ('<a href="#respond">0</a>', 0),
        ('<a href="#comments">No Comments</a>', 0),
        ('<a href="#respond">Leave a comment</a>', None),
        ('<a href="https://panublion.example/other/#comments">12</a>', None),
        ('<div class="td-post-comments"><a href="#x">4</a></div>', 4),
        ('<section id="comments"><h2 class="title">7 Kommentare</h2></section>', 7),
        ('<section id="comments"><h2>4 thoughts on “Ferry”</h2></section>', 4),
        ('<div data-comments-count="112"></div>', 112),
        ('<span itemprop="commentCount">1 Kommentar</span>', 1),
        ('<div class="tdb_single_comments_count"><a href="#x">6 Comments</a></div>', 6),
        ('<span class="wpd-cc-value">112</span>', 112),
        ('<div class="argcoms"><b>5</b></div>', 5),
        ('<li class="comment-comments"><a href="#x">3 comments</a></li>', 3),
        ('<div class="itemComments"><a href="#x"><span>8</span> comments</a></div>', 8),
        ('<meta property="schema:interactionCount" content="UserComments:2">', 2),
        ("<button aria-label='x'>267 Kommentare</button>", 267),
        ("<div id='thread'><h3>12 comentarios</h3></div>", 12),
        ("<p>댓글0</p>", 0),
        ("<h4>Noch kein Kommentar</h4>", 0),
        ("<h2>Comments (32)</h2>", 32),
        ("<a href='#thread-comments-88'>See all comments (32)</a>", 32),
        ("<div>Kommentare (1) anzeigen</div>", 1),
        ('<span class="comments" title="Kommentare"><i></i>16</span>', 16),
        ('<x-thread :num-comments="47"></x-thread>', 47),
        ('<x-thread :num-comments="0"></x-thread>', None),
        ('<aside><p><span>0</span> Kommentare</p><a href="#">Drucken</a></aside>', 0),
        ('<aside class="comments"><h2>5 Comentarios</h2></aside>', 5),
        ("<p>1000 Antworten</p>", None),
        ('<section id="comments"><h2>11 responses to “Ferry”</h2></section>', 11),
        ("<p>The mayor read 12 comments aloud that people had written on the wall of the pier.</p>", None),
    ],
)
def test_comment_counts_are_read(markup: str, comments: int | None) -> None:
    assert value(story(meta=markup), "comments") == comments


@pytest.mark.parametrize(
    "markup",
    [
        '<aside><h3><a href="/other/">Another story of the same long day</a></h3><p>9 comments</p></aside>',
        '<li><h3><a href="/other/">Another story of the day</a></h3><span>9 comments</span></li>',
        '<div class="widget recent-comments"><a href="/other/#comments">A long other story: Ben</a> 9 comments</div>',
        '<p><a href="https://panublion.example/other/#disqus_thread">9 comments</a></p>',
    ],
)
def test_comments_of_other_stories_are_left_alone(markup: str) -> None:
    assert value(story(markup), "comments") is None


def test_comment_counts_that_disagree_are_none() -> None:
    assert value(story(meta="<p>3 comments</p><p>4 comments</p>"), "comments") is None


def test_the_visible_number_of_comments_beats_structured_data() -> None:
    assert value(story(meta='<a href="#comments">5</a>', head=json_ld(commentCount=3)), "comments") == 5
    assert value(story(head=json_ld(commentCount=0)), "comments") == 0


def test_shares_are_no_views() -> None:
    made = story(meta='<div class="jeg_share_count"><div class="counts">55</div></div>')
    assert (value(made), value(made, "shares")) == (None, 55)


TAGDIV = (
    '<script>var td_ajax_url="https:\\/\\/panublion.example\\/wp-admin\\/admin-ajax.php?v=1";'
    'jQuery().ready(function(){tdAjaxCount.tdGetViewsCountsAjax("post","[4711]")});</script>'
)


def test_a_tagdiv_number_that_a_script_replaces_is_stale_and_zero_is_unknown() -> None:
    stale, pending = counters(story(TAGDIV, meta='<span class="td-nr-views-4711">65</span>', body_class="postid-4711"))
    assert stale == (Counter(metric="views", value=65, source="dom .td-nr-views", stale=True, raw="65"),)
    assert pending == {
        "system": "tagdiv",
        "post_id": "4711",
        "method": "POST",
        "url": "https://panublion.example/wp-admin/admin-ajax.php?v=1",
        "form": {"action": "td_ajax_get_views", "td_post_ids": "[4711]"},
        "adds": False,
    }
    assert value(story(TAGDIV, meta='<span class="td-nr-views-4711">0</span>', body_class="postid-4711")) is None


def test_the_call_of_another_post_is_not_ours() -> None:
    assert counters(story(TAGDIV, body_class="postid-12"))[1] is None


def test_post_views_counter_is_pending_where_a_script_loads_it() -> None:
    script = '<script>var pvcArgsFrontend = {"mode":"rest_api","postID":"4711","requestURL":"x"};</script>'
    pending = counters(story(script, body_class="postid-4711"))[1]
    assert pending is not None
    assert pending["url"] == "https://panublion.example/wp-json/post-views-counter/get-post-views/4711"
    printed = '<div class="post-views post-4711"><span class="post-views-count">9</span></div>'
    assert counters(story(script, meta=printed, body_class="postid-4711"))[1] is None


ROOT = "https://panublion.example"


@pytest.mark.parametrize(
    ("markup", "system", "url"),
    [
        (
            "<script>var wpPostViewsL10n = {};</script>",
            "wp-postviews",
            f"{ROOT}/wp-json/wp/v2/posts/4711?_fields=views",
        ),
        (
            (
                '<script src="/wp-content/plugins/wordpress-popular-posts/assets/js/wpp.min.js"'
                f' data-api-url="{ROOT}/wp-json/wordpress-popular-posts" data-post-id="4711"></script>'
            ),
            "wordpress-popular-posts",
            f"{ROOT}/wp-json/wordpress-popular-posts/v2/views/4711?include_views_text=0",
        ),
        (
            '<div class="tptn_counter" data-tptn-url="/?top_ten_id=4711&amp;view_counter=1"></div>',
            "top-10",
            f"{ROOT}/?top_ten_id=4711&view_counter=1",
        ),
        (
            '<p class="pvc_stats pvc_load_by_ajax_update" data-element-id="4711"></p>',
            "page-views-count",
            f"{ROOT}/wp-json/pvc/v1/view/4711",
        ),
        (
            '<p class="bawpvc-ajax-counter" data-id="4711"></p>',
            "baw-post-views-count",
            f"{ROOT}/wp-admin/admin-ajax.php?action=bawpvc-ajax-counter&p=4711&n=0",
        ),
        (
            (
                '<span class="disqus-comment-count" data-disqus-identifier="4711 x"></span>'
                '<script src="//panublion.disqus.com/count.js"></script>'
            ),
            "disqus",
            "https://panublion.disqus.com/count-data.js?1=4711+x",
        ),
        (
            f'<a href="{URL}#disqus_thread">Comments</a><script src="//panublion.disqus.com/count.js"></script>',
            "disqus",
            (
                "https://panublion.disqus.com/count-data.js?2=https%3A%2F%2Fpanublion.example%2F2026%2F05%2F02%2F"
                "ferry-service-resumes%2F"
            ),
        ),
    ],
)
def test_a_number_loaded_by_script_is_pending_with_a_request_that_only_reads(
    markup: str, system: str, url: str
) -> None:
    assert counters(story(meta=markup, body_class="postid-4711"))[1] == {
        "system": system,
        "post_id": "4711",
        "method": "GET",
        "url": url,
        "adds": False,
    }
    if system != "disqus":
        assert counters(story(meta=markup, body_class="postid-12"))[1] in (
            None,
            {
                "system": "wp-postviews",
                "post_id": "12",
                "method": "GET",
                "url": f"{ROOT}/wp-json/wp/v2/posts/12?_fields=views",
                "adds": False,
            },
        )


def test_wordpress_in_a_folder_is_asked_where_the_page_says() -> None:
    head = f'<link rel="https://api.w.org/" href="{ROOT}/news/wp-json/">'
    made = story("<script>var wpPostViewsL10n = {};</script>", head=head, body_class="postid-4711")
    pending = counters(made)[1]
    assert pending is not None
    assert pending["url"] == f"{ROOT}/news/wp-json/wp/v2/posts/4711?_fields=views"


@pytest.mark.parametrize(
    "script",
    [
        'jQuery.get("/wp-admin/admin-ajax.php","postviews_id=4711&action=tie_postviews")',
        'jfla=["view_counter"]',
        'PenciSimplePopularPosts_AddCount("4711")',
        "var better_post_views_vars={}",
        'load("/plus/count.php?view=yes&aid=4711")',
        'load("/api.php?op=count&id=4711&modelid=1")',
    ],
)
def test_a_request_that_adds_a_view_is_never_given_and_a_zero_there_is_unknown(script: str) -> None:
    made = story(f"<script>{script}</script>", meta="<p>Views: 0</p>", body_class="postid-4711")
    assert (value(made), counters(made)[1]) == (None, None)
    printed = story(f"<script>{script}</script>", meta="<p>Views: 12</p>", body_class="postid-4711")
    assert value(printed) == 12


def test_a_page_without_a_headline_has_no_unmarked_counter() -> None:
    assert value(page("<p>12 views</p>")) is None


def test_the_sites_own_selector_wins() -> None:
    made = story(meta='<b class="seen">Seen by 1,2K people</b><b class="none">nobody</b>')
    assert stated(made, ".seen", "views") == Counter(
        metric="views", value=1200, source="site", exact=False, raw="Seen by 1,2K people"
    )
    assert stated(made, ".none", "views") is None


@pytest.mark.parametrize("line", ["Post Views: 207", "37 views", "3 Comments", "(1599 x gelesen)"])
def test_counter_lines_are_told_from_prose(line: str) -> None:
    assert is_counter_line(line)
    assert not is_counter_line(f"{line} were seen by those who came to the pier that day, said the mayor.")


def test_the_comment_section_has_another_name_in_every_system() -> None:
    for anchor in ("comments", "respond", "disqus_thread", "dlecomments", "dle-comments"):
        told = page(f'<article><h1>{TITLE}</h1><a href="#{anchor}">Комментариев: 4</a></article>')
        assert [(c.metric, c.value) for c in counters(told)[0]] == [("comments", 4)], anchor


def test_a_link_to_a_single_comment_is_no_count() -> None:
    assert counters(page(f'<article><h1>{TITLE}</h1><a href="#comment-311">12</a></article>'))[0] == ()

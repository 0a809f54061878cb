"""No request is ever made that might add a view; what reads is asked word for word, and its answers are read."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from crawler.counters import Ask, answers, asks, reads_only
from crawler.reading import read_capture
from crawler.site import Site

SITE = Site(name="panublion", title="P", url="https://panublion.example/")
WP = "https://panublion.example/wp-json"
AJAX = "https://panublion.example/wp-admin/admin-ajax.php"


def get(system, url, post_id="7", **more):
    return {"system": system, "post_id": post_id, "method": "GET", "url": url, "adds": False, **more}


def tagdiv(post_id="7", url=AJAX + "?td_theme_name=Newspaper&v=12.6", action="td_ajax_get_views", **more):
    form = {"action": action, "td_post_ids": f"[{post_id}]"}
    return {"system": "tagdiv", "post_id": post_id, "method": "POST", "url": url, "form": form, "adds": False, **more}


READING = [
    tagdiv(),
    get("post-views-counter", f"{WP}/post-views-counter/get-post-views/7"),
    get("wp-postviews", f"{WP}/wp/v2/posts/7?_fields=views"),
    get("wordpress-popular-posts", f"{WP}/wordpress-popular-posts/v2/views/7?include_views_text=0"),
    get("top-10", "https://panublion.example/?top_ten_id=7&view_counter=1&_wpnonce=ab12"),
    get("page-views-count", f"{WP}/pvc/v1/view/7"),
    get("baw-post-views-count", f"{AJAX}?action=bawpvc-ajax-counter&p=7&n=0"),
    get("disqus", "https://panublion.disqus.com/count-data.js?1=7"),
    get("disqus", "https://panublion.disqus.com/count-data.js?2=https%3A%2F%2Fpanublion.example%2Fa"),
]

# Every request of section 6 that adds a view, or may, under the name of each system.
ADDING = [
    tagdiv(action="td_ajax_update_views"),
    tagdiv(url=AJAX + "?action=td_ajax_update_views"),
    tagdiv(adds=True),
    get("post-views-counter", f"{WP}/post-views-counter/view-post/7"),
    get("post-views-counter", f"{AJAX}?action=pvc-check-post&id=7"),
    get("wp-postviews", f"{AJAX}?action=wp_postviews&postviews_id=7"),
    get("wp-postviews", f"{AJAX}?action=postviews&postviews_id=7"),
    get("wordpress-popular-posts", f"{WP}/wordpress-popular-posts/v2/views/7?include_views_text=0", method="POST"),
    get("wordpress-popular-posts", f"{WP}/wordpress-popular-posts/v1/popular-posts"),
    get("top-10", "https://panublion.example/?top_ten_id=7&view_counter=1&activate_counter=1"),
    get("top-10", f"{WP}/top-10/v1/tracker?top_ten_id=7"),
    get("page-views-count", f"{WP}/pvc/v1/increase/7"),
    get("baw-post-views-count", f"{AJAX}?action=bawpvc-ajax-counter&p=7&n=1"),
    get("baw-post-views-count", f"{AJAX}?action=bawpvc-ajax-counter&p=7&n=0&n=1"),
    get("jannah", f"{AJAX}?postviews_id=7&action=tie_postviews"),
    get("jnews", "https://panublion.example/?ajax-request=jnews", method="POST"),
    get("soledad", "https://panublion.example/?penci_spp_count=1&penci_spp_post_id=7"),
    get("better-post-views", f"{AJAX}?action=better_post_views&id=7"),
    get("drupal", "https://panublion.example/core/modules/statistics/statistics.php", method="POST"),
    get("dedecms", "https://panublion.example/plus/count.php?view=yes&aid=7&mid=1"),
    get("phpcms", "https://panublion.example/api.php?op=count&id=7&modelid=1"),
]


@pytest.mark.parametrize("wish", READING, ids=lambda wish: wish["url"])
def test_what_only_reads_may_be_asked(wish):
    assert reads_only(wish)
    assert len(list(asks({"article": wish}, SITE))) == 1


@pytest.mark.parametrize("wish", ADDING, ids=lambda wish: f"{wish['system']} {wish['url']}")
def test_what_adds_a_view_is_never_asked_whatever_a_reading_says(wish):
    assert not reads_only(wish)
    assert list(asks({"article": wish}, SITE)) == []


@pytest.mark.parametrize("adding", ADDING, ids=lambda wish: f"{wish['system']} {wish['url']}")
@pytest.mark.parametrize("system", sorted({wish["system"] for wish in READING}))
def test_no_system_s_name_opens_the_way_to_another_s_adding_request(system, adding):
    assert not reads_only({**adding, "system": system})


def test_what_is_broken_or_not_said_to_add_nothing_is_not_asked():
    for wish in (
        {},
        {"system": "tagdiv"},
        tagdiv(post_id=None),
        tagdiv(form=None),
        get("disqus", "http://[", adds=None),
    ):
        assert not reads_only(wish)
    unsaid = get("page-views-count", f"{WP}/pvc/v1/view/7")
    del unsaid["adds"]
    assert not reads_only(unsaid)


def test_only_the_paper_s_own_server_is_asked_and_disqus():
    elsewhere = get("page-views-count", "https://evil.example/wp-json/pvc/v1/view/7")
    spoofed = get("disqus", "https://evil.example/count-data.js?1=7")
    assert list(asks({"a": elsewhere, "b": spoofed}, SITE)) == []


def test_tagdiv_is_asked_for_many_stories_at_once():
    (first, second) = asks({f"article{number}": tagdiv(str(number)) for number in range(60)}, SITE)
    assert (first.method, len(first.articles), len(second.articles)) == ("POST", 50, 10)
    form = parse_qs(first.sent.decode())
    assert form["action"] == ["td_ajax_get_views"]
    assert form["td_post_ids"][0].startswith("[0, 1, 2")


def test_what_the_reader_finds_pending_can_be_asked():
    page = """<html><head><link rel='https://api.w.org/' href='https://panublion.example/wp-json/'></head>
    <body class='postid-7'><article id='post-7'><h1>Flood closes the old bridge</h1><p>The river rose.</p></article>
    <script>var td_ajax_url="https:\\/\\/panublion.example\\/wp-admin\\/admin-ajax.php?td_theme_name=Newspaper&v=12";
    tdAjaxCount.tdGetViewsCountsAjax("post","[7]")</script></body></html>"""
    at = datetime(2026, 11, 25, tzinfo=UTC)
    reading = read_capture(page.encode(), "https://panublion.example/a/", "utf-8", at, SITE)
    assert reading.pending is not None
    assert reads_only(reading.pending)


@pytest.mark.parametrize(
    ("system", "body", "value"),
    [
        ("tagdiv", b'{"7": 1234, "8": 5}', 1234), ("tagdiv", b'{"7": "1,234"}', 1234), ("tagdiv", b"", None),
        ("tagdiv", b"[]", None), ("post-views-counter", b"1234", 1234), ("post-views-counter", b"false", None),
        ("wp-postviews", b'{"views":"1234"}', 1234), ("wp-postviews", b'{"code":"rest_no_route"}', None),
        ("wordpress-popular-posts", b'{"text":"1,234"}', 1234), ("top-10", b'{"count":"Visited 1,234 times"}', 1234),
        ("top-10", b'{"count":"12 today, 1,234 in all"}', None),
        ("page-views-count", b'{"success":true,"items":{"7":{"post_id":7,"total_view":1234,"today_view":3}}}', 1234),
        ("page-views-count", b'{"success":true,"items":[{"post_id":"8","total_view":9}]}', None),
        ("baw-post-views-count", "1 234 lượt xem".encode(), 1234),
        ("disqus", b'DISQUSWIDGETS.displayCount({"text":{"and":"y"},"counts":[{"id":"7","comments":1234}]});', 1234),
        ("disqus", b'DISQUSWIDGETS.displayCount({"counts":[]});', None), ("tagdiv", b"<html>Just a moment", None),
    ],
)  # fmt: skip
def test_an_answer_is_the_number_or_nothing(system, body, value):
    ask = Ask(system=system, method="GET", url="", articles={"7": "article"})
    told = answers(ask, body).get("article")
    assert (told[0].value if told else None) == value
    assert told is None or told[0].metric == ("comments" if system == "disqus" else "views")

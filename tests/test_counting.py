"""Counters without fetching pages again, against a server that records what it was asked."""

import json

import pytest

from tests.crawling import Operator, Paper, sitemap, story

XML = "application/xml"


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def paper():
    with Paper() as opened:
        yield opened


def feed_with_comments(counts):
    items = "".join(
        f"<item><title>S</title><link>{url}</link><slash:comments>{count}</slash:comments></item>"
        for url, count in counts.items()
    )
    space = 'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    return f'<rss version="2.0" {space}><channel><title>F</title>{items}</channel></rss>'.encode()


def tagdiv(number, ajax):
    script = f"""<script>var td_ajax_url="{ajax}";tdAjaxCount.tdGetViewsCountsAjax("post","[{number}]")</script>"""
    page = story(f"Story {number}").replace(b"<body>", b"<body class='postid-%d'>" % number)
    return page.replace(b"</body>", script.encode() + b"</body>")


def curve(operator, url, metric):
    told = json.loads(operator.hemeroteca("show", url, "--json").out)
    return [(run["source"], run["value"]) for run in told["counters"] if run["metric"] == metric]


def test_comments_that_a_feed_shows_are_kept_without_asking_for_the_page_again(operator, paper):
    urls = [
        paper.say(f"/2026/10/01/story-{number}/", story(f"Story {number}"), ETag=f'"{number}"') for number in (1, 2)
    ]
    paper.say("/map", sitemap(), Content_Type=XML)
    operator.site("panublion", paper.url(), feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")])
    for counts, listed in (((3, 5), None), ((4, 5), 2)):
        paper.say("/feed", feed_with_comments(dict(zip(urls, counts, strict=True))), Content_Type=XML)
        run = operator.crawl("panublion")
        assert run.status == 0, run.err
        assert run.report["counters"].get("listed") == listed
    assert curve(operator, urls[0], "comments") == [("feed:slash", 4)]
    assert curve(operator, urls[1], "comments") == [("feed:slash", 5)]
    assert [paper.paths().count(path) for path in ("/2026/10/01/story-1/", "/2026/10/01/story-2/")] == [1, 1]
    assert operator.hemeroteca("verify").status == 0


def test_script_loaded_counters_are_asked_only_where_the_site_file_wants_it(operator, paper):
    ajax = paper.url("/wp-admin/admin-ajax.php?td_theme_name=Newspaper&v=12")
    urls = [paper.say(f"/2026/10/01/story-{number}/", tagdiv(number, ajax)) for number in (7, 8)]
    paper.say("/wp-admin/admin-ajax.php?td_theme_name=Newspaper&v=12", b'{"7": 1234, "8": 56}',
              Content_Type="application/json")  # fmt: skip
    paper.say("/map", sitemap(*urls), Content_Type=XML)
    names = {"sitemaps": [paper.url("/map")], "feeds": [paper.url("/none")]}
    operator.site("panublion", paper.url(), **names)
    assert operator.crawl("panublion").report["outcomes"]["new"] == 2
    assert not any("admin-ajax" in path for path in paper.paths()), "off by default"
    operator.site("panublion", paper.url(), "counters = true", **names)
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = "86400"
    run = operator.crawl("panublion")
    assert run.report["counters"] == {"asked": 2}, run.err
    asked = [body for (path, _), body in zip(paper.asked, paper.sent, strict=True) if "admin-ajax" in path]
    assert asked == [b"action=td_ajax_get_views&td_post_ids=%5B7%2C+8%5D"], "once, for both, and only what reads"
    assert curve(operator, urls[0], "views") == [("asked:tagdiv", 1234)]
    assert curve(operator, urls[1], "views") == [("asked:tagdiv", 56)]
    verified = operator.hemeroteca("verify")
    assert verified.status == 0, verified.out

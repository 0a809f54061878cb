"""What structured data counts, form by form: interactionStatistic, the older interactionCount, microdata, RDFa.

A number belongs to the node it stands on, so each form is tried on the page's own article and on something else.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.reading.counters import counters
from tests.reading.build import TITLE, URL, json_ld, page, story

SCHEMA = "http://schema.org/"
VIEWS = ("ReadAction", "ViewAction", "UserPageVisits")
COMMENTS = ("CommentAction", "Comment", "ReplyAction", "DiscussAction", "UserComments")
SHARES = ("ShareAction", "UserShares")
OTHERS = ("LikeAction", "WatchAction", "DownloadAction", "UserPlays", "UserLikes", "FollowAction")

OTHER = '<li itemscope><h3><a href="/other/">Another story of the same day</a></h3>{}</li>'
ANSWER = '<div itemprop="suggestedAnswer" itemscope itemtype="http://schema.org/Answer">{}</div>'


def told(markup: str = "", *, head: str = "") -> dict[str, int]:
    return {counter.metric: counter.value for counter in counters(story(meta=markup, head=head))[0]}


def counted(kind: object, number: object = 207) -> dict[str, Any]:
    return {"@type": "InteractionCounter", "interactionType": kind, "userInteractionCount": number}


def script(node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


STATED = json.dumps({"@type": "NewsArticle", "headline": TITLE, "interactionStatistic": counted("ReadAction")})


@pytest.mark.parametrize("write", [
    lambda name: name,
    lambda name: f"http://schema.org/{name}",
    lambda name: f"https://schema.org/{name}",
    lambda name: f"https://schema.org/{name}/",
    lambda name: f"schema:{name}",
    lambda name: f"https://web.archive.org/web/20260502/http://schema.org/{name}",
    lambda name: {"@type": name},
    lambda name: {"@type": f"http://schema.org/{name}"},
    lambda name: {"@id": f"http://schema.org/{name}"},
    lambda name: [f"http://schema.org/{name}"],
    lambda name: name.lower(),
], ids=range(11))  # fmt: skip
@pytest.mark.parametrize("name", [*VIEWS, *COMMENTS, *SHARES, *OTHERS])
def test_a_statistic_counts_what_its_type_says_however_that_is_written(name: str, write: Any) -> None:
    metric = "views" if name in VIEWS else "comments" if name in COMMENTS else "shares" if name in SHARES else ""
    assert told(head=json_ld(interactionStatistic=counted(write(name)))) == ({metric: 207} if metric else {})


def test_several_statistics_are_told_apart() -> None:
    listed = [counted("ReadAction", 207), counted(f"{SCHEMA}CommentAction", "3"), counted({"@type": "ShareAction"}, 11)]
    assert told(head=json_ld(interactionStatistic=listed)) == {"views": 207, "comments": 3, "shares": 11}


@pytest.mark.parametrize(("written", "value"), [
    (1847, 1847), ("1847", 1847), ("1,847", 1847), ("1.847", 1847), ("1.2K", 1200), (1847.0, 1847), ("0", 0), (0, 0),
    ("", None), (None, None), ("many", None), (-1, None), (True, None), ([1], None),
])  # fmt: skip
def test_the_number_of_a_statistic_may_be_written_in_words(written: object, value: int | None) -> None:
    assert told(head=json_ld(interactionStatistic=counted("ReadAction", written))).get("views") == value


@pytest.mark.parametrize("wrapped", [
    lambda node: {"@graph": [{"@type": "WebSite", "name": "Panublion"}, node]},
    lambda node: {"@type": "WebPage", "mainEntity": node},
    lambda node: [node],
    lambda node: {**node, "@type": ["Article", "NewsArticle"]},
    lambda node: {**node, "@type": "BlogPosting"},
    lambda node: {"@graph": [{**node, "interactionStatistic": {"@id": "#n"}}, {"@id": "#n", **counted("ReadAction")}]},
])  # fmt: skip
def test_the_article_may_stand_anywhere_among_the_pages_own_nodes(wrapped: Any) -> None:
    node = {"@type": "NewsArticle", "headline": TITLE, "interactionStatistic": counted("ReadAction")}
    assert told(head=script(wrapped(node))) == {"views": 207}


@pytest.mark.parametrize("key", ["video", "hasPart", "mentions", "comment", "publisher", "liveBlogUpdate", "isPartOf"])
def test_the_statistic_of_another_thing_is_not_the_articles(key: str) -> None:
    other = {"@type": "NewsArticle", "headline": "Another story", "interactionStatistic": counted("ReadAction")}
    assert told(head=json_ld(**{key: other})) == {}
    assert told(head=json_ld(**{key: [{**other, "@type": "VideoObject"}]})) == {}


@pytest.mark.parametrize(("address", "views"), [(URL, 207), ("/2026/05/02/another-video/", None), (None, None)])
def test_the_plays_of_a_video_are_the_pages_views_only_where_the_page_is_the_video(
    address: str | None, views: int | None
) -> None:
    video = {"@type": "VideoObject", "name": TITLE, "url": address, "interactionStatistic": counted("WatchAction")}
    shown = page(f"<h1>{TITLE}</h1>", head=script(video))
    assert next((counter.value for counter in counters(shown)[0]), None) == views
    older = page(
        f"<h1>{TITLE}</h1>", head=script({"@type": "VideoObject", "url": URL, "interactionCount": "UserPlays:9"})
    )
    assert [counter.value for counter in counters(older)[0]] == [9]


@pytest.mark.parametrize(("value", "read"), [
    ("UserPageVisits:207", {"views": 207}),
    ("UserPageVisits: 1,207", {"views": 1207}),
    ("UserComments: 3", {"comments": 3}),
    ("UserShares:4", {"shares": 4}),
    ("UserPlays:9", {}),
    ("UserDownloads: 6434", {}),
    ("UserLikes:5", {}),
    ("30", {}),
    (30, {}),
])  # fmt: skip
def test_the_older_count_is_taken_by_its_prefix(value: object, read: dict[str, int]) -> None:
    assert told(head=json_ld(interactionCount=value)) == read


@pytest.mark.parametrize("value", [7, "7", "7 "])
def test_the_number_of_comments_may_be_the_articles_own_property(value: object) -> None:
    assert told(head=json_ld(commentCount=value)) == {"comments": 7}


@pytest.mark.parametrize("kind", [
    '<meta itemprop="interactionType" content="http://schema.org/{}">',
    '<link itemprop="interactionType" href="https://schema.org/{}">',
    '<span itemprop="interactionType" itemscope itemtype="http://schema.org/{}"></span>',
    '<span itemprop="interactionType">{}</span>',
])  # fmt: skip
@pytest.mark.parametrize(("name", "metric"), [("CommentAction", "comments"), ("ReadAction", "views")])
@pytest.mark.parametrize("number", [
    '<meta itemprop="userInteractionCount" content="224">', '<b itemprop="userInteractionCount">224</b>',
])  # fmt: skip
def test_microdata_says_it_in_nested_items(kind: str, name: str, metric: str, number: str) -> None:
    item = '<div itemprop="interactionStatistic" itemscope itemtype="http://schema.org/InteractionCounter">{}</div>'
    assert told(item.format(kind.format(name) + number)) == {metric: 224}
    video = f'<div itemprop="video" itemscope itemtype="http://schema.org/VideoObject">{item}</div>'
    assert told(video.format(kind.format(name) + number)) == {}


@pytest.mark.parametrize(("markup", "read"), [
    ('<meta itemprop="interactionCount" content="UserPageVisits:207">', {"views": 207}),
    ('<meta content="UserPageVisits:207">', {"views": 207}),  # Joomla where a template drops the itemprop
    ('<span property="schema:interactionCount" content="UserComments:2"></span>', {"comments": 2}),
    ('<meta property="schema:interactionCount" content="UserComments:2">', {"comments": 2}),
    ('<meta itemprop="interactionCount" content="UserPlays:2">', {}),
    (OTHER.format('<meta itemprop="interactionCount" content="UserPageVisits:9">'), {}),
])  # fmt: skip
def test_markup_says_the_older_count_by_its_prefix(markup: str, read: dict[str, int]) -> None:
    assert told(markup) == read


@pytest.mark.parametrize(("markup", "comments"), [
    ('<meta itemprop="commentCount" content="3">', 3),
    ('<span itemprop="commentCount">1 Kommentar</span>', 1),
    ('<span itemprop="commentCount">Keine Kommentare</span>', 0),
    ('<span itemprop="commentCount"></span>', None),
    (ANSWER.format('<span itemprop="commentCount">4</span>'), None),
    ('<div itemprop="comment" itemscope itemtype="http://schema.org/UserComments"><p>Good.</p></div>', None),
])  # fmt: skip
def test_microdata_gives_the_number_of_comments_in_text_or_content(markup: str, comments: int | None) -> None:
    assert told(markup).get("comments") == comments


BROKEN = {
    "a trailing comma": STATED[:-1] + ",}",
    "a raw newline": STATED.replace("{", '{"description":"two\nlines",', 1),
    "entities": STATED.replace('"', "&quot;"),
    "a comment around it": f"<!-- {STATED} -->",
    "CDATA around it": f"//<![CDATA[\n{STATED}\n//]]>",
    "a semicolon behind it": f"{STATED};",
}


@pytest.mark.parametrize("name", BROKEN)
def test_structured_data_is_read_with_the_usual_mistakes(name: str) -> None:
    assert told(head=f'<script type="application/ld+json">{BROKEN[name]}</script>') == {"views": 207}


@pytest.mark.parametrize("shown", ["4.5/5", "63%", "1/6", "4:07", "4,8 (37 votes) 63%", "2026-05-02", "3 min read"])
def test_a_known_element_with_a_rating_a_share_or_a_time_counts_nothing(shown: str) -> None:
    assert told(f'<span class="entry-views">{shown}</span>') == {}

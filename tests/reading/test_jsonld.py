import pytest

from crawler.reading.jsonld import Graph, is_article, text, types


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "A",}',
        '<!-- {"@type": "NewsArticle", "headline": "A"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "A"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "A", "description": "two\nlines"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;A&quot;}",
        '{"@type": "NewsArticle", "headline": "A"};',
        '{"@type": "WebPage"} {"@type": "NewsArticle", "headline": "A"}',
        '{"@type": "NewsArticle", "headline": "A", "url": "C:\\x"}',
        '[[{"@type": ["Thing", "http://schema.org/NewsArticle"], "headline": "A"}]]',
    ],
)
def test_json_ld_with_the_usual_faults_is_read(script: str) -> None:
    article = Graph.parse([script]).article(lambda node: False)
    assert article is not None
    assert article["headline"] == "A"


def test_what_cannot_be_repaired_is_left_out() -> None:
    graph = Graph.parse(["{nonsense", "", '{"@type": "Article", "headline": "B"}'])
    assert len(graph.roots) == 1


def test_an_author_named_by_id_is_found_in_the_graph() -> None:
    graph = Graph.parse(['{"@graph": [{"@type": "Article", "author": {"@id": "#p"}}, {"@id": "#p", "name": "Ana"}]}'])
    assert graph.follow(graph.article(lambda node: False), "author") == [{"@id": "#p", "name": "Ana"}]


def test_stories_that_a_page_only_mentions_are_not_its_article() -> None:
    graph = Graph.parse(['{"@type": "WebPage", "mentions": {"@type": "NewsArticle", "headline": "Other"}}'])
    assert graph.article(lambda node: False) is None


def test_the_fullest_article_node_wins_and_the_pages_own_before_it() -> None:
    script = '[{"@type": "Article", "headline": "thin"}, {"@type": "Article", "headline": "full", "author": "Ana"}]'
    graph = Graph.parse([script])
    assert (graph.article(lambda node: False) or {})["headline"] == "full"
    assert (graph.article(lambda node: node["headline"] == "thin") or {})["headline"] == "thin"


def test_the_web_page_node_is_found_beside_the_article() -> None:
    graph = Graph.parse(['{"@graph": [{"@type": "WebPage", "datePublished": "2026-05-02"}, {"@type": "Article"}]}'])
    assert graph.web_page() == {"@type": "WebPage", "datePublished": "2026-05-02"}
    assert "article" in graph.types


def test_a_job_offer_is_no_article() -> None:
    assert not is_article({"@type": "JobPosting"})
    assert is_article({"@type": "BlogPosting"})
    assert types({"@type": 7}) == ()


def test_values_become_one_line_of_text() -> None:
    assert text({"@value": "a &amp; b"}) == "a & b"
    assert text([None, {"name": "Ana\n Cruz"}]) == "Ana Cruz"
    assert text(True) is None
    assert text(2026) == "2026"


def test_a_graph_without_end_is_bounded() -> None:
    nested = '{"a": ' * 3000 + "1" + "}" * 3000
    assert Graph.parse([nested]).article(lambda node: False) is None


def test_a_name_within_a_name_without_end_is_no_text() -> None:
    value: object = "x"
    for _ in range(5000):
        value = [{"name": value}]
    assert text(value) is None
    assert text([{"name": {"@value": "Lina Casabar"}}]) == "Lina Casabar"


def test_half_a_character_is_replaced_and_a_whole_one_is_kept() -> None:
    (root,) = Graph.parse([r'{"headline": "Ferry \ud83d", "name": "\uDE00 pier", "description": "\ud83d\ude00"}']).roots
    assert root == {"headline": "Ferry \ufffd", "name": "\ufffd pier", "description": "\U0001f600"}

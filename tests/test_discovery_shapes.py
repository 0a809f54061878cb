import re

import pytest

from crawler.discovery.shapes import article_pattern

HOST = "https://panublion.example"
SLUGS = ["flood-toll-rises", "mayor-resigns", "new-ferry-in-may", "harvest-fails", "bridge-opens", "schools-close",
         "port-strike-ends", "rice-price-up", "council-splits"]  # fmt: skip


def addresses(form: str) -> list[str]:
    return [HOST + form.format(slug=slug, number=40210 + 17 * place) for place, slug in enumerate(SLUGS)]


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("/2026/05/02/{slug}/", r"^/\d{4}/\d{2}/\d{2}/[^/]{3,}/?$"),
        ("/2026/05/{slug}/", r"^/\d{4}/\d{2}/[^/]{3,}/?$"),
        ("/news/{number}-{slug}", r"^/news/\d+-[^/]+/?$"),
        ("/news/{number}-{slug}.html", r"^/news/\d+-[^/]+\.html$"),
        ("/balita/{slug}/", r"^/balita/[^/]+/?$"),
        ("/archives/{number}", r"^/archives/\d{3,}/?$"),
        ("/politik/article{number}/{slug}.html", r"^/politik/article\d+/[^/]+\.html$"),
        ("/{slug}-{number}.html", r"^/[^/]+\d{5,}\.html$"),
        ("/stadt/2026-05-02/{slug}", r"^/stadt/\d{4}-\d{2}-\d{2}/[^/]{3,}/?$"),
    ],
)
def test_the_form_of_many_addresses_is_a_pattern_that_all_of_them_match(form, pattern):
    found = article_pattern(addresses(form))
    assert found == pattern
    assert all(re.search(found, url.removeprefix(HOST)) for url in addresses(form))


def test_stories_below_the_root_look_like_any_other_page_and_give_no_pattern():
    assert article_pattern(addresses("/{slug}/")) is None


def test_a_headline_that_begins_or_ends_with_a_number_is_still_a_headline():
    stories = [*addresses("/2026/05/{slug}/"), f"{HOST}/2026/05/300-sacks-of-rice/", f"{HOST}/2026/05/election-2026/"]
    assert article_pattern(stories) == r"^/\d{4}/\d{2}/[^/]{3,}/?$"
    mixed = [*addresses("/balita/{slug}/"), f"{HOST}/balita/52-na-kama-sa-ospital/"]
    assert article_pattern(mixed) == r"^/balita/[^/]+/?$"


def test_from_few_addresses_the_folders_above_a_number_may_be_any():
    stories = [f"{HOST}/politik/article410390514/a.html", f"{HOST}/sport/mehr/article242348272/b.html"]
    assert article_pattern(stories, least=2) == r"/article\d+/[^/]+\.html$"


def test_too_few_addresses_of_a_form_give_no_pattern():
    assert article_pattern([f"{HOST}/2026/05/02/a-story/"]) is None
    assert article_pattern([*addresses("/2026/05/{slug}/"), f"{HOST}/old/story.php"]) is None


def test_addresses_that_a_query_tells_apart_give_no_pattern():
    assert article_pattern([f"{HOST}/?p={number}" for number in range(100, 120)]) is None


def test_a_pattern_that_other_pages_of_the_site_match_too_is_none():
    sections = [f"{HOST}/balita/{name}/" for name in ("lokal", "isports", "negosyo")]
    assert article_pattern(addresses("/balita/{slug}/"), sections) is None
    assert article_pattern(addresses("/balita/{slug}/"), [f"{HOST}/about/", f"{HOST}/"]) is not None


def test_no_address_gives_no_pattern():
    assert article_pattern([]) is None

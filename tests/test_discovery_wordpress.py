import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.discovery.wordpress import (
    PAGE,
    newest_change,
    posts_address,
    read_posts,
    root_in_page,
    usual_root,
    watermark,
)
from crawler.errors import ListingError

ROOT = "https://panublion.example/wp-json/"
URL = posts_address(ROOT)


def post(number: int, **other: object) -> dict[str, object]:
    return {
        "id": number,
        "link": f"https://panublion.example/2026/05/story-{number}/",
        "date_gmt": "2026-05-02T00:15:00",
        "modified_gmt": f"2026-05-03T01:00:{number % 60:02d}",
        "title": {"rendered": "Fish &amp; boats &#8211; again"},
        **other,
    }


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_posts_are_links_with_their_dates_in_utc_and_their_titles_in_plain_text() -> None:
    listing = read_posts(json.dumps([post(7)]).encode(), URL)
    (link,) = listing.links
    assert link.url == "https://panublion.example/2026/05/story-7/"
    assert link.published == datetime(2026, 5, 2, 0, 15, tzinfo=UTC)
    assert link.lastmod == datetime(2026, 5, 3, 1, 0, 7, tzinfo=UTC)
    assert link.title == "Fish & boats – again"
    assert listing.more == ()


def test_a_full_page_of_changes_names_the_next_and_a_short_one_is_the_last() -> None:
    changes = posts_address(ROOT, modified_after=datetime(2026, 5, 3, tzinfo=UTC))
    full = read_posts(json.dumps([post(n) for n in range(PAGE)]).encode(), changes)
    assert query_of(full.more[0]) == {**query_of(changes), "page": ["2"]}
    third = read_posts(json.dumps([post(n) for n in range(PAGE)]).encode(), full.more[0])
    assert query_of(third.more[0])["page"] == ["3"]
    assert newest_change(full) == datetime(2026, 5, 3, 1, 0, 59, tzinfo=UTC)
    assert watermark(full) == datetime(2026, 5, 3, 0, 55, 59, tzinfo=UTC)


def test_all_posts_are_walked_by_date_so_that_nothing_moves_under_the_walk() -> None:
    dated = [post(n, date_gmt=f"2026-05-02T{n // 60:02d}:{n % 60:02d}:30") for n in reversed(range(PAGE))]
    first = read_posts(json.dumps(dated).encode(), URL)
    assert query_of(first.more[0]) == {**query_of(URL), "before": ["2026-05-02T00:00:31+00:00"]}
    imported = json.dumps([post(n) for n in range(PAGE)]).encode()  # all of one date, as an import leaves them
    second = read_posts(imported, posts_address(ROOT, before=datetime(2026, 5, 2, 0, 15, 1, tzinfo=UTC)))
    assert query_of(second.more[0])["page"] == ["2"]
    assert query_of(read_posts(imported, second.more[0]).more[0])["page"] == ["3"]


def test_the_total_that_the_site_tells_saves_the_question_for_an_empty_page() -> None:
    full = json.dumps([post(n) for n in range(PAGE)]).encode()
    assert read_posts(full, URL, PAGE).more == ()
    assert read_posts(full, URL, PAGE + 1).more != ()
    assert read_posts(json.dumps([post(1)]).encode(), URL, 90).more != (), "a site may give less than was asked for"


def test_an_empty_list_says_that_nothing_changed() -> None:
    listing = read_posts(b"[]", URL)
    assert (listing.links, listing.more, newest_change(listing)) == ((), (), None)


def test_the_address_asks_for_what_changed_newest_first_and_for_no_text() -> None:
    query = query_of(posts_address(ROOT, modified_after=datetime(2026, 5, 3, 1, 0, 7, tzinfo=UTC)))
    assert query["modified_after"] == ["2026-05-03T01:00:07+00:00"]
    assert (query["orderby"], query["order"], query["per_page"]) == (["modified"], ["desc"], ["100"])
    assert "content" not in query["_fields"][0]


def test_a_backfill_asks_by_date() -> None:
    start, end = datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 2, 1, tzinfo=UTC)
    query = query_of(posts_address(ROOT, after=start, before=end))
    assert (query["orderby"], query["after"]) == (["date"], ["2019-01-01T00:00:00+00:00"])


def test_a_site_without_pretty_addresses_keeps_its_route() -> None:
    query = query_of(posts_address("https://panublion.example/index.php?rest_route=/"))
    assert query["rest_route"] == ["/wp/v2/posts"]


def test_the_root_is_read_off_the_page_or_guessed() -> None:
    page = b'<html><head><link rel="https://api.w.org/" href="/blog/wp-json/"></head><body>x</body></html>'
    assert root_in_page(page, "https://panublion.example/") == "https://panublion.example/blog/wp-json/"
    assert root_in_page(b"<html><body>x</body></html>", "https://panublion.example/") is None
    assert root_in_page(b"", "https://panublion.example/") is None
    assert usual_root("https://panublion.example/news/") == ROOT


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "no JSON"),
        (b'{"code": "rest_forbidden", "message": "Sorry."}', "Sorry"),
        (b'{"code": "rest_forbidden"}', "rest_forbidden"),
        (b"3", "no list of posts"),
        (b'[{"id": 3}, 4]', "no post has an address"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_list_of_posts_is_refused_with_its_reason(body: bytes, why: str) -> None:
    with pytest.raises(ListingError, match=why):
        read_posts(body, URL)


def test_a_post_with_odd_fields_costs_only_itself() -> None:
    odd = [post(1, title=None, date_gmt="0000-00-00T00:00:00"), post(2, link=""), post(3, link=7), "x"]
    (link,) = read_posts(json.dumps(odd).encode(), URL).links
    assert (link.title, link.published) == (None, None)

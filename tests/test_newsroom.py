"""The demo newsroom keeps its promises: other tests rely on them."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from itertools import combinations, pairwise

import pytest

from tests.newsroom import KINDS, PAPERS, START, STILL, Control, Event, Newsroom, Plan, Quota, Server

WORDPRESS = ("lakeside", "coastal", "bisaya")


class Reader:
    """A client that keeps its connections and follows nothing."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connections: dict[str, http.client.HTTPConnection] = {}

    def get(self, url: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        host, _, path = url.removeprefix("http://").partition("/")
        if host not in self.connections:
            self.connections[host] = http.client.HTTPConnection(host, timeout=10)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connections[host].request(method, f"/{path}", headers=names)
        response = self.connections[host].getresponse()
        return response, response.read()

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()


@pytest.fixture
def newsroom():
    return Newsroom(seed=7, stories=24)


@pytest.fixture
def server(newsroom):
    with newsroom.serve() as server:
        yield server
    assert server.failures == []


@pytest.fixture
def reader(server):
    reader = Reader(server)
    yield reader
    reader.close()


def live(newsroom, paper):
    return [truth for truth in newsroom.truth(paper) if truth.state == "live"]


def first_event(newsroom, kind, paper=None):
    return next(event for event in newsroom.events if event.kind == kind and paper in {None, event.paper})


def story(newsroom, event):
    return next(truth for truth in newsroom.truth(event.paper) if truth.id == event.story_id)


def move_to(newsroom, event, seconds=0):
    newsroom.advance(seconds=(event.at - newsroom.now).total_seconds() + seconds)


def edited(kind, paper, hours=2):
    """A newsroom in which one event happens to one story."""
    at = START + timedelta(hours=hours)
    quiet = Newsroom(stories=12, papers=(paper,), plan=STILL)
    event = Event(at, paper, quiet.truth(paper)[4].id, kind)
    return Newsroom(stories=12, papers=(paper,), plan=Plan(events=(event,))), event


def test_the_same_seed_and_clock_give_the_same_truth():
    one, other = Newsroom(stories=12), Newsroom(stories=12)
    for newsroom in (one, other):
        newsroom.advance(hours=36)
    assert [one.truth(paper) for paper in PAPERS] == [other.truth(paper) for paper in PAPERS]
    assert one.events == other.events
    assert one.truth("coastal") != Newsroom(stories=12, seed=8).truth("coastal", one.now)


def test_the_truth_of_an_instant_does_not_depend_on_when_it_is_asked(newsroom):
    early = newsroom.truth("bisaya")
    newsroom.advance(days=3)
    assert newsroom.truth("bisaya", START) == early


def test_every_kind_of_event_happens_within_the_first_day(newsroom):
    first_day = [event for event in newsroom.events if event.at <= START + timedelta(days=1)]
    assert {event.kind for event in first_day} == set(KINDS)
    assert sum(event.kind == "new" for event in first_day) >= 4


def test_even_a_newsroom_of_one_paper_sees_every_kind_within_the_first_day():
    events = Newsroom(stories=24, papers=("sever",)).events
    assert {event.kind for event in events if event.at <= START + timedelta(days=1)} == set(KINDS)


def test_no_two_stories_say_the_same_but_the_syndicated_one(newsroom):
    newsroom.advance(days=5)
    bodies = {(paper, truth.id): truth.paragraphs for paper in PAPERS for truth in newsroom.truth(paper)}
    same = [(one, other) for one, other in combinations(bodies, 2) if bodies[one] == bodies[other]]
    assert [{paper for paper, _ in pair} for pair in same] == [{"lakeside", "coastal"}]


def test_stories_have_five_to_nine_paragraphs_of_readable_length(newsroom):
    for paper in PAPERS:
        for truth in newsroom.truth(paper):
            words = [len(paragraph.split()) for paragraph in truth.paragraphs]
            assert 5 <= len(words) <= 9
            assert all(40 <= count <= 90 for count in words), (paper, truth.id, words)


@pytest.mark.parametrize("kind", ["corrected", "retitled", "stealth"])
def test_an_edit_takes_effect_at_its_instant_and_not_before(newsroom, kind):
    event = first_event(newsroom, kind)
    move_to(newsroom, event, seconds=-1)
    before = story(newsroom, event)
    newsroom.advance(seconds=1)
    after = story(newsroom, event)
    assert (before.title, before.paragraphs) != (after.title, after.paragraphs)
    assert (before.title != after.title) == (kind == "retitled")


def test_only_admitted_edits_move_the_modified_date():
    for kind, moves in (("corrected", True), ("retitled", True), ("renamed", True), ("stealth", False)):
        newsroom, event = edited(kind, "lakeside")
        before = story(newsroom, event).modified
        newsroom.advance(hours=3)
        assert (story(newsroom, event).modified == event.at) == moves
        assert (story(newsroom, event).modified != before) == moves


def test_versions_list_every_text_with_its_beginning():
    newsroom, event = edited("corrected", "coastal")
    assert [version.kind for version in newsroom.versions("coastal", event.story_id)] == ["new"]
    newsroom.advance(hours=3)
    first, second = newsroom.versions("coastal", event.story_id)
    assert (first.kind, second.kind, second.start) == ("new", "corrected", event.at)
    assert first.paragraphs != second.paragraphs == story(newsroom, event).paragraphs
    json.dumps(second.as_json())
    json.dumps(story(newsroom, event).as_json())


def test_a_rename_makes_no_version():
    newsroom, event = edited("renamed", "sever")
    newsroom.advance(hours=3)
    assert len(newsroom.versions("sever", event.story_id)) == 1
    assert len(story(newsroom, event).former_urls) == 1


def test_view_counters_never_fall(newsroom):
    counts = []
    for _ in range(6):
        counts.append({truth.id: truth.views for truth in newsroom.truth("highland")})
        newsroom.advance(hours=7)
    for earlier, later in pairwise(counts):
        assert all(later[story_id] >= views for story_id, views in earlier.items())
    assert counts[0] != counts[-1]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_page_says_what_the_truth_says(newsroom, server, reader, paper):
    newsroom.advance(hours=30)
    for truth in live(newsroom, paper)[-6:]:
        response, body = reader.get(truth.url)
        page = body.decode(PAPERS[paper].charset)
        assert response.status == 200
        assert PAPERS[paper].charset in response.headers["Content-Type"]
        plain = re.sub(r"<[^>]+>", "", page).replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")
        expected = (truth.title, *truth.paragraphs, *truth.authors, *(profile.text for profile in truth.profiles))
        assert [text for text in expected if text not in plain] == []
        stated = [at.isoformat() in page for at in (truth.published, truth.modified) if at]
        assert all(stated)


def test_bylines_are_printed_but_for_the_paper_that_only_has_an_author_box(newsroom, reader, server):
    for paper in PAPERS:
        truth = live(newsroom, paper)[-1]
        page = reader.get(truth.url)[1].decode(PAPERS[paper].charset)
        plain = " ".join(re.sub(r"<[^>]+>", "", page).split())
        assert (truth.byline is None) == (paper == "lakeside")
        assert truth.byline is None or truth.byline in plain


def test_two_requests_for_one_page_never_give_the_same_bytes(newsroom, server, reader):
    for paper in PAPERS:
        url = live(newsroom, paper)[-1].url
        assert reader.get(url)[1] != reader.get(url)[1]
        assert reader.get(server.url(paper))[1] != reader.get(server.url(paper))[1]


@pytest.mark.parametrize("paper", PAPERS)
def test_validators_hold_while_nothing_changes(newsroom, server, reader, paper):
    urls = [
        live(newsroom, paper)[2].url,
        server.url(paper, PAPERS[paper].feed),
        server.url(paper, "/sitemap_index.xml"),
    ]
    for url in urls:
        response, _ = reader.get(url)
        again, body = reader.get(url, If_None_Match=response.headers["ETag"])
        assert (again.status, body) == (304, b"")
        assert again.headers["ETag"] == response.headers["ETag"]
        if response.headers["Last-Modified"]:
            assert reader.get(url, If_Modified_Since=response.headers["Last-Modified"])[0].status == 304


@pytest.mark.parametrize(("paper", "status"), [("lakeside", 304), ("highland", 304), ("sever", 304), ("coastal", 200)])
def test_new_views_change_the_validator_only_where_the_paper_says_so(newsroom, server, reader, paper, status):
    truth = live(newsroom, paper)[-1]
    etag = reader.get(truth.url)[0].headers["ETag"]
    newsroom.advance(hours=1)
    assert next(other.views for other in newsroom.truth(paper) if other.id == truth.id) > truth.views
    assert reader.get(truth.url, If_None_Match=etag)[0].status == status


def test_a_stealth_edit_moves_the_page_but_not_the_sitemap():
    newsroom, event = edited("stealth", "lakeside")
    with newsroom.serve() as server:
        reader = Reader(server)
        url = story(newsroom, event).url
        names = ("/sitemap_index.xml", "/post-sitemap1.xml")
        page, maps = reader.get(url)[0], [reader.get(server.url("lakeside", name))[1] for name in names]
        newsroom.advance(hours=3)
        changed = reader.get(url, If_None_Match=page.headers["ETag"])[0]
        assert changed.status == 200
        assert changed.headers["Last-Modified"] == format_datetime(event.at, usegmt=True)
        assert maps == [reader.get(server.url("lakeside", name))[1] for name in names]
        reader.close()


def test_a_renamed_story_redirects_and_keeps_its_id():
    newsroom, event = edited("renamed", "bisaya")
    with newsroom.serve() as server:
        reader = Reader(server)
        before = story(newsroom, event)
        newsroom.advance(hours=3)
        after = story(newsroom, event)
        moved, _ = reader.get(before.url)
        assert (moved.status, moved.headers["Location"]) == (301, after.url)
        assert after.former_urls == (before.url,)
        assert reader.get(after.url)[0].status == 200
        assert reader.get(server.url("bisaya", f"/?p={after.id}"))[0].headers["Location"] == after.url
        reader.close()


@pytest.mark.parametrize(("kind", "status"), [("removed_404", 404), ("removed_410", 410)])
def test_a_removed_story_is_gone_from_page_and_lists(kind, status):
    newsroom, event = edited(kind, "lakeside")
    with newsroom.serve() as server:
        reader = Reader(server)
        newsroom.advance(hours=3)
        truth = story(newsroom, event)
        assert (truth.state, reader.get(truth.url)[0].status) == (kind, status)
        for path in ("/post-sitemap1.xml", "/wp-json/wp/v2/posts?per_page=100"):
            assert truth.url.encode() not in reader.get(server.url("lakeside", path))[1].replace(b"\\/", b"/")
        reader.close()


def test_a_removed_story_can_come_back(newsroom, server, reader):
    event = first_event(newsroom, "restored")
    move_to(newsroom, event, seconds=-1)
    assert reader.get(story(newsroom, event).url)[0].status in {404, 410}
    newsroom.advance(seconds=1)
    assert reader.get(story(newsroom, event).url)[0].status == 200


def test_a_story_answers_404_before_it_is_published(newsroom, server, reader):
    event = first_event(newsroom, "new")
    url = newsroom.truth(event.paper, event.at)[-1].url
    assert reader.get(url)[0].status == 404
    move_to(newsroom, event)
    assert reader.get(url)[0].status == 200


@pytest.mark.parametrize("paper", PAPERS)
def test_the_feed_lists_the_newest_stories(newsroom, server, reader, paper):
    newsroom.advance(hours=8)
    response, body = reader.get(server.url(paper, PAPERS[paper].feed))
    links = re.findall(r"<item>.*?<link>(.*?)</link>", body.decode(), re.DOTALL)
    assert response.status == 200
    assert links == [truth.url for truth in live(newsroom, paper)[::-1][: len(links)]]
    assert len(links) >= 10


def test_a_wordpress_feed_has_pages_and_an_end(newsroom, server, reader):
    pages = [reader.get(server.url("lakeside", f"/feed/?paged={number}")) for number in (1, 2, 3, 4)]
    assert [response.status for response, _ in pages] == [200, 200, 200, 404]
    assert [body.count(b"<item>") for _, body in pages[:3]] == [10, 10, 4]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_sitemaps_list_every_story_that_can_be_read(newsroom, server, reader, paper):
    newsroom.advance(hours=30)
    robots = reader.get(server.url(paper, "/robots.txt"))[1].decode()
    index = reader.get(re.findall(r"Sitemap: (\S+)", robots)[0])[1].decode()
    found: set[str] = set()
    for url in re.findall(r"<loc>(.*?)</loc>", index):
        response, body = reader.get(url)
        assert response.status == 200
        text = (gzip.decompress(body) if url.endswith(".gz") else body).decode()
        assert ("<lastmod>" in text) == (paper != "highland" and "news-sitemap" not in url)
        found |= set(re.findall(r"<loc>(.*?)</loc>", text))
    assert {truth.url for truth in live(newsroom, paper)} <= found
    assert server.url(paper, "/about") in {url.removesuffix("/").removesuffix(".html") for url in found}


@pytest.mark.parametrize("paper", WORDPRESS)
def test_rest_gives_what_was_modified_after_an_instant(newsroom, server, reader, paper):
    event = first_event(newsroom, "corrected", paper)
    move_to(newsroom, event, seconds=60)
    since = (event.at - timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    query = f"/wp-json/wp/v2/posts?modified_after={since}&_fields=id,modified_gmt,link&orderby=modified&order=asc"
    response, body = reader.get(server.url(paper, query))
    posts = json.loads(body)
    assert event.story_id in {post["id"] for post in posts}
    assert all(set(post) == {"id", "modified_gmt", "link"} for post in posts)
    assert response.headers["X-WP-Total"] == str(len(posts))


def test_rest_pages_end_with_an_error(newsroom, server, reader):
    last, _ = reader.get(server.url("coastal", "/wp-json/wp/v2/posts?per_page=20&page=2"))
    beyond, body = reader.get(server.url("coastal", "/wp-json/wp/v2/posts?per_page=20&page=3"))
    assert (last.status, last.headers["X-WP-TotalPages"]) == (200, "2")
    assert (beyond.status, json.loads(body)["code"]) == (400, "rest_post_invalid_page_number")
    assert reader.get(server.url("coastal", "/wp-json/wp/v2/posts?after=soon"))[0].status == 400


def test_the_content_of_rest_is_the_body_of_the_page(newsroom, server, reader):
    truth = live(newsroom, "lakeside")[-1]
    post = json.loads(reader.get(server.url("lakeside", f"/wp-json/wp/v2/posts/{truth.id}"))[1])
    assert post["content"]["rendered"].count("<p>") == len(truth.paragraphs)
    assert post["link"] == truth.url


def test_compression_is_only_sent_to_those_who_ask(newsroom, server, reader):
    url = live(newsroom, "sever")[-1].url
    plain, _ = reader.get(url)
    packed, body = reader.get(url, Accept_Encoding="gzip, deflate")
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "windows-1251" in gzip.decompress(body).decode("windows-1251")


def test_a_head_request_gets_headers_only(newsroom, server, reader):
    response, body = reader.get(live(newsroom, "highland")[-1].url, method="HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.headers["Content-Length"]) > 10_000


def test_the_amp_page_names_the_real_one(newsroom, server, reader):
    truth = live(newsroom, "coastal")[-1]
    page = reader.get(f"{truth.url}amp/")[1].decode()
    assert f'<link rel="canonical" href="{truth.url}">' in page
    assert reader.get(f"{live(newsroom, 'lakeside')[-1].url}amp/")[0].status == 404


def test_the_embargoed_story_is_linked_forbidden_and_on_no_list(newsroom, server, reader):
    for paper in PAPERS:
        front = reader.get(server.url(paper))[1].decode(PAPERS[paper].charset)
        (path,) = re.findall(r'href="[^"]*?(/embargo/[^"]+)"', front)
        assert "Disallow: /embargo/" in reader.get(server.url(paper, "/robots.txt"))[1].decode()
        assert reader.get(server.url(paper, path))[0].status == 200
        assert path.encode() not in reader.get(server.url(paper, PAPERS[paper].feed))[1]


def test_section_pages_lead_to_the_next_one(newsroom, server, reader):
    for paper in PAPERS:
        section = max(PAPERS[paper].sections, key=[both[0].section for both in newsroom.live(paper)].count)
        url = server.url(paper, {"highland": "/sections/", "sever": "/"}.get(paper, "/category/") + section)
        page = reader.get(url if paper == "highland" else f"{url}/")
        assert page[0].status == 200
        following = re.findall(r'rel="next" href="([^"]+)"', page[1].decode(PAPERS[paper].charset))
        assert all(reader.get(link)[0].status == 200 for link in following)


def test_requests_are_written_down(newsroom, server, reader):
    reader.get(server.url("highland", "/nowhere?x=1"), User_Agent="Hemeroteca test")
    (request,) = server.requests
    assert (request.paper, request.method, request.path, request.status) == ("highland", "GET", "/nowhere?x=1", 404)
    assert (request.headers["user-agent"], request.at) == ("Hemeroteca test", START)
    server.clear()
    assert server.requests == []


def test_a_paper_can_misbehave_and_behave_again(newsroom, server, reader):
    url = live(newsroom, "bisaya")[-1].url
    server.misbehave("bisaya", outage=True, headers={"Retry-After": "60"}, only=r"^/balita/")
    response, _ = reader.get(url)
    assert (response.status, response.headers["Retry-After"]) == (503, "60")
    assert reader.get(server.url("bisaya", "/robots.txt"))[0].status == 200
    server.misbehave("bisaya", latency=0.05)
    assert reader.get(url)[0].status == 200
    server.behave("bisaya")
    assert reader.get(url)[0].status == 200


def test_a_planted_page_is_served_as_given(newsroom, server, reader):
    url = server.page("lakeside", "/feed/?odd=1", b"\x00\x01", headers={"Content-Type": "image/png"}, status=203)
    response, body = reader.get(url)
    assert (response.status, response.headers["Content-Type"], body) == (203, "image/png", b"\x00\x01")
    server.unplant("lakeside", "/feed/?odd=1")
    assert reader.get(url)[0].status == 200


def test_a_connection_can_break_in_the_middle_of_a_body(newsroom, server, reader):
    url = server.page("lakeside", "/broken", b"x" * 1000, cut_after=300)
    with pytest.raises(http.client.IncompleteRead) as broken:
        reader.get(url)
    assert len(broken.value.partial) == 300
    assert broken.value.expected == 700


def test_a_quota_gives_exact_numbers():
    counts = {"corrected": 3, "retitled": 3, "renamed": 1, "stealth": 1, "removed_404": 2, "removed_410": 2, "new": 4}
    quota = Quota(between=(START + timedelta(hours=1), START + timedelta(hours=9)), counts=counts, counters=40)
    newsroom = Newsroom(stories=400, papers=("lakeside",), plan=Plan(quotas=(quota,)))
    before = {truth.id: truth for truth in newsroom.truth("lakeside", START + timedelta(hours=1))}
    newsroom.advance(hours=10)
    after = {truth.id: truth for truth in newsroom.truth("lakeside")}
    happened = [event.kind for event in newsroom.events]
    assert {kind: happened.count(kind) for kind in counts} == counts
    assert len({event.story_id for event in newsroom.events}) == len(newsroom.events)
    assert len(after) - len(before) == 4
    changed = {key for key, truth in before.items() if replace(truth, views=0) != replace(after[key], views=0)}
    assert len(changed) == 12
    moved = {key for key, truth in before.items() if truth.views != after[key].views}
    assert moved == {story_id for _, story_id in newsroom.moving}
    assert len(moved) == 40
    assert not moved & changed


def test_a_quota_that_cannot_be_met_is_refused():
    quota = Quota(between=(START, START + timedelta(hours=1)), counts={"removed_404": 9})
    with pytest.raises(ValueError, match="too few stories"):
        Newsroom(stories=5, papers=("sever",), plan=Plan(quotas=(quota,)))


def test_the_control_port_moves_the_clock_and_tells_the_truth(newsroom, server, reader):
    control = Control(server).open()
    moved = json.loads(reader.get(f"{control}advance?seconds=90", method="POST")[1])
    assert moved["now"] == (START + timedelta(seconds=90)).isoformat() == newsroom.now.isoformat()
    truth = json.loads(reader.get(f"{control}truth?paper=sever")[1])
    assert truth == [truth.as_json() for truth in newsroom.truth("sever")]
    reader.get(server.url("sever"))
    assert [request["path"] for request in json.loads(reader.get(f"{control}requests")[1])] == ["/"]
    assert reader.get(f"{control}truth?paper=nobody")[0].status == 400


def test_site_files_name_the_addresses_being_served(newsroom, server, tmp_path):
    paths = newsroom.write_site_files(tmp_path, server)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "ph/lakeside.toml",
        "ph/coastal.toml",
        "ke/highland.toml",
        "ph/bisaya.toml",
        "ru/sever.toml",
    ]
    for path in paths:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        assert facts["url"] == server.url(path.stem)
        article = re.compile(facts["discover"]["article"])
        stories = [truth.url.removeprefix(server.url(path.stem, "")) for truth in newsroom.truth(path.stem)]
        assert all(article.search(address) for address in stories)

"""How a visit behaves, as the server that is visited records it. Times are lower bounds: never faster than."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from archive import Archive
from tests.crawling import Operator, Paper, feed, sitemap, story
from tests.names import PUBLIC

XML = "application/xml"
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def paper():
    with Paper() as opened:
        yield opened


def panublion(operator, paper, stories, text="", *, at="127.0.0.1", top=""):
    """Write a site with so many stories; return their paths, in the order in which they are asked for."""
    root = paper.url().replace("127.0.0.1", at)
    paths = [f"/2026/10/01/story-{number}/" for number in range(stories)]
    for path in paths:
        paper.say(path, story(f"Story of {path}"))
    paper.say("/feed", feed(*(root[:-1] + path for path in paths)), Content_Type=XML)
    paper.say("/map", sitemap(), Content_Type=XML)
    file = operator.site("panublion", root, text, feeds=[f"{root}feed"], sitemaps=[f"{root}map"])
    file.write_text(top + file.read_text())
    return paths


def are_apart(at, seconds):
    """Say whether requests came so far apart: a busy server notes one some moments late, and the next in time."""
    gaps = [later - earlier for earlier, later in itertools.pairwise(at)]
    return min(gaps) >= 0.5 * seconds and sum(gaps) >= 0.9 * seconds * len(gaps)


def named(names):
    return ("-s", "TWISTED_DNS_RESOLVER=tests.names.LoopbackResolver", "-s", f"TEST_NAMES={json.dumps(names)}")


# ------------------------------------------------------------------ how fast


def test_one_request_at_a_time_with_the_delay_of_the_site_file_and_robots_txt_once(operator, paper):
    paths = panublion(operator, paper, 3)
    for answer in paper.answers.values():
        answer.takes = 0.1
    file = operator.sites / "panublion.toml"
    file.write_text(file.read_text().replace("delay = 0.0", "delay = 0.6"))
    run = operator.crawl("panublion")
    assert run.report["outcomes"]["new"] == 3, run.err
    assert are_apart(paper.asked_at, 0.6)
    assert paper.most_at_once == 1
    once = ["/robots.txt", "/map", "/feed", *paths, "/ai.txt", "/.well-known/tdmrep.json"]
    assert sorted(paper.paths()) == sorted(once)


def test_scrapys_own_settings_lift_the_brakes(operator, paper):
    panublion(operator, paper, 12)
    for answer in paper.answers.values():
        answer.takes = 0.4
    file = operator.sites / "panublion.toml"
    file.write_text(file.read_text().replace("delay = 0.0", "delay = 30.0"))
    run = operator.crawl("panublion", *QUICK, "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=4")
    assert run.report["outcomes"]["new"] == 12, run.err
    assert 2 <= paper.most_at_once <= 4


def test_a_server_that_answers_slowly_is_asked_more_slowly(operator, paper):
    paths = panublion(operator, paper, 4)
    for path in paths:
        paper.answers[path].takes = 0.7
    run = operator.crawl("panublion", "-s", "DOWNLOAD_DELAY=0.1")
    assert run.report["outcomes"]["new"] == 4, run.err
    # The first slow answer came after the second slow request had left; from then on the delay follows.
    assert are_apart(paper.at(*paths)[1:], 0.7)


def test_crawl_delay_is_a_floor_that_no_setting_but_robots_off_lifts(operator, paper):
    panublion(operator, paper, 2)
    paper.say("/robots.txt", b"User-agent: *\nCrawl-delay: 1\n", Content_Type="text/plain")
    run = operator.crawl("panublion", "-s", "DOWNLOAD_DELAY=0", "-s", "DOWNLOAD_DELAY_JITTER=0.5")
    assert run.report["outcomes"]["new"] == 2, run.err
    assert are_apart(paper.asked_at, 1)
    paper.asked.clear()
    paper.asked_at.clear()
    off = operator.crawl("panublion", *QUICK, "-s", "ROBOTSTXT_OBEY=False")
    assert off.status == 0
    assert "/robots.txt" not in paper.paths()
    assert not are_apart(paper.asked_at, 1)


def test_every_host_name_has_its_own_robots_txt_and_pace_and_www_is_no_other_host(operator, paper):
    paths = panublion(operator, paper, 2, at="paper.example", top='former_urls = ["http://old.example:1/"]\n')
    port = paper.url().rsplit(":", 1)[1].strip("/")
    file = operator.sites / "panublion.toml"
    file.write_text(file.read_text().replace("old.example:1", f"old.example:{port}"))
    paper.say(paths[0], b"", status=301, Location=f"http://www.paper.example:{port}/moved/")
    paper.say(paths[1], b"", status=301, Location=f"http://old.example:{port}/kept/")
    for path in ("/moved/", "/kept/"):
        paper.say(path, story(f"Story of {path}"))
    names = {name: [PUBLIC] for name in ("paper.example", "www.paper.example", "old.example")}
    run = operator.crawl("panublion", *named(names), "-s", "DOWNLOAD_DELAY=0.7")
    assert run.report["outcomes"]["new"] == 2, run.err
    at = {host: [] for host in names}
    for (host, _), when in zip(paper.hosts(), paper.asked_at, strict=True):
        at[host].append(when)
    one_server = sorted(at["paper.example"] + at["www.paper.example"])
    assert are_apart(one_server, 0.7)
    assert ("old.example", "/robots.txt") in paper.hosts()
    # The old host's robots.txt and the story on it wait for each other, not for the new host.
    assert len(at["old.example"]) == 2
    assert are_apart(at["old.example"], 0.7)


def test_papers_of_one_host_group_are_visited_one_after_the_other(operator, paper):
    panublion(operator, paper, 3, top='host_group = "press"\n')
    second = operator.site("second", "http://second.example/", sitemaps=["http://second.example/map"],
                           feeds=["http://second.example/feed"])  # fmt: skip
    second.write_text('host_group = "press"\n' + second.read_text())
    with Archive(operator.home) as archive:
        archive.take_lease("press")
        held = operator.crawl("second")
    assert held.status == 75
    assert "press is being visited by" in held.err.splitlines()[-1]


# ------------------------------------------------------------------ robots.txt that cannot be had


def test_a_robots_txt_that_is_in_trouble_forbids_all_for_this_visit(operator, paper):
    panublion(operator, paper, 2)
    paper.say("/robots.txt", b"", status=503)
    run = operator.crawl("panublion", *QUICK)
    assert run.status == 4
    assert set(paper.paths()) == {"/robots.txt"}
    assert run.err.splitlines()[-1] == "panublion: blocked: robots.txt answered 503"


def test_a_robots_txt_that_is_hung_up_on_forbids_all_and_one_that_is_not_there_allows_all(operator, paper):
    paths = panublion(operator, paper, 1)
    paper.say("/robots.txt", b"", status=0)
    run = operator.crawl("panublion", *QUICK)
    assert run.status == 3
    assert set(paper.paths()) == {"/robots.txt"}
    paper.say("/robots.txt", b"User-agent: *\nDisallow: /\n", status=404)
    run = operator.crawl("panublion", *QUICK)
    assert (run.status, set(paths) < set(paper.paths())) == (0, True)


# ------------------------------------------------------------------ waiting and stopping


@pytest.mark.parametrize(("status", "form"), [(429, "seconds"), (503, "date")])
def test_a_short_retry_after_is_waited_for_and_then_we_are_slower(operator, paper, status, form):
    paths = panublion(operator, paper, 3)
    now = datetime.now(UTC).replace(microsecond=0)
    until = "2" if form == "seconds" else format_datetime(now + timedelta(seconds=2), usegmt=True)
    # The wait counts from the server's own time of the answer; ours may be wrong.
    paper.say(paths[0], b"", status=status, Retry_After=until, Date=format_datetime(now, usegmt=True))
    run = operator.crawl("panublion", *QUICK, "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    assert run.report["outcomes"]["new"] == 2, run.err
    refused = paper.paths().index(paths[0])
    assert are_apart(paper.asked_at[refused : refused + 2], 2)
    assert are_apart(paper.asked_at[refused + 1 :], 1)


def test_a_long_retry_after_ends_the_visit_as_blocked_and_the_next_one_goes_on(operator, paper):
    paths = panublion(operator, paper, 8)
    paper.say(paths[3], b"", status=429, Retry_After="86400")
    run = operator.crawl("panublion", *QUICK)
    assert run.status == 4
    assert "answered 429, to be asked again in 86400 s" in run.err.splitlines()[-1]
    assert run.report["left_over"] >= 1
    assert paper.paths()[-1] == paths[3]
    paper.say(paths[3], story("Later"))
    assert operator.crawl("panublion", *QUICK).report["outcomes"]["new"] == 5


def test_refusals_in_a_row_stop_the_visit(operator, paper):
    paths = panublion(operator, paper, 20)
    for path in paths[2:]:
        paper.say(path, b"", status=403)
    run = operator.crawl("panublion", *QUICK)
    assert run.status == 4
    assert "5 answers in a row were refusals, the last 403" in run.err.splitlines()[-1]
    assert len([path for path in paper.paths() if path in paths]) == 7


def test_a_time_budget_ends_the_visit_well_and_the_next_one_asks_the_rest(operator, paper):
    paths = panublion(operator, paper, 6, "minutes = 0.07")
    run = operator.crawl("panublion", "-s", "DOWNLOAD_DELAY=1")
    assert run.status == 0, run.err
    assert run.report["ended_early"] == "the time budget of 0.07 minutes is used up"
    assert 0 < run.report["outcomes"]["new"] < 6
    assert run.report["outcomes"]["new"] + run.report["left_over"] == 6
    rest = operator.crawl("panublion", *QUICK)
    assert run.report["outcomes"]["new"] + rest.report["outcomes"]["new"] == 6
    assert sorted(path for path in paper.paths() if path in paths) == sorted(paths), "a story was asked for twice"

"""What visits find and what they cost the paper: the newsroom's plans are known exactly, and it counts our requests."""

import subprocess
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from crawler.revisits import most_visits
from tests.crawling import PROJECT, Operator
from tests.newsroom import Newsroom, Plan, Quota
from tests.newsroom.newsroom import START

pytestmark = pytest.mark.newsroom

# Reading is tested elsewhere; here the paper's side counts, so nothing waits.
QUICK = ("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "HEMEROTECA_READERS=2")
SIGNALS = ("wordpress", "sitemap", "feed", "section")


class Crawled:
    """A paper of the newsroom, and an operator who visits it at newsroom time."""

    def __init__(self, operator, newsroom, server, name):
        self.operator, self.newsroom, self.server, self.name = operator, newsroom, server, name

    def only(self, *kinds, text=""):
        """Write a site file that knows these signals, and that there are no others."""
        url = lambda path: self.server.url(self.name, path)  # noqa: E731  # short, and of use here only
        paper = self.newsroom.papers[self.name]
        told = {
            "sitemap": {"sitemaps": [url("/sitemap_index.xml")]},
            "feed": {"feeds": [url(paper.feed)]},
            "json feed": {"feeds": [url("/feed.json")]},
            "wordpress": {"wordpress": paper.wordpress},
            "section": {"sections": [url("/"), *(url(path) for path in section_paths(paper))]},
        }
        discover = {key: value for kind in kinds for key, value in told[kind].items()}
        self.operator.site(self.name, self.server.url(self.name), text, article=paper.article, **discover)

    def visit(self, *arguments):
        """Visit the paper; return the report and the paths it was asked for."""
        self.server.clear()
        ahead = self.newsroom.now - datetime.now(UTC)
        self.operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(ahead.total_seconds())
        run = self.operator.crawl(self.name, *QUICK, *arguments)
        assert run.status == 0, run.err
        assert not self.server.failures
        return run.report, [request.path for request in self.server.requests]

    def archived(self):
        """Return how many of the stories that can be read now are in the archive."""
        urls = [told.url for told in self.newsroom.truth(self.name) if told.state == "live"]
        with self.operator.archive() as archive:
            return len(set(archive.known(self.name, urls))), len(urls)


def section_paths(paper):
    from tests.newsroom.sitemaps import section_path

    return [section_path(paper, slug) for slug in paper.sections]


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def crawled(operator):
    """Open one paper of a newsroom in which nothing happens but what a test plans."""
    servers = []

    def opened(name="lakeside", stories=60, plan=None):
        newsroom = Newsroom(seed=5, stories=stories, papers=[name], plan=plan or Plan())
        server = newsroom.serve()
        server.start()
        servers.append(server)
        return Crawled(operator, newsroom, server, name)

    yield opened
    for server in servers:
        server.stop()


DAY = timedelta(days=1)

# ------------------------------------------------------------------ the first visit


@pytest.mark.parametrize("kind", [*SIGNALS, "json feed"])
def test_each_signal_alone_finds_every_story_and_asks_for_nothing_twice(crawled, kind):
    paper = crawled(stories=60)
    paper.only(kind)
    report, asked = paper.visit()
    assert paper.archived() == (60, 60)
    assert report["outcomes"]["new"] == 60
    assert report["signals"][kind.removeprefix("json ")]["new"] == 60
    assert report["unread"] == {}
    assert len(asked) == len(set(asked))


def test_all_signals_together_find_every_story_once_and_count_what_each_gave(crawled):
    paper = crawled("coastal", stories=60)
    paper.only(*SIGNALS)
    report, asked = paper.visit()
    assert paper.archived() == (60, 60)
    assert (report["outcomes"]["new"], report["unread"]) == (60, {})
    assert len(asked) == len(set(asked))
    assert sum(report["signals"][kind]["new"] for kind in SIGNALS) == 60
    assert all(report["signals"][kind]["links"] >= 10 for kind in SIGNALS)


def test_archives_by_month_are_walked_when_asked_for(crawled):
    paper = crawled(stories=60)
    paper.operator.site(
        paper.name, paper.server.url(paper.name), feeds=[paper.server.url(paper.name, "/feed/?paged=6")]
    )
    zone = paper.newsroom.papers[paper.name].zone
    day = (START - 12 * DAY).astimezone(zone).replace(hour=0, minute=0)
    wanted = [story for story in paper.newsroom.stories(paper.name) if story.published >= day]
    _, asked = paper.visit("-a", "archives=date", "-a", f"since={day:%Y-%m-%d}", "-a", f"until={START + DAY:%Y-%m-%d}")
    assert paper.archived()[0] == len(wanted)
    assert "/2026/11/" in asked
    assert "/2026/10/page/2/" in asked
    assert "/2026/09/" not in asked


# ------------------------------------------------------------------ the second visit

CHANGES = {"corrected": 11, "retitled": 3, "renamed": 1, "stealth": 1, "removed_404": 2, "removed_410": 2, "new": 4}
QUOTA = Plan(quotas=(Quota(between=(START, START + DAY), counters=40, counts=CHANGES),))
# The stealth edit moves no date: only a look at the page itself finds it.
LISTED = sum(CHANGES.values()) - CHANGES["stealth"]
REMOVED = CHANGES["removed_404"] + CHANGES["removed_410"]


def is_story(paper, path):
    return paper.newsroom.find(paper.name, path) is not None


def test_a_second_visit_asks_for_what_its_listings_tell_and_for_hardly_more(crawled, tmp_path):
    paper = crawled(stories=400, plan=QUOTA)
    paper.only("sitemap", "wordpress")
    first, asked = paper.visit()
    assert first["outcomes"]["new"] == 400
    assert len(asked) == len(set(asked))
    copytree(paper.operator.home, tmp_path / "after the first visit")
    paper.newsroom.advance(days=1)
    for kind, most, listed in (("sitemap", 8, LISTED), ("wordpress", 4, LISTED - REMOVED)):
        paper.operator.home = Path(copytree(tmp_path / "after the first visit", tmp_path / kind))
        # The sample of revisits is counted apart: here there is none.
        paper.only(kind, text="requests = 0\n")
        second, asked = paper.visit()
        stories = [path for path in asked if is_story(paper, path)]
        assert len(asked) == len(set(asked))
        assert len(stories) == listed
        assert len(asked) - listed <= most, [path for path in asked if path not in stories]
        outcomes = second["outcomes"]
        assert outcomes["new"] == CHANGES["new"]
        assert outcomes["revised"] == CHANGES["corrected"] + CHANGES["retitled"]
        assert outcomes["renamed"] == CHANGES["renamed"], "a new address is no new text"
        assert "stealth" not in outcomes
        assert (outcomes.get("gone", 0), outcomes.get("missing", 0)) == ((2, 2) if kind == "sitemap" else (0, 0))
        with paper.operator.archive() as archive:
            assert archive.left_over(paper.name, 500) == []


def test_quiet_edits_and_removals_are_found_within_the_visits_that_are_promised(crawled):
    paper = crawled(stories=400, plan=QUOTA)
    # The REST API tells neither: only the sample of revisits finds them.
    paper.only("wordpress", text="requests = 200\n")
    assert paper.visit()[0]["outcomes"]["new"] == 400
    found = Counter()
    for _ in range(most_visits(400, 200)):
        paper.newsroom.advance(days=1)
        report, asked = paper.visit()
        found.update(report["outcomes"])
        assert sum(is_story(paper, path) for path in asked) <= 200 + LISTED
    assert found["stealth"] == CHANGES["stealth"]
    assert found["revised"] == CHANGES["corrected"] + CHANGES["retitled"]
    assert found["missing"] >= CHANGES["removed_404"]
    assert found["gone"] >= CHANGES["removed_410"]


# ------------------------------------------------------------------ visits that are cut short


def killed_after(paper, requests, *arguments):
    """Begin a visit and kill it when the paper was asked so often; return the paths it was asked for."""
    paper.server.clear()
    ahead = paper.newsroom.now - datetime.now(UTC)
    paper.operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(ahead.total_seconds())
    command, environment = paper.operator.command("crawl", paper.name, *arguments)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, **quiet)
    until = time.monotonic() + 120
    while len(paper.server.requests) < requests and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    assert process.poll() is None
    process.kill()
    process.wait(timeout=30)
    return [request.path for request in paper.server.requests]


@pytest.mark.parametrize("kind", SIGNALS)
def test_a_visit_that_was_killed_is_finished_by_the_next_one(crawled, kind):
    paper = crawled(stories=60)
    paper.only(kind)
    before = killed_after(paper, 45)
    _, asked = paper.visit()
    assert paper.archived() == (60, 60)
    stories = [path for path in before + asked if is_story(paper, path)]
    assert len(stories) - len(set(stories)) <= 1, "only what was under way when it was killed"


def test_a_backfill_goes_back_to_its_day_over_several_visits_and_then_is_done(crawled):
    paper = crawled(stories=120)
    day = paper.newsroom.stories(paper.name)[30].published.astimezone(paper.newsroom.papers[paper.name].zone)
    wanted = [story for story in paper.newsroom.stories(paper.name) if story.published >= day.replace(hour=0, minute=0)]
    paper.only("feed")
    first, _ = paper.visit("-a", f"since={START - 5 * DAY:%Y-%m-%d}")
    assert 10 <= first["outcomes"]["new"] <= 20
    argument = ("-a", f"backfill={day:%Y-%m-%d}")
    before = killed_after(paper, 8, *argument)
    _, asked = paper.visit(*argument)
    with paper.operator.archive() as archive:
        known = archive.known(paper.name, [paper.newsroom.url(story, story.own_slug) for story in wanted])
    assert len(known) == len(wanted)
    assert paper.archived()[0] <= len(wanted) + 1, "nothing before that day"
    pages = [path for path in before + asked if "paged=" in path]
    assert len(pages) - len(set(pages)) <= 1
    _, again = paper.visit(*argument)
    assert [path for path in again if "paged=" in path] == []


@pytest.mark.parametrize("kind", SIGNALS)
def test_a_visit_on_which_nothing_changed_ends_well(crawled, kind):
    paper = crawled(stories=12)
    paper.only(kind, text="requests = 0\n")
    paper.visit()
    report, asked = paper.visit()
    assert report["outcomes"] == {}
    assert len(asked) <= 10

"""Three visits to the demo newsroom, compared with its truth for every story.

The five papers are crawled by the real command, the clock is moved between the visits, and then every version, every
counter reading, every removal and every field in the archive is held against what the newsroom knows it printed.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from archive import corpus
from archive.selection import Selection
from tests.crawling import Operator
from tests.newsroom import Newsroom

if TYPE_CHECKING:
    from pathlib import Path

    from tests.newsroom import StoryTruth

PAPERS = ("lakeside", "coastal", "highland", "bisaya", "sever")
STORIES = 24
# The second visit is a day after the first; the third a day and an hour later, so that a first 404 can be confirmed.
PAUSES = (timedelta(days=1), timedelta(days=1, hours=1))

pytestmark = pytest.mark.newsroom


@dataclass(slots=True)
class Visit:
    """What one round of visits was, as the newsroom saw it."""

    at: datetime
    truth: dict[str, dict[int, StoryTruth]]
    reports: dict[str, dict[str, Any]]
    answered: dict[tuple[str, str], int] = field(default_factory=dict)  # (paper, path) → status
    asked: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Crawled:
    """The newsroom after all visits, what was seen at each, and what the archive holds."""

    newsroom: Newsroom
    visits: list[Visit]
    articles: dict[str, dict[str, dict[str, Any]]]  # paper → address → article as exported
    histories: dict[str, corpus.History]  # key → history


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder: Path = tmp_path_factory.mktemp("truth")
    newsroom = Newsroom(stories=STORIES, papers=PAPERS)
    operator = Operator(home=folder / "archive", sites=folder / "sites")
    with newsroom.serve() as server:
        newsroom.write_site_files(operator.sites, server)
        visits = [visit(newsroom, server, operator)]
        for pause in PAUSES:
            newsroom.advance(seconds=pause.total_seconds())
            visits.append(visit(newsroom, server, operator))
        assert server.failures == []
    with operator.archive() as archive:
        exported = list(corpus.articles(archive, Selection(), counters=True))
        histories = {article["id"]: corpus.history(archive, article["id"]) for article in exported}
    articles: dict[str, dict[str, dict[str, Any]]] = {paper: {} for paper in PAPERS}
    for article in exported:
        articles[article["site"]][article["url"]] = article
    return Crawled(newsroom, visits, articles, histories)


def visit(newsroom: Newsroom, server: Any, operator: Operator) -> Visit:
    """Crawl every paper, two at a time, while the newsroom's clock stands still."""
    server.clear()
    offset = (newsroom.now - datetime.now(UTC)).total_seconds()
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(offset)
    with ThreadPoolExecutor(2) as pool:
        runs = dict(zip(PAPERS, pool.map(operator.crawl, PAPERS), strict=True))
    assert {paper: run.err for paper, run in runs.items() if run.status} == {}
    truth = {paper: {story.id: story for story in newsroom.truth(paper)} for paper in PAPERS}
    done = Visit(newsroom.now, truth, {paper: run.report for paper, run in runs.items()})
    for request in server.requests:
        done.answered[request.paper, request.path] = request.status
        done.asked.append((request.paper, request.path))
    return done


# ------------------------------------------------------------------ what the archive should hold


@dataclass(frozen=True, slots=True)
class Expected:
    """A version that three visits can know."""

    change: str
    title: str | None = None
    body: str | None = None
    stealth: bool = False


def text_of(story: StoryTruth) -> tuple[Any, ...]:
    return (story.title, story.standfirst, story.authors, story.paragraphs)


def expected_versions(crawled: Crawled, paper: str, number: int) -> list[Expected]:
    """Work out, from what was true at each visit, which versions there must be."""
    chain: list[Expected] = []
    last: StoryTruth | None = None
    missing_since: datetime | None = None
    for seen in crawled.visits:
        story = seen.truth[paper].get(number)
        if story is None:
            continue
        gone = bool(chain) and chain[-1].change == "gone"
        if story.state == "live":
            missing_since = None
            if last is None:
                chain.append(Expected("new", story.title, "\n\n".join(story.paragraphs)))
            elif gone or text_of(story) != text_of(last):
                admitted = story.modified is not None and (last.modified is None or story.modified > last.modified)
                change = "restored" if gone else "revised"
                chain.append(Expected(change, story.title, "\n\n".join(story.paragraphs), not gone and not admitted))
            last = story
        elif last is not None and not gone:
            missing_since = missing_since or seen.at
            if story.state == "removed_410" or seen.at - missing_since >= timedelta(days=1):
                chain.append(Expected("gone"))
    return chain


def stories_seen(crawled: Crawled, paper: str) -> dict[int, StoryTruth]:
    """Return every story that was live at one visit at least, as it was when it last was."""
    seen: dict[int, StoryTruth] = {}
    for one in crawled.visits:
        seen |= {number: story for number, story in one.truth[paper].items() if story.state == "live"}
    return seen


def article_of(crawled: Crawled, paper: str, story: StoryTruth) -> dict[str, Any]:
    return crawled.articles[paper][story.url]


# ------------------------------------------------------------------ tests


@pytest.mark.parametrize("paper", PAPERS)
def test_every_story_is_found_and_nothing_else_is_taken_for_one(crawled: Crawled, paper: str) -> None:
    found = set(crawled.articles[paper])
    assert found == {story.url for story in stories_seen(crawled, paper).values()}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_version_is_there_and_no_false_one(crawled: Crawled, paper: str) -> None:
    for number, story in stories_seen(crawled, paper).items():
        key = article_of(crawled, paper, story)["id"]
        kept = [Expected(v["change"], v["title"], v["body"], v["stealth"]) for v in crawled.histories[key].versions]
        assert kept == expected_versions(crawled, paper, number), story.url


def test_the_days_between_the_visits_were_lively_enough_to_prove_something(crawled: Crawled) -> None:
    chains = [expected_versions(crawled, paper, number) for paper in PAPERS for number in stories_seen(crawled, paper)]
    kinds = {(version.change, version.stealth) for chain in chains for version in chain}
    assert {("new", False), ("revised", False), ("revised", True), ("gone", False)} <= kinds
    assert any(story.former_urls for paper in PAPERS for story in stories_seen(crawled, paper).values())


@pytest.mark.parametrize("paper", PAPERS)
def test_a_first_404_is_missing_and_a_second_a_day_later_is_gone_since_the_first(crawled: Crawled, paper: str) -> None:
    for number, story in stories_seen(crawled, paper).items():
        told = crawled.histories[article_of(crawled, paper, story)["id"]]
        states = [one.truth[paper][number].state for one in crawled.visits if number in one.truth[paper]]
        if states[-1] == "live":
            assert told.state == "live"
        elif states[-1] == "removed_410" or states[-2:] == ["removed_404", "removed_404"]:
            first = crawled.visits[-2] if states[-2] != "live" else crawled.visits[-1]
            assert told.state == "gone"
            assert abs(datetime.fromisoformat(told.versions[-1]["valid_from"]) - first.at) < timedelta(minutes=5)
        else:
            assert told.state == "missing"


LISTINGS = ("feed:", "rest:", "listing")  # counters that stood beside a link: a series of their own


@pytest.mark.parametrize("paper", PAPERS)
def test_every_counter_reading_is_what_the_page_showed(crawled: Crawled, paper: str) -> None:
    for metric in ("views", "comments"):
        for number, story in stories_seen(crawled, paper).items():
            shown: list[int] = []
            for one in crawled.visits:
                then = one.truth[paper].get(number)
                if then is None or one.answered.get((paper, urlsplit(then.url).path)) != 200:
                    continue  # answered 304, or not there: nothing was shown
                value = getattr(then, metric)
                if value is not None and shown[-1:] != [value]:
                    shown.append(value)
            runs = [run for run in article_of(crawled, paper, story)["counters"] if run["metric"] == metric]
            listed = {run["value"] for run in runs if run["source"].startswith(LISTINGS)}
            assert [run["value"] for run in runs if not run["source"].startswith(LISTINGS)] == shown, (
                metric,
                story.url,
            )
            true = {getattr(one.truth[paper][number], metric) for one in crawled.visits if number in one.truth[paper]}
            assert listed <= true, (metric, story.url)


FIELDS = ("title", "standfirst", "dateline", "language", "section")


@pytest.mark.parametrize("paper", PAPERS)
def test_every_field_is_what_the_page_says(crawled: Crawled, paper: str) -> None:
    for story in stories_seen(crawled, paper).values():
        article = article_of(crawled, paper, story)
        assert {name: article[name] for name in FIELDS} == {name: getattr(story, name) for name in FIELDS}, story.url
        people = [author["name"] for author in article["authors"] if author["kind"] == "person"]
        assert tuple(people) == story.authors, story.url
        assert datetime.fromisoformat(article["published"]) == story.published, story.url
        modified = article["modified"] and datetime.fromisoformat(article["modified"])
        assert modified == story.modified, story.url


@pytest.mark.parametrize("paper", PAPERS)
def test_profiles_are_kept_beside_their_authors_and_out_of_the_body(crawled: Crawled, paper: str) -> None:
    for story in stories_seen(crawled, paper).values():
        article = article_of(crawled, paper, story)
        kept = {(author["profile"], author["profile_language"]) for author in article["authors"] if author["profile"]}
        assert kept == {(profile.text, profile.language) for profile in story.profiles}, story.url


@pytest.mark.parametrize("paper", PAPERS)
def test_no_page_is_fetched_twice_in_a_visit_and_none_that_robots_txt_forbids(crawled: Crawled, paper: str) -> None:
    for one in crawled.visits:
        paths = [path for name, path in one.asked if name == paper]
        assert len(paths) == len(set(paths))
        assert not [path for path in paths if path.startswith("/embargo/")]


@pytest.mark.parametrize("paper", PAPERS)
def test_known_stories_are_asked_again_with_a_conditional_get(crawled: Crawled, paper: str) -> None:
    second = crawled.visits[1]
    assert second.reports[paper]["outcomes"]["unchanged"] > 0
    if paper in ("lakeside", "highland", "sever"):  # their ETag does not follow the counters
        statuses = [status for (name, _), status in second.answered.items() if name == paper]
        assert statuses.count(304) > STORIES / 2


def test_the_renamed_story_keeps_its_article_and_both_addresses(crawled: Crawled) -> None:
    renamed = [
        (paper, story) for paper in PAPERS for story in stories_seen(crawled, paper).values() if story.former_urls
    ]
    for paper, story in renamed:
        told = crawled.histories[article_of(crawled, paper, story)["id"]]
        known = {address["url"] for address in told.urls}
        seen_under = {one.truth[paper][story.id].url for one in crawled.visits if story.id in one.truth[paper]}
        assert seen_under <= known


def test_the_copied_story_is_linked_across_papers_and_kept_twice(crawled: Crawled) -> None:
    linked = [
        (paper, article) for paper in PAPERS for article in crawled.articles[paper].values() if article["cluster"]
    ]
    assert {paper for paper, _ in linked} == {"lakeside", "coastal"}
    assert len({article["cluster"] for _, article in linked}) == 1
    assert len({json.dumps(article["body"]) for _, article in linked}) == 1

"""A paper that moved host keeps its stories."""

from datetime import UTC, datetime

import pytest

from tests.crawling import Operator
from tests.newsroom import Newsroom


@pytest.mark.newsroom
@pytest.mark.parametrize("paper", ["highland", "lakeside"])  # without ids of its own, and with those of WordPress
def test_the_stories_of_a_paper_that_moved_host_are_the_same_articles(tmp_path, paper):
    operator = Operator(home=tmp_path / "home", sites=tmp_path / "sites")
    newsroom = Newsroom(seed=3, stories=6, papers=[paper])

    def visit() -> dict[str, int]:
        ahead = newsroom.now - datetime.now(UTC)
        operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(ahead.total_seconds())
        run = operator.crawl(paper)
        assert run.status == 0, run.err
        return run.report["outcomes"]

    with newsroom.serve() as server:
        newsroom.write_site_files(operator.sites, server)
        assert visit() == {"new": 6}
        before = {truth.id: truth.url for truth in newsroom.truth(paper)}
        old = server.url(paper)
    newsroom.advance(hours=2)
    with newsroom.serve(addresses={paper: "127.0.0.2"}) as server:
        [path] = newsroom.write_site_files(operator.sites, server)
        path.write_text(f'former_urls = ["{old}"]\n{path.read_text()}')
        outcomes = visit()
        after = {truth.id: truth.url for truth in newsroom.truth(paper)}
        with operator.archive() as archive:
            known = archive.known(paper, [*before.values(), *after.values()])
    assert outcomes.get("new", 0) == len(after) - len(before)
    assert outcomes.get("unchanged", 0) + outcomes.get("renamed", 0) >= 6
    assert {known[before[story]].article for story in before} == {known[after[story]].article for story in before}
    assert all(known[after[story]].url == after[story] for story in before)

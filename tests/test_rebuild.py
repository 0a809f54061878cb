"""The real road, then a rebuild: what crawls, a late import and a replay told is found in the WARC files alone."""

from datetime import UTC, datetime

import pytest

from archive import Archive, shifted_clock
from archive.audit import verify
from archive.dump import dump
from archive.rebuild import rebuild_into
from tests.crawling import Operator
from tests.newsroom import Newsroom


def dumped(home):
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        return set(dump(connection))


@pytest.mark.newsroom
def test_a_crawled_and_imported_archive_is_rebuilt_equal(tmp_path):
    ours, theirs = (Operator(home=tmp_path / name, sites=tmp_path / "sites") for name in ("ours", "theirs"))
    newsroom = Newsroom(seed=5, stories=15, papers=["lakeside", "bisaya"])

    def crawl(operator, *arguments):
        ahead = (newsroom.now - datetime.now(UTC)).total_seconds()
        operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(ahead)
        run = operator.crawl(*arguments)
        assert run.status == 0, run.err

    with newsroom.serve() as server:
        newsroom.write_site_files(ours.sites, server)
        for day, operator in enumerate((ours, theirs, ours, ours)):  # the second day is only known to the others
            newsroom.advance(hours=24 if day else 0)
            for paper in newsroom.papers:
                crawl(operator, paper)
        for _ in range(2):
            crawl(ours, "replay", "-a", f"warc={theirs.home / 'warc'}")
    done = rebuild_into(ours.home, tmp_path / "again", shifted_clock())
    assert done.problems == ()
    before, after = dumped(ours.home), dumped(tmp_path / "again")
    assert before ^ after == set()
    for told in ('"change": "revised"', '"stealth": true', '"state": "gone"', '"reason": "late_capture"'):
        assert any(told in line for line in before), told
    with Archive(tmp_path / "again", readonly=True) as archive:
        assert verify(archive).faults == []

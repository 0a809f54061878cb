"""Counters that were seen elsewhere than on the story's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive import Counter
from archive import tables as t
from archive.clock import shifted_clock
from archive.dump import dump
from archive.rebuild import rebuild_into
from archive.scan import records
from archive.store import Archive
from tests.archive.make import DAY, HOUR, STORY, Paper, SettableClock, capture, rows

if TYPE_CHECKING:
    from pathlib import Path

FEED = "https://lakeside.example/feed/"


def shown(paper: Paper, key: str, value: int, *, metric: str = "comments", source: str = "feed:slash") -> int:
    listing = paper.capture(FEED)
    return paper.archive.counted(listing, {key: [Counter(metric=metric, value=value, source=source)]})


def test_a_listing_s_counter_is_a_reading_of_its_own_with_its_time(paper: Paper, clock: SettableClock) -> None:
    paper.prints(views=10, comments=1)
    key = paper.history().key
    for value in (1, 1, 4):
        clock.advance(DAY)
        assert shown(paper, key, value) == 1
    readings = [(row.source, row.value, row.observed_at, row.last_at) for row in rows(paper.archive, t.counter_reading)]
    start = clock() - 3 * DAY
    assert sorted(found for found in readings if found[0] == "feed:slash") == [
        ("feed:slash", 1, start + DAY, start + 2 * DAY), ("feed:slash", 4, clock(), clock()),
    ]  # fmt: skip
    assert len(paper.versions()) == 1


def test_counters_of_articles_that_are_not_known_are_not_noted(paper: Paper) -> None:
    paper.prints()
    assert shown(paper, "nobody", 4) == 0
    assert paper.archive.counted(paper.capture(FEED), {}) == 0
    assert rows(paper.archive, t.counter_sighting) == []


@pytest.mark.sqlite
def test_a_rebuild_has_the_counters_that_listings_showed(
    paper: Paper, clock: SettableClock, home: Path, tmp_path: Path
) -> None:
    paper.prints(views=10)
    clock.advance(HOUR)
    shown(paper, paper.history().key, 4)
    paper.end()
    paper.archive.close()
    rebuild_into(home, tmp_path / "again", shifted_clock())
    dumps = []
    for folder in (home, tmp_path / "again"):
        with Archive(folder, readonly=True) as archive, archive.engine.connect() as connection:
            dumps.append(list(dump(connection)))
    assert dumps[0] == dumps[1]
    assert any('"counter_sighting"' in line for line in dumps[0])


@pytest.mark.sqlite
def test_what_was_sent_is_kept_beside_the_answer_to_a_form(paper: Paper, home: Path) -> None:
    url = "https://lakeside.example/wp-admin/admin-ajax.php?v=1"
    asked = capture(url, visit=paper.begin(), payload=b'{"7": 12}', method="POST", sent=b"action=x&td_post_ids=%5B7%5D")
    paper.archive.keep(asked)
    paper.end()
    paper.archive.close()
    found = [record for path in (home / "warc").iterdir() for record in records(path)]
    (request,) = [record for record in found if record.kind == "request"]
    assert request.fields["warc-target-uri"] == url
    assert request.fields["warc-concurrent-to"] == f"<urn:uuid:{asked.record_id}>"
    head, _, body = request.block.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /wp-admin/admin-ajax.php?v=1 HTTP/1.1\r\nHost: lakeside.example\r\n")
    assert body == asked.sent


def test_the_newest_version_says_what_a_script_would_load(paper: Paper) -> None:
    wish = {"system": "tagdiv", "adds": False}
    paper.prints(pending=wish)
    key = paper.history().key
    assert paper.archive.pending("lakeside", [key, "nobody"]) == {key: wish}
    assert paper.archive.pending("elsewhere", [key]) == {}
    assert paper.history(STORY).key == key

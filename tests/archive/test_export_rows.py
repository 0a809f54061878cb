"""What an export hands out: which articles, which of their texts, and in which order."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from archive import corpus
from archive.database import READERS_CACHE, WALKERS_CACHE, snapshot
from archive.export import Wanted, lines
from archive.export import rows as export_rows
from archive.export.rows import by_key
from archive.selection import Selection, Versions
from tests.archive.exporting import address, fill, key, print_story
from tests.archive.make import DAY, START

if TYPE_CHECKING:
    from archive import Archive
    from tests.archive.make import SettableClock

EDITED = address("lakeside", "edited")


@pytest.fixture
def filled(archive: Archive, clock: SettableClock) -> Archive:
    fill(archive, clock)
    return archive


def told(archive: Archive, **wanted: Any) -> list[dict[str, Any]]:
    selected = Selection(**wanted.pop("selection", {}))
    with snapshot(archive.engine) as connection:
        return [row for each in by_key(connection, Wanted(selection=selected, **wanted)) for row in each.rows]


def test_a_batch_tells_of_each_article_what_is_told_of_it_alone(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = told(filled, counters=True)
    assert len(together) == 14
    assert together == [corpus.article(filled, one["id"], counters=True) for one in together]
    monkeypatch.setattr(export_rows, "BATCH", 2)
    assert told(filled, counters=True) == together


def test_articles_come_in_the_order_of_their_keys_and_go_on_after_one(filled: Archive) -> None:
    keys = [one["id"] for one in told(filled)]
    assert keys == sorted(keys)
    with snapshot(filled.engine) as connection:
        rest = [each.key for each in by_key(connection, Wanted(), after=keys[4])]
    assert rest == keys[5:]


def test_lines_are_the_newest_first_and_end_with_a_line_feed(filled: Archive) -> None:
    found = list(lines(filled, Wanted()))
    assert all(line.endswith(b"}\n") and line.count(b"\n") == 1 for line in found)
    assert [orjson.loads(line) for line in found] == list(corpus.articles(filled, Selection()))


@pytest.mark.parametrize("first", [1, 3, 13, 14, 15])
@pytest.mark.parametrize(
    "asked",
    [
        {}, {"query": "the"}, {"query": "the -fish"}, {"query": "xylophone"}, {"query": "the", "by_relevance": True},
        {"versions": Versions.ALL}, {"versions": Versions.ALL, "query": "the"}, {"at": START + 1.5 * DAY},
        {"query": "the", "at": START + 1.5 * DAY}, {"query": "return", "removed": True},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_handed_out_first_is_what_the_whole_list_begins_with(
    filled: Archive, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], first: int
) -> None:
    monkeypatch.setattr(export_rows, "FIRST", first)
    wanted = Wanted(selection=Selection(**asked))
    with snapshot(filled.engine) as connection:
        listed = connection.execute(export_rows.statement(connection, wanted)).all()
        handed_out = list(export_rows.newest_first(connection, wanted))
    assert [(one["id"], one["version"]) for one in handed_out] == [(row.key, row.number) for row in listed]


def test_the_first_text_the_last_or_all_of_them_are_told(filled: Archive) -> None:
    def titles(versions: Versions) -> list[str]:
        return [one["title"] for one in told(filled, selection={"versions": versions}) if one["url"] == EDITED]

    first, second, third = '=HYPERLINK("https://evil.example")', "Fish return, “all” of them\nat last", "Fish return"
    assert titles(Versions.LATEST) == [third]
    assert titles(Versions.FIRST) == [first]
    assert titles(Versions.ALL) == [first, second, third]
    every = [one for one in told(filled, selection={"versions": Versions.ALL}) if one["url"] == EDITED]
    assert [(one["version"], one["change"]) for one in every] == [(1, "new"), (2, "revised"), (3, "revised")]
    assert [one["valid_to"] for one in every] == [every[1]["valid_from"], every[2]["valid_from"], None]
    assert [one["not_before"] for one in every] == [None, every[0]["valid_from"], every[1]["valid_from"]]


def test_the_texts_of_a_time_are_told_and_what_was_not_there_then_is_not(filled: Archive) -> None:
    then = told(filled, selection={"at": START + 1.5 * DAY})
    assert {one["url"] for one in then if "wire" in one["url"]} == set()
    assert [one["title"] for one in then if one["url"] == EDITED] == ['=HYPERLINK("https://evil.example")']
    later = told(filled, selection={"at": START + 9 * DAY})
    assert address("bisaya", "gone") not in {one["url"] for one in later}


def test_bodies_and_near_duplicates_can_be_left_out_and_counters_added(filled: Archive) -> None:
    one = told(filled, texts=False, near_duplicates=False)[0]
    assert not {"body", "near_duplicates", "counters"} & set(one)
    assert {"cluster", "title", "word_count"} <= set(one)
    [edited] = [row for row in told(filled, counters=True) if row["url"] == EDITED]
    assert [(run["metric"], run["value"]) for run in edited["counters"]] == [("views", 40), ("comments", 3)]


def test_of_a_cluster_the_earliest_that_is_asked_for_is_told(filled: Archive) -> None:
    def wire(**asked: Any) -> list[str]:
        found = told(filled, one_of_a_cluster=True, **asked)
        assert len(found) > 1
        return [one["site"] for one in found if "/wire/" in one["url"]]

    assert wire() == ["highland"]
    assert wire(selection={"site": "bisaya"}) == ["bisaya"]
    assert wire(selection={"versions": Versions.ALL}) == ["highland"]
    filled.take_down("article", key(filled, "highland", "wire"), "asked to")
    assert wire() == ["lakeside"]
    assert len(told(filled, one_of_a_cluster=True)) == 12


def test_what_is_taken_down_is_told_in_no_version(filled: Archive) -> None:
    filled.take_down("article", key(filled, "lakeside", "edited"), "asked to")
    for versions in Versions:
        assert EDITED not in {one["url"] for one in told(filled, selection={"versions": versions})}


def test_an_export_shows_one_moment_however_long_it_takes(
    filled: Archive, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_rows, "BATCH", 1)
    before = list(lines(filled, Wanted()))
    slow = lines(filled, Wanted())
    meanwhile = [next(slow)]
    print_story(filled, clock, "highland", 0, day=6, title="Changed meanwhile")
    filled.take_down("article", key(filled, "lakeside", 1), "asked to")
    assert meanwhile + list(slow) == before
    assert len(list(lines(filled, Wanted()))) == len(before) - 1


def test_a_search_is_exported_as_it_is_answered(filled: Archive) -> None:
    asked = Selection(query="storm OR fish", site="lakeside")
    found = {orjson.loads(line)["title"] for line in lines(filled, Wanted(selection=asked))}
    assert found == {"Storm, says lakeside", "Fish return"}
    assert len(told(filled, selection={"query": "storm OR fish"})) == 4


def test_whoever_stops_early_leaves_nothing_open(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_rows, "BATCH", 2)
    some = lines(filled, Wanted())
    assert next(some).endswith(b"\n")
    some.close()  # type: ignore[attr-defined]  # a generator, as downloads that are broken off close it
    with snapshot(filled.engine) as connection:
        assert next(by_key(connection, Wanted())).rows
    gc.collect()  # a cursor that was left open would be told of here, which pytest takes for a failure


def test_python_collects_again_after_a_batch_also_after_one_that_failed(filled: Archive) -> None:
    assert told(filled)
    assert gc.isenabled()
    with snapshot(filled.engine) as connection, pytest.raises(KeyError):
        export_rows._told(connection, [-1], Wanted())
    assert gc.isenabled()


@pytest.mark.sqlite
def test_a_walk_through_the_archive_holds_more_pages_and_gives_them_back(filled: Archive) -> None:
    with snapshot(filled.engine) as connection:
        assert connection.exec_driver_sql("PRAGMA cache_size").scalar() == -WALKERS_CACHE
    with filled.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA cache_size").scalar() == -READERS_CACHE

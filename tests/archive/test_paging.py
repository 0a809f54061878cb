"""Long lists page by page: every page together is the whole list, whatever it is asked for and however it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archive import Archive, QueryError, changes, corpus, selection
from archive.hits import hits
from archive.paging import cursor, place
from archive.selection import Selection, Versions
from tests.archive.make import BODY, DAY, HOUR, START, Paper, SettableClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archive.paging import Page

END = START + 9 * DAY


def print_stories(archive: Archive, clock: SettableClock) -> None:
    """Twelve stories of one paper, some published in the same second, and three more of another that copied a text."""
    paper, other = Paper(archive, clock), Paper(archive, clock, "highland")
    for number in range(12):
        paper.prints(url=f"https://lakeside.example/{number}/", title=f"Flood {number}", body=[*BODY, str(number)],
                     published=START - (number // 3) * HOUR, wp=str(number))  # fmt: skip
    for number in range(3):
        other.prints(url=f"https://highland.example/{number}/", title="Flood 1", body=[*BODY, "1"], published=None,
                     authors=("Ana Peñaflor",), wp=str(number))  # fmt: skip
    clock.advance(DAY)
    for number in range(12):
        paper.prints(url=f"https://lakeside.example/{number}/", title=f"Storm {number}", body=[*BODY, "Rain."],
                     published=START - (number // 3) * HOUR, wp=str(number))  # fmt: skip


@pytest.fixture(scope="module")
def busy(kind: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    clock = SettableClock()
    with Archive(tmp_path_factory.mktemp("busy"), clock=clock) as archive:
        print_stories(archive, clock)
        yield archive


def walked(page: Callable[[str | None], Page[Any]], limit: int) -> list[Any]:
    """Return all items of all pages; every page but the last is full."""
    items, after = [], None
    while True:
        found = page(after)
        items += found.items
        assert len(items) <= 1000  # a list that begins again has no end
        after = found.next
        if after is None:
            assert len(found.items) <= limit
            return items
        assert len(found.items) == limit


def texts_of(told: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return which texts these are: an article has as many as it has versions."""
    return [(story["id"], story["version"]) for story in told]


@pytest.mark.parametrize("limit", [1, 2, 5, 14, 15, 16])
@pytest.mark.parametrize(
    "asked",
    [
        {}, {"site": "highland"}, {"query": "river"}, {"query": "storm -drill"}, {"query": "river site:lakeside"},
        {"query": "flood", "at": START + HOUR}, {"query": "flood", "removed": True}, {"query": "flood OR storm"},
        {"query": "flood OR site:highland"}, {"query": "site:lakeside"}, {"query": "river", "by_relevance": True},
        {"query": "nothing"}, {"query": "-storm"}, {"versions": Versions.ALL},
        {"versions": Versions.ALL, "query": "river"}, {"versions": Versions.ALL, "query": "site:lakeside"},
        {"versions": Versions.ALL, "site": "highland"},
    ],
)  # fmt: skip
def test_the_pages_of_a_list_are_the_list(busy: Archive, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any],
                                          limit: int) -> None:  # fmt: skip
    monkeypatch.setattr(selection, "LEAST_LOOKED_AT", 2)
    chosen = Selection(**asked)
    whole = texts_of(corpus.articles(busy, chosen))
    with busy.engine.connect() as connection:
        assert texts_of(walked(lambda after: hits(connection, chosen, limit, after), limit)) == whole
        told = walked(lambda after: corpus.articles_page(connection, chosen, limit, after), limit)
        assert texts_of(told) == whole
        assert corpus.count(connection, chosen) == len(whole)
        assert corpus.count(connection, chosen, most=4) == min(4, len(whole))


def test_a_hit_tells_what_the_whole_article_tells(busy: Archive) -> None:
    with busy.engine.connect() as connection:
        found = {hit["id"]: hit for hit in hits(connection, Selection(), 50).items}
        for story in corpus.articles(connection, Selection()):
            hit = found[story["id"]]
            same = ("site", "url", "published", "first_seen", "state", "title", "language", "views", "version")
            assert {name: hit[name] for name in same} == {name: story[name] for name in same}
            assert hit["authors"] == [author["name"] for author in story["authors"]]


def test_what_is_new_between_two_pages_moves_nothing(archive: Archive, clock: SettableClock) -> None:
    print_stories(archive, clock)
    with archive.engine.connect() as connection:
        first = hits(connection, Selection(), 6)
    Paper(archive, clock).prints(url="https://lakeside.example/new/", title="New", body=["A new story."], wp="n",
                                 published=START + DAY)  # fmt: skip
    with archive.engine.connect() as connection:
        second = hits(connection, Selection(), 50, first.next)
    assert len({hit["id"] for hit in (*first.items, *second.items)}) == 15


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 5, 12, 13])
def test_the_pages_of_changes_are_all_changes(busy: Archive, limit: int, newest_first: bool) -> None:
    def page(after: str | None) -> Page[changes.Change]:
        return changes.changes_page(busy, START, END, limit=limit, newest_first=newest_first, after=after)

    whole = [(one.article, one.number) for one in changes.changes(busy, START, END)]
    assert len(whole) == 12
    found = [(one.article, one.number) for one in walked(page, limit)]
    assert found == (whole[::-1] if newest_first else whole)


def test_a_list_of_changes_gets_its_texts_when_they_are_asked_for(busy: Archive) -> None:
    found = changes.changes_page(busy, START, END, limit=3).items
    assert [one.title for one in found] == ["Storm 0", "Storm 1", "Storm 2"]
    [told, *_] = changes.with_texts(busy, found)
    assert (told.old and told.old.title, told.new and told.new.title) == ("Flood 0", "Storm 0")
    assert (told.note, told.article) == (found[0].note, found[0].article)


@pytest.mark.parametrize("after", ["", "x", "1", "1.2.3", "1.x", "9" * 40 + ".1", "1e3.4", "٣.x", f"{2**63}.1"])
def test_what_no_page_gave_is_refused(busy: Archive, after: str) -> None:
    with busy.engine.connect() as connection, pytest.raises(QueryError, match="cursor: "):
        hits(connection, Selection(), 5, after)
    with pytest.raises(QueryError, match="cursor: "):
        changes.changes_page(busy, START, END, after=after)


def test_a_cursor_stands_for_its_place() -> None:
    assert place(cursor(-5, 2**63 - 1), 2) == (-5, 2**63 - 1)

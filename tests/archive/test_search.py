"""What a person types, as an expression that the index understands or a message that says where it goes wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive import Archive, Moment, QueryError, corpus
from archive import tables as t
from archive.database import transaction
from archive.normal import fold_name
from archive.query import Words, parse
from archive.search import ROWS_PER_SECOND, fts5, index_contents, is_text, loosened, tsquery
from archive.selection import Selection
from archive.snippets import Sought, Text
from archive.store import ToSave
from tests.archive.make import BODY, DAY, START, STORY, Paper, SettableClock, reading, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("typed", "on_sqlite", "on_postgresql"),
    [
        ("flood", '"flood"', "('flood')"),
        ('"Old bridge"', '"Old bridge"', "('old' <-> 'bridge')"),
        ("flo*", '"flo" *', "('flo':*)"),
        ("title:flo*", 'title : "flo" *', "('flo':*A)"),
        ('author:"Ana Peñaflor"', 'names : "Ana Peñaflor"', "('ana':C <-> 'penaflor':C)"),
        ("a b", '(("a" AND "b"))', "(('a') & ('b'))"),
        ("a OR b -c", '("a" OR (("b") NOT "c"))', "(('a') | (('b') & !('c')))"),
    ],
)
def test_both_indexes_are_asked_the_same(typed: str, on_sqlite: str, on_postgresql: str) -> None:
    node = parse(typed)
    assert is_text(node)
    assert (fts5(node), tsquery(node)) == (on_sqlite, on_postgresql)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("typed", "loose"),
    [
        ("flo*", "('flo':*)"), ('"Old bri*"', "(('old') & ('bri'))"), ("title:flo*", "('flo':*)"),
        ("a -b", "(('a') & !('b'))"), ('a -"b c"', "(('a'))"), ("a -title:b", "(('a'))"),
        ('a OR "b c"', "(('a') | (('b') & ('c')))"), ('author:"Ana Peñaflor"', "(('ana') & ('penaflor'))"),
    ],
)  # fmt: skip
def test_what_postgresql_sifts_asks_for_no_place_and_leaves_nothing_out(typed: str, loose: str) -> None:
    assert loosened(parse(typed)) == loose


def test_phrases_and_words_of_one_part_are_found_behind_many_texts_that_have_the_words_elsewhere(
    paper: Paper, archive: Archive
) -> None:
    paper.prints(title="Rice fish", body=["Old bridge and a mill."], published=START - 90 * DAY)
    for number in range(2, 72):
        paper.prints(
            url=f"https://lakeside.example/{number}/",
            wp=str(number),
            title=f"Mill {number}",
            body=["Bridge, old; fish rice."],
        )
    for query in ('"old bridge"', "title:fish", '"rice fish"', 'bridge -"bridge old"', '"old bridge" -title:mill'):
        assert found(archive, query) == ["Rice fish"], query
    assert len(found(archive, "bridge -title:fish")) == 20


@pytest.mark.sqlite
def test_a_query_that_only_says_what_must_not_be_is_not_for_the_index_alone() -> None:
    assert not is_text(parse("-flood"))
    assert not is_text(parse("flood site:lakeside"))
    assert not is_text(parse("flood OR -fire"))


@pytest.fixture
def filled(paper: Paper, archive: Archive) -> Archive:
    paper.prints(dateline="PANUBLION, Aklan", views=100)
    paper.prints(url="https://lakeside.example/2/", title="Market opens at dawn", body=["Fish and rice."], authors=())
    return archive


def found(archive: Archive, query: str) -> list[str]:
    return [hit["title"] for hit in corpus.search(archive, Selection(query=query), 20)]


FLOOD, MARKET = "Flood closes the old bridge", "Market opens at dawn"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("flood", [FLOOD]), ("FLOOD", [FLOOD]), ("penaflor", [FLOOD]), ("peñaflor", [FLOOD]), ("metres", [FLOOD]),
        ('"old bridge"', [FLOOD]), ('"bridge old"', []), ("brid*", [FLOOD]), ("brid", []),
        ("market NOT flood", [MARKET]), ("flood OR rice", [MARKET, FLOOD]), ("flood rice", []),
        ("(fish OR buses) dawn", [MARKET]), ("nothing", []), ("_", []), ("flood _", []), ("flood OR _", [FLOOD]),
        ("title:flood", [FLOOD]), ("title:metres", []), ("body:metres", [FLOOD]), ("author:peñaflor", [FLOOD]),
        ("body:penaflor", [FLOOD]), ("title:penaflor", []), ("-flood", [MARKET]), ("NOT (flood OR market)", []),
        ("site:lakeside", [FLOOD, MARKET]), ("country:PH rice", [MARKET]), ('region:"western visayas" -rice', [FLOOD]),
        ("lang:en flood", [FLOOD]), ("lang:tl", []), ("NOT lang:tl", [FLOOD, MARKET]), ("place:panublion", [FLOOD]),
        ("-place:panublion", [MARKET]), ("views:100", [FLOOD]), ("views:101", []), ("state:live flood", [FLOOD]),
        ("state:gone", []), ("-state:gone", [FLOOD, MARKET]), ("flood OR site:lakeside", [FLOOD, MARKET]),
        ("from:2026-11-02 to:2026-11-02", [FLOOD, MARKET]), ("from:2026-11-03", []), ("to:2026-11-01", []),
    ],
)  # fmt: skip
def test_headlines_bylines_and_bodies_are_searched(filled: Archive, query: str, titles: list[str]) -> None:
    assert sorted(found(filled, query)) == sorted(titles)


@pytest.fixture(scope="module")
def shared(kind: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    clock = SettableClock()
    with Archive(tmp_path_factory.mktemp("shared"), clock=clock) as archive:
        Paper(archive, clock).prints()
        yield archive


PIECES = st.sampled_from(['"', "(", ")", "*", "AND", "OR", "NOT", " ", "flood", "NEAR", "-", ":", "^", "{", "+", "'",
                          "\0", "_", "%", "洪", "\ud800", "title:", ",", "\\"])  # fmt: skip


@given(st.text(max_size=40) | st.lists(PIECES, max_size=15).map("".join) | st.lists(PIECES, max_size=15).map(" ".join))
@example("(" * 300 + "a" + ")" * 300)
@example(" NOT ".join("a" * 400))
@example(" ".join("a" * 3000))
@example("a* " * 400)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_raises_anything_but_a_query_error(shared: Archive, typed: str) -> None:
    try:
        hits = corpus.search(shared, Selection(query=typed), 5)
        assert corpus.count(shared, Selection(query=typed)) == len(hits)
        assert len(list(corpus.articles(shared, Selection(query=typed)))) == len(hits)
    except QueryError as error:
        assert str(error).startswith("search: ")  # noqa: PT017 - most of what is drawn raises nothing


@pytest.mark.sqlite
def test_the_end_of_a_visit_merges_what_its_groups_wrote_and_searches_find_the_same(
    paper: Paper, archive: Archive
) -> None:
    for number in range(12):
        url = f"https://panublion.example/{number}/"
        paper.prints(url=url, title=f"Flood {number}", body=[f"Storm {number} took bridge {number}. " * 40])
    found = [hit["id"] for hit in corpus.search(archive, Selection(query="flood storm"), 20)]
    before = segments(archive)
    paper.end()
    assert segments(archive) < before
    assert [hit["id"] for hit in corpus.search(archive, Selection(query="flood storm"), 20)] == found


def segments(archive: Archive) -> int:
    """Return in how many pieces the index of today lies."""
    with archive.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(DISTINCT segid) FROM search_text_idx").scalar_one()


def test_a_text_that_was_replaced_goes_to_the_index_of_the_past_and_comes_back_with_its_story(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(title="Toll is nine")
    paper.prints(title="Toll is twelve", at=clock.advance(DAY))
    assert found(archive, "nine") == []
    assert found(archive, "twelve") == ["Toll is twelve"]
    assert [row.superseded for row in rows(archive, t.search_row)] == [True, False]
    paper.prints(title="Toll is nine", at=clock.advance(DAY))
    assert found(archive, "nine") == ["Toll is nine"]
    assert [row.superseded for row in rows(archive, t.search_row)] == [False, True]


def test_the_newest_published_comes_first_whatever_the_order_of_arrival(paper: Paper, archive: Archive) -> None:
    for day in (2, 5, 1, 4, 3):
        paper.prints(url=f"https://lakeside.example/{day}/", title=f"Flood day {day}", published=START - day * DAY)
    assert found(archive, "flood") == [f"Flood day {day}" for day in (1, 2, 3, 4, 5)]


def test_stories_of_one_second_are_all_found(paper: Paper, archive: Archive) -> None:
    for number in range(5):
        paper.prints(url=f"https://lakeside.example/{number}/", title=f"Flood {number}", body=[*BODY, str(number)])
    assert len(found(archive, "flood")) == 5


@pytest.mark.parametrize("precision", ["second", "day"])
def test_hundreds_of_texts_of_one_second_have_rows_of_their_own_near_it(archive: Archive, precision: str) -> None:
    published = Moment(at=START, precision=precision)
    told = [(number, replace(reading(f"Flood {number}"), published=published, canonical_url=f"https://x.example/{number}"),
             START) for number in range(1, 401)]  # fmt: skip
    with transaction(archive.engine) as connection:
        connection.execute(t.content.insert(), [
            {"id": number, "digest": bytes([number % 256, number // 256]), "bare_digest": b"", "title": read.title,
             "names": [], "words": 9, "codec": t.PLAIN, "body": b""} for number, read, _ in told])  # fmt: skip
        index_contents(connection, told[:350])
        for one in told[350:]:
            index_contents(connection, [one])
    seconds = [row.id / ROWS_PER_SECOND - START.timestamp() for row in rows(archive, t.search_row)]
    assert len(seconds) == 400
    assert -1 < min(seconds) < max(seconds) < 86_400 + 60


def test_a_story_published_before_1970_is_found(paper: Paper, archive: Archive) -> None:
    paper.prints(published=START.replace(year=1898))
    assert found(archive, "flood") == [FLOOD]


def selected(archive: Archive, **asked: Any) -> list[str]:
    return [hit["title"] for hit in corpus.search(archive, Selection(**asked), 20)]


@pytest.fixture
def corrected(paper: Paper, archive: Archive, clock: SettableClock) -> Archive:
    paper.prints(title="Toll is nine")
    paper.prints(title="Toll is twelve", at=clock.advance(DAY))
    paper.prints(title="Toll is fourteen", at=clock.advance(DAY))
    paper.prints(url="https://lakeside.example/2/", title="Nine boats", body=["Nine boats came."], wp="2")
    return archive


def test_the_texts_of_a_time_are_searched(corrected: Archive) -> None:
    assert selected(corrected, query="toll", at=START) == ["Toll is nine"]
    assert selected(corrected, query="toll", at=START + DAY) == ["Toll is twelve"]
    assert selected(corrected, query="fourteen", at=START + DAY) == []
    assert selected(corrected, query="toll", at=START - DAY) == []


def test_what_was_removed_is_searched_in_the_last_text_that_had_it(corrected: Archive) -> None:
    assert selected(corrected, query="nine", removed=True) == ["Toll is nine"]
    assert selected(corrected, query="nine OR twelve", removed=True) == ["Toll is twelve"]
    assert selected(corrected, query="toll", removed=True) == []
    with pytest.raises(QueryError, match="searched by words alone"):
        selected(corrected, query="nine site:lakeside", removed=True)


def test_the_text_of_a_story_that_is_gone_counts_as_removed(paper: Paper, clock: SettableClock) -> None:
    paper.prints(title="Toll is nine")
    paper.visited(410, at=clock.advance(DAY))
    assert selected(paper.archive, query="nine", removed=True) == ["Toll is nine"]
    assert selected(paper.archive, query="state:gone nine") == ["Toll is nine"]


def test_words_are_found_in_the_past_of_texts_that_came_back_and_went_again_within_one_group(
    paper: Paper, clock: SettableClock
) -> None:
    told = [
        ToSave(paper.capture(at=clock.advance(DAY)), reading(title, body, canonical=STORY))
        for title, body in (
            ("Open", (*BODY, "Toll is nine.")), ("Shut", (*BODY, "Toll is nine.")), ("Open", (*BODY, "Toll is nine.")),
            ("Well", BODY),
        )
    ]  # fmt: skip
    for group in (told[:2], told[2:]):
        paper.archive.save_all(group)
    assert selected(paper.archive, query="nine", removed=True) == ["Open"]
    assert selected(paper.archive, query="nine", at=told[1].capture.fetched_at) == ["Shut"]


def test_stories_are_asked_by_how_they_changed(corrected: Archive) -> None:
    assert (
        selected(corrected, query="state:changed") == selected(corrected, query="state:stealth") == ["Toll is fourteen"]
    )
    assert selected(corrected, query="state:restored") == []


def test_the_best_hit_comes_first_when_asked_and_only_words_can_be_ranked(paper: Paper, archive: Archive) -> None:
    paper.prints(url="https://lakeside.example/1/", title="Flood", body=["Flood after flood."], published=START - DAY)
    paper.prints(url="https://lakeside.example/2/", title="Market", body=[*BODY, "No flood there."], wp="2")
    assert selected(archive, query="flood") == ["Market", "Flood"]
    assert selected(archive, query="flood", by_relevance=True) == ["Flood", "Market"]
    assert selected(archive, query="flood site:lakeside", by_relevance=True) == ["Flood", "Market"]
    with pytest.raises(QueryError, match="only words can be ranked"):
        selected(archive, query="site:lakeside", by_relevance=True)


def test_facets_count_the_hits(filled: Archive) -> None:
    assert corpus.facets(filled, Selection(query="flood OR rice")) == {
        "site": {"lakeside": 2}, "month": {"2026-11": 2}, "author": {"Ana Peñaflor": 1}, "language": {"en": 2},
    }  # fmt: skip


def test_a_snippet_marks_the_words_that_were_found(filled: Archive) -> None:
    [hit] = corpus.search(filled, Selection(query="metres OR sub*"), 20)
    assert [hit["snippet"][start:end] for start, end in hit["hits"]] == ["metres"]
    assert Sought([], "body").snippet(Text.of(b"No hit here.")) == ("No hit here.", [])


@pytest.mark.parametrize(
    ("query", "snippet", "title"),
    [
        ("metres", ["metres"], []), ("bridge", ["bridge"], ["bridge"]), ("title:bridge", [], ["bridge"]),
        ("body:bridge", ["bridge"], []), ("penaflor", ["Peñaflor"], []), ("author:penaflor", [], []),
        ("brid*", ["bridge"], ["bridge"]), ('"old bridge"', ["old", "bridge"], ["old", "bridge"]),
    ],
)  # fmt: skip
def test_hits_are_marked_where_they_were_asked_for_without_what_stands_beside_them(
    paper: Paper, archive: Archive, query: str, snippet: list[str], title: list[str]
) -> None:
    paper.prints(body=["“Metres, two metres!” said Peñaflor: the old bridge, “gone”."] if query != "metres" else BODY)
    [hit] = corpus.search(archive, Selection(query=query), 5)
    assert [hit["snippet"][start:end] for start, end in hit["hits"]] == snippet
    assert [hit["title"][start:end] for start, end in hit["title_hits"]] == title


def test_a_hit_names_its_authors_in_the_order_in_which_the_page_prints_them(paper: Paper, archive: Archive) -> None:
    names = ["Zenaida Cruz", "Ana Peñaflor", "Ben Uy"]
    paper.prints(title="Old bridge", authors=names)
    paper.prints(url="https://lakeside.example/2/", title="Old market", authors=())
    told = {hit["title"]: hit["authors"] for hit in corpus.search(archive, Selection(query="title:old"), 5)}
    assert told == {"Old bridge": names, "Old market": []}


def test_a_list_shows_a_text_as_it_is_now_however_often_it_was_shown_before(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    for body in ("Old bridge closed.", "Old bridge open again.", "Old bridge closed."):
        paper.prints(body=[body], at=clock.advance(DAY))
        for _ in range(2):
            [hit] = corpus.search(archive, Selection(query="bridge"), 5)
            assert hit["snippet"] == body


@pytest.mark.sqlite
def test_lists_of_two_archives_do_not_show_the_texts_of_each_other(tmp_path: Path, clock: SettableClock) -> None:
    for body in ("Old bridge closed.", "Old bridge is open again."):
        with Archive(tmp_path / body[-7:-1], clock=clock) as archive:
            Paper(archive, clock).prints(body=[body])
            [hit] = corpus.search(archive, Selection(query="bridge"), 5)
            assert hit["snippet"] == body


@given(text=st.text(max_size=200) | st.lists(PIECES | st.just("ﬁre İstanbul n\u0303o"), max_size=30).map(" ".join),
       word=st.sampled_from(["flood", "fire", "istanbul", "no", "a", "洪"]), star=st.booleans())  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_every_mark_is_a_word_that_was_asked_for(text: str, word: str, star: bool) -> None:
    shown, marks = Sought([Words((word,), is_prefix=star)], "body").snippet(Text.of(text.encode(errors="replace")))
    for start, end in marks:
        assert fold_name(shown[start:end]).startswith(word)
    assert marks or not any(fold_name(printed) == word for printed in text.split())

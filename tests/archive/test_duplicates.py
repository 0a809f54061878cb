"""Which texts are near-duplicates, and what clusters they make, whatever the order of arrival."""

from __future__ import annotations

from functools import cache
from itertools import permutations
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, corpus, duplicates
from archive import tables as t
from archive.copies import copies
from archive.selection import Selection
from tests.archive.make import DAY, START, Paper, SettableClock, reading, rows
from tests.newsroom.newsroom import Newsroom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

NEWSROOM = Newsroom(stories=30)
STORIES = {
    name: [story.text(story.editions[0]).paragraphs for story in NEWSROOM.stories(name)]
    for name in ("lakeside", "bisaya", "sever")  # English, Filipino, Russian
}
FOOTER = (
    (
        "This story was produced with the help of readers of this paper, who give what they can so that a reporter can "
        "go to the meeting, read the budget and ask the question that nobody else will ask this year."
    ),
)


@cache
def signed(text: tuple[str, ...]) -> bytes:
    found = duplicates.signature(text)
    assert found is not None
    return found


def like(one: Sequence[str], other: Sequence[str]) -> float:
    return duplicates.likeness(signed(tuple(one)), signed(tuple(other)))


def share_found(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> float:
    return sum(like(*pair) >= duplicates.LIKE_ELSEWHERE for pair in pairs) / len(pairs)


def changed_words(text: Sequence[str], share: float) -> list[str]:
    chance = Random(share)
    return [" ".join("xyz" if chance.random() < share else word for word in part.split()) for part in text]


COPIES: dict[str, Callable[[Sequence[str]], Sequence[str]]] = {
    "under another lead": lambda text: [
        "Something else is said first, in a dozen words or so, by this paper.",
        *text[1:],
    ],
    "with a paragraph more": lambda text: [*text, FOOTER[0][:90]],
    "with one word in fifty changed": lambda text: changed_words(text, 0.02),
    "in quotes and capitals of another house": lambda text: [part.upper().replace('"', "”") for part in text],
    "without its last paragraph": lambda text: text[:-1],
}


@pytest.mark.parametrize("change", COPIES)
@pytest.mark.parametrize("paper", STORIES)
def test_a_copy_is_recognised_in_any_language(paper: str, change: str) -> None:
    assert share_found([(text, COPIES[change](text)) for text in STORIES[paper]]) >= 0.95


@pytest.mark.parametrize("paper", STORIES)
def test_texts_that_are_not_copies_are_not_taken_for_one(paper: str) -> None:
    texts = STORIES[paper]
    unrelated = [(one, other) for at, one in enumerate(texts) for other in texts[:at]]
    assert share_found(unrelated) == 0
    assert share_found([([*one, *FOOTER], [*other, *FOOTER]) for one, other in unrelated]) == 0


def test_a_short_text_has_no_signature() -> None:
    assert duplicates.signature(["Winning numbers: 4 8 15 16 23 42"]) is None
    assert duplicates.signature([]) is None


def test_a_text_without_spaces_between_words_is_signed_by_its_letters() -> None:
    text = "台风于星期三清晨登陆，市长要求沿河居民在天黑之前撤到学校，直到水位下降到桥墩的标记以下为止。"
    assert like([text], [text + "记者还没有看到更多的消息。"]) >= duplicates.LIKE_ELSEWHERE


def test_a_signature_is_the_same_on_every_machine() -> None:
    assert signed(FOOTER).hex()[:32] == "b58ba813659ea535c72fdf16a20c6e48"
    keys = duplicates.bands(signed(FOOTER))
    assert len(set(keys)) == duplicates.BANDS
    assert all(-(2**31) <= key < 2**31 for key in keys)


def test_bands_of_two_numbers_are_never_one_key() -> None:
    keys = {
        duplicates.key_of_band(band, value)
        for band in range(duplicates.BANDS)
        for value in (0, 1, 2**27 - 1, 2**32 - 1)
    }
    assert len(keys) == 3 * duplicates.BANDS  # the upper bits of a value are left off


# ------------------------------------------------------------------ clusters

SITES = ("lakeside", "highland", "bisaya", "sever")
BASE = STORIES["lakeside"]


def copy_of(story: int, kind: int) -> list[str]:
    text = list(BASE[story])
    return [text, [*text, FOOTER[0]], changed_words(text, 0.02), text[:-1]][kind]


def address(site: str, story: int) -> str:
    return f"https://{site}.example/{story}/"


def print_story(archive: Archive, clock: SettableClock, site: str, story: int, kind: int, day: int) -> None:
    Paper(archive, clock, site).prints(
        reading(f"{site} {story} {kind}", copy_of(story, kind), canonical=address(site, story)),
        url=address(site, story), at=START + day * DAY,
    )  # fmt: skip


def clusters(archive: Archive) -> set[tuple[str, frozenset[str]]]:
    """Return the clusters as known now: the address of the first article, and those of all."""
    found = set()
    urls = {told["id"]: told["url"] for told in corpus.articles(archive, Selection())}
    for told in corpus.articles(archive, Selection()):
        if told["cluster"]:
            members = frozenset(urls[key] for key in (told["id"], *told["near_duplicates"]))
            found.add((urls[told["cluster"]], members))
    return found


def test_agency_copy_under_different_headlines_and_bylines_is_one_cluster(
    archive: Archive, clock: SettableClock
) -> None:
    print_story(archive, clock, "lakeside", 0, 0, day=2)
    print_story(archive, clock, "highland", 0, 1, day=1)
    print_story(archive, clock, "sever", 1, 0, day=1)
    first = address("highland", 0)
    assert clusters(archive) == {(first, frozenset({first, address("lakeside", 0)}))}


def test_copies_say_who_was_first_and_what_was_added_and_cut(archive: Archive, clock: SettableClock) -> None:
    print_story(archive, clock, "lakeside", 0, 0, day=1)
    print_story(archive, clock, "highland", 0, 1, day=2)
    print_story(archive, clock, "bisaya", 0, 3, day=3)
    first, longer, shorter = copies(archive, address("highland", 0))
    assert [told["site"] for told in (first, longer, shorter)] == ["lakeside", "highland", "bisaya"]
    assert (first["added"], first["cut"]) == (0, 0)
    assert longer["added"] > 0 == longer["cut"]
    assert shorter["cut"] > 0 == shorter["added"]
    assert copies(archive, address("bisaya", 0)) == copies(archive, address("lakeside", 0))


def test_an_article_of_no_cluster_has_no_copies(archive: Archive, clock: SettableClock) -> None:
    print_story(archive, clock, "lakeside", 0, 0, day=1)
    assert copies(archive, address("lakeside", 0)) == []


def test_two_likenesses_of_one_paper_are_no_copies_unless_they_are_almost_the_same(
    archive: Archive, clock: SettableClock
) -> None:
    paper = Paper(archive, clock)
    text = list(BASE[0])
    paper.prints(reading("Monday", text, wp="1"), url=address("lakeside", 1))
    paper.prints(reading("Tuesday", [*text[1:], FOOTER[0]], wp="2"), url=address("lakeside", 2))
    assert clusters(archive) == set()
    paper.prints(reading("Monday again", text, wp="3"), url=address("lakeside", 3))
    assert {len(members) for _, members in clusters(archive)} == {2}


def test_a_story_that_joins_two_clusters_makes_them_one_and_what_was_known_stays(
    archive: Archive, clock: SettableClock
) -> None:
    for day, (site, story) in enumerate((("lakeside", 0), ("highland", 0), ("lakeside", 1), ("bisaya", 1))):
        print_story(archive, clock, site, story, 0, day)
    assert len(clusters(archive)) == 2
    url = address("sever", 9)
    Paper(archive, clock, "sever").prints(reading("First", BASE[0], canonical=url), url=url, at=START + 8 * DAY)
    Paper(archive, clock, "sever").prints(reading("Then", BASE[1], canonical=url), url=url, at=START + 9 * DAY)
    [(_, members)] = clusters(archive)
    assert len(members) == 5
    closed = [row for row in rows(archive, t.cluster_member) if row.known_to != t.FOREVER]
    assert len(closed) == 2


def test_an_article_whose_texts_are_derived_anew_leaves_a_cluster_it_no_longer_belongs_to(
    archive: Archive, clock: SettableClock
) -> None:
    print_story(archive, clock, "lakeside", 0, 0, day=1)
    print_story(archive, clock, "highland", 0, 0, day=5)
    print_story(archive, clock, "highland", 0, 0, day=7)
    assert len(clusters(archive)) == 1
    # A late capture of the same address shows what it said in between: the story is still a copy.
    late = reading("In between", list(BASE[3]), canonical=address("highland", 0))
    Paper(archive, clock, "highland").prints(late, url=address("highland", 0), at=START + 6 * DAY)
    assert len(clusters(archive)) == 1


def test_of_two_papers_that_carried_a_text_at_one_moment_the_same_one_is_first_whatever_the_order_of_arrival(
    tmp_path: Path,
) -> None:
    # The key of an article is made of the capture that arrived first, so it may not decide.
    told = [("lakeside", 0, 0, 1), ("lakeside", 0, 0, 3), ("highland", 0, 0, 1), ("highland", 0, 0, 4)]
    named = {frozenset(_arrived(tmp_path / str(at), order)) for at, order in enumerate(permutations(told))}
    assert [first for found in named for first, _ in found] == [address("highland", 0)]


PRINTS = st.lists(
    st.tuples(st.sampled_from(SITES), st.integers(0, 1), st.integers(0, 3), st.integers(0, 5)),
    min_size=2, max_size=7, unique_by=lambda told: (told[0], told[1], told[3]),
)  # fmt: skip


@given(st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_clusters_are_the_same_whatever_the_order_of_arrival(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    told = data.draw(PRINTS)
    orders = [told, data.draw(st.permutations(told))]
    assert len({frozenset(_arrived(tmp_path_factory.mktemp("order"), order)) for order in orders}) == 1


def _arrived(folder: Path, told: Sequence[tuple[str, int, int, int]]) -> set[tuple[str, frozenset[str]]]:
    clock = SettableClock()
    with Archive(folder, clock=clock) as archive:
        for site, story, kind, day in told:
            print_story(archive, clock, site, story, kind, day)
        return clusters(archive)

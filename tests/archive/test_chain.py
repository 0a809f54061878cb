"""The versions that observations make, derived purely."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.chain import Chain, Observation, Settled, Sight, Span, append, derive
from archive.tables import FOREVER, Change, State
from tests.archive.make import DAY, HOUR, MINUTE, START

A, B, C = 1, 2, 3
PAGE, OLD_PAGE = 10, 11


def text(content: int, after: timedelta, **more: object) -> Observation:
    values = {"words": 400, "bare_digest": bytes([content]), "reading_id": int(after / MINUTE) + 5000, "reader_id": 1,
              "is_full": True, "content_id": content, **more}  # fmt: skip
    return look(Sight.TEXT, after, **values)


def look(sight: Sight, after: timedelta, **more: object) -> Observation:
    minute = int(after / MINUTE)
    values = {"capture_id": minute, "record_id": bytes([minute % 251]), "url_id": PAGE, **more}
    return Observation(at=START + after, sight=sight, **values)  # type: ignore[arg-type]  # the fields of Observation


def what(chain: Chain) -> list[str]:
    return [str(span.change) for span in chain.spans]


def test_a_first_text_is_a_new_version_with_an_open_end() -> None:
    [span] = derive([text(A, 0 * DAY)]).spans
    assert (span.number, span.change, span.state) == (1, Change.NEW, State.LIVE)
    assert (span.valid_from, span.valid_to, span.prev_last_seen_at) == (START, FOREVER, None)


def test_the_same_text_again_only_moves_the_last_sight() -> None:
    [span] = derive([text(A, 0 * DAY), text(A, 2 * DAY, is_full=False)]).spans
    assert (span.valid_from, span.last_seen_at) == (START, START + 2 * DAY)
    assert span.first_capture_id == 0


def test_a_change_lies_between_the_last_sight_of_the_old_and_the_first_of_the_new() -> None:
    first, second = derive([text(A, 0 * DAY), text(A, 1 * DAY), text(B, 3 * DAY)]).spans
    assert first.valid_to == second.valid_from == START + 3 * DAY
    assert second.prev_last_seen_at == first.last_seen_at == START + 1 * DAY


def test_a_304_moves_the_last_sight_and_nothing_else() -> None:
    [span] = derive([text(A, 0 * DAY), look(Sight.SAME, 1 * DAY)]).spans
    assert span == derive([text(A, 0 * DAY), text(A, 1 * DAY, is_full=False)]).spans[0]


def test_what_comes_before_any_text_makes_nothing() -> None:
    assert derive([look(Sight.SAME, 0 * DAY), look(Sight.ABSENT, 1 * DAY), look(Sight.REMOVED, 2 * DAY)]).spans == ()
    assert derive([]).spans == ()


# ------------------------------------------------------------------ labels


def test_there_and_back_is_three_versions_that_share_a_content() -> None:
    spans = derive([text(A, 0 * DAY), text(B, 1 * DAY), text(A, 2 * DAY)]).spans
    assert [(span.content_id, span.reverts_to, span.flap) for span in spans] == [
        (A, None, False), (B, None, False), (A, 1, False),
    ]  # fmt: skip


@pytest.mark.parametrize(("back_after", "flap"), [(15 * MINUTE, True), (16 * MINUTE, False)])
def test_there_and_back_within_a_quarter_of_an_hour_is_a_flap(back_after: timedelta, flap: bool) -> None:
    spans = derive([text(A, 0 * DAY), text(B, 1 * DAY), text(A, 1 * DAY + back_after)]).spans
    assert [span.flap for span in spans] == [False, False, flap]


def test_a_third_text_at_once_is_no_flap() -> None:
    assert not any(span.flap for span in derive([text(A, 0 * DAY), text(B, MINUTE), text(C, 2 * MINUTE)]).spans)


@pytest.mark.parametrize(
    ("before", "after", "stealth"),
    [(None, None, True), (START, None, True), (START, START, True), (START, START - DAY, True),
     (None, START, False), (START, START + DAY, False)],
)  # fmt: skip
def test_an_edit_is_admitted_by_a_later_modified_date_only(before: object, after: object, stealth: bool) -> None:
    [_, edit] = derive([text(A, 0 * DAY, modified=before), text(B, 2 * DAY, modified=after)]).spans
    assert edit.stealth is stealth


def test_a_modified_date_that_moved_without_a_change_admits_no_later_edit() -> None:
    seen = [text(A, 0 * DAY, modified=START), text(A, 1 * DAY, modified=START + DAY),
            text(B, 2 * DAY, modified=START + DAY)]  # fmt: skip
    assert derive(seen).spans[1].stealth


def test_an_edit_of_punctuation_and_case_alone_is_cosmetic() -> None:
    _, small, big = derive([text(A, 0 * DAY), text(B, 1 * DAY, bare_digest=bytes([A])), text(C, 2 * DAY)]).spans
    assert (small.cosmetic, big.cosmetic) == (True, False)


# ------------------------------------------------------------------ gone


def test_a_410_is_gone_at_once() -> None:
    _, gone = derive([text(A, 0 * DAY), look(Sight.REMOVED, 1 * DAY)]).spans
    assert (gone.state, gone.change, gone.content_id, gone.reading_id) == (State.GONE, Change.GONE, None, None)
    assert gone.valid_from == START + DAY


def test_a_first_404_is_only_missing() -> None:
    chain = derive([text(A, 0 * DAY), look(Sight.ABSENT, 1 * DAY)])
    assert (what(chain), chain.missing, chain.misses) == (["new"], True, 1)


@pytest.mark.parametrize(("second", "changes"), [(23 * HOUR, ["new", "gone"]), (23 * HOUR - MINUTE, ["new"])])
def test_a_second_404_a_day_later_is_gone_since_the_first(second: timedelta, changes: list[str]) -> None:
    chain = derive([text(A, 0 * DAY), look(Sight.ABSENT, 1 * DAY), look(Sight.ABSENT, 1 * DAY + second)])
    assert what(chain) == changes
    if changes[-1] == "gone":
        assert chain.spans[1].valid_from == START + DAY
        assert not chain.missing


def test_a_410_after_a_404_is_gone_since_the_404() -> None:
    chain = derive([text(A, 0 * DAY), look(Sight.ABSENT, 1 * DAY), look(Sight.REMOVED, 1 * DAY + HOUR)])
    assert [span.valid_from for span in chain.spans] == [START, START + DAY]


def test_a_page_seen_between_two_404s_was_never_gone() -> None:
    for between in (text(A, 2 * DAY), look(Sight.SAME, 2 * DAY)):
        chain = derive([text(A, 0 * DAY), look(Sight.ABSENT, 1 * DAY), between, look(Sight.ABSENT, 3 * DAY)])
        assert (what(chain), chain.misses) == (["new"], 1)


def test_a_teaser_between_two_404s_shows_that_the_page_is_there() -> None:
    teaser = text(B, 2 * DAY, walled=True, words=60)
    chain = derive([text(A, 0 * DAY), look(Sight.ABSENT, 1 * DAY), teaser, look(Sight.ABSENT, 3 * DAY)])
    assert what(chain) == ["new"]


def test_a_gone_article_that_is_still_gone_makes_no_further_version() -> None:
    chain = derive([text(A, 0 * DAY), look(Sight.REMOVED, 1 * DAY), look(Sight.ABSENT, 2 * DAY),
                    look(Sight.REMOVED, 9 * DAY)])  # fmt: skip
    assert what(chain) == ["new", "gone"]
    assert chain.spans[1].last_seen_at == START + 9 * DAY


@pytest.mark.parametrize("content", [A, B])
def test_a_text_after_gone_is_restored_whether_it_changed_or_not(content: int) -> None:
    spans = derive([text(A, 0 * DAY), look(Sight.REMOVED, 1 * DAY), text(content, 2 * DAY)]).spans
    assert (spans[2].change, spans[2].state, spans[2].content_id) == (Change.RESTORED, State.RESTORED, content)


def test_a_304_after_gone_restores_the_text_before() -> None:
    spans = derive([text(A, 0 * DAY), look(Sight.REMOVED, 1 * DAY), look(Sight.SAME, 2 * DAY)]).spans
    assert [span.content_id for span in spans] == [A, None, A]
    assert (spans[2].change, spans[2].valid_from, spans[2].first_capture_id) == (
        Change.RESTORED, START + 2 * DAY, 2 * 24 * 60,
    )  # fmt: skip
    assert spans[2].reading_id == spans[0].reading_id


def test_a_404_on_the_old_address_of_a_renamed_article_says_nothing() -> None:
    seen = [text(A, 0 * DAY, url_id=OLD_PAGE), text(A, 1 * DAY), look(Sight.REMOVED, 2 * DAY, url_id=OLD_PAGE),
            look(Sight.ABSENT, 4 * DAY, url_id=OLD_PAGE)]  # fmt: skip
    chain = derive(seen)
    assert (what(chain), chain.missing) == (["new"], False)


# ------------------------------------------------------------------ texts that are not believed


def test_half_a_page_is_not_believed_at_first_sight() -> None:
    [span] = derive([text(A, 0 * DAY), text(B, 1 * DAY, words=99)]).spans
    assert (span.content_id, span.last_seen_at) == (A, START)


def test_half_a_page_that_stays_is_believed_since_it_was_first_seen() -> None:
    spans = derive([text(A, 0 * DAY), text(B, 1 * DAY, words=99), text(B, 2 * DAY, words=99)]).spans
    assert [(span.content_id, span.valid_from) for span in spans] == [(A, START), (B, START + DAY)]
    assert spans[1].first_capture_id == 24 * 60


def test_half_a_page_is_forgotten_when_the_whole_one_is_back() -> None:
    seen = [text(A, 0 * DAY), text(B, 1 * DAY, words=99), text(A, 2 * DAY), text(B, 3 * DAY, words=99)]
    assert what(derive(seen)) == ["new"]


def test_a_304_confirms_the_half_page_that_was_served_before_it() -> None:
    spans = derive([text(A, 0 * DAY), text(B, 1 * DAY, words=99), look(Sight.SAME, 2 * DAY)]).spans
    assert [(span.content_id, span.valid_from) for span in spans] == [(A, START), (B, START + DAY)]
    assert spans[1].last_seen_at == START + 2 * DAY


def test_a_quarter_of_the_words_is_enough_to_be_believed() -> None:
    assert what(derive([text(A, 0 * DAY), text(B, 1 * DAY, words=100)])) == ["new", "revised"]


def test_a_walled_text_never_replaces_a_full_one() -> None:
    seen = [text(A, 0 * DAY), *(text(B, day * DAY, walled=True, words=399) for day in range(1, 5))]
    assert what(derive(seen)) == ["new"]


def test_a_full_text_replaces_a_walled_one() -> None:
    spans = derive([text(B, 0 * DAY, walled=True, words=60), text(A, 1 * DAY)]).spans
    assert [span.content_id for span in spans] == [B, A]


# ------------------------------------------------------------------ readings and order


def test_a_version_points_at_its_own_full_reading() -> None:
    seen = [text(A, 0 * DAY, reading_id=1), text(B, 1 * DAY, reading_id=2), text(A, 2 * DAY, reading_id=3)]
    assert [span.reading_id for span in derive(seen).spans] == [1, 2, 3]


def test_a_version_without_a_full_reading_takes_the_nearest_before_else_after() -> None:
    seen = [text(A, 0 * DAY, reading_id=1), text(B, 1 * DAY, reading_id=2),
            text(A, 2 * DAY, reading_id=3, is_full=False)]  # fmt: skip
    assert [span.reading_id for span in derive(seen).spans] == [1, 2, 1]
    seen = [text(A, 0 * DAY, reading_id=1, is_full=False), text(A, 1 * DAY, reading_id=2)]
    assert [span.reading_id for span in derive(seen).spans] == [2]


def test_equal_instants_keep_the_order_of_their_records() -> None:
    one, other = text(A, 0 * DAY, record_id=b"\x01"), text(B, 0 * DAY, record_id=b"\x02")
    for seen in ([one, other], [other, one]):
        first, second = derive(seen).spans
        assert (first.content_id, second.content_id) == (A, B)
        assert second.valid_from - first.valid_from == timedelta(microseconds=1)


@st.composite
def observations(draw: st.DrawFn) -> list[Observation]:
    """Draw what a crawl may see of one article, at times that may be equal."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        after = draw(st.integers(0, 40)) * 6 * HOUR
        sight = draw(st.sampled_from([Sight.TEXT] * 4 + [Sight.SAME, Sight.ABSENT, Sight.REMOVED]))
        own = {
            "capture_id": number,
            "record_id": bytes([number]),
            "url_id": draw(st.sampled_from([PAGE] * 4 + [OLD_PAGE])),
        }
        if sight is Sight.TEXT:
            content = draw(st.integers(1, 4))
            modified = draw(st.none() | st.integers(0, 10).map(lambda day: START + day * DAY))
            walled = draw(st.booleans()) and content == 4
            found.append(text(content, after, words={3: 40, 4: 60}.get(content, 400), walled=walled, modified=modified,
                              bare_digest=bytes([max(content, 2)]), reading_id=number,
                              is_full=draw(st.booleans()), **own))  # fmt: skip
        else:
            found.append(look(sight, after, **own))
    return found


@given(observations(), st.integers())
@settings(max_examples=400, deadline=None)
def test_the_chain_is_the_same_whatever_the_order_of_arrival(seen: list[Observation], seed: int) -> None:
    shuffled = random.Random(seed).sample(seen, len(seen))
    assert derive(shuffled) == derive(seen)


@given(observations())
@settings(max_examples=400, deadline=None)
def test_every_chain_is_whole(seen: list[Observation]) -> None:
    spans = derive(seen).spans
    assert [span.number for span in spans] == list(range(1, len(spans) + 1))
    assert [span.change for span in spans[:1]] in ([], [Change.NEW])
    assert all(span.change is not Change.NEW for span in spans[1:])
    assert [span.valid_to for span in spans[-1:]] in ([], [FOREVER])
    for one, following in pairwise(spans):
        assert one.valid_from < one.valid_to == following.valid_from
        assert_neighbours(one, following)


def assert_neighbours(one: Span, following: Span) -> None:
    assert following.prev_last_seen_at == one.last_seen_at
    if following.change is Change.REVISED:
        assert one.state is not State.GONE
        assert following.content_id != one.content_id
    if following.change is Change.RESTORED:
        assert one.state is State.GONE
    assert (following.content_id is None) == (following.state is State.GONE)


LOOKS = st.lists(
    st.tuples(
        st.sampled_from(["text", "text", "text", "304", "404", "410", "merged"]),
        st.integers(1, 3),  # which content
        st.sampled_from([100, 100, 90, 10]),  # words
        st.booleans(),  # walled
        st.none() | st.integers(0, 3),  # modified, in days
        st.sampled_from([0, 1, 60, 60 * 24]),  # minutes since the look before
    ),
    min_size=1,
    max_size=14,
)


_SIGHTS = {"text": Sight.TEXT, "304": Sight.SAME, "404": Sight.ABSENT, "410": Sight.REMOVED, "merged": Sight.MERGED}


@given(looks=LOOKS)
def test_a_look_that_is_added_to_a_settled_chain_says_what_all_of_them_say(looks: list[tuple[Any, ...]]) -> None:
    seen: list[Observation] = []
    at, chain = START, None
    for number, (what, content, words, walled, modified, minutes) in enumerate(looks):
        at += timedelta(minutes=minutes)
        sight = _SIGHTS[what]
        is_text = sight is Sight.TEXT
        repeats = chain is not None and chain.open.content_id == content * 1000 + words
        look = Observation(
            capture_id=number, record_id=bytes([number]), at=at, url_id=1, sight=sight,
            content_id=content * 1000 + words if is_text else None, bare_digest=bytes([content]) if is_text else None,
            words=words, walled=walled, modified=START + timedelta(days=modified) if modified is not None else None,
            reading_id=number if is_text else None, reader_id=1, is_full=is_text and not repeats,
        )  # fmt: skip
        seen.append(look)
        whole = derive(seen)
        found = append(chain, look) if chain is not None else None
        if found is not None:
            after, began = found
            assert whole.head == after.head
            assert (whole.spans[-1], whole.unchanged) == (after.open, after.unchanged)
            assert tuple(span.content_id for span in whole.spans) == after.contents
            assert began is None or began == whole.spans[-1]
        chain = settled(whole, at)


def settled(chain: Chain, at: datetime) -> Settled | None:
    """Return where a chain stands as it is found again in the database, if it is settled."""
    if chain.head is None:
        return None
    contents = tuple(span.content_id for span in chain.spans)
    return Settled(contents=contents, open=chain.spans[-1], head=chain.head, at=at, unchanged=chain.unchanged)

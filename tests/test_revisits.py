import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import Known
from crawler.revisits import (
    GONE_LATEST,
    LATEST,
    REST,
    SOONEST,
    Found,
    choose,
    due_at,
    most_visits,
    removals_believable,
    worth_another_look,
)

NOW = datetime(2026, 10, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def known(number=0, **more):
    values = {"state": "live", "fetched_at": NOW - DAY, **more}
    return Known(article=f"story{number}", url=f"https://panublion.example/{number}/", **values)


# ------------------------------------------------------------------ when


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(minutes=5), timedelta(minutes=10)),
        (timedelta(hours=16), timedelta(hours=2)),
        (timedelta(days=3), timedelta(hours=9)),
        (timedelta(days=400), timedelta(days=50)),
        (timedelta(days=4000), timedelta(days=90)),
        (-timedelta(hours=3), timedelta(minutes=10)),  # a date in the future is a mistake, not a promise
    ],
)
def test_a_story_is_due_after_an_eighth_of_its_age_across_days(age, wait):
    assert due_at(NOW, NOW - age) == NOW + wait


def test_a_story_without_a_date_is_a_day_old_when_it_is_first_seen():
    assert due_at(NOW, None) == NOW + 3 * HOUR
    assert due_at(NOW, None, known(first_seen=NOW - 16 * DAY)) == NOW + 2 * DAY


def test_an_edit_makes_a_story_young_again():
    old = NOW - 400 * DAY
    assert due_at(NOW, old, known(), Found.CHANGED) == NOW + SOONEST
    assert due_at(NOW, old, known(changed_at=NOW - 8 * DAY, changes=1)) == NOW + DAY
    assert due_at(NOW, old, known(changed_at=NOW - 8000 * DAY, changes=1)) == NOW + 50 * DAY


def test_a_story_that_stays_the_same_is_left_alone_up_to_four_times_as_long_and_a_restless_one_later():
    published = NOW - 8 * DAY
    waits = [due_at(NOW, published, known(unchanged=looks)) - NOW for looks in (0, 4, 8, 12, 400)]
    assert waits == [DAY, 2 * DAY, 3 * DAY, 4 * DAY, 4 * DAY]
    assert due_at(NOW, published, known(unchanged=4, changes=3)) == NOW + 1.25 * DAY


def test_a_story_that_is_not_there_is_asked_for_a_day_later_and_a_gone_one_ever_less_often():
    assert due_at(NOW, NOW - DAY, known(), Found.ABSENT) == NOW + 23 * HOUR
    second = due_at(NOW, NOW - DAY, known(state="missing"), Found.ABSENT)
    assert second == NOW + 2 * DAY
    waits = [
        due_at(NOW, None, known(state="gone", gone_at=NOW - age * DAY), Found.ABSENT) - NOW for age in (1, 9, 40, 900)
    ]
    assert waits == [2 * DAY, 9 * DAY, 40 * DAY, GONE_LATEST]


@settings(deadline=None)
@given(st.integers(-10, 10**5), st.none() | st.integers(0, 10**5), st.sampled_from(Found))
def test_every_wait_is_within_its_bounds(age, changed, found):
    told = known(changed_at=NOW - changed * HOUR if changed is not None else None)
    wait = due_at(NOW, NOW - age * HOUR, told, found) - NOW
    assert SOONEST <= wait <= LATEST


# ------------------------------------------------------------------ which


def numbers(looks):
    return [int(look.known.article.removeprefix("story")) for look in looks]


def test_half_of_the_budget_goes_to_what_is_due_and_half_to_who_waits_longest():
    due, waiting = [known(number) for number in range(10)], [known(number) for number in range(20, 30)]
    looks = choose(due, waiting, 6)
    assert numbers(looks) == [0, 1, 2, 20, 21, 22]
    assert [look.sample for look in looks] == [False] * 3 + [True] * 3


def test_nobody_is_asked_for_twice_and_what_the_round_leaves_is_for_what_is_due():
    due, waiting = [known(number) for number in range(10)], [known(1), known(20)]
    assert numbers(choose(due, waiting, 6)) == [0, 1, 2, 3, 4, 20]
    assert numbers(choose(due, [], 4)) == [0, 1, 2, 3]
    assert numbers(choose([], waiting, 6)) == [1, 20]
    assert choose(due, waiting, 0) == []
    assert numbers(choose(due, waiting, 1)) == [1]


def test_one_look_of_the_round_in_twenty_is_plain_and_all_are_where_validators_lie():
    due, waiting = [known(number) for number in range(50)], [known(number) for number in range(100, 150)]
    plain = [look.known.article for look in choose(due, waiting, 100) if look.plain]
    assert plain == ["story100", "story120", "story140"]
    assert all(look.plain for look in choose(due, waiting, 100, distrust=True))


@given(st.integers(1, 60), st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_every_live_story_is_asked_for_within_the_promised_visits_whatever_else_is_due(live, budget, seed):
    chance = random.Random(seed)
    asked = {number: NOW - timedelta(hours=chance.randrange(20, 900)) for number in range(live)}
    started, seen = NOW, set()
    for _ in range(most_visits(live, budget)):
        due = [known(number) for number in chance.sample(sorted(asked), min(live, budget))]
        waiting = sorted((at, number) for number, at in asked.items() if at <= started - REST)
        for number in numbers(choose(due, [known(number) for _, number in waiting], budget)):
            asked[number] = started
            seen.add(number)
        for _ in range(chance.randrange(5)):  # new stories come all the time
            asked[len(asked) + 1000] = started
        started += DAY
    assert seen >= set(range(live))


def test_without_a_budget_nothing_is_promised():
    assert (most_visits(400, 400), most_visits(400, 40), most_visits(401, 40), most_visits(0, 1)) == (2, 20, 21, 0)
    with pytest.raises(ValueError, match="budget 0"):
        most_visits(400, 0)


# ------------------------------------------------------------------ what to believe


@pytest.mark.parametrize(
    ("revisits", "removed", "believed"), [(0, 0, True), (9, 9, True), (10, 2, True), (10, 3, False), (400, 81, False)]
)
def test_more_than_a_fifth_removed_at_once_is_not_believed(revisits, removed, believed):
    assert removals_believable(revisits, removed) is believed


@pytest.mark.parametrize(
    ("age", "lastmod", "again"),
    [
        (timedelta(days=1), None, False),
        (timedelta(days=8), None, True),
        (timedelta(days=1), NOW - timedelta(days=2), False),
        (timedelta(days=1), NOW - timedelta(hours=2), True),
    ],
)
def test_a_listed_page_without_a_story_is_asked_again_after_a_week_or_when_it_changed(age, lastmod, again):
    assert worth_another_look(NOW - age, lastmod, NOW) is again

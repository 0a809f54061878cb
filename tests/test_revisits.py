from datetime import UTC, datetime, timedelta

import pytest

from crawler.revisits import due_at, removals_believable, worth_another_look

NOW = datetime(2026, 10, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(minutes=5), timedelta(hours=1)),
        (timedelta(hours=16), timedelta(hours=2)),
        (timedelta(days=3), timedelta(hours=9)),
        (timedelta(days=400), timedelta(hours=20)),
        (-timedelta(hours=3), timedelta(hours=1)),  # a date in the future is a mistake, not a promise
    ],
)
def test_a_story_is_due_after_an_eighth_of_its_age_across_days(age, wait):
    assert due_at(NOW, NOW - age) == NOW + wait


def test_a_story_without_a_date_is_due_the_next_day():
    assert due_at(NOW, None) == NOW + timedelta(hours=20)


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

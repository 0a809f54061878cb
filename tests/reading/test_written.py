from datetime import datetime, timedelta

import pytest

from crawler.reading.written import date_in_words, names_a_day, time_ago

NOW = datetime(2026, 5, 4, 10, 0)  # noqa: DTZ001  # the caller knows the zone


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ika-2 ng Mayo 2026", "2026-05-02"),
        ("Ika-2 ng Mayo, 2026, ganap na alas-8 ng umaga", "2026-05-02T08:00"),
        ("Sabado, Mayo 2, 2026 | 8:15 ng gabi", "2026-05-02T20:15"),
        ("Mayo 2, 2026 12:30 ng tanghali", "2026-05-02T12:30"),
        ("Mayo 2, 2026 12:30 ng gabi", "2026-05-02T00:30"),
        ("Marso 2, 2026", "2026-03-02"),
        ("Hunyo 2, 2025 3:00 sa hapon", "2025-06-02T15:00"),
        ("Hunio 2, 2025, 3:00 ti malem", "2025-06-02T15:00"),
        ("Nobiembre 4, 2025 7:45 sang gab-i", "2025-11-04T19:45"),
        ("2. Mai 2026, 8:15 Uhr", "2026-05-02T08:15"),
        ("2 de mayo de 2026 a las 8:15", "2026-05-02T08:15"),
        ("1er mai 2026 à 8h15", "2026-05-01T08:15"),
        ("2 мая 2026 г., 08:15", "2026-05-02T08:15"),
        ("2026. május 2. 8:15", "2026-05-02T08:15"),
        ("2026年5月2日 08:15:30", "2026-05-02T08:15:30"),
        ("2026년 5월 2일", "2026-05-02"),
        ("thứ bảy, 2 tháng 5, 2026", "2026-05-02"),
        ("2 मई 2026", "2026-05-02"),
        ("Saturday, May 2nd, 2026 at 8:15 p.m.", "2026-05-02T20:15"),
        ("Sabtu, 2 Mei 2026 | 08:15 WIB", "2026-05-02T08:15+07:00"),
    ],
)
def test_dates_in_words(written: str, read: str) -> None:
    told = date_in_words(written, ("en", "tl"))
    assert told is not None
    assert told == (datetime.fromisoformat(read), "T" in read)


@pytest.mark.parametrize(
    "written",
    ["", "Mayo 2026", "Eleksyon sa Mayo 2, 2026", "May 2, 2026 in the harbour", "2 Foo 2026", "May 2, 2026 8"],
)
def test_what_is_no_date_or_more_than_one_is_none(written: str) -> None:
    assert date_in_words(written, ("en", "tl")) is None


def test_a_day_that_no_month_has_is_refused() -> None:
    with pytest.raises(ValueError, match="day is out of range"):
        date_in_words("February 30, 2026", ("en",))


def test_a_month_that_means_two_things_is_read_in_the_pages_language() -> None:
    for language, month in (("hr", 10), ("pl", 11)):
        told = date_in_words("2 listopad 2026", (language,))
        assert told is not None
        assert told[0].month == month
    assert date_in_words("2 listopad 2026", ("en",)) is None


@pytest.mark.parametrize(
    ("written", "back", "has_minute"),
    [
        ("kahapon", timedelta(days=1), False),
        ("Karong adlawa", timedelta(0), False),
        ("3 araw na ang nakakaraan", timedelta(days=3), False),
        ("isang araw ang nakalipas", timedelta(days=1), False),
        ("2 oras ang nakalipas", timedelta(hours=2), False),
        ("15 minuto ang nakalipas", timedelta(minutes=15), True),
        ("3 ka adlaw ang milabay", timedelta(days=3), False),
        ("3 ka adlaw ang nagligad", timedelta(days=3), False),
        ("2 nga aldaw ti napalabas", timedelta(days=2), False),
    ],
)
def test_how_long_ago(written: str, back: timedelta, has_minute: bool) -> None:
    assert time_ago(written, NOW) == (NOW - back, has_minute)


@pytest.mark.parametrize("written", ["2 linggo ang nakalipas", "1 buwan ang nakalipas", "2 araw", "Linggo", "mga tao"])
def test_weeks_and_months_ago_are_no_date(written: str) -> None:
    assert time_ago(written, NOW) is None


def test_a_word_for_a_day_is_known_without_figures() -> None:
    assert names_a_day("Kahapon")
    assert not names_a_day("Lunes")

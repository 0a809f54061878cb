from datetime import datetime, timedelta

import pytest

from crawler.reading.words import load
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


def test_every_name_of_a_month_is_read_in_its_language_however_it_is_capitalised() -> None:
    for language, line in load("month_names"):
        number, *names = line.split()
        day = datetime(2026, int(number), 2)  # noqa: DTZ001  # the caller knows the zone
        for name in names:
            for written in (f"2 {name} 2026", f"2. {name.upper()} 2026", f"{name.title()} 2, 2026"):
                assert date_in_words(written, (language,)) == (day, False), (language, written)


def test_every_name_of_a_weekday_may_begin_a_date() -> None:
    day = datetime(2026, 5, 2)  # noqa: DTZ001  # the caller knows the zone
    for language, name in load("weekday_names"):
        assert date_in_words(f"{name.capitalize()}, 2 May 2026", ("en",)) == (day, False), (language, name)


def words_of(kind: str) -> list[tuple[str, str]]:
    return [(language, line.removeprefix(f"{kind} ")) for language, line in load("date_words") if line.startswith(kind)]


def test_every_word_for_a_day_is_counted_from_the_fetch() -> None:
    for language, line in words_of("day"):
        days, words = line.split(" ", 1)
        assert time_ago(words.capitalize(), NOW) == (NOW + timedelta(days=int(days)), False), (language, words)


def test_every_unit_is_counted_back_with_the_words_and_numbers_of_its_language() -> None:
    for language, line in words_of("unit"):
        unit, name = line.split(" ", 1)
        agos = [words for told, words in words_of("ago") if told == language]
        numbers = [words for told, words in words_of("number") if told == language]
        for ago in agos:
            for number in ("3", *(words.split(" ", 1)[1] for words in numbers)):
                assert (time_ago(f"{number} {name} {ago}", NOW) is None) == (unit in ("week", "month", "year")), line


@pytest.mark.parametrize("kind", ["am", "pm", "noon"])
def test_every_part_of_the_day_says_which_half_an_hour_is_of(kind: str) -> None:
    for language, part in words_of(kind):
        found = date_in_words(f"2 May 2026, 3 ng {part}", ("en",))
        assert found is not None, (language, part)
        assert found[0].hour == (3 if kind == "am" else 15), (language, part)

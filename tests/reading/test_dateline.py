import pytest

from archive.records import Author
from crawler.reading.dateline import Dateline, agency_of, dateline_in, dateline_of, known_agency

REST = "The ferry sailed again on Friday after three weeks."
LONG = "A second boat will sail on market days if enough people ask for it."


@pytest.mark.parametrize(
    ("start", "place", "agency"),
    [
        ("BEIJING. ", "BEIJING", None),
        ("ILOILO CITY – ", "ILOILO CITY", None),
        ("ILOILO CITY (PNA) – ", "ILOILO CITY", "PNA"),
        ("MANILA, Philippines — ", "MANILA, Philippines", None),
        ("KALIBO, Aklan —", "KALIBO, Aklan", None),
        ("SAN JOSE DEL MONTE CITY, Bulacan -- ", "SAN JOSE DEL MONTE CITY, Bulacan", None),
        ("ST. JOSEPH, Mich. (AP) — ", "ST. JOSEPH, Mich.", "AP"),
        ("THE HAGUE, Netherlands - ", "THE HAGUE, Netherlands", None),
        ("NEW YORK (Reuters) - ", "NEW YORK", "Reuters"),
        ("LONDON (AP) ", "LONDON", "AP"),
        ("KATHMANDU, April 25 (Reuters) - ", "KATHMANDU, April 25", "Reuters"),
        ("BEIRUT/THE HAGUE, March 7 (Reuters) - ", "BEIRUT/THE HAGUE, March 7", "Reuters"),
        ("PUTRAJAYA, Nov 22 — ", "PUTRAJAYA, Nov 22", None),
        ("March 4 (Reuters) - ", None, "Reuters"),
        ("(Reuters) — ", None, "Reuters"),
        ("HYDERABAD: ", "HYDERABAD", None),
        ("NEW DELHI: ", "NEW DELHI", None),
        ("Wiesbaden (KNA/iz). ", "Wiesbaden", "KNA"),
        ("Berlin/Frankfurt (dpa) - ", "Berlin/Frankfurt", "dpa"),
        ("Düsseldorf, 22. November 2022 - ", "Düsseldorf, 22. November 2022", None),
        ("New York, NY – ", "New York, NY", None),
        ("PARIS, 4 mars (Reuters) - ", "PARIS, 4 mars", "Reuters"),
        ("Madrid, 5 may (EFE).- ", "Madrid, 5 may", "EFE"),
        ("BOGOTÁ, 5 de mayo (EFE) - ", "BOGOTÁ, 5 de mayo", "EFE"),
        ("Roma, 5 mag. (Adnkronos) - ", "Roma, 5 mag.", "Adnkronos"),
        ("ТЮМЕНЬ, 14 мая. ", "ТЮМЕНЬ, 14 мая", None),
        ("МОСКВА, 14 мая /ТАСС/. ", "МОСКВА, 14 мая", "ТАСС"),
        ("КИЇВ, 5 травня (Укрінформ) – ", "КИЇВ, 5 травня", "Укрінформ"),
        ("ΑΘΗΝΑ (ΑΠΕ-ΜΠΕ) - ", "ΑΘΗΝΑ", "ΑΠΕ-ΜΠΕ"),
        ("ԵՐԵՎԱՆ, 5 ՄԱՅԻՍԻ, ԱՐՄԵՆՊՐԵՍ: ", "ԵՐԵՎԱՆ, 5 ՄԱՅԻՍԻ", "ԱՐՄԵՆՊՐԵՍ"),
        ("रीवा। ", "रीवा", None),
        ("नई दिल्ली, 5 मई (भाषा)। ", "नई दिल्ली, 5 मई", "भाषा"),
        ("पटना: ", "पटना", None),
        ("ঢাকা, ৫ মে (ইউএনবি)- ", "ঢাকা, ৫ মে", "ইউএনবি"),
        ("சென்னை: ", "சென்னை", None),
        ("المدينة - ", "المدينة", None),
        ("القاهرة (رويترز) - ", "القاهرة", "رويترز"),
        ("دمشق-سانا ", "دمشق", "سانا"),
        ("เชียงใหม่ - ", "เชียงใหม่", None),
        ("ភ្នំពេញ៖ ", "ភ្នំពេញ", None),
        ("አዲስ አበባ፣ ግንቦት 5 (ኢዜአ) - ", "አዲስ አበባ፣ ግንቦት 5", "ኢዜአ"),
        ("【函館】", "函館", None),
        ("【ワシントン共同】", "ワシントン", "共同"),
        ("[강릉=매체명] ", "강릉", None),
        ("(서울=연합뉴스) ", "서울", "연합뉴스"),
        ("新华社北京5月2日电 ", "北京", "新华社"),
        ("（中央社台北25日電）", "台北", "中央社"),
    ],
)
def test_the_place_is_kept_as_written_and_the_agency_is_told_apart(
    start: str, place: str | None, agency: str | None
) -> None:
    assert dateline_of(start + REST) == Dateline(place, agency)


@pytest.mark.parametrize(
    "start",
    [
        "",
        "UPDATE: ",
        "He said: ",
        "Q: ",
        "A boat – ",
        "WHO: ",
        "COVID-19 - ",
        "DEAR ABBY: ",
        "NATO – an old alliance – ",
        "LE POINT SUR LA SITUATION - ",
        "MIGRATION – ",
        "Seit dem 1. Oktober: ",
        "Wir suchen zum 1. April 2016 ",
        "Karibu.Net - ",
        "The Office for Budget (OBR) said. ",
        "VICTOR HANSON, HOOVER FELLOW: ",
        "LAST 10 GAMES: ",
        "सवाल: ",
        "【速報】",
        "[단독] ",
        "[엔터미디어=정덕현의 이슈공감] ",
        "[엔터미디어=정덕현] ",
        "سؤال - ",
    ],
)
def test_other_beginnings_are_no_datelines(start: str) -> None:
    assert dateline_of(start + REST) is None


def test_a_line_that_is_only_a_place_is_a_subhead() -> None:
    assert dateline_of("MANILA. Yes.") is None


def test_capitals_with_a_colon_are_labels_where_more_of_them_follow() -> None:
    assert dateline_in([f"LINDI: {REST}", LONG]) == Dateline("LINDI", None)
    assert dateline_in([f"VERDE: {REST}", LONG, f"OUR RATING: {REST}"]) is None
    assert dateline_in([LONG, f"LINDI – {REST}"]) == Dateline("LINDI", None)
    assert dateline_in([LONG, LONG, f"LINDI – {REST}"]) is None


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("(PNA)", "PNA"),
        ("- Reuters", "Reuters"),
        ("Quelle: dpa", "dpa"),
        ("Source: AFP/kq", "AFP"),
        (f"{LONG} (PNA)", "PNA"),
        (f"{LONG} - Reuters", "Reuters"),
        ("With reporting by Associated Press writer Ana Cruz", "Associated Press"),
        ("(with reports from AFP)", "AFP"),
        ("Источник: ТАСС", "ТАСС"),
        ("（共同）", "共同"),
        (f"{LONG} (aa)", None),
        ("The boat was sold to AP.", None),
        ("We asked Reuters", None),
    ],
)
def test_a_closing_credit_names_the_agency(credit: str, agency: str | None) -> None:
    assert agency_of([LONG, LONG, credit], (), None) == (agency, "body credit" if agency else "")


def test_the_dateline_is_asked_before_the_byline_and_the_byline_before_the_credit() -> None:
    house = Author(name="dpa", kind="organisation")
    assert agency_of([f"LONDON (Reuters) - {REST}", "(PNA)"], [house], None) == ("Reuters", "body dateline")
    assert agency_of([LONG, "(PNA)"], [house], None) == ("dpa", "byline")
    assert agency_of([LONG], [], "Par Ana Cruz avec AFP") == ("AFP", "byline")
    assert agency_of([LONG], [], "Ana Cruz (Reuters)") == ("Reuters", "byline")
    assert agency_of([LONG], [Author(name="Ap Sutarwan")], "Ap Sutarwan") == (None, "")


def test_short_names_in_small_letters_are_initials() -> None:
    assert known_agency("tt") is None
    assert known_agency("TT") == "TT"
    assert known_agency("dpa") == "dpa"

import pytest

from crawler.reading.title import title_of, without_names
from tests.reading.build import TITLE, json_ld, page, story


def test_a_confirmed_h1_wins_over_a_search_engine_title() -> None:
    made = story(head='<meta property="og:title" content="Ferry back! You will not believe it">')
    assert title_of(made, "Panublion Daily") == (TITLE, "dom h1")


def test_the_kicker_in_an_h1_is_left_out_where_the_headline_is_told_without_it() -> None:
    made = page(
        f"<h1><span>Harbour</span> {TITLE}</h1>",
        head=f'<title>{TITLE}</title><meta property="og:title" content="{TITLE}">',
    )
    assert title_of(made, "") == (TITLE, "meta og:title")


def test_json_ld_wins_over_an_h1_that_nothing_confirms() -> None:
    assert title_of(page("<h1>Today's weather</h1>", head=json_ld()), "") == (TITLE, "json-ld")
    assert title_of(page("<h1>Today's weather</h1>"), "") == ("Today's weather", "dom h1")


def test_a_page_with_meta_tags_only_has_a_title_too() -> None:
    assert title_of(page(head=f'<meta property="og:title" content="{TITLE}">'), "") == (TITLE, "meta og:title")
    assert title_of(page(head=f"<title>{TITLE} | Panublion Daily</title>"), "Panublion Daily") == (TITLE, "title")
    assert title_of(page("<h1>One road</h1><h1>Two boats</h1>"), "") == ("One road", "dom h1")
    assert title_of(page(), "") == (None, "")


@pytest.mark.parametrize(
    "dressed",
    [
        f"{TITLE} - Panublion Daily",
        f"{TITLE} | Panublion Daily",
        f"Panublion Daily: {TITLE}",
        f"{TITLE} | Panublion Daily News",
        f"{TITLE} – May 2, 2026 | Panublion Daily",
        f"{TITLE} | by Ana Cruz",
    ],
)
def test_site_name_date_and_author_are_cut_off(dressed: str) -> None:
    assert without_names(dressed, frozenset({"panubliondaily"})) == TITLE


def test_a_colon_in_the_headline_stays() -> None:
    assert without_names("Mayor: we will rebuild", frozenset({"panubliondaily"})) == "Mayor: we will rebuild"
    assert without_names("Panublion Daily", frozenset({"panubliondaily"})) == "Panublion Daily"


@pytest.mark.parametrize(
    ("dressed", "plain"),
    [
        ("홍수에 끊긴 마을 다리 다시 열려ㅣ맑은내신문", "홍수에 끊긴 마을 다리 다시 열려"),
        ("村里的小桥重新开放_清溪晚报", "村里的小桥重新开放"),
        ("Goodwill-Airlines fly again", "Goodwill-Airlines fly again"),
    ],
)
def test_bars_and_dashes_of_other_scripts(dressed: str, plain: str) -> None:
    assert without_names(dressed, frozenset({"맑은내신문", "清溪晚报", "airlines"})) == plain


def test_the_json_ld_headline_that_og_title_repeats_outvotes_the_h1() -> None:
    told = '<meta property="og:title" content="Harbour: ' + TITLE + '">'
    both = page(f"<h1>{TITLE}</h1>", head=told + json_ld(headline=f"Harbour: {TITLE}"))
    assert title_of(both, "") == (f"Harbour: {TITLE}", "json-ld")
    decorated = told.replace("Harbour: ", "Breaking - ")
    alone = page(f"<h1>{TITLE}</h1>", head=decorated + json_ld(headline=f"Breaking - {TITLE}"))
    assert title_of(alone, "") == (TITLE, "dom h1")

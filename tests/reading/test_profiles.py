import pytest

from crawler.reading.profiles import boxes, profiles_of, stated
from tests.reading.build import page, story

BIO = "Ana Cruz has reported on the harbour and its people for twenty years and lives on the island."


@pytest.mark.parametrize(
    ("container", "name", "text"),
    [
        ("m-a-box", "m-a-box-name", "m-a-box-bio"),
        ("pp-multiple-authors-boxes-wrapper", "pp-author-boxes-name", "pp-author-boxes-description"),
        ("saboxplugin-wrap", "saboxplugin-authorname", "saboxplugin-desc"),
        ("abh_box", "fn name", "description note"),
        ("author-box-wrap", "td-author-name vcard", "td-author-description"),
        ("tdb_single_author_box", "tdb-author-name", "tdb-author-descr"),
        ("about-author", "author-name", "author-bio"),
        ("jeg_authorbox", "jeg_author_name", "jeg_author_desc"),
        ("author-box", "author-box-name", "author-bio"),
        ("post-author-bio", "name", "text"),
    ],
)
def test_author_boxes_of_themes_and_plugins_are_read(container: str, name: str, text: str) -> None:
    who = f'<b class="{name}">About Ana Cruz</b><a href="/author/ana/">Posts</a>'
    box = f'<div class="{container}">{who}<div class="{text}"><p>{BIO}</p></div></div>'
    made = story(inside=box)
    profile = profiles_of(made, boxes(made), ())[0]
    assert (profile.name, profile.text, profile.language) == ("Ana Cruz", BIO, "en")
    assert profile.url == "https://panublion.example/author/ana/"


def test_a_profile_has_a_language_of_its_own() -> None:
    bio = "Siya ay mamamahayag sa lalawigan at nagsusulat ng mga balita tungkol sa dagat at sa mga tao ng isla."
    made = story(inside=f'<div class="author-box"><p>{bio}</p></div>')
    assert profiles_of(made, boxes(made), ())[0].language == "tl"


def test_a_box_of_several_authors_gives_several_profiles() -> None:
    one = '<li><span class="pp-author-boxes-name">{}</span><p class="pp-author-boxes-description">{}</p></li>'
    box = one.format("Ana Cruz", BIO) + one.format(
        "Ben Reyes", "Ben Reyes came to the paper from the radio and writes about schools."
    )
    made = story(inside=f'<div class="pp-multiple-authors-boxes-wrapper"><ul>{box}</ul></div>')
    assert [profile.name for profile in profiles_of(made, boxes(made), ())] == ["Ana Cruz", "Ben Reyes"]


def test_a_box_without_a_biography_is_no_profile() -> None:
    made = story(inside='<div class="author-box"><p>Ana Cruz</p></div>')
    assert boxes(made)
    assert profiles_of(made, boxes(made), ()) == ()


def test_an_element_that_holds_the_headline_is_no_author_box() -> None:
    made = page(f'<div class="author-info"><h1>A long story about the pier</h1><p>{BIO}</p></div>')
    assert boxes(made) == []


def test_the_sites_own_selector_names_the_only_author() -> None:
    made = story(inside=f'<p class="who">{BIO}</p>')
    assert stated(made, ".who", ())[0].text == BIO

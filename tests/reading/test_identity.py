from archive.records import Identity
from crawler.reading.identity import canonical_of, identities_of
from tests.reading.build import URL, json_ld, page, story


def canonical(address: str) -> str:
    return f'<link rel="canonical" href="{address}">'


def test_the_canonical_address_is_absolute() -> None:
    assert canonical_of(page(head=canonical("/2026/05/ferry/"))) == "https://panublion.example/2026/05/ferry/"
    assert canonical_of(page(head=f'<meta property="og:url" content="{URL}">')) == URL
    assert canonical_of(page(head=canonical("javascript:void(0)"))) is None


def test_a_canonical_that_points_to_a_front_page_is_ignored() -> None:
    assert canonical_of(page(head=canonical("https://panublion.example/"))) is None
    assert canonical_of(page(head=canonical("https://network.example/"))) is None


def test_a_front_page_may_name_itself() -> None:
    root = "https://panublion.example/"
    assert canonical_of(page(head=canonical(root), url=root)) == root


def test_identities_come_strongest_first() -> None:
    made = story(head=json_ld(identifier="abc-7"), body_class="postid-4711")
    assert identities_of(made, URL + "?utm_source=x#top") == (
        Identity(kind="wp", value="4711"),
        Identity(kind="ld", value="abc-7"),
        Identity(kind="url", value=URL),
    )


def test_an_identifier_that_is_no_plain_value_is_none() -> None:
    made = story(head=json_ld(identifier={"@type": "PropertyValue", "value": 7}), url="")
    assert identities_of(made, None) == ()

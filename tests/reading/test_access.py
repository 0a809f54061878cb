import json

import pytest

from crawler.reading import Page, read
from crawler.site import Site
from tests.crawling import story

SITE = Site.unknown("https://panublion.example/")
GATE = '<div class="{}"><h3>Keep reading</h3><p>Sign in or subscribe.</p><a href="/join/">Subscribe</a></div>'


def access(markup: str = "", *, paragraphs: int = 4, **data: object) -> tuple[str, str | None]:
    page = story("The flood", paragraphs=paragraphs).decode()
    page = page.replace('"headline"', f'{json.dumps(data)[1:-1]}, "headline"' if data else '"headline"')
    page = page.replace("</article>", f"{markup}</article>")
    found = read(Page.parse(page.encode(), "https://panublion.example/2026/10/flood/", "utf-8"), SITE)
    return found.access, found.sources.get("access")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"isAccessibleForFree": "False"}, "walled"),
        ({"isAccessibleForFree": True}, "free"),
        ({"isAccessibleForFree": "http://schema.org/False"}, "walled"),
        ({"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".x"}}, "walled"),
        ({"isAccessibleForFree": True, "hasPart": [{"isAccessibleForFree": "no"}]}, "walled"),
    ],
)
def test_the_markup_for_paywalled_content_says_it(data, told):
    assert access(**data) == (told, "json-ld")


def test_a_gate_over_a_teaser_is_a_wall_and_over_a_whole_text_a_meter():
    for name in ("paywall", "c-paywall__box paywall", "pmpro_content_message", "article-gate"):
        assert access(GATE.format(name), paragraphs=1) == ("walled", "dom paywall"), name
        assert access(GATE.format(name), paragraphs=5) == ("metered", "dom paywall"), name
    assert (
        access(f"<p>The council of the town meets again on…</p>{GATE.format('paywall')}", paragraphs=5)[0] == "walled"
    )


def test_what_is_no_gate_says_nothing():
    assert access(paragraphs=1) == ("unknown", None)
    assert access(GATE.format("newsletter")) == ("unknown", None)
    # The element that Google's markup names so holds the story itself.
    assert access(f"<div class='paywall'><a href='/x/'>x</a><p>{'word ' * 90}</p></div>") == ("unknown", None)
    assert access("<div class='paywall'></div><div class='no-paywall-here'><p>Read free.</p></div>") == (
        "unknown",
        None,
    )

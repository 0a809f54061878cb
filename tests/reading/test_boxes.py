"""What stands in the story's part of the page and is not its text."""

from __future__ import annotations

from crawler.reading.body import paragraphs_of
from tests.reading.build import PARAGRAPHS, TITLE, page, story

TEXT = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
HEAD = f"<title>{TITLE} - Panublion Daily</title>"


def _body(inside: str) -> tuple[str, ...]:
    return paragraphs_of(page(f'<main><article class="entry-content">{inside}</article></main>', head=HEAD), [])


def test_what_stands_before_the_headline_is_its_kicker() -> None:
    assert _body(f"<p>Islands</p><p>Transport</p><h1>{TITLE}</h1>{TEXT}") == PARAGRAPHS


def test_a_short_header_around_the_headline_is_left_out() -> None:
    assert _body(f"<header><h1>{TITLE}</h1><p>Two boats, one pier</p></header>{TEXT}") == PARAGRAPHS


def test_a_lead_in_the_header_stays() -> None:
    header = f"<header><h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p></header>"
    assert _body(header + "".join(f"<p>{line}</p>" for line in PARAGRAPHS[1:])) == PARAGRAPHS


def test_a_story_before_its_headline_stays() -> None:
    assert _body(f"{TEXT}<h1>{TITLE}</h1><p>{PARAGRAPHS[0]} Again.</p>")[:6] == PARAGRAPHS


def test_a_paragraph_that_is_one_link_to_another_story_is_left_out() -> None:
    link = '<p><strong><a href="/2026/04/engine/">Engine fails in the middle of the strait</a></strong></p>'
    first, rest = f"<p>{PARAGRAPHS[0]}</p>", "".join(f"<p>{line}</p>" for line in PARAGRAPHS[1:])
    assert _body(f"<h1>{TITLE}</h1>{first}{link}{rest}") == PARAGRAPHS


def test_a_link_inside_a_sentence_stays() -> None:
    line = 'The port office keeps <a href="/2026/04/list/">a long list of all boats and owners</a> on its door.'
    told = "The port office keeps a long list of all boats and owners on its door."
    assert told in _body(f"<h1>{TITLE}</h1>{TEXT}<p>{line}</p>")


def test_a_list_of_links_goes_with_its_heading_and_a_list_of_facts_stays() -> None:
    items = "".join(f'<li><a href="/2026/04/{n}/">The ferry was late again on day {n}</a></li>' for n in range(1, 4))
    facts = "<ul><li>Monday: seven in the morning, old pier</li><li>Friday: at noon, the new one</li></ul>"
    found = _body(f"<h1>{TITLE}</h1>{TEXT}<h3>Older news of the ferry</h3><ul>{items}</ul>{facts}")
    assert found == (
        *PARAGRAPHS,
        "Monday: seven in the morning, old pier",
        "Friday: at noon, the new one",
    )


def test_the_credit_of_a_photo_is_left_out() -> None:
    assert (
        paragraphs_of(story(inside='<div class="photo-credit">Photo by Ana Cruz for this paper</div>'), [])[-1]
        == (PARAGRAPHS[-1])
    )

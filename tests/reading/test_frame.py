"""Where the story's text stands."""

from __future__ import annotations

from crawler.reading.dom import text_of
from crawler.reading.frame import frames, prose
from tests.reading.build import PARAGRAPHS, TITLE, json_ld, page, story

TEXT = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
HEAD = f"<title>{TITLE}</title>"


def test_the_part_named_for_the_text_comes_first() -> None:
    assert next(frames(story())).get("class") == "entry-content"


def test_a_part_in_a_sidebar_is_another_storys() -> None:
    aside = '<aside><div class="entry-content"><p>Buy a boat.</p></div></aside>'
    found = page(f"{aside}<h1>{TITLE}</h1><div class='entry-content'>{TEXT}</div>", head=HEAD)
    assert PARAGRAPHS[0] in text_of(next(frames(found)))


def test_a_part_among_comments_is_no_text() -> None:
    comments = f'<div id="comments"><div class="entry-content">{TEXT}</div></div>'
    assert list(frames(page(f"<h1>{TITLE}</h1>{comments}", head=HEAD))) == []


def test_without_a_known_name_the_densest_part_is_taken() -> None:
    found = page(f"<h1>{TITLE}</h1><div class='x1'><p>Short.</p></div><div class='x2'>{TEXT}</div>", head=HEAD)
    assert next(frames(found)).get("class") == "x2"


def test_a_table_cell_with_line_breaks_holds_prose() -> None:
    found = page(f"<h1>{TITLE}</h1><table><tr><td>{'<br>'.join(PARAGRAPHS)}</td></tr></table>", head=HEAD)
    assert [element.tag for element, _ in prose(found)] == ["td"]


def test_the_part_marked_as_the_articles_body_is_found_by_its_property() -> None:
    found = page(f'<h1>{TITLE}</h1><section itemprop="articleBody">{TEXT}</section>', head=HEAD + json_ld())
    assert next(frames(found)).get("itemprop") == "articleBody"

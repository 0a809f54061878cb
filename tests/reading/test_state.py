"""The story in the page's own data."""

from __future__ import annotations

import json

from crawler.reading.body import paragraphs_of
from crawler.reading.state import told
from tests.reading.build import PARAGRAPHS, TITLE, page, story

MARKUP = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
HEAD = f'<title>{TITLE}</title><meta property="og:description" content="{PARAGRAPHS[0]}">'
OTHER = "".join(f"<p>Zwölf Kühe laufen über Brücke Nummer {n}, und jeder Hirt ruft laut.</p>" * 9 for n in range(3))


def _script(value: object) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(value)}</script>'


def test_a_story_that_a_script_would_draw_is_read_from_the_pages_data() -> None:
    stub = page(f"<h1>{TITLE}</h1>{_script({'props': {'story': {'html': MARKUP}}})}", head=HEAD)
    assert paragraphs_of(stub, []) == PARAGRAPHS


def test_rows_cut_anywhere_are_put_together() -> None:
    row = json.dumps({"content": MARKUP})
    half = len(row) // 2
    rows = "".join(f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (row[:half], row[half:]))
    assert told(page(rows, head=HEAD)) == list(PARAGRAPHS)


def test_a_longer_text_about_something_else_is_not_the_story() -> None:
    assert told(page(_script({"a": OTHER, "b": MARKUP}), head=HEAD)) == list(PARAGRAPHS)
    assert told(page(_script({"a": OTHER}), head=HEAD)) == []


def test_a_place_for_an_advert_is_no_line() -> None:
    assert told(page(_script({"html": f"$$ADVERT$${MARKUP}"}), head=HEAD)) == list(PARAGRAPHS)


def test_a_page_without_title_and_description_has_nothing_to_compare_with() -> None:
    assert told(page(_script({"html": MARKUP}))) == []


def test_broken_strings_and_plain_strings_are_passed_over() -> None:
    broken = '<script>var a = "' + "\\x" * 400 + '";</script>'
    assert told(page(broken + _script({"text": " ".join(PARAGRAPHS)}), head=HEAD)) == []


def test_a_page_that_shows_its_story_is_read_from_what_it_shows() -> None:
    longer = MARKUP + "<p>" + PARAGRAPHS[0] * 9 + "</p>"
    assert paragraphs_of(story(extra=_script({"html": longer})), []) == PARAGRAPHS


def test_a_story_told_one_object_a_paragraph_is_put_together_as_arc_does() -> None:
    elements = [{"type": "text", "content": line} for line in PARAGRAPHS]
    other = [{"type": "text", "content": line} for line in ("A calf was born in the upper valley last night.",) * 30]
    state = {
        "content_elements": [*elements, {"type": "image", "content": "no text"}, 7],
        "related": [{"content_elements": other}],
    }
    made = page(f"<script>Fusion.globalContent={json.dumps(state)};</script>", head=HEAD)
    assert told(made) == list(PARAGRAPHS)
    assert told(page('<script>{"content_elements": [{]</script>', head=HEAD)) == []


def test_scripts_that_never_end_are_looked_through_once() -> None:
    assert told(page("<script " * 50_000, head=HEAD)) == []
    assert told(page("<script>" * 50_000, head=HEAD)) == []

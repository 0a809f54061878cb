"""The text of one part of a page."""

from __future__ import annotations

from crawler.reading.extraction import copied, extracted, lines_of
from crawler.reading.frame import frames
from tests.reading.build import PARAGRAPHS, page, story


def _text(inside: str) -> list[str]:
    page = story(inside=inside)
    return extracted(page, next(frames(page)), ())


def test_paragraphs_lists_quotes_and_subheads_stay_in_order() -> None:
    inside = (
        "<h2>What it costs</h2><ul><li>Forty pesos for a seat</li><li>Ninety for a motorcycle</li></ul>"
        "<blockquote><p>We waited three weeks for this morning.</p></blockquote><p>Boats sail at seven and at noon.</p>"
    )
    assert _text(inside) == [
        *PARAGRAPHS,
        "What it costs",
        "Forty pesos for a seat",
        "Ninety for a motorcycle",
        "We waited three weeks for this morning.",
        "Boats sail at seven and at noon.",
    ]


def test_furniture_by_name_and_what_is_hidden_are_left_out() -> None:
    inside = (
        '<div class="social-bar">Tell your friends about it</div><p aria-hidden="true">Not to be read by anyone</p>'
        '<div class="newsletter-signup">Our letter every morning</div><p style="display:none">Hidden words</p>'
    )
    assert _text(inside) == list(PARAGRAPHS)


def test_a_name_that_would_take_nearly_everything_is_not_believed() -> None:
    page = story()
    frame = next(frames(page))
    for paragraph in frame:
        paragraph.set("class", "widget-text")
    assert extracted(type(page)(url=page.url, tree=page.tree, text=page.text), frame, ()) == list(PARAGRAPHS)


def test_text_behind_a_list_is_a_paragraph_of_its_own() -> None:
    told = "The list was nailed to the door of the port office, where everyone could read it before the boat left."
    assert _text(f"<ul><li>First boat at seven</li></ul>{told}")[-1] == told


def test_the_page_stays_as_it_is() -> None:
    page = story()
    frame = next(frames(page))
    before = len(list(page.tree.iter()))
    copied(frame, [frame[0]])
    assert len(list(page.tree.iter())) == before


def test_bullets_table_bars_and_lines_of_symbols_are_no_text() -> None:
    assert lines_of("- One boat\n| Two | boats |\n***\n\nThree") == ["One boat", "Two | boats", "Three"]


def test_a_box_of_links_within_the_text_is_left_out() -> None:
    links = "".join(f'<a href="/tag/{name}/">{name}</a> ' for name in ("harbour", "boats", "fares", "islands", "rain"))
    assert _text(f"<div>{links}</div><p>{PARAGRAPHS[0][::-1]}</p>") == [*PARAGRAPHS, PARAGRAPHS[0][::-1]]


def test_a_paragraph_with_a_link_is_kept() -> None:
    line = 'The fares are on <a href="/fares/">the list of the harbour office</a>, and it hangs on the gate as well.'
    assert _text(f"<p>{line}</p>")[-1].startswith("The fares are on the list of the harbour office")


def test_a_line_break_within_a_text_is_a_blank_but_within_preformatted_text_it_is_one() -> None:
    told = "Boats sail\nat seven\r\nand at noon, and the last one\nwaits for the market to close."
    assert (
        _text(f"<div>{told}</div>")[-1]
        == "Boats sail at seven and at noon, and the last one waits for the market to close."
    )
    assert _text("<pre>Boats sail at seven\nand the last one at noon</pre>")[-2:] == [
        "Boats sail at seven",
        "and the last one at noon",
    ]


def test_invisible_characters_change_nothing_that_is_read() -> None:
    hinted = [
        text.replace("ship", "s\u00adhip").replace("er", "e&shy;r").replace("an", "a&#8203;n") for text in PARAGRAPHS
    ]
    assert hinted != list(PARAGRAPHS)
    made = page("".join(f"<p>{text}</p>" for text in hinted))
    assert not {"\u00ad", "\u200b"} & set("".join(made.tree.itertext()))

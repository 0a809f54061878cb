"""What changed between two texts."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.diff import Block, Part, Text, compare, diff_paragraphs, diff_words, unified
from tests.archive.make import BODY

WORDS = st.lists(st.sampled_from(["the", "river", "rose", "12", "Ana", "–", ".", " ", "  ", "洪水", "\n"]), max_size=15)
TEXTS = WORDS.map("".join) | st.text(max_size=30)
PARAGRAPHS = st.lists(TEXTS.filter(lambda text: "\0" not in text and text != ""), max_size=6)


def old_of(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts if part.kind != "added")


def new_of(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts if part.kind != "removed")


def test_a_changed_word_is_removed_and_added_and_the_rest_is_the_same() -> None:
    assert diff_words("The toll is 9 now.", "The toll is 12 now.") == (
        Part("same", "The toll is "), Part("removed", "9"), Part("added", "12"), Part("same", " now."),
    )  # fmt: skip


def test_a_changed_phrase_reads_as_one() -> None:
    parts = diff_words("He met old men there.", "He met two young women there.")
    assert [(part.kind, part.text) for part in parts] == [
        ("same", "He met "), ("removed", "old men"), ("added", "two young women"), ("same", " there."),
    ]  # fmt: skip


def test_equal_texts_have_no_changes() -> None:
    assert diff_words("same", "same") == (Part("same", "same"),)
    assert diff_words("", "") == ()
    assert diff_words("", "new") == (Part("added", "new"),)


def test_a_paragraph_that_was_added_or_removed_stands_where_it_stood() -> None:
    one, two, three = BODY
    assert [(block.kind, block.text) for block in diff_paragraphs([one, three], [one, two, three])] == [
        ("same", one), ("added", two), ("same", three),
    ]  # fmt: skip
    assert [(block.kind, block.text) for block in diff_paragraphs([one, two, three], [one, three])] == [
        ("same", one), ("removed", two), ("same", three),
    ]  # fmt: skip


def test_an_edited_paragraph_is_paired_with_what_it_was() -> None:
    edited = BODY[1].replace("dark", "noon")
    blocks = diff_paragraphs(BODY, [BODY[0], edited, "A wholly new ending, unlike any before it.", BODY[2]])
    assert [block.kind for block in blocks] == ["same", "edited", "added", "same"]
    assert [part for part in blocks[1].parts if part.kind != "same"] == [Part("removed", "dark"), Part("added", "noon")]
    assert blocks[1].text == edited


def test_a_paragraph_that_is_nothing_like_the_other_is_a_removal_and_an_addition() -> None:
    blocks = diff_paragraphs(["Buses will run again."], ["1234 5678 9012 3456"])
    assert sorted(block.kind for block in blocks) == ["added", "removed"]


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_the_parts_give_back_both_texts(old: str, new: str) -> None:
    parts = diff_words(old, new)
    assert (old_of(parts), new_of(parts)) == (old, new)
    assert all(part.text for part in parts)


@given(PARAGRAPHS, PARAGRAPHS)
@settings(max_examples=200, deadline=None)
def test_the_blocks_give_back_both_texts(old: list[str], new: list[str]) -> None:
    blocks = diff_paragraphs(old, new)
    was = sorted((block for block in blocks if block.old is not None), key=lambda block: block.old or 0)
    assert [old_of(block.parts) for block in was] == old
    assert [block.old for block in was] == list(range(len(old)))
    assert [new_of(block.parts) for block in blocks if block.new is not None] == new
    assert [block.new for block in blocks if block.new is not None] == list(range(len(new)))
    stayed = [block.old for block in blocks if block.kind in ("same", "edited", "removed")]
    assert stayed == sorted(stayed, key=lambda place: place or 0)
    assert all(said(block) for block in blocks)


def said(block: Block) -> bool:
    kinds = {part.kind for part in block.parts}
    return block.kind in ("edited", "moved") or kinds == {block.kind}


def test_a_paragraph_that_stands_elsewhere_is_moved_not_removed_and_added() -> None:
    one, two, three = BODY
    assert [(block.kind, block.text) for block in diff_paragraphs([one, two, three], [two, three, one])] == [
        ("same", two), ("same", three), ("moved", one),
    ]  # fmt: skip


def test_a_moved_paragraph_shows_what_was_edited_in_it() -> None:
    one, two, three = BODY
    [moved] = [b for b in diff_paragraphs([one, two, three], [two, three, one.replace("two", "three")])
               if b.kind == "moved"]  # fmt: skip
    assert (moved.old, moved.new) == (0, 2)
    assert [part.text for part in moved.parts if part.kind != "same"] == ["two", "three"]


def test_removed_paragraphs_stand_before_what_was_added_in_their_place() -> None:
    one, two, three = BODY
    blocks = diff_paragraphs([one, two, three], [one, "1234 5678 9012", three])
    assert [block.kind for block in blocks] == ["same", "removed", "added", "same"]


TOLD = Text(title="Toll is 9", standfirst="Divers search.", authors=("Ana Peñaflor",), paragraphs=BODY)


@pytest.mark.parametrize(
    ("new", "labels"),
    [
        ({}, ()),
        ({"title": "Toll is 12"}, ("headline", "figure changed")),
        ({"title": "The toll is 9"}, ("headline",)),
        ({"standfirst": "Divers search on."}, ("standfirst",)),
        ({"authors": ("Ana Peñaflor", "Jun Cruz")}, ("byline",)),
        ({"paragraphs": (BODY[0].replace("two", "four"), *BODY[1:])}, ("paragraph edited",)),
        ({"paragraphs": (*BODY, "A wholly new end: 4,100 of them.")}, ("paragraph added",)),
        ({"paragraphs": BODY[:2]}, ("paragraph removed",)),
        ({"paragraphs": (BODY[1], BODY[2], BODY[0])}, ("paragraph moved",)),
    ],
)
def test_a_comparison_is_labelled_by_what_changed(new: dict[str, Any], labels: tuple[str, ...]) -> None:
    assert compare(TOLD, replace(TOLD, **new)).labels == labels


def test_a_figure_in_the_text_that_gives_way_to_another_is_named() -> None:
    old = replace(TOLD, paragraphs=("The bridge carries 6,100 vehicles a day.",))
    new = replace(TOLD, paragraphs=("The bridge carries 6,400 vehicles a day.",))
    assert compare(old, new).labels == ("figure changed", "paragraph edited")


def test_a_unified_diff_gives_one_line_a_paragraph() -> None:
    new = replace(TOLD, title="Toll is 12")
    assert unified(TOLD, new, "key", "1", "2").splitlines() == [
        "--- key@1", "+++ key@2", "@@ -1,2 +1,2 @@", "-Toll is 9", "+Toll is 12", " Divers search.",
    ]  # fmt: skip
    assert unified(TOLD, TOLD, "key", "1", "2") == ""


def test_a_long_story_is_compared_at_once() -> None:
    old = [f"Paragraph {number}: {BODY[number % 3]}" for number in range(300)]
    new = [text.replace("river", "lake") if number % 7 else f"New {number}" for number, text in enumerate(old)]
    began = time.perf_counter()
    assert len(diff_paragraphs(old, new)) >= 300
    assert time.perf_counter() - began < 5

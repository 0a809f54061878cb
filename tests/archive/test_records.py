"""The records: what a reading says survives the journal word for word."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import Moment, shifted_clock
from archive.records import (
    Author,
    Counter,
    Identity,
    Profile,
    Reading,
    canonical_json,
    reading_from_json,
    reading_to_json,
    storable,
)
from tests.archive.make import READER, START, capture, reading

WORDS = st.text(max_size=20)
MAYBE = st.none() | WORDS
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.builds(
    Moment, at=st.datetimes(min_value=datetime(1990, 1, 1), timezones=OFFSETS),  # noqa: DTZ001 - zones are drawn
    precision=st.sampled_from(["second", "minute", "day"]),
)  # fmt: skip
READINGS = st.builds(
    Reading, reader=st.just(READER), outcome=st.sampled_from(["read", "empty"]), reason=MAYBE, title=MAYBE,
    standfirst=MAYBE, byline=MAYBE, paragraphs=st.lists(WORDS, max_size=3).map(tuple), published=st.none() | MOMENTS,
    modified=st.none() | MOMENTS, tags=st.lists(WORDS, max_size=2).map(tuple),
    authors=st.lists(st.builds(Author, name=WORDS, url=MAYBE), max_size=2).map(tuple),
    profiles=st.lists(st.builds(Profile, name=MAYBE, text=WORDS), max_size=1).map(tuple),
    counters=st.lists(st.builds(Counter, metric=st.just("views"), value=st.integers(0, 9), source=WORDS,
                                exact=st.booleans(), raw=MAYBE), max_size=2).map(tuple),
    identities=st.lists(st.builds(Identity, kind=st.just("wp"), value=WORDS), max_size=1).map(tuple),
    access=st.sampled_from(["unknown", "free"]), opt_outs=st.just(("noarchive",)),
    sources=st.dictionaries(WORDS, WORDS, max_size=2),
)  # fmt: skip


@given(READINGS)
@settings(max_examples=100, deadline=None)
def test_a_reading_comes_back_from_its_json_as_it_was(read: Reading) -> None:
    assert reading_from_json(json.loads(canonical_json(reading_to_json(read)))) == read


def test_what_says_nothing_is_left_out_of_the_json() -> None:
    told = reading_to_json(reading(title=None, authors=(), published=None))
    assert set(told) == {"reader", "outcome", "paragraphs", "language"}


def test_a_zero_is_not_nothing() -> None:
    assert reading_to_json(reading(views=0))["counters"][0]["value"] == 0
    assert (reading(views=0).views, reading().views, reading(comments=3).comments) == (0, None, 3)


def test_a_key_of_a_later_version_is_ignored() -> None:
    told = {**reading_to_json(reading()), "mood": "sombre"}
    assert reading_from_json(told) == reading()


@pytest.mark.parametrize("text", ["2026-11-02", "2026-11-02T16:00:00+08:00"])
def test_a_date_is_parsed_as_it_is_written(text: str) -> None:
    assert Moment.parse(text).isoformat() == text


def test_json_is_the_same_for_equal_values() -> None:
    assert canonical_json({"b": 1, "a": "ñ"}) == canonical_json({"a": "ñ", "b": 1}) == '{"a":"ñ","b":1}'


def test_a_reading_that_can_be_stored_is_left_alone() -> None:
    whole = reading(title="Flood 🌊")
    assert storable(whole) is whole
    assert storable(reading(title="Flood \ud83c")).title == "Flood \ufffd"


def test_headers_are_found_whatever_their_case() -> None:
    assert capture(headers=(("ETAG", "1"), ("etag", "2"))).header("Etag") == "1"
    assert capture(headers=()).header("etag") is None


def test_a_shifted_clock_is_ahead_by_its_offset() -> None:
    ahead, now = shifted_clock(3600)(), shifted_clock()()
    assert timedelta(minutes=59) < ahead - now <= timedelta(hours=1)
    assert now.utcoffset() == timedelta(0)
    assert now > START - timedelta(days=3650)

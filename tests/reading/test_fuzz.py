"""Any bytes give a reading: our own test pages, mutated.

A page may be cut, repeated, broken or lie about itself; the reader says why it cannot read it, and never trips. The
same examples every time (``derandomize``); ``HYPOTHESIS_PROFILE=long`` looks further, by hand.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.reading import read_capture
from crawler.reading.__main__ import shape
from tests.reading.build import FETCHED_AT, PAGES, PARAGRAPHS, SITE, TITLE, URL

settings.register_profile("short", max_examples=150, derandomize=True, deadline=None, database=None)
settings.register_profile("long", max_examples=20_000, derandomize=False, deadline=None, print_blob=True)

SOURCES = [path.read_bytes() for path in sorted(PAGES.glob("*/*.html"))]
ENCODINGS = (None, "utf-8", "utf-16", "latin1", "shift_jis", "gb2312", "hex", "idna", "no such charset", "", "\0")
NOISE = (
    b"\0",
    b"\x01\x02\x7f",
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"<",
    b">",
    b'"',
    b"'",
    b"</script>",
    b"<script>",
    b"-->",
    b"<!--",
    b"]]>",
    b"<![CDATA[",
    b"</body>",
    b"</html>",
    b"<html>",
    b"<title>",
    b"<base href='http://['>",
    b"<a href='//['>",
    b"&#0;",
    b"&#xD800;",
    b"&#99999999999;",
    b"&amp",
    b"<p",
    b"<svg>",
    b"<template>",
    b"<plaintext>",
    b"<frameset>",
    b"<math><mi>",
    b"<x:y z:w='1'>",
    b"<time datetime='0000-00-00'>",
    b"<time datetime='9999-12-31T23:59:60+99:99'>",
    b"<h1></h1>",
    b"99999999999999999999 views",
    b"\xd9\xa1\xd9\xa2 views",
    b"\xc2\xb2 views",
    b"\xe2\x80\xae",
    b"\xcc\x81" * 50,
    b"a" * 20_000,
    b"1" * 5_000,
    b"<div>" * 300,
    b"<b>" * 300,
    b"<p class='" + b"x " * 3_000 + b"'>",
    b"<p" + b" a" * 3_000 + b">",
    b'<meta charset="utf-16">',
    b'<meta property="article:published_time" content="99999999999999999999">',
    b'<meta property="og:url" content="http://[">',
    b'<link rel="canonical" href="http://[::1">',
)
LD_KEYS = (
    "@type",
    "@id",
    "@graph",
    "@value",
    "headline",
    "name",
    "author",
    "datePublished",
    "dateModified",
    "articleBody",
    "url",
    "mainEntityOfPage",
    "commentCount",
    "interactionStatistic",
    "userInteractionCount",
    "interactionType",
    "image",
    "publisher",
    "keywords",
    "isAccessibleForFree",
    "description",
    "articleSection",
    "liveBlogUpdate",
    "sameAs",
    "jobTitle",
    "alternateName",
    "comment",
)
LD_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["NewsArticle", "Person", "#a", "http://[", "2026-05-02", "0000-00-00T99:99", "<p>x</p>", "\ud800", ""]
    ),
)
LD_VALUES = st.recursive(
    LD_LEAVES,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.sampled_from(LD_KEYS), below, max_size=6)),
    max_leaves=20,
)


@st.composite
def json_ld(draw: st.DrawFn) -> bytes:
    """Write a script of JSON-LD whose values are of any kind."""
    node = {"@type": "NewsArticle", **draw(st.dictionaries(st.sampled_from(LD_KEYS), LD_VALUES, max_size=8))}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'.encode()


@st.composite
def pages(draw: st.DrawFn) -> bytes:
    """Take a page and change it in a few places."""
    page = draw(st.sampled_from(SOURCES))
    for _ in range(draw(st.integers(1, 5))):
        page = draw(st.sampled_from((cut, doubled, swapped, noisy, structured, rewritten)))(draw, page)
    return page


def spot(draw: st.DrawFn, page: bytes) -> int:
    return draw(st.integers(0, len(page)))


def cut(draw: st.DrawFn, page: bytes) -> bytes:
    start, end = sorted((spot(draw, page), spot(draw, page)))
    return page[:start] if draw(st.booleans()) else page[:start] + page[end:]


def doubled(draw: st.DrawFn, page: bytes) -> bytes:
    start, end = sorted((spot(draw, page), spot(draw, page)))
    return page[:end] + page[start:end] * draw(st.integers(1, 4)) + page[end:]


def swapped(draw: st.DrawFn, page: bytes) -> bytes:
    one, two, three = sorted((spot(draw, page), spot(draw, page), spot(draw, page)))
    return page[:one] + page[two:three] + page[one:two] + page[three:]


def noisy(draw: st.DrawFn, page: bytes) -> bytes:
    at = spot(draw, page)
    return page[:at] + draw(st.one_of(st.sampled_from(NOISE), st.binary(max_size=30))) + page[at:]


def structured(draw: st.DrawFn, page: bytes) -> bytes:
    return page.replace(b"</head>", draw(json_ld()) + b"</head>", 1)


def rewritten(draw: st.DrawFn, page: bytes) -> bytes:
    """Put something else into one attribute or one text."""
    places = [found.span(1) for found in re.finditer(rb"""=["']([^"'<>]*)["']|>([^<>]+)<""", page) if found.group(1)]
    if not places:
        return page
    start, end = draw(st.sampled_from(places))
    return (
        page[:start]
        + draw(
            st.one_of(st.sampled_from(NOISE), st.text(max_size=30).map(lambda told: told.encode("utf-8", "replace")))
        )
        + page[end:]
    )


def check(payload: bytes, encoding: str | None) -> None:
    started = time.process_time()
    reading = read_capture(payload, URL, encoding, FETCHED_AT, SITE)
    assert time.process_time() - started < 10, "a page of some kilobytes takes a moment"
    assert reading.outcome in ("read", "not_article", "empty", "unreadable")
    assert reading.outcome == "read" or reading.reason
    assert not re.match(r"\w+(?:Error|Exception|Warning|Interrupt|Iteration)\b", reading.reason or ""), reading.reason
    again = read_capture(payload, URL, encoding, FETCHED_AT, SITE)
    assert dataclasses.asdict(again) == dataclasses.asdict(reading)
    json.dumps(shape(reading), allow_nan=False).encode()
    json.dumps(shape(reading), ensure_ascii=False).encode()


@settings(settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "short")), suppress_health_check=list(HealthCheck))
@given(pages(), st.sampled_from(ENCODINGS))
def test_a_mutated_page_gives_a_reading_or_a_reason(payload: bytes, encoding: str | None) -> None:
    check(payload, encoding)


@settings(settings.get_profile("short"), max_examples=100)
@given(st.binary(max_size=2000), st.sampled_from(ENCODINGS))
def test_any_bytes_give_a_reading_or_a_reason(payload: bytes, encoding: str | None) -> None:
    check(payload, encoding)


@pytest.mark.parametrize("noise", NOISE, ids=range(len(NOISE)))
def test_every_kind_of_damage_is_met_in_the_middle_of_a_page(noise: bytes) -> None:
    page = SOURCES[0]
    check(page[: len(page) // 2] + noise + page[len(page) // 2 :], "utf-8")


STORY = f"<h1>{TITLE}</h1><p>" + "</p><p>".join(PARAGRAPHS) + "</p>"
LD = '<script type="application/ld+json">{}</script>'
BIG = {
    "50,000 open blocks": (lambda: "<div>" * 50_000, "elements are nested deeper than 250 levels"),
    "50,000 open bold tags": (lambda: "<b>" * 50_000, None),
    "a million attributes": (lambda: "<p " + "a " * 1_000_000 + ">", "a tag has more than 2000 attributes"),
    "an attribute of two megabytes": (lambda: f"<p class='{'a ' * 1_000_000}'>", None),
    "a word of 20 KB": (lambda: "<p>" + "a" * 20_000, None),
    "a word of nine megabytes": (lambda: "<p>" + "a" * 9_000_000, None),
    "20 KB of blanks, dashes and digits": (lambda: "<p>" + "\xa0" * 20_000 + "-" * 20_000 + "1," * 10_000, None),
    "open angles": (lambda: "<" * 2_000_000, "more than 60000 tags"),
    "comments that never end": (lambda: "<!--" * 1_000_000, "more than 60000 tags"),
    "scripts that never end": (lambda: "<script " * 300_000, "more than 60000 tags"),
    "JSON-LD of five megabytes": (lambda: LD.format('{"articleBody": "' + "word " * 1_000_000 + '"}'), None),
    "JSON-LD 10,000 deep": (lambda: LD.format('{"a":' * 10_000 + "1" + "}" * 10_000), None),
    "lists 100,000 deep": (lambda: LD.format("[" * 100_000), None),
    "JSON-LD of commas": (lambda: LD.format('{"a": 1' + "," * 1_000_000), None),
    "entities": (lambda: "&amp;" * 500_000 + "&x;" * 100_000, None),
    "more than ten megabytes": (lambda: " " * (10 * 2**20), "bytes, more than"),
}  # fmt: skip


@pytest.mark.parametrize("name", BIG)
def test_a_page_made_to_hang_the_reader_is_read_or_refused_in_seconds(name: str) -> None:
    filling, refusal = BIG[name]
    started = time.process_time()
    payload = f"<html><head><title>{TITLE}</title></head><body>{STORY}{filling()}".encode()
    reading = read_capture(payload, URL, "utf-8", FETCHED_AT, SITE)
    assert time.process_time() - started < 20
    assert reading.outcome == ("unreadable" if refusal else "read")
    assert (refusal or "") in (reading.reason or "")


def test_entities_that_multiply_are_not_put_in() -> None:
    names = "abcdefghijkl"
    bomb = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise(names))
    payload = f'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa">{bomb}]><title>{TITLE}</title>{STORY}<p>&l;</p>'.encode()
    assert read_capture(payload, URL, "utf-8", FETCHED_AT, SITE).outcome == "read"

"""Small pages written for this project, each with its truth beside it: ``tests/pages/GROUP/NAME.html`` and ``.json``.

The truth says in one line why the page is there (``why``) and how it was fetched (``url``, ``encoding``,
``fetched_at``). A page of a site with a site file has that beside it as ``.toml``. ``truth`` holds the fields that the
page is about, in the shape of ``python -m crawler.reading``; fields it does not name are not judged. ``body`` is a list
of paragraphs, ``profiles`` are compared in the keys that are given, ``kinds`` says of each author whether it is a
person.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from crawler.reading import read_capture
from crawler.reading.__main__ import shape
from crawler.reading.counters import labels, pending, rows
from crawler.reading.words import load
from crawler.site import Layout, Site, load_site
from tests.reading.build import FETCHED_AT, PAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive.records import Reading

TRUTHS = sorted(PAGES.glob("*/*.json"))
KEYS = {"why", "url", "encoding", "fetched_at", "truth"}


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def told(reading: Reading) -> dict[str, Any]:
    return {
        **shape(reading),
        "body": list(reading.paragraphs),
        "kinds": [author.kind for author in reading.authors],
        "outcome": reading.outcome,
        "reason": reading.reason,
        "section": reading.section,
        "tags": list(reading.tags),
        "access": reading.access,
    }


def as_asked(found: Any, wanted: Any) -> Any:
    """Return of a found value what the truth speaks of: a node in its given keys, the rest whole."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {key: found.get(key) for key in wanted}
    if isinstance(wanted, list) and isinstance(found, list) and wanted and isinstance(wanted[0], dict):
        return [as_asked(one, other) for one, other in zip(found, wanted, strict=False)] + found[len(wanted) :]
    return found


def site_of(path: Path, url: str) -> Site:
    """Return the site of a page: what the file beside it says, or nothing."""
    site_file = path.with_suffix(".toml")
    return load_site(site_file) if site_file.exists() else Site.unknown(url)


def read_as(path: Path) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return what the reader finds on a page of what its truth asks, the truth, and why the page is there."""
    case = json.loads(path.read_text("utf-8"))
    url = case.get("url", f"https://panublion.example/2026/05/02/{path.stem}/")
    site = site_of(path, url)
    fetched_at = datetime.fromisoformat(case["fetched_at"]) if "fetched_at" in case else FETCHED_AT
    payload = path.with_suffix(".html").read_bytes()
    reading = read_capture(payload, url, case.get("encoding", "utf-8"), fetched_at, site)
    found = told(reading)
    wanted = {"outcome": "read", **case["truth"]}
    return {key: as_asked(found[key], value) for key, value in wanted.items()}, wanted, case["why"]


@pytest.mark.parametrize("path", TRUTHS, ids=named)
def test_a_page_reads_as_its_truth_says(path: Path) -> None:
    found, wanted, why = read_as(path)
    assert found == wanted, why


def test_every_page_has_a_truth_and_every_truth_a_page_and_a_reason() -> None:
    assert {path.with_suffix("") for path in TRUTHS} == {path.with_suffix("") for path in PAGES.glob("*/*.html")}
    for path in TRUTHS:
        case = json.loads(path.read_text("utf-8"))
        assert set(case) <= KEYS, path
        assert "\n" not in case["why"], path
        assert len(case["why"]) > 20, path
        assert case["truth"], path


COUNTED = [path for path in TRUTHS if path.parent.name in ("counters", "elements")]


def fails(path: Path) -> bool:
    found, wanted, _ = read_as(path)
    return found != wanted


def source(path: Path) -> str:
    return path.with_suffix(".html").read_text("utf-8", "replace")


@pytest.mark.parametrize("row", rows.ROWS, ids=lambda row: f"{row.name} {row.bound_by}".strip())
def test_every_known_element_of_a_counter_has_a_page_that_fails_without_it(
    row: rows.Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = row.name.split()[0].replace("{id}", "")
    holding = [path for path in COUNTED if name in source(path).lower()]
    monkeypatch.setattr(rows, "ROWS", tuple(other for other in rows.ROWS if other is not row))
    assert any(map(fails, holding))


LANGUAGES = sorted({(name, language) for name in ("view_phrases", "comment_phrases") for language, _ in load(name)})


@pytest.mark.parametrize(("name", "language"), LANGUAGES)
def test_every_language_that_counts_has_a_page_that_fails_without_its_words(
    name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [path for path in COUNTED if f'lang="{language}"' in source(path)]
    own = {phrase for told, phrase in load(name) if told == language}
    # Neighbours share words: Danish "visninger" is Norwegian too. What the language lists goes, whoever lists it.
    shared = {word for phrase in own for word in phrase.split() if len(word) > 1}
    cut = {n: tuple((told, phrase) for told, phrase in load(n) if n != name or not shared & set(phrase.split()))
           for n in ("view_phrases", "comment_phrases", "today_words")}  # fmt: skip
    cached = (labels._label_patterns, labels.view_words, labels.comment_words)
    monkeypatch.setattr(labels, "load", cut.__getitem__)
    try:
        for function in cached:
            function.cache_clear()
        assert any(map(fails, pages))
    finally:
        monkeypatch.undo()
        for function in cached:
            function.cache_clear()


def test_every_system_that_can_be_asked_has_a_page_with_its_request() -> None:
    requests = [json.loads(path.read_text("utf-8"))["truth"].get("pending") for path in COUNTED]
    assert {request["system"] for request in requests if request} >= {
        "baw-post-views-count",
        "disqus",
        "page-views-count",
        "post-views-counter",
        "tagdiv",
        "top-10",
        "wordpress-popular-posts",
        "wp-postviews",
    }


@pytest.mark.parametrize("sign", [sign for sign, _ in pending._PENDING])
def test_every_sign_of_a_script_has_a_page_that_fails_without_it(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "_PENDING", tuple(pair for pair in pending._PENDING if pair[0] != sign))
    assert any(fails(path) for path in COUNTED if sign in source(path))


OVERRIDDEN = [path for path in TRUTHS if path.parent.name == "overrides"]
STATED = sorted(field.name for field in fields(Layout) if field.name != "until")


def with_layouts(monkeypatch: pytest.MonkeyPatch, changed: Callable[[Site], Site]) -> None:
    """Read every page as if its site file had been changed so."""
    whole = site_of
    monkeypatch.setattr(f"{__name__}.site_of", lambda path, url: changed(whole(path, url)))


@pytest.mark.parametrize("key", STATED)
def test_every_key_that_overrides_the_reader_has_a_page_that_fails_without_it(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {key: () if key == "remove" else None}
    with_layouts(monkeypatch, lambda site: replace(site, read=replace(site.read, **without)))
    assert any(map(fails, OVERRIDDEN))


@pytest.mark.parametrize("path", [path for path in OVERRIDDEN if not site_of(path, "").earlier], ids=named)
def test_an_earlier_design_has_every_key_that_todays_has(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of today reads the same when its design has ended since; one of a design that had ended does not."""

    def ended(site: Site, last: date) -> Site:
        return replace(site, read=Layout(), earlier=(replace(site.read, until=last),))

    with monkeypatch.context() as today:
        with_layouts(today, lambda site: ended(site, date(2026, 12, 31)))
        assert not fails(path)
    if "found-nothing" not in path.stem:
        with_layouts(monkeypatch, lambda site: ended(site, date(2020, 12, 31)))
        assert fails(path)

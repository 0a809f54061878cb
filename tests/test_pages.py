"""Small pages written for this project, each with its truth beside it: ``tests/pages/GROUP/NAME.html`` and ``.json``.

The truth says in one line why the page is there (``why``) and how it was fetched (``url``, ``encoding``,
``fetched_at``). A page of a site with a site file has that beside it as ``.toml``. ``truth`` holds the fields that the
page is about, in the shape of ``python -m crawler.reading``; fields it does not name are not judged. ``body`` is a list
of paragraphs, ``profiles`` are compared in the keys that are given, ``kinds`` says of each author whether it is a
person.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from crawler.reading import read_capture
from crawler.reading.__main__ import shape
from crawler.site import Site, load_site
from tests.reading.build import FETCHED_AT, PAGES

if TYPE_CHECKING:
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


@pytest.mark.parametrize("path", TRUTHS, ids=named)
def test_a_page_reads_as_its_truth_says(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    url = case.get("url", f"https://panublion.example/2026/05/02/{path.stem}/")
    site_file = path.with_suffix(".toml")
    site = load_site(site_file) if site_file.exists() else Site.unknown(url)
    fetched_at = datetime.fromisoformat(case["fetched_at"]) if "fetched_at" in case else FETCHED_AT
    payload = path.with_suffix(".html").read_bytes()
    reading = read_capture(payload, url, case.get("encoding", "utf-8"), fetched_at, site)
    found = told(reading)
    wanted = {"outcome": "read", **case["truth"]}
    assert {key: as_asked(found[key], value) for key, value in wanted.items()} == wanted, case["why"]


def test_every_page_has_a_truth_and_every_truth_a_page_and_a_reason() -> None:
    assert {path.with_suffix("") for path in TRUTHS} == {path.with_suffix("") for path in PAGES.glob("*/*.html")}
    for path in TRUTHS:
        case = json.loads(path.read_text("utf-8"))
        assert set(case) <= KEYS, path
        assert "\n" not in case["why"], path
        assert len(case["why"]) > 20, path
        assert case["truth"], path

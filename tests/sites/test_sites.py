"""Every fixture of every site: a page as served reads as a person says it should. A new site adds no test code.

Read are ``tests/sites`` and the folders that HEMEROTECA_SITES names, where pages of real papers stay.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.fixtures import disagreements, fixtures_in, load_fixture, site_of
from crawler.loader import OWN_SITES

# Read when the tests are collected: in a test, nothing of the developer's environment is left.
PRIVATE = [Path(name).expanduser() for name in os.environ.get("HEMEROTECA_SITES", "").split(os.pathsep) if name]
FIXTURES = [path for folder in (Path(__file__).parent, *PRIVATE) for path in fixtures_in(folder)]


def test_there_are_fixtures_and_each_has_its_page() -> None:
    assert FIXTURES
    assert [path for path in FIXTURES if not load_fixture(path).page.exists()] == []


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_page_of_a_site_reads_as_its_truth_says(path: Path) -> None:
    fixture = load_fixture(path)
    found = disagreements(fixture, fixture.read(site_of(fixture, OWN_SITES)))
    assert not found, f"{path}:\n" + "\n".join(found)

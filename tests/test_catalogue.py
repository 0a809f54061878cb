"""The site files that come with Hemeroteca: each can be used as it is, and says where its facts come from."""

from __future__ import annotations

import importlib.resources
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from crawler.discovery.links import host_of
from crawler.loader import OWN_SITES
from crawler.site import load_site

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(OWN_SITES.rglob("*.toml"))
LISTINGS = ("/", "/feed/", "/category/news/", "/category/news/page/2/", "/page/2/", "/2026/05/", "/2026/05/02/")
_PLACEHOLDER = re.compile(r"\bexample\b|localhost|127\.0\.0\.1|TODO|FIXME|\?\?\?", re.IGNORECASE)


def countries_of_zones() -> dict[str, set[str]]:
    """Return for every IANA zone the countries that have it."""
    found: dict[str, set[str]] = {}
    for name in ("zone.tab", "zone1970.tab"):
        for line in (importlib.resources.files("tzdata.zoneinfo") / name).read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                codes, _, zone = line.split("\t")[:3]
                found.setdefault(zone, set()).update(codes.split(","))
    return found


ZONES = countries_of_zones()


def test_there_is_a_catalogue_and_every_file_has_a_name_and_a_host_of_its_own() -> None:
    assert len(FILES) >= 219
    names = Counter(path.stem for path in FILES)
    hosts = Counter(host_of(load_site(path).url) for path in FILES)
    assert [name for name, count in (names + hosts).items() if count > 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_site_file_of_the_catalogue_can_be_used_and_says_what_it_rests_on(path: Path) -> None:
    site = load_site(path)
    assert path.parent.name == (site.country or "").lower()
    assert site.country in ZONES[site.timezone]
    assert site.evidence
    assert site.confirmed is False, "no file of the catalogue has been visited with it"
    assert site.discover.wordpress or site.discover.feeds or site.discover.sitemaps
    assert _PLACEHOLDER.search(path.read_text("utf-8")) is None


@pytest.mark.parametrize("listing", LISTINGS)
def test_no_article_pattern_takes_a_listing_for_a_story(listing: str) -> None:
    patterns = {path.stem: load_site(path).discover.article for path in FILES}
    assert [name for name, pattern in patterns.items() if pattern and re.search(pattern, listing)] == []

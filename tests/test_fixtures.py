import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from scrapy.settings import Settings

from archive import Capture, Reader, Reading
from crawler.command import fixture_folders
from crawler.errors import FixtureError
from crawler.fixtures import (
    REVIEW,
    disagreements,
    draft,
    fixtures_in,
    load_fixture,
    site_of,
    stem_for,
    write_fixture,
)
from crawler.loader import OWN_SITES
from crawler.pages import charset
from crawler.reading import read_capture
from crawler.site import Site
from tests.crawling import story

SITES = Path(__file__).parent / "sites"
PANUBLION = SITES / "ph" / "panublion"
READING = Reading(reader=Reader(name="t", version="1"), paragraphs=("The river  rose.", "It fell again."))


def capture(url: str = "https://panublion.example/2026/05/flood/", **changes) -> Capture:
    return Capture(
        visit="", record_id=uuid4(), url=url, fetched_at=datetime(2026, 11, 2, 3, 10, tzinfo=UTC), status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),), payload=story("Flood toll rises"), **changes,
    )  # fmt: skip


def recorded(folder: Path, **changes) -> Path:
    taken = capture()
    reading = read_capture(taken.payload, taken.url, charset(taken), taken.fetched_at, Site.unknown(taken.url))
    return write_fixture(folder, taken, draft(taken, reading, charset(taken)) | changes).path


def found_in(path: Path) -> list[str]:
    fixture = load_fixture(path)
    return disagreements(fixture, fixture.read(Site.unknown(fixture.truth["url"])))


def test_a_draft_fails_until_a_person_has_looked_and_then_passes(tmp_path):
    path = recorded(tmp_path / "ph" / "panublion")
    assert found_in(path) == [REVIEW]
    path.write_text(path.read_text().replace('"reviewed": false', '"reviewed": true'))
    assert found_in(path) == []


def test_a_draft_says_what_the_reader_found_and_names_the_ends_of_the_text(tmp_path):
    path = recorded(tmp_path / "ph" / "panublion")
    truth = json.loads(path.read_text())
    assert path.name == "2026-11-02-flood.json"
    assert (truth["title"], truth["authors"]) == ("Flood toll rises", ["Ana Reyes"])
    assert truth["published_at"] == "2026-10-01T08:00:00+08:00"
    assert truth["text_has"] == ["Flood toll rises, part 0. The town council met on Tuesday",
                                 "in time. Several shopkeepers asked for a ferry meanwhile."]  # fmt: skip
    assert list(truth)[:4] == ["url", "fetched_at", "encoding", "reviewed"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"title": "Flood toll falls"}, "title: read 'Flood toll rises', the page says 'Flood toll falls'"),
        ({"published_at": "2026-10-01"}, "published_at: read '2026-10-01T08:00:00+08:00', the page says '2026-10-01'"),
        ({"views": 12}, "views: read None, the page says 12"),
        ({"text_has": ["never said"]}, "text_has: not in the text: 'never said'"),
        ({"text_lacks": ["asked  for a ferry"]}, "text_lacks: in the text: 'asked  for a ferry'"),
        ({"outcome": "not_article"}, "outcome: read: None"),
    ],
)
def test_each_field_of_a_truth_is_held_against_the_reading(tmp_path, said, found):
    assert found_in(recorded(tmp_path / "ph" / "panublion", reviewed=True, **said)) == [found]


def test_the_same_instant_in_another_zone_is_the_same_time(tmp_path):
    path = recorded(tmp_path / "ph" / "panublion", reviewed=True, published_at="2026-10-01T00:00:00+00:00")
    assert found_in(path) == []


def test_text_is_compared_without_its_spaces(tmp_path):
    fixture = load_fixture(recorded(tmp_path / "ph" / "panublion", reviewed=True))
    only = replace(fixture, truth={"reviewed": True, "text_has": ["river rose. It fell"], "text_lacks": ["sea"]})
    assert disagreements(only, READING) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "an object is missing"),
        ('{"url": "https://a.example/"}', "fetched_at is missing"),
        ('{"url": "u", "fetched_at": "2026-05-02T03:10:00", "reviewed": true}', "not a time with an offset"),
        ('{"url": "u", "fetched_at": "2026-05-02T03:10:00Z", "reviewed": true, "titel": "x"}', "titel: unknown key"),
    ],
)
def test_a_truth_that_cannot_be_used_is_named(tmp_path, text, said):
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(FixtureError, match=said) as caught:
        load_fixture(path)
    assert str(path) in str(caught.value)


def test_a_missing_page_is_said_with_what_to_do(tmp_path):
    path = recorded(tmp_path / "ph" / "panublion")
    path.with_suffix(".html.gz").unlink()
    with pytest.raises(FixtureError, match=r"cannot be read.*record it again"):
        found_in(path)


def test_a_truth_is_never_overwritten(tmp_path):
    recorded(tmp_path)
    with pytest.raises(FixtureError, match="is there already"):
        recorded(tmp_path)


@pytest.mark.parametrize(
    ("url", "stem"),
    [
        ("https://panublion.example/2026/05/flood-toll-rises/", "2026-11-02-flood-toll-rises"),
        ("https://panublion.example/story.php?id=18", "2026-11-02-story-id-18"),
        ("https://panublion.example/news/Überfall-in-Ñamocón.html", "2026-11-02-uberfall-in-namocon"),
        ("https://panublion.example/новости/", "2026-11-02-page"),
        ("https://panublion.example/" + "long-" * 40, "2026-11-02-" + ("long-" * 12).strip("-")),
    ],
)
def test_a_fixture_is_named_by_its_day_and_the_words_of_its_address(url, stem):
    assert stem_for(capture(url)) == stem


def test_the_layout_of_the_day_reads_an_old_page_and_todays_would_not():
    old = load_fixture(next(PANUBLION.glob("2023-*.json")))
    site = site_of(old, OWN_SITES)
    assert disagreements(old, old.read(site)) == []
    assert disagreements(old, old.read(replace(site, earlier=()))) != []


def test_fixtures_lie_beside_a_private_site_file_and_never_in_the_package(tmp_path):
    private = Settings({"HEMEROTECA_SITES": str(tmp_path)})
    mine, own = tmp_path / "ph" / "panublion.toml", OWN_SITES / "ph" / "panaynews.toml"
    assert fixture_folders(private, mine) == [tmp_path / "ph" / "panublion"]
    assert fixture_folders(private, own) == [tmp_path / "ph" / "panaynews", SITES / "ph" / "panaynews"]
    assert fixture_folders(Settings(), own) == [SITES / "ph" / "panaynews"]


def test_a_page_of_the_catalogues_paper_in_a_private_folder_is_read_with_the_catalogues_file(tmp_path):
    fixture = load_fixture(recorded(tmp_path / "ph" / "panaynews"))
    assert fixtures_in(tmp_path) == [fixture.path]
    assert site_of(fixture, OWN_SITES).title == "Panay News"


def test_a_fixture_without_a_site_file_is_an_error_that_says_where_it_should_be(tmp_path):
    fixture = load_fixture(recorded(tmp_path / "ph" / "panublion"))
    with pytest.raises(FixtureError, match=r"no site file ph/panublion\.toml"):
        site_of(fixture, OWN_SITES)

from datetime import UTC, datetime

import pytest

from crawler.zones import countries, country_of_host, country_of_zone, zones_at, zones_of

SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "country"),
    [("panublion.com.ph", "PH"), ("oxford.example.co.uk", "GB"), ("zeitung.de", "DE"), ("a.com", None),
     ("radio.fm", None), ("start.io", None), ("127.0.0.1", None), ("localhost", None), ("europa.eu", None)],
)  # fmt: skip
def test_a_domain_names_its_country_unless_it_is_sold_to_anybody(host, country):
    assert country_of_host(host) == country


def test_zones_and_countries_name_each_other():
    assert zones_of("PH") == ("Asia/Manila",)
    assert len(zones_of("RU")) > 10
    assert zones_of("XX") == ()
    assert country_of_zone("Asia/Manila") == "PH"
    assert country_of_zone("UTC") is None
    assert {"PH", "DE", "GB"} < countries()


def test_an_offset_picks_the_zones_of_a_country_that_have_it_then():
    assert zones_at("ID", 7 * 60, SUMMER) == ("Asia/Jakarta", "Asia/Pontianak")
    assert zones_at("PT", 0, SUMMER) == ("Atlantic/Azores",)
    assert zones_at("PH", 0, SUMMER) == ()

from datetime import UTC, datetime, timedelta

import pytest

from crawler.politeness import (
    LONGEST_WAIT,
    MOST_REFUSALS,
    WAIT_UNTOLD,
    Step,
    after_refusal,
    asked_delay,
    is_private,
    retry_after,
    robots_rules,
    slot_of,
)
from crawler.site import Site

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "private"),
    [("localhost", True), ("a.localhost", True), ("localhost.", True), ("127.0.0.1", True), ("10.1.2.3", True),
     ("169.254.169.254", True), ("100.64.0.1", True), ("224.0.0.1", True), ("::1", True),
     ("fd00::1", True), ("fe80::1", True), ("::ffff:127.0.0.1", True), ("2002:7f00:1::", True),
     ("64:ff9b::a00:1", True), ("2130706433", True), ("0x7f.1", True), ("0177.0.0.1", True), ("127.1", True),
     ("8.8.8.8", False), ("::ffff:8.8.8.8", False), ("2606:4700::1", False), ("134744072", False),
     ("panublion.example", False), ("", False)],
)  # fmt: skip
def test_an_address_inside_a_network_is_private_however_it_is_written(host, private):
    assert is_private(host) is private


@pytest.mark.parametrize(
    ("url", "group", "slot"),
    [("https://panublion.example/a", None, "panublion.example"),
     ("https://www.panublion.example/a", None, "panublion.example"), ("https://cdn.example/a", None, "cdn.example"),
     ("https://www.panublion.example/", "press", "press"), ("https://old.example/", "press", "press"),
     ("https://cdn.example/a", "press", "cdn.example")],
)  # fmt: skip
def test_a_server_is_a_host_name_or_the_group_that_the_site_file_names(url, group, slot):
    site = Site(name="panublion", title="P", url="https://panublion.example/", former_urls=("http://old.example/",),
                host_group=group)  # fmt: skip
    assert slot_of(url, site) == slot


@pytest.mark.parametrize(
    ("status", "rules"),
    [(200, "obey"), (404, "allow"), (403, "allow"), (410, "allow"), (304, "allow"), (429, "forbid"), (500, "forbid"),
     (503, "forbid"), (None, "forbid")],
)  # fmt: skip
def test_robots_txt_that_is_not_there_allows_and_one_that_cannot_be_had_forbids(status, rules):
    assert robots_rules(status) == rules


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("User-agent: *\nCrawl-delay: 10", 10),
     ("User-agent: *\nCrawl-delay: 10\n\nUser-agent: hemeroteca\nCrawl-delay: 2.5", 2.5),
     ("User-agent: *\nRequest-rate: 1/20", 20), ("User-agent: *\nCrawl-delay: 1\nRequest-rate: 2/10", 5),
     ("User-agent: other\nCrawl-delay: 9", 0), ("User-agent: *\nCrawl-delay: soon", 0), ("", 0), ("\xff\xfe<html>", 0)],
)  # fmt: skip
def test_the_delay_that_robots_txt_asks_of_us(text, seconds):
    assert asked_delay(text.encode("utf-8"), "hemeroteca") == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 0 ", 0), ("Wed, 25 Nov 2026 12:01:30 GMT", 90), ("Wed, 25 Nov 2026 11:00:00 GMT", 0),
     ("soon", None), ("-5", None), ("1.5", None), ("", None), (None, None), ("٣", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after(value, NOW) == seconds


def test_a_short_wait_is_waited_and_makes_the_rest_slower():
    assert after_refusal(429, 20, 2.0, 1, 600) == Step(wait=20, delay=4.0)
    assert after_refusal(503, 20, 0.0, 1, 600) == Step(wait=20, delay=1.0)
    assert after_refusal(429, None, 2.0, 1, 600) == Step(wait=WAIT_UNTOLD, delay=4.0)


def test_a_wait_that_is_too_long_or_outlasts_the_budget_ends_the_visit():
    assert after_refusal(429, LONGEST_WAIT + 1, 2.0, 1, 6000).end == "answered 429, to be asked again in 301 s"
    assert after_refusal(503, 100, 2.0, 1, 60).end == "answered 503, to be asked again in 100 s"


def test_one_page_that_is_refused_or_broken_changes_nothing():
    assert after_refusal(403, 20, 2.0, 1, 600) == Step()
    assert after_refusal(503, None, 2.0, 1, 600) == Step()


@pytest.mark.parametrize("status", [403, 429, 503])
def test_refusals_in_a_row_end_the_visit(status):
    assert after_refusal(status, 1, 2.0, MOST_REFUSALS - 1, 600).end is None
    assert after_refusal(status, 1, 2.0, MOST_REFUSALS, 600).end


def test_a_date_without_a_zone_is_in_utc_as_http_has_it():
    assert retry_after("Wed, 25 Nov 2026 12:00:05", NOW - timedelta(seconds=5)) == 10

from collections import Counter

import pytest

from crawler.extensions import print_summary
from crawler.report import Account, as_rows, as_values, missed, note_challenge, note_status, verdict
from crawler.site import Expect


@pytest.mark.parametrize(
    ("account", "status", "why"),
    [
        (Account(statuses=Counter({"200": 3, "404": 1})), 0, ""),
        (Account(crashes=["KeyError: 'x'", "KeyError: 'y'"]), 1, "crashed: KeyError: 'x' (and 1 more)"),
        (Account(reason="shutdown"), 1, "ended before it was finished: shutdown"),
        (Account(missed=["no link was found", "x"]), 3, "expectation missed: no link was found; x"),
        (Account(forbidden=4), 4, "blocked: robots.txt forbids all that was asked for"),
        (Account(statuses=Counter({"403": 2})), 4, "blocked: every request was refused (2 times 403)"),
        (Account(statuses=Counter({"403": 2, "200": 1})), 0, ""),
        (Account(statuses=Counter({"429": 3, "200": 9})), 4, "blocked: 3 of 12 requests were refused (3 times 429)"),
        (Account(statuses=Counter({"403": 2, "200": 9})), 0, ""),
        (Account(store_error="disk full", crashes=["x"]), 5, "store lost: disk full"),
    ],
)  # fmt: skip
def test_the_verdict_on_a_run(account, status, why):
    assert verdict(account) == (status, why)


def test_a_site_that_shuts_its_door_half_way_has_blocked_us_and_one_that_opens_it_again_has_not():
    account = Account()
    for status in [200] * 90 + [403] * 4 + [None, 403]:
        note_status(account, status)
    assert verdict(account) == (4, "blocked: the last 5 requests were refused (5 times 403)")
    note_status(account, 200)
    assert verdict(account) == (0, "")


def test_challenge_pages_answered_with_200_are_refusals():
    account = Account()
    for _ in range(12):
        note_status(account, 200)
    for _ in range(4):
        note_challenge(account)
    assert verdict(account) == (4, "blocked: 4 of 12 requests were refused (4 times challenge)")
    assert as_values(account, "panublion", None, 1.0)["statuses"] == {"200": 8, "challenge": 4}


def fell_short(account: Account, *, links: bool = True, rates=(), weeks=(), **expected) -> list[str]:
    return list(missed(account, Expect(**expected), expects_links=links, rates=dict(rates), weeks=weeks))


def test_what_a_visit_fell_short_of():
    good = Account(links=Counter(feed=3), statuses=Counter({"200": 3}))
    assert fell_short(Account()) == ["no link was found"]
    assert fell_short(Account(), links=False) == []
    assert fell_short(Account(statuses=Counter(error=2)), links=False) == ["nothing was answered"]
    assert fell_short(good, rates={"body": 0.5}, fields={"body": 0.9}) == [
        "body in 50% of the last readings, at least 90% expected"
    ]
    assert fell_short(good, fields={"body": 0.9}) == []  # not enough readings yet


def test_a_week_is_judged_once_it_is_whole_and_the_weeks_before_are_told():
    good = Account(links=Counter(feed=3))
    bounds = (5, 60)
    assert fell_short(good, articles_per_week=bounds) == []  # the site's first week
    assert fell_short(good, articles_per_week=bounds, weeks=(5, 0)) == []
    assert fell_short(good, articles_per_week=bounds, weeks=(60,)) == []
    assert fell_short(good, articles_per_week=bounds, weeks=(4,)) == ["4 stories in the last 7 days, 5 to 60 expected"]
    assert fell_short(good, articles_per_week=bounds, weeks=(61, 40, 38)) == [
        "61 stories in the last 7 days (the weeks before: 40, 38), 5 to 60 expected"
    ]
    assert fell_short(good, articles_per_week=bounds, weeks=(0,), links=False) == []  # one address was asked for


def test_a_summary_names_outcomes_reasons_and_signals():
    account = Account(
        outcomes=Counter(new=3, unread=1), unread=Counter({"no body": 1}), skipped=Counter({"not a story": 2}),
        links=Counter(feed=4), new_links=Counter(feed=3), requests=9, problems=["feed: answered 404: x"],
        access=Counter(walled=1, unknown=2),
    )  # fmt: skip
    rows = dict(as_rows(as_values(account, "panublion", "key", 2.04)))
    assert rows["new"] == "3"
    assert rows["walled"] == "1 of 3 stories read"
    assert rows["unread"] == "1: 1 no body"
    assert rows["skipped"] == "2: 2 not a story"
    assert rows["links"] == "feed 4 (3 new)"
    assert rows["requests"] == "9 in 2 s"
    assert rows["problem"] == "feed: answered 404: x"


def test_a_terminal_gets_a_table_and_a_log_gets_lines(capsys, monkeypatch):
    rows = [("new", "3"), ("problem", "feed: [odd] answered 404")]
    print_summary("panublion", rows)
    assert capsys.readouterr().out == "panublion: new: 3\npanublion: problem: feed: [odd] answered 404\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_summary("panublion", rows)
    table = capsys.readouterr().out
    assert "─" in table
    assert "[odd]" in table

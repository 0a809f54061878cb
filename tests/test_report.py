from collections import Counter

import pytest

from crawler.extensions import print_summary
from crawler.report import Account, as_rows, as_values, verdict


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
        (Account(store_error="disk full", crashes=["x"]), 5, "store lost: disk full"),
    ],
)  # fmt: skip
def test_the_verdict_on_a_run(account, status, why):
    assert verdict(account) == (status, why)


def test_a_summary_names_outcomes_reasons_and_signals():
    account = Account(
        outcomes=Counter(new=3, unread=1), unread=Counter({"no body": 1}), skipped=Counter({"not a story": 2}),
        links=Counter(feed=4), new_links=Counter(feed=3), requests=9, problems=["feed: answered 404: x"],
    )  # fmt: skip
    rows = dict(as_rows(as_values(account, "panublion", "key", 2.04)))
    assert rows["new"] == "3"
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

import os
import pty
import re
import subprocess
from collections import Counter

import pytest

from crawler.progress import line
from crawler.report import Account
from tests.crawling import PROJECT, Operator, Paper, feed, sitemap, story

XML = "text/xml; charset=utf-8"


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def paper():
    with Paper() as served:
        paths = [f"/2026/10/01/story-{number}/" for number in range(6)]
        for path in paths:
            served.say(path, story(f"Story of {path}"))
        served.say("/feed", feed(), Content_Type=XML)
        served.say("/map", sitemap(*map(served.url, paths)), Content_Type=XML)
        yield served


def slow(operator: Operator, paper: Paper) -> list[str]:
    operator.site("panublion", paper.url(), feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")])
    return ["crawl", "panublion", "-s", "DOWNLOAD_DELAY=0.3", "-s", "VISIT_PROGRESS=0.5", "-s", "VISIT_REPORT=json"]


def test_a_line_says_what_was_found_and_what_waits():
    account = Account(links=Counter(feed=3, sitemap=9), outcomes=Counter(new=4, revised=1, stealth=1, unchanged=5))
    assert line(account, 7, 29.6) == "12 stories found, 4 new, 2 changed, 7 waiting, 30 requests a minute"
    assert line(Account(outcomes=Counter(new=1)), 0, 0) == "1 new, 0 changed, 0 waiting, 0 requests a minute"


def test_without_a_terminal_progress_is_a_line_in_the_log_and_standard_output_holds_the_report_alone(operator, paper):
    run = operator.scrapy(*slow(operator, paper))
    told = re.findall(
        r"INFO panublion: (\d+) stories found, (\d+) new, 0 changed, (\d+) waiting, \d+ requests", run.err
    )
    assert len(told) >= 2
    found, new, waiting = (int(number) for number in told[-1])
    assert (found, new + waiting) != (6, 0)
    assert run.report["outcomes"] == {"new": 6}
    assert len(run.out.splitlines()) == 1


def test_on_a_terminal_progress_is_one_line_that_moves_and_log_lines_pass_above_it(operator, paper):
    paper.say("/2026/10/01/story-0/", b"", status=500)
    command, environment = operator.command(*slow(operator, paper))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment | {"TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:  # how Linux says that nobody holds the other end any more
            break
    out, _ = process.communicate(timeout=30)
    os.close(ours)
    moves = re.findall(rb"panublion: 6 stories found, [^\r]+", shown)
    assert len(set(moves)) >= 2
    assert b"INFO panublion: 6 stories" not in shown
    assert re.search(rb"(?m)^[^\n]*INFO panublion: answered 500: \S+story-0/\S*\s*$", shown)
    assert shown.rstrip().endswith(b"\x1b[2K") or b"\x1b[?25h" in shown.splitlines()[-1]  # erased, the cursor is back
    assert out.count(b"\n") == 1

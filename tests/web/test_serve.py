"""The commands that serve the page: a real process, a real port, ended by Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite

RUN = [sys.executable, "-c", "from archive.cli import main; main()"]


@pytest.mark.parametrize(
    "words", [["serve", "--port", "0", "--workers", "1"], ["serve", "--port", "0", "--workers", "2"], ["open"]]
)
def test_the_command_says_where_it_serves_and_ends_on_ctrl_c(told: Path, tmp_path: Path, words: list[str]) -> None:
    shown = tmp_path / "shown"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {shown}\n')
    browser.chmod(0o755)
    environment = {**os.environ, "HEMEROTECA_HOME": str(told), "BROWSER": f"{browser} %s"}
    with subprocess.Popen([*RUN, *words], stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address, line
        assert "Every version of every story" in httpx.get(address[0], timeout=30).text
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, -signal.SIGINT, 130)
        assert "Traceback" not in process.stderr.read()
    if words == ["open"]:
        assert shown.read_text().strip() == address[0]


def test_terms_that_are_none_are_refused_before_anybody_answers(told: Path) -> None:
    words = ["serve", "--port", "0", "--workers", "2", "--rate", "often", "--home", str(told)]
    run = subprocess.run([*RUN, *words], capture_output=True, text=True)
    assert run.returncode == 1
    assert "--rate: 'often' is none" in run.stderr


def test_where_no_archive_is_nothing_is_served(tmp_path: Path) -> None:
    run = subprocess.run([*RUN, "serve", "--home", str(tmp_path / "none")], capture_output=True, text=True)
    assert run.returncode == 1
    assert "no archive here" in run.stderr

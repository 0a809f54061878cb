"""The commands for what only pages showed: counters as curves, and how the papers stand."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from archive import Archive
from archive.cli import app
from tests.archive.make import DAY, START, STORY, Paper, SettableClock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def filled(home: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints(views=1200, comments=3)
        paper.end(requests=7, outcomes={"new": 1})
        clock.advance(DAY)
        paper.prints(views=2400, comments=3)
        paper.end(exit_status=3, why=["no story came out"])
    monkeypatch.setenv("HEMEROTECA_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "140")


def said(*words: str) -> str:
    told = CliRunner().invoke(app, list(words))
    assert (told.exit_code, told.stderr) == (0, "")
    return told.stdout


def test_counters_are_told_as_a_table_json_or_csv() -> None:
    table = said("counters", STORY)
    assert [line.split()[:2] for line in table.splitlines()] == [
        ["counter", "value"], ["views", "1,200"], ["views", "2,400"], ["comments", "3"],
    ]  # fmt: skip
    runs = [json.loads(line) for line in said("counters", STORY, "--json").splitlines()]
    assert [(run["metric"], run["value"], run["from"], run["to"]) for run in runs] == [
        ("views", 1200, "2026-11-02T08:00:00Z", "2026-11-02T08:00:00Z"),
        ("views", 2400, "2026-11-03T08:00:00Z", "2026-11-03T08:00:00Z"),
        ("comments", 3, "2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z"),
    ]
    rows = list(csv.DictReader(io.StringIO(said("counters", STORY, "--metric", "views", "--as", "csv"))))
    assert [row["value"] for row in rows] == ["1200", "2400"]
    assert said("counters", STORY, "--metric", "shares") == "no counter was seen\n"


def test_the_papers_are_told_with_how_they_stand() -> None:
    heading, line = said("sites").splitlines()
    assert heading.split()[:2] == ["site", "paper"]
    assert line.split()[0] == "lakeside"
    assert "failed" in line
    [told] = [json.loads(line) for line in said("sites", "--json").splitlines()]
    assert (told["name"], told["articles"], told["health"], len(told["visits"])) == ("lakeside", 1, "failed", 2)


def test_one_paper_is_told_with_its_visits() -> None:
    page = said("sites", "lakeside")
    assert "The Lakeside Herald" in page
    assert "no story came out" in page
    assert "1 new" in page
    assert "stories per day, the last 14 days: " in page
    told = json.loads(said("sites", "lakeside", "--json"))
    assert (told["fields"], len(told["days"])) == ({}, 14)


def test_the_stored_page_of_an_address_is_written_as_it_came() -> None:
    assert said("page", STORY) == f"<html>200 {STORY} at {START + DAY}</html>"
    assert said("page", STORY, "--at", "2026-11-02T09:00:00Z") == f"<html>200 {STORY} at {START}</html>"
    every = [json.loads(line) for line in said("page", STORY, "--json").splitlines()]
    assert [(one["at"], one["status"]) for one in every] == [("20261102080000", 200), ("20261103080000", 200)]
    assert CliRunner().invoke(app, ["page", "https://nowhere.example/"]).exit_code == 1

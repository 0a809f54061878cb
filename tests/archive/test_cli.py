"""The archivist's command: what people read, what programs read, and one clear line when something is wrong."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import zstandard
from typer.testing import CliRunner

from archive import Archive
from archive.cli import app, main
from archive.database import DATABASE_NAME
from tests.archive.make import BODY, DAY, START, STORY, Paper, SettableClock

if TYPE_CHECKING:
    from collections.abc import Callable

HEMEROTECA = Path(sys.executable).with_name("hemeroteca")
MARKET = "https://lakeside.example/2026/11/market/"


class Said(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run the command as it is installed, in this process."""
    monkeypatch.setenv("COLUMNS", "140")

    def run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["hemeroteca", *map(str, words)])
        status: Any = 0
        try:
            main()
        except SystemExit as end:
            status = end.code
        said = capsys.readouterr()
        return Said(int(status or 0), said.out, said.err)

    return run


@pytest.fixture
def filled(home: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> str:
    """An archive of two stories, one edited quietly and seen more and more; return its key. HOME names it."""
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints(views=1200, modified=START)
        quiet = [BODY[0].replace("two metres", "three metres"), *BODY[1:]]
        paper.prints(title="Flood closes old bridge", body=quiet, views=2400, modified=START, at=clock.advance(DAY))
        paper.prints(url=MARKET, title="Market opens at dawn", authors=("Jun Reyes",), body=["Fish and rice."],
                     published=START - 9 * DAY, language="tl")  # fmt: skip
        paper.end()
        key = paper.history().key
    monkeypatch.setenv("HEMEROTECA_HOME", str(home))
    return key


# ------------------------------------------------------------------ for people


def test_stats_shows_what_there_is(run: Callable[..., Said], filled: str, home: Path) -> None:
    said = run("stats")
    assert (said.status, said.err) == (0, "")
    for text in (str(home), "2 articles (2 live), 3 versions, 1 quiet changes", "3 captures in 1 WARC files",
                 "lakeside", "The Lakeside Herald", "2026-11-02 08:00"):  # fmt: skip
        assert text in said.out


def test_search_shows_each_hit_with_where_it_is(run: Callable[..., Said], filled: str) -> None:
    said = run("search", "flood OR fish")
    for text in ("2026-11-02", "Flood closes old bridge", "2,400 views", filled, "Ana Peñaflor", STORY,
                 "Market opens at dawn", "Fish and rice.", "2 found"):  # fmt: skip
        assert text in said.out
    assert said.out.index("Flood closes") < said.out.index("Market opens")
    assert "1 shown; --limit shows more" in run("search", "flood OR fish", "--limit", "1").out.replace("newest ", "")
    assert "0 found" in run("search", "nothing").out


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        (["--site", "lakeside"], 2), (["--from", "2026-11-01"], 1), (["--to", "2026-11-01"], 1),
        (["--author", "penaflor"], 1), (["--lang", "tl"], 1), (["--from", "2026-11-01", "--lang", "tl"], 0),
    ],
)  # fmt: skip
def test_search_and_export_take_the_same_filters(
    run: Callable[..., Said], filled: str, tmp_path: Path, asked: list[str], titles: int
) -> None:
    assert len(run("search", "flood OR fish", *asked, "--json").lines) == titles
    assert len(run("export", "-", *asked).lines) == titles
    assert len(run("export", "-", "--query", "flood OR fish", *asked).lines) == titles


def test_show_prints_the_story_by_key_and_by_address(run: Callable[..., Said], filled: str) -> None:
    by_key, by_url = run("show", filled), run("show", STORY)
    assert by_key == by_url
    for text in (
        "Flood closes old bridge",
        "Ana Peñaflor",
        "three metres",
        "version 2 · live · 2,400 views",
        filled,
        STORY,
    ):
        assert text in by_key.out


def test_show_at_a_time_prints_what_stood_there_then(run: Callable[..., Said], filled: str) -> None:
    for at in ("2026-11-02", "2026-11-02T09:00:00Z", "2026-11-03T15:59+08:00"):
        assert "rose two metres" in run("show", filled, "--at", at).out
    assert "rose three metres" in run("show", filled, "--at", "9999-12-31").out
    early = run("show", filled, "--at", "2026-11-01")
    assert (early.status, early.out) == (1, "")
    assert "first seen 2026-11-02" in early.err


def test_history_shows_every_version_and_the_curve(run: Callable[..., Said], filled: str) -> None:
    said = run("history", filled)
    for text in (f"{filled}  lakeside  live  2 captures", "2026-11-02 08:00", "2026-11-03 08:00", "new", "quiet change",
                 "Flood closes the old bridge", "views", "1,200", "2,400", STORY):  # fmt: skip
        assert text in said.out


def test_diff_marks_the_words_that_changed(run: Callable[..., Said], filled: str) -> None:
    said = run("diff", filled)
    assert said == run("diff", filled, "1", "2")
    assert "version 1 (2026-11-02 08:00) → 2 (2026-11-03 08:00), a quiet change" in said.out
    assert "[-the -]" in said.out
    assert "The river rose [-two-]{+three+} metres overnight" in said.out
    assert "… 2 paragraphs unchanged …" in said.out
    assert "[-three-]{+two+}" in run("diff", filled, "2", "1").out


def test_verify_counts_what_it_looked_at(run: Callable[..., Said], filled: str, home: Path) -> None:
    said = run("verify")
    assert (said.status, said.out) == (0, "1 WARC files, 8 records, 3 captures, 3 contents: no faults\n")
    next((home / "warc").glob("*.warc.gz")).unlink()
    said = run("verify")
    assert said.status == 1
    assert "the database knows this WARC file, the folder does not have it" in said.out
    assert "1 faults" in said.out


def test_diff_is_handed_out_as_html_unified_text_and_json(run: Callable[..., Said], filled: str) -> None:
    assert "<ins>three</ins>" in run("diff", filled, "--as", "html").out
    assert "+The river rose three metres" in run("diff", filled, "--as", "unified").out
    assert run("diff", filled, "--as", "json") == run("diff", filled, "--json")
    assert run("diff", filled, "--as", "morse").status == 2


def test_changes_lists_the_days_asked_for(run: Callable[..., Said], filled: str) -> None:
    [changed] = run("changes", "--from", "2026-11-02", "--to", "2026-11-04", "--json").lines
    assert (changed["article"], changed["number"], changed["stealth"]) == (filled, 2, True)
    assert changed["labels"] == ["headline", "paragraph edited"]
    text = run("changes", "--from", "2026-11-02", "--to", "2026-11-04").out
    assert "[-two-]{+three+}" in text
    assert "quiet change" in text
    assert "<ins>three</ins>" in run("changes", "--from", "2026-11-02", "--to", "2026-11-04", "--as", "html").out
    assert (
        "+The river rose three" in run("changes", "--from", "2026-11-02", "--as", "unified", "--to", "2026-11-04").out
    )
    assert run("changes", "--from", "2026-11-04", "--to", "2026-11-04", "--json").out == ""
    assert "not a day" in run("changes", "--from", "yesterday").err


@pytest.mark.parametrize(
    "command", ["", "stats", "search", "show", "history", "diff", "changes", "copies", "export", "marks", "verify"]
)
def test_every_command_has_help_with_an_example(command: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"] if command else ["--help"])
    assert said.exit_code == 0
    assert "Example: hemeroteca" in said.output or not command


# ------------------------------------------------------------------ for programs


def test_every_listing_speaks_json(run: Callable[..., Said], filled: str) -> None:
    [stats] = run("stats", "--json").lines
    assert (stats["articles"], stats["sites"][0]["site"]) == (2, "lakeside")
    hits = run("search", "flood OR fish", "--json").lines
    assert [hit["title"] for hit in hits] == ["Flood closes old bridge", "Market opens at dawn"]
    assert hits[0]["id"] == filled
    [shown] = run("show", filled, "--json").lines
    assert (shown["id"], len(shown["counters"])) == (filled, 2)
    [told] = run("history", filled, "--json").lines
    assert [version["stealth"] for version in told["versions"]] == [False, True]
    [diff] = run("diff", filled, "--json").lines
    assert (diff["from"], diff["to"]) == (1, 2)
    assert [block["kind"] for block in diff["paragraphs"]] == ["edited", "same", "same"]
    [verdict] = run("verify", "--json").lines
    assert verdict["faults"] == []


def test_export_writes_every_form(run: Callable[..., Said], filled: str, tmp_path: Path) -> None:
    said = run("export", tmp_path / "a.jsonl")
    assert (said.status, said.out) == (0, "")
    assert said.err == f"2 articles written to {tmp_path}/a.jsonl\n"
    plain = (tmp_path / "a.jsonl").read_bytes()
    assert json.loads(plain.splitlines()[0])["id"] == filled
    assert run("export", tmp_path / "a.jsonl.gz").status == run("export", tmp_path / "a.jsonl.zst").status == 0
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == plain
    packed = (tmp_path / "a.jsonl.zst").read_bytes()
    assert zstandard.ZstdDecompressor().stream_reader(packed).read() == plain
    assert run("export", "-").out.encode() == plain
    assert "counters" not in run("export", "-").lines[0]
    assert len(run("export", "-", "--counters").lines[0]["counters"]) == 2


def test_export_names_the_file_it_wrote_whatever_its_name(
    run: Callable[..., Said], filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("export", "[red]a.jsonl").err == "2 articles written to [red]a.jsonl\n"


# ------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "nosuch"], "no article 'nosuch'; give its key or an address it had"),
        (["history", "https://lakeside.example/none/"], "no article 'https://lakeside.example/none/'"),
        (["diff", "nosuch"], "no article 'nosuch'"),
        (["diff", STORY, "1", "7"], "no version 7 with a text; there are 1, 2"),
        (["diff", MARKET], "only one version has a text, so there is nothing to compare"),
        (["show", STORY, "--at", "soon"], "--at: 'soon' is not a time"),
        (["search", "flood", "--from", "2026-02-30"], "--from: '2026-02-30' is not a day; write it as 2026-11-23"),
        (["export", "-", "--to", "next week"], "--to: 'next week' is not a day"),
        (["search", '"flood'], "the quotation mark is never closed, at character 1"),
        (["search", "flood", "--site", "seaside"], "no site 'seaside' in this archive"),
        (["export", "a.xls"], "a.xls: name a file .jsonl, .jsonl.gz, .jsonl.zst, .csv, .csv.gz, .csv.zst, .parquet, a"),
        (["export", "a.csv", "--split", "cluster:90,10"], "--split is for a dataset in a folder; a.csv is a file"),
        (["export", "-", "--since-last", "weekly"], "--since-last is for a dataset in a folder; - is a file"),
        (["export", "a/", "--split", "cluster:90,20"], "'cluster:90,20': the shares are whole numbers that make 100"),
        (["export", "a/", "--split", "size:3"], "write time:2026-06-01, time:2026-06-01,2026-09-01, cluster:90,10"),
        (["export", "a/", "--as", "xls"], "--as: 'xls' is no form; there are jsonl, jsonl.gz, jsonl.zst, csv"),
        (["export", "-", "--at", "2026-11-01", "--versions", "all"], "--at asks for the texts of one time"),
        (["marks", "--forget", "weekly"], "no mark 'weekly'; `hemeroteca marks` lists them"),
        (["export", "/nowhere/a.jsonl"], "/nowhere/a.jsonl: cannot write: No such file or directory"),
        (["stats", "--home", "/nowhere"], "/nowhere: no archive here; name one with --home or HEMEROTECA_HOME"),
        (["show", "\udcff"], "utf-8 cannot hold '\\udcff'; is all UTF-8?"),
        (["search", "flood", "--lang", "\udcff"], "utf-8 cannot hold '\\udcff'"),
        (["search", "\udcff"], "a word is missing"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_status(
    run: Callable[..., Said], filled: str, words: list[str], message: str
) -> None:
    said = run(*words)
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("hemeroteca: ")
    assert message in said.err
    assert said.err.count("\n") == 1


def test_a_gone_story_is_told_with_the_day_it_went(run: Callable[..., Said], filled: str, home: Path) -> None:
    with Archive(home, clock=SettableClock(START + 5 * DAY)) as archive:
        Paper(archive, SettableClock(START + 5 * DAY)).visited(410, at=START + 5 * DAY)
    assert "[gone]" in run("search", "flood").out
    assert "version 2 · gone" in run("show", filled).out
    said = run("show", filled, "--at", "2026-11-20")
    assert (said.status, "gone since 2026-11-07T08:00:00" in said.err) == (1, True)


def test_an_unknown_word_is_a_usage_error(run: Callable[..., Said]) -> None:
    said = run("serch", "flood")
    assert (said.status, said.out) == (2, "")
    assert "No such command" in said.err


def test_no_archive_is_the_default_in_an_empty_folder(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("stats")
    assert said.status == 1
    assert said.err == "hemeroteca: hemeroteca-data: no archive here; name one with --home or HEMEROTECA_HOME\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite
def test_a_broken_database_is_one_line(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(b"no database at all, but long enough to be looked at " * 30)
    said = run("stats", "--home", tmp_path)
    assert said.status == 1
    database = f"sqlite:///{tmp_path}/{DATABASE_NAME}"
    assert said.err == f"hemeroteca: {database}: cannot open the database: file is not a database\n"


def test_a_file_stays_whole_when_its_export_fails(run: Callable[..., Said], filled: str, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    run("export", out)
    before = out.read_bytes()
    said = run("export", out, "--query", "((flood")
    assert said.status == 1
    assert out.read_bytes() == before


# ------------------------------------------------------------------ as a process


def hemeroteca(*words: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([HEMEROTECA, *words], capture_output=True, **more)


@pytest.mark.sqlite
def test_the_command_itself_reads_its_home_from_the_environment(filled: str, home: Path, tmp_path: Path) -> None:
    told = hemeroteca("show", filled, "--json", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, b"")
    assert json.loads(told.stdout)["authors"][0]["name"] == "Ana Peñaflor"
    other = hemeroteca("stats", cwd=tmp_path, env={**os.environ, "HEMEROTECA_HOME": "elsewhere"})
    assert (other.returncode, other.stdout) == (1, b"")
    assert other.stderr.decode() == (
        "hemeroteca: elsewhere: no archive here; name one with --home or HEMEROTECA_HOME\n"
    )


def test_a_pipe_that_closes_early_is_no_error(filled: str, home: Path) -> None:
    for words in (["export", "-", "--counters"], ["search", "flood OR fish", "--json"]):
        with subprocess.Popen([HEMEROTECA, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as going:
            assert going.stdout is not None
            assert going.stderr is not None
            going.stdout.close()
            told = going.stderr.read().decode()
        assert "Traceback" not in told
        assert "Exception" not in told

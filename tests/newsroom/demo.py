"""The demo: three invented papers are crawled, the clock moves on, they are crawled again, and the archive is asked.

Everything is real but the papers: the same `scrapy crawl`, the same archive, the same command as in earnest.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from tests.newsroom import Newsroom

if TYPE_CHECKING:
    from tests.newsroom.server import Server

HOME = Path("hemeroteca-demo")
PAPERS = ("lakeside", "highland", "bisaya")
BIN = Path(sys.executable).parent

WIDTH = 100
KINDS = {
    "new": "new", "revised": "changed", "stealth": "quietly", "missing": "missing", "gone": "gone",
    "restored": "back", "unchanged": "unchanged",
}  # fmt: skip

console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def main() -> int:
    """Run the demo in ``./hemeroteca-demo``; return the exit status."""
    began = time.monotonic()
    shutil.rmtree(HOME, ignore_errors=True)
    newsroom = Newsroom(stories=30, papers=PAPERS)
    with newsroom.serve() as server:
        newsroom.write_site_files(HOME / "sites", server)
        _say(f"Three invented papers are on the air; their clock says {newsroom.now:%A %d %B %Y, %H:%M} UTC.")
        _visit_all(newsroom, server, "First visit: everything is new")
        newsroom.advance(days=1)
        _say(f"A day passes: stories appear, are corrected, quietly edited, moved, removed. It is {newsroom.now:%A}.")
        _visit_all(newsroom, server, "Second visit, a day later")
        newsroom.advance(days=1, hours=1)
        _visit_all(newsroom, server, "Third visit, another day later: a first 404 is confirmed")
    _ask(_a_quiet_change(), _a_growing_story())
    _say(f"All of this took {time.monotonic() - began:.0f} seconds. Look further:")
    for command in ("stats", "search 'flood OR baha'", "show KEY", "history KEY", "diff KEY", "--help"):
        console.print(f"  .venv/bin/hemeroteca {command}{'' if command == '--help' else f' --home {HOME}'}")
    console.print("  .venv/bin/scrapy list                 the papers that have a site file")
    console.print("  .venv/bin/scrapy crawl SITE           visit one of them for real")
    return 0


def _say(text: str) -> None:
    console.print(f"\n[bold cyan]{text}[/]")


def _environment(newsroom: Newsroom) -> dict[str, str]:
    offset = (newsroom.now - datetime.now(UTC)).total_seconds()
    return {
        **os.environ,
        "HEMEROTECA_HOME": str(HOME),
        "HEMEROTECA_SITES": str(HOME / "sites"),
        "HEMEROTECA_CLOCK_OFFSET": str(offset),
        "HEMEROTECA_ALLOW_PRIVATE": "1",
    }


def _visit_all(newsroom: Newsroom, server: Server, title: str) -> None:
    table = Table("paper", *KINDS.values(), "requests", "seconds", title=title, title_justify="left", box=None)
    for paper in PAPERS:
        with console.status(f"$ scrapy crawl {paper}"):
            began, asked = time.monotonic(), len(server.requests)
            outcomes = _visit(newsroom, paper)
        counts = [str(outcomes.get(kind, 0) or "·") for kind in KINDS]
        table.add_row(paper, *counts, str(len(server.requests) - asked), f"{time.monotonic() - began:.1f}")
    console.print(table)


def _visit(newsroom: Newsroom, paper: str) -> dict[str, int]:
    command = [BIN / "scrapy", "crawl", paper, "-L", "WARNING", "-s", "VISIT_REPORT=json"]
    done = subprocess.run(command, env=_environment(newsroom), capture_output=True, text=True, check=False)
    if done.returncode:
        console.print(done.stdout + done.stderr, style="red")
        raise SystemExit(f"the visit of {paper} ended with status {done.returncode}")
    outcomes: dict[str, int] = json.loads(done.stdout.splitlines()[-1])["outcomes"]
    return outcomes


def _hemeroteca(*arguments: str, show: bool = True) -> str:
    """Run the archivist's command as a person would, and show what it prints."""
    if show:
        console.print(f"\n[bold]$ hemeroteca {' '.join(_quoted(word) for word in arguments)}[/]")
    environment = {**os.environ, "COLUMNS": str(console.width)}
    if show and sys.stdout.isatty():
        environment["FORCE_COLOR"] = "1"
    command = [BIN / "hemeroteca", *arguments, "--home", str(HOME)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    if show:
        sys.stdout.write(done.stdout + done.stderr)
        sys.stdout.flush()
    return done.stdout


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word else word


def _a_quiet_change() -> dict[str, Any]:
    """Return the lakeside story, as exported, whose text was changed without a word."""
    lines = _hemeroteca("export", "-", "--site", "lakeside", show=False).splitlines()
    changed = [story for line in lines if (story := json.loads(line))["version"] > 1 and story["state"] == "live"]
    for story in changed:
        told = json.loads(_hemeroteca("history", story["id"], "--json", show=False))
        if any(version["stealth"] for version in told["versions"]):
            return dict(story)
    return dict(changed[0])


def _a_growing_story() -> str:
    """Return the key of the story whose counter was read most often, the most viewed of them."""
    stories = [json.loads(line) for line in _hemeroteca("export", "-", "--counters", show=False).splitlines()]
    best = max(stories, key=lambda story: (sum(c["metric"] == "views" for c in story["counters"]), story["views"] or 0))
    return str(best["id"])


def _ask(story: dict[str, Any], growing: str) -> None:
    _say("One story was changed quietly: no modified date admits it. Word by word:")
    _hemeroteca("diff", story["id"])
    _say("Another one's history, and how its views grew:")
    _hemeroteca("history", growing)
    _say("Search the archive:")
    word = max((story["title"] or "").split(), key=len).strip("“”‘’.,:;")
    _hemeroteca("search", word, "--limit", "3")
    _say("Export it, and check every record:")
    _hemeroteca("export", str(HOME / "stories.jsonl"))
    _hemeroteca("verify")


if __name__ == "__main__":
    sys.exit(main())

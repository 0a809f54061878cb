"""Replay real WARC files into a fresh archive, and check that all of it arrives, once.

    python benchmarks/replay.py FILE_OR_FOLDER [--keep FOLDER]

Prints how many captures gave an article, how many were skipped for which reason, what a second replay added (nothing),
what `hemeroteca verify`, `hemeroteca export` and `warcio check` say, and the times. The status is 1 when any is wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent


def run(home: Path, *command: str | Path) -> tuple[str, float]:
    """Run a command on the archive; return what it printed and the seconds it took."""
    began = time.monotonic()
    done = subprocess.run(
        [str(BIN / command[0]), *map(str, command[1:])],
        env={**os.environ, "HEMEROTECA_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(
            f"{' '.join(map(str, command))} ended with status {done.returncode}\n{done.stdout}{done.stderr}"[-6000:]
        )
    return done.stdout, time.monotonic() - began


def replay(home: Path, warc: Path) -> tuple[dict[str, Any], float]:
    """Replay once; return the report of the visit and the seconds it took."""
    out, seconds = run(
        home, "scrapy", "crawl", "replay", "-a", f"warc={warc}", "-s", "VISIT_REPORT=json", "-L", "WARNING"
    )
    return json.loads(out.splitlines()[-1]), seconds


def stats(home: Path) -> dict[str, Any]:
    """Return the archive's figures, without what says when."""
    told: dict[str, Any] = json.loads(run(home, "hemeroteca", "stats", "--json")[0])
    return told


def check(home: Path, warc: Path) -> int:
    """Replay twice, look at everything, print it; return the number of things that are wrong."""
    wrong = 0
    first, seconds = replay(home, warc)
    before = stats(home)
    print(f"first replay: {first['outcomes']}, skipped {first.get('skipped')}, {seconds:.1f} s")
    again, seconds = replay(home, warc)
    after = stats(home)
    print(f"second replay: {again['outcomes']}, skipped {again.get('skipped')}, {seconds:.1f} s")
    if after != before:
        wrong += 1
        print(f"WRONG: the second replay added something: {before} -> {after}")
    verdict = json.loads(run(home, "hemeroteca", "verify", "--json")[0])
    print(f"verify: {verdict['records']} records, {verdict['captures']} captures, {len(verdict['faults'])} faults")
    lines = run(home, "hemeroteca", "export", "-")[0].splitlines()
    articles = [json.loads(line) for line in lines]
    print(f"export: {len(articles)} JSON objects for {after['articles']} articles")
    wrong += len(articles) != after["articles"] or len({article["id"] for article in articles}) != len(articles)
    files = sorted((home / "warc").glob("*.warc.gz"))
    run(home, "warcio", "check", *files)
    print(f"warcio check: {len(files)} file(s), no fault")
    print(f"{after['articles']} articles, {after['versions']} versions, {after['captures']} captures in all")
    return wrong


def main() -> int:
    """Check in a temporary folder, or in one that is kept."""
    warc = Path(sys.argv[1]).resolve()
    if "--keep" in sys.argv:
        return min(1, check(Path(sys.argv[sys.argv.index("--keep") + 1]), warc))
    with tempfile.TemporaryDirectory() as folder:
        return min(1, check(Path(folder) / "archive", warc))


if __name__ == "__main__":
    sys.exit(main())

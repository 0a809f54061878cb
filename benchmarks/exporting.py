"""How fast an archive is exported, and in how much memory: beside reading the same rows and dumping them as they are.

    python -m benchmarks.exporting --folder /var/tmp/exported
    python -m benchmarks.exporting --folder /var/tmp/exported --copies 290

``--copies`` is how often the 1,000 stories of ``benchmarks.archive`` (3.5 texts each) are multiplied in the larger
archive: 290 make 10⁶ rows of ``--versions all``; the smaller has 10⁴. An archive that is in the folder already is used
again.

*Plain* is reading the same rows and dumping them: the very statements that the export asks of SQLite's driver, with the
same values, on a connection that may hold as many pages, and each row dumped by orjson as it comes. Rounds alternate,
and the best of each counts, in seconds of CPU, so that what else the machine does falls on none. Memory is the peak of
a process of its own that exports to a folder.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from archive import Archive
from archive.database import DATABASE_NAME, WALKERS_CACHE, snapshot
from archive.export import Wanted
from archive.export.jsonl import line
from archive.export.rows import by_key
from archive.texts import unpack
from benchmarks.archive import ARTICLES, Run

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = 3
ROUNDS = 5
MEASURED = 10_000
"""Articles of a round."""


def main() -> None:
    """Measure the speed on the larger archive, and the memory on both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="a folder for the archives and the exports")
    parser.add_argument("--copies", type=int, default=30, help="of every story in the larger archive")
    asked = parser.parse_args()
    small, large = (_made(asked.folder / f"copies-{copies}", copies) for copies in (SMALL, asked.copies))
    compare(large)
    for home in (small, large):
        peak(home, asked.folder / "out")


def say(what: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(json.dumps({"what": what, "value": round(value, 3), "unit": unit}), flush=True)


def _made(home: Path, copies: int) -> Path:
    """Make an archive, unless it is there."""
    if not (home / "whole").exists():
        shutil.rmtree(home, ignore_errors=True)
        run = Run(home, None)
        run.take_in(range(ARTICLES), writers=1)
        run.multiply(copies)
        (home / "whole").touch()
    return home


# ------------------------------------------------------------------ speed


def compare(home: Path) -> None:
    """Print how fast articles become lines, beside plain reading and dumping."""
    with Archive(home, readonly=True) as archive:
        asked, count = _statements(archive), _exported(archive)
        ways: dict[str, Callable[[], Any]] = {
            "exported as JSON Lines": lambda: _exported(archive),
            "read and dumped": lambda: _plain(home, asked),
        }
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(ROUNDS):
            for name, work in ways.items():
                best[name] = min(best[name], _seconds(work))
    for name, seconds in best.items():
        say(f"{count:,} articles {name}", count / seconds, "1/s of CPU")
    ours, theirs = best.values()
    say("speed of the export, to the same rows read and dumped", theirs / ours, "ratio")


def _seconds(work: Callable[[], Any]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _exported(archive: Archive) -> int:
    with snapshot(archive.engine) as connection:
        return sum(len([line(row) for row in told.rows]) for told in islice(by_key(connection, Wanted()), MEASURED))


Asked = tuple[str, Any]
"""A statement, and its values."""


def _statements(archive: Archive) -> list[Asked]:
    """Return the statements that an export asks of the driver, in their order."""
    asked: list[Asked] = []

    class NotingCursor(sqlite3.Cursor):
        def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
            asked.append((statement, values))
            return super().execute(statement, values)

    class NotingConnection(sqlite3.Connection):
        def cursor(self, _factory: Any = None) -> sqlite3.Cursor:
            return super().cursor(NotingCursor)

    def note(_dialect: Any, _record: Any, _values: Any, options: dict[str, Any]) -> None:
        options["factory"] = NotingConnection

    archive.engine.dispose()
    sa.event.listen(archive.engine, "do_connect", note)
    _exported(archive)
    sa.event.remove(archive.engine, "do_connect", note)
    archive.engine.dispose()
    return asked


def _plain(home: Path, asked: list[Asked]) -> None:
    driver = sqlite3.connect(home / DATABASE_NAME)
    driver.execute(f"PRAGMA cache_size = -{WALKERS_CACHE}")
    for statement, values in asked:
        for row in islice(driver.execute(statement, values), MEASURED):
            orjson.dumps(row, default=_text)
    driver.close()


def _text(value: bytes) -> str:
    return value.hex() if len(value) <= 32 else unpack(value).decode()


# ------------------------------------------------------------------ memory


_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Started by itself: to a process that a large one starts Linux counts what that one has."""


def peak(home: Path, out: Path) -> None:
    """Print the peak memory of a process that exports every text to a folder."""
    shutil.rmtree(out, ignore_errors=True)
    begin = time.perf_counter()
    command = [sys.executable, "-c", "from archive.cli import main; main()", "export", f"{out}/", "--as", "jsonl",
               "--versions", "all", "--home", str(home)]  # fmt: skip
    used = subprocess.run([sys.executable, "-c", _PEAK, *command], check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = json.loads((out / "manifest.json").read_bytes())["counts"]["rows"]
    say(f"peak memory of an export of {rows:,} rows", int(used.splitlines()[-1]) / 1024, "MB")
    say(f"export of {rows:,} rows to a folder", rows / (time.perf_counter() - begin), "1/s")
    shutil.rmtree(out)


if __name__ == "__main__":
    main()

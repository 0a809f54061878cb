"""How fast an archive is exported, and in how much memory: beside reading the same rows and dumping them as they are.

    python -m benchmarks.exporting --folder /var/tmp/exported
    python -m benchmarks.exporting --folder /var/tmp/exported --copies 290

``--copies`` is how often the 1,000 stories of ``benchmarks.archive`` (3.5 texts each) are multiplied in the larger
archive: 290 make 10⁶ rows of ``--versions all``; the smaller has 10⁴. An archive that is in the folder already is used
again.

*Plain* is reading the same rows and dumping them: the very statements that the export asks, with the same values, and
each row dumped by orjson as it comes, once through SQLAlchemy, as all of the archive reads, and once on the bare driver
of SQLite. Rounds alternate, and the best of each counts, in seconds of CPU, so that what else the machine does falls on
none. Memory is the peak of a process of its own that exports to a folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from archive import Archive
from archive.database import DATABASE_NAME, snapshot
from archive.export import Wanted
from archive.export.jsonl import line
from archive.export.rows import BATCH, by_key
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
            "read and dumped, through SQLAlchemy": lambda: _plain(archive, asked),
            "read and dumped, on the bare driver": lambda: _bare(home, asked),
        }
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(ROUNDS):
            for name, work in ways.items():
                best[name] = min(best[name], _seconds(work))
    ours, *others = best.values()
    for name, seconds in best.items():
        say(f"{count:,} articles {name}", count / seconds, "1/s of CPU")
    for name, theirs in zip(list(best)[1:], others, strict=True):
        say(f"speed of the export, to the same rows {name}", theirs / ours, "ratio")


def _seconds(work: Callable[[], Any]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _exported(archive: Archive) -> int:
    with snapshot(archive.engine) as connection:
        return sum(len([line(row) for row in told.rows]) for told in islice(by_key(connection, Wanted()), MEASURED))


@dataclass(frozen=True)
class Asked:
    """A statement that an export asks: as SQLAlchemy has it, and as the driver gets it."""

    statement: Any
    values: Any
    text: str
    bound: Any


def _statements(archive: Archive) -> list[Asked]:
    """Return the statements that an export asks, in their order."""
    asked, told = [], []

    def note(_connection: Any, statement: Any, _many: Any, values: Any, _options: Any) -> None:
        asked.append((statement, values))

    def note_text(_connection: Any, _cursor: Any, text: str, bound: Any, *_: Any) -> None:
        told.append((text, bound))

    sa.event.listen(archive.engine, "before_execute", note)
    sa.event.listen(archive.engine, "before_cursor_execute", note_text)
    _exported(archive)
    sa.event.remove(archive.engine, "before_execute", note)
    sa.event.remove(archive.engine, "before_cursor_execute", note_text)
    return [Asked(*one, *other) for one, other in zip(asked, told, strict=True)]


def _plain(archive: Archive, asked: list[Asked]) -> None:
    with snapshot(archive.engine) as connection:
        for one in asked:
            rows = connection.execute(one.statement, one.values, execution_options={"yield_per": BATCH})
            names = [str(name) for name in rows.keys()]  # noqa: SIM118 - a result is no dict
            for row in islice(rows, MEASURED):
                orjson.dumps(dict(zip(names, row, strict=True)), default=_text)


def _bare(home: Path, asked: list[Asked]) -> None:
    driver = sqlite3.connect(home / DATABASE_NAME)
    for one in asked:
        for row in islice(driver.execute(one.text, one.bound), MEASURED):
            orjson.dumps(row, default=_text)
    driver.close()


def _text(value: bytes) -> str:
    return value.hex() if len(value) <= 32 else unpack(value).decode()


# ------------------------------------------------------------------ memory


def peak(home: Path, out: Path) -> None:
    """Print the peak memory of a process that exports every text to a folder."""
    shutil.rmtree(out, ignore_errors=True)
    begin = time.perf_counter()
    command = [sys.executable, "-c", "from archive.cli import main; main()", "export", f"{out}/", "--as", "jsonl",
               "--versions", "all", "--home", str(home)]  # fmt: skip
    child = os.posix_spawn(sys.executable, command, os.environ)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"the export of {home} ended with {status}")
    rows = json.loads((out / "manifest.json").read_bytes())["counts"]["rows"]
    say(f"peak memory of an export of {rows:,} rows", used.ru_maxrss / 1024, "MB")
    say(f"export of {rows:,} rows to a folder", rows / (time.perf_counter() - begin), "1/s")
    shutil.rmtree(out)


if __name__ == "__main__":
    main()

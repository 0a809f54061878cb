"""Kill -9 a process that tells an archive, at random moments, and look at what is left each time.

    python -m benchmarks.kill [--points 1000] [--first 0]

Captures are told one by one and in groups. The disk forgets: what was not synced of the WARC file is lost in whole or
in part. After each kill the archive is opened (recovery), every acknowledged capture and reading is looked for, and
`verify` looks at everything. The status is 1 when one is lost, a fault is found, or a recovery takes a second.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.progress import track

from tests.archive.killing import Killed, kill_once

SAME_ARCHIVE = 25  # kills of one archive before a new one is begun: verify looks at all of it each time


def kill_many(seeds: range) -> list[Killed]:
    """Kill once for each seed; a new archive is begun now and then."""
    kills = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in track(seeds, description="killing", transient=True):
            home = Path(folder) / str(seed // SAME_ARCHIVE)
            kills.append(kill_once(home, seed))
    return kills


def main() -> int:
    """Kill, print the figures, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed: another one, other moments")
    asked = parser.parse_args()
    began = time.monotonic()
    kills = kill_many(range(asked.first, asked.first + asked.points))
    seconds = [kill.recovery_seconds for kill in kills]
    lost, faults = sum(kill.lost for kill in kills), [fault for kill in kills for fault in kill.faults]
    acknowledged, indexed = sum(kill.acknowledged for kill in kills), sum(kill.indexed for kill in kills)
    torn = sum(kill.torn_bytes > 0 for kill in kills)
    print(f"{len(kills)} kills in {time.monotonic() - began:.0f} s: {acknowledged:,} acknowledged, {lost} lost, "
          f"{indexed:,} unacknowledged things indexed, {torn} torn tails, {len(faults)} faults")  # fmt: skip
    print(f"recovery: median {statistics.median(seconds) * 1000:.0f} ms, "
          f"longest {max(seconds) * 1000:.0f} ms")  # fmt: skip
    for fault in faults[:20]:
        print(f"WRONG: {fault}")
    return 1 if lost or faults or max(seconds) >= 1 else 0


if __name__ == "__main__":
    sys.exit(main())

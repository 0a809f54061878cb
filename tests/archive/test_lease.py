"""One visit at a time per host."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from archive import Archive, LeaseHeldError, database
from archive import tables as t
from tests.archive.make import SettableClock, rows

if TYPE_CHECKING:
    from pathlib import Path


def test_a_host_is_leased_to_one_and_free_again_when_the_archive_is_closed(
    tmp_path: Path, clock: SettableClock
) -> None:
    with Archive(tmp_path / "a", clock=clock) as first, Archive(tmp_path / "a", clock=clock) as second:
        first.take_lease("lakeside.example:8080")
        with pytest.raises(LeaseHeldError, match=r"lakeside.example:8080 is being visited by process \d+ on \S+ since"):
            second.take_lease("lakeside.example:8080")
        second.take_lease("coastal.example")
        assert {row.host for row in rows(first, t.lease)} == {"lakeside.example:8080", "coastal.example"}
        first.close()
        second.take_lease("lakeside.example:8080")
    with Archive(tmp_path / "a", clock=clock) as later:
        assert rows(later, t.lease) == []


HOLD = """
import sys
from pathlib import Path
from archive import Archive
archive = Archive(Path(sys.argv[1]), database=sys.argv[2])
archive.take_lease("lakeside.example")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lease_is_free_as_soon_as_its_process_is_dead(home: Path, archive: Archive) -> None:
    command = [sys.executable, "-c", HOLD, home, database.default_url(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LeaseHeldError, match=f"by process {holder.pid} on"):
            archive.take_lease("lakeside.example")
        holder.kill()
        holder.wait()
        free_within(archive, 10)
    assert [row.holder.split()[1] for row in rows(archive, t.lease)] == [str(os.getpid())]


def free_within(archive: Archive, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            return archive.take_lease("lakeside.example")
        except LeaseHeldError:
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.mark.sqlite
def test_a_host_name_that_is_no_file_name_is_leased_all_the_same(tmp_path: Path, clock: SettableClock) -> None:
    with Archive(tmp_path / "a", clock=clock) as archive:
        archive.take_lease("../../[::1]:80/x")
        assert [path.parent for path in (tmp_path / "a").rglob("*.lock") if path.parent.name == "leases"] == [
            tmp_path / "a" / "leases"
        ]

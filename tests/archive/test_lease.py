"""One visit at a time per host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive import Archive, LeaseHeldError
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


def test_a_host_name_that_is_no_file_name_is_leased_all_the_same(tmp_path: Path, clock: SettableClock) -> None:
    with Archive(tmp_path / "a", clock=clock) as archive:
        archive.take_lease("../../[::1]:80/x")
        assert [path.parent for path in (tmp_path / "a").rglob("*.lock")] == [tmp_path / "a" / "leases"]

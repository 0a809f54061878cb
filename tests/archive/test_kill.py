"""kill -9 at any moment, on a disk that forgets what was not synced, loses nothing that was acknowledged."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.archive.killing import ForgetfulFile, kill_once

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.sqlite
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of threads that pytest-xdist has; the child has none
def test_twenty_kills_lose_nothing_that_was_acknowledged(home: Path) -> None:
    kills = [kill_once(home, seed) for seed in range(20)]
    assert sum(kill.acknowledged for kill in kills) > 100
    assert [(kill.lost, kill.faults) for kill in kills] == [(0, [])] * 20
    assert sum(kill.torn_bytes for kill in kills) > 0


def test_the_forgetful_file_holds_back_what_was_not_synced(tmp_path: Path) -> None:
    held_back = 0
    for seed in range(20):
        with (tmp_path / f"{seed}").open("xb", buffering=0) as real:
            file = ForgetfulFile(real, random.Random(seed))
            file.write(b"synced")
            file.sync()
            file.write(b"not synced")
            held_back += (tmp_path / f"{seed}").read_bytes() == b"synced"
            assert (tmp_path / f"{seed}").read_bytes().startswith(b"synced")
    assert 0 < held_back < 20

"""Packing keeps every record, in a fraction of the room, and a kill at any moment leaves the archive whole."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from shutil import copytree, rmtree
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from archive import Archive, NotFoundError, StoreError, audit, corpus
from archive import pack as packing
from archive import tables as t
from archive.cli import app
from archive.dump import dump
from archive.errors import LeaseHeldError
from archive.rebuild import rebuild_into
from archive.scan import records
from archive.swap import rewriting
from tests.archive.make import DAY, Paper, SettableClock, reading, rows

if TYPE_CHECKING:
    from collections.abc import Callable

FASTWARC = Path(__file__).parents[2] / ".venv-clients" / "bin" / "fastwarc"


def page(story: int, visit: int) -> bytes:
    """Return a page of some size: most of it is its own and stays, some is noise of every visit."""
    lot = random.Random(story)
    words = " ".join(f"{lot.randrange(10**9):x}" for _ in range(1500))
    return f"<html><p>{words}</p><i>{random.Random(visit * 97 + story).randbytes(60).hex()}</i></html>".encode()


@pytest.fixture
def visited(home: Path, clock: SettableClock) -> Path:
    """An archive of four visits, each with its own WARC file, to a paper of twelve stories."""
    for visit in range(4):
        with Archive(home, clock=clock) as archive:
            paper = Paper(archive, clock)
            for story in range(12):
                url = f"https://lakeside.example/{story}/"
                taken = paper.capture(url, clock(), payload=page(story, visit))
                read = reading(f"Story {story}", (f"Nothing new of {story}.",), canonical=url, views=visit)
                archive.save(taken, read)
            paper.answers(404, url="https://lakeside.example/lost/")
            paper.answers(304, url="https://lakeside.example/0/", at=clock() + DAY / 2)
            paper.end()
            clock.advance(DAY)
    return home


def everything(home: Path) -> set[str]:
    """Return the dump without what says in which file a record lies."""
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        lines = [line for line in dump(connection) if '"table": "warc_file"' not in line]
    return {line.partition('"warc_file_id.name"')[0] for line in lines}


def told(home: Path) -> list[bytes]:
    """Return every record of an archive's files, without what only heads a file."""
    heads = ("warcinfo", "")
    return sorted(
        record.raw for path in (home / "warc").glob("*.warc.*") for record in records(path)
        if record.kind not in heads and not record.target.startswith("urn:hemeroteca:pack:")
    )  # fmt: skip


def pack_all(home: Path) -> packing.Packed:
    with Archive(home) as archive:
        return packing.pack(archive, packing.packable(archive, archive.clock()))


def sizes(home: Path) -> int:
    return sum(path.stat().st_size for path in (home / "warc").glob("*.warc.*"))


def test_packing_keeps_every_record_where_it_can_be_read(visited: Path) -> None:
    before, records_before, size = everything(visited), told(visited), sizes(visited)
    done = pack_all(visited)
    assert [path.name for path in (visited / "warc").glob("*.warc.*")] == list(done.packs)
    assert len(done.sources) == 4
    assert sizes(visited) == done.bytes_after < size / 2
    assert (everything(visited), told(visited)) == (before, records_before)
    with Archive(visited, readonly=True) as archive:
        assert audit.verify(archive).faults == []
        assert {row.state for row in rows(archive, t.warc_file)} == {"packed"}
        assert rows(archive, t.event)[-1].type == "pack"
        capture = corpus.article(archive, "https://lakeside.example/3/")["capture"]
        assert capture["warc"] == done.packs[0]


@pytest.mark.sqlite  # a rebuild makes a file
def test_packed_files_are_rebuilt_from_like_any_others(visited: Path, tmp_path: Path, clock: SettableClock) -> None:
    before = everything(visited)
    pack_all(visited)
    assert rebuild_into(visited, tmp_path / "again", clock).problems == ()
    assert everything(tmp_path / "again") == before


def test_what_is_packed_can_be_unpacked_for_everybody(visited: Path) -> None:
    before, records_before = everything(visited), told(visited)
    done = pack_all(visited)
    with Archive(visited) as archive:
        names = [packing.unpack(archive, name) for name in done.packs]
        assert audit.verify(archive).faults == []
        with pytest.raises(NotFoundError, match="no packed file of this archive"):
            packing.unpack(archive, done.packs[0])
    assert (everything(visited), told(visited)) == (before, records_before)
    assert sorted(path.name for path in (visited / "warc").glob("*.warc.*")) == sorted(names)
    for name in names:
        with (visited / "warc" / name).open("rb") as file:
            assert sum(1 for _ in ArchiveIterator(file, check_digests="raise")) > 0


@pytest.mark.skipif(not FASTWARC.exists(), reason="fastwarc is not here; `make clients` brings it")
def test_fastwarc_reads_the_packed_files_and_finds_every_digest_right(visited: Path) -> None:
    for name in pack_all(visited).packs:
        command = [FASTWARC, "check", str(visited / "warc" / name)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


def test_stories_are_dealt_out_to_as_many_packs_as_their_dictionaries_need(
    visited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(visited)
    monkeypatch.setattr(packing, "MAX_DICTIONARY", packing.TRAINED + 60_000)  # four pages and a little
    done = pack_all(visited)
    assert len(done.packs) == 3
    assert told(visited) == before
    with Archive(visited, readonly=True) as archive:
        assert audit.verify(archive).faults == []


@pytest.mark.sqlite  # the disk at the moment of a kill holds the database too
@pytest.mark.parametrize("step", ["_write", "_prove", "swap", "_point", "_still_pointed_at"])
def test_a_kill_at_any_step_leaves_the_archive_whole(
    visited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Keep what is on the disk at the moment before the step and after it, as a kill would."""
    before, records_before = everything(visited), told(visited)
    module = packing if hasattr(packing, step) else __import__("archive.swap", fromlist=["swap"])
    does: Callable[..., object] = getattr(module, step)
    kept: list[Path] = []

    def keep() -> None:
        kept.append(tmp_path / f"kill-{len(kept)}")
        copytree(visited, kept[-1])

    def killed(*words: object, **named: object) -> object:
        keep()
        done = does(*words, **named)
        keep()
        return done

    monkeypatch.setattr(module, step, killed)
    pack_all(visited)
    monkeypatch.undo()
    assert kept
    for home in kept:
        with Archive(home) as archive:  # tidies what is left over
            assert audit.verify(archive).faults == []
        assert (everything(home), told(home)) == (before, records_before)
        rmtree(home)


def test_sources_that_a_kill_left_beside_their_packs_are_removed(visited: Path, tmp_path: Path) -> None:
    copytree(visited / "warc", tmp_path / "sources")
    before = told(visited)
    pack_all(visited)
    copytree(tmp_path / "sources", visited / "warc", dirs_exist_ok=True)
    stranger = visited / "warc" / "stranger.warc.gz"
    stranger.write_bytes(b"")
    Archive(visited).close()
    assert stranger.exists()  # nobody knows what it is
    stranger.unlink()
    assert told(visited) == before


def test_a_damaged_file_is_not_packed(visited: Path) -> None:
    path = min((visited / "warc").glob("*.gz"))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(StoreError, match="a record breaks off or is damaged here"):
        pack_all(visited)
    assert len(list((visited / "warc").glob("*.gz"))) == 4
    assert not list((visited / "warc").glob("*.zst*"))


def test_one_process_packs_at_a_time(visited: Path) -> None:
    with rewriting(visited / "warc"), pytest.raises(LeaseHeldError, match="another process packs"):
        pack_all(visited)


def test_the_command_packs_what_is_old_enough(visited: Path) -> None:
    def say(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--home", str(visited)])
        assert done.exit_code == 0, done.output
        return done.output

    assert "nothing to pack" in say("pack", "--older-than", "9999")
    assert say("pack", "--older-than", "0", "--dry-run").count(".warc.gz") == 4
    assert "4 files" in say("pack", "--older-than", "0")
    [packed] = (visited / "warc").glob("*.zst")
    assert packed.name.replace(".zst", ".gz") in say("unpack", packed.name)
    assert "no faults" in say("verify")

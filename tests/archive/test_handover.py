"""What is handed over is whole and nothing else: the real clients open it, and a rebuild of it tells the same story."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner

from archive import Archive, NotFoundError, corpus
from archive.cli import app
from archive.database import DATABASE_NAME
from archive.dump import dump
from archive.errors import StoreError, TakenDownError
from archive.handover import Story, chosen, write_bag, write_wacz, write_warc
from archive.pack import pack
from archive.rebuild import rebuild_into
from archive.scan import records
from archive.selection import Selection
from archive.told import Captured, WasRead, told
from tests.archive.make import BODY, DAY, HOUR, STORY, Paper, SettableClock, reading
from tests.archive.test_pywb import needs_pywb, wayback
from tests.clients import CLIENTS, needs_clients

if TYPE_CHECKING:
    from archive.handover.extract import Articles, Extracted

MARKET, MOVED = "https://lakeside.example/2026/11/market/", "https://lakeside.example/?p=7"


@pytest.fixture
def filled(home: Path, clock: SettableClock) -> Path:
    """The home of an archive of four visits in files of their own: a story edited, gone, restored, and another one."""
    for look in (_first, _edited, _gone, _gone, _restored):
        with Archive(home, clock=clock) as archive:
            paper = Paper(archive, clock)
            look(archive, paper)
            paper.end()
        clock.advance(DAY)
    return home


def _first(archive: Archive, paper: Paper) -> None:
    paper.prints(views=10)
    paper.prints(url=MARKET, title="Market opens", authors=("Ben Cruz",), body=("Fish was sold.",))
    paper.answers(304, at=paper.clock.advance(HOUR))
    archive.save(paper.capture(url="https://lakeside.example/robots.txt"))
    archive.save(paper.capture(status=301, url=MOVED, headers=(("Location", STORY),), reason="Moved Permanently"))


def _edited(archive: Archive, paper: Paper) -> None:
    paper.prints(title="Two drowned", views=20)


def _gone(archive: Archive, paper: Paper) -> None:
    paper.answers(404)


def _restored(archive: Archive, paper: Paper) -> None:
    paper.prints(title="Two drowned", views=30)
    paper.answers(410, url=MARKET)


def everything(archive: Archive, what: Selection | Story | None = None) -> Articles:
    with archive.engine.connect() as connection:
        return chosen(connection, what or Selection())


def extract(home: Path, target: Path, what: Selection | Story | None = None) -> Extracted:
    with Archive(home, readonly=True) as archive:
        return write_warc(archive, everything(archive, what), target, {"query": None})


def test_every_capture_and_reading_of_a_story_is_in_the_file_and_nothing_of_another(
    filled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "flood.warc.gz"
    made = extract(filled, out, Story(STORY))
    assert (made.name, made.bytes, len(made.places), made.readings, made.visits) == (
        out.name,
        out.stat().st_size,
        7,
        3,
        5,
    )
    things = list(told(records(out)))
    assert {thing.capture.url for thing in things if isinstance(thing, Captured)} == {STORY, MOVED}
    assert sum(isinstance(thing, WasRead) for thing in things) == 3
    assert b"Fish was sold" not in b"".join(record.raw for record in records(out))
    assert made.records == len(list(records(out)))


def test_a_rebuild_of_what_was_handed_over_gives_the_same_history(
    filled: Path, tmp_path: Path, clock: SettableClock
) -> None:
    taken = tmp_path / "taken"
    (taken / "warc").mkdir(parents=True)
    extract(filled, taken / "warc" / "handed-over.warc.gz")
    assert rebuild_into(taken, tmp_path / "again", clock).problems == ()
    again = database_of(tmp_path / "again")
    with Archive(filled, readonly=True) as old, Archive(tmp_path / "again", database=again, readonly=True) as new:
        for url in (STORY, MARKET):
            assert corpus.history(new, url) == corpus.history(old, url)
        assert [version["change"] for version in corpus.history(new, STORY).versions] == [
            "new", "revised", "gone", "restored",
        ]  # fmt: skip
        assert derived(new) == derived(old)


def database_of(home: Path) -> str:
    return f"sqlite:///{home / DATABASE_NAME}"


def derived(archive: Archive) -> set[str]:
    """Return the rows of what is told of stories, by natural keys."""
    tables = {"version", "article", "reading", "counter_reading", "article_url", "content", "author"}
    with archive.engine.connect() as connection:
        return {line for line in dump(connection) if json.loads(line)["table"] in tables}


def test_a_reading_made_later_is_found_in_its_own_file(filled: Path, tmp_path: Path, clock: SettableClock) -> None:
    with Archive(filled, clock=clock) as archive:
        first = next(iter(archive.story_captures(site="lakeside"))).load(archive.warc_folder)
        visit = Paper(archive, clock).begin()
        better = reading(canonical=STORY, dateline="Panublion")
        assert (
            archive.reread(replace(first, visit=visit), better, article=Paper(archive, clock).history().key) == "reread"
        )
    made = extract(filled, tmp_path / "flood.warc.gz", Story(STORY))
    assert made.readings == 4
    read = [thing.values for thing in told(records(tmp_path / "flood.warc.gz")) if isinstance(thing, WasRead)]
    assert read[-1]["dateline"] == "Panublion"


def test_packed_files_are_handed_over_as_gzip(filled: Path, tmp_path: Path, clock: SettableClock) -> None:
    plain = extract(filled, tmp_path / "plain.warc.gz")
    with Archive(filled, clock=clock) as archive:
        pack(archive, sorted(path.name for path in archive.warc_folder.glob("*.warc.gz")))
    packed = extract(filled, tmp_path / "packed.warc.gz")
    assert (packed.records, packed.readings, len(packed.places)) == (plain.records, plain.readings, len(plain.places))
    ours, theirs = (sorted(record.raw for record in records(tmp_path / f"{name}.warc.gz"))
                    for name in ("plain", "packed"))  # fmt: skip
    assert [raw for raw in ours if b"extract" not in raw] == [raw for raw in theirs if b"extract" not in raw]


def test_what_is_taken_down_is_not_handed_over(filled: Path, tmp_path: Path) -> None:
    with Archive(filled) as archive:
        archive.take_down("url", "https://lakeside.example/2026/11/flood*", "a court said so")
        with pytest.raises(TakenDownError):
            everything(archive, Story(STORY))
        made = write_warc(archive, everything(archive), tmp_path / "left.warc.gz", {})
    raw = b"".join(record.raw for record in records(tmp_path / "left.warc.gz"))
    assert len(made.places) == 2
    assert BODY[0].encode() not in raw
    assert STORY.encode() not in raw.replace(MARKET.encode(), b"")


@pytest.mark.sqlite
def test_a_full_disk_leaves_what_was_there_and_nothing_half(home: Path, tmp_path: Path, clock: SettableClock) -> None:
    with Archive(home, clock=clock) as archive:
        archive.save(Paper(archive, clock).capture(payload=random.Random(1).randbytes(200_000)), reading())
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.warc.gz").write_bytes(b"old")
    # No file may grow beyond 100 kB, as on a disk that is full by then.
    command = f"ulimit -f 100; exec hemeroteca warc export {folder}/old.warc.gz --home {home}"
    surroundings = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=surroundings)
    assert said.stderr == f"hemeroteca: {folder}/old.warc.gz: cannot write: File too large\n"
    assert said.returncode == 1
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("old.warc.gz", b"old")]


def test_what_cannot_be_handed_over_is_refused_with_the_reason(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with Archive(filled, readonly=True) as archive:
        with pytest.raises(NotFoundError, match="no capture of these stories"):
            write_warc(archive, everything(archive, Selection(query="nowhere")), folder / "none.warc.gz", {})
        with pytest.raises(StoreError, match="name the file …"):
            write_wacz(archive, everything(archive), folder / "flood.zip", "Flood", {})
        with pytest.raises(StoreError, match="is there already"):
            write_bag(archive, everything(archive), folder, "Flood", {})
        with pytest.raises(StoreError, match="cannot write: No such file"):
            write_bag(archive, everything(archive), folder / "not" / "there", "Flood", {})
    assert list(folder.iterdir()) == []


@needs_pywb
@pytest.mark.sqlite
def test_pywb_replays_what_was_handed_over(filled: Path, tmp_path: Path) -> None:
    extract(filled, tmp_path / "flood.warc.gz")
    folder = tmp_path / "pywb"
    folder.mkdir()
    with wayback(folder, tmp_path / "flood.warc.gz") as pywb:
        first = pywb.replay("20261102080000", STORY)
        assert (first[0], first[2][:21]) == (200, b"<html>200 https://lak")
        assert pywb.replay("20261102090000", STORY)[::2] == first[::2]  # the 304
        edited = pywb.replay("20261103090000", STORY)
        assert (edited[0], edited[2] == first[2]) == (200, False)
        assert pywb.replay("20261104090000", STORY)[0] == 404
        assert pywb.replay("20261106090000", MARKET)[0] == 410
        status, headers, _ = pywb.replay("20261102090000", MOVED)
        assert (status, headers["location"].endswith(STORY)) == (301, True)


@needs_clients
@pytest.mark.sqlite
def test_the_real_wacz_finds_ours_valid_and_one_changed_byte_not(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "flood.wacz"
    with Archive(filled, readonly=True) as archive:
        write_wacz(archive, everything(archive), target, "The flood ñ", {})
    assert "the passed WACZ is valid" in client("wacz", "validate", "-f", target).stdout
    with ZipFile(target) as held:
        pages = [json.loads(line) for line in held.read("pages/pages.jsonl").splitlines()]
        info = {one.filename: one.compress_type for one in held.infolist()}
        index = held.read("indexes/index.cdx.gz")
        (tmp_path / "data.warc.gz").write_bytes(held.read("archive/data.warc.gz"))
    assert (pages[0]["title"], [page["title"] for page in pages[1:]]) == (
        "The flood ñ", ["Flood closes the old bridge", "Two drowned", "Two drowned", "Market opens"],
    )  # fmt: skip
    assert (info["archive/data.warc.gz"], info["indexes/index.cdx.gz"]) == (0, 0)
    theirs = client("cdxj-indexer", "-s", tmp_path / "data.warc.gz").stdout.splitlines(keepends=True)
    assert gzip.decompress(index).decode() == "".join(line for line in theirs if not line.startswith("urn:"))
    changed = bytearray(target.read_bytes())
    changed[changed.index(b"indexes/index.cdx.gz") + 60] ^= 1
    target.write_bytes(changed)
    assert "the passed WACZ is valid" not in client("wacz", "validate", "-f", target, check=False).stdout


@needs_clients
@pytest.mark.sqlite
def test_the_real_bagit_finds_ours_valid_and_one_byte_more_not(filled: Path, tmp_path: Path) -> None:
    bag = tmp_path / "bag"
    with Archive(filled, readonly=True) as archive:
        made = write_bag(archive, everything(archive), bag, "The flood\nof 2026", {})
    assert (made.stories, made.files) == (2, 2)
    client("bagit.py", "--validate", bag)
    stories = [json.loads(line) for line in (bag / "data" / "stories.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {story["title"] for story in stories} == {"Two drowned", "Market opens"}
    with (bag / "data" / "stories.warc.gz").open("ab") as file:
        file.write(b"x")
    assert client("bagit.py", "--validate", bag, check=False).returncode == 1


def client(name: str, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run([CLIENTS / name, *words], capture_output=True, text=True, check=check, timeout=120)


@pytest.mark.parametrize(
    ("words", "made", "counts"),
    [
        (["warc", "export", "a.warc.gz", "--query", "drowned"], "a.warc.gz", {"captures": 7, "visits": 5}),
        (["wacz", "a.wacz", "--story", MARKET], "a.wacz", {"captures": 2, "readings": 1}),
        (["bagit", "a", "--site", "lakeside"], "a", {"files": 2, "stories": 2}),
    ],
)
def test_the_commands_say_what_they_wrote_and_note_it(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], made: str, counts: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, [*words, "--home", str(filled), "--json"])
    assert (said.exit_code, said.stderr) == (0, "")
    figures = json.loads(said.stdout)
    assert {name: figures[name] for name in counts} == counts
    assert (tmp_path / made).exists()
    noted = CliRunner().invoke(app, ["events", "--home", str(filled), "--json"]).stdout.splitlines()
    assert json.loads(noted[0])["type"].startswith("export ")
    assert (
        "captures, " in CliRunner().invoke(app, [*words[:-1], words[-1], "--home", str(filled)]).stderr or made == "a"
    )


def test_a_person_is_told_what_was_written(filled: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["wacz", str(tmp_path / "a.wacz"), "--home", str(filled)])
    assert said.stdout == ""
    size = (tmp_path / "a.wacz").stat().st_size
    assert " ".join(said.stderr.split()) == f"9 captures, {size:,} bytes written to {tmp_path / 'a.wacz'}"


def test_one_story_and_a_choice_of_many_exclude_each_other(filled: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(
        app, ["wacz", str(tmp_path / "a.wacz"), "--story", STORY, "--site", "lakeside", "--home", str(filled)]
    )
    assert said.exit_code == 2

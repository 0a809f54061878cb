"""Datasets in a folder: what is in them, whole or not there, the same bytes for the same archive."""

from __future__ import annotations

import csv
import gzip
import io
import os
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import sqlalchemy as sa
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archive import Archive, ArchiveError, QueryError, StoreError
from archive.export import Asked, Wanted, dataset, export_dataset, lines, marks, parse_split
from archive.export import rows as export_rows
from archive.export.files import FORMS
from archive.export.sheet import harmless
from archive.rebuild import rebuild_into
from archive.selection import Selection, Versions
from tests.archive.exporting import address, digests, fill, key, print_story
from tests.archive.make import DAY, Paper

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.archive.make import SettableClock

HEMEROTECA = Path(sys.executable).with_name("hemeroteca")
PLAIN = FORMS["jsonl"]


@pytest.fixture
def filled(archive: Archive, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> Archive:
    fill(archive, clock)
    monkeypatch.setattr(export_rows, "BATCH", 3)
    return archive


def unzst(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(data).read()


def read(folder: Path, pattern: str = "data/*") -> list[dict[str, Any]]:
    return [orjson.loads(line) for path in sorted(folder.glob(pattern)) for line in path.read_bytes().splitlines()]


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((folder / "manifest.json").read_bytes())
    return found


# ------------------------------------------------------------------ what is in it


def test_a_dataset_holds_every_article_once_in_the_order_of_keys(filled: Archive, tmp_path: Path) -> None:
    made = export_dataset(filled, tmp_path / "set", Asked(form=PLAIN, part_rows=4))
    told = read(tmp_path / "set")
    assert [one["id"] for one in told] == sorted(one["id"] for one in told)
    assert {one["id"]: one for one in told} == {one["id"]: one for one in map(orjson.loads, lines(filled, Wanted()))}
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == [
        "README.md", "article.schema.json", "croissant.json", "data", "datapackage.json", "manifest.json",
        "tombstone.schema.json",
    ]  # fmt: skip
    assert [part["rows"] for part in made.manifest["parts"]] == [4, 4, 4, 2]
    assert made.manifest == manifest(tmp_path / "set")


def test_a_manifest_tells_what_was_asked_and_the_digest_of_every_part(filled: Archive, tmp_path: Path) -> None:
    asked = Asked(wanted=Wanted(selection=Selection(site="lakeside"), texts=False), form=FORMS["jsonl.zst"])
    told = export_dataset(filled, tmp_path / "set", asked).manifest
    assert told["query"] == {"site": "lakeside", "versions": "latest", "text": False, "counters": False,
                             "near_duplicates": True, "dedupe": None}  # fmt: skip
    counts = told["counts"]
    assert (counts["articles"], counts["rows"], counts["sites"], counts["languages"]) == (
        5, 5, {"lakeside": 5}, {"en": 5}
    )  # fmt: skip
    assert told["as_of"].startswith("2026-11-07T08:00:00")
    assert "papers and authors" in told["licence"]
    found = digests(tmp_path / "set")
    assert {part["path"]: part["sha256"] for part in told["parts"]} == {
        name: digest for name, digest in found.items() if name.startswith("data/")
    }
    assert all((tmp_path / "set" / part["path"]).stat().st_size == part["bytes"] for part in told["parts"])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_holds_the_same(filled: Archive, tmp_path: Path, form: Any) -> None:
    wanted = Wanted(selection=Selection(versions=Versions.ALL), counters=True)
    export_dataset(filled, tmp_path / "plain", Asked(wanted=wanted, form=PLAIN))
    export_dataset(filled, tmp_path / "set", Asked(wanted=wanted, form=form, exact_csv=True))
    [path] = (tmp_path / "set" / "data").iterdir()
    assert path.name == f"articles-00001.{form.name}"
    assert _told(path.read_bytes(), form) == [_flat(one) for one in read(tmp_path / "plain")]


def _told(data: bytes, form: Any) -> list[dict[str, Any]]:
    """Return what a file holds, values as CSV has them."""
    if form.kind == "parquet":
        from pyarrow import parquet

        return [_flat(_untyped(row)) for row in parquet.read_table(io.BytesIO(data)).to_pylist()]
    plain = {"": bytes, "gz": gzip.decompress, "zst": unzst}[form.compression](data)
    if form.kind == "jsonl":
        return [_flat(orjson.loads(line)) for line in plain.splitlines()]
    return [dict(row) for row in csv.DictReader(io.StringIO(plain.decode(), newline=""))]


def _untyped(value: Any) -> Any:
    """Return a value of a Parquet file as JSON has it."""
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        plain = {name: _untyped(part) for name, part in value.items()}
        if "sources" in plain:
            plain["sources"] = {each["key"]: each["value"] for each in plain["sources"]}
        return plain
    return [_untyped(part) for part in value] if isinstance(value, list) else value


def _flat(article: dict[str, Any]) -> dict[str, Any]:
    def cell(value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return orjson.dumps(value).decode() if isinstance(value, list | dict) else "" if value is None else str(value)

    return {name: cell(value) for name, value in article.items()}


def test_parquet_has_times_numbers_and_lists_as_such(filled: Archive, tmp_path: Path) -> None:
    from pyarrow import parquet

    export_dataset(filled, tmp_path / "set", Asked(form=FORMS["parquet"]))
    types = {field.name: str(field.type) for field in parquet.read_schema(*(tmp_path / "set/data").iterdir())}
    assert types["valid_from"] == types["last_seen"] == "timestamp[us, tz=UTC]"
    assert (types["views"], types["stealth"], types["published"]) == ("int64", "bool", "string")
    assert types["sources"].startswith("list<")
    assert types["sources"].endswith("struct<key: string, value: string>>")
    assert types["tags"].startswith("list<")
    assert types["authors"].startswith("list<")
    assert "fetched_at: timestamp[us, tz=UTC]" in types["capture"]


def test_no_cell_of_a_csv_begins_like_a_formula(filled: Archive, tmp_path: Path) -> None:
    wanted = Wanted(selection=Selection(versions=Versions.ALL))
    for exact in (False, True):
        folder = tmp_path / str(exact)
        export_dataset(filled, folder, Asked(wanted=wanted, form=FORMS["csv"], exact_csv=exact))
        text = (folder / "data/articles-00001.csv").read_bytes().decode()
        titles = [row["title"] for row in csv.DictReader(io.StringIO(text, newline=""))]
        assert ('\'=HYPERLINK("https://evil.example")' in titles) is not exact
        assert ('=HYPERLINK("https://evil.example")' in titles) is exact


@pytest.mark.sqlite
@given(st.text("=+-@\t\r\n'＝aé🌊 ") | st.text())
def test_a_cell_made_harmless_loses_nothing(text: str) -> None:
    told = harmless(text)
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert (told.removeprefix("'")) == text


def test_parquet_without_its_library_says_what_to_install(
    filled: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "archive.export.parquet", raising=False)
    with pytest.raises(ArchiveError, match=r"Parquet needs `pip install 'hemeroteca\[parquet\]'`"):
        export_dataset(filled, tmp_path / "set", Asked(form=FORMS["parquet"]))


@pytest.mark.sqlite
def test_nothing_but_an_export_as_parquet_imports_pyarrow() -> None:
    told = "import archive.cli, archive.export, sys; print('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, check=True).stdout == b"False\n"


def test_an_empty_archive_gives_an_empty_dataset(archive: Archive, tmp_path: Path) -> None:
    told = export_dataset(archive, tmp_path / "set", Asked(form=PLAIN)).manifest
    assert (told["counts"]["rows"], told["as_of"]) == (0, None)
    assert (tmp_path / "set/data/articles-00001.jsonl").read_bytes() == b""


# ------------------------------------------------------------------ splits


@pytest.mark.parametrize("how", ["cluster:50,25,25", "cluster:50,50", "time:2026-11-03", "time:2026-11-04,2026-11-06"])
@pytest.mark.parametrize("versions", list(Versions))
def test_no_text_and_no_copy_of_it_is_in_two_splits(
    filled: Archive, tmp_path: Path, how: str, versions: Versions
) -> None:
    asked = Asked(
        wanted=Wanted(selection=Selection(versions=versions)), form=PLAIN, split=parse_split(how), part_rows=3
    )
    export_dataset(filled, tmp_path / "set", asked)
    splits, texts = defaultdict(set), defaultdict(set)
    count = 0
    for path in (tmp_path / "set/data").iterdir():
        for line in path.read_bytes().splitlines():
            told = orjson.loads(line)
            name = path.name.partition("-")[0]
            splits[told["cluster"] or told["id"]].add(name)
            texts[told["body"]].add(name)
            count += 1
    assert all(len(names) == 1 for names in (*splits.values(), *texts.values()))
    assert count == (16 if versions is Versions.ALL else 14)
    assert len({name for names in splits.values() for name in names}) > 1


# ------------------------------------------------------------------ the same bytes


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "csv.zst", "parquet"])
def test_other_processes_make_the_same_bytes(filled: Archive, home: Path, tmp_path: Path, form: str) -> None:
    url = filled.engine.url.render_as_string(hide_password=False)
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"}
        subprocess.run(
            [HEMEROTECA, "export", tmp_path / seed, "--as", form, "--versions", "all", "--counters", "--part-rows", "5",
             "--split", "cluster:50,50", "--home", home, "--database", url],
            check=True, env=environment, capture_output=True,
        )  # fmt: skip
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
    assert len(digests(tmp_path / "1")) > 8


def test_an_archive_made_again_from_its_warc_files_gives_the_same_bytes(
    home: Path, clock: SettableClock, tmp_path: Path
) -> None:
    wanted = Wanted(selection=Selection(versions=Versions.ALL), counters=True)
    asked = Asked(wanted=wanted, form=FORMS["jsonl.gz"], split=parse_split("time:2026-11-04"))
    with Archive(home, clock=clock) as archive:
        fill(archive, clock)
        export_dataset(archive, tmp_path / "before", asked)
    rebuild_into(home, tmp_path / "again", clock)
    with Archive(tmp_path / "again", database=f"sqlite:///{tmp_path}/again/archive.sqlite", readonly=True) as archive:
        export_dataset(archive, tmp_path / "after", asked)  # of PostgreSQL, if that is what is tested, on SQLite
    assert digests(tmp_path / "after") == digests(tmp_path / "before")


# ------------------------------------------------------------------ killed


def _in_a_child(work: Callable[[], None]) -> int:
    """Do something in a process of its own; return what it ended by."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


def _kill_me(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _export_killed(home: Path, folder: Path, asked: Asked, after: int) -> None:
    """Export in a process that is killed after so many articles."""

    def work() -> None:
        done = 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            if more and done > after:
                _kill_me()

        with Archive(home, readonly=True) as archive:
            export_dataset(archive, folder, asked, progress)

    assert _in_a_child(work) == signal.SIGKILL


@pytest.mark.parametrize("form", ["jsonl.zst", "csv.gz", "parquet"])
def test_a_killed_export_goes_on_and_gives_the_same_bytes(
    filled: Archive, home: Path, tmp_path: Path, form: str
) -> None:
    asked = Asked(form=FORMS[form], part_rows=3, split=parse_split("cluster:50,50"))
    export_dataset(filled, tmp_path / "whole", asked)
    resumed = []
    for after in range(0, 14, 3):
        _export_killed(home, tmp_path / str(after), asked, after)
        assert not (tmp_path / str(after) / "manifest.json").exists()
        resumed.append(export_dataset(filled, tmp_path / str(after), asked).resumed)
        assert digests(tmp_path / str(after)) == digests(tmp_path / "whole")
    assert resumed == sorted(resumed)
    assert resumed[-1] > resumed[0] == 0


@pytest.mark.parametrize("where", ["_Export.describe", "marks.move", "_finish", "shutil.rmtree"])
def test_a_mark_moves_once_whenever_the_end_of_an_export_is_killed(
    filled: Archive, home: Path, clock: SettableClock, tmp_path: Path, where: str
) -> None:
    asked = Asked(form=PLAIN, part_rows=3, since="weekly")
    export_dataset(filled, tmp_path / "first", asked)
    print_story(filled, clock, "highland", 0, day=8, title="Edited")

    def work() -> None:
        owner, _, name = where.rpartition(".")
        setattr(getattr(dataset, owner) if owner else dataset, name, _kill_me)
        with Archive(home, readonly=True) as archive:
            export_dataset(archive, tmp_path / "second", asked)

    assert _in_a_child(work) == signal.SIGKILL
    if where != "shutil.rmtree":
        assert not (tmp_path / "second" / "manifest.json").exists()
        export_dataset(filled, tmp_path / "second", asked)
    assert [one["title"] for one in read(tmp_path / "second")] == ["Edited"]
    assert export_dataset(filled, tmp_path / "third", asked).manifest["counts"]["rows"] == 0
    assert manifest(tmp_path / "second")["mark"]["to"] == manifest(tmp_path / "third")["mark"]["from"]


def test_an_archive_that_changed_meanwhile_is_exported_anew(
    filled: Archive, home: Path, clock: SettableClock, tmp_path: Path
) -> None:
    asked = Asked(form=PLAIN, part_rows=3)
    _export_killed(home, tmp_path / "set", asked, 10)
    first = read(tmp_path / "set")[0]["id"]
    filled.take_down("article", first, "asked to")
    made = export_dataset(filled, tmp_path / "set", asked)
    assert made.resumed == 0
    assert first not in {one["id"] for one in read(tmp_path / "set")}
    export_dataset(filled, tmp_path / "whole", asked)
    assert digests(tmp_path / "set") == digests(tmp_path / "whole")


def test_a_folder_that_holds_something_else_is_left_alone(filled: Archive, home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("not yours")
    with pytest.raises(ArchiveError, match="not empty; a dataset needs a folder of its own"):
        export_dataset(filled, tmp_path / "mine", Asked())
    export_dataset(filled, tmp_path / "set", Asked())
    with pytest.raises(ArchiveError, match="holds a dataset already"):
        export_dataset(filled, tmp_path / "set", Asked())
    _export_killed(home, tmp_path / "half", Asked(part_rows=3), 5)
    with pytest.raises(ArchiveError, match="holds half of another export"):
        export_dataset(filled, tmp_path / "half", Asked(part_rows=4))
    with pytest.raises(StoreError, match="cannot write"):
        export_dataset(filled, tmp_path / "mine" / "notes.txt", Asked())


# ------------------------------------------------------------------ since the last


def test_only_what_is_new_or_reads_differently_is_exported_since_the_last(
    filled: Archive, clock: SettableClock, tmp_path: Path
) -> None:
    asked = Asked(form=PLAIN, since="weekly")
    assert export_dataset(filled, tmp_path / "1", asked).manifest["counts"]["rows"] == 14
    print_story(filled, clock, "lakeside", 0, day=8, views=999)  # only its counter moved
    print_story(filled, clock, "lakeside", 1, day=8, title="Edited")
    print_story(filled, clock, "highland", "new", day=8)
    told = export_dataset(filled, tmp_path / "2", asked).manifest
    assert {one["title"] for one in read(tmp_path / "2")} == {"Edited", "highland new"}
    assert told["counts"]["tombstones"] == 0
    assert told["mark"]["from"] == manifest(tmp_path / "1")["mark"]["to"]


def test_what_is_gone_taken_down_or_left_gets_a_tombstone(
    filled: Archive, clock: SettableClock, tmp_path: Path
) -> None:
    asked = Asked(form=PLAIN, since="weekly", wanted=Wanted(selection=Selection(query="story OR tells OR storm")))
    export_dataset(filled, tmp_path / "1", asked)
    hidden, gone, left = (key(filled, "lakeside", 0), key(filled, "lakeside", 1), key(filled, "lakeside", 2))
    wire, copy = key(filled, "highland", "wire"), key(filled, "bisaya", "wire")
    filled.take_down("article", hidden, "asked to by Ana")
    Paper(filled, clock, "lakeside").visited(410, at=clock.advance(9 * DAY), url=address("lakeside", 1))
    print_story(filled, clock, "lakeside", 2, day=9, body=("Something else.",))
    filled.take_down("article", wire, "wrong name")
    export_dataset(filled, tmp_path / "2", asked)
    buried = {one["id"]: one for one in read(tmp_path / "2", "tombstones/*")}
    assert {name: (one["reason"], one["removed"], one["note"]) for name, one in buried.items()} == {
        hidden: ("taken_down", True, "asked to by Ana"),
        wire: ("taken_down", True, "wrong name"),
        gone: ("gone", False, None),
        left: ("left", True, None),
    }
    told = {one["id"]: one for one in read(tmp_path / "2")}
    assert told[gone]["state"] == "gone"
    assert wire not in told[copy]["near_duplicates"]  # a copy is told again without what was taken down
    [takedown] = [one for one in _takedowns(filled) if one["reason"] == "asked to by Ana"]
    filled.lift(takedown["id"], "settled")
    export_dataset(filled, tmp_path / "3", asked)
    assert [one["id"] for one in read(tmp_path / "3")] == [hidden]


def _takedowns(archive: Archive) -> list[dict[str, Any]]:
    from archive.takedown import listing

    with archive.engine.connect() as connection:
        return listing(connection)


def test_an_opt_out_that_comes_or_goes_is_told(filled: Archive, clock: SettableClock, tmp_path: Path) -> None:
    asked = Asked(form=PLAIN, since="open", wanted=Wanted(selection=Selection(without_opt_outs=True)))
    export_dataset(filled, tmp_path / "1", asked)
    kept = key(filled, "lakeside", 0)
    print_story(filled, clock, "lakeside", 0, day=8, opt_outs=("noarchive",))
    export_dataset(filled, tmp_path / "2", asked)
    assert [(one["id"], one["reason"]) for one in read(tmp_path / "2", "tombstones/*")] == [(kept, "left")]
    print_story(filled, clock, "lakeside", 0, day=9)
    export_dataset(filled, tmp_path / "3", asked)
    assert [one["id"] for one in read(tmp_path / "3")] == [kept]


def test_a_mark_belongs_to_its_query_and_can_be_forgotten(filled: Archive, tmp_path: Path) -> None:
    asked = Asked(form=PLAIN, since="weekly")
    export_dataset(filled, tmp_path / "1", asked)
    export_dataset(filled, tmp_path / "csv", Asked(form=FORMS["csv"], since="weekly"))  # in another form: the same
    other = Asked(form=PLAIN, since="weekly", wanted=Wanted(texts=False))
    with pytest.raises(QueryError, match="the mark 'weekly' was made by another query"):
        export_dataset(filled, tmp_path / "2", other)
    with filled.engine.connect() as connection:
        [told] = marks.listing(connection)
    assert (told["name"], told["articles"]) == ("weekly", 14)
    marks.forget(filled.engine, "weekly")
    assert export_dataset(filled, tmp_path / "3", other).manifest["counts"]["rows"] == 14


def test_a_mark_moves_only_when_the_export_is_whole(
    filled: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(form=PLAIN, since="weekly")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(dataset._Export, "describe", full)
        with pytest.raises(StoreError, match="cannot write: No space left on device"):
            export_dataset(filled, tmp_path / "1", asked)
    with filled.engine.connect() as connection:
        assert marks.listing(connection) == []


def test_two_exports_of_one_mark_do_not_both_move_it(filled: Archive, tmp_path: Path) -> None:
    export_dataset(filled, tmp_path / "1", Asked(since="weekly"))
    with filled.engine.connect() as connection:
        mark = marks.find(connection, "weekly", Asked().query_digest)
    assert mark is not None
    marks.move(filled.engine, "weekly", mark, mark.seq + 1, mark.query_digest, [], {})
    with pytest.raises(StoreError, match="was moved by another export meanwhile"):
        marks.move(filled.engine, "weekly", mark, mark.seq + 2, mark.query_digest, [], {})


def test_a_change_that_is_committed_late_is_not_lost(filled: Archive) -> None:
    if filled.engine.dialect.name == "sqlite":
        return  # lets one writer in, so changes are committed in the order of their numbers
    late, early = filled.engine.connect(), filled.engine.connect()
    insert = "INSERT INTO change_log(at, article_id, kind) SELECT 1, min(id), 'reread' FROM article"
    late.execute(sa.text(insert))  # has the smaller number, and is not committed yet
    early.execute(sa.text(insert))
    early.commit()
    early.close()
    committing = _later(late.commit)
    with marks.moment(filled.engine) as (connection, seq):
        count = connection.scalar(sa.text("SELECT count(*) FROM change_log WHERE seq <= :seq"), {"seq": seq})
        newest = connection.scalar(sa.text("SELECT max(seq) FROM change_log"))
        assert (seq, count) == (newest, newest)  # waited for it: no number is missing below the mark
    committing.join()
    late.close()


def _later(work: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(0.5, work)
    timer.start()
    return timer

"""Every kind of damage is found, and a whole archive has none."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from archive import Archive, read_captures
from archive import tables as t
from archive.audit import Verdict, verify, warc_bytes
from archive.cli import app
from archive.scan import members
from tests.archive.make import DAY, HOUR, START, Paper, SettableClock, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def whole(home: Path, clock: SettableClock) -> Path:
    """An archive with two sealed WARC files; return its home."""
    for name in ("lakeside", "highland"):
        with Archive(home, clock=clock) as archive:
            paper = Paper(archive, clock, name)
            story = f"https://{name}.example/1/"
            paper.prints(url=story, views=3)
            paper.prints(url=story, title="Two", at=clock.advance(HOUR))
            paper.answers(304, url=story, at=clock.advance(HOUR))
            paper.answers(404, url=f"https://{name}.example/lost/")
            paper.answers(None, url=f"https://{name}.example/refused/")
            paper.end()
    return home


def verified(home: Path) -> Verdict:
    with Archive(home, readonly=True) as archive:
        return verify(archive)


def warcs(home: Path) -> list[Path]:
    return sorted((home / "warc").glob("*.warc.gz"))


def faults(home: Path) -> list[str]:
    """Return what is wrong; the command must say so with its status too."""
    found = [f"{fault.where}: {fault.what}" for fault in verified(home).faults]
    told = CliRunner().invoke(app, ["verify", "--home", str(home)])
    assert told.exit_code == (1 if found else 0), told.output
    return found


def test_a_whole_archive_has_no_fault(whole: Path) -> None:
    verdict = verified(whole)
    assert verdict.faults == faults(whole) == []
    assert (verdict.files, verdict.records, verdict.captures, verdict.contents) == (2, 20, 10, 2)
    assert verdict.bytes == sum(path.stat().st_size for path in warcs(whole))


def test_a_verification_tells_how_far_it_is(whole: Path) -> None:
    done: list[int] = []
    with Archive(whole, readonly=True) as archive:
        verify(archive, done.append)
        assert sum(done) == warc_bytes(archive)


def test_an_archive_that_is_being_written_has_no_fault(paper: Paper, home: Path) -> None:
    paper.prints()
    assert faults(home) == []


def test_every_flipped_byte_of_a_file_is_found(whole: Path) -> None:
    path = warcs(whole)[0]
    data = path.read_bytes()
    with Archive(whole, readonly=True) as archive:
        for place in range(0, len(data), 37):
            path.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
            assert any(path.name in fault.where for fault in verify(archive).faults), place
            assert list(read_captures(path)), place  # reads what it can, and never fails
    path.write_bytes(data)
    assert faults(whole) == []


@pytest.mark.parametrize(
    "field",
    [
        *((name, b"X-Lost") for name in (b"WARC-Target-URI", b"WARC-Record-ID", b"WARC-Type", b"Content-Length")),
        (b"Block-Digest: sha256:", b"Block-Digest: sha256:0g"),
    ],
)
def test_a_record_with_a_damaged_field_is_a_fault_and_not_a_crash(whole: Path, field: tuple[bytes, bytes]) -> None:
    path = warcs(whole)[0]
    with path.open("rb") as file:
        records = [raw for _, _, raw in members(file)]
    records[1] = records[1].replace(*field, 1)
    path.write_bytes(b"".join(gzip.compress(record, mtime=0) for record in records))
    assert any(path.name in fault for fault in faults(whole))


def test_a_flipped_bit_is_told_with_its_file(whole: Path) -> None:
    path = warcs(whole)[1]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert any(path.name in fault and "sha256" in fault for fault in faults(whole))
    assert any("a record breaks off or is damaged here" in fault for fault in faults(whole))


@pytest.mark.parametrize("cut", [1, 100])
def test_a_file_cut_short_is_found(whole: Path, cut: int) -> None:
    path = warcs(whole)[0]
    path.write_bytes(path.read_bytes()[:-cut])
    assert any(path.name in fault for fault in faults(whole))


def test_a_file_that_lost_its_last_records_is_found(whole: Path) -> None:
    path = warcs(whole)[0]
    with Archive(whole, readonly=True) as archive:
        first = rows(archive, t.capture)[1]
    path.write_bytes(path.read_bytes()[: first.warc_offset])
    found = faults(whole)
    assert any("sha256" in fault for fault in found)
    assert any(f"byte {first.warc_offset}: the database points here, but no record is here" in fault for fault in found)


def test_a_file_that_is_gone_is_found(whole: Path) -> None:
    path = warcs(whole)[0]
    path.unlink()
    assert any(fault.startswith(f"{path.name}: the database knows this WARC file") for fault in faults(whole))


def test_a_file_that_nobody_knows_is_found(whole: Path) -> None:
    stranger = whole / "warc" / "stranger.warc.gz"
    stranger.write_bytes(warcs(whole)[0].read_bytes())
    assert faults(whole) == ["stranger.warc.gz: a WARC file that the database does not know"]
    stranger.write_bytes(gzip.compress(b"no WARC at all"))
    assert any("no WARC record is here" in fault for fault in faults(whole))


def test_a_record_whose_bytes_are_not_those_of_its_digest_is_found(whole: Path) -> None:
    path = warcs(whole)[0]
    data = path.read_bytes()
    with Archive(whole, readonly=True) as archive:
        row = rows(archive, t.capture)[0]
    start, end = row.warc_offset, row.warc_offset + row.warc_length
    forged = gzip.decompress(data[start:end]).replace(b"<html>", b"<HTML>")
    path.write_bytes(data[:start] + gzip.compress(forged) + data[end:])
    assert any(f"byte {start}: " in fault and "payload digest is not that" in fault for fault in faults(whole))


def execute(home: Path, statement: Any) -> None:
    with Archive(home, readonly=True) as archive, archive.engine.begin() as connection:
        connection.execute(statement)


CONTENT, CAPTURE = t.content.c, t.capture.c


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: t.content.update().where(CONTENT.id == 1).values(codec=0, body=b"Nothing."), "its text is not what"),
        (lambda: t.content.update().where(CONTENT.id == 1).values(title="Nothing"), "its text is not what"),
        (lambda: t.content.update().where(CONTENT.id == 1).values(codec=0, body=b"\xff\xfe"), "its text is not what"),
        (lambda: t.capture.update().where(CAPTURE.id == 1).values(warc_offset=CAPTURE.warc_offset + 1),
         "the database points here, but no record is here"),
        (lambda: t.capture.update().where(CAPTURE.id == 1).values(warc_length=CAPTURE.warc_length - 1),
         "the database points here, but no record is here"),
        (lambda: t.capture.update().where(CAPTURE.id == 1).values(record_id=b"0" * 16), "another record is here"),
        (lambda: t.capture.update().where(CAPTURE.id == 1).values(warc_file_id=None), "capture without a WARC record"),
        (lambda: t.version.update().where(t.version.c.id == 2).values(valid_to=START + DAY), "has no open version"),
        (lambda: t.warc_file.update().where(t.warc_file.c.id == 1).values(sha256=b"0" * 32), "its sha256 is not the"),
    ],
)  # fmt: skip
def test_a_database_that_was_altered_is_found(whole: Path, change: Callable[[], Any], said: str) -> None:
    execute(whole, change())
    assert any(said in fault for fault in faults(whole))


def test_an_open_file_that_lost_what_was_synced_is_found(paper: Paper, home: Path, archive: Archive) -> None:
    paper.prints()
    paper.answers(200, url="https://lakeside.example/2/")
    paper.prints(title="Two", at=START + DAY)
    [path] = archive.warc_folder.iterdir()
    row = rows(archive, t.capture)[1]
    path.write_bytes(path.read_bytes()[: row.warc_offset])
    assert any(path.name in fault for fault in faults(home))


@pytest.mark.sqlite
def test_a_damaged_page_of_the_database_is_found(whole: Path) -> None:
    with Archive(whole, readonly=True) as archive, archive.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        connection.execute(sa.text("DELETE FROM sqlite_master WHERE name = 'capture_url_fetched'"))
        connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    assert any(fault.startswith("database: ") for fault in faults(whole))

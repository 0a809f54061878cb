"""WARC files: what we write is read by others, what others write is read by us, and a kill loses nothing."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive import (
    Archive,
    Capture,
    Kind,
    Outcome,
    Skipped,
    StoreError,
    archived_headers,
    database,
    read_captures,
    warc_files,
)
from archive import tables as t
from archive.audit import verify
from archive.scan import members, read_record
from archive.warc import (
    WarcWriter,
    capture_records,
    parse_warc_date,
    record_uuid,
)
from tests.archive.make import BODY, DAY, HOUR, START, STORY, Paper, SettableClock, capture, reading, record_id, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
WARCINFO = UUID(int=7)


def written(archive: Archive) -> Path:
    """Return the one WARC file of an archive, open or sealed."""
    [path] = archive.warc_folder.iterdir()
    return path


def records(path: Path) -> list[dict[str, Any]]:
    """Return every record of a file as warcio reads it."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            http = record.http_headers
            found.append({
                "type": record.rec_type, "warc": dict(record.rec_headers.headers),
                "format": record.rec_headers.protocol, "http": http.headers if http else None,
                "status": http.statusline if http else None,
                "block": record.content_stream().read(),
            })  # fmt: skip
    return found


def a_bit_of_everything(paper: Paper) -> None:
    """Make one visit with all kinds of records, and end it."""
    paper.prints(views=7)
    paper.prints(views=9, at=paper.clock.advance(HOUR))
    paper.answers(304, at=paper.clock.advance(HOUR))
    paper.answers(404, url="https://lakeside.example/lost/")
    paper.answers(301, url="https://lakeside.example/moved/")
    paper.answers(503, url="https://lakeside.example/busy/")
    paper.answers(None, url="https://lakeside.example/refused/")
    paper.answers(200, url="https://lakeside.example/feed/")
    paper.end(listings=3)


# ------------------------------------------------------------------ what others read


def test_warcio_accepts_every_kind_of_record_we_write(paper: Paper, archive: Archive) -> None:
    a_bit_of_everything(paper)
    archive.close()
    path = written(archive)
    assert {record["type"] for record in records(path)} == {"warcinfo", "response", "revisit", "metadata"}
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", "-v", path], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    passed = checked.stdout.count("digest pass")
    assert passed == sum(bool(record["block"]) or record["type"] == "response" for record in records(path)) == 12


def test_a_response_is_written_with_all_that_finds_and_proves_it(paper: Paper, archive: Archive) -> None:
    taken = paper.capture(payload=b"<html>flood</html>")
    archive.keep(taken)
    info, response = records(written(archive))
    assert response["format"] == "WARC/1.1"
    named = response["warc"]
    assert named["WARC-Type"] == "response"
    assert named["WARC-Record-ID"] == f"<urn:uuid:{taken.record_id}>"
    assert named["WARC-Target-URI"] == STORY
    assert named["WARC-Date"] == "2026-11-02T08:00:00.000000Z"
    assert named["WARC-Warcinfo-ID"] == info["warc"]["WARC-Record-ID"]
    assert named["WARC-Payload-Digest"].startswith("sha256:")
    assert named["WARC-Block-Digest"].startswith("sha256:")
    assert named["Content-Type"] == "application/http; msgtype=response"
    assert response["status"] == "200 OK"
    assert response["block"] == b"<html>flood</html>"


def test_each_file_says_of_each_visit_which_site_and_reader_it_carries(paper: Paper, archive: Archive) -> None:
    paper.prints()
    [info] = [record for record in records(written(archive)) if record["type"] == "warcinfo"]
    lines = dict(line.split(": ", 1) for line in info["block"].decode().splitlines())
    told = json.loads(lines["hemeroteca"])
    assert told["site"]["name"] == "lakeside"
    assert told["visit"]["key"] == paper.visit
    assert told["reader"] == {"name": "hemeroteca", "version": "0.1.0", "config_digest": "cafe"}
    assert lines["format"] == "WARC File Format 1.1"
    assert info["warc"]["WARC-Filename"] == written(archive).name.removesuffix(".open")


def test_two_visits_in_one_file_have_a_warcinfo_each(archive: Archive, clock: SettableClock) -> None:
    for name in ("lakeside", "highland"):
        Paper(archive, clock, name).prints(url=f"https://{name}.example/1/")
    told = records(written(archive))
    infos = [record["warc"]["WARC-Record-ID"] for record in told if record["type"] == "warcinfo"]
    responses = [record["warc"]["WARC-Warcinfo-ID"] for record in told if record["type"] == "response"]
    assert len(set(infos)) == 2
    assert responses == infos


def test_a_304_refers_to_the_capture_it_confirms_and_keeps_its_headers_beside_it(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints()
    paper.answers(304, at=clock.advance(DAY))
    told = records(written(archive))
    first = next(record for record in told if record["type"] == "response")
    revisit, beside = told[-2:]
    named = revisit["warc"]
    assert named["WARC-Type"] == "revisit"
    assert named["WARC-Profile"].endswith("/server-not-modified")
    assert named["WARC-Refers-To-Target-URI"] == STORY
    assert named["WARC-Refers-To-Date"] == first["warc"]["WARC-Date"]
    assert named["WARC-Payload-Digest"] == first["warc"]["WARC-Payload-Digest"]
    assert (revisit["block"], revisit["http"]) == (b"", None)
    assert beside["warc"]["WARC-Concurrent-To"] == named["WARC-Record-ID"]
    assert beside["block"].startswith(b"http-status: 304\r\nhttp-header: Content-Type: text/html")


def test_a_304_refers_to_the_newest_capture_before_it(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    for text in ("One.", "Two."):
        paper.prints(body=[text], at=clock.advance(DAY))
    clock.advance(DAY)
    paper.prints(body=["Four."], at=clock() + DAY)
    paper.answers(304)
    revisit = next(record for record in records(written(archive)) if record["type"] == "revisit")
    assert revisit["warc"]["WARC-Refers-To-Date"] == "2026-11-04T08:00:00.000000Z"


def test_a_304_for_a_page_we_never_kept_is_written_as_it_came(paper: Paper, archive: Archive) -> None:
    paper.answers(304)
    [_, record, _] = records(written(archive))
    assert (record["type"], record["status"]) == ("response", "304 Not Modified")


def test_a_network_error_is_a_metadata_record_that_says_why(paper: Paper, archive: Archive) -> None:
    archive.keep(paper.capture(status=None, error="timed out\r\nWARC-Type: response", elapsed_ms=30000))
    record = records(written(archive))[1]
    assert record["type"] == "metadata"
    assert record["block"] == b"fetch-error: timed out WARC-Type: response\r\nfetch-milliseconds: 30000\r\n"


def test_what_was_read_is_journalled_in_full_once_and_in_short_while_it_stays(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    paper.prints(views=7)
    paper.prints(views=9, at=clock.advance(HOUR))
    told = [record for record in records(written(archive)) if record["type"] == "metadata"]
    full, short = (json.loads(record["block"]) for record in told)
    assert told[0]["warc"]["WARC-Target-URI"] == "urn:hemeroteca:reading:" + STORY
    assert told[0]["warc"]["WARC-Concurrent-To"] == f"<urn:uuid:{record_id(STORY, START, 200)}>"
    assert (full["form"], full["paragraphs"], full["title"]) == ("full", list(BODY), "Flood closes the old bridge")
    assert short["form"] == "short"
    assert "paragraphs" not in short
    assert short["counters"][0]["value"] == 9
    assert (short["article"], short["digest"]) == (full["article"], full["digest"])


def test_a_reading_saved_without_naming_its_article_is_short_too_while_it_stays(
    paper: Paper, archive: Archive, clock: SettableClock
) -> None:
    archive.save(paper.capture(), reading(canonical=STORY))
    archive.save(paper.capture(at=clock.advance(HOUR)), reading(canonical=STORY))
    told = [json.loads(r["block"]) for r in records(written(archive)) if r["type"] == "metadata"]
    assert [one["form"] for one in told] == ["full", "short"]


def test_the_end_of_a_visit_is_journalled(paper: Paper, archive: Archive) -> None:
    paper.prints()
    key = paper.visit
    paper.end(believe=False, exit_status=3, listings=2)
    record = records(written(archive))[-1]
    assert record["warc"]["WARC-Target-URI"] == f"urn:hemeroteca:visit:{key}"
    told = json.loads(record["block"])
    assert (told["exit_status"], told["removals_believed"], told["report"]) == (3, False, {"listings": 2})


# ------------------------------------------------------------------ form


def test_the_coding_of_the_transfer_is_kept_under_another_name() -> None:
    headers = (("Content-Type", "text/html"), ("content-encoding", "br"), ("Transfer-Encoding", "chunked"),
               ("Content-Length", "17"))  # fmt: skip
    assert archived_headers(headers, 40) == (
        ("Content-Type", "text/html"), ("X-Archive-Orig-content-encoding", "br"),
        ("X-Archive-Orig-Transfer-Encoding", "chunked"), ("X-Archive-Orig-Content-Length", "17"),
        ("Content-Length", "40"),
    )  # fmt: skip


def test_a_length_that_is_true_is_left_alone() -> None:
    assert archived_headers((("content-length", "40"),), 40) == (("content-length", "40"),)


def test_a_record_says_the_true_length_of_its_payload() -> None:
    [record] = capture_records(capture(payload=b"12345", headers=(("Content-Length", "99"),)), WARCINFO, None, START)
    assert b"X-Archive-Orig-Content-Length: 99\r\nContent-Length: 5\r\n\r\n12345" in record.block


def test_line_breaks_in_headers_and_addresses_inject_nothing(paper: Paper, archive: Archive) -> None:
    bad = paper.capture(
        "https://lakeside.example/a\r\nWARC-Type: evil\r\n b\tc",
        headers=(("X-One", "1\r\nSet-Cookie: evil=1"), ("X-Two\nX-Three", "2\x003")),
        reason="OK\r\nX-Evil: 1",
    )
    archive.keep(bad)
    _, record = records(written(archive))
    assert record["type"] == "response"
    assert record["warc"]["WARC-Target-URI"] == "https://lakeside.example/a%0D%0AWARC-Type:%20evil%0D%0A%20b%09c"
    assert record["status"] == "200 OK X-Evil: 1"
    assert record["http"] == [("X-One", "1 Set-Cookie: evil=1"), ("X-Two X-Three", "2 3"),
                              ("Content-Length", str(len(bad.payload)))]  # fmt: skip


def test_headers_that_are_not_latin_survive() -> None:
    [record] = capture_records(capture(headers=(("X-Name", "Пресса"),)), WARCINFO, None, START)
    assert "X-Name: Пресса\r\n".encode() in record.block
    [record] = capture_records(capture(headers=(("X-Name", "Señal"),)), WARCINFO, None, START)
    assert "X-Name: Señal\r\n".encode("latin-1") in record.block


def test_equal_records_are_equal_bytes_one_member_each(paper: Paper, archive: Archive) -> None:
    one = capture_records(capture(), WARCINFO, None, START)[0]
    assert one.member() == capture_records(capture(), WARCINFO, None, START)[0].member()
    a_bit_of_everything(paper)
    archive.close()
    path = written(archive)
    with path.open("rb") as file:
        found = list(members(file))
    assert len(found) == len(records(path))
    assert sum(length for _, length, _ in found) == path.stat().st_size
    for _, _, raw in found:
        assert raw.count(b"WARC/1.1\r\n") == 1


def test_the_database_points_at_the_very_record(paper: Paper, archive: Archive) -> None:
    a_bit_of_everything(paper)
    archive.close()
    kept = rows(archive, t.capture)
    assert len(kept) == 8
    for row in kept:
        record = read_record(written(archive), row.warc_offset)
        assert record.place.length == row.warc_length
        assert record.fields["warc-record-id"] == f"<urn:uuid:{UUID(bytes=row.record_id)}>"


def test_a_full_file_is_sealed_and_the_next_is_whole_by_itself(
    paper: Paper, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.journal.MAX_FILE_BYTES", 1)
    for number in range(3):
        paper.answers(200, url=f"https://lakeside.example/{number}/")
    archive.close()
    assert len(warc_files(archive.warc_folder)) == 3
    assert all(records(path)[0]["type"] == "warcinfo" for path in warc_files(archive.warc_folder))
    assert verify(archive).faults == []


# ------------------------------------------------------------------ nothing acknowledged is lost


def test_a_file_is_open_while_it_is_written_and_sealed_when_it_is_whole(paper: Paper, archive: Archive) -> None:
    paper.prints()
    assert written(archive).name.endswith(".warc.gz.open")
    archive.close()
    assert written(archive).name.endswith(".warc.gz")
    [row] = rows(archive, t.warc_file)
    assert (row.state, row.bytes, row.records) == ("sealed", written(archive).stat().st_size, 3)


KILLED = """
import os, signal, sys
from pathlib import Path
from archive import Archive
from tests.archive.make import DAY, Paper, SettableClock
clock = SettableClock()
paper = Paper(Archive(Path(sys.argv[1]), database=sys.argv[2], clock=clock), clock)
for number in range(1000):
    paper.prints(url=f"https://lakeside.example/{number}/", body=[f"Story {number} of the day."])
    print(number, flush=True)
"""


def test_a_kill_loses_nothing_that_was_acknowledged(home: Path) -> None:
    command = [sys.executable, "-c", KILLED, home, database.default_url(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writing:
        assert writing.stdout is not None
        for line in writing.stdout:
            if int(line) == 12:
                break
        os.kill(writing.pid, signal.SIGKILL)
        acknowledged = [int(line) for line in writing.stdout]
    last = max([12, *acknowledged])
    [left] = (home / "warc").glob("*.open")
    with left.open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n" * 20)[:50])  # what was in flight
    with Archive(home) as archive:
        [sealed] = (home / "warc").glob("*.warc.gz")
        assert sealed.name == left.name.removesuffix(".open")
        torn = sealed.with_name(sealed.name + ".torn")
        assert torn.read_bytes()[-50:-40] == gzip.compress(b"")[:10] or torn.stat().st_size >= 50
        assert not left.exists()
        kept = archive.known("lakeside", [f"https://lakeside.example/{number}/" for number in range(last + 1)])
        assert len(kept) == last + 1
        assert verify(archive).faults == []
        event = rows(archive, t.event)[-1]
        assert (event.type, event.object) == ("recover", sealed.name)
        assert event.detail["torn_bytes"] == torn.stat().st_size


def test_an_open_file_of_a_living_owner_is_left_alone(home: Path, paper: Paper, archive: Archive) -> None:
    paper.prints()
    mine = written(archive)
    with Archive(home) as other:
        assert mine.exists()
        Paper(other, paper.clock, "highland").prints(url="https://highland.example/1/")
    assert mine.exists()
    paper.prints(title="Two drowned", at=paper.clock.advance(DAY))
    archive.close()
    assert len(warc_files(archive.warc_folder)) == 2
    assert verify(archive).faults == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from archive import Archive, StoreError, corpus
from archive import tables as t
from archive.audit import verify
from tests.archive.make import Paper, SettableClock, rows
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
clock = SettableClock()
with Archive(Path(sys.argv[1]), clock=clock) as archive:
    paper = Paper(archive, clock)
    paper.prints()
    kept = len(rows(archive, t.capture))
    size = next(archive.warc_folder.iterdir()).stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, limits[1]))
    refused = ""
    try:
        archive.keep(paper.capture("https://lakeside.example/2/"))
    except StoreError as error:
        refused = str(error)
    assert refused.endswith("cannot write: File too large"), refused
    assert len(rows(archive, t.capture)) == kept
    assert next(archive.warc_folder.iterdir()).stat().st_size == size
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert archive.keep(paper.capture("https://lakeside.example/2/"))
with Archive(Path(sys.argv[1])) as archive:
    assert len(rows(archive, t.capture)) == kept + 1
    assert verify(archive).faults == []
print("well")
"""


def test_a_disk_that_refuses_leaves_no_row_and_no_half_record(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL_DISK, home], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("well\n", "")


def test_a_row_is_written_only_after_the_record_was_synced(
    paper: Paper, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.begin()
    synced: list[int] = []
    fdatasync = os.fdatasync

    def watched(handle: int) -> None:
        fdatasync(handle)
        assert len(rows(archive, t.capture)) == len(synced)
        synced.append(os.fstat(handle).st_size)

    monkeypatch.setattr(os, "fdatasync", watched)
    for number in range(3):
        archive.keep(paper.capture(f"https://lakeside.example/{number}/"))
        row = rows(archive, t.capture)[-1]
        assert row.warc_offset + row.warc_length == synced[-1]


def test_a_sync_that_fails_acknowledges_nothing(
    paper: Paper, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.begin()

    def refuse(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", refuse)
        with pytest.raises(StoreError, match="cannot sync: Input/output error"):
            archive.keep(paper.capture())
    assert rows(archive, t.capture) == []


def test_a_folder_that_cannot_be_written_is_a_store_error(paper: Paper, archive: Archive) -> None:
    archive.warc_folder.rmdir()
    archive.warc_folder.write_text("in the way")
    with pytest.raises(StoreError, match="cannot make a WARC file"):
        archive.keep(paper.capture())
    assert rows(archive, t.capture) == []


def test_a_writer_holds_its_file_under_a_lock(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, START)
    with (tmp_path / (writer.name + ".open")).open("rb") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    writer.seal()


# ------------------------------------------------------------------ what others wrote


def foreign(path: Path, *pages: dict[str, Any], gzipped: bool = True) -> Path:
    """Write a WARC file in another tool's manner: WARC/1.0, and no digests."""
    members = [foreign_record("warcinfo", None, b"software: another\r\n", {})]
    for page in pages:
        block = page.get("payload", b"<html>")
        if not page.get("bare"):
            headers = "".join(f"{name}: {value}\r\n" for name, value in page.get("headers", []))
            block = f"{page.get('status', 'HTTP/1.1 200 OK')}\r\n{headers}\r\n".encode() + block
        members.append(
            foreign_record(page.get("kind", "response"), page.get("url", STORY), block, page.get("warc", {}))
        )
    path.write_bytes(b"".join(gzip.compress(member) if gzipped else member for member in members))
    return path


def foreign_record(kind: str, url: str | None, block: bytes, named: dict[str, str]) -> bytes:
    fields = {"WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{uuid4()}>", "WARC-Date": "2019-03-04T05:06:07Z",
              **({"WARC-Target-URI": url} if url else {}), **named, "Content-Length": str(len(block))}  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def captures(path: Path) -> list[Capture]:
    return [found for found in read_captures(path) if isinstance(found, Capture)]


def skips(path: Path) -> list[str]:
    return [found.reason for found in read_captures(path) if isinstance(found, Skipped)]


@pytest.mark.parametrize("gzipped", [True, False])
def test_a_foreign_file_is_read_plain_or_gzipped(tmp_path: Path, gzipped: bool) -> None:
    page = {"payload": b"<html>one", "headers": [("Content-Type", "text/html")],
            "warc": {"WARC-Date": "2019-03-04T05:06:07Z", "WARC-Record-ID": f"<urn:uuid:{UUID(int=9)}>"}}  # fmt: skip
    path = foreign(tmp_path / ("x.warc.gz" if gzipped else "x.warc"), page, gzipped=gzipped)
    [found] = captures(path)
    assert (found.url, found.status, found.reason, found.protocol) == (STORY, 200, "OK", "HTTP/1.1")
    assert found.fetched_at == datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert found.record_id == UUID(int=9)
    assert found.payload == b"<html>one"
    assert found.headers == (("Content-Type", "text/html"), ("Content-Length", "9"))
    assert skips(path) == ["warcinfo record"]


ARC = """filedesc://old.arc 0.0.0.0 20050101000000 text/plain 76
1 0 InternetArchive
URL IP-address Archive-date Content-type Archive-length

http://lakeside.example/old/ 127.0.0.1 20050102030405 text/html {length}
{block}
"""


def test_an_arc_file_is_read_the_same_every_time(tmp_path: Path) -> None:
    block = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>old</html>"
    path = tmp_path / "old.arc"
    path.write_bytes(ARC.format(length=len(block), block=block).encode())
    [found] = captures(path)
    assert (found.url, found.status, found.payload) == ("http://lakeside.example/old/", 200, b"<html>old</html>")
    assert found.fetched_at == datetime(2005, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert captures(path) == [found]


def test_a_record_id_of_another_form_gives_the_same_uuid_every_time(tmp_path: Path) -> None:
    path = foreign(tmp_path / "x.warc.gz", {"warc": {"WARC-Record-ID": "<urn:x-crawl:0001>"}})
    [found] = captures(path)
    assert found.record_id == captures(path)[0].record_id == record_uuid("<urn:x-crawl:0001>")
    assert record_uuid("<urn:x-crawl:0002>") != found.record_id


def test_chunks_and_coding_are_taken_off_a_foreign_payload(tmp_path: Path) -> None:
    packed = gzip.compress(b"<html>packed</html>")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    headers = [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    [found] = captures(foreign(tmp_path / "x.warc.gz", {"payload": chunked, "headers": headers}))
    assert found.payload == b"<html>packed</html>"
    assert found.header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert found.header("X-Archive-Orig-Transfer-Encoding") == "chunked"
    assert found.header("Content-Encoding") is None
    assert found.header("Content-Length") == "19"


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
@pytest.mark.parametrize("gzipped", [True, False])
def test_a_file_that_breaks_off_gives_what_is_whole_and_says_so(tmp_path: Path, keep: float, gzipped: bool) -> None:
    name = "x.warc.gz" if gzipped else "x.warc"
    first = foreign(tmp_path / name, {"payload": os.urandom(3000)}, gzipped=gzipped).read_bytes()
    pages: Sequence[dict[str, Any]] = [{"payload": os.urandom(3000)}, {"payload": os.urandom(3000)}]
    whole = foreign(tmp_path / name, *pages, gzipped=gzipped).read_bytes()
    broken = tmp_path / f"broken-{name}"
    broken.write_bytes(whole[: len(first) + int(keep * (len(whole) - len(first)))])
    assert [len(found.payload) for found in captures(broken)] == [3000]
    assert skips(broken)[-1].startswith("broken file: ")


def test_a_damaged_record_is_no_capture(tmp_path: Path) -> None:
    path = foreign(tmp_path / "x.warc.gz", *({"payload": os.urandom(3000)} for _ in range(3)))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    found = list(read_captures(path))
    assert isinstance(found[-1], Skipped)
    assert found[-1].reason.startswith("broken file: ")
    assert [len(one.payload) for one in found if isinstance(one, Capture)] == [3000]


def test_a_file_that_is_no_warc_is_skipped_as_broken(tmp_path: Path) -> None:
    for content in (b"hello world\n" * 9, gzip.compress(b"hello world\n" * 9)):
        (tmp_path / "x.warc.gz").write_bytes(content)
        [found] = read_captures(tmp_path / "x.warc.gz")
        assert isinstance(found, Skipped)
        assert found.reason.startswith("broken file: ")


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2019-03-04T05:06:07Z", 5), ("2019-03-04T05:06:07", 5), ("2019-03-04T05:06:07.123456789Z", 5),
     ("2019-03-04T05:06:07+08:00", -3)],
)  # fmt: skip
def test_a_date_without_a_zone_is_utc(text: str, hour: int) -> None:
    day = datetime(2019, 3, 4, tzinfo=UTC)
    assert parse_warc_date(text).replace(minute=0, second=0, microsecond=0) == day + hour * HOUR


def test_a_foreign_revisit_is_a_304(tmp_path: Path) -> None:
    profile = {"WARC-Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"}
    pages = ({"kind": "revisit", "payload": b"", "warc": profile, "headers": [("ETag", '"a"')]},
             {"kind": "revisit", "payload": b"", "bare": True, "warc": profile})  # fmt: skip
    with_headers, bare = captures(foreign(tmp_path / "x.warc.gz", *pages))
    assert (with_headers.kind, with_headers.status, with_headers.header("etag")) == (Kind.REVISIT, 304, '"a"')
    assert (bare.kind, bare.status, bare.headers, bare.payload) == (Kind.REVISIT, 304, (), b"")


def test_what_gives_no_capture_is_skipped_under_its_reason(tmp_path: Path) -> None:
    path = foreign(
        tmp_path / "x.warc.gz",
        {"kind": "request", "status": "GET / HTTP/1.1"},
        {"kind": "metadata", "bare": True},
        {"url": "dns:lakeside.example", "bare": True},
        {"url": "ftp://lakeside.example/a"},
        {"status": "HTTP/1.1 OK"},
        {"warc": {"WARC-Date": "yesterday"}},
        {"payload": b"<html>good"},
    )
    assert skips(path) == [
        "warcinfo record", "request record", "metadata record", "not a web address", "not a web address",
        "bad record: invalid literal for int() with base 10: 'OK'",
        "bad record: Invalid isoformat string: 'yesterday'",
    ]  # fmt: skip
    assert [found.payload for found in captures(path)] == [b"<html>good"]
    offsets = [found.offset for found in read_captures(path) if isinstance(found, Skipped)]
    assert offsets == sorted(offsets)
    assert offsets[0] == 0


def test_a_response_without_an_address_is_skipped_and_the_rest_read(tmp_path: Path) -> None:
    path = foreign(tmp_path / "x.warc.gz", {"url": None}, {"payload": b"two"})
    assert skips(path) == ["warcinfo record", "not a web address"]
    assert [found.payload for found in captures(path)] == [b"two"]


def test_our_own_files_are_read_back_as_they_were_saved(paper: Paper, archive: Archive) -> None:
    saved = paper.capture(headers=(("Content-Type", "text/html"), ("X-Archive-Orig-Content-Encoding", "br")))
    assert archive.save(saved) is Outcome.KEPT
    paper.answers(304, at=paper.clock.advance(DAY))
    archive.close()
    response, revisit = captures(written(archive))
    length = ("Content-Length", str(len(saved.payload)))
    assert response == Capture(
        visit="", record_id=saved.record_id, url=STORY, fetched_at=START, status=200, payload=saved.payload,
        headers=(*saved.headers, length), reason="OK",
    )  # fmt: skip
    assert revisit.kind is Kind.REVISIT


def test_the_files_of_a_folder_are_found_in_order_and_a_file_is_itself(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.warc.gz", "a.warc", "deep/c.warc.gz", "d.warc.gz.open", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in warc_files(tmp_path)] == ["a.warc", "b.warc.gz", "c.warc.gz"]
    assert warc_files(tmp_path / "notes.txt") == [tmp_path / "notes.txt"]

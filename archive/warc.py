"""WARC/1.1 files: write them so that nothing acknowledged is lost, read anybody's.

A live file is ``….warc.gz.open``, owned by one process under a lock, one gzip member per record (level 6). Sealing
syncs it and renames it to ``….warc.gz``. Other people's tools read both.

Sources: WARC 1.1 (ISO 28500:2017), https://iipc.github.io/warc-specifications/; the forms of 304 and metadata records
that pywb replays were found by running it.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import re
import secrets
import socket
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from zlib_ng import zlib_ng

from archive.errors import StoreError
from archive.records import Capture, Kind, canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from warcio.recordloader import ArcWarcRecord

GZIP_LEVEL = 6
"""Against 9: 0.7 % bigger, 40 % less CPU (measured on 250 news pages); zlib-ng's 6 takes half of the time of zlib's."""

MAX_FILE_BYTES = 1_000_000_000  # the WARC implementation guidelines' usual gigabyte
REVISIT_304 = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
READING_URN = "urn:hemeroteca:reading:"
RENDERING_URN = "urn:hemeroteca:rendering:"
VISIT_URN = "urn:hemeroteca:visit:"
COUNTED_URN = "urn:hemeroteca:counted:"
TAKEDOWN_URN = "urn:hemeroteca:takedown:"
PACK_URN = "urn:hemeroteca:pack:"
ERASED_URN = "urn:hemeroteca:erased:"
OPEN_SUFFIX = ".open"

_CODING_HEADERS = ("content-encoding", "transfer-encoding")
_BREAKS = re.compile(r"[\r\n\x00]+")
_SPACES = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record to be written: its named fields in order, and its block."""

    fields: tuple[tuple[str, str], ...]
    block: bytes

    def member(self) -> bytes:
        """Return the record as one gzip member; equal records give equal bytes."""
        return gzipped(self.raw())

    def raw(self) -> bytes:
        """Return the record's bytes, uncompressed."""
        head = "".join(f"{name}: {_BREAKS.sub(' ', value)}\r\n" for name, value in self.fields)
        return f"WARC/1.1\r\n{head}Content-Length: {len(self.block)}\r\n\r\n".encode() + self.block + b"\r\n\r\n"


def gzipped(raw: bytes) -> bytes:
    """Return a record as one gzip member, without a time in it."""
    return zlib_ng.compress(raw, GZIP_LEVEL, wbits=31)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is: file name below the WARC folder, byte offset and length of its member."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Original:
    """The capture that a 304 says is still true."""

    url: str
    fetched_at: datetime
    payload_digest: bytes


# ------------------------------------------------------------------ records


def digest_label(sha256: bytes) -> str:
    """Return a digest as WARC writes it: the algorithm and base32."""
    return "sha256:" + base64.b32encode(sha256).decode()


def warc_date(at: datetime) -> str:
    """Return a WARC-Date with microseconds, which WARC 1.1 allows and the archive's order needs."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def record_urn(record_id: UUID) -> str:
    """Return a WARC-Record-ID."""
    return f"<urn:uuid:{record_id}>"


def archived_headers(headers: Sequence[tuple[str, str]], size: int) -> tuple[tuple[str, str], ...]:
    """Return the headers of a decoded body: what described the transfer is kept under X-Archive-Orig-.

    Replay tools would otherwise decode the stored body a second time. ``size`` is its length in bytes.
    """
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        lower = name.lower()
        if lower in _CODING_HEADERS or (lower == "content-length" and value.strip() != str(size)):
            kept.append((f"X-Archive-Orig-{name}", value))
        else:
            kept.append((name, value))
    if not any(name.lower() == "content-length" for name, _ in kept):
        kept.append(("Content-Length", str(size)))
    return tuple(kept)


def capture_records(
    capture: Capture, warcinfo: UUID, original: Original | None, known_at: datetime
) -> list[WarcRecord]:
    """Return the records of one capture, its own first; what a 304 means is known from ``known_at``."""
    if capture.kind is Kind.ERROR:
        return [_error_record(capture, warcinfo)]
    if capture.kind is Kind.REVISIT:
        same = _response_record(capture, warcinfo) if original is None else _revisit_record(capture, warcinfo, original)
        return [same, _revisit_headers(capture, warcinfo, known_at)]
    if capture.kind is Kind.RENDERING:
        return [_conversion_record(capture, warcinfo)]
    if capture.method != "GET":
        # What was answered depends on what was sent: pywb finds such an answer by both.
        return [_response_record(capture, warcinfo), _request_record(capture, warcinfo)]
    return [_response_record(capture, warcinfo)]


def _conversion_record(capture: Capture, warcinfo: UUID) -> WarcRecord:
    more = [("WARC-Payload-Digest", digest_label(capture.payload_digest))]
    if capture.refers_to is not None:
        more.append(("WARC-Refers-To", record_urn(capture.refers_to)))
    # Under a name of its own: replay tools would otherwise show it as a second capture of the address.
    return _fields("conversion", capture.record_id, capture.fetched_at, capture.header("content-type") or "text/html",
                   warcinfo, RENDERING_URN + capture.url, *more, block=capture.payload)  # fmt: skip


def _fields(kind: str, record_id: UUID, at: datetime, content_type: str, warcinfo: UUID | None, url: str | None,
            *more: tuple[str, str], block: bytes) -> WarcRecord:  # fmt: skip
    fields = [("WARC-Type", kind), ("WARC-Record-ID", record_urn(record_id)), ("WARC-Date", warc_date(at))]
    if url is not None:
        fields.append(("WARC-Target-URI", _SPACES.sub(lambda found: f"%{ord(found[0]):02X}", url)))
    if warcinfo is not None:
        fields.append(("WARC-Warcinfo-ID", record_urn(warcinfo)))
    fields += [*more, ("Content-Type", content_type)]
    fields.append(("WARC-Block-Digest", digest_label(hashlib.sha256(block).digest())))
    return WarcRecord(tuple(fields), block)


def _response_record(capture: Capture, warcinfo: UUID) -> WarcRecord:
    headers = capture.headers
    length = capture.header("content-length")
    if length is None or length.strip() != str(len(capture.payload)):
        headers = tuple((f"X-Archive-Orig-{n}" if n.lower() == "content-length" else n, v) for n, v in headers)
        headers = (*headers, ("Content-Length", str(len(capture.payload))))
    status = f"{capture.protocol} {capture.status} {_BREAKS.sub(' ', capture.reason)}\r\n"
    lines = b"".join(_http_bytes(f"{_BREAKS.sub(' ', name)}: {_BREAKS.sub(' ', value)}\r\n") for name, value in headers)
    block = _http_bytes(status) + lines + b"\r\n" + capture.payload
    more = [("WARC-Payload-Digest", digest_label(capture.payload_digest))]
    if capture.truncated:
        more.append(("WARC-Truncated", capture.truncated))
    if capture.elapsed_ms is not None:
        more.append(("Hemeroteca-Fetch-Milliseconds", str(capture.elapsed_ms)))
    return _fields("response", capture.record_id, capture.fetched_at, "application/http; msgtype=response",
                   warcinfo, capture.url, *more, block=block)  # fmt: skip


def visit_warcinfo(key: str) -> UUID:
    """Return the record id of a visit's warcinfo, the same in every file: recovery knows by it whose a record is."""
    return uuid5(NAMESPACE_URL, VISIT_URN + key)


def _request_record(capture: Capture, warcinfo: UUID) -> WarcRecord:
    parts = urlsplit(capture.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    head = f"{capture.method} {target or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    if capture.sent:
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(capture.sent)}\r\n"
    block = _http_bytes(head + "\r\n") + capture.sent
    return _fields("request", uuid5(capture.record_id, "request"), capture.fetched_at,
                   "application/http; msgtype=request", warcinfo, capture.url,
                   ("WARC-Concurrent-To", record_urn(capture.record_id)), block=block)  # fmt: skip


def _http_bytes(text: str) -> bytes:
    # Headers are bytes on the wire and read as Latin-1; a few servers send UTF-8, which then survives unchanged.
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def _revisit_record(capture: Capture, warcinfo: UUID, original: Original) -> WarcRecord:
    # An empty block: pywb replays a 304 with its own HTTP header as an empty page, without one as the original.
    return _fields("revisit", capture.record_id, capture.fetched_at, "application/http; msgtype=response",
                   warcinfo, capture.url,
                   ("WARC-Profile", REVISIT_304),
                   ("WARC-Refers-To-Target-URI", original.url),
                   ("WARC-Refers-To-Date", warc_date(original.fetched_at)),
                   ("WARC-Payload-Digest", digest_label(original.payload_digest)), block=b"")  # fmt: skip


def _revisit_headers(capture: Capture, warcinfo: UUID, known_at: datetime) -> WarcRecord:
    # Not application/http: pywb would index and serve it.
    lines = [f"http-status: {capture.status}"]
    if capture.elapsed_ms is not None:
        lines.append(f"fetch-milliseconds: {capture.elapsed_ms}")
    lines += [f"http-header: {_BREAKS.sub(' ', name)}: {_BREAKS.sub(' ', value)}" for name, value in capture.headers]
    block = "".join(f"{line}\r\n" for line in lines).encode()
    return _fields("metadata", uuid5(capture.record_id, "headers"), known_at, "application/warc-fields",
                   warcinfo, capture.url,
                   ("WARC-Concurrent-To", record_urn(capture.record_id)), block=block)  # fmt: skip


def _error_record(capture: Capture, warcinfo: UUID) -> WarcRecord:
    lines = [f"fetch-error: {_BREAKS.sub(' ', capture.error or 'unknown')}"]
    if capture.elapsed_ms is not None:
        lines.append(f"fetch-milliseconds: {capture.elapsed_ms}")
    block = "".join(f"{line}\r\n" for line in lines).encode()
    return _fields("metadata", capture.record_id, capture.fetched_at, "application/warc-fields",
                   warcinfo, capture.url, block=block)  # fmt: skip


def reading_record(capture: Capture, warcinfo: UUID, values: Mapping[str, Any], at: datetime) -> WarcRecord:
    """Return the JSON metadata record that says what was read on a capture, known from ``at``."""
    block = canonical_json(values).encode()
    named = uuid5(capture.record_id, f"reading {warc_date(at)}")
    return _fields("metadata", named, at, "application/json", warcinfo, READING_URN + capture.url,
                   ("WARC-Concurrent-To", record_urn(capture.record_id)), block=block)  # fmt: skip


def counted_record(capture: Capture, warcinfo: UUID, values: Mapping[str, Any], at: datetime) -> WarcRecord:
    """Return the JSON metadata record that says which counters of which articles a capture shows."""
    block = canonical_json(values).encode()
    return _fields("metadata", uuid4(), at, "application/json", warcinfo, COUNTED_URN + capture.url,
                   ("WARC-Concurrent-To", record_urn(capture.record_id)), block=block)  # fmt: skip


def visit_end_record(visit: str, warcinfo: UUID, values: Mapping[str, Any], at: datetime) -> WarcRecord:
    """Return the JSON metadata record that ends a visit."""
    block = canonical_json(values).encode()
    return _fields("metadata", uuid4(), at, "application/json", warcinfo, VISIT_URN + visit, block=block)


def takedown_record(record_id: UUID, values: Mapping[str, Any], at: datetime) -> WarcRecord:
    """Return the JSON metadata record of a takedown or of its lifting."""
    block = canonical_json(values).encode()
    return _fields("metadata", record_id, at, "application/json", None, TAKEDOWN_URN + record_id.hex[:12], block=block)


def erased_record(fields: Mapping[str, str], values: Mapping[str, Any], urn: str = ERASED_URN) -> WarcRecord:
    """Return the JSON record that takes the place of an erased one, with its id, date and visit."""
    url = fields["warc-target-uri"].removeprefix(urn)
    warcinfo, concurrent = fields.get("warc-warcinfo-id"), fields.get("warc-concurrent-to")
    more = [("WARC-Concurrent-To", concurrent)] if concurrent else []
    return _fields("metadata", record_uuid(fields["warc-record-id"]), parse_warc_date(fields["warc-date"]),
                   "application/json", record_uuid(warcinfo) if warcinfo else None, urn + url, *more,
                   block=canonical_json(values).encode())  # fmt: skip


def pack_record(record_id: UUID, name: str, values: Mapping[str, Any], at: datetime) -> WarcRecord:
    """Return the JSON record that heads a packed file: the files it was made of, and all packs made of them."""
    return _fields("metadata", record_id, at, "application/json", None, PACK_URN + name,
                   block=canonical_json(values).encode())  # fmt: skip


def warcinfo_record(record_id: UUID, at: datetime, filename: str, agent: str, facts: Mapping[str, Any]) -> WarcRecord:
    """Return the warcinfo record of one visit, or of none; ``facts`` (site, visit, reader) go in one JSON line."""
    lines = {
        "software": agent,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey",
        "http-header-user-agent": agent,
        "hemeroteca": json.dumps(facts, ensure_ascii=True, sort_keys=True),
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode()
    return _fields("warcinfo", record_id, at, "application/warc-fields", None, None,
                   ("WARC-Filename", filename), block=block)  # fmt: skip


# ------------------------------------------------------------------ writing


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was written: its size, its records and the digest of them so far."""

    size: int
    records: int
    sha256: hashlib._Hash


class WarcWriter:
    """Owns one open WARC file below a folder. Append, sync, then point at it; never the other way round."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self.folder = folder
        stamp = at.strftime("%Y%m%d%H%M%S%f")[:17]
        host = re.sub(r"[^A-Za-z0-9.]", "", socket.gethostname()) or "host"
        self.name = f"hemeroteca-{stamp}-{host}-{os.getpid()}-{secrets.token_hex(3)}.warc.gz"
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = (folder / (self.name + OPEN_SUFFIX)).open("xb", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._hash = hashlib.sha256()
        self.size = 0
        self.records = 0

    def append(self, records: Sequence[WarcRecord]) -> list[Place]:
        """Write records one after the other; all of them or, when the disk refuses, none."""
        return self.append_members([record.member() for record in records])

    def append_members(self, members: Sequence[bytes]) -> list[Place]:
        """Write records that are gzip members already, as :meth:`append` does."""
        try:
            _write_all(self._file, b"".join(members))
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file.fileno(), self.size)
                self._file.seek(self.size)
            raise StoreError(f"{self.folder / self.name}: cannot write: {error.strerror or error}") from error
        places = []
        for member in members:
            places.append(Place(self.name, self.size, len(member)))
            self._hash.update(member)
            self.size += len(member)
        self.records += len(members)
        return places

    def sync(self) -> None:
        """Make what was appended survive a power loss."""
        try:
            os.fdatasync(self._file.fileno())
        except OSError as error:
            raise StoreError(f"{self.folder / self.name}: cannot sync: {error.strerror or error}") from error

    def mark(self) -> Mark:
        """Return where the file stands, to come back to."""
        return Mark(self.size, self.records, self._hash.copy())

    def back_to(self, mark: Mark) -> None:
        """Take back what was written since a mark and nothing points at."""
        os.ftruncate(self._file.fileno(), mark.size)
        self._file.seek(mark.size)
        self.size, self.records, self._hash = mark.size, mark.records, mark.sha256.copy()

    def discard(self) -> None:
        """Remove a file that nothing points at."""
        (self.folder / (self.name + OPEN_SUFFIX)).unlink()
        self._file.close()

    def abandon(self) -> None:
        """Let the file go as it is: what of it reached the disk is for recovery to find out."""
        self._file.close()

    def seal(self) -> bytes:
        """Sync, close and rename the file; return its sha256."""
        os.fsync(self._file.fileno())
        target = self.folder / self.name
        (self.folder / (self.name + OPEN_SUFFIX)).rename(target)
        sync_path(self.folder)
        self._file.close()
        return self._hash.digest()


def _write_all(file: IO[bytes], data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def sync_path(path: Path) -> None:
    """Make what a file holds, or a rename within a folder, survive a power loss."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ------------------------------------------------------------------ reading


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that gives no capture, and why."""

    reason: str
    url: str | None
    offset: int


def warc_files(path: Path) -> list[Path]:
    """Return the WARC files of a path: the file itself, or all below a folder, sorted."""
    if path.is_file():
        return [path]
    return sorted(found for pattern in ("*.warc", "*.warc.gz") for found in path.rglob(pattern))


def read_captures(path: Path) -> Iterator[Capture | Skipped]:
    """Yield each response of a WARC file as a capture without a visit, and each other record as skipped.

    A record that cannot be understood is skipped under its reason; a file that breaks off ends with a skip
    ``broken file``.
    """
    has_ids = not _is_arc(path)
    with path.open("rb") as stream:
        records = ArchiveIterator(stream, arc2warc=True)
        records.loader = RecordLoader(arc2warc=True, verify_http=False)
        while True:
            try:
                record = next(records, None)
                if record is None:
                    return
                found = _capture_or_skip(record, has_ids=has_ids)
                # Only now: asking for the offset reads the record to its end.
                offset = records.get_record_offset()
                if getattr(record.raw_stream, "limit", 0):
                    yield Skipped("broken file: a record breaks off", None, offset)
                    return
                yield found if isinstance(found, Capture) else Skipped(*found, offset)
            except (ArchiveLoadFailed, zlib.error, EOFError, OSError) as error:
                yield Skipped(f"broken file: {error}".splitlines()[0], None, stream.tell())
                return


class RecordLoader(ArcWarcRecordLoader):  # type: ignore[misc]  # warcio has no types
    """Loads records; warcio's own fails on a response without an address, and all after it is lost."""

    def load_http_headers(self, rec_type: str, uri: str | None, stream: Any, length: int | None) -> Any:
        """Return the HTTP header of a record that has an address."""
        return super().load_http_headers(rec_type, uri, stream, length) if uri else None


def _is_arc(path: Path) -> bool:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        with contextlib.suppress(OSError, EOFError, zlib.error):
            return (gzip.open(file) if packed else file).read(11) == b"filedesc://"
    return False


def _capture_or_skip(record: ArcWarcRecord, *, has_ids: bool) -> Capture | tuple[str, str | None]:
    target = record.rec_headers.get_header("WARC-Target-URI")
    if record.rec_type not in ("response", "revisit"):
        return f"{record.rec_type} record", target
    if not target or not target.lower().startswith(("http://", "https://")):
        return "not a web address", target
    if record.rec_type == "response" and record.http_headers is None:
        return "no HTTP header", target
    try:
        return _foreign_capture(record, target, has_ids=has_ids)
    except ValueError as error:
        return f"bad record: {error}", target


def _foreign_capture(record: ArcWarcRecord, target: str, *, has_ids: bool) -> Capture:
    revisit = record.rec_type == "revisit"
    payload = b"" if revisit else record.content_stream().read()
    status, http = None, record.http_headers
    if http is not None:
        status = int(http.get_statuscode())
    pairs = tuple((name, value) for name, value in http.headers) if http is not None else ()
    date = record.rec_headers.get_header("WARC-Date") or ""
    # An ARC record has no id, and warcio gives it another at every reading.
    named = record.rec_headers.get_header("WARC-Record-ID") if has_ids else None
    return Capture(
        visit="",
        record_id=record_uuid(named or f"{target} {date} {hashlib.sha256(payload).hexdigest()}"),
        url=target,
        fetched_at=parse_warc_date(date),
        status=304 if revisit else status,
        headers=pairs if revisit else archived_headers(pairs, len(payload)),
        payload=payload,
        kind=Kind.REVISIT if revisit or status == 304 else Kind.RESPONSE,
        protocol=http.protocol if http is not None and http.protocol else "HTTP/1.1",
        reason=http.statusline.partition(" ")[2] if http is not None else "",
        truncated=record.rec_headers.get_header("WARC-Truncated"),
    )


def record_uuid(text: str) -> UUID:
    """Return the UUID of a WARC-Record-ID; an identifier that is none gets one made from it."""
    try:
        return UUID(text.strip("<>").removeprefix("urn:uuid:"))
    except ValueError:
        return uuid5(NAMESPACE_URL, text)


def parse_warc_date(text: str) -> datetime:
    """Return a WARC-Date as UTC; a date without a zone is taken as UTC."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)

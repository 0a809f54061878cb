"""What the records of the archive's own WARC files tell, in the order in which it was told. Pure.

A 304 is told by two records: the ``revisit`` and the ``metadata`` record with its headers. A record that tells nothing
of ours is passed over.
"""

from __future__ import annotations

from base64 import b32decode
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from archive.records import Capture, Kind, SiteFacts
from archive.warc import (
    COUNTED_URN,
    ERASED_URN,
    READING_URN,
    RENDERING_URN,
    TAKEDOWN_URN,
    VISIT_URN,
    parse_warc_date,
    record_uuid,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from archive.scan import Record
    from archive.warc import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something a record tells, known since its date, where the record is, and of which visit (its warcinfo)."""

    known_at: datetime
    place: Place
    warcinfo: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitBegun(Told):
    """A visit, and what it says of its site."""

    key: str
    agent: str
    started_at: datetime
    facts: SiteFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured(Told):
    """A fetch. Of a 304 is known since when; the others mean something only by what is told later.

    ``digest`` and ``size`` are those of its payload: as the record states them, or of one that is not here, which was
    erased or is not wanted.
    """

    capture: Capture
    digest: bytes | None = None
    size: int | None = None
    is_erased: bool = False

    def without_payload(self) -> Captured:
        """Return the same without the payload, which may be large."""
        payload = self.capture.payload
        if not payload:
            return self
        digest = self.digest or self.capture.payload_digest
        return replace(self, capture=replace(self.capture, payload=b""), digest=digest, size=len(payload))


@dataclass(frozen=True, slots=True, kw_only=True)
class WasRead(Told):
    """What was read on a capture."""

    capture: UUID
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Told):
    """Which counters of which articles a capture shows."""

    capture: UUID
    counted: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEnded(Told):
    """How a visit ended."""

    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDown(Told):
    """A takedown, or that one was lifted."""

    record_id: UUID
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A record that cannot be understood, and why."""

    place: Place
    problem: str


def told(records: Iterable[Record]) -> Iterator[Told | Unclear]:
    """Yield what records tell."""
    waiting: Captured | None = None
    for record in records:
        if waiting is not None:
            headers = _headers_of(record, waiting.capture)
            yield waiting if headers is None else _with_headers(waiting, record, headers)
            waiting = None
            if headers is not None:
                continue
        found = _clearly(record)
        if isinstance(found, Captured) and found.capture.kind is Kind.REVISIT:
            waiting = found
        elif found is not None:
            yield found
    if waiting is not None:
        yield waiting  # the writer died between the two


def _clearly(record: Record) -> Told | Unclear | None:
    try:
        return _tell(record)
    except (ValueError, KeyError, TypeError) as error:
        return Unclear(place=record.place, problem=f"cannot be understood: {type(error).__name__}: {error}")


def _tell(record: Record) -> Told | None:
    if record.kind == "warcinfo":
        return _visit_begun(record)
    if record.kind in ("response", "revisit"):
        return Captured(capture=_capture(record), digest=_labelled(record), **_of(record))
    if record.kind == "conversion" and record.target.startswith(RENDERING_URN):
        return Captured(capture=_rendering(record), **_of(record))
    if record.kind != "metadata":
        return None
    if record.target.startswith((READING_URN, COUNTED_URN)):
        return _beside_capture(record)
    if record.target.startswith(VISIT_URN):
        key = record.target.removeprefix(VISIT_URN)
        return VisitEnded(key=key, values=orjson.loads(record.block), **_of(record))
    if record.target.startswith(ERASED_URN):
        return _erased(record)
    if record.target.startswith(TAKEDOWN_URN):
        return TakenDown(record_id=_id(record), values=orjson.loads(record.block), **_of(record))
    if "warc-concurrent-to" not in record.fields and not record.target.startswith("urn:"):
        return Captured(capture=_failure(record), **_of(record))
    return None


def _beside_capture(record: Record) -> WasRead | Counted:
    """Return what a record tells of the capture beside which it was written."""
    capture, values = record_uuid(record.fields["warc-concurrent-to"]), orjson.loads(record.block)
    if record.target.startswith(READING_URN):
        return WasRead(capture=capture, values=values, **_of(record))
    return Counted(capture=capture, counted=values["counted"], **_of(record))


def _of(record: Record) -> dict[str, Any]:
    named = record.fields.get("warc-warcinfo-id")
    return {
        "known_at": _date(record),
        "place": record.place,
        "warcinfo": record_uuid(named) if named else None,
    }


def _id(record: Record) -> UUID:
    return record_uuid(record.fields["warc-record-id"])


def _date(record: Record) -> datetime:
    return parse_warc_date(record.fields["warc-date"])


def _lines(block: bytes) -> Iterator[tuple[str, str]]:
    """Yield the named values of an ``application/warc-fields`` block."""
    for line in block.decode(errors="replace").split("\r\n"):
        name, colon, value = line.partition(": ")
        if colon:
            yield name, value


def _visit_begun(record: Record) -> VisitBegun | None:
    lines = dict(_lines(record.block))
    facts = orjson.loads(lines.get("hemeroteca", "{}"))
    if "visit" not in facts:
        return None  # of no visit: it only heads a file
    site = {**facts["site"], "languages": tuple(facts["site"]["languages"])}
    return VisitBegun(known_at=_date(record), place=record.place, warcinfo=_id(record), key=facts["visit"]["key"],
                      agent=lines["software"], started_at=datetime.fromisoformat(facts["visit"]["started_at"]),
                      facts=SiteFacts(**site))  # fmt: skip


# ------------------------------------------------------------------ captures


def _capture(record: Record) -> Capture:
    """Return the capture of a response or revisit record."""
    status, protocol, reason, payload = 304, "HTTP/1.1", "", b""
    headers: tuple[tuple[str, str], ...] = ()
    if record.kind == "response":
        head, payload = record.parted()
        first, *rest = head.decode("latin-1").split("\r\n")
        protocol, code, reason = [*first.split(" ", 2), "", ""][:3]
        status = int(code)
        pairs = (line.partition(":") for line in rest)
        headers = tuple((name, value.strip()) for name, colon, value in pairs if colon)
    elapsed = record.fields.get("hemeroteca-fetch-milliseconds")
    return Capture(
        visit="", record_id=_id(record), url=record.target, fetched_at=_date(record), status=status, headers=headers,
        payload=payload, kind=Kind.REVISIT if status == 304 else Kind.RESPONSE, protocol=protocol, reason=reason,
        truncated=record.fields.get("warc-truncated"), elapsed_ms=int(elapsed) if elapsed else None,
    )  # fmt: skip


def _labelled(record: Record) -> bytes | None:
    """Return the payload digest that a response states, if it is of our kind; ``verify`` holds it to the payload."""
    algorithm, _, digest = record.fields.get("warc-payload-digest", "").partition(":")
    return b32decode(digest) if algorithm == "sha256" and record.kind == "response" else None


def _rendering(record: Record) -> Capture:
    url, named = record.target.removeprefix(RENDERING_URN), record.fields.get("warc-refers-to")
    kind = (("Content-Type", record.fields["content-type"]),)
    return Capture(visit="", record_id=_id(record), url=url, fetched_at=_date(record), status=None, headers=kind,
                   payload=record.block, kind=Kind.RENDERING,
                   refers_to=record_uuid(named) if named else None)  # fmt: skip


def _failure(record: Record) -> Capture:
    error = dict(_lines(record.block))["fetch-error"]
    return Capture(visit="", record_id=_id(record), url=record.target, fetched_at=_date(record), status=None,
                   kind=Kind.ERROR, error=error, elapsed_ms=_elapsed(record))  # fmt: skip


def _erased(record: Record) -> Captured:
    said = orjson.loads(record.block)["capture"]
    capture = Capture(
        visit="", record_id=_id(record), url=record.target.removeprefix(ERASED_URN), fetched_at=_date(record),
        status=said["status"], headers=tuple((name, value) for name, value in said["headers"]),
        kind=Kind(said["kind"]), truncated=said["truncated"], elapsed_ms=said["elapsed_ms"],
    )  # fmt: skip
    return Captured(capture=capture, digest=bytes.fromhex(said["payload_sha256"]), size=said["payload_size"],
                    is_erased=True, **_of(record))  # fmt: skip


def _headers_of(record: Record, capture: Capture) -> tuple[tuple[str, str], ...] | None:
    """Return the HTTP headers that a record holds of this 304; None if it is another record."""
    concurrent = record.fields.get("warc-concurrent-to")
    if concurrent is None or record.target.startswith("urn:") or record_uuid(concurrent) != capture.record_id:
        return None
    pairs = (value.partition(": ") for name, value in _lines(record.block) if name == "http-header")
    return tuple((name, value) for name, _, value in pairs)


def _elapsed(record: Record) -> int | None:
    said = dict(_lines(record.block)).get("fetch-milliseconds")
    return int(said) if said else None


def _with_headers(waiting: Captured, record: Record, headers: tuple[tuple[str, str], ...]) -> Captured:
    capture = replace(waiting.capture, headers=headers, elapsed_ms=_elapsed(record))
    return replace(waiting, known_at=_date(record), capture=capture)

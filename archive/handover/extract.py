"""Copies the captures of stories, with all that was told of them, out of the archive's WARC files into one file.

The records stay as they are, ids, dates and digests included: each capture, what its reading says, the 304's headers,
the ``warcinfo`` of its visit. The end of each visit is written anew, without its report: it says which 404s count. So
replay tools show the extract, and ``hemeroteca rebuild`` makes the same versions of it. What is taken down stays out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4, uuid5

import sqlalchemy as sa

from archive import corpus
from archive import tables as t
from archive.errors import ArchiveError, NotFoundError
from archive.handover.making import making, refuse_other_name
from archive.scan import own_files, records
from archive.selection import selecting
from archive.software import software_version
from archive.takedown import visible_capture
from archive.warc import (
    OPEN_SUFFIX,
    READING_URN,
    Place,
    gzipped,
    parse_warc_date,
    record_urn,
    record_uuid,
    visit_end_record,
    visit_warcinfo,
    warcinfo_record,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.engine import Connection

    from archive.scan import Record
    from archive.selection import Selection
    from archive.store import Archive

CHUNK = 500
SUFFIX = ".warc.gz"
SOFTWARE = f"hemeroteca {software_version()}"

Articles = sa.Select[tuple[int]]
"""The ids of the stories that are handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A WARC file as it was written; ``places`` has where the record of each capture, by id, lies in it."""

    name: str
    bytes: int
    sha256: str
    records: int
    readings: int
    visits: int
    places: dict[int, Place] = field(repr=False)

    def figures(self) -> dict[str, Any]:
        """Return what there is to say of it."""
        return {"file": self.name, "bytes": self.bytes, "sha256": self.sha256, "captures": len(self.places),
                "records": self.records, "readings": self.readings, "visits": self.visits}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """One story that is handed over, by its key or an address it had."""

    name: str


def chosen(connection: Connection, what: Selection | Story) -> Articles:
    """Return the stories of a selection, or the one that is named; raises NotFoundError, TakenDownError, QueryError."""
    if isinstance(what, Story):
        return sa.select(t.article.c.id).where(t.article.c.id == corpus.find(connection, what.name))
    return sa.select(selecting(connection, what).order_by(None).subquery().c.article_id)


def captures_of(articles: Articles) -> sa.ColumnElement[bool]:
    """Return the condition that a capture is of these stories: of an address of theirs, or of one that leads there.

    What belongs to another story is not, whatever its address.
    """
    row, any_of = t.capture.c, t.capture.alias("of").c
    owned = sa.select(t.article_url.c.url_id).where(t.article_url.c.article_id.in_(articles))
    found = sa.union(
        sa.select(any_of.id).where(any_of.article_id.in_(articles)),
        sa.select(any_of.id).where(any_of.article_id.is_(None), any_of.url_id.in_(owned)),
        sa.select(any_of.id).where(any_of.article_id.is_(None), any_of.redirect_url_id.in_(owned)),
    )
    return sa.and_(row.id.in_(found), row.warc_file_id.is_not(None), visible_capture())


def size_of(connection: Connection, articles: Articles) -> tuple[int, int]:
    """Return how many captures there are, and about how many bytes their records take in a ``.warc.gz``."""
    row = t.capture.c
    # A packed record is a hundredth of what it will be here; news pages shrink to a quarter by gzip.
    length = sa.case(
        (t.warc_file.c.state == "packed", sa.func.coalesce(row.payload_size, 0) / 4), else_=row.warc_length
    )
    count, size = connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(length), 0))
        .select_from(t.capture)
        .join(t.warc_file, t.warc_file.c.id == row.warc_file_id)
        .where(captures_of(articles))
    ).one()
    return count, int(size)


def write_warc(archive: Archive, articles: Articles, target: Path, about: dict[str, Any],
               progress: Callable[[], None] = lambda: None) -> Extracted:  # fmt: skip
    """Write the extract of these stories; ``about`` is what its head says of it, ``progress`` is told each capture.

    The file has its name when it is whole. Raises NotFoundError where there is nothing to hand over, StoreError.
    """
    refuse_other_name(target, SUFFIX)
    with archive.engine.connect() as connection:
        count, size = size_of(connection, articles)
        if count == 0:
            raise NotFoundError("no capture of these stories may be handed over")
        with making(target, size) as half, half.open("wb") as file:
            out = _Writer(file, target.name, archive.warc_folder, connection)
            out.begin(archive.clock(), about)
            found = connection.execution_options(yield_per=CHUNK).execute(_captures(articles))
            late: dict[bytes, set[int]] = {}
            for name, rows in groupby(found, key=lambda row: row.file):
                late |= out.copy(name, _wanted(connection, list(rows)), progress)
            out.copy_late(late)
            out.end()
    return Extracted(name=target.name, bytes=out.size, sha256=out.digest.hexdigest(), records=out.records,
                     readings=out.readings, visits=out.visits, places=out.places)  # fmt: skip


def _captures(articles: Articles) -> sa.Select[Any]:
    row, file = t.capture.c, t.warc_file.c
    # The files in the order of time, whatever they are called: packs have later names than what is in them.
    began = (
        sa.select(row.warc_file_id, sa.func.min(row.fetched_at).label("at"))
        .where(captures_of(articles))
        .group_by(row.warc_file_id)
        .subquery("began")
    )
    return (
        sa.select(row.id, row.record_id, row.kind, row.fetched_at, row.warc_offset, file.name.label("file"),
                  row.visit_id, t.visit.c.ended_at)
        .select_from(t.capture)
        .join(t.warc_file, file.id == row.warc_file_id)
        .join(t.visit, t.visit.c.id == row.visit_id)
        .join(began, began.c.warc_file_id == row.warc_file_id)
        .where(captures_of(articles))
        .order_by(began.c.at, file.name, row.warc_offset)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A capture to copy: where its record begins, and when each of its readings became known."""

    id: int
    record_id: bytes
    fetched_at: datetime
    offset: int
    visit: int
    ended_at: datetime | None  # the visit
    readings: frozenset[int]


def _wanted(connection: Connection, rows: Sequence[Any]) -> list[_Wanted]:
    row = t.reading.c
    read: dict[int, set[int]] = {}
    for begin in range(0, len(rows), CHUNK):
        numbers = [one.id for one in rows[begin : begin + CHUNK]]
        for capture, known in connection.execute(
            sa.select(row.capture_id, row.known_from).where(row.capture_id.in_(numbers))
        ):
            read.setdefault(capture, set()).add(t.to_micros(known))
    return [
        _Wanted(one.id, one.record_id, one.fetched_at, one.warc_offset, one.visit_id, one.ended_at,
                frozenset(read.get(one.id, ())))
        for one in rows
    ]  # fmt: skip


class _Writer:
    """Writes the extract, and counts what it wrote."""

    def __init__(self, file: IO[bytes], name: str, folder: Path, connection: Connection) -> None:
        self.file, self.name, self.folder, self.connection = file, name, folder, connection
        self.size = self.records = self.readings = self.visits = 0
        self.digest = hashlib.sha256()
        self.places: dict[int, Place] = {}
        self._open: dict[int, datetime] = {}  # visits whose end is not in yet, and when it was
        self._told: set[UUID] = set()  # the warcinfo records that are in

    def begin(self, at: datetime, about: dict[str, Any]) -> None:
        """Write what the file is."""
        head = warcinfo_record(uuid4(), at, self.name, SOFTWARE, {"extract": about})
        self._write(head.member())

    def copy(self, name: str, wanted: Sequence[_Wanted], progress: Callable[[], None]) -> dict[bytes, set[int]]:
        """Copy the captures of one file with what stands beside them; return the readings that are not there."""
        path = self._path(name)
        infos = _Infos(path)
        beside: dict[bytes, set[int]] = {}
        with path.open("rb") as source:
            for capture, record in _walk(path, wanted, beside):
                if capture is not None:
                    self._tell_visit(infos, record, capture)
                    self.places[capture.id] = Place(self.name, self.size, 0)
                    progress()
                length = self._write(_member(source, record))
                if capture is not None:
                    self.places[capture.id] = replace(self.places[capture.id], length=length)
                self.readings += record.target.startswith(READING_URN)
        return {record_id: left for record_id, left in beside.items() if left}

    def copy_late(self, late: dict[bytes, set[int]]) -> None:
        """Copy the readings that stand in other files than their captures: rereads, and what a kill delayed."""
        for path in own_files(self.folder) if late else ():
            with path.open("rb") as source:
                for record in records(path):
                    left = late.get(_beside(record))
                    if left and record.target.startswith(READING_URN) and _known(record) in left:
                        left.discard(_known(record))
                        self._tell_info(_Infos(path), record)
                        self._write(_member(source, record))
                        self.readings += 1
            late = {record_id: left for record_id, left in late.items() if left}
            if not late:
                return

    def end(self) -> None:
        """Write how the visits ended that are still open here."""
        self._end_before(t.FOREVER)

    def _end_before(self, at: datetime) -> None:
        """Write the ends of visits that came before a time: what is told later may rest on them."""
        for visit in sorted(self._open, key=self._open.__getitem__):
            if self._open[visit] <= at:
                del self._open[visit]
                self._write(_visit_end(self.connection.execute(sa.select(t.visit).where(t.visit.c.id == visit)).one()))

    def _path(self, name: str) -> Path:
        path = self.folder / name
        return path if path.exists() else path.with_name(name + OPEN_SUFFIX)

    def _tell_visit(self, infos: _Infos, record: Record, capture: _Wanted) -> None:
        self._end_before(capture.fetched_at)
        if self._tell_info(infos, record):
            self.visits += 1
            if capture.ended_at is not None:
                self._open[capture.visit] = capture.ended_at

    def _tell_info(self, infos: _Infos, record: Record) -> bool:
        """Write the warcinfo that a record names before the first that names it; say whether this was the first."""
        named = record.fields.get("warc-warcinfo-id")
        if named is None or record_uuid(named) in self._told:
            return False
        self._told.add(record_uuid(named))
        if (info := infos.find(record_uuid(named))) is not None:
            self._write(gzipped(info.raw))
        return True

    def _write(self, member: bytes) -> int:
        self.file.write(member)
        self.digest.update(member)
        self.size += len(member)
        self.records += 1
        return len(member)


def _walk(
    path: Path, wanted: Sequence[_Wanted], beside: dict[bytes, set[int]]
) -> Iterator[tuple[_Wanted | None, Record]]:
    """Yield each wanted capture with its record, and the records beside it with None; skip what lies between.

    ``beside`` is left with the readings, by capture, that were not found after it in this file.
    """
    waiting, end = list(reversed(wanted)), -1
    stream: Iterator[Record] = iter(())
    # The first reading of each capture is waited for: those of a reread stand in files of their own.
    first: dict[bytes, int] = {}
    is_next = False  # whether what follows at once may stand beside
    while waiting or first or is_next:
        if not first and not is_next and waiting[-1].offset != end:
            stream = records(path, waiting[-1].offset)
        record = next(stream, None)
        if record is None:
            break
        end, is_next = record.place.offset + record.place.length, False
        if waiting and record.place.offset == waiting[-1].offset:
            capture = waiting.pop()
            if record_uuid(record.fields.get("warc-record-id", "")).bytes != capture.record_id:
                break
            beside[capture.record_id] = set(capture.readings)
            first |= {capture.record_id: min(capture.readings)} if capture.readings else {}
            is_next = True
            yield capture, record
        elif (left := beside.get(own := _beside(record))) is not None:
            is_next = True
            if record.target.startswith(READING_URN):
                left.discard(_known(record))
                if first.get(own) == _known(record):
                    del first[own]
            yield None, record
    if waiting:
        where = f"{path.name} byte {waiting[-1].offset}"
        raise ArchiveError(f"{where}: the record of a capture is not here; `hemeroteca verify` says more")


def _beside(record: Record) -> bytes:
    """Return the id of the capture beside which a record stands, empty where it stands alone."""
    concurrent = record.fields.get("warc-concurrent-to")
    return record_uuid(concurrent).bytes if concurrent else b""


def _known(record: Record) -> int:
    return t.to_micros(parse_warc_date(record.fields["warc-date"]))


def _member(source: IO[bytes], record: Record) -> bytes:
    """Return a record as one gzip member: as it lies there, or packed anew where it lies in a zstd file."""
    source.seek(record.place.offset)
    held = source.read(record.place.length)
    return held if held[:2] == b"\x1f\x8b" else gzipped(record.raw)


class _Infos:
    """The warcinfo records of a file, found as they are asked for: they stand before what names them."""

    def __init__(self, path: Path) -> None:
        self._rest = (record for record in records(path) if record.kind == "warcinfo")
        self._found: dict[UUID, Record] = {}

    def find(self, wanted: UUID) -> Record | None:
        """Return the warcinfo of this id."""
        while wanted not in self._found:
            record = next(self._rest, None)
            if record is None:
                return None
            self._found[record_uuid(record.fields.get("warc-record-id", ""))] = record
        return self._found[wanted]


def _visit_end(visit: Any) -> bytes:
    told = {"key": visit.key, "started_at": visit.started_at.isoformat(), "ended_at": visit.ended_at.isoformat(),
            "exit_status": visit.exit_status, "removals_believed": visit.removals_believed, "report": {}}  # fmt: skip
    record = visit_end_record(visit.key, visit_warcinfo(visit.key), told, visit.ended_at)
    # The same in every extract, and another than that of the record with the report.
    own = record_urn(uuid5(visit_warcinfo(visit.key), "extract"))
    fields = tuple((name, own if name == "WARC-Record-ID" else value) for name, value in record.fields)
    return replace(record, fields=fields).member()

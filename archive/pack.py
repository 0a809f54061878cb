"""Packs sealed WARC files: the captures of an article lie together and are said as what differs from its first one.

A packed file follows the IIPC's draft of WARC-ZSTD: a dictionary frame, then one frame for each record, so every record
can be read by itself. The dictionary holds the first captures of some 25 articles; a later capture of one of them takes
a hundredth of what gzip takes. Packed files are for keeping: what is handed over is ``.warc.gz``, see :func:`unpack`.

https://iipc.github.io/warc-specifications/specifications/warc-zstd/
"""

from __future__ import annotations

import secrets
import struct
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import sqlalchemy as sa
import zstandard

from archive import tables as t
from archive.errors import NotFoundError, StoreError
from archive.scan import DICTIONARY_MAGIC, parse_name, read_records, records
from archive.swap import NewFile, rewriting, swap
from archive.warc import gzipped, pack_record, record_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive.scan import Record
    from archive.store import Archive

LEVEL = 9
MAX_DICTIONARY = 6 << 20  # fastwarc refuses 8 MiB, which the draft would allow
TRAINED = 16 << 10  # a larger trained part throws away what raw pages give
LARGEST_PAGE = 1 << 20  # a larger first capture does not go into the dictionary
FEWEST_SAMPLES = 16  # below that there is nothing to train on
_UNPACKABLE = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip")


@dataclass(slots=True)
class _Piece:
    """A record of a source: where it is, and which story, or else which address, it belongs to."""

    source: int
    offset: int
    digest: bytes
    key: str
    record_id: bytes
    warcinfo: str | None
    is_warcinfo: bool
    sample: int = 0  # bytes that it would bring to a dictionary


@dataclass(frozen=True, slots=True)
class Packed:
    """What packing made of what."""

    sources: tuple[str, ...]
    packs: tuple[str, ...]
    records: int
    bytes_before: int
    bytes_after: int


def packable(archive: Archive, before: datetime) -> list[str]:
    """Return the names of the files that were sealed before a time and are not packed, the oldest first."""
    row = t.warc_file.c
    query = sa.select(row.name).where(row.state == "sealed", row.sealed_at <= before).order_by(row.name)
    with archive.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def pack(archive: Archive, names: Sequence[str], progress: Callable[[int], None] = lambda _: None) -> Packed:
    """Pack sealed files together; ``progress`` is told the bytes of sources as they are read, twice in all.

    The old files are removed when every record has been read back from the new ones.
    """
    with rewriting(archive.warc_folder):
        return _pack(archive, names, progress)


def _pack(archive: Archive, names: Sequence[str], progress: Callable[[int], None]) -> Packed:
    folder = archive.warc_folder
    paths = [folder / name for name in names]
    before = sum(path.stat().st_size for path in paths)
    pieces = list(_pieces(archive, paths, progress))
    groups = _groups(pieces)
    now = archive.clock()
    stem = f"hemeroteca-pack-{now.astimezone(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    targets = [folder / f"{stem}-{number:05}.warc.zst" for number in range(len(groups))]
    told = {"sources": list(names), "packs": [path.name for path in targets]}
    made: list[NewFile] = []
    try:
        for target, group in zip(targets, groups, strict=True):
            made.append(_write(target, paths, group, told, now, progress))
        _prove(pieces, groups)
    except BaseException:
        for file in made:
            file.path.unlink(missing_ok=True)
        raise
    after = sum(file.size for file in made)
    detail = {"records": len(pieces), "bytes_before": before, "bytes_after": after}
    swap(folder, archive.engine, names, made, now, "pack", detail)
    return Packed(tuple(names), tuple(path.name for path in targets), len(pieces), before, after)


def _pieces(archive: Archive, paths: Sequence[Path], progress: Callable[[int], None]) -> Iterator[_Piece]:
    """Yield the records of the sources, each under the story it belongs to; refuse a source that is damaged."""
    stories: dict[bytes, str] = {}
    for number, path in enumerate(paths):
        stories |= _stories(archive, path.name)
        end = 0
        for record in records(path):
            yield _piece(number, record, stories)
            end = record.place.offset + record.place.length
            progress(record.place.length)
        if end != path.stat().st_size:
            raise StoreError(
                f"{path} byte {end}: a record breaks off or is damaged here; `hemeroteca verify` says more"
            )


def _stories(archive: Archive, name: str) -> dict[bytes, str]:
    """Return the article of each capture in a file, by record id."""
    query = (
        sa.select(t.capture.c.record_id, t.article.c.key)
        .join(t.warc_file, t.warc_file.c.id == t.capture.c.warc_file_id)
        .join(t.article, t.article.c.id == t.capture.c.article_id)
        .where(t.warc_file.c.name == name)
    )
    with archive.engine.connect() as connection:
        return {row.record_id: row.key for row in connection.execute(query)}


def _piece(source: int, record: Record, stories: dict[bytes, str]) -> _Piece:
    own = record_uuid(record.fields.get("warc-record-id", "")).bytes
    concurrent = record.fields.get("warc-concurrent-to")
    story = stories.get(record_uuid(concurrent).bytes if concurrent else own)
    address = record.target.removeprefix("urn:hemeroteca:reading:")
    return _Piece(
        source, record.place.offset, sha256(record.raw).digest(), story or address, own,
        record.fields.get("warc-warcinfo-id"), record.kind == "warcinfo", _sample(record),
    )  # fmt: skip


def _sample(record: Record) -> int:
    if record.kind != "response" or len(record.raw) > LARGEST_PAGE:
        return 0
    head = record.parted()[0].lower()
    return 0 if any(f"content-type: {kind}".encode() in head for kind in _UNPACKABLE) else len(record.raw)


@dataclass(slots=True)
class _Group:
    """What goes into one packed file: records in the order in which they were written, and which are its dictionary."""

    pieces: list[_Piece] = field(default_factory=list)
    first: dict[str, _Piece] = field(default_factory=dict)
    room: int = field(default_factory=lambda: MAX_DICTIONARY - TRAINED)


def _groups(pieces: Sequence[_Piece]) -> list[_Group]:
    """Deal the stories out to packs, as many to each as its dictionary holds the first captures of."""
    firsts: dict[str, _Piece] = {}
    for piece in pieces:
        if not piece.is_warcinfo and (piece.key not in firsts or not firsts[piece.key].sample):
            firsts[piece.key] = piece
    groups, where = [_Group()], {}
    for key, piece in firsts.items():
        if groups[-1].room < piece.sample:
            groups.append(_Group())
        where[key] = groups[-1]
        if piece.sample:
            groups[-1].first[key] = piece
            groups[-1].room -= piece.sample
    for piece in pieces:
        if not piece.is_warcinfo:
            where[piece.key].pieces.append(piece)
    for group in groups:
        _add_warcinfos(group, pieces)
    return groups


def _add_warcinfos(group: _Group, pieces: Sequence[_Piece]) -> None:
    """Put the warcinfo of every visit in a pack before its first record there: an extract of files is still whole."""
    said = {(piece.source, record_uuid(piece.warcinfo).bytes) for piece in group.pieces if piece.warcinfo}
    lone = {piece.source for piece in group.pieces if not piece.warcinfo}  # what no visit told
    wanted = [piece for piece in pieces if piece.is_warcinfo
              and ((piece.source, piece.record_id) in said or piece.source in lone)]  # fmt: skip
    group.pieces = sorted([*wanted, *group.pieces], key=lambda piece: (piece.source, piece.offset))


def _write(target: Path, paths: Sequence[Path], group: _Group, told: dict[str, Any], now: datetime,
           progress: Callable[[int], None]) -> NewFile:  # fmt: skip
    made = NewFile.begin(target, "packed")
    try:
        dictionary = _dictionary([record.raw for record in _read(paths, group.first.values())])
        compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        if dictionary:
            packed = zstandard.ZstdCompressor(level=19).compress(dictionary)
            made.frame(struct.pack("<II", DICTIONARY_MAGIC, len(packed)) + packed)
            data = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_FULLDICT)
            data.precompute_compress(level=LEVEL)
            compressor = zstandard.ZstdCompressor(dict_data=data, write_checksum=True)
        head = pack_record(uuid4(), target.name, told, now)
        made.add(b"", head.raw(), compressor.compress(head.raw()))
        for piece, record in zip(group.pieces, _read(paths, group.pieces), strict=True):
            made.add(piece.record_id, record.raw, compressor.compress(record.raw))
            progress(record.place.length)
        made.finish()
    except BaseException:
        made.abandon()
        raise
    return made


def _read(paths: Sequence[Path], pieces: Iterable[_Piece]) -> Iterator[Record]:
    """Yield the records of pieces, in their order."""
    by_source: dict[int, list[int]] = defaultdict(list)
    order = list(pieces)
    for piece in order:
        by_source[piece.source].append(piece.offset)
    streams = {source: read_records(paths[source], offsets) for source, offsets in by_source.items()}
    for piece in order:
        yield next(streams[piece.source])


def _dictionary(pages: Sequence[bytes]) -> bytes:
    """Return a dictionary: a small trained part, whose header the format asks for, and the pages as they are."""
    if len(pages) < 2:
        return b""
    samples: list[bytes | bytearray | memoryview[int]] = list(pages)
    if len(pages) < FEWEST_SAMPLES:
        samples = [page[at : at + 4096] for page in pages for at in range(0, len(page), 4096)]
    try:
        trained = zstandard.train_dictionary(TRAINED, samples, level=LEVEL).as_bytes()
    except zstandard.ZstdError:
        return b""  # too little to learn from
    return trained + b"".join(pages)


def _prove(pieces: Sequence[_Piece], groups: Sequence[_Group]) -> None:
    """Prove that the packs hold every record of the sources as often as these do; a warcinfo may be in several."""
    wanted = Counter(piece.digest for piece in pieces if not piece.is_warcinfo)
    held = Counter(piece.digest for group in groups for piece in group.pieces if not piece.is_warcinfo)
    if wanted != held:
        raise StoreError("packing: the packs do not hold every record of the files; the old files stay")


# ------------------------------------------------------------------ unpack


def unpack(archive: Archive, name: str) -> str:
    """Put a ``.warc.gz`` in the place of a packed file, the same records in the same order; return its name."""
    folder, parsed = archive.warc_folder, parse_name(name)
    if parsed is None or parsed.form != "zst" or not (folder / name).exists():
        raise NotFoundError(f"{name}: no packed file of this archive")
    target = folder / name.replace(".warc.zst", ".warc.gz")
    with rewriting(folder):
        made = as_gzip(folder / name, target)
        swap(folder, archive.engine, [name], [made], archive.clock(), "unpack", {"records": len(made.places)})
    return target.name


def as_gzip(path: Path, target: Path) -> NewFile:
    """Write the records of a packed file as ``.warc.gz``, for replay tools and for whoever is given it."""
    made = NewFile.begin(target, "sealed")
    try:
        for record in records(path):
            own = record_uuid(record.fields.get("warc-record-id", "")).bytes
            made.add(own, record.raw, gzipped(record.raw))
        made.finish()
    except BaseException:
        made.abandon()
        raise
    return made

"""The archive's own WARC files record by record, sealed (gzip), open or packed (zstd).

Anybody's files are read by :func:`archive.warc.read_captures`; these here are ours, one record a member, so a record
can be checked, indexed and rebuilt from where it lies.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import zstandard
from zlib_ng import zlib_ng

from archive.warc import OPEN_SUFFIX, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

PACKED_SUFFIX = ".warc.zst"
DICTIONARY_MAGIC = 0x184D2A5D  # https://iipc.github.io/warc-specifications/specifications/warc-zstd/
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_CHUNK = 1 << 16
_NAME = re.compile(r"(?P<family>.+?)(?:\.e(?P<erasures>\d+))?\.warc\.(?P<form>gz|zst)(?:\.open)?$")


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it lies in a file: its place, its named fields (names in lower case) and its block.

    A member that holds no WARC record has no fields; its bytes are the block.
    """

    place: Place
    fields: Mapping[str, str]
    begins: int  # where in the bytes its block begins
    raw: bytes  # all of it, decompressed

    @property
    def block(self) -> bytes:
        """The bytes that the fields describe."""
        return self.raw[self.begins : -len(_END)] if self.fields else self.raw

    def parted(self) -> tuple[bytes, bytes]:
        """Return an HTTP header that the block begins with, and what comes after it."""
        ends = self.raw.find(b"\r\n\r\n", self.begins, -len(_END))
        return (self.block, b"") if ends < 0 else (self.raw[self.begins : ends], self.raw[ends + 4 : -len(_END)])

    @property
    def kind(self) -> str:
        """The WARC-Type."""
        return self.fields.get("warc-type", "")

    @property
    def target(self) -> str:
        """The WARC-Target-URI, empty where there is none."""
        return self.fields.get("warc-target-uri", "")


@dataclass(frozen=True, slots=True)
class Name:
    """What the name of a file says: files of one family hold the same records, only one of them counts."""

    family: str
    erasures: int
    form: str  # gz or zst


def parse_name(name: str) -> Name | None:
    """Return what a file's name says; None if it is no WARC file's."""
    found = _NAME.fullmatch(name)
    return Name(found["family"], int(found["erasures"] or 0), found["form"]) if found else None


def own_files(folder: Path) -> list[Path]:
    """Return the files that count, sorted: of one family the one with most erasures, and of equal ones the sealed.

    Two of a family lie side by side only after a kill in the middle of packing or erasing.
    """
    best: dict[str, tuple[tuple[int, bool], Path]] = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        name = parse_name(path.name)
        if name is not None:
            rank = (name.erasures, name.form == "gz")
            if name.family not in best or rank > best[name.family][0]:
                best[name.family] = (rank, path)
    return sorted(path for _, path in best.values())


def records(path: Path, start: int = 0) -> Iterator[Record]:
    """Yield the complete records of a file from the member at ``start`` on; stop at the first that is broken."""
    name = path.name.removesuffix(OPEN_SUFFIX)
    with path.open("rb") as file:
        for offset, length, raw in members(file, start):
            yield Record(Place(name, offset, length), *parse(raw), raw)


def read_records(path: Path, offsets: Iterable[int]) -> Iterator[Record]:
    """Yield the records at these places; raise ValueError at the first that is not whole."""
    with path.open("rb") as file:
        new, broken = _decompressor(file)
        for offset in offsets:
            file.seek(offset)
            found = _member(file, new, broken)
            if found is None:
                raise ValueError(f"{path.name} byte {offset}: no whole record here")
            length, raw, _ = found
            yield Record(Place(path.name.removesuffix(OPEN_SUFFIX), offset, length), *parse(raw), raw)


def parse(raw: bytes) -> tuple[dict[str, str], int]:
    """Return the named fields of a record, and where its block begins; no fields if it is none."""
    ends = raw.find(b"\r\n\r\n")
    lines = raw[: max(ends, 0)].decode(errors="replace").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    length, begins = fields.get("content-length", ""), ends + 4
    if not lines[0].startswith("WARC/") or not length.isdecimal() or len(raw) != begins + int(length) + len(_END):
        return {}, 0
    return fields, begins


_END = b"\r\n\r\n"
"""What closes a record, after its block."""


def members(file: IO[bytes], start: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, length and content of each complete member from ``start`` on; stop at the first broken one."""
    file.seek(0)
    new, broken = _decompressor(file)
    offset, pending = max(start, file.tell()), b""
    file.seek(offset)
    while (found := _member(file, new, broken, pending)) is not None:
        length, raw, pending = found
        yield offset, length, raw
        offset += length


def _member(file: IO[bytes], new: Callable[[], Any], broken: type[Exception],
            pending: bytes = b"") -> tuple[int, bytes, bytes] | None:  # fmt: skip
    """Return length, content and what was read beyond of the member that begins here; None if it is not whole."""
    member, length, parts = new(), 0, []
    while not member.eof:
        chunk = pending or file.read(_CHUNK)
        pending = b""
        if not chunk:
            return None
        try:
            parts.append(member.decompress(chunk))
        except broken:
            return None
        length += len(chunk) - len(member.unused_data)
    return length, parts[0] if len(parts) == 1 else b"".join(parts), member.unused_data


def _decompressor(file: IO[bytes]) -> tuple[Callable[[], Any], type[Exception]]:
    """Return what makes the decompressor of one member, and its error; stand at the first member."""
    head = file.read(8)
    if head[:4] == _ZSTD_MAGIC or head[:4] == struct.pack("<I", DICTIONARY_MAGIC):
        file.seek(0)
        return zstandard.ZstdDecompressor(dict_data=read_dictionary(file)).decompressobj, zstandard.ZstdError
    file.seek(0)
    return lambda: zlib_ng.decompressobj(wbits=31), zlib_ng.error  # type: ignore[return-value]  # it is a class


def read_dictionary(file: IO[bytes]) -> zstandard.ZstdCompressionDict:
    """Return the dictionary of a packed file, an empty one if it has none; stand at the first record."""
    file.seek(0)
    head = file.read(8)
    if len(head) < 8 or struct.unpack("<I", head[:4])[0] != DICTIONARY_MAGIC:
        file.seek(0)
        return zstandard.ZstdCompressionDict(b"")
    data = file.read(struct.unpack("<I", head[4:])[0])
    if data.startswith(_ZSTD_MAGIC):
        data = zstandard.ZstdDecompressor().decompress(data)
    return zstandard.ZstdCompressionDict(data)


def read_record(path: Path, offset: int) -> Record:
    """Return the record at this place; raise ValueError if none is whole there."""
    return next(read_records(path, [offset]))


def good_length(found: Iterable[Record], start: int = 0) -> tuple[int, int]:
    """Return where the last complete record ends, and how many there are."""
    end, count = start, 0
    for record in found:
        end, count = record.place.offset + record.place.length, count + 1
    return end, count


def wrong_digests(record: Record) -> list[str]:
    """Return what is wrong with a record: a digest that its bytes do not have, or that it is none."""
    if not record.fields:
        return ["no WARC record is here"]
    problems = []
    block, payload = record.fields.get("warc-block-digest"), record.fields.get("warc-payload-digest")
    if block is not None and block != _label(record.block):
        problems.append("its block digest is not that of its bytes")
    if payload is not None and record.kind == "response" and payload != _label(record.parted()[1]):
        problems.append("its payload digest is not that of its bytes")
    return problems


def _label(data: bytes) -> str:
    return "sha256:" + base64.b32encode(hashlib.sha256(data).digest()).decode()

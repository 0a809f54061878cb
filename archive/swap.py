"""Puts new WARC files in the place of old ones, so that a kill at any moment leaves every record in its place.

New files are written beside under ``….part``, synced, read back and renamed; then one transaction moves every pointer;
only then are the old files removed. What a kill leaves over is told by names: see :func:`tidy`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import events, rows
from archive import tables as t
from archive.database import transaction
from archive.errors import LeaseHeldError, StoreError
from archive.scan import parse_name, records
from archive.warc import OPEN_SUFFIX, PACK_URN, Place, sync_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

LOCK = ".rewriting.lock"  # beside the folder of WARC files


@contextmanager
def rewriting(folder: Path) -> Iterator[None]:
    """Hold the right to rewrite files of a folder, which one process has at a time."""
    with (folder.parent / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LeaseHeldError(f"{folder}: another process packs, erases or rebuilds; wait for it") from None
        yield


@dataclass(slots=True)
class NewFile:
    """A WARC file in the making: what was written, and where each record came to lie."""

    path: Path
    state: str  # sealed or packed
    file: IO[bytes]
    size: int = 0
    stream: Any = field(default_factory=hashlib.sha256)  # over the decompressed records
    places: list[tuple[bytes, Place]] = field(default_factory=list)  # record id and place

    @classmethod
    def begin(cls, path: Path, state: str) -> NewFile:
        """Begin a file that will have this name when it is whole."""
        return cls(path, state, path.with_name(path.name + ".part").open("wb"))

    def frame(self, data: bytes) -> None:
        """Write bytes that are no record: the dictionary of a packed file."""
        self.file.write(data)
        self.size += len(data)

    def add(self, record_id: bytes, raw: bytes, member: bytes) -> None:
        """Write a record, packed as one member."""
        self.places.append((record_id, Place(self.path.name, self.size, len(member))))
        self.stream.update(raw)
        self.frame(member)

    def finish(self) -> None:
        """Sync the file, read it back from its name and prove that it says what was put in."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        half = self.path.with_name(self.path.name + ".part")
        back = hashlib.sha256()
        count = 0
        for record in records(half):
            back.update(record.raw)
            count += 1
        if back.digest() != self.stream.digest() or count != len(self.places):
            half.unlink()
            raise StoreError(f"{self.path}: does not read back as it was written; the old files stay")
        half.rename(self.path)

    def abandon(self) -> None:
        """Remove what was written."""
        self.file.close()
        self.path.with_name(self.path.name + ".part").unlink(missing_ok=True)


def swap(folder: Path, engine: Engine, old: Sequence[str], new: Sequence[NewFile], at: datetime, kind: str,
         detail: Mapping[str, Any]) -> None:  # fmt: skip
    """Move every pointer from old files to new ones, which are whole under their names, and remove the old ones."""
    sync_path(folder)
    with transaction(engine) as connection:
        for made in new:
            _point(connection, made, at)
        left = _still_pointed_at(connection, old)
        if left:
            raise StoreError(f"{kind}: {left} captures of {', '.join(old)} are in no new file; the old ones stay")
        connection.execute(t.warc_file.delete().where(t.warc_file.c.name.in_(old)))
        names = [made.path.name for made in new]
        events.note(connection, at, kind, "warc_file", ", ".join(names), {**detail, "files": list(old), "into": names})
    for name in old:
        (folder / name).unlink(missing_ok=True)
    sync_path(folder)


def _point(connection: Connection, made: NewFile, at: datetime) -> None:
    with made.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").digest()
    number = rows.insert(
        connection, t.warc_file, name=made.path.name, state=made.state, bytes=made.size, synced_bytes=made.size,
        records=len(made.places), sha256=sha256, sealed_at=at,
    )  # fmt: skip
    row = t.capture.c
    moved = (
        t.capture.update()
        .where(row.record_id == sa.bindparam("record"))
        .values(warc_file_id=number, warc_offset=sa.bindparam("offset"), warc_length=sa.bindparam("length"))
    )
    connection.execute(
        moved,
        [{"record": record, "offset": place.offset, "length": place.length} for record, place in made.places],
    )


def _still_pointed_at(connection: Connection, old: Sequence[str]) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(t.capture)
        .join(t.warc_file, t.warc_file.c.id == t.capture.c.warc_file_id)
        .where(t.warc_file.c.name.in_(old))
    )
    return connection.scalar(query) or 0


# ------------------------------------------------------------------ after a kill


def tidy(folder: Path, engine: Engine) -> list[str]:
    """Remove what a kill in the middle of packing, unpacking or erasing left over; return the names.

    A file that the database does not know is removed only if all its records are certainly in files that it knows: in
    another of the family, in the files a pack says it was made of, or in the packs that were made of it.
    """
    try:
        with rewriting(folder):
            return _tidy(folder, engine)
    except LeaseHeldError:
        return []  # whoever rewrites is at work, and nothing is left over


def _tidy(folder: Path, engine: Engine) -> list[str]:
    for half in folder.glob("*.part"):
        half.unlink()
    with engine.connect() as connection:
        known = set(connection.execute(sa.select(t.warc_file.c.name)).scalars())
    present = {path.name for path in folder.glob("*.warc.*") if not path.name.endswith(OPEN_SUFFIX)}
    strange = {name for name in present - known if parse_name(name) is not None}
    if not strange:
        return []
    removed = sorted(_superseded(folder, strange, known & present))
    for name in removed:
        (folder / name).unlink()
    return removed


def _superseded(folder: Path, strange: set[str], known: set[str]) -> set[str]:
    families = {parsed.family for name in known if (parsed := parse_name(name))}
    gone = {name for name in strange if (parsed := parse_name(name)) and parsed.family in families}
    for name in strange - gone:
        if name.endswith(".zst") and set(pack_told(folder / name).get("sources", ["?"])) <= known:
            gone.add(name)
    for name in known:
        told = pack_told(folder / name) if name.endswith(".zst") else {}
        if told and set(told["packs"]) <= known:
            gone |= strange & set(told["sources"])
    return gone


def pack_told(path: Path) -> dict[str, Any]:
    """Return what a packed file says of its making: the files it was made of, and all packs made of them."""
    first = next(records(path), None)
    if first is None or not first.target.startswith(PACK_URN):
        return {}
    told: dict[str, Any] = json.loads(first.block)
    return told

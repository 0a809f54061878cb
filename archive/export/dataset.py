"""A dataset in a folder: parts, what describes them, and a manifest; made again where a kill left it.

While it is made, ``.export/`` in the folder holds how far it has come: after every part the state is written, so a kill
costs the part that was being written. The same command goes on from there. An archive that has changed since is another
one, and the parts may hold what has been taken down meanwhile: then the export begins anew. The manifest appears when
all is whole, and a mark moves only then.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter as Tally
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from archive import tables as t
from archive.database import snapshot
from archive.describe import stamp
from archive.errors import ArchiveError, StoreError
from archive.export import marks, since
from archive.export.asked import TOMBSTONES, WHOLE
from archive.export.cards import DESCRIBED, manifest_of
from archive.export.files import JSONL, written
from archive.export.rows import batches, by_key
from archive.export.shape import Column, columns
from archive.export.split import days
from archive.warc import sync_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from archive.export.asked import Asked
    from archive.export.files import Writer
    from archive.export.marks import Mark
    from archive.export.rows import Told
    from archive.store import Archive

WORK, MANIFEST = ".export", "manifest.json"
STATE, HANDED = "state.json", "handed"
_HANDED_BYTES = 8 + len(since.NONE_HELD)


@dataclass(slots=True, kw_only=True)
class State:
    """How far an export has come: of what, from which moment of the archive, the parts that are whole, and where on."""

    asked: dict[str, Any]
    moment: dict[str, Any]
    after: str = ""
    parts: list[dict[str, Any]] = field(default_factory=list)
    sites: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    articles: int = 0
    handed_bytes: int = 0
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A dataset that is whole, by its manifest; ``resumed`` says how many parts were there already."""

    manifest: dict[str, Any]
    resumed: int


def export_dataset(archive: Archive, folder: Path, asked: Asked,
                   progress: Callable[[int], None] = lambda _: None) -> Made:  # fmt: skip
    """Make a dataset in a folder, or go on with it; ``progress`` is told how many articles are done.

    Raises ArchiveError for a folder that holds something else, and StoreError when it cannot be written.
    """
    try:
        with _moment(archive, asked) as (connection, seq):
            mark = marks.find(connection, asked.since, asked.query_digest) if asked.since else None
            if mark is not None and (moved := _moved_already(folder, mark)):
                return moved
            export = _Export(connection, folder, asked, mark, seq)
            resumed = len(export.state.parts)
            progress(export.state.articles)
            export.write_parts(progress)
            manifest = export.describe()
        if asked.since:
            marks.move(archive.engine, asked.since, mark, seq, asked.query_digest, export.handed(), manifest)
        _finish(folder)
    except OSError as error:
        raise StoreError(f"{folder}: cannot write: {error.strerror or error}") from error
    return Made(manifest, resumed)


def _moved_already(folder: Path, mark: Mark) -> Made | None:
    """Finish an export that was killed between the move of its mark and its end; None if this is none."""
    file = folder / WORK / MANIFEST
    manifest = orjson.loads(file.read_bytes()) if file.exists() else None
    if manifest is None or manifest != mark.manifest:
        return None
    _finish(folder)
    return Made(manifest, len(manifest["parts"]))


def _finish(folder: Path) -> None:
    """Let the manifest appear: the dataset is whole."""
    (folder / WORK / MANIFEST).replace(folder / MANIFEST)
    shutil.rmtree(folder / WORK)
    sync_path(folder)


@contextmanager
def _moment(archive: Archive, asked: Asked) -> Iterator[tuple[Connection, int]]:
    if asked.since:
        with marks.moment(archive.engine) as (connection, seq):
            yield connection, seq
    else:
        with snapshot(archive.engine) as connection:
            yield connection, 0


def moment_of(connection: Connection) -> dict[str, Any]:
    """Return what tells two moments of an archive apart: whatever is told, read or taken down moves one of these."""
    log = t.change_log.c
    last = connection.execute(sa.select(log.seq, log.at).order_by(log.seq.desc()).limit(1)).first()
    return {
        "captures": connection.scalar(sa.select(sa.func.max(t.capture.c.id))),
        "readings": connection.scalar(sa.select(sa.func.max(t.reading.c.id))),
        "visits_ended": connection.scalar(sa.select(sa.func.count(t.visit.c.ended_at))),
        "changes": last.seq if last else None,
        "as_of": stamp(last.at) if last else None,
    }


class _Export:
    """One export into a folder."""

    def __init__(self, connection: Connection, folder: Path, asked: Asked, mark: Mark | None, seq: int) -> None:
        self.connection = connection
        self.folder = folder
        self.work = folder / WORK
        self.asked = asked
        self.mark = mark
        self.seq = seq
        self.columns = columns(asked.wanted)
        now = moment_of(connection) | {"mark": mark.seq if mark else None}
        self.state = self._begun(State(asked=asked.told(), moment=now))

    def _begun(self, fresh: State) -> State:
        """Return the state to go on from: that of an export of the same that was killed, or a fresh one."""
        if (self.folder / MANIFEST).exists():
            raise ArchiveError(f"{self.folder}: holds a dataset already; name another folder")
        file = self.work / STATE
        if not file.exists():
            if self.folder.exists() and any(path.name != WORK for path in self.folder.iterdir()):
                raise ArchiveError(f"{self.folder}: not empty; a dataset needs a folder of its own")
            self.work.mkdir(parents=True, exist_ok=True)
            return self._kept(fresh)
        held = State(**orjson.loads(file.read_bytes()))
        if held.asked != fresh.asked:
            raise ArchiveError(f"{self.folder}: holds half of another export; finish that one, or remove the folder")
        if held.moment != fresh.moment:
            return self._kept(fresh)
        return held

    def _kept(self, state: State) -> State:
        """Write a state, whole and synced, in the place of the one before."""
        half = self.work / f"{STATE}.part"
        with half.open("wb") as out:
            out.write(orjson.dumps(asdict(state)))
            out.flush()
            os.fsync(out.fileno())
        half.replace(self.work / STATE)
        sync_path(self.work)
        return state

    # -- parts

    def write_parts(self, progress: Callable[[int], None]) -> None:
        """Write the parts that are not there yet."""
        if self.state.is_whole:
            return
        self._remove_halves()
        with (self.work / HANDED).open("ab") as handed:
            handed.truncate(self.state.handed_bytes)
            articles = self._dealt()
            while not self.state.is_whole:
                with self._next_part() as part:
                    if not self.state.parts:
                        self._bury(part, handed)
                    is_last = self._fill(part, articles, handed, progress)
                    if is_last and not part.files and not self.state.parts:
                        part.open(WHOLE)  # a dataset of nothing is one, too
                self._note(part, handed, is_last=is_last)

    def _bury(self, part: _Part, handed: IO[bytes]) -> None:
        """Write the tombstones of what is not selected any more."""
        if self.mark is not None:
            for number, tombstone in since.removed(self.connection, self.mark, self.asked.wanted):
                part.bury(tombstone)
                handed.write(_packed(number, since.NONE_HELD))

    def _fill(self, part: _Part, articles: Iterator[tuple[Told, bytes, str]], handed: IO[bytes],
              progress: Callable[[int], None]) -> bool:  # fmt: skip
        """Write articles into a part until it is full; return whether there are no more."""
        for told, digest, split in articles:
            part.write(told, split)
            if self.asked.since:
                handed.write(_packed(told.article_id, digest))
                if (tombstone := since.gone(told)) is not None:
                    part.bury(tombstone)
            progress(1)
            if part.rows >= self.asked.part_rows:
                return False
        return True

    def _remove_halves(self) -> None:
        """Remove the files of a part that was not closed, and all of an export of another moment."""
        whole = {part["path"] for part in self.state.parts}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and not name.startswith(f"{WORK}/") and name not in whole:
                path.unlink()

    def _next_part(self) -> _Part:
        number = 1 + max((part["number"] for part in self.state.parts), default=0)
        return _Part(self.folder, number, self.asked, self.columns)

    def _note(self, part: _Part, handed: IO[bytes], *, is_last: bool) -> None:
        """Note that a part is whole."""
        self.state.parts += part.told()
        handed.flush()
        os.fsync(handed.fileno())
        self.state.handed_bytes = handed.tell()
        self.state.after = part.last or self.state.after
        self.state.articles += part.articles
        for tally, counted in ((self.state.sites, part.sites), (self.state.languages, part.languages)):
            for name, count in counted.items():
                tally[name] = tally.get(name, 0) + count
        self.state.is_whole = is_last
        self._kept(self.state)

    # -- articles

    def _dealt(self) -> Iterator[tuple[Told, bytes, str]]:
        """Yield the articles that are to be written, each with its digest and the split that it belongs to."""
        only = since.changed(self.mark, self.seq) if self.mark is not None else None
        found = by_key(self.connection, self.asked.wanted, after=self.state.after, only=only)
        if self.asked.since:
            yield from self._split(since.differing(self.connection, self.mark, found))
        else:
            yield from self._split((told, b"") for told in found)

    def _split(self, found: Iterable[tuple[Told, bytes]]) -> Iterator[tuple[Told, bytes, str]]:
        split = self.asked.split
        for some in batches(found, 200):
            by_time = split is not None and split.is_by_time
            came_out = days(self.connection, [told.article_id for told, _ in some]) if by_time else {}
            for told, digest in some:
                if split is None:
                    name = WHOLE
                elif by_time:
                    name = split.of_day(came_out[told.article_id])
                else:
                    name = split.of_cluster(told.rows[0]["cluster"] or told.key)
                yield told, digest, name

    # -- the end

    def describe(self) -> dict[str, Any]:
        """Write what describes the dataset, and its manifest where it is not seen yet; return the manifest."""
        manifest = manifest_of(self.asked, self.state, self.mark.seq if self.mark else None, self.seq)
        for name, made in DESCRIBED.items():
            (self.folder / name).write_bytes(made(manifest, self.columns))
        (self.work / MANIFEST).write_bytes(
            orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )
        return manifest

    def handed(self) -> Iterator[tuple[int, bytes]]:
        """Yield what was handed out: the ids of articles, and a digest of each."""
        with (self.work / HANDED).open("rb") as handed:
            while record := handed.read(_HANDED_BYTES):
                yield int.from_bytes(record[:8]), record[8:]


def _packed(article: int, digest: bytes) -> bytes:
    return article.to_bytes(8) + digest


class _Part:
    """The files of one part, one for each split that it has articles of: they are closed together."""

    def __init__(self, folder: Path, number: int, asked: Asked, columns: list[Column]) -> None:
        self.folder = folder
        self.number = number
        self.asked = asked
        self.columns = columns
        self.files: dict[str, tuple[Path, Writer]] = {}
        self.counts: Tally[str] = Tally()
        self.sites: Tally[str] = Tally()
        self.languages: Tally[str] = Tally()
        self.articles = self.rows = 0
        self.last = ""
        self._stack = ExitStack()

    def __enter__(self) -> _Part:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def open(self, name: str) -> Writer:
        """Return the writer of one split, or of the tombstones."""
        if name not in self.files:
            form = JSONL if name == TOMBSTONES else self.asked.form
            below = TOMBSTONES if name == TOMBSTONES else "data"
            path = self.folder / below / f"{name}-{self.number:05}.{form.name}"
            path.parent.mkdir(exist_ok=True)
            writer = self._stack.enter_context(written(path, form, self.columns, exact=self.asked.exact_csv))
            self.files[name] = (path, writer)
        return self.files[name][1]

    def write(self, told: Told, split: str) -> None:
        """Write the rows of an article."""
        writer = self.open(split)
        for row in told.rows:
            writer.write(row)
        self.counts[split] += len(told.rows)
        self.rows += len(told.rows)
        self.articles += 1
        self.sites[told.rows[0]["site"]] += len(told.rows)
        for row in told.rows:
            if row["language"] is not None:
                self.languages[row["language"]] += 1
        self.last = told.key

    def bury(self, tombstone: dict[str, Any]) -> None:
        """Write a tombstone."""
        self.open(TOMBSTONES).write(tombstone)
        self.counts[TOMBSTONES] += 1

    def told(self) -> list[dict[str, Any]]:
        """Return what a manifest says of the files, which are closed and synced."""
        told = []
        for name, (path, _) in sorted(self.files.items()):
            with path.open("rb") as whole:
                sha256 = hashlib.file_digest(whole, "sha256").hexdigest()
            told.append({"path": path.relative_to(self.folder).as_posix(), "split": name, "number": self.number,
                         "rows": self.counts[name], "bytes": path.stat().st_size, "sha256": sha256})  # fmt: skip
        for folder in {path.parent for path, _ in self.files.values()}:
            sync_path(folder)
        return told

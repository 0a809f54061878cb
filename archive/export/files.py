"""Files of an export: which form a name asks for, compressed the same every time, whole or not there."""

from __future__ import annotations

import gzip
import os
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

import zstandard

from archive.errors import ArchiveError, StoreError
from archive.export.jsonl import JsonLines
from archive.export.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from archive.export.shape import Column

GZIP_LEVEL = 6
ZSTD_LEVEL = 6


class Writer(Protocol):
    """Writes articles, one after the other, in some form."""

    def write(self, article: dict[str, Any]) -> None:
        """Write one article."""

    def close(self) -> None:
        """Write what is still held back; the file under it stays open."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a file: what it is, and how it is compressed (``gz``, ``zst`` or not at all)."""

    kind: str
    compression: str = ""

    @property
    def name(self) -> str:
        """What its files' names end with, without the dot before it."""
        return f"{self.kind}.{self.compression}" if self.compression else self.kind


FORMS = {
    form.name: form
    for form in (
        *(Form(kind, compression) for kind in ("jsonl", "csv") for compression in ("", "gz", "zst")),
        Form("parquet"),
    )
}
JSONL = FORMS["jsonl"]


def form_of(target: Path) -> Form | None:
    """Return the form that the name of a file asks for; None for one that names no form."""
    endings = sorted(FORMS, key=len, reverse=True)
    return next((FORMS[ending] for ending in endings if target.name.endswith(f".{ending}")), None)


def export_file(articles: Iterable[dict[str, Any]], target: Path | None, columns: Sequence[Column], *,
                exact: bool = False, progress: Callable[[], None] = lambda: None) -> int:  # fmt: skip
    """Write articles to a file, or as JSON Lines to standard output where there is none; return how many.

    The file appears when it is whole: what was there before stays until then, and after any failure. ``exact`` is
    that of :class:`archive.export.sheet.Sheet`.
    """
    count = 0
    with _standard_output() if target is None else _whole(target, columns, exact=exact) as out:
        for article in articles:
            out.write(article)
            count += 1
            progress()
    return count


@contextmanager
def _standard_output() -> Iterator[Writer]:
    yield JsonLines(sys.stdout.buffer)
    sys.stdout.buffer.flush()


@contextmanager
def _whole(target: Path, columns: Sequence[Column], *, exact: bool) -> Iterator[Writer]:
    form = form_of(target)
    if form is None:
        raise ArchiveError(f"{target}: name the file {', '.join(f'.{name}' for name in FORMS)}, or - for stdout")
    half = target.with_name(target.name + ".part")
    try:
        with written(half, form, columns, exact=exact) as writer:
            yield writer
        half.replace(target)
    except OSError as error:
        raise StoreError(f"{target}: cannot write: {error.strerror or error}") from error
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def written(path: Path, form: Form, columns: Sequence[Column], *, exact: bool = False) -> Iterator[Writer]:
    """Give a writer of a new file in this form; at the end the file is whole and synced."""
    with ExitStack() as opened:
        raw = opened.enter_context(path.open("wb"))
        with _compressed(raw, form.compression) as out:
            writer = _writer(out, form.kind, columns, exact=exact)
            yield writer
            writer.close()
        raw.flush()
        os.fsync(raw.fileno())


def _writer(out: IO[bytes], kind: str, columns: Sequence[Column], *, exact: bool) -> Writer:
    if kind == "jsonl":
        return JsonLines(out)
    if kind == "csv":
        return Sheet(out, columns, exact=exact)
    # Only here: pyarrow is an extra, and takes longer to import than most exports take.
    from archive.export.parquet import Parquet

    return Parquet(out, columns)


@contextmanager
def _compressed(raw: IO[bytes], compression: str) -> Iterator[IO[bytes]]:
    if compression == "gz":
        # Neither name nor time: the same articles are the same bytes.
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=GZIP_LEVEL) as out:
            yield cast("IO[bytes]", out)
    elif compression == "zst":
        with zstandard.ZstdCompressor(level=ZSTD_LEVEL).stream_writer(raw, closefd=False) as out:
            yield cast("IO[bytes]", out)
    else:
        yield raw

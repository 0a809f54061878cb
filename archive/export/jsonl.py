"""JSON Lines: one article an object, one object a line, plain or compressed by the name of the file."""

from __future__ import annotations

import gzip
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

import orjson
import zstandard

from archive.errors import ArchiveError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

FORMS = (".jsonl", ".jsonl.gz", ".jsonl.zst")


def export_jsonl(
    articles: Iterable[dict[str, Any]], target: Path | None, progress: Callable[[], None] = lambda: None
) -> int:
    """Write articles to a file, or to standard output where there is none; return how many lines.

    The file appears when it is whole: what was there before stays until then, and after any failure.
    """
    lines = 0
    with _standard_output() if target is None else _file(target) as out:
        for article in articles:
            out.write(line(article))
            lines += 1
            progress()
    return lines


def line(article: dict[str, Any]) -> bytes:
    """Return an article as one line of JSON."""
    return orjson.dumps(article, option=orjson.OPT_APPEND_NEWLINE)


def check_name(target: Path) -> None:
    """Refuse a file name that does not say which form it wants."""
    if not target.name.endswith(FORMS):
        raise ArchiveError(f"{target}: name the file .jsonl, .jsonl.gz or .jsonl.zst, or - for standard output")


@contextmanager
def _standard_output() -> Iterator[IO[bytes]]:
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def _file(target: Path) -> Iterator[IO[bytes]]:
    check_name(target)
    half = target.with_name(target.name + ".part")
    try:
        with half.open("wb") as raw:
            with _compressed(raw, target.name) as out:
                yield out
            raw.flush()
        half.replace(target)
    except OSError as error:
        raise StoreError(f"{target}: cannot write: {error.strerror or error}") from error
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def _compressed(raw: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    if name.endswith(".gz"):
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
            yield cast("IO[bytes]", out)
    elif name.endswith(".zst"):
        with zstandard.ZstdCompressor(level=9).stream_writer(raw, closefd=False) as out:
            yield cast("IO[bytes]", out)
    else:
        yield raw

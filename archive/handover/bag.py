"""Writes an extract as a bag (BagIt 1.0, RFC 8493): a folder for deposit whose every byte can be checked.

``data/`` holds the WARC file and ``stories.jsonl``, the stories as an export tells them; sha512 of all is beside it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive import tables as t
from archive.describe import describe
from archive.errors import StoreError
from archive.handover.extract import SOFTWARE, Extracted, size_of, write_warc
from archive.handover.making import making
from archive.selection import each_article

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive.handover.extract import Articles
    from archive.store import Archive

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bagged:
    """A bag as it was written."""

    folder: str
    files: int
    bytes: int
    stories: int
    warc: Extracted

    def figures(self) -> dict[str, Any]:
        """Return what there is to say of it."""
        return {"folder": self.folder, "files": self.files, "bytes": self.bytes, "stories": self.stories,
                "warc": self.warc.figures()}  # fmt: skip


def write_bag(archive: Archive, articles: Articles, target: Path, title: str, about: dict[str, Any],
              progress: Callable[[], None] = lambda: None) -> Bagged:  # fmt: skip
    """Write the stories as a bag, a folder that is whole when it has its name.

    Raises NotFoundError where there is nothing to hand over, StoreError; also where the folder is there already.
    """
    if target.exists():
        raise StoreError(f"{target}: is there already; a bag is a folder of its own")
    with archive.engine.connect() as connection:
        _, size = size_of(connection, articles)
    with making(target, size) as half:
        half.mkdir()
        data = half / "data"
        data.mkdir()
        warc = write_warc(archive, articles, data / "stories.warc.gz", about, progress)
        stories = _write_stories(archive, articles, data / "stories.jsonl")
        paths = sorted(data.iterdir())
        size = sum(path.stat().st_size for path in paths)
        (half / "bagit.txt").write_text(_DECLARATION, encoding="utf-8")
        _write_info(half / "bag-info.txt", title, archive, size, len(paths))
        _write_manifest(half / "manifest-sha512.txt", half, paths)
        tags = [half / name for name in ("bag-info.txt", "bagit.txt", "manifest-sha512.txt")]
        _write_manifest(half / "tagmanifest-sha512.txt", half, tags)
    return Bagged(folder=str(target), files=len(paths), bytes=size, stories=stories, warc=warc)


def _write_stories(archive: Archive, articles: Articles, target: Path) -> int:
    count = 0
    with archive.engine.connect() as connection, target.open("w", encoding="utf-8") as out:
        rows = each_article().where(t.article.c.id.in_(articles)).order_by(t.article.c.key)
        for row in connection.execute(rows, execution_options={"yield_per": 500}):
            out.write(json.dumps(describe(connection, row.version_id, counters=True), ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_info(target: Path, title: str, archive: Archive, size: int, files: int) -> None:
    lines = {
        "External-Description": " ".join(title.split()),
        "Bagging-Date": f"{archive.clock():%Y-%m-%d}",
        "Bag-Software-Agent": SOFTWARE,
        "Payload-Oxum": f"{size}.{files}",
    }
    target.write_text("".join(f"{name}: {value}\n" for name, value in lines.items()), encoding="utf-8")


def _write_manifest(target: Path, folder: Path, paths: list[Path]) -> None:
    lines = [f"{_sha512(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    target.write_text("".join(lines), encoding="utf-8")


def _sha512(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()

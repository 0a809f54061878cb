"""Writes an extract as WACZ 1.1.1: one ZIP file of WARC, index and pages, which ReplayWeb.page and others open.

https://specs.webrecorder.net/wacz/1.1.1/. What is compressed already is stored, so that a reader may take a record
out of the middle of the file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import sqlalchemy as sa

from archive import cdx
from archive import tables as t
from archive.describe import stamp
from archive.handover.extract import SOFTWARE, Extracted, size_of, write_warc
from archive.handover.making import making, refuse_other_name
from archive.texts import bodies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.handover.extract import Articles
    from archive.store import Archive
    from archive.warc import Place

SUFFIX = ".wacz"
_HELD = ("archive/data.warc.gz", "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl")


def write_wacz(archive: Archive, articles: Articles, target: Path, title: str, about: dict[str, Any],
               progress: Callable[[], None] = lambda: None) -> Extracted:  # fmt: skip
    """Write the stories as a WACZ file, whole when it has its name; return what its WARC file holds.

    Raises NotFoundError where there is nothing to hand over, StoreError.
    """
    refuse_other_name(target, SUFFIX)
    with archive.engine.connect() as connection:
        _, size = size_of(connection, articles)
    with making(target, 2 * size) as half, tempfile.TemporaryDirectory(dir=target.parent, prefix=".wacz-") as parts:
        folder = Path(parts)
        warc = write_warc(archive, articles, folder / "data.warc.gz", about, progress)
        with archive.engine.connect() as connection:
            _write_index(folder, connection, warc)
            _write_pages(folder / "pages.jsonl", connection, articles, title)
        _zip(half, folder, title, archive.clock())
    return replace(warc, name=target.name, bytes=target.stat().st_size, sha256=_sha256(target))


def _write_index(folder: Path, connection: Connection, warc: Extracted) -> None:
    """Write the index in blocks that can be read one by one (ZipNum), and where each begins."""
    lines = sorted(_moved(line, warc.places[number]) for number, line in cdx.of_captures(connection, warc.places))
    meta = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    with (folder / "index.cdx.gz").open("wb") as index, (folder / "index.idx").open("w", encoding="utf-8") as blocks:
        blocks.write(f"!meta 0 {json.dumps(meta)}\n")
        for begin in range(0, len(lines), cdx.BLOCK):
            block = gzip.compress("".join(lines[begin : begin + cdx.BLOCK]).encode(), mtime=0)
            where = {"offset": index.tell(), "length": len(block), "digest": _label(block)}
            blocks.write(f"{' '.join(lines[begin].split(' ')[:2])} {json.dumps(where)}\n")
            index.write(block)


def _moved(line: cdx.Line, place: Place) -> str:
    return replace(line, filename=place.file, offset=str(place.offset), length=str(place.length)).cdxj()


def _write_pages(target: Path, connection: Connection, articles: Articles, title: str) -> None:
    head = {"format": "json-pages-1.0", "id": "pages", "title": title, "hasText": True}
    with target.open("w", encoding="utf-8") as out:
        out.write(f"{json.dumps(head, ensure_ascii=False)}\n")
        for page in _pages(connection, articles):
            out.write(f"{json.dumps(page, ensure_ascii=False)}\n")


def _pages(connection: Connection, articles: Articles) -> Iterator[dict[str, Any]]:
    """Yield each version that has a text as a page: the capture that showed it first."""
    row = t.version.c
    query = (
        sa.select(t.article.c.key, row.number, t.capture.c.fetched_at, t.url.c.url, t.content.c.title, row.content_id)
        .select_from(t.version)
        .join(t.article, t.article.c.id == row.article_id)
        .join(t.capture, t.capture.c.id == row.first_capture_id)
        .join(t.url, t.url.c.id == t.capture.c.url_id)
        .join(t.content, t.content.c.id == row.content_id)
        .where(row.article_id.in_(articles), row.known_to == t.OPEN, t.content.c.body.is_not(None))
        .order_by(row.article_id, row.number)
    )
    for part in connection.execute(query, execution_options={"yield_per": 500}).partitions():
        texts = bodies(connection, {found.content_id for found in part})
        for found in part:
            yield {"id": f"{found.key}-{found.number}", "url": found.url, "ts": stamp(found.fetched_at),
                   "title": found.title or found.url, "text": texts[found.content_id]}  # fmt: skip


def _zip(target: Path, folder: Path, title: str, at: datetime) -> None:
    held = {name: name.partition("/")[2] for name in _HELD}
    with ZipFile(target, "w", ZIP_STORED, allowZip64=True) as out:
        for name, file in held.items():
            _add(out, name, folder / file, at)
        package = {
            "profile": "data-package", "wacz_version": "1.1.1", "software": SOFTWARE, "title": title,
            "created": stamp(at.replace(microsecond=0)),
            "resources": [_resource(name, folder / file) for name, file in held.items()],
        }  # fmt: skip
        told = json.dumps(package, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": _label(told)}
        out.writestr(_info("datapackage.json", at, ZIP_DEFLATED), told)
        out.writestr(_info("datapackage-digest.json", at, ZIP_DEFLATED), json.dumps(digest, indent=2))


def _add(out: ZipFile, name: str, path: Path, at: datetime) -> None:
    kind = ZIP_STORED if name.endswith((".gz", ".idx")) else ZIP_DEFLATED
    with path.open("rb") as file, out.open(_info(name, at, kind), "w", force_zip64=True) as member:
        shutil.copyfileobj(file, member, 1 << 20)


def _info(name: str, at: datetime, kind: int) -> ZipInfo:
    info = ZipInfo(name, at.timetuple()[:6])
    info.compress_type, info.external_attr = kind, 0o644 << 16
    return info


def _resource(name: str, path: Path) -> dict[str, Any]:
    return {"name": path.name, "path": name, "hash": f"sha256:{_sha256(path)}", "bytes": path.stat().st_size}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _label(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"

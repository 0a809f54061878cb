"""A file or folder in the making: it has its name when it is whole, and nothing of it is left when it fails."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archive.errors import StoreError
from archive.warc import sync_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def making(target: Path, size: int = 0) -> Iterator[Path]:
    """Give the path at which to write what will be ``target``; a file that was there stays until then.

    ``size`` is about how many bytes it will take: where the disk has less, nothing is begun. Raises StoreError.
    """
    half = target.with_name(target.name + ".part")
    try:
        free = shutil.disk_usage(target.parent).free
        if size > free:
            raise StoreError(f"{target}: needs about {size:,} bytes, that disk has {free:,} left")
        yield half
        for path in [half, *half.rglob("*")]:
            sync_path(path)
        half.replace(target)
        sync_path(target.parent)
    except OSError as error:
        raise StoreError(f"{target}: cannot write: {error.strerror or error}") from error
    finally:
        shutil.rmtree(half, ignore_errors=True) if half.is_dir() else half.unlink(missing_ok=True)


def refuse_other_name(target: Path, suffix: str) -> None:
    """Raise StoreError for a name that does not say what the file will be."""
    if not target.name.endswith(suffix):
        raise StoreError(f"{target}: name the file …{suffix}")

"""Content encodings taken off a body, within a bound. Pure."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import brotli
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body and what it took to get it. ``complete`` is False when it was cut at the bound or broke off."""

    body: bytes
    is_decoded: bool  # False: it could not be decoded, and is as it came
    complete: bool = True


def decode(body: bytes, encodings: Sequence[str], bound: int) -> Decoded:
    """Take the encodings off, last one first. A body that cannot be decoded comes back as it is."""
    names = [name.strip().lower() for value in encodings for name in value.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    plain, complete = body, True
    for name in reversed(names):
        step = _DECODERS.get(name)
        if step is None:
            return Decoded(body, is_decoded=False)
        try:
            plain, whole = step(plain, bound)
        except (zlib.error, brotli.error, zstandard.ZstdError, EOFError):
            return Decoded(body, is_decoded=False)
        if body and not plain and not whole:
            return Decoded(body, is_decoded=False)
        complete = complete and whole
    return Decoded(plain, is_decoded=True, complete=complete)


def _gzip(body: bytes, bound: int) -> tuple[bytes, bool]:
    parts, size = [], 0
    while body and size < bound:
        packer = zlib.decompressobj(wbits=31)
        part = packer.decompress(body, bound - size)
        parts.append(part)
        size += len(part)
        if not packer.eof:
            return b"".join(parts), False
        # A second member, or padding that some servers send after the first.
        body = packer.unused_data if packer.unused_data.startswith(b"\x1f\x8b") else b""
    return b"".join(parts), not body


def _deflate(body: bytes, bound: int) -> tuple[bytes, bool]:
    try:
        packer = zlib.decompressobj()
        plain = packer.decompress(body, bound)
    except zlib.error:
        # Some servers send it without the zlib header.
        packer = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        plain = packer.decompress(body, bound)
    return plain, packer.eof


def _brotli(body: bytes, bound: int) -> tuple[bytes, bool]:
    packer = brotli.Decompressor()
    plain = packer.process(body, output_buffer_limit=bound)
    while not packer.is_finished() and len(plain) < bound:
        part = packer.process(b"", output_buffer_limit=bound - len(plain))
        if not part:
            break
        plain += part
    return plain[:bound], packer.is_finished() and len(plain) <= bound


def _zstd(body: bytes, bound: int) -> tuple[bytes, bool]:
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        plain = reader.read(bound + 1)
    return plain[:bound], len(plain) <= bound


_DECODERS: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}

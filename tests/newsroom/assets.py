"""Pictures, style sheets, fonts and scripts of the papers: small, and the same at every request."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

from tests.newsroom.responses import Response, listing

_FONT = b"wOF2" + bytes(range(60))


@lru_cache(maxsize=4096)
def asset(path: str) -> Response | None:
    """Return the file of this path; None where no theme nor editor would have put one."""
    name, _, kind = path.rpartition(".")
    if kind in ("jpg", "png"):
        # A PNG whatever its name says, as browsers do not mind: one dot in a colour that the path decides.
        return listing(_png(zlib.crc32(name.encode()).to_bytes(4, "big")[:3]), f"image/{kind.replace('jpg', 'jpeg')}")
    if kind == "css":
        sheet = f'@font-face {{ font-family: Paper; src: url("{name}.woff2") }}\nbody {{ font-family: Paper }}\n'
        return listing(sheet.encode(), "text/css; charset=utf-8")
    if kind == "woff2":
        return listing(_FONT, "font/woff2")
    return listing(b"document.documentElement.className += ' js';\n", "text/javascript") if kind == "js" else None


def _png(colour: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" + colour))
        + chunk(b"IEND", b"")
    )

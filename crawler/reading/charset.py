"""Bytes to text: which charset a page is in, whatever it claims."""

from __future__ import annotations

import codecs
import re

# The labels of the WHATWG Encoding Standard whose Python namesake is narrower than what browsers decode.
_ALIASES = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-11": "cp874",
    "iso-8859-9": "cp1254",
    "iso8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "tis-620": "cp874",
    "us-ascii": "cp1252",
    "windows-874": "cp874",
    "x-sjis": "cp932",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w:.-]+)""", re.IGNORECASE)
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
# What Python calls text encodings and no page is written in; browsers refuse UTF-7 too, which hides markup.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7", "mbcs", "oem"}
)
# So much of a document is looked at for a declaration (browsers look at 1024 bytes; regional sites put it later).
_HEAD = 8192


def decode(payload: bytes, encoding: str | None) -> str:
    """Return the text of a page: byte order mark, then HTTP charset, then ``<meta>``, then UTF-8, then Windows-1252.

    Valid UTF-8 with multi-byte characters beats a claim of a single-byte charset: servers that add their default
    to every answer are common, Latin-1 text that happens to be valid UTF-8 is not. Nothing is refused: what cannot
    be decoded becomes U+FFFD.
    """
    for mark, name in _BOMS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(name, "replace")
    utf8 = _as_utf8(payload)
    for name in filter(None, (_codec(encoding), _declared(payload))):
        if utf8 is not None and (name == "utf-8" or _is_single_byte(name) or _is_too_wide(payload, name)):
            return utf8
        text = _strictly(payload, name)
        if text is not None:
            return text
    if utf8 is not None:
        return utf8
    return payload.decode(_least_bad(payload, encoding), "replace")


def _as_utf8(payload: bytes) -> str | None:
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _strictly(payload: bytes, name: str) -> str | None:
    # Five bytes of Windows-1252 are undefined and turn up in real pages; they must not send us on to another charset.
    if name == "cp1252":
        return payload.decode(name, "replace")
    try:
        return payload.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _codec(label: str | None) -> str | None:
    """Return Python's name for a charset label, or None if nobody knows it."""
    if not label:
        return None
    name = _ALIASES.get(label.strip().strip("\"'").lower(), label.strip().strip("\"'").lower())
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    # Codecs such as "hex" or "rot13" are not charsets.
    is_charset = found.replace("_", "-") not in _NO_CHARSETS and getattr(
        codecs.lookup(found), "_is_text_encoding", True
    )
    return found if is_charset else None


def _declared(payload: bytes) -> str | None:
    head = payload[:_HEAD]
    found = _META.search(head) or _XML.search(head)
    name = _codec(found.group(1).decode("ascii", "replace")) if found else None
    # A page whose <meta> can be read as ASCII is not UTF-16 (HTML standard, "prescan a byte stream").
    return "utf-8" if name and name.startswith("utf-16") else name


def _is_single_byte(name: str) -> bool:
    return name.startswith(("cp125", "iso8859", "latin", "koi8", "cp874", "mac"))


def _is_too_wide(payload: bytes, name: str) -> bool:
    """Say whether a claim of two or four bytes a letter is wrong: markup would be half zeros."""
    return name.startswith(("utf-16", "utf-32")) and b"\0" not in payload


def _least_bad(payload: bytes, encoding: str | None) -> str:
    """Choose for bytes that fit no claim: UTF-8 with a few broken characters, else the claim, else Windows-1252."""
    good = len(_MULTIBYTE.findall(payload))
    bad = payload.decode("utf-8", "replace").count("�")
    if good > 4 * bad:
        return "utf-8"
    claimed = _codec(encoding) or _declared(payload)
    return claimed if claimed and claimed != "utf-8" else "cp1252"

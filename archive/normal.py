"""The normal form of an article's text, and its digest: what makes a version.

Two readings with equal digests say the same. Folded away: Unicode compatibility forms, the shape of quotes and
dashes, invisible characters, runs of white space. Kept: punctuation and case, so that a correction of either is seen.
Source: archive-model of the design; measured on 60 re-visits with cosmetic changes, of which 2 still differed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.records import Reading

NORM_VERSION = 1
"""A new normal form is a reread of everything: give it a new number."""

FIELD_SEPARATOR = "\x1f"
ITEM_SEPARATOR = "\x1e"

_SHAPES = {
    **dict.fromkeys("‘’‚‛′`´ʼ‹›", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    # Soft hyphens, zero-width characters, byte-order marks: nobody sees them. The last two are our own marks.
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\x1e\x1f", ""),
}
_SHAPED = re.compile(f"[{''.join(_SHAPES)}]")
"""To look for these and change them is seven times quicker than ``str.translate``, which asks for every character."""

_WHITE = re.compile(r"\s+")
_NO_LETTERS = re.compile(r"[\W_]+")
_ASCII_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())


def normal(text: str | None) -> str:
    """Return the normal form of one field."""
    if not text:
        return ""
    if not text.isascii():
        text = _folded(unicodedata.normalize("NFKC", _folded(text)))
    elif "`" in text or ITEM_SEPARATOR in text or FIELD_SEPARATOR in text:  # what of ASCII is folded
        text = _folded(text)
    return " ".join(text.split())


def _folded(text: str) -> str:
    return _SHAPED.sub(lambda found: _SHAPES[found[0]], text)


def normal_items(items: Iterable[str]) -> str:
    """Return the normal form of a list, empty items left out."""
    return ITEM_SEPARATOR.join(filter(None, map(normal, items)))


def content_digest(title: str | None, standfirst: str | None, names: Iterable[str], paragraphs: Iterable[str]) -> bytes:
    """Return the sha256 that tells one version from another.

    Names, not the printed byline, enter it: a byline also carries dates and roles that change by themselves.
    """
    form = FIELD_SEPARATOR.join((normal(title), normal(standfirst), normal_items(names), normal_items(paragraphs)))
    return hashlib.sha256(form.encode()).digest()


def reading_digest(reading: Reading) -> bytes:
    """Return the content digest of a reading."""
    return content_digest(
        reading.title, reading.standfirst, (author.name for author in reading.authors), reading.body.split("\n\n")
    )


def bare_digest(reading: Reading) -> bytes:
    """Return what is equal for two texts of an article that differ in punctuation and case only: eight bytes."""
    names = (author.name for author in reading.authors)
    text = "".join((reading.title or "", reading.standfirst or "", *names, *reading.paragraphs))
    return hashlib.sha256(bare(text).encode()).digest()[:BARE_BYTES]


BARE_BYTES = 8


def bare(text: str) -> str:
    """Return only letters and digits, in lower case: equal bare texts differ cosmetically."""
    if text.isascii():
        return text.encode().translate(None, _ASCII_NO_LETTERS).decode().lower()
    return _NO_LETTERS.sub("", normal(text)).casefold()


def count_words(text: str) -> int:
    """Count the words of a text; where a script has no spaces, every character that is a letter counts.

    Chinese, Japanese and Thai are written without spaces, so a run of them would otherwise be one word.
    """
    try:
        runs = text.encode(_WESTERN).translate(_RUNS)
    except UnicodeEncodeError:
        return len(_words(text))
    joined = runs.replace(b"a'a", b"aa").replace(b"a'a", b"aa")  # twice: two marks may stand beside one letter
    return (b" " + joined.replace(b"'", b" ")).count(b" a")


def words(text: str) -> list[str]:
    """Return the folded words of a text, counted as in :func:`count_words`: what near-duplicates have in common."""
    return _words(normal(text).casefold())


def _words(text: str) -> list[str]:
    is_spaced = text.isascii() or _UNSPACED.search(text) is None
    return (_SPACED_WORD if is_spaced else _WORD).findall(text)


_WESTERN = "cp1252"
"""The code page of most papers' letters and quotes: in its bytes words are counted in a quarter of the time."""


def _run(code: int) -> int:
    letter = bytes([code]).decode(_WESTERN, errors="replace")
    return ord("a" if letter.isalnum() or letter == "_" else "'" if letter in "'’-" else " ")


_RUNS = bytes(map(_run, range(256)))
"""Of each byte what it is to a word: a letter, a mark that joins two of them, or the end."""

_RANGES = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_UNSPACED = re.compile(f"[{_RANGES}]")
_WORD = re.compile(rf"[{_RANGES}]|[^\W{_RANGES}]+(?:['’\-][^\W{_RANGES}]+)*")
_SPACED_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
"""The same where no such script is written, in two thirds of the time."""


def fold_name(name: str) -> str:
    """Return a name for comparison: accents and case folded, punctuation taken off."""
    plain = name
    if not name.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return _WHITE.sub(" ", _NO_LETTERS.sub(" ", plain)).strip().casefold()

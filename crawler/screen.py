"""What the commands about site files print of a reading. Pure: words in, lines out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive import Reading

_FIRST_WORDS = 160  # letters of the text that are shown


def reading_lines(url: str, reading: Reading) -> Iterator[str]:
    """Yield what was read on a page, a field a line, each with the place it was read at."""
    yield url
    if reading.outcome != "read":
        yield f"  not read   {reading.reason or reading.outcome}"
        return
    authors = ", ".join(author.name for author in reading.authors)
    fields = {
        "title": reading.title,
        "byline": authors or reading.byline,
        "published": reading.published.isoformat() if reading.published else None,
        "modified": reading.modified.isoformat() if reading.modified else None,
        "dateline": reading.dateline,
        "language": reading.language,
        "views": _number(reading.views),
        "comments": _number(reading.comments),
    }
    sources = {"byline": "authors", "views": "counters", "comments": "counters"}
    for name, value in fields.items():
        source = reading.sources.get(sources.get(name, name)) or reading.sources.get(name)
        shown = value if value is not None else "·"
        yield f"  {name:<10} {shown}" + (f"   ({source})" if source and value is not None else "")
    words = len(reading.body.split())
    text = " ".join(reading.body.split())
    first = text if len(text) <= _FIRST_WORDS else text[:_FIRST_WORDS].rpartition(" ")[0] + " …"
    yield f"  text       {words} words: {first}"


def _number(value: int | None) -> str | None:
    return None if value is None else f"{value:,}"

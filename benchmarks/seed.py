"""Read the founding page and compare it with what a person says is on it, field by field.

    python -m benchmarks.seed FOLDER

FOLDER holds ``seed.html`` and ``seed.json``. The status is 1 when a field differs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from crawler.reading import Page, read
from crawler.site import Site


def answers(html: bytes, url: str) -> dict[str, Any]:
    """Return what our reader says, under the keys of the truth."""
    reading = read(Page.parse(html, url, "utf-8"), Site.unknown(url))
    profile = reading.profiles[0] if reading.profiles else None
    return {
        "url": reading.canonical_url,
        "title": reading.title,
        "comments": reading.comments,
        "views": reading.views,
        "authors": [author.name for author in reading.authors],
        "published": reading.published.isoformat() if reading.published else None,
        "modified": reading.modified.isoformat() if reading.modified else None,
        "language": reading.language,
        "dateline": reading.dateline,
        "body": list(reading.paragraphs),
        "author_bio": profile.text if profile else None,
        "author_bio_language": profile.language if profile else None,
    }


def main() -> int:
    """Print each field that differs; return the exit status."""
    folder = Path(sys.argv[1])
    truth = json.loads((folder / "seed.json").read_text(encoding="utf-8"))
    found = answers((folder / "seed.html").read_bytes(), truth["url"])
    wrong = [name for name, value in truth.items() if found[name] != value]
    for name in wrong:
        print(f"{name}: read {found[name]!r}, but the page says {truth[name]!r}")
    print(f"{len(truth) - len(wrong)} of {len(truth)} fields of the founding page are right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

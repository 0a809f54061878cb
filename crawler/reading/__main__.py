"""``python -m crawler.reading``: pages as JSON Lines on stdin, readings as JSON Lines on stdout, one for one.

Nothing but answers reaches stdout; a page that cannot be read, and a line that is no request, get an answer with
``error``. The status is 0 at the end of the input.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import logging
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from crawler.reading import read_capture, warm_up
from crawler.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from archive.records import Reading

_NOTHING: dict[str, Any] = {"title": None, "authors": [], "published": None, "body": None, "language": None,
                            "views": None, "comments": None}  # fmt: skip


def main() -> int:
    """Answer every line of stdin; return the exit status."""
    # Libraries that print must not break the protocol: what they call stdout becomes stderr.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.disable(logging.WARNING)
    warm_up()
    serve(sys.stdin, answers)
    return 0


def serve(lines: Iterable[str], answers: TextIO) -> None:
    """Write one answer for every line, flushed, so that a caller may wait for it before it asks again."""
    for line in lines:
        answers.write(json.dumps(answer(line), ensure_ascii=False) + "\n")
        answers.flush()


def answer(line: str) -> dict[str, Any]:
    """Return the answer to one request line; never raise."""
    key = None
    try:
        request = json.loads(line)
        key = request["id"]
        payload = base64.b64decode(request["html_b64"])
        url, encoding = request.get("url") or "", request.get("encoding")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return {"id": key, **_NOTHING, "seconds": 0.0, "error": f"not a request: {type(error).__name__}: {error}"[:300]}
    started = time.perf_counter()
    reading = read_capture(payload, url, encoding, None, Site.unknown(url))
    seconds = time.perf_counter() - started
    values = (
        shape(reading) if reading.outcome == "read" else {**_NOTHING, "error": f"{reading.outcome}: {reading.reason}"}
    )
    return {"id": key, **values, "seconds": seconds}


def shape(reading: Reading) -> dict[str, Any]:
    """Return a reading in the command's shape (see ``docs``): the body is one paragraph a line."""
    views, shares = reading.counter("views"), reading.counter("shares")
    return {
        "title": reading.title,
        "authors": [author.name for author in reading.authors],
        "published": reading.published.isoformat() if reading.published else None,
        "body": "\n".join(reading.paragraphs),
        "language": reading.language,
        "views": reading.views,
        "comments": reading.comments,
        "standfirst": reading.standfirst,
        "byline": reading.byline,
        "modified": reading.modified.isoformat() if reading.modified else None,
        "dateline": reading.dateline,
        "agency": reading.agency,
        "profiles": [dataclasses.asdict(profile) for profile in reading.profiles],
        "shares": shares.value if shares else None,
        "views_exact": views.exact if views else None,
        "pending": dict(reading.pending) if reading.pending else None,
        "sources": dict(reading.sources),
    }


if __name__ == "__main__":
    sys.exit(main())

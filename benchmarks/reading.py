"""How much CPU a page costs us, beside trafilatura's default and fast modes on the same pages in the same run.

    python -m benchmarks.reading PAGES.warc.gz [--pages 120] [--rounds 3] [--most 0.67]

Prints milliseconds of CPU per page, our cost as a share of trafilatura's, and where our own time goes step by step.
Every round reads every page with each reader in turn, so a busy machine slows all of them alike; the median of the
rounds counts. trafilatura reads body and metadata, as we do, and fewer fields. With ``--most`` the status is 1 where
our cost is a larger share of trafilatura's default in every round: noise lifts one round, a slower reader all of them.
"""

from __future__ import annotations

import argparse
import functools
import logging
import random
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import trafilatura
from warcio.archiveiterator import ArchiveIterator

from crawler.reading import article, body, byline, counters, dates, page, profiles, read_capture, warm_up
from crawler.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable

Pages = list[tuple[bytes, str]]
# Where a step is called from, its name there, and what the table calls it. A step's time is without the steps in it.
STEPS: tuple[tuple[Any, str, str], ...] = (
    (article, "read", "everything else"),
    (page, "decode", "charset"),
    (page, "_tree", "parse"),
    (page, "_take_scripts", "parse"),
    (byline, "byline_of", "byline"),
    (dates, "published", "dates"),
    (dates, "modified", "dates"),
    (counters, "counters", "counters"),
    (profiles, "boxes", "author boxes"),
    (profiles, "profiles_of", "author boxes"),
    (article, "title_of", "title"),
    (article, "section_of", "section"),
    (article, "language_of", "language"),
    (article, "why_not_article", "is it an article"),
    (body, "unwanted", "body: boxes"),
    (body, "extracted", "body: text of the frame"),
    (body, "copied", "body: fallback"),
    (body, "bare_extraction", "body: fallback"),
    (body, "told_in_scripts", "body: page data"),
    (body, "paragraphs_of", "body: the rest"),
    (body, "filtered", "body: line filters"),
)


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warc", help="a WARC file with pages")
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=float, help="the largest share of trafilatura's default that passes")
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    pages = load(options.warc, options.pages)
    readers: dict[str, Callable[[bytes, str], object]] = {
        "ours": lambda payload, url: read_capture(payload, url, None, None, Site.unknown(url)),
        "trafilatura": lambda payload, url: trafilatura.bare_extraction(payload, url=url, with_metadata=True),
        "trafilatura fast": lambda payload, url: trafilatura.bare_extraction(
            payload, url=url, with_metadata=True, fast=True
        ),
    }
    for payload, url in pages[:5]:  # imports, tables, caches
        for reader in readers.values():
            reader(payload, url)
    warm_up()
    rounds = [measure(pages, readers) for _ in range(options.rounds)]
    print(f"{len(pages)} pages, {options.rounds} rounds, CPU milliseconds a page")
    for name in readers:
        print(f"  {name:20}{median(costs[name] for costs in rounds):8.2f}")
    for name in list(readers)[1:]:
        ratios = [costs["ours"] / costs[name] for costs in rounds]
        print(f"ours / {name}: {median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]")
    shares = [costs["ours"] / costs["trafilatura"] for costs in rounds]
    print("where our time goes (wall clock, with the cost of looking)")
    for name, seconds in steps(pages).most_common():
        print(f"  {name:26}{seconds / len(pages) * 1000:8.2f}")
    if options.most is not None and min(shares) > options.most:
        print(
            f"too slow: {min(shares):.2f} of trafilatura's default in the best round, at most {options.most} is asked"
        )
        return 1
    return 0


def load(path: str, number: int) -> Pages:
    """Return some of the HTML pages of a WARC file, always the same ones."""
    found: Pages = []
    with Path(path).open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response" and "html" in (record.http_headers.get_header("Content-Type") or ""):
                found.append((record.content_stream().read(), record.rec_headers.get_header("WARC-Target-URI")))
    return random.Random(7).sample(found, min(number, len(found)))


def measure(pages: Pages, readers: dict[str, Callable[[bytes, str], object]]) -> dict[str, float]:
    """Return the CPU milliseconds per page of every reader, page by page in turn."""
    spent: Counter[str] = Counter()
    for payload, url in pages:
        for name, reader in readers.items():
            started = time.process_time_ns()
            reader(payload, url)
            spent[name] += time.process_time_ns() - started
    return {name: nanoseconds / len(pages) / 1e6 for name, nanoseconds in spent.items()}


def steps(pages: Pages) -> Counter[str]:
    """Return the seconds that each step takes on its own."""
    spent: Counter[str] = Counter()
    inner: list[float] = []

    def timed(function: Callable[..., Any], label: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*values: Any, **named: Any) -> Any:
            started = time.perf_counter()
            inner.append(0.0)
            try:
                return function(*values, **named)
            finally:
                took = time.perf_counter() - started
                spent[label] += took - inner.pop()
                if inner:
                    inner[-1] += took

        return wrapper

    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in STEPS]
    try:
        for owner, name, label in STEPS:
            setattr(owner, name, timed(getattr(owner, name), label))
        for payload, url in pages:
            read_capture(payload, url, None, None, Site.unknown(url))
    finally:
        for owner, name, function in originals:
            setattr(owner, name, function)
    return spent


if __name__ == "__main__":
    sys.exit(main())

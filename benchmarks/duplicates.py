"""Show how well near-duplicates are told from other texts, and how long it takes to look one article up.

    python -m benchmarks.duplicates [--articles 1000000]

The texts are the newsroom's own, in three languages; each is changed as papers change agency copy. The look-up is that
of ingest, in a table of bands of so many articles (generated; a million take about three minutes and 1.5 GB).
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from archive import Archive, duplicates
from archive.database import DATABASE_NAME
from tests.newsroom.newsroom import Newsroom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PAPERS = {"lakeside": "English", "bisaya": "Filipino", "sever": "Russian"}
STORIES = 120
LOOK_UPS = 500
THRESHOLDS = (0.4, duplicates.LIKE_ELSEWHERE, 0.6)

Text = tuple[str, ...]


def main() -> int:
    """Print the table of recognition, then the figures of the look-up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000, help="rows of so many articles in the table of bands")
    arguments = parser.parse_args()
    recognition()
    look_up(arguments.articles)
    return 0


def recognition() -> None:
    """Print, by language and kind of change, the share of pairs that count as near-duplicates at each threshold."""
    newsroom = Newsroom(stories=STORIES)
    print("share of pairs taken for near-duplicates at likeness " + ", ".join(f"≥ {least}" for least in THRESHOLDS))
    for paper, language in PAPERS.items():
        texts = [story.text(story.editions[0]).paragraphs for story in newsroom.stories(paper)]
        signed = [_signed(text) for text in texts]
        for name, change in CHANGES.items():
            scores = [duplicates.likeness(one, _signed(change(text, texts[at - 1]))) for at, (one, text) in
                      enumerate(zip(signed, texts, strict=True))]  # fmt: skip
            _row(language, name, scores)
        unrelated = [duplicates.likeness(one, other) for at, one in enumerate(signed) for other in signed[:at]]
        _row(language, f"unrelated, {len(unrelated):,} pairs", unrelated)


def _row(language: str, name: str, scores: Sequence[float]) -> None:
    shares = "  ".join(f"{sum(score >= least for score in scores) / len(scores):6.3f}" for least in THRESHOLDS)
    print(f"{language:9} {name:38} {shares}")


def _signed(text: Sequence[str]) -> bytes:
    signed = duplicates.signature(text)
    if signed is None:
        raise SystemExit("a text of the newsroom is too short to be signed")
    return signed


def _words(text: Text, share: float) -> Text:
    chance = random.Random(7)
    return tuple(" ".join("xyz" if chance.random() < share else word for word in part.split()) for part in text)


def _half(text: Text) -> Text:
    return text[: max(1, len(text) // 2)]


CHANGES: dict[str, Callable[[Text, Text], Text]] = {
    "another first paragraph": lambda text, other: (other[0], *text[1:]),
    "a paragraph added": lambda text, other: (*text, other[-1]),
    "cut to about 60 %": lambda text, _: text[: max(1, round(len(text) * 0.6))],
    "2 % of words changed": lambda text, _: _words(text, 0.02),
    "10 % of words changed": lambda text, _: _words(text, 0.1),
    "half of it another story (no copy)": lambda text, other: (*_half(text), *other[len(other) // 2 :]),
}


def look_up(articles: int) -> None:
    """Print the time of the look-up of ingest in a table of so many articles."""
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder)) as archive:
        began = time.perf_counter()
        _fill(archive, articles)
        print(f"{articles:,} articles, {articles * duplicates.BANDS:,} bands in {time.perf_counter() - began:.0f} s")
        chance = random.Random(11)
        took = []
        with archive.engine.connect() as connection:
            for _ in range(LOOK_UPS):
                signed = bytes(chance.getrandbits(8) for _ in range(duplicates.PERMUTATIONS * 4))
                began = time.perf_counter()
                duplicates.candidates(connection, signed)
                took.append((time.perf_counter() - began) * 1000)
    took.sort()
    print(
        f"look-up of one article: p50 {statistics.median(took):.2f} ms, p99 {took[round(len(took) * 0.99) - 1]:.2f} ms"
    )


def _fill(archive: Archive, articles: int) -> None:
    chance = random.Random(7)
    # A connection of its own, for which the articles need not exist.
    with closing(sqlite3.connect(archive.home / DATABASE_NAME)) as connection:
        for band in range(duplicates.BANDS):
            # In the order of the key: the table is made for look-ups, and filling it at random would measure the disk.
            rows = sorted(
                (duplicates.key_of_band(band, chance.getrandbits(32)), article) for article in range(articles)
            )
            with connection:
                connection.executemany("INSERT INTO lsh_band(key, article_id) VALUES (?, ?)", rows)


if __name__ == "__main__":
    sys.exit(main())

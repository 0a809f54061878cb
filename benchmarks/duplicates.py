"""Show how well near-duplicates are told from other texts, and how long it takes to look one article up.

    python -m benchmarks.duplicates [--articles 1000000]

The texts are the newsroom's own, in three languages; each is changed as papers change agency copy.

The look-up is the whole of what ingest does for a text: candidates by bands, their sketches, likeness, neighbours. It
is asked for articles that nobody copied, for agency copy that four papers carry, for one that a hundred papers carry
five times each, and for the daily notes of one paper, which are compared and are no copies; as is the list of an
article's copies that its page shows. These are taken in as any capture; rows of so many other articles are generated
beside them (a million take some four minutes and 2 GB).
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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa

from archive import Archive, Capture, Identity, Kind, Reader, Reading, SiteFacts, duplicates
from archive import tables as t
from archive.copies import copies
from archive.database import DATABASE_NAME
from archive.store import ToSave
from tests.newsroom.newsroom import Newsroom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PAPERS = {"lakeside": "English", "bisaya": "Filipino", "sever": "Russian"}
STORIES = 120
LOOK_UPS = 500
LISTED = 100
GENERATED = 1_000_000
"""Ids from here on are generated."""
COPYING = 4
"""Of the kinds of change below the first so many are those of copies."""
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
THRESHOLDS = (0.4, duplicates.LIKE_ELSEWHERE, 0.6)

Text = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Who prints what: each of these papers prints each of these stories, from the first on, so many times."""

    name: str
    papers: int
    first: int
    stories: int
    times: int = 1


GROUPS = {
    "that four papers carry": Group(name="few", papers=4, first=0, stories=30),
    "of 500 that carry one text": Group(name="many", papers=100, first=40, stories=1, times=5),
    "of 500 daily notes of one paper": Group(name="notes", papers=1, first=41, stories=1, times=500),
}


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


def _words(text: Text, share: float, lot: int = 7) -> Text:
    chance = random.Random(lot)
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
    """Print the times of the look-up of ingest, and of the list of copies, beside so many articles."""
    texts = [story.text(story.editions[0]).paragraphs for story in Newsroom(stories=STORIES).stories("lakeside")]
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder)) as archive:
        began = time.perf_counter()
        told = {name: _taken_in(archive, texts, group) for name, group in GROUPS.items()}
        print(f"{sum(map(len, told.values()))} articles taken in, in {time.perf_counter() - began:.0f} s")
        began = time.perf_counter()
        told = {"that nobody copied": _filled(archive, articles), **told}
        print(f"{articles:,} articles, {articles * duplicates.BANDS:,} bands in {time.perf_counter() - began:.0f} s")
        for name, numbers in told.items():
            some = random.Random(11).choices(numbers, k=LOOK_UPS)
            with archive.engine.connect() as connection:
                rows = {number: connection.execute(_ARTICLE, {"article": number}).one() for number in set(some)}
                asked = [partial(duplicates.copies_of, connection, each, *rows[each][:2]) for each in some]
                found = [len(ask()) for ask in asked]
                print(f"an article {name}: {statistics.median(found):.0f} neighbours")
                _say("look-up", asked)
            if any(found):
                _say("list of copies", [partial(copies, archive, rows[each].key) for each in some[:LISTED]])


def _say(what: str, questions: Sequence[Callable[[], object]]) -> None:
    took, worked = [], []
    for ask in questions:
        began, begun = time.perf_counter(), time.process_time()
        ask()
        worked.append((time.process_time() - begun) * 1000)
        took.append((time.perf_counter() - began) * 1000)
    wall, own = (statistics.quantiles(times, n=100) for times in (took, worked))
    print(f"  {what:15} p50 {wall[49]:.2f} ms, p99 {wall[98]:.2f} ms; of processor time {own[49]:.2f}, {own[98]:.2f}")


_ARTICLE = (
    sa.select(t.article.c.site_id, t.content_sketch.c.sketch, t.article.c.key)
    .join(t.version, t.version.c.article_id == t.article.c.id)
    .join(t.content_sketch, t.content_sketch.c.content_id == t.version.c.content_id)
    .where(t.article.c.id == sa.bindparam("article"))
    .limit(1)
)


def _taken_in(archive: Archive, texts: Sequence[Text], group: Group) -> list[int]:
    """Take in what papers print of some texts, every copy in three versions; return their articles."""
    with archive.engine.connect() as connection:
        before = connection.scalar(sa.select(sa.func.max(t.article.c.id))) or 0
    ways = list(CHANGES.values())[:COPYING]
    for paper in range(group.papers):
        site = SiteFacts(name=f"{group.name}{paper}", title="A paper", url=f"https://{group.name}{paper}.example/")
        visit = archive.begin_visit(site, agent="benchmark")
        for number in range(group.stories * group.times):
            text, other = texts[group.first + number % group.stories], texts[-1 - (paper + number) % 40]
            own = _words(text, 0.05, number) if group.papers == 1 else ways[(paper + number) % COPYING](text, other)
            archive.save_all([_edition(visit, f"{site.url}{number}/", own, edit) for edit in range(3)])
    with archive.engine.connect() as connection:
        return list(connection.execute(sa.select(t.article.c.id).where(t.article.c.id > before)).scalars())


def _edition(visit: str, url: str, text: Text, edit: int) -> ToSave:
    paragraphs = (*text, f"This was brought up to date {edit} times.")
    reading = Reading(reader=Reader(name="benchmark", version="1"), title="A story", paragraphs=paragraphs,
                      canonical_url=url, identities=(Identity(kind="url", value=url),),
                      signature=duplicates.signature(paragraphs))  # fmt: skip
    capture = Capture(visit=visit, record_id=uuid4(), url=url, fetched_at=BEGINNING + timedelta(hours=edit), status=200,
                      kind=Kind.RESPONSE, payload=f"{url} {edit}".encode())  # fmt: skip
    return ToSave(capture, reading)


def _filled(archive: Archive, articles: int) -> list[int]:
    """Write the rows that a look-up reads of so many articles that share nothing but by chance; return their ids."""
    chance = random.Random(7)
    sketches = [chance.randbytes(duplicates.PERMUTATIONS) for _ in range(articles)]
    # A connection of its own, for which captures and contents need not exist.
    with closing(sqlite3.connect(archive.home / DATABASE_NAME)) as connection:
        numbers = range(GENERATED, GENERATED + articles)
        with connection:
            connection.executemany(_NEW_ARTICLE, ((number,) for number in numbers))
            connection.executemany(_NEW_VERSION, ((number,) for number in numbers))
            connection.executemany("INSERT INTO content_sketch VALUES (?, ?)", zip(numbers, sketches, strict=True))
        for band in range(duplicates.BANDS):
            # In the order of the key: the table is made for look-ups, and filling it at random would measure the disk.
            values = (int.from_bytes(sketch[4 * band : 4 * band + 4], "little") for sketch in sketches)
            keys = (duplicates.key_of_band(band, value) for value in values)
            with connection:
                connection.executemany("INSERT INTO lsh_band VALUES (?, ?)", sorted(zip(keys, numbers, strict=True)))
        connection.execute("ANALYZE")
    return list(numbers)


_NEW_ARTICLE = (
    "INSERT INTO article (id, key, site_id, first_seen_at, last_seen_at, state) "
    "VALUES (?1, 'generated' || ?1, 1, 0, 0, 1)"
)
_NEW_VERSION = (
    "INSERT INTO version (id, article_id, number, valid_from, valid_to, known_from, known_to, last_seen_at, "  # noqa: S608 - a constant
    "first_capture_id, content_id, state, reason, change, stealth, cosmetic, flap) "
    f"VALUES (?1, ?1, 1, 0, {t.FOREVER_MICROS}, 0, {t.FOREVER_MICROS}, 0, 1, ?1, 1, 1, 1, 0, 0, 0)"
)


if __name__ == "__main__":
    sys.exit(main())

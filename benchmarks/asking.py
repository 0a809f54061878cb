"""How fast the archive is asked: searches beside hand-written SQL for the same, and pages while a crawl writes.

    python -m benchmarks.asking --folder /var/tmp/big                       # makes an archive of 100,000 articles there
    python -m benchmarks.asking --folder /var/tmp/big --part pages --readers 20

Searches ask for words of some of the archive's own texts, by the share of these that have them. Beside each stands the
same asked of SQLite by hand, on the same rows: ``places``, which only lists the row numbers of the newest hits in
FTS5's index; and ``raw``, one statement that gives the same answer: it leaves out what is taken down or merged, joins
to the others what a list shows of a hit, cuts the words around it by FTS5's own ``snippet()`` and marks the headline
by its ``highlight()``, out of an FTS5 table that holds its texts, made of the archive's texts of today in a file beside
it. Both indexes are in one segment, and both may hold as many pages in memory as a reader of the archive. Each asks in
a transaction that is open; what it takes to open one is told by itself. Times are of the wall, in turns; the ratio of
what the processor worked is told too, which says more on a busy machine.

Pages are asked of ``hemeroteca serve`` in a process of its own: one reader first, then so many at once while another
process takes stories in, as a crawl does. Told is the time to the first byte, and to the last. The counts beside a
search are a page of their own, for which a browser asks when it has the hits; if they were asked for within a minute
they are known.

Exports are told beside reading the same rows and dumping them: :mod:`benchmarks.exporting`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import sqlalchemy as sa

from archive import Archive, SiteFacts, corpus
from archive import tables as t
from archive.database import DATABASE_NAME, READERS_CACHE
from archive.hits import hits
from archive.normal import words
from archive.query import parse
from archive.search import TABLE, fields_of, fts5
from archive.selection import Selection
from benchmarks import exporting
from benchmarks.archive import ARTICLES, GROUP, SITES, Press, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 100_000
TIMES = 300
WARMING = 5
"""Questions of a kind that are not counted: the first ones make statements and templates."""
PAGE = 20
SECONDS = 30

Times = list[float]
Took = tuple[float, float]
"""Milliseconds of the wall, and of the processor."""


def main() -> None:
    """Make the archive where there is none, then measure the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="folder of the archive; an empty one is filled")
    parser.add_argument("--articles", type=int, default=SIZE, help="its size, where it is made; a multiple of 1,000")
    parser.add_argument("--part", choices=PARTS, nargs="*", default=list(PARTS))
    parser.add_argument("--readers", type=int, default=20, help="readers at once")
    asked = parser.parse_args()
    if not (asked.folder / DATABASE_NAME).exists():
        make(asked.folder, asked.articles)
    for part in asked.part:
        PARTS[part](asked)


def make(folder: Path, articles: int) -> None:
    """Take in a thousand articles and multiply them, as :mod:`benchmarks.archive` does."""
    run = Run(folder, None)
    run.take_in(range(ARTICLES), writers=1)
    run.multiply(articles // ARTICLES)


def say(what: str, **figures: Any) -> None:
    """Print one line of figures."""
    print(json.dumps({"what": what} | {name: round(value, 2) for name, value in figures.items()}), flush=True)


def times(ask: Callable[[str], Any], queries: list[str]) -> list[Took]:
    """Return how long each question took, in milliseconds."""
    took = []
    for query in queries:
        start, begun = time.perf_counter(), time.process_time()
        ask(query)
        took.append(((time.perf_counter() - start) * 1000, (time.process_time() - begun) * 1000))
    return took


def in_turns(ways: list[Callable[[str], Any]], query: str, first: int) -> list[Took]:
    """Return how long each way took, one after another: under the same load, the caches cold for each in turn."""
    order = [(first + at) % len(ways) for at in range(len(ways))]
    took = {at: times(ways[at], [query])[0] for at in order}
    return [took[at] for at in range(len(ways))]


def cuts(took: Times) -> tuple[float, float]:
    """Return the median and the 99th of a hundred."""
    found = statistics.quantiles(took, n=100, method="inclusive")
    return found[49], found[98]


# ------------------------------------------------------------------ searches


def searches(asked: argparse.Namespace) -> None:
    """Measure the newest hits of each kind of query, and by hand the same."""
    with (
        Archive(asked.folder, readonly=True) as archive,
        closing(beside(archive, asked.folder)) as raw,
        archive.engine.connect() as connection,
    ):
        for kind, queries in kinds(Vocabulary(archive)).items():
            ways = [partial(_hits, connection), partial(_places, raw), partial(_raw, raw)]
            took = [in_turns(ways, query, first=number % len(ways)) for number, query in enumerate(queries)][WARMING:]
            (p50, p99), (places50, places99), (raw50, raw99) = [
                cuts([wall for wall, _ in way]) for way in zip(*took, strict=True)
            ]
            worked, _, raw_worked = [sum(cpu for _, cpu in way) for way in zip(*took, strict=True)]
            say(f"search, {kind}", p50=p50, p99=p99, places_p50=places50, places_p99=places99, raw_p50=raw50,
                raw_p99=raw99, times_raw_p50=p50 / raw50, times_raw_p99=p99 / raw99,
                times_raw_processor=worked / raw_worked)  # fmt: skip
        common = kinds(Vocabulary(archive))["common word"][:10]
        others = {"a transaction to ask in": _opened, "facets of a common word": _facets,
                  "a common word a month ago": _before, "a common word that was removed": _removed}  # fmt: skip
        for what, ask in others.items():
            found = [times(partial(ask, archive), [query])[0] for query in common]
            say(what, p50=cuts([wall for wall, _ in found])[0], processor_p50=cuts([cpu for _, cpu in found])[0])


def beside(archive: Archive, folder: Path) -> sqlite3.Connection:
    """Return a connection to the archive's rows and, in a file beside it, an FTS5 table that holds its texts."""
    made = folder / "raw.sqlite"
    is_new = not made.exists()
    raw = sqlite3.connect(folder / DATABASE_NAME)
    raw.execute("ATTACH ? AS beside", (str(made),))
    for name in ("main", "beside"):
        raw.execute(f"PRAGMA {name}.cache_size = -{READERS_CACHE // 2}")
    if is_new:
        columns = "title, standfirst, names, body, tokenize='unicode61 remove_diacritics 2'"
        raw.execute(f"CREATE VIRTUAL TABLE beside.raw_text USING fts5({columns})")
        with archive.engine.connect() as connection:
            row = t.search_row.c
            for part in connection.execute(sa.select(row.id, row.content_id).where(~row.superseded)).partitions(1000):
                told = fields_of(connection, {content for _, content in part})
                raw.executemany("INSERT INTO raw_text (rowid, title, standfirst, names, body) VALUES (?, ?, ?, ?, ?)",
                                [(number, *told[content].values()) for number, content in part])  # fmt: skip
        for table in (TABLE, "raw_text"):
            raw.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608 - constants
        raw.commit()
    raw.execute("BEGIN")
    return raw


class Vocabulary:
    """Words of the archive by how many of some of its texts have them."""

    TEXTS = 400

    def __init__(self, archive: Archive) -> None:
        with archive.engine.connect() as connection:
            highest = connection.scalar(sa.select(sa.func.max(t.article.c.id))) or 1
            lot = random.Random(3)
            some = sorted({lot.randint(1, highest) for _ in range(self.TEXTS)})
            keys = connection.execute(sa.select(t.article.c.key).where(t.article.c.id.in_(some))).scalars().all()
            texts = [corpus.article(connection, key)["body"] or "" for key in keys]
        held = Counter(word for text in texts for word in set(words(text)) if word.isalpha())
        self._lot, self._by_share = random.Random(4), sorted((count / len(texts), word) for word, count in held.items())

    def some(self, least: float, most: float) -> str:
        """Return a word that between ``least`` and ``most`` of the texts have."""
        fit = [word for share, word in self._by_share if least <= share <= most]
        return self._lot.choice(fit)


def kinds(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Return queries by their kind."""
    some, rare, middling, often, common = vocabulary.some, (0, 0.003), (0.01, 0.05), (0.1, 0.3), (0.5, 1)
    return {
        "rare word": [some(*rare) for _ in range(TIMES)],
        "middling word": [some(*middling) for _ in range(TIMES)],
        "common word": [some(*common) for _ in range(TIMES)],
        "two words": [f"{some(*often)} {some(*often)}" for _ in range(TIMES)],
        "phrase": [f'"{some(*common)} {some(*common)}"' for _ in range(TIMES)],
        "either word": [f"{some(*often)} OR {some(*middling)}" for _ in range(TIMES)],
        "without a word": [f"{some(*often)} -{some(*common)}" for _ in range(TIMES)],
        "prefix": [f"{some(*middling)[:4]}*" for _ in range(TIMES)],
        "in the headline": [f"title:{some(*often)}" for _ in range(TIMES)],
    }


def _hits(connection: sa.Connection, query: str) -> None:
    hits(connection, Selection(query=query), PAGE)


def _opened(archive: Archive, _query: str) -> None:
    with archive.engine.connect() as connection:
        connection.begin()


def _facets(archive: Archive, query: str) -> None:
    corpus.facets(archive, Selection(query=query))


def _before(archive: Archive, query: str) -> None:
    with archive.engine.connect() as connection:
        at = connection.scalar(sa.select(sa.func.max(t.version.c.valid_from)))
        hits(connection, Selection(query=query, at=at - timedelta(days=30)), PAGE)


def _removed(archive: Archive, query: str) -> None:
    with archive.engine.connect() as connection:
        hits(connection, Selection(query=query, removed=True), PAGE)


def _places(raw: sqlite3.Connection, query: str) -> None:
    statement = "SELECT rowid FROM search_text WHERE search_text MATCH ? ORDER BY rowid DESC LIMIT ?"
    raw.execute(statement, (fts5(parse(query)), PAGE)).fetchall()


_RAW = """
SELECT a.key, s.name, a.state, a.first_seen_at, v.number, r.published_at, r.published_offset, r.language,
       highlight(raw_text, 0, char(1), char(2)), snippet(raw_text, 3, char(1), char(2), '…', 24),
       (SELECT group_concat(n.name) FROM reading_author n WHERE n.reading_id = r.id),
       (SELECT u.url FROM capture k JOIN url u ON u.id = k.url_id JOIN reading l ON l.capture_id = k.id
         WHERE k.article_id = a.id AND l.content_id IS NOT NULL ORDER BY k.fetched_at DESC LIMIT 1),
       (SELECT n.value FROM counter_reading n WHERE n.article_id = a.id AND n.metric = 1
         ORDER BY n.last_at DESC LIMIT 1)
FROM raw_text f JOIN search_row w ON w.id = f.rowid
JOIN version v ON v.content_id = w.content_id AND v.known_to = 9223372036854775807 AND v.valid_to = 9223372036854775807
JOIN article a ON a.id = v.article_id JOIN site s ON s.id = a.site_id LEFT JOIN reading r ON r.id = v.reading_id
WHERE raw_text MATCH ? AND a.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.article_id = a.id)
ORDER BY f.rowid DESC LIMIT ?
"""


def _raw(raw: sqlite3.Connection, query: str) -> None:
    raw.execute(_RAW, (fts5(parse(query)), PAGE)).fetchall()


# ------------------------------------------------------------------ pages


def pages(asked: argparse.Namespace) -> None:
    """Measure every kind of page, alone and under readers while a crawl writes."""
    paths = addresses(asked.folder)
    with served(asked.folder) as host:
        for kind, some in paths.items():
            took = [asked_for(host, path) for path in some[: 40 + WARMING]][WARMING:]
            first, last = cuts([one for one, _ in took]), cuts([one for _, one in took])
            say(f"page alone, {kind}", first_p50=first[0], first_p99=first[1], last_p50=last[0], last_p99=last[1])
        with writing(asked.folder) as taken:
            crowd(host, paths, asked.readers)
        say("captures taken in beside the readers", per_second=taken())


def addresses(folder: Path) -> dict[str, list[str]]:
    """Return addresses of each kind of page."""
    lot = random.Random(5)
    with Archive(folder, readonly=True) as archive, archive.engine.connect() as connection:
        asked = kinds(Vocabulary(archive))
        highest = connection.scalar(sa.select(sa.func.max(t.article.c.id))) or 1
        some = [lot.randint(1, highest) for _ in range(TIMES)]
        keys = list(connection.execute(sa.select(t.article.c.key).where(t.article.c.id.in_(some))).scalars())
        sites = list(connection.execute(sa.select(t.site.c.name)).scalars())
    lot.shuffle(keys)
    return {
        "front": ["/"] * TIMES,
        "search, common word": [f"/search?q={quote(query)}" for query in asked["common word"]],
        "search, rare word": [f"/search?q={quote(query)}" for query in asked["rare word"]],
        "counts of a common word": [f"/search/counts?q={quote(query)}" for query in asked["common word"]],
        "counts of a rare word": [f"/search/counts?q={quote(query)}" for query in asked["rare word"]],
        "story": [f"/article/{key}" for key in keys],
        "comparison": [f"/article/{key}/compare" for key in keys],
        "changes": ["/changes?from=2026-05-04&to=2026-05-11"] * TIMES,
        "paper": [f"/paper/{lot.choice(sites)}" for _ in keys],
        "health": ["/health"] * TIMES,
    }


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the archive in another process; give host and port."""
    command = [sys.executable, "-c", "from archive.cli import main; main()", "serve", "--port", "0", "--home", folder]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        line = next(line for line in process.stderr or () if "http://" in line)
        try:
            yield urlsplit(line[line.index("http://") :].split()[0]).netloc
        finally:
            process.terminate()


def asked_for(host: str, path: str) -> tuple[float, float]:
    """Return the milliseconds to the first and to the last byte of a page."""
    connection = http.client.HTTPConnection(host, timeout=120)
    start = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read(1)
    first = time.perf_counter() - start
    answer.read()
    last = time.perf_counter() - start
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return first * 1000, last * 1000


def crowd(host: str, paths: dict[str, list[str]], readers: int) -> None:
    """Let so many readers turn pages, one after another without a pause, and tell how long each kind took."""
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in paths}
    end = time.monotonic() + SECONDS

    def read(seed: int) -> None:
        lot = random.Random(seed)
        while time.monotonic() < end:
            kind = lot.choice(list(paths))
            found[kind].append(asked_for(host, lot.choice(paths[kind])))

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kind, took in found.items():
        first, last = cuts([one for one, _ in took]), cuts([one for _, one in took])
        say(f"page under {readers} readers and a crawl, {kind}", pages=len(took), first_p50=first[0],
            first_p99=first[1], last_p50=last[0], last_p99=last[1])  # fmt: skip
    say("pages a second", value=sum(map(len, found.values())) / SECONDS)


@contextmanager
def writing(folder: Path) -> Iterator[Callable[[], float]]:
    """Take stories in, in another process, while the block lasts; then tell how many captures a second."""
    context = multiprocessing.get_context("spawn")
    begun = context.Event()
    process = context.Process(target=take_in, args=(folder, 10_000_000 + int(time.time()) % 1_000_000, begun))
    process.start()
    begun.wait()
    start, before = time.monotonic(), captures(folder)
    yield lambda: rate
    rate = (captures(folder) - before) / (time.monotonic() - start)
    process.kill()
    process.join()


def take_in(folder: Path, first: int, begun: Any) -> None:
    """Take in the captures of five hundred new articles, as one visit after another would."""
    press = Press()
    with Archive(folder) as archive:
        visit = archive.begin_visit(
            SiteFacts(name="paper0", title="Paper 0", url="https://paper0.example/"), agent="bench"
        )
        told = [each for article in range(first, first + 4000, SITES) for _, each in press.life(article, visit)]
        begun.set()
        for at in range(0, len(told), GROUP):
            archive.save_all(told[at : at + GROUP])


def captures(folder: Path) -> int:
    """Count the captures."""
    with Archive(folder, readonly=True) as archive, archive.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(t.capture)) or 0


# ------------------------------------------------------------------ exports


def exports(asked: argparse.Namespace) -> None:
    """Measure exports beside reading the same rows and dumping them, and the memory that they take."""
    exporting.compare(asked.folder)
    exporting.peak(asked.folder, asked.folder / "exported")


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {"searches": searches, "pages": pages, "exports": exports}


if __name__ == "__main__":
    main()

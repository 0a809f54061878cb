"""How fast the archive answers and takes in, and how large it is, on a generated archive.

    python -m benchmarks.archive --captures 1000000 --folder /var/tmp/big
    python -m benchmarks.archive --captures 1000000 --database postgresql+psycopg://postgres@127.0.0.1/empty --writers 4

First 10,000 captures of 1,000 articles are taken in (3.5 versions and 10 captures an article, texts of 400 to 600 words
of a made-up vocabulary by Zipf's law, a view counter that grows), by ``Archive.save_all`` in groups of 50: WARC files
written and everything synced, search index and bands included, signatures made before, as the reading processes do in
a crawl. Then the rows are multiplied in SQL to the size asked for, with addresses, keys, digests and bands of their
own, and the same is measured again. A page has about 6 KB; the gzip of a real one of 280 KB costs 5 ms more.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from archive import Archive, Author, Capture, Counter, Identity, Kind, Moment, Reader, Reading, SiteFacts, corpus
from archive import tables as t
from archive.asof import at_url
from archive.changes import PAGE, changes
from archive.database import DATABASE_NAME, writing
from archive.describe import curve
from archive.duplicates import signature
from archive.store import ToSave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

SITES = 8
ARTICLES = 1000
CAPTURES = 10
VERSIONS = (2, 3, 3, 4, 4, 5)  # 3.5 on average
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 300
GROUP = 50
QUERIES = 1000
TAKEN_IN = 2000
READER = Reader(name="benchmark", version="1")


def main() -> None:
    """Measure at 10,000 captures, then at the size asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=100_000, help="the larger size; a multiple of 10,000")
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder for the archive")
    parser.add_argument("--database", help="SQLAlchemy URL of an empty database, if not SQLite")
    parser.add_argument("--writers", type=int, nargs="*", default=[1], help="numbers of processes that take in at once")
    asked = parser.parse_args()
    run = Run(asked.folder, asked.database)
    small = {1: run.take_in(range(ARTICLES), writers=1)}
    run.answers(ARTICLES)
    copies = asked.captures // (ARTICLES * CAPTURES)
    run.multiply(copies)
    run.answers(ARTICLES * copies)
    for number, writers in enumerate(asked.writers):
        first = ARTICLES * (copies + 1) + number * TAKEN_IN
        large = run.take_in(range(first, first + TAKEN_IN // CAPTURES), writers=writers)
        if writers in small:
            run.say("cost of a capture, large to small", small[writers] / large)


class Press:
    """Makes stories: the same for the same number."""

    def __init__(self) -> None:
        lot = random.Random(7)
        self.words = ["".join(lot.choices("abcdefghilmnoprstuvy", k=lot.randint(2, 11))) for _ in range(30_000)]
        self.weights = list(accumulate(1 / (rank + 8) for rank in range(len(self.words))))

    def _some(self, lot: random.Random, count: int) -> str:
        return " ".join(lot.choices(self.words, cum_weights=self.weights, k=count)).capitalize() + "."

    def story(self, article: int, version: int) -> tuple[str, ...]:
        """Return the paragraphs of a story; every version adds a sentence to one of them."""
        lot = random.Random(article)
        paragraphs = [self._some(lot, lot.randint(32, 48)) for _ in range(12)]
        for edit in range(version):
            again = random.Random(article * 31 + edit)
            paragraphs[again.randrange(12)] += " " + self._some(again, 12)
        return tuple(paragraphs)

    def life(self, article: int, visit: str) -> Iterator[tuple[datetime, ToSave]]:
        """Yield the captures of an article in order of time: half of the unchanged ones are 304."""
        lot = random.Random(article + 1)
        published = BEGINNING + timedelta(seconds=lot.randrange(DAYS * 86_400))
        edits = sorted(lot.sample(range(1, CAPTURES), lot.choice(VERSIONS) - 1))
        at, version = published + timedelta(hours=1), 0
        for look in range(CAPTURES):
            changed = look in edits
            version += changed
            if look == 0 or changed or lot.random() < 0.5:
                yield at, self._page(article, version, at, published, visit, views=look * look * 7)
            else:
                yield at, ToSave(_capture(article, at, visit, b""))
            at += timedelta(hours=6) * (look + 1)

    def _page(self, article: int, version: int, at: datetime, published: datetime, visit: str, *,
              views: int) -> ToSave:  # fmt: skip
        name = self.words[article % 300].title()
        paragraphs = self.story(article, version)
        reading = Reading(
            reader=READER, title=" ".join(paragraphs[0].split()[:9]), paragraphs=paragraphs, byline=f"By {name}",
            authors=(Author(name=name),), published=Moment(at=published), language="en", section="News", access="free",
            modified=Moment(at=published + timedelta(hours=version)), canonical_url=address(article),
            identities=(Identity(kind="wp", value=str(article)), Identity(kind="url", value=address(article))),
            counters=(Counter(metric="views", value=views, source="page"),), sources={"title": "h1", "body": "article"},
            signature=signature(paragraphs),
        )  # fmt: skip
        html = f"<title>{reading.title}</title><p>{views} views</p>" + "".join(f"<p>{text}</p>" for text in paragraphs)
        return ToSave(_capture(article, at, visit, html.encode()), reading, due_at=at + timedelta(days=1))


def address(article: int) -> str:
    """Return the address of a story."""
    return f"https://paper{article % SITES}.example/2026/story-{article}/"


def _capture(article: int, at: datetime, visit: str, payload: bytes) -> Capture:
    number = UUID(int=(article << 64) + int(at.timestamp()))
    headers = (("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{at:%j%H%M}"'))
    return Capture(visit=visit, record_id=number, url=address(article), fetched_at=at, status=200 if payload else 304,
                   kind=Kind.RESPONSE if payload else Kind.REVISIT, headers=headers, payload=payload)  # fmt: skip


class Run:
    """One archive that is measured."""

    def __init__(self, folder: Path, database: str | None) -> None:
        self.folder = folder
        self.database = database
        with Archive(folder, database=database) as archive:
            self.name = archive.engine.dialect.name

    def say(self, what: str, value: float, unit: str = "") -> None:
        """Print one figure."""
        told = {"database": self.name, "captures": self._captures(), "what": what, "value": round(value, 3)}
        print(json.dumps(told | ({"unit": unit} if unit else {})), flush=True)

    def _captures(self) -> int:
        with Archive(self.folder, database=self.database, readonly=True) as archive, archive.engine.connect() as one:
            return one.scalar(sa.select(sa.func.count()).select_from(t.capture)) or 0

    # -- taking in

    def take_in(self, articles: range, *, writers: int) -> float:
        """Take in the captures of these articles, shared out to several processes; return how many in a second."""
        parts = [[article for article in articles if article % SITES % writers == part] for part in range(writers)]
        context = multiprocessing.get_context("spawn")
        begin, times = context.Barrier(writers), context.Queue()
        started = [
            context.Process(target=_take_in, args=(self.folder, self.database, part, begin, times)) for part in parts
        ]
        for process in started:
            process.start()
        told = [times.get() for _ in started]
        for process in started:
            process.join()
        seconds = max(end for _, end, _ in told) - min(start for start, _, _ in told)
        rate = sum(count for _, _, count in told) / seconds
        self.say(f"captures a second taken in, {writers} writer(s), groups of {GROUP}", rate, "1/s")
        return rate

    # -- asking

    def answers(self, articles: int) -> None:
        """Measure the questions about a time, and the size."""
        self.say("size of the database", self._bytes() / articles / 1024, "KB/article")
        lot = random.Random(1)
        with Archive(self.folder, database=self.database, readonly=True) as archive:
            with archive.engine.connect() as one:
                lowest, highest = one.execute(sa.select(sa.func.min(t.article.c.id), sa.func.max(t.article.c.id))).one()
                some = [lot.randint(lowest, highest) for _ in range(QUERIES)]
                urls = [one.scalar(_address_of(article)) for article in some]
            moments = [BEGINNING + timedelta(days=lot.uniform(30, DAYS + 20)) for _ in range(QUERIES)]
            known = datetime.now(UTC)

            def asked(question: Callable[[Connection, int], Any]) -> Callable[[int], Any]:
                def ask(number: int) -> Any:
                    with archive.engine.connect() as connection:
                        return question(connection, number)

                return ask

            self._time("as of T, by address, text included", asked(lambda c, n: at_url(c, urls[n], moments[n])))
            self._time("as of T as known at K, by address", asked(lambda c, n: at_url(c, urls[n], moments[n], known)))
            self._time("view curve", asked(lambda c, n: curve(c, some[n], "views")))
            self._time("history, texts included", lambda n: corpus.history(archive, urls[n]))
            self._time("changed in a week, page of 100", lambda n: _page_of_changes(archive, moments[n]), QUERIES // 5)

    def _time(self, what: str, ask: Callable[[int], Any], times: int = QUERIES) -> None:
        took = []
        for number in range(times):
            start = time.perf_counter()
            ask(number)
            took.append((time.perf_counter() - start) * 1000)
        cuts = statistics.quantiles(took, n=100)
        self.say(f"{what}: p50", cuts[49], "ms")
        self.say(f"{what}: p99", cuts[98], "ms")

    def _bytes(self) -> int:
        with Archive(self.folder, database=self.database, readonly=True) as archive, archive.engine.connect() as one:
            if self.name == "postgresql":
                return int(one.scalar(sa.select(sa.func.pg_database_size(sa.func.current_database()))) or 0)
            one.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return (self.folder / DATABASE_NAME).stat().st_size

    # -- growing

    def multiply(self, copies: int) -> None:
        """Make so many of every article: the rows as they are, with ids, keys, addresses and digests of their own."""
        with Archive(self.folder, database=self.database) as archive:
            with writing(archive.engine).begin() as connection:
                spans = {table.name: connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
                         for table in (t.url, t.article, t.capture, t.content, t.reading, t.version)}  # fmt: skip
                spans["change_log"] = connection.scalar(sa.select(sa.func.max(t.change_log.c.seq))) or 0
            for table in _GROWN:
                with writing(archive.engine).begin() as connection:
                    connection.execute(sa.text(_grown(table, spans, copies, self.name)))
            with writing(archive.engine).begin() as connection:
                for statement in _after(self.name):
                    connection.execute(sa.text(statement.format(copies=copies)))
            archive.engine.dispose()


def _take_in(folder: Path, database: str | None, articles: list[int], begin: Any, times: Any) -> None:
    """Take in what one process has to: each site's articles side by side, as visits find them."""
    press = Press()
    with Archive(folder, database=database) as archive:
        visits = {
            site: archive.begin_visit(
                SiteFacts(name=f"paper{site}", title=f"Paper {site}", url=f"https://paper{site}.example/"),
                agent="bench",
            )
            for site in {article % SITES for article in articles}
        }
        waiting = [each for article in articles for each in press.life(article, visits[article % SITES])]
        waiting.sort(key=lambda each: (each[0], each[1].capture.record_id))
        told = [each for _, each in waiting]
        begin.wait()
        start = time.time()
        for at in range(0, len(told), GROUP):
            archive.save_all(told[at : at + GROUP])
        times.put((start, time.time(), len(told)))


def _page_of_changes(archive: Archive, since: datetime) -> int:
    found = changes(archive, since, since + timedelta(days=7))
    return sum(1 for _ in zip(range(PAGE), found, strict=False))


def _address_of(article: int) -> sa.Select[Any]:
    return (
        sa.select(t.url.c.url)
        .join(t.article_url, t.article_url.c.url_id == t.url.c.id)
        .where(t.article_url.c.article_id == article)
        .limit(1)
    )


# ------------------------------------------------------------------ multiplying rows in SQL

_GROWN = (t.url, t.article, t.article_url, t.article_identity, t.capture, t.content, t.reading, t.reading_author,
          t.version, t.counter_reading, t.content_sig, t.lsh_band, t.search_row, t.change_log)  # fmt: skip
_SHIFTED = {"url", "article", "capture", "content", "reading", "version"}
_IDS = {("article", "head_version_id"): "version", ("article_url", "evidence_capture_id"): "capture",
        ("article", "head_reading_id"): "reading"}  # fmt: skip
_VARIED = {
    ("url", "url"): "replace(o.url, '/2026/', '/' || k.k || '/')",
    ("url", "surt"): "replace(o.surt, '/2026/', '/' || k.k || '/')",
    ("article", "key"): "o.key || k.k",
    ("article_identity", "value"): "o.value || '-' || k.k",
    ("capture", "record_id"): "{random16}",
    ("capture", "warc_offset"): "o.warc_offset + k.k * 1000000000000",
    ("content", "digest"): "{random32}",
    ("content_sig", "signature"): "{random512}",
    ("lsh_band", "hash"): "{number}",
    ("search_row", "id"): "o.id + k.k * 64",
}
_RANDOM = {
    "sqlite": {"random16": "randomblob(16)", "random32": "randomblob(32)", "random512": "randomblob(512)",
               "number": "abs(random() / 2)"},
    "postgresql": {"random16": "decode(md5(random()::text || o.id), 'hex')",
                   "random32": "decode(md5(random()::text || o.id) || md5(random()::text), 'hex')",
                   "random512": "decode(repeat(md5(random()::text || o.content_id), 32), 'hex')",
                   "number": "(random() * 9e18)::bigint"},
}  # fmt: skip


def _grown(table: sa.Table, spans: dict[str, int], copies: int, dialect: str) -> str:
    columns = [column.name for column in table.columns]
    values = [_value(table, column, spans).format(**_RANDOM[dialect]) for column in table.columns]
    order = ", ".join(f"o.{column.name}" for column in table.primary_key.columns)
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) "  # noqa: S608 - names of our own tables
        f"WITH RECURSIVE k(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < {copies - 1}) "
        f"SELECT {', '.join(values)} FROM {table.name} o CROSS JOIN k ORDER BY k.k, {order}"
    )


def _value(table: sa.Table, column: sa.Column[Any], spans: dict[str, int]) -> str:
    if (table.name, column.name) in _VARIED:
        return _VARIED[table.name, column.name]
    target = _IDS.get((table.name, column.name)) or next((key.column.table.name for key in column.foreign_keys), None)
    if column.name == "id" or (table is t.change_log and column.name == "seq"):
        target = table.name
    if target in spans and (target in _SHIFTED or target == "change_log"):
        return f"o.{column.name} + k.k * {spans[target]}"
    return f"o.{column.name}"


def _after(dialect: str) -> list[str]:
    if dialect == "sqlite":
        text = (
            "SELECT s.id, c.title, '', '', CAST(c.body AS TEXT) FROM search_row s JOIN content c ON c.id = s.content_id"
        )
        new = "WHERE s.id NOT IN (SELECT id FROM search_text_docsize) ORDER BY s.id"
        return [f"INSERT INTO search_text(rowid, title, standfirst, names, body) {text} {new}", "ANALYZE"]
    ids = [(name, "id") for name in ("url", "article", "capture", "content", "reading", "version")]
    behind = "SELECT setval(pg_get_serial_sequence('{}', '{}'), (SELECT max({}) FROM {}))"
    series = "CROSS JOIN generate_series(1, {copies} - 1) k(k)"
    text = f"INSERT INTO search_text (rowid, words) SELECT o.rowid + k.k * 64, o.words FROM search_text o {series}"  # noqa: S608 - our own names
    return [text, *(behind.format(name, key, key, name) for name, key in [*ids, ("change_log", "seq")]), "ANALYZE"]


if __name__ == "__main__":
    main()

"""How fast the archive answers and takes in, and how large it is, on a generated archive.

    python -m benchmarks.archive --captures 1000000 --folder /var/tmp/big
    python -m benchmarks.archive --captures 1000000 --database postgresql+psycopg://postgres@127.0.0.1/empty --writers 4

First 10,000 captures of 1,000 articles are taken in (3.5 versions and 10 captures an article, a view counter that
grows), by ``Archive.save_all`` in groups of 50 and of 200 by turns: WARC files written and everything synced, search
index and bands included, signatures made before, as the reading processes do in a crawl. Then the rows are multiplied
in SQL to the size asked for, with addresses, keys, digests, days and bands of their own, and the same is measured
again; what a capture costs here and there is told for groups of the same size. A page has
about 6 KB; the gzip of a real one of 280 KB costs 5 ms more. Beside each time stands the load of the machine, and what
the processor worked for the question: on a busy machine only that tells.

The texts are invented words, made to weigh what real news weighs. They were held against the bodies that the reader
takes from the 419 real pages of the evaluation (188 of them English with at least 100 words, 55 of these with 350 to
650); real first, invented behind it. Bytes of zlib a word 3.0 and 2.9, its share of the text 0.49 and 0.50; letters in
a word 4.7 and 4.7; distinct words in the first 300: 174 and 184; vocabulary after 1,000 and 10,000 words: 497, 3,280
and 458, 3,250, after all 27,000: 6,098 and 6,889; letters beyond ASCII (accents, quotes) in 100 words, of the texts of
all languages 5.6 at the median, and 5.0. The real pages have 590 words at the median and 824 on average, for a tenth
of them are longer than 1,700; the invented stories have 150 to 1,200, 550 on average, as reports of regional papers do.
Lead pictures, tags, standfirsts and the sources of fields have the length that they have on real pages. An edit
rewrites, adds or drops a sentence or two, or adds a paragraph; every fifth also gives a new headline.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
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
from archive.changes import changes_page, with_texts
from archive.database import DATABASE_NAME, writing
from archive.describe import curve
from archive.duplicates import signature
from archive.hits import hits
from archive.search import PAST, ROWS_PER_SECOND, TABLE, fields_of, lacking, merge, put_texts
from archive.selection import Selection
from archive.store import ToSave
from archive.texts import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from archive.changes import Change

SITES = 8
ARTICLES = 1000
CAPTURES = 10
VERSIONS = (2, 3, 3, 4, 4, 5)  # 3.5 on average
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 300
GROUPS = (50, 200)
GROUP = GROUPS[0]
QUERIES = 1000
TAKEN_IN = 2000
"""Captures that each writer takes in at a time."""
ROUNDS = 4
"""Times that taking in is measured for each size of archive and of group, by turns; the best counts, for what else the
machine does only adds."""
READER = Reader(name="benchmark", version="1")
SOURCES = {
    "title": "dom h1", "authors": "json-ld", "published": "json-ld", "modified": "json-ld", "standfirst": "json-ld",
    "section": "json-ld", "tags": "meta article:tag", "images": "meta og:image", "canonical_url": "link canonical",
    "identities": "page", "paragraphs": "trafilatura", "language": "text", "access": "json-ld",
}  # fmt: skip
"""As long as real ones: the source of each field that was read."""


def main() -> None:
    """Measure at 10,000 captures, then at the size asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=100_000, help="the larger size; a multiple of 10,000")
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder for the archive")
    parser.add_argument("--database", help="SQLAlchemy URL of an empty database, if not SQLite")
    parser.add_argument("--writers", type=int, nargs="*", default=[1], help="numbers of processes that take in at once")
    asked = parser.parse_args()
    run = Run(asked.folder, asked.database)
    small = run.best_of(range(ARTICLES), writers=1)
    run.answers(ARTICLES)
    copies = asked.captures // (ARTICLES * CAPTURES)
    run.multiply(copies)
    run.answers(ARTICLES * copies)
    first = ARTICLES * (copies + 1)
    for writers in asked.writers:
        new = range(first, first + ROUNDS * len(GROUPS) * writers * TAKEN_IN // CAPTURES)
        first, large = new.stop, run.best_of(new, writers=writers)
        for group in GROUPS if writers == 1 else ():
            run.say(f"cost of a capture in groups of {group}, large to small", small[group] / large[group])


class Words:
    """Invented words: short ones are common, as in a real language, and every story has some of its own."""

    HEADS = (*"bcdfghlmnprstvw", "st", "tr", "pr", "ch", "sh", "th", "br", "cl", "gr")
    VOWELS = ("a", "e", "i", "o", "u", "e", "a", "i", "ou", "ea", "ai")
    TAILS = ("", "", "", "n", "r", "s", "t", "l", "d", "m", "ng", "nt", "ck", "st")
    MANY = 25_000
    COMMON = 220  # of one syllable
    ACCENTS = str.maketrans("aeiou", "áéíóú")

    def __init__(self) -> None:
        lot, seen = random.Random(7), set()
        self.all: list[str] = []
        while len(self.all) < self.MANY:
            word = self._word(lot, len(self.all))
            if word not in seen or len(self.all) < 60:
                seen.add(word)
                self.all.append(word)
        self.weights = list(accumulate((rank + 3) ** -1.12 for rank in range(self.MANY)))

    def _word(self, lot: random.Random, rank: int) -> str:
        shares = (25, 62, 13) if rank < 3000 else (8, 60, 32)
        syllables = 1 if rank < self.COMMON else lot.choices((1, 2, 3), shares)[0]
        closed = [at == syllables - 1 or lot.random() < 0.15 for at in range(syllables)]
        word = "".join(lot.choice(self.HEADS) + lot.choice(self.VOWELS) + (lot.choice(self.TAILS) if ends else "")
                       for ends in closed)  # fmt: skip
        return word[: lot.choice((1, 2, 2, 3, 3))] if rank < 60 else word

    def of_story(self, lot: random.Random) -> list[str]:
        """Return the names and things that a story speaks of again and again."""
        own = [lot.choices(self.all, cum_weights=self.weights)[0] if lot.random() < 0.3
               else self.all[lot.randrange(200, self.MANY)] for _ in range(52)]  # fmt: skip
        return [word.title() if lot.random() < 0.4 else word for word in own]

    def sentence(self, lot: random.Random, own: list[str]) -> str:
        """Return a sentence: a quarter of its words are the story's own."""
        words = lot.choices(self.all, cum_weights=self.weights, k=lot.randint(10, 30))
        for at in range(len(words)):
            if lot.random() < 0.23:
                words[at] = own[int(len(own) * lot.random() ** 2)]
            words[at] = self._printed(words[at], lot.random())
        if lot.random() < 0.3:
            words[lot.randrange(len(words))] = str(lot.randrange(2, 3000))
        told = " ".join(words).rstrip(",").capitalize() + "."
        return f"“{told}”" if lot.random() < 0.08 else told

    def _printed(self, word: str, chance: float) -> str:
        """Return a word with a comma, an apostrophe or an accent, as some have."""
        if chance < 0.06:
            return word + ","
        return word + "’s" if chance < 0.085 else word.translate(self.ACCENTS) if chance < 0.097 else word


class Press:
    """Makes stories: the same for the same number."""

    def __init__(self) -> None:
        self.words = Words()

    def story(self, article: int, version: int) -> tuple[str, list[list[str]]]:
        """Return headline and paragraphs of a version of a story, each a list of sentences."""
        lot = random.Random(article)
        own = self.words.of_story(lot)
        wanted, paragraphs, told = min(max(lot.lognormvariate(6.15, 0.5), 150), 1200), [], 0
        while told < wanted:
            paragraphs.append([self.words.sentence(lot, own) for _ in range(lot.randint(1, 3))])
            told += sum(sentence.count(" ") + 1 for sentence in paragraphs[-1])
        headline = self._headline(lot, own)
        for edit in range(version):
            again = random.Random(article * 31 + edit)
            self._edit(again, own, paragraphs)
            headline = self._headline(again, own) if again.random() < 0.2 else headline
        return headline, paragraphs

    def _headline(self, lot: random.Random, own: list[str]) -> str:
        return " ".join(self.words.sentence(lot, own).split()[:9])

    def _edit(self, lot: random.Random, own: list[str], paragraphs: list[list[str]]) -> None:
        if lot.random() < 0.3:
            new = [self.words.sentence(lot, own) for _ in range(lot.randint(1, 2))]
            paragraphs.insert(lot.randrange(1, len(paragraphs) + 1), new)
            return
        for _ in range(lot.randint(1, 2)):
            part, kind = lot.choice(paragraphs), lot.random()
            at = lot.randrange(len(part))
            if kind < 0.5:
                part[at] = self.words.sentence(lot, own)
            elif kind < 0.8 or len(part) == 1:
                part.insert(at, self.words.sentence(lot, own))
            else:
                del part[at]

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
        lot = random.Random(article + 2)
        names = [f"{self.words.all[300 + (article + at) % 300]} {self.words.all[700 + article % 300]}".title()
                 for at in range(1 + (article % 12 == 0))]  # fmt: skip
        title, parts = self.story(article, version)
        paragraphs = tuple(" ".join(sentences) for sentences in parts)
        tags = tuple(lot.sample(self.words.all[1000:3000], lot.randrange(8)))
        reading = Reading(
            reader=READER, title=title, standfirst=paragraphs[0][:100], paragraphs=paragraphs,
            byline=f"By {' and '.join(names)}", authors=tuple(Author(name=name) for name in names),
            published=Moment(at=published), language="en", section="News", access="free", tags=tags,
            modified=Moment(at=published + timedelta(hours=version)), canonical_url=address(article),
            images=tuple(f"{address(article)}{at}-{lot.getrandbits(240):x}.jpg" for at in range(lot.choice((1, 2, 4)))),
            identities=(Identity(kind="wp", value=str(article)), Identity(kind="url", value=address(article))),
            counters=(Counter(metric="views", value=views, source="page"),), sources=SOURCES,
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
        told = {"database": self.name, "captures": self._captures(), "load": round(os.getloadavg()[0], 1), "what": what,
                "value": round(value, 3)}  # fmt: skip
        print(json.dumps(told | ({"unit": unit} if unit else {})), flush=True)

    def _captures(self) -> int:
        with Archive(self.folder, database=self.database, readonly=True) as archive, archive.engine.connect() as one:
            return one.scalar(sa.select(sa.func.count()).select_from(t.capture)) or 0

    # -- taking in

    def best_of(self, articles: range, *, writers: int) -> dict[int, float]:
        """Take in these articles in rounds; return for each size of group the most captures in a second."""
        rounds, best = ROUNDS * len(GROUPS), dict.fromkeys(GROUPS, 0.0)
        for n in range(rounds):
            part = articles[len(articles) * n // rounds : len(articles) * (n + 1) // rounds]
            group = GROUPS[n % len(GROUPS)]
            best[group] = max(best[group], self.take_in(part, writers=writers, group=group))
        return best

    def take_in(self, articles: range, *, writers: int, group: int = GROUP) -> float:
        """Take in the captures of these articles, shared out to several processes; return how many in a second."""
        parts = [[article for article in articles if article % SITES % writers == part] for part in range(writers)]
        context = multiprocessing.get_context("spawn")
        begin, times = context.Barrier(writers), context.Queue()
        started = [
            context.Process(target=_take_in, args=(self.folder, self.database, part, group, begin, times))
            for part in parts
        ]
        for process in started:
            process.start()
        told = [times.get() for _ in started]
        for process in started:
            process.join()
        seconds = max(end for _, end, _ in told) - min(start for start, _, _ in told)
        rate = sum(count for _, _, count in told) / seconds
        self.say(f"captures a second taken in, {writers} writer(s), groups of {group}", rate, "1/s")
        return rate

    # -- asking

    def answers(self, articles: int) -> None:
        """Measure the questions about a time, and the size."""
        self.say("size of the database", self._bytes() / articles / 1024, "KB/article")
        lot = random.Random(1)
        with Archive(self.folder, database=self.database, readonly=True) as archive:
            with archive.engine.connect() as one:
                some = lot.choices(
                    one.execute(sa.select(t.article.c.id).order_by(t.article.c.id)).scalars().all(), k=QUERIES
                )
                urls = [one.scalar(_address_of(article)) for article in some]
            moments = [BEGINNING + timedelta(days=lot.uniform(30, DAYS + 20)) for _ in range(QUERIES)]
            known = datetime.now(UTC)

            def asked(question: Callable[[Connection, int], Any]) -> Callable[[int], Any]:
                def ask(number: int) -> Any:
                    with archive.engine.connect() as connection:
                        return question(connection, number)

                return ask

            self._time("as of T, by address, text included", asked(lambda c, n: _said(c, urls[n], moments[n])))
            self._time("as of T as known at K, by address", asked(lambda c, n: _said(c, urls[n], moments[n], known)))
            self._time("view curve", asked(lambda c, n: curve(c, some[n], "views")))
            self._time("history, texts included", lambda n: corpus.history(archive, urls[n]))
            self._time("changed in a week, page of 100", asked(lambda c, n: _changed(c, moments[n])))
            self._time(
                "the same, with its texts", asked(lambda c, n: with_texts(c, _changed(c, moments[n]))), QUERIES // 5
            )
            self._time("newest 20 articles, with snippets", asked(lambda c, _: hits(c, Selection(), 20)), QUERIES // 5)
            words = [self._word(archive, lot) for _ in range(QUERIES // 5)]
            self._time("newest 20 of a word", asked(lambda c, n: hits(c, Selection(query=words[n]), 20)), QUERIES // 5)

    def _word(self, archive: Archive, lot: random.Random) -> str:
        """Return a word out of a headline."""
        with archive.engine.connect() as one:
            highest = one.scalar(sa.select(sa.func.max(t.content.c.id))) or 1
            title = one.scalar(sa.select(t.content.c.title).where(t.content.c.id == lot.randint(1, highest)))
        return lot.choice((title or "none").split())

    def _time(self, what: str, ask: Callable[[int], Any], times: int = QUERIES) -> None:
        took, worked = [], []
        for number in range(times):
            start, begun = time.perf_counter(), time.process_time()
            ask(number)
            worked.append((time.process_time() - begun) * 1000)
            took.append((time.perf_counter() - start) * 1000)
        for name, measured in (("", took), (" of processor time", worked)):
            cuts = statistics.quantiles(measured, n=100)
            self.say(f"{what}: p50{name}", cuts[49], "ms")
            self.say(f"{what}: p99{name}", cuts[98], "ms")

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
                spans = {name: connection.scalar(sa.select(sa.func.max(t.metadata.tables[name].c.id))) or 0
                         for name in _SHIFTED}  # fmt: skip
                spans["change_log"] = connection.scalar(sa.select(sa.func.max(t.change_log.c.seq))) or 0
            for table in _GROWN:
                with writing(archive.engine).begin() as connection:
                    connection.execute(sa.text(_grown(table, spans, copies, self.name)))
            with writing(archive.engine).begin() as connection:
                _index(connection, spans, copies)
            with writing(archive.engine).begin() as connection:
                for statement in _after(self.name):
                    connection.execute(sa.text(statement))
            is_merging = True
            while is_merging:  # as the ends of a thousand visits do
                with writing(archive.engine).begin() as connection:
                    is_merging = merge(connection)
            archive.engine.dispose()


def _take_in(folder: Path, database: str | None, articles: list[int], group: int, begin: Any, times: Any) -> None:
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
        gc.collect()
        gc.freeze()  # a crawl has not all of its captures in memory, for the collector to walk over again and again
        begin.wait()
        start = time.time()
        for at in range(0, len(told), group):
            archive.save_all(told[at : at + group])
        times.put((start, time.time(), len(told)))


def _said(connection: Connection, url: str, at: datetime, known: datetime | None = None) -> str | None:
    found = at_url(connection, url, at, known)
    return unpacked(connection, found) if found is not None else None


def _changed(connection: Connection, since: datetime) -> list[Change]:
    return changes_page(connection, since, since + timedelta(days=7)).items


def _address_of(article: int) -> sa.Select[Any]:
    return (
        sa.select(t.url.c.url)
        .join(t.article_url, t.article_url.c.url_id == t.url.c.id)
        .where(t.article_url.c.article_id == article)
        .limit(1)
    )


# ------------------------------------------------------------------ multiplying rows in SQL

_GROWN = (t.url, t.article, t.article_url, t.article_identity, t.capture, t.content, t.picture_list, t.reading,
          t.reading_author, t.version, t.counter_reading, t.content_sketch, t.lsh_band, t.change_log)  # fmt: skip
_SHIFTED = {"url", "article", "capture", "content", "picture_list", "reading", "version"}
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
    ("picture_list", "digest"): "{random16}",
    ("content_sketch", "sketch"): "{random128}",
    ("lsh_band", "key"): "{number}",
}
_ALIKE = ("known_from", "known_to")  # what is moved in time is what the papers did, not when we knew it
_SHIFT = timedelta(seconds=7919)
"""So much later is each copy of an article: copies at one moment would lie beside each other in every index."""
_ROW_SHIFT = int(_SHIFT.total_seconds()) * ROWS_PER_SECOND
_ROWS = 1000

_RANDOM = {
    "sqlite": {"random16": "randomblob(16)", "random32": "randomblob(32)", "random128": "randomblob(128)",
               "number": "random() % 2147483648"},
    "postgresql": {"random16": "decode(md5(random()::text || o.id), 'hex')",
                   "random32": "decode(md5(random()::text || o.id) || md5(random()::text), 'hex')",
                   "random128": "decode(repeat(md5(random()::text || o.content_id), 8), 'hex')",
                   "number": "(random() * 4294967295 - 2147483648)::integer"},
}  # fmt: skip


def _grown(table: sa.Table, spans: dict[str, int], copies: int, dialect: str) -> str:
    columns = [column.name for column in table.columns]
    values = [_value(table, column, spans).format(**_RANDOM[dialect]) for column in table.columns]
    order = ", ".join(f"o.{column.name}" for column in table.primary_key.columns)
    end = " ON CONFLICT DO NOTHING" if table is t.lsh_band else ""  # two of an article's bands may fall on one number
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) "  # noqa: S608 - names of our own tables
        f"WITH RECURSIVE k(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < {copies - 1}) "
        f"SELECT {', '.join(values)} FROM {table.name} o CROSS JOIN k ORDER BY k.k, {order}{end}"
    )


def _value(table: sa.Table, column: sa.Column[Any], spans: dict[str, int]) -> str:
    if (table.name, column.name) in _VARIED:
        return _VARIED[table.name, column.name]
    target = _IDS.get((table.name, column.name)) or next((key.column.table.name for key in column.foreign_keys), None)
    if column.name == "id" or (table is t.change_log and column.name == "seq"):
        target = table.name
    if target in spans and (target in _SHIFTED or target == "change_log"):
        return f"o.{column.name} + k.k * {spans[target]}"
    if isinstance(column.type, t.Instant) and column.name not in _ALIKE:
        at, moved = f"o.{column.name}", f"k.k * {t.to_micros(t.from_micros(0) + _SHIFT)}"
        return f"CASE WHEN {at} = {t.FOREVER_MICROS} THEN {at} ELSE {at} + {moved} END"
    return f"o.{column.name}"


def _index(connection: Connection, spans: dict[str, int], copies: int) -> None:
    """Put the texts of all copies into both search indexes: word lists are copied, FTS5 is told the words again."""
    held = connection.execute(sa.select(t.search_row)).all()
    told = fields_of(connection, {row.content_id for row in held})
    fields = {row.id: lacking(told[row.content_id], told.get(row.against)) for row in held}
    taken = {row.id for row in held}
    for copy in range(1, copies):
        for at in range(0, len(held), _ROWS):
            new = [(row, _next(taken, row.id + copy * _ROW_SHIFT)) for row in held[at : at + _ROWS]]
            moved = copy * spans["content"]
            connection.execute(t.search_row.insert(), [
                {"id": number, "content_id": row.content_id + moved, "superseded": row.superseded,
                 "against": row.against + moved if row.against else None} for row, number in new])  # fmt: skip
            for table in (TABLE, PAST) if connection.dialect.name == "sqlite" else ():
                words = [(number, fields[row.id]) for row, number in new if row.superseded == (table == PAST)]
                put_texts(connection, words, table)
    for table in (TABLE, PAST) if connection.dialect.name == "postgresql" else ():
        connection.exec_driver_sql(
            f"INSERT INTO {table} (rowid, words) SELECT n.id, o.words FROM search_row n "  # noqa: S608 - our own names
            f"JOIN search_row h ON h.content_id = (n.content_id - 1) % {spans['content']} + 1 "
            f"JOIN {table} o ON o.rowid = h.id WHERE n.content_id > {spans['content']}".replace("%", "%%")
        )


def _next(taken: set[int], number: int) -> int:
    while number in taken:
        number += 1
    taken.add(number)
    return number


def _after(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return ["ANALYZE"]
    ids = [(name, "id") for name in _SHIFTED]
    behind = "SELECT setval(pg_get_serial_sequence('{}', '{}'), (SELECT max({}) FROM {}))"
    return [*(behind.format(name, key, key, name) for name, key in [*ids, ("change_log", "seq")]), "ANALYZE"]


if __name__ == "__main__":
    main()

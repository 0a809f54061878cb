"""Rebuild and pack a generated archive; compare with the speed at which warcio reads the same files.

    python -m benchmarks.rebuild [--articles 300] [--visits 7] [--page-kb 280 6]

Every article is captured at each of so many visits of one site. A page is the site's for the most part (navigation and
adverts), the rest its own, some of it noise of every visit, and every third visit the text is edited. Real pages of
news have 281 KB on average and 196 KB at the median, and gzip makes a fifth of them, as of these; those of 6 KB hardly
have more than the text. Texts are signed before, as the reading processes do in a crawl. For each size it prints the
captures, warcio's seconds, those of a rebuild and their ratio (at least 0.5 is wanted), whether the dumps are equal,
and the bytes of a capture before and after packing. The status is 1 when a dump differs or `verify` finds a fault.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from rich.progress import track
from warcio.archiveiterator import ArchiveIterator

from archive import Archive, shifted_clock
from archive.audit import verify
from archive.dump import dump
from archive.duplicates import signature
from archive.pack import pack, packable
from archive.rebuild import rebuild_into
from tests.archive.make import Paper, SettableClock, reading

WORDS = [f"{first}{last}" for first in ["bridge", "river", "mayor", "harbour", "school", "market", "council", "ferry"]
         for last in ("", "s", "side", "ing", "man", "less", "ward", "ful")]  # fmt: skip


def text(lot: random.Random, words: int) -> str:
    """Return so many words."""
    return " ".join(lot.choices(WORDS, k=words))


def page(article: int, visit: int, size: int, body: list[str]) -> bytes:
    """Return a page: the site's frame, the story, tokens and related links that change at every visit."""
    own, noise = random.Random(article), random.Random(article * 1000 + visit)
    inline = "".join(f"<script>{own.randbytes(40).hex()}</script>" for _ in range(size // 900))
    tokens = "".join(f'<meta name="n" content="{noise.randbytes(16).hex()}">' for _ in range(6))
    story = "".join(f"<p>{paragraph}</p>" for paragraph in body)
    related = "<ul>" + "".join(f"<li>{text(noise, 7)}</li>" for _ in range(5)) + "</ul>"
    rest = f"<article>{story}</article>{inline}<ul>{related}</ul></html>"
    frame = _frame(size)[: max(0, size - len(rest) - len(tokens))]
    return f"<html><head>{tokens}</head><body>{frame}{rest}".encode()


@cache
def _frame(size: int) -> str:
    """Return the markup that all pages of the site have: boxes of links, named from one style sheet."""
    site = random.Random(1)
    names = [site.randbytes(4).hex() for _ in range(60)]
    return "".join(f'<div class="box {site.choice(names)} {site.choice(names)}"><a href="/news/{text(site, 3)}">'
                   f"{text(site, 6)}</a></div>\n" for _ in range(size // 100))  # fmt: skip


def fill(home: Path, articles: int, visits: int, size: int) -> None:
    """Make the archive: a WARC file for each visit."""
    clock = SettableClock(datetime(2026, 1, 1, tzinfo=UTC))
    for visit in track(range(visits), description="filling", transient=True):
        with Archive(home, clock=clock) as archive:
            paper = Paper(archive, clock)
            paper.begin()
            for article in range(articles):
                lot = random.Random(article)
                body = [text(lot, 60) for _ in range(8)]
                body[0] += f" Edited {visit // 3} times."
                url = f"https://lakeside.example/{article}/"
                taken = paper.capture(
                    url, clock.advance(timedelta(seconds=2)), payload=page(article, visit, size, body)
                )
                told = reading(f"Story {article}", body, canonical=url, views=visit * 10)
                archive.save(taken, replace(told, signature=signature(told.paragraphs)))
            paper.end()
            clock.advance(timedelta(days=1))


def read_by_warcio(home: Path) -> float:
    """Return the seconds that warcio takes to read every record to its end, in a process of its own."""
    code = "import benchmarks.rebuild as b, sys; from pathlib import Path; print(b.warcio_seconds(Path(sys.argv[1])))"
    done = subprocess.run([sys.executable, "-c", code, home], capture_output=True, text=True, check=True)
    return float(done.stdout)


def warcio_seconds(home: Path) -> float:
    """Read every record in this process."""
    began = time.perf_counter()
    for path in sorted((home / "warc").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                record.content_stream().read()
    return time.perf_counter() - began


def dumped(home: Path) -> set[str]:
    """Return all that was derived."""
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        return set(dump(connection))


def check(folder: Path, articles: int, visits: int, size: int) -> int:
    """Fill, rebuild, pack; print the figures; return how many things are wrong."""
    home = folder / "home"
    fill(home, articles, visits, size)
    count = articles * visits
    rounds = []
    for number in range(3):
        read = read_by_warcio(home)
        began = time.perf_counter()
        done = rebuild_into(home, folder / f"again-{number}", shifted_clock())
        rounds.append((read, time.perf_counter() - began))
    read, built = (min(seconds) for seconds in zip(*rounds, strict=True))
    equal = not done.problems and dumped(home) == dumped(folder / "again-0")
    print(f"{count:,} captures, {done.records:,} records: warcio reads them in {read:.1f} s, a rebuild takes "
          f"{built:.1f} s ({count / built:,.0f} captures/s), ratio {read / built:.2f}; "
          f"dumps {'equal' if equal else 'DIFFER'}")  # fmt: skip
    with Archive(home) as archive:
        began = time.perf_counter()
        packed = pack(archive, packable(archive, archive.clock()))
        seconds = time.perf_counter() - began
        faults = verify(archive).faults
    print(f"packed in {seconds:.1f} s ({seconds / count * 1000:.0f} ms/capture) into {len(packed.packs)} packs: "
          f"{packed.bytes_before / count:,.0f} -> {packed.bytes_after / count:,.0f} bytes/capture, dictionaries, "
          f"readings and all counted; {len(faults)} faults")  # fmt: skip
    return (not equal) + bool(faults)


def main() -> int:
    """Measure in a temporary folder; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--visits", type=int, default=7)
    parser.add_argument("--page-kb", type=int, nargs="*", default=[280, 6], help="sizes of a page")
    asked = parser.parse_args()
    wrong = 0
    for size in asked.page_kb:
        print(f"pages of {size} KB: ", end="", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            wrong += check(Path(folder), asked.articles, asked.visits, size * 1000)
    return min(1, wrong)


if __name__ == "__main__":
    sys.exit(main())

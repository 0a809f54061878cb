"""What is erased is nowhere on the disk any more; that it was there, and why it is gone, can be proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from archive import Archive, QueryError, StoreError, audit, corpus
from archive import pack as packing
from archive import tables as t
from archive.cli import app
from archive.dump import dump
from archive.rebuild import rebuild_into
from archive.scan import records
from archive.selection import Selection
from tests.archive.make import BODY, DAY, STORY, Paper, SettableClock, rows

if TYPE_CHECKING:
    from pathlib import Path

MARKET = "https://lakeside.example/2026/11/market/"
UNSAID = "Only Nobody Knows drowned, and nobody saw it from the pier at dawn."


@pytest.fixture
def filled(home: Path, clock: SettableClock) -> Path:
    """An archive of a story with a secret in two versions, and another story."""
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        page = paper.capture(STORY, payload=f"<p>{UNSAID}</p>".encode())
        archive.save(page, None)
        paper.prints(body=(UNSAID, *BODY), authors=("Nobody Knows",), views=3)
        paper.prints(url=MARKET, title="Market opens", authors=("Ben Cruz",), body=("Fish was sold.",))
        paper.answers(304, at=clock.advance(DAY))
        paper.prints(title="Edited", body=(UNSAID,), authors=("Nobody Knows",), at=clock.advance(DAY), views=4)
        paper.end()
    return home


def erase(home: Path, clock: SettableClock, scope: str = "url", target: str = STORY) -> str:
    with Archive(home, clock=clock) as archive:
        key = archive.take_down(scope, target, "a court said so")
        archive.erase(key)
    return key


def on_the_disk(home: Path, secret: str | bytes) -> list[str]:
    """Return the files in which a secret can be read, compressed or not."""
    words = secret.encode() if isinstance(secret, str) else secret
    plain = [path.name for path in home.rglob("*") if path.is_file() and words in path.read_bytes()]
    inside = [path.name for path in (home / "warc").glob("*.warc.*") if any(words in r.raw for r in records(path))]
    return plain + inside


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_erased_is_nowhere_on_the_disk_and_the_archive_is_whole(
    filled: Path, clock: SettableClock, packed: bool
) -> None:
    if packed:
        with Archive(filled, clock=clock) as archive:
            packing.pack(archive, packing.packable(archive, clock()))
    with Archive(filled, readonly=True) as archive:
        digests = {row.payload_digest for row in rows(archive, t.capture)}
        bodies = [row.body for row in rows(archive, t.content) if row.title != "Market opens"]
    assert on_the_disk(filled, "Nobody Knows")
    assert len(bodies) == 2
    if (filled / "archive.sqlite").exists():
        assert all(on_the_disk(filled, body) for body in bodies)
    erase(filled, clock)
    assert [found for body in bodies for found in on_the_disk(filled, body)] == []
    assert on_the_disk(filled, "Nobody Knows") == on_the_disk(filled, "saw it from the pier") == []
    assert on_the_disk(filled, "a court said so")
    with Archive(filled, readonly=True) as archive:
        assert audit.verify(archive).faults == []
        assert {row.payload_digest for row in rows(archive, t.capture)} == digests
        assert [story["url"] for story in corpus.articles(archive, Selection())] == [MARKET]
        assert corpus.search(archive, Selection(query="pier"), 9) == []
        assert [hit["url"] for hit in corpus.search(archive, Selection(query="fish"), 9)] == [MARKET]
        assert [row.name for row in rows(archive, t.author)] == ["Ben Cruz"]
        erased = [row for row in rows(archive, t.content) if row.erased_at is not None]
        assert {row.body for row in erased} == {None}
        assert len(erased) == 2
        assert "erase" in {row.type for row in rows(archive, t.event)}
        assert len([row for row in rows(archive, t.version) if row.content_id is not None]) == 2


def dumped(home: Path) -> set[str]:
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        return set(dump(connection))


@pytest.mark.sqlite  # a rebuild makes a file
def test_an_erasure_is_rebuilt(filled: Path, tmp_path: Path, clock: SettableClock) -> None:
    erase(filled, clock)
    assert rebuild_into(filled, tmp_path / "again", clock).problems == ()
    assert dumped(filled) ^ dumped(tmp_path / "again") == set()


def test_erasing_can_be_repeated_and_is_never_lifted(filled: Path, clock: SettableClock) -> None:
    key = erase(filled, clock)
    names = sorted(path.name for path in (filled / "warc").iterdir())
    with Archive(filled, clock=clock) as archive:
        assert archive.erase(key).files == ()
        with pytest.raises(QueryError, match="what it hid was erased; there is nothing to show again"):
            archive.lift(key, "withdrawn")
    assert {path.name for path in (filled / "warc").iterdir()} >= set(names)


def test_text_that_another_paper_prints_too_stays_that_papers(filled: Path, clock: SettableClock) -> None:
    with Archive(filled, clock=clock) as archive:
        other = Paper(archive, clock, "highland")
        other.prints(url="https://highland.example/1/", title="Edited", body=(UNSAID,), authors=("Nobody Knows",))
    erase(filled, clock)
    with Archive(filled, clock=clock) as archive:
        [hit] = corpus.search(archive, Selection(query="pier"), 9)
        assert hit["url"] == "https://highland.example/1/"
        other = Paper(archive, clock, "harbour")
        url = "https://harbour.example/1/"
        other.prints(url=url, body=(UNSAID, *BODY), authors=("Nobody Knows",))  # one that was erased
        assert corpus.article(archive, url)["body"].startswith(UNSAID)
        assert len(corpus.search(archive, Selection(query="pier"), 9)) == 2
        assert audit.verify(archive).faults == []


def test_while_a_visit_writes_nothing_is_erased(filled: Path, clock: SettableClock) -> None:
    with Archive(filled, clock=clock) as running, Archive(filled, clock=clock) as archive:
        Paper(running, clock).answers(404, url=MARKET)
        key = archive.take_down("url", STORY, "a court said so")
        with pytest.raises(StoreError, match="a visit writes it now; erase when it has ended"):
            archive.erase(key)


def test_the_command_asks_before_it_erases(filled: Path) -> None:
    words = ["takedown", "add", "url", STORY, "--reason", "a court said so", "--erase", "--home", str(filled)]
    assert CliRunner().invoke(app, words, input="n\n").exit_code == 1
    with Archive(filled, readonly=True) as archive, archive.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(t.takedown)) == 0
    assert CliRunner().invoke(app, [*words, "--yes"]).exit_code == 0
    assert on_the_disk(filled, "Nobody Knows") == []

"""How texts lie in the database: whole or as what differs, they read as they were printed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, StoreError, corpus
from archive import tables as t
from archive.audit import verify
from archive.database import transaction
from archive.rows import insert
from archive.texts import LONGEST_CHAIN, bodies, body, pack, unpack, unpacked
from tests.archive.make import BODY, DAY, START, STORY, Paper, SettableClock, rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OTHER = "https://highland.example/flood/"
LONG = [f"{paragraph} Paragraph {number} of the story." for number in range(8) for paragraph in BODY]


def edited(number: int) -> list[str]:
    """Return the long text with one sentence that only this number has."""
    return [*LONG[:5], f"By noon {number} families had come to the school.", *LONG[5:]]


def contents(archive: Archive) -> dict[str, Any]:
    """Return the rows of contents by what is in their one sentence."""
    with archive.engine.connect() as connection:
        texts = bodies(connection, [row.id for row in rows(archive, t.content)])
    told = {number: text.split("By noon ")[1].split()[0] for number, text in texts.items() if text}
    return {told[row.id]: row for row in rows(archive, t.content) if row.id in told}


def lengths(archive: Archive) -> list[int]:
    """Return, for each content, how many texts must be read to know it."""
    bases = {row.id: row.base_content_id for row in rows(archive, t.content)}
    found = []
    for start in bases:
        number, length = start, 1
        while bases[number] is not None:
            number, length = bases[number], length + 1
        found.append(length)
    return found


@given(st.text(), st.text(), st.text())
@settings(max_examples=200, deadline=None)
def test_what_is_packed_is_unpacked_with_the_same_base(text: str, base: str, more: str) -> None:
    long, told = (base + more).encode(), (base + text).encode()
    assert unpack(pack(told)) == told
    assert unpack(pack(told, long), long) == told


def test_bytes_that_are_no_packed_text_are_refused() -> None:
    with pytest.raises(ValueError, match="frame"):
        unpack(b"no frame at all")


def test_the_open_text_is_whole_and_those_before_it_cost_little(paper: Paper, clock: SettableClock) -> None:
    for number in range(4):
        paper.prints(body=edited(number), at=clock.advance(DAY))
    found = contents(paper.archive)
    assert [found[str(number)].codec for number in range(4)] == [t.DELTA, t.DELTA, t.DELTA, t.ZSTD]
    assert all(len(found[str(number)].body) < 150 for number in range(3))
    assert 150 < len(found["3"].body) < len("\n\n".join(edited(3))) / 2
    assert [version["body"] for version in paper.versions()] == ["\n\n".join(edited(number)) for number in range(4)]


def test_no_chain_is_longer_than_eight(paper: Paper, clock: SettableClock) -> None:
    for number in range(30):
        paper.prints(body=edited(number), at=clock.advance(DAY))
    assert max(lengths(paper.archive)) == LONGEST_CHAIN
    assert [version["body"] for version in paper.versions()] == ["\n\n".join(edited(number)) for number in range(30)]


def test_a_text_that_comes_back_is_whole_again(paper: Paper, clock: SettableClock) -> None:
    for number in (1, 2, 1, 2, 1):
        paper.prints(body=edited(number), at=clock.advance(DAY))
    found = contents(paper.archive)
    assert (found["1"].codec, found["2"].codec) == (t.ZSTD, t.DELTA)
    assert ["By noon 1" in version["body"] for version in paper.versions()] == [True, False, True, False, True]


def test_a_text_that_another_paper_still_has_stays_whole(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    other = Paper(archive, clock, "highland")
    for one, url in ((paper, STORY), (other, OTHER)):
        one.prints(url=url, body=edited(1))
    paper.prints(body=edited(2), at=clock.advance(DAY))
    assert contents(archive)["1"].codec == t.ZSTD
    other.prints(url=OTHER, body=edited(3), at=clock.advance(DAY))
    assert {name: row.codec for name, row in contents(archive).items()} == {
        "1": t.DELTA, "2": t.ZSTD, "3": t.ZSTD,
    }  # fmt: skip
    for url, number in ((STORY, 2), (OTHER, 3)):
        assert ["By noon 1" in version["body"] for version in paper.versions(url)] == [True, False]
        assert f"By noon {number} " in corpus.article(archive, url)["body"]


def test_the_last_text_of_a_story_that_is_gone_stays_whole(paper: Paper, clock: SettableClock) -> None:
    paper.prints(body=edited(1))
    paper.prints(body=edited(2), at=clock.advance(DAY))
    paper.visited(410, at=clock.advance(DAY))
    assert {name: row.codec for name, row in contents(paper.archive).items()} == {"1": t.DELTA, "2": t.ZSTD}


def test_a_text_that_lies_plain_as_all_did_once_is_told_by_the_next(paper: Paper, clock: SettableClock) -> None:
    paper.prints(body=edited(1), at=clock.advance(DAY))
    plain = "\n\n".join(edited(1)).encode()
    with transaction(paper.archive.engine) as connection:
        connection.execute(t.content.update().values(codec=t.PLAIN, body=plain))
    assert [version["body"] for version in paper.versions()] == [plain.decode()]
    paper.prints(body=edited(2), at=clock.advance(DAY))
    assert contents(paper.archive)["1"].codec == t.DELTA
    assert [version["body"] for version in paper.versions()] == ["\n\n".join(edited(number)) for number in (1, 2)]


def test_a_damaged_text_stays_as_it_is_and_the_next_one_is_saved(paper: Paper, clock: SettableClock) -> None:
    paper.prints(body=edited(1), at=clock.advance(DAY))
    [held] = rows(paper.archive, t.content)
    with transaction(paper.archive.engine) as connection:
        connection.execute(t.content.update().values(body=held.body[:-9]))
    paper.prints(body=edited(2), at=clock.advance(DAY))
    assert [row.body for row in rows(paper.archive, t.content) if row.id == held.id] == [held.body[:-9]]
    assert corpus.article(paper.archive, STORY)["body"] == "\n\n".join(edited(2))


STEPS = st.lists(st.tuples(st.sampled_from([STORY, OTHER]), st.integers(0, 5), st.integers(-30, 30)), max_size=25)


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_in_whatever_order_every_text_reads_as_it_was_printed(
    kind: object, tmp_path_factory: pytest.TempPathFactory, steps: Sequence[tuple[str, int, int]]
) -> None:
    clock = SettableClock()
    with Archive(tmp_path_factory.mktemp("texts"), clock=clock) as archive:
        papers = {STORY: Paper(archive, clock), OTHER: Paper(archive, clock, "highland")}
        at = clock.now
        for count, (url, number, hours) in enumerate(steps):
            when = at + DAY * 40 + DAY * count + DAY / 24 * hours * 3  # some are late
            clock.advance(DAY)
            papers[url].prints(url=url, body=edited(number), at=when)
        for row in rows(archive, t.content):
            with archive.engine.connect() as connection:
                assert "By noon " in (body(connection, row.id) or "")
                assert unpacked(connection, row) == body(connection, row.id)
        assert verify(archive).faults == []
        assert max(lengths(archive), default=1) <= 2 * LONGEST_CHAIN
        for url in {url for url, _, _ in steps}:
            assert contents_of_last(archive, url).base_content_id is None


def test_papers_that_share_texts_may_be_saved_beside_each_other(home: Path, clock: SettableClock) -> None:
    names = ("lakeside", "highland", "seaside")

    def visit(name: str) -> None:
        with Archive(home, clock=clock) as archive:
            paper, lot = Paper(archive, clock, name), Random(name)
            for day in range(12):
                paper.prints(url=f"https://{name}.example/1/", body=edited(lot.randrange(3)), at=START + day * DAY)

    Archive(home, clock=clock).close()
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(visit, names))
    with Archive(home, clock=clock) as archive:
        assert verify(archive).faults == []
        for name in names:
            lot, told = Random(name), corpus.history(archive, f"https://{name}.example/1/").versions
            printed = ["\n\n".join(edited(lot.randrange(3))) for _ in range(12)]
            changed = [text for before, text in zip(["", *printed], printed, strict=False) if text != before]
            assert [version["body"] for version in told] == changed


def contents_of_last(archive: Archive, url: str) -> Any:
    text = corpus.article(archive, url)["body"]
    return contents(archive)[text.split("By noon ")[1].split()[0]]


def test_verify_names_a_text_that_cannot_be_unpacked(paper: Paper, clock: SettableClock) -> None:
    for number in range(3):
        paper.prints(body=edited(number), at=clock.advance(DAY))
    damaged = contents(paper.archive)["1"]
    with transaction(paper.archive.engine) as connection:
        connection.execute(t.content.update().where(t.content.c.id == damaged.id).values(body=damaged.body[:-9]))
    told = [fault.what for fault in verify(paper.archive).faults]
    assert len(told) == 2  # it, and the one that is told through it
    assert all("cannot be unpacked" in what for what in told)
    with pytest.raises(StoreError, match="hemeroteca rebuild"):
        paper.versions()


def test_a_circle_of_texts_is_an_error_and_no_endless_loop(archive: Archive) -> None:
    with transaction(archive.engine) as connection:
        for number in (1, 2):
            insert(connection, t.content, id=number, digest=bytes([number]), bare_digest=b"", names=[], words=1,
                   codec=t.DELTA, body=pack(b"a text", b"another"))  # fmt: skip
        for number in (1, 2):
            this = t.content.c.id == number
            connection.execute(t.content.update().where(this).values(base_content_id=3 - number))
    with archive.engine.connect() as connection, pytest.raises(StoreError):
        bodies(connection, [1])


def test_texts_that_lean_on_an_erased_one_are_packed_anew(paper: Paper, archive: Archive, clock: SettableClock) -> None:
    other = Paper(archive, clock, "highland")
    for number in (1, 3):
        paper.prints(body=edited(number), at=clock.advance(DAY))
    for number in (1, 2):
        other.prints(url=OTHER, body=edited(number), at=clock.advance(DAY))
    assert contents(archive)["1"].base_content_id == contents(archive)["2"].id
    paper.end()
    other.end()
    key = archive.take_down("url", OTHER, "asked for")
    archive.erase(key)
    assert sorted(contents(archive)) == ["1", "3"]
    assert (contents(archive)["1"].codec, contents(archive)["1"].base_content_id) == (t.ZSTD, None)
    assert ["By noon 1" in version["body"] for version in paper.versions()] == [True, False]
    with archive.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(t.content.c.erased_at.is_not(None))) == 1

"""A stored page is shown as it came, sealed, open or packed; never one that is taken down."""

from __future__ import annotations

from uuid import UUID

import pytest

from archive import Archive, NotFoundError, corpus, stored
from archive.errors import TakenDownError
from archive.pack import pack, packable
from tests.archive.make import DAY, START, STORY, Paper, SettableClock


def name_of(archive: Archive) -> str:
    return UUID(corpus.article(archive, STORY)["capture"]["id"]).hex


def test_a_stored_page_is_the_bytes_that_came(archive: Archive, paper: Paper) -> None:
    paper.prints()
    found = stored.find(archive, name_of(archive))
    assert (found.kept.url, found.kept.article, found.status) == (STORY, corpus.article(archive, STORY)["id"], 200)
    assert found.load(archive.warc_folder).payload == f"<html>200 {STORY} at {START}</html>".encode()
    paper.end()
    archive._journal.seal()
    clock = archive.clock
    assert isinstance(clock, SettableClock)
    clock.advance(60 * DAY)
    pack(archive, packable(archive, clock()))
    assert stored.find(archive, name_of(archive)).load(archive.warc_folder).payload.startswith(b"<html>200")


def test_what_is_taken_down_is_not_shown(archive: Archive, paper: Paper) -> None:
    paper.prints()
    name = name_of(archive)
    archive.take_down("url", STORY, "a court's order")
    with pytest.raises(TakenDownError, match="a court's order"):
        stored.find(archive, name)


@pytest.mark.parametrize("name", ["", "7", "nonsense", "5f2b1c9e-3c1f-4f62-9a0e-8f1f2b9e5a11", "🂡"])
def test_what_names_no_capture_is_refused(archive: Archive, name: str) -> None:
    with pytest.raises(NotFoundError, match="no capture"):
        stored.find(archive, name)


def test_an_answer_without_a_page_is_refused(archive: Archive, paper: Paper) -> None:
    paper.prints()
    taken = paper.capture(at=START + DAY, status=304)
    archive.save(taken)
    with pytest.raises(NotFoundError, match="holds no page"):
        stored.find(archive, str(taken.record_id))

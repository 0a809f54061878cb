"""What was done to the archive is written down and can be asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from archive import Archive
from archive.cli import app
from archive.events import listing
from tests.archive.make import DAY, START, Paper, SettableClock

if TYPE_CHECKING:
    from pathlib import Path


def test_a_visit_a_seal_a_verification_and_an_export_are_events(
    home: Path, clock: SettableClock, tmp_path: Path
) -> None:
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints()
        paper.prints(title="Two drowned", at=clock.advance(DAY))
        paper.end(exit_status=3)
    for words in (["verify"], ["verify", "--sample", "1%"], ["export", str(tmp_path / "out.jsonl"), "--lang", "en"]):
        assert CliRunner().invoke(app, [*words, "--home", str(home)]).exit_code == 0
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        found = list(listing(connection))[::-1]
        assert [event["type"] for event in found] == ["ingest", "seal", "verify", "verify", "export"]
        ingest, seal, verify, sampled, export = (event["detail"] for event in found)
        assert (ingest["captures"], ingest["exit_status"]) == (2, 3)
        assert seal == {"records": 6}
        assert (verify["share"], verify["faults"], sampled["share"]) == (1, 0, 0.01)
        assert (export["articles"], export["query"]["language"]) == (1, "en")
        assert [event["type"] for event in listing(connection, kind="seal")] == ["seal"]
        assert [event["type"] for event in listing(connection, about=found[0]["object"])] == ["ingest"]
        assert len(list(listing(connection, since=START + 2 * DAY))) == 3
        assert len(list(listing(connection, limit=2))) == 2


def test_the_command_lists_events_for_people_and_programs(home: Path, clock: SettableClock) -> None:
    with Archive(home, clock=clock) as archive:
        Paper(archive, clock).prints()
    told = CliRunner().invoke(app, ["events", "--home", str(home), "--since", "2026-11-01"])
    assert "seal" in told.output
    assert "2026-11-02 08:00" in told.output
    [line] = CliRunner().invoke(app, ["events", "--home", str(home), "--json"]).output.splitlines()
    assert json.loads(line)["outcome"] == "ok"
    none = CliRunner().invoke(app, ["events", "--home", str(home), "--type", "pack"])
    assert "no such event" in none.output

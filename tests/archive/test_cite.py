"""Citations name an article and a time for good, in forms that other programs read; no name or headline breaks out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from archive import Archive
from archive.cite import Citation, Style, write
from archive.cli import app
from tests.archive.make import DAY, STORY, Paper, SettableClock

pytestmark = pytest.mark.sqlite

TOLD: dict[str, Any] = {
    "id": "m2cou6bwoqnwm", "valid_from": "2026-11-02T08:00:00Z", "first_seen": "2026-11-02T08:00:00Z",
    "title": "Flood closes the old bridge", "published": "2026-11-02T15:00:00+08:00", "language": "en",
    "url": "https://lakeside.example/2026/11/flood/",
    "authors": [
        {"name": "Ana Peñaflor", "kind": "person"}, {"name": "Lakeside News & Weather", "kind": "organisation"},
    ],
}  # fmt: skip
BASE = "https://archive.example/"


def cited(base: str | None = BASE, **more: Any) -> Citation:
    return Citation.of(TOLD | more, "The Lakeside Herald", date(2026, 11, 25), base)


def test_the_name_of_a_text_is_its_article_and_the_time_of_its_first_capture() -> None:
    assert cited().uri == "urn:hemeroteca:article:m2cou6bwoqnwm:20261102T080000Z"
    assert cited().address == f"{BASE}article/m2cou6bwoqnwm?at=2026-11-02T08%3A00%3A00Z"
    assert cited(base=None).address == STORY
    precise = replace(cited(), at=datetime(2026, 11, 2, 8, 0, 0, 123456, UTC))
    assert precise.uri.endswith(":20261102T080000.123456Z")


def test_the_forms() -> None:
    assert write(cited(base=None), Style.TEXT) == (
        "Ana Peñaflor, Lakeside News & Weather. “Flood closes the old bridge.” The Lakeside Herald, 2026-11-02. "
        f"As it read on 2026-11-02T08:00:00Z. {STORY} (urn:hemeroteca:article:m2cou6bwoqnwm:20261102T080000Z)\n"
    )
    assert write(cited(base=None), Style.BIBTEX) == (
        "@online{m2cou6bwoqnwm-20261102,\n"
        "  author = {Ana Peñaflor and {Lakeside News \\& Weather}},\n"
        "  title = {{Flood closes the old bridge}},\n"
        "  organization = {{The Lakeside Herald}},\n"
        "  date = {2026-11-02},\n"
        "  year = {2026},\n"
        f"  url = {{{STORY}}},\n"
        "  urldate = {2026-11-25},\n"
        "  langid = {en},\n"
        "  note = {As it read on 2026-11-02T08:00:00Z; urn:hemeroteca:article:m2cou6bwoqnwm:20261102T080000Z; "
        f"{STORY}}},\n"
        "}\n"
    )
    assert write(cited(), Style.RIS).split("\r\n") == [
        "TY  - NEWS", "TI  - Flood closes the old bridge", "AU  - Ana Peñaflor", "AU  - Lakeside News & Weather",
        "T2  - The Lakeside Herald", "PY  - 2026", "DA  - 2026/11/02/", "LA  - en",
        f"UR  - {BASE}article/m2cou6bwoqnwm?at=2026-11-02T08%3A00%3A00Z", "Y2  - 2026/11/25/",
        "AN  - urn:hemeroteca:article:m2cou6bwoqnwm:20261102T080000Z", "N1  - As it read on 2026-11-02T08:00:00Z",
        f"L2  - {STORY}", "ER  - ", "",
    ]  # fmt: skip
    [item] = json.loads(write(cited(), Style.CSL))
    assert (item["type"], item["author"], item["issued"]) == (
        "article-newspaper", [{"literal": "Ana Peñaflor"}, {"literal": "Lakeside News & Weather"}],
        {"date-parts": [[2026, 11, 2]]},
    )  # fmt: skip


def test_a_text_without_author_headline_or_date_is_cited_all_the_same() -> None:
    bare = cited(authors=[], title=None, published=None, url=None, language=None)
    assert write(bare, Style.TEXT).startswith("The Lakeside Herald, 2026-11-02. As it read on")
    assert "author" not in write(bare, Style.BIBTEX)
    assert "TI  -" not in write(bare, Style.RIS)
    assert "author" not in json.loads(write(bare, Style.CSL))[0]


HOSTILE = (
    "}} \\input{/etc/passwd} % 100 # $x_1^2$ ~ & {", "Two\r\nER  - \r\nTY  - BOOK", "a\x00b\x1b[31m", "\u202egnp.exe",
    "Наводнение закрыло мост", "洪水封橋", "بغداد تغرق", "“Quoted” & <script>alert(1)</script>", "Ana and Ben, Jr.",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_headline_or_name_breaks_out_of_its_field(text: str) -> None:
    told = cited(title=text, authors=[{"name": text, "kind": kind} for kind in ("person", "organisation")],
                 url=f"https://lakeside.example/{text}")  # fmt: skip
    bibtex = write(told, Style.BIBTEX)
    plain = re.sub(r"\\[{}\\#$%&_]|\\text\w+\{\}", "", bibtex)
    depth = 0
    for letter in plain:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert (depth, plain.count("\\"), plain.count("\n")) == (0, 0, bibtex.count("\n"))
    assert all(re.match(r"@online\{|  \w+ = \{.*\},$|\}$|$", line) for line in bibtex.split("\n"))
    ris = write(told, Style.RIS)
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.split("\r\n")[:-1])
    assert (ris.count("TY  - "), ris.count("\n")) == (1, ris.count("\r\n"))
    [item] = json.loads(write(told, Style.CSL))
    everything = bibtex + ris + json.dumps(item) + write(told, Style.TEXT)
    assert not re.search("[\x00\x1b\u202e]", everything)
    assert write(told, Style.TEXT).count("\n") == 1


@pytest.mark.parametrize("name", ["Анна Иванова", "山田太郎", "مريم خليل", "Ñandú Ōe"])
def test_names_of_any_script_stay_as_they_are(name: str) -> None:
    told = cited(authors=[{"name": name, "kind": "person"}])
    for style in Style:
        assert name in write(told, style)


def test_the_command_cites_a_story_as_it_read(home: Any, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints(authors=())
        paper.prints(title="Two drowned", at=clock.advance(DAY), authors=())
        key = paper.history().key
    monkeypatch.setenv("HEMEROTECA_HOME", str(home))
    now = CliRunner().invoke(app, ["cite", STORY])
    assert now.stdout.startswith("“Two drowned.” The Lakeside Herald, 2026-11-02. As it read on 2026-11-03T08:00:00Z.")
    then = CliRunner().invoke(app, ["cite", key, "--at", "2026-11-02", "--as", "bibtex", "--base", "https://a.example"])
    assert "  title = {{Flood closes the old bridge}},\n" in then.stdout
    assert f"  url = {{https://a.example/article/{key}?at=2026-11-02T08%3A00%3A00Z}},\n" in then.stdout
    told = json.loads(CliRunner().invoke(app, ["cite", key, "--json"]).stdout)
    assert (told["title"], told["archive_location"]) == (
        "Two drowned",
        f"urn:hemeroteca:article:{key}:20261103T080000Z",
    )
    refused = CliRunner().invoke(app, ["cite", key, "--base", "ftp://x"])
    assert refused.exit_code == 2

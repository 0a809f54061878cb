"""What a desk makes of a group of captures is what each of them alone would have made of the archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archive import Archive, Counter, Link, Part, Profile
from archive import tables as t
from archive.desk import Desk
from archive.dump import dump
from archive.store import ToSave
from tests.archive.make import BODY, HOUR, START, Paper, SettableClock, capture, reading, record_id

if TYPE_CHECKING:
    from pathlib import Path

    from archive import Outcome, Reading
    from tests.archive.conftest import Postgres, Sqlite

LONG = tuple(f"{paragraph} {' '.join(f'word{n * 7 % 90}' for n in range(40))}" for paragraph in BODY)
TEXTS: tuple[dict[str, Any], ...] = (
    {"title": "One dead", "body": LONG},
    {"title": "Two dead", "body": LONG},
    {"title": "ONE DEAD!", "body": LONG},
    {"title": "Two dead", "body": (*LONG[:2], "The mayor spoke of the bridge.")},
    {"title": "Short", "body": ("The river rose.",)},
    {"title": "Walled", "body": BODY[:1], "access": "walled"},
    {"title": None, "body": BODY, "published": None, "authors": ("Ana Peñaflor", "Ben Cruz")},
)
ODD: tuple[dict[str, Any], ...] = (
    {"profiles": (Profile(text="Writes of rivers."),)},
    {"parts": (Part(url="https://lakeside.example/0/?page=2"),)},
    {"opt_outs": ("noarchive", "tdm-reservation=1")},
    {"outcome": "not_article", "reason": "a list"},
    {"outcome": "blocked"},
    {"outcome": "absent"},
    {"pending": {"url": "https://lakeside.example/count"}, "tags": ("river",), "section": "News"},
    {"counters": (Counter(metric="views", value=1, source="page"), Counter(metric="views", value=2, source="page"))},
)
LOOKS = st.builds(
    dict,
    what=st.sampled_from(["page"] * 14 + ["304"] * 6 + ["404", "410", "500", "kept", "again", "redirect", "end"]),
    site=st.sampled_from(["lakeside"] * 3 + ["highland"]),
    story=st.integers(0, 2),
    text=st.integers(0, len(TEXTS) - 1) | st.integers(0, 1) | st.integers(0, 1),
    hours=st.sampled_from([1] * 30 + [0, -30, 30]),
    views=st.none() | st.integers(0, 2),
    modified=st.none() | st.integers(0, 2),
    wp=st.sampled_from(["own"] * 20 + [None, None, "7", "8"]),
    canonical=st.sampled_from(["own"] * 12 + ["none", "none", "other"]),
    keyed=st.sampled_from([False] * 10 + [True]),
    due=st.booleans(),
    own_words=st.sampled_from([True, True, True, False]),  # else other stories say the same
    odd=st.sampled_from([None] * 60 + list(range(len(ODD)))),
)


def read_of(look: dict[str, Any], url: str) -> Reading:
    canonical = {"own": url, "none": None, "other": f"https://{look['site']}.example/also/{look['story']}/"}
    modified = START + timedelta(days=look["modified"]) if look["modified"] is not None else None
    wp = str(look["story"]) if look["wp"] == "own" else look["wp"]
    read = reading(**{"canonical": canonical[look["canonical"]], "views": look["views"], "modified": modified, "wp": wp}
                   | TEXTS[look["text"]])  # fmt: skip
    if look["own_words"]:
        read = replace(read, title=f"{read.title} {look['site']} {look['story']}")
    return replace(read, **ODD[look["odd"]]) if look["odd"] is not None else read


def tell(home: Path, looks: list[dict[str, Any]], sizes: list[int]) -> tuple[list[Outcome], set[str], list[Any]]:
    """Save looks in groups of these sizes; return what came of each, a dump, and what is left out of a dump."""
    clock, outcomes = SettableClock(), []
    with Archive(home, clock=clock) as archive:
        papers = {name: Paper(archive, clock, name) for name in ("lakeside", "highland")}
        for name, paper in papers.items():
            links = [Link(url=f"https://{name}.example/{story}/", lastmod=START) for story in range(2)]
            archive.saw(paper.begin(), "feed", f"https://{name}.example/feed/", links)
        group: list[ToSave] = []
        wanted, last = iter([*sizes, *[5] * len(looks)]), None
        size = next(wanted)
        for number, look in enumerate(looks):
            paper = papers[look["site"]]
            url = f"https://{look['site']}.example/{look['story']}/"
            at = clock.advance(HOUR) + (look["hours"] - 1) * HOUR
            if look["what"] == "end":
                outcomes += archive.save_all(group)
                group = []
                paper.end()
                continue
            if look["what"] == "again" and last is not None and last.capture.visit in archive._visits:  # noqa: SLF001
                group.append(last)
            else:
                last = told(paper, look, url, at, number)
                group.append(last)
            if len(group) >= size:
                outcomes += archive.save_all(group)
                group, size = [], next(wanted)
        outcomes += archive.save_all(group)
        with archive.engine.connect() as connection:
            row = t.article.c
            left_out = [*connection.execute(sa.select(row.key, row.asked_at, row.due_at).order_by(row.key))]
            links = t.link.c
            left_out += connection.execute(
                sa.select(t.url.c.url, links.fetched_at, links.fetched_lastmod, links.tries)
                .join(t.url, t.url.c.id == links.url_id).order_by(t.url.c.url)
            )  # fmt: skip
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        return outcomes, without_places(dump(connection)), left_out


def told(paper: Paper, look: dict[str, Any], url: str, at: Any, number: int) -> ToSave:
    visit = paper.visit or paper.begin()
    status = {"page": 200, "again": 200, "kept": 200, "redirect": 301}.get(look["what"]) or int(look["what"])
    headers = (("Location", f"https://{look['site']}.example/{(look['story'] + 1) % 3}/"),) if status == 301 else ()
    taken = capture(url, at, visit=visit, status=status, record_id=record_id(number), headers=headers)
    if look["what"] not in ("page", "again"):
        return ToSave(taken, due_at=at + HOUR if look["due"] else None)
    key = f"{look['site']}{look['story']}" if look["keyed"] else None
    return ToSave(taken, read_of(look, url), key, at + HOUR if look["due"] else None)


def without_places(lines: Any) -> set[str]:
    """Return a dump without what depends on the process: keys of visits, names and bytes of WARC files."""
    import json  # noqa: PLC0415

    def plain(line: str) -> str:
        values = json.loads(line)
        return json.dumps({name: value for name, value in values.items()
                           if "warc" not in name and "visit" not in name and not name.endswith("sha256")}, sort_keys=True)  # fmt: skip

    return {plain(line) for line in lines if json.loads(line)["table"] not in ("warc_file", "visit")}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(looks=st.lists(LOOKS, min_size=2, max_size=30), sizes=st.lists(st.integers(1, 12), max_size=6))
def test_a_group_makes_what_its_captures_alone_make(
    looks: list[dict[str, Any]], sizes: list[int], tmp_path_factory: pytest.TempPathFactory, kind: Sqlite | Postgres
) -> None:
    folder, found = tmp_path_factory.mktemp("group"), []
    for name in ("together", "alone"):
        home = folder / name
        home.mkdir()
        kind.fill(home)
        with pytest.MonkeyPatch.context() as patch:
            if name == "alone":
                patch.setattr(Desk, "takes", lambda *_: False)
            found.append(tell(home, looks, sizes))
        kind.forget(home)
    (outcomes, dumped, left_out), (alone, dumped_alone, left_out_alone) = found
    assert dumped - dumped_alone == dumped_alone - dumped == set()
    assert (outcomes, left_out) == (alone, left_out_alone)

"""What a desk makes of a group of captures is what each of them alone would have made of the archive."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, Counter, Link, Part, Profile
from archive import tables as t
from archive.desk import Desk
from archive.dump import dump
from archive.store import ToSave
from tests.archive.make import BODY, HOUR, START, Paper, SettableClock, capture, reading, record_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
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
    {"profiles": (Profile(text="Writes of rivers.", name="Ben Cruz"), Profile(text="Of seas.", language="en"))},
    {"parts": (Part(url="https://lakeside.example/0/?page=2"),)},
    {"opt_outs": ("noarchive", "tdm-reservation=1")},
    {"outcome": "not_article", "reason": "a list"},
    {"outcome": "blocked"},
    {"outcome": "absent"},
    {"pending": {"url": "https://lakeside.example/count"}, "tags": ("river",), "section": "News"},
    {"counters": (Counter(metric="views", value=1, source="page"), Counter(metric="views", value=2, source="page"))},
)
LOOKS: st.SearchStrategy[dict[str, Any]] = st.builds(
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
    odd=st.sampled_from([None] * 60 + [0, 1] * 6 + list(range(len(ODD)))),
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
    clock = SettableClock()
    with Archive(home, clock=clock) as archive:
        papers = {name: Paper(archive, clock, name) for name in ("lakeside", "highland")}
        for name, paper in papers.items():
            links = [Link(url=f"https://{name}.example/{story}/", lastmod=START) for story in range(2)]
            archive.saw(paper.begin(), "feed", f"https://{name}.example/feed/", links)
        outcomes = save_in_groups(archive, papers, clock, looks, sizes)
        left_out = operational(archive)
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        return outcomes, without_places(dump(connection)), left_out


def save_in_groups(archive: Archive, papers: dict[str, Paper], clock: SettableClock, looks: list[dict[str, Any]],
                   sizes: list[int]) -> list[Outcome]:  # fmt: skip
    group: list[ToSave] = []
    outcomes, wanted = [], iter([*sizes, *[5] * len(looks)])
    size = next(wanted)
    for number, look in enumerate(looks):
        at = clock.advance(HOUR) + (look["hours"] - 1) * HOUR
        if look["what"] == "end":
            outcomes += archive.save_all(group)
            group = []
            papers[look["site"]].end()
            continue
        again = look["what"] == "again" and bool(group)
        group.append(group[-1] if again else told(papers[look["site"]], look, at, number))
        if len(group) >= size:
            outcomes += archive.save_all(group)
            group, size = [], next(wanted)
    return outcomes + archive.save_all(group)


def operational(archive: Archive) -> list[Any]:
    """Return what a dump leaves out and a desk writes: when to look again, bands, and which links were fetched."""
    article, link, band = t.article.c, t.link.c, t.lsh_band.c
    with archive.engine.connect() as connection:
        looks = connection.execute(sa.select(article.key, article.asked_at, article.due_at).order_by(article.key)).all()
        links = connection.execute(
            sa.select(t.url.c.url, link.fetched_at, link.fetched_lastmod, link.tries)
            .join(t.url, t.url.c.id == link.url_id)
            .order_by(t.url.c.url)
        ).all()
        bands = connection.execute(
            sa.select(article.key, band.key)
            .join(t.lsh_band, band.article_id == article.id)
            .order_by(article.key, band.key)
        ).all()
    return [*looks, *links, *bands]


def told(paper: Paper, look: dict[str, Any], at: datetime, number: int) -> ToSave:
    visit, url = paper.visit or paper.begin(), f"https://{look['site']}.example/{look['story']}/"
    status = {"page": 200, "again": 200, "kept": 200, "redirect": 301}.get(look["what"]) or int(look["what"])
    headers = (("Location", f"https://{look['site']}.example/{(look['story'] + 1) % 3}/"),) if status == 301 else ()
    taken = capture(url, at, visit=visit, status=status, record_id=record_id(number), headers=headers)
    if look["what"] not in ("page", "again"):
        return ToSave(taken, due_at=at + HOUR if look["due"] else None)
    key = f"{look['site']}{look['story']}" if look["keyed"] else None
    return ToSave(taken, read_of(look, url), key, at + HOUR if look["due"] else None)


def without_places(lines: Iterable[str]) -> set[str]:
    """Return a dump without what depends on the process: keys of visits, names and bytes of WARC files."""
    found = set()
    for line in lines:
        row = json.loads(line)
        if row["table"] not in ("warc_file", "visit"):
            kept = {name: value for name, value in row.items() if "warc" not in name and "visit" not in name}
            found.add(json.dumps(kept, sort_keys=True))
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
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

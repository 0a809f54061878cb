"""Searches of the past find what reading every text would find, whatever came and went in whatever order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, QueryError, corpus, past, selection
from archive import tables as t
from archive.hits import hits
from archive.query import All, Fact, Not, OneOf, Words, parse
from archive.search import PAST, TABLE, fields_of, lacking, word_list
from archive.selection import Selection, Versions
from tests.archive.make import DAY, HOUR, START, Paper, SettableClock, capture, reading, rows

if TYPE_CHECKING:
    from datetime import datetime

    from archive.query import Node
    from archive.search import Fields
    from tests.archive.conftest import Postgres, Sqlite

PARAGRAPHS = (
    "The river rose at dawn.", "The old bridge is closed.", "Old boats wait. The bridge", "is open at dawn.",
    "Rice and fish were sold.", "The mayor: wait for boats!", "Fish rose.", "Rivers wait.",
)  # fmt: skip
WORDS = ("river", "rose", "dawn", "old", "bridge", "boats", "fish", "wait", "mayor", "ana", "cruz", "toll", "nine")
LOOKS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    what=st.sampled_from(["page"] * 12 + ["410", "reread"]),
    site=st.sampled_from(["lakeside"] * 3 + ["highland"]),
    story=st.integers(0, 2),
    title=st.sampled_from(["Toll is nine", "Toll is twelve", "River rose"]),
    body=st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=5),
    authors=st.sampled_from([("Ana Cruz",), ("Ana Cruz",), ("Ben Toll",)]),
    published=st.sampled_from([START - DAY] * 3 + [START, None]),
    hours=st.sampled_from([1] * 9 + [-30]),
    own=st.booleans(),  # else other stories may say the same
)
WORD = st.builds(
    lambda field, word, star: f"{field}{word}{star}",
    st.sampled_from([""] * 5 + ["title:", "body:", "author:"]), st.sampled_from(WORDS), st.sampled_from(["", "", "*"]),
)  # fmt: skip
PHRASE = st.lists(st.sampled_from([*WORDS, "the", "is"]), min_size=2, max_size=3).map(
    lambda said: f'"{" ".join(said)}"'
)
QUERIES = st.recursive(
    WORD | PHRASE | st.sampled_from(["site:lakeside", "state:gone"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        inner.map(lambda one: f"NOT {one}"),
    ),
    max_leaves=4,
)


@dataclass(frozen=True)
class Version:
    """What the tables say of a version that has a text."""

    article: int
    key: str
    site: str
    state: str
    number: int
    valid_from: datetime
    valid_to: datetime
    fields: Fields


def versions(archive: Archive) -> list[Version]:
    """Return every version with a text of the stories that are not hidden."""
    row, story = t.version.c, t.article.c
    query = (
        sa.select(row, story.key, t.site.c.name, story.state.label("stands"))
        .join(t.article, story.id == row.article_id)
        .join(t.site, t.site.c.id == story.site_id)
        .where(row.known_to == t.OPEN, row.content_id.is_not(None), story.merged_into.is_(None))
        .where(story.id.not_in(sa.select(t.hidden.c.article_id)))
    )
    with archive.engine.connect() as connection:
        found = connection.execute(query).all()
        said = fields_of(connection, {one.content_id for one in found})
    return [Version(one.article_id, one.key, one.name, str(one.stands), one.number, one.valid_from, one.valid_to,
                    said[one.content_id]) for one in found]  # fmt: skip


def fits(node: Node, version: Version) -> bool:
    """Say whether a text fits a query, by reading it."""
    if isinstance(node, Fact):
        return (version.site if node.name == "site" else version.state) == node.value
    if isinstance(node, Not):
        return not fits(node.part, version)
    if isinstance(node, All | OneOf):
        return (all if isinstance(node, All) else any)(fits(part, version) for part in node.parts)
    return any(has(node, text) for name, text in version.fields.items() if node.field in (None, name))


def has(words: Words, text: str) -> bool:
    said, wanted = words_in(text), [word.lower() for word in words.words]
    for at in range(len(said) - len(wanted) + 1):
        *whole, last = said[at : at + len(wanted)]
        if whole == wanted[:-1] and (last.startswith(wanted[-1]) if words.is_prefix else last == wanted[-1]):
            return True
    return False


def read_by_hand(all_: list[Version], asked: Selection) -> list[tuple[str, int]]:
    """Return key and number of the versions that are asked for."""
    node = parse(asked.query or "")
    fit = [version for version in all_ if fits(node, version)]
    if asked.at is not None:
        fit = [version for version in fit if version.valid_from <= asked.at < version.valid_to]
    elif asked.removed:
        last = {version.article: version for version in sorted(fit, key=lambda version: version.number)}
        fit = [version for version in last.values() if version.valid_to != t.FOREVER]
    elif asked.versions is Versions.FIRST:
        fit = [version for version in fit if version.number == 1]
    elif asked.versions is Versions.LATEST:
        last = {version.article: version for version in sorted(all_, key=lambda version: version.number)}
        fit = [version for version in fit if last[version.article] is version]
    return sorted((version.key, version.number) for version in fit)


def asked_for(archive: Archive, asked: Selection) -> list[tuple[str, int]]:
    """Return the same as the archive answers: whole and by pages of two, which must be the same list."""
    whole = [(told["id"], told["version"]) for told in corpus.articles(archive, asked)]
    if asked.versions is Versions.ALL and not past.texts_of(parse(asked.query or "")):
        return sorted(whole)  # all versions of what is listed by its day are for exports, which know no pages
    paged, after = [], None
    with archive.engine.connect() as connection:
        while True:
            found = hits(connection, asked, 2, after)
            paged += [(hit["id"], hit["version"]) for hit in found.items]
            after = found.next
            if after is None:
                break
        assert corpus.count(connection, asked) == len(whole)
    assert paged == whole
    return sorted(whole)


def tell(archive: Archive, clock: SettableClock, looks: list[dict[str, Any]]) -> None:
    papers = {name: Paper(archive, clock, name) for name in ("lakeside", "highland")}
    papers["lakeside"].begin()  # asked for by name below: of a paper that it never saw the archive says so
    first: dict[str, datetime] = {}
    for look in looks:
        at, url = clock.advance(HOUR) + (look["hours"] - 1) * HOUR, f"https://{look['site']}.example/{look['story']}/"
        paper = papers[look["site"]]
        if look["what"] == "410":
            paper.visited(410, at=clock.now, url=url)
            continue
        own = [f"{look['site']} {look['story']}"] if look["own"] else []
        read = reading(look["title"], [*look["body"], *own], authors=look["authors"], published=look["published"],
                       canonical=url, wp=str(look["story"]))  # fmt: skip
        if look["what"] == "reread" and url in first:
            again = capture(url, first[url], visit=paper.visit or paper.begin())
            archive.reread(again, read, article=archive.resolve(look["site"], again, read))
        else:
            first.setdefault(url, at)
            paper.prints(read, url=url, at=at)


def indexed(archive: Archive) -> dict[str, Any]:
    """Return what both indexes hold: each word with its row, field and place."""
    with archive.engine.connect() as connection:
        if archive.engine.dialect.name == "postgresql":
            return {name: dict(connection.execute(listing(name, "rowid", "words")).all())
                    for name in (TABLE, PAST)}  # fmt: skip
        for name in (TABLE, PAST):
            words = f"CREATE VIRTUAL TABLE temp.{name}_words USING fts5vocab(main, {name}, instance)"
            connection.exec_driver_sql(words)
        return {name: set(connection.execute(listing(f"{name}_words", "doc", "term", "col", "offset")).all())
                for name in (TABLE, PAST)}  # fmt: skip


def listing(table: str, *columns: str) -> sa.Select[Any]:
    return sa.select(*sa.table(table, *map(sa.column, columns)).columns)


def should_be_indexed(archive: Archive) -> dict[str, Any]:
    """Return the same as the rows and the texts say."""
    found: dict[str, dict[int, Fields]] = {TABLE: {}, PAST: {}}
    with archive.engine.connect() as connection:
        said = fields_of(connection, {row.id for row in rows(archive, t.content)})
        for row in rows(archive, t.search_row):
            found[PAST if row.superseded else TABLE][row.id] = lacking(said[row.content_id], said.get(row.against))
        if archive.engine.dialect.name == "postgresql":
            printed = sa.text("SELECT CAST(CAST(:words AS tsvector) AS text)")
            return {name: {number: connection.scalar(printed, {"words": word_list(fields)})
                           for number, fields in told.items()} for name, told in found.items()}  # fmt: skip
    return {name: {(number, word, field, at) for number, fields in told.items() for field, text in fields.items()
                   for at, word in enumerate(words_in(text))} for name, told in found.items()}  # fmt: skip


def words_in(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(looks=st.lists(LOOKS, min_size=2, max_size=16), queries=st.lists(QUERIES, min_size=6, max_size=12),
       hours=st.integers(-31, 17), hidden=st.booleans(), erased=st.booleans())  # fmt: skip
def test_every_search_of_the_past_finds_what_reading_all_texts_finds(
    looks: list[dict[str, Any]], queries: list[str], hours: int, hidden: bool, erased: bool,
    tmp_path_factory: pytest.TempPathFactory, kind: Sqlite | Postgres
) -> None:  # fmt: skip
    home, clock = tmp_path_factory.mktemp("past"), SettableClock()
    kind.fill(home)
    with Archive(home, clock=clock) as archive, pytest.MonkeyPatch.context() as patch:
        patch.setattr(past, "FIRST_LOOK", 2)
        patch.setattr(past, "WIDEST_LOOK", 4)
        patch.setattr(selection, "LEAST_LOOKED_AT", 2)
        tell(archive, clock, looks)
        if hidden or erased:
            key = archive.take_down("url", "https://lakeside.example/0/", "asked")
            if erased:
                for visit in [row.key for row in rows(archive, t.visit) if row.ended_at is None]:
                    archive.end_visit(visit, {}, exit_status=0)
                archive.erase(key)
        assert indexed(archive) == should_be_indexed(archive)
        all_ = versions(archive)
        for query in queries:
            choices: list[dict[str, Any]] = [{}, {"at": START + timedelta(hours=hours)}, {"versions": Versions.FIRST},
                                             {"versions": Versions.ALL}, {"removed": True}]  # fmt: skip
            for choice in choices:
                asked = Selection(query=query, **choice)
                try:
                    found = asked_for(archive, asked)
                except QueryError as error:
                    assert choice == {"removed": True}
                    assert "words alone" in str(error)  # noqa: PT017 - most of what is drawn raises nothing
                    continue
                assert found == read_by_hand(all_, asked), asked
    kind.forget(home)

"""Which articles are asked for: by words, facts, days, author; as they are, as they were, or what was removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from archive import past
from archive import tables as t
from archive.bulk import MOST_KEYS, question, rows_in
from archive.errors import NotFoundError, QueryError
from archive.normal import fold_name
from archive.opt_outs import opted_out
from archive.paging import Page, cursor, place
from archive.query import All, Fact, Not, OneOf, parse, words_of
from archive.records import canonical_json
from archive.said import said
from archive.search import NEWEST, OLDEST, fields_of, is_text, matching, newest, ranking, walked
from archive.takedown import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.engine import Connection

    from archive.query import Node, Words

RANKED = 1000
"""Hits that are ranked, the newest: ranking a common word over a whole archive takes seconds."""

SPARE, LEAST_LOOKED_AT, MOST_LOOKED_AT = 1, 200, 5000
"""Hits of the words that are looked at for a page: one more than it has; at the next look so many, and at most."""


class Versions(StrEnum):
    """Which texts of an article are asked for."""

    LATEST = "latest"
    FIRST = "first"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles are asked for. Days are days of the site's zone; ``until`` includes its last day.

    The day of an article is that of its publication, or where the page gives none, the day it was first seen. The text
    is that of today, the first one, or each that it ever had (``versions``); that of a time where ``at`` is given; with
    ``removed`` the last one that had the words which no text has since.
    """

    query: str | None = None
    site: str | None = None
    since: date | None = None
    until: date | None = None
    author: str | None = None
    language: str | None = None
    versions: Versions = Versions.LATEST
    at: datetime | None = None
    removed: bool = False
    by_relevance: bool = False  # of the newest RANKED hits, instead of the newest first
    without_opt_outs: bool = False  # leave out what its paper keeps from archives and miners


text_version = t.version.alias("text_version")
_last = t.version.alias("last")
_OF_ARTICLE = sa.and_(
    text_version.c.article_id == t.article.c.id,
    text_version.c.known_to == t.OPEN,
    text_version.c.content_id.is_not(None),
)
# One look-up for each article: of a choice between two versions PostgreSQL thinks that it leaves one article, and reads
# them all to find it.
_LAST_TEXT = (
    sa.select(_last.c.id)
    .where(_last.c.article_id == t.article.c.id, _last.c.known_to == t.OPEN, _last.c.content_id.is_not(None))
    .order_by(_last.c.number.desc())
    .limit(1)
    .correlate(t.article)
    .scalar_subquery()
)


def each_article(which: sa.ColumnElement[bool] | None = None) -> sa.Select[Any]:
    """Select every article with one of its texts: the last one, or the version that ``which`` says.

    The last text is the open version's, or that of the one before it when that has none.
    """
    return (
        sa.select(
            t.article.c.id.label("article_id"), t.article.c.key, t.article.c.state, t.article.c.first_seen_at,
            t.site.c.name.label("site"), t.site.c.timezone, text_version.c.id.label("version_id"),
            text_version.c.number, text_version.c.reading_id, text_version.c.content_id,
        )
        .select_from(t.article)
        .join(t.site, t.site.c.id == t.article.c.site_id)
        .join(text_version, text_version.c.id == _LAST_TEXT if which is None else sa.and_(_OF_ARTICLE, which))
        .outerjoin(t.reading, t.reading.c.id == text_version.c.reading_id)
        .where(visible(t.article.c.id))
    )  # fmt: skip


def selecting(connection: Connection, selection: Selection, *, most: int | None = None) -> sa.Select[Any]:
    """Return the statement that lists the selected articles, the newest first, at most so many.

    A QueryError says what is wrong. ``place`` and ``article_id`` of a row say where in the order it stands, the
    greatest first.
    """
    node = parse(selection.query) if selection.query is not None else None
    asked = _of_the_past(connection, selection, node)
    if asked is None:
        return _selecting(connection, selection, node).limit(most)
    newest_first = (row for _, row in past.walk(connection, asked))
    told = _ranked_past(connection, asked) if selection.by_relevance else newest_first
    listed = _listed(connection, [row.version_id for row in islice(told, most)])
    query = each_article(sa.true()).join(listed, listed.c.value == text_version.c.id)
    return query.add_columns((-listed.c.key).label("place")).order_by(listed.c.key)


def _listed(connection: Connection, numbers: list[int]) -> sa.FromClause:
    """Return numbers as a table of ``key``, their order, and ``value``."""
    if connection.dialect.name == "postgresql":
        array = sa.cast(sa.bindparam(None, numbers, type_=ARRAY(sa.BigInteger)), ARRAY(sa.BigInteger))
        return sa.func.unnest(array).table_valued("value", with_ordinality="key", name="listed").render_derived()
    return sa.func.json_each(canonical_json(numbers)).table_valued("value", "key", name="listed")


OF_TODAY = (
    sa.select(t.search_row.c.id, t.article.c.id, text_version.c.id, text_version.c.number)
    .join(text_version, text_version.c.content_id == t.search_row.c.content_id)
    .join(t.article, t.article.c.id == text_version.c.article_id)
    .where(text_version.c.known_to == t.OPEN, t.article.c.merged_into.is_(None), visible(t.article.c.id))
    # The newest version is the last text, if it has one: of most articles that spares the look-up.
    .where(sa.or_(text_version.c.id == t.article.c.head_version_id, text_version.c.id == _LAST_TEXT))
)
"""Select texts of today, each with the columns of a :data:`Found`."""


BY_VERSION = sa.select(sa.null(), t.article.c.id, text_version.c.id, text_version.c.number).join(
    text_version, text_version.c.article_id == t.article.c.id
)
"""The same for any versions, whose place is not asked."""


Found = tuple[Any, ...]
"""A text that was asked for: its place in the order, article, version and number; then what else came with these.

The newest has the greatest place, article and number.
"""
_PLACE, _ARTICLE, VERSION, _NUMBER, _FACTS = range(5)


def page(connection: Connection, selection: Selection, limit: int, after: str | None = None,
         of_today: sa.Select[Any] = OF_TODAY) -> Page[Found]:  # fmt: skip
    """Return what is on one page of :func:`selecting`; the last page costs what the first does.

    Of a list by relevance there are pages up to the last of the hits that are ranked. ``of_today`` is :data:`OF_TODAY`
    with more columns: where only words are asked for, they are read with what is found.
    """
    node = parse(selection.query) if selection.query is not None else None
    asked = _of_the_past(connection, selection, node)
    if selection.by_relevance:
        (skipped,) = place(after, 1) if after is not None else (0,)
        found = _ranked_rows(connection, selection, node, asked, max(skipped, 0), limit + 1)
        return _page(found, limit, lambda _: cursor(skipped + limit))
    if asked is not None:
        return _page_of_the_past(connection, asked, limit, after)
    parts = 3 if selection.versions is Versions.ALL else 2  # of one article there are as many as it has texts
    begins = place(after, parts) if after is not None else None
    text = _wanted_text(node) if node is not None else None
    if node is None or text is None:
        rows = connection.execute(_following(_selecting(connection, selection, node), begins).limit(limit + 1))
        found = [_found(row) for row in rows]
    else:
        found = _with_words(connection, selection, node, text, limit + 1, begins, of_today)
    return _page(found, limit, lambda last: cursor(*(last[_PLACE], last[_ARTICLE], last[_NUMBER])[:parts]))


def with_facts(connection: Connection, found: list[Found], by_version: sa.Select[Any]) -> list[Found]:
    """Return what was found with all that is to be told of it; what did not come with it is asked for.

    ``by_version`` is :data:`BY_VERSION` with the columns that :func:`page` was given beside :data:`OF_TODAY`.
    """
    if not found or len(found[0]) > _FACTS:
        return found
    asked = question(by_version, "text_version.id", connection.dialect)
    rows = {row[VERSION]: row for row in rows_in(connection, asked, [one[VERSION] for one in found])}
    return [rows[one[VERSION]] for one in found]


def _found(row: sa.Row[Any], at: int | None = None) -> Found:
    return row.place if at is None else at, row.article_id, row.version_id, row.number


def _ranked_rows(connection: Connection, selection: Selection, node: Node | None, asked: past.Asked | None,
                 skipped: int, most: int) -> list[Found]:  # fmt: skip
    if asked is not None:
        return [_found(row, 0) for row in islice(_ranked_past(connection, asked), skipped, skipped + most)]
    ranked = _selecting(connection, selection, node).offset(skipped).limit(most)
    return [_found(row) for row in connection.execute(ranked)]


def _page(found: list[Found], limit: int, cursor_of: Callable[[Found], str]) -> Page[Found]:
    return Page(found[:limit], cursor_of(found[limit - 1]) if len(found) > limit else None)


def _following(query: sa.Select[Any], begins: tuple[int, ...] | None) -> sa.Select[Any]:
    """Leave only what stands behind a place: of the columns that the query is ordered by, as numbers."""
    if begins is None:
        return query
    first, article = query.selected_columns["place"], t.article.c.id
    begun = sa.tuple_(*map(sa.literal, begins[:2]))
    if len(begins) == 2:
        return query.where(sa.tuple_(first, article) < begun)
    # Articles alone are said too: the index that lists them knows no versions.
    follows = sa.tuple_(first, article, text_version.c.number) < sa.tuple_(*map(sa.literal, begins))
    return query.where(sa.tuple_(first, article) <= begun, follows)


def _with_words(connection: Connection, selection: Selection, node: Node, text: Node, most: int,
                begins: tuple[int, ...] | None, of_today: sa.Select[Any]) -> list[Found]:  # fmt: skip
    """Return the newest texts that have the words and are what is asked for beside them."""
    query = _beside_words(connection, selection, node)
    if query is not None:
        meeting, looked_at = partial(_meeting, connection, query), max(4 * most, LEAST_LOOKED_AT)
        return _walked(connection, text, meeting, most, begins, looked_at)
    if connection.dialect.name == "sqlite":
        return _ordered(walked(connection, text, of_today, most, begins))[:most]
    # Where only words are asked for, nearly every hit is a text that is.
    return _walked(connection, text, partial(_of_today, connection, of_today), most, begins, most + SPARE)


def _walked(connection: Connection, text: Node, told_of: Callable[[list[int]], list[Found]], most: int,
            begins: tuple[int, ...] | None, looked_at: int) -> list[Found]:  # fmt: skip
    """Go through the hits of the words from the newest on until enough of them are texts that are asked for.

    A page of a common word looks at some of its hits, where the whole list would have to find them all.
    """
    told: list[Found] = []
    before = begins[0] if begins else NEWEST
    while len(told) < most:
        numbers = newest(connection, text, looked_at, before)
        found = told_of(numbers)
        told += found if begins is None else [one for one in found if one[:2] < begins]
        if len(numbers) < looked_at:
            break
        before, looked_at = numbers[-1] - 1, min(max(4 * looked_at, LEAST_LOOKED_AT), MOST_LOOKED_AT)
    return told[:most]


def _ordered(rows: list[Found]) -> list[Found]:
    """Return rows of :data:`OF_TODAY`, the newest first."""
    return sorted(rows, key=itemgetter(_PLACE, _ARTICLE, VERSION), reverse=True)


def _beside_words(connection: Connection, selection: Selection, node: Node) -> sa.Select[Any] | None:
    """Return the statement for texts of today that have the words; None where nothing but words is asked for."""
    if is_text(node) and selection == Selection(query=selection.query):
        return None
    parts = () if is_text(node) else node.parts if isinstance(node, All) else (node,)
    rest = [part for part in parts if not is_text(part) and not (isinstance(part, Not) and is_text(part.part))]
    query = each_article().where(*_conditions(connection, selection), t.article.c.merged_into.is_(None))
    query = query.where(*(_meets(connection, part) for part in rest))
    query = query.join(t.search_row, t.search_row.c.content_id == text_version.c.content_id).where(_OF_ARTICLE)
    return query.add_columns(t.search_row.c.id.label("place"))


def _meeting(connection: Connection, query: sa.Select[Any], numbers: Sequence[int]) -> list[Found]:
    """Return the texts of today that have these row numbers and are what is asked for beside the words, in order."""
    parts = (numbers[at : at + MOST_KEYS] for at in range(0, len(numbers), MOST_KEYS))
    found = [_found(row) for part in parts for row in connection.execute(query.where(t.search_row.c.id.in_(part)))]
    return sorted(found, reverse=True)


def _of_today(connection: Connection, of_today: sa.Select[Any], numbers: Sequence[int]) -> list[Found]:
    """Return the texts of today that have these row numbers, with all that is to be told of them, in order."""
    return _ordered(rows_in(connection, question(of_today, "search_row.id", connection.dialect), numbers))


# ------------------------------------------------------------------ the past


def _of_the_past(connection: Connection, selection: Selection, node: Node | None) -> past.Asked | None:
    """Return the search of the past that is asked for; None where words are asked of today's texts alone, or none."""
    if selection.removed and (node is None or not is_text(node)):
        raise QueryError(
            said("search: what was removed is searched by words alone; give site, days and author as options")
        )
    which = _which_text(selection)
    if which is None or node is None or not past.texts_of(node):
        return None
    facts = {fact: f"fact_{number}" for number, fact in enumerate(dict.fromkeys(past.facts_of(node)))}
    texts = each_article(which).where(*_conditions(connection, selection), t.article.c.merged_into.is_(None))
    told = [sa.func.coalesce(_is_so(connection, fact), sa.false()).label(name) for fact, name in facts.items()]
    at = t.to_micros(selection.at) if selection.at is not None else t.FOREVER_MICROS
    return past.Asked(node, texts.add_columns(*told), facts, selection.removed, at)


def _page_of_the_past(connection: Connection, asked: past.Asked, limit: int, after: str | None) -> Page[Found]:
    begins: Any = place(after, 3) if after is not None else None
    found = list(islice(past.walk(connection, asked, begins), limit + 1))
    follows = cursor(*found[limit - 1][0]) if len(found) > limit else None
    return Page([_found(row, at) for (at, *_), row in found[:limit]], follows)


def _ranked_past(connection: Connection, asked: past.Asked) -> Iterator[sa.Row[Any]]:
    """Yield the newest hits that are ranked, the best first: a word weighs by how many of these have it."""
    words = _any_word(asked.node)
    rows = [row for _, row in islice(past.walk(connection, asked), RANKED)]
    ranks = past.ranked(connection, words, fields_of(connection, {row.content_id for row in rows}))
    yield from sorted((row for row in rows if row.content_id in ranks), key=lambda row: ranks[row.content_id])


# ------------------------------------------------------------------ what a text must be


def _wanted_text(node: Node) -> Node | None:
    """Return the words without which nothing is found; None where facts alone may do."""
    if is_text(node):
        return node
    if isinstance(node, All):
        wanted = [part for part in node.parts if is_text(part)]
        unwanted = [part for part in node.parts if isinstance(part, Not) and is_text(part.part)]
        return All((*wanted, *unwanted)) if wanted else None
    return None


def _selecting(connection: Connection, selection: Selection, node: Node | None) -> sa.Select[Any]:
    query = each_article(_which_text(selection)).where(*_conditions(connection, selection))
    query = query.where(t.article.c.merged_into.is_(None))
    if node is not None:
        query = query.where(_meets(connection, node))
    if node is None or not words_of(node):
        if selection.by_relevance:
            _any_word(node)
        listed = sa.type_coerce(t.article.c.listed_at, sa.BigInteger)
        query = query.add_columns(listed.label("place")).order_by(t.article.c.listed_at.desc(), t.article.c.id.desc())
        return query.order_by(text_version.c.number.desc()) if selection.versions is Versions.ALL else query
    # From the words the way leads by the text to its article, so it must be said whose it is.
    query = query.join(t.search_row, t.search_row.c.content_id == text_version.c.content_id).where(_OF_ARTICLE)
    query = query.add_columns(t.search_row.c.id.label("place"))
    if not selection.by_relevance:
        return query.order_by(t.search_row.c.id.desc(), t.article.c.id.desc())
    ranked = _ranked(connection, node)
    by_rank = (ranked.c.rank, t.search_row.c.id.desc(), t.article.c.id.desc())
    return query.join(ranked, ranked.c.rowid == t.search_row.c.id).order_by(*by_rank)


def _when() -> sa.ColumnElement[Any]:
    return sa.func.coalesce(t.reading.c.published_at, t.article.c.first_seen_at)


def _conditions(connection: Connection, selection: Selection) -> Iterator[sa.ColumnElement[bool]]:
    if selection.site:
        require_site(connection, selection.site)
        yield t.site.c.name == selection.site
    if selection.since or selection.until:
        yield _within_days(connection, selection.since, selection.until)
    if selection.language:
        yield t.reading.c.language == selection.language
    if selection.author:
        yield _written_by(selection.author)
    if selection.without_opt_outs:
        yield ~opted_out(connection)


def _which_text(selection: Selection) -> sa.ColumnElement[bool] | None:
    """Return which texts of an article are asked for; None for the one of today."""
    if selection.at is not None:
        return sa.and_(text_version.c.valid_from <= selection.at, text_version.c.valid_to > selection.at)
    if selection.versions is not Versions.LATEST:
        return sa.true() if selection.versions is Versions.ALL else text_version.c.number == 1
    return text_version.c.valid_to != t.OPEN if selection.removed else None


def _any_word(node: Node | None) -> Node:
    """Return what ranks a text: any of the words of a query."""
    wanted: tuple[Words, ...] = tuple(words_of(node)) if node is not None else ()
    if not wanted:
        raise QueryError(said("search: only words can be ranked by relevance; there are none in this query"))
    return wanted[0] if len(wanted) == 1 else OneOf(wanted)


def _ranked(connection: Connection, node: Node) -> sa.Subquery:
    """Rank the newest hits of the words of a query; the words decide the order, the facts only who takes part."""
    words = _any_word(node)
    numbers = newest(connection, node if is_text(node) else words, RANKED)
    return ranking(connection, words, numbers[-1] if len(numbers) == RANKED else OLDEST)


def _meets(connection: Connection, node: Node) -> sa.ColumnElement[bool]:
    """Return the condition that a query puts on an article and its text."""
    if is_text(node):
        said = sa.select(t.search_row.c.content_id).where(t.search_row.c.id.in_(matching(connection, node)))
        return text_version.c.content_id.in_(said)
    if isinstance(node, Fact):
        return sa.func.coalesce(_is_so(connection, node), sa.false())
    if isinstance(node, All):
        text = [part for part in node.parts if is_text(part)]
        rest = [_meets(connection, part) for part in node.parts if not is_text(part)]
        return sa.and_(*rest, *([_meets(connection, All(tuple(text)))] if text else []))
    if isinstance(node, OneOf):
        return sa.or_(*(_meets(connection, part) for part in node.parts))
    return sa.not_(_meets(connection, node.part))  # type: ignore[union-attr]  # all other kinds are text or above


def _is_so(connection: Connection, fact: Fact) -> sa.ColumnElement[bool]:
    value: Any = fact.value
    if fact.name in ("site", "country", "region"):
        return t.article.c.site_id.in_(_sites(connection, fact.name, value))
    if fact.name in ("from", "to"):
        since, until = (value, None) if fact.name == "from" else (None, value)
        return _within_days(connection, since, until)
    if fact.name == "lang":
        return sa.and_(t.reading.c.language == value)
    if fact.name == "place":
        return t.reading.c.dateline.in_(_datelines(connection, value))
    if fact.name == "views":
        counter = t.counter_reading.c
        return sa.exists().where(
            counter.article_id == t.article.c.id, counter.metric == "views", counter.value >= value
        )
    if fact.name == "state":
        return _stands(value)
    raise QueryError(f"search: {fact.name}: cannot be asked for")


def _stands(state: str) -> sa.ColumnElement[bool]:
    version = t.version.alias("changed").c
    known = sa.and_(version.article_id == t.article.c.id, version.known_to == t.OPEN)
    if state == "changed":
        return sa.exists().where(known, version.change == t.Change.REVISED)
    if state == "stealth":
        return sa.exists().where(known, version.stealth)
    if state == "restored":
        return sa.exists().where(known, version.state == t.State.RESTORED)
    return t.article.c.state == t.State(state)


def _sites(connection: Connection, name: str, value: str) -> list[int]:
    """Return the ids of the sites of this name, country or region, accents and case folded."""
    row = t.site.c
    column = {"site": row.name, "country": row.country, "region": row.region}[name]
    found = connection.execute(sa.select(row.id, column)).all()
    wanted = fold_name(value)
    ids = [number for number, held in found if held is not None and fold_name(held) == wanted]
    if not ids and name == "site":
        require_site(connection, value)
    return ids


def _datelines(connection: Connection, place: str) -> list[str]:
    """Return the printed datelines that name a place, accents and case folded."""
    wanted = f" {fold_name(place)} "
    held = connection.execute(sa.select(t.reading.c.dateline).where(t.reading.c.dateline.is_not(None)).distinct())
    return [dateline for (dateline,) in held if wanted in f" {fold_name(dateline)} "]


def require_site(connection: Connection, name: str) -> None:
    """Raise NotFoundError for a site that the archive does not hold."""
    if connection.scalar(sa.select(t.site.c.id).where(t.site.c.name == name)) is None:
        raise NotFoundError(
            said("no site %(name)s in this archive; `hemeroteca stats` lists the sites it holds", name=repr(name))
        )


def _within_days(connection: Connection, since: date | None, until: date | None) -> sa.ColumnElement[bool]:
    when = _when()
    zones = connection.execute(sa.select(t.site.c.timezone).distinct()).scalars()
    choices = []
    for name in zones:
        zone = ZoneInfo(name)
        bounds = [t.site.c.timezone == name]
        if since:
            bounds.append(when >= datetime.combine(since, time(), zone))
        if until:
            bounds.append(when <= datetime.combine(until, time.max, zone))
        choices.append(sa.and_(*bounds))
    return sa.or_(sa.false(), *choices)


def _written_by(name: str) -> sa.ColumnElement[bool]:
    folded = fold_name(name)
    if not folded:
        return sa.false()
    return sa.exists().where(
        t.reading_author.c.reading_id == text_version.c.reading_id,
        t.author.c.id == t.reading_author.c.author_id,
        t.author.c.name_norm.like(f"%{folded}%"),
    )


def parse_day(text: str, name: str) -> date:
    """Return the day of a ``YYYY-MM-DD``; anything else raises a QueryError that says what is expected."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QueryError(
            said("%(name)s: %(typed)s is not a day; write it as 2026-11-23", name=name, typed=repr(text))
        ) from None


def parse_time(text: str, name: str) -> datetime:
    """Return the end of a day, or the time, of an ISO 8601 text; a text without a zone is UTC."""
    try:
        if len(text) == len("2026-11-23"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise QueryError(
            said("%(name)s: %(typed)s is not a time; write it as 2026-11-23 or 2026-11-23T08:30:00Z",
                 name=name, typed=repr(text))
        ) from None  # fmt: skip
    return at if at.tzinfo else at.replace(tzinfo=UTC)

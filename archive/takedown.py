"""Takedowns: which articles are hidden, why, and since when. Each function takes a connection.

A takedown names an article, an author, a pattern of addresses or a cluster, with a reason. What it names is hidden from
every answer and every hand-over at once, and never fetched again; articles that come to match later are hidden when
they are read. It is journalled, and can be lifted. :func:`visible` and :func:`visible_capture` are the one rule that
every selection asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import rows
from archive import tables as t
from archive.errors import NotFoundError, QueryError, TakenDownError
from archive.normal import fold_name
from archive.rows import remembered
from archive.said import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.engine import Connection

SCOPES = ("article", "author", "url", "cluster")
HIDE, LIFT, ERASE = "hide", "lift", "erase"
HIDDEN, SHOWN, ERASED = "hidden", "shown", "erased"
"""What the log of changes calls it."""


# ------------------------------------------------------------------ asked


def visible(article: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that an article of this id is not taken down."""
    return ~sa.exists().where(t.hidden.c.article_id == article)


def visible_capture(capture: sa.FromClause = t.capture) -> sa.ColumnElement[bool]:
    """Return the condition that a capture may be handed out: neither its article nor its address is taken down."""
    page = t.url.alias()
    forbidden = sa.exists().where(page.c.id == capture.c.url_id, sa.or_(_of_hidden(page.c.id), _by_pattern(page.c.url)))
    owned = sa.exists().where(t.hidden.c.article_id == capture.c.article_id)
    return sa.not_(sa.or_(owned, forbidden))


def denied(connection: Connection, url: str) -> bool:
    """Say whether a takedown forbids to fetch this address."""
    held = sa.exists().where(t.url.c.url == url, _of_hidden(t.url.c.id))
    return bool(connection.scalar(sa.select(sa.or_(_by_pattern(sa.literal(url)), held))))


def _of_hidden(url: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    row = t.article_url.c
    return sa.exists().where(row.url_id == url, t.hidden.c.article_id == row.article_id)


def _by_pattern(url: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    row = t.takedown.c
    return sa.exists().where(row.lifted_at.is_(None), row.url_pattern.is_not(None), url.ilike(row.url_pattern, "\\"))


def tombstone(connection: Connection, article: int) -> Any:
    """Return since when and why an article is hidden, and whether it was erased; None if it is not hidden."""
    row = t.takedown.c
    return connection.execute(
        sa.select(row.effective_at, row.basis, row.action)
        .join(t.hidden, t.hidden.c.takedown_id == row.id)
        .where(t.hidden.c.article_id == article)
        .order_by(row.action != ERASE, row.effective_at)
        .limit(1)
    ).first()


def refuse_hidden(connection: Connection, article: int, name: str) -> None:
    """Raise TakenDownError for an article that is hidden."""
    found = tombstone(connection, article)
    if found is not None:
        message = said("%(name)s: taken down on %(day)s: %(reason)s", name=name, day=f"{found.effective_at:%Y-%m-%d}",
                       reason=found.basis)  # fmt: skip
        raise TakenDownError(message, is_erased=found.action == ERASE)


def last_change(connection: Connection) -> tuple[int | None, int]:
    """Return what is another after a takedown, after its lifting, and after a story came to be hidden by one."""
    hidden = sa.select(sa.func.count()).select_from(t.hidden).scalar_subquery()
    newest, many = connection.execute(sa.select(sa.func.max(t.takedown.c.id), hidden)).one()
    return newest, many


def keys(connection: Connection, scope: str, target: str) -> list[str]:
    """Return the keys of the articles that a takedown would name."""
    row = t.article.c
    found = matching(connection, scope, target)
    return list(connection.execute(sa.select(row.key).where(row.id.in_(found)).order_by(row.key)).scalars())


def listing(connection: Connection) -> list[dict[str, Any]]:
    """Return every takedown, the newest first, with how many articles it hides."""
    row = t.takedown.c
    hides = sa.select(sa.func.count()).where(t.hidden.c.takedown_id == row.id).scalar_subquery()
    found = connection.execute(sa.select(t.takedown, hides.label("articles")).order_by(row.effective_at.desc()))
    return [
        {"id": takedown_key(one.record_id), "scope": one.scope, "target": one.target, "reason": one.basis,
         "since": one.effective_at, "lifted": one.lifted_at, "lifted_because": one.note, "action": one.action,
         "articles": one.articles}
        for one in found
    ]  # fmt: skip


def takedown_key(record_id: bytes) -> str:
    """Return what people call a takedown: the beginning of its record's id."""
    return record_id.hex()[:12]


def find(connection: Connection, key: str) -> sa.Row[Any]:
    """Return the takedown of this key."""
    for row in connection.execute(sa.select(t.takedown)):
        if takedown_key(row.record_id) == key.lower():
            return row
    raise NotFoundError(f"no takedown {key!r}; `hemeroteca takedown list` shows them")


def like_pattern(typed: str) -> str:
    """Return the SQL pattern of what a person typed: ``*`` stands for anything, all else for itself."""
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")


# ------------------------------------------------------------------ told


def values(scope: str, target: str, reason: str) -> dict[str, Any]:
    """Return what the record of a takedown says; raise QueryError for one that names nothing."""
    if scope not in SCOPES:
        raise QueryError(f"takedown: no scope {scope!r}; there are {', '.join(SCOPES)}")
    if not reason.strip():
        raise QueryError("takedown: give the reason with --reason; the tombstone will show it")
    if scope == "url" and not target.replace("*", "").strip():
        raise QueryError(f"takedown: {target!r} would hide everything")
    folded = fold_name(target) if scope == "author" else target
    if not folded:
        raise QueryError(f"takedown: {target!r} is no name")
    return {"action": HIDE, "scope": scope, "target": folded, "reason": reason}


def apply(connection: Connection, record_id: UUID, told: Mapping[str, Any], known_at: datetime) -> bool:
    """Apply the record of a takedown, or of its lifting; False if that is done already."""
    if told["action"] == ERASE:
        this = t.takedown.c.record_id == bytes.fromhex(told["takedown"])
        connection.execute(t.takedown.update().where(this).values(action=ERASE))
        hidden = (
            sa.select(t.hidden.c.article_id).join(t.takedown, t.takedown.c.id == t.hidden.c.takedown_id).where(this)
        )
        _log(connection, list(connection.execute(hidden).scalars()), ERASED, known_at)
        return True
    if told["action"] == LIFT:
        return _lift(connection, bytes.fromhex(told["takedown"]), told["reason"], known_at)
    row = t.takedown.c
    if connection.execute(sa.select(row.id).where(row.record_id == record_id.bytes)).first() is not None:
        return False
    scope, target = told["scope"], told["target"]
    number = rows.insert(
        connection, t.takedown, scope=scope, target=target, action=told["action"], basis=told["reason"],
        url_pattern=like_pattern(target) if scope == "url" else None, effective_at=known_at, record_id=record_id.bytes,
    )  # fmt: skip
    named = matching(connection, scope, target)
    for article in named:
        connection.execute(t.hidden.insert().values(article_id=article, takedown_id=number))
    _log(connection, named, HIDDEN, known_at)
    return True


def _log(connection: Connection, articles: Sequence[int], kind: str, known_at: datetime) -> None:
    """Log what became of articles, for exports that hand out only what changed."""
    rows_of = [{"at": known_at, "article_id": article, "kind": kind} for article in sorted(articles)]
    if rows_of:
        connection.execute(t.change_log.insert(), rows_of)


def _lift(connection: Connection, record_id: bytes, reason: str, known_at: datetime) -> bool:
    row = t.takedown.c
    held = connection.execute(sa.select(row.id, row.lifted_at).where(row.record_id == record_id)).first()
    if held is None:
        raise LookupError("the takedown that is lifted is in no WARC file that is here")
    if held.lifted_at is not None:
        return False
    connection.execute(t.takedown.update().where(row.id == held.id).values(lifted_at=known_at, note=reason))
    this = t.hidden.c.takedown_id == held.id
    shown = list(connection.execute(sa.select(t.hidden.c.article_id).where(this)).scalars())
    connection.execute(t.hidden.delete().where(this))
    _log(connection, shown, SHOWN, known_at)
    return True


def matching(connection: Connection, scope: str, target: str, article: int | None = None) -> list[int]:
    """Return the ids of the articles that a takedown names; with ``article`` only whether this one is among them."""
    number = t.article.c.id
    query = sa.select(number).where(_condition(scope, target)).order_by(number)
    if article is not None:
        query = query.where(number == article)
    return list(connection.execute(query).scalars())


def _condition(scope: str, target: str) -> sa.ColumnElement[bool]:
    number = t.article.c.id
    if scope == "article":
        return t.article.c.key == target
    if scope == "author":
        row, author = t.reading_author.c, t.author.c
        wrote = sa.and_(t.capture.c.article_id == number, t.reading.c.capture_id == t.capture.c.id)
        return sa.exists().where(
            wrote, row.reading_id == t.reading.c.id, author.id == row.author_id, author.name_norm == target
        )
    if scope == "url":
        row = t.article_url.c
        return sa.exists().where(
            row.article_id == number, t.url.c.id == row.url_id, t.url.c.url.ilike(like_pattern(target), "\\")
        )
    return sa.or_(t.article.c.key == target, number.in_(_beside(target)))


def _beside(key: str) -> sa.Select[Any]:
    """Select the articles that are in a cluster with this one now."""
    own, member = t.cluster_member.alias("own"), t.cluster_member.alias("beside")
    named = t.article.alias("named")
    return (
        sa.select(member.c.article_id)
        .select_from(member)
        .join(own, sa.and_(own.c.cluster_id == member.c.cluster_id, own.c.known_to == t.OPEN))
        .join(named, named.c.id == own.c.article_id)
        .where(named.c.key == key, member.c.known_to == t.OPEN)
    )


_IN_FORCE = sa.select(t.takedown.c.id, t.takedown.c.scope, t.takedown.c.target).where(t.takedown.c.lifted_at.is_(None))


def hide_if_named(connection: Connection, article: int) -> None:
    """Hide an article that was just read, if a takedown names it."""
    for takedown in remembered(connection, ("takedowns",), lambda: connection.execute(_IN_FORCE).all()):
        this = sa.and_(t.hidden.c.takedown_id == takedown.id, t.hidden.c.article_id == article)
        if connection.execute(sa.select(t.hidden.c.article_id).where(this)).first() is not None:
            continue
        if matching(connection, takedown.scope, takedown.target, article):
            connection.execute(t.hidden.insert().values(article_id=article, takedown_id=takedown.id))

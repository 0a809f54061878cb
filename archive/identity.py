"""Which article a page belongs to. Each function takes a connection.

The site's own id counts most (WordPress post id, JSON-LD identifier), then the address. An address is never proof
against a different own id: papers reuse addresses, and a removed story may redirect to another one.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa

from archive import tables as t
from archive import texts
from archive.normal import normal, reading_digest
from archive.records import Identity
from archive.rows import insert, url_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from sqlalchemy.engine import Connection

    from archive.records import Capture, Reading

OWN_IDS = ("wp", "ld")
FOR_GOOD = (301, 308)
"""The redirects that say that the old address is not coming back."""

_KEY = sa.select(t.article.c.key).where(t.article.c.id == sa.bindparam("article"))


def mint_key(site: str, record_id: UUID) -> str:
    """Return the public key of an article first seen in this capture: 13 letters and digits, never reused.

    It is made from the record, so that two archives that import the same WARC file name the article alike.
    """
    digest = hashlib.sha256(f"{site}\x1f{record_id}".encode()).digest()
    return base64.b32encode(digest[:8]).decode().rstrip("=").lower()


def article_by_identities(connection: Connection, site: int, identities: Sequence[Identity],
                          title: str | None, moved_to: str | None = None) -> str | None:  # fmt: skip
    """Return the key of the article that these identities name, strongest first; None if there is none yet.

    A JSON-LD identifier counts only beside the same headline: some sites print one identifier on every page. Of a paper
    that moved host, ``moved_to`` is the page's address: an id given on another host counts beside the same headline.
    """
    own = {identity.kind: identity.value for identity in identities if identity.kind in OWN_IDS}
    for identity in identities:
        article = _by_identity(connection, site, identity)
        if article is None and identity.kind == "url":
            article = article_by_url(connection, identity.value, site)
        if article is None:
            continue
        if identity.kind not in OWN_IDS and _other_own_id(connection, article, own):
            continue
        if identity.kind == "wp" and moved_to and _is_renumbered(connection, article, moved_to, title):
            continue
        if identity.kind == "ld" and not _has_title(connection, article, title):
            continue
        return connection.scalar(sa.select(t.article.c.key).where(t.article.c.id == article))
    return None


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where a site is and was: its own host and those of ``former_urls``, without ``www.`` and with their port."""

    own: str
    former: tuple[str, ...]

    @classmethod
    def of(cls, url: str, facts: Mapping[str, Any]) -> Hosts:
        """Return the hosts that a site's address and its site file name."""
        former = tuple(dict.fromkeys(_bare_host(told) for told in facts.get("former_urls", ())))
        return cls(_bare_host(url), tuple(host for host in former if host != _bare_host(url)))


def article_by_path(connection: Connection, site: int, url: str, reading: Reading, hosts: Hosts) -> str | None:
    """Return the key of the site's article that has this path at another address of the paper.

    That is the same host with or without https and ``www.``, or one that the paper had before or has now. The page must
    also have the article's headline or its moment of publication. Ids tell two stories of one host apart; a new system
    on a new host numbers its stories anew.
    """
    host = _bare_host(url)
    own = {found.kind: found.value for found in reading.identities if found.kind in OWN_IDS}
    for address in other_addresses(url, hosts):
        article = article_by_url(connection, address, site)
        if article is None or (_bare_host(address) == host and _other_own_id(connection, article, own)):
            continue
        if _has_title(connection, article, reading.title) or _has_published(connection, article, reading):
            return connection.scalar(_KEY, {"article": article})
    return None


def other_addresses(url: str, hosts: Hosts) -> list[str]:
    """Return the addresses at which a paper may have this path too: with or without https and ``www.``, once or now."""
    at_hosts = (_at_host(url, host) for host in dict.fromkeys((_bare_host(url), hosts.own, *hosts.former)))
    return [address for found in at_hosts for address in found if address != url]


def _bare_host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower().rpartition("@")[2].removeprefix("www.")
    except ValueError:
        return ""


def _at_host(url: str, host: str) -> Iterator[str]:
    for scheme in ("https", "http"):
        for name in (host, f"www.{host}"):
            yield urlunsplit(urlsplit(url)._replace(scheme=scheme, netloc=name))


def _is_renumbered(connection: Connection, article: int, url: str, title: str | None) -> bool:
    """Say whether an equal own id means nothing: the article was never on this host, and has another headline."""
    row = t.article_url.c
    addresses = connection.execute(
        sa.select(t.url.c.url).join(t.article_url, row.url_id == t.url.c.id).where(row.article_id == article)
    ).scalars()
    elsewhere = _bare_host(url) not in {_bare_host(address) for address in addresses}
    return elsewhere and not _has_title(connection, article, title)


def article_by_text(connection: Connection, site: int, reading: Reading) -> str | None:
    """Return the key of the site's article that says the same and was published at the same moment, under any address.

    Sites without ids of their own move stories, and serve one under several addresses. A page whose own id is another
    one is another article, whatever it says.
    """
    if reading.published is None:
        return None
    own = {found.kind: found.value for found in reading.identities if found.kind in OWN_IDS}
    rows = connection.execute(
        sa.select(t.article.c.id, t.article.c.key)
        .select_from(t.article)
        .join(t.version, t.version.c.article_id == t.article.c.id)
        .join(t.content, t.content.c.id == t.version.c.content_id)
        .join(t.reading, t.reading.c.id == t.version.c.reading_id)
        .where(
            t.article.c.site_id == site,
            t.version.c.known_to == t.OPEN,
            t.content.c.digest == reading_digest(reading),
            t.reading.c.published_at == reading.published.at,
        )
        .order_by(t.article.c.first_seen_at, t.article.c.id)
    )
    return next((key for number, key in rows if not _other_own_id(connection, number, own)), None)


def _by_identity(connection: Connection, site: int, identity: Identity) -> int | None:
    held = connection.execute(_HOLDER, {"of_site": site, "of_kind": identity.kind, "of_value": identity.value}).first()
    return held.article_id if held is not None else None


def _other_own_id(connection: Connection, article: int, own: dict[str, str]) -> bool:
    """Say whether the article has an own id of the same kind as the page's, but another one."""
    held = connection.execute(_OWN_IDS_OF, {"article": article})
    return any(kind in own and own[kind] != value for kind, value in held)


_IDENTITY = t.article_identity.c
_SAME_IDENTITY = sa.and_(
    _IDENTITY.site_id == sa.bindparam("of_site"),
    _IDENTITY.kind == sa.bindparam("of_kind"),
    _IDENTITY.value == sa.bindparam("of_value"),
    _IDENTITY.valid_to == t.OPEN,
)
_HOLDER = sa.select(_IDENTITY.article_id, _IDENTITY.valid_from).where(_SAME_IDENTITY)
_OWN_IDS_OF = sa.select(_IDENTITY.kind, _IDENTITY.value).where(
    _IDENTITY.article_id == sa.bindparam("article"), _IDENTITY.kind.in_(OWN_IDS), _IDENTITY.valid_to == t.OPEN
)
_RENUMBERED = (
    t.article_identity.update()
    .where(
        _IDENTITY.site_id == sa.bindparam("site"),
        _IDENTITY.kind == sa.bindparam("this_kind"),
        _IDENTITY.value != sa.bindparam("this_value"),
        _IDENTITY.article_id == sa.bindparam("article"),
        _IDENTITY.valid_to == t.OPEN,
        _IDENTITY.valid_from < sa.bindparam("at", type_=t.Instant),
    )
    .values(valid_to=sa.bindparam("at", type_=t.Instant))
)


def _has_title(connection: Connection, article: int, title: str | None) -> bool:
    held = connection.scalar(
        sa.select(t.content.c.title)
        .join(t.version, t.version.c.content_id == t.content.c.id)
        .where(t.version.c.article_id == article, t.version.c.known_to == t.OPEN)
        .order_by(t.version.c.valid_from.desc())
        .limit(1)
    )
    return normal(held) == normal(title)


def _has_published(connection: Connection, article: int, reading: Reading) -> bool:
    if reading.published is None:
        return False
    same = sa.select(t.version.c.id).join(t.reading, t.reading.c.id == t.version.c.reading_id).where(
        t.version.c.article_id == article, t.version.c.known_to == t.OPEN,
        t.reading.c.published_at == reading.published.at,
    )  # fmt: skip
    return connection.execute(same.limit(1)).first() is not None


def article_by_key(connection: Connection, key: str | None) -> int | None:
    """Return the id of the article with this key."""
    return connection.scalar(sa.select(t.article.c.id).where(t.article.c.key == key)) if key is not None else None


def article_by_url(connection: Connection, url: str, site: int | None = None) -> int | None:
    """Return the id of the article that has this address now."""
    query = (
        sa.select(t.article_url.c.article_id)
        .join(t.url, t.url.c.id == t.article_url.c.url_id)
        .where(t.url.c.url == url, t.article_url.c.valid_to == t.OPEN)
    )
    if site is not None:
        query = query.join(t.article, t.article.c.id == t.article_url.c.article_id).where(t.article.c.site_id == site)
    return connection.scalar(query)


def article_at(connection: Connection, url: str, at: datetime) -> int | None:
    """Return the id of the article that had this address then, or of the first that had it later."""
    row = t.article_url.c
    return connection.scalar(
        sa.select(row.article_id)
        .join(t.url, t.url.c.id == row.url_id)
        .where(t.url.c.url == url, row.valid_to > at)
        .order_by(row.valid_from)
        .limit(1)
    )


def claim(connection: Connection, site: int, article: int, identities: Sequence[Identity], urls: Sequence[str],
          at: datetime, evidence: int) -> None:  # fmt: skip
    """Note that the article answers to these identities and addresses since ``at``."""
    for identity in identities:
        if identity.kind in OWN_IDS:
            _claim_identity(connection, site, article, identity, at)
    for position, url in enumerate(dict.fromkeys(urls)):
        _claim_url(connection, article, url, "page" if position == 0 else "canonical", at, evidence)


def _claim_identity(connection: Connection, site: int, article: int, identity: Identity, at: datetime) -> None:
    # A new system has numbered the story anew; the old number may be another story's now.
    connection.execute(_RENUMBERED, {"site": site, "this_kind": identity.kind, "this_value": identity.value,
                                     "article": article, "at": at})  # fmt: skip
    same = {"of_site": site, "of_kind": identity.kind, "of_value": identity.value}
    held = connection.execute(_HOLDER, same).first()
    if held is None:
        connection.execute(
            t.article_identity.insert().values(
                site_id=site, kind=identity.kind, value=identity.value, valid_from=at, valid_to=t.FOREVER,
                article_id=article,
            )
        )  # fmt: skip
    elif held.article_id == article and at < held.valid_from:
        connection.execute(t.article_identity.update().where(_SAME_IDENTITY).values(valid_from=at), same)


def _claim_url(connection: Connection, article: int, url: str, role: str, at: datetime, evidence: int) -> None:
    number = url_id(connection, url)
    row = t.article_url.c
    is_open = sa.and_(row.url_id == number, row.valid_to == t.OPEN)
    held = connection.execute(_OWNER, {"url": number}).first()
    if held is not None and held.article_id == article:
        if at < held.valid_from:
            connection.execute(t.article_url.update().where(is_open).values(valid_from=at))
        return
    if held is not None and (at <= held.valid_from or role == "canonical"):
        return  # an older capture, or only a claim, takes no address away from the article that is there now
    if held is not None:
        connection.execute(t.article_url.update().where(is_open).values(valid_to=at))
    connection.execute(
        t.article_url.insert().values(
            url_id=number, valid_from=at, valid_to=t.FOREVER, article_id=article, role=role,
            evidence_capture_id=evidence,
        )
    )  # fmt: skip


_OWNER = sa.select(t.article_url.c.article_id, t.article_url.c.valid_from).where(
    t.article_url.c.url_id == sa.bindparam("url"), t.article_url.c.valid_to == t.OPEN
)


def new_article(connection: Connection, key: str, site: int, at: datetime) -> int:
    """Insert an article first seen at this time."""
    return insert(connection, t.article, key=key, site_id=site, first_seen_at=at, last_seen_at=at, state=t.State.LIVE)


# ------------------------------------------------------------------ one story at two addresses


def article_moved_here(connection: Connection, key: str | None, reading: Reading) -> str | None:
    """Return the key of the article whose address redirected to this page, if the page is its story."""
    article = article_by_key(connection, key)
    own = {found.kind: found.value for found in reading.identities if found.kind in OWN_IDS}
    if article is None or _other_own_id(connection, article, own) or not same_story(connection, article, reading):
        return None
    return key


def same_story(connection: Connection, article: int, reading: Reading) -> bool:
    """Say whether a reading is the story of this article: by its own id, its text, or the instant of publication.

    The text is the same when half of the paragraphs of the shorter one are. A day alone is no instant, and beside
    different own ids only the text counts: papers publish several stories at one moment.
    """
    own = {found.kind: found.value for found in reading.identities if found.kind in OWN_IDS}
    told = _last_told(connection, article)
    if told is None:
        return False
    if _shares_text(_paragraphs(connection, told), reading.paragraphs):
        return True
    if _other_own_id(connection, article, own):
        return False
    instant = reading.published.at if reading.published and reading.published.precision != "day" else None
    return _has_own_id(connection, article, own) or (instant is not None and told.published_at == instant)


def same_stories(connection: Connection, one: str, other: str) -> bool:
    """Say whether two articles said the same last: half of the paragraphs of the shorter one."""
    both = [
        _paragraphs(connection, told)
        for key in (one, other)
        if (article := article_by_key(connection, key)) is not None
        and (told := _last_told(connection, article)) is not None
    ]
    return len(both) == 2 and _shares_text(*both)


def _shares_text(one: Sequence[str], other: Sequence[str]) -> bool:
    first, second = ({normal(paragraph) for paragraph in text if paragraph} for text in (one, other))
    return bool(first and second) and 2 * len(first & second) >= min(len(first), len(second))


def _last_told(connection: Connection, article: int) -> Any:
    """Return body and publication of the newest version that has a text."""
    row = t.version.c
    return connection.execute(
        sa.select(*texts.COLUMNS, t.reading.c.published_at)
        .select_from(t.version)
        .join(t.content, t.content.c.id == row.content_id)
        .outerjoin(t.reading, t.reading.c.id == row.reading_id)
        .where(row.article_id == article, row.known_to == t.OPEN, t.content.c.body.is_not(None))
        .order_by(row.number.desc())
        .limit(1)
    ).first()


def _paragraphs(connection: Connection, told: Any) -> list[str]:
    return (texts.unpacked(connection, told) or "").split("\n\n")


def _has_own_id(connection: Connection, article: int, own: dict[str, str]) -> bool:
    """Say whether the article has one of these own ids."""
    row = t.article_identity.c
    held = connection.execute(
        sa.select(row.kind, row.value).where(row.article_id == article, row.kind.in_(OWN_IDS), row.valid_to == t.OPEN)
    )
    return any(own.get(kind) == value for kind, value in held)


def is_new_address(connection: Connection, article: int, capture: Capture, reading: Reading, visit: int) -> bool:
    """Say whether the page is at an address that its article never had and now has: the story was renamed.

    That takes more than another address (a story may have several): the old one redirects here for good, or the page
    has the article's own id and names this address as the canonical one.
    """
    number = url_id(connection, capture.url)
    had = list(
        connection.execute(sa.select(t.article_url.c.url_id).where(t.article_url.c.article_id == article)).scalars()
    )
    if not had or number in had:
        return False
    own = {found.kind: found.value for found in reading.identities if found.kind in OWN_IDS}
    # Not canonical_url: a short reading does not repeat it.
    if Identity(kind="url", value=capture.url) in reading.identities and _has_own_id(connection, article, own):
        return True
    return article in _redirected_here(connection, number, visit)


def _redirected_here(connection: Connection, number: int, visit: int) -> set[int]:
    """Return the articles whose addresses redirected to this one for good in a visit, over several steps too."""
    row = t.capture.c
    found: set[int] = set()
    targets, seen = {number}, {number}
    while targets:
        steps = connection.execute(
            sa.select(row.url_id, row.article_id)
            .where(row.visit_id == visit, row.redirect_url_id.in_(targets), row.status.in_(FOR_GOOD))
        ).all()  # fmt: skip
        found |= {article for _, article in steps if article is not None}
        targets = {url for url, _ in steps} - seen
        seen |= targets
    return found


def leads_to_new_address(connection: Connection, article: int, capture: Capture, visit: int) -> bool:
    """Say whether a capture is a redirect for good to an address that its article was given in this visit."""
    row, claimed = t.capture.c, t.article_url.c
    query = (
        sa.select(claimed.url_id)
        .select_from(t.article_url)
        .join(t.capture, row.redirect_url_id == claimed.url_id)
        .join(t.visit, t.visit.c.id == row.visit_id)
        .where(row.record_id == capture.record_id.bytes, row.status.in_(FOR_GOOD), row.visit_id == visit,
               row.url_id != claimed.url_id, claimed.article_id == article, claimed.role == "page",
               claimed.valid_from >= t.visit.c.started_at)
    )  # fmt: skip
    return connection.execute(query).first() is not None


def hand_over(connection: Connection, article: int, into: int, at: datetime, evidence: int) -> None:
    """Give the addresses that an article has to another one, from this time on."""
    row = t.article_url.c
    held = sa.and_(row.article_id == article, row.valid_to == t.OPEN, row.valid_from < at)
    numbers = list(connection.execute(sa.select(row.url_id).where(held)).scalars())
    connection.execute(t.article_url.update().where(held).values(valid_to=at))
    for number in numbers:
        connection.execute(
            t.article_url.insert().values(url_id=number, valid_from=at, valid_to=t.FOREVER, article_id=into,
                                          role="merged", evidence_capture_id=evidence)
        )  # fmt: skip

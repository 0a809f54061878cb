"""The database of an archive: one definition for SQLite and PostgreSQL.

Times are BIGINT microseconds UTC, so that both databases order them the same; an open end is the largest BIGINT, so
that no range needs a NULL. Small closed sets are small integers, fixed here once and for all: a code is never reused.
The invariants live in the database as unique indexes: one open current version per article, one article per URL and
per page id at a time, one row per WARC record.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, UniqueConstraint
from sqlalchemy.types import TypeDecorator

from archive.records import Kind

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

FOREVER = datetime.max.replace(tzinfo=UTC)
"""An end that has not come."""

FOREVER_MICROS = 9223372036854775807
OPEN: sa.ColumnClause[Any] = sa.literal_column(str(FOREVER_MICROS))
"""The open end as a literal: partial indexes are only used when the query does not say it as a parameter."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Return microseconds since 1970 in UTC."""
    return FOREVER_MICROS if at == FOREVER else (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the UTC time of these microseconds since 1970."""
    return FOREVER if micros == FOREVER_MICROS else _EPOCH + timedelta(microseconds=micros)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds UTC."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn a time into microseconds."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn microseconds into a time."""
        return None if value is None else from_micros(value)


class State(StrEnum):
    """How an article, or a version of it, stands."""

    LIVE = "live"
    GONE = "gone"
    RESTORED = "restored"
    MISSING = "missing"  # of articles only: a first 404, not confirmed
    MERGED = "merged"  # it turned out to be another article, which goes on


class Reason(StrEnum):
    """Why a version row was written."""

    OBSERVED = "observed"
    LATE_CAPTURE = "late_capture"
    REREAD = "reread"


class Change(StrEnum):
    """What a version is to the one before it."""

    NEW = "new"
    REVISED = "revised"
    GONE = "gone"
    RESTORED = "restored"
    MERGED = "merged"


class Metric(StrEnum):
    """What a counter counts."""

    VIEWS = "views"
    COMMENTS = "comments"
    SHARES = "shares"


class Code(TypeDecorator[StrEnum]):
    """A member of a closed set, kept as a small integer."""

    impl = sa.SmallInteger
    cache_ok = True

    def __init__(self, members: type[StrEnum], codes: tuple[str, ...]) -> None:
        super().__init__()
        self.members = members
        self.codes = codes

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn a member into its number."""
        return None if value is None else self.codes.index(value) + 1

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn a number into its member."""
        return None if value is None else self.members(self.codes[value - 1])


# The position in these tuples is what the database holds: only ever add at the end.
KIND = Code(Kind, ("response", "revisit", "error", "rendering"))
STATE = Code(State, ("live", "gone", "restored", "missing", "merged"))
REASON = Code(Reason, ("observed", "late_capture", "reread"))
CHANGE = Code(Change, ("new", "revised", "gone", "restored", "merged"))
METRIC = Code(Metric, ("views", "comments", "shares"))

PLAIN, ZSTD, DELTA = 0, 1, 2
"""How a content's body is kept: UTF-8 (as once), zstd, or a zstd delta against ``base_content_id``."""

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WITHOUT_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}


def _id() -> Column[int]:
    return Column("id", _Id, sa.Identity(always=False), primary_key=True)


def _ref(name: str, table: str, *, nullable: bool = False, **options: Any) -> Column[int]:
    return Column(name, _Id, ForeignKey(f"{table}.id"), nullable=nullable, **options)


site = Table(
    "site",
    metadata,
    _id(),
    Column("name", sa.Text, nullable=False, unique=True),
    Column("title", sa.Text, nullable=False),
    Column("url", sa.Text, nullable=False),
    Column("country", sa.Text),
    Column("region", sa.Text),
    Column("languages", sa.JSON, nullable=False),
    Column("timezone", sa.Text, nullable=False),
    Column("facts", sa.JSON, nullable=False),
    Column("seen_at", Instant, nullable=False),
    comment="A news site as its last visit told it.",
)

visit = Table(
    "visit",
    metadata,
    _id(),
    Column("key", sa.Text, nullable=False, unique=True),
    _ref("site_id", "site"),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("exit_status", sa.SmallInteger),
    Column("agent", sa.Text, nullable=False),
    Column("facts_digest", sa.LargeBinary, nullable=False),
    Column("removals_believed", sa.Boolean),
    Column("report", sa.JSON),
    Column("signals", sa.JSON),
    Column("problems", sa.JSON),
    Index("visit_site_started", "site_id", "started_at"),
    comment="One run of one site's spider, or one import.",
)

warc_file = Table(
    "warc_file",
    metadata,
    _id(),
    Column("name", sa.Text, nullable=False, unique=True),
    _ref("visit_id", "visit", nullable=True),
    Column("state", sa.Text, nullable=False),
    Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
    Column("synced_bytes", sa.BigInteger, nullable=False, server_default="0"),
    Column("records", sa.Integer, nullable=False, server_default="0"),
    Column("sha256", sa.LargeBinary),
    Column("sealed_at", Instant),
    sa.CheckConstraint("state IN ('open','sealed','packed','lost')", name="state"),
    comment="A WARC file below the folder warc/; packs and imports belong to no single visit.",
)

url = Table(
    "url",
    metadata,
    _id(),
    Column("url", sa.Text, nullable=False, unique=True),
    # Sorted by bytes in every locale, as a CDX index is.
    Column(
        "surt",
        sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
        nullable=False,
        server_default="",
        index=True,
    ),
    comment="An address, and its sort-friendly form (archive.surt).",
)

article = Table(
    "article",
    metadata,
    _id(),
    Column("key", sa.Text, nullable=False, unique=True),
    _ref("site_id", "site"),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("state", STATE, nullable=False),
    Column("misses", sa.SmallInteger, nullable=False, server_default="0"),
    Column("head_version_id", _Id),
    Column("head_digest", sa.LargeBinary),
    Column("head_capture_at", Instant),
    Column("head_reading_id", _Id,
           comment="of the text seen last; none where a look must be weighed with all before it"),
    Column("checked_at", Instant),
    Column("due_at", Instant),
    _ref("merged_into", "article", nullable=True),
    Column("asked_at", Instant, comment="the last try, whatever came"),
    Column("changes", sa.Integer, nullable=False, server_default="0", comment="edits seen"),
    Column("changed_at", Instant),
    Column("unchanged", sa.Integer, nullable=False, server_default="0", comment="looks since that found the same"),
    Column("listed_at", Instant, nullable=False, server_default="0", comment="published, or else first seen: lists"),
    Index("article_listed", "listed_at", "id"),
    Index("article_due", "site_id", "due_at"),
    Index("article_asked", "site_id", "asked_at"),
    comment="One story of one site through all its captures. key is public and never reused.",
)  # fmt: skip

article_url = Table(
    "article_url",
    metadata,
    _ref("url_id", "url", primary_key=True),
    Column("valid_from", Instant, primary_key=True),
    Column("valid_to", Instant, nullable=False),
    _ref("article_id", "article", index=True),
    Column("role", sa.Text, nullable=False),
    Column("evidence_capture_id", _Id),
    Index("article_url_one", "url_id", unique=True, sqlite_where=sa.text("valid_to=9223372036854775807"),
          postgresql_where=sa.text("valid_to=9223372036854775807")),
    comment="Which addresses an article had when; an address belongs to one article at a time.",
)  # fmt: skip

article_identity = Table(
    "article_identity",
    metadata,
    _ref("site_id", "site", primary_key=True),
    Column("kind", sa.Text, primary_key=True),
    Column("value", sa.Text, primary_key=True),
    Column("valid_from", Instant, primary_key=True),
    Column("valid_to", Instant, nullable=False),
    _ref("article_id", "article", index=True),
    Index("article_identity_one", "site_id", "kind", "value", unique=True,
          sqlite_where=sa.text("valid_to=9223372036854775807"),
          postgresql_where=sa.text("valid_to=9223372036854775807")),
    comment="The names a site gives an article: wp, ld or url.",
)  # fmt: skip

media_type = Table(
    "media_type",
    metadata,
    _id(),
    Column("name", sa.Text, nullable=False, unique=True),
    comment="A Content-Type as servers tell it: a few for all captures of a paper.",
)

capture = Table(
    "capture",
    metadata,
    _id(),
    Column("record_id", sa.LargeBinary(16), nullable=False, unique=True),
    _ref("url_id", "url"),
    _ref("article_id", "article", nullable=True),
    _ref("visit_id", "visit", index=True),
    Column("fetched_at", Instant, nullable=False),
    Column("kind", KIND, nullable=False),
    Column("status", sa.SmallInteger),
    Column("effective_status", sa.SmallInteger),
    Column("payload_digest", sa.LargeBinary),
    Column("payload_size", sa.BigInteger),
    Column("etag", sa.Text),
    Column("last_modified", sa.Text),
    Column("error", sa.Text),
    Column("truncated", sa.Text),
    Column("fetch_ms", sa.Integer),
    _ref("redirect_url_id", "url", nullable=True),
    _ref("warc_file_id", "warc_file", nullable=True),
    Column("warc_offset", sa.BigInteger),
    Column("warc_length", sa.BigInteger),
    _ref("media_type_id", "media_type", nullable=True),
    UniqueConstraint("warc_file_id", "warc_offset"),
    Index("capture_url_fetched", "url_id", "fetched_at"),
    Index("capture_article_fetched", "article_id", "fetched_at"),
    comment="One fetch, whatever came back. Rows are never changed, but for article_id.",
)

opt_out = Table(
    "opt_out",
    metadata,
    _id(),
    _ref("capture_id", "capture", nullable=True, index=True),
    _ref("site_id", "site", nullable=True, index=True),
    Column("signal", sa.Text, nullable=False),
    Column("value", sa.Text, nullable=False),
    comment="What a page or site asks of archives and miners: noarchive, tdm-reservation …",
)

reader = Table(
    "reader",
    metadata,
    _id(),
    Column("name", sa.Text, nullable=False),
    Column("version", sa.Text, nullable=False),
    Column("config_digest", sa.Text, nullable=False),
    Column("norm_version", sa.SmallInteger, nullable=False),
    UniqueConstraint("name", "version", "config_digest", "norm_version"),
    comment="What made a reading.",
)

content = Table(
    "content",
    metadata,
    _id(),
    Column("digest", sa.LargeBinary, nullable=False, unique=True),
    # The first eight bytes are kept: it is only held against those of the same article.
    Column("bare_digest", sa.LargeBinary, nullable=False, comment="of letters and digits only"),
    Column("title", sa.Text),
    Column("standfirst", sa.Text),
    Column("names", sa.JSON, nullable=False),
    Column("words", sa.Integer, nullable=False),
    Column("language", sa.Text),
    Column("codec", sa.SmallInteger, nullable=False),
    _ref("base_content_id", "content", nullable=True),
    Column("body", sa.LargeBinary),
    Column("erased_at", Instant),
    Index(
        "content_base",
        "base_content_id",
        sqlite_where=sa.text("base_content_id IS NOT NULL"),
        postgresql_where=sa.text("base_content_id IS NOT NULL"),
    ),
    comment="What an article says, once per digest; text as first printed.",
)

picture_list = Table(
    "picture_list",
    metadata,
    _id(),
    Column("digest", sa.LargeBinary, unique=True, comment="of the list; none where it was erased"),
    Column("images", sa.JSON, nullable=False),
    comment="The pictures of a story: every reading of it that shows the same ones refers to one list.",
)

source_set = Table(
    "source_set",
    metadata,
    _id(),
    Column("digest", sa.LargeBinary, unique=True),
    Column("sources", sa.JSON, nullable=False),
    comment="Where on the page each field stood: the same on most pages of a paper.",
)

reading = Table(
    "reading",
    metadata,
    _id(),
    _ref("capture_id", "capture"),
    _ref("reader_id", "reader"),
    Column("known_from", Instant, nullable=False),
    Column("known_to", Instant, nullable=False),
    _ref("content_id", "content", nullable=True),
    Column("outcome", sa.Text, nullable=False),
    Column("reason", sa.Text),
    Column("is_full", sa.Boolean, nullable=False, comment="a short one repeats the open version"),
    # A counter that is exact, not stale and printed as it is has three values (archive.rows.whole_counter).
    Column("counters", sa.JSON, nullable=False, comment="as seen; runs are derived from them"),
    # Only where they differ from those of the content.
    Column("title", sa.Text),
    Column("standfirst", sa.Text),
    Column("byline", sa.Text),
    Column("dateline", sa.Text),
    Column("agency", sa.Text, comment="the wire agency named with the story"),
    Column("section", sa.Text),
    Column("language", sa.Text),
    Column("canonical_url", sa.Text),  # empty where it is the address of the capture
    Column("published_at", Instant),
    Column("published_offset", sa.SmallInteger, comment="minutes east of UTC, as printed"),
    Column("published_precision", sa.Text),  # none where it is a second
    Column("modified_at", Instant),
    Column("modified_offset", sa.SmallInteger),
    Column("modified_precision", sa.Text),
    Column("tags", sa.JSON, nullable=False),
    Column("access", sa.Text, nullable=False),
    Column("profiles", sa.JSON, nullable=False),
    Column("pending", sa.JSON(none_as_null=True)),
    _ref("images_id", "picture_list", nullable=True),
    _ref("sources_id", "source_set", nullable=True),
    Index("reading_capture_known", "capture_id", "known_to", unique=True),
    Index("reading_content_id", "content_id", sqlite_where=sa.text("is_full = 1"), postgresql_where=sa.text("is_full")),
    comment="What a reader made of one capture, and from when to when we held it.",
)

author = Table(
    "author",
    metadata,
    _id(),
    _ref("site_id", "site"),
    Column("name_norm", sa.Text, nullable=False),
    Column("name", sa.Text, nullable=False),
    UniqueConstraint("site_id", "name_norm"),
    comment="A name in the bylines of one site.",
)

reading_author = Table(
    "reading_author",
    metadata,
    _ref("reading_id", "reading", primary_key=True),
    Column("ord", sa.SmallInteger, primary_key=True),
    _ref("author_id", "author", index=True),
    Column("name", sa.Text, nullable=False, comment="as printed"),
    Column("kind", sa.Text, nullable=False),
    Column("url", sa.Text),
    **_WITHOUT_ROWID,
)

author_profile = Table(
    "author_profile",
    metadata,
    _id(),
    _ref("author_id", "author"),
    Column("text", sa.Text, nullable=False),
    Column("language", sa.Text),
    Column("url", sa.Text),
    Column("digest", sa.LargeBinary, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    UniqueConstraint("author_id", "digest"),
    comment="A profile changes without the story changing, so it is no part of a version.",
)

version = Table(
    "version",
    metadata,
    _id(),
    _ref("article_id", "article"),
    Column("number", sa.Integer, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant, nullable=False),
    Column("known_from", Instant, nullable=False),
    Column("known_to", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("prev_last_seen_at", Instant),
    _ref("first_capture_id", "capture"),
    _ref("content_id", "content", nullable=True, index=True),
    _ref("reading_id", "reading", nullable=True),
    _ref("reader_id", "reader", nullable=True),
    Column("state", STATE, nullable=False),
    Column("reason", REASON, nullable=False),
    Column("change", CHANGE, nullable=False),
    Column("stealth", sa.Boolean, nullable=False),
    Column("cosmetic", sa.Boolean, nullable=False),
    Column("flap", sa.Boolean, nullable=False),
    Column("reverts_to", sa.Integer, comment="number of the earlier version with the same content"),
    sa.CheckConstraint("valid_from < valid_to", name="valid"),
    sa.CheckConstraint("known_from < known_to", name="known"),
    Index("version_asof", "article_id", "known_to", "valid_from", unique=True),
    Index("version_number", "article_id", "number", unique=True,
          sqlite_where=sa.text("known_to=9223372036854775807"),
          postgresql_where=sa.text("known_to=9223372036854775807")),
    Index("version_changed", "valid_from", sqlite_where=sa.text("known_to=9223372036854775807"),
          postgresql_where=sa.text("known_to=9223372036854775807")),
    # Few are quiet: a list of these alone would else look at all that changed.
    Index("version_quiet", "valid_from",
          sqlite_where=sa.text("known_to=9223372036854775807 AND (stealth = 1 OR state = 2)"),
          postgresql_where=sa.text("known_to=9223372036854775807 AND (stealth OR state = 2)")),
    Index("version_one_open", "article_id", unique=True,
          sqlite_where=sa.text("valid_to=9223372036854775807 AND known_to=9223372036854775807"),
          postgresql_where=sa.text("valid_to=9223372036854775807 AND known_to=9223372036854775807")),
    comment="An article as it read between two times (valid), as known between two times (known).",
)  # fmt: skip

counter_reading = Table(
    "counter_reading",
    metadata,
    _ref("article_id", "article", primary_key=True),
    Column("metric", METRIC, primary_key=True),
    Column("source", sa.Text, primary_key=True),
    Column("observed_at", Instant, primary_key=True),
    Column("last_at", Instant, nullable=False),
    Column("value", sa.BigInteger, nullable=False),
    Column("exact", sa.Boolean, nullable=False),
    Column("stale", sa.Boolean, nullable=False),
    Column("raw", sa.Text),
    _ref("capture_id", "capture", nullable=True),
    comment="Views, comments and shares as runs: value held from observed_at to last_at.",
    **_WITHOUT_ROWID,
)

counter_sighting = Table(
    "counter_sighting",
    metadata,
    _ref("article_id", "article", primary_key=True),
    _ref("capture_id", "capture", primary_key=True),
    Column("metric", METRIC, primary_key=True),
    Column("source", sa.Text, primary_key=True),
    Column("value", sa.BigInteger, nullable=False),
    Column("exact", sa.Boolean, nullable=False),
    Column("stale", sa.Boolean, nullable=False),
    Column("raw", sa.Text),
    comment="A counter of an article as a capture that is not its page showed it; runs are derived from these too.",
    **_WITHOUT_ROWID,
)

cluster = Table(
    "cluster",
    metadata,
    _id(),
    _ref("first_article_id", "article"),
    Column("known_from", Instant, nullable=False),
    Column("known_to", Instant, nullable=False),
    comment="Articles that carry the same text, named by the earliest.",
)

cluster_member = Table(
    "cluster_member",
    metadata,
    _ref("cluster_id", "cluster", primary_key=True),
    _ref("article_id", "article", primary_key=True, index=True),
    Column("known_from", Instant, primary_key=True),
    Column("known_to", Instant, nullable=False),
    Column("score", sa.Float, nullable=False),
    **_WITHOUT_ROWID,
)

content_sketch = Table(
    "content_sketch",
    metadata,
    Column("content_id", _Id, ForeignKey("content.id"), primary_key=True, autoincrement=False),
    Column("sketch", sa.LargeBinary, nullable=False),
    comment="MinHash of a content: the lowest bytes of 128 values.",
)

lsh_band = Table(
    "lsh_band",
    metadata,
    Column("key", sa.Integer, primary_key=True, autoincrement=False, comment="which band, and 27 bits of it"),
    Column("article_id", _Id, ForeignKey("article.id"), primary_key=True, autoincrement=False),
    comment="Bands of the signatures of all that an article says or said; versions share most of them.",
    **_WITHOUT_ROWID,
)

search_row = Table(
    "search_row",
    metadata,
    Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("content_id", _Id, ForeignKey("content.id"), nullable=False, unique=True),
    Column("superseded", sa.Boolean, nullable=False, comment="in the index of the past, not in that of today"),
    Column("against", _Id, comment="the content whose words are left out of a superseded row; none for all words"),
    comment="id is the row of the full-text indexes: published second * 16 + n, so newest first needs no sort.",
)

takedown = Table(
    "takedown",
    metadata,
    _id(),
    Column("scope", sa.Text, nullable=False),
    Column("target", sa.Text),
    Column("url_pattern", sa.Text),
    Column("action", sa.Text, nullable=False),
    Column("basis", sa.Text, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("record_id", sa.LargeBinary(16)),
    Column("note", sa.Text),
)

hidden = Table(
    "hidden",
    metadata,
    _ref("article_id", "article", primary_key=True),
    _ref("takedown_id", "takedown", primary_key=True, index=True),
    comment="The articles that takedowns hide now.",
    **_WITHOUT_ROWID,
)

event = Table(
    "event",
    metadata,
    _id(),
    Column("at", Instant, nullable=False, index=True),
    Column("type", sa.Text, nullable=False),
    Column("object_type", sa.Text, nullable=False),
    Column("object", sa.Text),
    Column("outcome", sa.Text, nullable=False),
    Column("agent", sa.Text, nullable=False),
    Column("detail", sa.JSON),
    comment="What was done to the archive, in the manner of PREMIS events.",
)

signal = Table(
    "signal",
    metadata,
    _id(),
    _ref("site_id", "site"),
    Column("kind", sa.Text, nullable=False),
    Column("url", sa.Text, nullable=False),
    Column("state", sa.Text, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("etag", sa.Text),
    Column("last_modified", sa.Text),
    Column("watermark", Instant),
    Column("yields", sa.Integer, nullable=False, server_default="0"),
    Column("yielded_at", Instant, comment="when it last gave a link that no other listing had given"),
    Column("links", sa.Integer, nullable=False, server_default="0", comment="how many it gave when last read"),
    Column("depth", sa.SmallInteger, nullable=False, server_default="0", comment="of a map below an index: 1 or more"),
    Column("told_at", Instant, comment="the change that its index told when it was last read"),
    Column("read_at", Instant, comment="when it was last read without a problem"),
    Column("failures", sa.SmallInteger, nullable=False, server_default="0", comment="looks in a row without an answer"),
    Column("walked_at", Instant, comment="all it had given by this time is read, on all its pages"),
    Column("cursor", sa.Text, comment="the next page of a walk that is not finished"),
    Column("reached_at", Instant, comment="all that the pages before had given by this time is read"),
    UniqueConstraint("site_id", "url"),
    comment="A listing of a site, what we last knew of it and how many links it gave first.",
)

link = Table(
    "link",
    metadata,
    _ref("url_id", "url", primary_key=True),
    _ref("site_id", "site", primary_key=True),
    _ref("signal_id", "signal", index=True),
    Column("lastmod", Instant),
    Column("published_at", Instant),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("fetched_at", Instant),
    Column("fetched_lastmod", Instant, comment="the newest change listed when it was last fetched"),
    Column("tries", sa.SmallInteger, nullable=False, server_default="0", comment="fetches in a row without an answer"),
    Column("listed_in", _Id, comment="the map that listed it when it was last read whole"),
    Column("vanished_at", Instant, comment="since when that map lists it no more"),
    Index("link_listed_in", "listed_in"),
    comment="An address seen in a listing, and the listing that gave it first.",
    **_WITHOUT_ROWID,
)

backfill = Table(
    "backfill",
    metadata,
    _ref("site_id", "site", primary_key=True),
    _ref("signal_id", "signal", primary_key=True),
    Column("until", Instant, primary_key=True),
    Column("cursor", sa.Text),
    Column("done_at", Instant),
)

lease = Table(
    "lease",
    metadata,
    Column("host", sa.Text, primary_key=True),
    Column("holder", sa.Text, nullable=False),
    Column("taken_at", Instant, nullable=False),
    comment="Only shows who visits a host; the lock itself is the database's or the file system's.",
)

change_log = Table(
    "change_log",
    metadata,
    Column("seq", _Id, sa.Identity(always=False), primary_key=True),
    Column("at", Instant, nullable=False),
    _ref("article_id", "article"),
    Column("kind", sa.Text, nullable=False),
    comment="What changed since an export: one row for every outcome that changed an article.",
)

export_mark = Table(
    "export_mark",
    metadata,
    _id(),
    Column("name", sa.Text, nullable=False, unique=True),
    Column("seq", sa.BigInteger, nullable=False),
    Column("query_digest", sa.LargeBinary, nullable=False),
    Column("manifest", sa.JSON, nullable=False),
)

exported = Table(
    "exported",
    metadata,
    _ref("mark_id", "export_mark", primary_key=True),
    _ref("article_id", "article", primary_key=True),
    Column("digest", sa.LargeBinary, nullable=False),
    comment="What was handed out under a mark, as a digest of each article.",
    **_WITHOUT_ROWID,
)

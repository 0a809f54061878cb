"""The schema of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.search import CREATE

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "content",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("bare_digest", sa.LargeBinary(), nullable=False, comment="of letters and digits only"),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("standfirst", sa.Text(), nullable=True),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("codec", sa.SmallInteger(), nullable=False),
        sa.Column("base_content_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["base_content_id"], ["content.id"], name=op.f("content_base_content_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("content_pkey")),
        sa.UniqueConstraint("digest", name=op.f("content_digest_key")),
        comment="What an article says, once per digest; text as first printed.",
    )
    op.create_table(
        "event",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("event_pkey")),
        comment="What was done to the archive, in the manner of PREMIS events.",
    )
    op.create_index(op.f("event_at"), "event", ["at"], unique=False)
    op.create_table(
        "export_mark",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("query_digest", sa.LargeBinary(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("export_mark_pkey")),
        sa.UniqueConstraint("name", name=op.f("export_mark_name_key")),
    )
    op.create_table(
        "lease",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("lease_pkey")),
        comment="Only shows who visits a host; the lock itself is the database's or the file system's.",
    )
    op.create_table(
        "reader",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("config_digest", sa.Text(), nullable=False),
        sa.Column("norm_version", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("reader_pkey")),
        sa.UniqueConstraint(
            "name",
            "version",
            "config_digest",
            "norm_version",
            name=op.f("reader_name_version_config_digest_norm_version_key"),
        ),
        comment="What made a reading.",
    )
    op.create_table(
        "site",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("site_pkey")),
        sa.UniqueConstraint("name", name=op.f("site_name_key")),
        comment="A news site as its last visit told it.",
    )
    op.create_table(
        "takedown",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("url_pattern", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("takedown_pkey")),
    )
    op.create_table(
        "url",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("urlkey", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("url_pkey")),
        sa.UniqueConstraint("url", name=op.f("url_url_key")),
        comment="An address; urlkey is its SURT.",
    )
    op.create_index(op.f("url_urlkey"), "url", ["urlkey"], unique=False)
    op.create_table(
        "article",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("misses", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("head_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("head_digest", sa.LargeBinary(), nullable=True),
        sa.Column("head_capture_at", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["merged_into"], ["article.id"], name=op.f("article_merged_into_fkey")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("article_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("article_pkey")),
        sa.UniqueConstraint("key", name=op.f("article_key_key")),
        comment="One story of one site through all its captures. key is public and never reused.",
    )
    op.create_index("article_due", "article", ["site_id", "due_at"], unique=False)
    op.create_table(
        "author",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_norm", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("author_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("author_pkey")),
        sa.UniqueConstraint("site_id", "name_norm", name=op.f("author_site_id_name_norm_key")),
        comment="A name in the bylines of one site.",
    )
    op.create_table(
        "content_sig",
        sa.Column(
            "content_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("content_sig_content_id_fkey")),
        sa.PrimaryKeyConstraint("content_id", name=op.f("content_sig_pkey")),
        comment="MinHash of a content: 128 values of 32 bits.",
    )
    op.create_table(
        "lsh_band",
        sa.Column("band", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "content_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("lsh_band_content_id_fkey")),
        sa.PrimaryKeyConstraint("band", "hash", "content_id", name=op.f("lsh_band_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("content_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("search_row_content_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("search_row_pkey")),
        sa.UniqueConstraint("content_id", name=op.f("search_row_content_id_key")),
        comment="id is the row of the full-text index: published second * 2**20 + n, so newest first needs no sort.",
    )
    op.create_table(
        "signal",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("watermark", sa.BigInteger(), nullable=True),
        sa.Column("yields", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("signal_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("signal_pkey")),
        sa.UniqueConstraint("site_id", "url", name=op.f("signal_site_id_url_key")),
        comment="A listing of a site, what we last knew of it and how many links it gave first.",
    )
    op.create_table(
        "visit",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("exit_status", sa.SmallInteger(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("facts_digest", sa.LargeBinary(), nullable=False),
        sa.Column("removals_believed", sa.Boolean(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("signals", sa.JSON(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("visit_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("visit_pkey")),
        sa.UniqueConstraint("key", name=op.f("visit_key_key")),
        comment="One run of one site's spider, or one import.",
    )
    op.create_index("visit_site_started", "visit", ["site_id", "started_at"], unique=False)
    op.create_table(
        "article_identity",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("article_identity_article_id_fkey")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("article_identity_site_id_fkey")),
        sa.PrimaryKeyConstraint("site_id", "kind", "value", "valid_from", name=op.f("article_identity_pkey")),
        comment="The names a site gives an article: wp, ld or url.",
    )
    op.create_index(op.f("article_identity_article_id"), "article_identity", ["article_id"], unique=False)
    op.create_index(
        "article_identity_one",
        "article_identity",
        ["site_id", "kind", "value"],
        unique=True,
        sqlite_where=sa.text("valid_to=9223372036854775807"),
        postgresql_where=sa.text("valid_to=9223372036854775807"),
    )
    op.create_table(
        "article_url",
        sa.Column("url_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("evidence_capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("article_url_article_id_fkey")),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name=op.f("article_url_url_id_fkey")),
        sa.PrimaryKeyConstraint("url_id", "valid_from", name=op.f("article_url_pkey")),
        comment="Which addresses an article had when; an address belongs to one article at a time.",
    )
    op.create_index(op.f("article_url_article_id"), "article_url", ["article_id"], unique=False)
    op.create_index(
        "article_url_one",
        "article_url",
        ["url_id"],
        unique=True,
        sqlite_where=sa.text("valid_to=9223372036854775807"),
        postgresql_where=sa.text("valid_to=9223372036854775807"),
    )
    op.create_table(
        "author_profile",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["author.id"], name=op.f("author_profile_author_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("author_profile_pkey")),
        sa.UniqueConstraint("author_id", "digest", name=op.f("author_profile_author_id_digest_key")),
        comment="A profile changes without the story changing, so it is no part of a version.",
    )
    op.create_table(
        "backfill",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name=op.f("backfill_signal_id_fkey")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("backfill_site_id_fkey")),
        sa.PrimaryKeyConstraint("site_id", "signal_id", "until", name=op.f("backfill_pkey")),
    )
    op.create_table(
        "change_log",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("change_log_article_id_fkey")),
        sa.PrimaryKeyConstraint("seq", name=op.f("change_log_pkey")),
        comment="What changed since an export: one row for every outcome that changed an article.",
    )
    op.create_table(
        "cluster",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("first_article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["first_article_id"], ["article.id"], name=op.f("cluster_first_article_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("cluster_pkey")),
        comment="Articles that carry the same text, named by the earliest.",
    )
    op.create_table(
        "link",
        sa.Column("url_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lastmod", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name=op.f("link_signal_id_fkey")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("link_site_id_fkey")),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name=op.f("link_url_id_fkey")),
        sa.PrimaryKeyConstraint("url_id", "site_id", name=op.f("link_pkey")),
        comment="An address seen in a listing, and the listing that gave it first.",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("link_signal_id"), "link", ["signal_id"], unique=False)
    op.create_table(
        "warc_file",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("synced_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("records", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('open','sealed','packed','lost')", name=op.f("warc_file_state")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("warc_file_visit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("warc_file_pkey")),
        sa.UniqueConstraint("name", name=op.f("warc_file_name_key")),
        comment="A WARC file below the folder warc/; packs and imports belong to no single visit.",
    )
    op.create_table(
        "capture",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("url_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("effective_status", sa.SmallInteger(), nullable=True),
        sa.Column("payload_digest", sa.LargeBinary(), nullable=True),
        sa.Column("payload_size", sa.BigInteger(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("truncated", sa.Text(), nullable=True),
        sa.Column("fetch_ms", sa.Integer(), nullable=True),
        sa.Column("redirect_url_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("warc_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("warc_offset", sa.BigInteger(), nullable=True),
        sa.Column("warc_length", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("capture_article_id_fkey")),
        sa.ForeignKeyConstraint(["redirect_url_id"], ["url.id"], name=op.f("capture_redirect_url_id_fkey")),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name=op.f("capture_url_id_fkey")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("capture_visit_id_fkey")),
        sa.ForeignKeyConstraint(["warc_file_id"], ["warc_file.id"], name=op.f("capture_warc_file_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("capture_pkey")),
        sa.UniqueConstraint("record_id", name=op.f("capture_record_id_key")),
        sa.UniqueConstraint("warc_file_id", "warc_offset", name=op.f("capture_warc_file_id_warc_offset_key")),
        comment="One fetch, whatever came back. Rows are never changed, but for article_id.",
    )
    op.create_index("capture_article_fetched", "capture", ["article_id", "fetched_at"], unique=False)
    op.create_index("capture_url_fetched", "capture", ["url_id", "fetched_at"], unique=False)
    op.create_index(op.f("capture_visit_id"), "capture", ["visit_id"], unique=False)
    op.create_table(
        "cluster_member",
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("cluster_member_article_id_fkey")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("cluster_member_cluster_id_fkey")),
        sa.PrimaryKeyConstraint("cluster_id", "article_id", "known_from", name=op.f("cluster_member_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("cluster_member_article_id"), "cluster_member", ["article_id"], unique=False)
    op.create_table(
        "counter_reading",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("counter_reading_article_id_fkey")),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("counter_reading_capture_id_fkey")),
        sa.PrimaryKeyConstraint("article_id", "metric", "source", "observed_at", name=op.f("counter_reading_pkey")),
        comment="Views, comments and shares as runs: value held from observed_at to last_at.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opt_out",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("opt_out_capture_id_fkey")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("opt_out_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("opt_out_pkey")),
        comment="What a page or site asks of archives and miners: noarchive, tdm-reservation …",
    )
    op.create_index(op.f("opt_out_capture_id"), "opt_out", ["capture_id"], unique=False)
    op.create_index(op.f("opt_out_site_id"), "opt_out", ["site_id"], unique=False)
    op.create_table(
        "reading",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=False),
        sa.Column("content_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("is_full", sa.Boolean(), nullable=False, comment="a short one repeats the open version"),
        sa.Column("counters", sa.JSON(), nullable=False, comment="as seen; runs are derived from them"),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("standfirst", sa.Text(), nullable=True),
        sa.Column("byline", sa.Text(), nullable=True),
        sa.Column("dateline", sa.Text(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=True, comment="the wire agency named with the story"),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("published_offset", sa.SmallInteger(), nullable=True, comment="minutes east of UTC, as printed"),
        sa.Column("published_precision", sa.Text(), nullable=True),
        sa.Column("modified_at", sa.BigInteger(), nullable=True),
        sa.Column("modified_offset", sa.SmallInteger(), nullable=True),
        sa.Column("modified_precision", sa.Text(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("profiles", sa.JSON(), nullable=False),
        sa.Column("pending", sa.JSON(), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("reading_capture_id_fkey")),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("reading_content_id_fkey")),
        sa.ForeignKeyConstraint(["reader_id"], ["reader.id"], name=op.f("reading_reader_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("reading_pkey")),
        comment="What a reader made of one capture, and from when to when we held it.",
    )
    op.create_index(op.f("reading_capture_id"), "reading", ["capture_id"], unique=False)
    op.create_index("reading_capture_known", "reading", ["capture_id", "known_to"], unique=True)
    op.create_index(op.f("reading_content_id"), "reading", ["content_id"], unique=False)
    op.create_table(
        "reading_author",
        sa.Column("reading_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ord", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="as printed"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["author.id"], name=op.f("reading_author_author_id_fkey")),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("reading_author_reading_id_fkey")),
        sa.PrimaryKeyConstraint("reading_id", "ord", name=op.f("reading_author_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("reading_author_author_id"), "reading_author", ["author_id"], unique=False)
    op.create_table(
        "version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("prev_last_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("first_capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reading_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("change", sa.SmallInteger(), nullable=False),
        sa.Column("stealth", sa.Boolean(), nullable=False),
        sa.Column("cosmetic", sa.Boolean(), nullable=False),
        sa.Column("flap", sa.Boolean(), nullable=False),
        sa.Column(
            "reverts_to", sa.Integer(), nullable=True, comment="number of the earlier version with the same content"
        ),
        sa.CheckConstraint("known_from < known_to", name=op.f("version_known")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("version_valid")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("version_article_id_fkey")),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("version_content_id_fkey")),
        sa.ForeignKeyConstraint(["first_capture_id"], ["capture.id"], name=op.f("version_first_capture_id_fkey")),
        sa.ForeignKeyConstraint(["reader_id"], ["reader.id"], name=op.f("version_reader_id_fkey")),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("version_reading_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("version_pkey")),
        comment="An article as it read between two times (valid), as known between two times (known).",
    )
    op.create_index("version_asof", "version", ["article_id", "known_to", "valid_from"], unique=True)
    op.create_index(
        "version_changed",
        "version",
        ["valid_from"],
        unique=False,
        sqlite_where=sa.text("known_to=9223372036854775807"),
        postgresql_where=sa.text("known_to=9223372036854775807"),
    )
    op.create_index(op.f("version_content_id"), "version", ["content_id"], unique=False)
    op.create_index("version_number", "version", ["article_id", "known_to", "number"], unique=True)
    op.create_index(
        "version_one_open",
        "version",
        ["article_id"],
        unique=True,
        sqlite_where=sa.text("valid_to=9223372036854775807 AND known_to=9223372036854775807"),
        postgresql_where=sa.text("valid_to=9223372036854775807 AND known_to=9223372036854775807"),
    )
    for statement in CREATE[op.get_bind().dialect.name]:
        op.execute(statement)

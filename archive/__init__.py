"""Keeps what was fetched, tells the versions of every story, answers and hands out. Never imports the crawler.

On disk, below the archive's home::

    archive.sqlite                    the database (or PostgreSQL elsewhere): derived from the WARC files, for asking
    warc/hemeroteca-TIME-HOST-PID-RANDOM.warc.gz        sealed WARC/1.1, one gzip member per record
    warc/….warc.gz.open               owned by a crawl that is running, or left by one that died
    leases/HOST.lock                  held by the process that visits this host
    warc/hemeroteca-pack-TIME-RANDOM-N.warc.zst         sealed files packed by story (WARC-ZSTD)
    warc/….warc.gz.torn               bytes cut off the end of a file whose writer died

The WARC files are the truth. Each holds, for every visit it carries, a ``warcinfo`` record (site file, visit, reader);
every fetch as ``response``, ``revisit`` (304) or ``metadata`` (a network error); a page as a browser showed it as
``conversion`` ``urn:hemeroteca:rendering:URL``; beside each response that was read a JSON ``metadata`` record
``urn:hemeroteca:reading:URL``, beside one that shows counters of stories ``urn:hemeroteca:counted:URL``, beside the
answer to a form the ``request``; and at its end ``urn:hemeroteca:visit:KEY``.
"""

from archive.clock import Clock, shifted_clock
from archive.duplicates import signature
from archive.errors import ArchiveError, LeaseHeldError, NoArchiveError, NotFoundError, QueryError, StoreError
from archive.normal import reading_digest
from archive.records import (
    Author,
    Backfill,
    Capture,
    Counter,
    Fetched,
    Identity,
    Kind,
    Known,
    Link,
    Listed,
    Moment,
    Outcome,
    Part,
    Profile,
    Reader,
    Reading,
    Signal,
    SiteFacts,
)
from archive.rereading import Kept
from archive.store import Archive, ToSave
from archive.warc import Skipped, archived_headers, read_captures, warc_files

__all__ = [
    "Archive",
    "ArchiveError",
    "Author",
    "Backfill",
    "Capture",
    "Clock",
    "Counter",
    "Fetched",
    "Identity",
    "Kept",
    "Kind",
    "Known",
    "LeaseHeldError",
    "Link",
    "Listed",
    "Moment",
    "NoArchiveError",
    "NotFoundError",
    "Outcome",
    "Part",
    "Profile",
    "QueryError",
    "Reader",
    "Reading",
    "Signal",
    "SiteFacts",
    "Skipped",
    "StoreError",
    "ToSave",
    "archived_headers",
    "read_captures",
    "reading_digest",
    "shifted_clock",
    "signature",
    "warc_files",
]

"""A group of captures, taken in together: what is frequent is decided in memory and written table by table.

The desk takes a page of a new article, a later look at a known one and a 304: what it makes of them is what
:mod:`archive.ingest` makes of them one by one, which a test holds by comparing whole archives. All that is out of the
ordinary (a late capture, a new address, a removal, a reread, a text another article has had) it leaves to ingest:
then it first writes what lies on it, and afterwards learns anew what the database holds.

Nothing is in the database before :meth:`Desk.clear`; the records that it points at are written and synced by then.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

from archive import duplicates, identity, rows, search, takedown, texts
from archive import tables as t
from archive.bulk import code, insert_rows, new_ids, run_each
from archive.chain import Observation, Settled, Sight, append, begin
from archive.held import (
    RESPONSE,
    REVISIT,
    Held,
    Owned,
    Page,
    Run,
    Said,
    Story,
    load,
    load_bands,
    load_shared,
    named_on,
    shared_texts,
)
from archive.ingest import what_came
from archive.normal import bare_digest, count_words, fold_name, normal
from archive.records import Kind, Outcome, canonical_json
from archive.surt import surt

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archive.chain import Span
    from archive.held import Item
    from archive.records import Capture, Counter, Moment, Reading
    from archive.warc import Place

WIDTH = 256
"""Captures whose past is asked for at once."""

AFTER_ASIDE = 8
"""The same after one that was left to ingest: what follows it may be left too, and had to be asked for again."""


class Written(Protocol):
    """Where a record is, once it is written."""

    file: int
    place: Place


@dataclass(slots=True)
class Weighed:
    """What a page means, before anything is noted of it."""

    story: Story
    chain: Settled
    began: Span | None
    said: Said
    seen: Observation
    is_new_text: bool


class Desk:
    """The group that is being taken in. ``write`` writes the records that wait, so that their places are known."""

    def __init__(self, connection: Connection, items: Sequence[Item], write: Callable[[], None] = lambda: None) -> None:
        self.connection = connection
        self._write = write
        self._items = items
        self._at = self._until = 0
        self._width = WIDTH
        self._held = Held()
        self._bare: dict[bytes, bytes] = {}  # bare digests of texts that are new, by digest
        # Of what this desk took since it was loaded: the articles of a band, and the texts of an article.
        self._bands: dict[int, set[int]] = {}
        self._texts_of: dict[int, list[tuple[int, bytes]]] = {}
        self._pending: dict[bytes, dict[str, Any]] = {}  # captures not written yet, by record id
        self._lay_out()

    def _lay_out(self) -> None:
        """Begin with an empty desk."""
        self._new: dict[str, list[dict[str, Any]]] = {}
        self._where: list[tuple[dict[str, Any], Written]] = []
        self._ends: dict[int, tuple[int, int]] = {}  # of versions that are in the database
        self._last_at: dict[tuple[Any, ...], int] = {}  # of runs that are
        self._opened: dict[int, Story] = {}
        self._derived: dict[int, Story] = {}
        self._looked: dict[int, Story] = {}
        self._asked: list[tuple[int, int, bool]] = []  # listed addresses: which, when, in any case
        self._texts: list[tuple[int, Reading, datetime]] = []
        self._signed: dict[int, bytes | None] = {}  # signatures, by content
        self._changed: set[int] = set()  # articles with another version
        self._open_rows: dict[int, dict[str, Any]] = {}  # versions not written yet, by article
        self._profiles: dict[tuple[int, bytes], dict[str, Any]] = {}  # by author and digest
        self._run_rows: dict[tuple[int, str, str], dict[str, Any]] = {}
        self._read: list[int] = []
        self._pending.clear()

    # ------------------------------------------------------------------ turns

    def turn_to(self, item: int) -> None:
        """Go on to the item of this number; what the database holds of it and the next ones is asked for in time."""
        self._at = item
        if item >= self._until:
            self.clear()
            part = self._items[item : item + self._width]
            self._held = load(self.connection, part)
            self._bands.clear()
            self._texts_of.clear()
            self._bare = _bare_digests(part, self._held.contents)
            self._until = item + len(part)
            self._width = min(2 * self._width, WIDTH)
            self._allot(part)

    def _allot(self, part: Sequence[Item]) -> None:
        pages = [item for item in part if isinstance(item, Page)]
        names = sum(len(named_on(page.reading)) for page in pages)
        urls = sum(url is None for url in self._held.urls.values())
        wanted = {"capture": len(part), "reading": len(pages), "content": len(pages), "version": len(pages),
                  "article": len(pages), "author": names, "url": urls, "picture_list": len(pages),
                  "source_set": len(pages)}  # fmt: skip
        self._ids = new_ids(self.connection, wanted)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave something to ingest: with all that was taken in the database, and to be learned anew afterwards."""
        self.clear()
        yield
        self._until, self._width = self._at, AFTER_ASIDE

    # ------------------------------------------------------------------ captures

    def takes(self, capture: Capture) -> bool:
        """Say whether this capture is new, and nothing but a page, or a 304 of what is known to be settled."""
        held = self._held
        if self._until <= self._at or capture.record_id.bytes in held.captures:
            return False
        url = held.urls[capture.url]
        if capture.kind is Kind.RESPONSE and capture.status == 200:
            return url is None or (url, t.to_micros(capture.fetched_at)) not in held.fetches
        if capture.kind is not Kind.REVISIT or capture.status != 304 or capture.header("location"):
            return False
        if url is None or url not in held.addresses:
            return self._has_original(url, capture)
        return self._has_original(url, capture) and self._same(url, capture, 0) is not None

    def _has_original(self, url: int | None, capture: Capture) -> bool:
        found = self._held.originals.get(url) if url is not None else None
        return found is None or found[0] <= t.to_micros(capture.fetched_at)

    def original(self, capture: Capture) -> tuple[datetime, bytes] | None:
        """Return time and digest of the payload that a 304 confirms."""
        found = self._held.originals.get(self._held.urls[capture.url] or 0)
        return (t.from_micros(found[0]), found[1]) if found else None

    def keep(self, capture: Capture, visit: int, written: Written, digest: bytes | None = None,
             size: int | None = None) -> None:  # fmt: skip
        """Note a capture that the desk takes; ``digest`` and ``size`` are those of a payload that it does not hold."""
        digest = (digest or capture.payload_digest) if capture.kind is Kind.RESPONSE else None
        url, at = self._url(capture.url), t.to_micros(capture.fetched_at)
        row = self._add("capture", id=next(self._ids["capture"]), record_id=capture.record_id.bytes, url_id=url,
                        article_id=None, visit_id=visit, fetched_at=at,
                        kind=RESPONSE if capture.kind is Kind.RESPONSE else REVISIT, status=capture.status,
                        effective_status=capture.status, payload_digest=digest,
                        payload_size=(len(capture.payload) if size is None else size) if digest is not None else None,
                        media_type_id=rows.media_type_id(self.connection, capture), etag=capture.header("etag"),
                        last_modified=capture.header("last-modified"), error=capture.error,
                        truncated=capture.truncated, fetch_ms=capture.elapsed_ms, redirect_url_id=None,
                        warc_file_id=0, warc_offset=0, warc_length=0)  # fmt: skip
        self._where.append((row, written))
        self._pending[capture.record_id.bytes] = row
        self._held.captures.add(capture.record_id.bytes)
        if url in self._held.listed:
            self._asked.append((url, at, True))
        if capture.kind is Kind.RESPONSE and digest is not None:
            self._held.fetches.add((url, at))
            before = self._held.originals.get(url)
            if before is None or before[0] <= at:
                self._held.originals[url] = (at, digest)
        else:
            self._keep_same(capture, row, url)

    def _keep_same(self, capture: Capture, row: dict[str, Any], url: int) -> None:
        found = self._same(url, capture, row["id"])
        if found is None:
            self._held.orphans.add(url)
            return
        story, chain = found
        row["article_id"] = story.id
        self._fetched(story, row["fetched_at"])
        self._follow(story, chain, None)
        self._look(story, row["fetched_at"], told=True)

    def _same(self, url: int, capture: Capture, number: int) -> tuple[Story, Settled] | None:
        """Return the article that a 304 says is unchanged, and its chain then; None if it is not as simple as that."""
        owned = self._held.addresses.get(url)
        story = self._held.stories.get(owned.article) if owned and owned.article is not None else None
        if story is None or story.chain is None:
            return None
        seen = Observation(capture_id=number, record_id=capture.record_id.bytes, at=capture.fetched_at, url_id=url,
                           sight=Sight.SAME)  # fmt: skip
        after = append(story.chain, seen)
        return (story, after[0]) if after is not None and after[1] is None else None

    def unread(self, capture: Capture, key: str | None, due_at: datetime | None) -> Outcome | None:
        """Note what a kept capture without a reading means; None if ingest must say so."""
        row = self._pending.get(capture.record_id.bytes)
        if row is None or (key is not None and key not in self._held.keys):
            return None
        owned = self._held.addresses.get(row["url_id"])
        if owned is not None and owned.article is None:
            return None
        number = self._held.keys[key] if key is not None else owned.article if owned is not None else None
        if number is None:
            return Outcome.KEPT
        story = self._held.stories[number]
        if capture.kind is Kind.REVISIT and row["article_id"] != number:
            return None
        self._look(story, row["fetched_at"], due_at=due_at)
        return Outcome.UNCHANGED if capture.kind is Kind.REVISIT else Outcome.KEPT

    # ------------------------------------------------------------------ whose a page is

    def resolve(self, page: Page, site: str) -> str | None:
        """Return the key of the article that a page belongs to, a new one for what is new; None if in doubt."""
        reading, own = page.reading, page.own_ids
        if self._held.hosts[page.site].former:
            return None
        for found in reading.identities:
            story, is_clear = self._named(page, found.kind, found.value)
            if not is_clear or (story is not None and found.kind == "ld" and story.chain is None):
                return None
            if story is None or (found.kind not in identity.OWN_IDS and story.has_other_id(own)):
                continue
            if found.kind != "ld" or normal(story.title) == normal(reading.title):
                return story.key
        return None if self._may_be_known(page) else identity.mint_key(site, page.capture.record_id)

    def _named(self, page: Page, kind: str, value: str) -> tuple[Story | None, bool]:
        """Return the article that an identity names, and whether that is clear."""
        owned = self._held.identities.get((page.site, kind, value))
        if owned is None and kind == "url":
            number = self._held.urls[value]
            owned = self._held.addresses.get(number) if number is not None else None
            if owned is not None and owned.article is not None:
                story = self._held.stories[owned.article]
                return (story if story.site == page.site else None), True
        if owned is None:
            return None, True
        return (self._held.stories[owned.article], True) if owned.article is not None else (None, False)

    def _may_be_known(self, page: Page) -> bool:
        """Say whether a page that nothing names may be a known article's all the same, by its path or by its text."""
        held = self._held
        for url in identity.other_addresses(page.capture.url, held.hosts[page.site]):
            if url not in held.urls or held.urls[url] in held.addresses:
                return True
        return page.digest in held.contents

    # ------------------------------------------------------------------ readings

    def head_digest(self, key: str) -> bytes | None:
        """Return the digest of what an article says now."""
        number = self._held.keys.get(key)
        return self._held.stories[number].head_digest if number is not None else None

    def weigh(self, page: Page, key: str, *, full: bool) -> Weighed | None:
        """Return what a page on the desk means for the article of this key; None if ingest must say so."""
        reading, row = page.reading, self._pending.get(page.capture.record_id.bytes)
        if row is None or row["article_id"] is not None or row["url_id"] in self._held.orphans:
            return None
        if reading.rendering or reading.parts:
            return None
        if page.is_short and any(profile.name is None for profile in reading.profiles):
            return None  # of the only name of a byline, which a short one does not say again
        number = self._held.keys.get(key)
        story = self._held.stories[number] if number is not None else _unopened(key, page, row)
        if not self._may_claim(story, page, row) or not self._counts_on(story, reading, row):
            return None
        held = self._held.contents.get(page.digest)
        said = held or (self._say(page) if not page.is_short else None)
        if said is None or said.is_erased:
            return None
        seen = self._observation(page, row, said, full=full)
        chain = self._chain(story, seen)
        return Weighed(story, *chain, said, seen, is_new_text=held is None) if chain is not None else None

    def _say(self, page: Page) -> Said:
        reading = page.reading
        return Said(next(self._ids["content"]), count_words(reading.body), self._bare[page.digest],
                    title=reading.title, standfirst=reading.standfirst)  # fmt: skip

    def _observation(self, page: Page, row: dict[str, Any], said: Said, *, full: bool) -> Observation:
        reading = page.reading
        return Observation(
            capture_id=row["id"], record_id=row["record_id"], at=page.capture.fetched_at, url_id=row["url_id"],
            sight=Sight.TEXT, content_id=said.id, bare_digest=said.bare_digest, words=said.words,
            walled=reading.access == "walled", modified=reading.modified.at if reading.modified else None,
            reading_id=next(self._ids["reading"]), reader_id=rows.reader_id(self.connection, reading.reader),
            is_full=full,
        )  # fmt: skip

    def _chain(self, story: Story, seen: Observation) -> tuple[Settled, Span | None] | None:
        if story.id:
            return append(story.chain, seen) if story.chain is not None else None
        chain = begin(seen)
        return (chain, chain.open) if seen.is_full else None

    def _may_claim(self, story: Story, page: Page, row: dict[str, Any]) -> bool:
        """Say whether the page's address and ids are the article's already, or nobody's."""
        if story.site != page.site or (story.id and row["url_id"] not in story.urls):
            return False
        owners = [self._held.addresses.get(self._held.urls[url] or 0) for url in page.addresses]
        own = page.own_ids
        ids = [self._held.identities.get((page.site, *each)) for each in own.items()]
        for owned in (*owners, *ids):
            if owned is not None and (owned.article is None or owned.since > row["fetched_at"]):
                return False
        is_other = [owned is not None and owned.article != story.id for owned in (owners[0], *ids)]
        several = len(own) < sum(found.kind in identity.OWN_IDS for found in page.reading.identities)
        return not any(is_other) and not several and not story.has_other_id(own)

    def _counts_on(self, story: Story, reading: Reading, row: dict[str, Any]) -> bool:
        """Say whether each counter is shown once, and later than at all looks before."""
        series = [(counter.metric, counter.source) for counter in reading.counters]
        runs = [self._held.runs.get((story.id, *each)) for each in series]
        return len(series) == len(set(series)) and all(run is None or run.last_at < row["fetched_at"] for run in runs)

    def read(self, page: Page, weighed: Weighed, *, full: bool, known_at: datetime,
             due_at: datetime | None) -> Outcome:  # fmt: skip
        """Note what a page means, as it was weighed."""
        reading, story, began = page.reading, weighed.story, weighed.began
        row = self._pending[page.capture.record_id.bytes]
        at, known = row["fetched_at"], t.to_micros(known_at)
        if not story.id:
            self._open_story(story)
        row["article_id"] = story.id
        if weighed.is_new_text:
            self._keep_text(page, weighed.said)
        self._keep_reading(page, weighed, row["id"], known, full=full)
        self._see_profiles(page, at)
        self._claim(story, page, row)
        self._fetched(story, at)
        contents = story.chain.contents if story.chain is not None else ()
        self._follow(story, weighed.chain, began, known)
        if began is not None:
            story.title, story.head_digest = reading.title, page.digest
            story.listed_at = t.to_micros(reading.published.at) if reading.published else story.first_seen_at
        for counter in reading.counters:
            self._count(story, counter, at, row["id"])
        self._look(story, at, told=True, due_at=due_at)
        self._read.append(story.id)
        if began is not None and weighed.said.id not in contents:
            self._compare(story, weighed, known_at)
        return what_came(began)

    def _open_story(self, story: Story) -> None:
        story.id = next(self._ids["article"])
        self._opened[story.id] = story
        self._held.stories[story.id], self._held.keys[story.key] = story, story.id

    def _keep_text(self, page: Page, said: Said) -> None:
        reading = page.reading
        names = canonical_json([author.name for author in reading.authors])
        self._add("content", id=said.id, digest=page.digest, bare_digest=said.bare_digest, title=reading.title,
                  standfirst=reading.standfirst, names=names, words=said.words, language=reading.language,
                  codec=t.ZSTD, body=reading.body.encode())  # fmt: skip
        self._held.contents[page.digest] = said
        self._texts.append((said.id, reading, page.capture.fetched_at))
        signed = self._signed[said.id] = reading.signature or duplicates.signature(reading.paragraphs)
        if signed is not None:
            self._add("content_sketch", content_id=said.id, sketch=duplicates.sketch(signed))

    def _keep_reading(self, page: Page, weighed: Weighed, capture: int, known: int, *, full: bool) -> None:
        reading, seen = page.reading, weighed.seen
        self._add(
            "reading", id=seen.reading_id, capture_id=capture, reader_id=seen.reader_id, known_from=known,
            known_to=t.FOREVER_MICROS, content_id=weighed.said.id, outcome=reading.outcome, reason=reading.reason,
            is_full=full, counters=canonical_json(rows.kept_counters(reading)),
            access=reading.access, **_moment("modified", reading.modified),
            **(self._full(page, weighed.said) if full else _SHORT),
        )  # fmt: skip
        if full:
            for position, author in enumerate(reading.authors):
                self._add("reading_author", reading_id=seen.reading_id, ord=position,
                          author_id=self._author(page.site, author.name), name=author.name, kind=author.kind,
                          url=author.url)  # fmt: skip
        for signal in reading.opt_outs:
            name, _, value = signal.partition("=")
            self._add("opt_out", capture_id=capture, site_id=None, signal=name.strip(), value=value.strip() or "yes")

    def _see_profiles(self, page: Page, at: int) -> None:
        for name, profile in rows.named_profiles(page.reading):
            author, digest = self._author(page.site, name), hashlib.sha256(profile.text.encode()).digest()
            new = {"text": profile.text, "language": profile.language, "url": profile.url, "first": at, "last": at}
            seen = self._profiles.setdefault((author, digest), new)
            seen |= {"first": min(at, seen["first"]), "last": max(at, seen["last"])}

    def _full(self, page: Page, said: Said) -> dict[str, Any]:
        """Return the columns that only a full reading fills."""
        reading = page.reading
        shared = shared_texts(reading)
        return {name: getattr(reading, name) for name in rows.TOLD_ONCE} | _moment("published", reading.published) | {
            "title": rows.kept_title(reading.title, said.title),
            "standfirst": rows.kept_title(reading.standfirst, said.standfirst),
            "canonical_url": rows.kept_canonical(reading, page.capture.url),
            "tags": canonical_json(reading.tags), "profiles": canonical_json(rows.kept_profiles(reading)),
            "pending": canonical_json(dict(reading.pending)) if reading.pending else None,
            "images_id": self._shared("picture_list", "images", shared),
            "sources_id": self._shared("source_set", "sources", shared),
        }  # fmt: skip

    def _shared(self, table: str, column: str, told: Mapping[str, str]) -> int | None:
        """Return the id of a row that readings share; None where there is nothing to tell."""
        if not told[table]:
            return None
        key = (table, rows.shared_digest(told[table]))
        if key not in self._held.shared:
            load_shared(self.connection, self._held, [(table, told[table])])
        number = self._held.shared[key]
        if number is None:
            number = self._held.shared[key] = next(self._ids[table])
            self._add(table, id=number, digest=key[1], **{column: told[table]})
        return number

    # ------------------------------------------------------------------ what follows

    def _claim(self, story: Story, page: Page, row: dict[str, Any]) -> None:
        """Note that the article answers to the page's ids and addresses that are nobody's yet."""
        at, held = row["fetched_at"], self._held
        since = {"valid_from": at, "valid_to": t.FOREVER_MICROS, "article_id": story.id}
        for kind, value in page.own_ids.items():
            if (page.site, kind, value) not in held.identities:
                self._add("article_identity", site_id=page.site, kind=kind, value=value, **since)
                held.identities[page.site, kind, value] = Owned(story.id, at)
                story.own_ids.setdefault(kind, set()).add(value)
        for number, address in enumerate(page.addresses):
            url = self._url(address)
            if url not in held.addresses:
                self._add("article_url", url_id=url, role="canonical" if number else "page",
                          evidence_capture_id=row["id"], **since)  # fmt: skip
                held.addresses[url] = Owned(story.id, at)
                story.urls.add(url)
                story.open_urls.add(url)

    def _fetched(self, story: Story, at: int) -> None:
        self._asked += [(url, at, False) for url in story.open_urls & self._held.listed]

    def _follow(self, story: Story, chain: Settled, began: Span | None, known: int = 0) -> None:
        """Note where the chain of an article stands now, and the version that began, if one did."""
        before, story.chain = story.chain, chain
        if story.id not in self._opened:
            self._derived[story.id] = story
        if before is not None:
            self._end_version(story, before, chain, began)
        if began is None:
            return
        self._changed.add(story.id)
        row = {name: getattr(began, name) for name in _VERSION_FIELDS}
        times = {name: t.to_micros(row[name]) for name in ("valid_from", "valid_to", "last_seen_at")}
        prev = began.prev_last_seen_at
        story.head_version_id = next(self._ids["version"])
        self._open_rows[story.id] = self._add(
            "version", id=story.head_version_id, article_id=story.id, known_from=known, known_to=t.FOREVER_MICROS,
            reason=code(t.REASON, t.Reason.OBSERVED), **row | times,
            prev_last_seen_at=t.to_micros(prev) if prev is not None else None,
            state=code(t.STATE, began.state), change=code(t.CHANGE, began.change),
        )  # fmt: skip
        self._add("change_log", at=known, article_id=story.id, kind=str(began.change))
        if began.change is t.Change.REVISED:
            story.changes, story.changed_at = story.changes + 1, times["valid_from"]

    def _end_version(self, story: Story, before: Settled, chain: Settled, began: Span | None) -> None:
        """Move the ends of the version that was open: to where the next one began, or to when it was seen last."""
        ends = began.valid_from if began is not None else t.FOREVER
        seen = before.open.last_seen_at if began is not None else chain.open.last_seen_at
        moved = (t.to_micros(ends), t.to_micros(seen))
        row = self._open_rows.pop(story.id, None) if began is not None else self._open_rows.get(story.id)
        if row is not None:
            row["valid_to"], row["last_seen_at"] = moved
        else:
            self._ends[story.head_version_id or 0] = moved

    def _count(self, story: Story, counter: Counter, at: int, capture: int) -> None:
        series = (story.id, counter.metric, counter.source)
        run = self._held.runs.get(series)
        if run is None or (run.value, run.exact, run.stale) != (counter.value, counter.exact, counter.stale):
            self._held.runs[series] = Run(at, at, counter.value, counter.exact, counter.stale)
            self._run_rows[series] = self._add(
                "counter_reading", article_id=story.id, metric=code(t.METRIC, counter.metric), source=counter.source,
                observed_at=at, last_at=at, value=counter.value, exact=counter.exact, stale=counter.stale,
                raw=counter.raw, capture_id=capture,
            )  # fmt: skip
            return
        run.last_at = at
        if series in self._run_rows:
            self._run_rows[series]["last_at"] = at
        else:
            self._last_at[story.id, code(t.METRIC, counter.metric), counter.source, run.observed_at] = at

    def _look(self, story: Story, at: int, *, told: bool = False, due_at: datetime | None = None) -> None:
        story.asked_at = max(at, story.asked_at or at)
        if told:
            story.checked_at = max(at, story.checked_at or at)
        if due_at is not None:
            story.due_at = t.to_micros(due_at)
        if story.id not in self._opened:
            self._looked[story.id] = story

    def _compare(self, story: Story, weighed: Weighed, known_at: datetime) -> None:
        """Find the articles that are like a text that this one says for the first time."""
        if not weighed.is_new_text:
            self.clear()
            duplicates.bring_in_step(self.connection, story.id, {weighed.said.id}, known_at, shrunk=False)
            self._until = self._at  # its bands are not among those that were asked for
            return
        signed = self._signed[weighed.said.id]
        if signed is None:
            return
        own, held = duplicates.bands(signed), self._held.bands
        if not held.keys() >= set(own):
            load_bands(self.connection, self._held, [signed])
        has_copies = self._has_copies(story, signed)
        if has_copies:
            self.clear()
            duplicates.bring_in_step(self.connection, story.id, {weighed.said.id}, known_at, shrunk=False)
        for key in own:
            beside = self._bands.setdefault(key, set())
            if not has_copies and story.id not in beside and story.id not in held[key]:
                self._add("lsh_band", key=key, article_id=story.id)
            beside.add(story.id)
        self._texts_of.setdefault(story.id, []).append((story.site, signed))

    def _has_copies(self, story: Story, signed: bytes) -> bool:
        """Say whether an article says what is like this text of another: most that share a band of it do not."""
        own = duplicates.bands(signed)
        beside = set().union(*(self._bands.get(key, ()) for key in own)) - {story.id}
        if any(duplicates.is_copy(duplicates.likeness(signed, other), at_home=site == story.site)
               for article in beside for site, other in self._texts_of[article]):  # fmt: skip
            return True
        others = set().union(*(self._held.bands[key] for key in own)) - {story.id}
        return bool(others) and bool(duplicates.copies_of(self.connection, story.id, story.site, signed))

    # ------------------------------------------------------------------ rows

    def _add(self, table: str, **values: Any) -> dict[str, Any]:
        self._new.setdefault(table, []).append(values)
        return values

    def _url(self, url: str) -> int:
        number = self._held.urls[url]
        if number is None:
            number = self._held.urls[url] = next(self._ids["url"])
            self._add("url", id=number, url=url, surt=surt(url))
        return number

    def _author(self, site: int, name: str) -> int:
        folded = fold_name(name)
        number = self._held.authors.get((site, folded))
        if number is None:
            number = self._held.authors[site, folded] = next(self._ids["author"])
            self._add("author", id=number, site_id=site, name_norm=folded, name=name)
        return number

    def clear(self) -> None:
        """Write what lies on the desk: what points at no record while the records are still compressed."""
        if not self._where:
            return
        for row in self._new.get("content", ()):
            row["body"] = texts.pack(row["body"])
        self._new["article"] = [_opened(story) for story in self._opened.values()]
        self._insert(_APART)
        last = {_stands(story).contents[-1] for story in (*self._opened.values(), *self._derived.values())}
        outlived = {content for content, *_ in self._texts} - last
        said = search.index_contents(self.connection, self._texts, outlived)
        self._write()
        for row, written in self._where:
            row |= {"warc_file_id": written.file, "warc_offset": written.place.offset,
                    "warc_length": written.place.length}  # fmt: skip
        run_each(self.connection, _END, ((*ends, number) for number, ends in self._ends.items()))
        self._insert(_POINTING)
        run_each(self.connection, _DERIVE, map(_derived, self._derived.values()))
        run_each(self.connection, _LOOK, map(_looked, self._looked.values()))
        run_each(self.connection, _LAST_AT, ((at, *run) for run, at in self._last_at.items()))
        seen = sorted(self._profiles.items(), key=itemgetter(0))
        run_each(self.connection, _PROFILE, ((*key, *values.values()) for key, values in seen))
        run_each(self.connection, _ASKED, ((at, url, anyway, at) for url, at, anyway in self._asked))
        search.settle(self.connection, self._changed, said, outlived)
        texts.settle(self.connection, self._changed)
        for article in dict.fromkeys(self._read):
            takedown.hide_if_named(self.connection, article)
        self._lay_out()

    def _insert(self, tables: Sequence[str]) -> None:
        for table in tables:
            found = self._new.get(table, [])
            if table in _SHARED:
                found.sort(key=itemgetter(*_SHARED[table]))
            insert_rows(self.connection, t.metadata.tables[table], found, missing=table == "lsh_band")


# What refers to something comes after it.
_APART = ("url", "author", "picture_list", "source_set", "article", "content", "content_sketch", "lsh_band")
_POINTING = ("capture", "reading", "reading_author", "opt_out", "article_identity", "article_url", "version",
             "counter_reading", "change_log")  # fmt: skip
_SHARED = {"url": ("url",), "author": ("site_id", "name_norm"), "content": ("digest",),
           "picture_list": ("digest",), "source_set": ("digest",),
           "lsh_band": ("key", "article_id")}  # fmt: skip
"""Tables where two writers may want the same row, and what they know it by: in its order, so that neither waits for
the other while the other waits for it."""

_SHORT = dict.fromkeys(("title", "standfirst", *rows.TOLD_ONCE)) | {
    "published_at": None, "published_offset": None, "published_precision": None, "tags": "[]", "profiles": "[]",
    "pending": None,
    "images_id": None, "sources_id": None,
}  # fmt: skip
_VERSION_FIELDS = ("number", "valid_from", "valid_to", "last_seen_at", "first_capture_id", "content_id", "reading_id",
                   "reader_id", "stealth", "cosmetic", "flap", "reverts_to")  # fmt: skip
_END = "UPDATE version SET valid_to = ?, last_seen_at = ? WHERE id = ?"
_DERIVE = (
    "UPDATE article SET head_version_id = ?, head_digest = ?, head_capture_at = ?, head_reading_id = ?, "
    "last_seen_at = ?, changes = ?, changed_at = ?, unchanged = ?, listed_at = ? WHERE id = ?"
)
_LOOK = "UPDATE article SET asked_at = ?, checked_at = ?, due_at = ? WHERE id = ?"
_LAST_AT = (
    "UPDATE counter_reading SET last_at = ? WHERE article_id = ? AND metric = ? AND source = ? AND observed_at = ?"
)
_PROFILE = (
    "INSERT INTO author_profile AS held (author_id, digest, text, language, url, first_seen_at, last_seen_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (author_id, digest) DO UPDATE SET "
    "first_seen_at = CASE WHEN excluded.first_seen_at < held.first_seen_at THEN excluded.first_seen_at "
    "ELSE held.first_seen_at END, last_seen_at = CASE WHEN excluded.last_seen_at > held.last_seen_at "
    "THEN excluded.last_seen_at ELSE held.last_seen_at END"
)
_ASKED = (
    "UPDATE link SET fetched_at = ?, fetched_lastmod = lastmod, tries = 0 "
    "WHERE url_id = ? AND (? OR fetched_at IS NULL OR fetched_at < ?)"
)


def _bare_digests(part: Sequence[Item], held: Collection[bytes]) -> dict[bytes, bytes]:
    """Return the bare digests of new texts, made before records wait: to make one lets the threads that compress go
    first."""
    told = {item.digest: item.reading for item in reversed(part) if isinstance(item, Page)}
    return {digest: bare_digest(reading) for digest, reading in told.items() if digest not in held}


def _unopened(key: str, page: Page, row: dict[str, Any]) -> Story:
    """Return an article that nobody has seen before this page; it has no id yet."""
    return Story(id=0, key=key, site=page.site, first_seen_at=row["fetched_at"])


def _opened(story: Story) -> dict[str, Any]:
    chain = _stands(story)
    return {
        "id": story.id, "key": story.key, "site_id": story.site, "first_seen_at": story.first_seen_at,
        "last_seen_at": t.to_micros(chain.open.last_seen_at), "state": code(t.STATE, t.State.LIVE), "misses": 0,
        "head_version_id": story.head_version_id, "head_digest": story.head_digest,
        "head_capture_at": t.to_micros(chain.at), "head_reading_id": chain.head.reading_id,
        "checked_at": story.checked_at, "due_at": story.due_at, "asked_at": story.asked_at,
        "changes": story.changes, "changed_at": story.changed_at, "unchanged": chain.unchanged,
        "listed_at": story.listed_at,
    }  # fmt: skip


def _derived(story: Story) -> tuple[Any, ...]:
    chain = _stands(story)
    at, last_seen_at = t.to_micros(chain.at), t.to_micros(chain.open.last_seen_at)
    return (story.head_version_id, story.head_digest, at, chain.head.reading_id, last_seen_at, story.changes,
            story.changed_at, chain.unchanged, story.listed_at, story.id)  # fmt: skip


def _looked(story: Story) -> tuple[Any, ...]:
    return (story.asked_at, story.checked_at, story.due_at, story.id)


def _stands(story: Story) -> Settled:
    if story.chain is None:
        raise AssertionError(story.key)
    return story.chain


def _moment(name: str, moment: Moment | None) -> dict[str, Any]:
    """Return the three columns of a date of a page, its time in microseconds."""
    columns = rows.moment_columns(name, moment)
    at = columns[f"{name}_at"]
    return columns | {f"{name}_at": t.to_micros(at) if at is not None else None}

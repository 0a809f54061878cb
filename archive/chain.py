"""The versions of an article, derived from what was observed of it. Pure: observations in, a chain out.

The chain is a fold over the observations in order of (time, record id), so it is the same whatever the order in which
they arrived, and the same again after a rebuild from WARC files.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from archive.tables import FOREVER, Change, State

if TYPE_CHECKING:
    from collections.abc import Iterable

CONFIRM_GONE_AFTER = timedelta(hours=23)
"""A 404 is believed when it is seen again a day later: small sites lose a page for an hour now and then.

An hour less than a day, because a visit started every day at the same minute comes to a page some minutes earlier or
later each time.
"""

FLAP_WITHIN = timedelta(minutes=15)
"""A→B→A within this time is a cache edge serving an old copy, not two edits."""

LEAST_SHARE_OF_WORDS = 0.25
"""A text that shrinks below this share is believed when a second capture shows the same: half pages get served."""


OVER = (State.GONE, State.MERGED)
"""The states of a version that has no text: the article is not at its address any more."""


class Sight(Enum):
    """What one capture shows of an article. A block or an outage shows nothing, so it is no sight."""

    TEXT = auto()  # it was read
    SAME = auto()  # 304: as at the capture before
    ABSENT = auto()  # 404, or what means the same
    REMOVED = auto()  # 410
    MERGED = auto()  # its address redirects to another article that is the same story


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One capture of an article, as far as its versions are concerned."""

    capture_id: int
    record_id: bytes
    at: datetime
    url_id: int
    sight: Sight
    content_id: int | None = None
    bare_digest: bytes | None = None  # equal ones differ in punctuation and case only
    words: int = 0
    walled: bool = False
    modified: datetime | None = None  # as the page says
    reading_id: int | None = None
    reader_id: int | None = None
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A version as derived: the article read so from ``valid_from``, and last at ``last_seen_at``."""

    number: int
    valid_from: datetime
    valid_to: datetime
    last_seen_at: datetime
    prev_last_seen_at: datetime | None
    first_capture_id: int
    content_id: int | None
    reading_id: int | None
    reader_id: int | None
    state: State
    change: Change
    stealth: bool = False
    cosmetic: bool = False
    flap: bool = False
    reverts_to: int | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """All versions of an article, whether its last look-up found nothing, and how long it has been stable."""

    spans: tuple[Span, ...]
    missing: bool
    misses: int
    unchanged: int  # looks since the open version began that found the same
    head: Observation | None = None  # the text seen last, where a later look needs no other: see :class:`Settled`

    @property
    def edits(self) -> tuple[Span, ...]:
        """The versions that changed a text."""
        return tuple(span for span in self.spans if span.change is Change.REVISED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Where a chain stands that ends with a text: no 404 waits to be confirmed, no shorter text to be seen again.

    What comes later can be added to it without the observations before.
    """

    contents: tuple[int | None, ...]  # of all versions, in order
    open: Span
    head: Observation  # newest text that made or confirmed the open version
    at: datetime  # of the last observation
    unchanged: int


_STATES = {Change.GONE: State.GONE, Change.MERGED: State.MERGED, Change.RESTORED: State.RESTORED}


@dataclass(slots=True)
class _Fold:
    spans: list[Span] = field(default_factory=list)
    contents: list[int | None] = field(default_factory=list)  # of all versions, those before ``spans`` too
    head: Observation | None = None  # newest text that made or confirmed the open version
    absent: list[Observation] = field(default_factory=list)  # 404s since the article was last seen
    doubted: Observation | None = None  # a much shorter text, seen once
    unchanged: int = 0  # looks since the open version began

    @property
    def is_settled(self) -> bool:
        return bool(self.spans) and self.spans[-1].state not in OVER and not self.absent and self.doubted is None

    def take(self, seen: Observation) -> None:
        if seen.sight is Sight.TEXT:
            self._text(seen)
        elif not self.spans:
            return  # nothing is known yet that could be unchanged or gone
        elif seen.sight is Sight.SAME:
            self._same(seen)
        elif self.head is not None and seen.url_id != self.head.url_id:
            return  # an old address may die: the story moved
        elif seen.sight is Sight.MERGED:
            self._merged(seen)
        else:
            self._removal(seen)

    # -- what each sight does

    def _text(self, seen: Observation) -> None:
        last = self.spans[-1] if self.spans else None
        if last is not None and last.state not in OVER and seen.content_id != last.content_id:
            if self._worse(seen):
                self.absent = []  # not believed, but served: the page is there
                return
            first = seen
            if self.doubted is not None and self.doubted.content_id == seen.content_id:
                first = self.doubted  # valid since it was first seen, believed now
            self._append(first, self._revised(last, seen))
        elif last is None:
            self._append(seen, Change.NEW)
        elif last.state in OVER:
            self._append(seen, Change.RESTORED)
        self._seen(seen.at)
        self.head = seen

    def _same(self, seen: Observation) -> None:
        if self.doubted is not None and seen.url_id == self.doubted.url_id:
            # What was served last is what has not changed since: the short text, seen a second time.
            self._text(replace(self.doubted, capture_id=seen.capture_id, at=seen.at, is_full=False))
            return
        if self.spans[-1].state in OVER and self.head is not None:
            self._append(replace(self.head, capture_id=seen.capture_id, at=seen.at, is_full=False), Change.RESTORED)
        self._seen(seen.at)

    def _merged(self, seen: Observation) -> None:
        if self.spans[-1].state is not State.MERGED:
            self._append(seen, Change.MERGED)
        self._seen(seen.at)

    def _removal(self, seen: Observation) -> None:
        if self.spans[-1].state in OVER:
            self._seen(seen.at)
            return
        self.absent.append(seen)
        if seen.sight is Sight.REMOVED or seen.at - self.absent[0].at >= CONFIRM_GONE_AFTER:
            first = self.absent[0]
            self._append(first, Change.GONE)
            self._seen(seen.at)

    # -- helpers

    def _worse(self, seen: Observation) -> bool:
        """Say whether this text must not replace the open one; remember it if a second sight would convince."""
        head = self.head
        if head is None:
            return False
        if seen.walled and not head.walled and seen.words < head.words:
            return True
        if seen.words >= LEAST_SHARE_OF_WORDS * head.words:
            return False
        if self.doubted is not None and self.doubted.content_id == seen.content_id:
            return False
        self.doubted = seen
        return True

    def _revised(self, last: Span, seen: Observation) -> dict[str, object]:
        head = self.head
        before = head.modified if head is not None else None
        admitted = seen.modified is not None and (before is None or seen.modified > before)
        earlier = [number for number, content in enumerate(self.contents, start=1) if content == seen.content_id]
        back_at_once = len(self.contents) > 1 and self.contents[-2] == seen.content_id
        return {
            "change": Change.REVISED,
            "stealth": not admitted,
            "cosmetic": head is not None and head.bare_digest == seen.bare_digest,
            "reverts_to": earlier[-1] if earlier else None,
            "flap": back_at_once and seen.at - last.valid_from <= FLAP_WITHIN,
        }

    def _append(self, first: Observation, what: Change | dict[str, object]) -> None:
        labels: dict[str, object] = what if isinstance(what, dict) else {"change": what}
        change = Change(str(labels["change"]))
        state = _STATES.get(change, State.LIVE)
        over = state in OVER
        last = self.spans[-1] if self.spans else None
        at = first.at
        if last is not None:
            at = max(at, last.valid_from + timedelta(microseconds=1))  # equal instants keep their order
            self.spans[-1] = replace(last, valid_to=at)
        self.contents.append(None if over else first.content_id)
        self.spans.append(
            Span(
                number=len(self.contents),
                valid_from=at,
                valid_to=FOREVER,
                last_seen_at=first.at,
                prev_last_seen_at=last.last_seen_at if last else None,
                first_capture_id=first.capture_id,
                content_id=self.contents[-1],
                reading_id=None if over else first.reading_id,
                reader_id=None if over else first.reader_id,
                state=state,
                **labels,  # type: ignore[arg-type]  # the keys and types are those of Span, written just above
            )
        )
        self.unchanged = -1  # the look that began it is none that found the same

    def _seen(self, at: datetime) -> None:
        last = self.spans[-1]
        self.unchanged += 1
        self.spans[-1] = replace(last, last_seen_at=max(at, last.last_seen_at))
        self.absent = []
        self.doubted = None


def derive(observations: Iterable[Observation]) -> Chain:
    """Return the versions that these observations of one article make, in whatever order they are given."""
    ordered = sorted(observations, key=lambda seen: (seen.at, seen.record_id))
    fold = _Fold()
    for seen in ordered:
        fold.take(seen)
    spans = tuple(_with_full_reading(span, ordered) for span in fold.spans)
    return Chain(spans, missing=bool(fold.absent), misses=len(fold.absent), unchanged=fold.unchanged,
                 head=fold.head if fold.is_settled else None)  # fmt: skip


def append(chain: Settled, seen: Observation) -> tuple[Settled, Span | None] | None:
    """Return where a chain stands after one more look, and the version that began with it, if one did.

    The same as :func:`derive` says of all observations. None where only they can tell: the look is not later than all
    others, the chain is not settled after it, or a version may be told best by another reading than its first.
    """
    if seen.sight not in (Sight.TEXT, Sight.SAME) or seen.at <= max(chain.at, chain.open.valid_from):
        return None
    fold = _Fold([chain.open], list(chain.contents), chain.head, unchanged=chain.unchanged)
    fold.take(seen)
    began = fold.spans[-1] if len(fold.spans) > 1 else None
    if not fold.is_settled or fold.head is None or (began is not None) != seen.is_full:
        return None
    after = Settled(contents=tuple(fold.contents), open=fold.spans[-1], head=fold.head, at=seen.at,
                    unchanged=fold.unchanged)  # fmt: skip
    return after, began


def begin(seen: Observation) -> Settled:
    """Return the chain of an article whose first text this is."""
    fold = _Fold()
    fold.take(seen)
    return Settled(contents=tuple(fold.contents), open=fold.spans[0], head=seen, at=seen.at, unchanged=fold.unchanged)


def _with_full_reading(span: Span, ordered: list[Observation]) -> Span:
    """Point a version at the full reading of its content: its own first, else the nearest before, else after.

    A reading that only repeats the open version is kept short, and a late capture may make such a one the first.
    """
    full = [seen for seen in ordered if seen.is_full and seen.content_id == span.content_id]
    if span.content_id is None or not full:
        return span
    inside = [seen for seen in full if span.valid_from <= seen.at < span.valid_to]
    before = [seen for seen in full if seen.at < span.valid_from]
    best = inside[0] if inside else before[-1] if before else full[0]
    return replace(span, reading_id=best.reading_id, reader_id=best.reader_id)

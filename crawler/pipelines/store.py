"""Tells the archive, and counts what it made of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from archive import ArchiveError, Outcome, ToSave, reading_digest
from crawler.extensions import visit_of
from crawler.revisits import Found, due_at

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from scrapy.crawler import Crawler

    from archive import Capture, Known, Reading
    from crawler.extensions import Visit
    from crawler.items import Item

logger = logging.getLogger(__name__)

# What an editor or archivist wants to see go by; the rest is in the summary.
_WORTH_A_LINE = (Outcome.REVISED, Outcome.STEALTH, Outcome.RENAMED, Outcome.RESTORED)

_SHOWN = 60  # characters of a value before and after a reread


class StorePipeline:
    """Saves every item, with those that come with it. A page that could not be read is saved too, with the reason."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    async def process_item(self, item: Item) -> Item:
        """Save an item; an archive that takes no more ends the run."""
        visit = visit_of(self.crawler)
        if visit.is_lost:
            raise DropItem("store lost", log_level="DEBUG")
        try:
            outcome = self._reread(item) if item.is_reread else await self._save(visit, item)
        except ArchiveError as error:
            visit.lost(error)
            raise DropItem("store lost", log_level="DEBUG") from error
        visit.stored(item.site, outcome)
        if outcome is Outcome.BLOCKED and item.capture.status == 200:
            visit.challenged()
        if item.reading is not None and item.reading.outcome == "read":
            visit.read(item.reading.access, item.reading.language)
        self._say(item, outcome)
        return item

    async def _save(self, visit: Visit, item: Item) -> Outcome:
        """Save the page, then what it means for the story that was asked for, where it is another one's."""
        known, told = item.known, [ToSave(item.capture, item.reading, item.article, _due_at(item))]
        looked = known if item.left is None and known is not None and item.article != known.article else None
        if item.left is not None:
            article = item.article if item.left.outcome == "merged" else known.article if known else None
            told.append(ToSave(item.hops[0], item.left, article, look_again(item.hops[0], item.left, known)))
        outcome, *left = await visit.group.save(told, is_last=looked is not None)
        for each in left:
            visit.stored(item.site, each)
        if looked is not None:
            visit.archive.look_again(looked.article, due_at(item.capture.fetched_at, looked.published, looked))
        return outcome

    def _reread(self, item: Item) -> Outcome:
        """Put the new reading in the place of the old one, or in a dry run only say what would differ."""
        visit, reading = visit_of(self.crawler), item.reading
        if reading is None:
            return Outcome.KEPT
        differences = visit.archive.differences(item.capture, reading)
        for field, (before, now) in differences.items():
            visit.differs(field)
            logger.info("%s: %s: %s → %s: %s", item.site.name, field, _short(before), _short(now), item.capture.url)
        if getattr(self.crawler.spider, "dry", False):
            return Outcome.REREAD if differences else Outcome.KNOWN
        captured = replace(item.capture, visit=visit.begin(item.site))
        return visit.archive.reread(captured, reading, article=item.article)

    def _say(self, item: Item, outcome: Outcome) -> None:
        name, url, reading = item.site.name, item.capture.url, item.reading
        if reading is not None and reading.outcome in ("absent", "blocked", "merged"):
            logger.info("%s: %s: %s: %s", name, reading.outcome, reading.reason, url)
        elif reading is not None and reading.outcome != "read":
            reason = reading.reason or reading.outcome.replace("_", " ")
            visit_of(self.crawler).unread(reason)
            level = logging.INFO if reading.outcome == "not_article" else logging.WARNING
            logger.log(level, "%s: %s: %s", name, reason, url)
        elif item.capture.status is not None and item.capture.status >= 400:
            logger.info("%s: answered %d: %s", name, item.capture.status, url)
        else:
            level = logging.INFO if outcome in _WORTH_A_LINE else logging.DEBUG
            logger.log(level, "%s: %s: %s", name, outcome, url)


def _short(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _due_at(item: Item) -> datetime:
    is_known = item.known is not None and item.article == item.known.article
    return look_again(item.capture, item.reading, item.known if is_known else None)


def look_again(capture: Capture, reading: Reading | None, known: Known | None) -> datetime:
    """Return when to ask again. An answer that says nothing of the story counts as one that found it the same."""
    published = known.published if known else None
    if reading is not None and reading.published is not None:
        published = reading.published.at
    return due_at(capture.fetched_at, published, known, _found(capture, reading, known))


def _found(capture: Capture, reading: Reading | None, known: Known | None) -> Found:
    if reading is None:
        return Found.ABSENT if capture.status in (404, 410) else Found.SAME
    if reading.outcome == "absent":
        return Found.ABSENT
    is_other = reading.outcome == "read" and (known is None or known.digest != reading_digest(reading))
    return Found.CHANGED if is_other else Found.SAME

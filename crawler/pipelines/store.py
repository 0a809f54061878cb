"""Tells the archive, and counts what it made of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from archive import ArchiveError, Outcome, reading_digest
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
    """Saves every item. A page that could not be read is saved too, with the reason beside it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_item(self, item: Item) -> Item:
        """Save an item; an archive that takes no more ends the run."""
        visit = visit_of(self.crawler)
        if visit.is_lost:
            raise DropItem("store lost", log_level="DEBUG")
        try:
            outcome = self._reread(item) if item.is_reread else self._save(visit, item)
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

    def _save(self, visit: Visit, item: Item) -> Outcome:
        """Save the page, then what it means for the story that was asked for, where it is another one's."""
        archive, known = visit.archive, item.known
        is_known = known is not None and item.article == known.article
        outcome = archive.save(
            item.capture, item.reading, article=item.article,
            due_at=look_again(item.capture, item.reading, known if is_known else None),
        )  # fmt: skip
        if item.left is not None:
            article = item.article if item.left.outcome == "merged" else known.article if known else None
            left = archive.save(item.hops[0], item.left, article=article,
                                due_at=look_again(item.hops[0], item.left, known))  # fmt: skip
            visit.stored(item.site, left)
        elif known is not None and not is_known:
            archive.look_again(known.article, due_at(item.capture.fetched_at, known.published, known))
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

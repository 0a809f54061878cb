"""Which article a reading belongs to. Decides identity and links copies; never drops anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from archive import Reading, reading_digest
from crawler.discovery.links import clean
from crawler.extensions import visit_of
from crawler.reading import READER

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from archive import Known
    from crawler.items import Item

# So many other stories of a site at whose pages one text was read: it is what the site says when it has nothing to say.
_SAME_EVERYWHERE = 2


class DeduplicatePipeline:
    """Asks the archive for the article's key, and counts texts that another article carries word for word.

    A story that was asked for and led elsewhere is decided here too: it was renamed, merged with another article, or is
    as absent as a 404 would make it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_item(self, item: Item) -> Item:
        """Return the item with its article's key; one without an article has the key of the one that was asked for.

        A story that nobody asked for has none if its text is new: the archive resolves it with those it is saved with.
        """
        if item.is_reread and item.article is not None:
            return item  # whose story it is was decided when it came
        if item.reading is not None and item.reading.outcome == "read":
            return self._read(item)
        item = replace(item, article=item.known.article if item.known else None)
        if item.reading is None and item.known is not None and 300 <= (item.capture.status or 0) < 400:
            visit_of(self.crawler).group.settle()
            return self._led_to_known(item, item.known)
        return replace(item, left=left_behind(item)) if item.hops else item

    def _read(self, item: Item) -> Item:
        visit, reading, known = visit_of(self.crawler), item.reading, item.known
        assert reading is not None  # noqa: S101  # process_item() looked
        if known is not None or visit.group.has_text(reading):
            visit.group.settle()
        if known is not None and self._is_everywhere(item, reading):
            why = "soft 404: the same text as at other addresses"
            return replace(item, reading=_judged("absent", why), article=known.article)
        copies = visit.archive.copies(reading)
        if known is None and not copies:
            return item
        visit.group.settle()
        article = visit.archive.resolve(item.site.name, item.capture, reading, asked_for=_led_here(item))
        if any(key != article for key in copies):
            visit.copied()
        if known is None or article == known.article:
            return replace(item, article=article)
        return self._led_to_another(item, known, reading, article)

    def _is_everywhere(self, item: Item, reading: Reading) -> bool:
        known = item.known
        if known is None or known.digest is None or known.digest == reading_digest(reading):
            return False
        return visit_of(self.crawler).archive.told_by(item.site.name, reading) >= _SAME_EVERYWHERE

    def _led_to_another(self, item: Item, known: Known, reading: Reading, article: str) -> Item:
        """Decide what became of a story whose address now shows another article."""
        archive = visit_of(self.crawler).archive
        if item.hops:
            is_same = archive.same_story(known.article, reading)
            return replace(item, article=article, left=_merged() if is_same else _another())
        if archive.same_stories(known.article, article):
            return replace(item, article=article, reading=_merged())
        return replace(item, article=article)

    def _led_to_known(self, item: Item, known: Known) -> Item:
        """Decide what a redirect to a story that the archive knows means for the one that was asked for."""
        archive = visit_of(self.crawler).archive
        target = clean(urljoin(item.capture.url, item.capture.header("location") or ""))
        other = archive.known(item.site.name, [target]).get(target)
        if other is None or other.article == known.article:
            return item
        if archive.same_stories(known.article, other.article):
            return replace(item, article=other.article, reading=_merged())
        return replace(item, reading=_another())


def _led_here(item: Item) -> str | None:
    """Return the article that was asked for, where its address redirected to this page."""
    return item.known.article if item.known and item.hops else None


def left_behind(item: Item) -> Reading | None:
    """Return what a redirect means that ended at a page without a story; None where that page says nothing."""
    reading, status = item.reading, item.capture.status
    if status in (404, 410) and (reading is None or reading.outcome == "absent"):
        return _judged("absent", "redirected to an address that is not there")
    if reading is None:
        return None
    if reading.outcome == "absent":
        return _judged("absent", f"redirected: {reading.reason}")
    if reading.outcome == "not_article":
        return _judged("absent", "redirected to a page without a story")
    return None


def _merged() -> Reading:
    return _judged("merged", "its address leads to another article that is the same story")


def _another() -> Reading:
    return _judged("absent", "redirected to another story")


def _judged(outcome: str, why: str) -> Reading:
    return Reading(reader=READER, outcome=outcome, reason=why)

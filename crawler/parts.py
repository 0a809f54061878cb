"""Fetches the further pages of a story, so that it is read as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from archive import Kind
from crawler.extensions import visit_of
from crawler.pages import not_a_page
from crawler.stories import is_fault, why

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from archive import Capture

# A part belongs to a story that is being read: it does not wait behind those that are not.
_AT_ONCE = 1_000_000


class PartMissingError(Exception):
    """A further page was not answered, so the story cannot be read whole; the message says why."""


async def fetch_part(crawler: Crawler, url: str, story: Capture) -> Capture | None:
    """Return the capture of a story's further page; None where there is no such page, or we may not ask for it.

    Raises PartMissingError where there may be one: the story read without it would look cut.
    """
    visit, engine = visit_of(crawler), crawler.engine
    assert engine is not None  # noqa: S101  # the story was fetched with it
    try:
        response = await engine.download_async(Request(url, priority=_AT_ONCE))
    except IgnoreRequest as refused:
        visit.skipped(why(refused))
        return None
    except Exception as error:
        if is_fault(error):
            raise
        raise PartMissingError(f"a further page was not answered: {why(error)}") from error
    capture: Capture = response.meta["capture"]
    if capture.status in (404, 410) or not_a_page(capture) or capture.url in (story.url, story.url.rstrip("/")):
        return None
    if capture.kind is not Kind.RESPONSE or capture.status != 200:
        raise PartMissingError(f"a further page answered {capture.status}")
    if capture.truncated:
        raise PartMissingError(f"a further page is cut off: {capture.truncated}")
    return capture

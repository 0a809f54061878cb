"""What travels through the pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive import Capture, Known, Reading
    from crawler.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A capture on its way into the archive: first alone, then with what was read on it and whose story it is."""

    capture: Capture
    site: Site
    known: Known | None = None  # the article that was asked for again
    rendering: Capture | None = None  # the page as a browser shows it: read instead of what came
    hops: tuple[Capture, ...] = ()  # the redirects that led here
    reading: Reading | None = None
    article: str | None = None  # key of the article that was read; of a merged one, of the other; else of the known one
    left: Reading | None = None  # what the first redirect means for the story that was asked for
    is_reread: bool = False  # a capture that the archive had and that is read again

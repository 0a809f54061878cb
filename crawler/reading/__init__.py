"""Page in, reading out: what a person reads on a news page, in the archive's words.

Pure functions: no network, no clock, no settings, no database. ``read`` serves the crawl, the tests, the command
``python -m crawler.reading`` and a reread of old captures; ``read_capture`` is the same for a pool of processes and
never raises.
"""

import gc
from importlib.metadata import version

from archive.records import Reader
from crawler.reading.page import Page
from crawler.reading.words import digest

READER = Reader(name="hemeroteca", version=version("hemeroteca"), config_digest=digest())

from crawler.reading.article import read, read_capture  # noqa: E402  # they sign their readings with READER


def warm_up() -> None:
    """Set a process up that does nothing but read pages: to be called once, when it starts.

    A page is some thousand small objects that are freed together when it is let go (nothing on it is part of a cycle):
    looking for garbage among them costs a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


__all__ = ["READER", "Page", "read", "read_capture", "warm_up"]

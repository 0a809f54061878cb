"""The demo newsroom: five invented regional papers on the loopback, for the demo, the tests and the benchmarks.

``Newsroom`` makes the stories and holds the clock, ``Newsroom.serve`` puts them on the air, ``Newsroom.truth`` and
``Newsroom.versions`` say what an archive of them must contain.
"""

from tests.newsroom.control import Control
from tests.newsroom.newsroom import START, Newsroom
from tests.newsroom.papers import PAPERS, Author, Paper
from tests.newsroom.plans import KINDS, LIVELY, STILL, Event, Plan, Quota
from tests.newsroom.server import Request, Server
from tests.newsroom.stories import Profile, Story, StoryTruth, VersionTruth

__all__ = [
    "KINDS",
    "LIVELY",
    "PAPERS",
    "START",
    "STILL",
    "Author",
    "Control",
    "Event",
    "Newsroom",
    "Paper",
    "Plan",
    "Profile",
    "Quota",
    "Request",
    "Server",
    "Story",
    "StoryTruth",
    "VersionTruth",
]

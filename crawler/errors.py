"""What can go wrong, and how far it reaches: this page, this site, or the run.

* CrawlerError
  x SiteFileError      a site file is wrong: that site cannot start; the message names file and key
  x ArgumentError      a spider argument (-a) is wrong: refuse to start
  x ReadingError       this page cannot be read: keep the capture, count it, go on
  x ListingError       this listing cannot be read: count it, go on with the others
  x FixtureError       a page with its truth cannot be used: fail that test, name the file
  x SurveyError        no site file can be made of what a site answers: say why
"""


class CrawlerError(Exception):
    """Anything of ours that goes wrong while crawling."""


class SiteFileError(CrawlerError):
    """A site file is wrong. The message names the file, the key and what is expected, a line for each fault."""


class ArgumentError(CrawlerError):
    """A spider argument is wrong. The message names it and what is expected."""


class ReadingError(CrawlerError):
    """A page cannot be read as an article. ``outcome`` is the reading's outcome, the message its reason."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


class ListingError(CrawlerError):
    """A feed or sitemap cannot be read; the message says what came instead."""


class FixtureError(CrawlerError):
    """A page with its truth cannot be used. The message names the file and what to do."""


class SurveyError(CrawlerError):
    """No site file can be made of what a site answers. The message says why, and what to do."""

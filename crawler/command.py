"""What our commands share: quiet parts of Scrapy, one line when something is wrong, where site files lie.

Not in ``crawler.commands``: Scrapy takes every class in there for a command.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand

from archive import Archive, NoArchiveError
from crawler.commands.crawl import prepare
from crawler.errors import CrawlerError, FixtureError
from crawler.loader import OWN_SITES, named_folders
from crawler.report import USAGE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scrapy.settings import BaseSettings

    from crawler.survey import Asker

PROJECT = OWN_SITES.parent.parent
_IS_CHECKOUT = (PROJECT / "scrapy.cfg").exists()


class SiteCommand(ScrapyCommand):
    """A command about site files: what goes wrong is one line on standard error and a status that is not 0."""

    requires_project = True

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take Scrapy's options, as `scrapy crawl` does."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101  # set by scrapy.cmdline
        prepare(self.settings, chatty=opts.loglevel is not None)

    def say(self, line: str = "") -> None:
        """Print a line of the answer."""
        sys.stdout.write(f"{line}\n")

    def fail(self, why: str, status: int = USAGE) -> None:
        """Say why and set the exit status."""
        self.exitcode = status
        sys.stderr.write(f"{why}\n")

    @contextmanager
    def archive(self) -> Iterator[Archive | None]:
        """Open the operator's archive for asking; None where there is none yet."""
        assert self.settings is not None  # noqa: S101  # set by scrapy.cmdline
        home = Path(self.settings["HEMEROTECA_HOME"]).expanduser()
        try:
            archive = Archive(home, database=self.settings["HEMEROTECA_DATABASE"] or None, readonly=True)
        except NoArchiveError:
            yield None
            return
        with archive:
            yield archive

    def ask(self, spider: type[Asker], **arguments: Any) -> Any:
        """Run one asking spider to its end and return what it found; raise CrawlerError saying why nothing.

        It travels the road of a visit, guards, robots.txt and delays included, with an archive that is thrown away.
        """
        settings, process = self.settings, self.crawler_process
        assert settings is not None  # noqa: S101  # set by scrapy.cmdline
        assert process is not None  # noqa: S101  # as above
        with tempfile.TemporaryDirectory(prefix="hemeroteca-") as home:
            aside = {"HEMEROTECA_HOME": home, "HEMEROTECA_DATABASE": "", "VISIT_REPORT": "none",
                     "VISIT_PROGRESS": 0}  # fmt: skip
            for name, value in aside.items():
                settings.set(name, value, "cmdline")
            crawler = process.create_crawler(spider)
            process.crawl(crawler, **arguments)
            process.start()
        ended = crawler.spider
        if ended is None or (ended.found is None and ended.error is None):  # type: ignore[attr-defined]  # an Asker
            raise CrawlerError(f"{arguments['url']}: ended without an answer; the log says why")
        if ended.error is not None:  # type: ignore[attr-defined]  # an Asker
            raise ended.error  # type: ignore[attr-defined]  # an Asker
        return ended.found  # type: ignore[attr-defined]  # an Asker


def folder_for(settings: BaseSettings, given: str | None) -> Path:
    """Return the folder that a new site file goes to: the one given, the operator's own, that of a checkout."""
    if given:
        return Path(given).expanduser()
    if named := named_folders(settings):
        return named[0]
    if _IS_CHECKOUT:
        return OWN_SITES
    raise CrawlerError("where should the site file go? Name a folder with --folder or HEMEROTECA_SITES")


def fixture_folders(settings: BaseSettings, site_file: Path) -> list[Path]:
    """Return where the fixtures of a site file lie, the place of new ones first: beside it.

    Those of the package's own files lie in the operator's folders, or below ``tests/sites`` of a checkout.
    """
    if OWN_SITES not in site_file.parents:
        return [site_file.with_suffix("")]
    roots = [*named_folders(settings), *([PROJECT / "tests" / "sites"] if _IS_CHECKOUT else [])]
    if not roots:
        raise FixtureError(f"{site_file}: where do its fixtures lie? Name a folder with HEMEROTECA_SITES")
    return [root / site_file.parent.name / site_file.stem for root in roots]

"""`scrapy record URL`: keep one page as a fixture of its site, with a draft of its truth for a person to review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive import ArchiveError
from crawler.command import SiteCommand, fixture_folders
from crawler.errors import CrawlerError, FixtureError
from crawler.fixtures import draft, write_fixture
from crawler.loader import SiteLoader
from crawler.pages import charset
from crawler.reading import read_capture
from crawler.screen import reading_lines
from crawler.survey import Asker

if TYPE_CHECKING:
    import argparse

    from archive import Capture, Reading
    from crawler.site import Site


class PageSpider(Asker):
    """Asks for one page of a site, politely."""

    def __init__(self, url: str, site: Site, **other: Any) -> None:
        self.url, self.site = url, site
        super().__init__(name=site.name, **other)

    async def work(self) -> tuple[Capture, Reading]:
        """Return the page as captured and as read."""
        return await self.page(self.url)


class Command(SiteCommand):
    """Records one page. 0 written, 2 not: the line on standard error says why."""

    def syntax(self) -> str:
        """Return what follows the command's name."""
        return "[options] URL"

    def short_desc(self) -> str:
        """Return what `scrapy` lists beside the command."""
        return "Keep one page as a fixture of its site, with its truth drafted"

    def long_desc(self) -> str:
        """Return what `scrapy record -h` says."""
        return (
            "Fetch one page (or take it from the archive), keep it as served beside the site's file, and draft what is "
            "true of it. The draft fails until a person has compared it with the page. "
            "Example: scrapy record https://panublion.example/2026/05/flood/ --from-archive"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add which site, and from where."""
        super().add_options(parser)
        parser.add_argument("--site", metavar="NAME", help="the site it belongs to, if its host does not say")
        parser.add_argument("--from-archive", action="store_true", help="the newest page in the archive; asks nobody")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take the page, draft, write, show."""
        try:
            if len(args) != 1:
                raise CrawlerError("name one page: scrapy record https://panublion.example/2026/05/flood/")
            self._record(args[0], opts.site, from_archive=opts.from_archive)
        except (CrawlerError, ArchiveError, OSError) as error:
            self.fail(f"record: {error}")
        except KeyError as error:
            self.fail(f"record: {error.args[0]}")

    def _record(self, url: str, name: str | None, *, from_archive: bool) -> None:
        assert self.settings is not None  # noqa: S101  # set by scrapy.cmdline
        loader = SiteLoader(self.settings)
        site = loader.site(name) if name else only(loader.sites_at(url), url)
        path = loader.path(site.name)
        assert path is not None  # noqa: S101  # a site came from its file
        kept = self._archived(url)
        if from_archive:
            if kept is None:
                raise FixtureError(f"{url}: the archive has no whole page of this address; leave out --from-archive")
            capture = kept
            reading = read_capture(capture.payload, url, charset(capture), capture.fetched_at, site)
        else:
            capture, reading = self.ask(PageSpider, url=url, site=site)
        folder = fixture_folders(self.settings, path)[0]
        fixture = write_fixture(folder, capture, draft(capture, reading, charset(capture)))
        for line in reading_lines(capture.url, reading):
            self.say(line)
        self.say(f"\nfixture    {fixture.path}")
        self.say(f'Next: compare it with the page, set "reviewed": true, then  make site SITE={site.name}')

    def _archived(self, url: str) -> Capture | None:
        """Return the newest page the archive has, if any; raise FixtureError for one that was taken down."""
        with self.archive() as archive:
            if archive is None:
                return None
            if archive.denied(url):
                raise FixtureError(f"{url}: taken down: it is neither asked for nor kept")
            return archive.newest_page(url)


def only(sites: list[Site], url: str) -> Site:
    """Return the one site of a host; raise FixtureError where there is none or more than one."""
    if len(sites) != 1:
        names = ", ".join(site.name for site in sites)
        said = f"several sites are on its host: {names}" if sites else "no site file covers its host"
        raise FixtureError(f"{url}: {said}; name one with --site")
    return sites[0]

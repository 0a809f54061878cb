"""`scrapy newsite URL`: look at a site politely, write its site file and a first fixture, show what would be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.command import SiteCommand, fixture_folders, folder_for
from crawler.errors import CrawlerError, SurveyError
from crawler.fixtures import draft, write_fixture
from crawler.loader import SiteLoader
from crawler.newsite import Survey, name_for, site_text
from crawler.pages import charset
from crawler.screen import reading_lines
from crawler.site import is_stem, load_site
from crawler.sitefile import checked
from crawler.survey import SurveySpider, Told

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


class Command(SiteCommand):
    """Makes a site file of a dozen polite requests. 0 written, 2 not: the line on standard error says why."""

    def syntax(self) -> str:
        """Return what follows the command's name."""
        return "[options] URL"

    def short_desc(self) -> str:
        """Return what `scrapy` lists beside the command."""
        return "Look at a news site and write its site file and a first fixture"

    def long_desc(self) -> str:
        """Return what `scrapy newsite -h` says."""
        return (
            "Ask a news site a dozen questions (robots.txt, front page, wp-json, feeds, sitemaps, stories), write "
            "its site file with the source of every fact, keep one story as a fixture for a person to review, and "
            "print what would be read. Example: scrapy newsite https://panublion.example/ --country PH"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what the operator knows better."""
        super().add_options(parser)
        parser.add_argument("--name", default="", help="name of the spider; else made from the domain")
        parser.add_argument("--title", help="the paper's own name, if the site gets it wrong")
        parser.add_argument("--country", metavar="CC", help="two capitals of ISO 3166-1, like PH")
        parser.add_argument("--timezone", metavar="ZONE", help="IANA zone of the newsroom, like Asia/Manila")
        parser.add_argument("--folder", help="folder of site files; else HEMEROTECA_SITES, else this checkout")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look, write, show."""
        try:
            if len(args) != 1:
                raise CrawlerError("name one site: scrapy newsite https://panublion.example/")
            told = Told(
                name=opts.name, title=opts.title, country=(opts.country or "").upper() or None, timezone=opts.timezone
            )
            self._make(args[0], told, opts.folder)
        except (CrawlerError, OSError) as error:
            self.fail(f"newsite: {error}")

    def _make(self, url: str, told: Told, given: str | None) -> None:
        assert self.settings is not None  # noqa: S101  # set by scrapy.cmdline
        check(url, told)
        folder = folder_for(self.settings, given)
        loader = SiteLoader(self.settings)
        _refuse_known(loader, url, told.name)
        survey: Survey = self.ask(SurveySpider, url=url, told=told)
        name = told.name or name_for(survey.url, survey.title.value)
        _refuse_known(loader, survey.url, name)  # it may have led us to another host
        path = folder / survey.country.value.lower() / f"{name}.toml"
        if path.exists():
            raise SurveyError(f"{path}: is there already; nothing is written")
        self._write(path, survey)
        self._show(path, survey)

    def _write(self, path: Path, survey: Survey) -> None:
        capture, _ = survey.samples[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(site_text(survey, capture.fetched_at.date()), encoding="utf-8")

    def _show(self, path: Path, survey: Survey) -> None:
        assert self.settings is not None  # noqa: S101  # set by scrapy.cmdline
        site = load_site(path)
        capture, reading = survey.samples[0]
        folder = fixture_folders(self.settings, path)[0]
        fixture = write_fixture(folder, capture, draft(capture, reading, charset(capture)))
        self.say(path.read_text("utf-8"))
        for taken, read in survey.samples:
            for line in reading_lines(taken.url, read):
                self.say(line)
            self.say()
        self.say(f"site file  {path}")
        self.say(f"fixture    {fixture.path}")
        if SiteLoader(self.settings).path(site.name) is None:
            self.say(f"\nScrapy does not look there yet: export HEMEROTECA_SITES={path.parent.parent}")
        self.say(f"""
Next: open the story in a browser, compare it with the fixture's .json, correct what is wrong, set "reviewed": true.
Then  make site SITE={site.name}  and  scrapy crawl {site.name} -a limit=20""")


def _refuse_known(loader: SiteLoader, url: str, name: str) -> None:
    if there := loader.sites_at(url):
        path = loader.path(there[0].name)
        raise SurveyError(f"{url}: is there already: {path}; to change it, copy it to your own folder of site files")
    if taken := loader.path(name):
        raise SurveyError(f"{name}: taken by {taken}; give another name with --name; nothing is written")


def check(url: str, told: Told) -> None:
    """Raise SurveyError for what cannot become a site file, before anything is asked."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise SurveyError(f"{url}: not a web address; write it as https://panublion.example/")
    if told.name and not is_stem(told.name):
        raise SurveyError(f"--name {told.name}: only a-z, 0-9 and -")
    values: dict[str, Any] = {"country": told.country, "timezone": told.timezone, "url": url}
    _, faults = checked({key: value for key, value in values.items() if value is not None})
    for key, fault in faults:
        if key in values and not fault.startswith("missing"):
            raise SurveyError(f"--{key}: {fault}")

"""`scrapy sites [NAME]`: the site files and what is known of them; of one, whether it still reads its fixtures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from archive import ArchiveError
from crawler.command import SiteCommand, fixture_folders
from crawler.confirm import CONFIRMED, SITE_FILE, layout_advice
from crawler.errors import CrawlerError
from crawler.fixtures import disagreements, load_fixture
from crawler.loader import SiteLoader
from crawler.screen import reading_lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.site import Site

DISAGREES = 1


class Command(SiteCommand):
    """Lists site files, or checks one. 0 well, 1 a fixture disagrees or awaits its review, 2 the file is wrong."""

    def syntax(self) -> str:
        """Return what follows the command's name."""
        return "[options] [NAME]"

    def short_desc(self) -> str:
        """Return what `scrapy` lists beside the command."""
        return "List the site files; check one and read its fixtures"

    def long_desc(self) -> str:
        """Return what `scrapy sites -h` says."""
        return (
            "Without a name: every site file with country, title and whether a visit has confirmed it. With one: check "
            "the file, read its fixtures, say where they disagree, and whether its pages read worse than they did. "
            "Example: scrapy sites panublion; scrapy sites --json | jq -r 'select(.confirmed | not).name'"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add how it is told."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object a site, or for the one named")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """List all, or check one."""
        assert self.settings is not None  # noqa: S101  # set by scrapy.cmdline
        try:
            loader = SiteLoader(self.settings)
            if args:
                self._check(loader, args[0], as_json=opts.json)
            else:
                self._list(loader, as_json=opts.json)
        except (CrawlerError, ArchiveError, OSError) as error:
            self.fail(str(error))
        except KeyError as error:
            self.fail(str(error.args[0]))

    def _list(self, loader: SiteLoader, *, as_json: bool) -> None:
        states = dict(self._states([site.name for site in loader.sites()]))
        for site in loader.sites():
            known = states.get(site.name, "")
            told = {"name": site.name, "country": site.country, "title": site.title, "url": site.url,
                    "confirmed": site.confirmed or known == CONFIRMED, "visits_say": known or None,
                    "file": str(loader.path(site.name))}  # fmt: skip
            if as_json:
                self.say(json.dumps(told, ensure_ascii=False))
            else:
                state = "confirmed" if told["confirmed"] else known or "not visited yet"
                self.say(f"{site.country}  {site.name:<32} {site.title:<40} {state}")

    def _check(self, loader: SiteLoader, name: str, *, as_json: bool) -> None:
        site, path = loader.site(name), loader.path(name)
        assert path is not None  # noqa: S101  # a site came from its file
        assert self.settings is not None  # noqa: S101  # set by scrapy.cmdline
        truths = [one for folder in fixture_folders(self.settings, path) for one in sorted(folder.glob("*.json"))]
        results = [self._fixture(one, site, quiet=as_json) for one in truths]
        advice = self._advice(site)
        state = dict(self._states([site.name])).get(site.name)
        self.exitcode = DISAGREES if any(result["disagreements"] for result in results) else 0
        if as_json:
            told = {"name": site.name, "file": str(path), "confirmed": site.confirmed or state == CONFIRMED,
                    "visits_say": state, "fixtures": results, "advice": advice}  # fmt: skip
            self.say(json.dumps(told, ensure_ascii=False))
            return
        self.say(f"{path}: right")
        if not site.confirmed:
            said = "a visit found that its facts hold: set confirmed = true" if state == CONFIRMED else state
            self.say(f"  confirmed = false: {said or 'no visit has said anything yet'}")
        if not results:
            self.say(f"  no fixture yet: scrapy record URL --site {site.name}")
        for line in advice:
            self.say(f"  {line}")

    def _fixture(self, path: Path, site: Site, *, quiet: bool) -> dict[str, Any]:
        fixture = load_fixture(path)
        reading = fixture.read(site)
        found = disagreements(fixture, reading)
        if not quiet:
            self.say(str(path))
            for line in reading_lines(fixture.truth["url"], reading):
                self.say(f"  {line}")
            for line in found or ["reads as its truth says"]:
                self.say(f"  {line}")
            self.say()
        return {"fixture": str(path), "disagreements": found}

    # ------------------------------------------------------------------ what the archive knows

    def _states(self, names: list[str]) -> Iterator[tuple[str, str]]:
        """Yield what the last visit said of each site file, where there was one."""
        with self.archive() as archive:
            if archive is None:
                return
            for name in names:
                yield from ((name, found.state) for found in archive.signals(name) if found.kind == SITE_FILE)

    def _advice(self, site: Site) -> list[str]:
        with self.archive() as archive:
            if archive is None:
                return []
            return layout_advice(site, archive.fill_rates(site.name), archive.fill_rates(site.name, skip=20))

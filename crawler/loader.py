"""The folder of site files as Scrapy's list of spiders. No registry: a file is a spider, its stem the name."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.spiderloader import SpiderLoader

from crawler.discovery.links import host_of, hosts
from crawler.errors import SiteFileError
from crawler.site import Site, VisitRules, load_site
from crawler.spiders.news import NewsSpider

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterator

    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

OWN_SITES = Path(__file__).parent / "sites"


class SiteLoader(SpiderLoader):
    """Loads spiders from the package's site files and those of HEMEROTECA_SITES. A broken file stops only itself."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._files: defaultdict[str, list[Path]] = defaultdict(list)
        for folder in dict.fromkeys(path.resolve() for path in (OWN_SITES, *named_folders(settings))):
            if not folder.is_dir():
                logger.warning("HEMEROTECA_SITES: no such folder: %s", folder)
            for path in sorted(folder.rglob("*.toml")):
                self._files[path.stem].append(path)
        for name, paths in self._files.items():
            # An operator who has looked knows better than the catalogue.
            self._files[name] = [path for path in paths if OWN_SITES not in path.parents] or paths

    def list(self) -> list[str]:
        """Return the names that can be crawled; say in one line each which site files cannot."""
        return sorted([*super().list(), *(site.name for site in self.sites())])

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider of this name; raise SiteFileError for a broken site file, KeyError for none."""
        if spider_name in self._files:
            return spider_of(self.site(spider_name))
        try:
            return super().load(spider_name)
        except KeyError:
            raise KeyError(self._nothing(spider_name)) from None

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """Return the sites that an address belongs to."""
        return [site.name for site in self.sites() if spider_of(site).handles_request(request)]

    def site(self, name: str) -> Site:
        """Return the site of this name; raise SiteFileError for a wrong file or two of a name, KeyError for none."""
        if name not in self._files:
            raise KeyError(self._nothing(name))
        paths = self._files[name]
        if len(paths) > 1 or name in self._spiders:
            named = " and ".join(str(path) for path in paths)
            taken = "two site files have this name" if len(paths) > 1 else "a spider of Hemeroteca has this name"
            raise SiteFileError(f"{name}: {taken}: {named}; rename one")
        return load_site(paths[0])

    def sites(self) -> Iterator[Site]:
        """Yield every site whose file is right, and log a line for each that is not."""
        for name in sorted(self._files):
            try:
                yield self.site(name)
            except SiteFileError as error:
                logger.warning("%s", str(error).replace("\n", "; "))

    def path(self, name: str) -> Path | None:
        """Return the site file of this name, broken or not; None if there is none."""
        return next(iter(self._files.get(name, ())), None)

    def sites_at(self, url: str) -> builtins.list[Site]:
        """Return the sites whose addresses are on the host of this one."""
        return [site for site in self.sites() if host_of(url) in hosts(site)]

    def _nothing(self, name: str) -> str:
        close = get_close_matches(name, [*self._files, *self._spiders], n=1)
        hint = f"; did you mean {close[0]}?" if close else "; `scrapy list` lists them"
        return f"no site file for {name}{hint}"


def named_folders(settings: BaseSettings) -> list[Path]:
    """Return the folders of site files that HEMEROTECA_SITES names."""
    named = str(settings.get("HEMEROTECA_SITES") or "").split(os.pathsep)
    return [Path(name).expanduser() for name in named if name]


def spider_of(site: Site) -> type[NewsSpider]:
    """Return the spider class of a site."""
    custom: dict[str, Any] = {}
    if site.visit.delay != VisitRules().delay:
        custom["DOWNLOAD_DELAY"] = site.visit.delay
    return type(
        "NewsSpider",
        (NewsSpider,),
        {
            "__module__": NewsSpider.__module__,
            "__doc__": f"One visit to {site.title}.",
            "name": site.name,
            "site": site,
            "allowed_domains": sorted(host.partition(":")[0] for host in hosts(site)),
            "custom_settings": custom,
        },
    )

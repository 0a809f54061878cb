"""What a first and a second visit cost a paper and us: the real command on the newsroom, beside Scrapy alone.

    python benchmarks/visit.py [--stories 400] [--revisits 0] [--way sitemap] [--way rest]

Between the two visits a day passes: 5 % of the stories change (edited, corrected, retitled, renamed, removed, stealth),
counters move on a tenth, four stories are new, and sidebars change on every request. Printed for each visit, by sitemap
and by REST: requests as the server counted them, those above one for each changed or new story (robots.txt and listings
included; revisits of stories in which nothing happened are the sample, and counted apart), body bytes, 304s, what was
noticed of what happened, versions that are none, and CPU against Scrapy that only downloads all stories in this run.
``--revisits`` is the visit's budget for stories that no listing calls changed (``requests`` in the site file).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.console import Console
from rich.table import Table

from archive import Archive, NotFoundError, corpus
from tests.newsroom import Newsroom
from tests.newsroom.newsroom import START
from tests.newsroom.plans import Plan, Quota

if TYPE_CHECKING:
    from tests.newsroom.server import Request, Server

PAPER = "lakeside"
# Shares of the stories that change in the day; the counts of the founding task for 400 stories.
CHANGES = {"corrected": 11, "retitled": 3, "renamed": 1, "stealth": 1, "removed_404": 2, "removed_410": 2}
WAYS = {
    "sitemap": ("wordpress = false", 'sitemaps = ["{base}/sitemap_index.xml"]'),
    "rest": ("wordpress = true",),
}
# The newsroom is ours and loopback: neither waits.
FAST = ("CONCURRENT_REQUESTS_PER_DOMAIN=8", "CONCURRENT_REQUESTS=8", "AUTOTHROTTLE_ENABLED=0", "DOWNLOAD_DELAY=0")
BASELINE = r"""
from scrapy.spiders import SitemapSpider

class Download(SitemapSpider):
    name = "download"
    sitemap_rules = [(r"/\d{4}/\d\d/", "parse")]

    def __init__(self, sitemap):
        self.sitemap_urls = [sitemap]
        super().__init__()

    def parse(self, response):
        pass
"""


@dataclass(slots=True)
class Cost:
    """What one visit came to."""

    name: str
    requests: list[Request]
    seconds: float
    cpu: float
    caught: str = "–"
    false_versions: str = "–"
    above: str = "–"
    sample: str = "–"


def measured(name: str, server: Server, command: list[str], environment: dict[str, str],
             folder: Path | None = None) -> tuple[Cost, str]:  # fmt: skip
    """Run a command to its end; return what it cost and what it printed."""
    server.clear()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.stderr.write(f"{name}: status {done.returncode}: {done.stderr.splitlines()[-1:]}\n")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(name, list(server.requests), time.monotonic() - began, cpu), done.stdout


def settings() -> list[str]:
    """Return the settings of every command here."""
    return [part for setting in FAST for part in ("-s", setting)]


def baseline(server: Server, folder: Path, name: str) -> Cost:
    """Download every story of the sitemap with Scrapy and keep nothing."""
    script = folder / "download.py"
    script.write_text(BASELINE)
    command = [sys.executable, "-m", "scrapy", "runspider", *settings(), "-L", "ERROR", str(script)]
    command += ["-a", f"sitemap={server.url(PAPER, '/sitemap_index.xml')}"]
    return measured(name, server, command, dict(os.environ), folder)[0]


def site_file(server: Server, way: str, folder: Path, revisits: int) -> None:
    """Write the paper's site file with one way to find its stories."""
    base, pattern = server.url(PAPER, ""), server.newsroom.papers[PAPER].article
    lines = [
        'title = "Lakeside"', f'url = "{base}/"', 'country = "PH"', 'languages = ["en"]', 'timezone = "Asia/Manila"',
        "[discover]", *(line.format(base=base) for line in WAYS[way]), f"article = '{pattern}'",
        "[visit]", "delay = 0.0", f"requests = {revisits}",
    ]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{way}.toml").write_text("\n".join(lines) + "\n")


def visit(newsroom: Newsroom, server: Server, way: str, folder: Path, name: str) -> tuple[Cost, dict[str, Any]]:
    """Make one visit; return its cost and its report."""
    environment = {
        **os.environ,
        "HEMEROTECA_HOME": str(folder / way),
        "HEMEROTECA_SITES": str(folder / "sites"),
        "HEMEROTECA_CLOCK_OFFSET": str((newsroom.now - datetime.now(UTC)).total_seconds()),
        "HEMEROTECA_ALLOW_PRIVATE": "1",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", way, "-s", "VISIT_REPORT=json", "-L", "WARNING", *settings()]
    cost, out = measured(f"{way}, {name}", server, command, environment)
    return cost, json.loads(out.splitlines()[-1])


# ------------------------------------------------------------------ what was noticed


def judge(cost: Cost, newsroom: Newsroom, home: Path) -> None:
    """Compare the archive after the second visit with what happened at the paper."""
    happened = {event.story_id: event.kind for event in newsroom.events if event.at <= newsroom.now}
    truths = {truth.id: truth for truth in newsroom.truth(PAPER)}
    caught: Counter[str] = Counter()
    with Archive(home, readonly=True) as archive:
        for story, kind in happened.items():
            caught[kind] += noticed(archive, truths[story], kind)
        wrong = sum(versions(archive, truth.url) > 1 for truth in truths.values() if truth.id not in happened)
    counted = Counter(happened.values())
    missed = [f"{counted[kind] - caught[kind]} {kind}" for kind in counted if caught[kind] < counted[kind]]
    cost.caught = f"{caught.total()}/{len(happened)}" + (f" (not {', '.join(missed)})" if missed else "")
    cost.false_versions = str(wrong)
    paths = {address.removeprefix(newsroom.bases[PAPER]): story for story, truth in truths.items()
             for address in (truth.url, *truth.former_urls)}  # fmt: skip
    sample = sum(paths.get(request.path, 0) not in happened for request in cost.requests if request.path in paths)
    cost.sample = str(sample)
    cost.above = str(len(cost.requests) - sample - len(happened))


def noticed(archive: Archive, truth: Any, kind: str) -> bool:
    """Say whether the archive knows what happened to a story."""
    try:
        history = corpus.history(archive, truth.url)
    except NotFoundError:
        return False
    if kind.startswith("removed"):
        return history.state in ("missing", "gone")
    said = [version for version in history.versions if version["title"]][-1]
    return bool(said["title"] == truth.title and said["body"] == "\n\n".join(truth.paragraphs))


def versions(archive: Archive, url: str) -> int:
    """Return how many versions the archive has of the story at an address."""
    try:
        return len(corpus.history(archive, url).versions)
    except NotFoundError:
        return 0


# ------------------------------------------------------------------ the run


def show(costs: list[Cost]) -> None:
    """Print the table; CPU is told against the first row, Scrapy alone on the same stories."""
    table = Table(box=None)
    for column in ("visit", "requests", "above", "sample", "body KB", "304", "noticed", "false", "CPU s", "×CPU", "s"):
        table.add_column(column, justify="left" if column in ("visit", "noticed") else "right")
    for cost in costs:
        size = sum(request.size for request in cost.requests)
        unmoved = sum(request.status == 304 for request in cost.requests)
        times = f"{cost.cpu:.1f}", f"{cost.cpu / costs[0].cpu:.2f}", f"{cost.seconds:.1f}"
        table.add_row(
            cost.name, str(len(cost.requests)), cost.above, cost.sample, f"{size / 1024:.0f}", str(unmoved),
            cost.caught, cost.false_versions, *times,
        )  # fmt: skip
    Console(width=170).print(table)


def plan(stories: int) -> Plan:
    """Return what happens in the day between the visits."""
    share = stories / 400
    counts = {kind: max(round(count * share), 1) for kind, count in CHANGES.items()} | {"new": 4}
    quota = Quota(between=(START, START + timedelta(days=1)), counters=round(40 * share), counts=counts)
    return Plan(quotas=(quota,))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=400)
    parser.add_argument("--revisits", type=int, default=0)
    parser.add_argument("--way", action="append", choices=sorted(WAYS))
    chosen = parser.parse_args()
    newsroom = Newsroom(seed=7, stories=chosen.stories, papers=(PAPER,), plan=plan(chosen.stories))
    ways = chosen.way or list(WAYS)
    with tempfile.TemporaryDirectory() as name, newsroom.serve() as server:
        folder = Path(name)
        costs = [baseline(server, folder, "Scrapy, download only, first")]
        for way in ways:
            site_file(server, way, folder / "sites", chosen.revisits)
            cost, report = visit(newsroom, server, way, folder, "first")
            cost.caught = f"{report['outcomes'].get('new', 0)}/{chosen.stories} found"
            costs.append(cost)
        newsroom.advance(days=1)
        costs.append(baseline(server, folder, "Scrapy, download only, second"))
        for way in ways:
            cost, _ = visit(newsroom, server, way, folder, "second")
            judge(cost, newsroom, folder / way)
            costs.append(cost)
        show(costs)


if __name__ == "__main__":
    main()

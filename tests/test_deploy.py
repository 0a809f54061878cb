"""Every way of scheduling a visit starts the same command."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from crawler.report import BLOCKED, CRASH, EXPECTATION, LEASE_HELD, STORE_LOST, USAGE, WELL

DEPLOY = Path(__file__).parent.parent / "deploy"


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("hemeroteca@.service", r"^ExecStart=\S+/scrapy crawl %i$"),
        ("crontab.example", r"^[\d*/ ]+cd \S+ && \S+/scrapy crawl \w+"),
        ("Dockerfile", r'^ENTRYPOINT \["scrapy", "crawl"\]$'),
    ],
)
def test_every_job_starts_the_same_crawl(name: str, start: str) -> None:
    assert re.search(start, (DEPLOY / name).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_jobs_visit_sites_that_have_a_site_file() -> None:
    crontab = (DEPLOY / "crontab.example").read_text(encoding="utf-8")
    shipped = {path.stem for path in (DEPLOY.parent / "crawler" / "sites").rglob("*.toml")}
    assert set(re.findall(r"scrapy crawl (\S+)", crontab)) <= shipped


def test_every_exit_status_is_explained_to_the_operator() -> None:
    explained = re.findall(r"^\| (\d+) \|", (DEPLOY / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {str(status) for status in (WELL, CRASH, USAGE, EXPECTATION, BLOCKED, STORE_LOST, LEASE_HELD)} <= set(
        explained
    )


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here; .ci/run installs it")
    for unit in DEPLOY.glob("hemeroteca@.*"):
        text = unit.read_text(encoding="utf-8").replace("/opt/hemeroteca/.venv/bin/scrapy", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = [tmp_path / f"hemeroteca@panublion.{kind}" for kind in ("service", "timer")]
    checked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (checked.returncode, [line for line in checked.stderr.splitlines() if "hemeroteca" in line]) == (0, [])

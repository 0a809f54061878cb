import re
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler import settings
from crawler.errors import ArgumentError
from crawler.extensions import check_settings
from tests.crawling import Operator, Paper

SOURCE = Path(settings.__file__).read_text(encoding="utf-8")


def test_every_setting_has_its_reason():
    # A comment stands above each, or above the first of a few that share it.
    reasoned = False
    for line in SOURCE.splitlines():
        if re.match(r"[A-Z_]+(: .*)? = ", line):
            assert reasoned, f"no reason above: {line}"
        elif not line.strip() or line.startswith("# ---"):
            reasoned = False
        elif line.startswith("#"):
            reasoned = True


def test_the_environment_is_read_nowhere_else_in_this_room():
    others = [path for path in Path(settings.__file__).parent.rglob("*.py") if path.name != "settings.py"]
    assert [path.name for path in others if re.search(r"os\.environ|getenv", path.read_text("utf-8"))] == []


def test_nothing_that_opens_a_port_or_forgets_manners_is_on():
    assert settings.REMOTE_CONTROL_ENABLED is False
    assert settings.TELNETCONSOLE_ENABLED is False
    assert settings.ROBOTSTXT_OBEY is True
    assert (settings.DOWNLOAD_DELAY, settings.CONCURRENT_REQUESTS_PER_DOMAIN) == (2.0, 1)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HEMEROTECA_CLOCK_OFFSET", "tomorrow", "HEMEROTECA_CLOCK_OFFSET=tomorrow: expected a number of seconds"),
        ("HEMEROTECA_ALLOW_PRIVATE", "yes", "HEMEROTECA_ALLOW_PRIVATE=yes: expected 0 or 1"),
        ("VISIT_REPORT", "xml", "VISIT_REPORT=xml: expected text, json or none"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(name, value, said):
    chosen = Settings({key: getattr(settings, key) for key in dir(settings) if key.isupper()})
    check_settings(chosen)
    chosen.set(name, value)
    with pytest.raises(ArgumentError, match=re.escape(said)):
        check_settings(chosen)


def test_the_command_line_goes_before_the_environment_and_private_addresses_are_closed(tmp_path):
    operator = Operator(home=tmp_path / "unused", sites=tmp_path / "sites")
    with Paper() as paper:
        paper.say("/a", b"<p>x</p>")
        operator.site("panublion", paper.url())
        operator.environment["HEMEROTECA_CONTACT"] = "https://environment.example/"
        home = f"HEMEROTECA_HOME={tmp_path / 'home'}"
        contact = "HEMEROTECA_CONTACT=desk@panublion.example"
        url = f"url={paper.url('/a')}"
        closed = operator.crawl("panublion", "-a", url, "-s", home, "-s", "HEMEROTECA_ALLOW_PRIVATE=0")
        assert closed.report["skipped"] == {"private address": 1}
        assert paper.asked == []
        operator.crawl("panublion", "-a", url, "-s", home, "-s", contact)
        assert {headers["User-Agent"] for _, headers in paper.asked} == {"hemeroteca/0.1.0 (+desk@panublion.example)"}
    assert (tmp_path / "home" / "warc").is_dir()
    assert not (tmp_path / "unused").exists()

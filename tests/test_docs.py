"""What the documents list is what the code has."""

from __future__ import annotations

import argparse
import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.settings import Settings

import crawler.settings
from archive.records import Reading
from crawler.arguments import NAMES
from crawler.commands import newsite
from crawler.sitefile import TOP

if TYPE_CHECKING:
    from scrapy.commands import ScrapyCommand

DOCS = Path(__file__).parent.parent / "docs"
README = (DOCS.parent / "README.md").read_text(encoding="utf-8")
OURS = sorted(name for name in vars(crawler.settings) if name.startswith(("HEMEROTECA_", "VISIT_")))


def listed(text: str) -> set[str]:
    """Return the names in backticks in the first column of all tables."""
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_key_of_a_site_file_is_documented_and_no_other() -> None:
    keys: set[str] = set()
    for name, rule in TOP.items():
        keys |= set(rule) if isinstance(rule, dict) else {name}
    assert listed((DOCS / "site-files.md").read_text(encoding="utf-8")) == keys - {"earlier"}


def test_every_field_of_a_reading_is_documented_with_its_sources_and_every_key_that_overrides_one() -> None:
    text = (DOCS / "reading.md").read_text(encoding="utf-8")
    not_read = {"reader", "outcome", "reason", "rendering", "signature", "sources", "counters"}
    fields = {field.name for field in dataclasses.fields(Reading)} - not_read
    assert listed(text) == fields | {"views", "comments", "shares"}
    keys = set(TOP["read"]) - {"earlier"}
    assert {key for key in keys if f"`{key}`" in text.split("## Overriding")[1]} == keys


def test_every_setting_of_ours_is_documented_and_no_other() -> None:
    assert sorted(listed((DOCS / "settings.md").read_text(encoding="utf-8"))) == OURS


def test_every_argument_of_a_visit_is_documented_and_no_other() -> None:
    told = listed((DOCS / "visits.md").read_text(encoding="utf-8"))
    assert {re.split("[ =]", argument)[1] for argument in told} == set(NAMES)


def test_the_readme_names_only_documents_that_exist() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (DOCS.parent / target).exists(), target


def options_of(command: ScrapyCommand) -> set[str]:
    parser = argparse.ArgumentParser()
    command.settings = Settings()
    command.add_options(parser)
    return {option for action in parser._actions for option in action.option_strings}


def test_every_option_of_newsite_is_documented_and_no_other() -> None:
    own = options_of(newsite.Command()) - options_of(ScrapyCrawl())
    told = {option.split()[0] for option in listed((DOCS / "adding-a-site.md").read_text(encoding="utf-8"))}
    assert told == own

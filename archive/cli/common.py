"""What the commands share: the application, options, how the archive is opened and how things are printed."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from archive.selection import Selection, parse_day
from archive.store import Archive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

DEFAULT_HOME = "hemeroteca-data"

app = typer.Typer(
    name="hemeroteca",
    help="Ask an archive of regional news: search it, read a story and its history, export it, verify it.",
    epilog="The archive is ./hemeroteca-data unless --home or HEMEROTECA_HOME names another.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Home = Annotated[
    Path, typer.Option("--home", envvar="HEMEROTECA_HOME", help="Folder of the archive.", show_default=False)
]
Database = Annotated[
    str | None,
    typer.Option("--database", envvar="HEMEROTECA_DATABASE", help="SQLAlchemy URL, if not SQLite.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
Site = Annotated[str | None, typer.Option("--site", help="Only this site.")]
Since = Annotated[str | None, typer.Option("--from", metavar="DAY", help="Published on this day or later: 2026-11-01.")]
Until = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Published on this day or earlier.")]
AuthorName = Annotated[str | None, typer.Option("--author", help="Name or part of one; accents and case fold.")]
Language = Annotated[str | None, typer.Option("--lang", help="ISO 639 code: en, tl, ceb.")]
Story = Annotated[str, typer.Argument(metavar="ARTICLE|URL", help="Key of an article, or an address it had.")]


@contextmanager
def opened(home: Path, database: str | None) -> Iterator[Archive]:
    """Open the archive to read it; raises NoArchiveError where there is none."""
    with Archive(home, database=database, readonly=True) as archive:
        if archive.notice:
            print(f"hemeroteca: {archive.notice}", file=sys.stderr)  # noqa: T201 - the command speaks to its user
        yield archive


@contextmanager
def to_write(home: Path, database: str | None) -> Iterator[Archive]:
    """Open an archive that is there to change it."""
    with opened(home, database):
        pass  # there must be an archive: opening it to write would make one
    with Archive(home, database=database) as archive:
        yield archive


def console() -> Console:
    """Return standard output as a terminal that colours nothing by itself."""
    return Console(soft_wrap=False, highlight=False)


def show_lines(lines: Iterable[RenderableType]) -> None:
    """Print what :mod:`archive.screen` drew."""
    screen = console()
    for line in lines:
        # A line that must not be broken, such as an address, may run over the edge.
        screen.print(line, soft_wrap=isinstance(line, Text) and bool(line.no_wrap))


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def selection_of(query: str | None, site: str | None, since: str | None, until: str | None, author: str | None,
               language: str | None) -> Selection:  # fmt: skip
    """Return the selection that the options of a command ask for."""
    return Selection(
        query=query,
        site=site,
        since=parse_day(since, "--from") if since else None,
        until=parse_day(until, "--to") if until else None,
        author=author,
        language=language,
    )


def progress_bar() -> Progress:
    """Return a progress bar on standard error, which is silent where nobody watches."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip


class Form(StrEnum):
    """How a diff is handed out."""

    TERMINAL = "terminal"
    HTML = "html"
    UNIFIED = "unified"
    JSON = "json"


DiffForm = Annotated[Form, typer.Option("--as", help="terminal, html, unified or json.", show_default=False)]

Reason = Annotated[str, typer.Option("--reason", help="Why; the tombstone shows it.")]

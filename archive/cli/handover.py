"""Commands that hand stories over as WARC, WACZ or a bag."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from archive.cli.common import (
    DEFAULT_HOME,
    AuthorName,
    Database,
    Home,
    Json,
    Language,
    Since,
    Site,
    Until,
    app,
    opened,
    print_json,
    progress_bar,
    selection_of,
)
from archive.handover import Story, chosen, write_bag, write_wacz, write_warc
from archive.handover.extract import size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.handover.extract import Articles
    from archive.selection import Selection
    from archive.store import Archive

OneStory = Annotated[str | None, typer.Option("--story", help="Only this one: its key, or an address it had.")]
Query = Annotated[str | None, typer.Option("--query", help="Only stories that match, as in search.")]
WithoutOptOuts = Annotated[
    bool, typer.Option("--without-opt-outs", help="Leave out what its paper keeps from archives or miners.")
]
Title = Annotated[str, typer.Option("--title", help="What it is called.")]
_TITLE = "Stories of a Hemeroteca archive"

warc_commands = typer.Typer(help="Hand captures over as WARC files.", no_args_is_help=True)
app.add_typer(warc_commands, name="warc")


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be handed over, and of which archive."""

    what: Selection | Story
    home: Path
    database: str | None
    as_json: bool

    def carry_out(self, kind: str, write: Callable[[Archive, Articles, dict[str, Any], Callable[[], None]], Any],
                  said: str) -> None:  # fmt: skip
        """Write it under a progress bar, note that it was handed out, and say what was written."""
        about = {name: str(value) for name, value in asdict(self.what).items() if value not in (None, False)}
        with opened(self.home, self.database) as archive, progress_bar() as progress:
            with archive.engine.connect() as connection:
                articles = chosen(connection, self.what)
                count, _ = size_of(connection, articles)
            task = progress.add_task("handing over", total=count)
            figures = write(archive, articles, about, lambda: progress.advance(task)).figures()
            archive.note(kind, "archive", None, {"selection": about, **figures})
        if self.as_json:
            print_json(figures)
            return
        captures = figures.get("captures") or figures["warc"]["captures"]
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(
            f"{captures:,} captures, {figures['bytes']:,} bytes written to {said}"
        )


def _what(story: str | None, selection: Selection, *, without_opt_outs: bool) -> Selection | Story:
    if story is None:
        return replace(selection, without_opt_outs=without_opt_outs)
    if selection != type(selection)():
        raise typer.BadParameter("names one story; no other choice goes with it", param_hint="--story")
    return Story(story)


@warc_commands.command("export", epilog="Example: hemeroteca warc export flood.warc.gz --query flood --from 2026-11-01")
def warc_export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A .warc.gz that is made.")],
    story: OneStory = None,
    query: Query = None,
    site: Site = None,
    since: Since = None,
    until: Until = None,
    author: AuthorName = None,
    language: Language = None,
    without_opt_outs: WithoutOptOuts = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Copy stories with every capture and reading of them into one WARC file, for replay or another archive."""
    selection = selection_of(query, site, since, until, author, language)
    order = _Order(_what(story, selection, without_opt_outs=without_opt_outs), home, database, as_json)
    order.carry_out(
        "export warc", lambda archive, articles, about, tell: write_warc(archive, articles, out, about, tell), str(out)
    )


@app.command("wacz", epilog="Example: hemeroteca wacz flood.wacz --query flood --title 'The flood of 2026'")
def wacz(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A .wacz that is made.")],
    title: Title = _TITLE,
    story: OneStory = None,
    query: Query = None,
    site: Site = None,
    since: Since = None,
    until: Until = None,
    author: AuthorName = None,
    language: Language = None,
    without_opt_outs: WithoutOptOuts = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write stories as one WACZ file, which ReplayWeb.page shows in a browser without a server."""
    selection = selection_of(query, site, since, until, author, language)
    order = _Order(_what(story, selection, without_opt_outs=without_opt_outs), home, database, as_json)
    order.carry_out(
        "export wacz",
        lambda archive, articles, about, tell: write_wacz(archive, articles, out, title, about, tell),
        str(out),
    )


@app.command("bagit", epilog="Example: hemeroteca bagit deposit-2026-11 --site panublion --from 2026-11-01")
def bagit(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is made.")],
    title: Title = _TITLE,
    story: OneStory = None,
    query: Query = None,
    site: Site = None,
    since: Since = None,
    until: Until = None,
    author: AuthorName = None,
    language: Language = None,
    without_opt_outs: WithoutOptOuts = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write stories as a bag for deposit (BagIt): a WARC file, the stories as JSON Lines, sha512 of every byte."""
    selection = selection_of(query, site, since, until, author, language)
    order = _Order(_what(story, selection, without_opt_outs=without_opt_outs), home, database, as_json)
    order.carry_out(
        "export bagit",
        lambda archive, articles, about, tell: write_bag(archive, articles, out, title, about, tell),
        str(out),
    )

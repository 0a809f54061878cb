"""The commands of ``hemeroteca takedown``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from archive import audit, screen, takedown
from archive.cli.common import (
    DEFAULT_HOME,
    Database,
    Home,
    Json,
    Reason,
    app,
    opened,
    print_json,
    progress_bar,
    show_lines,
    to_write,
)
from archive.describe import stamp
from archive.erase import left_over
from archive.errors import NotFoundError
from archive.store import Archive

takedowns = typer.Typer(
    help="Hide what must not be shown, with the reason; see what is hidden; show it again.", no_args_is_help=True
)
app.add_typer(takedowns, name="takedown")


@takedowns.command("add", epilog="Example: hemeroteca takedown add article m2cou6bwoqnwm --reason 'court order 12/26'")
def takedown_add(
    scope: Annotated[str, typer.Argument(metavar="SCOPE", help="article, author, url or cluster.")],
    target: Annotated[str, typer.Argument(help="A key, an author's name, an address with * for anything.")],
    reason: Reason,
    erases: Annotated[bool, typer.Option("--erase", help="Also erase it, for good, from database and WARC.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before erasing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would hide.")] = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Hide an article, all of an author, what has certain addresses, or a cluster of copies."""
    with opened(home, database) as archive, archive.engine.connect() as connection:
        told = takedown.values(scope, target, reason)
        hides = takedown.keys(connection, told["scope"], told["target"])
    if scope in ("article", "cluster") and not hides:
        raise NotFoundError(f"no article {target!r}; `hemeroteca search` shows the keys")
    if erases and not dry_run and not yes:
        typer.confirm(f"Erase {len(hides):,} articles for good, from the database and every WARC file?", abort=True)
    key = None
    if not dry_run:
        with Archive(home, database=database) as archive:
            key = archive.take_down(scope, target, reason)
            if erases:
                _erase(archive, key)
    if as_json:
        print_json({"id": key, "hides": hides})
        return
    show_lines([Text(article) for article in hides])
    show_lines([f"{'would hide' if dry_run else f'takedown {key} hides'} {len(hides):,} articles"])


def _erase(archive: Archive, key: str) -> None:
    with progress_bar() as progress:
        task = progress.add_task("erasing", total=audit.warc_bytes(archive))
        done = archive.erase(key, lambda size: progress.advance(task, size))
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    console.print(f"{done.captures:,} captures and {done.contents:,} texts erased, {len(done.files):,} files rewritten")
    for path in left_over(archive.home):
        console.print(f"may still hold them; look at it and remove it: {path}")


@takedowns.command("erase", epilog="Example: hemeroteca takedown erase 5c1d20ab33fe")
def takedown_erase(
    key: Annotated[str, typer.Argument(metavar="TAKEDOWN", help="As `hemeroteca takedown list` shows it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Erase for good what a takedown hides: pages, texts, search index, signatures; digests and the reason stay."""
    with to_write(home, database) as archive:
        if not yes:
            typer.confirm(f"Erase what takedown {key} hides, from the database and every WARC file?", abort=True)
        _erase(archive, key)


@takedowns.command("list", epilog="Example: hemeroteca takedown list --json")
def takedown_list(home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """List the takedowns, the newest first, lifted ones too."""
    with opened(home, database) as archive, archive.engine.connect() as connection:
        found = takedown.listing(connection)
    if as_json:
        print_json([{**one, "since": stamp(one["since"]), "lifted": stamp(one["lifted"])} for one in found])
    else:
        show_lines(screen.takedowns_table(found))


@takedowns.command("lift", epilog="Example: hemeroteca takedown lift 5c1d20ab33fe --reason 'order withdrawn'")
def takedown_lift(
    key: Annotated[str, typer.Argument(metavar="TAKEDOWN", help="As `hemeroteca takedown list` shows it.")],
    reason: Reason,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Show again what a takedown hid."""
    with to_write(home, database) as archive:
        archive.lift(key, reason)
    show_lines([f"takedown {key} is lifted"])

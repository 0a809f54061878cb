"""Commands that hand the archive out."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from archive import corpus
from archive.cli.common import (
    DEFAULT_HOME,
    AuthorName,
    Database,
    Home,
    Language,
    Since,
    Site,
    Until,
    app,
    opened,
    progress_bar,
    selection_of,
)
from archive.export import export_jsonl
from archive.export.jsonl import check_name


@app.command(epilog="Example: hemeroteca export last-year.jsonl.zst --from 2025-01-01 --to 2025-12-31")
def export(
    out: Annotated[str, typer.Argument(metavar="OUT", help="A .jsonl, .jsonl.gz or .jsonl.zst; - for stdout.")],
    query: Annotated[str | None, typer.Option("--query", help="Only articles that match, as in search.")] = None,
    site: Site = None,
    since: Since = None,
    until: Until = None,
    author: AuthorName = None,
    language: Language = None,
    counters: Annotated[bool, typer.Option("--counters", help="Add every counter reading.")] = False,
    without_opt_outs: Annotated[
        bool, typer.Option("--without-opt-outs", help="Leave out what its paper keeps from archives or miners.")
    ] = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Write articles as JSON Lines, one object an article, the newest first."""
    target = None if out == "-" else Path(out)
    if target is not None:
        check_name(target)
    selection = replace(selection_of(query, site, since, until, author, language), without_opt_outs=without_opt_outs)
    with opened(home, database) as archive, progress_bar() as progress:
        task = progress.add_task("exporting", total=corpus.count(archive, selection))
        lines = export_jsonl(
            corpus.articles(archive, selection, counters=counters), target, lambda: progress.advance(task)
        )
        archive.note("export", "archive", None, {"articles": lines, "selection": {
            name: str(value) for name, value in asdict(selection).items() if value not in (None, False)}})  # fmt: skip
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(
        f"{lines:,} articles written to {'standard output' if target is None else out}"
    )

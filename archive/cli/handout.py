"""Commands that hand articles out: files, datasets, and the marks of what was handed out."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from archive import corpus
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
    console,
    opened,
    print_json,
    progress_bar,
    selection_of,
    to_write,
)
from archive.database import snapshot
from archive.errors import ArchiveError, QueryError
from archive.export import Asked, Wanted, export_dataset, export_file, marks, newest_first, parse_split
from archive.export.asked import PART_ROWS, query_of
from archive.export.files import FORMS, form_of
from archive.export.shape import columns
from archive.selection import Versions, parse_time

if TYPE_CHECKING:
    from archive.store import Archive

FORM_NAMES = ", ".join(f".{name}" for name in FORMS)


class Dedupe(StrEnum):
    """What counts as one."""

    CLUSTER = "cluster"


Out = Annotated[
    str,
    typer.Argument(metavar="OUT", help=f"A file ({FORM_NAMES}), - for JSON Lines on stdout, or a folder: a dataset."),
]
Query = Annotated[str | None, typer.Option("--query", help="Only articles that match, as in search.")]
Which = Annotated[Versions, typer.Option("--versions", help="The last text of an article, its first, or all.")]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="The text as it stood then: 2026-11-01.")]
WithoutText = Annotated[bool, typer.Option("--without-text", help="Leave out the bodies.")]
WithCounters = Annotated[bool, typer.Option("--counters", help="Add every counter reading.")]
WithoutCopies = Annotated[bool, typer.Option("--without-near-duplicates", help="Leave out the list of copies.")]
OneOf = Annotated[Dedupe | None, typer.Option("--dedupe", help="Of each cluster only the earliest that is selected.")]
WithoutOptOuts = Annotated[
    bool, typer.Option("--without-opt-outs", help="Leave out what its paper keeps from archives or miners.")
]
ExactCsv = Annotated[
    bool, typer.Option("--csv-exact", help="CSV for programs: no apostrophe before what a spreadsheet would run.")
]
As = Annotated[
    str | None, typer.Option("--as", metavar="FORM", help=f"Form of a dataset's parts: {', '.join(FORMS)}.",
                             show_default=False)
]  # fmt: skip
SplitBy = Annotated[
    str | None,
    typer.Option("--split", metavar="HOW", help="Of a dataset: time:DAY[,DAY] or cluster:SHARE,SHARE[,SHARE]."),
]
SinceLast = Annotated[
    str | None,
    typer.Option("--since-last", metavar="NAME", help="Of a dataset: only what changed since the last of this name."),
]
PartRows = Annotated[int, typer.Option("--part-rows", min=1, help="Of a dataset: rows of a part.")]


@app.command(
    epilog="Example: hemeroteca export last-year.jsonl.zst --from 2025-01-01 --to 2025-12-31 · "
    "hemeroteca export corpus/ --as parquet --dedupe cluster --split cluster:80,10,10 · "
    "hemeroteca export week-48/ --since-last weekly"
)
def export(
    out: Out,
    query: Query = None,
    site: Site = None,
    since: Since = None,
    until: Until = None,
    author: AuthorName = None,
    language: Language = None,
    versions: Which = Versions.LATEST,
    at: At = None,
    without_text: WithoutText = False,
    counters: WithCounters = False,
    without_near_duplicates: WithoutCopies = False,
    dedupe: OneOf = None,
    without_opt_outs: WithoutOptOuts = False,
    csv_exact: ExactCsv = False,
    form: As = None,
    split: SplitBy = None,
    since_last: SinceLast = None,
    part_rows: PartRows = PART_ROWS,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Write articles to a file, the newest first, or make a dataset in a folder: parts, manifest, descriptions.

    An export to a folder that was killed goes on where it was when it is asked again.
    """
    if at is not None and versions is not Versions.LATEST:
        raise QueryError("export: --at asks for the texts of one time; leave --versions out")
    selection = replace(
        selection_of(query, site, since, until, author, language), without_opt_outs=without_opt_outs,
        versions=versions, at=parse_time(at, "--at") if at else None,
    )  # fmt: skip
    wanted = Wanted(selection=selection, texts=not without_text, counters=counters,
                    near_duplicates=not without_near_duplicates, one_of_a_cluster=dedupe is not None)  # fmt: skip
    of_dataset = {"--as": form, "--split": split, "--since-last": since_last}
    if _is_file(out):
        _refuse(out, of_dataset)
        with opened(home, database) as archive:
            _to_file(archive, out, wanted, exact=csv_exact)
        return
    asked = Asked(
        wanted=wanted, form=_form(form), exact_csv=csv_exact, split=parse_split(split) if split else None,
        since=since_last, part_rows=part_rows,
    )  # fmt: skip
    with opened(home, database) as archive:
        _to_folder(archive, Path(out), asked)


def _is_file(out: str) -> bool:
    """Say whether a file is asked for, by its name; raise ArchiveError for a name that says neither."""
    if out == "-" or (form_of(Path(out)) is not None and not out.endswith("/")):
        return True
    if "." in Path(out).name and not out.endswith("/") and not Path(out).is_dir():
        raise ArchiveError(f"{out}: name a file {FORM_NAMES}, a folder with a / at its end, or - for standard output")
    return False


def _refuse(out: str, of_dataset: dict[str, str | None]) -> None:
    for option, value in of_dataset.items():
        if value is not None:
            raise QueryError(f"export: {option} is for a dataset in a folder; {out} is a file")


def _form(name: str | None) -> Any:
    if name is None:
        return FORMS["jsonl.zst"]
    if name not in FORMS:
        raise QueryError(f"--as: {name!r} is no form; there are {', '.join(FORMS)}")
    return FORMS[name]


def _total(archive: Archive, wanted: Wanted) -> int | None:
    """Count what will be exported, where somebody watches."""
    return corpus.count(archive, wanted.selection) if sys.stderr.isatty() else None


def _to_file(archive: Archive, out: str, wanted: Wanted, *, exact: bool) -> None:
    target = None if out == "-" else Path(out)
    with progress_bar() as progress, snapshot(archive.engine) as connection:
        task = progress.add_task("exporting", total=_total(archive, wanted))
        with closing(newest_first(connection, wanted)) as articles:
            count = export_file(articles, target, columns(wanted), exact=exact,
                                progress=lambda: progress.advance(task))  # fmt: skip
    archive.note("export", "archive", None, {"articles": count, "query": query_of(wanted)})
    _say(f"{count:,} articles written to {'standard output' if target is None else out}")


def _to_folder(archive: Archive, folder: Path, asked: Asked) -> None:
    with progress_bar() as progress:
        task = progress.add_task("exporting", total=_total(archive, asked.wanted))
        made = export_dataset(archive, folder, asked, lambda done: progress.advance(task, done))
    counts = made.manifest["counts"]
    archive.note("export", "archive", asked.since, {"counts": counts, **asked.told()})
    resumed = f", {made.resumed} parts of them before" if made.resumed else ""
    tombstones = f" and {counts['tombstones']:,} tombstones" if asked.since else ""
    count = f"{counts['rows']:,} rows of {counts['articles']:,} articles{tombstones}"
    _say(f"{count} in {len(made.manifest['parts'])} parts written to {folder}{resumed}")


def _say(text: str) -> None:
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(text)


@app.command("marks", epilog="Example: hemeroteca marks --forget weekly")
def list_marks(
    forget: Annotated[str | None, typer.Option("--forget", metavar="NAME", help="Forget this one.")] = None,
    as_json: Json = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """List the marks of `export --since-last`: how many articles each has handed out, and up to which change."""
    if forget is not None:
        with to_write(home, database) as archive:
            marks.forget(archive.engine, forget)
        return
    with opened(home, database) as archive, archive.engine.connect() as connection:
        found = marks.listing(connection)
    if as_json:
        print_json(found)
        return
    for mark in found:
        console().print(f"{mark['name']}  {mark['articles']:,} articles  up to {mark['as_of']}", markup=False)

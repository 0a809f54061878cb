"""Commands that look after the archive."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from archive import audit, events, screen
from archive import pack as packing
from archive.cli.common import (
    DEFAULT_HOME,
    Database,
    Home,
    Json,
    app,
    opened,
    print_json,
    progress_bar,
    show_lines,
    to_write,
)
from archive.clock import shifted_clock
from archive.dump import dump as dumped
from archive.errors import NoArchiveError, QueryError
from archive.rebuild import rebuild_database, rebuild_in_place, rebuild_into
from archive.scan import own_files
from archive.selection import parse_day, parse_time
from archive.store import migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.rebuild import Rebuilt


def _start(text: str, name: str) -> datetime:
    """Return the beginning of a day, or the time, that was typed."""
    return datetime.combine(parse_day(text, name), time(), UTC) if len(text) == 10 else parse_time(text, name)


Share = Annotated[
    str | None,
    typer.Option(
        "--sample", metavar="SHARE", help="Only so much, drawn by lot, for every day: 1%.", show_default=False
    ),
]


@app.command(epilog="Example: hemeroteca verify --json | jq .faults; every day: hemeroteca verify --sample 1%")
def verify(
    share: Share = None, home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False
) -> None:
    """Check every record, every pointer and every file; the status is 1 if anything is wrong."""
    sample = audit.Sample(_share(share)) if share else audit.ALL
    with opened(home, database) as archive, progress_bar() as progress:
        task = progress.add_task("verifying", total=audit.warc_bytes(archive))
        verdict = audit.verify(archive, lambda done: progress.advance(task, done), sample)
        archive.note("verify", "archive", None, {**verdict.figures(), "share": sample.share},
                     outcome="faults" if verdict.faults else "ok")  # fmt: skip
    if as_json:
        print_json(asdict(verdict))
    else:
        figures = f"{verdict.files:,} WARC files, {verdict.records:,} records, {verdict.captures:,} captures"
        show_lines([Text(f"{fault.where}: {fault.what}", style="red") for fault in verdict.faults])
        if verdict.unfollowed:
            show_lines(
                [f"{verdict.unfollowed:,} records are newer than the database: a visit runs, or `hemeroteca recover`"]
            )
        show_lines([f"{figures}, {verdict.contents:,} contents: {len(verdict.faults) or 'no'} faults"])
    if verdict.faults:
        raise typer.Exit(1)


def _share(text: str) -> float:
    number = text.removesuffix("%")
    try:
        share = float(number) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise QueryError(f"--sample: {text!r} is no share; write it as 1% or 0.01")
    return share


@app.command(epilog="Example: hemeroteca recover --home /srv/hemeroteca")
def recover(home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """Bring in order what killed visits left, as every visit does when it begins. Living ones are left alone."""
    with to_write(home, database) as archive:
        found = archive.recovered
    if as_json:
        print_json([asdict(file) for file in found])
        return
    for file in found:
        torn = f", {file.torn_bytes:,} torn bytes set aside" if file.torn_bytes else ""
        show_lines([f"{file.name}: {file.records:,} records, {file.indexed:,} indexed now{torn}"])
        show_lines([Text(problem, style="red") for problem in file.problems])
    show_lines([f"{len(found) or 'no'} files were left by dead processes"])


@app.command(epilog="Example: hemeroteca rebuild --into /srv/second")
def rebuild(
    into: Annotated[Path | None, typer.Option("--into", metavar="DIR", help="Make a second archive here.")] = None,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Make the database again from the WARC files alone; the old one is kept beside it.

    With --into the archive stays as it is and a whole one is made in another folder. A database on a server must be
    empty.
    """
    with progress_bar() as progress:
        task = progress.add_task("rebuilding", total=sum(file.stat().st_size for file in own_files(home / "warc")))
        done = _rebuild(home, into, database, lambda size: progress.advance(task, size))
    if as_json:
        print_json(asdict(done))
    else:
        show_lines([Text(problem, style="red") for problem in done.problems])
        show_lines([f"{done.files:,} WARC files, {done.records:,} records: {done.database}"])
    if done.problems:
        raise typer.Exit(1)


def _rebuild(home: Path, into: Path | None, database: str | None, progress: Callable[[int], None]) -> Rebuilt:
    if not own_files(home / "warc"):
        raise NoArchiveError(f"{home}: no WARC files here; name an archive with --home or HEMEROTECA_HOME")
    clock = shifted_clock()
    if into is not None:
        return rebuild_into(home, into, clock, progress)
    if database is not None:
        return rebuild_database(home, database, clock, progress)
    return rebuild_in_place(home, clock, progress)


@app.command(epilog="Example: hemeroteca pack --older-than 30")
def pack(
    days: Annotated[int, typer.Option("--older-than", min=0, metavar="DAYS", help="Sealed so long ago.")] = 30,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which files it would pack.")] = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Pack sealed WARC files by story, each later capture as what differs from the first: a tenth of the size.

    Every record is read back before a file is removed. Replay tools want `hemeroteca unpack`.
    """
    with to_write(home, database) as archive, progress_bar() as progress:
        names = packing.packable(archive, archive.clock() - timedelta(days=days))
        if dry_run or not names:
            show_lines([Text(name) for name in names] or ["nothing to pack"])
            return
        size = sum((archive.warc_folder / name).stat().st_size for name in names)
        task = progress.add_task("packing", total=2 * size)
        done = packing.pack(archive, names, lambda read: progress.advance(task, read))
    if as_json:
        print_json(asdict(done))
    else:
        show_lines([(f"{len(done.sources):,} files, {done.bytes_before / 1e6:,.1f} MB, are {len(done.packs):,} packs, "
               f"{done.bytes_after / 1e6:,.1f} MB; {done.records:,} records")])  # fmt: skip


@app.command(epilog="Example: hemeroteca unpack hemeroteca-pack-20261125140102-1f2e3d-00000.warc.zst")
def unpack(
    names: Annotated[list[str], typer.Argument(metavar="FILE...", help="Packed files, as below warc/.")],
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Put a .warc.gz in the place of packed files, with the same records in the same order."""
    with to_write(home, database) as archive:
        for name in names:
            show_lines([Text(packing.unpack(archive, Path(name).name))])


@app.command("events", epilog="Example: hemeroteca events --type seal --json")
def list_events(
    kind: Annotated[str | None, typer.Option("--type", help="Only these: ingest, seal, verify, takedown …")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help="Not before this day or time.")] = None,
    about: Annotated[str | None, typer.Option("--object", help="Only of this file, visit or article.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest.")] = 50,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List what was done to the archive, in the manner of PREMIS events. With --json, one event a line, all of them."""
    start = _start(since, "--since") if since else None
    with opened(home, database) as archive, archive.engine.connect() as connection:
        asked = events.listing(connection, kind=kind, since=start, about=about, limit=None if as_json else limit)
        if as_json:
            for event in asked:
                print_json(event)
        else:
            show_lines(screen.events_table(list(asked)))


@app.command(epilog="Example: diff <(hemeroteca dump --home one) <(hemeroteca dump --home other)")
def dump(home: Home = Path(DEFAULT_HOME), database: Database = None) -> None:
    """Print all that was derived from the WARC files, by natural keys: equal archives give equal lines."""
    with opened(home, database) as archive, archive.engine.connect() as connection:
        for line in dumped(connection):
            sys.stdout.write(line + "\n")


@app.command("migrate", epilog="Example: hemeroteca migrate --home /srv/hemeroteca")
def migrate_schema(home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """Bring an archive that an earlier version wrote up to date. No visit may be running.

    SQLite: a copy of the database is made beside it first; delete it when all is well. PostgreSQL: make a backup with
    pg_dump before you begin. All steps are one transaction: one that is killed can be begun again.
    """
    with progress_bar() as progress:
        task = progress.add_task("migrating", total=None)
        done = migrate(home, database, told=lambda what, done, total: progress.update(
            task, description=what, completed=done, total=total))  # fmt: skip
    if as_json:
        print_json({**asdict(done), "backup": str(done.backup) if done.backup else None})
    elif done.before == done.after:
        show_lines([f"the schema is up to date ({done.after})"])
    else:
        show_lines([f"migrated from {done.before} to {done.after}"])
        if done.backup:
            show_lines([f"copy of before: {done.backup}"])

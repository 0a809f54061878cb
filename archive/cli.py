"""The archivist's command ``hemeroteca``. It reads an archive; the crawler fills it."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from archive import audit, corpus, diff_page, events, screen, takedown
from archive import pack as packing
from archive.changes import changes as list_changes
from archive.clock import shifted_clock
from archive.copies import copies as list_copies
from archive.describe import stamp
from archive.diff import Text as Told
from archive.diff import compare, unified
from archive.dump import dump as dumped
from archive.erase import left_over
from archive.errors import ArchiveError, NoArchiveError, NotFoundError, QueryError
from archive.export import export_jsonl
from archive.export.jsonl import check_name
from archive.rebuild import rebuild_database, rebuild_in_place, rebuild_into
from archive.scan import own_files
from archive.selection import Selection, parse_day, parse_time
from archive.store import Archive, migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import RenderableType

    from archive.rebuild import Rebuilt

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


def main() -> None:
    """Run the command; what goes wrong is one line on standard error and a status that is not zero."""
    try:
        app()
    except ArchiveError as error:
        print(f"hemeroteca: {error}", file=sys.stderr)  # noqa: T201 - the command speaks to its user
        sys.exit(1)
    except UnicodeEncodeError as error:
        letters = error.object[error.start : error.end]
        print(f"hemeroteca: {error.encoding} cannot hold {letters!r}; is all UTF-8?", file=sys.stderr)  # noqa: T201 - as above
        sys.exit(1)
    except BrokenPipeError:
        # The reader of a pipe has seen enough; what Python would still flush has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _opened(home: Path, database: str | None) -> Iterator[Archive]:
    with Archive(home, database=database, readonly=True) as archive:
        if archive.notice:
            print(f"hemeroteca: {archive.notice}", file=sys.stderr)  # noqa: T201 - the command speaks to its user
        yield archive


@contextmanager
def _to_write(home: Path, database: str | None) -> Iterator[Archive]:
    with _opened(home, database):
        pass  # there must be an archive: opening it to write would make one
    with Archive(home, database=database) as archive:
        yield archive


def _console() -> Console:
    return Console(soft_wrap=False, highlight=False)


def _show(lines: Iterable[RenderableType]) -> None:
    console = _console()
    for line in lines:
        # A line that must not be broken, such as an address, may run over the edge.
        console.print(line, soft_wrap=isinstance(line, Text) and bool(line.no_wrap))


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _selection(query: str | None, site: str | None, since: str | None, until: str | None, author: str | None,
               language: str | None) -> Selection:  # fmt: skip
    return Selection(
        query=query,
        site=site,
        since=parse_day(since, "--from") if since else None,
        until=parse_day(until, "--to") if until else None,
        author=author,
        language=language,
    )


@app.command(epilog="Example: hemeroteca stats --json | jq .articles")
def stats(home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """Show what the archive holds: sites, articles, versions, sizes, last visits."""
    with _opened(home, database) as archive:
        told = corpus.stats(archive)
    if as_json:
        _print_json(told)
    else:
        _show(screen.stats_page(told))


_SEARCH = """Search headlines, bylines and bodies, the newest first. With --json, one hit a line.

Words must all be there; "a phrase", prefix*, OR, NOT or -word, brackets. title: author: body: ask one part of a story.
site: place: lang: country: region: state: (live, missing, gone, restored, changed, stealth) from: to: (days) and views:
(at least so many) ask what is known of it.
"""


@app.command(help=_SEARCH, epilog="Example: hemeroteca search 'flood OR \"city hall\" -drill state:stealth' --facets")
def search(
    query: Annotated[str, typer.Argument(help="What to search for, in the words above.")],
    site: Site = None,
    since: Since = None,
    until: Until = None,
    author: AuthorName = None,
    language: Language = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="In the texts of this day or time.")] = None,
    removed: Annotated[bool, typer.Option("--removed", help="In what was taken out of a text or off a site.")] = False,
    relevance: Annotated[bool, typer.Option("--relevance", help="The best of the newest 1,000 hits first.")] = False,
    facets: Annotated[bool, typer.Option("--facets", help="Count hits by site, month, author, language.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many hits.")] = 20,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Search the archive; the text shown by --help is _SEARCH."""
    selection = replace(
        _selection(query, site, since, until, author, language),
        at=parse_time(at, "--at") if at else None, removed=removed, by_relevance=relevance,
    )  # fmt: skip
    with _opened(home, database) as archive:
        if facets:
            counted = corpus.facets(archive, selection)
            _print_json(counted) if as_json else _show(screen.facets_table(counted))
            return
        hits, found = corpus.search(archive, selection, limit), corpus.count(archive, selection)
    if as_json:
        for hit in hits:
            _print_json(hit)
        return
    _show(screen.hits_table(hits))
    order = "best" if relevance else "newest"
    _show([f"{found:,} found" + (f", the {order} {limit} shown; --limit shows more" if found > limit else "")])


@app.command(epilog="Example: hemeroteca show https://panublion.example/2026/05/flood/ --at 2026-05-03")
def show(
    story: Story,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="As it stood on this day or time.")] = None,
    known: Annotated[
        str | None, typer.Option("--known", metavar="TIME", help="As this archive knew it then: for old citations.")
    ] = None,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Read one article: as it is, or as it stood at a time."""
    moments = {name: parse_time(text, f"--{name}") for name, text in (("at", at), ("known", known)) if text}
    if "known" in moments and "at" not in moments:
        moments["at"] = moments["known"]
    with _opened(home, database) as archive:
        told = corpus.article(archive, story, **moments, counters=as_json)
    if as_json:
        _print_json(told)
    else:
        _show(screen.article_page(told))


@app.command(epilog="Example: hemeroteca history m2cou6bwoqnwm")
def history(story: Story, home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """List the versions of an article, the addresses it had, and its view curve."""
    with _opened(home, database) as archive:
        told = corpus.history(archive, story)
    if as_json:
        _print_json(asdict(told))
    else:
        _show(screen.history_page(told))


class Form(StrEnum):
    """How a diff is handed out."""

    TERMINAL = "terminal"
    HTML = "html"
    UNIFIED = "unified"
    JSON = "json"


DiffForm = Annotated[Form, typer.Option("--as", help="terminal, html, unified or json.", show_default=False)]


@app.command(epilog="Example: hemeroteca diff m2cou6bwoqnwm 1 3; hemeroteca diff m2cou6bwoqnwm --as html > diff.html")
def diff(
    story: Story,
    old: Annotated[int | None, typer.Argument(help="The older version; else the last but one.")] = None,
    new: Annotated[int | None, typer.Argument(help="The newer version; else the last.")] = None,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    form: DiffForm = Form.TERMINAL,
    as_json: Json = False,
) -> None:
    """Show, word by word, what changed between two versions of an article."""
    with _opened(home, database) as archive:
        told = corpus.history(archive, story)
        before, after = _two_versions(told, old, new)
    texts = _told(before), _told(after)
    comparison = compare(*texts)
    numbers = str(before["version"]), str(after["version"])
    if as_json or form is Form.JSON:
        _print_json({"id": told.key, "from": before["version"], "to": after["version"], **asdict(comparison)})
    elif form is Form.UNIFIED:
        sys.stdout.write(unified(*texts, told.key, *numbers))
    elif form is Form.HTML:
        heading = f"{told.site}: version {numbers[0]} → {numbers[1]}"
        note = f"{told.key} · {before['valid_from']} → {after['valid_from']}"
        sys.stdout.writelines(
            diff_page.page(after["title"] or told.key, [(heading, note, diff_page.fragment(comparison))])
        )
    else:
        _show(screen.diff_header(before, after))
        _show(screen.diff_page(comparison, colour=_console().color_system is not None))


def _told(version: dict[str, Any]) -> Told:
    body = version["body"].encode() if version["body"] is not None else None
    return corpus.text_of(version["title"], version["standfirst"], version["authors"] or (), body)


def _two_versions(told: corpus.History, old: int | None, new: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    texts = {version["version"]: version for version in told.versions if version["body"] is not None}
    if len(texts) < 2 and (old is None or new is None):
        raise NotFoundError(f"{told.key}: only one version has a text, so there is nothing to compare")
    numbers = sorted(texts)
    new = new if new is not None else numbers[-1]
    old = old if old is not None else max((number for number in numbers if number < new), default=numbers[0])
    for number in (old, new):
        if number not in texts:
            raise NotFoundError(
                f"{told.key}: no version {number} with a text; there are {', '.join(map(str, numbers))}"
            )
    return texts[old], texts[new]


@app.command(epilog="Example: hemeroteca changes --site panublion --from 2026-11-16 --as html > week.html")
def changes(
    site: Site = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DAY", help="Since this day; else a week ago.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Up to this day, included.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only quiet changes and removals.")] = False,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    form: DiffForm = Form.TERMINAL,
    as_json: Json = False,
) -> None:
    """Show everything that changed in the last week, or in any days (UTC), word by word. With --json, one a line."""
    with _opened(home, database) as archive:
        end = parse_time(until, "--to") if until else archive.clock()
        begin = datetime.combine(parse_day(since, "--from"), time(), UTC) if since else end - timedelta(days=7)
        found = list_changes(archive, begin, end, site=site, quiet=quiet)
        if as_json or form is Form.JSON:
            for changed in found:
                comparison = changed.compared
                _print_json({**asdict(changed), "labels": comparison.labels if comparison else []})
        elif form is Form.UNIFIED:
            for changed in found:
                numbers = str(changed.number - 1), str(changed.number)
                sys.stdout.write(unified(changed.old or Told(), changed.new or Told(), changed.article, *numbers))
        elif form is Form.HTML:
            title = f"{site or 'All papers'}: what changed, {begin:%Y-%m-%d} to {end:%Y-%m-%d}"
            sys.stdout.writelines(diff_page.page(title, diff_page.sections(found)))
        else:
            colour = _console().color_system is not None
            for changed in found:
                _show(screen.change(changed, colour=colour))


@app.command(epilog="Example: hemeroteca copies m2cou6bwoqnwm")
def copies(story: Story, home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """List the papers that carry the same text: who was first, what each added and cut. With --json, one a line."""
    with _opened(home, database) as archive:
        found = list_copies(archive, story)
    if as_json:
        for told in found:
            _print_json(told)
    else:
        _show(screen.copies_table(found))


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
    selection = replace(_selection(query, site, since, until, author, language), without_opt_outs=without_opt_outs)
    with _opened(home, database) as archive, _progress() as progress:
        task = progress.add_task("exporting", total=corpus.count(archive, selection))
        lines = export_jsonl(
            corpus.articles(archive, selection, counters=counters), target, lambda: progress.advance(task)
        )
        archive.note("export", "archive", None, {"articles": lines, "selection": {
            name: str(value) for name, value in asdict(selection).items() if value not in (None, False)}})  # fmt: skip
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(
        f"{lines:,} articles written to {'standard output' if target is None else out}"
    )


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
    with _opened(home, database) as archive, _progress() as progress:
        task = progress.add_task("verifying", total=audit.warc_bytes(archive))
        verdict = audit.verify(archive, lambda done: progress.advance(task, done), sample)
        archive.note("verify", "archive", None, {**verdict.figures(), "share": sample.share},
                     outcome="faults" if verdict.faults else "ok")  # fmt: skip
    if as_json:
        _print_json(asdict(verdict))
    else:
        figures = f"{verdict.files:,} WARC files, {verdict.records:,} records, {verdict.captures:,} captures"
        _show([Text(f"{fault.where}: {fault.what}", style="red") for fault in verdict.faults])
        if verdict.unfollowed:
            _show(
                [f"{verdict.unfollowed:,} records are newer than the database: a visit runs, or `hemeroteca recover`"]
            )
        _show([f"{figures}, {verdict.contents:,} contents: {len(verdict.faults) or 'no'} faults"])
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
    with _to_write(home, database) as archive:
        found = archive.recovered
    if as_json:
        _print_json([asdict(file) for file in found])
        return
    for file in found:
        torn = f", {file.torn_bytes:,} torn bytes set aside" if file.torn_bytes else ""
        _show([f"{file.name}: {file.records:,} records, {file.indexed:,} indexed now{torn}"])
        _show([Text(problem, style="red") for problem in file.problems])
    _show([f"{len(found) or 'no'} files were left by dead processes"])


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
    with _progress() as progress:
        task = progress.add_task("rebuilding", total=sum(file.stat().st_size for file in own_files(home / "warc")))
        done = _rebuild(home, into, database, lambda size: progress.advance(task, size))
    if as_json:
        _print_json(asdict(done))
    else:
        _show([Text(problem, style="red") for problem in done.problems])
        _show([f"{done.files:,} WARC files, {done.records:,} records: {done.database}"])
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
    with _to_write(home, database) as archive, _progress() as progress:
        names = packing.packable(archive, archive.clock() - timedelta(days=days))
        if dry_run or not names:
            _show([Text(name) for name in names] or ["nothing to pack"])
            return
        size = sum((archive.warc_folder / name).stat().st_size for name in names)
        task = progress.add_task("packing", total=2 * size)
        done = packing.pack(archive, names, lambda read: progress.advance(task, read))
    if as_json:
        _print_json(asdict(done))
    else:
        _show([(f"{len(done.sources):,} files, {done.bytes_before / 1e6:,.1f} MB, are {len(done.packs):,} packs, "
               f"{done.bytes_after / 1e6:,.1f} MB; {done.records:,} records")])  # fmt: skip


@app.command(epilog="Example: hemeroteca unpack hemeroteca-pack-20261125140102-1f2e3d-00000.warc.zst")
def unpack(
    names: Annotated[list[str], typer.Argument(metavar="FILE...", help="Packed files, as below warc/.")],
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Put a .warc.gz in the place of packed files, with the same records in the same order."""
    with _to_write(home, database) as archive:
        for name in names:
            _show([Text(packing.unpack(archive, Path(name).name))])


takedowns = typer.Typer(
    help="Hide what must not be shown, with the reason; see what is hidden; show it again.", no_args_is_help=True
)
app.add_typer(takedowns, name="takedown")
Reason = Annotated[str, typer.Option("--reason", help="Why; the tombstone shows it.")]


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
    with _opened(home, database) as archive, archive.engine.connect() as connection:
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
        _print_json({"id": key, "hides": hides})
        return
    _show([Text(article) for article in hides])
    _show([f"{'would hide' if dry_run else f'takedown {key} hides'} {len(hides):,} articles"])


def _erase(archive: Archive, key: str) -> None:
    with _progress() as progress:
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
    with _to_write(home, database) as archive:
        if not yes:
            typer.confirm(f"Erase what takedown {key} hides, from the database and every WARC file?", abort=True)
        _erase(archive, key)


@takedowns.command("list", epilog="Example: hemeroteca takedown list --json")
def takedown_list(home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """List the takedowns, the newest first, lifted ones too."""
    with _opened(home, database) as archive, archive.engine.connect() as connection:
        found = takedown.listing(connection)
    if as_json:
        _print_json([{**one, "since": stamp(one["since"]), "lifted": stamp(one["lifted"])} for one in found])
    else:
        _show(screen.takedowns_table(found))


@takedowns.command("lift", epilog="Example: hemeroteca takedown lift 5c1d20ab33fe --reason 'order withdrawn'")
def takedown_lift(
    key: Annotated[str, typer.Argument(metavar="TAKEDOWN", help="As `hemeroteca takedown list` shows it.")],
    reason: Reason,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Show again what a takedown hid."""
    with _to_write(home, database) as archive:
        archive.lift(key, reason)
    _show([f"takedown {key} is lifted"])


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
    with _opened(home, database) as archive, archive.engine.connect() as connection:
        asked = events.listing(connection, kind=kind, since=start, about=about, limit=None if as_json else limit)
        if as_json:
            for event in asked:
                _print_json(event)
        else:
            _show(screen.events_table(list(asked)))


@app.command(epilog="Example: diff <(hemeroteca dump --home one) <(hemeroteca dump --home other)")
def dump(home: Home = Path(DEFAULT_HOME), database: Database = None) -> None:
    """Print all that was derived from the WARC files, by natural keys: equal archives give equal lines."""
    with _opened(home, database) as archive, archive.engine.connect() as connection:
        for line in dumped(connection):
            sys.stdout.write(line + "\n")


@app.command("migrate", epilog="Example: hemeroteca migrate --home /srv/hemeroteca")
def migrate_schema(home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """Bring an archive that an earlier version wrote up to date. No visit may be running.

    SQLite: a copy of the database is made beside it first; delete it when all is well. PostgreSQL: make a backup with
    pg_dump before you begin.
    """
    done = migrate(home, database)
    if as_json:
        _print_json({**asdict(done), "backup": str(done.backup) if done.backup else None})
    elif done.before == done.after:
        _show([f"the schema is up to date ({done.after})"])
    else:
        _show([f"migrated from {done.before} to {done.after}"])
        if done.backup:
            _show([f"copy of before: {done.backup}"])


def _progress() -> Progress:
    """Return a progress bar on standard error, which is silent where nobody watches."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip

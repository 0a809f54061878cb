"""Commands that ask the archive: search, read, compare."""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive import corpus, diff_page, screen
from archive import sites as list_sites
from archive.changes import changes as list_changes
from archive.cite import Style, csl, write
from archive.citing import cited
from archive.cli.common import (
    DEFAULT_HOME,
    AuthorName,
    Database,
    DiffForm,
    Form,
    Home,
    Json,
    Language,
    Since,
    Site,
    Story,
    Until,
    app,
    console,
    opened,
    print_json,
    selection_of,
    show_lines,
)
from archive.copies import copies as list_copies
from archive.diff import Text as Told
from archive.diff import compare, unified
from archive.mementos import load, mementos, nearest
from archive.selection import parse_day, parse_time
from archive.tables import Metric

if TYPE_CHECKING:
    from archive.store import Archive


@app.command(epilog="Example: hemeroteca stats --json | jq .articles")
def stats(home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """Show what the archive holds: sites, articles, versions, sizes, last visits."""
    with opened(home, database) as archive:
        told = corpus.stats(archive)
    if as_json:
        print_json(told)
    else:
        show_lines(screen.stats_page(told))


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
        selection_of(query, site, since, until, author, language),
        at=parse_time(at, "--at") if at else None, removed=removed, by_relevance=relevance,
    )  # fmt: skip
    with opened(home, database) as archive:
        if facets:
            counted = corpus.facets(archive, selection)
            print_json(counted) if as_json else show_lines(screen.facets_table(counted))
            return
        hits, found = corpus.search(archive, selection, limit), corpus.count(archive, selection)
    if as_json:
        for hit in hits:
            print_json(hit)
        return
    show_lines(screen.hits_table(hits))
    order = "best" if relevance else "newest"
    show_lines([f"{found:,} found" + (f", the {order} {limit} shown; --limit shows more" if found > limit else "")])


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
    with opened(home, database) as archive:
        told = corpus.article(archive, story, **moments, counters=as_json)
    if as_json:
        print_json(told)
    else:
        show_lines(screen.article_page(told))


@app.command(epilog="Example: hemeroteca history m2cou6bwoqnwm")
def history(story: Story, home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """List the versions of an article, the addresses it had, and its view curve."""
    with opened(home, database) as archive:
        told = corpus.history(archive, story)
    if as_json:
        print_json(asdict(told))
    else:
        show_lines(screen.history_page(told))


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
    with opened(home, database) as archive:
        told = corpus.history(archive, story)
        before, after = corpus.two_versions(told, old, new)
    texts = corpus.text_of_version(before), corpus.text_of_version(after)
    comparison = compare(*texts)
    numbers = str(before["version"]), str(after["version"])
    if as_json or form is Form.JSON:
        print_json({"id": told.key, "from": before["version"], "to": after["version"], **asdict(comparison)})
    elif form is Form.UNIFIED:
        sys.stdout.write(unified(*texts, told.key, *numbers))
    elif form is Form.HTML:
        heading = f"{told.site}: version {numbers[0]} → {numbers[1]}"
        note = f"{told.key} · {before['valid_from']} → {after['valid_from']}"
        sys.stdout.writelines(
            diff_page.page(after["title"] or told.key, [(heading, note, diff_page.fragment(comparison))])
        )
    else:
        show_lines(screen.diff_header(before, after))
        show_lines(screen.diff_page(comparison, colour=console().color_system is not None))


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
    with opened(home, database) as archive:
        end = parse_time(until, "--to") if until else archive.clock()
        begin = datetime.combine(parse_day(since, "--from"), time(), UTC) if since else end - timedelta(days=7)
        found = list_changes(archive, begin, end, site=site, quiet=quiet)
        if as_json or form is Form.JSON:
            for changed in found:
                comparison = changed.compared
                print_json({**asdict(changed), "labels": comparison.labels if comparison else []})
        elif form is Form.UNIFIED:
            for changed in found:
                numbers = str(changed.number - 1), str(changed.number)
                sys.stdout.write(unified(changed.old or Told(), changed.new or Told(), changed.article, *numbers))
        elif form is Form.HTML:
            title = f"{site or 'All papers'}: what changed, {begin:%Y-%m-%d} to {end:%Y-%m-%d}"
            sys.stdout.writelines(diff_page.page(title, diff_page.sections(found)))
        else:
            colour = console().color_system is not None
            for changed in found:
                show_lines(screen.change(changed, colour=colour))


@app.command(epilog="Example: hemeroteca copies m2cou6bwoqnwm")
def copies(story: Story, home: Home = Path(DEFAULT_HOME), database: Database = None, as_json: Json = False) -> None:
    """List the papers that carry the same text: who was first, what each added and cut. With --json, one a line."""
    with opened(home, database) as archive:
        found = list_copies(archive, story)
    if as_json:
        for told in found:
            print_json(told)
    else:
        show_lines(screen.copies_table(found))


_BASE = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")


def _served_at(base: str | None) -> str | None:
    if base is not None and not _BASE.fullmatch(base):
        raise typer.BadParameter("expects an address like https://archive.example/", param_hint="--base")
    return base and base.rstrip("/") + "/"


@app.command(epilog="Example: hemeroteca cite m2cou6bwoqnwm --at 2026-11-03 --as bibtex >> sources.bib")
def cite(
    story: Story,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="As it stood on this day or time.")] = None,
    known: Annotated[str | None, typer.Option("--known", metavar="TIME", help="As this archive knew it then.")] = None,
    style: Annotated[Style, typer.Option("--as", help="text, bibtex, ris or csl (CSL-JSON).")] = Style.TEXT,
    base: Annotated[
        str | None,
        typer.Option("--base", envvar="HEMEROTECA_BASE", help="Where this archive is served.", show_default=False),
    ] = None,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Cite an article as it read at a time, so that the citation stays true. --json is one item of CSL-JSON."""
    served = _served_at(base)
    moments = {name: parse_time(text, f"--{name}") for name, text in (("at", at), ("known", known)) if text}
    if "known" in moments and "at" not in moments:
        moments["at"] = moments["known"]
    with opened(home, database) as archive:
        told = cited(archive, story, **moments, base=served)
    if as_json:
        print_json(csl(told))
    else:
        sys.stdout.write(write(told, style))


OnlyMetric = Annotated[Metric | None, typer.Option("--metric", help="views, comments or shares; else all.")]


class CurveForm(StrEnum):
    """How counter readings are handed out."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@app.command(epilog="Example: hemeroteca counters m2cou6bwoqnwm --metric views --as csv > views.csv")
def counters(
    story: Story,
    metric: OnlyMetric = None,
    form: Annotated[CurveForm, typer.Option("--as", help="table, json or csv.", show_default=False)] = CurveForm.TABLE,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List what the counters of an article showed and when, as runs of equal values. With --json, one run a line."""
    with opened(home, database) as archive:
        told = corpus.history(archive, story, texts=False)
    runs = [run for run in told.counters if metric is None or run["metric"] == metric]
    if as_json or form is CurveForm.JSON:
        for run in runs:
            print_json(run)
    elif form is CurveForm.CSV:
        out = csv.DictWriter(sys.stdout, screen.RUN, lineterminator="\n")
        out.writeheader()
        out.writerows(runs)
    else:
        show_lines(screen.counters_table(runs))


DAYS = 14
"""Days of a paper whose stories are counted."""


@app.command(epilog="Example: hemeroteca sites --json | jq 'select(.health != \"well\")'")
def sites(
    name: Annotated[str | None, typer.Argument(metavar="SITE", help="Only this one, with its last visits.")] = None,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show how the papers stand: stories, what came out in a week, their last visits. With --json, one a line."""
    with opened(home, database) as archive:
        found = list_sites.standings(archive) if name is None else [list_sites.standing(archive, name)]
        more = _more_of_site(archive, name) if name is not None else {}
    if as_json:
        for site in found:
            print_json({**asdict(site), "articles": site.articles, "health": site.health, **more})
    elif name is None:
        show_lines(screen.sites_table(found))
    else:
        show_lines(screen.site_page(found[0], more["fields"], more["days"]))


def _more_of_site(archive: Archive, name: str) -> dict[str, Any]:
    days = {f"{day}": many for day, many in list_sites.stories_by_day(archive, name, DAYS)}
    return {"fields": list_sites.shares_of_fields(archive, name), "days": days}


@app.command(epilog="Example: hemeroteca page https://panublion.example/2026/05/flood/ --at 2026-05-03 > flood.html")
def page(
    url: Annotated[str, typer.Argument(metavar="URL", help="An address that was captured.")],
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="As it was nearest to this day or time.")
    ] = None,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write the stored page of an address as it came: the last, or the one nearest to a time. --json lists all."""
    with opened(home, database) as archive:
        found = mementos(archive, url)
        if as_json:
            for one in found:
                print_json({"at": one.stamp, "status": one.status, "url": one.url, "page": one.page,
                            "redirect": one.redirect})  # fmt: skip
            return
        chosen = nearest(found, parse_time(at, "--at")) if at else found[-1]
        sys.stdout.buffer.write(load(archive, chosen).payload)
        sys.stdout.buffer.flush()

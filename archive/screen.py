"""What the archivist sees in a terminal: articles, histories, diffs and curves, drawn with rich."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from archive.describe import minute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from archive.changes import Changed
    from archive.corpus import History
    from archive.diff import Block, Comparison, Part
    from archive.sites import Standing

STYLES = {"same": "", "added": "bold green", "removed": "strike red"}
MARKS = {"added": ("{+", "+}"), "removed": ("[-", "-]"), "same": ("", "")}


def hits_table(hits: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """Draw search hits, three lines each: date and headline, words around the hit, key and address."""
    for hit in hits:
        day = (hit["published"] or hit["first_seen"] or "")[:10]
        state = "" if hit["state"] == "live" else f"  [{hit['state']}]"
        views = f"  {hit['views']:,} views" if hit["views"] is not None else ""
        title = Text(hit["title"] or "untitled", "bold")
        for start, end in hit["title_hits"]:
            title.stylize("reverse", start, end)
        yield Text.assemble((day, "dim"), "  ", title, (state, "red"), (views, "dim"))
        snippet = Text(hit["snippet"])
        for start, end in hit["hits"]:
            snippet.stylize("bold reverse", start, end)
        yield Padding(snippet, (0, 0, 0, 12), expand=False)
        authors = ", ".join(hit["authors"])
        yield Padding(Text(f"{hit['id']}  {hit['site']}  {authors}", style="dim"), (0, 0, 0, 12), expand=False)
        yield _address(f"{'':12}{hit['url']}")
        yield Text()


def facets_table(facets: dict[str, dict[str, int]], most: int = 8) -> Iterator[RenderableType]:
    """Draw how many hits there are by site, month, author and language."""
    for name, counted in facets.items():
        told = ", ".join(f"{value} {count:,}" for value, count in list(counted.items())[:most])
        more = f" and {len(counted) - most} more" if len(counted) > most else ""
        yield Text.assemble((f"{name}: ", "dim"), told or "–", (more, "dim"))


def _address(text: str) -> Text:
    """Return a line that is never broken, so that an address can be copied."""
    return Text(text, style="dim", no_wrap=True, overflow="ignore")


def article_page(told: dict[str, Any]) -> Iterator[RenderableType]:
    """Draw one article as it would be read."""
    yield Text(told["title"] or "untitled", style="bold")
    if told["standfirst"]:
        yield Text(told["standfirst"], style="italic")
    names = ", ".join(author["name"] for author in told["authors"]) or "no byline"
    yield Text(f"{names} · {told['published'] or 'undated'} · {told['site']}", style="dim")
    counted = [f"{told[name]:,} {name}" for name in ("views", "comments") if told[name] is not None]
    yield Text(" · ".join([f"version {told['version']}", told["state"], *counted]), style="dim")
    yield Text()
    for paragraph in (told["body"] or "").split("\n\n"):
        yield Padding(Text(paragraph), (0, 0, 1, 0), expand=False)
    for author in told["authors"]:
        if author["profile"]:
            yield Text(f"About {author['name']}: {author['profile']}", style="italic")
    yield _address(f"{told['id']}  {told['url']}")


def history_page(told: History) -> Iterator[RenderableType]:
    """Draw an article's versions as a table, its addresses, and the curve of its views."""
    yield Text(f"{told.key}  {told.site}  {told.state}  {told.captures} captures", style="dim")
    table = Table("version", "valid from (UTC)", "last seen", "what", "words", "headline", box=None, header_style="dim")
    for version in told.versions:
        what = "quiet change" if version["stealth"] else version["change"]
        table.add_row(str(version["version"]), minute(version["valid_from"]), minute(version["last_seen"]), what,
                      str(version["word_count"] or ""), version["title"] or "")  # fmt: skip
    yield table
    for address in told.urls:
        yield _address(f"{minute(address['from'])}  {address['url']}")
    views = [run for run in told.counters if run["metric"] == "views"]
    if views:
        yield Text()
        yield from curve_lines(views)


def curve_lines(views: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """Draw a curve of views: a bar and a line for each run of equal values."""
    highest = max(run["value"] for run in views) or 1
    yield Text("views", style="dim")
    for run in views:
        bar = "█" * max(1, round(40 * run["value"] / highest))
        yield Text.assemble((f"{minute(run['from'])}  ", "dim"), (bar, "cyan"), f" {run['value']:,}")


def diff_header(before: dict[str, Any], after: dict[str, Any]) -> Iterator[RenderableType]:
    """Draw which versions are compared."""
    quiet = ", a quiet change" if after["stealth"] else ""
    yield Text(f"version {before['version']} ({minute(before['valid_from'])}) → "
               f"{after['version']} ({minute(after['valid_from'])}){quiet}", style="dim")  # fmt: skip


def diff_page(comparison: Comparison, *, colour: bool) -> Iterator[RenderableType]:
    """Draw what changed: the headline, then what else is labelled; what is the same is only counted."""
    if comparison.labels:
        yield Text(" · ".join(comparison.labels), style="dim")
    headline = _marked(comparison.title, colour=colour)
    headline.stylize("bold")
    yield Padding(headline, (0, 0, 1, 0), expand=False)
    for label, parts in (("standfirst", comparison.standfirst), ("byline", comparison.byline)):
        if label in comparison.labels:
            yield Padding(_marked(parts, colour=colour), (0, 0, 1, 0), expand=False)
    yield from _blocks(comparison.paragraphs, colour=colour)


def _blocks(blocks: Iterable[Block], *, colour: bool) -> Iterator[RenderableType]:
    same = 0
    for block in blocks:
        if block.kind == "same":
            same += 1
            continue
        yield from _same_lines(same)
        same = 0
        text = _marked(block.parts, colour=colour)
        moved = Text("moved here: ", style="dim") if block.kind == "moved" else Text()
        yield Padding(moved + text, (0, 0, 1, 0), expand=False)
    yield from _same_lines(same)


def change(changed: Changed, *, colour: bool) -> Iterator[RenderableType]:
    """Draw one change of a list: what happened, and the diff."""
    yield Text(changed.note, style="dim")
    comparison = changed.compared
    if comparison is not None:
        yield from diff_page(comparison, colour=colour)
    else:
        yield Padding(Text(changed.title or changed.article, style="bold"), (0, 0, 1, 0), expand=False)


def copies_table(found: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """Draw the papers that carry one text, the first of all first."""
    if not found:
        yield Text("no other paper in this archive carries this text")
        return
    table = Table("first seen (UTC)", "site", "added", "cut", "article", "headline", box=None, header_style="dim")
    for told in found:
        table.add_row(minute(told["first_seen"]), told["site"], f"{told['added']:.0%}", f"{told['cut']:.0%}",
                      told["id"], told["title"])  # fmt: skip
    yield table


def _same_lines(count: int) -> Iterator[RenderableType]:
    if count:
        yield Padding(
            Text(f"… {count} paragraph{'s' if count > 1 else ''} unchanged …", style="dim"), (0, 0, 1, 0), expand=False
        )


def _marked(parts: tuple[Part, ...], *, colour: bool) -> Text:
    """Return parts in colours, or between marks where there are none, as wdiff prints them."""
    text = Text()
    for part in parts:
        before, after = ("", "") if colour else MARKS[part.kind]
        text.append(f"{before}{part.text}{after}", style=STYLES[part.kind])
    return text


def stats_page(told: dict[str, Any]) -> Iterator[RenderableType]:
    """Draw the archive's figures and its sites."""
    states = ", ".join(f"{number:,} {state}" for state, number in sorted(told["states"].items()))
    yield Text(f"{told['home']}", style="dim")
    yield Text(f"{told['articles']:,} articles ({states or 'none yet'}), {told['versions']:,} versions, "
               f"{told['stealth_edits']:,} quiet changes")  # fmt: skip
    yield Text(f"{told['captures']:,} captures in {told['warc_files']:,} WARC files, "
               f"{told['warc_bytes'] / 1e6:,.1f} MB; {told['counter_readings']:,} counter readings")  # fmt: skip
    if told["opted_out"]:
        yield Text(
            f"{told['opted_out']:,} articles opt out of archives or mining; export --without-opt-outs leaves them"
        )
    table = Table("site", "articles", "visits", "last visit (UTC)", "ended", "title", box=None, header_style="dim")
    for site in told["sites"]:
        table.add_row(site["site"], f"{site['articles']:,}", str(site["visits"]), minute(site["last_visit"]),
                      str(site["last_exit_status"] if site["last_exit_status"] is not None else "–"),
                      site["title"])  # fmt: skip
    yield table


def takedowns_table(found: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """Draw the takedowns, one a row."""
    table = Table("takedown", "since (UTC)", "lifted", "hides", "what", "reason", box=None, header_style="dim")
    for one in found:
        lifted = f"{one['lifted']:%Y-%m-%d}" if one["lifted"] else "–"
        table.add_row(one["id"], f"{one['since']:%Y-%m-%d %H:%M}", lifted, f"{one['articles']:,}",
                      f"{one['scope']} {one['target']}", one["reason"])  # fmt: skip
    yield table if found else Text("nothing was ever taken down")


def events_table(found: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """Draw events, one a row, the newest first."""
    table = Table("at (UTC)", "event", "outcome", "of", "detail", box=None, header_style="dim")
    for one in found:
        detail = ", ".join(f"{name} {value}" for name, value in (one["detail"] or {}).items())
        what = f"{one['object_type']} {one['object']}" if one["object"] else one["object_type"]
        table.add_row(minute(one["at"]), one["type"], one["outcome"], what, detail)
    yield table if found else Text("no such event")


RUN = ("metric", "value", "from", "to", "exact", "stale", "raw", "source")
"""What a run of equal counter readings says, in this order."""


def counters_table(runs: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """Draw counter readings, one run a line."""
    if not runs:
        yield Text("no counter was seen")
        return
    table = Table(box=None, pad_edge=False)
    for heading, style in (("counter", ""), ("value", "bold"), ("seen from", ""), ("to", ""), ("read at", "dim")):
        table.add_column(heading, style=style, justify="right" if heading == "value" else "left")
    for run in runs:
        about = "" if run["exact"] else "about "
        table.add_row(run["metric"], f"{about}{run['value']:,}", minute(run["from"]), minute(run["to"]), run["source"])
    yield table


def sites_table(found: list[Standing]) -> Iterator[RenderableType]:
    """Draw the papers, one a line."""
    table = Table(box=None, pad_edge=False)
    for heading in ("site", "paper", "country", "stories", "this week", "stands", "last visit"):
        table.add_column(heading, justify="right" if heading in ("stories", "this week") else "left")
    for site in found:
        last = minute(site.visits[0].started) if site.visits else "never"
        style = "red" if site.health == "failed" else ""
        table.add_row(site.name, Text(site.title), site.country or "", f"{site.articles:,}", f"{site.in_week:,}",
                      Text(site.health, style), last)  # fmt: skip
    yield table


def site_page(site: Standing, shares: dict[str, float], days: dict[str, int]) -> Iterator[RenderableType]:
    """Draw one paper: what it has, its stories per day, the shares of its fields that are read, its last visits."""
    yield Text(site.title, "bold")
    states = ", ".join(f"{many:,} {state}" for state, many in sorted(site.states.items()))
    yield Text(f"{site.name}, {site.url}")
    yield Text(f"{site.articles:,} stories ({states}), {site.in_week:,} this week; {site.health}")
    if shares:
        told = ", ".join(f"{name} {share:.0%}" for name, share in sorted(shares.items()))
        yield Text(f"read on its last pages: {told}")
    yield Text(f"stories per day, the last {len(days)} days: {' '.join(map(str, days.values()))}")
    table = Table(box=None, pad_edge=False)
    for heading in ("visit", "went", "requests", "outcomes"):
        table.add_column(heading, justify="right" if heading == "requests" else "left")
    for visit in site.visits:
        outcomes = ", ".join(f"{many} {name}" for name, many in visit.outcomes.items())
        table.add_row(minute(visit.started), Text(visit.went, "red" if visit.went == "failed" else ""),
                      f"{visit.requests:,}" if visit.requests is not None else "",
                      Text("; ".join(filter(None, (outcomes, *visit.why)))))  # fmt: skip
    yield table

"""The pages: each asks the archive, lets the view arrange the answer, and draws it."""

from datetime import datetime, time, timedelta
from functools import partial
from itertools import chain, groupby, islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from archive import corpus, stored
from archive.changes import changes_page, with_texts
from archive.cite import Citation, Style, write
from archive.copies import copies
from archive.export import Wanted, lines
from archive.hits import hits
from archive.selection import Selection, parse_day, parse_time
from archive.store import Archive
from archive.web import replay, view
from archive.web.asking import Held, Opened, Selected
from archive.web.contract import pieces
from archive.web.drawing import draw, draw_early
from archive.web.figures import DAYS

router = APIRouter(include_in_schema=False)

HITS = 20
CHANGES = 20
WEEK = timedelta(days=7)


@router.get("/")
def front(request: Request, archive: Opened, figures: Held) -> Response:
    """Show what is new: the newest stories, the last quiet changes, the papers."""
    with archive.engine.connect() as connection:
        newest = hits(connection, Selection(), 8)
        quiet = changes_page(connection, *_last(archive, DAYS), quiet=True, newest_first=True, limit=6)
    return draw(request, "front.html", newest=newest.items, quiet=quiet.items, standings=figures.standings())


def _last(archive: Archive, days: int) -> tuple[datetime, datetime]:
    now = archive.clock()
    return now - timedelta(days=days), now + timedelta(days=1)


# ------------------------------------------------------------------ search and export


@router.get("/search")
def search(request: Request, archive: Opened, figures: Held, selected: Selected, after: str = "",
           counts: str = "") -> Response:  # fmt: skip
    """Show hits, the newest first, and beside them how many there are of what.

    To count costs far more than to list: a browser that runs scripts asks for the counts when the hits are there, and
    one that runs none has a link, which leads to the page with ``counts``.
    """
    with archive.engine.connect() as connection:
        found = hits(connection, selected, HITS, after or None)
    if not counts:
        return draw(request, "search.html", found=found, selected=selected, facets=None)
    return draw_early(request, "search.html", found=found, selected=selected,
                      facets=partial(figures.facets, selected))  # fmt: skip


@router.get("/search/counts")
def counts(request: Request, figures: Held, selected: Selected) -> Response:
    """Return the part of the page of a search that says how many there are of what."""
    return draw(request, "counts.html", counted=figures.facets(selected))


@router.get("/export.jsonl")
def export(archive: Opened, selected: Selected) -> Response:
    """Hand out what a search finds, one JSON object a line, as ``hemeroteca export`` does."""
    told = lines(archive, Wanted(selection=selected))
    first = list(islice(told, 1))  # what is wrong with the query must be said before anything is sent
    name = f"hemeroteca-{archive.clock():%Y%m%d}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces(chain(first, told)), media_type="application/jsonl", headers=headers)


@router.get("/datasets")
def datasets(request: Request, figures: Held) -> Response:
    """Say how to take the archive, or a part of it, away."""
    return draw(request, "datasets.html", standings=figures.standings())


# ------------------------------------------------------------------ a story


@router.get("/article")
def by_address(archive: Opened, url: str) -> Response:
    """Lead from an address that a story had to its page."""
    return RedirectResponse(f"/article/{corpus.history(archive, url, texts=False).key}", 302)


@router.get("/article/{key}")
def article(request: Request, archive: Opened, figures: Held, key: str, at: str = "", known: str = "") -> Response:
    """Show a story: as it reads, or as it read at a time, with all that is known about it."""
    then = parse_time(at or known, "at") if at or known else None
    told = corpus.article(archive, key, at=then, known=parse_time(known, "known") if known else None)
    history = corpus.history(archive, key)
    paper = figures.titles().get(told["site"], told["site"])
    citation = Citation.of(told, paper, archive.clock().date(), str(request.base_url))
    return draw(
        request, "article.html", told=told, history=history, timeline=view.timeline(history), at=at or known,
        curves=view.curves(history.counters), copies=copies(archive, key),
        citation=write(citation, Style.TEXT),
    )  # fmt: skip


@router.get("/article/{key}/compare")
def compare(request: Request, archive: Opened, key: str, old: int | None = None, new: int | None = None) -> Response:
    """Show any two versions of a story side by side."""
    history = corpus.history(archive, key)
    before, after = corpus.two_versions(history, old, new)
    compared = view.compared(before, after)
    return draw(request, "compare.html", history=history, before=before, after=after, comparison=compared,
                stretches=view.folded(view.side_by_side(compared)))  # fmt: skip


@router.get("/stored/{name}")
def stored_page(request: Request, archive: Opened, name: str) -> Response:
    """Show a stored page in a frame where nothing runs."""
    return draw(request, "stored.html", page=stored.find(archive, name))


@router.get("/stored/{name}/page")
def stored_payload(request: Request, archive: Opened, name: str) -> Response:
    """Hand out a stored page in a sandbox, with the pictures and style sheets that the archive holds of it."""
    page = stored.find(archive, name)
    return replay.sandboxed(page.load(archive.warc_folder), replay.Beside.of(request, page.id, archive, page.at))


@router.get("/stored/{name}/beside/{part}")
def stored_beside(request: Request, archive: Opened, name: str, part: str) -> Response:
    """Hand out a picture or a style sheet of a stored page."""
    page, found = stored.find(archive, name), stored.find(archive, part)
    beside = replay.Beside.of(request, page.id, archive, page.at)
    return replay.requisite(found.load(archive.warc_folder), beside)


# ------------------------------------------------------------------ papers


@router.get("/papers")
def papers(request: Request, figures: Held) -> Response:
    """List the papers by country."""
    ordered = sorted(figures.standings(), key=lambda site: site.country or "~")
    by_country = [(country, list(group)) for country, group in groupby(ordered, key=lambda site: site.country)]
    return draw(request, "papers.html", by_country=by_country)


@router.get("/paper/{name}")
def paper(request: Request, archive: Opened, figures: Held, name: str) -> Response:
    """Show how a paper stands: stories a day, what is read of them, visits and what came of them, last changes."""
    with archive.engine.connect() as connection:
        changed = changes_page(connection, *_last(archive, DAYS), site=name, newest_first=True, limit=10)
        newest = hits(connection, Selection(site=name), 10)
    told = figures.paper(name)
    return draw(
        request, "paper.html", standing=figures.standing(name), newest=newest.items, changed=changed.items,
        bars=view.bars(told.days), shares=told.shares, visits=told.visits,
    )  # fmt: skip


@router.get("/health")
def health(request: Request, figures: Held) -> Response:
    """Show at a glance how every site stands, those that need somebody first."""
    ordered = sorted(figures.standings(), key=lambda site: (list(view.HEALTH).index(site.health) * -1, site.title))
    return draw(request, "health.html", standings=ordered)


# ------------------------------------------------------------------ changes


@router.get("/changes")
def changes(request: Request, archive: Opened, site: str = "", after: str = "",
            since: Annotated[str, Query(alias="from")] = "",
            until: Annotated[str, Query(alias="to")] = "") -> Response:  # fmt: skip
    """Show what changed in a week, or in any days (UTC), word by word, the newest first."""
    return _changes(request, archive, site, since, until, after, quiet=False)


@router.get("/quiet")
def quiet(request: Request, archive: Opened, site: str = "", after: str = "",
          since: Annotated[str, Query(alias="from")] = "",
          until: Annotated[str, Query(alias="to")] = "") -> Response:  # fmt: skip
    """Show the same of what no date admits: quiet changes and removals."""
    return _changes(request, archive, site, since, until, after, quiet=True)


def _changes(request: Request, archive: Archive, site: str, since: str, until: str, after: str, *,
             quiet: bool) -> Response:  # fmt: skip
    begin, end = _span(archive, since, until)
    with archive.engine.connect() as connection:
        found = changes_page(connection, begin, end, site=site or None, quiet=quiet, newest_first=True,
                                           limit=CHANGES, after=after or None)  # fmt: skip
        told = with_texts(connection, found.items)
    by_day = [(day, list(group)) for day, group in groupby(told, key=lambda one: (one.valid_from or "")[:10])]
    return draw(request, "changes.html", by_day=by_day, quiet=quiet, site=site, begin=begin, end=end,
                next=found.next)  # fmt: skip


def _span(archive: Archive, since: str, until: str) -> tuple[datetime, datetime]:
    now = archive.clock()
    end = datetime.combine(parse_day(until, "to"), time.max, now.tzinfo) if until else now
    begin = datetime.combine(parse_day(since, "from"), time(), now.tzinfo) if since else end - WEEK
    return begin, end


# ------------------------------------------------------------------ about


@router.get("/about")
def about(request: Request) -> Response:
    """Say how the archive works and how to have something taken down."""
    return draw(request, "about.html")

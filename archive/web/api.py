"""The API for programs: what the pages show, as JSON under ``/api/v1``, described at ``/openapi.json``. Read-only."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from pydantic import BaseModel, BeforeValidator
from starlette.responses import Response

from archive import corpus
from archive.changes import changes_page, with_texts
from archive.cite import MEDIA_TYPES, Style, csl, write
from archive.citing import cited
from archive.copies import copies as list_copies
from archive.diff import compare
from archive.errors import NotFoundError, QueryError
from archive.export.shape import schema as export_schema
from archive.hits import hits
from archive.selection import Selection, parse_time
from archive.sites import Standing
from archive.web import models
from archive.web.asking import Held, Opened
from archive.web.contract import PROBLEM, admit, answer, tagged

DESCRIPTION = """An archive of regional news: every version of every story, with its counters.

Lists come in pages: `next` is the cursor of the page that follows, null on the last one. Answers have an `ETag`; ask
with `If-None-Match` and get 304 while nothing changed. Faults are problem details (RFC 9457); of a search that cannot
be understood `at` is the character where it goes wrong. Every client has so many requests a minute (429 with
`Retry-After`). What is taken down answers 451 with the reason, or 410 when it was erased too; never its text."""

_FAULTS = {
    400: "Cannot be understood.", 401: "This server asks for a token.", 404: "Not in this archive.",
    410: "Taken down and erased; the detail says why.", 422: "A parameter is not of its kind.",
    429: "Too many requests; Retry-After says when to come again.", 451: "Taken down; the detail says why.",
    500: "Something went wrong; the log of the server has it under the name in the detail.",
    503: "The archive cannot answer now.",
}  # fmt: skip
_FAULT = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_EVERY: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing changed."},
    **{status: {"description": told, "content": _FAULT} for status, told in _FAULTS.items()},
}  # fmt: skip

router = APIRouter(prefix="/api/v1", dependencies=[Depends(admit)], responses=_EVERY)


def _written(day: Any) -> Any:
    # Else a number would be taken for seconds since 1970.
    if isinstance(day, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
        raise ValueError("write a day as 2026-11-02")
    return day


Day = Annotated[date, BeforeValidator(_written)]
Key = Annotated[str, Path(description="Key of an article.", pattern="^[a-z0-9]{1,40}$", examples=["m2cou6bwoqnwm"])]
Number = Annotated[int, Path(description="Number of a version.", ge=1, le=2**31 - 1)]
WEEK = timedelta(days=7)
_EVER = datetime.min.replace(tzinfo=UTC)
Limit = Annotated[int, Query(description="At most so many on a page.", ge=1, le=100)]
Cursor = Annotated[str | None, Query(description="What the page before gave as `next`.", max_length=200)]
_TIME = r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?$"
Moment = Annotated[str | None, Query(description="A day or time: 2026-11-02, 2026-11-02T08:00:00Z.", pattern=_TIME)]


def _json(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model, "description": model.__doc__}}


_ARTICLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The article in the shape of an export.", "content": {"application/json": {
        "schema": {name: value for name, value in export_schema("article").items() if not name.startswith("$")}}}},
}  # fmt: skip

# ------------------------------------------------------------------ articles


async def _selection(
    q: Annotated[str, Query(description="A search: words, \"a phrase\", prefix*, OR, -word, title: author: site: …",
                            max_length=5000)] = "",
    site: Annotated[str | None, Query(description="Only this site.", max_length=200)] = None,
    author: Annotated[str | None, Query(description="Name or part of one; case folds.", max_length=200)] = None,
    language: Annotated[str | None, Query(alias="lang", description="ISO 639 code.", max_length=20)] = None,
    since: Annotated[Day | None, Query(alias="from", description="Published on this day or later.")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Published on this day or earlier.")] = None,
    at: Moment = None,
    removed: Annotated[bool, Query(description="Search what was taken out of a text or off a site.")] = False,
    without_opt_outs: Annotated[bool, Query(description="Leave out what its paper keeps from miners.")] = False,
    order: Annotated[Literal["newest", "relevance"], Query(description="The best of 1,000 first?")] = "newest",
) -> Selection:  # fmt: skip
    return Selection(
        query=q if q.strip() else None, site=site, author=author, language=language, since=since, until=until,
        at=parse_time(at, "at") if at else None, removed=removed, without_opt_outs=without_opt_outs,
        by_relevance=order == "relevance",
    )  # fmt: skip


Selected = Annotated[Selection, Depends(_selection)]


@router.get("/articles", responses=_json(models.Hits), summary="Search articles")
def articles(
    request: Request, archive: Opened, selected: Selected, limit: Limit = 20, cursor: Cursor = None
) -> Response:
    """List articles, or those that a search finds, the newest first."""
    with archive.engine.connect() as connection:
        found = hits(connection, selected, limit, _unsealed(cursor, request))
    return _page(request, found.items, found.next)


@router.get("/facets", responses=_json(models.Facets), summary="Count what a search finds")
def facets(request: Request, figures: Held, selected: Selected) -> Response:
    """Count the newest 10,000 articles that a search finds, by site, month, author and language.

    The counts of a search that was asked for before may be a minute old.
    """
    return answer(request, figures.facets(selected))


@router.get("/articles/{key}", responses=_ARTICLE, summary="One article")
def article(
    request: Request, archive: Opened, key: Key, at: Moment = None, known: Moment = None,
    counters: Annotated[bool, Query(description="Add every counter reading.")] = False,
) -> Response:  # fmt: skip
    """Return an article: as it reads, as it read at a time, or as the archive knew it then."""
    return answer(request, corpus.article(archive, key, **_moments(at, known), counters=counters))


@router.get("/articles/{key}/versions", responses=_json(models.Versions), summary="Its versions")
def versions(request: Request, archive: Opened, key: Key) -> Response:
    """List the versions of an article, the oldest first, and the addresses it had; without the texts."""
    told = corpus.history(archive, key, texts=False)
    return answer(request, {
        "id": told.key, "site": told.site, "state": told.state, "captures": told.captures, "urls": told.urls,
        "versions": [{name: value for name, value in one.items() if name != "body"} for one in told.versions],
    })  # fmt: skip


@router.get("/articles/{key}/versions/{number}", responses=_json(models.Version), summary="One version with its text")
def version(request: Request, archive: Opened, key: Key, number: Number) -> Response:
    """Return one version of an article."""
    told = corpus.history(archive, key)
    found = next((one for one in told.versions if one["version"] == number), None)
    if found is None:
        raise NotFoundError(f"{told.key}: no version {number}; there are 1 to {len(told.versions)}")
    return answer(request, found)


@router.get("/articles/{key}/counters", responses=_json(models.Runs), summary="Its counters")
def counters(
    request: Request, archive: Opened, key: Key,
    metric: Annotated[Literal["views", "comments", "shares"] | None, Query(description="Only this counter.")] = None,
) -> Response:  # fmt: skip
    """List what the counters of an article showed, as runs of equal values."""
    told = corpus.history(archive, key, texts=False)
    runs = [run for run in told.counters if metric is None or run["metric"] == metric]
    return answer(request, {"id": told.key, "counters": runs})


@router.get("/articles/{key}/diff", responses=_json(models.Diff), summary="What changed between two versions")
def diff(
    request: Request, archive: Opened, key: Key,
    old: Annotated[int | None, Query(description="The older version; else the last but one.", ge=1, le=2**31)] = None,
    new: Annotated[int | None, Query(description="The newer version; else the last.", ge=1, le=2**31)] = None,
) -> Response:  # fmt: skip
    """Compare two versions of an article, paragraph by paragraph and word by word."""
    told = corpus.history(archive, key)
    before, after = corpus.two_versions(told, old, new)
    compared = compare(corpus.text_of_version(before), corpus.text_of_version(after))
    return answer(request, {"id": told.key, "old": before["version"], "new": after["version"], **asdict(compared)})


@router.get("/articles/{key}/copies", responses=_json(models.Copies), summary="Who carries the same text")
def copies(request: Request, archive: Opened, key: Key) -> Response:
    """List the papers that carry the text of an article: who was first, what each added and cut."""
    return answer(request, {"items": list_copies(archive, key)})


@router.get("/articles/{key}/citation", responses={
    200: {"model": models.Citation, "description": "An item of CSL-JSON, or the citation in another style.",
          "content": {kind.partition(";")[0]: {} for style, kind in MEDIA_TYPES.items() if style is not Style.CSL}},
}, summary="How to cite it")  # fmt: skip
def citation(
    request: Request, archive: Opened, key: Key, at: Moment = None, known: Moment = None,
    style: Annotated[Style, Query(alias="as", description="How it is written.")] = Style.CSL,
) -> Response:  # fmt: skip
    """Cite an article as it reads, or read at a time, by a name that stays true."""
    told = cited(archive, key, **_moments(at, known), base=str(request.base_url))
    if style is Style.CSL:
        return answer(request, csl(told))
    return tagged(request, write(told, style).encode(), MEDIA_TYPES[style])


# ------------------------------------------------------------------ changes, sites


@router.get("/changes", responses=_json(models.ChangePage), summary="What changed")
def changes(
    request: Request,
    archive: Opened,
    since: Annotated[Day | None, Query(alias="from", description="Since this day (UTC); else a week ago.")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Up to this day, included; else now.")] = None,
    site: Annotated[str | None, Query(description="Only this site.", max_length=200)] = None,
    quiet: Annotated[bool, Query(description="Only quiet changes and removals.")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """List the versions that began in some days, in order of time, with what changed."""
    # The moment to which a list without an end goes is fixed by its days, so that all its pages are of one list.
    end = datetime.combine(until or archive.clock().date(), time.max, UTC)
    begin = datetime.combine(since, time(), UTC) if since else end - min(WEEK, end - _EVER)
    with archive.engine.connect() as connection:
        found = changes_page(connection, begin, end, site=site, quiet=quiet, limit=limit,
                             after=_unsealed(cursor, request))  # fmt: skip
        told = with_texts(connection, found.items)
    names = ("article", "site", "title", "number", "change", "stealth", "valid_from", "not_before")
    items = [{name: getattr(one, name) for name in names} | {"labels": compared.labels if compared else []}
             for one in told for compared in [one.compared]]  # fmt: skip
    return _page(request, items, found.next)


@router.get("/sites", responses=_json(models.Sites), summary="All sites")
def all_sites(request: Request, figures: Held) -> Response:
    """List the sites with what they have and how they stand, as it was a minute ago at most while anybody asks."""
    return answer(request, {"items": [_site(site) for site in figures.standings()]})


@router.get("/sites/{name}", responses=_json(models.SiteHealth), summary="One site and its health")
def one_site(request: Request, figures: Held, name: Annotated[str, Path(max_length=200)]) -> Response:
    """Return how a site stands: its last visits and what came of them, the share of its fields that are read."""
    site, paper = figures.standing(name), figures.paper(name)
    visits = [asdict(visit) | {"went": visit.went} for visit in site.visits]
    days = {f"{day}": many for day, many in paper.days}
    return answer(request, _site(site) | {"visits": visits, "fields": paper.shares, "days": days})


def _site(site: Standing) -> dict[str, Any]:
    told = asdict(site)
    del told["visits"]
    return told | {"articles": site.articles, "health": site.health}


@router.get("/{rest:path}", include_in_schema=False)
def nothing(rest: str) -> None:
    """Tell that there is nothing here."""
    raise HTTPException(404, f"nothing at /api/v1/{rest[:100]}; /openapi.json lists what there is")


# ------------------------------------------------------------------ parts of answers


def _moments(at: str | None, known: str | None) -> dict[str, datetime]:
    found = {name: parse_time(text, name) for name, text in (("at", at), ("known", known)) if text}
    if "known" in found:
        found.setdefault("at", found["known"])
    return found


def _page(request: Request, items: list[dict[str, Any]], following: str | None) -> Response:
    """Return a page with the cursor of the next; its address stands in the Link header too."""
    if following is None:
        return answer(request, {"items": items, "next": None})
    sealed = _sealed(following, request)
    link = f'<{request.url.include_query_params(cursor=sealed)}>; rel="next"'
    return answer(request, {"items": items, "next": sealed}, {"Link": link})


def _mark(cursor: str, request: Request) -> bytes:
    """Return what ties a cursor to the list it is of: its address without what pages it."""
    asked = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in ("cursor", "limit"))
    return blake2b(repr((request.url.path, asked, cursor)).encode(), digest_size=9).digest()


def _sealed(cursor: str, request: Request) -> str:
    return urlsafe_b64encode(_mark(cursor, request) + cursor.encode()).decode().rstrip("=")


def _unsealed(sealed: str | None, request: Request) -> str | None:
    """Return the cursor that was sealed for this list; raise QueryError for any other text."""
    if sealed is None:
        return None
    try:
        cursor = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))[9:].decode("ascii")
    except (NoBase64, ValueError):
        cursor = ""
    if not cursor or _sealed(cursor, request) != sealed:
        raise QueryError(
            "cursor: is none of this list; take it from `next` of the page before, and change nothing else"
        )
    return cursor


def described(openapi: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Add what the router cannot say by itself to the OpenAPI document: what a fault looks like."""

    def whole() -> dict[str, Any]:
        told = openapi()
        told["components"]["schemas"]["Problem"] = models.schema(models.Problem)
        return told

    return whole

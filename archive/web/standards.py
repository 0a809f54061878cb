"""Memento (RFC 7089) and the CDX server API, as other web archives speak them; citations as files."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote, unquote

import orjson
import re2
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from archive import cdx
from archive.cdx import Asked, Line
from archive.cite import MEDIA_TYPES, SUFFIXES, Style, write
from archive.citing import cited
from archive.errors import NotFoundError, QueryError
from archive.mementos import Memento, load, mementos, nearest, parse_stamp
from archive.selection import parse_time
from archive.web.asking import Opened
from archive.web.contract import admit, pieces
from archive.web.replay import Beside, sandboxed

router = APIRouter(include_in_schema=False, dependencies=[Depends(admit)])
BOTH = ["GET", "HEAD"]

# ------------------------------------------------------------------ Memento


@router.api_route("/timegate/{url:path}", methods=BOTH)
def timegate(request: Request, archive: Opened) -> Response:
    """Lead to what an address answered nearest to the time of Accept-Datetime, else last."""
    url = _asked_for(request, "/timegate/")
    found = mementos(archive, url)
    wanted = request.headers.get("accept-datetime")
    chosen = nearest(found, _date(wanted)) if wanted is not None else found[-1]
    headers = {"Vary": "accept-datetime", "Link": _links(request, url, found, chosen)}
    return RedirectResponse(_memento_address(request, chosen), 302, headers)


@router.api_route("/timemap/link/{url:path}", methods=BOTH)
def timemap(request: Request, archive: Opened) -> Response:
    """List all that an address answered, as links."""
    url = _asked_for(request, "/timemap/link/")
    found = mementos(archive, url)
    span = f'from="{_http(found[0].at)}"; until="{_http(found[-1].at)}"'
    # memento-cli passes over "first memento" and "last memento", so all are plain mementos.
    lines = [
        f'<{_escaped(url)}>; rel="original"',
        f'<{_served(request, "timegate", url)}>; rel="timegate"',
        f'<{_served(request, "timemap/link", url)}>; rel="self"; type="application/link-format"; {span}',
        *(f'<{_memento_address(request, one)}>; rel="memento"; datetime="{_http(one.at)}"' for one in found),
    ]
    # The type alone: memento-cli knows none with a charset.
    return Response(",\n".join(lines) + "\n", headers={"Content-Type": "application/link-format"})


@router.api_route("/memento/{stamp}/{url:path}", methods=BOTH)
def memento(request: Request, archive: Opened, stamp: str) -> Response:
    """Show what an address answered at a time, in a sandbox; lead to the nearest where none is of this second."""
    url = _asked_for(request, f"/memento/{stamp}/")
    found = mementos(archive, url)
    chosen = nearest(found, parse_stamp(stamp, "time"))
    if chosen.stamp != stamp:
        return RedirectResponse(_memento_address(request, chosen), 302)
    headers = {"Memento-Datetime": _http(chosen.at), "Link": _links(request, url, found, chosen)}
    if chosen.redirect is not None and chosen.status // 100 == 3:
        return RedirectResponse(_served(request, f"memento/{stamp}", chosen.redirect), chosen.status, headers)
    page = Beside.of(request, chosen.page, archive, chosen.at) if chosen.page is not None else None
    shown = sandboxed(load(archive, chosen), page)
    shown.headers.update(headers)
    shown.status_code = chosen.status if chosen.status != 304 else 200
    return shown


def _asked_for(request: Request, before: str) -> str:
    """Return the address that stands behind a path, as it was sent: with its query, its escapes as they are."""
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    path: str = raw.decode("ascii", "replace").partition("?")[0]
    root = request.scope.get("root_path", "")
    query = request.scope["query_string"].decode("ascii", "replace")
    url = path.removeprefix(root).removeprefix(before) + (f"?{query}" if query else "")
    # Some clients escape the whole of it.
    if re.match(r"https?%3A", url, re.IGNORECASE):
        url = unquote(url)
    if not re.match(r"https?://[^/]", url, re.IGNORECASE):
        raise NotFoundError(f"{url[:200]!r} is no address of the web; it begins with http:// or https://")
    return url


def _date(text: str) -> datetime:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        raise QueryError(f"Accept-Datetime: {text[:60]!r} is no date; write it as {_http(datetime.now(UTC))}") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _http(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _escaped(url: str) -> str:
    """Return an address for a header or a link: no line end, quotation mark or bracket is left in it."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._")


def _served(request: Request, kind: str, url: str) -> str:
    return f"{request.base_url}{kind}/{_escaped(url)}"


def _memento_address(request: Request, one: Memento) -> str:
    return _served(request, f"memento/{one.stamp}", one.url)


def _links(request: Request, url: str, found: list[Memento], chosen: Memento) -> str:
    """Return the Link header of a TimeGate and of a memento: the original, the map, and the mementos around."""
    rels: dict[str, list[str]] = {}
    place = found.index(chosen)
    around = {"first": found[0], "prev": found[max(place - 1, 0)], "next": found[min(place + 1, len(found) - 1)],
              "last": found[-1]}  # fmt: skip
    for rel, one in around.items():
        if one is not chosen or rel in ("first", "last"):
            rels.setdefault(one.stamp, []).append(rel)
    rels.setdefault(chosen.stamp, [])
    by_stamp = {one.stamp: one for one in found}
    told = [
        f'<{_escaped(url)}>; rel="original"',
        f'<{_served(request, "timegate", url)}>; rel="timegate"',
        f'<{_served(request, "timemap/link", url)}>; rel="timemap"; type="application/link-format"',
    ]
    for stamp, names in sorted(rels.items()):
        rel, at = " ".join([*names, "memento"]), _http(by_stamp[stamp].at)
        told.append(f'<{_memento_address(request, by_stamp[stamp])}>; rel="{rel}"; datetime="{at}"')
    return ", ".join(told)


# ------------------------------------------------------------------ CDX

_ALSO = {"original": "url", "statuscode": "status", "mimetype": "mime", "key": "urlkey"}
_LONGEST_FILTER = 200
Test = Callable[[Line], bool]


@router.get("/cdx")
def cdx_server(
    archive: Opened,
    url: str = "",
    match: Annotated[str, Query(alias="matchType")] = "",
    since: Annotated[str, Query(alias="from")] = "",
    until: Annotated[str, Query(alias="to")] = "",
    closest: str = "",
    limit: Annotated[int | None, Query(ge=1, le=2**31)] = None,
    sort: str = "",
    wanted: Annotated[list[str] | None, Query(alias="filter")] = None,
    output: str = "",
    fields: Annotated[str, Query(alias="fl")] = "",
    page: Annotated[int | None, Query(ge=0, le=2**31)] = None,
    page_size: Annotated[int, Query(alias="pageSize", ge=1, le=50)] = 1,
    how_many: Annotated[str, Query(alias="showNumPages")] = "",
) -> Response:
    """Answer as pywb's CDX server does: lines of the index, as CDXJ, as JSON or as chosen fields."""
    what = _what(url, match, since, until)
    if how_many.lower() in ("true", "1"):
        blocks = -(-cdx.count(archive, what) // cdx.BLOCK)
        told = {"pages": -(-blocks // page_size), "pageSize": page_size, "blocks": blocks}
        return Response(orjson.dumps(told), media_type="application/json")
    lines = _lines(archive, what, closest, sort, page, page_size)
    tests = [_test(text) for text in wanted or ()]
    chosen = islice((line for line in lines if all(test(line) for test in tests)), limit)
    first = next(chosen, None)
    if first is None:
        # What cdx_toolkit takes for an empty answer.
        return Response(orjson.dumps({"message": f"No Captures found for: {url}"}), 404, media_type="application/json")
    return _written(first, chosen, output, _fields(fields))


def _what(url: str, match: str, since: str, until: str) -> Asked:
    """Return what is asked for; a star stands for a prefix or, at the beginning, for a domain."""
    if not url:
        raise QueryError("url: give the address that is asked for: /cdx?url=https://panublion.example/2026/11/flood/")
    if not match:
        match = "domain" if url.startswith("*.") else "prefix" if url.endswith("*") else "exact"
        url = url.removeprefix("*.") if match == "domain" else url.removesuffix("*") if match == "prefix" else url
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", url):
        url = f"http://{url}"
    return Asked(url=url, match=match, since=parse_stamp(since, "from") if since else None,
                 until=parse_stamp(until, "to", last=True) if until else None)  # fmt: skip


def _lines(archive: Opened, what: Asked, closest: str, sort: str, page: int | None, size: int) -> Iterable[Line]:
    if sort not in ("", "reverse", "closest"):
        raise QueryError(f"sort: no {sort[:20]!r}; there are reverse and closest")
    if closest:
        if what.match != "exact":
            raise QueryError("closest: asks for one address; give it whole, without matchType or a star")
        at = parse_stamp(closest, "closest")
        return sorted(cdx.lines(archive, what), key=lambda line: abs(line.at - at))
    if page is None:
        return cdx.lines(archive, what, backwards=sort == "reverse")
    found = cdx.page(archive, what, page, size)
    if found is None and page == 0:
        return ()
    if found is None:
        raise QueryError(f"page: there is no page {page}; showNumPages=true tells how many there are")
    return found


def _test(text: str) -> Test:
    """Return the test that a filter asks for: ``[!][=|~]field:value``; without a sign the value is an expression."""
    inverted, rest = text.startswith("!"), text.removeprefix("!")
    kind, rest = (rest[0], rest[1:]) if rest[:1] in ("=", "~") else ("", rest)
    name, colon, value = rest.partition(":")
    name = _ALSO.get(name, name)
    if not colon or name not in cdx.FIELDS or len(value) > _LONGEST_FILTER:
        raise QueryError(f"filter: {text[:60]!r}: write it as =status:200, ~mime:html, !=status:404 or url:.*flood.*; "
                         f"fields are {', '.join(cdx.FIELDS)}")  # fmt: skip
    holds = _holding(kind, value, text)
    return lambda line: holds(getattr(line, name) or "") is not inverted


def _holding(kind: str, value: str, text: str) -> Callable[[str], bool]:
    if kind == "=":
        return lambda held: held == value
    if kind == "~":
        return lambda held: value in held
    try:
        # re2 takes time in proportion to what it reads, whatever a stranger's expression looks like.
        expression = re2.compile(value, _quiet())
    except re2.error as error:
        raise QueryError(f"filter: {text[:60]!r}: no regular expression: {error}") from None
    return lambda held: expression.match(held) is not None


def _quiet() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return options


def _fields(typed: str) -> tuple[str, ...]:
    names = tuple(_ALSO.get(name, name) for name in typed.split(",") if name)
    if unknown := [name for name in names if name not in cdx.FIELDS]:
        raise QueryError(f"fl: no {unknown[0][:20]!r}; there are {', '.join(cdx.FIELDS)}")
    return names


def _written(first: Line, rest: Iterator[Line], output: str, names: tuple[str, ...]) -> Response:
    if output not in ("", "json", "text", "cdxj"):
        raise QueryError(f"output: no {output[:20]!r}; there are json, text and cdxj")

    def lines() -> Iterator[bytes]:
        yield _line(first, output, names)
        for line in rest:
            yield _line(line, output, names)

    return StreamingResponse(
        pieces(lines()), media_type="text/x-ndjson" if output == "json" else "text/x-cdxj; charset=utf-8"
    )


def _line(line: Line, output: str, names: tuple[str, ...]) -> bytes:
    values = line.values()
    if output == "json":
        return orjson.dumps({name: values[name] for name in names if name in values} if names else values) + b"\n"
    if names:
        return " ".join(values.get(name, "-") for name in names).encode() + b"\n"
    return line.cdxj().encode()


# ------------------------------------------------------------------ citations


@router.get("/article/{key}/cite")
def cite(request: Request, archive: Opened, key: str, at: str = "",
         style: Annotated[Style, Query(alias="as")] = Style.TEXT) -> Response:  # fmt: skip
    """Cite a story as it reads, or as it read at a time, in a form that reference managers read."""
    told = cited(archive, key, at=parse_time(at, "at") if at else None, base=str(request.base_url))
    headers = {"Content-Type": MEDIA_TYPES[style]}
    if style is not Style.TEXT:
        headers["Content-Disposition"] = f'attachment; filename="{told.key}-{told.at:%Y%m%d}.{SUFFIXES[style]}"'
    return Response(write(told, style), headers=headers)

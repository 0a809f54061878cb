"""Draws a page: a template in the language of whoever reads, everything escaped."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, StreamingResponse

from archive.said import Said
from archive.web import view, words
from archive.web.contract import tagged
from archive.web.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

HTML = "text/html; charset=utf-8"
COOKIE = "lang"
_YEAR = 365 * 24 * 3600
NOW = "\x1e"
"""Where a template writes this, what is drawn so far is sent."""


def draw(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page; ``?lang=`` chooses its language for this browser from now on.

    A page has an ETag of all it shows: drawn before it is compared, one that was taken down is never answered with 304.
    """
    language = _language(request)
    page = environment(language).get_template(template).render(_context(request, language, context) | {"NOW": ""})
    answer = tagged(request, page.encode(), HTML) if status == 200 else HTMLResponse(page, status)
    return _answer(request, language, answer)


def draw_early(request: Request, template: str, **context: Any) -> Response:
    """Return a page whose beginning is sent before its end is known: what costs time is asked by the template."""
    language = _language(request)
    pieces = environment(language).get_template(template).generate(_context(request, language, context))
    return _answer(request, language, StreamingResponse(_sent(pieces), media_type=HTML))


def _sent(pieces: Iterator[str]) -> Iterator[str]:
    drawn: list[str] = []
    for piece in pieces:
        before, now, after = piece.rpartition(NOW)
        if now:
            yield "".join((*drawn, before))
            drawn.clear()
        drawn.append(after)
    yield "".join(drawn)


def _language(request: Request) -> str:
    asked, kept = request.query_params.get("lang", ""), request.cookies.get(COOKIE, "")
    return words.choose(asked, kept, request.headers.get("accept-language", ""))


def _context(request: Request, language: str, context: dict[str, Any]) -> dict[str, Any]:
    figures = request.app.state.figures
    own = {"request": request, "language": language, "view": view, "NOW": NOW, "totals": figures.totals,
           "titles": figures.titles, "counted_at": figures.counted_at,
           "params": defaultdict(str, request.query_params)}  # fmt: skip
    return {**own, **context}


def _answer(request: Request, language: str, answer: Response) -> Response:
    answer.headers["Content-Language"] = language
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.headers["Cache-Control"] = "no-cache"  # 404, 410 and 451 would be kept by rule of thumb, too
    if request.query_params.get("lang") == language:
        answer.set_cookie(COOKIE, language, max_age=_YEAR, samesite="lax", httponly=True)
    return answer


@lru_cache
def environment(language: str) -> Environment:
    """Return the templates as they speak one language."""
    made = Environment(
        loader=PackageLoader("archive.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    made.install_gettext_translations(words.catalogue(language), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    made.filters |= words.filters(language)
    made.tests["said"] = lambda text: isinstance(text, Said)
    made.globals |= {"languages": words.LANGUAGES, "shipped": shipped}
    return made

"""Draws a page: a template in the language of whoever reads, everything escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from archive.web import words

if TYPE_CHECKING:
    from starlette.requests import Request

COOKIE = "lang"
_YEAR = 365 * 24 * 3600


def draw(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page; ``?lang=`` chooses its language for this browser from now on."""
    asked = request.query_params.get("lang", "")
    language = words.choose(asked, request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))
    page = environment(language).get_template(template).render(request=request, language=language, **context)
    answer = HTMLResponse(page, status, headers={"Content-Language": language, "Vary": "Accept-Language, Cookie"})
    if asked == language:
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
    made.globals["languages"] = words.LANGUAGES
    return made

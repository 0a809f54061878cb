"""The pages: each asks the archive, lets the view arrange the answer, and draws it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from archive import corpus
from archive.web.asking import Opened
from archive.web.drawing import draw

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(request: Request, archive: Opened) -> Response:
    """Show what the archive holds."""
    return draw(request, "front.html", stats=corpus.stats(archive))

"""What is shipped with the page (styles, scripts, the icon), under addresses that change with what they hold."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
PLACE = "/static"
_YEAR = 365 * 24 * 3600


@cache
def shipped(name: str) -> str:
    """Return the address of a file that is shipped: another one when it holds something else."""
    digest = blake2b((FOLDER / name).read_bytes(), digest_size=6).hexdigest()
    return f"{PLACE}/{name}?v={digest}"


class Shipped(StaticFiles):
    """Serves these files. By the address of what it holds now a browser asks for one once a year."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    def file_response(self, full_path: Any, stat_result: Any, scope: Any, status_code: int = 200) -> Response:
        """Return a file; who asks for another version of it is not told to keep this one."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        version = shipped(Path(full_path).name).partition("?")[2].encode()
        is_this = scope["query_string"] == version
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if is_this else "no-cache"
        return response

"""What a route asks for in its signature: the archive, and the language of whoever reads."""

from typing import Annotated

from fastapi import Depends, Request

from archive.store import Archive


def _archive(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


Opened = Annotated[Archive, Depends(_archive)]
"""The archive, opened to read."""

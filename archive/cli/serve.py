"""Commands that show the archive in a browser."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import webbrowser
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.common import DEFAULT_HOME, Database, Home, app, opened
from archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn import Config

Host = Annotated[str, typer.Option("--host", help="Address to listen at; 0.0.0.0 for every machine's reach.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen at; 0 for any that is free.")]


Rate = Annotated[
    str, typer.Option("--rate", envvar="HEMEROTECA_API_RATE", help="What each client of the API may ask: 5/second.")
]
Token = Annotated[
    str | None,
    typer.Option("--token", envvar="HEMEROTECA_API_TOKEN", show_envvar=True, show_default=False,
                 help="What clients of the API must show; in the environment nobody else reads it."),
]  # fmt: skip
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=64, envvar="HEMEROTECA_WORKERS", show_default=False,
                 help="Processes that answer, each counting for itself what clients ask; else one a core, up to four."),
]  # fmt: skip
MOST_WORKERS = 4
"""Processes there are without a word: a crawl and the database want cores as well."""


@app.command(epilog="Example: hemeroteca serve --port 8000 --workers 2")
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    rate: Rate = "300/minute",
    token: Token = None,
    workers: Workers = None,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Serve the archive as a web page, its API and its standards, until Ctrl-C."""
    many = workers or min(os.cpu_count() or 1, MOST_WORKERS)
    _serve(_config(host, port, many, home, database, rate=rate, token=token), _announce)


@app.command(name="open", epilog="Example: hemeroteca open")
def open_page(port: Port = 0, home: Home = Path(DEFAULT_HOME), database: Database = None) -> None:
    """Serve the archive to this machine alone, and show it in the browser."""
    _serve(_config("127.0.0.1", port, 1, home, database), _show)


def _config(host: str, port: int, workers: int, home: Path, database: str | None, **terms: Any) -> Config:
    try:
        from uvicorn import Config

        from archive.web import Gate, Terms, create_app
    except ModuleNotFoundError as error:
        raise ArchiveError(f"the web page needs {error.name}: pip install 'hemeroteca[web]'") from error
    with opened(home, database):
        pass  # where there is no archive it says so, and of an older one what is to be done
    Gate(Terms(**terms))  # and of terms that cannot be understood, before any process begins
    return Config(
        partial(create_app, home, database, terms=Terms(**terms)), factory=True, host=host, port=port, workers=workers,
        log_level="warning", server_header=False, timeout_worker_healthcheck=60,
    )  # fmt: skip


def _serve(config: Config, tell: Callable[[str], Any]) -> None:
    """Answer until Ctrl-C, by as many processes as asked for; ``tell`` gets the address when somebody listens there."""
    from uvicorn import Server
    from uvicorn.supervisors import Multiprocess

    listening = config.bind_socket()
    threading.Thread(target=_tell, args=(listening, tell), daemon=True).start()
    if config.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        Server(config).run(sockets=[listening])


def _announce(address: str) -> None:
    print(f"Hemeroteca is at {address} (Ctrl-C ends it)", file=sys.stderr)  # noqa: T201 - the command speaks


def _show(address: str) -> None:
    _announce(address)
    webbrowser.open(address)


def _tell(listening: socket.socket, tell: Callable[[str], Any]) -> None:
    """Wait until somebody answers, and tell the address, with the port that was given."""
    host, port = listening.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - the address of every interface
    while True:
        try:
            with closing(socket.create_connection((reached, port), timeout=5)):
                break
        except OSError:
            time.sleep(0.02)
    tell(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

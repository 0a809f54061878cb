"""Commands that show the archive in a browser."""

from __future__ import annotations

import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.common import DEFAULT_HOME, Database, Home, app, opened
from archive.errors import ArchiveError

if TYPE_CHECKING:
    from uvicorn import Server

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


@app.command(epilog="Example: hemeroteca serve --port 8000")
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    rate: Rate = "300/minute",
    token: Token = None,
    home: Home = Path(DEFAULT_HOME),
    database: Database = None,
) -> None:
    """Serve the archive as a web page, its API and its standards, until Ctrl-C."""
    _serve(_server(host, port, home, database, rate=rate, token=token))


@app.command(name="open", epilog="Example: hemeroteca open")
def open_page(port: Port = 0, home: Home = Path(DEFAULT_HOME), database: Database = None) -> None:
    """Serve the archive to this machine alone, and show it in the browser."""
    server = _server("127.0.0.1", port, home, database)
    threading.Thread(target=_show, args=(server,), daemon=True).start()
    _serve(server)


def _server(host: str, port: int, home: Path, database: str | None, **terms: Any) -> Server:
    try:
        from uvicorn import Config, Server

        from archive.web import Terms, create_app
    except ModuleNotFoundError as error:
        raise ArchiveError(f"the web page needs {error.name}: pip install 'hemeroteca[web]'") from error
    with opened(home, database):
        pass  # where there is no archive it says so, and of an older one what is to be done
    config = Config(
        create_app(home, database, terms=Terms(**terms)), host=host, port=port, log_level="warning", server_header=False
    )
    return Server(config)


def _serve(server: Server) -> None:
    threading.Thread(target=_announce, args=(server,), daemon=True).start()
    server.run()


def _announce(server: Server) -> None:
    print(f"Hemeroteca is at {_address(server)} (Ctrl-C ends it)", file=sys.stderr)  # noqa: T201 - the command speaks


def _show(server: Server) -> None:
    webbrowser.open(_address(server))


def _address(server: Server) -> str:
    """Wait until the server listens; return its address, with the port that it was given."""
    while not server.started:
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

"""Serve the newsroom to another process: ``python -m tests.newsroom`` prints its addresses as JSON lines."""

from __future__ import annotations

import argparse
import json
import signal
from datetime import UTC, datetime
from pathlib import Path

from tests.newsroom import LIVELY, PAPERS, START, STILL, Control, Newsroom


def main() -> None:
    """Run until interrupted or terminated."""
    asked = _arguments()
    newsroom = Newsroom(
        seed=asked.seed,
        start=asked.start,
        stories=asked.stories,
        papers=asked.papers.split(","),
        plan=STILL if asked.still else LIVELY,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with newsroom.serve() as server:
        addresses = {name: server.url(name) for name in newsroom.papers} | {"control": Control(server).open(asked.port)}
        lines = [json.dumps({"paper": name, "url": url}) for name, url in addresses.items()]
        print("\n".join(lines), flush=True)
        if asked.site_files:
            newsroom.write_site_files(asked.site_files, server)
        if asked.port_file:
            asked.port_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.newsroom", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--stories", type=int, default=40, help="stories of each paper at the start")
    parser.add_argument("--papers", default=",".join(PAPERS), help="names, with commas between them")
    parser.add_argument("--start", type=_instant, default=START, help="the first instant, as in 2026-11-02T00:00")
    parser.add_argument("--still", action="store_true", help="nothing ever happens but the counters")
    parser.add_argument("--port", type=int, default=0, help="of the control endpoints")
    parser.add_argument("--port-file", type=Path, help="where to write the same lines once everything listens")
    parser.add_argument("--site-files", type=Path, help="folder for the site files of the papers")
    return parser.parse_args()


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


if __name__ == "__main__":
    main()

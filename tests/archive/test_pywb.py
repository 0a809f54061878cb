"""The real pywb replays our WARC files: what it makes of a 200, 304, 404, 410 and a redirect, of old and new."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive import Archive
from tests.archive.make import DAY, HOUR, START, STORY, Paper, SettableClock

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS = Path(__file__).parents[2] / ".venv-clients" / "bin"
LOST, REMOVED, MOVED = (f"https://lakeside.example/{name}/" for name in ("lost", "removed", "moved"))

needs_pywb = pytest.mark.skipif(not (CLIENTS / "wayback").exists(), reason="pywb is not here; `make clients` brings it")


@pytest.fixture
def warc(home: Path, clock: SettableClock) -> Path:
    """The sealed WARC file of a visit that met everything."""
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints()
        paper.answers(304, at=clock.advance(HOUR))
        archive.save(paper.capture(status=301, url=MOVED, headers=(("Location", STORY),), reason="Moved Permanently"))
        paper.answers(404, url=LOST)
        paper.answers(410, url=REMOVED)
        paper.answers(None, url="https://lakeside.example/refused/")
        paper.prints(title="Two drowned", at=clock.advance(DAY))
        paper.end()
    [path] = (home / "warc").iterdir()
    return path


class Wayback:
    """A running pywb with one collection."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()
        finally:
            connection.close()

    def replay(self, at: str, url: str) -> tuple[int, dict[str, str], bytes]:
        """Return the exact bytes that were archived at a time."""
        return self.get(f"/news/{at}id_/{url}")


@contextmanager
def wayback(folder: Path, warc: Path) -> Iterator[Wayback]:
    for command in (["init", "news"], ["add", "news", str(warc)]):
        subprocess.run([CLIENTS / "wb-manager", *command], cwd=folder, check=True, capture_output=True, timeout=120)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "wayback.log"
    with log.open("wb") as out:
        running = subprocess.Popen(
            [CLIENTS / "wayback", "-p", str(port), "-b", "127.0.0.1"], cwd=folder, stdout=out, stderr=out
        )
        try:
            _wait(port, running, log)
            yield Wayback(port)
        finally:
            running.terminate()
            running.wait(timeout=30)


def _wait(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and running.poll() is None:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"pywb did not start: {log.read_text()[-2000:]}")


@needs_pywb
def test_pywb_replays_what_was_served(warc: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pywb"
    folder.mkdir()
    with wayback(folder, warc) as pywb:
        old, between, new = "20261102080000", "20261102090000", "20261103090000"
        status, headers, body = pywb.replay(old, STORY)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert body == f"<html>200 {STORY} at {START}</html>".encode()
        assert pywb.replay(between, STORY)[::2] == (200, body)  # the 304 gives what it confirmed
        status, _, later = pywb.replay(new, STORY)
        assert (status, later) == (200, f"<html>200 {STORY} at {START + DAY + HOUR}</html>".encode())
        status, headers, _ = pywb.replay(between, MOVED)
        assert status == 301
        assert headers["location"].endswith(STORY)
        assert [pywb.replay(between, url)[0] for url in (LOST, REMOVED)] == [404, 410]
        assert pywb.replay(between, "https://lakeside.example/refused/")[0] == 404  # nothing came, nothing is replayed
        lines = pywb.get(f"/news/cdx?url={STORY}&output=json")[2].splitlines()
        index = [json.loads(line) for line in lines]
        assert [(line["timestamp"], line.get("status")) for line in index] == [
            (old, "200"),
            (between, None),
            (new, "200"),
        ]
        assert {line["url"] for line in index} == {STORY}  # what was read on a page is never served in its place
        status, headers, _ = pywb.get(f"/news/timemap/link/{STORY}")
        assert (status, headers["content-type"].partition(";")[0]) == (200, "application/link-format")

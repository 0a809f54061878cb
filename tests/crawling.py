"""What the tests of the crawler share: a small paper on the loopback, and the real ``scrapy`` command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive import Archive, Skipped, read_captures, warc_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from archive import Capture

PROJECT = Path(__file__).parent.parent
WORDS = (
    "The town council met on Tuesday to talk about the old bridge, which has been closed to lorries since the flood. "
    "Engineers told the members that two of its five piers need new footings before the rains, and that the work will "
    "take eleven weeks if the steel arrives in time. Several shopkeepers asked for a ferry meanwhile."
)


def story(title: str, *, paragraphs: int = 3, charset: str = "utf-8") -> bytes:
    """Return the page of a made-up story."""
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": title,
        "datePublished": "2026-10-01T08:00:00+08:00", "author": {"@type": "Person", "name": "Ana Reyes"},
    }  # fmt: skip
    body = "".join(f"<p>{title}, part {number}. {WORDS}</p>" for number in range(paragraphs))
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>"
        f"<script type='application/ld+json'>{json.dumps(data)}</script></head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode(charset)


def feed(*urls: str, more: str = "") -> bytes:
    """Return an RSS feed of these addresses."""
    items = "".join(f"<item><title>Story at {url}</title><link>{url}</link></item>" for url in urls)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{more}{items}</channel></rss>'.encode()


def sitemap(*urls: str, lastmod: str | None = None) -> bytes:
    """Return a sitemap of these addresses."""
    said = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    entries = "".join(f"<url><loc>{url}</loc>{said}</url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


@dataclass(slots=True)
class Answer:
    """What a paper answers at one path."""

    body: bytes = b""
    status: int = 200  # 0 hangs up without a word
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html; charset=utf-8"),)
    announced: int | None = None  # Content-Length, when it is not the body's; -1 for none
    takes: float = 0.0  # seconds until it is answered


class Paper:
    """A web server whose every answer a test writes down, and that remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {
            "/robots.txt": Answer(b"User-agent: *\nAllow: /\n", headers=(("Content-Type", "text/plain"),))
        }
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.asked_at: list[float] = []  # seconds of a clock that never goes back, one for each in ``asked``
        self.sent: list[bytes] = []  # what came with each in ``asked``
        self.at_once = 0  # requests that are being answered
        self.most_at_once = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Paper:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def say(self, path: str, body: bytes, *, status: int = 200, announced: int | None = None, **headers: str) -> str:
        """Set what is answered at a path; underscores in header names stand for hyphens. Return its address."""
        headers.setdefault("Content_Type", "text/html; charset=utf-8")
        pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.answers[path] = Answer(body, status, pairs, announced)
        return self.url(path)

    def paths(self) -> list[str]:
        """Return the paths asked for so far, in order."""
        return [path for path, _ in self.asked]

    def hosts(self) -> list[tuple[str, str]]:
        """Return the host name and path of each request so far, in order."""
        return [(headers["Host"].partition(":")[0], path) for path, headers in self.asked]

    def at(self, *paths: str) -> list[float]:
        """Return when these paths were asked for, in order."""
        return [at for at, (path, _) in zip(self.asked_at, self.asked, strict=True) if path in paths]


def _handler(paper: Paper) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paper.at_once += 1
            paper.most_at_once = max(paper.most_at_once, paper.at_once)
            try:
                self.answer()
            finally:
                paper.at_once -= 1

        def do_POST(self) -> None:
            self.do_GET()

        def answer(self) -> None:
            paper.asked_at.append(time.monotonic())
            paper.asked.append((self.path, dict(self.headers.items())))
            paper.sent.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            time.sleep(paper.answers[self.path].takes if self.path in paper.answers else 0)
            answer = paper.answers.get(self.path, Answer(b"<p>nothing here</p>", 404))
            etag = dict(answer.headers).get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                answer = Answer(b"", 304, (("ETag", etag),))
            if answer.status == 0:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.announced != -1 and answer.status != 304:
                self.send_header("Content-Length", str(answer.announced or len(answer.body)))
            self.end_headers()
            try:
                self.wfile.write(answer.body)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
            return

    return Handler


@dataclass(slots=True)
class Run:
    """What a command ended with."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The visit's report, of a run with VISIT_REPORT=json."""
        return json.loads(self.out.splitlines()[-1])


@dataclass(slots=True)
class Operator:
    """Somebody with an archive, a folder of site files and a shell."""

    home: Path
    sites: Path
    environment: dict[str, str] = field(default_factory=dict)

    def site(self, name: str, url: str, text: str = "", **discover: Any) -> Path:
        """Write a site file. With any listing named, it says that there are no others; with none, all are probed."""
        self.sites.mkdir(exist_ok=True)
        if discover:
            discover = {"wordpress": False, "feeds": [], "sitemaps": [], "sections": []} | discover
        tables = "".join(f"{key} = {json.dumps(value)}\n" for key, value in discover.items())
        path = self.sites / f"{name}.toml"
        path.write_text(
            f'title = "{name.title()}"\nurl = "{url}"\ncountry = "PH"\nlanguages = ["en"]\ntimezone = "Asia/Manila"\n'
            f"[discover]\n{tables}[visit]\ndelay = 0.0\n{text}",
            encoding="utf-8",
        )
        return path

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """Return the command line and environment of a scrapy command."""
        environment = os.environ | {
            "HEMEROTECA_HOME": str(self.home),
            "HEMEROTECA_SITES": str(self.sites),
            "HEMEROTECA_ALLOW_PRIVATE": "1",
            "HEMEROTECA_READERS": "1",
            "PYTHONWARNINGS": "default",
        }
        return [sys.executable, "-m", "scrapy", *arguments], environment | self.environment

    def scrapy(self, *arguments: str, before: Callable[[], None] | None = None) -> Run:
        """Run a scrapy command to its end."""
        command, environment = self.command(*arguments)
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=600, preexec_fn=before
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def crawl(self, name: str, *arguments: str, before: Callable[[], None] | None = None) -> Run:
        """Crawl a site and ask for the report as JSON."""
        return self.scrapy("crawl", name, "-s", "VISIT_REPORT=json", *arguments, before=before)

    def hemeroteca(self, *arguments: str) -> Run:
        """Run the archivist's command to its end."""
        _, environment = self.command()
        command = [sys.executable, "-c", "from archive.cli import main; main()", *arguments]
        done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)
        return Run(done.returncode, done.stdout, done.stderr)

    def archive(self) -> Archive:
        """Open the archive."""
        return Archive(self.home, readonly=True)

    def captures(self) -> Iterator[Capture]:
        """Yield every capture of the archive's WARC files."""
        for path in warc_files(self.home / "warc"):
            yield from (found for found in read_captures(path) if not isinstance(found, Skipped))

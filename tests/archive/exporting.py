"""An archive with something of everything that an export meets, small enough to look at."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from archive import Profile, corpus
from tests.archive.make import DAY, HOUR, START, Paper, SettableClock, reading

if TYPE_CHECKING:
    from pathlib import Path

    from archive import Archive

WIRE = tuple(
    f"The storm signal was raised over {place} late on {day}, and boats that were out turned back before noon {number}."
    for number, (place, day) in enumerate([("Panublion", "Monday"), ("the strait", "Tuesday"), ("the coast", "Friday")])
)


def address(site: str, story: int | str) -> str:
    return f"https://{site}.example/{story}/"


def print_story(archive: Archive, clock: SettableClock, site: str, story: int | str, *, day: float = 0,
                **more: Any) -> None:  # fmt: skip
    """Print a story at a paper on a day after the beginning; its text is its own unless ``body`` is given."""
    url = address(site, story)
    values = {"title": f"{site} {story}", "body": (f"Only {site} tells {story}.", "Nobody else does."),
              "canonical": url, "published": START + day * DAY - HOUR, **more}  # fmt: skip
    Paper(archive, clock, site).prints(reading(**values), url=url, at=START + day * DAY)


def fill(archive: Archive, clock: SettableClock) -> None:
    """Print at three papers: plain stories, one with three texts, a wire story at all three, one that is gone."""
    for site in ("lakeside", "highland", "bisaya"):
        for story in range(3):
            print_story(archive, clock, site, story, day=story, views=10 + story)
    edited = {"views": 40, "tags": ("fish", "=1+1"), "images": ("https://lakeside.example/1.jpg",),
              "profiles": (Profile(name="Ana Peñaflor", text="Si Ana.", language="tl"),),
              "sources": {"title": "h1"}}  # fmt: skip
    print_story(archive, clock, "lakeside", "edited", day=1, title='=HYPERLINK("https://evil.example")', **edited)
    print_story(archive, clock, "lakeside", "edited", day=2, title="Fish return, “all” of them\nat last", **edited)
    print_story(archive, clock, "lakeside", "edited", day=3, title="Fish return", comments=3, **edited)
    for day, site in enumerate(("highland", "lakeside", "bisaya")):
        print_story(archive, clock, site, "wire", day=day + 2, title=f"Storm, says {site}", body=WIRE)
    print_story(archive, clock, "bisaya", "gone", day=1, title=None, authors=(), published=None)
    Paper(archive, clock, "bisaya").visited(410, at=START + 5 * DAY, url=address("bisaya", "gone"))


def key(archive: Archive, site: str, story: int | str) -> str:
    return str(corpus.article(archive, address(site, story))["id"])


def digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below a folder, by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

"""How often a version would be false, and how often a small edit would be missed, on labelled revisits.

    python -m benchmarks.versions [--stories 120]

The pages are those of the five papers of the newsroom (two WordPress themes, Joomla, a plain theme, DataLife Engine;
English, Filipino, Russian) and the small pages below ``tests/pages``. Every page is revisited:

* noise: an hour to some weeks later, with other counters, comments, sidebars, advertisements, nonces (newsroom only);
* cosmetic: the same text with other quotes and dashes, no-break spaces, entities, white space or invisible characters;
* edit: one word of one paragraph of the story is another one.

Two readings are versions of their own when their digests differ. The status is 1 where more than 0.5 % of the noisy
revisits make a version, any cosmetic change does, or less than 99 % of the edits do.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
import sys
from collections import Counter as Tally
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from archive.normal import reading_digest
from crawler.errors import ReadingError
from crawler.reading import read_capture
from crawler.site import Site
from tests.newsroom.newsroom import Newsroom
from tests.newsroom.papers import PAPERS
from tests.newsroom.press import Press

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive import Reading

PAGES = Path(__file__).parents[1] / "tests" / "pages"
LATER = (timedelta(hours=1), timedelta(hours=7), timedelta(days=1), timedelta(days=3), timedelta(days=21))
MOST_FALSE, LEAST_CAUGHT = 0.005, 0.99


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was served."""

    source: str
    url: str
    encoding: str
    payload: bytes
    at: datetime

    def reading(self, payload: bytes | None = None) -> Reading | None:
        """Return what the reader makes of the page, or of these bytes at its address; None for no article."""
        try:
            found = read_capture(payload or self.payload, self.url, self.encoding, self.at, Site.unknown(self.url))
        except ReadingError:
            return None
        return found if found.outcome == "read" else None


def main() -> int:
    """Print what each kind of revisit made of each source of pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=120, help="stories of each paper of the newsroom")
    stories = parser.parse_args().stories
    revisits: Tally[tuple[str, str]] = Tally()
    versions: Tally[tuple[str, str]] = Tally()
    for source, kind, differs in (*newsroom_revisits(stories), *page_revisits()):
        revisits[source, kind] += 1
        versions[source, kind] += differs
    for source, kind in sorted(revisits):
        _row(source, kind, versions[source, kind], revisits[source, kind])
    share = {kind: _total(kind, versions, revisits) for kind in ("noise", *COSMETIC, "edit")}
    return int(share["noise"] > MOST_FALSE or any(share[kind] for kind in COSMETIC) or share["edit"] < LEAST_CAUGHT)


def _total(kind: str, versions: Tally[tuple[str, str]], revisits: Tally[tuple[str, str]]) -> float:
    made, all_of = (sum(count for (_, one), count in tally.items() if one == kind) for tally in (versions, revisits))
    _row("all", kind, made, all_of)
    return made / all_of


def _row(source: str, kind: str, made: int, revisits: int) -> None:
    print(f"{source:10} {kind:12} {made:6,} versions of {revisits:6,} revisits  {made / revisits:8.3%}")


# ------------------------------------------------------------------ pages


def newsroom_revisits(stories: int) -> Iterator[tuple[str, str, bool]]:
    """Yield (source, kind, whether a version was made) for every revisit to the newsroom's stories."""
    newsroom = Newsroom(stories=stories)
    first = {(name, story.id): page for name in PAPERS for story, page in _served(newsroom, name)}
    for (name, _), page in first.items():
        yield from _changed(name, page, _paragraphs(page))
    for pause in LATER:
        newsroom.advance(seconds=pause.total_seconds())
        for name in PAPERS:
            for story, page in _served(newsroom, name):
                before = first.get((name, story.id))
                if before is not None and story.edition(before.at) == story.edition(page.at):
                    yield name, "noise", _differ(before.reading(), page.reading())


def _served(newsroom: Newsroom, name: str) -> Iterator[tuple[object, Page]]:
    press = Press(newsroom, PAPERS[name])
    for story, edition in newsroom.live(name):
        path = story.path(edition.slug)
        answer = press.respond(path)
        if answer.status == 200:
            url = newsroom.url(story, edition.slug)
            yield story, Page(name, url, PAPERS[name].charset, bytes(answer.body), newsroom.now)


def page_revisits() -> Iterator[tuple[str, str, bool]]:
    """Yield the same for the small pages that are articles."""
    for path in sorted(PAGES.glob("*/*.html")):
        case = json.loads(path.with_suffix(".json").read_text("utf-8"))
        url = case.get("url", f"https://panublion.example/2026/05/02/{path.stem}/")
        page = Page("pages", url, case.get("encoding", "utf-8"), path.read_bytes(), datetime(2026, 5, 3, tzinfo=UTC))
        if page.reading() is not None:
            yield from _changed("pages", page, _paragraphs(page))


def _paragraphs(page: Page) -> list[str]:
    reading = page.reading()
    return list(reading.paragraphs) if reading else []


def _changed(source: str, page: Page, paragraphs: list[str]) -> Iterator[tuple[str, str, bool]]:
    before, lot = page.reading(), random.Random(page.url)
    try:
        text = page.payload.decode(page.encoding)
    except (LookupError, UnicodeError):
        return  # about what cannot be decoded, and there is a page for that, nobody can say what it prints
    for kind, change in COSMETIC.items():
        changed = _text_only(text, lambda part, change=change: change(part, lot))  # type: ignore[misc]
        if changed != text:
            yield source, kind, _differ(before, page.reading(_encoded(changed, page)))
    edited = _one_word(text, paragraphs, lot)
    if edited is not None:
        yield source, "edit", _differ(before, page.reading(_encoded(edited, page)))


def _encoded(text: str, page: Page) -> bytes:
    return text.encode(page.encoding, errors="xmlcharrefreplace")


def _differ(one: Reading | None, other: Reading | None) -> bool:
    if one is None or other is None:
        return one is not other
    return reading_digest(one) != reading_digest(other)


# ------------------------------------------------------------------ changes

_MARKUP = re.compile(r"(<(script|style)\b.*?</\2>|<!--.*?-->|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,}")


def _text_only(text: str, change: Callable[[str], str]) -> str:
    """Change what is printed in the body of a page, and no markup, script or style."""
    head, body, rest = text.partition("<body")
    parts, at = [], 0
    for found in _MARKUP.finditer(rest):
        parts += [change(rest[at : found.start()]), found[0]]
        at = found.end()
    return head + body + "".join(parts) + rest[at:]


_QUOTES = {**dict.fromkeys("’‘", "'"), **dict.fromkeys("“”«»", "&quot;"), **dict.fromkeys("–—", "-"), "…": "..."}


def _quotes(text: str, _: random.Random) -> str:
    return text.translate(str.maketrans(_QUOTES))


def _spaces(text: str, lot: random.Random) -> str:
    return re.sub(r"(?<=\w) (?=\w)", lambda found: "&nbsp;" if lot.random() < 0.1 else found[0], text)


def _entities(text: str, lot: random.Random) -> str:
    return re.sub(r"[^\W\d_]", lambda found: f"&#{ord(found[0])};" if lot.random() < 0.05 else found[0],
                  text) if "&" not in text else text  # fmt: skip


def _white(text: str, lot: random.Random) -> str:
    return re.sub(r"(?<=\w) (?=\w)", lambda _: lot.choice(("  ", "\n", " \n\t", " ", " ", " ")), text)


def _invisible(text: str, lot: random.Random) -> str:
    mark = ("&shy;", "&#8203;")
    return re.sub(r"(?<=\w{3})(?=\w{3})", lambda _: lot.choice(mark) if lot.random() < 0.05 else "",
                  text) if "&" not in text else text  # fmt: skip


COSMETIC: dict[str, Callable[[str, random.Random], str]] = {
    "quotes": _quotes, "no-break": _spaces, "entities": _entities, "white space": _white, "invisible": _invisible,
}  # fmt: skip


def _one_word(text: str, paragraphs: list[str], lot: random.Random) -> str | None:
    """Return the page with one word of the story replaced; None where the text is not on the page as it was read."""
    for paragraph in lot.sample(paragraphs, len(paragraphs)):
        words = list(_WORD.finditer(paragraph))
        for word in lot.sample(words, len(words)):
            around = paragraph[max(0, word.start() - 25) : word.end() + 25]
            for printed in {around, html.escape(around), html.escape(around, quote=False)}:
                if text.count(printed) == 1:
                    other = word[0][::-1].lower() if word[0][::-1].lower() != word[0].lower() else word[0] + "en"
                    return text.replace(printed, printed.replace(word[0], other, 1))
    return None


if __name__ == "__main__":
    sys.exit(main())

"""What every page is made of: escaped text, dates as printed, templates whose moving parts are filled per request."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.newsroom.papers import Paper
    from tests.newsroom.stories import Edition, Story, StoryText

_MARK = "\x01"
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "tl": "Enero Pebrero Marso Abril Mayo Hunyo Hulyo Agosto Setyembre Oktubre Nobyembre Disyembre",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "tl": "Lunes Martes Miyerkoles Huwebes Biyernes Sabado Linggo",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """Another story, as lists and sidebars show it."""

    id: int
    title: str
    url: str
    section: str
    label: str
    excerpt: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything a skin needs to print the page of one story."""

    paper: Paper
    base: str
    story: Story
    edition: Edition
    text: StoryText
    url: str
    related: tuple[Teaser, ...]

    @property
    def published(self) -> datetime:
        """When the story came out, in the paper's zone."""
        return self.story.published.astimezone(self.paper.zone)

    @property
    def modified(self) -> datetime:
        """When the story was changed by its own account, in the paper's zone."""
        return self.edition.modified.astimezone(self.paper.zone)

    @property
    def excerpt(self) -> str:
        """The standfirst, else the first sentence."""
        return self.text.standfirst or self.text.sentences[0][0]

    @property
    def image(self) -> str:
        """The address of the lead picture."""
        return f"{self.base}/wp-content/uploads/{self.published:%Y/%m}/{self.edition.slug[:40]}.jpg"


def esc(text: str) -> str:
    """Return text for use between tags or within double quotes."""
    return html.escape(text)


def paragraphs(text: StoryText) -> str:
    """Return the body as paragraphs, one a line."""
    return "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in text.paragraphs)


def json_script(value: Any, attributes: str = 'type="application/ld+json"') -> str:
    """Return structured data as the script element that carries it."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f"<script {attributes}>{body}</script>"


def inline_style(theme: str) -> str:
    """Return the style rules that many themes print into each page."""
    rules = "\n".join(
        f".{theme}-col-{number}{{float:left;width:{number * 100 / 24:.4f}%;padding:0 {number % 5 + 4}px}}"
        f".{theme}-gap-{number}{{margin-left:{number * 100 / 24:.4f}%}}"
        for number in range(1, 49)
    )
    return f"<style>\n{rules}\n</style>"


def printed_date(moment: datetime, language: str) -> str:
    """Return a day as a paper in this language prints it."""
    month = _MONTHS[language].split()[moment.month - 1]
    return f"{moment.day} {month} {moment.year}" if language == "ru" else f"{month} {moment.day}, {moment.year}"


def printed_today(moment: datetime, language: str) -> str:
    """Return the weekday and day that stand in the head of each page."""
    return f"{_WEEKDAYS[language].split()[moment.weekday()]}, {printed_date(moment, language)}"


def grouped(paper: Paper, number: int) -> str:
    """Return a counter the way the paper groups its digits."""
    if paper.name == "highland":
        return str(number)
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}") if paper.name == "sever" else f"{number:,}"


def slot(name: str) -> str:
    """Return the mark of a moving part; ``Template`` fills it."""
    return f"{_MARK}{name}{_MARK}"


class Template:
    """A page encoded once, with gaps for what differs from request to request."""

    __slots__ = ("_parts", "slots")

    def __init__(self, text: str, charset: str) -> None:
        parts = text.split(_MARK)
        self._parts = [part.encode(charset, "xmlcharrefreplace") for part in parts]
        self.slots = [(number, parts[number]) for number in range(1, len(parts), 2)]

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """Return the page with its gaps filled."""
        parts = self._parts.copy()
        for number, name in self.slots:
            parts[number] = values[name]
        return b"".join(parts)

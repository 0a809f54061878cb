"""Stories as the newsroom keeps them: a draft, its editions over time, and the truth a test compares with."""

from __future__ import annotations

import dataclasses
import math
import re
import threading
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any

from tests.newsroom.markup import printed_date
from tests.newsroom.texts import Topic, Words, compose, swap_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.newsroom.papers import Author, Paper
    from tests.newsroom.plans import Event

_LATIN = (
    "а:a б:b в:v г:g д:d е:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:sch "
    "ъ: ы:y ь: э:e ю:yu я:ya ё:e"
)
_CYRILLIC = dict(pair.split(":") for pair in _LATIN.split(" "))
# A story draws its words from one row of random numbers, whichever thread asks first.
_WRITING = threading.Lock()
_REWRITTEN = frozenset({"corrected", "retitled", "stealth"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a paper prints about one of a story's authors."""

    name: str
    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryText:
    """What a story says."""

    title: str
    standfirst: str | None
    sentences: tuple[tuple[str, ...], ...]  # of each paragraph
    dateline: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs as printed, dateline included."""
        first, *rest = (" ".join(sentences) for sentences in self.sentences)
        return (self.dateline + first, *rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A story between two events."""

    start: datetime
    kind: str
    status: str  # live, removed_404, removed_410
    title: str
    slug: str
    modified: datetime  # as the paper's system knows it
    changed_at: datetime  # when the stored page last changed, quiet edits included
    rewrites: int  # how often the text was changed so far


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTruth:
    """Everything true of a story at an instant; None is what its page does not state."""

    paper: str
    id: int
    url: str
    former_urls: tuple[str, ...]
    state: str
    title: str
    standfirst: str | None
    authors: tuple[str, ...]
    byline: str | None
    agency: bool
    dateline: str | None
    paragraphs: tuple[str, ...]
    published: datetime
    modified: datetime | None
    views: int
    comments: int | None
    profiles: tuple[Profile, ...]
    language: str
    section: str
    tags: tuple[str, ...]

    @property
    def profile(self) -> str | None:
        """What the page says about the first author that has a profile."""
        return self.profiles[0].text if self.profiles else None

    @property
    def profile_language(self) -> str | None:
        """The language of that profile."""
        return self.profiles[0].language if self.profiles else None

    def as_json(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return _plain(self) | {"profile": self.profile, "profile_language": self.profile_language}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTruth:
    """One text of a story and the instant from which it stood."""

    start: datetime
    kind: str
    url: str
    title: str
    standfirst: str | None
    authors: tuple[str, ...]
    byline: str | None
    dateline: str | None
    paragraphs: tuple[str, ...]
    modified: datetime | None

    def as_json(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return _plain(self)


def _plain(record: Any) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in dataclasses.asdict(record).items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def slugify(title: str) -> str:
    """Return a title as an address spells it: Latin letters, digits and hyphens."""
    latin = "".join(_CYRILLIC.get(letter, letter) for letter in title.lower().replace("’", "").replace("₱", "p"))
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


class Story:
    """One story of one paper: everything about it follows from its key, its source and its events."""

    def __init__(self, paper: Paper, story_id: int, published: datetime, key: str, source: Paper | None = None) -> None:
        self.paper = paper
        self.id = story_id
        self.published = published
        self.key = key
        self.source = source or paper  # a syndicated copy speaks of the places of the paper it comes from
        self.events: tuple[Event, ...] = ()
        self.index = 0  # among the paper's stories, by time
        self.attempt = 0
        self._texts: list[StoryText] = []
        self.own_slug = ""
        self.try_title()

    def try_title(self) -> None:
        """Draw topic, cast and title anew; the newsroom asks again where two stories have the same title."""
        self.attempt += 1
        rng = self._rng(f"title/{self.attempt}")
        bank = self.source.bank
        self.topic: Topic = rng.choice(bank.topics)
        self.cast = {slot: rng.choice(values) for slot, values in self.source.cast.items()}
        self.cast["currency"] = self.source.currency
        self.words = Words(bank, self.cast, rng)
        self.title = self.words.head(rng.choice(self.topic.titles))

    def _rng(self, step: str) -> Random:
        return Random(f"{self.key}/{step}")

    @cached_property
    def authors(self) -> tuple[Author, ...]:
        """Who signed: nobody for a desk story, two for some."""
        rng = self._rng("authors")
        many = rng.choices((0, 1, 2), weights=(8, 76, 16))[0]
        return tuple(rng.sample(self.paper.authors, many))

    @cached_property
    def is_agency(self) -> bool:
        """Whether the house signs instead of a person."""
        return not self.names

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the authors."""
        return tuple(author.name for author in self.authors)

    @cached_property
    def byline(self) -> str | None:
        """The byline as printed; the tagDiv theme prints none, its author box does."""
        return bylines(self.paper.name, self.names or (self.paper.house,))

    @cached_property
    def dateline(self) -> str | None:
        """The dateline without what follows it."""
        rng = self._rng("dateline")
        if rng.random() > 0.75:
            return None
        place = rng.choice(self.source.datelines)
        if self.paper.language != "ru":
            return place
        day = self.published.astimezone(self.paper.zone)
        return f"{place}, {printed_date(day, 'ru').removesuffix(f' {day.year}')}"

    @property
    def section(self) -> str:
        """The slug of the section."""
        return self.topic.section

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Two or three tags."""
        return self.topic.tags[: self._rng("tags").choice((2, 3))]

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """What became of the story, event by event. The events must be known by now."""
        rng = self._rng("modified")
        late = timedelta(seconds=rng.randrange(300, 3000)) if not self.events or self.events[0].kind != "new" else None
        modified = self.published + late if late and rng.random() < 0.5 else self.published
        edition = Edition(
            start=self.published,
            kind="new",
            status="live",
            title=self.title,
            slug=self.own_slug,
            modified=modified,
            changed_at=modified,
            rewrites=0,
        )
        editions = [edition]
        for event in self.events:
            if event.kind != "new":
                edition = self._next(edition, event)
                editions.append(edition)
        return tuple(editions)

    def _next(self, before: Edition, event: Event) -> Edition:
        changes: dict[str, Any] = {"start": event.at, "kind": event.kind}
        if event.kind.startswith("removed"):
            return dataclasses.replace(before, status=event.kind, **changes)
        if event.kind == "restored":
            return dataclasses.replace(before, status="live", **changes)
        changes["changed_at"] = event.at
        if event.kind != "stealth":
            changes["modified"] = event.at
        if event.kind in _REWRITTEN:
            changes["rewrites"] = before.rewrites + 1
        if event.kind == "retitled":
            changes["title"] = self._other_title(before.title, event)
        if event.kind == "renamed":
            changes["slug"] = f"{slugify(self._other_title(before.title, event))}-{self.id}"
        return dataclasses.replace(before, **changes)

    def _other_title(self, title: str, event: Event) -> str:
        self.words.rng = self._rng(f"title at {event.at.isoformat()}")
        other = title
        while other == title:
            other = self.words.head(self.words.rng.choice(self.topic.retitles))
        return other

    def edition(self, at: datetime) -> Edition | None:
        """Return the edition that stood at an instant; None before publication."""
        position = bisect_right(self.editions, at, key=lambda edition: edition.start)
        return self.editions[position - 1] if position else None

    def text(self, edition: Edition) -> StoryText:
        """Return what an edition says."""
        with _WRITING:
            if not self._texts:
                self._texts.append(self._first_text())
            rewritten = [step for step in self.editions if step.kind in _REWRITTEN]
            while len(self._texts) <= edition.rewrites:
                self._texts.append(self._rewrite(self._texts[-1], rewritten[len(self._texts) - 1]))
            return self._texts[edition.rewrites]

    def _first_text(self) -> StoryText:
        self.words.rng = rng = self._rng("text")
        standfirst = self.words.head(rng.choice(self.topic.standfirsts)) if rng.random() < 0.5 else None
        return StoryText(
            title=self.title,
            standfirst=standfirst,
            sentences=compose(self.words, self.topic),
            dateline=self.dateline + self.source.dateline_mark if self.dateline else "",
        )

    def _rewrite(self, text: StoryText, edition: Edition) -> StoryText:
        self.words.rng = rng = self._rng(f"text at {edition.start.isoformat()}")
        if edition.kind == "retitled":
            return dataclasses.replace(text, title=edition.title)
        paragraphs = [list(sentences) for sentences in text.sentences]
        number = rng.randrange(1, len(paragraphs))
        if edition.kind == "corrected":
            used = set().union(*map(set, paragraphs))
            paragraphs[number][-1] = self._fresh_sentence(used)
            if rng.random() < 0.6:
                paragraphs.append([self.words.say(rng.choice(self.words.bank.corrections))])
        else:
            paragraphs[number] = [swap_words(" ".join(paragraphs[number]), self.words.bank, rng)]
        return dataclasses.replace(text, sentences=tuple(map(tuple, paragraphs)))

    def _fresh_sentence(self, used: Iterable[str]) -> str:
        while True:
            sentence = self.words.say(self.words.rng.choice(self.words.bank.general))
            if sentence not in used:
                return sentence

    @cached_property
    def popularity(self) -> tuple[float, float]:
        """How fast views come and how many of them it takes for one comment."""
        rng = self._rng(f"popularity at {self.paper.name}")
        return rng.lognormvariate(0.6, 0.9), rng.uniform(60, 600) if rng.random() < 0.6 else math.inf

    def views(self, at: datetime) -> int:
        """Return the view counter at an instant; it never falls."""
        hours = max(0.0, (at - self.published).total_seconds() / 3600)
        return 1 + int(self.popularity[0] * (120 * (1 - math.exp(-hours / 30)) + hours / 2))

    def comments(self, views: int) -> int:
        """Return the number of comments that come with so many views."""
        return int(views / self.popularity[1])

    def path(self, slug: str) -> str:
        """Return the path of the story under a slug."""
        day = self.published.astimezone(self.paper.zone)
        return self.paper.permalink.format(year=f"{day:%Y}", month=f"{day:%m}", day=f"{day:%d}", id=self.id, slug=slug)


def bylines(paper: str, names: tuple[str, ...]) -> str | None:
    """Return names as the paper prints them."""
    if paper == "coastal":
        return "By " + " and ".join(names)
    if paper == "highland":
        return "Written by " + " and ".join(names)
    if paper == "bisaya":
        return ("Nina " if len(names) > 1 else "Ni ") + " at ".join(names)
    if paper == "sever":
        return ("Авторы: " if len(names) > 1 else "Автор: ") + ", ".join(names)
    return None

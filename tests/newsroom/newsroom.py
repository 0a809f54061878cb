"""The demo newsroom: five papers whose stories follow from a seed, a plan and a clock that the caller moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.newsroom.papers import COASTAL, LAKESIDE, PAPERS, Author, Paper
from tests.newsroom.plans import LIVELY, Event, Plan, Planner, Shelf
from tests.newsroom.server import Server
from tests.newsroom.sitefiles import write_site_files
from tests.newsroom.stories import Edition, Profile, Story, StoryTruth, VersionTruth, slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

START = datetime(2026, 11, 2, tzinfo=UTC)
_BETWEEN_STORIES = timedelta(hours=10)
_SPARE_IDS = 2000  # how many stories a paper can still publish after the start
_CORRESPONDENT = Author(name="Marisol T. Dumlao", slug="marisol-dumlao")
_SYNDICATED = 3  # the copied story is the third youngest of both papers at the start


class Newsroom:
    """Five invented papers on one clock. Everything is a function of seed, plan, clock and, for sidebars, request."""

    def __init__(
        self,
        seed: int = 7,
        start: datetime = START,
        stories: int = 40,
        papers: Sequence[str] = tuple(PAPERS),
        plan: Plan = LIVELY,
    ) -> None:
        self.seed = seed
        self.start = start
        self.papers: dict[str, Paper] = {name: PAPERS[name] for name in papers}
        self.bases = {name: f"http://{name}.example" for name in self.papers}
        self._stories = {name: self._first_stories(paper, stories) for name, paper in self.papers.items()}
        self._work_out(plan)
        for name in self.papers:
            self._settle(name)
        self.now = start

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> datetime:
        """Move the clock forward and return the new time."""
        step = timedelta(days=days, hours=hours, seconds=seconds)
        if step < timedelta(0):
            message = "the newsroom’s clock only runs forward"
            raise ValueError(message)
        self.now = self.now + step
        return self.now

    def stories(self, paper: str, at: datetime | None = None) -> list[Story]:
        """Return the stories published by then, oldest first, those removed since included."""
        return [story for story in self._stories[paper] if story.published <= (at or self.now)]

    def live(self, paper: str, at: datetime | None = None) -> list[tuple[Story, Edition]]:
        """Return the stories a reader can open, each with its edition of that instant, oldest first."""
        at = at or self.now
        both = [(story, story.edition(at)) for story in self.stories(paper, at)]
        return [(story, edition) for story, edition in both if edition and edition.status == "live"]

    def story(self, paper: str, story_id: int) -> Story:
        """Return a story by its id, or raise KeyError."""
        return self._by_id[paper, story_id]

    def find(self, paper: str, path: str) -> Story | None:
        """Return the story that has, had or will have this path."""
        return self._by_path.get((paper, path))

    def hidden(self, paper: str) -> Story:
        """Return the story that robots.txt keeps out: it is on no list but one link leads to it."""
        return self._hidden[paper]

    def neighbours(self, story: Story, many: int) -> list[Story]:
        """Return stories that stood before this one, for its related lists."""
        stories = self._stories[story.paper.name]
        pool = stories[max(0, story.index - 30) : story.index] or stories[1:8]
        return Random(f"{story.key}/related").sample(pool, min(many, len(pool)))

    def url(self, story: Story, slug: str) -> str:
        """Return the address of a story under a slug."""
        return self.bases[story.paper.name] + story.path(slug)

    def views(self, story: Story, at: datetime | None = None) -> int:
        """Return the view counter of a story, where the plan lets counters stand still as well."""
        at = at or self.now
        standing = self._schedule.standing_since.get(story.paper.name)
        if standing is None or at <= standing:
            return story.views(at)
        views = story.views(standing)
        moving = self._schedule.moving.get((story.paper.name, story.id))
        return views if moving is None or at < moving else views + 3 + int((at - moving).total_seconds() / 600)

    def comments(self, story: Story, at: datetime | None = None) -> int:
        """Return the number of comments, which stands still where the counters do."""
        at = at or self.now
        return story.comments(story.views(min(at, self._schedule.standing_since.get(story.paper.name, at))))

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that will happen, in order of time."""
        return self._schedule.events

    @property
    def moving(self) -> tuple[tuple[str, int], ...]:
        """The stories (paper, id) whose counters move where a quota lets all others stand still."""
        return tuple(self._schedule.moving)

    def truth(self, paper: str, at: datetime | None = None) -> list[StoryTruth]:
        """Return everything true of every story published by then, oldest first."""
        at = at or self.now
        return [self._truth(story, at) for story in self.stories(paper, at)]

    def versions(self, paper: str, story_id: int, until: datetime | None = None) -> list[VersionTruth]:
        """Return the different texts a story had, in order of time."""
        story = self.story(paper, story_id)
        found: list[VersionTruth] = []
        for edition in story.editions:
            version = self._version(story, edition)
            is_new = not found or (found[-1].title, found[-1].paragraphs) != (version.title, version.paragraphs)
            if edition.start <= (until or self.now) and edition.status == "live" and is_new:
                found.append(version)
        return found

    def serve(self, ports: Mapping[str, int] | None = None, addresses: Mapping[str, str] | None = None) -> Server:
        """Return a server of all papers; it listens from ``start()`` or ``with`` on."""
        return Server(self, ports or {}, addresses or {})

    def write_site_files(self, folder: Path, server: Server, papers: Iterable[str] | None = None) -> list[Path]:
        """Write the site files of the papers as they are being served; return their paths."""
        return write_site_files(folder, [self.papers[name] for name in papers or self.papers], server)

    def _truth(self, story: Story, at: datetime) -> StoryTruth:
        edition = story.edition(at)
        if edition is None:
            message = f"{story.paper.name}: story {story.id} is not out yet"
            raise ValueError(message)
        text = story.text(edition)
        past = dict.fromkeys(step.slug for step in story.editions if step.start <= at and step.slug != edition.slug)
        return StoryTruth(
            paper=story.paper.name,
            id=story.id,
            url=self.url(story, edition.slug),
            former_urls=tuple(self.url(story, slug) for slug in past),
            state=edition.status,
            title=text.title,
            standfirst=text.standfirst,
            authors=story.names,
            byline=story.byline,
            agency=story.is_agency,
            dateline=story.dateline,
            paragraphs=text.paragraphs,
            published=story.published.astimezone(story.paper.zone),
            modified=stated_modified(story, edition),
            views=self.views(story, at),
            comments=self.comments(story, at) if story.paper.shows_comments else None,
            profiles=profiles(story),
            language=story.paper.language,
            section=story.paper.sections[story.section],
            tags=story.tags,
        )

    def _version(self, story: Story, edition: Edition) -> VersionTruth:
        text = story.text(edition)
        return VersionTruth(
            start=edition.start,
            kind=edition.kind,
            url=self.url(story, edition.slug),
            title=text.title,
            standfirst=text.standfirst,
            authors=story.names,
            byline=story.byline,
            dateline=story.dateline,
            paragraphs=text.paragraphs,
            modified=stated_modified(story, edition),
        )

    def _first_stories(self, paper: Paper, many: int) -> list[Story]:
        stories = []
        for index in range(many):
            rng = Random(f"{self.seed}/{paper.name}/{index}/time")
            jitter = timedelta(seconds=rng.randrange(0, 6 * 3600))
            published = self.start - (many - index) * _BETWEEN_STORIES + jitter
            stories.append(self._new_story(paper, story_id(paper, index), published))
        if len(stories) > _SYNDICATED and paper in (LAKESIDE, COASTAL):
            copied = stories[-_SYNDICATED]
            stories[-_SYNDICATED] = self._syndicated(paper, copied.id, copied.published)
        return stories

    def _new_story(self, paper: Paper, number: int, published: datetime) -> Story:
        return Story(paper, number, published, f"{self.seed}/{paper.name}/{number}")

    def _syndicated(self, paper: Paper, number: int, published: datetime) -> Story:
        story = Story(paper, number, published, f"{self.seed}/syndicated", source=COASTAL)
        story.authors = (_CORRESPONDENT,)
        story.dateline = "PORT ALMARIO"
        return story

    def _work_out(self, plan: Plan) -> None:
        shelves = {}
        for name, stories in self._stories.items():
            spare = [story_id(self.papers[name], len(stories) + extra) for extra in range(_SPARE_IDS)]
            shelves[name] = Shelf({story.id: story.published for story in stories}, spare)
            shelves[name].touched.update(story.id for story in stories if story.key.endswith("/syndicated"))
        self._schedule = Planner(shelves, self.start, self.seed).work_out(plan)
        for event in self._schedule.events:
            if event.kind == "new":
                story = self._new_story(self.papers[event.paper], event.story_id, event.at)
                self._stories[event.paper].append(story)
        self._by_id = {(name, story.id): story for name, stories in self._stories.items() for story in stories}
        for event in self._schedule.events:
            self._by_id[event.paper, event.story_id].events += (event,)
        self._by_path: dict[tuple[str, str], Story] = {}
        self._hidden: dict[str, Story] = {}

    def _settle(self, name: str) -> None:
        """Give each story of a paper its place, a title of its own and its addresses."""
        stories = self._stories[name]
        stories.sort(key=lambda story: (story.published, story.id))
        titles: set[str] = {story.title for story in stories if story.key.endswith("/syndicated")}
        for index, story in enumerate(stories):
            story.index = index
            while story.title in titles and story.attempt < 40 and not story.key.endswith("/syndicated"):
                story.try_title()
            titles.add(story.title)
            self._address(name, story)
        self._hidden[name] = self._new_story(self.papers[name], 1, self.start)
        self._hidden[name].own_slug = slugify(self._hidden[name].title)

    def _address(self, name: str, story: Story) -> None:
        slug = slugify(story.title)
        number = 1
        story.own_slug = slug
        while (name, story.path(story.own_slug)) in self._by_path:
            number += 1
            story.own_slug = f"{slug}-{number}"
        for edition in story.editions:
            self._by_path[name, story.path(edition.slug)] = story


def story_id(paper: Paper, index: int) -> int:
    """Return the id of the paper's n-th story: with gaps, as systems have them that number pictures too."""
    return paper.first_id + index * paper.id_step + (index * 7919) % paper.id_step


def stated_modified(story: Story, edition: Edition) -> datetime | None:
    """Return the modified date as the story's page states it."""
    name = story.paper.name
    if name == "highland" or (name == "bisaya" and edition.modified == story.published):
        return None
    return edition.modified.astimezone(story.paper.zone)


def profiles(story: Story) -> tuple[Profile, ...]:
    """Return what the story's page says about its authors."""
    return tuple(
        Profile(name=author.name, text=author.profile, language=author.profile_language)
        for author in story.authors
        if author.profile and author.profile_language
    )

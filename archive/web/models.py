"""What the API answers, described: the schemas of its OpenAPI document."""

from typing import Any, Literal

from pydantic import BaseModel, Field

State = Literal["live", "missing", "gone", "restored", "merged"]
Changes = Literal["new", "revised", "gone", "restored", "merged"]


class Hit(BaseModel):
    """An article as a list shows it."""

    id: str = Field(description="Public key of the article; never reused.", examples=["m2cou6bwoqnwm"])
    site: str = Field(description="Name of the news site in the archive.")
    url: str | None = Field(description="Address at which the article was last read.")
    published: str | None = Field(description="Publication as the page says it; a day alone where it has no time.")
    first_seen: str = Field(description="When the archive first saw the article (UTC).")
    state: State = Field(description="How the article stands now: missing is a first 404, gone a confirmed one.")
    title: str | None = Field(description="Headline.")
    language: str | None = Field(description="Language of the text, the shortest ISO 639 code.")
    views: int | None = Field(description="Newest count of views; null is never 0.")
    version: int = Field(description="Number of this text among the article's versions.")
    authors: list[str] = Field(description="Names of the byline.")
    snippet: str = Field(description="The words around the first hit, or the beginning of the text.")
    hits: list[tuple[int, int]] = Field(description="Where in the snippet hits stand: (start, end).")
    title_hits: list[tuple[int, int]] = Field(description="The same in the headline.")


class Hits(BaseModel):
    """A page of a list of articles."""

    items: list[Hit]
    next: str | None = Field(description="Cursor of the page that follows; null on the last one.")


class Facets(BaseModel):
    """How many of the newest 10,000 hits are of what, the most first."""

    site: dict[str, int]
    month: dict[str, int] = Field(description="Month of publication, 2026-11.")
    author: dict[str, int]
    language: dict[str, int]


class Version(BaseModel):
    """An article as it read between two times."""

    version: int = Field(description="Its number; versions may be counted anew, so never cite by it.")
    change: Changes = Field(description="What it is to the one before it.")
    state: State
    stealth: bool = Field(description="The text was changed and no modified date admits it.")
    cosmetic: bool = Field(description="Only punctuation or case differ from the version before.")
    flap: bool = Field(description="Seen between two looks that read alike, minutes apart.")
    reverts_to: int | None = Field(description="Number of the earlier version that reads the same.")
    valid_from: str = Field(description="When it was first seen to read so.")
    valid_to: str | None = Field(description="When it was first seen to read otherwise; null while it does.")
    not_before: str | None = Field(description="When the version before was last seen: it was made after that.")
    last_seen: str = Field(description="When it was last seen to read so.")
    known_from: str = Field(description="Since when the archive knows it.")
    modified: str | None = Field(description="Modified date as its page stated it.")
    title: str | None
    standfirst: str | None
    authors: list[str] | None = Field(description="Names of the byline; null of a version without text.")
    byline: str | None = Field(description="Byline as printed.")
    word_count: int | None
    body: str | None = Field(default=None, description="Its paragraphs; null of a version without text.")


class Address(BaseModel):
    """An address that an article had from one time to another."""

    url: str
    from_: str = Field(alias="from")
    to: str | None
    role: str


class Versions(BaseModel):
    """All that is known of an article through time, without the texts."""

    id: str
    site: str
    state: State
    captures: int = Field(description="How often it was fetched, whatever came.")
    urls: list[Address]
    versions: list[Version]


class Run(BaseModel):
    """A counter that showed one value from one time to another."""

    metric: Literal["views", "comments", "shares"]
    value: int
    from_: str = Field(alias="from")
    to: str
    exact: bool = Field(description="False of a rounded number: 1.2K.")
    stale: bool = Field(description="A cached number that a script would have replaced.")
    raw: str | None = Field(description="As printed.")
    source: str = Field(description="Where it was read.")


class Runs(BaseModel):
    """The counters of an article."""

    id: str
    counters: list[Run]


class Part(BaseModel):
    """Words that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str


class Block(BaseModel):
    """What became of one paragraph."""

    kind: Literal["same", "edited", "moved", "added", "removed"]
    parts: list[Part]
    old: int | None = Field(description="Its place in the older text, from 0.")
    new: int | None = Field(description="Its place in the newer text.")


class Diff(BaseModel):
    """What became of each part of a story between two versions."""

    id: str
    old: int = Field(description="Number of the older version.")
    new: int = Field(description="Number of the newer version.")
    labels: list[str] = Field(description="What changed: headline, standfirst, byline, figure changed …")
    title: list[Part]
    standfirst: list[Part]
    byline: list[Part]
    paragraphs: list[Block]


class Change(BaseModel):
    """A version that began."""

    article: str
    site: str
    title: str | None
    number: int = Field(description="Number of the version that began.")
    change: Changes
    stealth: bool
    valid_from: str | None
    not_before: str | None
    labels: list[str] = Field(description="What changed; empty where the article went or came back.")


class ChangePage(BaseModel):
    """A page of what changed."""

    items: list[Change]
    next: str | None = Field(description="Cursor of the page that follows; null on the last one.")


class Copy(BaseModel):
    """An article that carries the same text."""

    id: str
    site: str
    first_seen: str
    title: str
    authors: list[str]
    added: float = Field(description="Share of its words that the first text does not have, 0 to 1.")
    cut: float = Field(description="Share of the first text's words that it left out, 0 to 1.")


class Copies(BaseModel):
    """The papers that carry one text, the first of all first; empty where no other one does."""

    items: list[Copy]


class Visit(BaseModel):
    """One visit of a site."""

    key: str
    started: str | None
    ended: str | None = Field(description="null while it runs, or when it was killed.")
    exit_status: int | None
    went: Literal["well", "failed", "open"]
    why: list[str] = Field(description="What made it end as failed.")
    outcomes: dict[str, int]
    requests: int | None
    seconds: float | None


class Site(BaseModel):
    """A site at a glance."""

    name: str
    title: str
    url: str
    country: str | None
    region: str | None
    languages: list[str]
    timezone: str
    articles: int
    states: dict[str, int] = Field(description="Articles by state.")
    in_week: int = Field(description="Stories that came out in the last 7 days.")
    health: Literal["well", "silent", "failed", "unvisited"]


class SiteHealth(Site):
    """A site with its last visits, the share of its fields that are read, and its stories per day."""

    visits: list[Visit]
    fields: dict[str, float] = Field(
        description="Share of its last readings that have each field; empty of a new site."
    )
    days: dict[str, int] = Field(description="Stories that came out on each of the last 42 days, in the site's zone.")


class Sites(BaseModel):
    """All sites, by title."""

    items: list[Site]


class Citation(BaseModel):
    """An item of CSL-JSON; ``archive_location`` is the name that stays true."""

    model_config = {"extra": "allow"}
    id: str
    type: Literal["article-newspaper"]
    archive_location: str


class Problem(BaseModel):
    """A fault (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="What, where and what to do.")
    at: int | None = Field(default=None, description="Of a search: the character at which it goes wrong, from 0.")


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a model, whole by itself."""
    return model.model_json_schema(ref_template="#/components/schemas/{model}")

"""Invented papers for the pages: stories corrected, changed quietly, copied, gone and taken down, with their counters.

All of it is made up here. A fortnight of visits takes about two seconds to tell.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archive import Profile, signature
from tests.archive.make import DAY, HOUR, START, Paper, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive import Archive, Reading
    from tests.archive.make import SettableClock

BRIDGE = "https://lakeside.example/2026/11/bridge-closed/"
COPY = "https://highland.example/news/4711"
GONE = "https://highland.example/news/4500"
HIDDEN = "https://lakeside.example/2026/11/court-list/"
FAR = "https://bisaya.example/balita/suba"
NOW = START + 16 * DAY

_BRIDGE = """
Provincial engineers closed the Sibalom bridge to all vehicles on Monday morning after divers found a second
crack in the third pier, wider than the one that was grouted in September.

The inspection was ordered after residents of Barangay Egaña heard what one of them called “a long tearing
sound” during Sunday’s rain. “We thought it was the quarry,” said the woman, who asked that only her first
name, Nena, be used.

The district engineer had signed a certificate in October that declared the span safe for loads of up to
fifteen tons.

Buses from the city will turn at the market and take the river road through Tigbagacay, which adds about forty
minutes. The bridge carries 6,100 vehicles a day, by the department’s last count.

Vendors at the eastern approach said they had been given an hour to move their stalls. “I sold half of what I
brought and carried the rest home,” said Rodel Abad, who has sold bananas there for eleven years.

A decision about a temporary span is expected within the week; the department said that it had asked for steel
from two neighbouring provinces.
"""
_QUIET = "The district office said that its October certificate covered the deck and not the piers."
_RIVER = """
Ang suba sa San Isidro misaka og duha ka metro human sa tulo ka adlaw nga ulan, ug gipabalhin ang mga pamilya
sa eskwelahan.

Matud sa kapitan, walay nasamdan apan daghang humay ang nadaot sa baha.
"""

_FILLERS = """
Market women win back their row of stalls
The council voted nine to two to give the eastern row back to the {n} women who have sold fish there since 1998. They
will pay by the day again, not by the year.

School roof repaired before the rains
Parents and two carpenters finished the roof of the elementary school on Sunday, {n} sheets of iron in all. The sheets
were bought with what the singing contest brought in.

Ferry adds a dawn trip for vendors
The boat will leave at four in the morning on market days, the operator said, with room for {n} people and their
baskets. A second crate costs nothing.

Rice price falls by two pesos
Millers blamed a late harvest upriver and a truck strike that ended on Thursday. At the public market {n} sacks were
sold before noon.

Choir of fishermen sings in the capital
Eleven men who mend nets together sang three songs that their fathers sang at the oars, before {n} listeners. They were
back on the water on Monday.

Clinic gets its second nurse
For the first time since the typhoon the clinic is open on Saturdays. On the first of them {n} people came, most of them
for their blood pressure.

Library van stuck for a day in the mud
Children read on the roadside while a tractor was fetched from the mill. The driver counted {n} books out and {n} books
back in.

Council counts its street dogs
The count found {n} dogs, fewer than the barangays had told. Each was given a tag and a shot, and a name if it had none.
"""
_NAMES = ("Marites Lacson-Uy", "Jun Peñalosa", "Ester Dimaano", "Rolly Abad")


def fill(archive: Archive, clock: SettableClock) -> None:
    """Tell an archive a fortnight of three papers."""
    lakeside, highland, bisaya = (Paper(archive, clock, name) for name in ("lakeside", "highland", "bisaya"))
    for day in range(15):
        clock.now = START + day * DAY
        _lakeside(lakeside, day)
        _highland(highland, day)
        _bisaya(bisaya, day)
    archive.take_down("url", HIDDEN, "a court’s order of 16 November")
    clock.now = NOW


def _lakeside(paper: Paper, day: int) -> None:
    paper.begin(title="Panublion Daily")
    _small_stories(paper, day, 3, "section")
    paper.prints(_bridge(day), url=BRIDGE)
    if day == 2:
        paper.prints(url=HIDDEN, title="Court list names a minor", views=12)
    paper.clock.advance(7 * HOUR / 60)
    paper.end(requests=31 + day, outcomes={"new": 3, "unchanged": 20 + day})


def _bridge(day: int) -> Reading:
    said, title, modified = paragraphs(_BRIDGE), "Bridge at Sibalom closed after crack is found", None
    if day >= 3:
        title, modified = "Bridge at Sibalom closed after second crack is found", START + 3 * DAY - HOUR
        said[3] = said[3].replace("6,100", "6,400")
    if day >= 6:
        said[2] = _QUIET
        said.append(said.pop(1))
    views = int(4812 * (1 - 0.72 ** (day + 1)))
    return story(
        title, said, authors=("Marites Lacson-Uy",), views=views, comments=min(36, day * 4), modified=modified,
        published=START - HOUR, dateline="SIBALOM, Antique", canonical=BRIDGE, wp="18342", section="News",
        standfirst="Engineers ordered all vehicles off the span on Monday; the detour adds forty minutes to the road"
        " to San Jose.",
        profiles=(Profile(name="Marites Lacson-Uy", language="hil", text="Nagasulat parte sa mga dalan, suba kag taytay"
                          " sang Antique sugod 2009. Taga-Hamtic sia."),),
        tags=("bridges", "Antique"), access="free",
        sources={"title": "JSON-LD, agrees with h1", "byline": "author box; JSON-LD says “admin”",
                 "views": ".post-views of post 18342, exact", "published": "JSON-LD datePublished"},
    )  # fmt: skip


def _highland(paper: Paper, day: int) -> None:
    paper.begin(title="Highland Courier", region="Cordillera")
    _small_stories(paper, day, 2, "news")
    if day == 1:
        copied = paragraphs(_BRIDGE)[:5]
        paper.prints(story("Crack closes Sibalom bridge, buses turned back", copied, authors=("Highland Courier",),
                           published=START + 3 * HOUR, canonical=COPY), url=COPY)  # fmt: skip
    if day == 3:
        paper.prints(url=GONE, title="Mayor’s cousin wins road contract", views=310, authors=("Rolly Abad",))
    if day in (8, 9):
        paper.answers(410, url=GONE)
    paper.end(exit_status=1 if day == 11 else 0, outcomes={"new": 2}, requests=18)


def _bisaya(paper: Paper, day: int) -> None:
    if day % 3:
        return
    paper.begin(title="Tingog sa Bisaya", region="Central Visayas", languages=("ceb", "en"))
    _small_stories(paper, day, 1, "balita")
    if day >= 6:
        title = "Suba misaka, mga pamilya gipabalhin" if day < 9 else "Suba misaka, 40 ka pamilya gipabalhin"
        paper.prints(story(title, paragraphs(_RIVER), authors=("Ester Dimaano",), language="ceb", canonical=FAR,
                           published=START + 6 * DAY), url=FAR)  # fmt: skip
    paper.end(outcomes={"new": 1}, requests=9)


def _small_stories(paper: Paper, day: int, most: int, folder: str) -> None:
    fillers = _FILLERS.strip().split("\n\n")
    for number in range(most - (day % 5 == 4)):
        title, *said = fillers[(day * most + number) % len(fillers)].split("\n", 1)
        said = [" ".join(part.split()).replace("{n}", str(17 * day + 9 * number + 12)) for part in said]
        url = f"https://{paper.name}.example/{folder}/{day}-{number}/"
        author = _NAMES[(day + number) % len(_NAMES)]
        paper.prints(story(title, said, authors=(author,), views=40 * day + 7 * number, canonical=url,
                           published=paper.clock() - (number + 1) * HOUR), url=url)  # fmt: skip


def story(title: str, said: Sequence[str], **more: Any) -> Reading:
    """Return a reading with the signature that a reading process makes."""
    return replace(reading(title, said, **more), signature=signature(said))


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text as they were printed: each on one line."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]

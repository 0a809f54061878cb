"""`scrapy newsite`, `record` and `sites`, as typed: against the newsroom, and where no file can be made."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from archive import Archive, Capture, Reader, Reading
from crawler.command import PROJECT
from crawler.commands.newsite import check
from crawler.commands.record import only
from crawler.discovery.about import Fact
from crawler.errors import FixtureError, SurveyError
from crawler.newsite import Survey, name_for, site_text
from crawler.site import Site, load_site
from crawler.survey import Told
from tests.archive.make import Paper as Press
from tests.archive.make import SettableClock
from tests.crawling import Operator, Paper, feed, story
from tests.newsroom import STILL, Newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.crawling import Run
    from tests.newsroom import Server

STORIES = 24
FAST = ("-s", "DOWNLOAD_DELAY=0")


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    (tmp_path / "sites").mkdir()
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def paper() -> Iterator[Paper]:
    with Paper() as paper:
        yield paper


def made(operator: Operator, url: str, *options: str) -> Run:
    return operator.scrapy("newsite", url, "--name", "panublion", "--country", "PH", *FAST, *options)


def refused(operator: Operator, run: Run) -> str:
    """Return the line on standard error of a command that has written nothing."""
    assert run.status == 2, run.out
    assert list(operator.sites.rglob("*.*")) == []
    assert not (operator.home / "archive.sqlite").exists()
    return run.err.strip().splitlines()[-1]


# ------------------------------------------------------------------ a newsroom


@pytest.mark.newsroom
@pytest.mark.parametrize(
    ("name", "options"),
    [("lakeside", ()), ("sever", ("--country", "RU", "--timezone", "Asia/Yekaterinburg"))],
)
def test_the_file_that_newsite_writes_finds_every_story(
    operator: Operator, name: str, options: tuple[str, ...]
) -> None:
    newsroom = Newsroom(stories=STORIES, papers=(name,), plan=STILL)
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str((newsroom.now - datetime.now(UTC)).total_seconds())
    with newsroom.serve() as server:
        run = operator.scrapy("newsite", server.url(name), "--name", name, *options, *FAST)
        assert run.status == 0, run.err
        asked = [request.path for request in server.requests]
        assert len(asked) <= 14
        assert not [path for path in asked if path.startswith("/embargo/")]
        site = as_the_newsroom_says(operator, newsroom, server, name)
        assert {story.title for story in newsroom.truth(name)} >= titles_printed(run)
        crawled = operator.crawl(name, *FAST)
        assert crawled.status == 0, crawled.err
        assert crawled.report["outcomes"] == {"new": STORIES}
        assert crawled.report["site_file"]["confirmed"] is True
        assert crawled.report["site_file"]["failed"] == []
    awaits_a_person(operator, name)
    told = json.loads(operator.scrapy("sites", name, "--json").out)
    assert (site.confirmed, told["confirmed"], told["visits_say"]) == (False, True, "confirmed")


def as_the_newsroom_says(operator: Operator, newsroom: Newsroom, server: Server, name: str):
    paper = newsroom.papers[name]
    site = load_site(operator.sites / paper.country.lower() / f"{name}.toml")
    assert (site.title, site.country, site.timezone) == (paper.title, paper.country, paper.timezone)
    assert site.languages == (paper.language,)
    assert site.url == server.url(name)
    assert bool(site.discover.wordpress) is paper.wordpress
    assert site.discover.feeds
    assert site.discover.sitemaps
    assert site.discover.article
    assert site.confirmed is False
    text = (operator.sites / paper.country.lower() / f"{name}.toml").read_text("utf-8")
    facts = [line for line in text.splitlines() if " = " in line and not line.startswith(("evidence", "#"))]
    assert [line for line in facts if "#" not in line and line[-1] != "["] == [], "every fact says where it is from"
    return site


def titles_printed(run: Run) -> set[str]:
    lines = [line for line in run.out.splitlines() if line.startswith("  title ")]
    assert len(lines) == 3
    return {line.removeprefix("  title").rpartition("   (")[0].strip() for line in lines}


def awaits_a_person(operator: Operator, name: str) -> None:
    """Hold that the fixture fails, says what to do, and passes once somebody has looked."""
    waiting = operator.scrapy("sites", name)
    assert waiting.status == 1
    assert "nobody has looked yet: compare it with the page" in waiting.out
    (truth,) = operator.sites.glob(f"*/{name}/*.json")
    truth.write_text(truth.read_text("utf-8").replace('"reviewed": false', '"reviewed": true'), "utf-8")
    checked = operator.scrapy("sites", name)
    assert checked.status == 0, checked.out
    assert "reads as its truth says" in checked.out


# ------------------------------------------------------------------ no file can be made


def test_a_site_that_does_not_answer_is_said(operator: Operator) -> None:
    said = refused(operator, made(operator, "http://127.0.0.1:9/"))
    assert said.startswith("newsite: http://127.0.0.1:9/: not reachable: ")


def test_a_site_that_refuses_us_is_left_alone(operator: Operator, paper: Paper) -> None:
    paper.say("/", b"<p>no</p>", status=403)
    assert "answered 403: the site does not answer us" in refused(operator, made(operator, paper.url()))
    assert set(paper.paths()) == {"/robots.txt", "/"}


def test_a_site_whose_robots_txt_forbids_it_is_asked_nothing_else(operator: Operator, paper: Paper) -> None:
    paper.say("/robots.txt", b"User-agent: *\nDisallow: /\n", Content_Type="text/plain")
    assert "robots.txt forbids it: a site that does not want us is not asked" in refused(
        operator, made(operator, paper.url())
    )
    assert set(paper.paths()) == {"/robots.txt"}


def test_a_site_without_a_story_is_no_news_site(operator: Operator, paper: Paper) -> None:
    paper.say("/", b"<html><title>Shop</title><a href='/a-pair-of-shoes/'>Shoes</a></html>")
    paper.say("/a-pair-of-shoes/", b"<html><title>Shoes</title><h1>Shoes</h1><p>Red.</p></html>")
    said = refused(operator, made(operator, paper.url()))
    assert "no article found on 1 page tried" in said
    assert "not a news site, or one whose pages need a browser; nothing is written" in said


def test_an_address_in_a_private_network_is_not_asked_for(operator: Operator, paper: Paper) -> None:
    run = made(operator, paper.url(), "-s", "HEMEROTECA_ALLOW_PRIVATE=0")
    assert "inside a private network; HEMEROTECA_ALLOW_PRIVATE=1 allows it" in refused(operator, run)
    assert paper.asked == []


def test_what_nothing_says_must_be_given(operator: Operator, paper: Paper) -> None:
    paper.say("/", b"<html><title>Panublion</title></html>")
    run = operator.scrapy("newsite", paper.url(), "--name", "panublion", *FAST)
    assert "nothing says in which country it is; give it with --country" in refused(operator, run)
    run = operator.scrapy("newsite", paper.url(), "--name", "panublion", "--country", "RU", *FAST)
    assert "RU has several time zones; name one with --timezone: Europe/Kaliningrad" in refused(operator, run)


@pytest.mark.parametrize(
    ("url", "told", "said"),
    [
        ("panublion.example", Told(), "not a web address; write it as https://"),
        ("ftp://panublion.example/", Told(), "not a web address"),
        ("https://panublion.example/", Told(name="Pan Ublion"), "--name Pan Ublion: only a-z, 0-9 and -"),
        ("https://panublion.example/", Told(country="Philippines"), "--country: not a country code of ISO 3166-1"),
        ("https://panublion.example/", Told(timezone="Manila"), "--timezone: not an IANA time zone"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(url: str, told: Told, said: str) -> None:
    with pytest.raises(SurveyError, match=said):
        check(url, told)


# ------------------------------------------------------------------ a small paper


def served(paper: Paper) -> list[str]:
    """Serve a paper with a feed at a common address, and return the addresses of its stories."""
    urls = [paper.say(f"/2026/10/{slug}/", story(f"The {slug} of the town")) for slug in ("bridge", "ferry", "market")]
    paper.say(
        "/", b"<html lang='en'><title>Panublion Daily | News</title><nav><a href='/sports/'>Sports</a></nav></html>"
    )
    paper.say("/rss.xml", feed(*urls), Content_Type="application/rss+xml")
    return urls


def test_a_file_is_never_overwritten_and_a_name_never_taken_twice(operator: Operator, paper: Paper) -> None:
    served(paper)
    assert made(operator, paper.url()).status == 0
    before = {path: path.read_bytes() for path in operator.sites.rglob("*.*")}
    assert "is there already" in made(operator, paper.url()).err
    with Paper() as other:
        served(other)
        assert f"panublion: taken by {operator.sites}" in made(operator, other.url()).err
    assert {path: path.read_bytes() for path in operator.sites.rglob("*.*")} == before


def test_a_site_without_sitemap_or_rest_gets_its_sections_and_a_feed_from_a_common_address(
    operator: Operator, paper: Paper
) -> None:
    a_story, *_ = served(paper)
    run = made(operator, a_story, "--folder", str(operator.sites / "mine"))
    assert run.status == 0, run.err
    site = load_site(operator.sites / "mine" / "ph" / "panublion.toml")
    assert "Scrapy does not look there yet" not in run.out, "the folder is inside one that it knows"
    assert (site.url, site.title, site.languages) == (paper.url(), "Panublion Daily", ("en",))
    assert site.discover.feeds == (paper.url("/rss.xml"),)
    assert site.discover.sections == (paper.url("/sports/"),)
    assert site.discover.article == r"^/\d{4}/\d{2}/[^/]{3,}/?$"
    assert site.discover.wordpress is None
    assert list((operator.sites / "mine" / "ph" / "panublion").glob("*.html.gz"))


def test_a_page_is_recorded_from_the_web_or_from_the_archive_where_nobody_is_asked(
    operator: Operator, paper: Paper
) -> None:
    first, second, _ = served(paper)
    operator.site("panublion", paper.url(), feeds=[paper.url("/rss.xml")])
    assert operator.scrapy("record", first, *FAST).status == 0
    operator.crawl("panublion", "-a", f"url={second}")
    paper.asked.clear()
    run = operator.scrapy("record", second, "--from-archive")
    assert run.status == 0, run.err
    assert paper.asked == []
    assert "  title      The ferry of the town" in run.out
    names = sorted(path.name.partition("-")[0] + path.name[10:] for path in (operator.sites / "panublion").iterdir())
    assert names == ["2026-bridge.html.gz", "2026-bridge.json", "2026-ferry.html.gz", "2026-ferry.json"]


def test_a_page_of_no_site_or_of_several_is_not_recorded_unless_its_site_is_named() -> None:
    with pytest.raises(FixtureError, match="no site file covers its host; name one with --site"):
        only([], "https://panublion.example/a/")
    sites = [Site(name=name, title=name, url="https://panublion.example/") for name in ("panublion", "isla")]
    with pytest.raises(FixtureError, match="several sites are on its host: panublion, isla; name one with --site"):
        only(sites, "https://panublion.example/a/")
    assert only(sites[:1], "https://panublion.example/a/") is sites[0]


# ------------------------------------------------------------------ the first visit


def test_a_first_visit_says_which_facts_of_an_unconfirmed_file_did_not_hold(operator: Operator, paper: Paper) -> None:
    urls = [paper.say(f"/2026/10/story-{number}/", story(f"Story {number} of the town")) for number in range(6)]
    alive = paper.say("/rss.xml", feed(*urls), Content_Type="application/rss+xml")
    dead = paper.url("/feed/")
    paper.say("/robots.txt", b"User-agent: *\nAllow: /\n", Content_Type="text/plain")
    path = operator.site("panublion", paper.url(), feeds=[alive, dead], article=r"^/\d{4}/")
    path.write_text(path.read_text("utf-8").replace('["en"]', '["ceb"]\nconfirmed = false'), "utf-8")
    said = [
        f"feeds: answered 404: take out or mend {dead}",
        'languages: 6 of 6 stories are in en: languages = ["en"]',
    ]
    told = operator.crawl("panublion").report["site_file"]
    assert told == {"confirmed": False, "held": ["feeds", "article"], "failed": said}
    assert path.read_text("utf-8").count("confirmed = false") == 1, "a visit never writes a site file"
    assert json.loads(operator.scrapy("sites", "panublion", "--json").out)["visits_say"] == "; ".join(said)


# ------------------------------------------------------------------ the list


def test_sites_lists_every_file_and_says_what_is_wrong_with_a_broken_one(operator: Operator) -> None:
    operator.site("panublion", "https://panublion.example/")
    operator.site("broken", "https://broken.example/", "[read]\nbody = 'div..post'")
    run = operator.scrapy("sites", "--json")
    rows = {row["name"]: row for row in map(json.loads, run.out.splitlines())}
    assert rows["panublion"]["confirmed"] is True
    assert (rows["panaynews"]["confirmed"], rows["panaynews"]["visits_say"]) == (False, None)
    assert len(rows) > 200
    assert "broken.toml: read.body: not a CSS selector" in run.err
    unknown = operator.scrapy("sites", "panublon")
    assert (unknown.status, unknown.err) == (2, "no site file for panublon; did you mean panublion?\n")


def test_sites_says_when_a_field_is_read_less_often_than_it_was(operator: Operator) -> None:
    operator.site("lakeside", "https://lakeside.example/")
    with Archive(operator.home) as archive:
        press = Press(archive, SettableClock())
        for number in range(40):
            url = f"https://lakeside.example/{number}/"
            press.prints(url=url, title=f"Story {number}", views=1 if number < 20 else None)
    (line,) = json.loads(operator.scrapy("sites", "lakeside", "--json").out)["advice"]
    assert line.startswith("views in 0% of the last readings, 100% before: layout changed?")


# ------------------------------------------------------------------ the text of a file


def survey(**changes) -> Survey:
    capture = Capture(visit="", record_id=uuid4(), url="https://panublion.example/a/", status=200,
                      fetched_at=datetime(2026, 11, 25, tzinfo=UTC))  # fmt: skip
    facts = {
        "url": "https://panublion.example/", "title": Fact('The "Daily"', "wp-json: name"), "country": Fact("PH", "x"),
        "timezone": Fact("Asia/Manila", "x"), "languages": Fact(("en", "tl"), "as 3 stories read"),
        "samples": ((capture, Reading(reader=Reader(name="t", version="1"))),),
    }  # fmt: skip
    return Survey(**facts | changes)


def test_a_site_file_says_of_every_fact_where_it_is_from(tmp_path: Path) -> None:
    path = tmp_path / "panublion.toml"
    maps = (
        Fact("https://panublion.example/a.xml", "named by robots.txt"),
        Fact("https://panublion.example/b.xml", "too"),
    )
    found = survey(wordpress=Fact(True, "wp-json"), sitemaps=maps, sections=("https://panublion.example/news/",),
                   article=Fact(None, "40 addresses of stories have no form that other pages do not have"))  # fmt: skip
    path.write_text(site_text(found, date(2026, 11, 25)), "utf-8")
    site = load_site(path)
    assert site.title == 'The "Daily"'
    assert site.discover.sitemaps == tuple(fact.value for fact in maps)
    assert not site.discover.sections, "the sitemap tells of every story at less cost"
    text = path.read_text("utf-8")
    assert 'title     = "The \\"Daily\\""   # wp-json: name' in text
    assert "# no article pattern: 40 addresses of stories have no form that other pages do not have" in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("url", "title", "name"),
    [
        ("https://www.panaynews.net/", "Panay News", "panaynews"),
        ("https://news.visayan-star.com.ph/", "x", "visayan-star"),
        ("https://leader.blogspot.com/", "x", "leader"),
        ("http://127.0.0.1:8000/", "Süd-Kurier!", "sud-kurier"),
        ("http://127.0.0.1:8000/", "Вестник", "127-0-0-1-8000"),
    ],
)
def test_a_spider_is_named_after_its_domain(url: str, title: str, name: str) -> None:
    assert name_for(url, title) == name


def test_the_project_is_where_its_tests_are() -> None:
    assert (PROJECT / "tests" / "sites" / "test_sites.py").exists()

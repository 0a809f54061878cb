"""Stories that are served on several pages: fetched, read and kept as one."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from archive import Archive, Outcome, corpus, shifted_clock
from archive import tables as t
from archive.dump import dump
from archive.rebuild import rebuild_into
from tests.crawling import WORDS, Operator, Paper, feed, sitemap, story

XML = "text/xml; charset=utf-8"
PATH = "/2026/10/01/long/"


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


@pytest.fixture
def paper(operator):
    with Paper() as served:
        served.say("/map", sitemap(served.url(PATH), served.url(f"{PATH}2/")), Content_Type=XML)
        served.say("/feed", feed(), Content_Type=XML)
        operator.site("panublion", served.url(), feeds=[served.url("/feed")], sitemaps=[served.url("/map")])
        yield served


def serve(paper: Paper, *texts: str) -> None:
    """Serve a story on as many pages as there are texts; each page names the next, as with rel=next."""
    for number, text in enumerate(texts, 1):
        path = PATH if number == 1 else f"{PATH}{number}/"
        back = f'<link rel="prev" href="{paper.url(PATH)}">' if number > 1 else ""
        onward = f'<link rel="next" href="{paper.url(f"{PATH}{number + 1}/")}">' if number < len(texts) else ""
        page = story("A long story", paragraphs=0).replace(b"</title>", f"</title>{back}{onward}".encode())
        body = f"<p>{text} begins. {WORDS}</p><p>{text} ends. {WORDS}</p></article>"
        paper.say(path, page.replace(b"</article>", body.encode()), ETag=f'"{hash(text)}"')


def versions(operator: Operator, paper: Paper) -> list[tuple[str, list[str]]]:
    with operator.archive() as archive:
        history = corpus.history(archive, paper.url(PATH))
        return [(found["change"], [part.partition(".")[0] for part in found["body"].split("\n\n")])
                for found in history.versions]  # fmt: skip


def dumped(home: Path) -> list[str]:
    with Archive(home, readonly=True) as archive, archive.engine.connect() as connection:
        return sorted(dump(connection))


def begun(*names: str) -> list[str]:
    return [f"{name} {what}" for name in names for what in ("begins", "ends")]


def test_parts_are_one_article_with_one_version_and_a_change_on_any_of_them_is_its_change(operator, paper):
    serve(paper, "One", "Two", "Three")
    report = operator.crawl("panublion").report
    assert report["outcomes"] == {"new": 1, "unread": 1}
    assert report["unread"] == {"a further page of a story": 1}
    assert versions(operator, paper) == [("new", begun("One", "Two", "Three"))]
    with operator.archive() as archive, archive.engine.connect() as connection:
        owned = connection.execute(
            sa.select(t.url.c.url)
            .join(t.capture, t.capture.c.url_id == t.url.c.id)
            .where(t.capture.c.article_id.is_not(None))
            .order_by(t.url.c.url)
        ).scalars()
        assert {url.removeprefix(paper.url(PATH)) for url in owned} == {"", "2/", "3/"}
        assert archive.known("panublion", [paper.url(PATH)])[paper.url(PATH)].has_parts
        assert archive.known("panublion", [paper.url(f"{PATH}2/")]) == {}
    serve(paper, "One", "Two", "Third")
    paper.asked.clear()
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = "86400"
    assert operator.crawl("panublion").report["outcomes"].get(Outcome.STEALTH) == 1
    assert versions(operator, paper)[1][1] == begun("One", "Two", "Third")
    assert "If-None-Match" not in dict(paper.asked)[PATH]
    operator.environment["HEMEROTECA_CLOCK_OFFSET"] = "172800"
    assert operator.crawl("panublion").report["outcomes"] == {"unchanged": 1}
    assert len(versions(operator, paper)) == 2
    # What belongs together is told by the WARC files alone.
    rebuilt = operator.home.with_name("rebuilt")
    rebuild_into(operator.home, rebuilt, shifted_clock())
    assert dumped(rebuilt) == dumped(operator.home)
    assert any("article" in line and f"{PATH}3/" in line for line in dumped(rebuilt))
    # Read again, the first page is read together with the others it had then, not alone.
    again = operator.crawl("replay", "-a", "source=archive", "-a", "site=panublion").report
    assert (again["exit_status"], "revised" in again["outcomes"]) == (0, False), again
    assert [said for _, said in versions(operator, paper)] == [
        begun("One", "Two", "Three"), begun("One", "Two", "Third")]  # fmt: skip


@pytest.mark.parametrize(("status", "left"), [(404, begun("One")), (503, None), (0, None)])
def test_a_story_is_never_kept_as_cut_when_a_page_of_it_is_not_answered_now(operator, paper, status, left):
    serve(paper, "One", "Two")
    paper.say("/map", sitemap(paper.url(PATH)), Content_Type=XML)
    paper.say(f"{PATH}2/", b"", status=status)
    report = operator.crawl("panublion").report
    if left is None:
        assert report["outcomes"] == {"unread": 1}
        assert next(iter(report["unread"])).startswith("a further page ")
        serve(paper, "One", "Two")
        operator.crawl("panublion")
        left = begun("One", "Two")
    assert versions(operator, paper) == [("new", left)]


def test_what_robots_txt_keeps_out_of_a_story_is_not_asked_for(operator, paper):
    paper.say("/robots.txt", f"User-agent: *\nDisallow: {PATH}2/\n".encode())
    serve(paper, "One", "Two")
    assert operator.crawl("panublion").report["outcomes"] == {"new": 1}
    assert versions(operator, paper) == [("new", begun("One"))]
    assert f"{PATH}2/" not in paper.paths()

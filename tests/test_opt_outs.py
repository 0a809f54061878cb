import json

import pytest
import sqlalchemy as sa

from archive import tables as t
from crawler.opt_outs import in_file, in_headers
from tests.crawling import Operator, Paper, feed, sitemap, story

XML = "application/xml"


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([("X-Robots-Tag", "noarchive")], ("noarchive",)),
        ([("x-robots-tag", "noindex, NOAI, noimageai")], ("noai", "noimageai")),
        ([("X-Robots-Tag", "otherbot: noarchive, nofollow"), ("X-Robots-Tag", "noarchive")], ("noarchive",)),
        ([("X-Robots-Tag", "unavailable_after: 25 Jun 2030 15:00:00 PST")], ()),
        ([("TDM-Reservation", "1")], ("tdm-reservation",)),
        ([("TDM-Reservation", "0"), ("Content-Type", "noarchive")], ()),
    ],
)
def test_what_headers_opt_out_of(headers, found):
    assert in_headers(headers) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"User-Agent: *\nDisallow: /\n", ("ai.txt=disallow /",)),
        (b"# Spawning AI\nUser-Agent: *\nDisallow: *.txt\nDisallow: *.html\nAllow: *.jpg\n",
         ("ai.txt=disallow *.txt *.html",)),
        (b"User-Agent: *\nDisallow: *.jpg\nAllow: /\n", ()),
        (b"User-Agent: *\nDisallow:\n", ()),
        (b"<!doctype html><p>Not found", ()),
    ],
)  # fmt: skip
def test_what_an_ai_txt_opts_out_of(body, found):
    assert in_file("ai.txt", body) == found


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([{"location": "/", "tdm-reservation": 1}], ("tdm-reservation=1",)),
        ([{"location": "/*", "tdm-reservation": "1"}], ("tdm-reservation=1",)),
        ([{"location": "/a/*", "tdm-reservation": 1}, {"location": "/b", "tdm-reservation": 0}],
         ("tdm-reservation=1 /a/*",)),
        ({"location": "*", "tdm-reservation": 1}, ("tdm-reservation=1",)),
        (["no rule", 7], ()), ("text", ()),
    ],
)  # fmt: skip
def test_what_a_tdmrep_json_opts_out_of(rules, found):
    assert in_file("tdmrep.json", json.dumps(rules).encode()) == found


def test_a_tdmrep_json_that_is_none_opts_out_of_nothing():
    assert in_file("tdmrep.json", b"\xff<html>") == ()


def test_opt_outs_are_kept_and_exports_can_leave_out_what_opted_out(tmp_path):
    operator = Operator(home=tmp_path / "home", sites=tmp_path / "sites")

    def exported(*arguments):
        run = operator.hemeroteca("export", "-", *arguments)
        assert run.status == 0, run.err
        return sorted(json.loads(line)["title"] for line in run.out.splitlines())

    with Paper() as paper:
        for name in ("open", "closed", "part"):
            path = f"/2026/10/{'02' if name == 'part' else '01'}/{name}/"
            paper.say(path, story(name.title()), **({"X_Robots_Tag": "noarchive"} if name == "closed" else {}))
        paths = [path for path in paper.answers if path.startswith("/2026")]
        paper.say("/feed", feed(*map(paper.url, paths)), Content_Type=XML)
        paper.say("/map", sitemap(), Content_Type=XML)
        paper.say("/.well-known/tdmrep.json", b'[{"location": "/2026/10/02/*", "tdm-reservation": 1}]',
                  Content_Type="application/json")  # fmt: skip
        operator.site("panublion", paper.url(), feeds=[paper.url("/feed")], sitemaps=[paper.url("/map")])
        first = operator.crawl("panublion")
        assert first.report["outcomes"]["new"] == 3, first.err
        assert exported() == ["Closed", "Open", "Part"]
        assert exported("--without-opt-outs") == ["Open"]
        assert json.loads(operator.hemeroteca("stats", "--json").out)["opted_out"] == 2
        with operator.archive() as archive, archive.engine.connect() as connection:
            rows = connection.execute(sa.select(t.opt_out.c.signal, t.opt_out.c.value, t.opt_out.c.site_id)).all()
        assert sorted((signal, value, site is not None) for signal, value, site in rows) == [
            ("noarchive", "yes", False), ("tdm-reservation", "1 /2026/10/02/*", True),
        ]  # fmt: skip
        # A month later the site has taken one back, and closed itself as a whole by another.
        asked = ["/ai.txt", "/.well-known/tdmrep.json"]
        operator.crawl("panublion")
        assert [paper.paths().count(path) for path in asked] == [1, 1], "asked for once a month"
        del paper.answers["/.well-known/tdmrep.json"]
        paper.say("/2026/10/01/closed/", story("Closed"))
        operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(31 * 86400)
        operator.crawl("panublion")
        assert [paper.paths().count(path) for path in asked] == [2, 2]
        assert exported("--without-opt-outs") == ["Closed", "Open", "Part"]
        paper.say("/ai.txt", b"User-Agent: *\nDisallow: /\n", Content_Type="text/plain")
        operator.environment["HEMEROTECA_CLOCK_OFFSET"] = str(62 * 86400)
        operator.crawl("panublion")
        assert exported("--without-opt-outs") == []
        rebuilt = operator.hemeroteca("rebuild", "--into", str(tmp_path / "again"))
        assert rebuilt.status == 0, rebuilt.err
        told = operator.hemeroteca("stats", "--json", "--home", str(tmp_path / "again"))
        assert json.loads(told.out)["opted_out"] == 3

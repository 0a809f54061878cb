from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.errors import SiteFileError
from crawler.loader import OWN_SITES
from crawler.site import Layout, Site, load_site

LEAST = """
title = "Panublion Daily"
url = "https://panublion.example/"
country = "PH"
languages = ["en", "hil"]
timezone = "Asia/Manila"
"""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "panublion.toml") -> Path:
        path = tmp_path / "sites" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def fault(path: Path) -> str:
    with pytest.raises(SiteFileError) as caught:
        load_site(path)
    return str(caught.value)


def test_a_file_of_five_keys_is_a_site_named_by_its_stem(written):
    assert load_site(written(LEAST)) == Site(
        name="panublion",
        title="Panublion Daily",
        url="https://panublion.example/",
        country="PH",
        languages=("en", "hil"),
        timezone="Asia/Manila",
    )


def test_every_key_arrives_where_it_belongs(written):
    site = load_site(
        written(
            LEAST
            + """
former_urls = ["http://old.panublion.example/"]
confirmed = false
evidence = "seen in May"
[discover]
wordpress = true
feeds = ["https://panublion.example/feed/"]
article = '^/\\d{4}/'
[visit]
delay = 5
requests = 40
also = ["lead-image"]
[read]
views = ".entry-meta .hits"
remove = [".donate-box"]
[[read.earlier]]
until = 2024-03-31
body = "div.post"
[[read.earlier]]
until = 2019-12-31
body = "td.text"
[expect]
articles_per_week = [5, 300]
fields = { body = 0.95 }
"""
        )
    )
    assert site.discover.feeds == ("https://panublion.example/feed/",)
    assert (site.visit.delay, site.visit.requests, site.visit.also) == (5.0, 40, ("lead-image",))
    assert site.read == Layout(views=".entry-meta .hits", remove=(".donate-box",))
    assert [layout.until for layout in site.earlier] == [date(2019, 12, 31), date(2024, 3, 31)]
    assert site.layout(datetime(2018, 5, 1, tzinfo=UTC)).body == "td.text"
    assert site.expect.articles_per_week == (5, 300)
    assert not site.confirmed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[read]\nbody = 'div..post'", 'read.body: not a CSS selector: "div..post"'),
        ("[read]\nremove = ['.ok', 'p::']", 'read.remove: not a CSS selector: "p::"'),
        ("[read]\nbodi = 'p'", "read.bodi: unknown key; did you mean body?"),
        ("[[read.earlier]]\nbody = 'p'", "read.earlier: missing until, the last day of this design"),
        ("[[read.earlier]]\nuntil = 2024-03-31T10:00:00", "read.earlier.until: expected a date"),
        ("[discover]\narticle = '('", 'discover.article: not a regular expression: "("'),
        ("[discover]\nfeeds = 'https://a.example/feed'", "discover.feeds: expected a list"),
        ("[discover]\nfeeds = ['/feed/']", 'discover.feeds: not a web address: "/feed/"'),
        ("discover = 3", "discover: expected a table, [discover]"),
        ("[visit]\ndelay = -1", "visit.delay: expected a number of at least 0"),
        ("[visit]\ndelay = true", "visit.delay: expected a number"),
        ("[visit]\nrequests = 1.5", "visit.requests: expected a whole number"),
        ("[visit]\nalso = ['sound']", "visit.also: expected one of lead-image, requisites"),
        ("[expect]\nfields = { bodi = 0.9 }", "expect.fields: expected one of title, byline, body"),
        ("[expect]\nfields = { body = 95 }", "expect.fields: body: expected a share between 0 and 1"),
        ("[expect]\narticles_per_week = [9, 3]", "expect.articles_per_week: expected [least, most]"),
        ("robots = false", "robots: unknown key; expected one of title, url"),
        ("confirmed = 'no'", "confirmed: expected true or false"),
        ("former_urls = ['http://a b.example/']", "former_urls: not a web address"),
    ],
)
def test_a_fault_names_file_and_key(written, text, said):
    assert fault(written(LEAST + text)).startswith(f"sites/panublion.toml: {said}")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"PH"', '"Philippines"', "country: not a country code of ISO 3166-1"),
        ('"hil"', '"fil"', 'languages: the shortest code is used here: "tl" instead of "fil"'),
        ('"hil"', '"Hiligaynon"', "languages: not a language code of ISO 639"),
        ('"Asia/Manila"', '"Asia/Manilla"', 'timezone: not an IANA time zone, like "Asia/Manila": "Asia/Manilla"'),
        ('"Asia/Manila"', '"../etc/passwd"', "timezone: not an IANA time zone"),
        ('"https://panublion.example/"', '"panublion.example"', "url: not a web address"),
        ('"Panublion Daily"', "3", "title: expected text"),
        ('timezone = "Asia/Manila"', "", "timezone: missing, and every site file needs it"),
        ('title = "', 'title = "\\q', "not TOML: "),
    ],
)
def test_a_wrong_value_of_a_needed_key_is_refused(written, old, new, said):
    assert fault(written(LEAST.replace(old, new))).startswith(f"sites/panublion.toml: {said}")


def test_all_faults_of_a_file_come_at_once(written):
    lines = fault(written("colour = 1\n[read]\nbody = '['", name="Bad_Name.toml")).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "file name", "colour", "read.body", "title", "url", "country", "languages", "timezone",
    ]  # fmt: skip


def test_a_file_that_is_not_text_is_refused(written, tmp_path):
    path = written(LEAST)
    path.write_bytes(b"title = '\xff\xfe'")
    assert "not TOML" in fault(path)
    assert "cannot be read" in fault(tmp_path / "absent.toml")


@pytest.mark.parametrize("path", sorted(OWN_SITES.rglob("*.toml")), ids=lambda path: path.stem)
def test_our_own_site_files_are_right_and_lie_in_their_country(path):
    assert load_site(path).country == path.parent.name.upper()

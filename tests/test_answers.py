import tomllib
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.answers import REFUSALS, WORDS, Meaning, is_gate, meaning, redirected
from crawler.site import Discover, Site
from tests.crawling import story

SITE = Site(name="panublion", title="Panublion", url="https://panublion.example/",
            discover=Discover(sections=("https://panublion.example/news/",)))  # fmt: skip
STORY = "https://panublion.example/2026/10/bridge/"
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def page(title="", heading="", *, body="", head="", attributes=""):
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head>"
        f"<body {attributes}><nav><a href='/'>Home</a></nav><h1>{heading}</h1>{body}</body></html>"
    ).encode()


# ------------------------------------------------------------------ statuses


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (304, Meaning.UNCHANGED), (404, Meaning.ABSENT), (410, Meaning.REMOVED), (301, Meaning.MOVED),
        (403, Meaning.BLOCKED), (429, Meaning.BLOCKED), (503, Meaning.BLOCKED), (500, Meaning.FAILED),
        (401, Meaning.FAILED), (451, Meaning.FAILED), (None, Meaning.FAILED),
    ],
)  # fmt: skip
def test_a_status_alone_means(status, means):
    assert meaning(status, HTML, b"<h1>An answer</h1>").meaning is means


def test_a_story_is_a_page():
    assert meaning(200, HTML, story("Flood closes the old bridge")).meaning is Meaning.PAGE
    assert meaning(200, HTML, b"").meaning is Meaning.PAGE


# ------------------------------------------------------------------ soft 404


@pytest.mark.parametrize(
    "body",
    [
        page("Page not found - Panublion Daily"),
        page("Page Not Found | Panublion Daily"),
        page("404 Not Found"),
        page("Panublion Daily", "Oops! That page can&rsquo;t be found."),
        page("Panublion Daily", "<span>404</span>"),
        page("Страница не найдена — Северный вестник"),
        page("Панублион", "Ошибка 404"),
        page("Hindi matagpuan ang pahina | Panublion"),
        page("Panublion Daily", "Latest", attributes='class="error404 wp-custom-logo"'),
    ],
)
def test_a_page_that_says_not_found_is_as_absent_as_a_404(body):
    answer = meaning(200, HTML, body)
    assert (answer.meaning, answer.why.partition(":")[0]) == (Meaning.ABSENT, "soft 404")


@pytest.mark.parametrize(
    "body",
    [
        page("Missing boy not found, search goes on - Panublion", "Missing boy not found, search goes on"),
        page("Highway 404 reopens - Panublion", "Highway 404 reopens"),
        page("Error 404: how a page gets lost", "Error 404: how a page gets lost"),
        page("Panublion Daily", "Flood", body="<p>Page not found, said the tablet.</p>"),
        story("Page not found"),  # a story says when it came out, whatever its headline
        page("About the paper", "About the paper"),
        page("Flood", "Flood", body='<div class="error404">x</div>'),
    ],
)
def test_a_story_about_something_not_found_is_a_page(body):
    assert meaning(200, HTML, body).meaning is Meaning.PAGE


def test_a_page_in_an_old_charset_is_understood():
    body = page("Страница не найдена").decode().encode("cp1251")
    assert meaning(200, (("content-type", "text/html; charset=windows-1251"),), body).meaning is Meaning.ABSENT


# ------------------------------------------------------------------ blocks

CLOUDFLARE = "<script>window._cf_chl_opt={}</script>"
CHALLENGES = {
    "cloudflare by header": (403, (("cf-mitigated", "challenge"), ("Server", "cloudflare")), b""),
    "cloudflare": (503, (("Server", "cloudflare"),), page("Just a moment...", body=CLOUDFLARE)),
    "cloudflare with 200": (200, HTML, page("Just a moment...", body=CLOUDFLARE)),
    "challenge with 404": (404, HTML, page("Attention Required! | Cloudflare", body="<form id='x'></form>")),
    "sucuri by header": (200, (("X-Sucuri-Block", "1"),), b""),
    "sucuri": (200, HTML, page("You are being redirected...", body="<script>sucuri_cloudproxy_js=''</script>")),
    "datadome": (403, (("x-datadome", "protected"),), page("panublion.example")),
    "sgcaptcha": (202, HTML, page("", head='<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F">')),
    "checking your browser": (200, HTML, page("Checking your browser before accessing panublion.example")),
    "ddos-guard": (200, HTML, page("DDoS-Guard", "Checking your browser before accessing")),
    "russian": (200, HTML, page("Проверка браузера")),
    "verify": (410, HTML, page("Panublion", "Verifying you are human")),
}  # fmt: skip


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_is_a_block_whatever_it_answers(name):
    status, headers, body = CHALLENGES[name]
    answer = meaning(status, headers, body)
    assert answer.meaning is Meaning.BLOCKED
    assert answer.why.startswith("challenge: ") or answer.why == f"answered {status}"


def test_a_story_behind_such_a_service_or_about_it_is_a_page():
    behind = story("Flood").replace(
        b"</body>", b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    )
    assert meaning(200, (("Server", "cloudflare"), ("x-datadome", "protected")), behind).meaning is Meaning.PAGE
    quoting = story("Just a moment...").replace(b"</p>", b"<code>window._cf_chl_opt</code></p>")
    assert meaning(200, HTML, quoting).meaning is Meaning.PAGE
    long = page("Please wait", body="<p>" + "The queue at the ferry was long. " * 200 + "</p>")
    assert meaning(200, HTML, long).meaning is Meaning.PAGE


@settings(deadline=None)
@given(status=st.sampled_from([200, 202, 301, 403, 404, 410, 429, 503, 500, 502, 504, None]),
       name=st.sampled_from(sorted(CHALLENGES)))  # fmt: skip
def test_no_block_and_no_fault_ever_says_that_a_story_is_gone(status, name):
    _, headers, body = CHALLENGES[name]
    if "datadome" in name and status not in REFUSALS:
        return  # known by its header and a status that refuses
    assert meaning(status, headers, body).meaning not in (Meaning.ABSENT, Meaning.REMOVED)


# ------------------------------------------------------------------ redirects


@pytest.mark.parametrize(
    ("target", "means"),
    [
        ("https://panublion.example/", Meaning.ABSENT),
        ("http://www.panublion.example/index.php", Meaning.ABSENT),
        ("https://panublion.example/news", Meaning.ABSENT),
        ("https://panublion.example/2026/10/old-bridge/", Meaning.MOVED),
        ("https://panublion.example/?p=77", Meaning.MOVED),
        ("https://parking.example/", Meaning.MOVED),
        ("https://panublion.example/login?next=%2F2026%2F10%2Fbridge%2F", Meaning.BLOCKED),
        (
            "https://consent.example/?url=https%253A%252F%252Fpanublion.example%252F2026%252F10%252Fbridge",
            Meaning.BLOCKED,
        ),
        ("http://[half/", Meaning.MOVED),
    ],
)
def test_where_a_redirect_leads_says_what_it_means(target, means):
    assert redirected(STORY, target, SITE).meaning is means


def test_only_a_page_that_sends_the_reader_back_is_a_gate():
    assert not is_gate("https://panublion.example/", "https://panublion.example/login?next=/")
    assert not is_gate(STORY, "https://panublion.example/2026/10/bridge/?utm_source=x")


# ------------------------------------------------------------------ the words


def test_the_words_are_sorted_and_said_once():
    for name, lists in tomllib.loads(WORDS.read_text(encoding="utf-8")).items():
        assert list(lists) == ["any", *sorted(set(lists) - {"any"})], name
        for language, words in lists.items():
            assert words == sorted(words), (name, language)
        told = list(chain(*lists.values()))
        assert len(told) == len(set(told)), name

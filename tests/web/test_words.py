"""The languages: every text of the page is in every catalogue, and a reader gets the language they ask for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from archive.web import words
from tests.web.press import BRIDGE, HIDDEN

if TYPE_CHECKING:
    import httpx

    from tests.web.conftest import KeyOf

pytestmark = pytest.mark.sqlite

ROOM = Path(words.__file__).parent.parent
_PLACE = re.compile(r"%\(\w+\)s")


def texts() -> set[str | tuple[str, ...]]:
    """Every text of templates and code, of the whole archive, that is to be translated; one with a plural as a pair."""
    found = extract_from_dir(ROOM, method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2")],
                             keywords={**DEFAULT_KEYWORDS, "said": None})  # fmt: skip
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("path", sorted(words.FOLDER.glob("*.po")), ids=lambda path: path.stem)
def test_a_catalogue_has_every_text_with_the_same_places_to_fill_and_no_other(path: Path) -> None:
    with path.open("rb") as file:
        held = {message.id: message.string for message in read_po(file, locale=path.stem) if message.id}
    assert set(held) == texts()
    for text, translated in held.items():
        both = (text, translated) if isinstance(text, tuple) else ((text,), (translated,))
        places = {tuple(sorted(_PLACE.findall(form))) for form in (*both[0], *both[1])}
        assert len(places) == 1, text
        assert all(form.strip() for form in both[1]), text


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "chosen"),
    [
        ("", "", "", "en"),
        ("", "", "de, fr;q=0.9", "en"),
        ("", "", "de, tl-PH;q=0.9, en;q=0.5", "fil"),
        ("", "", "fil;q=0.2, en-GB;q=0.5", "en"),
        ("", "en", "fil", "en"),
        ("fil", "en", "en", "fil"),
        ("../../etc", "\0", ";;;q=x,,", "en"),
    ],
)
def test_a_reader_gets_the_language_asked_for_else_kept_else_the_browsers(
    asked: str, kept: str, accepted: str, chosen: str
) -> None:
    assert words.choose(asked, kept, accepted) == chosen


def test_a_language_once_chosen_stays(client: httpx.Client) -> None:
    assert "Mga pahayagan" not in client.get("/papers").text
    chosen = client.get("/papers?lang=fil")
    assert '<html lang="fil">' in chosen.text
    assert chosen.headers["content-language"] == "fil"
    later = client.get("/quiet?from=2026-11-01").text
    assert "tahimik na pagbabago" in later
    assert "Nob" in later  # months too
    assert '<html lang="en">' in client.get("/papers?lang=en").text


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        (
            "/search?q=bridge+(or",
            400,
            "paghahanap: hindi isinara ang panaklong, sa ika-8 karakter: &#39;bridge",
        ),
        ("/search?q=views:many", 400, "views: kailangan ang isang numero, hindi &#39;many&#39;"),
        ("/search?q=state:lost", 400, "kailangan ang isa sa live, missing, gone"),
        ("/search?q=a+OR", 400, "paghahanap: may kulang na salita sa dulo: &#39;a OR&#39;"),
        ("/search?from=yesterday", 400, "from: hindi petsa ang &#39;yesterday&#39;; isulat na gaya ng 2026-11-23"),
        ("/search?after=x", 400, "cursor: hindi sa listahang ito ang &#39;x&#39;"),
        ("/article/nothing", 404, "walang balitang &#39;nothing&#39;"),
        ("/stored/nothing", 404, "walang capture na &#39;nothing&#39;"),
        ("/paper/nowhere", 404, "walang site na &#39;nowhere&#39; sa arkibong ito"),
        ("/nothing-here", 404, "walang pahina sa address na ito"),
    ],
)
def test_what_cannot_be_understood_or_is_not_here_is_told_in_the_language_of_the_reader(
    client: httpx.Client, path: str, status: int, sentence: str
) -> None:
    answer = client.get(path, headers={"Accept-Language": "fil"})
    assert answer.status_code == status
    assert sentence in answer.text
    assert '<p lang="en"' not in answer.text


def test_other_faults_are_told_in_the_language_of_the_reader(client: httpx.Client, key: KeyOf) -> None:
    client.headers["Accept-Language"] = "fil"
    assert "binabasa lamang ang mga pahina rito" in client.post("/papers").text
    assert "old: hindi maunawaan ang &#39;first&#39;" in client.get(f"/article/{key(BRIDGE)}/compare?old=first").text
    hidden = client.get(f"/article/{key(HIDDEN)}").text
    assert "inalis noong 2026-11-" in hidden
    assert "a court’s order of 16 November" in hidden  # what somebody wrote stays as it was written


def test_programs_are_told_in_english_whatever_they_like_to_read(client: httpx.Client) -> None:
    client.headers["Accept-Language"] = "fil"
    not_there = "no article 'nothing'; give its key or an address it had (`hemeroteca search` shows both)"
    for path, detail in (
        ("/api/v1/articles?q=(or", "search: the bracket is never closed, at character 1: '(or'"),
        ("/api/v1/articles/nothing", not_there),
    ):
        assert client.get(path).json()["detail"] == detail

"""The languages: every text of the page is in every catalogue, and a reader gets the language they ask for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from archive.web import words

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.sqlite

ROOM = Path(words.__file__).parent
_PLACE = re.compile(r"%\(\w+\)s")


def texts() -> set[str | tuple[str, ...]]:
    """Every text of templates and code that is to be translated; one with a plural as a pair."""
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

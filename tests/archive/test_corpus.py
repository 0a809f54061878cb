"""What the archive answers: articles as they are and as they stood, histories, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive import NotFoundError, corpus
from archive.query import Words
from archive.selection import Selection
from archive.snippets import Sought, Text
from tests.archive.make import BODY, DAY, HOUR, START, STORY, Paper, SettableClock, stamps

if TYPE_CHECKING:
    from archive import Archive


@pytest.fixture
def story(paper: Paper) -> str:
    """A story that was edited on the second day and removed on the fourth; return its key."""
    paper.prints(title="One", views=5)
    paper.prints(title="Two", views=9, at=START + DAY)
    paper.end()
    paper.visited(410, at=START + 3 * DAY)
    return paper.history().key


def test_an_article_is_found_by_key_and_by_any_address(archive: Archive, story: str) -> None:
    for name in (story, story.upper(), STORY, STORY.rstrip("/")):
        assert corpus.article(archive, name)["id"] == story
    for name in ("nosucharticle", "https://lakeside.example/other/", ""):
        with pytest.raises(NotFoundError, match="no article"):
            corpus.article(archive, name)


def test_a_gone_article_is_told_by_its_last_text(archive: Archive, story: str) -> None:
    told = corpus.article(archive, story)
    assert (told["state"], told["title"], told["version"]) == ("gone", "Two", 2)
    assert told["valid_to"] == "2026-11-05T08:00:00Z"


@pytest.mark.parametrize(("hours", "title"), [(0, "One"), (23, "One"), (24, "Two"), (71, "Two")])
def test_an_article_is_told_as_it_stood_at_a_time(archive: Archive, story: str, hours: int, title: str) -> None:
    told = corpus.article(archive, story, at=START + hours * HOUR)
    assert (told["title"], told["version"]) == (title, 1 if title == "One" else 2)


def test_before_it_was_seen_and_after_it_was_gone_there_is_no_text(archive: Archive, story: str) -> None:
    with pytest.raises(NotFoundError, match="first seen 2026-11-02T08:00:00"):
        corpus.article(archive, story, at=START - HOUR)
    with pytest.raises(NotFoundError, match="gone since 2026-11-05T08:00:00"):
        corpus.article(archive, story, at=START + 4 * DAY)


def test_a_history_tells_the_interval_of_each_change(paper: Paper, story: str) -> None:
    told = paper.history(story)
    assert (told.key, told.site, told.state, told.captures) == (story, "lakeside", "gone", 3)
    one, two, gone = told.versions
    assert [v["change"] for v in (one, two, gone)] == ["new", "revised", "gone"]
    assert [(v["not_before"], v["valid_from"], v["valid_to"]) for v in (one, two, gone)] == [
        (None, *stamps([START, START + DAY])), tuple(stamps([START, START + DAY, START + 3 * DAY])),
        (*stamps([START + DAY, START + 3 * DAY]), None),
    ]  # fmt: skip
    assert (one["body"], one["authors"], one["byline"]) == ("\n\n".join(BODY), ["Ana Peñaflor"], "By Ana Peñaflor")
    assert [run["value"] for run in told.counters] == [5, 9]


def test_figures_count_what_is_there_now(paper: Paper, archive: Archive, story: str, clock: SettableClock) -> None:
    Paper(archive, clock, "highland").prints(url="https://highland.example/1/")
    told = corpus.stats(archive)
    assert (told["articles"], told["states"], told["versions"]) == (2, {"gone": 1, "live": 1}, 4)
    assert (told["captures"], told["counter_readings"], told["stealth_edits"]) == (4, 2, 1)
    assert told["warc_files"] == 1
    assert 0 < told["warc_bytes"] <= sum(path.stat().st_size for path in archive.warc_folder.iterdir())
    highland, lakeside = told["sites"]
    assert (lakeside["site"], lakeside["articles"], lakeside["visits"]) == ("lakeside", 1, 2)
    assert (lakeside["last_visit"], lakeside["last_exit_status"]) == ("2026-11-05T08:00:00Z", 0)
    assert (highland["last_exit_status"], highland["country"]) == (None, "PH")


def test_an_empty_archive_answers_too(archive: Archive) -> None:
    assert corpus.stats(archive)["articles"] == 0
    assert list(corpus.articles(archive, Selection())) == []
    assert corpus.search(archive, Selection(query="flood"), 5) == []


def test_a_snippet_shows_the_words_around_the_first_hit() -> None:
    text = " ".join(f"w{number}" for number in range(60)) + " the Peñaflor bridge " + "tail " * 40
    shown, hits = Sought([Words(("penaflor",))], "body").snippet(Text.of(text.encode()))
    assert [shown[start:end] for start, end in hits] == ["Peñaflor"]
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown.split()) == 26
    nothing = Sought([Words(("nothing",))], "body")
    assert nothing.snippet(Text.of(b"short text")) == ("short text", [])
    assert nothing.snippet(Text.of(b"")) == ("", [])


@pytest.mark.parametrize("words_before", [3, 300])
@pytest.mark.parametrize("printed", ["Peñaflor", "PEÑAFLOR", "Penaflor", "Pen\u0303aflor", "“peñaflor”"])
def test_a_snippet_finds_a_word_however_far_down_and_however_it_is_printed(printed: str, words_before: int) -> None:
    text = "“Penaflores” – não, señor. " + "ďalší vodu, " * words_before + f"said {printed}, who left."
    shown, hits = Sought([Words(("penaflor",))], "body").snippet(Text.of(text.encode()))
    assert [shown[start:end] for start, end in hits] == [printed.strip("“”")]


def test_a_snippet_of_a_script_without_spaces_is_no_longer_than_others() -> None:
    text = "洪水が町を襲った。" * 100 + "flood。" + "住民は避難した。" * 100
    shown, hits = Sought([Words(("flood",))], "body").snippet(Text.of(text.encode()))
    assert len(shown) < 300
    assert [shown[start:end] for start, end in hits] == ["flood"]


@pytest.mark.parametrize("query", ["metr*", '"two metres"', "(metres)", "Metres,", "nothing OR metres"])
def test_a_hit_shows_what_was_searched_for_however_it_was_typed(paper: Paper, archive: Archive, query: str) -> None:
    paper.prints(body=["word " * 50 + "two metres high."])
    [hit] = corpus.search(archive, Selection(query=query), 5)
    assert "metres" in hit["snippet"]

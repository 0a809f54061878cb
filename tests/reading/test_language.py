import tomllib
from pathlib import Path

import pytest

from crawler.reading import language
from crawler.reading.language import language_of
from crawler.reading.words import load

# Text that the word lists were not made from; who wrote it and when stands in the file.
HELD_OUT = tomllib.loads((Path(__file__).parent / "languages.toml").read_text("utf-8"))
SHORT = HELD_OUT.pop("short")
PHILIPPINE = ("tl", "ceb", "hil", "ilo", "war", "bcl", "pam", "pag", "taglish")
BIG = ("ar", "bn", "de", "en", "es", "fa", "fr", "hi", "id", "it", "ja", "ko", "ms", "nl", "pl", "pt", "ru", "tr", "uk",
       "vi", "zh")  # fmt: skip
ACCEPTED = {"taglish": ("tl", "en")}


def missed(samples: dict[str, list[str]], codes: tuple[str, ...]) -> list[str]:
    """Return a line for each sample of these languages that is read as another."""
    told = [(code, text, language_of(text)) for code in codes for text in samples.get(code, ())]
    return [f"{code} read as {found}: {text}" for code, text, found in told if found not in ACCEPTED.get(code, (code,))]


def share(samples: dict[str, list[str]], codes: tuple[str, ...], wrong: list[str]) -> float:
    return 1 - len(wrong) / sum(len(samples.get(code, ())) for code in codes)


def test_every_big_language_is_told() -> None:
    assert missed(HELD_OUT, BIG) == []


@pytest.mark.parametrize("code", PHILIPPINE)
def test_a_philippine_language_is_told_nineteen_times_in_twenty(code: str) -> None:
    assert len(HELD_OUT[code]) >= 8
    wrong = missed(HELD_OUT, (code,))
    assert share(HELD_OUT, (code,), wrong) >= 0.95, "\n".join(wrong)


def test_the_others_are_told_nineteen_times_in_twenty() -> None:
    others = tuple(code for code in HELD_OUT if code not in (*BIG, *PHILIPPINE))
    assert len(others) >= 35
    wrong = missed(HELD_OUT, others)
    assert share(HELD_OUT, others, wrong) >= 0.95, "\n".join(wrong)


def test_one_sentence_of_a_profile_is_told_nine_times_in_ten() -> None:
    wrong = missed(SHORT, tuple(SHORT))
    assert share(SHORT, tuple(SHORT), wrong) >= 0.9, "\n".join(wrong)


def test_the_pages_lang_does_not_overrule_the_text() -> None:
    for code in PHILIPPINE[:-1]:
        right = [language_of(text, "en-US") == code for text in HELD_OUT[code]]
        assert sum(right) >= 0.95 * len(right), code
    assert language_of(HELD_OUT["en"][0], "fil") == "en"


def test_a_text_too_short_to_tell_is_in_the_language_of_its_page() -> None:
    assert language_of("Ok", "fil-PH") == "tl"
    assert language_of("", "bik") == "bcl"
    assert language_of("Ok") is None
    assert language_of("Ok", "!!") is None


def test_a_short_sentence_of_ideographs_is_long_enough() -> None:
    assert language_of("她为本报报道法院新闻。") == "zh"
    assert language_of("그는 법원을 취재한다.") == "ko"


def test_the_pages_lang_breaks_a_tie_between_neighbours() -> None:
    tie = "Novinar Marko Abad piše o moru i o radu na moru."
    assert language_of(tie, "bs-BA") == "bs"
    assert language_of(tie, "hr") == "hr"


SCORES = (
    "GIRLS BASKETBALL. Roxas d. Isla Verde 70-44. Abad 25 points, Reyes 17 points, Cruz 10 points, Salonga 9. "
    "Roxas won the game by the third quarter and will play for the title on Friday."
)
HOUSES = (
    "INTERNATIONAL Golden Institute (School of Economics Isla Verde) dan Golden Management Center tidak akan "
    "membuka kelas baru karena gedung itu belum selesai, kata Rektor Golden Institute John Abad Cruz."
)


@pytest.mark.parametrize(("code", "text"), [("en", SCORES), ("id", HOUSES)])
def test_names_do_not_outvote_the_words_between_them(code: str, text: str) -> None:
    assert language_of(text, "de") == code


def test_where_the_model_guesses_and_the_words_are_silent_the_page_says_it() -> None:
    figures = "Abad 25, Reyes 17, Cruz 10, Tolentino 10, Salonga 5, Araneta 3, Quezon 2, Burgos 4, Mabini 9"
    assert language_of(figures, "en") == "en"


def test_no_word_list_speaks_for_a_language_that_no_rule_asks_for() -> None:
    asked = language._PHILIPPINE.union(language._ISLANDS, *language._NEIGHBOURS)
    plain = {"de", "fr", "it", "nl", "pl", "ro", "tr"}  # they refute the model
    assert {code for code, _ in load("function_words")} == asked | plain

import pytest

from crawler.reading.language import language_of


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The mayor said on Friday that the ferry would sail again and that the fares will stay as they are."),
        (
            "tl",
            "Sinabi ng alkalde noong Biyernes na muling maglalayag ang bangka at hindi magbabago ang pamasahe.",
        ),
        (
            "ceb",
            "Matod pa sa mayor nga ang barko molawig na usab ug dili mausab ang plete alang sa mga tawo.",
        ),
        (
            "hil",
            "Suno sa meya nga ang barko magalayag liwat kag indi pagbag-uhon ang plete para sa mga tawo sang isla.",
        ),
        (
            "ilo",
            "Kinuna ti mayor nga agbiahe manen ti bapor ken saan nga agbaliw ti plete para kadagiti tattao.",
        ),
        (
            "de",
            "Der Bürgermeister sagte am Freitag, dass die Fähre wieder fährt und die Preise so bleiben, wie sie sind.",
        ),
        ("ru", "Мэр сказал в пятницу, что паром снова ходит и что цены останутся прежними до конца июня."),
    ],
)
def test_the_language_of_a_text(code: str, text: str) -> None:
    assert language_of(text, "en-US") == code


def test_a_text_too_short_to_tell_is_in_the_language_of_its_page() -> None:
    assert language_of("Ok", "fil-PH") == "tl"
    assert language_of("Ok") is None
    assert language_of("Ok", "!!") is None

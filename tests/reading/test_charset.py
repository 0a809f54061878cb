import pytest

from crawler.reading.charset import decode

TEXT = "<p>Peñaflor – naïve</p>"


def test_a_byte_order_mark_beats_every_claim() -> None:
    assert decode(b"\xef\xbb\xbf" + TEXT.encode(), "iso-8859-1") == TEXT
    assert decode(b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-8") == TEXT


def test_the_http_charset_beats_the_meta_charset() -> None:
    source = '<meta charset="utf-8"><p>été</p>'
    assert decode(source.encode("koi8-r", "replace"), "koi8-r").endswith("</p>")
    assert decode("<meta charset=koi8-r><p>Ж</p>".encode("cp1251"), "windows-1251") == "<meta charset=koi8-r><p>Ж</p>"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("gb2312", "gb18030"),
        ("Shift_JIS", "cp932"),
        ("euc-kr", "cp949"),
        ("windows-1251", "cp1251"),
        ("big5", "big5hkscs"),
    ],
)
def test_a_meta_charset_is_believed_where_http_says_nothing(label: str, codec: str) -> None:
    word = {"gb18030": "新闻", "cp932": "新聞", "cp949": "신문", "cp1251": "Новости", "big5hkscs": "新聞"}[codec]
    source = f'<meta http-equiv="Content-Type" content="text/html; charset={label}"><p>{word}</p>'
    assert decode(source.encode(codec), None) == source


def test_valid_utf_8_beats_a_server_that_claims_latin_1_for_everything() -> None:
    assert decode(TEXT.encode(), "ISO-8859-1") == TEXT


def test_latin_1_means_windows_1252_as_in_browsers() -> None:
    assert decode("“quoted” – text".encode("cp1252"), "latin1") == "“quoted” – text"


def test_text_without_any_claim_is_utf_8_or_else_windows_1252() -> None:
    assert decode(TEXT.encode(), None) == TEXT
    assert decode("Peña".encode("cp1252"), None) == "Peña"


def test_an_unknown_or_impossible_charset_is_passed_over() -> None:
    assert decode(TEXT.encode(), "x-nobody-knows") == TEXT
    assert decode(TEXT.encode(), "hex") == TEXT
    assert decode(b'<meta charset="utf-16"><p>plain</p>', None) == '<meta charset="utf-16"><p>plain</p>'


def test_one_broken_character_does_not_turn_a_utf_8_page_into_mojibake() -> None:
    assert decode("éàüñ ".encode() * 20 + b"\xff", "utf-8").count("é") == 20


def test_bytes_that_fit_no_claim_are_decoded_all_the_same() -> None:
    assert decode(b"caf\xe9 \xff", "utf-8") == "café ÿ"
    assert "\ufffd" in decode(b"\x81\x82\xfe", "euc-jp") or decode(b"\x81\x82\xfe", "euc-jp")


@pytest.mark.parametrize("label", ["idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7"])
def test_what_python_calls_an_encoding_and_no_page_is_written_in_is_passed_over(label: str) -> None:
    assert decode(TEXT.encode(), label) == TEXT
    assert decode("Peña \\x41".encode("cp1252"), label) == "Peña \\x41"


def test_utf_16_is_believed_only_of_bytes_that_can_be_it() -> None:
    assert decode(TEXT.encode(), "utf-16") == TEXT
    assert decode(TEXT.encode("utf-16-le"), "utf-16-le") == TEXT

import base64
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from crawler.reading.__main__ import answer, serve
from tests.reading.build import PAGES, TITLE, URL

PAGE = (PAGES / "themes" / "tagdiv.html").read_bytes()


def request(payload: bytes = PAGE, **values: Any) -> str:
    return json.dumps(
        {"id": "a", "url": URL, "html_b64": base64.b64encode(payload).decode(), "encoding": None, "meta": {}} | values
    )


def test_an_answer_has_the_shape_of_the_contract() -> None:
    told = answer(request())
    assert told["id"] == "a"
    assert (told["title"], told["authors"], told["views"], told["comments"]) == (TITLE, ["Marisol Dela Peña"], 1318, 0)
    assert told["published"] == "2026-05-02T08:15:00+08:00"
    assert told["body"].count("\n") == 3
    assert told["seconds"] > 0
    assert told["views_exact"] is True
    assert told["profiles"][0]["language"] == "tl"
    assert "error" not in told
    assert {"standfirst", "byline", "modified", "dateline", "shares", "pending", "sources"} <= set(told)


def test_a_page_that_cannot_be_read_is_answered_with_an_error() -> None:
    told = answer(request(b"%PDF-1.7"))
    assert (told["id"], told["title"], told["authors"]) == ("a", None, [])
    assert told["error"].startswith("unreadable: ")


def test_a_line_that_is_no_request_is_answered_with_an_error() -> None:
    assert answer("not json")["id"] is None
    assert answer('{"id": "b"}')["id"] == "b"
    assert answer('{"id": "b", "html_b64": 7}')["error"].startswith("not a request")
    assert answer("[]")["error"].startswith("not a request")


def test_every_line_gets_one_answer_in_its_order() -> None:
    out = io.StringIO()
    serve([request(id="1"), "broken", request(id="3")], out)
    assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == ["1", None, "3"]


def test_the_reader_needs_no_scrapy() -> None:
    code = "import sys, crawler.reading; sys.exit('scrapy' in sys.modules or 'twisted' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).resolve().parents[2])


def test_the_command_answers_on_stdout_and_ends_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler.reading"],
        input=request() + "\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert json.loads(done.stdout)["title"] == TITLE

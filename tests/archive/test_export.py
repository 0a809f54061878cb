"""Articles as files: whole or not there."""

from __future__ import annotations

import gzip
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from archive import ArchiveError, StoreError
from archive.export import Wanted, export_file
from archive.export.shape import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

ARTICLES = [{"id": "a", "title": "Baha sa “Panublion” 🌊"}, {"id": "b", "title": "line\nbreak\u2028"}]


def export_jsonl(
    articles: Iterable[dict[str, Any]], target: Path | None, progress: Callable[[], None] = lambda: None
) -> int:
    return export_file(articles, target, columns(Wanted()), progress=progress)


def unzst(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(data).read()


@pytest.mark.parametrize(
    ("name", "opened"), [("a.jsonl", bytes), ("a.jsonl.gz", gzip.decompress), ("a.jsonl.zst", unzst)]
)
def test_one_object_a_line_in_the_form_the_name_says(
    tmp_path: Path, name: str, opened: Callable[[bytes], bytes]
) -> None:
    done: list[int] = []
    assert export_jsonl(ARTICLES, tmp_path / name, lambda: done.append(1)) == len(done) == 2
    text = opened((tmp_path / name).read_bytes()).decode()
    assert [json.loads(line) for line in text.split("\n")[:-1]] == ARTICLES
    assert "Baha sa “Panublion” 🌊" in text
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.jsonl"])
def test_the_same_articles_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    (tmp_path / "1").mkdir()
    export_jsonl(ARTICLES, tmp_path / "1" / name)
    export_jsonl(ARTICLES, tmp_path / name)
    assert (tmp_path / name).read_bytes() == (tmp_path / "1" / name).read_bytes()


def test_no_article_is_an_empty_file(tmp_path: Path) -> None:
    assert export_jsonl([], tmp_path / "a.jsonl") == 0
    assert (tmp_path / "a.jsonl").read_bytes() == b""


@pytest.mark.parametrize("name", ["a.json", "a.txt", "jsonl", "a.jsonl.xz"])
def test_a_name_that_says_no_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match=r"name the file \.jsonl, \.jsonl\.gz, \.jsonl\.zst"):
        export_jsonl(ARTICLES, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_a_file_that_was_there_stays_whole_when_the_export_fails(tmp_path: Path, name: str) -> None:
    export_jsonl(ARTICLES, tmp_path / name)
    before = (tmp_path / name).read_bytes()

    def breaking() -> Iterator[dict[str, Any]]:
        yield ARTICLES[0]
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        export_jsonl(breaking(), tmp_path / name)
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot write: No such file or directory"):
        export_jsonl(ARTICLES, tmp_path / "nowhere" / "a.jsonl")


def test_standard_output_gets_the_lines_and_nothing_else(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert export_jsonl(ARTICLES, None) == 2
    out = capfdbinary.readouterr().out
    assert [json.loads(line) for line in out.decode().split("\n")[:-1]] == ARTICLES


def test_other_programs_open_the_compressed_forms(tmp_path: Path) -> None:
    export_jsonl(ARTICLES, tmp_path / "a.jsonl.gz")
    shown = subprocess.run(["gzip", "-dc", tmp_path / "a.jsonl.gz"], capture_output=True, check=True).stdout
    assert json.loads(shown.splitlines()[0]) == ARTICLES[0]

"""Real programs of others open what was exported, and agree about how much there is and of which type."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from archive import Archive
from archive.export import Asked, Wanted, export_dataset, parse_split
from archive.export.files import FORMS
from archive.export.shape import schema
from archive.selection import Selection, Versions
from tests.archive.exporting import fill, key, print_story
from tests.archive.make import SettableClock

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENTS = Path(__file__).parents[2] / ".venv-clients" / "bin"

pytestmark = [
    pytest.mark.sqlite,  # the bytes are what is looked at, not where they came from
    pytest.mark.skipif(not (CLIENTS / "frictionless").exists(), reason="not here; `make clients` brings them"),
]

EVERYTHING = Wanted(selection=Selection(versions=Versions.ALL), counters=True)
ROWS = 16


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of datasets: one in every form, one that is split, and a whole one with the delta after it."""
    folder = tmp_path_factory.mktemp("sets")
    clock = SettableClock()
    with Archive(folder / "home", clock=clock) as archive:
        fill(archive, clock)
        for name, form in FORMS.items():
            export_dataset(archive, folder / name, Asked(wanted=EVERYTHING, form=form, part_rows=6))
        split = Asked(wanted=EVERYTHING, form=FORMS["jsonl"], part_rows=6, split=parse_split("cluster:40,30,30"))
        export_dataset(archive, folder / "split", split)
        weekly = Asked(form=FORMS["jsonl"], since="weekly")
        export_dataset(archive, folder / "whole", weekly)
        archive.take_down("article", key(archive, "lakeside", 0), "asked to")
        print_story(archive, clock, "highland", 0, day=8, title="Edited", views=7)
        export_dataset(archive, folder / "delta", weekly)
        export_dataset(archive, folder / "nothing", weekly)
    return folder


@pytest.fixture
def client(tmp_path: Path) -> Callable[..., str]:
    """Run a program of the others, with a home of its own and no network; return what it printed."""

    def run(*words: str | Path, folder: Path, fails: bool = False) -> str:
        environment = {**os.environ, "HOME": str(tmp_path), "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1",
                       "HF_DATASETS_OFFLINE": "1", "NO_COLOR": "1"}  # fmt: skip
        said = subprocess.run([CLIENTS / words[0], *words[1:]], cwd=folder, env=environment, capture_output=True,
                              text=True, timeout=300)  # fmt: skip
        assert (said.returncode != 0) is fails, said.stdout + said.stderr
        return said.stdout + said.stderr

    return run


def asked_of(client: Callable[..., str], folder: Path, program: str) -> Any:
    """Run a Python program among the clients; return the JSON list that it prints, between whatever else is printed."""
    said = client("python", "-c", program, folder=folder).splitlines()
    return orjson.loads([line for line in said if line.startswith("[")][-1])


def test_every_line_is_what_the_shipped_schema_says(sets: Path, client: Callable[..., str]) -> None:
    program = """
import json, pathlib, jsonschema
count = 0
for folder in ("jsonl", "split", "whole", "delta", "nothing"):
    for below, schema in (("data", "article"), ("tombstones", "tombstone")):
        says = json.loads(pathlib.Path(folder, schema + ".schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(says)
        checks = jsonschema.Draft202012Validator(says, format_checker=jsonschema.FormatChecker())
        for path in sorted(pathlib.Path(folder, below).glob("*")):
            for line in path.read_text().splitlines():
                checks.validate(json.loads(line))
                count += 1
broken = json.loads(next(iter(pathlib.Path("jsonl/data").iterdir())).read_text().splitlines()[0]) | {"views": "many"}
says = json.loads(pathlib.Path("jsonl/article.schema.json").read_text())
print(json.dumps([count, jsonschema.Draft202012Validator(says).is_valid(broken)]))
"""
    assert asked_of(client, sets, program) == [ROWS + ROWS + 14 + 1 + 1 + 1, False]


@pytest.mark.parametrize("name", [*FORMS, "split", "whole", "delta", "nothing"])
def test_frictionless_finds_the_package_valid(sets: Path, client: Callable[..., str], name: str) -> None:
    said = client("frictionless", "validate", "datapackage.json", folder=sets / name)
    assert "INVALID" not in said
    assert "VALID" in said


@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet", "jsonl.zst"])
def test_frictionless_finds_a_changed_byte(sets: Path, client: Callable[..., str], tmp_path: Path, name: str) -> None:
    copytree(sets / name, tmp_path / "set")
    path = min((tmp_path / "set" / "data").iterdir())
    path.write_bytes(path.read_bytes()[:-2] + b" \n")
    said = client("frictionless", "validate", "datapackage.json", folder=tmp_path / "set", fails=True)
    assert "INVALID" in said


@pytest.mark.parametrize("name", [*FORMS, "split", "delta", "nothing"])
def test_croissant_is_valid_and_nothing_is_missing_in_it(sets: Path, client: Callable[..., str], name: str) -> None:
    said = client("mlcroissant", "validate", "--jsonld", "croissant.json", folder=sets / name)
    assert "Done." in said
    assert "warning" not in said


@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet", "split"])
def test_croissant_records_are_loaded(sets: Path, client: Callable[..., str], name: str) -> None:
    program = """
import json, mlcroissant
data = mlcroissant.Dataset("croissant.json")
told = [record for each in data.metadata.record_sets for record in data.records(each.uuid)]
print(json.dumps([len(told), len({key.partition('/')[2] for record in told for key in record})]))
"""
    count, keys = asked_of(client, sets / name, program)
    assert count == ROWS
    # "sources" has any keys, which Croissant has no word for; in CSV it is text.
    assert keys == len(schema("article")["properties"]) - (name != "csv")


def test_hugging_face_loads_it_by_its_card_and_by_its_files(sets: Path, client: Callable[..., str]) -> None:
    program = """
import json, datasets
by_card = datasets.load_dataset("./split")
told = {name: len(rows) for name, rows in by_card.items()}
by_files = datasets.load_dataset("json", data_files="whole/data/*.jsonl", split="train")
zst = datasets.load_dataset("./jsonl.zst", split="train")
gz = datasets.load_dataset("./jsonl.gz", split="train")
sheet = datasets.load_dataset("./csv", split="train")
parquet = datasets.load_dataset("./parquet", split="train")
types = {name: str(parquet.features[name]) for name in ("views", "stealth", "valid_from")}
counts = [sum(told.values()), len(zst), len(gz), len(sheet), len(parquet)]
print(json.dumps([sorted(told), counts, len(by_files), by_files[0]["authors"][0]["name"], types]))
"""
    names, counts, by_files, author, types = asked_of(client, sets, program)
    assert set(names) <= {"train", "validation", "test"}
    assert counts == [ROWS] * 5
    assert by_files == 14
    assert author == "Ana Peñaflor"
    assert "int64" in types["views"]
    assert "bool" in types["stealth"]
    assert "timestamp[us, tz=UTC]" in types["valid_from"]


def test_pandas_reads_every_form(sets: Path, client: Callable[..., str]) -> None:
    program = """
import glob, json, pandas
def read(how, form, **more):
    return pandas.concat([how(path, **more) for path in sorted(glob.glob(f"{form}/data/*"))])
frames = {form: read(pandas.read_json, form, lines=True) for form in ("jsonl", "jsonl.gz", "jsonl.zst")}
frames |= {form: read(pandas.read_csv, form) for form in ("csv", "csv.gz", "csv.zst")}
frames["parquet"] = read(pandas.read_parquet, "parquet")
told = {name: [len(frame), int(frame["views"].sum()), int(frame["word_count"].sum())] for name, frame in frames.items()}
print(json.dumps([told, str(frames["parquet"]["valid_from"].dtype)]))
"""
    told, dtype = asked_of(client, sets, program)
    assert set(told) == set(FORMS)
    assert len({tuple(figures) for figures in told.values()}) == 1
    assert told["parquet"][0] == ROWS
    assert "UTC" in dtype


def test_duckdb_reads_every_form(sets: Path, client: Callable[..., str]) -> None:
    program = """
import duckdb, json
files = [f"{form}/data/*.{form}" for form in ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "csv.zst", "parquet")]
def told(path):
    how = f"read_csv('{path}', header=true)" if "csv" in path else f"'{path}'"
    return [list(map(str, row)) for row in duckdb.sql(
        f"select count(*), count(distinct id), sum(views), min(valid_from::timestamptz at time zone 'UTC') from {how}"
    ).fetchall()]
one = "select authors[1].name, capture.status, len(counters) from 'parquet/data/*.parquet' where version = 3"
print(json.dumps([[told(path) for path in files], duckdb.sql(one).fetchall()]))
"""
    told, [edited] = asked_of(client, sets, program)
    assert len({orjson.dumps(each) for each in told}) == 1
    assert told[0][0][:2] == ["16", "14"]
    assert edited == ["Ana Peñaflor", 200, 2]


def test_polars_reads_every_form(sets: Path, client: Callable[..., str]) -> None:
    program = """
import glob, json, polars
def read(how, form):  # what is null in one part is not in the next
    return polars.concat([how(path) for path in sorted(glob.glob(f"{form}/data/*"))], how="diagonal_relaxed")
frames = {form: read(polars.read_ndjson, form) for form in ("jsonl", "jsonl.gz", "jsonl.zst")}
frames |= {form: read(polars.read_csv, form) for form in ("csv", "csv.gz", "csv.zst")}
frames["parquet"] = polars.read_parquet("parquet/data/*.parquet")
told = {name: [frame.height, frame["id"].n_unique(), frame["views"].sum()] for name, frame in frames.items()}
print(json.dumps([told, str(frames["parquet"].schema["valid_from"]), str(frames["parquet"].schema["tags"])]))
"""
    told, time, tags = asked_of(client, sets, program)
    assert len({tuple(figures) for figures in told.values()}) == 1
    assert told["jsonl"][:2] == [ROWS, 14]
    assert (time, tags) == ("Datetime(time_unit='us', time_zone='UTC')", "List(String)")

"""The archive opens, searches and exports where nothing of the crawler is installed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import sysconfig
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import archive as room
from archive import Archive
from tests.archive.make import DAY, Paper, SettableClock

ROOT = Path(room.__file__).parent
FORBIDDEN = ("scrapy", "twisted", "trafilatura", "lxml", "crawler", "parsel", "dateparser", "feedparser")


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_of_the_archive_imports_the_crawler_or_its_libraries(path: Path) -> None:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    assert not {name for name in names if name.split(".")[0] in FORBIDDEN}


def needed(
    name: str, extras: frozenset[str] = frozenset(), found: dict[str, Distribution] | None = None
) -> dict[str, Distribution]:
    """Return the installed distributions that one needs with these extras, the markers of its requirements heeded."""
    found = {} if found is None else found
    for line in distribution(name).requires or []:
        wanted = Requirement(line)
        if wanted.marker and not any(wanted.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            continue
        if wanted.name.lower() not in found:
            found[wanted.name.lower()] = distribution(wanted.name)
            needed(wanted.name, frozenset(wanted.extras), found)
    return found


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with links to the archive and to what the base dependencies bring, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "archive").symlink_to(ROOT)
    for found in needed("hemeroteca").values():
        for file in found.files or []:
            top = folder / file.parts[0]
            if not top.exists() and file.parts[0] not in ("..", "__pycache__"):
                top.symlink_to(Path(str(found.locate_file(file.parts[0]))))
    return folder


def in_the_bare(bare: Path, code: str, *words: str | Path) -> str:
    """Run code where only the standard library and the bare folder can be imported."""
    paths = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), sysconfig.get_config_var("DESTSHARED"),
             str(bare)]  # fmt: skip
    start = f"import sys; sys.path[:] = {paths!r}\n"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", start + code, *words], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


MISSING = """
import importlib.util
for name in sys.argv[1:]:
    assert importlib.util.find_spec(name) is None, name
    try:
        __import__(name)
    except ImportError:
        continue
    raise SystemExit(f"{name} can be imported")
import archive, archive.cli, archive.export, archive.audit
print(archive.__file__)
"""


def test_the_archive_imports_without_scrapy_trafilatura_lxml_and_the_crawler(bare: Path) -> None:
    assert in_the_bare(bare, MISSING, *FORBIDDEN).strip() == str(bare / "archive" / "__init__.py")


USED = """
from pathlib import Path
from archive import Archive, corpus
from archive.audit import verify
from archive.export import export_file
from archive.clock import shifted_clock
from archive.dump import dump
from archive.rebuild import rebuild_into
from archive.selection import Selection
home, out = map(Path, sys.argv[1:])
def dumped(archive):
    with archive.engine.connect() as connection:
        return list(dump(connection))
with Archive(home, readonly=True) as archive:
    assert [hit["title"] for hit in corpus.search(archive, Selection(query="penaflor"), 5)] == ["Flood at noon"]
    assert len(corpus.history(archive, "https://lakeside.example/2026/11/flood/").versions) == 2
    assert export_file(corpus.articles(archive, Selection()), out, ()) == 1
    assert verify(archive).faults == []
    assert rebuild_into(home, home / "again", shifted_clock()).problems == ()
    with Archive(home / "again", readonly=True) as again:
        assert dumped(again) == dumped(archive)
with Archive(home / "new") as archive:
    assert list(corpus.articles(archive, Selection())) == []
sys.argv = ["hemeroteca", "stats", "--json", "--home", str(home)]
from archive.cli import main
main()
"""


@pytest.mark.sqlite
def test_the_archive_searches_exports_verifies_and_rebuilds_in_the_bare(bare: Path, home: Path, tmp_path: Path) -> None:
    clock = SettableClock()
    with Archive(home, clock=clock) as archive:
        paper = Paper(archive, clock)
        paper.prints()
        paper.prints(title="Flood at noon", at=clock.advance(DAY))
        paper.end()
    told = in_the_bare(bare, USED, home, tmp_path / "out.jsonl.zst")
    assert json.loads(told)["versions"] == 2
    assert (tmp_path / "out.jsonl.zst").stat().st_size > 0


def test_importing_makes_no_folder_and_opens_nothing(bare: Path, tmp_path: Path) -> None:
    code = f"import os; os.chdir({str(tmp_path)!r}); import archive, archive.cli; print(os.listdir('.'))"
    assert in_the_bare(bare, code) == "[]\n"


SERVED = """
sys.argv = ["hemeroteca", *sys.argv[1:]]
sys.stderr = sys.stdout
from archive.cli import main
try:
    main()
except SystemExit as end:
    print(end.code)
"""


def test_a_page_without_its_libraries_is_refused_and_says_how_to_install_them(bare: Path, tmp_path: Path) -> None:
    Archive(tmp_path).close()
    told, status = in_the_bare(bare, SERVED, "serve", "--home", tmp_path).splitlines()
    assert status == "1"
    assert told.startswith("hemeroteca: the web page needs ")
    assert told.endswith("pip install 'hemeroteca[web]'")

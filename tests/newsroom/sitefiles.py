"""Site files of the papers as they are being served, in Hemeroteca's own format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.newsroom.papers import Paper
    from tests.newsroom.server import Server


def write_site_files(folder: Path, papers: Iterable[Paper], server: Server) -> list[Path]:
    """Write ``<folder>/<country>/<name>.toml`` for each paper; return the paths."""
    paths = []
    for paper in papers:
        path = Path(folder) / paper.country.lower() / f"{paper.name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(site_file(paper, server), encoding="utf-8")
        paths.append(path)
    return paths


def site_file(paper: Paper, server: Server) -> str:
    """Return the text of a paper's site file."""
    fields = {"body": 0.95, "published": 0.95, "views": 0.9}
    lines = [
        f"title     = {_text(paper.title)}",
        f"url       = {_text(server.url(paper.name))}",
        f"country   = {_text(paper.country)}",
        f"region    = {_text(paper.region)}",
        f"languages = [{_text(paper.language)}]",
        f"timezone  = {_text(paper.timezone)}",
        "",
        "[discover]",
        f"wordpress = {'true' if paper.wordpress else 'false'}",
        f"feeds     = [{_text(server.url(paper.name, paper.feed))}]",
        f"sitemaps  = [{_text(server.url(paper.name, '/sitemap_index.xml'))}]",
        f"article   = '{paper.article}'",
        "",
        "[visit]",
        "delay = 0.0",
        "",
        "[expect]",
        f"fields = {{ {', '.join(f'{name} = {share}' for name, share in fields.items())} }}",
        "",
    ]
    return "\n".join(lines)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)

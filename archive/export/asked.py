"""What a dataset is asked to be: everything that its bytes depend on, beside the archive."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from archive.export.files import FORMS, Form
from archive.export.rows import Wanted
from archive.records import canonical_json

if TYPE_CHECKING:
    from archive.export.split import Split
    from archive.selection import Selection

PART_ROWS = 50_000
"""Rows of a part: a kill costs at most the making of one; some 200 MB of text."""

WHOLE, TOMBSTONES = "articles", "tombstones"
"""The names of the parts of a dataset that is not split, and of the tombstones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A dataset in a folder: what is handed out, in which form, dealt out how, and since which mark."""

    wanted: Wanted = field(default_factory=Wanted)
    form: Form = FORMS["jsonl.zst"]
    exact_csv: bool = False
    split: Split | None = None
    since: str | None = None
    part_rows: int = PART_ROWS

    def told(self) -> dict[str, Any]:
        """Return it as plain values, as a manifest tells it."""
        return {
            "query": query_of(self.wanted),
            "form": self.form.name,
            "exact_csv": self.exact_csv,
            "split": self.split.told() if self.split else None,
            "since_last": self.since,
            "part_rows": self.part_rows,
        }

    @property
    def query_digest(self) -> bytes:
        """The digest of what is handed out, in whichever form: a mark belongs to it."""
        return hashlib.sha256(canonical_json(query_of(self.wanted)).encode()).digest()


def query_of(wanted: Wanted) -> dict[str, Any]:
    """Return what is handed out as plain values; of the selection only what it asks for."""
    return {
        **_selected(wanted.selection),
        "versions": str(wanted.selection.versions),
        "text": wanted.texts,
        "counters": wanted.counters,
        "near_duplicates": wanted.near_duplicates,
        "dedupe": "cluster" if wanted.one_of_a_cluster else None,
    }


def _selected(selection: Selection) -> dict[str, Any]:
    named = {each.name: getattr(selection, each.name) for each in fields(selection) if each.name != "versions"}
    return {name: value if isinstance(value, bool) else str(value)
            for name, value in named.items() if value not in (None, False)}  # fmt: skip

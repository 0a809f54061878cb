"""The shape of what is exported: the JSON Schemas that are shipped, and the columns that every form takes from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from archive.export.rows import Wanted


@dataclass(frozen=True, slots=True)
class Column:
    """One key of an exported article, with what the schema says of its values."""

    name: str
    schema: dict[str, Any]

    @property
    def kind(self) -> str:
        """The JSON type of its values that are not null."""
        return kind_of(self.schema)

    @property
    def is_nullable(self) -> bool:
        """Whether it may be null."""
        return "null" in _kinds(self.schema)

    @property
    def description(self) -> str:
        """What it means."""
        return str(self.schema["description"])


def kind_of(schema: dict[str, Any]) -> str:
    """Return the JSON type of the values that a schema describes, null left aside."""
    [kind] = [name for name in _kinds(schema) if name != "null"]
    return kind


def _kinds(schema: dict[str, Any]) -> list[str]:
    kind = schema["type"]
    return [kind] if isinstance(kind, str) else list(kind)


@cache
def schema_bytes(name: str) -> bytes:
    """Return the text of a schema that is shipped: ``article`` or ``tombstone``."""
    return files("archive.export").joinpath(f"{name}.schema.json").read_bytes()


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a schema that is shipped: ``article`` or ``tombstone``."""
    found: dict[str, Any] = orjson.loads(schema_bytes(name))
    return found


def columns(wanted: Wanted) -> list[Column]:
    """Return the keys that every exported article has, in their order."""
    left_out = {
        "body": not wanted.texts,
        "near_duplicates": not wanted.near_duplicates,
        "counters": not wanted.counters,
    }
    keys = schema("article")["properties"]
    return [Column(name, says) for name, says in keys.items() if not left_out.get(name, False)]

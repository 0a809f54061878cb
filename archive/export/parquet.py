"""Parquet: typed columns, lists and structs as such, zstd inside. Needs the extra ``parquet`` (pyarrow)."""

from __future__ import annotations

from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.export.shape import kind_of

try:
    import pyarrow as pa
    from pyarrow import parquet
except ModuleNotFoundError as error:
    raise ArchiveError("Parquet needs `pip install 'hemeroteca[parquet]'`") from error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive.export.shape import Column

ROWS = 4096
"""Articles in a row group: about 20 MB, which is what is held in memory."""

_PLAIN = {"string": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}
_TIME = pa.timestamp("us", tz="UTC")


class Parquet:
    """Writes articles as rows of a Parquet file."""

    def __init__(self, out: IO[bytes], columns: Sequence[Column]) -> None:
        # Nothing of the moment or the machine is among the metadata: the same articles are the same bytes.
        self._schema = pa.schema([pa.field(c.name, arrow_type(c.schema), nullable=c.is_nullable) for c in columns])
        self._convert = {c.name: to for c in columns if (to := _conversion(c.schema)) is not None}
        self._file = parquet.ParquetWriter(out, self._schema, compression="zstd", version="2.6")
        self._held: list[dict[str, Any]] = []

    def write(self, article: dict[str, Any]) -> None:
        """Write one article."""
        self._held.append(article | {name: to(article[name]) for name, to in self._convert.items()})
        if len(self._held) == ROWS:
            self._write_group()

    def _write_group(self) -> None:
        self._file.write_table(pa.Table.from_pylist(self._held, self._schema), row_group_size=ROWS)
        self._held.clear()

    def close(self) -> None:
        """Write the last group and the file's end."""
        if self._held:
            self._write_group()
        self._file.close()


def arrow_type(schema: dict[str, Any]) -> pa.DataType:
    """Return the Arrow type of what a JSON Schema describes; the archive's own times are timestamps in UTC."""
    kind = kind_of(schema)
    if kind == "array":
        return pa.list_(arrow_type(schema["items"]))
    if kind == "object":
        if "properties" in schema:
            return pa.struct([(name, arrow_type(part)) for name, part in schema["properties"].items()])
        # A map would say it better, but Hugging Face's datasets knows none.
        return pa.list_(pa.struct([("key", pa.string()), ("value", arrow_type(schema["additionalProperties"]))]))
    return _TIME if schema.get("format") == "date-time" else _PLAIN[kind]


def _conversion(schema: dict[str, Any]) -> Callable[[Any], Any] | None:
    """Return what makes of a plain value one that Arrow takes for this type; None where it is the value itself."""
    kind = kind_of(schema)
    if kind == "array":
        item = _conversion(schema["items"])
        return None if item is None else lambda values: [item(value) for value in values]
    if kind == "object":
        return _of_object(schema)
    return _time if schema.get("format") == "date-time" else None


def _of_object(schema: dict[str, Any]) -> Callable[[Any], Any] | None:
    if "properties" not in schema:
        return lambda values: [{"key": key, "value": value} for key, value in sorted(values.items())]
    parts = {name: to for name, part in schema["properties"].items() if (to := _conversion(part)) is not None}
    if not parts:
        return None
    return lambda values: values and values | {name: to(values[name]) for name, to in parts.items()}


def _time(stamped: str | None) -> datetime | None:
    return None if stamped is None else datetime.fromisoformat(stamped)

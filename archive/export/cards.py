"""What describes a dataset, for people and for other programs: made from its manifest and columns alone. Pure.

Frictionless (``datapackage.json``), Croissant 1.1 (``croissant.json``) and the card of Hugging Face (``README.md``). No
date but the archive's own is among it: the same dataset is described by the same bytes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from archive.export.asked import TOMBSTONES, WHOLE
from archive.export.shape import kind_of, schema, schema_bytes
from archive.software import software_version

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive.export.asked import Asked
    from archive.export.dataset import State
    from archive.export.shape import Column

LICENCE_NOTE = (
    "The texts belong to their papers and authors; this dataset gives no licence to them. The archive's selection and "
    "descriptions come without any claim. What a paper keeps from archives or miners is left out only where "
    "without_opt_outs is in the query."
)


def manifest_of(asked: Asked, state: State, since: int | None, seq: int) -> dict[str, Any]:
    """Return the manifest of an export that is whole: what it was asked, what it holds, and the digest of each part."""
    told = asked.told()
    parts = [{key: part[key] for key in ("path", "split", "rows", "bytes", "sha256")} for part in state.parts]
    kept = [part for part in parts if part["split"] != TOMBSTONES]
    splits = {name: sum(part["rows"] for part in kept if part["split"] == name)
              for name in sorted({part["split"] for part in kept})}  # fmt: skip
    return {
        "format": "hemeroteca-dataset/1",
        "software": {"name": "hemeroteca", "version": software_version()},
        "schema": {"id": schema("article")["$id"], "path": "article.schema.json"},
        "as_of": state.moment["as_of"],
        "query": told["query"],
        "form": told["form"],
        "exact_csv": told["exact_csv"],
        "split": told["split"],
        "mark": {"name": asked.since, "from": since, "to": seq} if asked.since else None,
        "counts": {
            "articles": state.articles,
            "rows": sum(splits.values()),
            "tombstones": sum(part["rows"] for part in parts if part["split"] == TOMBSTONES),
            "splits": splits,
            "sites": dict(sorted(state.sites.items())),
            "languages": dict(sorted(state.languages.items())),
        },
        "licence": LICENCE_NOTE,
        "parts": parts,
    }


def pretty(value: Any) -> bytes:
    """Return JSON that people read, too."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _title(manifest: dict[str, Any]) -> str:
    site = manifest["query"].get("site")
    return f"Regional news of {site}" if site else "Regional news"


def _description(manifest: dict[str, Any]) -> str:
    counts = manifest["counts"]
    sites = len(counts["sites"])
    return (
        f"{counts['rows']:,} texts of {counts['articles']:,} stories from {sites:,} news site{'s' * (sites != 1)}, "
        f"as a Hemeroteca archive held them after its change of {manifest['as_of']}."
    )


def _articles(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in manifest["parts"] if part["split"] != TOMBSTONES]


# ------------------------------------------------------------------ Frictionless


def datapackage(manifest: dict[str, Any], columns: Sequence[Column]) -> bytes:
    """Return the Frictionless data package: a table for each part that it can read, a plain file for the rest."""
    table = {"fields": [_field(column) for column in columns], "missingValues": [""]}
    resources = [_resource(part, manifest["form"], table) for part in manifest["parts"]]
    return pretty({
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json", "profile": "data-package",
        "name": "hemeroteca-dataset", "title": _title(manifest), "description": _description(manifest),
        "licenses": [{"name": "other", "title": LICENCE_NOTE}], "resources": resources,
    })  # fmt: skip


def _resource(part: dict[str, Any], form: str, table: dict[str, Any]) -> dict[str, Any]:
    kind, _, compression = form.partition(".")
    told = {
        "name": part["path"].rpartition("/")[2].partition(".")[0], "path": part["path"], "bytes": part["bytes"],
        "hash": f"sha256:{part['sha256']}", "format": kind,
    }  # fmt: skip
    if part["split"] == TOMBSTONES:
        return told | {"format": "jsonl", "mediatype": "application/jsonl"}
    # Frictionless opens gzip, but neither zstd nor, without an extra of its own, Parquet: it checks those as files.
    if compression == "zst" or kind == "parquet" or not part["rows"]:
        return told | {"type": "file"}
    if compression:
        told["compression"] = compression
    return told | {"type": "table", "profile": "tabular-data-resource", "encoding": "utf-8", "schema": table}


def _field(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"name": column.name, "type": column.kind, "description": column.description}
    if column.schema.get("format") == "date-time":
        told |= {"type": "datetime", "format": "any"}  # seconds with and without a fraction
    if not column.is_nullable:
        told["constraints"] = {"required": True}
    return told


# ------------------------------------------------------------------ Croissant

_CONTEXT = {
    "@language": "en", "@vocab": "https://schema.org/", "arrayShape": "cr:arrayShape", "citeAs": "cr:citeAs",
    "column": "cr:column", "conformsTo": "dct:conformsTo", "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/", "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty", "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract", "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes", "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5",
    "name": {"@container": "@language"}, "parentField": "cr:parentField", "path": "cr:path",
    "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated",
    "replace": "cr:replace", "samplingRate": "cr:samplingRate", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
}  # fmt: skip
"""The context of Croissant 1.1, as its own program writes it."""

_MEDIA = {"jsonl": "application/jsonlines", "csv": "text/csv", "parquet": "application/x-parquet"}
_CROISSANT_TYPES = {"string": "sc:Text", "integer": "sc:Integer", "boolean": "sc:Boolean"}


def croissant(manifest: dict[str, Any], columns: Sequence[Column]) -> bytes:
    """Return the Croissant description: every part with its digest, and a set of records for every split."""
    splits = sorted({part["split"] for part in _articles(manifest)})
    return pretty({
        "@context": _CONTEXT, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": "hemeroteca-dataset", "description": _description(manifest), "license": LICENCE_NOTE,
        "creator": {"@type": "sc:Organization", "name": "Hemeroteca"}, "citeAs": _citation(manifest),
        "datePublished": (manifest["as_of"] or "1970-01-01")[:10], "version": "1.0.0", "url": _name(manifest),
        "isLiveDataset": False,
        "distribution": [*map(_file, manifest["parts"]), *(_file_set(name, manifest) for name in splits)],
        "recordSet": [_record_set(name, columns, manifest["form"]) for name in splits],
    })  # fmt: skip


def _name(manifest: dict[str, Any]) -> str:
    """Return what names exactly these bytes."""
    digests = "".join(part["sha256"] for part in manifest["parts"])
    return f"urn:hemeroteca:dataset:{hashlib.sha256(digests.encode()).hexdigest()}"


def _citation(manifest: dict[str, Any]) -> str:
    made = manifest["software"]
    return f"{_title(manifest)}. {_description(manifest)} Made by {made['name']} {made['version']}."


def _file(part: dict[str, Any]) -> dict[str, Any]:
    ending = part["path"].rpartition("/")[2].partition(".")[2]
    return {
        "@type": "cr:FileObject", "@id": part["path"], "name": part["path"], "contentUrl": part["path"],
        "contentSize": f"{part['bytes']} B", "encodingFormat": _media(ending), "sha256": part["sha256"],
    }  # fmt: skip


def _media(form: str) -> list[str] | str:
    kind, _, compression = form.partition(".")
    outer = {"gz": "application/gzip", "zst": "application/zstd"}.get(compression)
    return [_MEDIA[kind], outer] if outer else _MEDIA[kind]


def _file_set(split: str, manifest: dict[str, Any]) -> dict[str, Any]:
    return {"@type": "cr:FileSet", "@id": f"{split}-files", "name": f"{split}-files",
            "encodingFormat": _media(manifest["form"]), "includes": f"data/{split}-*.{manifest['form']}"}  # fmt: skip


def _record_set(split: str, columns: Sequence[Column], form: str) -> dict[str, Any]:
    is_csv = form.startswith("csv")
    key = [{"@id": f"{split}/{name}"} for name in ("id", "version")]
    # An object with any keys, such as ``sources``, is no record of Croissant's; the JSON Schema describes it.
    fields = [_record_field(split, column, is_csv=is_csv)
              for column in columns if is_csv or column.kind != "object" or "properties" in column.schema]  # fmt: skip
    return {"@type": "cr:RecordSet", "@id": split, "name": split, "key": key, "field": fields}


def _record_field(split: str, column: Column, *, is_csv: bool) -> dict[str, Any]:
    """Return the field of a column; in CSV lists and objects are text."""
    source: dict[str, Any] = {"fileSet": {"@id": f"{split}-files"}, "extract": {"column": column.name}}
    told: dict[str, Any] = {"@type": "cr:Field", "@id": f"{split}/{column.name}", "name": column.name,
            "description": column.description}  # fmt: skip
    item = column.schema["items"] if column.kind == "array" else column.schema
    if is_csv or "properties" not in item:
        told |= {"dataType": _data_type(item), "source": source}
    else:
        told["subField"] = [
            {"@type": "cr:Field", "@id": f"{split}/{column.name}/{name}", "name": name, "dataType": _data_type(part),
             "description": part["description"], "source": source | {"transform": {"jsonPath": name}}}
            for name, part in item["properties"].items()
        ]  # fmt: skip
    return told | ({"repeated": True} if column.kind == "array" and not is_csv else {})


def _data_type(says: dict[str, Any]) -> str:
    if says.get("format") == "date-time":
        return "sc:DateTime"
    return _CROISSANT_TYPES.get(kind_of(says), "sc:Text")


# ------------------------------------------------------------------ the card


_DTYPES = {"string": "string", "integer": "int64", "boolean": "bool"}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
          (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip


def card(manifest: dict[str, Any], columns: Sequence[Column]) -> bytes:
    """Return the dataset card in the form of Hugging Face: facts in YAML, then a page for people."""
    return "\n".join([*_front_matter(manifest, columns), "", *_page(manifest, columns), ""]).encode()


def _front_matter(manifest: dict[str, Any], columns: Sequence[Column]) -> list[str]:
    counts = manifest["counts"]
    size = next((name for most, name in _SIZES if counts["rows"] < most), "100M<n<1B")
    lines = ["---", f'pretty_name: "{_title(manifest)}"', "license: other", 'license_name: "see the card"']
    if counts["languages"]:
        lines += ["language:", *(f'- "{code}"' for code in counts["languages"])]
    lines += ["size_categories:", f"- {size}", "task_categories:", "- text-classification", "- text-generation",
              "tags:", "- news"]  # fmt: skip
    kind = manifest["form"].partition(".")[0]
    if kind != "parquet":  # which says itself what its columns are
        # A column that is null in the first part would otherwise be taken for one that is always null. JSON is YAML.
        features = [{"name": column.name, **_feature(column.schema, kind)} for column in columns]
        lines.append(f"dataset_info: {orjson.dumps({'features': features}).decode()}")
    names = {part["split"] for part in _articles(manifest) if part["rows"]}
    if names:
        lines += ["configs:", "- config_name: default", "  data_files:"]
    for name in sorted(names):
        lines += [f"  - split: {'train' if name == WHOLE else name}", f"    path: data/{name}-*.{manifest['form']}"]
    return [*lines, "---"]


def _feature(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return what Hugging Face calls the type of a column; in CSV lists and objects are text."""
    says = kind_of(schema)
    if says in _DTYPES:
        return {"dtype": _DTYPES[says]}
    if kind == "csv":
        return {"dtype": "string"}
    if says == "array":
        item = _feature(schema["items"], kind)
        return {"list": item["struct"] if "struct" in item else item["dtype"]}
    if "properties" not in schema:
        return {"dtype": "json"}
    return {"struct": [{"name": name, **_feature(part, kind)} for name, part in schema["properties"].items()]}


def _page(manifest: dict[str, Any], columns: Sequence[Column]) -> list[str]:
    counts, query = manifest["counts"], manifest["query"]
    return [
        f"# {_title(manifest)}",
        "",
        _description(manifest),
        "",
        "## What is in it",
        "",
        "| split | rows |",
        "| --- | ---: |",
        *(f"| {name} | {rows:,} |" for name, rows in counts["splits"].items()),
        "",
        "| site | rows |",
        "| --- | ---: |",
        *(f"| {name} | {rows:,} |" for name, rows in counts["sites"].items()),
        "",
        *_about_changes(manifest),
        "## How it was made",
        "",
        f"By `hemeroteca export`, version {manifest['software']['version']}; the same archive and query give the same",
        "bytes. The query:",
        "",
        "```json",
        orjson.dumps(query, option=orjson.OPT_INDENT_2).decode(),
        "```",
        "",
        "Every text names the WARC record of the page that it was read on (`capture`), the program that read it",
        "(`reader`) and where on the page each field stood (`sources`).",
        "",
        "## Fields",
        "",
        "| field | type | meaning |",
        "| --- | --- | --- |",
        *(f"| `{c.name}` | {c.kind}{' or null' * c.is_nullable} | {c.description} |" for c in columns),
        "",
        "## Licence",
        "",
        manifest["licence"],
    ]


def _about_changes(manifest: dict[str, Any]) -> list[str]:
    mark = manifest["mark"]
    if mark is None or mark["from"] is None:
        return []
    return [
        "## A part of a series",
        "",
        f"Only what is new or reads differently since the last export of `{mark['name']}`. To bring a copy up to date:",
        "remove the rows of every `id` that is here, and of every tombstone whose `removed` is true; add these rows.",
        f"There are {manifest['counts']['tombstones']:,} tombstones.",
        "",
    ]


# ------------------------------------------------------------------ all of it

DESCRIBED: dict[str, Callable[[dict[str, Any], Sequence[Column]], bytes]] = {
    "article.schema.json": lambda _, __: schema_bytes("article"),
    "tombstone.schema.json": lambda _, __: schema_bytes("tombstone"),
    "datapackage.json": datapackage,
    "croissant.json": croissant,
    "README.md": card,
}
"""The files beside the parts, and what makes each."""

"""The JSON-LD of a page: parsed tolerantly, ``@id`` references resolved, the page's own article found.

Invalid JSON-LD is frequent (trailing commas, raw newlines, HTML entities, comment wrappers), so it is repaired before
it is given up.
"""

from __future__ import annotations

import html
import json
import re
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Node = dict[str, Any]

# Never followed: what stands below belongs to another story, to a medium or to the house (reading-pages.md, 4).
_FOREIGN = frozenset((
    "hasPart", "liveBlogUpdate", "mentions", "comment", "video", "publisher", "itemListElement", "isPartOf", "about",
    "review", "citation", "relatedLink", "significantLink", "author", "creator", "editor", "image", "logo",
    "sourceOrganization",
))  # fmt: skip
_MAX_DEPTH = 12
_MAX_NODES = 5000
_DECODER = json.JSONDecoder(strict=False)
_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*;?\s*$"
)
# Half of a pair that stands alone (a headline cut within an emoji) is no character, and no file can hold it.
_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|"
    r"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_WRAPPERS = ("<!--", "-->", "<![CDATA[", "]]>")  # most scripts have none of these, and need not be searched for them
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRAY_BACKSLASH = re.compile(r'\\(?!["\\/bfnrtu])')


@dataclass(frozen=True)
class Graph:
    """Every JSON-LD node of a page, outermost first."""

    roots: tuple[Any, ...] = ()
    _ids: dict[str, Node] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, scripts: Iterable[str]) -> Graph:
        """Read the JSON-LD scripts of a page; one that cannot be repaired is left out."""
        roots = tuple(value for script in scripts for value in _values(script))
        graph = cls(roots=roots)
        for node in _everything(list(roots)):
            key = node.get("@id")
            if isinstance(key, str) and len(node) > len(graph._ids.get(key, ())):
                graph._ids[key] = node
        return graph

    def resolve(self, value: Any) -> Any:
        """Return the fullest node of the same ``@id``; anything else as it is."""
        if isinstance(value, dict) and isinstance(value.get("@id"), str):
            full = self._ids.get(value["@id"])
            if full is not None and len(full) > len(value):
                return {**full, **value} if len(value) > 1 else full
        return value

    def follow(self, node: Node | None, key: str) -> list[Any]:
        """Return the values of a property as a list, references resolved."""
        value = (node or {}).get(key)
        values = value if isinstance(value, list) else [] if value is None else [value]
        return [self.resolve(item) for item in values]

    @cached_property
    def nodes(self) -> tuple[tuple[int, Node], ...]:
        """Return (depth, node) of what the page says about itself, without other stories, media and the house."""
        return tuple(_own(list(self.roots)))

    @cached_property
    def types(self) -> frozenset[str]:
        """Return the types of the page's own nodes, in lower case."""
        return frozenset(name for _, node in self.nodes for name in types(node))

    def article(self, is_own: Callable[[Node], bool]) -> Node | None:
        """Return the page's article: the one the page's address or title confirms, the fullest, the shallowest."""
        found = [(depth, node) for depth, node in self.nodes if is_article(node)]
        if len(found) < 2:
            return found[0][1] if found else None
        ranked = sorted(found, key=lambda item: (-is_own(item[1]), -_fullness(item[1]), item[0]))
        return ranked[0][1]

    def web_page(self) -> Node | None:
        """Return the page's WebPage node, where Yoast puts the dates."""
        return next((node for _, node in self.nodes if any(name.endswith("webpage") for name in types(node))), None)


def types(node: Any) -> tuple[str, ...]:
    """Return the types of a node in lower case, without the vocabulary's address."""
    value = node.get("@type") if isinstance(node, dict) else None
    names = value if isinstance(value, list) else [value]
    return tuple(re.split(r"[/#:]", name)[-1].lower() for name in names if isinstance(name, str))


def is_article(node: Node) -> bool:
    """Say whether a node is a story: Article and its kinds, postings, reports and reviews, but no job offer."""
    return any(
        name.endswith(("article", "posting", "report", "review")) or name in ("recipe", "creativework")
        for name in types(node)
        if name != "jobposting"
    )


def text(value: Any, depth: int = 0) -> str | None:
    """Return a JSON-LD value as one line of text: a string, a number, or the ``@value`` or ``name`` of a node."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return next((found for item in value if (found := text(item, depth + 1))), None)
    if isinstance(value, dict):
        return text(value.get("@value") or value.get("name"), depth + 1)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(html.unescape(str(value)).split()) or None


def _fullness(node: Node) -> int:
    return sum(bool(node.get(key)) for key in ("author", "datePublished", "headline"))


def _values(script: str) -> Iterator[Any]:
    is_wrapped = any(mark in script for mark in _WRAPPERS)
    source = (_WRAPPER.sub("", script) if is_wrapped else script).strip()
    if not source:
        return
    if "\\ud" in source or "\\uD" in source:
        source = _HALF.sub("\ufffd", source)
    for repair in (_as_is, _stream, _mended, _unescaped):
        try:
            yield from repair(source)
        except (ValueError, RecursionError):
            continue
        return


def _as_is(source: str) -> list[Any]:
    return [_DECODER.decode(source)]


def _stream(source: str) -> list[Any]:
    """Read several values written one after the other, and ignore a semicolon behind the last."""
    values, position = [], 0
    while position < len(source):
        value, position = _DECODER.raw_decode(source, position)
        values.append(value)
        while position < len(source) and source[position] in " \t\r\n;,":
            position += 1
    return values


def _mended(source: str) -> list[Any]:
    return _stream(_STRAY_BACKSLASH.sub(r"\\\\", _TRAILING_COMMA.sub(r"\1", source)))


def _unescaped(source: str) -> list[Any]:
    return _mended(html.unescape(source))


def _everything(stack: list[Any]) -> Iterator[Node]:
    """Yield every node there is, for ``@id`` look-ups; bounded, because a page is not to be trusted."""
    budget = _MAX_NODES
    while stack and budget:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, dict):
            budget -= 1
            yield value
            stack.extend(item for item in value.values() if isinstance(item, dict | list))


def _own(roots: list[Any]) -> Iterator[tuple[int, Node]]:
    queue: deque[tuple[int, Any]] = deque((0, root) for root in roots)
    budget = _MAX_NODES
    while queue and budget:
        depth, value = queue.popleft()
        if isinstance(value, list):
            queue.extend((depth, item) for item in value)
        elif isinstance(value, dict) and depth < _MAX_DEPTH:
            budget -= 1
            yield depth, value
            below = ((key, item) for key, item in value.items() if isinstance(item, dict | list))
            queue.extend((depth if key == "@graph" else depth + 1, item) for key, item in below if key not in _FOREIGN)

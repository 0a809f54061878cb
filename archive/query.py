"""What a person types into a search, understood: a tree of words and facts, or an error that says where it goes wrong.

Pure. The same tree is asked of SQLite and of PostgreSQL. The language:

- words, all of which must be there; ``"a phrase"``; ``prefix*``
- ``AND``, ``OR``, ``NOT`` in capitals and brackets; ``-word`` is ``NOT word``; NOT binds closest, then AND, then OR
- ``title:word``, ``author:"a name"``, ``body:word``: only in this part of the story
- ``site: place: lang: country: region: state:`` and ``from:``, ``to:`` (days), ``views:1000`` (at least so many)

Everything else is words: punctuation is never syntax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from archive.errors import QueryError
from archive.said import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.said import Said

MOST_TERMS = 200
"""More words than a person types; SQLite's parser gives up soon after."""
DEEPEST = 40
"""Brackets inside brackets."""

FIELDS = {"title": "title", "author": "names", "body": "body", "standfirst": "standfirst"}
"""What is typed before the colon, and the column of the index that it means."""
FACTS = ("site", "place", "lang", "country", "region", "state", "from", "to", "views")
STATES = ("live", "missing", "gone", "restored", "changed", "stealth")

_TOKEN = re.compile(
    r"""(?P<negated>-(?=[\w"(]))?
        (?: (?P<field>[a-z]+):(?=[^\s)]) )?
        (?: "(?P<phrase>[^"]*)" | (?P<stray>") | (?P<bracket>[()]) | (?P<word>[^\s()"]+) )""",
    re.VERBOSE,
)
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Words:
    """Words that stand next to each other, in any part of the story or in one ``field``; the last may be a prefix."""

    words: tuple[str, ...]
    is_prefix: bool = False
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known about a story beside its words: ``name`` is one of FACTS."""

    name: str
    value: str | int | date


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be so."""

    part: Node


@dataclass(frozen=True, slots=True)
class All:
    """What must all be so."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Of which one must be so."""

    parts: tuple[Node, ...]


Node = Words | Fact | Not | All | OneOf


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # word, AND, OR, NOT, (, ), end
    at: int
    node: Node | None = None


@lru_cache(maxsize=128)
def parse(typed: str) -> Node:
    """Return what a person asked for; raise QueryError, with the place of the fault, when it cannot be understood."""
    return _Parser(typed).parsed()


def words_of(node: Node) -> list[Words]:
    """Return the words that a hit should show, those that must not be there left out."""
    if isinstance(node, Words):
        return [node]
    if isinstance(node, All | OneOf):
        return [words for part in node.parts for words in words_of(part)]
    return []


class _Parser:
    def __init__(self, typed: str) -> None:
        self.typed = typed
        self.tokens = list(self._tokens())
        self.next = 0
        self.depth = 0
        is_long = len(self.tokens) > 3 * MOST_TERMS
        if is_long or sum(token.kind == "word" for token in self.tokens) > MOST_TERMS:
            self._fail(said("too many words; at most %(most)s are understood", most=MOST_TERMS))

    def parsed(self) -> Node:
        node = self._any()
        token = self._peek()
        if token.kind == ")":
            self._fail(said("nothing to close"), token)
        return node

    # -- from lowest to highest: OR, AND, NOT, a word or bracket

    def _any(self) -> Node:
        parts = [self._all()]
        while self._peek().kind == "OR":
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else OneOf(tuple(parts))

    def _all(self) -> Node:
        parts = [self._not()]
        while self._peek().kind not in ("OR", ")", "end"):
            if self._peek().kind == "AND":
                self._take()
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _not(self) -> Node:
        if self._peek().kind != "NOT":
            return self._atom()
        self._take()
        part = self._not() if self._peek().kind == "NOT" else self._atom()
        return part.part if isinstance(part, Not) else Not(part)

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "(":
            return self._bracketed(token)
        if token.node is None:
            self._fail_without_word(token)
        return token.node

    def _bracketed(self, opening: _Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            self._fail(said("too many brackets inside one another"), opening)
        node = self._any()
        if self._take().kind != ")":
            self._fail(said("the bracket is never closed"), opening)
        self.depth -= 1
        return node

    # -- tokens

    def _peek(self) -> _Token:
        return self.tokens[self.next]

    def _take(self) -> _Token:
        token = self.tokens[self.next]
        self.next = min(self.next + 1, len(self.tokens) - 1)
        return token

    def _tokens(self) -> Iterator[_Token]:
        for found in _TOKEN.finditer(self.typed):
            if found["stray"]:
                self._fail(said("the quotation mark is never closed"), _Token("", found.start("stray")))
            token = self._token(found)
            if token is not None and found["negated"]:
                yield _Token("NOT", found.start())
            if token is not None:
                yield token
        yield _Token("end", len(self.typed))

    def _token(self, found: re.Match[str]) -> _Token | None:
        at, field = found.start(), found["field"]
        if found["bracket"]:
            # "title:(" has no meaning: the words before the colon are words.
            return _Token(found["bracket"], found.start("bracket"))
        if field is None and found["word"] in ("AND", "OR", "NOT") and not found["negated"]:
            return _Token(found["word"], at)
        text = found["phrase"] if found["phrase"] is not None else found["word"]
        if field in FACTS:
            return _Token("word", at, self._fact(field, text, at))
        if field is not None and field not in FIELDS:
            text, field = f"{field} {text}", None
        words = tuple(_WORDS.findall(text))
        if not words:
            return None
        is_prefix = found["phrase"] is None and text.endswith("*")
        return _Token("word", at, Words(words, is_prefix, FIELDS[field] if field else None))

    def _fact(self, name: str, text: str, at: int) -> Fact:
        value: str | int | date | None = text
        if name in ("from", "to"):
            value = _day(text)
        elif name == "views":
            value = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
        elif name == "state":
            value = text if text in STATES else None
        if value is None or value == "":
            expected = _EXPECTED.get(name, _VALUE)
            what = said("%(name)s: expects %(expected)s, not %(typed)s", name=name, expected=expected, typed=repr(text))
            self._fail(what, _Token("", at))
        return Fact(name, value)

    # -- faults

    def _fail_without_word(self, token: _Token) -> NoReturn:
        if token.kind == "end":
            self._fail(said("a word is missing at the end"))
        self._fail(said("%(what)s needs a word before it", what=token.kind), token)

    def _fail(self, what: Said, token: _Token | None = None) -> NoReturn:
        typed = repr(self.typed if len(self.typed) <= 200 else f"{self.typed[:200]}…")
        if token is None:
            raise QueryError(said("search: %(what)s: %(typed)s", what=what, typed=typed), len(self.typed))
        where = said(
            "search: %(what)s, at character %(number)s: %(typed)s", what=what, number=token.at + 1, typed=typed
        )
        raise QueryError(where, token.at)


_DAY, _VALUE = said("a day like 2026-11-23"), said("a value")
_EXPECTED = {"from": _DAY, "to": _DAY, "views": said("a number"),
             "state": said("one of %(names)s", names=", ".join(STATES))}  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

"""Patterns for class and id attributes, tried all at once.

A page has some hundred distinct class attributes, and the reader some twenty patterns for them. RE2 makes one automaton
of all patterns, which reads an attribute once and in linear time, whatever a page has written there.
"""

from __future__ import annotations

import re2

_MOST_KNOWN = 50_000  # attributes remembered; pages of one site share theirs, but some sites make up new ones


class NamePattern:
    """A pattern for a class or id attribute in lower case, found anywhere in it.

    In RE2's syntax, so without lookahead and backreference. To be made when a module is imported: a new pattern makes
    a new automaton of all.
    """

    def __init__(self, source: str) -> None:
        self.number = _ALL.add(source)


class _Patterns:
    def __init__(self) -> None:
        self._sources: list[str] = []
        self._matcher: re2.Set | None = None
        self._known: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._sources)

    def add(self, source: str) -> int:
        re2.compile(source)  # says what is wrong with it
        self._sources.append(source)
        self._matcher = None
        self._known.clear()
        return len(self._sources) - 1

    def matching(self, name: str) -> tuple[int, ...]:
        found = self._known.get(name)
        if found is None:
            if self._matcher is None:
                self._matcher = self._compiled()
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            found = self._known[name] = tuple(self._matcher.Match(name) or ())
        return found

    def _compiled(self) -> re2.Set:
        matcher = re2.Set.SearchSet()
        for source in self._sources:
            matcher.Add(source)
        matcher.Compile()
        return matcher


_ALL = _Patterns()


def matching(name: str) -> tuple[int, ...]:
    """Return the numbers of all patterns that are found in a class or id attribute (lower case)."""
    return _ALL.matching(name)


def count() -> int:
    """Return how many patterns there are."""
    return len(_ALL)

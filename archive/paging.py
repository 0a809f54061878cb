"""Long lists, page by page: a page begins where the one before ended, whatever was added in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from archive.errors import QueryError
from archive.said import said

Item = TypeVar("Item")

MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list. ``next`` is the cursor to ask with for what follows; None at the end of the list."""

    items: list[Item]
    next: str | None


def cursor(*place: int) -> str:
    """Return a place in a list as a text for an address: letters, digits, dots and minus signs only."""
    return ".".join(map(str, place))


def place(text: str, parts: int) -> tuple[int, ...]:
    """Return the place that a cursor stands for; raise QueryError for what no page of such a list gave."""
    found = text.split(".")
    try:
        numbers = tuple(int(part) for part in found if len(part) <= len(str(-MOST)))
    except ValueError:
        numbers = ()
    if len(numbers) != parts or any(abs(number) > MOST for number in numbers):
        raise QueryError(
            said("cursor: %(typed)s is none of this list; take it from the page before", typed=repr(text[:60]))
        )
    return numbers

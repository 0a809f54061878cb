"""The shape of a site's story addresses: from addresses seen, a pattern for the site file. Pure.

A pattern is proposed only where addresses show that they are stories: by a date, a number, or a folder that all of them
share. Where stories are ``/some-words/`` like any other page, there is none, and the general judge decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Shape = tuple[str, ...]

_MOST_SHAPES = 3  # forms of address that one site has; more are no pattern
# Addresses that must share a folder before it is taken as theirs: fewer may come from one section by chance.
_SHARED_BY = 8

# A folder that shows what it is, and the expression for it. What is none of these is words.
_FOLDERS = (
    (re.compile(r"(?:19|20)\d\d"), r"\d{4}"),
    (re.compile(r"(?:19|20)\d\d-\d\d-\d\d"), r"\d{4}-\d{2}-\d{2}"),
    (re.compile(r"\d\d"), r"\d{2}"),
    (re.compile(r"\d"), r"\d"),
    (re.compile(r"\d{3,}"), r"\d{3,}"),
)
_WORDS = "[^/]+"
# Behind a date: longer than the day of a date archive.
_WORDS_BEHIND_A_DATE = "[^/]{3,}"
# article410396303: a word that all stories have, with the story's number.
_MARKED = re.compile(r"([a-z]+[-_]?)\d{4,}")
# The last part: a date or number before the words of the headline, or a number behind them.
_DATE_FIRST = re.compile(r"(?:19|20)\d\d-\d\d-\d\d-.+")
_NUMBER_FIRST = re.compile(r"\d+([-_]).+")
_NUMBER_LAST = re.compile(r".+[^\d](\d{5,})")
_ENDING = re.compile(r"\.[a-z]{3,5}$", re.IGNORECASE)


def article_pattern(stories: Iterable[str], others: Iterable[str] = (), *, least: int = 3) -> str | None:
    """Return an expression that every story's path matches and that other pages do not; None if none shows.

    Each form of address must be seen ``least`` times. A tenth of the other pages may match: fronts link to stories too.
    """
    paths = list(dict.fromkeys(_path(url) for url in stories))
    if not paths or any("?" in path for path in paths):
        return None
    # From few addresses nobody knows how many folders a story may lie in.
    ways = (_whole, _tail) if len(paths) >= _SHARED_BY else (_tail, _whole)
    pattern = next((found for way in ways if (found := way(paths, least))), None)
    if pattern is None:
        return None
    elsewhere = {_path(url) for url in others}.difference(paths)
    matched = sum(re.search(pattern, path) is not None for path in elsewhere)
    return None if matched > len(elsewhere) // 10 else pattern


def _whole(paths: Sequence[str], least: int) -> str | None:
    """Return an expression for whole paths, from the site's root on."""
    shapes: defaultdict[Shape, list[str]] = defaultdict(list)
    for path in paths:
        shapes[_shape(path)].append(path)
    return _alternatives({shape: _anchored(shape, seen) for shape, seen in _folded(shapes).items()}, shapes, least)


def _tail(paths: Sequence[str], least: int) -> str | None:
    """Return an expression for the ends of paths, from the first part on that shows a story: any folders above it."""
    tails: defaultdict[Shape, list[str]] = defaultdict(list)
    for path in paths:
        shape = _shape(path)
        first = next((place for place, part in enumerate(shape) if _shows(part)), None)
        if first is None:
            return None
        # Where nothing stands before it, nothing may.
        tails[("^" if first == 0 else "", *shape[first:])].append(path)
    found = {tail: f"{tail[0]}/{'/'.join(tail[1:])}{_slash(seen)}$" for tail, seen in tails.items()}
    return _alternatives(found, tails, least)


def _alternatives(found: Mapping[Shape, str | None], seen: Mapping[Shape, Sequence[str]], least: int) -> str | None:
    if len(found) > _MOST_SHAPES or any(len(seen[shape]) < least for shape in found):
        return None
    told = [text for _, text in sorted(found.items()) if text]
    return "|".join(told) if len(told) == len(found) else None


def _folded(shapes: defaultdict[Shape, list[str]]) -> dict[Shape, list[str]]:
    """Fold what only looks like a number into words, where other addresses of the same folders have words alone."""
    for shape in list(shapes):
        plain = (*shape[:-1], _WORDS + _ending_of(shape[-1]))
        if shape != plain and plain in shapes:
            shapes[plain] += shapes.pop(shape)
    return dict(shapes)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _shape(path: str) -> Shape:
    *folders, last = path.strip("/").split("/")
    shape = tuple(_folder(folder) for folder in folders)
    return (*shape, _last(last, behind_a_date=bool(shape) and shape[-1].startswith(r"\d")))


def _folder(text: str) -> str:
    if marked := _MARKED.fullmatch(text):
        return re.escape(marked[1]) + r"\d+"
    return next((written for form, written in _FOLDERS if form.fullmatch(text)), _WORDS)


def _last(text: str, *, behind_a_date: bool) -> str:
    ending = _ENDING.search(text)
    stem, tail = (text[: ending.start()], re.escape(ending[0])) if ending else (text, "")
    if stem.isdecimal() and len(stem) > 2:
        return r"\d{3,}" + tail
    if behind_a_date:
        return _WORDS_BEHIND_A_DATE + tail
    if marked := _MARKED.fullmatch(stem):
        return re.escape(marked[1]) + r"\d+" + tail
    if _DATE_FIRST.fullmatch(stem):
        return rf"\d{{4}}-\d{{2}}-\d{{2}}-{_WORDS}{tail}"
    if first := _NUMBER_FIRST.fullmatch(stem):
        return rf"\d+{first[1]}{_WORDS}{tail}"
    if _NUMBER_LAST.fullmatch(stem):
        return rf"{_WORDS}\d{{5,}}{tail}"
    return _WORDS + tail


def _ending_of(part: str) -> str:
    ending = re.search(r"\\\.[a-z]{3,5}$", part, re.IGNORECASE)
    return ending[0] if ending else ""


def _shows(part: str) -> bool:
    """Say whether a part of a path is one that pages other than stories seldom have: a year or a number."""
    return r"\d" in part and part not in (r"\d", r"\d{2}")


def _anchored(shape: Shape, seen: Sequence[str]) -> str | None:
    """Return the expression for addresses of one shape, None if nothing in them shows a story."""
    parts = list(shape)
    columns = zip(*(path.strip("/").split("/")[:-1] for path in seen), strict=True)
    for place, column in enumerate(columns):
        if parts[place] == _WORDS and len(seen) >= _SHARED_BY and len(set(column)) == 1:
            parts[place] = re.escape(column[0])
    is_shared = any(part != _WORDS and r"\d" not in part for part in parts[:-1])
    if not is_shared and not any(_shows(part) for part in parts):
        return None
    return f"^/{'/'.join(parts)}{_slash(seen)}$"


def _slash(seen: Sequence[str]) -> str:
    return "" if _ENDING.search(seen[0]) else "/?"

"""Citations of a story as it read at a time: as a line of text, BibTeX, RIS and CSL-JSON. Pure.

What is cited is an article and the time of the capture that first showed this text, never the number of a version:
versions may be counted anew, that capture stays. ``hemeroteca show KEY --at TIME`` finds it again, with ``--known`` the
day on which it was cited even after a better reader has read the page anew.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LATEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip
# Marks that turn the order of what follows: in a list of references they would turn the next entries too.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_A_NAME = re.compile(r",|\band\b|[{}\\]", re.IGNORECASE)


class Style(StrEnum):
    """How a citation is written."""

    TEXT = "text"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"


MEDIA_TYPES = {
    Style.TEXT: "text/plain; charset=utf-8", Style.BIBTEX: "application/x-bibtex; charset=utf-8",
    Style.RIS: "application/x-research-info-systems; charset=utf-8",
    Style.CSL: "application/vnd.citationstyles.csl+json",
}  # fmt: skip
SUFFIXES = {Style.TEXT: "txt", Style.BIBTEX: "bib", Style.RIS: "ris", Style.CSL: "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a citation says. ``people`` and ``houses`` are authors as printed; ``published`` a day where one is told."""

    key: str
    at: datetime  # of the capture that first showed this text
    title: str
    people: tuple[str, ...]
    houses: tuple[str, ...]
    paper: str
    published: date | None
    language: str | None
    url: str | None  # at the paper
    base: str | None  # where this archive is served, with a slash at the end
    accessed: date

    @classmethod
    def of(cls, article: Mapping[str, Any], paper: str, accessed: date, base: str | None = None) -> Citation:
        """Return the citation of an article in the shape of an export, of a paper of this title."""
        names: dict[bool, list[str]] = {True: [], False: []}
        for author in article["authors"]:
            names[author["kind"] == "organisation"].append(_plain(author["name"]))
        day = article["published"] or article["first_seen"]
        return cls(
            key=article["id"], at=datetime.fromisoformat(article["valid_from"]), title=_plain(article["title"] or ""),
            people=tuple(filter(None, names[False])), houses=tuple(filter(None, names[True])), paper=_plain(paper),
            published=date.fromisoformat(day[:10]), language=article["language"],
            url=_address(article["url"]) if article["url"] else None, base=base, accessed=accessed,
        )  # fmt: skip

    @property
    def moment(self) -> str:
        """The time of the capture as it stands in addresses."""
        return self.at.isoformat(timespec="microseconds" if self.at.microsecond else "seconds").replace("+00:00", "Z")

    @property
    def uri(self) -> str:
        """A name that stays true wherever the archive is served."""
        return f"urn:hemeroteca:article:{self.key}:{re.sub('[-:]', '', self.moment)}"

    @property
    def address(self) -> str | None:
        """Where the text is shown as cited: in this archive where it is served, else at the paper."""
        return f"{self.base}article/{self.key}?at={quote(self.moment, safe='')}" if self.base else self.url


def write(citation: Citation, style: Style) -> str:
    """Return a citation in a style, a whole document with its line ends."""
    return _WRITERS[style](citation)


def _text(cited: Citation) -> str:
    authors = ", ".join((*cited.people, *cited.houses))
    said = [f"{authors}." if authors else "", f"“{cited.title}.”" if cited.title else "",
            f"{cited.paper}, {cited.published}." if cited.published else f"{cited.paper}.",
            f"As it read on {cited.moment}.", cited.address or "", f"({cited.uri})"]  # fmt: skip
    return " ".join(filter(None, said)) + "\n"


def _bibtex(cited: Citation) -> str:
    authors = [*map(_bibtex_name, cited.people), *(f"{{{_latex(house)}}}" for house in cited.houses)]
    fields = {
        "author": " and ".join(authors),
        "title": f"{{{_latex(cited.title)}}}" if cited.title else "",
        "organization": f"{{{_latex(cited.paper)}}}",
        "date": str(cited.published or ""),
        "year": str(cited.published.year) if cited.published else "",
        "url": cited.address or "",
        "urldate": str(cited.accessed),
        "langid": cited.language or "",
        "note": _latex(f"As it read on {cited.moment}; {cited.uri}") + (f"; {_latex(cited.url)}" if cited.url else ""),
    }
    told = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@online{{{cited.key}-{cited.at:%Y%m%d},\n{told}}}\n"


def _bibtex_name(name: str) -> str:
    """Return a person's name as BibTeX reads it; one that it would take apart wrongly is kept together."""
    return f"{{{_latex(name)}}}" if _NOT_A_NAME.search(name) else _latex(name)


def _ris(cited: Citation) -> str:
    day = f"{cited.published:%Y/%m/%d}/" if cited.published else ""
    lines = [
        ("TY", "NEWS"), ("TI", cited.title), *(("AU", name) for name in (*cited.people, *cited.houses)),
        ("T2", cited.paper), ("PY", day[:4]), ("DA", day), ("LA", cited.language), ("UR", cited.address),
        ("Y2", f"{cited.accessed:%Y/%m/%d}/"), ("AN", cited.uri), ("N1", f"As it read on {cited.moment}"),
        ("L2", cited.url if cited.base else None),
    ]  # fmt: skip
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _csl(cited: Citation) -> str:
    return orjson.dumps([csl(cited)], option=orjson.OPT_INDENT_2).decode() + "\n"


def csl(cited: Citation) -> dict[str, Any]:
    """Return a citation as an item of CSL-JSON. Names stay whole: nobody can tell for all what is the family's."""
    item = {
        "id": f"{cited.key}-{cited.at:%Y%m%d}",
        "type": "article-newspaper",
        "title": cited.title,
        "author": [{"literal": name} for name in (*cited.people, *cited.houses)],
        "container-title": cited.paper,
        "issued": _parts(cited.published) if cited.published else None,
        "accessed": _parts(cited.accessed),
        "URL": cited.address,
        "language": cited.language,
        "archive": "Hemeroteca",
        "archive_location": cited.uri,
        "note": f"As it read on {cited.moment}" + (f"; {cited.url}" if cited.url and cited.base else ""),
    }
    return {name: value for name, value in item.items() if value}


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _plain(text: str) -> str:
    """Return a text on one line, without characters that are no letters of it."""
    return " ".join("".join(c for c in _TURNS.sub("", text) if c.isspace() or unicodedata.category(c) != "Cc").split())


def _latex(text: str) -> str:
    return text.translate(_LATEX)


def _address(url: str) -> str:
    """Return an address in which nothing is left that a line end, LaTeX or a quotation mark could be made of."""
    return quote(_TURNS.sub("", url), safe="%/:?#[]@!$&'()*+,;=~-._")


_WRITERS: dict[Style, Callable[[Citation], str]] = {
    Style.TEXT: _text, Style.BIBTEX: _bibtex, Style.RIS: _ris, Style.CSL: _csl,
}  # fmt: skip

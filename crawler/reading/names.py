"""From a byline as written to names: leads, roles, places and agencies cut off, several names told apart."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from archive.records import Author
from crawler.reading.dom import fold, squeeze
from crawler.reading.words import load, phrases

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.\w+|(?<!\S)@\w+|\([^()]*\)|\[[^\[\]]*\]|\+ posts\b|[•·▪]|"
    r"\b(?:illustration|illustrationen|fotos?|photos?|bilder?|bild)(?:\s(?:by|von|de|di)\s|:).*|"
    r"\d{1,2}\.?\s[^\W\d_]{3,12}\.?\s\d{4}.*|[A-Z][a-z]{2,8}\.?\s\d{1,2},\s\d{4}.*|"
    r"\b(?:published|posted|updated|last updated|am|on)\b:?\s.*?\d.*|"
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|\s\d{1,2}:\d{2}.*",
    re.IGNORECASE,
)
_HARD_SPLIT = re.compile(r"\s*(?:[;|\n、]|\s[/•·–—]\s|\s-\s|,(?!\s*(?:Jr|Sr|II|III|PhD|Ph\.D|MD|M\.D|Esq)\b))\s*")
_SUFFIX = re.compile(r"\s*(?:,\s*)?(?:PhD|Ph\.D\.?|M\.?D\.?|Esq\.?)$")
_AFTER_NAME = re.compile(r"\s+(?:기자|特派员|通讯员|记者|for|in|reports?|writes?|von der|aus)(?:\s.*)?$")
_WORD = re.compile(r"[^\W\d_][\w.’'‘`-]*|[^\W\d_]")
_HANDLE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")  # "chuck-ross": an account, not a name
_TENDER = frozenset({"ni", "di", "de", "da", "av", "af", "per", "theo"})
_DATED_LEAD = re.compile(
    r"^\S+\s.{0,30}?\d.*?\s(?:von|by|par|por|door|av|di)\s+(?=[^\W\d_])"
)  # "Posted on 2 May 2024 by"
_LONGEST = 60
_LONGEST_BYLINE = 500


def authors_of(
    written: str, house: frozenset[str], *, is_organisation: bool = False, url: str | None = None
) -> list[Author]:
    """Return the authors that a byline names, in its order; none for accounts such as "admin".

    ``house`` holds the folded names of the site itself, which is an organisation whatever its markup says.
    """
    parts = [part for part in _parts(written, house) if fold(part) not in _nobody() and not _HANDLE.fullmatch(part)]
    kinds = [(part, is_organisation or is_house(part, house)) for part in parts if _is_name(part)]
    return [Author(name=part, kind="organisation" if house_ else "person", url=url) for part, house_ in kinds]


def is_house(name: str, house: frozenset[str]) -> bool:
    """Say whether a name is that of the site, an agency, a desk or a newsroom rather than of a person."""
    told = fold(name)
    if told in house or re.search(r"\w\.(?:com|net|org|de|ph|ru|co)\b", name.casefold()):
        return True
    initials = "".join(word[0] for word in name.split()).casefold()
    if len(initials) > 1 and initials in house:
        return True  # "Deutsche Welle" on dw.com
    first, _, rest = name.partition(" ")
    if len(first) > 4 and len(rest) < 3 and any(told.startswith(fold(first)) for told in house):
        return True  # an account called after the site
    if any(word.isupper() and fold(word) in house for word in name.split()):
        return True  # "MDR THÜRINGEN" of MDR
    words = set(re.findall(r"[^\W_]+", name.casefold()))
    organisations = phrases("organisations")
    return bool(words & organisations) or any(" " in phrase and phrase in name.casefold() for phrase in organisations)


def without_lead(written: str) -> tuple[str, bool]:
    """Return a byline without "By", "Ni", "Автор:" …, and whether it had one."""
    plain = squeeze(written)
    found = _leads().match(plain)
    if found is None:
        return plain, False
    rest = plain[found.end() :].strip()
    # "Ni", "Di", "Nina" are leads in one language and names in another: what follows must be a name by itself.
    is_name = found.group().strip().casefold() in _TENDER and (len(rest.split()) < 2 or not _is_capital(rest))
    is_name = is_name or (found.group().strip() in ("Nina", "Nila") and not re.search(r",|\sat\s", rest))
    return (plain, False) if is_name else (rest, True)


def without_noise(written: str) -> str:
    """Return a byline without addresses, handles, dates, credits and what stands in brackets."""
    return squeeze(_NOISE.sub(" ", _DATED_LEAD.sub("", squeeze(written), count=1)))


def without_tail(written: str) -> str:
    """Return a byline without what follows the names: "By Ana Cruz, in Business" ends at the name."""
    return _AFTER_NAME.sub("", squeeze(written)).strip(" ,·|-–")


def looks_like_names(written: str) -> bool:
    """Say whether a text could be a list of names: few words, capitals where the script has them, no digits."""
    words = _WORD.findall(written)
    if not 1 <= len(words) <= 14 or any(sign.isdigit() for sign in written) or len(written) > 120:
        return False
    joiners = phrases("name_joiners") | phrases("organisations")
    particles = {
        "de",
        "van",
        "von",
        "der",
        "den",
        "del",
        "la",
        "da",
        "dos",
        "di",
        "le",
        "bin",
        "al",
        "el",
        "ng",
        "zu",
        "ter",
        "du",
    }
    cased = [word for word in words if word.casefold() not in joiners and word.casefold() not in particles]
    return all(_is_capital(word) for word in cased)


def _is_capital(word: str) -> bool:
    return word[0].isupper() or word[0].istitle() or unicodedata.category(word[0]) == "Lo"


def _parts(written: str, house: frozenset[str]) -> list[str]:
    plain, _ = without_lead(without_noise(written[:_LONGEST_BYLINE]))
    pieces = [piece for piece in _HARD_SPLIT.split(plain) if piece.strip()]
    first_is_full = bool(pieces) and (len(pieces[0].split()) > 1 or is_house(pieces[0], house))
    found = []
    for place, piece in enumerate(pieces):
        if place and first_is_full and len(piece.split()) == 1 and unicodedata.category(piece[0]) != "Lo":
            continue  # "Ana Cruz, Manila": a place or an agency behind a full name
        found.extend(_joined(piece))
    cleaned = [_tidy(part) for part in found]
    return list(dict.fromkeys(part for part in cleaned if part and not _is_role(part)))


def _joined(piece: str) -> list[str]:
    """Split at "and", "und", "&"; at "y", "e", "i" only between full names, because names hold them too."""
    parts = [piece]
    for joiner in ["&", "+", *sorted(phrases("name_joiners"), key=len, reverse=True)]:
        split: list[str] = []
        for part in parts:
            halves = re.split(rf"\s+{re.escape(joiner)}\s+", part, flags=re.IGNORECASE)
            full = all(len(half.split()) > 1 for half in halves)
            split.extend(halves if full or (len(joiner) > 1 and joiner not in ("at", "et", "en")) else [part])
        parts = split
    return parts


def _tidy(part: str) -> str:
    plain, _ = without_lead(part.strip(" \t.,;:|*-–—_/\"'“”"))
    return squeeze(_SUFFIX.sub("", _AFTER_NAME.sub("", plain))).strip(' .,;:|*–—_/"“”') + _dot(part)


def _dot(part: str) -> str:
    """Keep the dot of a closing initial or title: "Maria L." is not "Maria L"."""
    return "." if re.search(r"\b(?:[A-Z]|Jr|Sr)\.\s*$", part) else ""


def _is_role(part: str) -> bool:
    words = re.findall(r"[\w-]+", part.casefold())
    return any(word in phrases("roles") for word in words)


def _is_name(part: str) -> bool:
    return (
        1 < len(part) <= _LONGEST
        and any(sign.isalpha() for sign in part)
        and len(part.split()) <= 8
        and "://" not in part
    )


@cache
def _nobody() -> frozenset[str]:
    return frozenset(fold(phrase) for phrase in phrases("not_authors"))


@cache
def _leads() -> re.Pattern[str]:
    listed = sorted({lead for _, lead in load("byline_leads")}, key=len, reverse=True)
    return re.compile("|".join(_lead(lead) for lead in listed))


def _lead(lead: str) -> str:
    """A lead may be printed in capitals or with a small first letter, and must end where a word does."""
    forms = (
        {lead, lead.upper(), lead.capitalize(), lead[0].lower() + lead[1:]}
        if len(lead) > 2
        else {lead, lead.upper(), lead.capitalize()}
    )
    ends = r"\s*" if lead[-1] in ":/=" else r"(?:\s*:\s*|\s+)"
    return rf"(?:{'|'.join(re.escape(form.rstrip(':')) for form in sorted(forms))})" + (
        r"\s*[:：]\s*" if lead[-1] == ":" else ends
    )


def unique(found: Iterable[Author]) -> tuple[Author, ...]:
    """Return authors without repetition; a name that is only a part of another one is the same person."""
    kept: dict[str, Author] = {}
    for author in found:
        kept.setdefault(fold(author.name), author)
    return tuple(kept.values())

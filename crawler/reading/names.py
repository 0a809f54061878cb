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

_WEEKDAY = (
    r"(?:\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lunes|martes|"
    r"miércoles|jueves|viernes|sábado|domingo|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche),?\s)?"
)
_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.\w+|(?<!\S)@\w+|\([^()]*\)|\[[^\[\]]*\]|\+ posts\b|[•·▪]|"
    r"\b(?:illustration|illustrationen|fotos?|photos?|bilder?|bild)(?:\s(?:by|von|de|di)\s|:).*|"
    rf"{_WEEKDAY}(?:\d{{1,2}}\.?\s[^\W\d_]{{3,12}}\.?\s\d{{4}}.*|[A-Z][a-z]{{2,8}}\.?\s\d{{1,2}},\s\d{{4}}.*)|"
    r"\b(?:published|posted|updated|last updated|am|on|stand|aktualisiert|erstellt|veröffentlicht|publié|"
    r"publicado|actualizado|pubblicato|diterbitkan|опубликовано|güncelleme)\b:?\s.*?\d.*|"
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|\s\d{1,2}:\d{2}.*|(?<=\s)фото\b.*|\beditor\s*:.*|(?:责任)?编辑\s*[:：].*",
    re.IGNORECASE,
)
_HARD_SPLIT = re.compile(r"\s*(?:[;|\n、]|\s[/•·–—]\s|\s-\s|,(?!\s*(?:Jr|Sr|II|III|PhD|Ph\.D|MD|M\.D|Esq)\b))\s*")
_SUFFIX = re.compile(r"\s*(?:,\s*)?(?:PhD|Ph\.D\.?|M\.?D\.?|Esq\.?)$")
_AFTER_NAME = re.compile(
    r"\s+(?:기자|선임기자|인턴기자|특파원|特派员|通讯员|记者|for|in|from|dari|reports?|writes?|von der|aus)(?:\s.*)?$|"
    r"(?<=[\u3040-\u9fff])\s?(?:記者|特派員)$"
)
_KOREAN_DOT = re.compile(r"(?<=[가-힣])·(?=[가-힣])")  # joins names in Korean; in Chinese it stands inside one
_KOREAN_PLACE = re.compile(r"^[가-힣]{2,6}=(?=[가-힣])")  # "강릉=박준석 기자"
_HAN_NAMES = re.compile(r"[\u4e00-\u9fff]{2,4}(?:\s[\u4e00-\u9fff]{2,4})+")
_BRACKETED = re.compile(r"^[（(【\[](.{2,40})[）)】\]]$")
# Family names of two words, as they begin a name that is printed "Last, First".
_LAST_FIRST = re.compile(
    r"(?P<last>(?:(?:De|Del|Dela|Delos|San|Santa|Van|Von|De la|De los|Van der)\s)?[^\W\d_][\w'’-]+),\s"
    r"(?:(?P<suffix>Jr\.?|Sr\.?|I{2,3}|IV),\s)?(?P<first>[^\W\d_][\w'’.-]*(?:\s[^\W\d_]\.)?)"
)
_WORD = re.compile(r"[^\W\d_][\w.’'‘`-]*|[^\W\d_]")
_HANDLE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")  # "chuck-ross": an account, not a name
_TENDER = frozenset({"ni", "di", "de", "da", "av", "af", "per", "theo"})
_DATED_LEAD = re.compile(
    r"^\S+\s.{0,30}?\d.*?\s(?:von|by|par|por|door|av|di)\s+(?=[^\W\d_])"
)  # "Posted on 2 May 2024 by"
_RANKS = frozenset({"staff", "senior", "chief", "special", "contributing", "freelance"})
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7a3]")  # a name is one word in these scripts
_COMPANY = re.compile(r"(?:co|cie|company|sons|söhne|partners?)\b", re.IGNORECASE)  # "Meyer & Co. KG"
_LONGEST = 60
_LONGEST_BYLINE = 500


def authors_of(
    written: str, house: frozenset[str], *, is_organisation: bool = False, url: str | None = None
) -> list[Author]:
    """Return the authors that a byline names, in its order; none for accounts such as "admin".

    ``house`` holds the folded names of the site itself, which is an organisation whatever its markup says.
    """
    parts = [
        part
        for part in _parts(written, house)
        if fold(part) not in _nobody() and fold(part) not in _lone_leads() and not _HANDLE.fullmatch(part)
    ]
    kinds = [(part, is_organisation or is_house(part, house)) for part in parts if _is_name(part)]
    return [Author(name=part, kind="organisation" if house_ else "person", url=url) for part, house_ in kinds]


def is_house(name: str, house: frozenset[str]) -> bool:
    """Say whether a name is that of the site, an agency, a desk or a newsroom rather than of a person."""
    told = fold(name)
    if (
        told in house
        or name.casefold() in phrases("agencies")
        or re.search(r"\w\.(?:com|net|org|de|ph|ru|co)\b", name.casefold())
    ):
        return True
    initials = "".join(word[0] for word in name.split()).casefold()
    if len(initials) > 1 and initials in house:
        return True  # "Deutsche Welle" on dw.com
    first, _, rest = name.partition(" ")
    if len(first) > 4 and len(rest) < 3 and any(told.startswith(fold(first)) for told in house):
        return True  # an account called after the site
    if any(word.isupper() and fold(word) in house for word in name.split()):
        return True  # "MDR THÜRINGEN" of MDR
    plain = name.casefold()
    return _holds("organisations", plain, re.findall(r"[^\W_]+", plain))


def _holds(listed: str, plain: str, words: Iterable[str]) -> bool:
    """Say whether a text, of these words, holds a phrase of a list."""
    return not phrases(listed).isdisjoint(words) or _many_worded(listed).search(plain) is not None


@cache
def _many_worded(listed: str) -> re.Pattern[str]:
    """Return the pattern of the phrases that are no plain word: several, hyphened, or with the vowel signs of India."""
    odd = sorted(phrase for phrase in phrases(listed) if not re.fullmatch(r"[^\W_]+", phrase))
    free = [re.escape(phrase) for phrase in odd if " " in phrase or _UNSPACED.match(phrase)]
    bound = [
        rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in odd if " " not in phrase and not _UNSPACED.match(phrase)
    ]
    return re.compile("|".join([*free, *bound]) or r"(?!)")


def may_lead(text: str) -> bool:
    """Say whether a text begins with two letters that a lead begins with; cheaper than looking for one."""
    return text[:2].casefold() in _first_letters()


@cache
def _first_letters() -> frozenset[str]:
    return frozenset(lead[:2].casefold() for _, lead in load("byline_leads"))


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
    plain = _BRACKETED.sub(r"\1", _KOREAN_DOT.sub("、", _led(written[:_LONGEST_BYLINE])[0]))
    plain, lead = _led(without_noise(plain))
    pieces = [piece for group in plain.split(";") for piece in _pieces(group.strip(), house)]
    if len(pieces) == 1 and _HAN_NAMES.fullmatch(pieces[0]) and (lead or _led(written)[1]) in _chinese_leads():
        pieces = pieces[0].split()
    found: list[str] = []
    first_is_full = bool(pieces) and (len(pieces[0].split()) > 1 or is_house(pieces[0], house))
    for place, piece in enumerate(pieces):
        if place and first_is_full and len(piece.split()) == 1 and not _UNSPACED.match(piece):
            continue  # "Ana Cruz, Manila": a place or an agency behind a full name
        found.extend(apart for part in _joined(piece) for apart in _apart(part))
    cleaned = [_tidy(part) for part in found]
    # "Guardian staff reporter" is a desk; behind a name the same words are that person's role.
    is_desk = len(cleaned) == 1 and is_house(cleaned[0], house)
    return list(dict.fromkeys(part for part in cleaned if part and (is_desk or not is_role(part))))


def _pieces(group: str, house: frozenset[str]) -> list[str]:
    """Split what stands between two semicolons, unless it is one name as a catalogue prints it: "Cruz, Ana"."""
    turned = _LAST_FIRST.fullmatch(group)
    if turned and _is_capital(turned["last"]) and _is_capital(turned["first"]) and not is_house(group, house):
        suffix = f", {turned['suffix']}" if turned["suffix"] else ""
        return [f"{turned['first']} {turned['last']}{suffix}"]
    return [piece for piece in _HARD_SPLIT.split(group) if piece.strip()]


def _led(written: str) -> tuple[str, str]:
    """Return a byline without its lead, and the lead."""
    plain = _source_word().sub("", squeeze(written))
    if plain.startswith("by "):  # themes write it small beside the name, where prose does too
        return plain[3:], "by"
    rest, has_lead = without_lead(plain)
    return rest, plain[: len(plain) - len(rest)].strip(" :：/") if has_lead else ""


@cache
def _source_word() -> re.Pattern[str]:
    """Return the pattern of "Source:", which a marked byline may begin with."""
    words = "|".join(re.escape(word) for _, word in load("credit_words"))
    return re.compile(rf"^(?:{words})\s*[:：]\s*", re.IGNORECASE)


@cache
def _chinese_leads() -> frozenset[str]:
    return frozenset(lead.strip(":/") for language, lead in load("byline_leads") if language == "zh")


@cache
def _joiners() -> tuple[str, ...]:
    return ("&", "+", *sorted(phrases("name_joiners"), key=len, reverse=True))


def _joined(piece: str) -> list[str]:
    """Split at "and", "und", "&"; at "y", "e", "i" only between full names, because names hold them too."""
    parts = [piece]
    plain = piece.casefold()
    for joiner in _joiners():
        if joiner not in plain:
            continue
        split: list[str] = []
        for part in parts:
            halves = re.split(rf"\s+{re.escape(joiner)}\s+", part, flags=re.IGNORECASE)
            if len(halves) > 1 and (_COMPANY.match(halves[-1]) or _is_phrase(halves)):
                halves = [part]
            full = all(len(half.split()) > 1 for half in halves)
            split.extend(halves if full or (len(joiner) > 1 and joiner not in ("at", "et", "en")) else [part])
        parts = split
    return parts


def _is_phrase(halves: list[str]) -> bool:
    """Say whether "and" joins words for a desk, not names: "Staff and news service reports"."""
    told = [half.casefold() for half in halves]
    return all(is_house(half, frozenset()) for half in halves) and not any(half in phrases("agencies") for half in told)


def _apart(part: str) -> list[str]:
    """Tell a person from the agency printed right behind the name: "ERIC TUCKER Associated Press"."""
    found = _agency_behind().search(part)
    return [part[: found.start()], found["agency"]] if found and " " in part[: found.start()] else [part]


@cache
def _agency_behind() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(phrases("agencies"), key=len, reverse=True) if len(name) > 4)
    return re.compile(rf"(?<=\w)\s+(?P<agency>(?:the\s)?(?:{names}))$", re.IGNORECASE)


def _tidy(part: str) -> str:
    plain, _ = without_lead(part.strip(" \t.,;:|*-–—_/\"'“”"))
    plain = _KOREAN_PLACE.sub("", _with_agency().sub("", plain))
    words = _SUFFIX.sub("", _AFTER_NAME.sub("", plain)).split()
    while len(words) > 2 and _is_rank(words[-1].casefold().strip(".,")):
        words.pop()  # "Ana Cruz Staff Reporter"
    if not phrases("organisations").isdisjoint(map(str.casefold, words)):
        words = plain.split()  # "Guardian staff reporter" is a desk
    return " ".join(words).strip(' .,;:|*–—_/"“”') + _dot(_SUFFIX.sub("", part))


def _is_rank(word: str) -> bool:
    return word in phrases("roles") or word in _RANKS


@cache
def _with_agency() -> re.Pattern[str]:
    """Return the pattern of "avec AFP" behind a name."""
    names = "|".join(re.escape(name) for name in sorted(phrases("agencies"), key=len, reverse=True))
    return re.compile(rf"\s+(?:avec|with|mit|con|com|met|med)\s+(?:l['’]|the\s)?(?:{names})$", re.IGNORECASE)


def _dot(part: str) -> str:
    """Keep the dot of a closing initial or title: "Maria L." is not "Maria L"."""
    return "." if re.search(r"\b(?:[A-Z]|Jr|Sr)\.\s*$", part) else ""


def is_role(part: str) -> bool:
    """Say whether a part of a byline holds the word of a role: "Deputy Political Editor"."""
    plain = part.casefold()
    return _holds("roles", plain, re.findall(r"[\w-]+", plain))


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
def _lone_leads() -> frozenset[str]:
    """Return the leads that name nobody when they stand alone: "Von" before a name that is marked by itself."""
    return frozenset(fold(lead) for _, lead in load("byline_leads")) - {"nina", "nila"}


@cache
def _leads() -> re.Pattern[str]:
    listed = sorted({lead for _, lead in load("byline_leads")}, key=len, reverse=True)
    return re.compile("|".join(_lead(lead) for lead in listed))


def _lead(lead: str) -> str:
    """A lead may be printed in capitals or with a small first letter, and must end where a word does."""
    forms = {lead, lead.upper(), lead.capitalize()}
    if len(lead) > 2:
        forms |= {lead[0].lower() + lead[1:], lead.title()}
    if _UNSPACED.match(lead):
        ends = r"\s*[:：/＝=]?\s*"
    elif lead[-1] in "/=":
        ends = r"\s*"
    else:
        ends = r"(?:\s*[:：/]\s*|\s+[-–—]\s+|\s+)" if lead[-1] != ":" else r"\s*[:：]\s*"
    return rf"(?:{'|'.join(re.escape(form.rstrip(':')) for form in sorted(forms))}){ends}"


def unique(found: Iterable[Author]) -> tuple[Author, ...]:
    """Return authors without repetition; a name that is only a part of another one is the same person."""
    kept: dict[str, Author] = {}
    for author in found:
        kept.setdefault(fold(author.name), author)
    return tuple(kept.values())

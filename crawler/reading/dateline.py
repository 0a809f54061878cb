"""The dateline: the place a story begins with, and the wire agency that it names.

Both are told apart here; the dateline stays in the body as printed. The shapes are those of counters-and-bylines.md,
section 8: a head of place, date and agency, then a mark. A place is in capitals, or one or two words of a script
that has none, or has a date or an agency behind it: a name before a dash alone is how many other sentences begin.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from crawler.reading.words import load, phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archive.records import Author


class Dateline(NamedTuple):
    """The place (and the date with it) as printed, and the agency as printed."""

    place: str | None
    agency: str | None


_WINDOW = 120  # signs of a paragraph in which its dateline ends
_SHORTEST_REST = 20
_LONGEST_PLACE = 60
_MARK = re.compile(
    r"\s*(?:[（(](?P<credit>[^()（）]{2,40})[）)]\s*(?:[–—:：។៖।.-]{1,2}(?=\s|$)|[–—]|(?=\s?[^\s\W]))"
    r"|[–—។៖।]|(?<!\d)[:：]|--|\s-(?=\s|[^\W\d])|-(?=\s))\s*"
)
_SLASHED = re.compile(r"\s/([^/\s]{2,20})/(?=[.\s–—-])")  # "МОСКВА, 14 мая /ТАСС/. "
_WIRED = re.compile(r"(?P<place>[^\W\d_]{2,20}(?:\s[^\W\d_]{2,20})?)\s?[-–—/]\s?(?P<wire>[^\W\d_]{2,20})(?=[\s:.–—-])")
_STOP = re.compile(r"\.\s+")
_MONTHLIKE = r"[^\s\d,.()/–—-]{2,}\.?"
_DATE = re.compile(
    rf"(?:[,،፣]|(?<=[\u0600-\u06ff])\s)\s*\(?(?:{_MONTHLIKE},?\s)?(?:\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?\.?|"
    rf"\d{{1,2}}[.,]?[\s-](?:de\s|di\s|ng\s)?{_MONTHLIKE}(?:,?\s(?:de\s)?\d{{4}})?|{_MONTHLIKE}\s\d{{1,2}}(?:[,፣]?\s\d{{4}})?)\)?$"
)
_BARE_DATE = re.compile(rf"(?:\d{{1,2}}[.,]?\s(?:de\s)?{_MONTHLIKE}|{_MONTHLIKE}\s\d{{1,2}})")
_LABEL = re.compile(r"[^\W\d_][^a-zà-ÿа-я\d:]{1,40}:\s")
_STATE = re.compile(r"[A-Z]{2}(?:, (?:USA|[A-Z]\w+ [A-Z]\w+))?")  # "Tulsa, OK –" on press releases
_PARTICLES = frozenset(
    ("de", "del", "di", "da", "do", "la", "le", "el", "ng", "sa", "of", "and", "am", "an", "der", "den", "sur", "на")
)
_BRACKETED = re.compile(r"[【\[（(](?P<inside>[^】\]）)]{2,30})[】\]）)]\s*")
_OUTLET = re.compile(r"(?P<place>[^\W\d_]{1,12})[=＝](?P<outlet>[^\s=＝]{2,20})")
# 新华社北京5月2日电, 中新网上海五月二日电, （中央社台北25日電）
_CHINESE_WIRE = re.compile(
    r"[（(]?(?P<agency>[\u4e00-\u9fff]{1,4}?[社网網])(?P<place>(?!记者|記者)[\u4e00-\u9fff]{2,8}?)"
    r"(?:[\d一二三四五六七八九十]{1,3}月)?[\d一二三四五六七八九十]{1,3}日(?:专|專|综合)?[电電讯訊]"
)
_HANGUL = re.compile(r"[가-힣]+")
_KANA_HAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")
# What separates the names of a joint credit: "APA/sda/dpa", "KNA, iz", "AFP und dpa".
_JOINT = re.compile(r"\s*[/,;、،|+]\s*|\s+(?:and|und|et|y|e|och|og|en|–|-)\s+")


def dateline_of(paragraph: str) -> Dateline | None:
    """Return the dateline that a paragraph begins with, or None."""
    if "/" in paragraph[:_WINDOW]:
        paragraph = _SLASHED.sub(r" (\1)", paragraph[:_WINDOW], count=1) + paragraph[_WINDOW:]
    found = _bracketed(paragraph) or _wired(paragraph)
    if found is None:
        found = next(filter(None, (_judged(*piece) for piece in _heads(paragraph))), None)
    return found


def dateline_in(paragraphs: Sequence[str]) -> Dateline | None:
    """Return the dateline of a story: that of its first paragraph, or of the second behind a standfirst.

    Where later paragraphs begin with a word in capitals and a colon too, these are labels or speakers: "CLAIM: …".
    """
    for paragraph in paragraphs[:2]:
        found = dateline_of(paragraph)
        is_label = _LABEL.match(paragraph) and any(
            _LABEL.match(other) for other in paragraphs[1:] if other != paragraph
        )
        if found and not is_label:
            return found
    return None


def _heads(paragraph: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield each head that a mark ends: the head, what stands in brackets behind it, the mark, the rest."""
    window = paragraph[:_WINDOW]
    for mark in _MARK.finditer(window):
        yield paragraph[: mark.start()], mark["credit"] or "", mark.group(), paragraph[mark.end() :]
    for stop in _STOP.finditer(window):
        yield paragraph[: stop.start()], "", ".", paragraph[stop.end() :]


def _judged(head: str, credit: str, mark: str, rest: str) -> Dateline | None:
    """Return the dateline that a head is, judged by its letters, its date, its agency and what follows."""
    agency = known_agency(credit)
    head = head.strip()
    if len(rest) < _SHORTEST_REST or len(head) > _LONGEST_PLACE or (not rest[0].isalnum() and rest[0].isspace()):
        return None
    if agency and (not head or _BARE_DATE.fullmatch(head)):
        return Dateline(None, agency)  # "(Reuters) — ", "March 4 (Reuters) - "
    if len(head) < 2 or not head[0].isalpha():
        return None
    head, wire = _without_wire(head)
    dated = _DATE.search(head)
    place = head[: dated.start()] if dated else head
    is_sure = bool(agency or wire)
    if rest[0].islower() and not is_sure:
        return None
    parts = [part.strip() for part in re.split(r"[,،፣]", place)]
    if _is_excluded(parts[0]) or not 1 <= len(parts) <= 3 or not all(map(_is_words, parts)):
        return None
    if credit and not is_sure and not _is_capitals(parts[0]):
        return None
    if _fits(parts, mark, has_date=bool(dated), is_sure=is_sure):
        return Dateline(head.strip(" ,"), agency or wire)
    return None


def _fits(parts: list[str], mark: str, *, has_date: bool, is_sure: bool) -> bool:
    """Say whether the parts of a place are as its script writes one before such a mark."""
    first = parts[0]
    if is_cased(first):
        rest_is_named = all(word[0].isupper() or word in _PARTICLES for part in parts[1:] for word in part.split())
        if _is_capitals(first):
            is_speaker = mark.strip() in (":", "：") and any(_is_capitals(part) for part in parts[1:])
            return rest_is_named and not is_speaker and (len(first) > 3 or has_date or is_sure or len(parts) > 1)
        is_name = len(first.split()) <= 4 and all(
            word[0].isupper() or word in _PARTICLES for word in re.split(r"[\s/]+", first)
        )
        is_press = len(parts) > 1 and bool(_STATE.fullmatch(", ".join(parts[1:]))) and mark.strip() != ":"
        return is_name and rest_is_named and (is_sure or (has_date and mark != ":") or is_press)
    if len(parts) > 2 or any(len(part.split()) > 2 or len(part) > 25 for part in parts):
        return False
    if is_sure or has_date:
        return True
    script = first[0]
    if "\u0900" <= script <= "\u0dff":  # the scripts of India: danda, colon, dash
        return mark.strip() != "."
    if "\u1780" <= script <= "\u17ff":  # Khmer
        return mark.strip() in ("៖", "។", ":")
    # Arabic, Thai, Lao, Amharic: a dash with blanks, as a colon is how a speaker is named.
    return mark.strip() in ("-", "–", "—") and mark[:1].isspace() and script > "\u05ff" and not _KANA_HAN.match(script)


def is_cased(text: str) -> bool:
    """Say whether a text is in a script with capitals: Latin, Cyrillic, Greek, Armenian."""
    return text.lower() != text.upper() and not "\u10a0" <= text[0] <= "\u10ff"


def _is_words(part: str) -> bool:
    """Say whether a part of a place is nothing but words, without digits, quotes and brackets."""
    return bool(part) and all(
        sign.isalpha() or unicodedata.category(sign)[0] == "M" or sign in " .'’-/" for sign in part
    )


def _is_capitals(part: str) -> bool:
    """Say whether a place is in capitals: ILOILO CITY, SAN JOSÉ DEL MONTE, BEIRUT/THE HAGUE, CAP d'ESPOIR is none."""
    words = [word for word in re.split(r"[\s/]+", part) if word.lower() not in _PARTICLES]
    return 1 <= len(words) <= 4 and part == part.upper() and part != part.lower() and sum(map(str.isalpha, part)) > 1


def _is_excluded(place: str) -> bool:
    """Say whether capitals or brackets hold the kind of a story or its topic, not its place."""
    words = [word.strip(".'’") for word in re.split(r"[\s/-]+", place.casefold())]
    telling = next((word for word in words if word not in _PARTICLES), "")
    return telling in phrases("no_places") or place.casefold() in phrases("no_places")


def _without_wire(head: str) -> tuple[str, str | None]:
    """Return a head without the agency behind a comma or a slash, and that: "ԵՐԵՎԱՆ, 5 ՄԱՅԻՍԻ, ԱՐՄԵՆՊՐԵՍ"."""
    found = re.search(r"\s*[-–—/,،፣]\s*([^-–—/,،፣]{2,25})$", head)
    if found and (wire := known_agency(found.group(1))):
        return head[: found.start()], wire
    return head, None


def _wired(paragraph: str) -> Dateline | None:
    """Read a place and an agency that a dash joins, with nothing behind it: "دمشق-سانا"."""
    found = _WIRED.match(paragraph)
    wire = known_agency(found["wire"]) if found else None
    return Dateline(found["place"], wire) if found and wire and len(paragraph) > found.end() + _SHORTEST_REST else None


def _bracketed(paragraph: str) -> Dateline | None:
    """Read what stands in brackets at the start, or before 电: East Asian papers and agencies."""
    wire = _CHINESE_WIRE.match(paragraph)
    if wire and len(paragraph) > wire.end() + _SHORTEST_REST:
        return Dateline(wire["place"], known_agency(wire["agency"]))
    found = _BRACKETED.match(paragraph)
    if found is None or len(paragraph) < found.end() + _SHORTEST_REST:
        return None
    inside = found["inside"].strip()
    if _is_excluded(inside):
        return None
    if named := _OUTLET.fullmatch(inside):
        agency = known_agency(named["outlet"])
        is_place = not _HANGUL.fullmatch(named["place"]) or len(named["place"]) <= (6 if agency else 4)
        return Dateline(named["place"], agency) if is_place else None
    if paragraph[0] == "【" and _KANA_HAN.fullmatch(inside):
        for name in sorted(phrases("agencies"), key=len, reverse=True):
            if inside.endswith(name) and len(inside) > len(name):  # 【ワシントン共同】
                return Dateline(inside.removesuffix(name), name)
        agency = known_agency(inside)
        return Dateline(None if agency else inside, agency) if len(inside) <= 12 else None
    return None


def agency_of(paragraphs: Sequence[str], authors: Iterable[Author], byline: str | None) -> tuple[str | None, str]:
    """Return the wire agency that a story credits, as printed, and where: dateline, byline or last lines."""
    found = dateline_in(paragraphs)
    if found and found.agency:
        return found.agency, "body dateline"
    for author in authors:
        if author.kind == "organisation" and (agency := known_agency(author.name)):
            return agency, "byline"
    if agency := _closing(byline or "", _IN_BYLINE):
        return agency, "byline"
    for paragraph in reversed(paragraphs[-3:]):
        if agency := _closing(paragraph[-_LONGEST_CREDIT:], _CREDIT):
            return agency, "body credit"
    return None, ""


_LONGEST_CREDIT = 200
_IN_BYLINE = re.compile(
    r"(?:[（(]|\s(?:avec|with|mit|con|com|met|med|und|and|et|y|e)\s+(?:l['’]|the\s|la\s)?|[,/|·]\s*|\s[-–—]\s)(?P<name>[^()（）,/|·]{2,30}?)[）)]?$"
)
_CREDIT = re.compile(
    r"(?:(?:^|(?<=[.!?।。”\"'’»])\s*|\s)[（(\[](?P<bracket>[^()（）\[\]]{2,40})[）)\]]\.?"
    r"|(?:^|(?<=[.!?।。”\"'’»])\s*)[-–—]{1,2}\s*(?P<dash>[^-–—()]{2,30})\.?"
    r"|^(?P<line>[^()\s][^()]{1,40}))$"
)


def _closing(text: str, shape: re.Pattern[str]) -> str | None:
    """Return the agency that ends a text: "(PNA)", "- Reuters", "Quelle: dpa", "Reporting by Associated Press"."""
    plain = text.strip()
    reported = _reported().search(plain)
    if reported and (agency := known_agency(reported["name"])):
        return agency
    for found in shape.finditer(plain):
        name = next((value for value in found.groupdict().values() if value), "")
        if agency := known_agency(_source_word().sub("", name)):
            return agency
    return None


@cache
def _reported() -> re.Pattern[str]:
    """Return the pattern of a line that says who reported: "Reporting by Associated Press writer Ana Cruz"."""
    names = "|".join(re.escape(name) for name in sorted(phrases("agencies"), key=len, reverse=True) if len(name) > 3)
    return re.compile(rf"\breport(?:ing|s|ed)\s(?:by|from|for)\s(?:the\s)?(?P<name>{names})\b", re.IGNORECASE)


@cache
def _source_word() -> re.Pattern[str]:
    """Return the pattern of the word before a credit: "Source:", "Quelle:", "Источник:"."""
    words = "|".join(re.escape(word) for _, word in sorted(load("credit_words"), key=lambda pair: -len(pair[1])))
    return re.compile(rf"^(?:{words})\s*[:：]?\s*", re.IGNORECASE)


def known_agency(credit: str) -> str | None:
    """Return the first agency that a credit names, as printed; None where it names none.

    A short name in small letters is a journalist's sign ("(aa)"), except those that write themselves so.
    """
    for part in _JOINT.split(credit.strip(" .-–—")):
        name = part.strip()
        told = unicodedata.normalize("NFKC", name).casefold().removeprefix("the ")
        if told in _agencies() and (not name.islower() or len(name) > 3 or name in _SMALL or not is_cased(name)):
            return name
    return None


@cache
def _agencies() -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFKC", name) for name in phrases("agencies"))


_SMALL = frozenset(("dpa", "epd", "kna", "sda", "sid", "apa", "afp", "ats", "efe", "anp", "ntb", "rtr"))

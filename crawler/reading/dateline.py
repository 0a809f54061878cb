"""The dateline: the place a story begins with. It is told apart here and stays in the body as printed."""

from __future__ import annotations

import re

# Shapes seen on real pages (counters-and-bylines.md, 8); the place is kept as written.
_CAPITALS = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐΑ-Ω][A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐΑ-Ω.’'-]+"
_PLACE = rf"{_CAPITALS}(?:[\s/-]{_CAPITALS}){{0,4}}"
_REGION = r"(?:,\s(?:\d{1,2}\s)?[^\W\d_][\w.’'-]*(?:\s[^\W\d_][\w.’'-]*){0,3}?\.?)?"
_SHAPES = (
    # BEIJING. / MANILA, Philippines — / LONDON (Reuters) - / ТЮМЕНЬ, 14 мая. / HYDERABAD:
    re.compile(rf"(?P<place>{_PLACE}{_REGION})\s*(?:\([^()]{{2,40}}\)\s*)?(?:[–—―:]|--?(?=\s)|\.(?=\s))"),
    # Agency style: LONDON (Reuters) Text
    re.compile(rf"(?P<place>{_PLACE}{_REGION})\s*\((?:AP|AFP|Reuters|PNA|Xinhua|dpa|EFE|ANSA|PTI|IANS)[^()]{{0,20}}\)"),
    # 【函館】 / [강릉=매체명]
    re.compile(r"[【\[](?P<place>[^\W\d_]{1,12})(?:[=＝][^】\]]{1,30})?[】\]]"),
    # रीवा। — one Indic word, then the danda
    re.compile(r"(?P<place>[\u0900-\u0dff]{2,20})(?:।|\s?[-–—:]\s)"),
    # المدينة -
    re.compile(r"(?P<place>[\u0600-\u06ff]{2,20}(?:\s[\u0600-\u06ff]{2,20})?)\s[-–—]\s"),
)
# Capitals at the beginning that are no place.
_NO_PLACE = frozenset((
    "UPDATE", "UPDATED", "BREAKING", "LIVE", "WATCH", "VIDEO", "OPINION", "NOTE", "EXCLUSIVE", "Q", "A", "I", "WHAT",
    "WHO", "WHY", "HOW", "WHEN", "WHERE", "TV", "ADVERTISEMENT", "RELATED", "READ", "MORE", "PHOTO", "PHOTOS", "EDITOR",
    "COVID", "FAQ",
))  # fmt: skip


def dateline_of(paragraph: str) -> str | None:
    """Return the place a paragraph begins with, as written, or None."""
    for shape in _SHAPES:
        found = shape.match(paragraph)
        if found is None or len(paragraph) < found.end() + 20:
            continue
        place = found["place"].strip()
        if place.split(",")[0].split()[0].rstrip(".:") not in _NO_PLACE and 2 <= len(place) <= 60:
            return place
    return None

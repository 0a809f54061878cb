"""When a story was published and changed, as the page gives it: with its time of day and its own offset.

trafilatura and htmldate drop the time of day, so JSON-LD, meta tags and marked-up elements are read here and htmldate
is asked last. A text is tried as ISO 8601, then against fixed patterns, then by dateparser, which alone is slow.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateparser.data.languages_info import language_order
from dateparser.date import DateDataParser
from htmldate import find_date

from archive.records import Moment
from crawler.reading.attributes import NamePattern
from crawler.reading.dom import classes, drop, duplicate, text_of
from crawler.reading.jsonld import text
from crawler.reading.written import date_in_words, names_a_day, time_ago

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.reading.page import Page
    from crawler.site import Site

# Meta tags that say when a story was published, the most trusted first (reading-pages.md, 4).
PUBLISHED_META = (
    "article:published_time", "article:published:time", "og:published_time", "article:published",
    "og:article:published_time", "datepublished", "published_time", "dc.date.issued", "dcterms.issued",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "pubdate",
    "publishdate", "publish-date", "publish_date", "published-date", "article.published", "article_date_original",
    "dcterms.created", "dc.date.created", "dc.created", "article:created", "og:pubdate",
    "originalpublicationdate",
)  # fmt: skip
# Tags that some systems fill with the day of the last change or of the export: asked after what the page shows.
VAGUE_META = ("dcterms.date", "dc.date", "date", "timestamp", "last-published")
MODIFIED_META = (
    "article:modified_time", "article:modified:time", "og:updated_time", "article:modified", "article:updated_time",
    "datemodified", "dcterms.modified", "dc.date.modified", "lastmod", "last-modified", "last_updated_date", "revised",
)  # fmt: skip
_MOST = 100  # marked elements looked at, the nearest to the headline first
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]\s*(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?P<fraction>[.,]\d+)?"
    r"\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?(?:\[[\w/]+\])?(?:\s*[A-Z]{2,4})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<day>\d{8})(?:T?(?P<time>\d{4}(?:\d{2})?))?(?P<offset>Z|[+-]\d{4})?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_NUMERIC = re.compile(
    r"(?P<a>\d{1,2})\s?[./-]\s?(?P<b>\d{1,2})\s?[./-]\s?(?P<year>\d{4}|\d{2}(?!\d))"
    r"(?:[\s,|·–-]*(?:at|um|à las|a las|ore|kl\.?|klo|om)?\s*(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::\d{2})?"
    r"\s*(?P<half>[ap]\.?m\.?)?)?(?:\s*(?:uhr|hrs?|h|ore)\b)?\.?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    r"(?P<year>(?:19|20)\d{2})[/.]\s?(?P<month>\d{1,2})[/.]\s?(?P<day>\d{1,2})\.?"
    r"(?:[\s,|T-]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
)
# Countries that write the month first in numbers (Unicode CLDR); everybody else writes the day first.
_MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW", "GU", "PR"})
_LEAD = re.compile(
    r"^[^\d\w]+|^[^\d:]{2,30}:\s+|^(?:published|posted|updated|veröffentlicht|erstellt|stand|publié|publicado|pubblicato)\s(?:on|am|le|el|il)?\s*",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d\s?[:.h]\s?\d|\d\s?[ap]\.?m", re.IGNORECASE)
_DATE_CLASS = NamePattern(
    r"(?:^|[\s_-])(?:date|datum|time|timestamp|published|publish|pubdate|posted|fecha|data|day|stand|petsa|tanggal)(?:$|[\s_-])"
)
# A date with its year, and perhaps a time, as it is printed inside a line.
_WRITTEN = re.compile(
    r"(?:\d{1,2}\.?\s(?:de\s|ng\s)?[^\W\d_]{3,12}\.?,?\s(?:de\s)?\d{4}|[^\W\d_]{3,12}\.?\s\d{1,2},\s?\d{4}|"
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}(?=\s\|))|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日)"
    r"(?:[\s,|–-]+(?:um\s|at\s|à\s|a las\s|kl\.?\s)?\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?)?",
    re.IGNORECASE,
)
# The same behind the day of the week, as it begins a line; in brackets, as it begins a story.
_DATE_LINE = re.compile(rf"(?:[^\W\d_]{{2,12}}\.?,?\s)?(?P<date>{_WRITTEN.pattern})", re.IGNORECASE)
_DATELINE_DAY = re.compile(rf"\s*(?:[^\W\d_][^()\d]{{1,30}})?\((?P<date>{_WRITTEN.pattern})\)", re.IGNORECASE)
_PUBLISHED_WORD = re.compile(
    r"\b(?:erschienen am|veröffentlicht am|publiziert am|published on|published:|date published|publié le|"
    r"publicado (?:el|em)|"
    r"pubblicato il|gepubliceerd op|publicerad|publisert|udgivet|julkaistu|opublikowano|publikováno|дата публикации|"
    r"опубликовано|опубліковано|yayınlanma tarihi|inilathala|nai-publish|diterbitkan|tayang|"
    r"ngày đăng)",
    re.IGNORECASE,
)
_TODAY_CLASS = re.compile(
    r"(?:current|today|to-?days|now|header|top-?bar|server)s?[_-]?(?:date|time|day)|date[_-]?today|data_time"
)
_MASTHEAD_CLASS = re.compile(
    r"(?:^|[\s_-])(?:masthead|top-?bar|top-?nav|navbar|(?:site|page|main|td)[_-]?header|header-(?:top|wrap|main|bar)|"
    r"header)(?:$|[\s_-])"
)
_MODIFIED_CLASS = re.compile(r"modif|updated|update(?:d|time)|aktualis")
_URL_DAY = re.compile(r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:[/-]|$)")


@dataclass(frozen=True, slots=True)
class Clock:
    """What reading a date needs beside its text: zone, time of the fetch, languages, whether the month comes first."""

    zone: tzinfo
    fetched_at: datetime | None
    languages: tuple[str, ...]
    month_first: bool

    @classmethod
    def of(cls, page: Page, site: Site) -> Clock:
        """Return what page and site say about how dates are written here."""
        lang = (page.tree.get("lang") or "").lower()
        languages = tuple(dict.fromkeys(filter(None, [*site.languages, re.split("[-_]", lang)[0]])))
        month_first = site.country in _MONTH_FIRST or lang in ("en-us", "en-ph")
        return cls(zone_of(site.timezone), page.fetched_at, languages, month_first)


@cache
def zone_of(name: str) -> tzinfo:
    """Return an IANA zone, UTC if nobody knows it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def published(page: Page, clock: Clock) -> tuple[Moment | None, str]:
    """Return when the story was published and where that was read.

    JSON-LD, meta, marked-up elements, the address and htmldate, in this order; a source that gives a day only is
    refined by a later one that gives the time on the same day.
    """
    moment, source = _first_published(page, clock)
    if moment is not None and moment.precision != "day" and not moment.at.utcoffset():
        moment = _localised(moment, page, clock)
    return moment, source


def _first_published(page: Page, clock: Clock) -> tuple[Moment | None, str]:
    best: tuple[Moment, str] | None = None
    for moment, source in _published_candidates(page, clock):
        if moment is None or not _is_plausible(moment, clock):
            continue
        if best is not None and not _is_vague(moment) and moment.at.date() == best[0].at.date():
            return moment, source
        best = best or (moment, source)
        if not _is_vague(best[0]):
            return best
    return best or _by_htmldate(page, clock)


def _localised(moment: Moment, page: Page, clock: Clock) -> Moment:
    """Return a UTC moment in the offset in which the page shows the same minute elsewhere.

    JSON-LD often says 05:30Z where ``<time>`` says 23:30 the day before: one instant, but not the reader's day.
    """
    others = [*_from_meta(page, PUBLISHED_META, clock), *_from_meta(page, VAGUE_META, clock), *_from_times(page, clock)]
    for other, _ in others:
        if other is None or other.precision == "day":
            continue
        if other.at == moment.at and other.at.utcoffset():
            return Moment(at=other.at, precision=moment.precision)
        gap = other.at.replace(tzinfo=UTC) - moment.at
        is_offset = gap and abs(gap) <= timedelta(hours=14) and gap.total_seconds() % 900 == 0
        if is_offset and other.at.tzinfo is clock.zone:  # printed without an offset
            return Moment(at=moment.at.astimezone(timezone(gap)), precision=moment.precision)
    return moment


def modified(page: Page, clock: Clock) -> tuple[Moment | None, str]:
    """Return when the story was last changed, as the page admits it; never guessed from its text."""
    for moment, source in _modified_candidates(page, clock):
        if moment is not None and _is_plausible(moment, clock):
            return moment, source
    return None, ""


def parse_moment(written: str | None, clock: Clock, *, is_quick: bool = False) -> Moment | None:
    """Return the moment that a text is; None if it is none. A text without offset is in the site's zone.

    dateparser knows every language and costs a hundred times as much as the rest; ``is_quick`` leaves it out.
    """
    if not written:
        return None
    plain = _LEAD.sub("", written.strip())
    if len(plain) > 100:
        return None
    for way in (_iso, _compact, _rfc, _in_words, _year_first, _numeric, _unix, _ago):
        try:
            found = way(plain, clock)
        except (ValueError, OverflowError):
            continue
        if found is not None:
            return found
    return None if is_quick else _by_dateparser(plain, clock)


def _is_plausible(moment: Moment, clock: Clock) -> bool:
    """Say whether a moment lies between the first news page and two days after the fetch."""
    try:
        latest = clock.fetched_at + timedelta(days=2) if clock.fetched_at else None
        return moment.at >= _EARLIEST and (latest is None or moment.at <= latest)
    except OverflowError:
        return False


def _is_vague(moment: Moment) -> bool:
    """Say whether a moment is a day only; many systems write such a day as its midnight."""
    return moment.precision == "day" or (moment.at.hour, moment.at.minute, moment.at.second) == (0, 0, 0)


def _published_candidates(page: Page, clock: Clock) -> Iterator[tuple[Moment | None, str]]:
    for node in (page.article, page.graph.web_page()):
        for key in ("datePublished", "dateCreated", "uploadDate"):
            yield parse_moment(text((node or {}).get(key)), clock), "json-ld"
    yield from _from_meta(page, PUBLISHED_META, clock)
    yield from _from_elements(page, clock, ("datepublished", "datecreated", "pubdate"))
    yield from _from_times(page, clock)
    yield from _from_title(page, clock)
    yield from _from_dateline(page, clock)
    yield from ((parse_moment(told, clock), "dom label") for told in _labelled(page))
    yield from _from_texts(page, clock)
    yield from _from_lines(page, clock)
    yield from _from_meta(page, VAGUE_META, clock)
    yield _from_address(page, clock), "url"


def _modified_candidates(page: Page, clock: Clock) -> Iterator[tuple[Moment | None, str]]:
    for node in (page.article, page.graph.web_page()):
        yield parse_moment(text((node or {}).get("dateModified")), clock), "json-ld"
    yield from _from_meta(page, MODIFIED_META, clock)
    yield from _from_elements(page, clock, ("datemodified",))
    for element in page.scope.own(page.tagged("time")):
        if _MODIFIED_CLASS.search(classes(element)) and "published" not in classes(element):
            yield parse_moment(told_by(element), clock), "dom time.updated"


def _from_meta(page: Page, names: Iterable[str], clock: Clock) -> Iterator[tuple[Moment | None, str]]:
    for name in names:
        for content in page.meta.get(name, ())[:1]:
            yield parse_moment(content, clock), f"meta {name}"


def _from_elements(page: Page, clock: Clock, names: tuple[str, ...]) -> Iterator[tuple[Moment | None, str]]:
    """Read microdata; an itemprop inside a list of other stories is not ours."""
    for element in page.scope.own(page.marked("itemprop")):
        prop = element.get("itemprop").lower()
        if any(name in prop.split() for name in names):
            yield parse_moment(told_by(element), clock), f"dom itemprop={element.get('itemprop')}"


def _from_times(page: Page, clock: Clock) -> Iterator[tuple[Moment | None, str]]:
    found = page.scope.own(page.tagged("time", "abbr", "relative-time"))[:_MOST]
    found = [
        element
        for element in found
        if (element.get("datetime") or element.tag == "time" or element.get("title"))
        and not _is_masthead(page, element)
    ]
    firm = [
        element for element in found if not _MODIFIED_CLASS.search(classes(element)) or "published" in classes(element)
    ]
    for element in [*firm, *found]:
        yield parse_moment(told_by(element), clock), f"dom {element.tag}"


def _from_texts(page: Page, clock: Clock) -> Iterator[tuple[Moment | None, str]]:
    """Read the short texts of elements that are called a date, near the headline first; at most eight of them."""
    named = [
        element
        for element in page.classed(_DATE_CLASS)
        if element.tag not in ("time", "body", "html") and not _MODIFIED_CLASS.search(classes(element))
    ]
    shown = (text_of(element) for element in page.scope.own(named)[:_MOST] if not _is_masthead(page, element))
    dates = [told for told in shown if len(told) <= 60 and (names_a_day(told) or _is_dated(told))]
    for told in dates[:8]:
        yield parse_moment(told, clock), "dom date"


def _is_dated(told: str) -> bool:
    """Say whether a text has room and figures for a date."""
    return len(told) >= 6 and any(sign.isdigit() for sign in told)


def _is_masthead(page: Page, element: HtmlElement) -> bool:
    """Say whether a date stands in the head of the site, where it is today's, or is called today's."""
    if _TODAY_CLASS.search(classes(element)):
        return True
    if page.headline is None:
        return False
    for ancestor in element.iterancestors():
        if not page.scope.is_apart(ancestor):
            return False
        if ancestor.tag == "header" or _MASTHEAD_CLASS.search(classes(ancestor)):
            return next(ancestor.iterancestors("article"), None) is None
    return False


def _from_title(page: Page, clock: Clock) -> Iterator[tuple[Moment | None, str]]:
    """Read a date that ends the page's title behind a bar: "Headline | Paper | 28.04.2023"."""
    for title in (*page.meta.get("og:title", ())[:1], page.tree.findtext(".//title") or ""):
        last = re.split(r"\s[|–—-]\s", title)[-1].strip()
        if _WRITTEN.fullmatch(last):
            yield parse_moment(last, clock, is_quick=True), "title"


def _from_lines(page: Page, clock: Clock) -> Iterator[tuple[Moment | None, str]]:
    """Read a date in a short line right behind the headline."""
    start = page.elements.index(page.headline) if page.headline is not None else None
    near = page.elements[start + 1 : start + 40] if start is not None else ()
    for piece, holder in _short_pieces(near):
        found = _DATE_LINE.match(piece.strip(" \t\r\n|,·•–-("))
        if found is not None and not page.scope.is_foreign(holder):
            yield parse_moment(found["date"], clock), "dom line"


def _labelled(page: Page) -> Iterator[str]:
    """Return the dates behind a word such as "Erschienen am:", in its line, or in the next where the word is alone."""
    is_next = False
    for piece, _ in _short_pieces(page.elements):
        if piece.isspace():
            continue
        has_year = "20" in piece or "19" in piece
        if is_next and has_year and (found := _DATE_LINE.match(piece.strip())) is not None:
            yield found["date"]
        told = _PUBLISHED_WORD.search(piece) if has_year or len(piece) <= 40 else None
        is_next = told is not None and not piece[told.end() :].strip(" :\r\n\t\xa0")
        if told is not None and (found := _WRITTEN.search(piece, told.end())) is not None:
            yield found.group()


def _short_pieces(elements: Iterable[HtmlElement]) -> Iterator[tuple[str, HtmlElement]]:
    """Return the short pieces of text in these elements and behind them, each with the element that holds it."""
    for element in elements:
        if element.text and 6 <= len(element.text) <= 90:
            yield element.text, element
        if element.tail and 6 <= len(element.tail) <= 90 and (parent := element.getparent()) is not None:
            yield element.tail, parent


def _from_dateline(page: Page, clock: Clock) -> Iterator[tuple[Moment | None, str]]:
    """Read the day in brackets that begins a story: "(21. November 2022) The price …", "Roxas (2.5.2026)."."""
    for element in page.elements:
        begin = (element.text or "")[:80]
        if "(" in begin and (found := _DATELINE_DAY.match(begin)) is not None and not page.scope.is_foreign(element):
            yield parse_moment(found["date"], clock), "dom dateline"
            return


def told_by(element: HtmlElement) -> str | None:
    """Return what a marked-up date says to machines, else what it says to readers."""
    for name in ("datetime", "content", "title"):
        value = element.get(name)
        if value and any(sign.isdigit() for sign in value):
            return str(value)
    return text_of(element)


def _from_address(page: Page, clock: Clock) -> Moment | None:
    found = _URL_DAY.search(page.url)
    try:
        return _day(datetime(*(int(part) for part in found.groups()), tzinfo=clock.zone)) if found else None  # type: ignore[arg-type,misc]  # three integers
    except ValueError:
        return None


def _by_htmldate(page: Page, clock: Clock) -> tuple[Moment | None, str]:
    """Ask htmldate for the day, without what other stories and the site say.

    It must not look at the clock, so the fetch is the latest day it may find. It makes the first of January of a
    copyright year.
    """
    latest = (clock.fetched_at + timedelta(days=1)) if clock.fetched_at else datetime(2100, 1, 1, tzinfo=UTC)
    tree = _without_others(page)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = find_date(tree, original_date=True, url=page.url or None, max_date=latest.replace(tzinfo=None))
    if not found or (found.endswith("-01-01") and f"{found[:4]}-01" not in page.text):
        return None, ""
    return _day(datetime.fromisoformat(found).replace(tzinfo=clock.zone)), "htmldate"


def _without_others(page: Page) -> HtmlElement:
    """Return the tree without sidebars, teasers, comments, footer and the site's head."""
    tree = duplicate(page.tree)
    for element, copy in list(zip(page.elements, tree.iter(), strict=False)):
        parent = element.getparent()
        if parent is None or element.tag in ("html", "head", "body") or page.scope.is_foreign(parent):
            continue
        if page.scope.is_foreign(element) or (element.tag == "header" and page.scope.is_apart(element)):
            drop(copy)
    return tree


def _day(at: datetime) -> Moment:
    return Moment(at=at.replace(hour=0, minute=0, second=0, microsecond=0), precision="day")


def _iso(written: str, clock: Clock) -> Moment | None:
    found = _ISO.fullmatch(written)
    if found is None:
        return None
    if not found["time"]:
        return _day(datetime.fromisoformat(found["day"]).replace(tzinfo=clock.zone))
    at = datetime.fromisoformat(f"{found['day']}T{found['time'].rjust(8 if found['time'].count(':') == 2 else 5, '0')}")
    return _timed(at.replace(tzinfo=_offset(found["offset"]) or clock.zone), found["time"])


def _compact(written: str, clock: Clock) -> Moment | None:
    """Read ISO 8601 without separators, and seconds or milliseconds since 1970."""
    if _EPOCH.fullmatch(written):
        return Moment(at=datetime.fromtimestamp(int(written[:10]), UTC).astimezone(clock.zone))
    found = _COMPACT.fullmatch(written)
    if found is None:
        return None
    day = datetime.strptime(found["day"], "%Y%m%d").replace(tzinfo=clock.zone)
    if not found["time"]:
        return _day(day)
    at = day.replace(hour=int(found["time"][:2]), minute=int(found["time"][2:4]), second=int(found["time"][4:] or 0))
    return _timed(at.replace(tzinfo=_offset(found["offset"]) or clock.zone), "::" if found["time"][4:] else ":")


def _rfc(written: str, clock: Clock) -> Moment | None:
    """Read the date of an e-mail or HTTP header, as old systems write it into meta tags."""
    if not re.match(r"(?:[A-Z][a-z]{2},\s)?\d{1,2} [A-Z][a-z]{2} \d{4} \d", written):
        return None
    at = parsedate_to_datetime(written)
    return Moment(at=at if at.tzinfo else at.replace(tzinfo=clock.zone))


def _unix(written: str, clock: Clock) -> Moment | None:
    """Read "Sat May  2 08:15:00 2026", as C prints a time."""
    if not re.match(r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d", written):
        return None
    return Moment(at=datetime.strptime(" ".join(written.split()), "%a %b %d %H:%M:%S %Y").replace(tzinfo=clock.zone))


def _year_first(written: str, clock: Clock) -> Moment | None:
    found = _YEAR_FIRST.fullmatch(written)
    if found is None:
        return None
    day = datetime(int(found["year"]), int(found["month"]), int(found["day"]), tzinfo=clock.zone)
    if not found["hour"]:
        return _day(day)
    at = day.replace(hour=int(found["hour"]), minute=int(found["minute"]), second=int(found["second"] or 0))
    return _timed(at, "::" if found["second"] else ":")


def _in_words(written: str, clock: Clock) -> Moment | None:
    told = date_in_words(written, clock.languages)
    if told is None:
        return None
    at, has_time = told
    at = at if at.tzinfo else at.replace(tzinfo=clock.zone)
    return _timed(at, "::" if at.second else ":") if has_time else _day(at)


def _ago(written: str, clock: Clock) -> Moment | None:
    """Read what is told from the time of the fetch, in that hour's zone; never without one."""
    if clock.fetched_at is None:
        return None
    told = time_ago(written, clock.fetched_at.astimezone(clock.zone))
    if told is None:
        return None
    at, has_minute = told
    return Moment(at=at.replace(second=0, microsecond=0), precision="minute") if has_minute else _day(at)


def _numeric(written: str, clock: Clock) -> Moment | None:
    found = _NUMERIC.fullmatch(written)
    if found is None:
        return None
    first, second = int(found["a"]), int(found["b"])
    is_month_first = (clock.month_first and "." not in written.split(" ")[0]) or second > 12
    month, day = (first, second) if is_month_first and first <= 12 else (second, first)
    year = int(found["year"])
    at = datetime(year if year > 99 else year + 2000, month, day, tzinfo=clock.zone)
    if not found["hour"]:
        return _day(at)
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower().startswith("p") else 0)
    return _timed(at.replace(hour=hour, minute=int(found["minute"])), ":")


def _timed(at: datetime, time: str) -> Moment:
    return Moment(at=at, precision="second" if time.count(":") == 2 else "minute")


def _offset(written: str | None) -> tzinfo | None:
    if not written:
        return None
    if written.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    gap = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-gap if written[0] == "-" else gap)


def _by_dateparser(written: str, clock: Clock) -> Moment | None:
    # Without the time of the fetch only a full date can be read, and that has a year.
    if len(written) < 4 or (clock.fetched_at is None and not re.search(r"\d{4}", written)):
        return None
    reference = clock.fetched_at.astimezone(clock.zone).replace(tzinfo=None) if clock.fetched_at else None
    parser = _parser(clock.languages, clock.month_first, reference is not None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser._settings.RELATIVE_BASE = reference or datetime(2000, 1, 1)  # noqa: DTZ001  # dateparser wants it naive
        found = parser.get_date_data(written)
    at = found.date_obj
    if at is None or found.period not in ("day", "time"):
        return None
    # "2 hours ago" is a day; only minutes give a minute.
    is_timed = found.period == "time"
    if reference is not None and not _CLOCK.search(written):
        is_timed = is_timed and abs(reference - at.replace(tzinfo=None)) < timedelta(hours=1)
    at = at if at.tzinfo else at.replace(tzinfo=clock.zone)
    return Moment(at=at.replace(second=0, microsecond=0), precision="minute") if is_timed else _day(at)


@lru_cache(maxsize=64)
def _parser(languages: tuple[str, ...], month_first: bool, relative: bool) -> DateDataParser:
    """Return a parser for these languages; building one costs more than using it."""
    known = [{"tl": "fil"}.get(name, name) for name in languages]
    known = [name for name in dict.fromkeys([*known, "en"]) if name in language_order]
    parsers = ["absolute-time", "custom-formats"] + (["relative-time"] if relative else [])
    return DateDataParser(
        languages=known,
        settings={
            "DATE_ORDER": "MDY" if month_first else "DMY",
            "PARSERS": parsers,
            "PREFER_DATES_FROM": "past",
            "REQUIRE_PARTS": ["day", "month", "year"],
            "RETURN_TIME_AS_PERIOD": True,
            "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001  # replaced by the time of the fetch
        },
    )

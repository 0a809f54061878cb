"""What a visit shows of its site file: which facts held, which did not, and the line to change. Pure.

A visit never writes a site file. What it found goes into its report and, as the state of a signal ``site file``, into
the archive; a person reads it and sets ``confirmed = true``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from archive import Signal
    from crawler.site import Site

SITE_FILE = "site file"  # the kind of signal that keeps what a visit says of the file
# A signal is known by its address: the front page's own must not be overwritten.
SITE_FILE_ADDRESS = "urn:hemeroteca:site-file"
CONFIRMED = "confirmed"
OUTSIDE_PATTERN = "not the site's article pattern"  # as discovery.links.refused() has it
# From fewer stories nobody knows a paper's language, or whether its pattern fits.
_FEWEST = 5
# A field that has lost half of its share, and a fifth of all stories at least, was not lost by chance.
_FALLEN = 0.5
_FALLEN_BY = 0.2


def confirmation(site: Site, signals: Iterable[Signal], links: int, outside: int,
                 languages: Mapping[str, int]) -> dict[str, Any] | None:  # fmt: skip
    """Return what a visit says of an unconfirmed site file; None for one that a person has confirmed.

    ``links`` are addresses that matched, ``outside`` those that the article pattern refused, ``languages`` how many
    stories were read in each. What the visit saw nothing of is neither held nor failed.
    """
    if site.confirmed:
        return None
    judged = [*_listings(site, signals), *_pattern(site, links, outside), *_languages(site, languages)]
    held = [key for key, failure in judged if failure is None]
    failed = [f"{key}: {failure}" for key, failure in judged if failure is not None]
    return {"confirmed": bool(held) and not failed and bool(languages), "held": held, "failed": failed}


def state_of(told: Mapping[str, Any]) -> str | None:
    """Return a confirmation in one line; None if the visit saw too little to take back what an earlier one said."""
    return CONFIRMED if told["confirmed"] else "; ".join(told["failed"]) or None


def advice(told: Mapping[str, Any]) -> str:
    """Return a confirmation as a person should read it after a visit."""
    held = ", ".join(dict.fromkeys(told["held"])) or "nothing"
    if told["confirmed"]:
        return f"its facts hold ({held}): set confirmed = true"
    return f"{'; '.join(told['failed']) or 'too little was seen to judge it'} (held: {held})"


def _listings(site: Site, signals: Iterable[Signal]) -> Iterator[tuple[str, str | None]]:
    seen = {(signal.kind, signal.url): signal.state for signal in signals}
    for key in ("feeds", "sitemaps", "sections"):
        for url in getattr(site.discover, key) or ():
            if state := seen.get((key.removesuffix("s"), url)):
                yield key, None if state == "ok" else f"{state}: take out or mend {url}"
    states = [state for (kind, _), state in seen.items() if kind == "wordpress"]
    if site.discover.wordpress and states:
        yield "wordpress", None if "ok" in states else f"{states[0]}: write wordpress = false"


def _pattern(site: Site, links: int, outside: int) -> Iterator[tuple[str, str | None]]:
    if site.discover.article is None or links + outside < _FEWEST:
        return
    # Sitemaps hold other pages too; a pattern that keeps out more than it lets in is the wrong one.
    wrong = f"{outside} of {links + outside} addresses do not match '{site.discover.article}': mend it or take it out"
    yield "article", wrong if outside > links else None


def _languages(site: Site, languages: Mapping[str, int]) -> Iterator[tuple[str, str | None]]:
    total = sum(languages.values())
    if total < _FEWEST:
        return
    main = max(sorted(languages), key=lambda code: languages[code])
    told = ", ".join(f'"{code}"' for code in sorted(languages, key=lambda code: -languages[code]) if code)
    fits = main in site.languages
    yield "languages", None if fits else f"{languages[main]} of {total} stories are in {main}: languages = [{told}]"


def layout_advice(site: Site, now: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """Return what to do about fields that a site's newest readings have less often than those before, or than expected.

    ``now`` and ``before`` are shares of readings that have each field, empty where too few were read.
    """
    lines = []
    for name, share in now.items():
        usual = max(before.get(name, 0.0), site.expect.fields.get(name, 0.0))
        if share <= usual * _FALLEN and usual - share >= _FALLEN_BY:
            lines.append(f"{name} in {share:.0%} of the last readings, {usual:.0%} before: layout changed? Move what "
                         "[read] says to [[read.earlier]] with until = the last day of the old design, and write what "
                         "holds now")  # fmt: skip
    return lines

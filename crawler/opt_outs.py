"""What a paper asks of archives and miners outside its pages' text: headers, ``ai.txt``, ``tdmrep.json``. Pure.

Each is a text as the archive keeps it, ``signal`` or ``signal=value``. It is recorded, and exports can leave out what
opted out; whether a fetch is allowed is for robots.txt alone.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.site import Site

_WORDS = ("noarchive", "noai", "noimageai", "nosnippet")
_ALL = ("/", "/*", "*", "")
# Spawning's ai.txt names kinds of files by their ending; these hold a story's text.
_TEXTS = ("*.txt", "*.html", "*.htm", "*.php", "*.xhtml")


def in_headers(headers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the opt-outs of a response's headers: X-Robots-Tag, and the TDM Reservation Protocol's tdm-reservation."""
    found: list[str] = []
    for name, value in headers:
        if name.lower() == "x-robots-tag":
            # "otherbot: noarchive, noai": whoever it names, it is what the paper wants.
            found += [word for word in re.split(r"[\s,:]+", value.lower()) if word in _WORDS]
        elif name.lower() == "tdm-reservation" and value.strip() == "1":
            found.append("tdm-reservation")
    return tuple(dict.fromkeys(found))


def files(site: Site) -> dict[str, str]:
    """Return the files that may speak for a whole site, by what reads them."""
    return {
        "ai.txt": urljoin(site.url, "/ai.txt"),
        "tdmrep.json": urljoin(site.url, "/.well-known/tdmrep.json"),
    }


def in_file(name: str, body: bytes) -> tuple[str, ...]:
    """Return what a file of :func:`files` opts out of: nothing when it is not what its name says."""
    return _in_ai_txt(body) if name == "ai.txt" else _in_tdmrep(body)


def _in_ai_txt(body: bytes) -> tuple[str, ...]:
    """Say whether an ai.txt keeps AI from all or from texts. It is written like a robots.txt; all agents are meant."""
    kept = []
    for line in body.decode("utf-8-sig", "replace").splitlines():
        name, _, value = line.partition("#")[0].partition(":")
        if name.strip().lower() == "disallow" and value.strip():
            kept.append(value.strip())
    said = [value for value in kept if value in _ALL or value.lower() in _TEXTS]
    return (f"ai.txt=disallow {' '.join(dict.fromkeys(said))}",) if said else ()


def _in_tdmrep(body: bytes) -> tuple[str, ...]:
    """Return the reservations of a tdmrep.json (W3C TDMRep 2024), those of a part of the site with its location."""
    try:
        rules = json.loads(body.decode("utf-8-sig"))
    except ValueError:  # also what is no UTF-8
        return ()
    return tuple(dict.fromkeys(_reserved(rules if isinstance(rules, list) else [rules])))


def _reserved(rules: Iterable[Any]) -> Iterator[str]:
    for rule in rules:
        if not isinstance(rule, dict) or str(rule.get("tdm-reservation")) != "1":
            continue
        location = str(rule.get("location", "")).strip()
        yield "tdm-reservation=1" if location in _ALL else f"tdm-reservation=1 {location}"

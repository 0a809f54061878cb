"""The requests that read a script-loaded counter, and their answers. Pure: pages' wishes in, requests out.

What a page asks of its own server is not repeated: several systems count a view by the very request that reads. Only a
request that is known to read, word for word, is ever made; anything else is refused here, whatever a reading says.
Which these are: section 6 of the notes on counters that ``crawler/reading/counters/pending.py`` was written from.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from archive import Counter
from crawler.discovery.links import host_of, hosts
from crawler.reading.numbers import parse_count, pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crawler.site import Site

# Ids in one request, where a system takes several; the plugin's own front page asks for about as many.
_MOST_IDS = 50
_NUMBER = re.compile(pattern())
_DISQUS_HOST = re.compile(r"[a-z0-9][\w-]*\.disqus\.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request that reads counters: of which system, what is sent, and which article each id is."""

    system: str
    method: str
    url: str
    articles: Mapping[str, str]  # post id, or for Disqus the thread → article key
    sent: bytes = b""


def asks(pending: Mapping[str, Mapping[str, Any]], site: Site) -> Iterator[Ask]:
    """Return the requests for what these articles' pages load by script; what might add a view has none."""
    by_request: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for article, wish in pending.items():
        if reads_only(wish) and _is_of(wish, site):
            system, url, name = wish["system"], wish["url"], str(wish.get("post_id") or wish["url"])
            by_request[system, url][name] = article
    for (system, url), articles in by_request.items():
        if system != "tagdiv":
            yield Ask(system=system, method="GET", url=url, articles=articles)
            continue
        ids = sorted(articles, key=int)  # whatever the order in which the stories were read
        for start in range(0, len(ids), _MOST_IDS):
            some = ids[start : start + _MOST_IDS]
            form = {"action": "td_ajax_get_views", "td_post_ids": json.dumps([int(name) for name in some])}
            yield Ask(system=system, method="POST", url=url, articles={name: articles[name] for name in some},
                      sent=urlencode(form).encode())  # fmt: skip


def reads_only(wish: Mapping[str, Any]) -> bool:
    """Say whether a request is one that is known to read a counter and to add nothing."""
    check = _READS.get(wish.get("system", ""))
    if check is None or wish.get("adds") is not False:
        return False
    try:
        return check(wish, urlsplit(wish["url"]).path, parse_qs(urlsplit(wish["url"]).query, keep_blank_values=True))
    except (ValueError, KeyError, TypeError):
        return False


def _is_of(wish: Mapping[str, Any], site: Site) -> bool:
    return wish["system"] == "disqus" or host_of(wish["url"]) in hosts(site)


# ------------------------------------------------------------------ what only reads

_Query = dict[str, list[str]]


def _gets(pattern_of_path: str, query: dict[str, str] | None = None, other: str = "") -> Callable[..., bool]:
    """Return the check of a GET: its path ends so, with these parameters; others only if their name matches."""
    path_ends, allowed = re.compile(pattern_of_path), re.compile(other or r"(?!)")

    def check(wish: Mapping[str, Any], path: str, asked: _Query) -> bool:
        if any(len(values) > 1 for values in asked.values()):
            return False  # PHP takes the last of them, others the first
        told = {name: values[0] for name, values in asked.items()}
        route = told.pop("rest_route", None)  # a site without pretty addresses
        wanted = query or {}
        extra = [name for name in told if name not in wanted and not allowed.fullmatch(name)]
        named = all(re.fullmatch(value, told.get(name, "")) for name, value in wanted.items())
        return wish["method"] == "GET" and bool(path_ends.search(route or path)) and named and not extra

    return check


def _tagdiv(wish: Mapping[str, Any], path: str, query: _Query) -> bool:
    form = wish["form"]
    return (
        wish["method"] == "POST"
        and path.endswith("/admin-ajax.php")
        and set(query) <= {"td_theme_name", "v"}  # an action in the address would go before the form's
        and form["action"] == "td_ajax_get_views"
        and str(wish["post_id"]).isdecimal()
    )


def _disqus(wish: Mapping[str, Any], path: str, query: _Query) -> bool:
    host = urlsplit(wish["url"]).hostname or ""
    return (
        wish["method"] == "GET"
        and _DISQUS_HOST.fullmatch(host) is not None
        and path == "/count-data.js"
        and set(query) <= {"1", "2"}
    )


_READS: dict[str, Callable[[Mapping[str, Any], str, _Query], bool]] = {
    "tagdiv": _tagdiv,
    "post-views-counter": _gets(r"/post-views-counter/get-post-views/\d+/?$"),
    "wp-postviews": _gets(r"/wp/v2/posts/\d+/?$", {"_fields": "views"}),
    "wordpress-popular-posts": _gets(r"/wordpress-popular-posts/v2/views/\d+/?$", {"include_views_text": "0"}),
    "top-10": _gets(r"", {"top_ten_id": r"\d+", "view_counter": "1"}, r"_wpnonce"),
    "page-views-count": _gets(r"/pvc/v1/view/\d+/?$"),
    "baw-post-views-count": _gets(r"/admin-ajax\.php$", {"action": "bawpvc-ajax-counter", "p": r"\d+", "n": "0"}),
    "disqus": _disqus,
}


# ------------------------------------------------------------------ answers


def answers(ask: Ask, body: bytes) -> dict[str, tuple[Counter, ...]]:
    """Return, by article key, the counters that an answer tells; nothing when it is not what was asked for."""
    text = body.decode("utf-8", "replace").strip()
    try:
        told = _ANSWERS.get(ask.system, _one)(text, list(ask.articles))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    metric = "comments" if ask.system == "disqus" else "views"
    found: dict[str, tuple[Counter, ...]] = {}
    for name, value in told.items():
        count = parse_count(value)
        if count is not None and name in ask.articles:
            found[ask.articles[name]] = (
                Counter(metric=metric, value=count.value, exact=count.exact, source=f"asked:{ask.system}",
                        raw=str(value)),
            )  # fmt: skip
    return found


def _tagdiv_answer(text: str, _: Sequence[str]) -> dict[str, Any]:
    return dict(json.loads(text))


def _one(text: str, names: Sequence[str]) -> dict[str, Any]:
    """Read the one number of an answer: JSON with it alone, under a name, in a text, or the text itself."""
    try:
        told = json.loads(text)
    except ValueError:
        told = text
    if isinstance(told, dict):
        told = next((told[name] for name in ("views", "count", "text") if name in told), None)
    if isinstance(told, str):
        numbers = _NUMBER.findall(told)
        told = numbers[0] if len(numbers) == 1 else None  # two numbers: nobody can tell which
    return {names[0]: told}


def _a3_answer(text: str, _: Sequence[str]) -> dict[str, Any]:
    items = json.loads(text)["items"]
    each = items.values() if isinstance(items, dict) else items
    return {str(item["post_id"]): item["total_view"] for item in each}


def _disqus_answer(text: str, names: Sequence[str]) -> dict[str, Any]:
    # DISQUSWIDGETS.displayCount({…, "counts": [{"id": …, "comments": 3}]}): one thread was asked for.
    counts = json.loads(text[text.index("{") : text.rindex("}") + 1])["counts"]
    return {names[0]: counts[0]["comments"]} if len(counts) == 1 else {}


_ANSWERS: dict[str, Callable[[str, Sequence[str]], dict[str, Any]]] = {
    "tagdiv": _tagdiv_answer,
    "page-views-count": _a3_answer,
    "disqus": _disqus_answer,
}

"""The account of a run, the verdict on it, and how it is told. Pure: what happened goes in, words come out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive import Outcome
from crawler.answers import REFUSALS
from crawler.confirm import advice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.site import Expect

WELL, CRASH, USAGE, EXPECTATION, BLOCKED, STORE_LOST = 0, 1, 2, 3, 4, 5
LEASE_HELD = 75  # EX_TEMPFAIL of sysexits.h: try again later

# What an answer that is a challenge, whatever its status, is counted under.
CHALLENGE = "challenge"

# What a summary names, in this order; the rest is in the JSON.
_TOLD = (Outcome.NEW, Outcome.REVISED, Outcome.STEALTH, Outcome.RENAMED, Outcome.MERGED, Outcome.RESTORED,
         Outcome.UNCHANGED, Outcome.MISSING, Outcome.GONE, Outcome.BLOCKED)  # fmt: skip

# What says that a story could be read; a 304 confirms one that was.
_READ = (Outcome.NEW, Outcome.REVISED, Outcome.STEALTH, Outcome.RENAMED, Outcome.RESTORED, Outcome.UNCHANGED)
_CHANGED = (Outcome.REVISED, Outcome.STEALTH, Outcome.RENAMED, Outcome.RESTORED)
# Fewer pages without a story say nothing about the site.
FEW_PAGES = 5
# Below ten answers a share says nothing; above a fifth refused, or five one after the other at the end, the site has
# closed its door: a paper hides a story or two behind a 403, never so many.
FEWEST_ANSWERS = 10
MOST_REFUSED = 0.2
SHUT_OUT = 5


@dataclass(slots=True, kw_only=True)
class Account:
    """What happened in a run, counted while it happens."""

    outcomes: Counter[str] = field(default_factory=Counter)
    outcomes_by_site: dict[str, Counter[str]] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)  # reason → pages
    skipped: Counter[str] = field(default_factory=Counter)  # reason → addresses or records
    links: Counter[str] = field(default_factory=Counter)  # kind of listing → links that may be stories
    new_links: Counter[str] = field(default_factory=Counter)  # … that no listing had given before
    statuses: Counter[str] = field(default_factory=Counter)  # status or "error" → answers, robots.txt left out
    refused_at_end: int = 0  # answers since the last that was no refusal
    unmoved: int = 0  # listings that said that nothing changed since they were read
    problems: list[str] = field(default_factory=list)  # listings that could not be read, in words
    crashes: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # expectations
    requests: int = 0  # robots.txt too
    forbidden: int = 0  # by robots.txt
    access: Counter[str] = field(default_factory=Counter)  # free, metered, walled, unknown → stories read
    beside: Counter[str] = field(default_factory=Counter)  # lead-image, requisites, or why not → requests
    beside_bytes: int = 0
    differences: Counter[str] = field(default_factory=Counter)  # field → captures that are read otherwise now
    counters: Counter[str] = field(default_factory=Counter)  # listed, asked, not told → counters not read on pages
    copies: int = 0  # articles that carry another's text
    languages: Counter[str] = field(default_factory=Counter)  # language → stories read in it
    site_file: dict[str, Any] | None = None  # what the visit shows of a site file nobody has confirmed
    store_error: str | None = None
    held: str | None = None  # who visits this host already
    ended: tuple[str, str] | None = None  # the visit ended early: time_budget or blocked, and why in words
    left_over: int = 0  # requests that the next visit makes
    reason: str = "finished"  # why Scrapy ended the run


def verdict(account: Account) -> tuple[int, str]:
    """Return the exit status of a run and, unless it is 0, why in one line."""
    if account.held is not None:
        return LEASE_HELD, account.held
    if account.store_error is not None:
        return STORE_LOST, f"store lost: {account.store_error}"
    if account.crashes:
        more = f" (and {len(account.crashes) - 1} more)" if len(account.crashes) > 1 else ""
        return CRASH, f"crashed: {account.crashes[0]}{more}"
    if account.ended is not None and account.ended[0] == "blocked":
        return BLOCKED, f"blocked: {account.ended[1]}"
    if account.reason != "finished" and account.ended is None:
        return CRASH, f"ended before it was finished: {account.reason}"
    if why := _blocked(account):
        return BLOCKED, why
    if account.missed:
        return EXPECTATION, f"expectation missed: {'; '.join(account.missed)}"
    return WELL, ""


def note_status(account: Account, status: int | None) -> None:
    """Count an answer, or with None that none came."""
    account.statuses[str(status or "error")] += 1
    if status in REFUSALS:
        account.refused_at_end += 1
    elif status is not None:
        account.refused_at_end = 0


def note_challenge(account: Account) -> None:
    """Count an answer with 200 that was a challenge page as the refusal it is."""
    if account.statuses["200"]:  # a replay asks nothing of anybody
        account.statuses["200"] -= 1
        account.statuses[CHALLENGE] += 1


def changed(account: Account) -> int:
    """Return how many stories a run has found changed."""
    return sum(account.outcomes[outcome] for outcome in _CHANGED)


def missed(account: Account, expect: Expect, *, expects_links: bool, rates: Mapping[str, float],
           weeks: Sequence[int]) -> Iterator[str]:  # fmt: skip
    """Yield what a visit fell short of, in words.

    ``rates`` are the shares of the site's last readings that have each field, ``weeks`` the stories of its last weeks,
    the newest first; what is empty is not known yet and judges nothing.
    """
    if expects_links and not account.links.total() and not account.unmoved:
        why = f" ({account.problems[0]})" if account.problems else ""
        yield f"no link was found{why}"
    elif set(account.statuses) == {"error"}:
        yield "nothing was answered"
    elif unread := nothing_read(account):
        yield unread
    for name, least in expect.fields.items():
        if rates and rates.get(name, 0.0) < least:
            yield f"{name} in {rates.get(name, 0.0):.0%} of the last readings, at least {least:.0%} expected"
    if expects_links and weeks and expect.articles_per_week is not None:
        low, high = expect.articles_per_week
        if not low <= weeks[0] <= high:
            before = f" (the weeks before: {', '.join(map(str, weeks[1:]))})" if weeks[1:] else ""
            yield f"{weeks[0]} stories in the last 7 days{before}, {low} to {high} expected"


def nothing_read(account: Account) -> str | None:
    """Say that no page of a visit could be read as a story, where several were asked for: a quiet zero is the worst."""
    unread = account.unread.total()
    if unread < FEW_PAGES or any(account.outcomes[outcome] for outcome in _READ):
        return None
    reason, count = account.unread.most_common(1)[0]
    return f"none of {unread} pages could be read ({count} times: {reason})"


def _blocked(account: Account) -> str | None:
    answered = +account.statuses
    if account.forbidden and not answered:
        return "blocked: robots.txt forbids all that was asked for"
    refused = {name: answered[name] for name in (*map(str, REFUSALS), CHALLENGE) if answered[name]}
    count, asked = sum(refused.values()), answered.total()
    told = ", ".join(f"{many} times {status}" for status, many in refused.items())
    if count and count == asked:
        return f"blocked: every request was refused ({told})"
    if asked >= FEWEST_ANSWERS and count > MOST_REFUSED * asked:
        return f"blocked: {count} of {asked} requests were refused ({told})"
    if account.refused_at_end >= SHUT_OUT:
        return f"blocked: the last {account.refused_at_end} requests were refused ({told})"
    return None


def as_values(account: Account, site: str, visit: str | None, seconds: float) -> dict[str, Any]:
    """Return the report of a run as plain JSON values."""
    status, why = verdict(account)
    return {
        "site": site,
        "visit": visit,
        "exit_status": status,
        "why": why or None,
        "outcomes": dict(account.outcomes),
        "signals": {
            kind: {"links": account.links[kind], "new": account.new_links[kind]} for kind in sorted(account.links)
        },
        "access": dict(sorted(account.access.items())),
        "unread": dict(account.unread.most_common()),
        "skipped": dict(account.skipped.most_common()),
        "statuses": dict(sorted(account.statuses.items())),
        "beside": {**account.beside, "bytes": account.beside_bytes} if account.beside else {},
        "differences": dict(account.differences.most_common()),
        "counters": dict(+account.counters),
        "copies": account.copies,
        "requests": account.requests,
        "seconds": round(seconds, 1),
        "ended_early": account.ended[1] if account.ended else None,
        "left_over": account.left_over,
        "problems": list(account.problems),
        "languages": dict(account.languages.most_common()),
        "site_file": account.site_file,
    }


def as_rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a report's values as the lines of a summary: name and what is to say."""
    outcomes = values["outcomes"]
    rows = [(name.value, str(outcomes.get(name, 0))) for name in _TOLD]
    if walled := values["access"].get("walled"):
        rows.append(("walled", f"{walled} of {sum(values['access'].values())} stories read"))
    rows.append(("unread", _by_reason(values["unread"])))
    rows.append(("skipped", _by_reason(values["skipped"])))
    if beside := {name: count for name, count in values["beside"].items() if name != "bytes"}:
        told = ", ".join(f"{count} {name}" for name, count in sorted(beside.items()))
        rows.append(("beside", f"{told}, {values['beside']['bytes'] / 2**20:.1f} MiB"))
    if reread := outcomes.get(Outcome.REREAD, 0):
        rows.append(("reread", f"{reread} captures read otherwise: {_by_reason(values['differences'])}"))
    if values["requests"]:
        signals = ", ".join(f"{kind} {seen['links']} ({seen['new']} new)" for kind, seen in values["signals"].items())
        rows.append(("links", signals or "none"))
        rows.append(("requests", f"{values['requests']} in {values['seconds']:g} s"))
    if values["ended_early"]:
        rows.append(("ended early", f"{values['ended_early']}; {values['left_over']} requests left"))
    if values["site_file"]:
        rows.append(("site file", advice(values["site_file"])))
    rows += [("problem", problem) for problem in values["problems"][:10]]
    return rows


def _by_reason(reasons: Mapping[str, int]) -> str:
    told = ", ".join(f"{count} {reason}" for reason, count in list(reasons.items())[:6])
    return f"{sum(reasons.values())}: {told}" if told else "0"

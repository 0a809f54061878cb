"""The account of a run, the verdict on it, and how it is told. Pure: what happened goes in, words come out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

WELL, CRASH, USAGE, EXPECTATION, BLOCKED, STORE_LOST = 0, 1, 2, 3, 4, 5
LEASE_HELD = 75  # EX_TEMPFAIL of sysexits.h: try again later

# A site that answers all of our requests so does not want us, or not now.
REFUSALS = (403, 429, 503)

# What a summary names, in this order; the rest is in the JSON.
_TOLD = (Outcome.NEW, Outcome.REVISED, Outcome.STEALTH, Outcome.RESTORED, Outcome.UNCHANGED, Outcome.MISSING,
         Outcome.GONE)  # fmt: skip

# What says that a story could be read; a 304 confirms one that was.
_READ = (Outcome.NEW, Outcome.REVISED, Outcome.STEALTH, Outcome.RESTORED, Outcome.UNCHANGED)
# Fewer pages without a story say nothing about the site.
FEW_PAGES = 5


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
    problems: list[str] = field(default_factory=list)  # listings that could not be read, in words
    crashes: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # expectations
    requests: int = 0  # robots.txt too
    forbidden: int = 0  # by robots.txt
    copies: int = 0  # articles that carry another's text
    store_error: str | None = None
    held: str | None = None  # who visits this host already
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
    if account.reason != "finished":
        return CRASH, f"ended before it was finished: {account.reason}"
    if why := _blocked(account):
        return BLOCKED, why
    if account.missed:
        return EXPECTATION, f"expectation missed: {'; '.join(account.missed)}"
    return WELL, ""


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
    refused = {status: answered[str(status)] for status in REFUSALS if answered[str(status)]}
    if refused and sum(refused.values()) == answered.total():
        told = ", ".join(f"{count} times {status}" for status, count in refused.items())
        return f"blocked: every request was refused ({told})"
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
        "unread": dict(account.unread.most_common()),
        "skipped": dict(account.skipped.most_common()),
        "statuses": dict(sorted(account.statuses.items())),
        "copies": account.copies,
        "requests": account.requests,
        "seconds": round(seconds, 1),
        "problems": list(account.problems),
    }


def as_rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a report's values as the lines of a summary: name and what is to say."""
    outcomes = values["outcomes"]
    rows = [(name.value, str(outcomes.get(name, 0))) for name in _TOLD]
    rows.append(("unread", _by_reason(values["unread"])))
    rows.append(("skipped", _by_reason(values["skipped"])))
    if values["requests"]:
        signals = ", ".join(f"{kind} {seen['links']} ({seen['new']} new)" for kind, seen in values["signals"].items())
        rows.append(("links", signals or "none"))
        rows.append(("requests", f"{values['requests']} in {values['seconds']:g} s"))
    rows += [("problem", problem) for problem in values["problems"][:10]]
    return rows


def _by_reason(reasons: Mapping[str, int]) -> str:
    told = ", ".join(f"{count} {reason}" for reason, count in list(reasons.items())[:6])
    return f"{sum(reasons.values())}: {told}" if told else "0"

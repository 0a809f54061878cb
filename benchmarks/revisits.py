"""A year of a simulated paper: what each way of looking again finds, and what it costs. See docs/revisits.md.

.venv/bin/python -m benchmarks.revisits
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.revisits import most_visits
from tests.paper_year import DAY, HOUR, EighthOfAge, Fixed, Ours, Rule, stories, year

if TYPE_CHECKING:
    from datetime import timedelta

DAYS, BEFORE, DAILY, SEED = 365, 1000, 6, 7


def main() -> None:
    """Print the table of docs/revisits.md."""
    print(f"{BEFORE} stories before, {DAILY} a day, {DAYS} days, seed {SEED}\n")
    columns = ("visits", "budget", "rule", "edits seen, of the visible", "median delay, h", "stealth seen",
               "removals seen", "requests a story", "longest wait, visits", "promised")  # fmt: skip
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name, every, budgets in (("daily", DAY, (40, 120, 400)), ("hourly", HOUR, (4, 12, 40))):
        for budget in budgets:
            for rule, made in rules():
                row(name, every, budget, rule, made)


def rules() -> list[tuple[str, Rule]]:
    """Return the rules that are compared."""
    return [("**ours**", Ours()), ("an eighth of the age, 1–20 h", EighthOfAge()), ("every day", Fixed(20 * HOUR)),
            ("every week", Fixed(7 * DAY - 4 * HOUR))]  # fmt: skip


def row(name: str, every: timedelta, budget: int, rule: str, made: Rule) -> None:
    """Simulate a year and print its row."""
    paper = stories(before=BEFORE, days=DAYS, daily=DAILY, seed=SEED)
    told = year(paper, made, every=every, budget=budget, days=DAYS)
    promised = str(most_visits(len(paper), budget)) if isinstance(made, Ours) else "–"
    print(f"| {name} | {budget} | {rule} | {told.caught:.0%} | {told.delay:.1f} | "
          f"{told.stealth_seen / told.stealth:.0%} | {told.removals_seen / told.removals:.0%} | "
          f"{told.requests_per_article:.1f} | {told.longest} | {promised} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()

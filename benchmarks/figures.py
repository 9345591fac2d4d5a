"""Summaries of the measured figures: medians, worst cases, ratios."""

from dataclasses import dataclass
from statistics import median
from typing import Any

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spread:
    """A summary of warm medians in milliseconds. `at` names the slowest case."""

    median: float
    worst: float
    at: str
    first: float
    cases: int
    n: int


def spread(named: dict[str, Found]) -> Spread | None:
    """Summarize `named`; None when no case has a warm figure. `first` is the slowest first call."""
    warm = {name: case["median"] for name, case in named.items() if case["median"] is not None}
    if not warm:
        return None
    at = max(warm, key=lambda name: warm[name])
    return Spread(
        median(warm.values()),
        warm[at],
        at,
        max(case["first"] for case in named.values() if case["first"] is not None),
        len(warm),
        min(named[name]["n"] for name in warm),
    )


def page_cases(pages: Found, group: str = "") -> dict[str, Found]:
    """Every case of the part `pages`, by the name of its filters, page and order."""
    return {
        f"{filters.removeprefix(group)}, {case['name']}": case
        for filters, cases in pages.get("filters", {}).items()
        if filters.startswith(group)
        for case in cases
    }


def stopped(named: dict[str, Found]) -> list[str]:
    """The cases that ended in an error, such as the time limit."""
    return [f"{name}: {case['error']}" for name, case in named.items() if case["error"]]


def growth(small: list[Found], large: list[Found]) -> dict[str, float]:
    """For each case, its time on the large log divided by its time on the small log."""
    pairs = [[page_cases(pages) for pages in runs] for runs in (small, large)]
    ratios = {}
    for name in pairs[0][0].keys() & pairs[1][0].keys():
        times = [
            [run[name]["median"] for run in runs if name in run and run[name]["median"]]
            for runs in pairs
        ]
        if all(times):
            ratios[name] = median(times[1]) / median(times[0])
    return ratios


def by_name(found: Found, key: str) -> dict[str, Found]:
    return {case["name"]: case for case in found.get(key, [])}

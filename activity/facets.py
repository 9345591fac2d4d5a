"""Counts and histogram of a query, from one grouped query within a time budget.

Counts by type ignore the event filter, so that the panel shows what else there is; total and
histogram obey every filter.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Value, When

from activity import timeline
from activity.budget import OutOfTime, time_budget
from activity.event_types import Level, event_type
from activity.log_query import LogQuery
from activity.timeline import Width

LEVELS = list(Level)


@dataclass(frozen=True, slots=True)
class Bin:
    """The events of `[since, until)` by level. Instants are UTC."""

    since: datetime
    until: datetime
    counts: dict[Level, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Summary:
    """`total` and `type_counts` are None when counting took too long; `bins` are then empty."""

    total: int | None
    type_counts: dict[str, int] | None
    width: Width | None = None
    bins: tuple[Bin, ...] = ()

    @property
    def sensitive(self) -> int:
        return sum(b.counts[Level.SENSITIVE] for b in self.bins)


def summarize(query: LogQuery) -> Summary:
    """Count what `query` matches. An invalid query matches nothing."""
    values = query.filterset.cleaned
    span = timeline.span(
        values.get("since"), values.get("until"), query.head.earliest, query.head.latest
    )
    if span is None or not query.is_valid:
        return Summary(0, {})
    width = timeline.width_for(*span)
    edges = timeline.edges(*span, width, query.organization.zone)
    try:
        with time_budget(settings.FACETS_SECONDS):
            rows = _grouped(query, edges)
    except OutOfTime:
        return Summary(None, None)
    return _summary(query, rows, width, edges)


def _grouped(query: LogQuery, edges: list[datetime]) -> list[tuple[int, str, int]]:
    """(index of the bin, event type, number), whatever the event filter says."""
    events = query.filterset.matching(ignore="event")
    return list(
        events.annotate(bin=_bin_of(edges, 0, len(edges) - 1))
        .order_by()
        .values_list("bin", "event_type")
        .annotate(number=Count("*"))
    )


def _bin_of(edges: list[datetime], low: int, high: int) -> Any:
    """SQL that finds the bin by halves: 7 comparisons for 100 bins, on any database."""
    if high - low <= 1:
        return Value(low)
    middle = (low + high) // 2
    return Case(
        When(occurred_at__lt=edges[middle], then=_bin_of(edges, low, middle)),
        default=_bin_of(edges, middle, high),
        output_field=IntegerField(),
    )


def _summary(
    query: LogQuery, rows: list[tuple[int, str, int]], width: Width, edges: list[datetime]
) -> Summary:
    selection = query.filterset.cleaned["event"]
    type_counts: Counter[str] = Counter()
    by_level: list[Counter[Level]] = [Counter() for _ in edges[1:]]
    for index, code, number in rows:
        type_counts[code] += number
        if selection is None or code in selection:
            by_level[index][event_type(code).level] += number
    bins = tuple(
        Bin(since, until, {level: counts[level] for level in LEVELS})
        for since, until, counts in zip(edges, edges[1:], by_level, strict=False)
    )
    return Summary(sum(b.total for b in bins), dict(type_counts), width, bins)

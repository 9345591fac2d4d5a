"""Read the counts by day and hour that `activity.recording.daily_counts` maintains."""

import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from activity.clock import start_of_day
from activity.models import LogDay, LogHead
from activity.reading.timeouts import QueryTimeout
from activity.recording.daily_counts import HOUR, day_of

MICROSECOND = timedelta(microseconds=1)


def can_count(head: LogHead, moments: Iterable[datetime]) -> bool:
    """Whether each of `moments` is the start of an hour for which counts are stored."""
    zone = head.organization.zone
    return head.time_zone == zone.key and all(
        not (moment - day_of(moment, zone)[1]) % HOUR for moment in moments
    )


def grouped(
    head: LogHead, edges: list[datetime], since: datetime, until: datetime
) -> list[tuple[int, str, int]]:
    """Counts of the events in `[since, until)`, as `(bin index, event type, number)`.

    `since` and `until` must pass `can_count` and lie within `edges`. Bins consist of whole hours.
    Raises `QueryTimeout`: days with many event types take long to read.
    """
    deadline = time.monotonic() + settings.FACETS_SECONDS
    zone = head.organization.zone
    first, last = (day_of(moment, zone)[0] for moment in (since, until - MICROSECOND))
    days = LogDay.objects.filter(organization=head.organization, day__range=(first, last))
    bins: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def count(moment: datetime, counts: dict[str, int]) -> None:
        if time.monotonic() > deadline:
            raise QueryTimeout
        numbers = bins[bisect_right(edges, moment) - 1]
        for code, number in counts.items():
            numbers[code] += number

    split = _days_to_split(edges, since, until, zone)
    if split is not None:
        for day, counts in days.exclude(day__in=split).values_list("day", "type_counts"):
            count(start_of_day(day, zone), counts)
        days = days.filter(day__in=split)
    for day, hours in days.values_list("day", "hours"):
        start = start_of_day(day, zone)
        for hour, counts in hours.items():
            moment = start + int(hour) * HOUR
            if since <= moment < until:
                count(moment, counts)
    return [(index, code, n) for index, codes in bins.items() for code, n in codes.items()]


def _days_to_split(
    edges: list[datetime], since: datetime, until: datetime, zone: ZoneInfo
) -> list[date] | None:
    """The days that are only partly in one bin or in `[since, until)`; None means all days."""
    days = [day_of(moment, zone)[0] for moment in (since, until)]
    if any(start_of_day(edge.astimezone(zone).date(), zone) != edge for edge in edges):
        return None
    return [
        day
        for day, moment in zip(days, (since, until), strict=True)
        if moment != start_of_day(day, zone)
    ]

"""Counts by day and hour, kept under the lock of whoever writes, so that pages need not count."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from activity.clock import start_of_day
from activity.models import Event, LogDay, LogHead

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)

Occurrence = tuple[datetime, str]
Hours = dict[str, Counter[str]]


def add(head: LogHead, occurrences: Iterable[Occurrence]) -> None:
    """Count more events, as `(occurred_at, event type)`. The caller holds the lock of `head`.

    When the organization has changed its time zone, all its days are counted anew: some
    20 seconds for a million events.
    """
    if head.time_zone == head.organization.time_zone:
        _store(head, _by_day(occurrences, head.organization.zone))
    else:
        recount(head)


def recount(head: LogHead) -> None:
    """Count all days from the stored events. The caller holds the lock of `head` and saves it."""
    LogDay.objects.filter(organization=head.organization).delete()
    head.time_zone = head.organization.time_zone
    events = Event.objects.filter(organization=head.organization)
    occurrences = events.values_list("occurred_at", "event_type").iterator(chunk_size=10_000)
    _store(head, _by_day(occurrences, head.organization.zone))


def _by_day(occurrences: Iterable[Occurrence], zone: ZoneInfo) -> dict[date, Hours]:
    """Neighbours mostly share an hour, which is then not looked for again."""
    days: dict[date, Hours] = {}
    begin = end = datetime.max.replace(tzinfo=UTC)
    for occurred_at, code in occurrences:
        if not begin <= occurred_at < end:
            day, start, next_start = _day_of(occurred_at, zone)
            number = (occurred_at - start) // HOUR
            begin, end = start + number * HOUR, min(start + (number + 1) * HOUR, next_start)
            counts = days.setdefault(day, defaultdict(Counter))[str(number)]
        counts[code] += 1
    return days


def _day_of(moment: datetime, zone: ZoneInfo) -> tuple[date, datetime, datetime]:
    """The day of `moment`, when it begins and when the next one does.

    Some zones set their clocks back over midnight: then the old date is seen again, on the new day.
    """
    day = moment.astimezone(zone).date()
    next_start = start_of_day(day + DAY, zone)
    if next_start <= moment:
        day, next_start = day + DAY, start_of_day(day + 2 * DAY, zone)
    return day, start_of_day(day, zone), next_start


def _store(head: LogHead, days: dict[date, Hours]) -> None:
    stored = {
        row.day: row
        for row in LogDay.objects.filter(organization=head.organization, day__in=days.keys())
    }
    rows = []
    for day, hours in sorted(days.items()):
        row = stored.get(day) or LogDay(organization=head.organization, day=day)
        for hour, counts in hours.items():
            row.hours[hour] = _sum(row.hours.get(hour, {}), counts)
            row.type_counts = _sum(row.type_counts, counts)
        rows.append(row)
    LogDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organization", "day"],
        update_fields=["type_counts", "hours"],
    )


def _sum(stored: dict[str, int], more: Counter[str]) -> dict[str, int]:
    return dict(Counter(stored) + more)


def can_count(head: LogHead, moments: Iterable[datetime]) -> bool:
    """Whether every given moment is the beginning of an hour that the days are counted by."""
    zone = head.organization.zone
    return head.time_zone == zone.key and all(
        not (moment - _day_of(moment, zone)[1]) % HOUR for moment in moments
    )


def grouped(
    head: LogHead, edges: list[datetime], since: datetime, until: datetime
) -> list[tuple[int, str, int]]:
    """`(bin, event type, number)` of the events in `[since, until)`, by the bins between `edges`.

    Both moments are ones that `can_count`, and lie within `edges`. Bins are made of whole hours.
    """
    zone = head.organization.zone
    first, last = (_day_of(moment, zone)[0] for moment in (since, until - MICROSECOND))
    days = LogDay.objects.filter(organization=head.organization, day__range=(first, last))
    bins: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def count(moment: datetime, counts: dict[str, int]) -> None:
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
    """The days that do not lie whole in one bin and in `[since, until)`; None for all of them."""
    days = [_day_of(moment, zone)[0] for moment in (since, until)]
    if any(start_of_day(edge.astimezone(zone).date(), zone) != edge for edge in edges):
        return None
    return [
        day
        for day, moment in zip(days, (since, until), strict=True)
        if moment != start_of_day(day, zone)
    ]

"""Counts of events by day and hour, updated under the writer's lock. Pages read them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from activity.clock import start_of_day
from activity.models import Event, LogDay, LogHead
from activity.recording.type_counts import key_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Occurrence = tuple[datetime, str]
Hours = dict[str, Counter[str]]


def add(head: LogHead, occurrences: Iterable[Occurrence]) -> None:
    """Add `occurrences`, pairs of time and event type, which `type_counts.add` has counted. The
    caller holds the lock of `head`.

    If the organization's time zone has changed, all days are counted again, which takes about
    20 seconds for a million events.
    """
    if head.time_zone == head.organization.time_zone:
        _store(head, _by_day(head, occurrences))
    else:
        recount(head)


def recount(head: LogHead) -> None:
    """Count all days again. The caller holds the lock of `head` and saves it."""
    LogDay.objects.filter(organization=head.organization).delete()
    head.time_zone = head.organization.time_zone
    events = Event.objects.filter(organization=head.organization)
    occurrences = events.values_list("occurred_at", "event_type").iterator(chunk_size=10_000)
    _store(head, _by_day(head, occurrences))


def _by_day(head: LogHead, occurrences: Iterable[Occurrence]) -> dict[date, Hours]:
    """Counts by day and hour. The hour is computed again only if an event is outside of it."""
    zone = head.organization.zone
    days: dict[date, Hours] = {}
    begin = end = datetime.max.replace(tzinfo=UTC)
    for occurred_at, code in occurrences:
        if not begin <= occurred_at < end:
            day, start, next_start = day_of(occurred_at, zone)
            number = (occurred_at - start) // HOUR
            begin, end = start + number * HOUR, min(start + (number + 1) * HOUR, next_start)
            counts = days.setdefault(day, defaultdict(Counter))[str(number)]
        counts[key_of(head, code)] += 1
    return days


def day_of(moment: datetime, zone: ZoneInfo) -> tuple[date, datetime, datetime]:
    """The day of `moment`, its start, and the start of the next day.

    Some zones set clocks back across midnight. Then the old date appears again on the new day.
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

"""Bins of a histogram over a span of time, in one time zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from activity.clock import start_of_day

MAX_BINS = 120


class Width(Enum):
    """The length of a bin. Bins shorter than a day restart at each midnight."""

    MINUTE = timedelta(minutes=1)
    FIVE_MINUTES = timedelta(minutes=5)
    HALF_HOUR = timedelta(minutes=30)
    TWO_HOURS = timedelta(hours=2)
    SIX_HOURS = timedelta(hours=6)
    DAY = timedelta(days=1)
    WEEK = timedelta(weeks=1)
    MONTH = timedelta(days=30)
    YEAR = timedelta(days=365)


def width_for(since: datetime, until: datetime) -> Width:
    """The narrowest width that gives at most about `MAX_BINS` bins."""
    for width in Width:
        if (until - since) / width.value <= MAX_BINS - 2:
            return width
    return Width.YEAR


def edges(since: datetime, until: datetime, width: Width, zone: ZoneInfo) -> list[datetime]:
    """The edges of the bins that cover `[since, until)`: one more than bins, in UTC."""
    found: list[datetime] = []
    for edge in _edges_from(since.astimezone(zone).date(), width, zone):
        if edge <= since:
            found = [edge]
            continue
        found.append(edge)
        if edge >= until:
            break
    return found


def _edges_from(day: date, width: Width, zone: ZoneInfo) -> Iterator[datetime]:
    day = _first_day(day, width)
    while True:
        start, next_day = start_of_day(day, zone), _next_day(day, width)
        end = start_of_day(next_day, zone)
        if width.value >= Width.DAY.value:
            yield start
        else:
            while start < end:
                yield start
                start += width.value
        day = next_day


def _first_day(day: date, width: Width) -> date:
    if width is Width.WEEK:
        return day - timedelta(days=day.weekday())
    if width is Width.MONTH:
        return day.replace(day=1)
    if width is Width.YEAR:
        return day.replace(month=1, day=1)
    return day


def _next_day(day: date, width: Width) -> date:
    if width is Width.WEEK:
        return day + timedelta(weeks=1)
    if width is Width.MONTH:
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    if width is Width.YEAR:
        return day.replace(year=day.year + 1, month=1, day=1)
    return day + timedelta(days=1)


def span(
    since: datetime | None,
    until: datetime | None,
    earliest: datetime | None,
    latest: datetime | None,
) -> tuple[datetime, datetime] | None:
    """The part of `[since, until)` that a log from `earliest` to `latest` covers; None if empty."""
    if earliest is None or latest is None:
        return None
    start = max(since or earliest, earliest).astimezone(UTC)
    end = min(until or datetime.max.replace(tzinfo=UTC), latest + timedelta(microseconds=1))
    return (start, end) if start < end else None

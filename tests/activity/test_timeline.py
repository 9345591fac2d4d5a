"""The bins of the chart, in one time zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activity.reading.histogram import MAX_BINS, Width, edges, span, width_for

ZURICH = ZoneInfo("Europe/Zurich")
HAVANA = ZoneInfo("America/Havana")
ZONES = ["UTC", "Europe/Zurich", "America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe"]
HOUR = timedelta(hours=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def hours_between(instants: list[datetime]) -> list[float]:
    return [(b - a) / HOUR for a, b in pairwise(instants)]


@pytest.mark.parametrize(
    ("length", "width"),
    [
        (timedelta(microseconds=1), Width.MINUTE),
        (timedelta(hours=1), Width.MINUTE),
        (timedelta(hours=2), Width.FIVE_MINUTES),
        (timedelta(hours=9), Width.FIVE_MINUTES),
        (timedelta(days=1), Width.HALF_HOUR),
        (timedelta(days=7), Width.TWO_HOURS),
        (timedelta(days=29), Width.SIX_HOURS),
        (timedelta(days=31), Width.DAY),
        (timedelta(days=365), Width.WEEK),
        (timedelta(days=3 * 365), Width.MONTH),
        (timedelta(days=30 * 365), Width.YEAR),
        (timedelta(days=200 * 365), Width.YEAR),
    ],
)
def test_it_chooses_a_width_that_needs_few_bins(length, width):
    start = utc(2026, 1, 1, 10, 7)
    assert width_for(start, start + length) is width


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (ZURICH, utc(2026, 3, 28, 23), [2] * 11 + [1]),
        (ZURICH, utc(2026, 10, 24, 22), [2] * 12 + [1]),
        (HAVANA, utc(2025, 3, 9, 5), [2] * 11 + [1]),
        (HAVANA, utc(2025, 11, 2, 4), [2] * 12 + [1]),
        (ZURICH, utc(2026, 11, 21, 23), [2] * 12),
    ],
)
def test_it_divides_days_of_23_and_25_hours(zone, day, hours):
    found = edges(day, day + sum(hours) * HOUR, Width.TWO_HOURS, zone)
    assert found[0] == day
    assert hours_between(found) == hours


def test_it_gives_each_day_its_own_length():
    found = edges(utc(2026, 3, 27, 23), utc(2026, 3, 30, 22), Width.DAY, ZURICH)
    assert hours_between(found) == [24, 23, 24]


@pytest.mark.parametrize(
    ("width", "first", "second"),
    [
        (Width.MINUTE, utc(2026, 11, 4, 10, 23), utc(2026, 11, 4, 10, 24)),
        (Width.FIVE_MINUTES, utc(2026, 11, 4, 10, 20), utc(2026, 11, 4, 10, 25)),
        (Width.HALF_HOUR, utc(2026, 11, 4, 10, 0), utc(2026, 11, 4, 10, 30)),
        (Width.TWO_HOURS, utc(2026, 11, 4, 9), utc(2026, 11, 4, 11)),
        (Width.SIX_HOURS, utc(2026, 11, 4, 5), utc(2026, 11, 4, 11)),
        (Width.DAY, utc(2026, 11, 3, 23), utc(2026, 11, 4, 23)),
        (Width.WEEK, utc(2026, 11, 1, 23), utc(2026, 11, 8, 23)),
        (Width.MONTH, utc(2026, 10, 31, 23), utc(2026, 11, 30, 23)),
        (Width.YEAR, utc(2025, 12, 31, 23), utc(2026, 12, 31, 23)),
    ],
)
def test_it_begins_at_round_local_times(width, first, second):
    moment = utc(2026, 11, 4, 10, 23, 13)
    assert edges(moment, moment + timedelta(microseconds=1), width, ZURICH) == [first, second]


@settings(deadline=None, max_examples=150, derandomize=True)
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    since=st.datetimes(datetime(1970, 1, 2), datetime(2026, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    seconds=st.floats(0, 9).map(lambda exponent: 10**exponent),
)
def test_it_encloses_any_span_in_few_growing_edges(zone, since, seconds):
    until = since + timedelta(microseconds=1) + timedelta(seconds=seconds)
    found = edges(since, until, width_for(since, until), zone)
    assert found[0] <= since < found[1]
    assert found[-2] < until <= found[-1]
    assert found == sorted(set(found))
    assert len(found) - 1 <= MAX_BINS + 4


EARLIEST, LATEST = utc(2026, 1, 1), utc(2026, 11, 1)
AFTER_LATEST = LATEST + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, (EARLIEST, AFTER_LATEST)),
        (utc(2026, 5, 1), None, (utc(2026, 5, 1), AFTER_LATEST)),
        (None, utc(2026, 5, 1), (EARLIEST, utc(2026, 5, 1))),
        (utc(1999, 5, 1), utc(2099, 5, 1), (EARLIEST, AFTER_LATEST)),
        (LATEST, None, (LATEST, AFTER_LATEST)),
        (AFTER_LATEST, None, None),
        (None, EARLIEST, None),
        (utc(2027, 5, 1), utc(2028, 5, 1), None),
    ],
)
def test_it_spans_no_more_than_the_log(since, until, expected):
    assert span(since, until, EARLIEST, LATEST) == expected


def test_it_spans_nothing_of_an_empty_log():
    assert span(EARLIEST, LATEST, None, None) is None

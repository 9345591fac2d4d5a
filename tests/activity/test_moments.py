"""Instants in the time zone of an organization."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from activity.clock import Clock
from activity.reading import filter_values

ZURICH = Clock(ZoneInfo("Europe/Zurich"))
HAVANA = Clock(ZoneInfo("America/Havana"))
TOKYO = Clock(ZoneInfo("Asia/Tokyo"))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_it_shows_local_time():
    assert ZURICH.moment(utc(2026, 11, 22, 23, 7, 9)) == "23 Nov 2026, 00:07:09"


def test_it_names_the_zone_in_a_repeated_hour():
    times = [ZURICH.time(utc(2026, 10, 25, hour, 30)) for hour in (0, 1, 2)]
    assert times == ["02:30:00 CEST", "02:30:00 CET", "03:30:00"]


@pytest.mark.parametrize(
    "instant",
    [
        utc(2026, 11, 22, 10, 23, 13),
        utc(2026, 11, 22, 10, 23, 13, 123456),
        utc(2026, 10, 25, 0, 30),
        utc(2026, 10, 25, 1, 30),
        utc(2026, 3, 29, 1, 0),
        utc(1970, 1, 1),
    ],
)
@pytest.mark.parametrize("parse", [filter_values.parse_since, filter_values.parse_until])
def test_it_writes_what_the_grammar_reads_as_the_same_instant(instant, parse):
    assert parse(ZURICH.parameter(instant), ZURICH.zone) == instant


def test_it_writes_local_time_where_that_is_enough():
    assert ZURICH.parameter(utc(2026, 11, 22, 10, 23, 13)) == "2026-11-22T11:23:13"


def test_it_writes_utc_in_a_repeated_hour():
    assert ZURICH.parameter(utc(2026, 10, 25, 1, 30)) == "2026-10-25T01:30:00Z"


@pytest.mark.parametrize(
    ("clock", "instant", "expected"),
    [
        (ZURICH, utc(2026, 11, 21, 23), True),
        (ZURICH, utc(2026, 11, 21, 23, 0, 1), False),
        (ZURICH, utc(2026, 11, 21, 23, 0, 0, 1), False),
        (ZURICH, utc(2026, 11, 22), False),
        (HAVANA, utc(2025, 3, 9, 5), True),  # begins at 01:00
    ],
)
def test_it_knows_when_a_day_begins(clock, instant, expected):
    assert clock.is_midnight(instant) is expected


def test_it_survives_the_ends_of_the_calendar():
    assert TOKYO.moment(utc(9999, 12, 31, 23)) == "31 Dec 9999, 23:00:00"
    assert TOKYO.parameter(utc(9999, 12, 31, 23)) == "9999-12-31T23:00:00Z"
    assert not TOKYO.is_midnight(utc(1, 1, 1))


def test_it_gives_a_days_end_to_that_day():
    assert ZURICH.end(utc(2026, 11, 22, 23)) == "end of 22 Nov 2026"
    assert ZURICH.end(utc(2026, 11, 22, 22, 30)) == "22 Nov 2026, 23:30:00"


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (utc(2026, 11, 21, 23), utc(2026, 11, 22, 23), True),
        (utc(2026, 3, 28, 23), utc(2026, 3, 29, 22), True),  # 23 hours
        (utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), True),  # 25 hours
        (utc(2026, 11, 20, 23), utc(2026, 11, 22, 23), False),
        (utc(2026, 11, 21, 22), utc(2026, 11, 22, 22), False),
    ],
)
def test_it_recognizes_a_whole_day(since, until, expected):
    assert ZURICH.is_day(since, until) is expected


def test_it_leaves_out_the_year_that_goes_without_saying():
    assert ZURICH.short(utc(2026, 11, 22, 10), year=2026) == "22 Nov 11:00"
    assert ZURICH.short(utc(2025, 11, 22, 10), year=2026) == "22 Nov 2025 11:00"

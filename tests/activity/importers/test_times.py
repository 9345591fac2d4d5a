from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.importers.files.rows import RowError
from activity.importers.files.times import (
    DAY_FIRST,
    MONTH_FIRST,
    YEAR_FIRST,
    AmbiguousDateError,
    NoZoneError,
    TimeReader,
    read_time,
)
from tests.activity.importers.running import UNHURRIED

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-11-22T10:23:13Z", "2025-11-22T10:23:13+00:00"),
        ("2025-11-22t10:23:13z", "2025-11-22T10:23:13+00:00"),
        ("2025-11-22 10:23:13+01:00", "2025-11-22T10:23:13+01:00"),
        ("2025-11-22T10:23:13 +0100", "2025-11-22T10:23:13+01:00"),
        ("2025-11-22T10:23:13-03", "2025-11-22T10:23:13-03:00"),
        ("2025-11-22T10:23Z", "2025-11-22T10:23:00+00:00"),
        ("2025-11-22T10:23:13.1Z", "2025-11-22T10:23:13.100000+00:00"),
        ("2025-11-22T10:23:13.123Z", "2025-11-22T10:23:13.123000+00:00"),
        ("2025-11-22T10:23:13.1234567Z", "2025-11-22T10:23:13.123456+00:00"),
        ("2025-11-22T10:23:13.999999999Z", "2025-11-22T10:23:13.999999+00:00"),
        ("2025-11-22T10:23:13,5Z", "2025-11-22T10:23:13.500000+00:00"),
        ("2025-11-22T10:23:13", "2025-11-22T10:23:13"),
        ("Nov 22, 2025, 10:23 AM", "2025-11-22T10:23:00"),
        ("Nov 22, 2025, 10:23\u202fPM", "2025-11-22T22:23:00"),
        ("November 2, 2025 at 12:05:09 am", "2025-11-02T00:05:09"),
        ("Nov 22, 2025, 12:05 PM", "2025-11-22T12:05:00"),
    ],
)
def test_it_reads_a_time(text, expected):
    assert read_time(text).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is not a time such as 2026-11-22T10:23:13Z"),
        ("2025-11-22", "'2025-11-22' is not a time such as 2026-11-22T10:23:13Z"),
        ("22.11.2025", "'22.11.2025' is not a time such as 2026-11-22T10:23:13Z"),
        ("٢٠٢٥-11-22T10:23:13Z", "is not a time such as 2026-11-22T10:23:13Z"),
        ("Foo 22, 2025, 10:23 PM", "is not a time such as 2026-11-22T10:23:13Z"),
        ("2025-11-22T10:23:60Z", "10:23:60Z has a second of 60; seconds end at 59"),
        ("2025-11-22T10:23:62Z", "10:23:62Z has a second of 62; seconds end at 59"),
        ("2025-11-22T10:23:63Z", "10:23:63Z is not a time: second must be in 0..59"),
        ("2025-11-22T24:00:00Z", "24:00:00Z is not a time: hour must be in 0..23"),
        ("2025-02-29T10:23:13Z", "10:23:13Z is not a time: day is out of range for month"),
        ("0001-01-01T00:00:00+01:00", "+01:00 is not a time: no such year in a log"),
        ("9999-12-31T23:59:59-01:00", "-01:00 is not a time: no such year in a log"),
        (
            "2025-11-22T10:23:13+01:60",
            "+01:60 is not a time: an offset has at most 23 hours and 59 minutes",
        ),
        ("2025-11-22T10:23:13+24:00", "time: an offset has at most 23 hours and 59 minutes"),
        ("Nov 22, 2025, 13:23 PM", "13:23 PM is not a time: hours with AM or PM are 1 to 12"),
    ],
)
def test_it_says_what_is_wrong_with_a_time(text, reason):
    with pytest.raises(RowError) as caught:
        read_time(text)
    assert str(caught.value).endswith(reason)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22.11.2025 10:23", "2025-11-22T10:23:00"),
        ("22. 11. 2025 9:05:13", "2025-11-22T09:05:13"),
        ("22.11.25 10:23", "2025-11-22T10:23:00"),
        ("3.4.2025 10.23.13", "2025-04-03T10:23:13"),
        ("2025. 11. 22. 10:23", "2025-11-22T10:23:00"),
        ("11/22/2025 10:23:13 PM", "2025-11-22T22:23:13"),
        ("11/22/25 10:23 a.m.", "2025-11-22T10:23:00"),
        ("22/11/2025 10:23", "2025-11-22T10:23:00"),
        ("22-11-2025 10:23", "2025-11-22T10:23:00"),
        ("05/05/2025 10:23", "2025-05-05T10:23:00"),
        ("2025/11/22 9:05", "2025-11-22T09:05:00"),
        ("2025-11-22 9:05", "2025-11-22T09:05:00"),
        ("22.11.2025 10:23:13.123456 +01:00", "2025-11-22T10:23:13.123456+01:00"),
    ],
)
def test_it_reads_a_time_that_a_spreadsheet_has_rewritten(text, expected):
    assert read_time(text).isoformat() == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [(DAY_FIRST, "2025-04-03T10:23:00"), (MONTH_FIRST, "2025-03-04T10:23:00")],
)
def test_it_reads_a_date_in_the_order_of_its_file(order, expected):
    assert read_time("03/04/2025 10:23", order).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("03/04/2025 10:23", None),
        ("03/04/2025 10:23", YEAR_FIRST),
        ("25/11/22 10:23", None),
        ("22/11/2025 10:23", MONTH_FIRST),
    ],
)
def test_it_refuses_a_date_that_can_be_read_in_two_ways(text, order):
    with pytest.raises(AmbiguousDateError, match=f"the date of {text} can be read in two ways"):
        read_time(text, order)


@pytest.mark.parametrize("text", ["45983.4327546296", "45983", "23:13.1", "10:23", "10:23:13"])
def test_it_says_that_a_spreadsheet_has_lost_a_time(text):
    with pytest.raises(RowError, match=f"{text} is what a spreadsheet left of a time"):
        read_time(text)


@pytest.mark.parametrize(
    ("head", "order"),
    [
        ("03/04/2025 10:23,x\n22/11/2025 10:23,y\n", DAY_FIRST),
        ("03/04/2025 10:23,x\n11/22/2025 10:23,y\n", MONTH_FIRST),
        ("22/11/2025 10:23,x\n11/22/2025 10:23,y\n", None),
        ("03/04/2025 10:23,x\n22/11/2025,y\n", None),
    ],
)
def test_it_learns_the_order_of_dates_from_the_start_of_a_file(head, order):
    reader = TimeReader()
    reader.learn(head.encode())
    assert reader.order == order


def test_it_wants_a_zone_for_a_time_without_offset():
    with pytest.raises(NoZoneError, match="name its zone with --time-zone"):
        TimeReader().read("2025-11-22T10:23:13")


def test_it_reads_a_local_time_in_its_zone():
    reader = TimeReader(ZURICH)
    assert reader.read("Jul 22, 2025, 10:23 AM") == datetime(2025, 7, 22, 8, 23, tzinfo=UTC)
    assert reader.read("2025-11-22T10:23:13+05:30") == datetime(2025, 11, 22, 4, 53, 13, tzinfo=UTC)
    assert reader.guessed == 0


def test_it_takes_the_earlier_time_when_clocks_go_back():
    reader = TimeReader(ZURICH)
    assert reader.read("Oct 26, 2025, 2:30 AM") == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert reader.guessed == 1
    assert reader.read("Oct 26, 2025, 3:00 AM") == datetime(2025, 10, 26, 2, 0, tzinfo=UTC)
    assert reader.guessed == 1


def test_it_refuses_a_time_that_clocks_skipped():
    with pytest.raises(RowError) as caught:
        TimeReader(ZURICH).read("Mar 30, 2025, 2:30 AM")
    assert str(caught.value) == (
        "the time 2025-03-30 02:30:00 does not exist in Europe/Zurich: clocks were set forward"
    )


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.builds(
    lambda microseconds, zone: (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone),
    st.integers(0, 7 * 10**15),
    offsets,
)


@UNHURRIED
@given(instants)
def test_it_reads_back_what_python_writes(instant):
    assert TimeReader().read(instant.isoformat()) == instant


@UNHURRIED
@given(instants.map(lambda instant: instant.replace(second=0, microsecond=0)))
def test_it_reads_back_what_a_browser_writes(instant):
    local = instant.astimezone(ZURICH)
    text = f"{local:%b} {local.day}, {local.year}, {local.hour % 12 or 12}:{local:%M %p}"
    assert TimeReader(ZURICH).read(text) == local.replace(fold=0)


@UNHURRIED
@given(st.text())
def test_it_refuses_text_that_is_no_time(text):
    with pytest.raises(RowError, match="is not a time such as"):
        read_time(text)

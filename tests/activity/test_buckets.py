"""Token buckets by the database's clock."""

import time
from datetime import timedelta

import pytest
from django.db.models import BigIntegerField, Value

from activity import buckets
from activity.buckets import Limit
from passaudit.sign_in.models import AttemptBucket

pytestmark = pytest.mark.django_db

SECOND = 1_000_000
START = 1_800_000_000 * SECOND
LIMIT = Limit(3, timedelta(seconds=10))


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = START

    clock = Clock()
    monkeypatch.setattr(buckets, "now", lambda: Value(clock.now, output_field=BigIntegerField()))
    return clock


@pytest.fixture
def rows():
    AttemptBucket.objects.create(key="k", bucket_full_at=0)
    return AttemptBucket.objects.filter(key="k")


def takes(rows, times):
    return [buckets.take(rows, LIMIT) for _ in range(times)]


def test_it_has_a_burst_and_then_one_an_interval(clock, rows):
    assert takes(rows, 4) == [True, True, True, False]
    assert buckets.wait(rows, LIMIT) == 10
    clock.now += 4 * SECOND
    assert buckets.wait(rows, LIMIT) == 6
    clock.now += 6 * SECOND
    assert takes(rows, 2) == [True, False]


def test_it_gives_back(clock, rows):
    takes(rows, 3)
    buckets.give_back(rows, LIMIT)
    assert takes(rows, 2) == [True, False]


def test_it_refuses_without_a_row(clock):
    rows = AttemptBucket.objects.filter(key="none")
    assert not buckets.take(rows, LIMIT)
    assert buckets.wait(rows, LIMIT) == 1


@pytest.mark.parametrize("hours", [1, 13, 24 * 365])
def test_it_heals_when_the_clock_is_set_back(clock, rows, hours):
    takes(rows, 4)
    clock.now -= hours * 3600 * SECOND
    assert takes(rows, 4) == [True, True, True, False]


def test_it_heals_when_the_clock_was_ahead_once(clock, rows):
    clock.now += 13 * 3600 * SECOND
    takes(rows, 4)
    clock.now = START
    assert takes(rows, 1) == [True]


@pytest.mark.parametrize("seconds", [1, 30, 59])
def test_it_waits_a_minute_more_at_most_after_a_small_jump(clock, rows, seconds):
    takes(rows, 4)
    clock.now -= seconds * SECOND
    clock.now += 70 * SECOND
    assert takes(rows, 1) == [True]


def test_it_reads_the_clock_of_the_database(rows):
    before = time.time_ns() // 1000
    takes(rows, 1)
    full_at = AttemptBucket.objects.get().bucket_full_at - LIMIT.interval
    assert before - SECOND < full_at < time.time_ns() // 1000 + SECOND

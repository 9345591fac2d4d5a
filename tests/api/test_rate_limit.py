"""The rate limit of a key."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from activity.api import rate_limit
from activity.api.models import ApiKey
from tests.api.conftest import EVENTS, bearer, event, issue

SECOND = 1_000_000
START = 1_800_000_000 * SECOND


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = START

    monkeypatch.setattr(rate_limit, "microseconds", lambda: Clock.now)
    return Clock


@pytest.fixture(autouse=True)
def _six_a_minute(settings):
    settings.API_RATE_PER_MINUTE = 6


def statuses(client, count):
    return [client.get(EVENTS).status_code for _ in range(count)]


def test_it_allows_a_burst_of_a_full_bucket(clock, machine):
    assert statuses(machine, 8) == [200] * 6 + [429] * 2


def test_it_says_how_long_to_wait(clock, machine):
    statuses(machine, 6)
    response = machine.get(EVENTS)
    assert (response["Retry-After"], response.json()["code"]) == ("10", "rate_limited")
    clock.now += 4 * SECOND
    assert machine.get(EVENTS)["Retry-After"] == "6"
    clock.now += 6 * SECOND
    assert statuses(machine, 2) == [200, 429]


def test_it_refills_up_to_the_limit(clock, machine):
    statuses(machine, 6)
    clock.now += 3600 * SECOND
    assert statuses(machine, 7) == [200] * 6 + [429]


def test_it_counts_each_key_for_itself(clock, acme, machine):
    statuses(machine, 7)
    assert statuses(bearer(issue(acme, name="other")), 1) == [200]


def test_it_counts_reading_and_writing_together(clock, machine):
    statuses(machine, 5)
    answers = [
        machine.post(EVENTS, event(), content_type="application/json").status_code for _ in range(2)
    ]
    assert answers == [200, 429]


def test_it_stores_nothing_over_the_limit(clock, acme, machine):
    statuses(machine, 6)
    machine.post(EVENTS, event(), content_type="application/json")
    clock.now += 60 * SECOND
    assert machine.get(EVENTS).json()["items"] == []


def test_it_shares_the_limit_between_processes(clock, key):
    """The bucket is read from the database for each request."""
    waits = [rate_limit.take(ApiKey.objects.get(pk=key.pk)) for _ in range(7)]
    assert waits == [0] * 6 + [10]


def test_it_takes_one_query(key, django_assert_num_queries):
    with django_assert_num_queries(1):
        rate_limit.take(key)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_holds_for_concurrent_requests(clock, key):
    def take(_number):
        try:
            return rate_limit.take(key)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(take, range(24)))
    assert sorted(waits) == [0] * 6 + [10] * 18

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activity.delivery.health import Status, health_of
from activity.delivery.kinds.base import Unavailable
from activity.models import Event
from activity.worker import heartbeats
from organizations.plans import Plan
from tests.delivery.engine.fakes import fill, make_destination, run_turn


def seen_later(monkeypatch, seconds):
    later = timezone.now() + timedelta(seconds=seconds)
    monkeypatch.setattr("activity.delivery.health.timezone.now", lambda: later)


def test_it_is_fine_where_nothing_waits(siem):
    health = health_of(siem)
    assert (health.status, health.waiting, health.lag_seconds) == (Status.OK, 0, 0)


def test_it_is_fine_for_a_minute(siem, acme):
    fill(acme, 3)
    health = health_of(siem)
    assert (health.status, health.waiting) == (Status.OK, 3)
    assert 0 <= health.lag_seconds < 30


def test_it_lags_when_the_oldest_that_waits_is_older(acme, monkeypatch):
    fill(acme, 3)
    destination = make_destination(acme, position=1)
    seen_later(monkeypatch, 100)
    health = health_of(destination)
    assert (health.status, health.waiting) == (Status.LAGGING, 2)
    assert 100 <= health.lag_seconds < 130


def test_it_says_when_it_lags_for_want_of_a_worker(siem, acme, monkeypatch):
    fill(acme, 3)
    heartbeats.beat("one")
    seen_later(monkeypatch, 80)
    assert health_of(siem).reason == ""
    seen_later(monkeypatch, 40)  # and later
    assert health_of(siem).reason == "No worker is running."


def test_it_fails_from_the_first_failure_to_the_next_success(siem, receiver, acme):
    fill(acme, 3)
    receiver.answers = [Unavailable("503")]
    run_turn()
    siem.refresh_from_db()
    assert (health_of(siem).status, health_of(siem).reason) == (Status.FAILING, "503")


@pytest.mark.parametrize("failing_since", [None, timezone.now()])
def test_it_is_disabled_while_it_is_paused(failing_since, acme):
    destination = make_destination(acme, is_paused=True, failing_since=failing_since)
    assert health_of(destination).status == Status.DISABLED
    assert "paused" in health_of(destination).reason


def test_it_is_disabled_without_a_plan_and_looks_at_no_event(siem, acme):
    fill(acme, 3)
    acme.change_plan(Plan.ESSENTIALS, reason="test")
    siem.organization.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        health = health_of(siem)
    assert (health.status, health.waiting) == (Status.DISABLED, 3)
    assert "Pass Essentials does not include" in health.reason
    assert not [q for q in queries.captured_queries if Event._meta.db_table in q["sql"]]


def test_it_asks_for_two_rows(siem, acme, django_assert_num_queries):
    fill(acme, 3)
    with django_assert_num_queries(2):
        health_of(siem)

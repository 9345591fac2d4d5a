from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from activity.access import PlanRequired
from activity.delivery import operations
from activity.delivery.models import Destination, ParkedEvent
from activity.recording import record
from organizations.plans import Plan
from tests import factories
from tests.delivery.engine.fakes import fill, make_destination, run_turn


@pytest.fixture
def delivered(siem, receiver, acme):
    """A destination with twenty delivered events, except number 4, which is parked."""
    fill(acme, 20)
    receiver.poison = {4}
    run_turn()
    receiver.poison, receiver.received = set(), []
    siem.refresh_from_db()
    return siem


def test_it_sends_again_from_a_number(delivered, receiver):
    operations.replay_from_seq(delivered, 8)
    assert delivered.position == 7
    run_turn()
    assert receiver.seqs == list(range(8, 21))
    assert ParkedEvent.objects.count() == 1


def test_it_gives_what_was_parked_another_chance(delivered, receiver):
    operations.replay_from_seq(delivered, 1)
    assert not ParkedEvent.objects.exists()
    run_turn()
    assert receiver.seqs == list(range(1, 21))


def test_it_does_not_wait_for_the_next_attempt(delivered):
    Destination.objects.update(retry_at=timezone.now() + timedelta(hours=1))
    operations.replay_from_seq(delivered, 8)
    assert run_turn()


def test_it_can_leave_out_what_waits(siem, receiver, acme):
    fill(acme, 20)
    operations.replay_from_seq(siem, 21)
    assert not run_turn()


@pytest.mark.parametrize("seq", [-1, 0, 22])
def test_it_refuses_a_number_that_is_not_there(seq, delivered):
    with pytest.raises(ValidationError, match="from 1 to 21"):
        operations.replay_from_seq(delivered, seq)
    delivered.refresh_from_db()
    assert delivered.position == 20


def test_it_sends_again_from_a_time_however_late_events_came(siem, receiver, acme):
    start = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
    minutes = [0, 5, 30, 10, 40]  # number 3 occurred before number 4 was recorded
    record(acme, [factories.draft(occurred_at=start + timedelta(minutes=m)) for m in minutes])
    run_turn()
    receiver.received = []
    assert operations.replay_from_time(siem, start + timedelta(minutes=30)) == 3
    run_turn()
    assert receiver.seqs == [3, 4, 5]


def test_it_says_when_nothing_occurred_since(delivered):
    with pytest.raises(ValidationError, match="earlier"):
        operations.replay_from_time(delivered, datetime(2030, 1, 1, tzinfo=UTC))


def test_it_reads_no_time_without_a_plan(delivered, acme):
    acme.change_plan(Plan.ESSENTIALS, reason="test")
    delivered.organization.refresh_from_db()
    with pytest.raises(PlanRequired):
        operations.replay_from_time(delivered, datetime(2026, 1, 1, tzinfo=UTC))


def test_it_begins_at_the_end_of_the_log(acme, receiver):
    assert operations.end_of_log(acme) == 0
    fill(acme, 5)
    make_destination(acme, position=operations.end_of_log(acme))
    assert not run_turn()
    fill(acme, 2, item_id="i_1")
    run_turn()
    assert receiver.seqs == [6, 7]


def test_it_tries_now_when_asked(siem, receiver, acme):
    fill(acme, 1)
    Destination.objects.update(retry_at=timezone.now() + timedelta(hours=1))
    assert not run_turn()
    operations.try_now(siem)
    assert run_turn()

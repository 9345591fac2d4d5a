"""Events that a receiver refuses are isolated, parked and shown. The others are delivered."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from activity.delivery import engine, operations
from activity.delivery.kinds.base import Refused, Unavailable
from activity.delivery.models import Destination, ParkedEvent
from tests.delivery.engine.fakes import fill, run_turn


def parked_seqs():
    return list(ParkedEvent.objects.values_list("seq", flat=True))


@pytest.mark.parametrize("says_which", [True, False])
@pytest.mark.parametrize("poison", [{1}, {7}, {10}, {11}, {25}, {3, 4, 17}, {1, 25}])
def test_it_parks_the_poison_and_delivers_the_rest_in_order(
    poison, says_which, siem, receiver, acme
):
    fill(acme, 25)
    receiver.poison, receiver.says_which = poison, says_which
    run_turn()
    siem.refresh_from_db()
    wanted = [seq for seq in range(1, 26) if seq not in poison]
    assert (receiver.seqs, parked_seqs()) == (wanted, sorted(poison))
    assert (siem.position, siem.delivered, siem.failing_since) == (25, len(wanted), None)


def test_it_finds_it_also_when_the_receiver_is_slow_to_refuse(siem, receiver, acme, monkeypatch):
    monkeypatch.setattr(engine, "TURN_SECONDS", 0.01)
    fill(acme, 10)
    receiver.poison = {1}
    receiver.answers = [lambda: time.sleep(0.02)] * 10
    run_turn()
    assert receiver.attempts == [list(range(1, 11)), [1, 2, 3, 4, 5], [1, 2], [1]]
    assert parked_seqs() == [1]


def test_it_says_why(siem, receiver, acme):
    fill(acme, 3)
    receiver.poison = {2}
    run_turn()
    (parked,) = siem.parked_events.all()
    assert (parked.organization, parked.seq, parked.reason) == (acme, 2, "too salty")


@pytest.mark.parametrize("at", [-1, 5, 1000])
def test_it_finds_out_by_itself_when_the_receiver_names_nonsense(at, siem, receiver, acme):
    fill(acme, 3)
    receiver.answers = [Refused("no", at=at)]
    receiver.poison = {2}
    run_turn()
    assert parked_seqs() == [2]
    assert receiver.seqs == [1, 3]


def test_it_parks_few_events_when_the_receiver_refuses_everything(siem, receiver, acme):
    fill(acme, 100)
    receiver.poison = set(range(1, 101))
    run_turn()
    siem.refresh_from_db()
    assert parked_seqs() == list(range(1, operations.MAX_PARKED_IN_A_ROW + 1))
    assert (siem.failures, siem.position) == (1, operations.MAX_PARKED_IN_A_ROW)
    assert "one event after another" in siem.last_error
    Destination.objects.update(retry_at=None)
    run_turn()  # one more for each attempt
    assert parked_seqs() == list(range(1, operations.MAX_PARKED_IN_A_ROW + 2))
    receiver.poison = set()
    Destination.objects.update(retry_at=None)
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, siem.failing_since) == (100, None)


def test_it_counts_the_parked_ones_from_the_last_success(siem, receiver, acme):
    fill(acme, 100)
    receiver.poison = set(range(2, 101, 2))  # every other one is fine
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, siem.failures) == (100, 0)
    assert parked_seqs() == list(range(2, 101, 2))


def test_it_parks_nothing_when_the_lease_is_lost(siem, receiver, acme):
    fill(acme, 1)
    receiver.poison = {1}
    receiver.answers = [lambda: Destination.objects.update(lease_token=None)]
    run_turn()
    assert parked_seqs() == []


@pytest.fixture
def parked(siem, receiver, acme):
    fill(acme, 3)
    receiver.poison = {2}
    run_turn()
    return siem.parked_events.get()


def test_it_sends_a_parked_event_again_when_asked(parked, siem, receiver):
    receiver.poison = set()
    operations.try_again(parked)
    siem.refresh_from_db()
    assert receiver.seqs == [1, 3, 2]
    assert parked_seqs() == []
    assert (siem.delivered, siem.position) == (3, 3)


def test_it_keeps_a_parked_event_that_is_refused_again(parked, siem, receiver):
    before = timezone.now() - timedelta(seconds=1)
    ParkedEvent.objects.update(parked_at=before, reason="old")
    parked.refresh_from_db()
    with pytest.raises(Refused, match="too salty"):
        operations.try_again(parked)
    parked.refresh_from_db()
    assert parked.reason == "too salty"
    assert parked.parked_at > before


def test_it_keeps_a_parked_event_when_nobody_is_there(parked, receiver):
    receiver.answers = [Unavailable("503")]
    with pytest.raises(Unavailable):
        operations.try_again(parked)
    assert parked_seqs() == [2]

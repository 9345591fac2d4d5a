"""A destination is leased to one worker at a time. A worker without the lease changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone

from activity.delivery import leases
from activity.delivery.kinds.base import Unavailable
from activity.delivery.leases import claim
from activity.delivery.models import Destination
from activity.delivery.operations import replay_from_seq
from activity.worker.leases import LeaseLost
from organizations.plans import Plan
from tests import factories
from tests.delivery.engine.fakes import fill, make_destination, run_turn


def expire():
    Destination.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def lease(siem, acme):
    """The lease of this worker."""
    fill(acme, 50)
    return claim()


def test_it_gives_a_destination_to_one_worker(lease, siem):
    assert lease.destination == siem
    assert claim() is None


def test_it_gives_it_to_another_when_time_is_up(lease):
    expire()
    other = claim()
    assert other.token != lease.token


def test_it_lasts_longer_than_the_longest_request(lease, settings):
    left = (Destination.objects.get().leased_until - timezone.now()).total_seconds()
    assert left > 2 * settings.DELIVERY_TIMEOUT


def test_it_begins_anew_when_it_is_renewed(lease, siem):
    expire()
    lease.renew()
    siem.refresh_from_db()
    assert siem.leased_until > timezone.now()


def test_it_is_free_after_its_release(lease, siem):
    lease.release()
    assert claim().destination == siem


def test_it_gives_first_what_had_no_turn_for_longest(acme, birch):
    birch.change_plan(Plan.PROFESSIONAL, reason="test")
    for organization in (acme, birch):
        fill(organization, 1)
        make_destination(organization)
    turns = []
    for _ in range(6):
        lease = claim()
        turns.append(lease.destination.organization.slug)
        lease.release()
    assert turns == ["acme", "birch"] * 3


@pytest.mark.parametrize(
    "step",
    [
        lambda lease: lease.renew(),
        lambda lease: lease.advance(10),
        lambda lease: lease.advance(10, delivered=10),
    ],
)
@pytest.mark.parametrize(
    "taken",
    [
        lambda: (expire(), claim()),
        lambda: Destination.objects.update(lease_token=None),
        lambda: replay_from_seq(Destination.objects.get(), 5),
        lambda: Destination.objects.all().delete(),
    ],
    ids=["other worker", "no lease", "replay", "deleted"],
)
def test_it_fences_off_who_has_lost_it(taken, step, lease):
    taken()
    stored = list(Destination.objects.values())
    with pytest.raises(LeaseLost):
        step(lease)
    assert list(Destination.objects.values()) == stored


def test_it_lets_nobody_else_fail_or_release_it(lease, siem):
    expire()
    other = claim()
    lease.fail("not mine")
    lease.release()
    siem.refresh_from_db()
    assert (siem.failures, siem.last_error, siem.lease_token) == (0, "", other.token)


def test_it_counts_what_arrived_although_it_was_paused_meanwhile(siem, receiver, acme):
    fill(acme, 25)
    receiver.answers = [lambda: Destination.objects.update(is_paused=True)]
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, receiver.seqs) == (10, list(range(1, 11)))


@pytest.mark.parametrize(
    "change",
    [
        {"address": "https://other.example/in"},
        {"sealed_secret": "another"},
        {"ca_certificate": "another"},
        {"format": "ecs"},
        {"filter": "event=vault.created"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_it_sends_no_further_batch_by_what_was_changed_meanwhile(change, siem, receiver, acme):
    fill(acme, 25)
    receiver.answers = [lambda: Destination.objects.update(**change)]
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, receiver.seqs, siem.lease_token) == (10, list(range(1, 11)), None)


def test_it_blames_nobody_for_what_was_changed_meanwhile(siem, receiver, acme):
    fill(acme, 5)

    def mended():
        Destination.objects.update(address="https://other.example/in", retry_at=None)
        raise Unavailable("nothing at the old address")

    receiver.answers = [mended]
    run_turn()
    siem.refresh_from_db()
    assert (siem.failures, siem.failing_since, siem.retry_at) == (0, None, None)
    assert run_turn()
    assert receiver.seqs == [1, 2, 3, 4, 5]


def test_it_minds_no_failure_of_what_was_deleted_meanwhile(siem, receiver, acme):
    fill(acme, 5)

    def deleted():
        Destination.objects.all().delete()
        raise Unavailable("too late")

    receiver.answers = [deleted]
    assert run_turn()


def test_a_slow_worker_does_not_move_the_cursor_of_the_faster_one(siem, receiver, acme):
    fill(acme, 25)

    def overtaken():
        expire()
        assert run_turn()  # another worker delivers all of it

    receiver.answers = [overtaken]
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, siem.delivered) == (25, 25)
    assert list(dict.fromkeys(receiver.seqs)) == list(range(1, 26))


def test_a_slow_worker_does_not_announce_a_failure_that_is_over(siem, receiver, acme):
    fill(acme, 25)

    def overtaken():
        expire()
        run_turn()
        raise Unavailable("timed out")

    receiver.answers = [overtaken]
    run_turn()
    siem.refresh_from_db()
    assert (siem.failures, siem.failing_since, siem.position) == (0, None, 25)


def claims_at_once(workers):
    """Claim in several threads at once, each with its own connection. Return the results."""
    barrier = Barrier(workers, timeout=30)

    def one(_number):
        try:
            connection.ensure_connection()
            barrier.wait()
            lease = claim()
            return lease and lease.destination.pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        return sorted(pk for pk in pool.map(one, range(workers)) if pk)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_gives_each_destination_once_to_many_workers_at_once():
    for _ in range(10):
        Destination.objects.all().delete()
        for _organization in range(3):
            organization = factories.OrganizationFactory()
            make_destination(organization)
            fill(organization, 1)
        wanted = sorted(Destination.objects.values_list("pk", flat=True))
        assert claims_at_once(8) == wanted


def test_it_looks_at_the_row_anew_and_at_nothing_else(lease, monkeypatch):
    """Two workers read it as free. The UPDATE of the slower one must find that it is leased."""
    seen = Destination.objects.filter(pk=lease.destination.pk)
    monkeypatch.setattr(leases, "due", lambda now: seen)
    assert claim() is None

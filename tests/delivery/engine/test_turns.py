"""One turn of one destination: sent events, their order, and the stored position."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.delivery import engine
from activity.delivery.kinds.base import Unavailable
from activity.delivery.models import Destination
from activity.reading import feed
from organizations.plans import Plan
from tests import factories
from tests.delivery.engine.fakes import (
    FakeTransport,
    fill,
    lead_to,
    make_destination,
    never,
    run_turn,
)


def test_it_sends_all_in_order_and_once(siem, receiver, acme):
    fill(acme, 25)
    assert run_turn()
    assert receiver.attempts == [
        list(range(1, 11)),
        list(range(11, 21)),
        list(range(21, 26)),
    ]
    siem.refresh_from_db()
    assert (siem.position, siem.delivered, siem.lease_token) == (25, 25, None)
    assert siem.last_success_at is not None
    assert receiver.is_closed
    assert not run_turn()
    fill(acme, 1, item_id="i_1")
    assert run_turn()
    assert receiver.seqs == list(range(1, 27))


def test_it_sends_the_event_in_the_format(receiver, acme):
    make_destination(acme, format="ocsf")
    event = factories.event(acme)
    run_turn()
    (message,) = receiver.received
    assert message.content["metadata"]["uid"] == message.id == str(event.pk)
    assert message.content["metadata"]["tenant_uid"] == "acme"
    assert (message.occurred_at, message.event_type) == (event.occurred_at, "item.read")


def test_it_passes_what_the_filter_leaves_out(receiver, acme, monkeypatch):
    monkeypatch.setattr(feed, "FEED_WINDOW", 10)
    siem = make_destination(acme, filter="event=vault.created")
    fill(acme, 25)
    fill(acme, 2, event_type="vault.created")
    fill(acme, 3, item_id="i_1")
    run_turn()
    siem.refresh_from_db()
    assert receiver.seqs == [26, 27]
    assert (siem.position, siem.delivered) == (30, 2)


def test_it_says_no_success_when_the_filter_left_all_out(receiver, acme):
    siem = make_destination(acme, filter="event=vault.created", failing_since=timezone.now())
    fill(acme, 5)
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, siem.last_success_at) == (5, None)
    assert siem.failing_since is not None


def test_it_stops_at_a_filter_that_is_not_valid_any_more(receiver, acme):
    siem = make_destination(acme, filter="colour=red")
    fill(acme, 1)
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, receiver.attempts) == (0, [])
    assert "colour" in siem.last_error


def test_it_tries_again_later_when_the_receiver_fails(siem, receiver, acme):
    fill(acme, 5)
    receiver.answers = [Unavailable("503")]
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, siem.failures, siem.last_error) == (0, 1, "503")
    assert siem.failing_since is not None
    assert timezone.now() < siem.retry_at <= timezone.now() + timedelta(seconds=2)
    assert not run_turn()  # not due yet
    Destination.objects.update(retry_at=timezone.now())
    assert run_turn()
    siem.refresh_from_db()
    assert receiver.seqs == [1, 2, 3, 4, 5]
    assert (siem.failures, siem.failing_since, siem.retry_at) == (0, None, None)
    assert siem.last_error == "503"  # kept for later diagnosis


def test_it_keeps_the_time_of_the_first_failure(siem, receiver, acme):
    fill(acme, 1)
    since = timezone.now() - timedelta(hours=3)
    Destination.objects.update(failures=4, failing_since=since)
    receiver.answers = [Unavailable("503")]
    run_turn()
    siem.refresh_from_db()
    assert (siem.failures, siem.failing_since) == (5, since)


def test_it_waits_as_long_as_the_receiver_asks(siem, receiver, acme):
    fill(acme, 1)
    receiver.answers = [Unavailable("429", retry_after=600)]
    run_turn()
    siem.refresh_from_db()
    wait = siem.retry_at - timezone.now()
    assert timedelta(seconds=590) < wait <= timedelta(seconds=600)


def test_it_counts_what_arrived_before_the_receiver_failed(siem, receiver, acme):
    fill(acme, 5)
    receiver.answers = [Unavailable("reset", accepted=3)]
    run_turn()
    siem.refresh_from_db()
    assert (siem.position, siem.delivered, siem.failures) == (3, 3, 1)


def test_it_blames_itself_for_its_mistakes_and_goes_on(siem, receiver, acme, caplog):
    fill(acme, 1)
    receiver.answers = [ZeroDivisionError("oops")]
    assert run_turn()
    siem.refresh_from_db()
    assert siem.failures == 1
    assert "oops" not in siem.last_error
    assert "oops" in caplog.text


def test_it_asks_for_the_secret_when_its_key_is_gone(siem, acme, settings):
    siem.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    siem.save()
    fill(acme, 1)
    settings.SECRET_KEY = "another"
    run_turn()
    siem.refresh_from_db()
    assert "Enter the secret again" in siem.last_error


@pytest.mark.parametrize("fields", [{"is_paused": True}, {"position": 5}])
def test_it_leaves_alone_what_is_not_due(fields, receiver, acme):
    make_destination(acme, **fields)
    fill(acme, 5)
    assert not run_turn()
    assert receiver.attempts == []


def test_it_stops_without_a_plan_and_goes_on_with_one(siem, receiver, acme):
    fill(acme, 5)
    acme.change_plan(Plan.ESSENTIALS, reason="test")
    assert not run_turn()
    acme.change_plan(Plan.PROFESSIONAL, reason="test")
    assert run_turn()
    assert receiver.seqs == [1, 2, 3, 4, 5]


def test_it_asks_the_gate_even_if_the_plan_was_lost_just_now(siem, receiver, acme, monkeypatch):
    fill(acme, 5)
    acme.change_plan(Plan.ESSENTIALS, reason="test")
    monkeypatch.setattr("activity.delivery.leases.plans_with", lambda _feature: list(Plan))
    assert run_turn()
    siem.refresh_from_db()
    assert (receiver.attempts, siem.failures, siem.lease_token) == ([], 0, None)


def test_it_ends_after_the_batch_in_hand_when_told_to_stop(siem, receiver, acme):
    fill(acme, 25)
    engine.deliver(lambda: len(receiver.attempts) == 2)
    siem.refresh_from_db()
    assert (siem.position, siem.lease_token) == (20, None)


def test_it_ends_its_turn_in_time_so_that_others_have_theirs(acme, birch, monkeypatch):
    birch.change_plan(Plan.PROFESSIONAL, reason="test")
    order = []
    monkeypatch.setattr(engine, "TURN_SECONDS", 0.0001)
    lead_to(
        monkeypatch,
        lambda destination: FakeTransport([lambda: order.append(destination.organization.slug)]),
    )
    for organization in (acme, birch):
        make_destination(organization)
        fill(organization, 25)
    while engine.deliver(never):
        pass
    assert order == ["acme", "birch"] * 3


def test_it_gives_nothing_of_another_organization(siem, receiver, acme, birch):
    birch.change_plan(Plan.PROFESSIONAL, reason="test")
    fill(birch, 5)
    assert not run_turn()
    fill(acme, 2)
    fill(birch, 5, item_id="i_1")
    run_turn()
    assert receiver.seqs == [1, 2]

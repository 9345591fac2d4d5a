from datetime import timedelta

import pytest
from django.utils import timezone

from activity.access import PlanRequired
from activity.delivery.kinds.base import Unavailable
from activity.delivery.models import Destination
from activity.delivery.operations import send_test_event
from activity.models import Event
from organizations.plans import Plan
from tests.delivery.engine.fakes import fill, run_turn


@pytest.mark.parametrize("name", ["native", "ocsf", "ecs"])
def test_it_sends_one_event_that_the_log_does_not_have(name, siem, receiver):
    siem.format = name
    send_test_event(siem)
    (message,) = receiver.received
    assert (message.seq, message.event_type) == (0, "delivery.test")
    assert message.id in str(message.content)
    assert "SIEM" in str(message.content)
    assert not Event.objects.exists()
    assert receiver.is_closed


def test_it_lets_what_waits_follow_at_once(siem, receiver, acme):
    fill(acme, 1)
    Destination.objects.update(retry_at=timezone.now() + timedelta(hours=1))
    send_test_event(siem)
    assert run_turn()


def test_it_says_what_is_wrong_and_changes_nothing(siem, receiver):
    receiver.answers = [Unavailable("The receiver answers 401.")]
    with pytest.raises(Unavailable, match="401"):
        send_test_event(siem)
    siem.refresh_from_db()
    assert (siem.failures, siem.delivered) == (0, 0)


def test_it_sends_nothing_without_a_plan(siem, receiver, acme):
    acme.change_plan(Plan.ESSENTIALS, reason="test")
    siem.organization.refresh_from_db()
    with pytest.raises(PlanRequired):
        send_test_event(siem)
    assert receiver.attempts == []

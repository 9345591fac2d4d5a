"""The pages of destinations: state and actions."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from activity.delivery.kinds.base import Refused, Unavailable
from activity.delivery.models import Destination, ParkedEvent
from organizations.plans import Plan
from tests.delivery.destination_pages import LIST, do, history, page_of, park
from tests.delivery.engine.fakes import make_destination

ACTIONS = ["test", "pause", "resume", "parked"]


@pytest.mark.parametrize("page", ["list", "change"])
def test_it_tells_how_it_is(siem, as_alice, page):
    address = LIST if page == "list" else page_of(siem)
    assert "health-ok" in as_alice.get(address).text
    Destination.objects.update(
        failing_since=timezone.now(),
        last_error="<b>No answer.</b>",
        last_success_at=siem.created_at,
    )
    text = as_alice.get(address).text
    assert "health-failing" in text
    assert "&lt;b&gt;No answer.&lt;/b&gt;" in text
    assert "3 events" in text
    Destination.objects.update(is_paused=True)
    assert "health-disabled" in as_alice.get(address).text


def test_it_tells_events_and_seconds(siem, as_alice, monkeypatch):
    later = timezone.now() + timedelta(hours=3, seconds=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    text = as_alice.get(LIST).text
    assert "health-lagging" in text
    assert re.search(r"3 events, 10,80\d seconds \(3 hours\)", text)


def test_it_tells_times_by_the_organizations_clock(siem, as_alice):
    moment = timezone.datetime.fromisoformat("2026-11-22T23:30:00+00:00")
    Destination.objects.update(last_success_at=moment)
    for address in (LIST, page_of(siem)):
        assert "23 Nov 2026, 00:30:00" in as_alice.get(address).text


@pytest.mark.parametrize("action", ACTIONS)
def test_it_does_nothing_when_it_is_only_looked_at(siem, as_alice, receiver, action):
    park(siem, 1)
    before = Destination.objects.values().get()
    assert as_alice.get(f"{LIST}{siem.pk}/{action}/").status_code == 405
    for address in ["change", "replay", "secret", "history", "delete"]:
        assert as_alice.get(f"{LIST}{siem.pk}/{address}/").status_code == 200
    assert Destination.objects.values().get() == before
    assert (ParkedEvent.objects.count(), receiver.attempts) == (1, [])


@pytest.mark.parametrize("action", [*ACTIONS, "replay", "secret"])
def test_it_wants_the_token_against_forgery(siem, alice, action):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(f"{LIST}{siem.pk}/{action}/", {"seq": "1"}).status_code == 403


def test_it_sends_a_test_event(siem, as_alice, receiver):
    assert "The test event arrived." in do(as_alice, siem, "test")
    [message] = receiver.received
    assert (message.seq, message.content["event"]) == (0, "delivery.test")
    siem.refresh_from_db()
    assert (siem.position, siem.delivered) == (2, 0)
    assert history(siem) == ["The test event arrived."]


@pytest.mark.parametrize("error", [Refused("too <salty>"), Unavailable("too <salty>")])
def test_it_tells_why_a_test_event_did_not_arrive(siem, as_alice, receiver, error):
    receiver.answers = [error]
    assert "did not arrive. too &lt;salty&gt;" in do(as_alice, siem, "test")
    siem.refresh_from_db()
    assert (siem.position, siem.failing_since) == (2, None)


def test_it_tells_when_the_secret_cannot_be_read(siem, as_alice):
    Destination.objects.update(sealed_secret="nonsense")
    assert "Enter the secret again" in do(as_alice, siem, "test")


def test_it_pauses_and_resumes(siem, as_alice):
    Destination.objects.update(retry_at=timezone.now() + timedelta(hours=1))
    assert "“SIEM” is paused." in do(as_alice, siem, "pause")
    assert "Resume" in do(as_alice, siem, "pause")
    siem.refresh_from_db()
    assert siem.is_paused
    assert "resumes where it stopped" in do(as_alice, siem, "resume")
    siem.refresh_from_db()
    assert (siem.is_paused, siem.position, siem.retry_at) == (False, 2, None)
    assert history(siem) == ["Paused.", "Resumed."]


@pytest.mark.parametrize(
    ("data", "position"),
    [
        ({"seq": "1"}, 0),
        ({"seq": "6"}, 5),
        ({"since": "2026-11-02"}, 0),
        ({"since": "2026-11-02T11:23:15"}, 2),
        ({"since": "2026-11-02T10:23:16Z"}, 3),
    ],
)
def test_it_goes_back(siem, as_alice, data, position):
    """The first event is at 10:23:13.123456, the others follow a second apart. Zurich is UTC+1."""
    assert f"from number {position + 1} on are delivered again" in do(
        as_alice, siem, "replay", **data
    )
    siem.refresh_from_db()
    assert siem.position == position
    assert history(siem) == [f"All events from number {position + 1} on are delivered again."]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Enter either a time or a number"),
        ({"seq": "1", "since": "2026-11-02"}, "Enter either a time or a number"),
        ({"seq": "0"}, "greater than or equal to 1"),
        ({"seq": "7"}, "Choose a number from 1 to 6"),
        ({"seq": "x"}, "whole number"),
        ({"seq": "9" * 30}, "Choose a number from 1 to 6"),
        ({"since": "yesterday"}, "Enter a day such as"),
        ({"since": "2026-03-29T02:30"}, "The clocks in Europe/Zurich skip"),
        ({"since": "2027-01-01"}, "Nothing has occurred since then"),
    ],
)
def test_it_says_why_it_cannot_go_back(siem, as_alice, data, message):
    assert message in do(as_alice, siem, "replay", **data)
    siem.refresh_from_db()
    assert siem.position == 2


def test_it_does_not_go_back_without_the_plan(acme, siem, as_alice):
    acme.change_plan(Plan.ESSENTIALS, reason="")
    assert "does not include" in do(as_alice, siem, "replay", since="2026-11-02")
    assert "does not include" in do(as_alice, siem, "test")
    assert "health-disabled" in as_alice.get(page_of(siem)).text


def test_it_makes_a_new_secret(siem, as_alice):
    old = siem.secret
    response = as_alice.post(f"{LIST}{siem.pk}/secret/")
    siem.refresh_from_db()
    assert siem.secret != old
    assert f'value="{siem.secret}"' in response.text
    assert "no-store" in response["Cache-Control"]
    assert history(siem) == ["Generated a new signing secret."]


def test_it_makes_secrets_for_webhooks_alone(acme, as_alice):
    splunk = make_destination(acme, kind="splunk")
    assert as_alice.post(f"{LIST}{splunk.pk}/secret/").status_code == 404
    assert "New signing secret" not in as_alice.get(page_of(splunk)).text


def test_it_tells_on_the_home_page_what_fails(siem, as_alice, as_support):
    assert "SIEM" not in as_alice.get("/admin/").text
    Destination.objects.update(failing_since=timezone.now(), last_error="No answer.")
    text = as_alice.get("/admin/").text
    assert "A destination fails" in text
    assert page_of(siem) in text
    assert "No answer." in text
    assert "SIEM" not in as_support.get("/admin/").text


def test_it_lists_many_destinations_with_the_queries_of_one(
    siem, acme, as_alice, django_assert_num_queries
):
    as_alice.get(LIST)
    for count in (0, 5):
        for number in range(count):
            make_destination(acme, name=f"More {number}", position=number)
        with django_assert_num_queries(10):
            assert as_alice.get(LIST).status_code == 200

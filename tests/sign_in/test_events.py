"""What is written down about sign-ins."""

import logging

import pytest

from activity.models import Event, LogHead
from organizations.models import Role
from tests.factories import MemberFactory, OrganizationFactory, UserFactory
from tests.sign_in.conftest import Visitor


def only_event(organization):
    return Event.objects.select_related("actor").get(organization=organization)


def logged(caplog):
    return [one.getMessage() for one in caplog.records if one.name == "passaudit.sign_in"]


def test_it_records_a_sign_in(acme, alice):
    Visitor(HTTP_USER_AGENT="Mozilla/5.0 (X11)").signs_in("ALICE@acme.example")

    event = only_event(acme)
    assert (event.event_type, event.source) == ("signin.succeeded", "passaudit")
    assert (event.actor.email, event.actor.name) == (alice.email, alice.name)
    assert (event.ip, event.client) == ("203.0.113.7", "Mozilla/5.0 (X11)")
    assert event.data == {"service": "passaudit", "methods": ["password"]}


def test_it_records_a_wrong_password(acme, alice):
    Visitor().guesses("Alice@acme.example", 1)

    event = only_event(acme)
    assert event.event_type == "signin.failed"
    assert event.actor.email == alice.email
    assert event.data == {"service": "passaudit", "reason": "wrong password"}


def test_it_records_a_sign_in_that_is_not_admitted(acme, charlie):
    Visitor().signs_in(charlie.email)
    assert only_event(acme).data["reason"] == "administers no organization"


def test_it_records_the_guesses_at_a_deactivated_account(acme, alice):
    alice.is_active = False
    alice.save()
    Visitor().signs_in(alice.email)
    assert only_event(acme).data["reason"] == "inactive account"


def test_it_records_in_the_log_of_each_organization(acme, birch, alice):
    MemberFactory(organization=birch, user=alice, role=Role.ADMIN)
    other = OrganizationFactory()
    Visitor().signs_in(alice.email)
    assert only_event(acme).event_type == only_event(birch).event_type == "signin.succeeded"
    assert not Event.objects.filter(organization=other).exists()


def test_it_records_nothing_about_people_without_an_organization(support):
    Visitor().signs_in(support.email)
    Visitor().guesses(support.email, 1)
    Visitor().guesses("nobody@acme.example", 1)
    assert not Event.objects.exists()
    assert not LogHead.objects.exists()


def test_it_records_no_refusal(clock, acme, alice):
    """Whoever guesses fills the log at the pace of the limits, and no faster."""
    Visitor().guesses(alice.email, 30)
    assert Event.objects.filter(organization=acme).count() == 10


def test_it_logs_all_of_them(clock, acme, alice, caplog):
    caplog.set_level(logging.INFO, "passaudit.sign_in")
    visitor = Visitor()
    visitor.guesses("nobody@acme.example", 1)
    visitor.guesses(alice.email, 11)
    texts = logged(caplog)
    assert texts[0] == "Sign-in of an unknown account from 203.0.113.7 failed: wrong password."
    assert texts[1] == f"Sign-in of user {alice.pk} from 203.0.113.7 failed: wrong password."
    assert texts[-1].startswith("Sign-in from 203.0.113.7 refused for 60 s: too many attempts.")
    assert len(texts) == 12


def test_it_logs_a_sign_in(alice, caplog):
    caplog.set_level(logging.INFO, "passaudit.sign_in")
    Visitor().signs_in(alice.email)
    assert logged(caplog) == [f"User {alice.pk} signed in from 203.0.113.7 by password."]


def test_it_records_an_account_whose_address_has_a_comma(acme):
    user = UserFactory(email='"a,b"@acme.example')
    MemberFactory(organization=acme, user=user, role=Role.ADMIN)
    assert Visitor().signs_in(user.email).status_code == 302
    event = only_event(acme)
    assert (event.actor.email, event.data["account"]) == ("", user.email)


def test_it_signs_nobody_in_without_a_record(alice, monkeypatch):
    def fail(*_arguments):
        raise OSError("The database is full.")

    monkeypatch.setattr("passaudit.sign_in.journal.record", fail)
    visitor = Visitor()
    with pytest.raises(OSError, match="full"):
        visitor.signs_in(alice.email)
    assert visitor.client.get("/admin/").status_code == 302


def test_it_answers_a_wrong_password_before_it_records(acme, alice, monkeypatch):
    """The time of the answer does not tell whether there is an account."""
    seen = []
    monkeypatch.setattr(
        "passaudit.sign_in.journal.sign_in_failed", lambda *_: seen.append("recorded")
    )
    from passaudit.sign_in.views import RecordingResponse

    render = RecordingResponse.rendered_content.fget
    monkeypatch.setattr(
        RecordingResponse,
        "rendered_content",
        property(lambda self: seen.append("rendered") or render(self)),
    )
    Visitor().guesses(alice.email, 1)
    assert seen == ["rendered", "recorded"]


def test_it_cleans_the_name_of_the_client(acme, alice):
    Visitor(HTTP_USER_AGENT="x\x85" + "y" * 300).signs_in(alice.email)
    assert only_event(acme).client == "x" + "y" * 254

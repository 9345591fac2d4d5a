from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from activity.delivery.kinds.base import Unavailable
from activity.delivery.models import Destination
from activity.delivery.notifications import failing_destinations
from organizations.models import MemberStatus, Role
from organizations.plans import Plan
from tests import factories
from tests.delivery.engine.fakes import fill, make_destination, run_turn


@pytest.fixture
def people(acme, alice, charlie):
    """Two administrators, and users who must get no mail."""
    factories.administrator(acme, Role.OWNER, email="owner@acme.example")
    suspended = factories.administrator(acme, email="suspended@acme.example")
    suspended.memberships.update(status=MemberStatus.SUSPENDED)
    factories.administrator(acme, email="inactive@acme.example", is_active=False)
    return ["alice@acme.example", "owner@acme.example"]


def attempt(receiver, *, fails):
    receiver.answers = [Unavailable("The receiver answers 503.")] if fails else []
    Destination.objects.update(retry_at=None)
    assert run_turn()


@pytest.fixture
def failing(siem, receiver, acme):
    """A destination that first failed `hours` ago."""

    def since(hours):
        fill(acme, 5)
        attempt(receiver, fails=True)
        Destination.objects.update(failing_since=timezone.now() - timedelta(hours=hours))
        return siem

    return since


def test_it_mails_nobody_in_the_first_day(failing, receiver, people, mailoutbox):
    failing(hours=23.9)
    attempt(receiver, fails=True)
    assert mailoutbox == []


def test_it_mails_the_administrators_once_after_a_day(failing, receiver, people, mailoutbox):
    failing(hours=24.1)
    for _ in range(3):
        attempt(receiver, fails=True)
    (mail,) = mailoutbox
    assert mail.to == people
    assert mail.subject == "Acme Robotics: the destination “SIEM” has failed for a day"
    assert "The receiver answers 503." in mail.body
    assert "&" not in mail.body


def test_it_mails_once_more_when_it_works_again(failing, receiver, people, mailoutbox, acme):
    siem = failing(hours=24.1)
    attempt(receiver, fails=True)
    attempt(receiver, fails=False)
    fill(acme, 1, item_id="i_1")
    attempt(receiver, fails=False)
    assert [mail.subject for mail in mailoutbox][1:] == [
        "Acme Robotics: the destination “SIEM” works again"
    ]
    siem.refresh_from_db()
    assert siem.announced_at is None


def test_it_mails_nothing_of_what_was_never_announced(failing, receiver, people, mailoutbox):
    failing(hours=3)
    attempt(receiver, fails=False)
    assert mailoutbox == []


def test_it_tries_again_when_no_mail_can_be_sent(
    failing, receiver, people, mailoutbox, monkeypatch, caplog
):
    failing(hours=24.1)
    with monkeypatch.context() as patched:

        def fail(self):
            raise SMTPServerDisconnected("gone")

        patched.setattr("django.core.mail.EmailMessage.send", fail)
        attempt(receiver, fails=True)
    assert "gone" in caplog.text
    attempt(receiver, fails=True)
    assert len(mailoutbox) == 1


def test_it_writes_names_with_line_breaks_in_one_line(failing, receiver, people, mailoutbox, acme):
    Destination.objects.update(name="SIEM\nBcc: x@example.org")
    failing(hours=24.1)
    attempt(receiver, fails=True)
    assert "“SIEM Bcc: x@example.org”" in mailoutbox[0].subject


def test_it_shows_failing_destinations_to_those_who_administer(
    failing, alice, bob, charlie, support
):
    siem = failing(hours=1)
    assert failing_destinations(alice) == [siem]
    for user in (bob, charlie, support, AnonymousUser()):
        assert failing_destinations(user) == []


def test_it_shows_what_has_failed_longest_first(acme, alice):
    now = timezone.now()
    newer = make_destination(acme, name="b", failing_since=now - timedelta(hours=1))
    older = make_destination(acme, name="a", failing_since=now - timedelta(hours=2))
    assert failing_destinations(alice) == [older, newer]


@pytest.mark.parametrize("change", ["paused", "plan", "works"])
def test_it_shows_nothing_that_nobody_waits_for(change, failing, acme, alice, receiver):
    failing(hours=1)
    if change == "paused":
        Destination.objects.update(is_paused=True)
    elif change == "plan":
        acme.change_plan(Plan.ESSENTIALS, reason="test")
    else:
        attempt(receiver, fails=False)
    assert failing_destinations(alice) == []

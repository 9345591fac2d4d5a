"""The upgrade page, for organizations whose plan does not include the log."""

from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organizations.models import RequestStatus, Role, UpgradeRequest
from organizations.plans import Plan
from tests.factories import MemberFactory, administrator, event

LOG = "/admin/activity/event/"
UPGRADE = f"{LOG}upgrade/"


@pytest.fixture
def as_bob(bob):
    client = Client()
    client.force_login(bob)
    return client


def text_of(response):
    return " ".join(response.content.decode().split())


def test_it_offers_an_upgrade(as_bob):
    response = as_bob.get(LOG)

    assert response.status_code == HTTPStatus.FORBIDDEN
    text = text_of(response)
    assert "See who did what, when and where" in text
    assert "<b>Birch &amp; Co</b>" in text
    assert "Pass Professional and Proton Business Suite" in text
    assert "Current plan: <b>Pass Essentials</b>" in text
    assert "Ask support to upgrade" in text
    assert "what happened before the upgrade appears with it" in text


def test_it_asks_nothing_about_events(as_bob, birch):
    stored = event(birch, email="secret@birch.example")

    for path in (LOG, f"{LOG}?q=secret", f"{LOG}export/", f"{LOG}{stored.pk}/change/", "/admin/"):
        with CaptureQueriesContext(connection) as queries:
            response = as_bob.get(path)
        assert b"secret@birch.example" not in response.content
        assert not [query for query in queries if '"activity_' in query["sql"]], path


def test_it_files_one_request(as_bob, bob, birch):
    first = as_bob.post(UPGRADE, follow=True)
    again = as_bob.post(UPGRADE, follow=True)

    assert "Your request was sent to support." in text_of(first)
    assert "Your request is already pending." in text_of(again)
    request = UpgradeRequest.objects.get()
    assert (request.organization, request.requested_by) == (birch, bob)
    text = text_of(as_bob.get(LOG))
    assert "Your request is pending." in text
    assert "by bob@birch.example" in text
    assert "Ask support" not in text


def test_it_tells_why_a_request_was_declined(as_bob, bob, birch, support):
    request, _ = UpgradeRequest.submit(birch, bob)
    request.decline(resolved_by=support, note="Pay <first>.")

    text = text_of(as_bob.get(LOG))

    assert "Support declined your request" in text
    assert "Pay &lt;first&gt;." in text
    assert "Ask support again" in text
    as_bob.post(UPGRADE)
    assert UpgradeRequest.objects.filter(status=RequestStatus.PENDING).count() == 1


def test_it_shows_the_history_once_upgraded(as_bob, bob, birch, support):
    event(birch)
    request, _ = UpgradeRequest.submit(birch, bob)
    request.approve(Plan.PROFESSIONAL, resolved_by=support)

    assert len(as_bob.get(LOG).context["cl"].result_list) == 1


def test_it_has_no_request_to_file_for_a_plan_with_the_log(as_alice, acme):
    assert as_alice.post(UPGRADE).url == f"{LOG}?organization=acme"
    assert not UpgradeRequest.objects.exists()


def test_it_files_for_the_organization_that_was_shown(acme, birch, bob, as_bob):
    MemberFactory(organization=acme, user=bob, role=Role.ADMIN)

    assert as_bob.get(f"{LOG}?organization=birch").status_code == HTTPStatus.FORBIDDEN
    response = as_bob.post(UPGRADE, {"organization": "birch"})

    assert response.url == f"{LOG}?organization=birch"
    assert UpgradeRequest.objects.get().organization == birch


def test_it_takes_no_request_from_others(as_alice, as_support, charlie, birch):
    member = Client()
    member.force_login(charlie)

    assert as_alice.post(UPGRADE, {"organization": "birch"}).status_code == HTTPStatus.FORBIDDEN
    assert as_support.post(UPGRADE, {"organization": "birch"}).status_code == HTTPStatus.FORBIDDEN
    assert "/admin/login/" in member.post(UPGRADE).url
    assert not UpgradeRequest.objects.exists()


def test_it_files_nothing_on_a_visit(as_bob):
    assert as_bob.get(UPGRADE).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert not UpgradeRequest.objects.exists()


def test_it_wants_a_token_against_forged_requests(bob):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)

    response = client.post(UPGRADE)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Please try again" in text_of(response)
    assert not UpgradeRequest.objects.exists()


def test_it_is_no_page_for_plain_members(birch):
    client = Client()
    client.force_login(MemberFactory(organization=birch).user)
    assert "/admin/login/" in client.get(LOG).url


def test_it_offers_the_way_to_another_organization(birch, acme):
    user = administrator(birch)
    MemberFactory(organization=acme, user=user, role=Role.ADMIN)
    client = Client()
    client.force_login(user)

    response = client.get(f"{LOG}?organization=birch")

    assert '<option value="acme">Acme Robotics</option>' in text_of(response)

"""The admin pages of API keys."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activity.api.models import ApiKey, KeyStatus
from activity.api.tokens import PATTERN
from tests import factories
from tests.api.conftest import EVENTS, bearer, issue

LIST = "/admin/api/apikey/"
ADD = "/admin/api/apikey/add/"


@pytest.fixture
def as_bob(bob):
    client = Client()
    client.force_login(bob)
    return client


def form(**fields):
    return {
        "organization": "acme",
        "name": "SIEM",
        "scopes": ["events:read", "events:write"],
        "networks": "",
        "lifetime": "365",
    } | fields


def test_it_shows_the_key_once(acme, alice, as_alice):
    response = as_alice.post(ADD, form())
    assert response.status_code == 200
    [token] = {match[0] for match in PATTERN.finditer(response.text)}
    assert "no-store" in response["Cache-Control"]
    assert "Bearer $PASSAUDIT_KEY" in response.text
    key = ApiKey.objects.get(organization=acme)
    assert (key.name, key.created_by, key.status) == ("SIEM", alice, KeyStatus.LIVE)
    assert timedelta(days=364) < key.expires_at - timezone.now() <= timedelta(days=365)
    key.token = token
    assert bearer(key).get(EVENTS).status_code == 200
    for page in [LIST, f"{LIST}{key.pk}/change/", f"{LIST}{key.pk}/history/"]:
        text = as_alice.get(page).text
        assert token not in text
        assert token.split("_")[2] not in text
        assert key.digest not in text


def test_it_lists_what_matters(acme, as_alice):
    issue(acme, name="Back end", scopes=["events:write"], networks=["203.0.113.0/24"])
    text = as_alice.get(LIST).text
    for expected in ["Back end", "write events", "Live", "Acme Robotics"]:
        assert expected in text


def test_it_asks_for_the_organization_only_where_there_is_a_choice(acme, alice, as_alice):
    assert 'type="hidden" name="organization" value="acme"' in as_alice.get(ADD).text
    cedar = factories.OrganizationFactory(slug="cedar", name="Cedar & Sons")
    factories.MemberFactory(organization=cedar, user=alice, role="owner")
    text = as_alice.get(ADD).text
    assert '<option value="cedar">Cedar &amp; Sons</option>' in text
    as_alice.post(ADD, form(organization="cedar"))
    assert ApiKey.objects.get().organization == cedar


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["events:admin"]}, "scopes"),
        ({"networks": "203.0.113.0/24\nhome"}, "networks"),
        ({"networks": "10.0.0.0/8 " * 51}, "networks"),
        ({"lifetime": "9"}, "lifetime"),
        ({"organization": "birch"}, "organization"),
        ({"organization": "nowhere"}, "organization"),
    ],
)
def test_it_refuses_an_invalid_form(acme, birch, as_alice, fields, wrong):
    response = as_alice.post(ADD, form(**fields))
    assert list(response.context["adminform"].form.errors) == [wrong]
    assert not ApiKey.objects.exists()


def test_it_stores_networks_in_canonical_form(acme, as_alice):
    as_alice.post(ADD, form(networks="203.0.113.7\n 2001:DB8::1/32, 203.0.113.7/32"))
    assert ApiKey.objects.get().networks == ["203.0.113.7/32", "2001:db8::/32"]


def test_it_creates_a_key_without_expiry(acme, as_alice):
    as_alice.post(ADD, form(lifetime=""))
    assert ApiKey.objects.get().expires_at is None


def test_it_refuses_a_third_key_of_one_name(acme, as_alice):
    issue(acme, name="SIEM")
    issue(acme, name="SIEM")
    response = as_alice.post(ADD, form())
    assert list(response.context["adminform"].form.errors) == ["name"]
    assert "Revoke one" in response.text


def test_it_lets_essentials_write_only(birch, as_bob):
    response = as_bob.post(ADD, form(organization="birch"))
    assert "does not include" in response.text
    assert not ApiKey.objects.exists()
    as_bob.post(ADD, form(organization="birch", scopes=["events:write"]))
    assert ApiKey.objects.get().scopes == ["events:write"]


def test_it_revokes_after_asking(acme, alice, as_alice):
    key = issue(acme)
    page = as_alice.get(f"{LIST}{key.pk}/change/").text
    revoke = reverse("admin:api_apikey_revoke", args=[key.pk])
    assert revoke in page
    assert "Revoke the key" in as_alice.get(revoke).text
    assert bearer(key).get(EVENTS).status_code == 200
    response = as_alice.post(revoke, follow=True)
    assert "is revoked" in response.text
    assert bearer(key).get(EVENTS).status_code == 401
    key.refresh_from_db()
    assert (key.revoked_by, key.status) == (alice, KeyStatus.REVOKED)
    assert revoke not in as_alice.get(f"{LIST}{key.pk}/change/").text
    assert LogEntry.objects.filter(object_id=str(key.pk), user=alice).exists()


def test_it_changes_and_deletes_nothing(acme, as_alice):
    key = issue(acme)
    before = ApiKey.objects.filter(pk=key.pk).values().get()
    assert as_alice.post(f"{LIST}{key.pk}/change/", form(name="other")).status_code == 403
    assert as_alice.post(f"{LIST}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    as_alice.post(LIST, {"action": "delete_selected", "_selected_action": [key.pk]})
    assert ApiKey.objects.filter(pk=key.pk).values().get() == before


def test_it_shows_nothing_of_other_organizations(acme, birch, as_alice):
    theirs = issue(birch, name="Theirs")
    assert "Theirs" not in as_alice.get(LIST).text
    for page in ["change", "history", "delete", "revoke"]:
        response = as_alice.get(f"{LIST}{theirs.pk}/{page}/", follow=True)
        assert "Theirs" not in response.text
    as_alice.post(f"{LIST}{theirs.pk}/revoke/")
    theirs.refresh_from_db()
    assert theirs.status is KeyStatus.LIVE


def test_it_refuses_to_filter_by_digest(acme, as_alice):
    issue(acme)
    assert as_alice.get(LIST, {"digest__startswith": "a"}).status_code == 400


def visitors(request):
    """Return users with and without access, by name."""
    acme = request.getfixturevalue("acme")
    permitted = factories.MemberFactory(organization=acme, user__email="reader@acme.example").user
    permitted.user_permissions.set(
        Permission.objects.filter(content_type__app_label="activity", content_type__model="event")
    )
    return {
        "alice": request.getfixturevalue("alice"),
        "charlie": request.getfixturevalue("charlie"),
        "support": request.getfixturevalue("support"),
        "superuser": request.getfixturevalue("superuser"),
        "permitted": permitted,
        "suspended": factories.MemberFactory(
            organization=acme, role="owner", status="suspended", user__email="gone@acme.example"
        ).user,
    }


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("alice", True),
        ("superuser", True),
        ("support", False),
        ("charlie", False),
        ("permitted", False),
        ("suspended", False),
        (None, False),
    ],
)
def test_it_is_for_administrators(request, acme, name, may):
    key = issue(acme)
    client = Client()
    if name:
        client.force_login(visitors(request)[name])
    for page in [LIST, ADD, f"{LIST}{key.pk}/change/", f"{LIST}{key.pk}/revoke/"]:
        assert (client.get(page).status_code == 200) is may
    client.post(ADD, form(organization="acme"))
    assert (ApiKey.objects.count() == 2) is may
    client.post(f"{LIST}{key.pk}/revoke/")
    key.refresh_from_db()
    assert (key.status is KeyStatus.REVOKED) is may
    assert bool(re.search(r">API keys<", client.get("/admin/", follow=True).text)) is may

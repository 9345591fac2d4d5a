"""Authentication: which requests are accepted, and that refusals reveal nothing."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from activity.api.models import ApiKey, Scope
from activity.api.tokens import Token, checksum
from activity.models import Event
from tests import factories
from tests.api.conftest import EVENTS, bearer, event, issue

REFUSAL = {
    "type": "about:blank",
    "title": "Unauthorized",
    "status": 401,
    "detail": "Send a valid API key: Authorization: Bearer pa_...",
    "code": "invalid_key",
}


def ask_both(headers):
    client = Client(headers=headers)
    yield client.get(EVENTS)
    yield client.post(EVENTS, event(), content_type="application/json")


def headers_of(key):
    return {"Authorization": f"Bearer {key.token}"}


def expired(acme):
    key = issue(acme)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    return headers_of(key)


def revoked(acme):
    key = issue(acme)
    key.revoke(revoked_by=factories.UserFactory())
    return headers_of(key)


def another_secret(acme):
    """A well-formed key with the id of a real one."""
    forged = Token.new().text.split("_")
    signed = f"pa_{issue(acme).prefix}_{forged[2]}"
    return {"Authorization": f"Bearer {signed}_{checksum(signed)}"}


@pytest.mark.parametrize(
    "headers",
    [
        lambda acme: {},
        lambda acme: {"Authorization": ""},
        lambda acme: {"Authorization": "Bearer"},
        lambda acme: {"Authorization": f"Basic {issue(acme).token}"},
        lambda acme: {"Authorization": issue(acme).token},
        lambda acme: {"Authorization": f"Bearer {issue(acme).token}x"},
        lambda acme: {"Authorization": f"Bearer {issue(acme).token.upper()}"},
        lambda acme: {"Authorization": f"Bearer {issue(acme).prefix}"},
        lambda acme: {"Authorization": f"Bearer {issue(acme).digest}"},
        lambda acme: {"Authorization": f"Bearer {Token.new().text}"},
        another_secret,
        expired,
        revoked,
        lambda acme: headers_of(issue(acme, networks=["198.51.100.0/24"])),
    ],
)
def test_it_gives_the_same_answer_for_every_invalid_key(acme, headers):
    for response in ask_both(headers(acme)):
        assert (response.status_code, response.json()) == (401, REFUSAL)
        assert response["WWW-Authenticate"] == "Bearer"
        assert response["Content-Type"] == "application/problem+json"
    assert not Event.objects.filter(organization=acme).exists()


def test_it_ignores_sessions(as_alice):
    response = as_alice.get(EVENTS)
    assert (response.status_code, list(response.cookies)) == (401, [])


def test_it_needs_no_csrf_token(key):
    client = Client(enforce_csrf_checks=True, headers=headers_of(key))
    assert client.post(EVENTS, event(), content_type="application/json").status_code == 200


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ([Scope.READ], [200, 403]),
        ([Scope.WRITE], [403, 200]),
        ([Scope.READ, Scope.WRITE], [200, 200]),
    ],
)
def test_it_checks_the_scopes(acme, scopes, allowed):
    answers = list(ask_both(headers_of(issue(acme, scopes=scopes))))
    assert [answer.status_code for answer in answers] == allowed
    for answer in answers:
        if answer.status_code == 403:
            assert answer.json()["code"] == "wrong_scope"


def test_it_reads_on_plans_with_a_log_only(birch):
    factories.event(birch)
    response = bearer(issue(birch)).get(EVENTS)
    assert (response.status_code, response.json()["code"]) == (403, "plan_required")
    assert "item.read" not in response.text


def test_it_reads_the_log_of_its_own_organization_only(acme, birch, machine):
    cedar = factories.OrganizationFactory(slug="cedar")
    factories.event(cedar, email="secret@cedar.example")
    factories.event(acme)
    assert machine.get(EVENTS).json()["items"][0]["user"]["email"] == "dana@acme.example"
    for slug in ["cedar", "birch", "no-such-organization"]:
        for cursor in [{}, {"cursor": ""}]:
            response = machine.get(EVENTS, {"organization": slug, **cursor})
            assert (response.status_code, response.json()["code"]) == (403, "wrong_organization")
            assert response.content == machine.get(EVENTS, {"organization": "cedar"}).content
    assert machine.get(EVENTS, {"organization": "acme"}).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "status"),
    [
        (0, "203.0.113.7", None, 200),
        (0, "::ffff:203.0.113.7", None, 200),
        (0, "198.51.100.1", None, 401),
        (0, "198.51.100.1", "203.0.113.7", 401),
        (0, "", "203.0.113.7", 401),
        (1, "198.51.100.1", "203.0.113.7", 200),
        (1, "203.0.113.7", "198.51.100.1", 401),
        (1, "203.0.113.7", None, 401),
        (1, "198.51.100.1", "203.0.113.7, 198.51.100.2", 401),
        (2, "198.51.100.1", "192.0.2.1, 203.0.113.7, 198.51.100.2", 200),
        (2, "198.51.100.1", "203.0.113.7", 401),
        (1, "198.51.100.1", "unknown", 401),
        (0, "2001:db8::1%eth0", None, 200),
        (1, "198.51.100.1", "203.0.113.7:52144", 200),
        (1, "198.51.100.1", "[2001:db8::1]:443", 200),
        (1, "198.51.100.1", "[2001:db8::1]", 200),
        (1, "198.51.100.1", "2001:db8::1%eth0", 200),
        (1, "198.51.100.1", "[2001:db8::1%eth0]:443", 200),
        (1, "198.51.100.1", "198.51.100.2, 203.0.113.7, ,", 200),
        (2, "198.51.100.1", "192.0.2.1, 203.0.113.7:1,, 198.51.100.2:2", 200),
        (1, "198.51.100.1", "203.0.113.7:52144, 198.51.100.2", 401),
        (1, "198.51.100.1", "203.0.113.7:http", 401),
        (1, "198.51.100.1", " , ", 401),
        (2, "198.51.100.1", ", 203.0.113.7", 401),
    ],
)
def test_it_checks_the_networks(acme, settings, proxies, remote, forwarded, status):
    settings.TRUSTED_PROXIES = proxies
    key = issue(acme, networks=["203.0.113.0/24", "2001:db8::/32"])
    headers = headers_of(key) | ({"X-Forwarded-For": forwarded} if forwarded else {})
    response = Client(headers=headers, REMOTE_ADDR=remote).get(EVENTS)
    assert response.status_code == status


def test_it_stores_no_key(acme):
    key = issue(acme)
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    secret = key.token.split("_")[2]
    assert secret not in str(row)
    assert key.prefix in key.token
    assert ApiKey.objects.get(pk=key.pk).token == ""


def test_it_notes_the_last_use_once_a_minute(acme, machine, key):
    def last_used():
        return ApiKey.objects.get(pk=key.pk).last_used_at

    assert last_used() is None
    machine.get(EVENTS)
    first = last_used()
    machine.get(EVENTS)
    assert last_used() == first
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=first - timedelta(minutes=2))
    machine.get(EVENTS)
    assert last_used() >= first


def test_it_allows_two_live_keys_of_one_name(acme, birch):
    first, _second = issue(acme), issue(acme)
    with pytest.raises(ValidationError, match="Two keys of this name are live"):
        issue(acme)
    issue(acme, name="another")
    issue(birch)
    first.revoke(revoked_by=factories.UserFactory())
    issue(acme)


def test_it_revokes_once(acme):
    key = issue(acme)
    alice, bob = factories.UserFactory(), factories.UserFactory()
    assert key.revoke(revoked_by=alice)
    assert not key.revoke(revoked_by=bob)
    assert ApiKey.objects.get(pk=key.pk).revoked_by == alice

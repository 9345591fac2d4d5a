"""The page of one event."""

import uuid
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from django.test import Client

from organizations.models import Role
from tests.factories import MemberFactory, OrganizationFactory, event

LOG = "/admin/activity/event/"


def detail_url(client, url=LOG):
    return client.get(url).context["cl"].result_list[0].detail_url


def text_of(response):
    return " ".join(response.content.decode().split())


def test_it_shows_everything_known(as_alice, acme):
    stored = event(
        acme,
        received_at=datetime(2026, 11, 2, 12, 0, 0, 5, tzinfo=UTC),
        client="ios 4.1",
        vault_id="vault-1",
        item_id="item-1",
        source="proton",
        source_id="row-77",
        data={"ä": [1, {"b": None}]},
    )

    text = text_of(as_alice.get(detail_url(as_alice)))

    for part in [
        str(stored.pk),
        "2 Nov 2026</a>",
        "11:23:13</a>",
        "2026-11-02T10:23:13.123456Z",
        "2 Nov 2026, 13:00:00",
        "2026-11-02T12:00:00.000005Z",
        "Europe/Zurich",
        "dana@acme.example",
        "Dana Weiss",
        "Item Read",
        "item.read",
        "An item was opened.",
        "203.0.113.7",
        "ios 4.1",
        "vault-1",
        "item-1",
        "proton",
        "row-77",
        "{ &quot;ä&quot;: [ 1, { &quot;b&quot;: null } ] }",
    ]:
        assert part in text, part


def test_it_links_as_the_list_does_and_leads_back_to_it(as_alice, acme):
    event(acme)
    query = "q=dana&order=oldest&p=end"
    listed = as_alice.get(f"{LOG}?{query}").context["cl"].result_list[0]

    response = as_alice.get(listed.detail_url)

    row = response.context["detail"].row
    for name in ("day_url", "moment_url", "user_url", "event_url", "ip_url"):
        found = as_alice.get(getattr(row, name)).context["cl"].result_list
        assert [one.instant for one in found] == [listed.instant]
        assert f"{getattr(row, name)}".replace("&", "&amp;") in response.content.decode()
    back = f"{LOG}?organization=acme&{query}"
    assert str(response.context["detail"].address) == back
    assert as_alice.get(back).context["cl"].is_valid


def test_it_shows_an_event_of_the_system(as_alice, acme):
    event(acme, email="", name="", ip=None)
    assert "System" in text_of(as_alice.get(detail_url(as_alice)))


def test_it_knows_nothing_of_other_logs(as_alice, acme):
    cedar = OrganizationFactory(slug="cedar")
    foreign = event(cedar)

    for path in (f"{LOG}{foreign.pk}/change/", f"{LOG}{uuid.uuid4()}/change/"):
        assert as_alice.get(path).status_code == HTTPStatus.NOT_FOUND
        assert as_alice.get(f"{path}?organization=acme").status_code == HTTPStatus.NOT_FOUND
        assert as_alice.get(f"{path}?organization=cedar").status_code == HTTPStatus.FORBIDDEN


def test_it_wants_the_organization_named_where_there_are_several(as_alice, alice, acme):
    cedar = OrganizationFactory(slug="cedar")
    MemberFactory(organization=cedar, user=alice, role=Role.ADMIN)
    stored = event(cedar)

    assert as_alice.get(f"{LOG}{stored.pk}/change/").status_code == HTTPStatus.NOT_FOUND
    url = detail_url(as_alice, f"{LOG}?organization=cedar")
    assert as_alice.get(url).status_code == HTTPStatus.OK


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_cannot_be_changed(as_alice, acme, method):
    event(acme)
    response = getattr(as_alice, method)(detail_url(as_alice))
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_it_keeps_support_staff_and_members_out(as_support, charlie, acme):
    stored = event(acme)
    path = f"{LOG}{stored.pk}/change/"
    member = Client()
    member.force_login(charlie)

    assert as_support.get(path).status_code == HTTPStatus.FORBIDDEN
    assert "/admin/login/" in member.get(path).url

"""URLs of the log that require an organization, without one and with a wrong one."""

from http import HTTPStatus

import pytest
from django.contrib import admin
from django.test import Client

from activity.models import Event
from organizations.models import Role, UpgradeRequest
from organizations.plans import Plan
from tests.factories import MemberFactory, OrganizationFactory, administrator, event

LOG = "/admin/activity/event/"
UPGRADE = f"{LOG}upgrade/"
NAME_ONE = "Name one organization: organization=SLUG.\n"
MISSING = [{}, {"organization": ""}]
WRONG = [{"organization": slug} for slug in ("nowhere", "cedar", " ", "\0", "acme,birch", "ACME")]


@pytest.fixture
def dora(acme, birch):
    """An administrator of Acme and Birch, but not of Cedar."""
    OrganizationFactory(slug="cedar", plan=Plan.ESSENTIALS)
    user = administrator(acme)
    MemberFactory(organization=birch, user=user, role=Role.ADMIN)
    return user


@pytest.fixture
def as_dora(dora):
    client = Client()
    client.force_login(dora)
    return client


def addresses(stored):
    return [
        LOG,
        f"{LOG}export/",
        f"{LOG}export/?format=jsonl",
        f"{LOG}{stored.pk}/change/",
        UPGRADE,
    ]


@pytest.mark.parametrize("parameters", MISSING)
def test_it_wants_one_organization(as_dora, acme, parameters):
    stored = event(acme)

    page = as_dora.get(LOG, parameters)
    export = as_dora.get(f"{LOG}export/", parameters)
    one_event = as_dora.get(f"{LOG}{stored.pk}/change/", parameters)
    upgrade = as_dora.post(UPGRADE, parameters)

    assert page.url == f"{LOG}?organization=acme"
    assert (export.status_code, export.text) == (HTTPStatus.BAD_REQUEST, NAME_ONE)
    assert one_event.status_code == HTTPStatus.NOT_FOUND
    assert (upgrade.status_code, upgrade.text) == (HTTPStatus.BAD_REQUEST, NAME_ONE)
    assert not UpgradeRequest.objects.exists()


@pytest.mark.parametrize("parameters", MISSING)
def test_it_wants_one_organization_from_superusers(superuser, dora, parameters):
    client = Client()
    client.force_login(superuser)

    response = client.post(UPGRADE, parameters)

    assert (response.status_code, response.text) == (HTTPStatus.BAD_REQUEST, NAME_ONE)
    assert not UpgradeRequest.objects.exists()


@pytest.mark.parametrize("parameters", WRONG)
def test_it_refuses_organizations_of_others_and_unknown_ones(as_dora, acme, parameters):
    stored = event(acme)

    statuses = [as_dora.get(address, parameters).status_code for address in addresses(stored)[:-1]]
    upgrade = as_dora.post(UPGRADE, parameters)

    assert statuses == [HTTPStatus.FORBIDDEN] * 4
    assert upgrade.status_code == HTTPStatus.FORBIDDEN
    assert not UpgradeRequest.objects.exists()


@pytest.mark.parametrize("method", ["get", "post", "head"])
@pytest.mark.parametrize("parameters", [*MISSING, *WRONG])
def test_it_answers_every_address_of_the_log_without_a_failure(as_dora, acme, method, parameters):
    stored = event(acme)
    routes = [url.pattern for url in admin.site._registry[Event].urls]
    assert len(routes) == 7

    for route in routes:
        address = LOG + str(route).replace("<uuid:event_id>", str(stored.pk))
        address = address.replace("<str:code>", "nothing")
        assert getattr(as_dora, method)(address, parameters).status_code < 500, address


@pytest.mark.parametrize("app", ["api/apikey", "delivery/destination", "uploads/importjob"])
@pytest.mark.parametrize("parameters", [*MISSING, *WRONG])
def test_it_answers_forms_that_need_an_organization(as_dora, app, parameters):
    address = f"/admin/{app}/add/"
    kind = {"kind": "webhook"} if app == "delivery/destination" else {}

    shown = as_dora.get(address, kind | parameters)
    refused = as_dora.post(address, parameters, query_params=kind)

    assert (shown.status_code, refused.status_code) == (HTTPStatus.OK, HTTPStatus.OK)
    assert "organization" in refused.context["adminform"].form.errors

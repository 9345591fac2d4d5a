"""Access to every URL of the admin, for every kind of user.

All URLs are about Acme. `owner` and `admin` administer it. `reader` is a member with the permission
to view events, `member` one without. `suspended`, `invited` and `inactive` are administrators who
have lost or not yet have access. `other` administers Cedar. A new URL fails until it has a row.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.models import Event
from organizations.models import UpgradeRequest
from organizations.plans import Plan
from tests import isolation
from tests.isolation import (
    DESTINATION_SECRETS,
    EVENT_SECRETS,
    IMPORT_SECRETS,
    KEY_SECRETS,
    MEMBER_SECRETS,
    PEOPLE,
    World,
)
from tests.isolation_tables import GET, POST

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROUTES = isolation.routes()
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')
MAY_SEE = {
    "events": (EVENT_SECRETS, {"owner", "admin", "reader", "root"}),
    "members": (MEMBER_SECRETS, {"support", "root"}),
    "keys": (KEY_SECRETS, {"owner", "admin", "root"}),
    "imports": (IMPORT_SECRETS, {"owner", "admin", "root"}),
    "destinations": (DESTINATION_SECRETS, {"owner", "admin", "root"}),
}
MAY_NOT_ENTER = {"member", "suspended", "invited", "inactive", "nobody"}


def expected(table: str) -> dict[str, dict[str, int]]:
    """The expected statuses by user and route."""
    header, *lines = table.strip("\n").splitlines()
    assert header.split() == [name[:3] for name in PEOPLE]
    found: dict[str, dict[str, int]] = {name: {} for name in PEOPLE}
    for line in lines:
        route, *statuses = line.split()
        for name, status in zip(PEOPLE, statuses, strict=True):
            found[name]["" if route == "(home)" else route] = int(status)
    return found


TABLES = {"get": expected(GET), "post": expected(POST)}


def is_shortened(route: str) -> bool:
    """Whether Django redirects all users to another URL, which checks access."""
    return route.endswith("/<path:object_id>/")


@pytest.mark.parametrize("method", TABLES)
def test_it_has_a_row_for_every_address(method):
    for column in TABLES[method].values():
        assert sorted(column) == sorted(ROUTES)


@pytest.mark.parametrize("method", TABLES)
@pytest.mark.parametrize("name", PEOPLE)
def test_it_answers_everybody_as_the_table_says(name, method):
    world = World(name)
    found, seen = {}, set()
    for route in ROUTES:
        response, text = world.asks(method, world.address(route))
        found[route] = response.status_code
        for kind, (secrets, _) in MAY_SEE.items():
            seen |= {kind} if any(secret in text for secret in secrets) else set()
        if name in MAY_NOT_ENTER and response.status_code == 302 and not is_shortened(route):
            login = "/admin/" if route == "logout/" else "/admin/login/?next=/admin/"
            assert response["Location"].startswith(login)
    assert found == TABLES[method][name]
    assert seen <= {kind for kind, (_, people) in MAY_SEE.items() if name in people}
    if method == "get":
        assert seen == {kind for kind, (_, people) in MAY_SEE.items() if name in people}


@pytest.mark.parametrize("organization", ["", "?organization=cedar"])
def test_it_shows_the_own_log_only(organization):
    world = World("other")
    for route in ("activity/event/", "activity/event/export/"):
        response, text = world.asks("get", f"/admin/{route}{organization}")
        assert response.status_code == 200
        assert "dana@acme.example" in text
        assert not any(secret in text for secret in EVENT_SECRETS)


def test_it_does_not_tell_other_organizations_from_ones_that_do_not_exist():
    world = World("other")
    for route in ("activity/event/", "activity/event/export/"):
        answers = [
            world.asks("get", f"/admin/{route}?organization={slug}") for slug in ("acme", "nobody")
        ]
        assert [response.status_code for response, _ in answers] == [403, 403]
        pages = [TOKEN.sub("", text) for _, text in answers]
        assert pages[0] == pages[1].replace("nobody", "acme")


@pytest.mark.parametrize("organization", ["", "?organization=cedar"])
def test_it_has_no_event_of_another_organization(organization):
    world = World("other")
    address = f"/admin/activity/event/{world.event.pk}/change/{organization}"
    response, text = world.asks("get", address)
    assert response.status_code == 404
    assert not any(secret in text for secret in EVENT_SECRETS)


@pytest.mark.parametrize("name", ["owner", "admin", "reader", "root"])
def test_it_asks_for_no_event_where_the_plan_has_no_log(name):
    world = World(name)
    world.acme.plan = Plan.ESSENTIALS
    world.acme.save()
    for route in ROUTES:
        if name == "root" and not route.startswith("activity/"):
            continue  # deletion of an organization checks whether it has a log
        address = world.address(route)
        with CaptureQueriesContext(connection) as queries:
            response, text = world.asks("get", address)
        touched = [q["sql"] for q in queries.captured_queries if Event._meta.db_table in q["sql"]]
        assert not touched
        assert not [secret for secret in EVENT_SECRETS if secret in text], route
        if route in ("activity/event/", "activity/event/<uuid:event_id>/change/"):
            assert response.status_code == 403
            assert "upgrade" in text.lower()
        if route == "activity/event/export/":
            assert (response.status_code, response.streaming) == (403, False)


@pytest.mark.parametrize(
    ("name", "status", "requests"),
    [
        ("owner", 302, 1),
        ("admin", 302, 1),
        ("member", 302, 0),
        ("other", 403, 0),
        ("support", 403, 0),
        ("suspended", 302, 0),
        ("invited", 302, 0),
        ("inactive", 302, 0),
        ("nobody", 302, 0),
    ],
)
def test_it_files_upgrade_requests_of_administrators_only(name, status, requests):
    world = World(name)
    world.acme.plan = Plan.ESSENTIALS
    world.acme.save()
    UpgradeRequest.objects.all().delete()
    response = world.client.post("/admin/activity/event/upgrade/", {"organization": "acme"})
    assert (response.status_code, UpgradeRequest.objects.count()) == (status, requests)

"""Keys, and clients that hold them."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.test import Client

from activity.api.models import ApiKey, Scope
from organizations.models import Organization

EVENTS = "/api/v1/events"


def issue(organization: Organization, **fields: Any) -> ApiKey:
    """A new key, whose `token` is known; by default it may do everything."""
    key = ApiKey(organization=organization, **({"name": "test", "scopes": list(Scope)} | fields))
    key.issue()
    return key


def bearer(key: ApiKey) -> Client:
    return Client(headers={"Authorization": f"Bearer {key.token}"})


def event(**fields: Any) -> dict[str, Any]:
    """A native event as clients send it."""
    defaults = {
        "occurred_at": "2026-11-02T10:23:13.123456Z",
        "event": "item.read",
        "user": {"email": "dana@acme.example", "name": "Dana Weiss"},
        "ip": "203.0.113.7",
    }
    return defaults | fields


def ndjson(events: Iterable[Any]) -> str:
    return "".join(json.dumps(line) + "\n" for line in events)


@pytest.fixture
def key(acme) -> ApiKey:
    return issue(acme)


@pytest.fixture
def machine(key) -> Client:
    """A client with a key of Acme that may read and write."""
    return bearer(key)


@pytest.fixture
def post(machine) -> Callable[..., Any]:
    """Sends a body, by default JSON of whatever is given."""

    def send(body: Any, content_type: str = "application/json", **options: Any) -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        options["CONTENT_TYPE"] = content_type  # which Django's client omits from empty bodies
        return machine.post(EVENTS, data, content_type=content_type, **options)

    return send

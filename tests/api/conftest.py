"""API keys, and clients that send them."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from activity.api.models import ApiKey, Scope
from activity.recording import record
from organizations.models import Organization
from tests import factories

EVENTS = "/api/v1/events"
START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def issue(organization: Organization, **fields: Any) -> ApiKey:
    """A new key with its `token`. By default it has all scopes."""
    key = ApiKey(organization=organization, **({"name": "test", "scopes": list(Scope)} | fields))
    key.issue()
    return key


def bearer(key: ApiKey) -> Client:
    return Client(headers={"Authorization": f"Bearer {key.token}"})


def event(**fields: Any) -> dict[str, Any]:
    """A native event, as clients send it."""
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
    """A client with a key of Acme, with the scopes for reading and writing."""
    return bearer(key)


@pytest.fixture
def post(machine) -> Callable[..., Any]:
    """Post a body, by default the argument as JSON."""

    def send(body: Any, content_type: str = "application/json", **options: Any) -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        options["CONTENT_TYPE"] = content_type  # Django's client omits it if the body is empty
        return machine.post(EVENTS, data, content_type=content_type, **options)

    return send


@pytest.fixture
def log(acme) -> Organization:
    """Acme, with twenty events recorded out of order; several have the same time."""
    record(
        acme,
        [
            factories.draft(
                occurred_at=START + timedelta(seconds=number * 7 % 11),
                event_type=["item.read", "vault.created"][number % 2],
                email=f"user{number % 3}@acme.example",
                ip=f"203.0.113.{number}",
            )
            for number in range(20)
        ],
    )
    return acme

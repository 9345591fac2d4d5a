"""Events in the Elastic Common Schema."""

import json

import pytest

from activity.event_types import EVENT_TYPES
from activity.formats import FORMATS
from tests.api.event_rows import ACME, OTHER_CODES, SHAPES, row, row_of

# The types that the schema expects of each category that we use.
EXPECTED_TYPES = {
    "file": {"access", "change", "creation", "deletion", "info"},
    "iam": {"admin", "change", "creation", "deletion", "group", "info", "user"},
    "configuration": {"access", "change", "creation", "deletion", "info"},
    "authentication": {"start", "end", "info"},
}


def ecs(**fields):
    return FORMATS["ecs"].write(row(**fields), ACME)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("code", [*EVENT_TYPES.codes(), *OTHER_CODES])
def test_it_uses_allowed_values_only(code, shape):
    event = ecs(event_type=code, **SHAPES[shape])["event"]
    assert event["kind"] == "event"
    assert event["outcome"] in ("success", "failure")
    categories = event.get("category", [])
    assert bool(categories) is (code in EVENT_TYPES)
    for category in categories:
        assert set(event["type"]) <= EXPECTED_TYPES[category]


def test_it_writes_an_event_whole(acme):
    stored = row_of(acme, source_id="e-1", **SHAPES["full"])
    event = FORMATS["ecs"].write(stored, acme)
    original = json.loads(event["event"].pop("original"))
    assert original == FORMATS["native"].write(stored, acme)
    assert event["event"].pop("ingested") == original["received_at"]
    assert event == {
        "@timestamp": "2026-11-02T10:23:13.123456Z",
        "ecs": {"version": "8.17.0"},
        "message": "Item Read",
        "event": {
            "kind": "event",
            "category": ["file"],
            "type": ["access"],
            "action": "item.read",
            "outcome": "success",
            "id": str(stored.id),
            "sequence": 1,
            "provider": "native",
            "dataset": "passaudit.activity",
            "module": "passaudit",
        },
        "organization": {"id": "acme", "name": "Acme Robotics"},
        "user": {
            "id": "dana@acme.example",
            "name": "dana@acme.example",
            "email": "dana@acme.example",
            "full_name": "Dana Weiss",
        },
        "source": {"ip": "203.0.113.7"},
        "related": {"ip": ["203.0.113.7"], "user": ["dana@acme.example", "Dana Weiss"]},
        "passaudit": {
            "vault_id": "v1",
            "item_id": "i1",
            "client": "Firefox",
            "data": {"a": {"b": 1}},
        },
    }


def test_it_has_no_user_for_the_system():
    event = ecs(**SHAPES["bare"])
    assert "user" not in event
    assert "source" not in event
    assert event["related"] == {"ip": [], "user": []}

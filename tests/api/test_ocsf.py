"""Events in OCSF 1.8.0, against the facts of its schema."""

import pytest

from activity.event_types import EVENT_TYPES
from activity.formats import FORMATS
from tests.api import ocsf_facts as facts
from tests.api.event_rows import ACME, OTHER_CODES, SHAPES, row, row_of


def ocsf(**fields):
    return FORMATS["ocsf"].write(row(**fields), ACME)


def check_objects(name, value):
    """Whether an object, and those within, are what the schema allows."""
    if name in facts.OBJECTS:
        required, one_of, allowed = facts.OBJECTS[name]
        for item in value if isinstance(value, list) else [value]:
            assert required <= item.keys(), name
            assert not one_of or one_of & item.keys(), name
            assert item.keys() <= required | one_of | allowed, name
            for inner_name, inner in item.items():
                check_objects(inner_name, inner)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("code", [*EVENT_TYPES.codes(), *OTHER_CODES])
def test_it_holds_what_the_schema_demands(code, shape):
    event = ocsf(event_type=code, **SHAPES[shape])
    class_uid, activity_id = event["class_uid"], event["activity_id"]
    assert facts.BASE_REQUIRED | facts.REQUIRED[class_uid] <= event.keys()
    assert event.keys() <= facts.BASE_ALLOWED | facts.ALLOWED[class_uid]
    one_of = facts.AT_LEAST_ONE.get(class_uid)
    assert not one_of or one_of & event.keys()
    assert event["category_uid"] == facts.CATEGORIES[class_uid]
    assert event["type_uid"] == class_uid * 100 + activity_id
    if activity_id == 99:
        assert event["activity_name"]
    else:
        assert event["activity_name"] == facts.ACTIVITIES[class_uid][activity_id]
    assert event["severity"] == facts.SEVERITIES[event["severity_id"]]
    assert event["status"] == facts.STATUSES[event["status_id"]]
    assert ("host" in event["metadata"].get("profiles", [])) is (
        class_uid in facts.NEEDS_HOST_PROFILE
    )
    for name, value in event.items():
        check_objects(name, value)


@pytest.mark.parametrize(
    ("code", "type_uid", "activity_name"),
    [
        ("item.created", 300401, "Create"),
        ("item.read", 300402, "Read"),
        ("item.flags_changed", 300403, "Update"),
        ("share.deleted", 300404, "Delete"),
        ("invite.accepted", 300410, "Activate"),
        ("breach_email.validated", 300410, "Activate"),
        ("item.used", 300499, "Used"),
        ("item.trashed", 300499, "Trashed"),
        ("secure_link.created", 600108, "Share"),
        ("secure_link.read", 600102, "Read"),
        ("secure_link.deleted", 600104, "Delete"),
        ("signin.succeeded", 300201, "Logon"),
        ("signin.failed", 300201, "Logon"),
        ("item.copied", 300499, "Copied"),
        ("bitwarden.1700", 99, "bitwarden.1700"),
    ],
)
def test_it_sorts_codes_into_classes(code, type_uid, activity_name):
    event = ocsf(event_type=code)
    assert (event["type_uid"], event["activity_name"]) == (type_uid, activity_name)


def test_it_writes_an_event_whole(acme):
    stored = row_of(acme, source_id="e-1", **SHAPES["full"])
    user = {
        "uid": "dana@acme.example",
        "name": "dana@acme.example",
        "email_addr": "dana@acme.example",
        "full_name": "Dana Weiss",
    }
    assert FORMATS["ocsf"].write(stored, acme) == {
        "time": 1793614993123,
        "class_uid": 3004,
        "class_name": "Entity Management",
        "category_uid": 3,
        "category_name": "Identity & Access Management",
        "activity_id": 2,
        "activity_name": "Read",
        "type_uid": 300402,
        "severity_id": 1,
        "severity": "Informational",
        "status_id": 1,
        "status": "Success",
        "message": "Item Read",
        "metadata": {
            "version": "1.8.0",
            "product": {"name": "passaudit", "vendor_name": "passaudit"},
            "log_name": "activity",
            "log_provider": "native",
            "tenant_uid": "acme",
            "uid": str(stored.id),
            "event_code": "item.read",
            "sequence": 1,
            "logged_time": 1793614994005,
            "original_time": "2026-11-02T10:23:13.123456Z",
            "original_event_uid": "e-1",
        },
        "actor": {"user": user, "app_name": "Firefox"},
        "entity": {"type_id": 99, "type": "item", "uid": "i1"},
        "src_endpoint": {"ip": "203.0.113.7"},
        "unmapped": {"vault_id": "v1", "item_id": "i1", "data": {"a": {"b": 1}}},
    }


def test_it_keeps_the_address_of_what_it_does_not_know():
    event = ocsf(event_type="made.up")
    assert event["unmapped"]["src_endpoint"] == {"ip": "203.0.113.7"}

import json
from datetime import UTC, datetime

import pytest
from django.db.models import Count

from activity.drafts import EventDraft
from activity.models import Event
from tests.activity.importers.running import FIXTURES, drafts, import_events, parse, told

USER = {"uuid": "u_1", "name": "Dana Weiss", "email": "dana@acme.example"}
CLIENT = {
    "app_name": "1Password Browser Extension",
    "app_version": "20127",
    "platform_name": "Firefox",
    "ip_address": "203.0.113.7",
}
USAGE = {
    "uuid": "e_1",
    "timestamp": "2025-11-22T07:23:13.123456789-03:00",
    "used_version": 3,
    "vault_uuid": "v_81",
    "item_uuid": "i_2207",
    "user": USER,
    "client": CLIENT,
    "location": {"country": "CH"},
    "action": "reveal",
}
SIGN_IN = {
    "uuid": "e_2",
    "session_uuid": "s_1",
    "timestamp": "2025-11-22T10:23:13Z",
    "category": "mfa_failed",
    "type": "totp_bad",
    "details": None,
    "target_user": USER,
    "client": CLIENT,
}
AUDIT = {
    "uuid": "e_3",
    "timestamp": "2025-11-22T10:23:13Z",
    "actor_uuid": "u_1",
    "actor_details": USER,
    "action": "grant",
    "object_type": "uva",
    "object_uuid": "v_81",
    "aux_uuid": "u_2",
    "session": {"uuid": "s_1", "ip": "203.0.113.7"},
}
NOON = datetime(2025, 11, 22, 10, 23, 13, tzinfo=UTC)


def _page(*rows) -> bytes:
    return json.dumps({"cursor": "aGk=", "has_more": True, "items": rows}).encode()


def test_it_reads_an_item_usage_and_keeps_it_whole():
    assert drafts("onepassword", _page(USAGE)) == [
        EventDraft(
            source="onepassword",
            source_id="e_1",
            occurred_at=NOON.replace(microsecond=123456),
            event_type="item.read",
            email="dana@acme.example",
            name="Dana Weiss",
            ip="203.0.113.7",
            vault_id="v_81",
            item_id="i_2207",
            client="1Password Browser Extension 20127 Firefox",
            data=USAGE,
        )
    ]


def test_it_reads_a_sign_in_attempt():
    assert drafts("onepassword", _page(SIGN_IN)) == [
        EventDraft(
            source="onepassword",
            source_id="e_2",
            occurred_at=NOON,
            event_type="signin.failed",
            email="dana@acme.example",
            name="Dana Weiss",
            ip="203.0.113.7",
            client="1Password Browser Extension 20127 Firefox",
            data=SIGN_IN,
        )
    ]


def test_it_reads_an_audit_event():
    assert drafts("onepassword", _page(AUDIT)) == [
        EventDraft(
            source="onepassword",
            source_id="e_3",
            occurred_at=NOON,
            event_type="share.created",
            email="dana@acme.example",
            name="Dana Weiss",
            ip="203.0.113.7",
            vault_id="v_81",
            data=AUDIT,
        )
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (USAGE | {"action": "fill"}, "item.used"),
        (USAGE | {"action": "secure-copy"}, "item.copied"),
        (USAGE | {"action": "share"}, "secure_link.created"),
        (USAGE | {"action": "export"}, "item.exported"),
        (USAGE | {"action": "hum"}, "onepassword.item.hum"),
        (SIGN_IN | {"category": "success"}, "signin.succeeded"),
        (SIGN_IN | {"category": "firewall_reported_success"}, "signin.succeeded"),
        (SIGN_IN | {"category": "sleepwalked"}, "onepassword.signin.sleepwalked"),
        (AUDIT | {"object_type": "item", "action": "delete"}, "item.deleted"),
        (AUDIT | {"object_type": "gva", "action": "revoke"}, "share.deleted"),
        (AUDIT | {"object_type": "user", "action": "suspend"}, "onepassword.user.suspend"),
    ],
)
def test_it_knows_what_happened_or_keeps_its_name(row, code):
    [draft] = drafts("onepassword", _page(row))
    assert draft.event_type == code


@pytest.mark.parametrize(
    ("row", "person"),
    [
        (USAGE | {"user": {"uuid": "u_1", "name": "Dana"}}, ("u_1", "Dana")),
        (AUDIT | {"actor_details": None}, ("u_1", "")),
        (SIGN_IN | {"target_user": None}, ("", "")),
    ],
)
def test_it_goes_by_the_id_when_there_is_no_address(row, person):
    [draft] = drafts("onepassword", _page(row))
    assert (draft.email, draft.name) == person


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            {"uuid": "e", "timestamp": "2025-11-22T10:23:13Z"},
            "is not an item usage, a sign-in attempt or an audit event",
        ),
        (
            USAGE | {"timestamp": "2025-11-22T10:23:62Z"},
            "the time 2025-11-22T10:23:62Z has a second of 62; seconds end at 59",
        ),
        (
            USAGE | {"timestamp": "2025-11-22T10:23:13"},
            "the time 2025-11-22T10:23:13 has no offset from UTC; name its zone with --time-zone",
        ),
        (USAGE | {"action": None}, "event: is missing"),
        (USAGE | {"client": "browser"}, "client: must be a JSON object"),
    ],
)
def test_it_rejects_a_row_and_says_why(row, reason):
    assert told(parse("onepassword", _page(row))) == [f"line 1, item 1: {reason}"]


def test_it_reads_a_time_without_zone_in_the_one_that_is_named():
    content = _page(USAGE | {"timestamp": "2025-11-22T11:23:13"})
    [draft] = drafts("onepassword", content, zone="Europe/Zurich")
    assert draft.occurred_at == NOON


COUNTS = {
    "onepassword_items.json": {
        "item.used": 43,
        "item.updated": 43,
        "item.read": 43,
        "item.exported": 22,
        "secure_link.created": 22,
        "item.copied": 22,
        "item.created": 21,
        "onepassword.item.hum": 21,
    },
    "onepassword_signins.jsonl": {
        "signin.succeeded": 59,
        "signin.failed": 149,
        "onepassword.signin.sleepwalked": 29,
    },
    "onepassword_audit.json": {
        "vault.created": 20,
        "vault.updated": 20,
        "vault.deleted": 20,
        "item.deleted": 20,
        "share.created": 20,
        "share.updated": 20,
        "share.deleted": 20,
        "invite.created": 20,
        "invite.accepted": 20,
        "invite.deleted": 19,
        "onepassword.user.suspend": 19,
        "onepassword.gm.join": 19,
    },
}


@pytest.mark.parametrize("name", COUNTS)
def test_it_imports_every_row_once(acme, name):
    path = FIXTURES / name
    first, second = (import_events(path, "--format", "onepassword") for _ in range(2))
    assert first == (0, "accepted=237 duplicates=0 conflicts=0 rejected=0\n", "")
    assert second == (0, "accepted=0 duplicates=237 conflicts=0 rejected=0\n", "")
    events = Event.objects.filter(organization=acme)
    assert dict(events.values_list("event_type").annotate(count=Count("pk"))) == COUNTS[name]
    assert events.filter(actor__name="王小明").count() == 10

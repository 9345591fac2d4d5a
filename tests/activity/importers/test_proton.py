import json
from datetime import UTC, datetime

import pytest

from activity.drafts import EventDraft
from activity.event_types import EVENT_TYPES
from activity.importers.files.rows import Unusable
from activity.importers.vendors.proton import code_named
from tests.activity.importers.running import drafts, parse, told

WIRE_NAMES = {
    "InviteCreated": "invite.created",
    "InviteAccepted": "invite.accepted",
    "InviteDeleted": "invite.deleted",
    "InviteRejected": "invite.rejected",
    "NewUserInviteCreated": "new_user_invite.created",
    "NewUserInviteDeleted": "new_user_invite.deleted",
    "ItemCreated": "item.created",
    "ItemUpdated": "item.updated",
    "ItemUsed": "item.used",
    "ItemRead": "item.read",
    "ItemDeleted": "item.deleted",
    "ItemTrashed": "item.trashed",
    "ItemUntrashed": "item.untrashed",
    "ItemChangedFlags": "item.flags_changed",
    "VaultCreated": "vault.created",
    "VaultDeleted": "vault.deleted",
    "VaultUpdated": "vault.updated",
    "BreachCustomEmailCreated": "breach_email.created",
    "BreachCustomEmailValidated": "breach_email.validated",
    "BreachCustomEmailDeleted": "breach_email.deleted",
    "ShareCreated": "share.created",
    "ShareDeleted": "share.deleted",
    "ShareUpdated": "share.updated",
    "SecureLinkCreated": "secure_link.created",
    "SecureLinkDeleted": "secure_link.deleted",
    "SecureLinkRead": "secure_link.read",
}
ROW = {
    "Time": "2025-11-22T10:23:13+01:00",
    "User": {"Name": "Dana Weiss", "Email": "dana@acme.example"},
    "EventType": "ItemRead",
    "EventTypeName": "Item Read",
    "Ip": "203.0.113.7",
    "EventData": {"VaultId": "v_81", "ItemId": "i_2207"},
}
HEADER = b"Time,User Name,User Email,Event,IP\n"
OLD_HEADER = b"Time,User Name,User Email,Event,Description,IP\n"


def _page(*rows) -> bytes:
    return json.dumps({"Items": rows, "Total": len(rows)}).encode()


def test_it_reads_a_row():
    assert drafts("proton", _page(ROW)) == [
        EventDraft(
            source="proton",
            occurred_at=datetime(2025, 11, 22, 9, 23, 13, tzinfo=UTC),
            event_type="item.read",
            email="dana@acme.example",
            name="Dana Weiss",
            ip="203.0.113.7",
            vault_id="v_81",
            item_id="i_2207",
            data={"eventTypeName": "Item Read"},
        )
    ]


@pytest.mark.parametrize("name", WIRE_NAMES)
def test_it_knows_the_wire_name(name):
    assert code_named(name) == WIRE_NAMES[name]


@pytest.mark.parametrize("code", EVENT_TYPES.codes())
def test_it_knows_the_label_in_any_case(code):
    label = str(EVENT_TYPES[code].label)
    assert code_named(label) == code_named(label.upper()) == code


def test_it_knows_what_newer_clients_call_an_event():
    assert code_named("Item Autofilled") == "item.used"


@pytest.mark.parametrize(
    ("name", "code", "data"),
    [
        ("VaultArchived", "VaultArchived", {}),
        ("Vault Archived", "VaultArchived", {"eventType": "Vault Archived"}),
        ("vault archived, twice", "VaultArchivedTwice", {"eventType": "vault archived, twice"}),
        ("--dry", "dry", {"eventType": "--dry"}),
    ],
)
def test_it_keeps_an_event_of_an_unknown_type(name, code, data):
    [row] = drafts("proton", _page({"Time": ROW["Time"], "EventType": name}))
    assert (row.event_type, row.data) == (code, data)


def test_it_keeps_what_has_no_place_of_its_own():
    row = ROW | {
        "User": {"Name": "Dana", "Email": "dana@acme.example", "Role": "admin"},
        "EventData": {"VaultId": "v_81", "ShareId": "s_3", "Members": [1, 2]},
        "Severity": None,
    }
    [draft] = drafts("proton", _page(row))
    assert draft.data == {
        "eventTypeName": "Item Read",
        "severity": None,
        "user": {"role": "admin"},
        "eventData": {"shareId": "s_3", "members": [1, 2]},
    }


@pytest.mark.parametrize("event_data", [None, {}, []])
def test_it_takes_missing_parts_for_empty(event_data):
    [draft] = drafts(
        "proton",
        _page(ROW | {"User": None, "Ip": None, "EventData": event_data, "EventTypeName": None}),
    )
    assert (draft.email, draft.ip, draft.vault_id) == ("", None, "")
    assert draft.data == {"eventTypeName": None}


def test_it_reads_the_older_key_of_the_event():
    row = {"time": "2025-11-22T10:23:13Z", "event": "ItemUsed", "ip": ""}
    [draft] = drafts("proton", json.dumps({"items": [row]}).encode())
    assert (draft.event_type, draft.data) == ("item.used", {})


def test_it_reads_one_row_a_line():
    line = json.dumps(ROW).encode() + b"\n"
    assert len(drafts("proton", line * 3)) == 3


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"EventType": None}, "event: is missing"),
        ({"User": ["Dana"]}, "user: must be a JSON object"),
        ({"EventData": "v_81"}, "eventData: must be a JSON object"),
        ({"time": "2025-11-22T10:23:13Z"}, "has a key in two spellings"),
    ],
)
def test_it_rejects_a_row_and_says_why(values, reason):
    assert told(parse("proton", _page(ROW | values))) == [f"line 1, item 1: {reason}"]


def test_it_reads_a_csv_with_a_description():
    row = b"2025-11-22T10:23:13Z,Dana,dana@acme.example,Item Read,Opened a login,203.0.113.7\n"
    [draft] = drafts("proton", OLD_HEADER + row)
    assert (draft.event_type, draft.data) == ("item.read", {"description": "Opened a login"})


def test_it_mends_a_time_in_words_that_was_not_quoted():
    row = b"Nov 22, 2025, 10:23 AM,Dana,dana@acme.example,ItemRead,203.0.113.7\n"
    [draft] = drafts("proton", HEADER + row, zone="Europe/Zurich")
    assert (draft.occurred_at.hour, draft.name) == (9, "Dana")


def test_it_asks_for_the_zone_before_anything_is_read():
    rows = b"never,,,ItemRead,\n" + b'"Nov 22, 2025, 10:23 AM",,,ItemRead,\n'
    with pytest.raises(Unusable) as caught:
        parse("proton", HEADER + rows)
    assert str(caught.value) == (
        "Line 3: the time Nov 22, 2025, 10:23 AM has no offset from UTC; name its zone with "
        "--time-zone, such as --time-zone Europe/Zurich. Nothing was imported."
    )


def test_it_rejects_a_later_row_without_a_zone():
    rows = b"2025-11-22T10:23:13Z,,,ItemRead,\n" + b'"Nov 22, 2025, 10:23 AM",,,ItemRead,\n'
    [said] = told(parse("proton", HEADER + rows))
    assert said.startswith("line 3: the time Nov 22, 2025, 10:23 AM has no offset from UTC")


def test_it_rejects_a_time_that_clocks_skipped():
    rows = b'"Mar 30, 2025, 2:30 AM",,,ItemRead,\n'
    [said] = told(parse("proton", HEADER + rows, zone="Europe/Zurich"))
    assert said.startswith("line 2: the time 2025-03-30 02:30:00 does not exist in Europe/Zurich")


@pytest.mark.parametrize("content", [b'{"Items":[],"Total":0}', b"[]", HEADER])
def test_it_finds_nothing_in_a_file_without_rows(content):
    assert parse("proton", content) == []

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from django.db.models import Count

from activity.drafts import EventDraft
from activity.models import Event
from tests.activity.importers.running import FIXTURES, drafts, import_events, parse, told

MEMBERS = str(FIXTURES / "bitwarden_members.json")
ROW = {
    "object": "event",
    "type": 1107,
    "itemId": "i_2207",
    "collectionId": "c_81",
    "memberId": None,
    "actingUserId": "u_1",
    "date": "2025-11-22T10:23:13.1381554Z",
    "device": 10,
    "ipAddress": "203.0.113.7",
}
HEADER = b"message,appIcon,appName,userId,userName,userEmail,date,ip,type,installationId\r\n"
COUNTS = {
    "item.read": 13,
    "item.used": 13,
    "item.copied": 13,
    "item.exported": 12,
    "signin.succeeded": 13,
    "signin.failed": 13,
    "item.created": 13,
    "item.updated": 13,
    "item.trashed": 13,
    "item.untrashed": 13,
    "item.deleted": 12,
    "share.created": 12,
    "vault.created": 12,
    "invite.created": 12,
    "invite.accepted": 12,
    "secure_link.created": 12,
    "bitwarden.2100": 12,
    "bitwarden.1700": 12,
}


def _page(*rows) -> bytes:
    return json.dumps({"object": "list", "data": rows, "continuationToken": None}).encode()


def test_it_reads_a_row_and_keeps_it_whole():
    assert drafts("bitwarden", _page(ROW)) == [
        EventDraft(
            source="bitwarden",
            occurred_at=datetime(2025, 11, 22, 10, 23, 13, 138155, tzinfo=UTC),
            event_type="item.read",
            email="u_1",
            ip="203.0.113.7",
            vault_id="c_81",
            item_id="i_2207",
            client="Bitwarden web vault in Firefox",
            data=ROW,
        )
    ]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (1000, "signin.succeeded"),
        (1006, "signin.failed"),
        (1007, "item.exported"),
        (1103, "bitwarden.1103"),
        (1106, "share.updated"),
        (1113, "item.copied"),
        (1117, "item.read"),
        (1302, "vault.deleted"),
        (1503, "invite.deleted"),
        (2505, "secure_link.created"),
        (2506, "bitwarden.2506"),
        (2509, "secure_link.deleted"),
        (2511, "secure_link.read"),
        (9999, "bitwarden.9999"),
    ],
)
def test_it_knows_the_number_or_keeps_it(kind, code):
    [draft] = drafts("bitwarden", _page(ROW | {"type": kind}))
    assert (draft.event_type, draft.data["type"]) == (code, kind)


def _cells(**values) -> bytes:
    row = {
        "message": "Viewed item 1234abcd.", "appIcon": "bwi-globe", "appName": "Web vault - Edge",
        "userId": "u_1", "userName": "Weiss, Dana", "userEmail": "dana@acme.example",
        "date": "2025-11-22T10:23:13.138Z", "ip": "203.0.113.7", "type": "Cipher_ClientViewed",
        "installationId": "",
    } | values  # fmt: skip
    text = io.StringIO(newline="")
    csv.writer(text).writerow(row.values())
    return HEADER + text.getvalue().encode()


def test_it_reads_a_csv_row_and_keeps_it_whole():
    [draft] = drafts("bitwarden", _cells())
    assert (draft.event_type, draft.email, draft.name) == (
        "item.read",
        "dana@acme.example",
        "Weiss, Dana",
    )
    assert draft.client == "Web vault - Edge"
    assert draft.data["message"] == "Viewed item 1234abcd."


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("User_FailedLogIn", "signin.failed"),
        ("Group_Created", "bitwarden.1400"),
        ("Send_Accessed_File", "secure_link.read"),
        ("Send_Deleted_Text", "secure_link.deleted"),
        ("1114", "item.used"),
        ("Robot_Danced", "bitwarden.Robot_Danced"),
    ],
)
def test_it_knows_the_name_or_keeps_it(name, code):
    [draft] = drafts("bitwarden", _cells(type=name))
    assert draft.event_type == code


@pytest.mark.parametrize(
    ("values", "person"),
    [
        ({"userEmail": ""}, ("u_1", "Weiss, Dana")),
        ({"userEmail": "", "userId": ""}, ("Weiss Dana", "Weiss, Dana")),
        ({"userEmail": " ", "userId": "", "userName": ""}, ("", "")),
    ],
)
def test_it_goes_by_the_id_when_there_is_no_address(values, person):
    [draft] = drafts("bitwarden", _cells(**values))
    assert (draft.email, draft.name) == person


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"type": "1107"}, "type: must be a number"),
        ({"type": None}, "type: must be a number"),
        ({"date": None}, "'' is not a time such as 2026-11-22T10:23:13Z"),
    ],
)
def test_it_rejects_a_row_and_says_why(values, reason):
    assert told(parse("bitwarden", _page(ROW | values))) == [f"line 1, item 1: {reason}"]


def test_it_reads_an_unknown_device():
    for device in (None, 99, [1]):
        [draft] = drafts("bitwarden", _page(ROW | {"device": device}))
        assert draft.client == ""


def _counts() -> dict[str, int]:
    events = Event.objects.filter(organization__slug="acme")
    return dict(events.values_list("event_type").annotate(count=Count("pk")))


@pytest.mark.slow
def test_it_imports_pages_once(acme):
    path = FIXTURES / "bitwarden.json"
    first, second = (import_events(path, "--format", "bitwarden") for _ in range(2))
    assert first == (0, "accepted=237 duplicates=0 conflicts=0 rejected=0\n", "")
    assert second == (0, "accepted=0 duplicates=237 conflicts=0 rejected=0\n", "")
    assert _counts() == COUNTS | {"bitwarden.2999": 12}
    assert not Event.objects.filter(actor__email__contains="@").exists()


def test_it_names_people_by_the_list_of_members(acme):
    import_events(FIXTURES / "bitwarden.json", "--members", MEMBERS)
    events = Event.objects.filter(organization=acme)
    assert events.filter(actor__email="wang@acme.example", actor__name="王小明").count() == 10
    assert events.exclude(actor__email="").exclude(actor__email__contains="@").count() == 0
    assert events.filter(actor__email="").count() == 9


def test_it_imports_the_csv_once(acme):
    path = FIXTURES / "bitwarden.csv"
    first, second = (import_events(path, "--format", "bitwarden") for _ in range(2))
    assert first == (0, "accepted=237 duplicates=0 conflicts=0 rejected=0\n", "")
    assert second == (0, "accepted=0 duplicates=237 conflicts=0 rejected=0\n", "")
    assert _counts() == COUNTS | {"bitwarden.Robot_Danced": 12}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,email\n", "The file is not JSON. Is it another format?\n"),
        (b'[{"userId": 1}]', "The file of members is not usable: line 1, item 1: userId: must be "),
        (b'[{"userId": "u"', "The file of members is not usable: line 1, item 1: is cut off: "),
    ],
)
def test_it_does_nothing_with_a_list_of_members_that_it_cannot_use(
    acme, tmp_path, content, message
):
    members = tmp_path / "members"
    members.write_bytes(content)
    outcome = import_events(FIXTURES / "bitwarden.json", "--members", str(members))
    assert (outcome.code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(message)
    assert _counts() == {}


def test_it_wants_no_list_of_members_for_other_formats(acme):
    outcome = import_events(FIXTURES / "native.jsonl", "--members", MEMBERS)
    assert outcome == (2, "", "A file of members is not for passaudit JSON lines.\n")

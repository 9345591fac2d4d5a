import json
from datetime import UTC, datetime

import pytest

from activity.drafts import EventDraft
from tests.activity.importers.running import drafts, parse, told

MINIMAL = {"occurred_at": "2025-11-22T10:23:13Z", "event": "item.read"}


def _line(**values) -> bytes:
    return json.dumps(MINIMAL | values).encode() + b"\n"


def test_it_reads_every_key():
    [draft] = drafts(
        "native",
        _line(
            id="01J1",
            occurred_at="2025-11-22T11:23:13.1234567+01:00",
            received_at="2025-11-22T10:24:00Z",
            user={"email": "dana@acme.example", "name": "Dana Weiss"},
            ip="::ffff:203.0.113.7",
            vault_id="v_81",
            item_id="i_2207",
            client="Proton Pass for Firefox 1.31",
            data={"a": [1, None, "ü"]},
            seq=7,
        ),
    )
    assert draft == EventDraft(
        source="native",
        source_id="01J1",
        occurred_at=datetime(2025, 11, 22, 10, 23, 13, 123456, tzinfo=UTC),
        received_at=datetime(2025, 11, 22, 10, 24, tzinfo=UTC),
        event_type="item.read",
        email="dana@acme.example",
        name="Dana Weiss",
        ip="203.0.113.7",
        vault_id="v_81",
        item_id="i_2207",
        client="Proton Pass for Firefox 1.31",
        data={"a": [1, None, "ü"]},
    )


@pytest.mark.parametrize("user", [None, {}, {"email": "", "name": None}])
def test_it_takes_an_event_without_user_for_one_of_the_system(user):
    [draft] = drafts("native", _line(user=user, ip=None, vault_id=None, data=None))
    assert (draft.email, draft.name, draft.ip, draft.vault_id, draft.data) == ("", "", None, "", {})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"occured_at": "2025-11-22T10:23:13Z"}, "has unknown keys: occured_at"),
        ({"user": {"mail": "x", "uuid": 1}}, "has unknown keys: user.mail, user.uuid"),
        ({"occurred_at": None}, "'' is not a time such as 2026-11-22T10:23:13Z"),
        ({"occurred_at": 1763806993}, "occurred_at: must be text"),
        (
            {"occurred_at": "2025-11-22T10:23:13"},
            "the time 2025-11-22T10:23:13 has no offset from UTC; name its zone with --time-zone",
        ),
        ({"event": None}, "event: is missing"),
        ({"event": ["item.read"]}, "event: must be text"),
        ({"user": "dana@acme.example"}, "user: must be a JSON object"),
        ({"user": {"name": "Dana"}}, "user.email: is missing; an event of the system has no user"),
        ({"ip": 3221225985}, "ip: must be text"),
        ({"data": []}, "data: must be a JSON object"),
        ({"seq": "first"}, "seq: must be a whole number"),
        ({"seq": True}, "seq: must be a whole number"),
        ({"seq": 1.5}, "seq: must be a whole number"),
    ],
)
def test_it_rejects_a_row_and_says_why(values, reason):
    assert told(parse("native", _line(**values))) == [f"line 1: {reason}"]


def test_it_reads_a_time_without_offset_in_the_zone_that_was_named():
    [draft] = drafts("native", _line(occurred_at="2025-11-22T10:23:13"), zone="Asia/Tokyo")
    assert draft.occurred_at == datetime(2025, 11, 22, 1, 23, 13, tzinfo=UTC)


def test_it_puts_events_of_one_time_in_the_order_of_their_recording():
    later = "2025-11-22T10:23:14Z"
    content = (
        _line(id="e", seq=5, occurred_at=later)
        + _line(id="c", seq=3)
        + b"broken\n"
        + _line(id="b", seq=2)
        + _line(id="a", seq=1)
        + _line(id="without")
        + _line(id="g", seq=9)
        + _line(id="f", seq=8)
    )
    read = [row.draft.source_id for row in parse("native", content) if hasattr(row, "draft")]
    assert read == ["e", "a", "b", "c", "without", "f", "g"]


def test_it_reads_an_array_too():
    content = json.dumps([MINIMAL | {"id": "a"}, MINIMAL | {"id": "b"}], indent=1).encode()
    assert [draft.source_id for draft in drafts("native", content)] == ["a", "b"]

"""Validation and normalization of events before they are stored."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.utils import timezone as django_timezone

from activity.drafts import MAX_DATA_BYTES, EventDraft, InvalidDraft, fitted_draft
from activity.ip import canonical_ip
from tests.factories import draft


def hours_from_now(hours: float) -> datetime:
    return django_timezone.now() + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("fields", "culprit"),
    [
        ({"occurred_at": datetime(2026, 11, 2, 10)}, "occurred_at"),  # noqa: DTZ001
        ({"occurred_at": datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)}, "occurred_at"),
        ({"occurred_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}, "occurred_at"),
        (
            {"occurred_at": datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12)))},
            "occurred_at",
        ),
        ({"occurred_at": hours_from_now(1)}, "occurred_at"),
        ({"received_at": hours_from_now(1)}, "received_at"),
        ({"received_at": datetime(2026, 11, 2, 10)}, "received_at"),  # noqa: DTZ001
        ({"event_type": ""}, "event"),
        ({"event_type": "item read"}, "event"),
        ({"event_type": "item,read"}, "event"),
        ({"event_type": "-item.read"}, "event"),
        ({"event_type": "item\tread"}, "event"),
        ({"event_type": "x" * 101}, "event_type"),
        ({"event_type": "item.re\x00d"}, "event_type"),
        ({"email": "a,b@acme.example"}, "user.email"),
        ({"email": " ", "name": ""}, "user.email"),
        ({"email": "", "name": "Dana Weiss"}, "user.email"),
        ({"email": "x" * 255}, "email"),
        ({"email": "dana\x00@acme.example"}, "email"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Dana \ud800"}, "name"),
        ({"name": None}, "name"),
        ({"vault_id": "x" * 256}, "vault_id"),
        ({"item_id": 7}, "item_id"),
        ({"client": "\udfff"}, "client"),
        ({"source": "x" * 33}, "source"),
        ({"source_id": "x" * 256}, "source_id"),
        ({"source_id": "a\x00"}, "source_id"),
        ({"ip": "999.1.1.1"}, "ip"),
        ({"ip": "203.0.113.7/32"}, "ip"),
        ({"ip": "203.0.113.007"}, "ip"),
        ({"ip": "dana"}, "ip"),
        ({"ip": "fe80::1%eth0"}, "ip"),
        ({"ip": 3405803783}, "ip"),
        ({"ip": b"\xcb\x00\x71\x07"}, "ip"),
        ({"data": {"number": math.nan}}, "data"),
        ({"data": {"number": math.inf}}, "data"),
        ({"data": {"number": 1j}}, "data"),
        ({"data": {"when": datetime(2026, 11, 2, tzinfo=UTC)}}, "data"),
        ({"data": {"text": "a\x00b"}}, "data"),
        ({"data": {"a\x00b": "text"}}, "data"),
        ({"data": {"text": "a\ud83db"}}, "data"),
        ({"data": {"text": "x" * MAX_DATA_BYTES}}, "data"),
        ({"data": ["a", "list"]}, "data"),
        ({"data": "text"}, "data"),
        ({"data": None}, "data"),
        ({"data": []}, "data"),
    ],
)
def test_it_refuses_what_could_not_be_kept_or_found_again(fields, culprit):
    with pytest.raises(InvalidDraft) as refusal:
        draft(**fields)
    assert refusal.value.field == culprit
    assert str(refusal.value).startswith(f"{culprit}: ")


def test_it_forgives_a_clock_that_is_a_little_fast():
    assert draft(occurred_at=hours_from_now(4 / 60)).occurred_at > django_timezone.now()


@pytest.mark.parametrize(
    "fields",
    [
        {"occurred_at": datetime(1970, 1, 1, tzinfo=UTC)},
        {"email": "", "name": "", "ip": None},
        {"email": "7d1c1a52-2f6c-4f51-9a1e-1f2ad4c3d111"},  # an id, if the source has no address
        {"email": "ünal@例え.example", "name": "Ünal 山田　太郎\u200d"},
        {"event_type": "bitwarden.9999"},
        {"event_type": "x" * 100},
        {"email": " dana@acme.example "},
        {"name": "line\nbreak"},
        {"name": "😀" * 200},
        {"data": {"text": "\\u0000 is six characters", "more": "\\\\ud800"}},
        {"data": {"text": "😀"}},
    ],
)
def test_it_takes_what_is_odd_but_sound(fields):
    assert {name: getattr(draft(**fields), name) for name in fields} == fields


LONG = "x" * 300
BASE = {"occurred_at": datetime(2025, 11, 2, 10, tzinfo=UTC), "event_type": "item.read",
        "email": "dana@acme.example"}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "fitting", "sent"),
    [
        ({"ip": " 203.0.113.7\n"}, {"ip": "203.0.113.7"}, {}),
        ({"ip": "[2001:DB8::1]"}, {"ip": "2001:db8::1"}, {}),
        ({"ip": "  "}, {"ip": None}, {}),
        ({"ip": "203.0.113.7:65535"}, {"ip": "203.0.113.7"}, {"ip": "203.0.113.7:65535"}),
        ({"ip": "[::ffff:203.0.113.7]:1"}, {"ip": "203.0.113.7"}, {"ip": "[::ffff:203.0.113.7]:1"}),
        ({"ip": "203.0.113.7:http"}, {"ip": None}, {"ip": "203.0.113.7:http"}),
        ({"ip": "[203.0.113.7"}, {"ip": None}, {"ip": "[203.0.113.7"}),
        ({"ip": "[2001:db8::1]443"}, {"ip": None}, {"ip": "[2001:db8::1]443"}),
        ({"ip": "203.0.113.007"}, {"ip": None}, {"ip": "203.0.113.007"}),
        ({"ip": "203.0.113.7/32"}, {"ip": None}, {"ip": "203.0.113.7/32"}),
        ({"ip": "10.0.0.1, 203.0.113.7"}, {"ip": None}, {"ip": "10.0.0.1, 203.0.113.7"}),
        ({"ip": "fe80::1%eth0"}, {"ip": None}, {"ip": "fe80::1%eth0"}),
        ({"client": LONG}, {"client": "x" * 254 + "…"}, {"client": LONG}),
        (
            {"name": LONG, "ip": "?"},
            {"name": "x" * 199 + "…", "ip": None},
            {"name": LONG, "ip": "?"},
        ),
        ({"event_type": LONG}, {"event_type": "x" * 99 + "…"}, {"event_type": LONG}),
    ],
)
def test_it_makes_what_others_send_fit_and_keeps_it_as_sent(fields, fitting, sent):
    made = fitted_draft(**BASE | fields | {"data": {"n": 1, "as_sent": {"x": 1}}})
    assert {name: getattr(made, name) for name in fitting} == fitting
    assert made.data == {"n": 1, "as_sent": {"x": 1, **sent}}


@pytest.mark.parametrize("name", ["email", "vault_id", "item_id", "source_id"])
def test_it_tells_long_identities_apart(name):
    first, second = (fitted_draft(**BASE | {name: "x" * 400 + end}) for end in "ab")
    assert getattr(first, name)[:200] == getattr(second, name)[:200] == "x" * 200
    assert getattr(first, name) != getattr(second, name)
    assert first.data == {"as_sent": {name: "x" * 400 + "a"}}


@pytest.mark.parametrize(
    ("fields", "culprit"),
    [
        ({"ip": "?", "name": "\0"}, "name"),
        ({"ip": 7}, "ip"),
        ({"event_type": ""}, "event"),
        ({"client": "x" * 70_000}, "data"),
        ({"client": LONG, "data": []}, "data"),
        ({"source": "x" * 40}, "source"),
    ],
)
def test_it_refuses_what_cannot_be_made_to_fit(fields, culprit):
    with pytest.raises(InvalidDraft) as refusal:
        fitted_draft(**BASE | fields)
    assert refusal.value.field == culprit


def test_it_turns_times_into_utc():
    local = datetime(2026, 11, 2, 10, 23, 13, 5, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    made = draft(occurred_at=local, received_at=local)
    assert made.occurred_at == made.received_at == local
    assert made.occurred_at.tzinfo is made.received_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:198.51.100.9", "198.51.100.9"),
        ("::FFFF:C633:6409", "198.51.100.9"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"),
        ("::1", "::1"),
        ("::", "::"),
        ("::198.51.100.9", "::c633:6409"),
    ],
)
def test_it_writes_an_address_in_one_way(written, canonical):
    assert canonical_ip(written) == canonical
    assert draft(ip=written).ip == canonical


def test_it_takes_an_empty_address_for_none():
    assert draft(ip="").ip is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({1: "a", None: "b", False: "c"}, {"1": "a", "null": "b", "false": "c"}),
        ({"tuple": (1, 2)}, {"tuple": [1, 2]}),
        ({"large": 1e16, "huge": 1e25}, {"large": 10**16, "huge": 10**25}),
        ({"zero": -0.0, "small": 1e-7, "whole": 2.0}, {"zero": 0.0, "small": 1e-7, "whole": 2.0}),
        ({"big": 2**70}, {"big": 2**70}),
    ],
)
def test_it_keeps_data_as_every_database_returns_it(given, kept):
    assert repr(draft(data=given).data) == repr(kept)


def test_it_keeps_data_that_the_caller_changes_later():
    data = {"list": [1]}
    made = draft(data=data)
    data["list"].append(2)
    assert made.data == {"list": [1]}


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        draft().name = "Somebody else"


def test_it_needs_only_time_and_event():
    made = EventDraft(occurred_at=datetime(2026, 11, 2, tzinfo=UTC), event_type="item.read")
    assert (made.email, made.name, made.ip, made.data, made.source) == ("", "", None, {}, "native")

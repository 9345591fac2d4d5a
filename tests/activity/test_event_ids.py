"""The id of an event: ordered by time, derived from the content, the same in all versions."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from activity.models import Event
from activity.recording import record
from activity.recording.identity import former_ids
from tests.factories import OrganizationFactory, draft, event

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 2, 10, 23, 13, 123456, tzinfo=UTC)


def milliseconds_of(event_id: uuid.UUID) -> int:
    return event_id.int >> 80


def ids_of(organization) -> list[uuid.UUID]:
    events = Event.objects.filter(organization=organization)
    return list(events.order_by("seq").values_list("pk", flat=True))


@pytest.mark.parametrize("fields", [{}, {"source_id": "01J"}])
def test_it_is_a_uuid_of_version_8(acme, fields):
    event_id = event(acme, **fields).pk
    assert event_id.version == 8
    assert event_id.variant == uuid.RFC_4122


@pytest.mark.parametrize(
    ("occurred_at", "milliseconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 0, 0, 0, 999, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=UTC), 1),
        (datetime(2026, 11, 2, 10, 23, 13, 123456, tzinfo=UTC), 1_793_614_993_123),
        (datetime(2026, 11, 2, 10, 23, 13, 999_999, tzinfo=UTC), 1_793_614_993_999),
    ],
)
def test_it_begins_with_the_milliseconds(acme, occurred_at, milliseconds):
    assert milliseconds_of(event(acme, occurred_at=occurred_at).pk) == milliseconds


def test_it_sorts_like_the_times(acme):
    times = [START + timedelta(milliseconds=n) for n in (5, -3, 0, 100_000, 1)]
    record(acme, [draft(occurred_at=time) for time in times])
    by_id = Event.objects.filter(organization=acme).order_by("pk")
    assert list(by_id.values_list("occurred_at", flat=True)) == sorted(times)


@pytest.mark.parametrize("fields", [{}, {"source_id": "01J"}])
def test_it_differs_between_organizations(acme, birch, fields):
    assert event(acme, **fields).pk != event(birch, **fields).pk


@pytest.mark.parametrize("fields", [{}, {"source_id": "01J"}])
def test_it_differs_between_sources(acme, fields):
    first = event(acme, source="native", **fields)
    second = event(acme, source="proton", **fields)
    assert first.pk != second.pk


@pytest.mark.parametrize(
    "change",
    [
        {"occurred_at": START + timedelta(microseconds=1)},
        {"event_type": "item.used"},
        {"email": "DANA@acme.example"},
        {"name": "Dana"},
        {"ip": "203.0.113.8"},
        {"ip": None},
        {"vault_id": "v_1"},
        {"item_id": "v_1"},
        {"client": "v_1"},
        {"data": {"n": 1}},
    ],
)
def test_it_differs_with_any_content(acme, change):
    receipt = record(acme, [draft(), draft(**change)])
    assert receipt.accepted == len(set(ids_of(acme))) == 2


PINNED = [
    {"client": "Firefox", "data": {"b": [1, 2.5, None], "a": "ü"}},
    {"client": "Firefox", "data": {"a": "ü", "b": [1, 2.5, None]}},
    {"source_id": "01J"},
]


def test_it_depends_on_nothing_but_organization_source_and_content(acme):
    """If ids changed, an existing log would store known events again."""
    organization = OrganizationFactory(pk=7_000_001)
    record(organization, [draft(**fields) for fields in PINNED])
    assert [str(event_id) for event_id in ids_of(organization)] == [
        "01a19bc8-d6e3-822f-b817-85749f1731df",
        "01a19bc8-d6e3-8c76-8de0-1eb805345e73",
        "01a19bc8-d6e3-8322-b998-1b9a8b7e7999",
    ]


def test_it_still_derives_the_ids_of_logs_whose_ids_include_names():
    organization = OrganizationFactory.build(pk=7_000_001)
    former = former_ids(organization, [draft(**fields) for fields in PINNED], {})
    assert [str(event_id) for event_id in former if event_id] == [
        "01a19bc8-d6e3-83be-973e-d1840e65a17f",
        "01a19bc8-d6e3-80d1-bd3a-0b9ba76927c7",
    ]

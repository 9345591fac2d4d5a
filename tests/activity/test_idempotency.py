"""Repeated events: duplicates, conflicts, and different events with the same content."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.models import Actor, Event, LogHead
from activity.recording import BatchContext, Receipt, record, writer
from activity.recording.identity import content_of
from tests.factories import OrganizationFactory, draft

pytestmark = pytest.mark.django_db


def test_it_knows_an_event_again_by_the_id_of_its_source(acme):
    record(acme, [draft(source_id="01J")])
    assert record(acme, [draft(source_id="01J")]) == Receipt(0, 1, (), 1)


@pytest.mark.parametrize(
    "change",
    [
        {"event_type": "item.used"},
        {"email": "kim@acme.example"},
        {"ip": "203.0.113.8"},
        {"ip": None},
        {"vault_id": "v_2"},
        {"item_id": "i_2"},
        {"client": "Chrome"},
        {"data": {"n": 2}},
        {"data": {}},
    ],
)
def test_it_reports_the_same_id_with_other_content_and_keeps_the_first(acme, change):
    fields = {"source_id": "01J", "vault_id": "v_1", "client": "Firefox", "data": {"n": 1}}
    record(acme, [draft(**fields)])
    before = list(Event.objects.values())
    receipt = record(acme, [draft(item_id="new"), draft(**fields | change)])
    assert receipt == Receipt(1, 0, (1,), 2)
    assert list(Event.objects.filter(seq=1).values()) == before


def test_it_does_not_store_an_event_again_because_its_actor_was_renamed(acme):
    before = [draft(name="Dana Weiss"), draft(name="Dana Weiss", source_id="01J")]
    after = [draft(name="Dana Keller"), draft(name="Dana Keller", source_id="01J"), draft(ip=None)]
    assert record(acme, before) == Receipt(2, 0, (), 2)
    assert record(acme, after) == Receipt(1, 2, (), 3)
    assert record(acme, [draft(name=""), draft(source_id="01J", name="")]) == Receipt(0, 2, (), 3)
    assert set(Event.objects.values_list("actor__name", flat=True)) == {"Dana Weiss"}


def test_it_keeps_two_events_of_one_file_that_differ_in_the_name_only(acme):
    batch = [draft(name="Dana Weiss"), draft(name="Dana Keller")]
    assert record(acme, batch) == Receipt(2, 0, (), 2)
    assert record(acme, batch) == Receipt(0, 2, (), 2)


def test_it_knows_events_again_whose_ids_hold_names(acme, monkeypatch):
    batch = [draft(), draft(), draft(name="Kim"), draft(email="", name=""), draft(source_id="01J")]
    with monkeypatch.context() as patch:
        patch.setattr("activity.recording.identity._without_name", content_of)
        assert record(acme, batch).accepted == 5
    LogHead.objects.filter(organization=acme).update(has_former_ids=True)
    assert record(acme, batch) == Receipt(0, 5, (), 5)
    assert record(acme, batch, expects_new=True) == Receipt(0, 5, (), 5)
    assert record(acme, [*batch, draft(item_id="new")]) == Receipt(1, 5, (), 6)


VENDOR_ROW = {"uuid": "e1", "user": {"name": "Dana"}}


@pytest.mark.parametrize(
    ("change", "receipt"),
    [
        ({"data": VENDOR_ROW | {"location": {"country": "CH"}}}, Receipt(0, 1, (), 1)),
        ({"name": "Dana K.", "data": {"user": {"name": "Dana K."}}}, Receipt(0, 1, (), 1)),
        ({"client": "1Password 8", "event_type": "item.used"}, Receipt(0, 1, (), 1)),
        ({"ip": "203.0.113.99"}, Receipt(0, 0, (0,), 1)),
        ({"email": "kim@acme.example"}, Receipt(0, 0, (0,), 1)),
        ({"item_id": "i_9"}, Receipt(0, 0, (0,), 1)),
        ({"vault_id": "v_9"}, Receipt(0, 0, (0,), 1)),
    ],
)
def test_it_takes_a_vendors_row_that_tells_more_for_the_same_event(acme, change, receipt):
    fields = {"source": "onepassword", "source_id": "e1", "data": VENDOR_ROW}
    record(acme, [draft(**fields)])
    assert record(acme, [draft(**fields | change)]) == receipt


def test_it_does_not_take_a_name_in_a_vendors_row_for_content(acme):
    fields = {"source": "bitwarden", "name": "Dana", "data": {"userName": "Dana", "type": "x"}}
    record(acme, [draft(**fields)])
    renamed = fields | {"name": "Dana K.", "data": {"userName": "Dana K.", "type": "x"}}
    assert record(acme, [draft(**renamed)]) == Receipt(0, 1, (), 1)
    other = fields | {"data": {"userName": "Dana", "type": "y"}}
    assert record(acme, [draft(**other)]) == Receipt(1, 0, (), 2)


def _minute(**fields):
    return draft(**fields, occurred_at=datetime(2026, 3, 1, 10, 23, 13, 123456, tzinfo=UTC))


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({}, True),
        ({"occurred_at": datetime(2026, 3, 1, 10, 23, 13, tzinfo=UTC)}, True),
        ({"occurred_at": datetime(2026, 3, 1, 10, 23, tzinfo=UTC)}, True),
        ({"occurred_at": datetime(2026, 3, 1, 10, tzinfo=UTC)}, False),
        ({"occurred_at": datetime(2026, 3, 1, 10, 23, 13, 123, tzinfo=UTC)}, False),
        ({"name": "Dana K."}, True),
        ({"email": "kim@acme.example"}, False),
        ({"event_type": "item.used"}, False),
        ({"item_id": "i_9"}, False),
        ({"ip": None}, False),
        ({"log_seq": 1}, False),
        ({"log_seq": 3}, False),
        ({"log_seq": 0}, False),
    ],
)
def test_it_knows_a_row_of_its_own_csv_by_its_number_and_content(acme, change, is_same):
    record(acme, [draft(), _minute(source="proton", client="Firefox", data={"x": 1})])
    row = dataclasses.replace(_minute(log_seq=2), **change)
    expected = Receipt(0, 1, (), 2) if is_same else Receipt(1, 0, (), 3)
    assert record(acme, [row], expects_new=True) == expected


def test_it_compares_within_a_batch_too(acme):
    batch = [draft(source_id="01J"), draft(source_id="01J", ip=None), draft(source_id="01J")]
    assert record(acme, batch) == Receipt(1, 1, (1,), 1)


def test_it_takes_the_same_id_at_another_time_for_another_event(acme):
    first = draft(source_id="01J")
    later = draft(source_id="01J", occurred_at=first.occurred_at + timedelta(seconds=1))
    assert record(acme, [first, later]) == Receipt(2, 0, (), 2)


def test_it_does_not_care_when_a_duplicate_was_received(acme):
    first = draft(source_id="01J")
    record(acme, [first])
    again = draft(source_id="01J", received_at=first.occurred_at + timedelta(days=1))
    assert record(acme, [again]).duplicates == 1


def test_it_keeps_equal_events_of_one_batch_and_adds_nothing_the_second_time(acme):
    batch = [draft(), draft(item_id="i_1"), draft(), draft()]
    assert record(acme, batch) == Receipt(4, 0, (), 4)
    assert record(acme, batch) == Receipt(0, 4, (), 4)


def test_it_takes_an_event_without_an_id_in_another_batch_for_the_same(acme):
    record(acme, [draft()])
    assert record(acme, [draft()]) == Receipt(0, 1, (), 1)


def test_it_keeps_equal_events_in_different_batches_of_one_file(acme):
    for expected in [(2, 0), (0, 2)]:
        context = BatchContext()
        receipts = [record(acme, [draft()], context=context) for _ in range(2)]
        assert (
            sum(receipt.accepted for receipt in receipts),
            sum(receipt.duplicates for receipt in receipts),
        ) == expected


def test_it_makes_each_person_of_a_file_once(acme):
    context = BatchContext()
    for item in ["a", "b", "a"]:
        record(acme, [draft(email="dana@acme.example", item_id=item)], context=context)
    (actor,) = Actor.objects.filter(organization=acme)
    assert context.actors == {(actor.email, actor.name): actor.pk}
    assert list(Event.objects.values_list("actor", flat=True)) == [actor.pk] * 3


def test_it_forgets_people_when_a_file_has_very_many(acme, monkeypatch):
    monkeypatch.setattr(writer, "MAX_CACHED_ACTORS", 1)
    context = BatchContext()
    for name in ["dana", "kim", "lee", "dana"]:
        record(acme, [draft(email=f"{name}@acme.example", name=name)], context=context)
    assert len(context.actors) == 2
    events = Event.objects.filter(organization=acme).order_by("seq")
    assert list(events.values_list("actor__name", flat=True)) == ["dana", "kim", "lee", "dana"]
    assert Actor.objects.filter(organization=acme).count() == 3


def test_it_remembers_nobody_whom_a_failed_attempt_made(acme):
    """The second draft is already stored. The actor of the first is created, rolled back, and
    created again.
    """
    record(acme, [draft(source_id="known")])
    context = BatchContext()
    drafts = [draft(email="new@acme.example", source_id="new"), draft(source_id="known")]
    receipt = record(acme, drafts, context=context, expects_new=True)
    assert (receipt.accepted, receipt.duplicates) == (1, 1)
    assert context.actors == {
        (actor.email, actor.name): actor.pk for actor in Actor.objects.filter(organization=acme)
    }


def test_it_counts_equal_events_of_each_source_alone(acme):
    record(acme, [draft(source="native"), draft(source="proton")])
    assert record(acme, [draft(source="proton")]) == Receipt(0, 1, (), 2)


@pytest.mark.parametrize(
    "fields",
    [
        {"ip": "::198.51.100.9"},
        {"ip": "::2"},
        {"ip": "::ffff:198.51.100.9"},
        {"ip": "2001:DB8:0:0:1:0:0:1"},
        {"ip": None, "email": "", "name": ""},
        {"name": "Ünal 山田　太郎 😀\n"},
        {"email": " dana@acme.example "},
        {"data": {"large": 1e16, "huge": 1e300, "zero": -0.0, "small": 1e-7, "whole": 2.0}},
        {"data": {"big": 2**70, "negative": -(2**70), "true": True, "none": None}},
        {"data": {"b": 1, "a": {"d": [1, {"f": 2, "e": 3}], "c": ""}}},
        {"data": {1: "number", "text": "\\u0000 😀 \\"}},
        {"data": {"long key " * 10: 1, "k": 2, "kk": 3}},
    ],
)
def test_it_knows_again_whatever_it_stored(acme, fields):
    batch = [draft(source_id="01J", **fields), draft(**fields)]
    assert record(acme, batch) == Receipt(2, 0, (), 2)
    assert record(acme, batch) == Receipt(0, 2, (), 2)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**100), 2**100)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc\\u0é😀", max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.dictionaries(st.text("abc", max_size=3), plain, max_size=4))
def test_it_knows_any_data_again(acme, data):
    organization = OrganizationFactory()
    batch = [draft(data=data), draft(data=data, source_id="01J")]
    record(organization, batch)
    assert record(organization, batch) == Receipt(0, 2, (), 2)
    assert Event.objects.get(organization=organization, seq=1).data == batch[0].data

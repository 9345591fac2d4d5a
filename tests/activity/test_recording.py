"""`record()`, the only function that creates events."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from activity.models import Actor, Event, LogDay, LogHead
from activity.recording import Receipt, record
from tests.factories import OrganizationFactory, draft, event

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def drafts(count: int, **fields) -> list:
    return [draft(item_id=f"i_{number}", **fields) for number in range(count)]


def seqs(organization) -> list[int]:
    events = Event.objects.filter(organization=organization)
    return sorted(events.values_list("seq", flat=True))


def test_it_keeps_everything_that_the_source_told(acme):
    fields = {
        "occurred_at": datetime(2026, 11, 2, 10, 23, 13, 123456, tzinfo=UTC),
        "event_type": "item.read",
        "ip": "2001:db8::7",
        "vault_id": "v_81",
        "item_id": "i_2207",
        "client": "Proton Pass for Firefox 1.31",
        "data": {"kind": "login", "tags": ["a", 1, None, {"b": 2.5}]},
        "source": "proton",
        "source_id": "01J",
    }
    stored = event(acme, email="Ünal@acme.example", name="Ünal 山田", **fields)
    assert {name: getattr(stored, name) for name in fields} == fields
    assert (stored.actor.email, stored.actor.name) == ("Ünal@acme.example", "Ünal 山田")
    assert stored.organization == stored.actor.organization == acme


def test_it_numbers_events_without_a_gap_in_their_order(acme):
    sizes = [1, 3, 0, 20, 1]
    receipts = [
        record(acme, drafts(size, vault_id=f"v_{number}")) for number, size in enumerate(sizes)
    ]
    assert [receipt.last_seq for receipt in receipts] == [1, 4, 4, 24, 25]
    assert seqs(acme) == list(range(1, 26))
    fourth = Event.objects.filter(organization=acme, vault_id="v_3").order_by("seq")
    assert [stored.item_id for stored in fourth] == [f"i_{number}" for number in range(20)]


def test_it_leaves_no_gap_for_duplicates_and_conflicts(acme):
    first = draft(source_id="a")
    record(acme, [first])
    conflicting = draft(source_id="a", ip=None)
    receipt = record(acme, [draft(source_id="b"), first, conflicting, draft(source_id="c")])
    assert receipt == Receipt(2, 1, (2,), 3)
    assert seqs(acme) == [1, 2, 3]


def test_it_numbers_each_organization_alone(acme, birch):
    record(acme, drafts(3))
    assert record(birch, drafts(2)).last_seq == 2
    assert record(acme, drafts(1, client="x")).last_seq == 4


def test_it_records_on_every_plan(birch):
    assert record(birch, drafts(1)).accepted == 1


def test_it_does_nothing_with_nothing(acme):
    assert record(acme, []) == Receipt(0, 0, (), 0)
    record(acme, drafts(2))
    assert record(acme, []) == Receipt(0, 0, (), 2)


def test_it_stores_batches_larger_than_a_database_takes_parameters(acme):
    batch = [
        draft(email=f"user{number}@acme.example", source_id=str(number)) for number in range(1500)
    ]
    assert record(acme, batch) == Receipt(1500, 0, (), 1500)
    assert record(acme, batch) == Receipt(0, 1500, (), 1500)
    assert Actor.objects.count() == 1500


def test_it_keeps_two_clocks(acme):
    before = timezone.now()
    stored = event(acme, occurred_at=NOON - timedelta(days=30))
    assert stored.occurred_at == NOON - timedelta(days=30)
    assert before <= stored.received_at <= timezone.now()


def test_it_keeps_when_another_log_received_an_event(acme):
    stored = event(acme, occurred_at=NOON, received_at=NOON + timedelta(hours=5))
    assert stored.received_at == NOON + timedelta(hours=5)


def test_it_gives_one_time_of_receipt_to_a_batch(acme):
    record(acme, drafts(5))
    assert Event.objects.values("received_at").distinct().count() == 1


def test_it_keeps_names_as_they_were(acme):
    event(acme, email="dana@acme.example", name="Dana Weiss", item_id="1")
    event(acme, email="dana@acme.example", name="Dana Berg", item_id="2")
    event(acme, email="Dana@acme.example", name="Dana Berg", item_id="3")
    event(acme, email="dana@acme.example", name="Dana Weiss", item_id="4")
    rows = Event.objects.order_by("seq").values_list("actor__email", "actor__name")
    assert list(rows) == [
        ("dana@acme.example", "Dana Weiss"),
        ("dana@acme.example", "Dana Berg"),
        ("Dana@acme.example", "Dana Berg"),
        ("dana@acme.example", "Dana Weiss"),
    ]
    assert Actor.objects.count() == 3


def test_it_knows_the_people_of_each_organization_apart(acme, birch):
    assert event(acme).actor != event(birch).actor


def test_it_notes_the_last_activity(acme):
    record(acme, drafts(2, occurred_at=NOON))
    acme.refresh_from_db()
    assert acme.last_activity_at == NOON
    record(acme, [draft(occurred_at=NOON - timedelta(days=1), client="late")])
    acme.refresh_from_db()
    assert acme.last_activity_at == NOON
    record(acme, [draft(occurred_at=NOON + timedelta(minutes=2))])
    acme.refresh_from_db()
    assert acme.last_activity_at == NOON + timedelta(minutes=2)


def test_it_does_not_undo_what_others_changed_in_the_organization(acme):
    type(acme).objects.filter(pk=acme.pk).update(name="Acme Robotics AG")
    record(acme, drafts(1))
    acme.refresh_from_db()
    assert acme.name == "Acme Robotics AG"


@pytest.mark.parametrize("table", ["activity_actor", "activity_logday", "activity_loghead"])
def test_it_stores_all_of_a_batch_or_nothing(acme, table):
    record(acme, drafts(2))
    before = snapshot()
    with pytest.raises(DatabaseError, match="no room"), failing_after_writing(table):
        record(acme, drafts(5, email="new@acme.example", client="x"))
    assert snapshot() == before
    assert record(acme, drafts(5, client="x")) == Receipt(5, 0, (), 7)


def test_it_stores_nothing_when_one_event_cannot_be_stored(acme):
    record(acme, drafts(4))
    LogHead.objects.update(size=2)  # so that a sequence number would be used twice
    before = snapshot()
    with pytest.raises(IntegrityError):
        record(acme, drafts(5, email="new@acme.example", client="x"))
    assert snapshot() == before


def test_it_leaves_nothing_of_a_first_batch_that_failed():
    organization = OrganizationFactory()
    with pytest.raises(DatabaseError, match="no room"), failing_after_writing("activity_logday"):
        record(organization, drafts(2))
    assert not LogHead.objects.exists()
    assert not Actor.objects.exists()


def snapshot() -> list:
    return [
        list(model.objects.order_by("pk").values()) for model in (Event, Actor, LogHead, LogDay)
    ]


def failing_after_writing(table: str):
    def fail(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(("INSERT", "UPDATE")) and f'"{table}"' in sql.split("(")[0]:
            raise DatabaseError("no room")
        return result

    return connection.execute_wrapper(fail)

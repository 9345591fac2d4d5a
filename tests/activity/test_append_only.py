"""Events cannot be changed or deleted."""

import pytest
from django.db.models import ProtectedError

from activity.models import Actor, AppendOnlyError, Event
from tests.factories import draft, event

pytestmark = pytest.mark.django_db


def test_it_refuses_to_save_a_stored_event(acme):
    stored = event(acme)
    stored.event_type = "item.deleted"
    with pytest.raises(AppendOnlyError, match=r"record\(\)"):
        stored.save()
    assert Event.objects.get(pk=stored.pk).event_type == "item.read"


@pytest.mark.parametrize(
    "create",
    [
        lambda: Event(event_type="item.read").save(),
        lambda: Event.objects.create(event_type="item.read"),
        lambda: Actor(email="dana@acme.example").save(),
    ],
)
def test_it_refuses_to_save_a_new_row(create):
    with pytest.raises(AppendOnlyError):
        create()


@pytest.mark.parametrize(
    "change",
    [
        lambda events: events.get().delete(),
        lambda events: events.delete(),
        lambda events: events.update(event_type="item.deleted"),
        lambda events: events.bulk_update([events.get()], ["event_type"]),
        lambda events: events.get().actor.save(),
        lambda events: events.get().actor.delete(),
        lambda events: Actor.objects.update(name="Somebody else"),
        lambda events: Actor.objects.all().delete(),
    ],
)
def test_it_refuses_to_change_or_delete(acme, change):
    event(acme)
    before = list(Event.objects.values()), list(Actor.objects.values())
    with pytest.raises(AppendOnlyError):
        change(Event.objects.filter(organization=acme))
    assert (list(Event.objects.values()), list(Actor.objects.values())) == before


def test_it_keeps_an_organization_that_has_a_log(acme):
    event(acme)
    with pytest.raises(ProtectedError):
        acme.delete()
    assert Event.objects.count() == 1


def test_it_offers_no_permission_to_add_change_or_delete():
    assert set(Event._meta.default_permissions) == {"view", "export"}


def test_it_makes_drafts_that_no_model_can_save(acme):
    assert not hasattr(draft(), "save")

"""Compare drafts with the events that are already stored. This module only reads."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, QuerySet

from activity.drafts import EventDraft
from activity.ip import canonical_ip
from activity.models import Actor, Event
from activity.recording.identity import Content, are_equal, content_of
from activity.scaling import has_citus
from organizations.models import Organization

LOOKUP_BATCH = 1000

# Whether a draft has the content that is stored under an id; None if the id is not stored.
EqualsStored = Callable[[uuid.UUID, EventDraft], bool | None]


@dataclass(frozen=True, slots=True)
class BatchContext:
    """State that the batches of one file share.

    `seen` counts equal drafts without an id. `actors` caches primary keys by e-mail address and
    name. Discard the context when `record()` raises. Discard `actors` when a transaction is rolled
    back.
    """

    seen: dict[int, int] = field(default_factory=dict)
    actors: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Classified:
    """Drafts to store by event id, the number of duplicates, and the indexes of conflicts."""

    new: dict[uuid.UUID, EventDraft] = field(default_factory=dict)
    duplicates: int = 0
    conflicts: list[int] = field(default_factory=list)


def classify(
    drafts: Sequence[EventDraft],
    ids: Sequence[uuid.UUID],
    exported: Sequence[uuid.UUID | None],
    equals_stored: EqualsStored,
) -> Classified:
    """Sort `drafts` into new events, duplicates and conflicts, in order.

    `ids` are the event ids of the drafts; `exported` those that they had in an export of a log.
    """
    result = Classified()
    for index, (draft, event_id, exported_id) in enumerate(zip(drafts, ids, exported, strict=True)):
        if event_id in result.new:
            is_equal: bool | None = are_equal(content_of(result.new[event_id]), content_of(draft))
        else:
            is_equal = equals_stored(event_id, draft)
            if is_equal is None and exported_id is not None:
                is_equal = equals_stored(exported_id, draft)
        if is_equal is None:
            result.new[event_id] = draft
        elif is_equal:
            result.duplicates += 1
        else:
            result.conflicts.append(index)
    return result


def stored_contents(
    organization: Organization, ids: Sequence[uuid.UUID], context: BatchContext
) -> dict[uuid.UUID, Content]:
    """The stored content of each of `ids` that exists."""
    stored: dict[uuid.UUID, Content] = {}
    for start in range(0, len(ids), LOOKUP_BATCH):
        events = _by_primary_key(organization, ids[start : start + LOOKUP_BATCH])
        rows = events.values_list(
            "actor_id", "pk", "occurred_at", "event_type", "ip", "vault_id", "item_id", "client",
            "data",
        )  # fmt: skip
        people = _people(organization, {actor_id for actor_id, *_ in rows}, context)
        for actor_id, pk, occurred_at, code, ip, *rest in rows:
            address = ip and canonical_ip(ip)  # PostgreSQL writes ::c633:6409 as ::198.51.100.9
            stored[pk] = (occurred_at, code, *people[actor_id], address, *rest)
    return stored


def _people(
    organization: Organization, keys: set[int], context: BatchContext
) -> dict[int, tuple[str, str]]:
    """E-mail address and name by actor. Includes all of `keys` and all cached actors."""
    people = {pk: person for person, pk in context.actors.items()}
    if missing := keys - people.keys():
        actors = Actor.objects.filter(organization=organization, pk__in=missing)
        for pk, email, name in actors.values_list("pk", "email", "name"):
            people[pk] = email, name
            context.actors[email, name] = pk
    return people


def _by_primary_key(organization: Organization, ids: Sequence[uuid.UUID]) -> QuerySet[Event]:
    """The events with `ids`, found by the primary key.

    `organization_id + 0` keeps PostgreSQL from using an index that starts with the organization.
    Before an organization has statistics, the planner assumes that its log is empty and would scan
    the whole log for every batch. Citus needs the plain column to choose the server.
    """
    if has_citus(Event.objects.db):
        return Event.objects.filter(organization=organization, pk__any_of=ids)
    events = Event.objects.alias(of=F("organization_id") + 0)
    return events.filter(of=organization.pk, pk__any_of=ids)

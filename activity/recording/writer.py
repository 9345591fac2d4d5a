"""The one door through which events enter the log.

Everything happens in one transaction under the lock of the organization's `LogHead`, so that `seq`
has no gap and a reader who follows it can miss nothing.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from activity.drafts import EventDraft
from activity.ip import canonical_ip
from activity.models import Actor, Event, LogHead
from activity.recording import bulk_insert, daily_counts
from activity.recording.identity import Content, are_equal, content_of, event_ids, exported_id
from activity.scaling import has_citus
from organizations.models import Organization

LOOKUP_BATCH = 1000
MANY_ACTORS = 50_000  # remembered of one file
COLUMNS = (
    "id", "organization_id", "seq", "occurred_at", "received_at", "actor_id", "event_type", "ip",
    "vault_id", "item_id", "client", "source", "source_id", "data",
)  # fmt: skip
LAST_ACTIVITY_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch. `conflicts` are indexes of the drafts that were not stored because
    their source used the same id for another content before. `last_seq` is the log's end."""

    accepted: int
    duplicates: int
    conflicts: tuple[int, ...]
    last_seq: int


@dataclass(frozen=True, slots=True)
class BatchContext:
    """What the batches of one file know of those before: how often equal drafts without an id
    were `seen`, and the keys of `actors` by e-mail address and name.

    Throw it away when `record` raises, and `actors` when what it did is rolled back.
    """

    seen: dict[int, int] = field(default_factory=dict)
    actors: dict[tuple[str, str], int] = field(default_factory=dict)


def record(
    organization: Organization,
    drafts: Sequence[EventDraft],
    *,
    context: BatchContext | None = None,
    expects_new: bool = False,
) -> Receipt:
    """Store what is new among `drafts`, in their order, all or nothing.

    A draft with the id of a stored event is a duplicate when its content is the same, else a
    conflict; neither is stored. The id may be the source's, or ours in a file that was exported.
    Drafts without an id that are equal to each other are different events, also in the batches of
    one file: these share a `context`.
    Who `expects_new` events gets the same answer, sooner if they are, later if they are not.
    """
    context = context or BatchContext()
    ids = list(event_ids(organization, drafts, context.seen))
    exported = [exported_id(draft) for draft in drafts]
    with transaction.atomic():
        head = _locked_head(organization)
        every_one = dict(zip(ids, drafts, strict=True))
        is_plain = len(every_one) == len(ids) and not any(exported)
        if expects_new and is_plain and _are_stored(head, every_one, context):
            return Receipt(len(ids), 0, (), head.size)
        new, duplicates, conflicts = _sort_out(organization, ids, exported, drafts, context)
        if new:
            _store(head, new, context)
    return Receipt(len(new), duplicates, tuple(conflicts), head.size)


def _are_stored(head: LogHead, new: dict[uuid.UUID, EventDraft], context: BatchContext) -> bool:
    """Try without looking: False, and nothing is changed, when some were there before."""
    try:
        with transaction.atomic():
            _store(head, new, context)
    except IntegrityError:
        return False
    return True


def _store(head: LogHead, new: dict[uuid.UUID, EventDraft], context: BatchContext) -> None:
    if len(context.actors) > MANY_ACTORS:
        context.actors.clear()
    people = {(draft.email, draft.name) for draft in new.values()} - context.actors.keys()
    actors = context.actors | _actor_ids(head.organization, people) if people else context.actors
    bulk_insert.insert(Event, COLUMNS, _rows(head.organization, head.size, new, actors))
    _advance(head, list(new.values()))
    context.actors.update(actors)


def _locked_head(organization: Organization) -> LogHead:
    head, _ = LogHead.objects.select_for_update().get_or_create(
        organization=organization, defaults={"time_zone": organization.time_zone}
    )
    head.organization = Organization.objects.get(pk=organization.pk)  # its zone as of now
    return head


def _sort_out(
    organization: Organization,
    ids: list[uuid.UUID],
    exported: list[uuid.UUID | None],
    drafts: Sequence[EventDraft],
    context: BatchContext,
) -> tuple[dict[uuid.UUID, EventDraft], int, list[int]]:
    """The drafts to store by id, the number of duplicates, the indexes of conflicts."""
    stored = _stored_contents(organization, [*ids, *filter(None, exported)], context)
    new: dict[uuid.UUID, EventDraft] = {}
    duplicates = 0
    conflicts = []
    for index, (event_id, own_id, draft) in enumerate(zip(ids, exported, drafts, strict=True)):
        content = stored.get(event_id) or (own_id and stored.get(own_id))
        if event_id in new:
            content = content_of(new[event_id])
        if not content:
            new[event_id] = draft
        elif are_equal(content, content_of(draft)):
            duplicates += 1
        else:
            conflicts.append(index)
    return new, duplicates, conflicts


def _stored_contents(
    organization: Organization, ids: list[uuid.UUID], context: BatchContext
) -> dict[uuid.UUID, Content]:
    """What is stored under `ids`."""
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
    """E-mail address and name of the actors with `keys`, and of others."""
    people = {pk: person for person, pk in context.actors.items()}
    if missing := keys - people.keys():
        actors = Actor.objects.filter(organization=organization, pk__in=missing)
        for pk, email, name in actors.values_list("pk", "email", "name"):
            people[pk] = email, name
            context.actors[email, name] = pk
    return people


def _by_primary_key(organization: Organization, ids: list[uuid.UUID]) -> QuerySet[Event]:
    """The sum keeps the planner from any index that begins with the organization: it takes one
    that it has no statistics of yet for empty, and would read its whole log for every batch.
    Citus would not see from the sum which machine to ask.
    """
    if has_citus(Event.objects.db):
        return Event.objects.filter(organization=organization, pk__any_of=ids)
    events = Event.objects.alias(of=F("organization_id") + 0)
    return events.filter(of=organization.pk, pk__any_of=ids)


def _actor_ids(
    organization: Organization, wanted: set[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The key of each (e-mail address, name), made where it is missing."""
    known = {
        (email, name): pk
        for pk, email, name in Actor.objects.filter(
            organization=organization, email__any_of={email for email, _ in wanted}
        ).values_list("pk", "email", "name")
    }
    missing = [
        Actor(
            organization=organization,
            email=email,
            name=name,
            email_key=Actor.fold(email),
            search_key=f"{Actor.fold(email)}\n{Actor.fold(name)}",
        )
        for email, name in sorted(wanted - known.keys())
    ]
    for actor in Actor.objects.bulk_create(missing):
        known[actor.email, actor.name] = actor.pk
    return known


def _rows(
    organization: Organization,
    last_seq: int,
    new: dict[uuid.UUID, EventDraft],
    actors: dict[tuple[str, str], int],
) -> Iterator[tuple[Any, ...]]:
    """The values of `COLUMNS`."""
    now = timezone.now()
    for seq, (event_id, draft) in enumerate(new.items(), start=last_seq + 1):
        yield (
            event_id,
            organization.pk,
            seq,
            draft.occurred_at,
            draft.received_at or now,
            actors[draft.email, draft.name],
            draft.event_type,
            draft.ip,
            draft.vault_id,
            draft.item_id,
            draft.client,
            draft.source,
            draft.source_id,
            draft.data,
        )


def _advance(head: LogHead, new: list[EventDraft]) -> None:
    times = [draft.occurred_at for draft in new]
    head.size += len(new)
    head.type_counts = dict(Counter(head.type_counts) + Counter(d.event_type for d in new))
    head.earliest = min(filter(None, [head.earliest, *times]))
    latest = max(filter(None, [head.latest, *times]))
    has_moved = head.latest is None or latest > head.latest
    head.latest = latest
    daily_counts.add(head, [(draft.occurred_at, draft.event_type) for draft in new])
    head.save()
    if has_moved:
        Organization.objects.filter(pk=head.pk).filter(
            Q(last_activity_at=None) | Q(last_activity_at__lt=latest - LAST_ACTIVITY_STEP)
        ).update(last_activity_at=latest)
